"""Working days, bank holidays and clock changes; statutory and protocol clocks."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notification_cases import (
    MONDAY,
    PLACING,
    WEST_MERCIA,
    WORCESTERSHIRE,
    case,
    decide,
    placement,
    rulebook,
)

from notifications.clocks import (
    close_of,
    due_in,
    ending_clock,
    is_working_day,
    placement_clock,
    protocol_clock,
    working_days_after,
)
from notifications.config import Clocks
from notifications.documents import Priority
from notifications.facts import Risk
from notifications.wording import NOT_A_DISCHARGE

CLOCKS = Clocks()


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-11-23", 1, "2026-11-24"),
        ("2026-11-20", 1, "2026-11-23"),  # Friday to Monday
        ("2026-11-21", 1, "2026-11-23"),  # from a Saturday
        ("2026-11-21", 0, "2026-11-23"),
        ("2026-11-23", 0, "2026-11-23"),
        ("2026-12-24", 1, "2026-12-29"),  # Boxing Day's substitute is Monday the 28th
        ("2026-12-24", 5, "2027-01-05"),  # and New Year's Day is a Friday
        ("2026-04-02", 1, "2026-04-07"),  # Good Friday and Easter Monday
        ("2026-04-30", 2, "2026-05-05"),  # early May holiday
        ("2026-08-28", 1, "2026-09-01"),  # the summer holiday of England and Wales
        ("2026-11-27", 1, "2026-11-30"),  # St Andrew's Day is no holiday here
        ("2026-03-16", 1, "2026-03-17"),  # nor is St Patrick's
        ("2022-09-16", 1, "2022-09-20"),  # the Queen's funeral
    ],
)
def test_working_days_skip_weekends_and_bank_holidays(start, count, expected):
    assert working_days_after(day(start), count) == day(expected)


@given(
    start=st.dates(dt.date(2020, 1, 1), dt.date(2032, 12, 31)),
    first=st.integers(1, 12),
    second=st.integers(1, 12),
)
def test_counting_in_two_parts_counts_the_same(start, first, second):
    parts = working_days_after(working_days_after(start, first), second)
    assert working_days_after(start, first + second) == parts
    assert is_working_day(parts)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-11-23", "2026-11-23T17:00:00+00:00"),
        ("2026-07-01", "2026-07-01T16:00:00+00:00"),
        ("2026-03-27", "2026-03-27T17:00:00+00:00"),  # two days before summer time
        ("2026-03-30", "2026-03-30T16:00:00+00:00"),
        ("2026-10-23", "2026-10-23T16:00:00+00:00"),
        ("2026-10-26", "2026-10-26T17:00:00+00:00"),  # the day after winter time
    ],
)
def test_a_day_closes_at_five_in_london_whatever_the_season(on, expected):
    assert close_of(day(on)).isoformat() == expected


def test_a_clock_that_runs_over_a_clock_change_ends_at_five_all_the_same():
    before, after = close_of(day("2026-10-23")), due_in(day("2026-10-23"), 1)
    assert after - before == dt.timedelta(days=3, hours=1)
    assert due_in(day("2026-03-27"), 1) - close_of(day("2026-03-27")) == dt.timedelta(
        days=2, hours=23
    )


@pytest.mark.parametrize(
    ("priority", "expected"),
    [
        (Priority.HIGH, "2026-11-24"),
        (Priority.STANDARD, "2026-11-30"),
        (Priority.LOW, "2026-11-30"),
    ],
)
def test_the_police_clock_is_the_regions_protocol(priority, expected):
    clock = protocol_clock(MONDAY, priority, CLOCKS)
    assert clock.due_at == close_of(day(expected))
    assert "No law sets this time" in clock.text


@pytest.mark.parametrize(
    ("planned", "due", "shown"),
    [
        (True, "2026-12-18", ["18 December 2026"]),
        (False, "2026-12-29", ["29 December 2026"]),
        (None, "2026-12-18", ["18 December 2026", "29 December 2026", "not supplied"]),
    ],
)
def test_the_statutory_clock_shows_its_dates_and_claims_nothing(planned, due, shown):
    clock = placement_clock(
        day("2026-12-18"), planned=planned, welsh=False, clocks=CLOCKS
    )
    assert clock.due_at == close_of(day(due))
    assert all(words in clock.text for words in shown)
    assert clock.text.endswith("Evidence of notice: none seen.")
    assert clock.basis.endswith("(England) Regulations 2010, regulation 13(4)")


def test_an_end_is_due_before_it_and_at_the_latest_ten_working_days_after():
    clock = ending_clock(day("2026-12-18"), welsh=False, clocks=CLOCKS)
    assert clock.due_at == close_of(day("2026-12-18"))
    assert "before 18 December 2026" in clock.text
    assert "by 6 January 2027" in clock.text
    assert clock.basis.endswith("regulation 14")


@pytest.mark.parametrize("make", [placement_clock, ending_clock])
def test_a_welsh_placing_authority_is_under_its_own_regulations(make):
    extra = {"planned": True} if make is placement_clock else {}
    clock = make(MONDAY, welsh=True, clocks=CLOCKS, **extra)
    assert "(Wales) Regulations 2015" in clock.basis
    assert "counted by the English rule" in clock.text


def test_each_recipient_has_its_own_clock_and_the_copy_none():
    due = {one.recipient: one.due_at for one in decide(case()).notices}
    assert due == {
        WEST_MERCIA: due_in(MONDAY, 5),
        WORCESTERSHIRE: close_of(placement().start),
        PLACING: None,
    }


def test_a_high_priority_shortens_the_police_clock_and_not_the_statutory_one():
    risk = Risk("missing", answer=True, since=None, source="test")
    due = {
        one.recipient: one.due_at
        for one in decide(case(placement(planned=False), risks=(risk,))).notices
    }
    assert due[WEST_MERCIA] == due_in(MONDAY, 1)
    assert due[WORCESTERSHIRE] == due_in(placement().start, 5)


def test_a_region_sets_its_own_protocol():
    rules = rulebook(
        clocks={"acknowledge": {"high": 1, "standard": 2, "low": 3}, "data_task": 7}
    )
    due = {one.recipient: one.due_at for one in decide(case(), rules).notices}
    assert due[WEST_MERCIA] == due_in(MONDAY, 2)
    (task,) = decide(case(placement(postcode=None)), rules).obligations
    assert task.due_at == due_in(MONDAY, 7)


@pytest.mark.parametrize("postcode", [None, "WR1 1AA"])
def test_every_notice_and_task_says_that_the_law_is_not_thereby_done(postcode):
    outcome = decide(case(placement(postcode=postcode)))
    texts = [one.document.asked for one in outcome.notices]
    texts += [one.asked for one in outcome.obligations]
    assert texts
    assert all(text.endswith(NOT_A_DISCHARGE) for text in texts)
