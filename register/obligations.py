"""What is owed, and when it was met: by a night, or by a package handed over.

A task of a night may also be escalated between nights (``register.overdue``).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, update

from notifications.clocks import LONDON
from notifications.documents import Obligation, ObligationKind, body
from register.calls import Outgoing, outgoing
from register.history import append, runs_of
from register.outbox import in_batches
from register.runs import Run
from register.tables import as_of, notification, obligation, package, packaged


@dataclass(frozen=True, slots=True)
class Earlier:
    """What earlier runs of a date made or met."""

    tasks: Mapping[UUID, Obligation]
    matters: frozenset[UUID]
    """Those about neither a placement nor a person."""
    unheard: frozenset[UUID] = frozenset()
    """Documents that nobody can have received."""


def earlier_tasks(connection: Connection, night: Run) -> Earlier:
    """The obligations of earlier runs of a date, before they are taken back."""
    rows = connection.execute(
        select(
            obligation.c.obligation_id, obligation.c.body, obligation.c.matter
        ).where(
            obligation.c.business_date == night.business_date,
            obligation.c.run_id.in_(runs_of(night.region, night.business_date)),
        )
    ).all()
    return Earlier(
        {row.obligation_id: Obligation.model_validate_json(row.body) for row in rows},
        frozenset(row.obligation_id for row in rows if row.matter is not None),
    )


def owe(
    connection: Connection,
    night: Run,
    obligations: Sequence[Obligation],
    matters: Sequence[Obligation],
    earlier: Earlier,
) -> list[Outgoing]:
    """Write down what is owed and what was met; the documents to deliver.

    Of what earlier runs of this date said and tonight says nothing about, the unheard
    is undone. Of the rest, a task that stood before stands as it did; a new one is met:
    if it is owed after all, the next night makes another. An escalation is never lost.
    """
    tonight = {one.obligation_id: one for one in (*obligations, *matters)}
    about_matters = earlier.matters | {one.obligation_id for one in matters}
    silent = sorted(earlier.tasks.keys() - tonight.keys())
    before = _owed_before(connection, night, [*tonight, *silent])
    for key in earlier.tasks.keys() & tonight.keys():
        tonight[key] = _as_high(tonight[key], earlier.tasks[key])
    for key in silent:
        if key not in earlier.unheard:
            tonight[key] = _heard(earlier.tasks[key], before.get(key), night)
    append(
        connection,
        obligation,
        night.business_date,
        [
            _owed(one, is_matter=key in about_matters)
            | {"business_date": night.business_date, "run_id": night.run_id}
            for key, one in tonight.items()
            if before.get(key) != body(one)
        ],
    )
    undone = {
        key: _as_high(Obligation.model_validate_json(before[key]), earlier.tasks[key])
        for key in silent
        if key in earlier.unheard and key in before
    }
    met = carried(connection, night.region)
    change(connection, met, night.run_id, night.business_date)
    documents = tonight | undone | {one.obligation_id: one for one in met}
    return [outgoing(one, night.business_date) for one in documents.values()]


def _heard(task: Obligation, before: bytes | None, night: Run) -> Obligation:
    """What becomes of a task that was put on this date, and is said nothing of now."""
    stood = None if before is None else Obligation.model_validate_json(before)
    if task.met_on is not None or stood is None:
        met_on = task.met_on or night.business_date
        return task.model_copy(update={"met_on": met_on})
    if _as_high(stood, task) == task:
        return task  # a pass of the clocks put it
    back = stood.model_copy(update={"asked_on": night.business_date})
    return _as_high(back, task)


def _as_high(task: Obligation, earlier: Obligation) -> Obligation:
    """The task, escalated as far as it was before: a step is never taken back."""
    if earlier.escalation <= task.escalation:
        return task
    risen = {name: getattr(earlier, name) for name in ("escalation", "escalated_to")}
    return task.model_copy(update=risen)


def change(
    connection: Connection,
    tasks: Iterable[Obligation],
    run_id: str,
    business_date: dt.date,
    *,
    matters: Collection[UUID] = (),
) -> None:
    """Write down that tasks are met or escalated, as of the newest night.

    A night that is run again takes this back and writes it anew.

    Args:
        connection: to the register.
        tasks: as they are from now on.
        run_id: of the newest night's latest run.
        business_date: of the newest night.
        matters: those of them about neither a placement nor a person.
    """
    for one in tasks:
        changed = connection.execute(
            update(obligation)
            .where(
                obligation.c.obligation_id == one.obligation_id,
                obligation.c.business_date == business_date,
            )
            .values(met_on=one.met_on, escalation=one.escalation, body=body(one))
        )
        if not changed.rowcount:
            row = _owed(one, is_matter=one.obligation_id in matters)
            row |= {"business_date": business_date, "run_id": run_id}
            append(connection, obligation, business_date, [row])


def carried(connection: Connection, region: str) -> list[Obligation]:
    """The open tasks to carry a package that are done, closed.

    All that was told about the placement to anybody outside since the task was made
    must be in packages that were handed over.
    """
    open_tasks = connection.execute(
        select(obligation.c.placement_ref, obligation.c.created_on, obligation.c.body)
        .where(
            obligation.c.kind == ObligationKind.MANUAL_CHANNEL_TASK,
            obligation.c.until.is_(None),
            obligation.c.met_on.is_(None),
            obligation.c.run_id.in_(runs_of(region)),
        )
        .order_by(obligation.c.obligation_id)
    ).all()
    if not open_tasks:
        return []
    handed = _handed_over(connection)
    done = []
    for task in open_tasks:
        since = [
            at
            for told_on, at in handed.get(task.placement_ref, ())
            if told_on >= task.created_on
        ]
        days = [at.astimezone(LONDON).date() for at in since if at is not None]
        if days and len(days) == len(since):
            document = Obligation.model_validate_json(task.body)
            met_on = max(task.created_on, *days)
            done.append(document.model_copy(update={"met_on": met_on}))
    return done


def _handed_over(
    connection: Connection,
) -> dict[str, list[tuple[dt.date, dt.datetime | None]]]:
    """By placement: when each notice to somebody outside stood, and was handed over."""
    rows = connection.execute(
        select(
            notification.c.placement_ref,
            notification.c.stands_after,
            package.c.handed_over_at,
        )
        .outerjoin(
            packaged, packaged.c.notification_id == notification.c.notification_id
        )
        .outerjoin(package, package.c.package_id == packaged.c.package_id)
        .where(
            notification.c.channel == "export",
            notification.c.stands_after.is_not(None),
            notification.c.placement_ref.is_not(None),
        )
    )
    found: dict[str, list[tuple[dt.date, dt.datetime | None]]] = defaultdict(list)
    for row in rows:
        found[row.placement_ref].append((row.stands_after, row.handed_over_at))
    return found


def _owed_before(
    connection: Connection, night: Run, ids: Sequence[UUID]
) -> dict[UUID, bytes]:
    found: dict[UUID, bytes] = {}
    for some in in_batches(ids):
        rows = connection.execute(
            select(obligation.c.obligation_id, obligation.c.body).where(
                as_of(obligation, night.business_date),
                obligation.c.obligation_id.in_(some),
            )
        )
        found |= {row.obligation_id: row.body for row in rows}
    return found


def _owed(one: Obligation, *, is_matter: bool) -> dict[str, object]:
    person_id = None if is_matter else _person_of(one)
    about_placement = person_id is None and not is_matter
    return {
        "obligation_id": one.obligation_id,
        "kind": one.kind.value,
        "owed_by": one.owed_by,
        "placement_ref": one.placement_ref if about_placement else None,
        "person_id": person_id,
        "matter": one.placement_ref if is_matter else None,
        "due_at": one.due_at,
        "escalation": one.escalation,
        "created_on": one.created_on,
        "met_on": one.met_on,
        "body": body(one),
    }


def _person_of(one: Obligation) -> UUID | None:
    """A task about a person has the person's id where others have a placement's."""
    try:
        return UUID(one.placement_ref)
    except ValueError:
        return None
