"""Which level dates of birth, sex, postcodes and identifiers reach."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from person_rows import levels_of, pair_of, persons, record

from matching.comparisons import level_names
from matching.field_levels import dob_levels
from matching.frames import side_of


def dob_level(one, other, *, weak=(False, False)):
    sides = [
        side_of(persons(record(ref, "A/B", dob=str(dob), weak=is_weak)))
        for ref, dob, is_weak in zip("lr", (one, other), weak, strict=True)
    ]
    rows = [side.births.starts for side in sides]
    return level_names("dob")[
        dob_levels(sides[0].births, sides[1].births, tuple(rows))[0]
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2010-03-12", "2010-03-12", "exact"),
        ("2010-03-12", "2010-12-03", "swapped"),
        ("2010-03-12", "2010-03-13", "one_digit"),
        ("2010-03-12", "2020-03-12", "one_digit"),
        ("2010-03-12", "2010-11-12", "two_parts"),
        ("2010-03-12", "2010-03-28", "two_parts"),
        ("2009-12-31", "2010-01-02", "different"),
        ("2010-03-12", "2016-07-25", "different"),
        ("2010-03-12", "1985-07-25", "far_apart"),
        ("2010-01-01", "2010-01-01", "same_year"),
        ("2010-01-01", "2010-06-30", "same_year"),
        ("2010-01-01", "2011-06-30", "next_year"),
        ("2010-01-01", "1980-06-30", "other_year"),
    ],
)
def test_dates_of_birth(one, other, expected):
    assert dob_level(one, other) == expected
    assert dob_level(other, one) == expected


@pytest.mark.parametrize(
    ("one", "other", "weak", "expected"),
    [
        ("2010-03-15", "2010-08-20", (True, False), "same_year"),
        ("2010-03-15", "2010-03-15", (True, True), "same_year"),
        ("2010-03-15", "2010-03-15", (True, False), "exact"),
        ("2010-03-15", "2011-08-20", (False, True), "next_year"),
    ],
)
def test_an_estimated_date_says_its_year(one, other, weak, expected):
    assert dob_level(one, other, weak=weak) == expected


DATES = st.dates(dt.date(1990, 1, 1), dt.date(2026, 11, 22))


@given(DATES, DATES, st.booleans(), st.booleans())
@settings(max_examples=100)
def test_a_level_of_birth_does_not_depend_on_the_side(one, other, weak, also):
    assert dob_level(one, other, weak=(weak, also)) == dob_level(
        other, one, weak=(also, weak)
    )


def test_the_best_of_several_dates_counts():
    pair = pair_of(
        record("c1", "JACK/BROWN", dobs=["2010-03-12"]),
        record("n1", "JACK/BROWN", dobs=["1999-07-04", "2010-12-03", "2010-03-12"]),
    )
    assert levels_of(pair)["dob"] == "exact"


@pytest.mark.parametrize(
    ("lefts", "rights", "expected"),
    [
        (["CV7 8QZ"], ["CV7 8QZ"], "same"),
        (["B1 1AA", "CV7 8QZ"], ["LS1 4AP", "CV7 8QZ"], "same"),
        (["CV7 8QZ"], ["CV7 8AA"], "sector"),
        (["CV7 8QZ"], ["CV7 9AA", "LS1 4AP"], "district"),
        (["CV7 8QZ"], ["CV1 8QZ"], "different"),
        (["CV7 8QZ"], [], "missing"),
        ([], [], "missing"),
    ],
)
def test_postcodes_are_compared_as_sets(lefts, rights, expected):
    pair = pair_of(
        record("c1", "JACK/BROWN", dob="2010-03-12", postcodes=lefts),
        record("n1", "JACK/BROWN", dob="2010-03-12", postcodes=rights),
    )
    assert levels_of(pair)["postcode"] == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("F", "F", "same"),
        ("F", "M", "different"),
        (None, "M", "missing"),
        (None, None, "missing"),
    ],
)
def test_sex(left, right, expected):
    pair = pair_of(
        record("c1", "SAM/BROWN", dob="2010-03-12", sex=left),
        record("n1", "SAM/BROWN", dob="2010-03-12", sex=right),
    )
    assert levels_of(pair)["sex"] == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"nhs": "9434765919"}, {"nhs": "9434765919"}, ["nhs_same"]),
        ({"nhs": "9434765919"}, {"nhs": "9434765870"}, ["nhs_different"]),
        ({"nhs": "9434765919"}, {"pnc": "2020/0000001X"}, ["missing"]),
        ({}, {"pnc": "2020/0000001X"}, ["missing"]),
        (
            {"nhs": "9434765919", "upn": "A1"},
            {"nhs": "9434765919", "upn": "B2"},
            ["nhs_same", "upn_different"],
        ),
    ],
)
def test_each_kind_of_identifier_is_compared_by_itself(left, right, expected):
    pair = pair_of(
        record("c1", "SAM/BROWN", dob="2010-03-12", identifiers=left),
        record("n1", "SAM/BROWN", dob="2010-03-12", identifiers=right),
    )
    found = [p["level"] for p in pair["evidence"] if p["comparison"] == "identifier"]
    assert found == expected
