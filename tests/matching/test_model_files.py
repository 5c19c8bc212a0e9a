"""A released model never changes, and what is no model is refused."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from person_rows import CHILDREN_MODEL, MODELS, RELEASED

from matching.calibration import Calibration
from matching.comparisons import COMPARISONS, MISSING
from matching.config import MatchingConfig
from matching.model import Comparison, Level, Model, ModelRefused
from matching.priors import CHILDREN, PERPETRATORS, prior_model

FILES = sorted(MODELS.glob("*.json"))


def test_models_are_released_for_both_families():
    assert {Model.load(path).family for path in FILES} == {CHILDREN, PERPETRATORS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_released_model_is_what_its_name_says(path):
    model = Model.load(path)
    assert model.file_name == path.name
    assert path.name.startswith(f"{model.family}-{model.released}-")
    assert model.learnt_from


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_released_model_can_be_named_in_a_region_file(path):
    costs = {"missed_child": 1000, "needless_notice": 50, "review": 5}
    MatchingConfig(model=path.name, perpetrator_model=path.name, costs=costs)


@pytest.mark.parametrize("family", [CHILDREN, PERPETRATORS])
def test_a_saved_model_comes_back_the_same(family, tmp_path):
    model = prior_model(family, RELEASED)
    path = model.save(tmp_path)
    assert Model.load(path) == model
    assert model.save(tmp_path) == path


def test_a_calibrated_model_comes_back_the_same_and_is_another_file(tmp_path):
    model = replace(CHILDREN_MODEL, calibration=Calibration(0.8, -0.25))
    path = model.save(tmp_path)
    assert Model.load(path) == model
    assert path.name != CHILDREN_MODEL.file_name


def test_a_calibration_must_keep_the_order_of_pairs():
    with pytest.raises(ModelRefused, match="slope must exceed 0"):
        replace(CHILDREN_MODEL, calibration=Calibration(0.0, 1.0))


def test_a_changed_number_is_noticed(tmp_path):
    path = CHILDREN_MODEL.save(tmp_path)
    path.write_text(path.read_text().replace("0.81", "0.80"))
    with pytest.raises(ModelRefused, match="not what was released"):
        Model.load(path)


def test_a_renamed_file_is_noticed(tmp_path):
    path = CHILDREN_MODEL.save(tmp_path)
    other = path.rename(tmp_path / "children-2026-11-22-000000000000.json")
    with pytest.raises(ModelRefused, match="not what was released"):
        Model.load(other)


def test_a_missing_file_says_the_mend(tmp_path):
    with pytest.raises(ModelRefused, match="config/models"):
        Model.load(tmp_path / "children-2026-11-22-000000000000.json")


@pytest.mark.parametrize("content", ["{}", "[]", "no json", '{"family": "children"}'])
def test_a_file_of_another_shape_is_refused(content, tmp_path):
    import hashlib

    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    path = tmp_path / f"children-2026-11-22-{digest}.json"
    path.write_text(content)
    with pytest.raises(ModelRefused, match="shape"):
        Model.load(path)


def changed(name, levels):
    return replace(
        CHILDREN_MODEL,
        comparisons=tuple(
            Comparison(name, tuple(levels)) if each.name == name else each
            for each in CHILDREN_MODEL.comparisons
        ),
    )


@pytest.mark.parametrize(
    ("levels", "problem"),
    [
        ([Level("same", 0.9, 0.5), Level("different", 0.2, 0.5)], "sum"),
        ([Level("same", 0.4, 0.5), Level("different", 0.6, 0.5)], "stronger"),
        ([Level("same", 1.0, 0.5), Level("different", 0.0, 0.5)], "between"),
        ([Level("different", 0.1, 0.5), Level("same", 0.9, 0.5)], "levels of sex"),
        ([Level("same", 0.9, 0.5)], "levels of sex"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(levels, problem):
    with pytest.raises(ModelRefused, match=problem):
        changed("sex", levels)


@pytest.mark.parametrize(
    "wrong",
    [
        {"comparisons": CHILDREN_MODEL.comparisons[1:]},
        {"expected_matches": 0.0},
        {"frequency_strength": -1.0},
    ],
)
def test_a_model_that_lacks_something_is_refused(wrong):
    with pytest.raises(ModelRefused):
        replace(CHILDREN_MODEL, **wrong)


def test_the_prior_falls_with_the_number_of_records_searched():
    priors = [CHILDREN_MODEL.prior(size) for size in (1, 2, 100, 10_000, 1_000_000)]
    assert priors[0] == 0
    assert priors == sorted(priors, reverse=True)
    assert priors[-1] == pytest.approx(-20.25, abs=0.1)


@pytest.mark.parametrize("name", COMPARISONS)
def test_weights_end_with_nothing_for_what_is_missing(name):
    weights = CHILDREN_MODEL.weights(name)
    assert len(weights) == len(COMPARISONS[name]) + 1
    assert weights[-1] == 0
    assert MISSING not in {rule.name for rule in COMPARISONS[name]}


def test_a_family_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="witches"):
        prior_model("witches", RELEASED)


def test_nobody_can_be_read_from_a_model_file():
    for path in FILES:
        raw = json.loads(path.read_text())
        assert set(raw) == {
            "family",
            "released",
            "learnt_from",
            "expected_matches",
            "frequency_strength",
            "comparisons",
        }
        assert dt.date.fromisoformat(raw["released"])
