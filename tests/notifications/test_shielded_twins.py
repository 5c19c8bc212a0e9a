"""A second record of a shielded child, however it came to be."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    COVENTRY,
    IN_AREA,
    MONDAY,
    PLACING,
    WEST_MERCIA,
    candidate,
    case,
    child,
    decide,
    judgement,
    only_decision,
    placement,
    told,
)

from notifications.documents import ObligationKind
from notifications.facts import Protection, State
from notifications.shields import (
    MOST_BEARERS,
    Shield,
    remembered,
    shielded_twins,
)

DAY = dt.timedelta(days=1)
SHIELDED = child(child_ref="S1")
UNBORN = child(child_ref="S1", dob=None)
KEY = (PLACING, "S1")


def alike(of_shielded=None, **of_second):
    """Whether a second record is found to be that of a shielded child."""
    first = child(child_ref="S1", **(of_shielded or {}))
    second = child(child_ref="NEW", **of_second)
    found = shielded_twins([second], [Shield(first)], MONDAY)
    return found == {(PLACING, "NEW"): (KEY,)}


@pytest.mark.parametrize(
    ("of_shielded", "of_second", "found"),
    [
        ({}, {}, True),
        ({}, {"forename": "ROBIN", "surname": "example"}, True),
        ({}, {"forename": "Example", "surname": "Robin"}, True),
        ({}, {"surname": "Other", "former_surname": "Example"}, True),
        ({"surname": "Other", "former_surname": "Example"}, {}, True),
        ({}, {"forename": "Bobbie", "known_as": "Robin"}, True),
        ({"forename": "Zoë-May"}, {"forename": "Zoe May"}, True),
        ({}, {"forename": "Robyn"}, False),
        ({}, {"surname": "Other"}, False),
        ({}, {"dob": dt.date(2014, 6, 5)}, False),
        ({"dob": None}, {"dob": None}, False),
        ({"dob": dt.date(1900, 1, 1)}, {"dob": dt.date(1900, 1, 1)}, False),
        ({"forename": None}, {"forename": None}, False),
        ({"forename": "BABY"}, {"forename": "BABY"}, False),
    ],
)
def test_plain_names_and_the_date_of_birth_say_who_is_alike(
    of_shielded, of_second, found
):
    assert alike(of_shielded, **of_second) == found


def test_a_child_is_no_second_record_of_itself():
    assert shielded_twins([SHIELDED], [Shield(SHIELDED)], MONDAY) == {}


def test_a_child_of_another_authority_may_be_one():
    there = child(authority=COVENTRY, child_ref="NEW")
    found = shielded_twins([there], [Shield(SHIELDED)], MONDAY)
    assert found == {(COVENTRY, "NEW"): (KEY,)}


@pytest.mark.parametrize(
    ("before", "rows", "kept"),
    [
        ([], (Protection(),), True),
        ([], (Protection(start=MONDAY + DAY),), False),
        ([], (), False),
        ([Shield(SHIELDED)], (), True),
        ([Shield(SHIELDED, until=MONDAY)], (), True),
        ([Shield(SHIELDED, until=MONDAY - DAY)], (), False),
        ([Shield(SHIELDED)], (Protection(until=MONDAY - DAY),), False),
        ([Shield(child(child_ref="S1", dob=dt.date(2008, 11, 23)))], (), False),
        ([Shield(UNBORN, since=MONDAY - DAY)], (), True),
        ([Shield(UNBORN, since=dt.date(2008, 11, 24))], (), True),
        ([Shield(UNBORN, since=dt.date(2008, 11, 23))], (), False),
    ],
)
def test_a_shield_is_remembered_until_its_authority_says_that_it_is_over(
    before, rows, kept
):
    found = remembered(before, {KEY: SHIELDED}, {KEY: rows} if rows else {}, MONDAY)
    assert [one.key for one in found] == [KEY] * kept


def test_a_child_gone_from_sight_is_remembered_as_it_was():
    (found,) = remembered([Shield(SHIELDED)], {}, {}, MONDAY)
    assert found == Shield(SHIELDED)


def test_it_is_known_since_when_a_shield_is_remembered():
    rows = {KEY: (Protection(),)}
    first = remembered([], {KEY: SHIELDED}, rows, MONDAY)
    (found,) = remembered(first, {KEY: SHIELDED}, rows, MONDAY + DAY)
    assert found.since == MONDAY


def test_of_several_rows_the_longest_shields():
    rows = (Protection(until=MONDAY), Protection(until=MONDAY + DAY))
    (found,) = remembered([], {KEY: SHIELDED}, {KEY: rows}, MONDAY)
    assert found.until == MONDAY + DAY
    (found,) = remembered([], {KEY: SHIELDED}, {KEY: (*rows, Protection())}, MONDAY)
    assert found.until is None


def test_a_second_record_is_one_under_another_name_too():
    again = child(child_ref="C2", surname="Quite", forename="Another")
    twins = shielded_twins(
        [again], [Shield(SHIELDED)], MONDAY, {again_key(again): [KEY]}
    )
    assert twins == {again_key(again): (KEY,)}


def test_no_longer_once_the_shield_is_forgotten():
    again = child(child_ref="C2", surname="Quite", forename="Another")
    assert shielded_twins([again], [], MONDAY, {again_key(again): [KEY]}) == {}


def again_key(one):
    return one.authority, one.child_ref


NHS = ("nhs", "9434765919")


@pytest.mark.parametrize(
    ("others", "found"), [(0, True), (MOST_BEARERS - 1, True), (MOST_BEARERS, False)]
)
def test_a_number_of_its_own_says_so_too_unless_many_bear_it(others, found):
    again = child(child_ref="C2", surname="Quite", forename="Another")
    crowd = [(PLACING, f"X{number}") for number in range(others)]
    numbers = {key: [NHS] for key in (again_key(again), *crowd)}
    (shield,) = remembered(
        [], {KEY: SHIELDED}, {KEY: (Protection(),)}, MONDAY, {KEY: [NHS]}
    )
    assert shield.identifiers == {NHS}
    twins = shielded_twins([again], [shield], MONDAY, {}, numbers)
    assert twins == ({again_key(again): (KEY,)} if found else {})


# --- what is decided ---------------------------------------------------------------


def second(*placements, **changes):
    return case(*placements, twins_of_shielded=(KEY,), **changes)


@pytest.mark.parametrize(
    "one",
    [
        second(),
        second(candidates=(candidate(probability=0.999),)),
        second(extracts=()),
        second(placement(postcode=None)),
    ],
)
def test_a_second_record_goes_the_restricted_way_whatever_else_is_said(one):
    outcome = decide(one)
    assert [row.rule for row in outcome.decisions] == ["shield.twin"]
    assert (outcome.notices, outcome.reviews) == ((), ())
    assert {task.kind for task in outcome.obligations} == {
        ObligationKind.NAMED_OFFICER_TASK
    }


def test_nothing_is_said_to_whoever_was_told_before(nights):
    assert told(nights.pass_(second(placement(address="2 High Street")))) == {}
    assert told(nights.pass_(second(placement(postcode=IN_AREA)))) == {}


def apart(**changes):
    return judgement(
        "different",
        right_authority=PLACING, right_ref="S1", right_hash="any", **changes,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("judged", "settled"),
    [
        (apart(), True),
        (replace(apart(), decision="same"), False),
        (replace(apart(), decision="unsure"), False),
        (replace(apart(), decision="two_people", split="left"), False),
        (apart(left_hash="before"), False),
        (replace(apart(), right_ref="S2"), False),
        (
            judgement(
                "different", left_ref="S1", left_hash="any", right_authority=PLACING,
                right_ref="C1", right_hash="child",
            ),
            True,
        ),
    ],
)  # fmt: skip
def test_a_person_tells_two_children_apart_on_the_record_as_it_is(judged, settled):
    state = only_decision(second(judgements=(judged,))).state
    assert (state is not State.RESTRICTED) == settled


def test_told_apart_from_one_of_two_is_not_enough():
    one = case(twins_of_shielded=(KEY, (COVENTRY, "S9")), judgements=(apart(),))
    assert only_decision(one).state is State.RESTRICTED


@pytest.mark.parametrize(
    ("own", "rule"),
    [
        (Protection(until=MONDAY - DAY), "known.not"),
        (Protection(), "shield.protected"),
    ],
)
def test_the_authoritys_own_row_about_the_record_decides(own, rule):
    assert only_decision(second(protections=(own,))).rule == rule


def test_when_it_is_settled_everybody_hears(nights):
    assert WEST_MERCIA in {one.recipient for one in nights.memory.standing}
    nights.pass_(second())
    outcome = nights.pass_(case(placement(address="2 High Street")))
    assert len(told(outcome)) == 3
