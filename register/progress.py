"""All that came of notices to be followed: receipts, looks, deliveries and tasks.

Everything is asked for by the notices at hand, so that it costs what those are many,
however much the register remembers of others.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from notifications.documents import Kind, ObligationKind
from notifications.following import OpenFollowUp, Progress
from notifications.recordings import folded_reference
from register.batches import in_batches
from register.columns import as_proof
from register.events import Receipt, receipts
from register.sightings import Knowing, Look, Sighting, knowings, looks, sightings
from register.standing import is_followed
from register.steps import reminder_counts
from register.tables import event, follow_up, notification, outbox


def progress_of(
    connection: Connection, rows: Sequence[tuple[Row[Any], bool]]
) -> list[tuple[Row[Any], Progress]]:
    """What came of each of these rows of :mod:`register.standing`, in their order.

    Whether a reference repeats is yet to be said by :func:`with_repeats`.
    """
    ids = [row.notification_id for row, _ in rows]
    facts = _Facts(
        replaced=_replaced(connection, ids),
        delivered=_deliveries(connection, ids),
        receipts=receipts(connection, about=list(map(str, ids))),
        looks=looks(connection) if rows else {},
        sightings=sightings(connection, ids),
        knowings=knowings(connection, sorted({row.placement_ref for row, _ in rows})),
        reminders=reminder_counts(connection, ids),
        follow_ups=_follow_ups(connection, ids),
    )
    return [(row, _progress(row, facts, superseded=gone)) for row, gone in rows]


@dataclass(frozen=True, slots=True)
class _Facts:
    replaced: Mapping[UUID, frozenset[str]]
    """By what: the kinds of the notices that took its place."""
    delivered: Mapping[str, tuple[str, dt.datetime]]
    receipts: Mapping[str, Receipt]
    looks: Mapping[str, Look]
    sightings: Mapping[UUID, Sighting]
    knowings: Mapping[str, Knowing]
    reminders: Mapping[UUID, int]
    follow_ups: Mapping[UUID, tuple[OpenFollowUp, ...]]


def _progress(row: Row[Any], facts: _Facts, *, superseded: bool) -> Progress:
    key = row.notification_id
    name = str(key)
    replaced = facts.replaced.get(key, frozenset())
    state, settled = facts.delivered.get(name, (None, None))
    receipt = facts.receipts.get(name) or Receipt(name, "fetched")
    look = facts.looks.get(row.recipient)
    asked = look if look and _knew(look, receipt) else None
    sighting = facts.sightings.get(key)
    knowing = facts.knowings.get(row.placement_ref)
    is_host = knowing is not None and knowing.host_force == row.recipient
    return Progress(
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
        recorded_on=receipt.recorded_on,
        disputed_at=receipt.disputed_at,
        superseded=superseded,
        closed=not replaced.isdisjoint((Kind.END, Kind.RETRACTION)),
        withdrawn=Kind.RETRACTION in replaced,
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


def _replaced(
    connection: Connection, ids: Sequence[UUID]
) -> dict[UUID, frozenset[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    for some in in_batches(ids):
        rows = connection.execute(
            select(notification.c.supersedes, notification.c.kind).where(
                notification.c.supersedes.in_(some),
                notification.c.stands_after.is_not(None),
            )
        )
        for row in rows:
            found[row.supersedes].add(row.kind)
    return {key: frozenset(kinds) for key, kinds in found.items()}


def _deliveries(
    connection: Connection, ids: Sequence[UUID]
) -> dict[str, tuple[str, dt.datetime]]:
    """By document: how its latest delivery to the portal was settled."""
    found: dict[str, tuple[str, dt.datetime]] = {}
    for some in in_batches(list(map(str, ids))):
        rows = connection.execute(
            select(outbox.c.document_id, outbox.c.state, outbox.c.settled_at)
            .where(
                outbox.c.document_id.in_(some),
                outbox.c.kind == "notification",
                outbox.c.destination == "portal",
                outbox.c.state.in_(("delivered", "dead")),
            )
            .order_by(outbox.c.outbox_id)
        )
        found |= {row.document_id: (row.state, row.settled_at) for row in rows}
    return found


def _follow_ups(
    connection: Connection, ids: Sequence[UUID]
) -> dict[UUID, tuple[OpenFollowUp, ...]]:
    found: dict[UUID, list[OpenFollowUp]] = defaultdict(list)
    for some in in_batches(ids):
        rows = connection.execute(
            select(
                follow_up.c.notification_id,
                follow_up.c.obligation_id,
                follow_up.c.kind,
                follow_up.c.due_at,
                follow_up.c.escalation,
                follow_up.c.opened_at,
                follow_up.c.met_at,
            )
            .where(follow_up.c.notification_id.in_(some))
            .order_by(follow_up.c.opened_at, follow_up.c.obligation_id)
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


# --- references of several children --------------------------------------------------


def with_repeats(
    connection: Connection, found: Sequence[tuple[Row[Any], Progress]]
) -> list[tuple[Row[Any], Progress]]:
    """The same, where a reference repeats saying so."""
    given = {folded_reference(one.reference) for _, one in found} - {""}
    repeated = _repeated(connection, given)
    return [
        (row, replace(one, reference_repeats=True))
        if (one.recipient, folded_reference(one.reference)) in repeated
        else (row, one)
        for row, one in found
    ]


def _repeated(
    connection: Connection, references: Collection[str]
) -> frozenset[tuple[str, str]]:
    """Which of these a recipient gave about several children, in notices that were
    not withdrawn."""
    subjects = _answered_with(connection, references)
    answers = receipts(connection, about=sorted(subjects))
    children: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for some in in_batches(sorted(filter(None, map(_uuid, subjects)))):
        withdrawn = {
            key
            for key, kinds in _replaced(connection, some).items()
            if Kind.RETRACTION in kinds
        }
        rows = connection.execute(
            select(
                notification.c.notification_id,
                notification.c.recipient,
                notification.c.placing_la,
                notification.c.child_ref,
            ).where(
                notification.c.notification_id.in_(some),
                is_followed(),
                notification.c.stands_after.is_not(None),
            )
        )
        for row in rows:
            answer = answers.get(str(row.notification_id))
            if answer is not None and row.notification_id not in withdrawn:
                reference = folded_reference(answer.reference)
                children[row.recipient, reference].add((row.placing_la, row.child_ref))
    return frozenset(
        key for key, whose in children.items() if key[1] and len(whose) > 1
    )


def _answered_with(connection: Connection, references: Collection[str]) -> set[str]:
    """The documents that were ever acknowledged with one of these."""
    found: set[str] = set()
    for some in in_batches(sorted(map(as_proof, references))):
        found.update(
            connection.scalars(select(event.c.subject).where(event.c.proof.in_(some)))
        )
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
