"""What a night found, written down: placements, decisions, people, obligations."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from notifications.documents import Obligation, body
from notifications.facts import GOOD_STATES, PersonGroup, State
from notifications.outcome import Decision
from register.calls import Outgoing, outgoing
from register.history import append, runs_of
from register.outbox import in_batches
from register.people import KnownMember, PersonKind, known_people
from register.placements import ResolvedPlacement, load_known, observation
from register.runs import Run
from register.tables import (
    as_of,
    decision,
    notification,
    obligation,
    person,
    person_member,
    placement,
    placement_observation,
)

_KINDS: tuple[PersonKind, ...] = ("child", "perpetrator")
_GOOD_COLUMNS = ("last_good_state", "last_good_on", "last_good_facts_hash")


def observe(
    connection: Connection, night: Run, resolved: Iterable[ResolvedPlacement]
) -> None:
    """Write down each placement that is not as it was, and the names of new ones."""
    by_authority: dict[str, list[ResolvedPlacement]] = {}
    for one in resolved:
        by_authority.setdefault(one.last_seen.authority, []).append(one)
    for authority, found in sorted(by_authority.items()):
        _name(connection, night, authority, found)
        known = load_known(connection, authority, night.business_date)
        before = {
            one.placement_ref: observation(one) for of in known.values() for one in of
        }
        append(
            connection,
            placement_observation,
            night.business_date,
            [
                {**seen, **_found_by(night)}
                for one in found
                if (seen := observation(one)) != before.get(one.placement_ref)
            ],
        )


def decide(connection: Connection, night: Run, decisions: Sequence[Decision]) -> None:
    """Write down each decision, with what carries on from the one before."""
    las = sorted({one.placing_la for one in decisions})
    before = {
        row["placement_ref"]: row
        for row in connection.execute(
            select(decision).where(
                as_of(decision, night.business_date), decision.c.placing_la.in_(las)
            )
        ).mappings()
    }
    rows = [
        {
            "placement_ref": one.placement_ref,
            "placing_la": one.placing_la,
            "child_ref": one.child_ref,
            "host_la": one.host_la,
            "host_force": one.host_force,
            "state": one.state.value,
            "facts_hash": one.facts_hash,
            **_carried(before.get(one.placement_ref, {}), one, night.business_date),
            **_found_by(night),
        }
        for one in decisions
    ]
    append(connection, decision, night.business_date, rows)


def remember_people(
    connection: Connection, night: Run, groups: Iterable[PersonGroup]
) -> None:
    """Write down who belongs to whom; a record in no group any more is not present."""
    groups = list(groups)
    for kind in _KINDS:
        known = known_people(connection, kind, night.business_date)
        mine = [group for group in groups if group.kind == kind]
        _name_people(connection, night, mine)
        now = {
            record: KnownMember(
                was.person_id, was.probability, was.restricted, present=False
            )
            for record, was in known.members.items()
        }
        for group in mine:
            for one in group.members:
                now[one.authority, one.record_ref] = KnownMember(
                    group.person_id, one.probability, one.restricted, present=True
                )
        rows = [
            {
                "kind": kind,
                "authority": record[0],
                "record_ref": record[1],
                "person_id": member.person_id,
                "probability": member.probability,
                "restricted": member.restricted,
                "present": member.present,
                **_found_by(night),
            }
            for record, member in sorted(now.items(), key=lambda item: item[0])
            if known.members.get(record) != member
        ]
        append(connection, person_member, night.business_date, rows)


def owe(
    connection: Connection,
    night: Run,
    obligations: Sequence[Obligation],
    earlier: Mapping[UUID, Obligation],
    unheard: Collection[UUID],
) -> list[Outgoing]:
    """Write down what is owed and what was met; the documents to deliver.

    ``earlier`` are the obligations that earlier runs of this date made or met, and
    ``unheard`` the ids of those that nobody can have received. Of what tonight says
    nothing about, the unheard is undone; the rest is met: if it is owed after all, the
    next night makes another.
    """
    tonight = {one.obligation_id: one for one in obligations}
    silent = sorted(earlier.keys() - tonight.keys())
    for key in silent:
        if key not in unheard:
            met_on = earlier[key].met_on or night.business_date
            tonight[key] = earlier[key].model_copy(update={"met_on": met_on})
    before = _owed_before(connection, night, [*tonight, *silent])
    changed = [one for key, one in tonight.items() if before.get(key) != body(one)]
    append(
        connection,
        obligation,
        night.business_date,
        [_owed(one) | _found_by(night) for one in changed],
    )
    undone = [
        Obligation.model_validate_json(before[key])
        for key in silent
        if key in unheard and key in before
    ]
    return [outgoing(one, night.business_date) for one in (*tonight.values(), *undone)]


def forget_unused(connection: Connection, night: Run) -> None:
    """Take out names that an earlier run of this date gave and nothing bears."""
    given = runs_of(night.region, night.business_date)
    for table, column, uses in (
        (placement, "placement_ref", (placement_observation, decision)),
        (person, "person_id", (person_member,)),
    ):
        used = [
            select(use.c[column]).where(use.c[column] == table.c[column]).exists()
            for use in (*uses, notification, obligation)
        ]
        connection.execute(
            delete(table).where(table.c.run_id.in_(given), *(~one for one in used))
        )


def _found_by(night: Run) -> dict[str, object]:
    return {"business_date": night.business_date, "run_id": night.run_id}


def _name(
    connection: Connection,
    night: Run,
    authority: str,
    found: Iterable[ResolvedPlacement],
) -> None:
    named = set(
        connection.scalars(
            select(placement.c.placement_ref).where(placement.c.authority == authority)
        )
    )
    rows = [
        {
            "placement_ref": one.placement_ref,
            "authority": authority,
            "child_ref": one.last_seen.child_ref,
            "run_id": night.run_id,
        }
        for one in found
        if one.placement_ref not in named
    ]
    if rows:
        connection.execute(insert(placement), rows)


def _name_people(
    connection: Connection, night: Run, groups: Sequence[PersonGroup]
) -> None:
    named = set(connection.scalars(select(person.c.person_id)))
    rows = [
        {
            "person_id": group.person_id,
            "kind": group.kind,
            "created_on": night.business_date,
            "run_id": night.run_id,
        }
        for group in groups
        if group.person_id not in named
    ]
    if rows:
        connection.execute(insert(person), rows)


def _carried(
    before: Mapping[Any, Any], one: Decision, business_date: dt.date
) -> dict[str, object]:
    """What the next night must know: the last good state, and since when *possible*.

    A night that can't say leaves both as they were.
    """
    if one.state in GOOD_STATES:
        good: tuple[object, ...] = (one.state.value, business_date, one.facts_hash)
    else:
        good = tuple(before.get(name) for name in _GOOD_COLUMNS)
    since = before.get("possible_since")
    if one.state is State.POSSIBLE:
        since = since or business_date
    elif one.state is not State.CANNOT_SAY:
        since = None
    return {**dict(zip(_GOOD_COLUMNS, good, strict=True)), "possible_since": since}


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


def _owed(one: Obligation) -> dict[str, object]:
    person_id = _person_of(one)
    return {
        "obligation_id": one.obligation_id,
        "kind": one.kind.value,
        "owed_by": one.owed_by,
        "placement_ref": one.placement_ref if person_id is None else None,
        "person_id": person_id,
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
