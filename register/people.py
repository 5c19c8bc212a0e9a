"""A cross-border person keeps one id while its records come and go."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid5

from sqlalchemy import Connection, select

from notifications.facts import PersonGroup, PersonMember
from notifications.identity import person_id as first_id
from register.tables import as_of, person, person_member

PersonKind = Literal["child", "perpetrator"]
Record = tuple[str, str]
"""An authority and its own key of a record."""


class SharedRecordError(ValueError):
    """One record is in two of tonight's groups, so it can't be one person."""


@dataclass(frozen=True, slots=True)
class KnownMember:
    """Which person a record belonged to when last it belonged to any."""

    person_id: UUID
    probability: float
    restricted: bool
    present: bool
    """Whether the latest night still had it there."""


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """What was known of one kind of person before a date."""

    members: Mapping[Record, KnownMember]
    created_on: Mapping[UUID, dt.date]
    """Every id ever given, and the business date that gave it."""


NOBODY = KnownPeople(members={}, created_on={})


def assign(
    kind: PersonKind, groups: Iterable[Sequence[PersonMember]], known: KnownPeople
) -> tuple[PersonGroup, ...]:
    """Tonight's groups of records with the ids that stay theirs, in order of id.

    A group takes the id that most of its members had. Where two groups want one id,
    the one with more such members has it, and of equals the one with the smallest
    member; a group that finds none takes a new id, the UUIDv5 of its smallest member.
    An id that was ever given to one person is never given anew to another.

    Raises:
        SharedRecordError: a record is in two groups.
    """
    ordered = sorted(
        (tuple(sorted(members, key=_record)) for members in groups if members),
        key=lambda members: _record(members[0]),
    )
    _require_disjoint(ordered)
    given = _kept_ids(ordered, known)
    taken = set(known.created_on) | set(given.values())
    for place, members in enumerate(ordered):
        if place not in given:
            given[place] = _new_id(kind, members, taken)
            taken.add(given[place])
    found = [PersonGroup(given[place], kind, ms) for place, ms in enumerate(ordered)]
    return tuple(sorted(found, key=lambda one: str(one.person_id)))


def known_people(
    connection: Connection, kind: PersonKind, before: dt.date
) -> KnownPeople:
    """The persons of one kind, and whose each record is, as before a date."""
    held = person_member
    rows = connection.execute(
        select(held).where(held.c.kind == kind, as_of(held, before))
    )
    created = connection.execute(
        select(person.c.person_id, person.c.created_on).where(
            person.c.kind == kind, person.c.created_on < before
        )
    )
    return KnownPeople(
        members={
            (row.authority, row.record_ref): KnownMember(
                row.person_id, row.probability, row.restricted, row.present
            )
            for row in rows
        },
        created_on={row.person_id: row.created_on for row in created},
    )


def _record(member: PersonMember) -> Record:
    return member.authority, member.record_ref


def _require_disjoint(groups: Iterable[Sequence[PersonMember]]) -> None:
    seen: set[Record] = set()
    for member in (one for members in groups for one in members):
        record = _record(member)
        if record in seen:
            raise SharedRecordError(
                f"record {record[1]} of {record[0]} is in two groups; merge them first"
            )
        seen.add(record)


def _kept_ids(
    groups: Sequence[Sequence[PersonMember]], known: KnownPeople
) -> dict[int, UUID]:
    """By place in the list: the id that a group keeps, where it keeps one."""
    wishes = []
    for place, members in enumerate(groups):
        before = (known.members.get(_record(one)) for one in members)
        votes = Counter(one.person_id for one in before if one is not None)
        wishes += [(-number, str(wish), place, wish) for wish, number in votes.items()]
    given: dict[int, UUID] = {}
    gone: set[UUID] = set()
    for _, _, place, wish in sorted(wishes):
        if place not in given and wish not in gone:
            given[place] = wish
            gone.add(wish)
    return given


def _new_id(
    kind: PersonKind, members: Sequence[PersonMember], taken: set[UUID]
) -> UUID:
    first = found = first_id(kind, members)
    ordinal = 0
    while found in taken:
        ordinal += 1
        found = uuid5(first, str(ordinal))
    return found
