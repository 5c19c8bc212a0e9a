"""What police extracts showed so far of what was told."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, func, or_, select

from notifications.clocks import LONDON
from notifications.facts import State
from register.batches import in_batches
from register.tables import decision, placement, recording, recording_look

_KNOWN = State.KNOWN_AT_PLACEMENT
_STILL_KNOWN = (_KNOWN, State.CANNOT_SAY)
"""What a night finds that takes nothing away."""


@dataclass(frozen=True, slots=True)
class Look:
    """The latest search of an authority's extract."""

    on: dt.date
    as_of: dt.datetime
    """The end of the day of its data."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the searches found of one notice."""

    seen: bool
    """In the latest."""


@dataclass(frozen=True, slots=True)
class Knowing:
    """Whether a host force knows a child at a placement."""

    host_force: str | None
    known_on: dt.date | None
    """The latest night that found it, unless a later one found otherwise. Nights that
    can't say leave it as it was."""
    no_longer_known_on: dt.date | None
    """The first night that found otherwise after one that found it."""


def looks(connection: Connection) -> dict[str, Look]:
    """By authority."""
    latest = (
        select(
            recording_look.c.authority,
            func.max(recording_look.c.business_date).label("night"),
        )
        .group_by(recording_look.c.authority)
        .subquery()
    )
    rows = connection.execute(
        select(recording_look).join(
            latest,
            and_(
                latest.c.authority == recording_look.c.authority,
                latest.c.night == recording_look.c.business_date,
            ),
        )
    )
    return {row.authority: Look(row.business_date, _end_of(row.as_of)) for row in rows}


def sightings(connection: Connection, about: Sequence[UUID]) -> dict[UUID, Sighting]:
    """By notification, of those of these that were ever seen."""
    found: dict[UUID, Sighting] = {}
    for some in in_batches(about):
        for row in connection.execute(
            select(recording.c.notification_id, recording.c.seen)
            .where(recording.c.notification_id.in_(some))
            .order_by(recording.c.business_date)
        ):
            if row.seen or row.notification_id in found:
                found[row.notification_id] = Sighting(row.seen)
    return found


def knowings(connection: Connection, about: Sequence[str]) -> dict[str, Knowing]:
    """By placement, of those of these that were ever decided: of its latest decision.

    A placement that is decided no more, while a later one of the child with the same
    force is, goes on in that: if a notice of it stands, the child has not moved.
    """
    found: dict[str, Knowing] = {}
    for some in in_batches(about):
        found |= _knowings(connection, _of_their_children(connection, some))
    return found


def _of_their_children(connection: Connection, refs: Sequence[str]) -> list[str]:
    """These placements and all others of the same children."""
    this, same = placement.alias("this"), placement.alias("same")
    return sorted(
        set(
            connection.scalars(
                select(same.c.placement_ref)
                .join(
                    this,
                    and_(
                        this.c.authority == same.c.authority,
                        this.c.child_ref == same.c.child_ref,
                    ),
                )
                .where(this.c.placement_ref.in_(refs))
            )
        )
    )


def _knowings(connection: Connection, refs: Sequence[str]) -> dict[str, Knowing]:
    """Of these, which are all that there are of their children."""
    stays: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for row in _latest_decisions(connection, refs):
        stays[row.placing_la, row.child_ref, row.host_force or ""].append(row)
    lost = _lost(connection, refs)
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


def _latest_decisions(connection: Connection, refs: Sequence[str]) -> list[Any]:
    rows: list[Any] = []
    for some in in_batches(refs):
        rows += connection.execute(
            select(
                decision.c.placement_ref,
                decision.c.placing_la,
                decision.c.child_ref,
                decision.c.host_force,
                decision.c.business_date,
                decision.c.state,
                decision.c.last_good_state,
                decision.c.last_good_on,
            ).where(decision.c.until.is_(None), decision.c.placement_ref.in_(some))
        )
    return sorted(rows, key=lambda row: (row.business_date, row.placement_ref))


def _of(row: Any, lost: Mapping[str, dt.date]) -> Knowing:
    knows = row.last_good_state == _KNOWN and row.state in _STILL_KNOWN
    return Knowing(
        host_force=row.host_force,
        known_on=row.last_good_on if knows else None,
        no_longer_known_on=lost.get(row.placement_ref),
    )


def _then(
    before: Knowing, own: Knowing, otherwise: Mapping[str, dt.date], row: Any
) -> Knowing:
    """What is known of a stay, once a later part of it has been decided too."""
    if own.known_on or own.no_longer_known_on:
        return own
    if before.known_on and row.placement_ref in otherwise:
        return replace(
            before, known_on=None, no_longer_known_on=otherwise[row.placement_ref]
        )
    return before


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


def _lost(connection: Connection, refs: Sequence[str]) -> dict[str, dt.date]:
    """By placement no longer known: the first night after the last that knew it."""
    found: dict[str, dt.date] = {}
    for some in in_batches(refs):
        found |= _lost_of(connection, some)
    return found


def _lost_of(connection: Connection, refs: Sequence[str]) -> dict[str, dt.date]:
    latest, known, later = (
        decision.alias(name) for name in ("latest", "known", "later")
    )
    last = (
        select(known.c.placement_ref, func.max(known.c.business_date).label("known_on"))
        .join(latest, latest.c.placement_ref == known.c.placement_ref)
        .where(
            latest.c.until.is_(None),
            latest.c.placement_ref.in_(refs),
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


def _end_of(day: dt.date) -> dt.datetime:
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), LONDON)
    return midnight.astimezone(dt.UTC)
