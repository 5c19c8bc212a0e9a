"""What is chased, when and how far; what ends a chase and what does not."""

import datetime as dt
from dataclasses import replace

import pytest
from loop_cases import (
    ACKNOWLEDGED,
    PERSONAL,
    another,
    astuple,
    at,
    followed,
    looked,
    pass_,
    rules,
    said,
)
from notification_cases import MONDAY, PLACING, WEST_MERCIA, WORCESTERSHIRE

from notifications.chasing import REFERENCE_REPEATS
from notifications.clocks import protocol_clock
from notifications.config import Clocks
from notifications.documents import Kind, Notification, Obligation, Priority, body
from notifications.following import Followed
from notifications.loop import acknowledgement_due, follow

ACK, RECORD, DISPUTE = "acknowledge_task", "record_task", "disagreement_task"
QUIET = ([], [])
LATER = at("2027-02-01 12:00")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23 10:15", QUIET),
        ("2026-11-24 09:29", QUIET),
        ("2026-11-24 09:30", (["loop.remind"], [])),  # 7½ of 15 working hours
        ("2026-11-24 17:00", (["loop.remind"], [])),
        ("2026-11-24 17:01", (["loop.overdue"], [(ACK, 1, False)])),
        ("2026-11-25 17:00", (["loop.overdue"], [(ACK, 1, False)])),
        ("2026-11-25 17:01", (["loop.overdue"], [(ACK, 2, False)])),
        ("2026-11-27 17:01", (["loop.overdue"], [(ACK, 3, False)])),
        ("2027-11-27 17:01", (["loop.overdue"], [(ACK, 3, False)])),
    ],
)
def test_a_first_look_finds_the_step_that_is_due_however_late_it_is(now, expected):
    assert said(pass_(followed(), at(now))[0]) == expected


def test_a_quarter_of_an_hours_passes_make_each_step_once():
    now, one, made = at("2026-11-23 10:00"), followed(), []
    while now < at("2026-12-05 10:00"):
        steps, one = pass_(one, now)
        if any(astuple(steps)):
            made.append((f"{now:%a %H:%M}", *said(steps)))
        now += dt.timedelta(minutes=15)
    assert made == [
        ("Tue 09:30", ["loop.remind"], []),
        ("Tue 17:15", ["loop.overdue"], [(ACK, 1, False)]),
        ("Wed 17:15", ["loop.overdue"], [(ACK, 2, False)]),
        ("Fri 17:15", ["loop.overdue"], [(ACK, 3, False)]),
    ]
    assert one.reminders == 4
    assert len(one.follow_ups) == 1


def test_each_step_names_a_more_senior_post_and_its_words_where_none_is_given():
    days = ("2026-11-24 17:01", "2026-11-25 17:01", "2026-11-27 17:01")
    for recipient, posts in (
        (
            WEST_MERCIA,
            ["Duty Inspector", "Head of Safeguarding", "Assistant Chief Constable"],
        ),
        (
            WORCESTERSHIRE,
            ["the supervisor", "Head of Safeguarding", "the strategic lead"],
        ),
    ):
        found = [
            follow(followed(recipient=recipient), rules(), at(day)).follow_ups[0]
            for day in days
        ]
        assert [one.escalated_to for one in found] == posts
        assert {one.owed_by for one in found} == {recipient}


def test_a_region_that_waits_with_its_first_step_reminds_before_it():
    rulebook, one, made = rules(escalate=(1, 2)), followed(), []
    for day in ("24", "25", "26", "30"):
        steps, one = pass_(one, at(f"2026-11-{day} 17:01"), rulebook)
        made.append((said(steps), [task.escalated_to for task in steps.follow_ups]))
    assert made == [
        ((["loop.overdue"], [(ACK, 0, False)]), [None]),
        ((["loop.overdue"], [(ACK, 1, False)]), ["Duty Inspector"]),
        ((["loop.overdue"], [(ACK, 2, False)]), ["Head of Safeguarding"]),
        (QUIET, []),
    ]


def test_a_region_that_grows_patient_takes_no_step_back():
    _, one = pass_(followed(), at("2026-11-26 12:00"))
    assert said(pass_(one, at("2026-11-26 12:15"), rules(escalate=(5,)))[0]) == QUIET


NOT_CHASED = {
    "held": {"held_by": "surge"},
    "dropped": {"held_by": "surge", "dropped": True},
    "not delivered": {"delivered_at": None},
    "a dead letter": {"delivered_at": None, "refused": True},
    "a package carried by hand": {"channel": "export"},
    "superseded": {"superseded": True},
    "ended": {"superseded": True, "closed": True},
    "withdrawn": {"superseded": True, "closed": True, "withdrawn": True},
    "acknowledged": ACKNOWLEDGED,
    "known at placement": {"known_on": MONDAY},
    "a copy": {"recipient": PLACING, "told": {"is_copy": True}},
    "a pointer": {"kind": Kind.POINTER},
    "a reminder": {"kind": Kind.REMINDER},
    "a retraction": {"kind": Kind.RETRACTION},
    "a test record": {"told": {"test_record": True}},
}


@pytest.mark.parametrize("why", NOT_CHASED)
def test_nobody_is_chased_about(why):
    assert said(follow(followed(**NOT_CHASED[why]), rules(), LATER)) == QUIET


@pytest.mark.parametrize("kind", [Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.END])
@pytest.mark.parametrize("recipient", [WEST_MERCIA, WORCESTERSHIRE])
def test_both_hosts_are_chased_for_what_tells_them_something(kind, recipient):
    steps = follow(followed(kind, recipient), rules(), LATER)
    assert said(steps) == (["loop.overdue"], [(ACK, 3, False)])


def test_fetched_and_opened_end_no_chase():
    for receipt in ("fetched_at", "opened_at"):
        one = followed(**{receipt: at("2026-11-23 10:05")})
        assert said(follow(one, rules(), LATER)) == said(
            follow(followed(), rules(), LATER)
        )


SETTLES = {
    "acknowledged": (ACKNOWLEDGED, ACK),
    "known at placement": ({"known_on": MONDAY}, ACK),
    "superseded": ({"superseded": True}, ACK),
    "withdrawn": ({"superseded": True, "closed": True, "withdrawn": True}, ACK),
}


@pytest.mark.parametrize("why", SETTLES)
def test_an_open_task_is_met_once_by_what_ends_the_chase(why):
    opened, one = pass_(followed(), at("2026-11-24 17:01"))
    change, kind = SETTLES[why]
    steps, _ = pass_(replace(one, **change), at("2026-11-25 12:00"))
    assert said(steps) == ([], [(kind, 1, True)])
    assert steps.follow_ups[0].obligation_id == opened.follow_ups[0].obligation_id
    assert steps.follow_ups[0].met_on == dt.date(2026, 11, 25)


@pytest.mark.parametrize(
    ("delivered", "priority", "due"),
    [
        ("2026-11-23 10:00", Priority.HIGH, "2026-11-24 17:00"),
        ("2026-11-23 23:59", Priority.HIGH, "2026-11-24 17:00"),
        ("2026-11-24 00:01", Priority.HIGH, "2026-11-25 17:00"),
        ("2026-11-23 10:00", Priority.STANDARD, "2026-11-30 17:00"),
        ("2026-12-24 18:00", Priority.HIGH, "2026-12-29 17:00"),  # over Christmas
        ("2026-12-24 18:00", Priority.LOW, "2027-01-05 17:00"),  # and the New Year
        ("2027-03-25 18:00", Priority.HIGH, "2027-03-30 16:00"),  # Easter, and BST
        ("2027-03-27 12:00", Priority.HIGH, "2027-03-30 16:00"),  # from a Saturday
        ("2026-08-28 22:30", Priority.HIGH, "2026-09-01 16:00"),  # 23:30 in London
        ("2026-08-27 23:30", Priority.HIGH, "2026-09-01 16:00"),  # 00:30 on Friday
        ("2026-10-23 12:00", Priority.HIGH, "2026-10-26 17:00"),  # the clocks go back
    ],
)
@pytest.mark.parametrize("recipient", [WEST_MERCIA, WORCESTERSHIRE])
def test_the_clock_runs_from_the_later_of_decision_and_delivery(
    delivered, priority, due, recipient
):
    moment = at(delivered)
    one = followed(
        recipient=recipient,
        told={"priority": priority, "created_on": min(MONDAY, moment.date())},
        delivered_at=moment,
    )
    assert acknowledgement_due(one, Clocks()) == at(due)


def test_a_clock_that_a_force_was_told_holds_unless_delivery_was_later():
    promised = protocol_clock(MONDAY, Priority.STANDARD, Clocks())
    told = {"priority": Priority.STANDARD, "clock": promised}
    shorter = Clocks.model_validate(
        {"acknowledge": {"high": 1, "standard": 1, "low": 1}}
    )
    force, la = followed(told=told), followed(recipient=WORCESTERSHIRE, told=told)
    assert acknowledgement_due(force, shorter) == promised.due_at
    assert acknowledgement_due(la, shorter) == at("2026-11-24 17:00")
    late = replace(force, delivered_at=at("2026-12-01 09:00"))
    assert acknowledgement_due(late, shorter) == at("2026-12-02 17:00")


def test_what_comes_in_the_evening_is_never_due_before_it_came():
    none = {"high": 0, "standard": 0, "low": 0}
    one = followed(delivered_at=at("2026-11-27 20:00"), recipient=WORCESTERSHIRE)
    assert acknowledgement_due(one, rules(acknowledge=none).policy.clocks) == at(
        "2026-11-30 17:00"
    )


def test_before_delivery_there_is_no_due_time_and_after_opening_it_stays():
    assert acknowledgement_due(followed(delivered_at=None), Clocks()) is None
    _, one = pass_(followed(), at("2026-11-24 17:01"))
    longer = Clocks.model_validate(
        {"acknowledge": {"high": 9, "standard": 9, "low": 9}}
    )
    assert acknowledgement_due(one, longer) == at("2026-11-24 17:00")


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


def everything_said():
    for kind in (Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.END):
        for recipient in (WEST_MERCIA, WORCESTERSHIRE):
            one = followed(kind, recipient)
            yield follow(one, rules(), at("2026-11-24 16:00"))
            yield follow(one, rules(), LATER)
            open_ = pass_(one, LATER)[1]
            yield follow(replace(open_, superseded=True), rules(), LATER)
            yield follow(
                replace(one, **ACKNOWLEDGED, **looked("2026-12-03")), rules(), LATER
            )
            yield follow(replace(one, disputed_at=LATER), rules(), LATER)


def test_nothing_that_chases_says_anything_of_the_child():
    documents = [
        document
        for steps in everything_said()
        for document in (*(one.document for one in steps.reminders), *steps.follow_ups)
    ]
    assert len(documents) > 20
    for document in documents:
        text = body(document).decode()
        assert not [word for word in PERSONAL if word in text]
        assert type(document).model_validate_json(text) == document


def test_a_reminder_bears_the_notices_token_and_none_of_its_details():
    one = followed()
    (made,) = follow(one, rules(), at("2026-11-24 12:00")).reminders
    document, told = made.document, one.notification
    assert isinstance(document, Notification)
    assert document.reminds == told.notification_id != document.notification_id
    assert document.recording_token == told.recording_token
    assert (document.child, document.placement, document.your_records) == (
        None,
        None,
        (),
    )
    assert (document.recipient, document.audience, document.priority, document.route) \
        == (told.recipient, told.audience, told.priority, told.route)  # fmt: skip
    assert document.created_on == dt.date(2026, 11, 24)
    assert document.clock is not None
    assert document.clock.due_at == made.due_at == at("2026-11-24 17:00")
    assert (made.kind, made.channel, made.supersedes) == (Kind.REMINDER, "portal", None)
    assert made.notification_id == document.notification_id


def test_reminders_of_notices_that_tell_the_same_have_ids_of_their_own():
    ids = set()
    for number in range(3):
        one = followed(told={"notification_id": another(number)})
        for _ in range(4):
            steps = follow(one, rules(), LATER)
            ids |= {made.notification_id for made in steps.reminders}
            one = replace(one, reminders=one.reminders + 1)
    assert len(ids) == 12


def test_tasks_of_several_notices_to_one_recipient_are_several():
    ids = {
        follow(followed(told={"notification_id": another(number)}), rules(), LATER)
        .follow_ups[0]
        .obligation_id
        for number in range(3)
    }
    assert len(ids) == 3


def test_a_task_says_which_notice_it_is_about_and_that_no_law_is_discharged():
    (task,) = follow(followed(), rules(), LATER).follow_ups
    assert isinstance(task, Obligation)
    assert task.notification_id == followed().notification.notification_id
    assert (task.child_ref, task.placement_ref) == ("C1", "P1")
    assert "does not discharge regulation 13(4)" in task.asked


def test_every_fact_of_a_followed_notice_has_a_default_that_accuses_nobody():
    bare = Followed(
        Kind.NEW, WEST_MERCIA, "portal", PLACING, "C1", "P1", "facts", MONDAY,
        notification=followed().notification,
    )  # fmt: skip
    assert said(follow(bare, rules(), LATER)) == QUIET
