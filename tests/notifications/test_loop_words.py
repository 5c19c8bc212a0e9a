"""What a reminder and a task say, and what neither ever says."""

import datetime as dt
from dataclasses import replace

from loop_cases import (
    ACKNOWLEDGED,
    LATER,
    PERSONAL,
    QUIET,
    another,
    at,
    followed,
    looked,
    pass_,
    rules,
    said,
)
from notification_cases import MONDAY, PLACING, WEST_MERCIA, WORCESTERSHIRE

from notifications.documents import Kind, Notification, Obligation, body
from notifications.following import Followed
from notifications.loop import follow


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
