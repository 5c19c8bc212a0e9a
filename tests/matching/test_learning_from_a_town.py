"""Learning blind, from a town whose truth is known, and how well it then matches."""

import datetime as dt

import pytest
from noisy_people import ON, town
from person_rows import CHILDREN_MODEL, FORCE, keys_of, persons, record

from matching.config import MatchingConfig
from matching.fit import FitRefused, fit, random_pairs
from matching.frames import side_of
from matching.priors import CHILDREN
from matching.reference import link
from matching.standardise import child_persons, nominal_persons
from records.schemas import PERSONS, empty

LINES = MatchingConfig(
    model="children-2026-11-22-1a2b.json",
    perpetrator_model="perpetrators-2026-11-22-1a2b.json",
    costs={"missed_child": 1000, "needless_notice": 50, "review": 5},
).thresholds()


class Seen:
    """A town's records in the form that is matched, and its truth."""

    def __init__(self, seed):
        written = town(seed, children=250, nominals=6000)
        self.left = child_persons(written.children, ON)
        self.right = nominal_persons(written.police, ON)
        self.truth = written.truth


@pytest.fixture(scope="module")
def learnt_on():
    return Seen(21)


@pytest.fixture(scope="module")
def model(learnt_on):
    return fit(learnt_on.left, learnt_on.right, CHILDREN, ON)


@pytest.fixture(scope="module")
def pairs(model):
    seen = Seen(22)
    return link(seen.left, seen.right, model, LINES.floor), seen.truth


def at_or_above(pairs, line):
    import pyarrow.compute as pc

    return keys_of(pairs.filter(pc.greater_equal(pairs.column("probability"), line)))


def test_the_number_of_matches_is_learnt_blind(model, learnt_on):
    true = len(learnt_on.truth) / learnt_on.left.num_rows
    assert model.expected_matches == pytest.approx(true, rel=0.1)


def test_the_rates_of_noise_are_learnt_blind(model):
    m = {
        (comparison.name, level.name): level.m
        for comparison in model.comparisons
        for level in comparison.levels
    }
    assert m["forename", "exact"] == pytest.approx(0.86, abs=0.06)
    assert m["surname", "exact"] == pytest.approx(0.86, abs=0.06)
    assert m["dob", "exact"] == pytest.approx(0.95, abs=0.04)
    assert m["sex", "same"] == pytest.approx(1.0, abs=0.02)
    assert m["postcode", "same"] == pytest.approx(0.68, abs=0.12)


def test_identifiers_keep_the_belief(model):
    assert model.comparison("identifier") == CHILDREN_MODEL.comparison("identifier")


def test_the_same_records_give_the_same_model(model, learnt_on):
    again = fit(learnt_on.left, learnt_on.right, CHILDREN, ON)
    assert again == model


def test_what_is_accepted_is_right(pairs):
    found, truth = pairs
    accepted = at_or_above(found, LINES.accept)
    assert len(accepted & truth) / len(accepted) >= 0.99
    assert len(accepted & truth) / len(truth) >= 0.8


def test_hardly_anybody_falls_below_the_review_line(pairs):
    found, truth = pairs
    asked = at_or_above(found, LINES.review)
    assert len(asked & truth) / len(truth) >= 0.96
    assert len(asked & truth) / len(asked) >= 0.7


def test_probabilities_mean_what_they_say(pairs):
    found, truth = pairs
    unguarded = [
        ((pair["left_ref"], pair["right_ref"]), pair["probability"])
        for pair in found.to_pylist()
        if pair["evidence"][-1]["comparison"] != "guard"
    ]
    expected = sum(probability for _, probability in unguarded)
    true = sum(key in truth for key, _ in unguarded)
    assert expected == pytest.approx(true, rel=0.1)


def test_random_pairs_are_chosen_by_key_and_spread_evenly(learnt_on):
    left, right = side_of(learnt_on.left), side_of(learnt_on.right)
    lefts, rights = random_pairs(left, right, 25_000)
    assert len(lefts) == len(rights) == 25_000
    assert rights.min() >= 0
    assert rights.max() < len(right)
    assert rights.mean() == pytest.approx(len(right) / 2, rel=0.02)
    again = random_pairs(left, right, 25_000)
    assert (again[0] == lefts).all()
    assert (again[1] == rights).all()


@pytest.mark.parametrize(
    ("left", "right", "problem"),
    [
        (
            empty(PERSONS),
            persons(record("n1", "A/B", authority=FORCE)),
            "exactly",
        ),
        (
            persons(record("c1", "A/B")),
            persons(
                record("n1", "A/B", authority=FORCE),
                record("n2", "A/B", authority="E23000017"),
            ),
            "2 authorities",
        ),
        (
            persons(record("c1", "JACK/BROWN", dob="2010-03-12")),
            persons(record("n1", "XANTHE/FENWORTHY", authority=FORCE)),
            "no two records",
        ),
    ],
)
def test_too_little_to_learn_from_is_refused(left, right, problem):
    with pytest.raises(FitRefused, match=problem):
        fit(left, right, CHILDREN, dt.date(2026, 11, 22))
