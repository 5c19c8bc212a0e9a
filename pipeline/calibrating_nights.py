"""A region's model held to what its reviewers said: ``crossborder recalibrate``.

The portal's labels say what people settled, by the content hashes of two records; the
tables of the nights that are still in the workspace say what those pairs weighed.
"""

import csv
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from matching.model import Model
from matching.recalibrate import CalibrationRefused, Recalibrated, recalibrated
from pipeline import clock
from pipeline.errors import ConfigurationError, CrossborderError
from pipeline.run import MODELS
from pipeline.vault import Vault

_COLUMNS = {"left_hash", "right_hash", "decision", "sample"}
_SAMPLES = {"training": False, "evaluation": True}
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Held:
    """The new model's file, what was learnt, and the labels left alone."""

    path: Path
    learnt: Recalibrated
    left_alone: int
    """Of pairs that no kept night has, that a guard weighed, or where people said
    neither the same nor different."""


def recalibrate(
    labels: Path, nights: Path, vault: Vault, model_file: str, out: Path
) -> Held:
    """Writes the model whose probabilities are what reviewers said of its pairs.

    ``nights`` is the folder of a region's nights. ``model_file`` weighed their pairs;
    it may be calibrated already.

    Raises:
        ConfigurationError: the labels can't be used.
        CrossborderError: they are too few, or say that nothing need change.
    """
    model = Model.load(MODELS / model_file)
    said = _labels(labels)
    weighed = _weighed(nights, vault, model_file)
    used = [
        pair
        for pair, (decision, _) in said.items()
        if decision in {"same", "different"} and pair in weighed
    ]
    try:
        found = recalibrated(
            model.calibration.learnt(
                np.array([weighed[pair] for pair in used], np.float64)
            ),
            np.array([said[pair][0] == "same" for pair in used], bool),
            np.array([said[pair][1] for pair in used], bool),
        )
    except CalibrationRefused as error:
        raise CrossborderError(
            f"{model_file} was not calibrated: {error}. Of {len(said)} labels "
            f"{len(used)} could be used: the others are of no night of this model that "
            "is still in the workspace, were weighed by a guard, or say neither word"
        ) from error
    calibrated = replace(
        model,
        released=clock.now().date(),
        learnt_from=f"{model_file}, calibrated on {found.fitted} reviewed pairs",
        calibration=found.calibration,
    )
    out.mkdir(parents=True, exist_ok=True)
    return Held(calibrated.save(out), found, len(said) - len(used))


def _labels(path: Path) -> dict[Pair, tuple[str, bool]]:
    """Of each pair: what people settled, and whether it is kept to check with."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            lacking = _COLUMNS - set(reader.fieldnames or ())
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(
            [f"labels {path}: can't be read ({type(error).__name__}); export it again"]
        ) from error
    if lacking:
        raise ConfigurationError(
            [f"labels {path}: lacks {', '.join(sorted(lacking))}; take labels.csv of "
             "the portal's page Agreement as it is"]
        )  # fmt: skip
    found: dict[Pair, tuple[str, bool]] = {}
    for number, row in enumerate(rows, 2):
        if row["sample"] not in _SAMPLES:
            raise ConfigurationError(
                [f"labels {path}: line {number}: sample must be training or evaluation"]
            )
        pair = row["left_hash"], row["right_hash"]
        found[pair] = row["decision"], _SAMPLES[row["sample"]]
    return found


def _weighed(nights: Path, vault: Vault, model_file: str) -> dict[Pair, float]:
    """The newest weight of each pair of a child and a nominal, by content hash, from
    the nights that the model decided.

    What a guard weighed is left out: it is not the comparisons that say so.
    """
    found: dict[Pair, float] = {}
    for account in sorted(nights.glob("*/*/run.json")):
        versions = json.loads(account.read_bytes())["versions"]
        if versions["children_model"] != model_file:
            continue
        for file in sorted(account.parent.glob("match/children/*.parquet")):
            for row in vault.read(file).to_pylist():
                pair = row["left_hash"], row["right_hash"]
                if all(part["comparison"] != "guard" for part in row["evidence"]):
                    found[pair] = row["weight"]
    return found
