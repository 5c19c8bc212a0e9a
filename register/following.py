"""What came of each notice on its way, and the steps that follow from it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, select

from notifications.documents import Notification
from notifications.following import Followed, Progress, Steps
from notifications.loop import is_at_rest
from register.batches import in_batches
from register.calls import outgoing
from register.engine import take_turns, writing
from register.outbox import enqueue
from register.progress import progress_of, with_repeats
from register.standing import about_child, may_be_due, standing_or_chased
from register.steps import put_tasks, remind
from register.tables import notification


@dataclass(frozen=True, slots=True)
class StepsResult:
    """What recording steps did. Counts only."""

    reminders: int
    opened: int
    escalated: int
    met: int
    enqueued: int


def load_followed(
    connection: Connection, child: tuple[str, str] | None = None
) -> tuple[Followed, ...]:
    """Each notice to a host that is still to be followed, the first told first.

    That is what stands or waits, on the portal and no copy; and what no longer stands
    while a task that chases it is open, so that it can be met.

    Args:
        connection: to the register.
        child: only of this one, by placing authority and ``child_ref``.
    """
    only = None if child is None else about_child(connection, child)
    rows = standing_or_chased(connection, only)
    return _with_words(connection, progress_of(connection, rows))


def load_awake(connection: Connection) -> tuple[Followed, ...]:
    """Of what is to be followed that of which something may be due, in its order.

    All else is at rest (:func:`notifications.loop.is_at_rest`): no step follows from it
    at any moment. Which that is, is asked of the register as it is now; the effort is
    that of what is open and of what stands, and not that of what ever was.
    """
    rows = standing_or_chased(connection, may_be_due(connection))
    return _with_words(
        connection,
        [
            (row, one)
            for row, one in progress_of(connection, rows)
            if not is_at_rest(one)
        ],
    )


def record_steps(
    engine: Engine, steps: Sequence[Steps], at: dt.datetime
) -> StepsResult:
    """Write down what became due, and put it in line, in one transaction.

    The same steps again change nothing: a reminder is made once, a task that was met
    stays met and never goes back a step.
    """
    reminders = [one for each in steps for one in each.reminders]
    tasks = [one for each in steps for one in each.follow_ups]
    with writing(engine) as connection:
        take_turns(connection, "follow-ups")
        made = remind(connection, reminders)
        opened, escalated, met = put_tasks(connection, tasks, at)
        documents = [
            *(outgoing(one.document, one.document.created_on) for one in made),
            *(outgoing(one, one.created_on) for one in (*opened, *escalated, *met)),
        ]
        enqueued = enqueue(connection, documents, at)
    return StepsResult(len(made), len(opened), len(escalated), len(met), enqueued)


def _with_words(
    connection: Connection, found: Sequence[tuple[Row[Any], Progress]]
) -> tuple[Followed, ...]:
    bodies = _bodies(connection, [row.notification_id for row, _ in found])
    return tuple(
        Followed(
            **{part.name: getattr(one, part.name) for part in fields(one)},
            notification=Notification.model_validate_json(bodies[row.notification_id]),
        )
        for row, one in with_repeats(connection, found)
    )


def _bodies(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, bytes]:
    found: dict[UUID, bytes] = {}
    for some in in_batches(list(ids)):
        rows = connection.execute(
            select(notification.c.notification_id, notification.c.body).where(
                notification.c.notification_id.in_(some)
            )
        )
        found |= {row.notification_id: row.body for row in rows}
    return found
