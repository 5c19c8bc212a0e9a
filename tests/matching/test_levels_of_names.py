"""Which level two names reach. The tables are the specification."""

import numpy as np
import pandas as pd
import pytest
import recordlinkage
from hypothesis import given, settings
from hypothesis import strategies as st
from person_rows import levels_of, pair_of, record
from plain_oracle import jaro_winkler

from matching.comparisons import joined, level_names
from matching.name_levels import features, forename_levels, surname_levels


def level(levels_of_two, comparison, one, other):
    texts = sorted({one, other})
    numbers = (
        np.array([texts.index(min(one, other))]),
        np.array([texts.index(max(one, other))]),
    )
    return level_names(comparison)[levels_of_two(texts, *numbers)[0]]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("JACK", "JACK", "exact"),
        ("ANNE MARIE", "ANNEMARIE", "exact"),
        ("ELIZABETH", "LIZ", "known_form"),
        ("LIZ", "BETH", "known_form"),
        ("MOHAMMED", "MUHAMMAD", "known_form"),
        ("MOHAMMED ALI", "MUHAMMAD ALI", "known_form"),
        ("ALEX", "ALEXANDER", "known_form"),
        ("ALEX", "ALEXANDRA", "known_form"),
        ("ALEXANDER", "ALEXANDRA", "close"),
        ("MOHAMMED ALI", "ALI", "part"),
        ("MARY ANN", "MARY", "part"),
        ("MARY ANN", "MARY JANE", "close"),
        ("ALFIE JAMES", "JACK JAMES", "different"),
        ("STEPHEN", "STEPEHN", "close"),
        ("DANIEL", "DANIELLE", "close"),
        ("J", "JACK", "initial"),
        ("J A", "JACK", "initial"),
        ("J", "J", "initial"),
        ("J", "MARK", "different"),
        ("HASSAN", "HUSSAIN", "different"),
        ("JOHN", "SEAN", "different"),
        ("ALFIE", "FREDDIE", "different"),
        ("JACK", "JILL", "different"),
        ("Ж", "ЖАННА", "different"),
    ],
)
def test_forenames(one, other, expected):
    assert level(forename_levels, "forename", one, other) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("SMITH", "SMITH", "exact"),
        ("MC DONALD", "MCDONALD", "exact"),
        ("SMITH JONES", "JONES", "part"),
        ("SMITH JONES", "JONES BROWN", "part"),
        ("VAN DYKE", "VAN HALEN", "different"),
        ("AL HASSAN", "AL MASRI", "different"),
        ("KOWALSKI", "KOWALSKA", "close"),
        ("THOMPSON", "THOMSON", "close"),
        ("SMITH", "JONES", "different"),
    ],
)
def test_surnames(one, other, expected):
    assert level(surname_levels, "surname", one, other) == expected


NAMES = st.text("ABCDEHILMNORST ", min_size=1, max_size=12).map(
    lambda text: " ".join(text.split())
)


@given(NAMES.filter(bool), NAMES.filter(bool))
@settings(max_examples=60)
def test_a_level_does_not_depend_on_the_side(one, other):
    assert jaro_winkler(one, other) == jaro_winkler(other, one)
    for levels, comparison in (
        (forename_levels, "forename"),
        (surname_levels, "surname"),
    ):
        found = level(levels, comparison, one, other)
        assert level(levels, comparison, other, one) == found


@given(st.lists(NAMES.filter(bool), min_size=2, unique=True))
@settings(max_examples=60)
def test_spellings_are_as_similar_as_recordlinkages_compare_says(texts):
    one, other = np.triu_indices(len(texts), 1)
    whole = pd.DataFrame({"joined": [joined(text) for text in texts]})
    compare = recordlinkage.Compare()
    compare.exact("joined", "joined", label="same")
    compare.string("joined", "joined", method="jarowinkler", label="similarity")
    theirs = compare.compute(pd.MultiIndex.from_arrays([one, other]), whole, whole)
    found = features(texts, one, other, {})
    assert found["same"].tolist() == theirs["same"].astype(bool).tolist()
    assert found["similarity"].tolist() == theirs["similarity"].round(9).tolist()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("WEI/CHEN", "CHEN/WEI"),
        ("AHMED MOHAMED/ALI", "AHMED/MOHAMED ALI"),
        ("/JOHN SMITH", "JOHN/SMITH"),
    ],
)
def test_names_in_another_order_count_once_for_both(left, right):
    pair = pair_of(
        record("c1", left, dob="2010-03-12"), record("n1", right, dob="2010-03-12")
    )
    assert levels_of(pair)["forename"] == levels_of(pair)["surname"] == "reordered"
    weights = {part["comparison"]: part["weight"] for part in pair["evidence"]}
    assert weights["forename"] > 10
    assert weights["surname"] == 0


def test_an_initial_with_the_same_surname_is_not_another_order():
    pair = pair_of(
        record("c1", "J/SMITH", dob="2010-03-12"),
        record("n1", "J/SMITH", dob="2010-03-12"),
    )
    assert levels_of(pair)["forename"] == "initial"
    assert levels_of(pair)["surname"] == "exact"


def test_forename_and_surname_are_taken_from_one_name_of_each_record():
    married = record("n1", "ANNA/SMITH", "MARIA/JONES", dob="2010-03-12", sex="F")
    pair = pair_of(record("c1", "ANNA/JONES", dob="2010-03-12", sex="F"), married)
    levels = levels_of(pair)
    assert {levels["forename"], levels["surname"]} == {"exact", "different"}


def test_the_alias_that_fits_best_is_compared_and_shown():
    nominal = record("n1", "WILLIAM/GREEN", "LEXI/BROWN", "X/Y", dob="2010-03-12")
    pair = pair_of(
        record("c1", "ALEXA/BROWNE", "LEXI/BROWN", dob="2010-03-12"), nominal
    )
    forename = next(p for p in pair["evidence"] if p["comparison"] == "forename")
    assert (forename["level"], forename["left"], forename["right"]) == (
        "exact",
        "LEXI",
        "LEXI",
    )
