"""The fast engine gives the reference engine's table, to the last bit."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from noisy_people import ON, town
from person_rows import CHILDREN_MODEL, FORCE, LA, RELEASED, persons, record, strangers
from test_against_the_plain_oracle import tables

from matching import fast, reference
from matching.blocking import EVERYBODY
from matching.calibration import Calibration
from matching.priors import PERPETRATORS, prior_model
from matching.standardise import child_persons, nominal_persons
from records.schemas import PERSONS, empty

EVERYTHING = 1e-40
ADULTS = prior_model(PERPETRATORS, RELEASED)
REVIEWED = replace(CHILDREN_MODEL, calibration=Calibration(0.7, -1.5))
STEEP = replace(CHILDREN_MODEL, calibration=Calibration(1e5, -1.5))
MODELS = {
    "children": CHILDREN_MODEL, "adults": ADULTS, "reviewed": REVIEWED, "steep": STEEP,
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
@pytest.mark.parametrize("floor", [EVERYTHING, 1e-9, 0.001, 0.5])
@pytest.mark.parametrize("seed", range(20, 26))
def test_it_gives_the_same_pairs_weights_and_evidence(seed, floor, model):
    left, right = (persons(*side) for side in tables(seed))
    expected = reference.link(left, right, model, floor)
    assert fast.link(left, right, model, floor).equals(expected)


def test_it_finds_what_the_reference_finds_in_a_town():
    written = town(5, children=60, nominals=1500)
    left = child_persons(written.children, ON)
    right = nominal_persons(written.police, ON)
    expected = reference.link(left, right, CHILDREN_MODEL, 0.001)
    assert expected.num_rows > 50
    assert fast.link(left, right, CHILDREN_MODEL, 0.001).equals(expected)


def test_a_wider_search_meets_everybody():
    left, right = (persons(*side) for side in tables(3))
    expected = reference.link(left, right, CHILDREN_MODEL, 1e-9, EVERYBODY)
    found = fast.link(left, right, CHILDREN_MODEL, 1e-9, EVERYBODY)
    assert found.equals(expected)


@pytest.mark.parametrize("floor", [EVERYTHING, 1e-9, 0.001])
@pytest.mark.parametrize("seed", range(20, 24))
def test_some_right_records_are_weighed_as_among_all(seed, floor):
    left, right = (persons(*side) for side in tables(seed))
    for refs in ([], right.column("record_ref").to_pylist()[::3], ["nobody's"]):
        wanted = pa.array(refs, pa.string())
        pairs = fast.link(left, right, CHILDREN_MODEL, floor)
        theirs = pairs.filter(pc.is_in(pairs.column("right_ref"), value_set=wanted))
        assert fast.link_to(left, right, wanted, CHILDREN_MODEL, floor).equals(theirs)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([], []),
        ([record("C1", authority=LA)], [record("N1", authority=FORCE)]),
        ([record("C1", "ANN/SMITH", authority=LA)], []),
        (
            [record("C1", "ΖΩΗ/ΠΑΠΠΑ", authority=LA, dob="2010-01-01")],
            [record("N1", "ΖΩΗ/ΠΑΠΠΑ", authority=FORCE, dob="2010-01-01")],
        ),
    ],
)
def test_records_that_say_nothing_break_nothing(left, right):
    sides = [persons(*side) if side else empty(PERSONS) for side in (left, right)]
    expected = reference.link(*sides, CHILDREN_MODEL, EVERYTHING)
    assert fast.link(*sides, CHILDREN_MODEL, EVERYTHING).equals(expected)


def test_somebody_with_several_names_is_found_by_any_of_both_parts_of_one():
    """Whose forename and surname both are rare is as sure as can be."""
    ours = record("C1", "Xqzwo/Quackenbush", "Xqzwo/Brown", dob="2010-03-04", sex="M")
    theirs = record(
        "N1", "Xqzwo/Quackenbush", dob="2010-03-04", sex="M", authority=FORCE
    )
    left, right = persons(ours), persons(theirs, *strangers(20_000))
    expected = reference.link(left, right, CHILDREN_MODEL, 0.999999)
    assert expected.num_rows == 1
    assert fast.link(left, right, CHILDREN_MODEL, 0.999999).equals(expected)


def test_a_calibrated_model_stretches_and_shifts_what_a_pair_comes_to():
    """Part by part, so that the parts still sum to the whole; guards stay as they are.

    Where names or addresses are several, another may be the best of them: those pairs
    are left out by taking records that have one of each.
    """
    left, right = (persons(*map(single, side)) for side in tables(21))
    as_learnt, reviewed = (
        {
            (pair["left_ref"], pair["right_ref"]): pair
            for pair in fast.link(left, right, model, EVERYTHING).to_pylist()
        }
        for model in (CHILDREN_MODEL, REVIEWED)
    )
    both = as_learnt.keys() & reviewed.keys()
    assert len(both) > 100
    for pair in both:
        learnt, held = unguarded(as_learnt[pair]), unguarded(reviewed[pair])
        assert held == pytest.approx(0.7 * learnt - 1.5, abs=2e-5), pair
        parts = [part["weight"] for part in reviewed[pair]["evidence"]]
        assert sum(parts) == pytest.approx(reviewed[pair]["weight"], abs=1e-6)


def single(row):
    return {
        **row, "names": row["names"][:1], "dobs": row["dobs"][:1],
        "postcodes": row["postcodes"][:0],
    }  # fmt: skip


def unguarded(pair):
    return sum(
        part["weight"] for part in pair["evidence"] if part["comparison"] != "guard"
    )
