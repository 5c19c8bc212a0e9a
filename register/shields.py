"""Whom authorities shield, and which records may be second ones of theirs.

A lost row of ``protected.csv`` or a changed reference must not unshield a child (law
6), so every night leaves its shields to the next. They are names and dates of birth:
what is forgotten is deleted as soon as no night can be run that would read it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from notifications.facts import Child
from notifications.shields import ChildKey, Shield, ShieldMemory
from register.history import HISTORIES, append, end, forget, runs_of
from register.runs import Run
from register.tables import as_of, second_record, shield

_NAMES = ("forename", "surname", "known_as", "former_surname", "dob")

_Row = Mapping[str, Any]
_Rows = dict[tuple[str, ...], _Row]
"""By what a row is about: what it says."""


def load_shields(connection: Connection, region: str, before: dt.date) -> ShieldMemory:
    """What a region remembered of shields as before a business date."""
    seconds: dict[ChildKey, list[ChildKey]] = defaultdict(list)
    for authority, child_ref, *shielded in sorted(
        _held(connection, second_record, region, before)
    ):
        seconds[authority, child_ref].append((shielded[0], shielded[1]))
    shields = _held(connection, shield, region, before)
    return ShieldMemory(
        shields=tuple(_shield(shields[key]) for key in sorted(shields)),
        seconds={key: tuple(several) for key, several in seconds.items()},
    )


def remember_shields(connection: Connection, night: Run, memory: ShieldMemory) -> None:
    """Write down what a night remembers that is not as it was; end the rest."""
    _replace(connection, night, shield, [_row(one) for one in memory.shields])
    seconds = [
        dict(zip(HISTORIES[second_record], (*key, *shielded), strict=True))
        for key, several in memory.seconds.items()
        for shielded in several
    ]
    _replace(connection, night, second_record, seconds)


def _replace(
    connection: Connection, night: Run, table: Table, rows: Sequence[_Row]
) -> None:
    before = _held(connection, table, night.region, night.business_date)
    now = _by_subject(table, rows)
    found_by = {"business_date": night.business_date, "run_id": night.run_id}
    changed = [
        {**row, **found_by} for key, row in now.items() if before.get(key) != row
    ]
    append(connection, table, night.business_date, changed)
    gone = sorted(before.keys() - now.keys())
    end(connection, table, night.business_date, gone)
    forget(connection, table, night.region, night.business_date)


def _held(connection: Connection, table: Table, region: str, before: dt.date) -> _Rows:
    says = [
        column
        for column in table.columns
        if column.name not in ("business_date", "until", "run_id")
    ]
    rows = connection.execute(
        select(*says).where(as_of(table, before), table.c.run_id.in_(runs_of(region)))
    ).mappings()
    return _by_subject(table, [dict(row) for row in rows])


def _by_subject(table: Table, rows: Sequence[_Row]) -> _Rows:
    return {tuple(row[name] for name in HISTORIES[table]): row for row in rows}


def _shield(row: _Row) -> Shield:
    known = {name: row[name] for name in ("authority", "child_ref", *_NAMES)}
    numbers = frozenset((kind, value) for kind, value in row["identifiers"])
    return Shield(Child(**known), row["last_day"], numbers, row["since"])


def _row(one: Shield) -> _Row:
    return {
        "authority": one.child.authority,
        "child_ref": one.child.child_ref,
        **{name: getattr(one.child, name) for name in _NAMES},
        "last_day": one.until,
        "identifiers": [list(number) for number in sorted(one.identifiers)],
        "since": one.since,
    }
