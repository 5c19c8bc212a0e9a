"""Dates that contradict each other lose no child from view, and are to be mended."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    ALSO_IN_WORCESTER,
    ENDED,
    IN_AREA,
    IN_COVENTRY,
    MONDAY,
    PLACING,
    case,
    decide,
    not_usable,
    placement,
    rulebook,
    told,
    told_nothing,
)

from notifications.decide import rows_due
from notifications.documents import Kind, ObligationKind
from notifications.facts import PlacementStatus, Protection

NOV = {day: dt.date(2026, 11, day) for day in (1, 10, 16, 20, 30)}
DAY = dt.timedelta(days=1)
BACKWARDS = placement(end=NOV[10], status=ENDED)


def tasks(outcome):
    return [
        (one.rule.id, one.placement_ref)
        for one in outcome.obligations
        if one.kind is ObligationKind.DATA_TASK and one.met_on is None
    ]


def test_an_end_before_the_start_leaves_the_placement_standing():
    outcome = decide(case(BACKWARDS))
    assert len(told(outcome)) == 3
    assert tasks(outcome) == [("data.ends-before-start", "P1")]
    assert rows_due(case(BACKWARDS), rulebook(), MONDAY) == ((PLACING, "P1"),)
    assert {one.document.placement.end for one in outcome.notices} == {None}


def test_it_ends_nothing_that_was_told(nights):
    assert told(nights.pass_(case(BACKWARDS))) == {}


@pytest.mark.parametrize(
    "other",
    [
        placement("P2", IN_COVENTRY, start=NOV[20]),
        placement("P2", IN_AREA, start=NOV[16]),
        placement("P2", IN_COVENTRY, start=NOV[20], end=NOV[20], status=ENDED),
    ],
)
def test_but_not_where_another_placement_began_since(other):
    rows = {row.placement_ref for row in decide(case(BACKWARDS, other)).decisions}
    assert "P1" not in rows


@pytest.mark.parametrize(
    "other",
    [
        placement("P2", IN_COVENTRY, start=NOV[10], end=NOV[16], status=ENDED),
        placement("P2", IN_COVENTRY, start=NOV[20], status=PlacementStatus.WITHDRAWN),
        placement("P2", IN_COVENTRY, start=NOV[20], temporary=True, place_code="T1"),
    ],
)
def test_what_began_before_or_is_none_does_not_count(other):
    rows = {row.placement_ref for row in decide(case(BACKWARDS, other)).decisions}
    assert "P1" in rows


@pytest.mark.parametrize(
    ("end", "overlaps"), [(NOV[20], True), (NOV[16], False), (NOV[10], False)]
)
def test_a_placement_that_began_before_the_last_one_ended_is_to_be_corrected(
    end, overlaps
):
    last = placement("P0", IN_COVENTRY, start=NOV[1], end=end, status=ENDED)
    outcome = decide(case(last, placement()))
    assert bool(tasks(outcome)) == overlaps
    assert "P1" in {row.placement_ref for row in outcome.decisions}


def test_of_two_open_placements_both_are_told_and_one_task_is_made(nights):
    two = case(placement(), placement("P0", ALSO_IN_WORCESTER, start=NOV[1]))
    outcome = nights.pass_(two)
    assert tasks(outcome) == [("data.two-open", "P0")]
    assert "1 November 2026 and since 16 November 2026" in outcome.obligations[0].asked
    assert told_nothing(nights.pass_(two))
    mended = nights.pass_(
        case(
            placement(),
            placement("P0", start=NOV[1], end=NOV[16], status=ENDED),
        )
    )
    (met,) = mended.obligations
    assert (met.kind, met.met_on) == (ObligationKind.DATA_TASK, nights.on - DAY)


def test_an_open_placement_in_the_placing_area_is_one_of_two_as_well():
    outcome = decide(case(placement(), placement("P0", IN_AREA, start=NOV[1])))
    assert tasks(outcome) == [("data.two-open", "P1")]


def test_a_temporary_stay_is_no_second_open_placement():
    stay = placement("T", IN_COVENTRY, place_code="T4", temporary=True, start=NOV[20])
    assert tasks(decide(case(placement(), stay))) == []


@pytest.mark.parametrize(
    ("ahead", "checked"), [(1, False), (90, False), (91, True), (4000, True)]
)
def test_a_placement_yet_to_start_is_told_at_once_and_a_far_one_is_checked(
    ahead, checked
):
    to_come = placement(start=MONDAY + dt.timedelta(days=ahead), planned=True)
    outcome = decide(case(to_come))
    assert set(told(outcome).values()) == {Kind.NEW}
    assert tasks(outcome) == [("data.starts-far-ahead", "P1")] * checked


def test_a_planned_placement_beside_the_present_one_is_no_second_open_one():
    now = placement("P0", IN_COVENTRY, start=NOV[1])
    to_come = placement(start=NOV[30], planned=True)
    assert tasks(decide(case(now, to_come))) == []


def test_several_faults_of_one_placement_are_one_task():
    far = placement(
        start=dt.date(2027, 11, 30), end=NOV[10], status=ENDED, postcode=None
    )
    (task,) = decide(case(far)).obligations
    assert task.rule.id == "task.data-task"
    for words in ("no postcode", "ends before it starts", "30 November 2027"):
        assert words in task.asked


def test_a_shielded_record_is_mended_by_named_officers_only():
    outcome = decide(case(BACKWARDS, protections=(Protection(),)))
    assert {one.kind for one in outcome.obligations} == {
        ObligationKind.NAMED_OFFICER_TASK
    }


def test_what_no_police_extract_can_answer_is_told_and_mended_all_the_same():
    outcome = decide(case(BACKWARDS, extracts=(not_usable(),)))
    assert Kind.UNCONFIRMED in told(outcome).values()
    assert tasks(outcome) == [("data.ends-before-start", "P1")]


def test_a_fault_is_told_in_the_same_words_in_any_order():
    one = case(placement(), placement("P0", IN_COVENTRY, start=NOV[1]))
    turned = replace(one, placements=one.placements[::-1])
    assert decide(one) == decide(turned)


# --- settled when the feed was read --------------------------------------------------

LEFT_OPEN = placement(
    "P0", IN_COVENTRY, start=NOV[1], end=NOV[16], status=ENDED, contradiction="two_open"
)


@pytest.mark.parametrize(
    ("found", "mended", "rule"),
    [
        (
            (placement(contradiction="ends_before_start"),),
            (placement(),),
            "data.ends-before-start",
        ),
        (
            (LEFT_OPEN, placement()),
            (replace(LEFT_OPEN, contradiction=None), placement()),
            "data.two-open",
        ),
    ],
)
def test_a_contradiction_that_the_feed_was_read_past_is_one_task_met_when_mended(
    nights, found, mended, rule
):
    first = nights.pass_(case(*found))
    assert tasks(first) == [(rule, "P1")]
    assert told_nothing(nights.pass_(case(*found)))
    (met,) = nights.pass_(case(*mended)).obligations
    assert (met.kind, met.met_on) == (ObligationKind.DATA_TASK, nights.on - DAY)


def test_it_tells_whoever_is_told_the_same_as_without_it():
    sound = decide(case(replace(LEFT_OPEN, contradiction=None), placement()))
    assert told(decide(case(LEFT_OPEN, placement()))) == told(sound)


@pytest.mark.parametrize(
    "others",
    [
        (LEFT_OPEN, placement("P2", IN_COVENTRY, start=NOV[10], end=NOV[16],
                              status=ENDED)),
        (replace(LEFT_OPEN, status=PlacementStatus.WITHDRAWN),),
        (replace(LEFT_OPEN, temporary=True, place_code="T4"),),
        (replace(LEFT_OPEN, contradiction="ends_before_start"),),
    ],
    ids=["another came between", "withdrawn", "temporary", "an old end is backwards"],
)  # fmt: skip
def test_a_contradiction_in_old_history_is_no_task(others):
    assert tasks(decide(case(*others, placement()))) == []


def test_nor_is_one_of_a_child_placed_in_the_own_area():
    assert tasks(decide(case(LEFT_OPEN, placement(postcode=IN_AREA)))) == []


# --- temporary placements ----------------------------------------------------------

STAY = placement("T", place_code="T1", temporary=True, start=NOV[20])


def test_a_temporary_stay_alone_is_a_task_until_what_it_interrupts_is_supplied(nights):
    alone = nights.pass_(case(STAY))
    assert tasks(alone) == [("data.temporary-alone", "T")]
    assert told(alone) == {}
    assert told_nothing(nights.pass_(case(STAY)))
    mended = nights.pass_(case(STAY, placement("P0", IN_AREA, start=NOV[1])))
    assert [one.met_on for one in mended.obligations] == [nights.on - DAY]


def test_whoever_was_told_of_a_base_that_ended_leaves_a_task_behind(nights):
    base = placement(end=NOV[20], status=ENDED)
    outcome = nights.pass_(case(base, STAY))
    assert set(told(outcome).values()) == {Kind.END}
    assert tasks(outcome) == [("data.temporary-alone", "T")]


@pytest.mark.parametrize(
    "other",
    [
        placement("P2", IN_COVENTRY, start=NOV[1], status=PlacementStatus.WITHDRAWN),
        placement("P2", IN_COVENTRY, temporary=True, place_code="T2", start=NOV[1]),
    ],
)
def test_what_does_not_stand_or_is_temporary_itself_is_nothing_to_interrupt(other):
    assert ("data.temporary-alone", "T") in tasks(decide(case(STAY, other)))


def test_a_shielded_stay_and_one_that_is_short_breaks_are_no_data_tasks():
    assert tasks(decide(case(STAY, protections=(Protection(),)))) == []
    assert tasks(decide(case(replace(STAY, legal_status="V4")))) == []
