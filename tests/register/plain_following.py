"""What is followed, read plainly: every row that ever was, and every rule in order.

This is what the register's own reading is held to, and measured against: it may leave
out no notice of which something may be due.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from notifications.documents import Kind, Notification, ObligationKind
from notifications.facts import State
from notifications.following import Followed, OpenFollowUp
from notifications.recordings import folded_reference
from register.batches import in_batches
from register.events import Receipt, receipts
from register.sightings import Knowing, Look, Sighting, _of, _then, looks
from register.tables import decision, follow_up, notification, outbox, recording, run

_KNOWN = State.KNOWN_AT_PLACEMENT
_STILL_KNOWN = (_KNOWN, State.CANNOT_SAY)
_FOLLOWED = (Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.END)


def load_plainly(connection: Connection) -> tuple[Followed, ...]:
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


def reminder_counts(connection: Connection) -> dict[UUID, int]:
    """By notice that was reminded of."""
    rows = connection.execute(
        select(notification.c.reminds, func.count().label("number"))
        .where(notification.c.reminds.is_not(None))
        .group_by(notification.c.reminds)
    )
    return {row.reminds: row.number for row in rows}


def sightings(connection: Connection) -> dict[UUID, Sighting]:
    """By notification, of those that were ever seen."""
    found: dict[UUID, Sighting] = {}
    for row in connection.execute(
        select(recording).order_by(recording.c.business_date)
    ):
        if row.seen or row.notification_id in found:
            found[row.notification_id] = Sighting(row.seen)
    return found


def knowings(connection: Connection) -> dict[str, Knowing]:
    """By placement that was ever decided: of its latest decision.

    A placement that is decided no more, while a later one of the child with the same
    force is, goes on in that: if a notice of it stands, the child has not moved.
    """
    lost = _lost(connection)
    rows: Sequence[Any] = connection.execute(
        select(
            decision.c.placement_ref,
            decision.c.placing_la,
            decision.c.child_ref,
            decision.c.host_force,
            decision.c.business_date,
            decision.c.state,
            decision.c.last_good_state,
            decision.c.last_good_on,
        )
        .where(decision.c.until.is_(None))
        .order_by(decision.c.business_date, decision.c.placement_ref)
    ).all()
    stays: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for row in rows:
        stays[row.placing_la, row.child_ref, row.host_force or ""].append(row)
    later = [row.placement_ref for stay in stays.values() for row in stay[1:]]
    otherwise = _otherwise(connection, later)
    found: dict[str, Knowing] = {}
    for stay in stays.values():
        for place, row in enumerate(stay):
            knowing = _of(row, lost)
            for after in stay[place + 1 :]:
                if after.business_date > row.business_date:
                    knowing = _then(knowing, _of(after, lost), otherwise, after)
            found[row.placement_ref] = knowing
    return found


def _otherwise(connection: Connection, refs: Sequence[str]) -> dict[str, dt.date]:
    """By placement: the first night that found the child not known there."""
    found: dict[str, dt.date] = {}
    for some in in_batches(refs):
        rows = connection.execute(
            select(
                decision.c.placement_ref, func.min(decision.c.business_date).label("on")
            )
            .where(
                decision.c.placement_ref.in_(some),
                decision.c.state.not_in(_STILL_KNOWN),
            )
            .group_by(decision.c.placement_ref)
        )
        found |= {row.placement_ref: row.on for row in rows}
    return found


def _lost(connection: Connection) -> dict[str, dt.date]:
    """By placement no longer known: the first night after the last that knew it."""
    latest, known, later = (
        decision.alias(name) for name in ("latest", "known", "later")
    )
    last = (
        select(known.c.placement_ref, func.max(known.c.business_date).label("known_on"))
        .join(latest, latest.c.placement_ref == known.c.placement_ref)
        .where(
            latest.c.until.is_(None),
            known.c.state == _KNOWN,
            or_(
                latest.c.state.not_in(_STILL_KNOWN),
                and_(
                    latest.c.state == State.CANNOT_SAY,
                    latest.c.last_good_state != _KNOWN,
                ),
            ),
        )
        .group_by(known.c.placement_ref)
        .subquery()
    )
    rows = connection.execute(
        select(last.c.placement_ref, func.min(later.c.business_date).label("lost_on"))
        .join(later, later.c.placement_ref == last.c.placement_ref)
        .where(
            later.c.business_date > last.c.known_on,
            later.c.state.not_in(_STILL_KNOWN),
        )
        .group_by(last.c.placement_ref)
    )
    return {row.placement_ref: row.lost_on for row in rows}
