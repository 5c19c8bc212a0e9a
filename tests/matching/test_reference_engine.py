"""What holds of every pair that the engine gives."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from noisy_people import ON, town
from person_rows import (
    CHILDREN_MODEL,
    FORCE,
    OTHER_FORCE,
    keys_of,
    persons,
    record,
    shuffled,
    strangers,
)

from matching import candidates
from matching.reference import link, probability
from matching.standardise import child_persons, nominal_persons
from records.schemas import PAIRS, PERSONS, empty

FLOOR = 0.001


@pytest.fixture(scope="module")
def small_town():
    written = town(3, children=60, nominals=1500)
    return (
        child_persons(written.children, ON),
        nominal_persons(written.police, ON),
        written.truth,
    )


@pytest.fixture(scope="module")
def pairs(small_town):
    left, right, _ = small_town
    return link(left, right, CHILDREN_MODEL, FLOOR)


def test_pairs_have_exactly_the_shared_shape(pairs):
    assert pairs.schema == PAIRS
    assert pairs.num_rows > 50


def test_the_parts_of_the_evidence_sum_to_the_weight(pairs):
    for pair in pairs.to_pylist():
        total = sum(part["weight"] for part in pair["evidence"])
        assert total == pytest.approx(pair["weight"], abs=1e-9)
        assert pair["probability"] == pytest.approx(1 / (1 + 2 ** -pair["weight"]))


def test_evidence_begins_with_the_prior_and_names_each_comparison(pairs):
    for pair in pairs.to_pylist():
        comparisons = [part["comparison"] for part in pair["evidence"]]
        assert comparisons[:6] == [
            "prior",
            "forename",
            "surname",
            "dob",
            "sex",
            "postcode",
        ]
        assert set(comparisons[6:]) <= {"identifier", "guard"}


def test_only_pairs_at_or_above_the_floor_are_kept(pairs, small_town):
    left, right, _ = small_town
    assert min(pairs.column("probability").to_pylist()) >= FLOOR
    high = link(left, right, CHILDREN_MODEL, 0.9)
    expected = [pair for pair in pairs.to_pylist() if pair["probability"] >= 0.9]
    assert high.to_pylist() == expected


def test_the_order_of_rows_changes_nothing(pairs, small_town):
    left, right, _ = small_town
    again = link(
        pa.Table.from_pylist(shuffled(left.to_pylist()), schema=PERSONS),
        pa.Table.from_pylist(shuffled(right.to_pylist()), schema=PERSONS),
        CHILDREN_MODEL,
        FLOOR,
    )
    assert again.equals(pairs)


def test_pairs_are_sorted_and_single(pairs):
    keys = list(
        zip(*(pairs.column(name).to_pylist() for name in PAIRS.names[:4]), strict=True)
    )
    assert keys == sorted(set(keys))


def test_hashes_are_those_of_the_records(pairs, small_town):
    left, right, _ = small_town
    for side, table in (("left", left), ("right", right)):
        known = dict(
            zip(
                table.column("record_ref").to_pylist(),
                table.column("content_hash").to_pylist(),
                strict=True,
            )
        )
        for pair in pairs.to_pylist():
            assert pair[f"{side}_hash"] == known[pair[f"{side}_ref"]]


def test_chunks_change_nothing(pairs, small_town, monkeypatch):
    left, right, _ = small_town
    monkeypatch.setattr(candidates.candidate_pairs, "__defaults__", (50,))
    assert link(left, right, CHILDREN_MODEL, FLOOR).equals(pairs)


def test_every_nominal_of_a_child_is_a_pair_of_its_own():
    child = record("c1", "JACK/BROWN", dob="2010-03-12", sex="M")
    nominals = [
        record(f"n{number}", "JACK/BROWN", authority=FORCE, dob="2010-03-12", sex="M")
        for number in range(4)
    ]
    pairs = link(persons(child), persons(*nominals), CHILDREN_MODEL, FLOOR)
    assert keys_of(pairs) == {("c1", f"n{number}") for number in range(4)}


def test_each_authority_is_searched_by_itself():
    child = record("c1", "JACK/BROWN", dob="2010-03-12", sex="M")
    here = record("n1", "JACK/BROWN", authority=FORCE, dob="2010-03-12", sex="M")
    there = record("n2", "JACK/BROWN", authority=OTHER_FORCE, dob="2010-03-12", sex="M")
    both = persons(here, *strangers(200), there)
    pairs = link(persons(child), both, CHILDREN_MODEL, FLOOR)
    alone = link(persons(child), persons(there), CHILDREN_MODEL, FLOOR)
    assert keys_of(pairs) == {("c1", "n1"), ("c1", "n2")}
    assert pairs.to_pylist()[1] == alone.to_pylist()[0]
    assert pairs.to_pylist()[0]["weight"] < pairs.to_pylist()[1]["weight"]


def test_two_records_of_one_authority_are_never_a_pair():
    rows = [
        record(f"n{number}", "JACK/BROWN", authority=FORCE, dob="1980-03-12")
        for number in range(3)
    ]
    assert link(persons(*rows), persons(*rows), CHILDREN_MODEL, FLOOR).num_rows == 0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (empty(PERSONS), empty(PERSONS)),
        (persons(record("c1", "A/B")), empty(PERSONS)),
        (empty(PERSONS), persons(record("n1", "A/B", authority=FORCE))),
        (persons(record("c1")), persons(record("n1", authority=FORCE))),
        (
            persons(record("c1", "JACK/BROWN")),
            persons(record("n1", "XANTHE/FENWORTHY", authority=FORCE)),
        ),
    ],
)
def test_nothing_in_common_gives_no_pairs(left, right):
    assert link(left, right, CHILDREN_MODEL, FLOOR).equals(empty(PAIRS))


def test_what_both_records_lack_is_never_equal():
    bare = record("c1", "JACK/BROWN"), record("n1", "JACK/BROWN", authority=FORCE)
    (pair,) = link(
        persons(bare[0]), persons(bare[1], *strangers(50)), CHILDREN_MODEL, 1e-9
    ).to_pylist()
    missing = [part for part in pair["evidence"] if part["level"] == "missing"]
    assert [part["comparison"] for part in missing] == [
        "dob",
        "sex",
        "postcode",
        "identifier",
    ]
    assert {part["weight"] for part in missing} == {0.0}


def test_records_without_names_are_compared_by_all_else():
    child = record("c1", dob="2010-03-12", sex="F", identifiers={"nhs": "9434765919"})
    nominal = {**child, "record_ref": "n1", "authority": FORCE}
    (pair,) = link(
        persons(child), persons(nominal, *strangers(50)), CHILDREN_MODEL, FLOOR
    ).to_pylist()
    levels = [part["level"] for part in pair["evidence"]]
    assert levels[1:] == [
        "missing",
        "missing",
        "exact",
        "same",
        "missing",
        "nhs_same",
        "other_names",
    ]
    assert pair["probability"] == 0.5


@pytest.mark.parametrize("floor", [0, 1, -0.5, 7])
def test_a_floor_that_is_no_probability_is_refused(floor):
    with pytest.raises(ValueError, match="floor"):
        link(empty(PERSONS), empty(PERSONS), CHILDREN_MODEL, floor)


def test_a_record_that_stands_twice_is_refused_without_naming_the_person():
    row = record("c1", "JACK/BROWN", dob="2010-03-12")
    with pytest.raises(ValueError, match="record c1 of 330") as refused:
        link(persons(row, row), empty(PERSONS), CHILDREN_MODEL, FLOOR)
    assert "BROWN" not in str(refused.value)


@given(st.floats(-200, 200))
@settings(max_examples=100)
def test_a_weight_and_its_negative_are_each_others_complement(weight):
    assert probability(weight) + probability(-weight) == pytest.approx(1)
    assert 0 <= probability(weight) <= 1
