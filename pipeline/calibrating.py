"""A model held to what reviewers said of pairs: ``crossborder calibrate``."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from matching.linkage.number_files import NumbersRefused, load_numbers, save_numbers
from matching.recalibrate import (
    CalibrationRefused,
    Recalibrated,
    half_of,
    recalibrated,
)
from pipeline import clock
from pipeline.errors import ConfigurationError, CrossborderError
from pipeline.linkage_files import read_columns, read_description

_PAIR = ["left_id", "right_id"]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The new model's file, what was learnt, and the judgements left alone."""

    path: Path
    learnt: Recalibrated
    left_alone: int
    """Of pairs that the scored ones do not have."""


def calibrate(
    spec: Path, model: Path, pairs: Path, decisions: Path, folder: Path
) -> Calibrated:
    """Writes a model whose probabilities are what reviewers said of scored pairs.

    ``pairs`` were scored by ``model``, calibrated before or not.

    Raises:
        ConfigurationError: a file can't be used.
        CrossborderError: the judgements are too few, or say that nothing need change.
    """
    description = read_description(spec, None)
    try:
        numbers = load_numbers(model, description)
    except NumbersRefused as error:
        raise ConfigurationError([f"{model}: {error}"]) from error
    judged = _judged(decisions)
    scored = read_columns(pairs, [*_PAIR, "weight"])
    weights = dict(zip(_ids(scored), scored["weight"].to_pylist(), strict=True))
    used = [pair for pair in judged if pair in weights]
    bits = np.array([weights[pair] for pair in used], np.float64)
    try:
        found = recalibrated(
            numbers.calibration.learnt(bits),
            np.array([judged[pair] == "same" for pair in used], bool),
            half_of(":".join(pair) for pair in used),
        )
    except CalibrationRefused as error:
        raise CrossborderError(f"the model was not calibrated: {error}") from error
    path = save_numbers(
        description,
        replace(numbers, calibration=found.calibration),
        f"{model.name}, calibrated on {found.fitted} reviewed pairs",
        clock.now().date(),
        folder,
    )
    return Calibrated(path, found, len(judged) - len(used))


def _judged(path: Path) -> dict[tuple[str, str], str]:
    """What people said, of each pair once."""
    table = read_columns(path, [*_PAIR, "decision"])
    pairs, words = _ids(table), table["decision"].to_pylist()
    if unknown := sorted({str(word) for word in words} - {"same", "different"}):
        raise ConfigurationError(
            [f"{path}: decision: same or different, not {', '.join(unknown)}"]
        )
    judged = dict(zip(pairs, words, strict=True))
    if len(judged) < len(pairs):
        raise ConfigurationError([f"{path}: a pair stands twice: keep its last word"])
    return judged


def _ids(table: pa.Table) -> list[tuple[str, str]]:
    one, other = (table[name].cast(pa.string()).to_pylist() for name in _PAIR)
    return list(zip(one, other, strict=True))
