"""What a night found, written down: placements, decisions, people, recordings."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from notifications.facts import GOOD_STATES, PersonGroup, State
from notifications.outcome import Decision
from notifications.recordings import Recording
from register.history import append, runs_of
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
    recording,
    recording_look,
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
            **_why(one),
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


def look(
    connection: Connection,
    night: Run,
    recordings: Iterable[Recording],
    looked: Mapping[str, dt.date],
) -> None:
    """Write down which extracts were searched, and of which notices that shows other
    than the last look.

    A notice may be looked for under several tokens: one that is found is enough. Of
    one that was never found nothing is written.
    """
    if looked:
        connection.execute(
            insert(recording_look),
            [
                {"authority": authority, "as_of": data_as_of, **_found_by(night)}
                for authority, data_as_of in sorted(looked.items())
            ],
        )
    tonight: dict[UUID, Recording] = {}
    for one in recordings:
        before = tonight.get(one.notification_id)
        if before is None or _proves(one) > _proves(before):
            tonight[one.notification_id] = one
    held = {
        row.notification_id: (row.seen, row.by, row.found_in)
        for row in connection.execute(
            select(recording).where(as_of(recording, night.business_date))
        )
    }
    append(
        connection,
        recording,
        night.business_date,
        [
            {
                "notification_id": one.notification_id,
                "seen": one.seen,
                "by": one.by,
                "found_in": one.found_in,
                **_found_by(night),
            }
            for key, one in sorted(tonight.items())
            if held.get(key, (False, None, None)) != (one.seen, one.by, one.found_in)
        ],
    )


def _proves(one: Recording) -> int:
    return 0 if not one.seen else 2 if one.by == "token" else 1


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


def _why(one: Decision) -> dict[str, object]:
    return {
        "rule": one.rule or None,
        "reason": one.reason,
        "as_of": one.as_of,
        "priority": one.priority.value,
        "at_distance": one.at_distance,
        "cross_force": one.cross_force,
        "best_nominal_ref": one.best_nominal_ref,
        "match_probability": one.match_probability,
        "judgement": one.judgement,
        "evidence": [asdict(part) for part in one.evidence],
        "priority_rule": one.priority_rule or None,
        "silence": [asdict(part) for part in one.silence],
    }


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
