"""What was acknowledged must be seen in the recipient's records; and disputes."""

import datetime as dt
from dataclasses import replace

import pytest
from loop_cases import (
    ACK,
    ACKNOWLEDGED,
    DISPUTE,
    LATER,
    QUIET,
    RECORD,
    at,
    followed,
    looked,
    pass_,
    rules,
    said,
)
from notification_cases import MONDAY, PLACING, WORCESTERSHIRE

from notifications.chasing import REFERENCE_REPEATS
from notifications.config import Clocks
from notifications.documents import Kind
from notifications.loop import acknowledgement_due, follow

# --- acknowledged, and then? --------------------------------------------------------
# acknowledged on Tuesday 24 November at 11:00; to be seen by Friday the 27th, 17:00

RECORDED_WHEN = [
    ("no extract since", {}, QUIET),
    ("an extract of before it", looked("2026-11-23"), QUIET),
    ("one of the same day may be older", looked("2026-11-24"), QUIET),
    ("one of before the time was up", looked("2026-11-27"), QUIET),
    (
        "one of after the time was up",
        looked("2026-11-28"),
        (["loop.not-recorded"], [(RECORD, 1, False)]),
    ),
    (
        "data no further than one day overdue",
        looked("2026-12-01"),
        (["loop.not-recorded"], [(RECORD, 2, False)]),
    ),
    (
        "data of three days overdue",
        looked("2026-12-03"),
        (["loop.not-recorded"], [(RECORD, 3, False)]),
    ),
    ("lost before it", {**looked("2026-11-23"), "was_seen": True}, QUIET),
    ("seen", looked("2026-12-03", seen=True), QUIET),
    ("known at placement", {**looked("2026-12-03"), "known_on": MONDAY}, QUIET),
]


@pytest.mark.parametrize(
    ("look", "expected"),
    [one[1:] for one in RECORDED_WHEN],
    ids=[one[0] for one in RECORDED_WHEN],
)
def test_acknowledged_must_be_seen_in_an_extract_of_after_the_time_was_up(
    look, expected
):
    one = followed(**ACKNOWLEDGED, **look)
    assert said(pass_(one, at("2026-12-20 12:00"))[0]) == expected


def test_a_host_authority_that_sends_no_register_is_never_said_not_to_record():
    one = followed(recipient=WORCESTERSHIRE, **ACKNOWLEDGED)
    assert said(follow(one, rules(), LATER)) == QUIET
    sent = replace(one, **looked("2026-12-10"))
    assert said(follow(sent, rules(), LATER))[1] == [(RECORD, 3, False)]


def test_a_force_that_knows_the_child_does_not_speak_for_the_host_authority():
    known = followed(recipient=WORCESTERSHIRE, known_on=MONDAY)
    assert said(follow(known, rules(), LATER))[1] == [(ACK, 3, False)]


def test_an_end_is_acknowledged_and_nothing_is_looked_for():
    one = followed(Kind.END, **ACKNOWLEDGED, **looked("2026-12-10"))
    assert said(follow(one, rules(), LATER)) == QUIET


def test_an_outage_of_extracts_neither_raises_nor_settles_an_open_task():
    one = followed(**ACKNOWLEDGED, **looked("2026-11-28"))
    _, one = pass_(one, at("2026-11-28 03:00"))
    assert said(pass_(one, LATER)[0]) == QUIET
    again = replace(one, acknowledged_at=at("2026-12-01 09:00"))
    assert said(pass_(again, LATER)[0]) == QUIET
    later, _ = pass_(replace(one, **looked("2026-12-03")), LATER)
    assert said(later) == (["loop.not-recorded"], [(RECORD, 3, False)])


def test_what_was_seen_and_is_no_longer_seen_is_owed_again_by_another_task():
    one = followed(**ACKNOWLEDGED, **looked("2026-11-28"))
    first, one = pass_(one, at("2026-11-28 03:00"))
    met, one = pass_(
        replace(one, **looked("2026-12-01", seen=True)), at("2026-12-01 03:00")
    )
    assert said(met) == ([], [(RECORD, 1, True)])
    again, one = pass_(replace(one, **looked("2026-12-02")), at("2026-12-02 03:00"))
    assert said(again) == ([], [(RECORD, 0, False)])
    (task,) = again.follow_ups
    assert task.obligation_id != first.follow_ups[0].obligation_id
    assert task.due_at == at("2026-12-07 17:00")
    last, _ = pass_(replace(one, **looked("2026-12-08")), at("2026-12-08 03:00"))
    assert said(last) == (["loop.not-recorded"], [(RECORD, 1, False)])
    assert last.follow_ups[0].obligation_id == task.obligation_id


def test_a_reference_that_repeats_is_named_where_the_token_is_asked_for():
    one = followed(**ACKNOWLEDGED, **looked("2026-12-03"))
    repeats = replace(one, reference_repeats=True)
    for asked, expected in ((one, False), (repeats, True)):
        steps = follow(asked, rules(), LATER)
        for step in (steps.follow_ups[0], steps.reminders[0].document):
            assert (REFERENCE_REPEATS in step.asked) is expected


# --- known, and no longer ----------------------------------------------------------


def test_a_child_no_longer_known_is_chased_afresh_from_that_night():
    one = followed(no_longer_known_on=dt.date(2027, 1, 11))
    assert acknowledgement_due(one, Clocks()) == at("2027-01-12 17:00")
    assert said(follow(one, rules(), at("2027-01-12 12:00"))) == QUIET
    assert said(follow(one, rules(), at("2027-01-12 17:01")))[1] == [(ACK, 1, False)]
    recorded = replace(one, **ACKNOWLEDGED, **looked("2027-01-14"))
    assert said(follow(recorded, rules(), LATER)) == QUIET
    recorded = replace(recorded, **looked("2027-01-15"))
    assert said(follow(recorded, rules(), LATER))[1] == [(RECORD, 1, False)]


def test_a_chase_that_was_met_and_resumes_starts_its_clock_again():
    first, one = pass_(followed(), at("2026-11-24 17:01"))
    _, one = pass_(replace(one, known_on=dt.date(2026, 11, 25)), at("2026-11-25 03:00"))
    one = replace(one, known_on=None)
    assert said(pass_(one, at("2026-11-26 17:00"))[0]) == QUIET
    again, _ = pass_(one, at("2026-11-26 17:01"))
    assert said(again) == (["loop.overdue"], [(ACK, 1, False)])
    assert again.follow_ups[0].obligation_id != first.follow_ups[0].obligation_id


# --- a dispute ---------------------------------------------------------------------


def test_a_dispute_hands_the_chase_to_the_placing_authority():
    _, one = pass_(followed(), at("2026-11-24 17:01"))
    one = replace(one, disputed_at=at("2026-11-25 11:00"))
    steps, one = pass_(one, at("2026-11-25 11:15"))
    assert said(steps) == ([], [(ACK, 1, True), (DISPUTE, 0, False)])
    task = steps.follow_ups[1]
    assert (task.owed_by, task.due_at) == (PLACING, at("2026-11-30 17:00"))
    steps, one = pass_(one, at("2026-12-01 17:01"))
    assert said(steps) == ([], [(DISPUTE, 2, False)])
    assert steps.follow_ups[0].escalated_to == "Head of Safeguarding"
    settled = (
        {"superseded": True},
        {"acknowledged_at": at("2026-12-02 11:00"), "reference": "WM/1"},
    )
    for change in settled:
        steps, _ = pass_(replace(one, **change), at("2026-12-02 12:00"))
        assert said(steps) == ([], [(DISPUTE, 2, True)])


def test_a_second_dispute_on_one_day_is_a_task_of_its_own():
    one, ids, now = followed(), [], at("2026-11-25 09:00")
    for deed in ("disputed_at", "acknowledged_at", "disputed_at"):
        now += dt.timedelta(hours=1)
        steps, one = pass_(replace(one, **{deed: now}), now)
        ids += [
            task.obligation_id
            for task in steps.follow_ups
            if task.kind == DISPUTE and task.met_on is None
        ]
    assert len(set(ids)) == len(ids) == 2


def test_a_dispute_after_acknowledgement_stops_the_search_for_it():
    one = followed(**ACKNOWLEDGED, **looked("2026-12-03"))
    _, one = pass_(one, at("2026-12-03 12:00"))
    steps, _ = pass_(
        replace(one, disputed_at=at("2026-12-03 13:00")), at("2026-12-03 14:00")
    )
    assert said(steps) == ([], [(RECORD, 3, True), (DISPUTE, 0, False)])


# --- the documents ------------------------------------------------------------------
