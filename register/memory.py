"""What the rules are told of earlier nights, as it was before a business date.

A date that is run again gets the same memory as the first time, and so decides the
same. Everything is read with a handful of queries, whatever the number of children.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, select

from notifications.documents import Audience, Kind, Obligation, ObligationKind
from notifications.facts import (
    ChildMemory,
    Judgement,
    PersonMemory,
    PlacementMemory,
    Standing,
    State,
)
from notifications.feed import EventType, JudgementData, JudgementUndone
from notifications.owing import OpenObligation
from register.events import Event, events_of, is_readable
from register.tables import (
    as_of,
    decision,
    notification,
    obligation,
    placement,
    review,
    run,
)

_STANDS = frozenset({Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.POINTER})
"""Kinds that say something which goes on being so."""

_TOLD = [
    notification.c[name]
    for name in (
        "notification_id", "kind", "recipient", "audience", "is_copy", "placing_la",
        "child_ref", "placement_ref", "person_id", "facts_hash", "supersedes",
        "created_on", "judgement",
    )
]  # fmt: skip

ChildKey = tuple[str, str]
"""The placing authority and its own reference of the child."""


def load_memory(connection: Connection, before: dt.date) -> dict[ChildKey, ChildMemory]:
    """By child: what was told, decided, owed and asked on nights before a date.

    A child without an entry is new to the register.
    """
    told = _told(connection, before, "placement")
    notices: dict[ChildKey, list[Row[Any]]] = defaultdict(list)
    for row in told:
        notices[row.placing_la, row.child_ref].append(row)
    placements = _placements(connection, before)
    owed: dict[ChildKey, list[OpenObligation]] = defaultdict(list)
    rows = connection.execute(
        select(obligation, placement.c.authority, placement.c.child_ref)
        .join(placement, placement.c.placement_ref == obligation.c.placement_ref)
        .where(as_of(obligation, before), obligation.c.met_on.is_(None))
    )
    for row in rows:
        owed[row.authority, row.child_ref].append(_open(row, row.placement_ref))
    asked = _asked(connection, before)
    children = notices.keys() | placements.keys() | owed.keys() | asked.keys()
    found = {child: _standing(notices.get(child, ())) for child in children}
    return {
        child: ChildMemory(
            standing=found[child][0],
            told_again=found[child][1],
            placements=placements.get(child, {}),
            open_obligations=_in_order(owed.get(child, ())),
            made=frozenset(row.notification_id for row in notices.get(child, ())),
            asked=frozenset(asked.get(child, ())),
        )
        for child in sorted(children)
    }


def load_person_memory(
    connection: Connection, before: dt.date
) -> dict[UUID, PersonMemory]:
    """By person: what was told and owed about them on nights before a date."""
    notices: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in _told(connection, before, "person"):
        notices[row.person_id].append(row)
    owed: dict[UUID, list[OpenObligation]] = defaultdict(list)
    rows = connection.execute(
        select(obligation).where(
            as_of(obligation, before),
            obligation.c.met_on.is_(None),
            obligation.c.person_id.is_not(None),
        )
    )
    for row in rows:
        owed[row.person_id].append(_open(row, str(row.person_id)))
    return {
        person_id: PersonMemory(
            standing={
                one.recipient: one for one in _standing(notices.get(person_id, ()))[0]
            },
            made=frozenset(row.notification_id for row in notices.get(person_id, ())),
            open_obligations=_in_order(owed.get(person_id, ())),
        )
        for person_id in sorted(notices.keys() | owed.keys())
    }


def load_matters(connection: Connection, before: dt.date) -> dict[str, OpenObligation]:
    """By matter: what is owed about neither a placement nor a person from nights
    before a date. ``placement_ref`` names the matter."""
    rows = connection.execute(
        select(obligation)
        .where(
            as_of(obligation, before),
            obligation.c.met_on.is_(None),
            obligation.c.matter.is_not(None),
        )
        .order_by(obligation.c.matter, obligation.c.obligation_id)
    )
    return {row.matter: _open(row, row.matter) for row in rows}


def load_judgements(
    connection: Connection, before: dt.date | None = None
) -> tuple[Judgement, ...]:
    """The decisions of people that bind a night of a business date; oldest first.

    With ``None`` all that the feed has brought. An undone one is not among them. Of
    several on one pair of records with the same content, the latest holds.
    """
    binding: dict[str, Judgement] = {}
    for one in events_of(
        connection, EventType.JUDGED, EventType.JUDGEMENT_UNDONE, before=before
    ):
        if not is_readable(one):
            continue
        if one.type == EventType.JUDGED:
            binding[one.event_id] = _judgement(one)
        else:
            undone = JudgementUndone.model_validate(one.data)
            binding.pop(str(undone.judgement), None)
    latest: dict[frozenset[tuple[str, str, str]], Judgement] = {}
    for judgement in binding.values():
        pair = _pair(judgement)
        latest.pop(pair, None)
        latest[pair] = judgement
    return tuple(latest.values())


def judged_since(
    connection: Connection, night: dt.date | None
) -> frozenset[tuple[str | None, str | None]]:
    """The children about whom a decision, or its undoing, has come in since a night
    decided: by authority and reference. Without a night there are none."""
    if night is None:
        return frozenset()
    types = (EventType.JUDGED, EventType.JUDGEMENT_UNDONE)
    used = {one.event_id for one in events_of(connection, *types, before=night)}
    children: dict[str, tuple[str | None, str]] = {}
    found: set[tuple[str | None, str | None]] = set()
    for one in filter(is_readable, events_of(connection, *types)):
        about = one.event_id
        if one.type == EventType.JUDGED:
            judgement = _judgement(one)
            children[about] = (judgement.left_authority, judgement.left_ref)
        else:
            about = str(JudgementUndone.model_validate(one.data).judgement)
        if one.event_id not in used and about in children:
            found.add(children[about])
    return frozenset(found)


def _told(
    connection: Connection, before: dt.date, subject: Literal["placement", "person"]
) -> Sequence[Row[Any]]:
    """Every notice of a subject that stood before a date, in the order of telling.

    What was released after a night comes after what that night told. What is held, or
    was dropped, was never told.
    """
    return connection.execute(
        select(*_TOLD)
        .join(run, run.c.run_id == notification.c.run_id)
        .where(notification.c.subject == subject, notification.c.stands_after < before)
        .order_by(
            notification.c.stands_after,
            notification.c.released_at.is_not(None),
            run.c.ordinal,
            notification.c.notification_id,
        )
    ).all()


def _standing(
    notices: Iterable[Row[Any]],
) -> tuple[tuple[Standing, ...], tuple[Standing, ...]]:
    """What recipients hold to be true: the latest for each and for each placement. And
    what they were told before of the same, which the latest does not take the place of.

    A night that was run again may have told a recipient twice of one placement, and so
    may a notice that follows one which was refused and then dropped.
    """
    told = list(notices)
    gone = {row.supersedes for row in told}
    latest: dict[tuple[str, str], Standing] = {}
    earlier: list[Standing] = []
    for row in told:
        if row.kind not in _STANDS or row.notification_id in gone:
            continue
        one = _of_row(row)
        about = (one.recipient, one.placement_ref)
        if about in latest:
            earlier.append(latest[about])
        latest[about] = one
    return _in_order_of_recipient(latest.values()), _in_order_of_recipient(earlier)


def _of_row(row: Row[Any]) -> Standing:
    return Standing(
        notification_id=row.notification_id,
        kind=Kind(row.kind),
        recipient=row.recipient,
        audience=Audience(row.audience),
        is_copy=row.is_copy,
        placement_ref=row.placement_ref or str(row.person_id),
        facts_hash=row.facts_hash,
        created_on=row.created_on,
        judgement=row.judgement,
    )


def _in_order_of_recipient(found: Iterable[Standing]) -> tuple[Standing, ...]:
    return tuple(
        sorted(
            found,
            key=lambda one: (one.placement_ref, one.recipient, one.notification_id),
        )
    )


def _placements(
    connection: Connection, before: dt.date
) -> dict[ChildKey, dict[str, PlacementMemory]]:
    found: dict[ChildKey, dict[str, PlacementMemory]] = defaultdict(dict)
    for row in connection.execute(select(decision).where(as_of(decision, before))):
        good = row.last_good_state
        found[row.placing_la, row.child_ref][row.placement_ref] = PlacementMemory(
            placement_ref=row.placement_ref,
            last_state=State(row.state),
            last_rule=row.rule,
            last_good_state=None if good is None else State(good),
            last_good_on=row.last_good_on,
            possible_since=row.possible_since,
            last_good_facts_hash=row.last_good_facts_hash,
        )
    return dict(found)


def _asked(connection: Connection, before: dt.date) -> dict[ChildKey, set[UUID]]:
    found: dict[ChildKey, set[UUID]] = defaultdict(set)
    rows = connection.execute(
        select(review.c.left_authority, review.c.left_ref, review.c.review_id).where(
            review.c.created_on < before, review.c.dropped_by.is_(None)
        )
    )
    for row in rows:
        found[row.left_authority, row.left_ref].add(row.review_id)
    return dict(found)


def _open(row: Row[Any], about: str) -> OpenObligation:
    document = Obligation.model_validate_json(row.body)
    return OpenObligation(
        obligation_id=row.obligation_id,
        kind=ObligationKind(row.kind),
        owed_by=row.owed_by,
        placement_ref=about,
        due_at=row.due_at,
        created_on=row.created_on,
        asked=document.asked,
        rule=document.rule.id,
        escalation=row.escalation,
    )


def _in_order(owed: Iterable[OpenObligation]) -> tuple[OpenObligation, ...]:
    return tuple(sorted(owed, key=lambda one: str(one.obligation_id)))


def _judgement(one: Event) -> Judgement:
    data = JudgementData.model_validate(one.data)
    return Judgement(
        event_id=one.event_id,
        decision=data.decision,
        left_authority=data.left_authority,
        left_ref=data.left_ref,
        left_hash=data.left_hash,
        right_authority=data.right_authority,
        right_ref=data.right_ref,
        right_hash=data.right_hash,
        made_at=one.time,
        actor=data.actor,
        split=data.split,
    )


def _pair(one: Judgement) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        {
            (one.left_authority, one.left_ref, one.left_hash),
            (one.right_authority, one.right_ref, one.right_hash),
        }
    )
