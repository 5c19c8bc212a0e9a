"""``crossborder calibrate``: a model and reviewed pairs in, a model out."""

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_linkage_commands import (
    LEFT,
    NUMBERS,
    RAW,
    RIGHT,
    SPEC,
)
from typer.testing import CliRunner

from matching.calibration import Calibration
from matching.linkage.description import description_of
from matching.linkage.number_files import load_numbers, save_numbers
from pipeline.commands.linkage import app

OFF = Calibration(0.5, -1.0)


@pytest.fixture
def folder(tmp_path):
    """A model, pairs scored by it, and what reviewers said of them."""
    (tmp_path / "spec.yaml").write_text(SPEC)
    for name, content in (("left", LEFT), ("right", RIGHT)):
        pq.write_table(content, tmp_path / f"{name}.parquet")
    save(tmp_path, NUMBERS)
    reviewed(tmp_path)
    return tmp_path


def save(folder, numbers, into="model"):
    return save_numbers(
        description_of(RAW), numbers, "a test", dt.date(2026, 11, 22), folder / into
    )


def reviewed(folder, count=1000):
    rng = np.random.default_rng(5)
    bits = rng.uniform(-9, 9, count)
    said = rng.random(count) < 1 / (1 + np.exp2(-OFF.bits(bits)))
    ids = {"left_id": np.arange(count), "right_id": [f"r{n}" for n in range(count)]}
    pq.write_table(pa.table({**ids, "weight": bits}), folder / "pairs.parquet")
    words = np.where(said, "same", "different")
    pq.write_table(pa.table({**ids, "decision": words}), folder / "judged.parquet")


def calibrate(folder, *more):
    [model] = (folder / "model").glob("*.json")
    return run(
        "calibrate", folder / "spec.yaml", "--model", model, "--pairs",
        folder / "pairs.parquet", "--decisions", folder / "judged.parquet", "--out",
        folder / "new", *more,
    )  # fmt: skip


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def linked(folder, model):
    done = run(
        "link", folder / "spec.yaml", "--left", folder / "left.parquet", "--right",
        folder / "right.parquet", "--out", folder / "out.parquet", "--model", model,
        "--threshold", "0.01",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return pq.read_table(folder / "out.parquet")


def test_it_writes_a_model_whose_probabilities_are_what_reviewers_said(folder):
    done = calibrate(folder)
    assert done.exit_code == 0, done.output
    assert "kept apart to check with" in done.output
    [path] = (folder / "new").glob("*.json")
    numbers = load_numbers(path, description_of(RAW))
    assert numbers.calibration.slope == pytest.approx(OFF.slope, abs=0.1)
    assert numbers.calibration.shift == pytest.approx(OFF.shift, abs=0.4)
    assert numbers == replace(NUMBERS, calibration=numbers.calibration)
    assert "calibrated on" in json.loads(path.read_text())["learnt_from"]


def test_a_calibrated_model_scores_and_explains_by_its_line(folder):
    before = linked(folder, save(folder, NUMBERS))
    after = linked(folder, path := save(folder, replace(NUMBERS, calibration=OFF)))
    known = {pair[:2]: pair[2] for pair in rows(before)}
    assert len(after)
    for left, right, weight in rows(after):
        assert weight == pytest.approx(float(OFF.bits(np.array(known[left, right]))))
    left, right, weight = rows(after)[0]
    said = run(
        "why", folder / "spec.yaml", left, right, "--left", folder / "left.parquet",
        "--right", folder / "right.parquet", "--model", path,
    )  # fmt: skip
    assert f"{weight:+9.2f}  in all" in said.output
    assert "calibration: what reviewers said of other pairs" in said.output


def rows(table):
    return [
        (str(row["left_id"]), str(row["right_id"]), row["weight"])
        for row in table.to_pylist()
    ]


def test_a_model_calibrated_before_is_calibrated_from_the_start(folder):
    [path] = (folder / "model").glob("*.json")
    path.unlink()
    save(folder, replace(NUMBERS, calibration=Calibration(2.0, 3.0)))
    pairs = pq.read_table(folder / "pairs.parquet")
    scored = 2.0 * pairs["weight"].to_numpy() + 3.0
    pairs = pairs.set_column(2, "weight", pa.array(scored))
    pq.write_table(pairs, folder / "pairs.parquet")
    calibrate(folder)
    [path] = (folder / "new").glob("*.json")
    found = load_numbers(path, description_of(RAW)).calibration
    assert found.slope == pytest.approx(OFF.slope, abs=0.1)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("decision", "perhaps", "same or different, not perhaps"),
        ("left_id", 7, "a pair stands twice"),
    ],
)
def test_judgements_that_can_not_be_read_are_refused(folder, column, value, words):
    table = pq.read_table(folder / "judged.parquet").slice(0, 300).to_pylist()
    if column == "left_id":
        table.append(table[0])
    table[-1][column] = value if column == "decision" else table[0]["left_id"]
    pq.write_table(pa.Table.from_pylist(table), folder / "judged.parquet")
    done = calibrate(folder)
    assert done.exit_code
    assert words in str(done.exception)
    assert not (folder / "new").exists()


def test_too_few_reviewed_pairs_leave_no_model(folder):
    reviewed(folder, 40)
    done = calibrate(folder)
    assert "was not calibrated" in str(done.exception)
    assert not (folder / "new").exists()
