"""Reminders and the tasks that chase a notice, written down between nights."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update

from notifications.documents import Notification, Obligation, body
from notifications.outcome import Notice
from register.batches import in_batches
from register.tables import follow_up, notification


class NotAReminderError(ValueError):
    """A notice that only a night may make was about to be made between nights."""


def reminder_counts(connection: Connection, about: Sequence[UUID]) -> dict[UUID, int]:
    """By notice, of those of these that were reminded of."""
    found: dict[UUID, int] = {}
    for some in in_batches(about):
        rows = connection.execute(
            select(notification.c.reminds, func.count().label("number"))
            .where(notification.c.reminds.in_(some))
            .group_by(notification.c.reminds)
        )
        found |= {row.reminds: row.number for row in rows}
    return found


def remind(connection: Connection, reminders: Sequence[Notice]) -> list[Notice]:
    """Write reminders down, those that are new; they stand for nothing."""
    made: dict[UUID, Notice] = {one.notification_id: one for one in reminders}
    for some in in_batches(list(made)):
        for key in connection.scalars(
            select(notification.c.notification_id).where(
                notification.c.notification_id.in_(some)
            )
        ).all():
            del made[key]
    if made:
        rows = [_reminder(one) for one in made.values()]
        numbers = reminder_counts(connection, [row["reminds"] for row in rows])
        for row in rows:
            about = row["reminds"]
            numbers[about] = row["reminder_no"] = numbers.get(about, 0) + 1
        connection.execute(insert(notification), rows)
    return list(made.values())


def _reminder(one: Notice) -> dict[str, Any]:
    document = one.document
    if not isinstance(document, Notification) or document.reminds is None:
        raise NotAReminderError(
            f"{one.kind} {one.notification_id} reminds of no notice; a night makes it"
        )
    return {
        "notification_id": one.notification_id,
        "kind": one.kind.value,
        "subject": one.subject,
        "recipient": one.recipient,
        "audience": one.audience.value,
        "is_copy": one.is_copy,
        "placing_la": one.placing_la,
        "child_ref": one.child_ref,
        "placement_ref": one.placement_ref,
        "person_id": one.person_id,
        "facts_hash": one.facts_hash,
        "rule": one.rule,
        "rule_version": one.rule_version,
        "priority": one.priority.value,
        "due_at": one.due_at,
        "supersedes": None,
        "created_on": document.created_on,
        "run_id": None,
        "channel": one.channel,
        "body": body(document),
        "recording_token": document.recording_token,
        "reminds": document.reminds,
    }


def put_tasks(
    connection: Connection, tasks: Sequence[Obligation], at: dt.datetime
) -> tuple[list[Obligation], list[Obligation], list[Obligation]]:
    """Write tasks down as they are put now: those opened, escalated and met."""
    held = _held(connection, [one.obligation_id for one in tasks])
    opened, escalated, met = [], [], []
    for one in tasks:
        before = held.get(one.obligation_id)
        if before is None:
            if one.met_on is None:
                opened.append(one)
            continue
        if before.met_at is not None:
            continue
        if one.met_on is not None:
            met.append(one)
        elif one.escalation > before.escalation:
            escalated.append(one)
    if opened:
        connection.execute(
            insert(follow_up),
            [
                {
                    "obligation_id": one.obligation_id,
                    "notification_id": one.notification_id,
                    "kind": one.kind.value,
                    "owed_by": one.owed_by,
                    "opened_at": at,
                    "met_at": None,
                    **_put(one, at),
                }
                for one in opened
            ],
        )
    for one in (*escalated, *met):
        changed = _put(one, at)
        if one.met_on is not None:
            changed["met_at"] = max(at, held[one.obligation_id].opened_at)
        connection.execute(
            update(follow_up)
            .where(follow_up.c.obligation_id == one.obligation_id)
            .values(changed)
        )
    return opened, escalated, met


def _put(one: Obligation, at: dt.datetime) -> dict[str, Any]:
    return {
        "due_at": one.due_at,
        "escalation": one.escalation,
        "body": body(one),
        "updated_at": at,
    }


def _held(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    found: dict[UUID, Row[Any]] = {}
    for some in in_batches(ids):
        rows = connection.execute(
            select(follow_up).where(follow_up.c.obligation_id.in_(some))
        )
        found |= {row.obligation_id: row for row in rows}
    return found
