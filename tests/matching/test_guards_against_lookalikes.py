"""Look-alikes of a household and strangers of one name are never accepted.

Each row is a child's record, a nominal and the guard that has to hold, whatever the
weights; ``None`` is a row that must stay free. The accept line lies above ``CEILING``.
"""

import pytest
from person_rows import CHILDREN_MODEL, FORCE, levels_of, persons, record, strangers

from matching.guards import CEILING, GUARDS, LOW, further_forenames
from matching.reference import link, probability

HOME = {"postcodes": ["CV7 8QZ"]}
AWAY = {"postcodes": ["LS1 4AP"]}
NHS = {"identifiers": {"nhs": "9434765919"}}
OTHER_NHS = {"identifiers": {"nhs": "9434765870"}}

CASES = {
    "a twin of the same sex": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("MASON/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        "twins",
    ),
    "a twin of the other sex": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("JILL/BROWN",), {"dob": "2010-03-12", "sex": "F", **HOME}),
        "twins",
    ),
    "a twin with a name alike and the other sex": (
        (("DANIEL/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("DANIELLE/BROWN",), {"dob": "2010-03-12", "sex": "F", **HOME}),
        "other_sex",
    ),
    "a twin placed elsewhere, of a rare surname": (
        (("JACK/FENWORTHY",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("MASON/FENWORTHY",), {"dob": "2010-03-12", "sex": "M", **AWAY}),
        "twins",
    ),
    "a twin whose date of birth was swapped": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("MASON/BROWN",), {"dob": "2010-12-03", "sex": "M", **HOME}),
        "twins",
    ),
    "a twin with only an initial": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("J/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        "twins",
    ),
    "a record without a forename": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        "twins",
    ),
    "a twin who was given the other's NHS number": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME, **NHS}),
        (("MASON/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME, **NHS}),
        "twins",
    ),
    "twins who share their first forename": (
        (
            ("MOHAMMED/KHAN", "MOHAMMED ALI/KHAN"),
            {"dob": "2010-03-12", "sex": "M", **HOME},
        ),
        (
            ("MOHAMMED/KHAN", "MOHAMMED BILAL/KHAN"),
            {"dob": "2010-03-12", "sex": "M", **HOME},
        ),
        "same_first_forename",
    ),
    "an older brother at the same address": (
        (("JACK/FENWORTHY",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("MASON/FENWORTHY",), {"dob": "2007-07-25", "sex": "M", **HOME}),
        "siblings",
    ),
    "a brother who was given the child's NHS number": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME, **NHS}),
        (("MASON/BROWN",), {"dob": "2007-07-25", "sex": "M", **HOME, **NHS}),
        "no_forename_or_birth",
    ),
    "a father of the same name at the same address": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("JACK/BROWN",), {"dob": "1985-07-25", "sex": "M", **HOME}),
        "parent",
    ),
    "a father of the same name and an estimated age": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("JACK/BROWN",), {"dob": "1985-01-01", "sex": "M", **HOME}),
        "cousins",
    ),
    "a father whose date of birth is not known": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("JACK/BROWN",), {"sex": "M", **HOME}),
        "little_of_birth",
    ),
    "a cousin of the same name at the same address": (
        (("JACK/FENWORTHY",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("JACK/FENWORTHY",), {"dob": "2012-07-25", "sex": "M", **HOME}),
        "cousins",
    ),
    "a stranger of the same rare name": (
        (("XANTHE/FENWORTHY",), {"dob": "2010-03-12", "sex": "F", **HOME}),
        (("XANTHE/FENWORTHY",), {"dob": "2012-07-25", "sex": "F", **AWAY}),
        "namesakes",
    ),
    "a rare name and a year": (
        (("XANTHE/FENWORTHY",), {"dob": "2010-03-12", "sex": "F", **HOME}),
        (("XANTHE/FENWORTHY",), {"dob": "2010-01-01", "sex": "F"}),
        "little_of_birth",
    ),
    "another name, the same birthday, address and number": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME, **NHS}),
        (("MASON/FENWORTHY",), {"dob": "2010-03-12", "sex": "M", **HOME, **NHS}),
        "other_names",
    ),
    "all the same but the NHS number": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME, **NHS}),
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME, **OTHER_NHS}),
        "identifiers_conflict",
    ),
    "the child": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        None,
    ),
    "the child under a short form, recorded as another sex": (
        (("ALEXANDRA/BROWN", "ALEX/BROWN"), {"dob": "2010-03-12", "sex": "F", **HOME}),
        (("ALEX/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        None,
    ),
    "the child by a second forename": (
        (
            ("MOHAMMED/KHAN", "MOHAMMED ALI/KHAN"),
            {"dob": "2010-03-12", "sex": "M", **HOME},
        ),
        (("ALI/KHAN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        None,
    ),
    "the child under a new surname at the same address": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("JACK/FENWORTHY",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        None,
    ),
    "the child with an estimated age at the same address": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **HOME}),
        (("JACK/BROWN",), {"dob": "2010-01-01", "sex": "M", **HOME}),
        None,
    ),
    "the child with a mistyped date of birth and the same number": (
        (("JACK/BROWN",), {"dob": "2010-03-12", "sex": "M", **NHS}),
        (("JACK/BROWN",), {"dob": "2010-03-25", "sex": "M", **NHS}),
        None,
    ),
}


@pytest.fixture(scope="module")
def weighed():
    """Every case's pair, all searched for among the same strangers."""
    lefts, rights = [], []
    for number, (child, nominal, _) in enumerate(CASES.values()):
        lefts.append(record(f"c{number}", *child[0], **child[1]))
        rights.append(record(f"n{number}", *nominal[0], authority=FORCE, **nominal[1]))
    searched = persons(*rights, *strangers(300))
    pairs = link(persons(*lefts), searched, CHILDREN_MODEL, 1e-9).to_pylist()
    found = {(pair["left_ref"], pair["right_ref"]): pair for pair in pairs}
    return {
        case: found[f"c{number}", f"n{number}"] for number, case in enumerate(CASES)
    }


@pytest.mark.parametrize("case", CASES)
def test_the_guard_holds(case, weighed):
    pair, guard = weighed[case], CASES[case][2]
    assert levels_of(pair).get("guard") == guard
    if guard:
        assert pair["probability"] <= CEILING
    else:
        assert pair["probability"] > 0.99


def test_every_guard_is_shown_holding():
    assert {guard for *_, guard in CASES.values()} - {None} == {g.name for g in GUARDS}


def test_what_a_guard_took_off_is_a_part_of_the_evidence(weighed):
    part = weighed["a twin of the same sex"]["evidence"][-1]
    assert (part["comparison"], part["level"]) == ("guard", "twins")
    assert part["weight"] < -5


def test_only_shared_households_and_names_are_put_below_asking(weighed):
    low = {guard.name for guard in GUARDS if guard.ceiling == LOW}
    assert low == {"siblings", "parent", "namesakes"}
    assert probability(LOW) < 0.02
    for case, pair in weighed.items():
        if CASES[case][2] in low:
            assert pair["probability"] < 0.02


def test_no_guard_lets_a_pair_keep_more_than_even_odds():
    assert all(probability(guard.ceiling) <= CEILING for guard in GUARDS)
    ceilings = [guard.ceiling for guard in GUARDS]
    assert ceilings == sorted(ceilings)


@pytest.mark.parametrize(
    ("compared", "forenames", "further"),
    [
        ("MOHAMMED", ["MOHAMMED", "MOHAMMED ALI"], {"ALI"}),
        ("MOHAMMED", ["MOHAMMED", "MOHAMMEDALI"], set()),
        ("LEXI", ["ALEXANDRA", "LEXI"], set()),
        (None, ["JACK"], set()),
    ],
)
def test_further_forenames_follow_the_one_compared(compared, forenames, further):
    assert further_forenames(compared, forenames) == further
