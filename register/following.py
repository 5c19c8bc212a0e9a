"""What came of each notice on its way, and the steps that follow from it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    func,
    or_,
    select,
)

from notifications.documents import Kind, Notification, ObligationKind
from notifications.following import Followed, OpenFollowUp, Steps
from notifications.recordings import folded_reference
from register.calls import outgoing
from register.engine import take_turns, writing
from register.events import Receipt, receipts
from register.outbox import enqueue
from register.sightings import Knowing, Look, Sighting, knowings, looks, sightings
from register.steps import put_tasks, remind, reminder_counts
from register.tables import follow_up, notification, outbox, run

_FOLLOWED = (Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.END)


@dataclass(frozen=True, slots=True)
class StepsResult:
    """What recording steps did. Counts only."""

    reminders: int
    opened: int
    escalated: int
    met: int
    enqueued: int


def load_followed(connection: Connection) -> tuple[Followed, ...]:
    """Each notice to a host that is still to be followed, the first told first.

    That is what stands or waits, on the portal and no copy; and what no longer stands
    while a task that chases it is open, so that it can be met.
    """
    told, answers = _told(connection), receipts(connection)
    facts = _Facts(
        told=told,
        delivered=_deliveries(connection),
        receipts=answers,
        looks=looks(connection),
        sightings=sightings(connection),
        knowings=knowings(connection),
        reminders=reminder_counts(connection),
        follow_ups=_follow_ups(connection),
        repeated=_repeated(connection, told, answers),
    )
    rows = connection.execute(_wanted()).all()
    latest: dict[tuple[str, str, bool], UUID] = {}
    for row in rows:
        if row.notification_id not in told.gone:
            about = (row.recipient, row.placement_ref, row.stands_after is None)
            latest[about] = row.notification_id
    standing = set(latest.values())
    return tuple(
        _followed(row, facts, superseded=row.notification_id not in standing)
        for row in rows
        if row.notification_id in standing or facts.is_chased(row.notification_id)
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


# --- loading -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """How notices were taken back or replaced, of everything that stands."""

    gone: frozenset[UUID]
    closed: frozenset[UUID]
    withdrawn: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class _Facts:
    told: _Told
    delivered: Mapping[str, tuple[str, dt.datetime]]
    receipts: Mapping[str, Receipt]
    looks: Mapping[str, Look]
    sightings: Mapping[UUID, Sighting]
    knowings: Mapping[str, Knowing]
    reminders: Mapping[UUID, int]
    follow_ups: Mapping[UUID, tuple[OpenFollowUp, ...]]
    repeated: frozenset[tuple[str, str]]
    """Recipients, and references with which they answered about several children."""

    def is_chased(self, key: UUID) -> bool:
        return any(one.met_at is None for one in self.follow_ups.get(key, ()))


def _followed(row: Row[Any], facts: _Facts, *, superseded: bool) -> Followed:
    key = row.notification_id
    name = str(key)
    state, settled = facts.delivered.get(name, (None, None))
    receipt = facts.receipts.get(name) or Receipt(name, "fetched")
    look = facts.looks.get(row.recipient)
    asked = look if look and _knew(look, receipt) else None
    sighting = facts.sightings.get(key)
    knowing = facts.knowings.get(row.placement_ref)
    is_host = knowing is not None and knowing.host_force == row.recipient
    reference = folded_reference(receipt.reference)
    return Followed(
        notification=Notification.model_validate_json(row.body),
        kind=Kind(row.kind),
        recipient=row.recipient,
        channel="portal",
        placing_la=row.placing_la,
        child_ref=row.child_ref,
        placement_ref=row.placement_ref,
        facts_hash=row.facts_hash,
        created_on=row.created_on,
        held_by=row.held_by if row.stands_after is None else None,
        refused=state == "dead",
        delivered_at=settled if state == "delivered" else None,
        fetched_at=receipt.fetched_at,
        opened_at=receipt.opened_at,
        acknowledged_at=receipt.acknowledged_at,
        reference=receipt.reference,
        reference_repeats=(row.recipient, reference) in facts.repeated,
        recorded_on=receipt.recorded_on,
        disputed_at=receipt.disputed_at,
        superseded=superseded,
        closed=key in facts.told.closed,
        withdrawn=key in facts.told.withdrawn,
        seen_on=look.on if look and sighting and sighting.seen else None,
        was_seen=sighting is not None,
        looked_on=asked.on if asked else None,
        looked_as_of=asked.as_of if asked else None,
        known_on=knowing.known_on if knowing and is_host else None,
        no_longer_known_on=knowing.no_longer_known_on if knowing and is_host else None,
        reminders=facts.reminders.get(key, 0),
        follow_ups=facts.follow_ups.get(key, ()),
    )


def _knew(look: Look, receipt: Receipt) -> bool:
    """Whether the answer had come in by then: before, its reference was not sought."""
    return receipt.answered_after is None or look.on > receipt.answered_after


def _is_followed() -> ColumnElement[bool]:
    return and_(
        notification.c.kind.in_(_FOLLOWED),
        notification.c.subject == "placement",
        notification.c.channel == "portal",
        notification.c.is_copy.is_(False),
        notification.c.dropped_by.is_(None),
    )


def _wanted() -> Any:
    """Those that nothing took the place of, or that a task chases; in order."""
    later = notification.alias("later")
    replaced = select(later.c.notification_id).where(
        later.c.supersedes == notification.c.notification_id,
        later.c.stands_after.is_not(None),
    )
    chased = select(follow_up.c.obligation_id).where(
        follow_up.c.notification_id == notification.c.notification_id,
        follow_up.c.met_at.is_(None),
    )
    return (
        select(notification)
        .join(run, run.c.run_id == notification.c.run_id)
        .where(_is_followed(), or_(~replaced.exists(), chased.exists()))
        .order_by(
            func.coalesce(notification.c.stands_after, notification.c.created_on),
            notification.c.released_at.is_not(None),
            run.c.ordinal,
            notification.c.notification_id,
        )
    )


def _told(connection: Connection) -> _Told:
    rows = connection.execute(
        select(notification.c.supersedes, notification.c.kind).where(
            notification.c.supersedes.is_not(None),
            notification.c.stands_after.is_not(None),
        )
    ).all()
    return _Told(
        gone=frozenset(row.supersedes for row in rows),
        closed=frozenset(
            row.supersedes for row in rows if row.kind in (Kind.END, Kind.RETRACTION)
        ),
        withdrawn=frozenset(
            row.supersedes for row in rows if row.kind == Kind.RETRACTION
        ),
    )


def _deliveries(connection: Connection) -> dict[str, tuple[str, dt.datetime]]:
    """By document: how its latest delivery to the portal was settled."""
    rows = connection.execute(
        select(outbox.c.document_id, outbox.c.state, outbox.c.settled_at)
        .where(
            outbox.c.kind == "notification",
            outbox.c.destination == "portal",
            outbox.c.state.in_(("delivered", "dead")),
        )
        .order_by(outbox.c.outbox_id)
    )
    return {row.document_id: (row.state, row.settled_at) for row in rows}


def _follow_ups(connection: Connection) -> dict[UUID, tuple[OpenFollowUp, ...]]:
    found: dict[UUID, list[OpenFollowUp]] = defaultdict(list)
    rows = connection.execute(
        select(
            follow_up.c.notification_id,
            follow_up.c.obligation_id,
            follow_up.c.kind,
            follow_up.c.due_at,
            follow_up.c.escalation,
            follow_up.c.opened_at,
            follow_up.c.met_at,
        ).order_by(follow_up.c.opened_at, follow_up.c.obligation_id)
    )
    for row in rows:
        found[row.notification_id].append(
            OpenFollowUp(
                obligation_id=row.obligation_id,
                kind=ObligationKind(row.kind),
                due_at=row.due_at,
                escalation=row.escalation,
                opened_at=row.opened_at,
                met_at=row.met_at,
            )
        )
    return {key: tuple(tasks) for key, tasks in found.items()}


def _repeated(
    connection: Connection, told: _Told, answers: Mapping[str, Receipt]
) -> frozenset[tuple[str, str]]:
    """Which references a recipient gave about several children, in notices that were
    not withdrawn."""
    children: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    rows = connection.execute(
        select(
            notification.c.notification_id,
            notification.c.recipient,
            notification.c.placing_la,
            notification.c.child_ref,
        ).where(_is_followed(), notification.c.stands_after.is_not(None))
    )
    for row in rows:
        answer = answers.get(str(row.notification_id))
        if answer is not None and row.notification_id not in told.withdrawn:
            reference = folded_reference(answer.reference)
            children[row.recipient, reference].add((row.placing_la, row.child_ref))
    return frozenset(
        key for key, whose in children.items() if key[1] and len(whose) > 1
    )
