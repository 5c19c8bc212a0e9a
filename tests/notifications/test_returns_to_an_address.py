"""A child back at the same address within a day has not moved."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    ALSO_IN_WORCESTER,
    ENDED,
    IN_COVENTRY,
    MONDAY,
    Nights,
    candidate,
    case,
    child,
    ended,
    known,
    not_usable,
    placement,
    rulebook,
    to_all,
    told,
    told_nothing,
)

from notifications.documents import Kind
from notifications.facts import PlacementStatus, PoliceAddress

END, UPDATE = Kind.END, Kind.UPDATE
TUESDAY = MONDAY + dt.timedelta(days=1)
LEFT = ended(end=MONDAY)
BACK = placement("P2", start=TUESDAY)


@pytest.fixture
def returned(nights):
    """Everybody was told; the child left on Monday and was back on Tuesday."""
    assert told_nothing(nights.pass_(case(LEFT, BACK)))
    return nights


@pytest.mark.parametrize(
    ("gap", "days", "told_of"),
    [(0, 1, False), (1, 1, False), (2, 1, True), (2, 2, False), (0, 0, False),
     (1, 0, True)],
)  # fmt: skip
def test_so_many_days_away_are_no_move(gap, days, told_of):
    nights = Nights(rulebook(squash_days=days))
    nights.pass_(case())
    start = dt.date(2026, 11, 20) + dt.timedelta(days=gap)
    outcome = nights.pass_(case(ended(), placement("P2", start=start)))
    assert told(outcome) == (to_all(UPDATE) if told_of else {})


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"postcode": ALSO_IN_WORCESTER}, "tell.moved"),
        ({"address": "2 High Street"}, "tell.moved"),
        ({"address": None}, "tell.moved"),
        ({"place_code": "U6"}, "tell.corrected"),
    ],
)
def test_another_place_or_kind_of_placement_is_told(nights, changes, rule):
    outcome = nights.pass_(case(LEFT, replace(BACK, **changes)))
    assert told(outcome) == to_all(UPDATE)
    assert {(one.placement_ref, one.rule) for one in outcome.notices} == {("P2", rule)}


def test_what_was_told_goes_on_to_count_night_after_night(returned):
    for _ in range(3):
        assert told_nothing(returned.pass_(case(LEFT, BACK)))


def test_a_later_correction_is_an_update_of_the_placement_that_stands(returned):
    outcome = returned.pass_(case(LEFT, BACK, child=child(surname="Other")))
    assert told(outcome) == to_all(UPDATE)
    assert {one.placement_ref for one in outcome.notices} == {"P2"}
    assert {one.rule for one in outcome.notices} == {"tell.corrected"}


def test_a_later_end_is_told_once_with_its_own_date(returned):
    over = replace(BACK, status=ENDED, end=TUESDAY, end_reason="E4A")
    outcome = returned.pass_(case(LEFT, over))
    assert told(outcome) == to_all(END)
    assert {one.document.placement.end for one in outcome.notices} == {TUESDAY}
    assert told_nothing(returned.pass_(case(LEFT, over)))


def test_a_later_move_is_an_update(returned):
    over = replace(BACK, status=ENDED, end=TUESDAY, end_reason="X1")
    moved = placement("P3", ALSO_IN_WORCESTER, start=TUESDAY)
    outcome = returned.pass_(case(LEFT, over, moved))
    assert told(outcome) == to_all(UPDATE)
    assert {one.rule for one in outcome.notices} == {"tell.moved"}


def test_a_return_that_its_source_takes_back_leaves_an_end(returned):
    outcome = returned.pass_(
        case(LEFT, replace(BACK, status=PlacementStatus.WITHDRAWN))
    )
    assert told(outcome) == to_all(END)


def test_several_returns_are_one_stay(returned):
    again = placement("P3", start=TUESDAY + dt.timedelta(days=2))
    over = replace(
        BACK, status=ENDED, end=TUESDAY + dt.timedelta(days=1), end_reason="X1"
    )
    assert told_nothing(returned.pass_(case(LEFT, over, again)))
    assert told(returned.pass_(case(LEFT, over, replace(again, address="2")))) == (
        to_all(UPDATE)
    )


def test_whoever_was_told_of_a_night_elsewhere_is_told_of_the_return(nights):
    elsewhere = placement("P3", IN_COVENTRY, start=MONDAY)
    nights.pass_(case(LEFT, elsewhere))
    over = replace(elsewhere, status=ENDED, end=TUESDAY, end_reason="X1")
    outcome = nights.pass_(case(LEFT, over, BACK))
    assert set(told(outcome).values()) == {Kind.NEW, END, UPDATE}
    assert told_nothing(nights.pass_(case(LEFT, over, BACK)))


def test_the_grace_of_the_stay_is_that_of_its_return():
    nights = Nights()
    there = known(PoliceAddress("home", LEFT.postcode))
    nights.pass_(case(**there))
    dark = case(LEFT, BACK, extracts=(not_usable(),))
    assert told_nothing(nights.pass_(dark))
    assert nights.pass_(dark).decisions[0].reason.endswith("on 2026-11-23")


def test_a_run_of_doubt_goes_on_through_a_return():
    nights = Nights()
    alike = {"candidates": (candidate(probability=0.7),)}
    nights.pass_(case(**alike))
    for _ in range(2):
        (row,) = nights.pass_(case(LEFT, BACK, **alike)).decisions
        assert "since 2026-11-23" in row.reason


@pytest.mark.parametrize(
    ("reason", "nights_of_silence"), [("X1", 1), (None, 1), ("E4A", 0), ("E3", 0)]
)
def test_an_end_that_nothing_follows_waits_a_night_unless_care_ended(
    nights, reason, nights_of_silence
):
    gone = case(ended(end=MONDAY, end_reason=reason))
    for _ in range(nights_of_silence):
        assert told(nights.pass_(gone)) == {}
    assert told(nights.pass_(gone)) == to_all(END)


def test_an_end_long_past_is_told_at_once(nights):
    assert told(nights.pass_(case(ended()))) == to_all(END)
