"""Which records are compared at all."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from person_rows import FORCE, persons, record
from recordlinkage.preprocessing import phonetic

from matching.blocking import RULES, sounds_of
from matching.candidates import candidate_pairs
from matching.frames import side_of

RULE = {rule.name: rule for rule in RULES}


def keys(rule, row, *, right=False):
    side = side_of(persons(row))
    found = (RULE[rule].right if right else RULE[rule].left)(side)
    assert set(found.person.tolist()) <= {0}
    each = found.key.to_pylist()
    assert len(each) == len(set(each))
    return set(each)


PERSON = record(
    "c1",
    "MARY ANN/SMITH JONES",
    "LIZ/DE VAN JONES",
    dobs=["2010-03-12", "1999-07-25"],
    postcodes=["CV7 8QZ", "B1 1AA"],
    identifiers={"nhs": "9434765919"},
)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("birth_date", {"2010-03-12", "1999-07-25"}),
        ("postcode", {"CV7 8QZ", "B1 1AA"}),
        ("identifier", {"nhs 9434765919"}),
        ("same_words", {"ANN JONES MARY SMITH", "DE JONES LIZ VAN"}),
        (
            "surname_and_year",
            {
                f"{word} {year}"
                for word in ("SMITHJONES", "SMITH", "JONES", "DEVANJONES")
                for year in (2010, 1999)
            },
        ),
    ],
)
def test_each_name_date_and_place_gives_keys(rule, expected):
    assert keys(rule, PERSON) == expected


def test_a_date_is_looked_for_with_day_and_month_the_other_way_round():
    assert keys("birth_date_swapped", PERSON) == {"2010-03-12", "1999-07-25"}
    assert keys("birth_date_swapped", PERSON, right=True) == {"2010-12-03"}


@given(st.lists(st.from_regex(r"[A-Z]+( [A-Z]+)?", fullmatch=True), min_size=1))
def test_names_sound_alike_that_recordlinkage_takes_for_alike(names):
    theirs = phonetic(pd.Series(names), method="soundex")
    assert sounds_of(names) == dict(zip(names, theirs, strict=True))


@pytest.mark.parametrize("rule", RULE)
def test_a_record_that_says_nothing_has_no_keys(rule):
    assert keys(rule, record("c1")) == set()


FOUND = [
    ("another surname, the same birthday", "JACK/BROWN", "JACK/GREEN", "2010-03-12"),
    ("day and month swapped", "JACK/BROWN", "MASON/GREEN", "2010-12-03"),
    ("a surname and a year", "JACK/BROWN", "MASON/BROWN", "2010-11-30"),
    ("a surname that sounds alike", "JACK/HUSSAIN", "JAKE/HOSSEIN", "2010-11-30"),
    ("half a surname and a year", "JACK/SMITH BROWN", "MASON/BROWN", "2010-11-30"),
    ("a short form and a month", "ELIZABETH/BROWN", "LIZ/GREEN", "2010-03-30"),
    ("a name and no birthday", "ELIZABETH/BROWN", "LIZ/BROWN", None),
    (
        "names that sound alike and no birthday",
        "FATIMA/HUSSAIN",
        "FATEMA/HOSSEIN",
        None,
    ),
    ("names in another order and no birthday", "WEI/CHEN", "CHEN/WEI", None),
]


@pytest.mark.parametrize(
    ("left", "right", "dob"),
    [case[1:] for case in FOUND],
    ids=[case[0] for case in FOUND],
)
def test_a_pair_is_found_by(left, right, dob):
    child = side_of(persons(record("c1", left, dob="2010-03-12")))
    nominal = side_of(persons(record("n1", right, authority=FORCE, dob=dob)))
    assert [len(chunk[0]) for chunk in candidate_pairs(child, nominal, RULES)] == [1]


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_chunks_hold_every_pair_once_and_each_left_person_whole(limit):
    lefts = [record(f"c{n}", "JACK/BROWN", dob="2010-03-12") for n in range(6)]
    rights = [
        record(f"n{n}", "JACK/BROWN", authority=FORCE, dob="2010-03-12")
        for n in range(5)
    ]
    chunks = list(
        candidate_pairs(
            side_of(persons(*lefts)), side_of(persons(*rights)), RULES, limit
        )
    )
    pairs = [
        pair
        for lefts_of, rights_of in chunks
        for pair in zip(lefts_of.tolist(), rights_of.tolist(), strict=True)
    ]
    assert pairs == sorted(set(pairs))
    assert len(pairs) == 30
    seen = [person for chunk in chunks for person in set(chunk[0].tolist())]
    assert len(seen) == len(set(seen))
    assert len(chunks) == (1 if limit == 1000 else 6)


def test_a_crowded_key_is_never_cut_short():
    child = record("c1", "JACK/BROWN", dob="2010-03-12", postcodes=["CV7 8QZ"])
    crowd = [
        record(f"n{n:04}", "X/Y", authority=FORCE, postcodes=["CV7 8QZ"])
        for n in range(3000)
    ]
    sides = side_of(persons(child)), side_of(persons(*crowd))
    (chunk,) = candidate_pairs(*sides, RULES, 100)
    assert len(chunk[0]) == 3000
