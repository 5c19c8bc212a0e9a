"""A crowd of notices waits for a person; the stock of a first night goes bit by bit."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from uuid import UUID

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
)

from notifications.brake import (
    HOLDABLE,
    Waiting,
    brake,
    keep_waiting,
    reclocked,
    schedule_baseline,
    usual,
)
from notifications.clocks import LONDON, is_working_day, protocol_clock
from notifications.config import Clocks, PolicyConfig, Surge
from notifications.documents import Kind, Priority
from notifications.outcome import History, Hold, Versions

NOW = Versions("1", "children-1", "perpetrators-1")
CALM = History(counts=(4,) * 28, versions=NOW)
SURGE = Surge(at_least=5)
TONIGHT = decide(case()).notices
"""To the host force, the host authority and, a copy, the placing authority."""


def many(count, *, kind=Kind.NEW, priority=Priority.STANDARD, recipient=WEST_MERCIA):
    """So many notices of different placements to one recipient."""
    (model,) = [one for one in TONIGHT if one.recipient == WEST_MERCIA]
    return tuple(
        replace(
            model,
            notification_id=UUID(int=number + 1),
            placement_ref=f"P{number}",
            kind=kind,
            priority=priority,
            recipient=recipient,
        )
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((), None),
        ((9,) * 6, None),
        ((1, 2, 3, 4, 5, 6, 100), 4.0),
        ((50,) * 28 + (2, 4) * 14, 3.0),  # only the latest 28
    ],
)
def test_the_usual_number_is_the_median_of_the_latest_nights(counts, expected):
    assert usual(counts, Surge()) == expected


@pytest.mark.parametrize(
    ("tonight", "history", "held"),
    [
        (12, CALM, 0),  # three times four
        (13, CALM, 13),
        (13, replace(CALM, counts=(4,) * 6), 0),  # nothing is usual yet
        (5, replace(CALM, counts=(0,) * 28), 0),  # so few are never a surge
        (6, replace(CALM, counts=(0,) * 28), 6),
        (1, replace(CALM, versions=replace(NOW, rules="0")), 1),
        (1, replace(CALM, versions=replace(NOW, children_model="other")), 1),
        (1, replace(CALM, versions=replace(NOW, perpetrator_model="other")), 1),
        (100, History(), 0),  # the very first night
    ],
)
def test_a_crowd_or_a_change_of_rules_waits_for_a_person(tonight, history, held):
    found = brake(many(tonight), history, NOW, SURGE)
    assert found.held == held
    assert (found.why is None) is (held == 0)
    assert [one.hold for one in found.notices] == (
        [Hold("surge", None)] * held or [None] * tonight
    )


def test_the_alert_says_how_many_and_why():
    changed = replace(CALM, versions=replace(NOW, rules="0"))
    found = brake((*many(13), *many(1, priority=Priority.HIGH)), changed, NOW, SURGE)
    assert found.why == (
        "The surge brake holds 12 of 14 notices until a named person releases them, "
        "because the rules changed since the last night and there are 14 notices, more "
        "than 12, where 4 are usual; 2 go at once."
    )


SETTINGS = {
    "policy.scope": "a", "policy.criteria": "b", "matching.costs": "c",
    "children_model": "d", "perpetrator_model": "e",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"policy.scope": "x"}, "policy.scope of the region file"),
        ({"matching.costs": "x"}, "matching.costs of the region file"),
        (
            {"policy.scope": "x", "policy.criteria": "x"},
            "policy.criteria and policy.scope of the region file",
        ),
        ({"children_model": "x"}, "the content of the model for children"),
        ({"perpetrator_model": "x"}, "the content of the model for perpetrators"),
        ({}, None),
        ({"policy.of_a_newer_release": "x"}, None),
    ],
)
def test_a_change_of_the_settings_waits_for_a_person_and_is_named(changes, words):
    before = replace(CALM, versions=replace(NOW, settings=SETTINGS))
    now = replace(NOW, settings=SETTINGS | changes)
    found = brake(many(3), before, now, SURGE)
    assert found.held == (3 if words else 0)
    if words:
        assert f"because {words} changed since the last night; 0 go" in found.why


def test_a_night_that_wrote_no_settings_down_is_not_known_to_differ():
    now = replace(NOW, settings=SETTINGS)
    assert brake(many(3), CALM, now, SURGE).held == 0


def test_another_model_is_named_once():
    before = replace(CALM, versions=replace(NOW, settings=SETTINGS))
    other = SETTINGS | {"children_model": "x"}
    now = replace(NOW, children_model="children-2", settings=other)
    found = brake(many(3), before, now, SURGE)
    assert "because the model for children changed since" in found.why


def test_retractions_go_and_do_not_make_a_crowd():
    taken_back = many(50, kind=Kind.RETRACTION)
    assert brake(taken_back, CALM, NOW, SURGE).notices == taken_back
    changed = replace(CALM, versions=None)
    assert brake(taken_back, changed, NOW, SURGE).held == 0


@pytest.mark.parametrize("kind", sorted(HOLDABLE))
def test_every_other_kind_waits(kind):
    assert brake(many(13, kind=kind), CALM, NOW, SURGE).held == 13


def test_agreed_test_records_go_and_do_not_make_a_crowd():
    tests = tuple(
        replace(one, document=one.document.model_copy(update={"test_record": True}))
        for one in many(50)
    )
    assert brake(tests, CALM, NOW, SURGE).notices == tests
    assert schedule_baseline(tests, PolicyConfig(), MONDAY) == tests


def test_what_is_carried_by_hand_goes_with_its_copy_and_its_task():
    """The task to carry it runs from the night that decides."""
    by_hand = tuple(
        replace(one, channel="export") if one.recipient == WEST_MERCIA else one
        for one in TONIGHT
    )
    changed = replace(CALM, versions=replace(NOW, rules="0"))
    held = {one.recipient for one in brake(by_hand, changed, NOW, SURGE).notices
            if one.hold}  # fmt: skip
    assert held == {WORCESTERSHIRE}
    crowd = [replace(one, channel="export") for one in many(100)]
    assert brake(crowd, CALM, NOW, SURGE).held == 0
    assert schedule_baseline(crowd, PolicyConfig(), MONDAY) == tuple(crowd)


def test_what_waits_for_a_review_is_neither_counted_nor_touched():
    review = Hold("review", dt.datetime(2026, 11, 26, 17, tzinfo=dt.UTC))
    reviewed = tuple(replace(one, hold=review) for one in many(50))
    assert brake(reviewed, CALM, NOW, SURGE).notices == reviewed


@pytest.mark.parametrize("urgent", [WEST_MERCIA, PLACING])
def test_a_copy_goes_with_the_police_notice_or_waits_with_it(urgent):
    pair = tuple(one for one in TONIGHT if one.recipient != WORCESTERSHIRE)
    calm = tuple(replace(one, priority=Priority.STANDARD) for one in pair)
    mixed = tuple(
        replace(one, priority=Priority.HIGH) if one.recipient == urgent else one
        for one in calm
    )
    changed = replace(CALM, versions=replace(NOW, rules="0"))
    assert brake(calm, changed, NOW, SURGE).held == 2
    assert brake(mixed, changed, NOW, SURGE).held == 0


def test_what_waits_waits_on_when_it_is_decided_again():
    first = brake(many(20), CALM, NOW, SURGE).notices
    waiting = [
        Waiting(one.notification_id, one.recipient, one.placement_ref, one.hold)
        for one in first
        if one.hold
    ]
    again = many(20)
    # The facts of the first changed, the second became urgent.
    again = (
        replace(again[0], notification_id=UUID(int=900)),
        replace(again[1], priority=Priority.HIGH),
        *again[2:],
    )
    kept = keep_waiting((*again, *many(1, kind=Kind.RETRACTION)), waiting)
    assert [one.hold is None for one in kept] == [False, True, *[False] * 18, True]
    assert brake(kept, CALM, NOW, SURGE).notices == kept


def test_what_waits_goes_with_its_copy_once_either_is_urgent():
    pair = tuple(
        replace(one, priority=Priority.LOW)
        for one in TONIGHT
        if one.recipient != WORCESTERSHIRE
    )
    waiting = [
        Waiting(one.notification_id, one.recipient, "P1", Hold("surge", None))
        for one in pair
    ]
    assert all(one.hold for one in keep_waiting(pair, waiting))
    urgent = tuple(
        replace(one, priority=Priority.HIGH) if one.is_copy else one for one in pair
    )
    assert keep_waiting(urgent, waiting) == urgent


def test_an_urgent_notice_of_the_baseline_keeps_its_turn():
    hold = Hold("baseline", dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC))
    (urgent,) = many(1, priority=Priority.HIGH)
    waits = Waiting(urgent.notification_id, urgent.recipient, None, hold, urgent=True)
    assert keep_waiting((urgent,), [waits])[0].hold == hold


@pytest.mark.parametrize("placement_ref", ["P0", None])
def test_one_of_the_baseline_that_becomes_urgent_goes_at_once(placement_ref):
    """It went missing, say: its turn, weeks from now, was that of another priority."""
    hold = Hold("baseline", dt.datetime(2027, 1, 5, 9, tzinfo=dt.UTC))
    (calm,) = many(1)
    waits = Waiting(calm.notification_id, calm.recipient, placement_ref, hold)
    assert keep_waiting((calm,), [waits])[0].hold == hold
    (risen,) = many(1, priority=Priority.HIGH)
    assert keep_waiting((risen,), [waits]) == (risen,)


def test_the_rules_say_anew_what_waits_for_a_review():
    (overdue,) = many(1)
    hold = Hold("review", dt.datetime(2026, 11, 22, 17, tzinfo=dt.UTC))
    waits = Waiting(overdue.notification_id, overdue.recipient, "P0", hold)
    assert keep_waiting((overdue,), [waits]) == (overdue,)


# --- the schedule ------------------------------------------------------------------


def policy(per_day):
    return PolicyConfig.model_validate({"baseline": {"per_working_day": per_day}})


def test_the_stock_goes_on_working_days_at_nine_in_london():
    friday = dt.date(2026, 12, 18)
    days = [
        one.hold.release_at
        for one in schedule_baseline(many(9), policy(2), friday)
        if one.hold
    ]
    assert sorted({str(at) for at in days}) == [
        "2026-12-21 09:00:00+00:00",
        "2026-12-22 09:00:00+00:00",
        "2026-12-23 09:00:00+00:00",
        "2026-12-24 09:00:00+00:00",
        "2026-12-29 09:00:00+00:00",  # Christmas Day and its Monday are holidays
    ]
    summer = schedule_baseline(many(1), policy(2), dt.date(2026, 6, 1))[0].hold
    assert str(summer.release_at) == "2026-06-02 08:00:00+00:00"


def test_a_day_that_reviews_fill_takes_none_of_the_stock():
    due = dt.datetime(2026, 11, 24, 17, tzinfo=dt.UTC)
    reviewed = tuple(replace(one, hold=Hold("review", due)) for one in many(2))
    (late,) = [replace(one, notification_id=UUID(int=99)) for one in many(1)]
    found = schedule_baseline((*reviewed, late), policy(2), MONDAY)
    assert found[:2] == reviewed
    assert found[2].hold.release_at.date() == dt.date(2026, 11, 25)


notices = st.lists(
    st.tuples(
        st.sampled_from(TONIGHT),
        st.sampled_from([*HOLDABLE, Kind.RETRACTION]),
        st.sampled_from(Priority),
        st.integers(1, 4),
        st.sampled_from([None, None, None, "review"]),
    ),
    max_size=40,
).map(
    lambda drawn: tuple(
        replace(
            model,
            notification_id=UUID(int=number),
            kind=kind,
            priority=priority,
            placement_ref=f"P{placement}",
            hold=Hold("review", dt.datetime(2026, 11, 25, 17, tzinfo=dt.UTC))
            if hold
            else None,
        )
        for number, (model, kind, priority, placement, hold) in enumerate(drawn)
    )
)
histories = st.builds(
    History,
    counts=st.lists(st.integers(0, 12), max_size=40).map(tuple),
    versions=st.sampled_from([None, NOW, replace(NOW, rules="0")]),
)


def freed(some):
    return [replace(one, hold=None) for one in some]


@given(tonight=notices, history=histories)
def test_the_brake_loses_nothing_and_holds_nothing_urgent(tonight, history):
    found = brake(tonight, history, NOW, SURGE)
    assert freed(found.notices) == freed(tonight)
    held = [one for one in found.notices if one.hold == Hold("surge", None)]
    assert len(held) == found.held
    assert all(one.priority is not Priority.HIGH for one in held)
    assert all(one.kind is not Kind.RETRACTION for one in held)
    # A copy and the police notices of one placement never part.
    parted = Counter()
    for one in found.notices:
        if one.recipient == WORCESTERSHIRE or one.kind not in HOLDABLE:
            continue
        if one.hold is None or one.hold.by == "surge":
            parted[one.placement_ref, one.hold is None] += 1
    placements = [placement for placement, _ in parted]
    assert len(placements) == len(set(placements))


@given(
    tonight=notices, per_day=st.integers(1, 5), on=st.dates(MONDAY, dt.date(2027, 1, 9))
)
def test_the_schedule_keeps_each_day_small_and_the_urgent_first(tonight, per_day, on):
    found = schedule_baseline(tonight, policy(per_day), on)
    assert freed(found) == freed(tonight)
    scheduled = [one for one in found if one.hold and one.hold.by == "baseline"]
    days = Counter((one.recipient, one.hold.release_at) for one in scheduled)
    assert all(count <= per_day for count in days.values())
    for at in {one.hold.release_at for one in scheduled}:
        local = at.astimezone(LONDON)
        assert local.date() > on
        assert is_working_day(local.date())
        assert local.time() == dt.time(9)
    order = list(Priority)
    for one in scheduled:
        assert all(
            order.index(one.priority) <= order.index(other.priority)
            for other in scheduled
            if other.recipient == one.recipient
            and other.hold.release_at > one.hold.release_at
        )
    assert all(one.hold is not None or one.kind is Kind.RETRACTION for one in found)
    backwards = schedule_baseline(tonight[::-1], policy(per_day), on)
    assert backwards[::-1] == found


# --- released ----------------------------------------------------------------------


def test_a_police_clock_counts_from_the_day_of_release_and_no_other_does():
    released = dt.date(2026, 12, 2)
    for notice in TONIGHT:
        before = notice.document
        after = reclocked(before, released, Clocks())
        if notice.recipient == WEST_MERCIA:
            assert after.clock == protocol_clock(released, before.priority, Clocks())
            assert after.clock != before.clock
        else:
            assert after.clock == before.clock
        assert after.model_copy(update={"clock": before.clock}) == before
