"""``crossborder recalibrate``: nights and the portal's labels in, a model out."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from night_world import DEMO
from typer.testing import CliRunner

from matching.calibration import Calibration
from matching.model import Model
from pipeline import calibrating_nights
from pipeline.cli import app
from pipeline.errors import ConfigurationError, CrossborderError
from pipeline.region import load_region
from pipeline.run import MODELS
from pipeline.vault import Vault
from records.schemas import PAIRS, conform

FILE = load_region(DEMO).matching.model
TRULY = Calibration(0.5, -1.0)
"""What people's words come to, of weights as the model has them."""


def pair(number, weight, guarded):
    parts = [("prior", "prior", weight)]
    if guarded:
        parts += [("guard", "twins", -3.0)]
    return {
        "left_authority": "330", "left_ref": f"c{number}",
        "right_authority": "E23000014", "right_ref": f"n{number}",
        "weight": weight, "probability": 0.5,
        "left_hash": f"l{number}", "right_hash": f"r{number}",
        "evidence": [
            {"comparison": name, "level": level, "left": None, "right": None,
             "weight": bits}
            for name, level, bits in parts
        ],
    }  # fmt: skip


class Office:
    """A workspace with one night, and what people said of its pairs."""

    def __init__(self, folder, count=1200, slope=TRULY):
        self.folder = folder
        rng = np.random.default_rng(5)
        self.bits = rng.uniform(-9, 9, count)
        same = rng.random(count) < 1 / (1 + np.exp2(-slope.bits(self.bits)))
        self.said = ["same" if one else "different" for one in same]
        self.night("2026-11-22", FILE, self.bits)
        self.label(range(count))

    def night(self, date, model, bits, guarded=False):
        run = self.folder / "workspace" / "demo" / date / "demo-1"
        rows = [pair(n, float(weight), guarded) for n, weight in enumerate(bits)]
        table = conform(rows, PAIRS)
        Vault(None).write(table, run / "match" / "children" / "E23000014.parquet")
        said = {"versions": {"children_model": model}}
        (run / "run.json").write_text(json.dumps(said))

    def label(self, numbers, **more):
        with (self.folder / "labels.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                ["left_hash", "right_hash", "decision", "split", "readers", "sample"]
            )
            for number in numbers:
                decision = more.get("decision", self.said[number])
                sample = more.get("sample", ("training", "evaluation")[number % 2])
                writer.writerow([f"l{number}", f"r{number}", decision, "", 1, sample])

    def recalibrate(self):
        words = [
            "recalibrate", str(DEMO), "--labels", str(self.folder / "labels.csv"),
            "--workspace", str(self.folder / "workspace"), "--out",
            str(self.folder / "models"),
        ]  # fmt: skip
        done = CliRunner().invoke(app, words)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        [path] = (self.folder / "models").glob("*.json")
        return Model.load(path), done.output


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def test_the_model_learns_what_people_said(office):
    model, said = office.recalibrate()
    assert model.calibration.slope == pytest.approx(TRULY.slope, abs=0.08)
    assert model.calibration.shift == pytest.approx(TRULY.shift, abs=0.4)
    assert replace(
        Model.load(MODELS / FILE), calibration=model.calibration,
        learnt_from=model.learnt_from, released=model.released,
    ) == model  # fmt: skip
    assert f"{FILE}, calibrated on 600 reviewed pairs" == model.learnt_from
    assert "600 pairs to learn from" in said
    assert "600 kept apart to check with" in said
    assert model.file_name in said


def test_only_training_labels_teach(office, monkeypatch):
    asked = {}

    def watched(bits, same, apart):
        asked.update(bits=bits, apart=apart)
        raise calibrating_nights.CalibrationRefused("seen enough")

    monkeypatch.setattr(calibrating_nights, "recalibrated", watched)
    with pytest.raises(CrossborderError, match=f"{FILE} was not calibrated: seen"):
        office.recalibrate()
    assert asked["bits"][asked["apart"]] == pytest.approx(office.bits[1::2], abs=1e-9)


def test_what_a_guard_weighed_teaches_nothing(office):
    office.night("2026-11-23", FILE, office.bits + 30, guarded=True)
    model, _ = office.recalibrate()
    assert model.calibration.slope == pytest.approx(TRULY.slope, abs=0.08)


def test_nights_of_another_model_teach_nothing(office):
    office.night("2026-11-23", "children-2020-01-01-other.json", office.bits + 30)
    model, _ = office.recalibrate()
    assert model.calibration.slope == pytest.approx(TRULY.slope, abs=0.08)


def test_the_newest_weight_of_a_pair_counts(office):
    office.night("2026-11-21", FILE, office.bits + 30)
    model, _ = office.recalibrate()
    assert model.calibration.shift == pytest.approx(TRULY.shift, abs=0.4)


def test_too_few_labels_leave_the_model_alone(office):
    office.label(range(40))
    with pytest.raises(CrossborderError, match="judge more pairs"):
        office.recalibrate()
    assert not (office.folder / "models").exists()


def test_probabilities_that_are_honest_are_left_alone(tmp_path):
    office = Office(tmp_path, slope=Calibration(1.0, 0.0))
    with pytest.raises(CrossborderError, match="Leave the model as it is"):
        office.recalibrate()


def test_labels_without_a_word_of_the_pair_are_counted(office):
    office.label(range(1200), decision="unsure")
    said = "0 pairs judged the same .* Of 1200 labels 0 could be used"
    with pytest.raises(CrossborderError, match=said):
        office.recalibrate()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, r"can't be read \(FileNotFoundError\)"),
        (b"left_hash,right_hash\r\nl1,r1\r\n", "lacks decision, sample"),
        (b"\xff\xfe\x00", r"can't be read \(UnicodeDecodeError\)"),
        (
            b"left_hash,right_hash,decision,sample\r\nl1,r1,same,some\r\n",
            "line 2: sample must be training or evaluation",
        ),
    ],
)
def test_labels_that_cant_be_used_say_so(office, content, said):
    file = office.folder / "labels.csv"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=said):
        office.recalibrate()
