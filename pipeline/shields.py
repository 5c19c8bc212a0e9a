"""Shields and second records of shielded children, found before any child is decided.

A shield is remembered from night to night in the register: when a row of
``protected.csv`` or a child's reference gets lost, the record that takes its place must
not stand there without a shield. So are second records: one that is given another name
is the same child still.
"""

from collections import defaultdict
from collections.abc import Mapping

import pyarrow as pa

from notifications.facts import Child, PlacementStatus, Protection
from notifications.scope import ADOPTIVE_CODES
from notifications.shields import (
    ChildKey,
    Identifier,
    ShieldMemory,
    remembered,
    shielded_twins,
)
from pipeline.run import Run

_OWN_NUMBERS = frozenset({"nhs", "upn", "pnc", "cro", "home_office"})


def shields_tonight(
    run: Run, tables: Mapping[str, pa.Table], children: Mapping[ChildKey, Child]
) -> ShieldMemory:
    """Every shield that holds from tonight on, and which records may be second ones.

    From tonight's tables and what the register remembered before this business date;
    recording the night leaves it to the nights after it.
    """
    from register.engine import reading
    from register.shields import load_shields

    on = run.business_date
    with reading(run.register) as connection:
        before = load_shields(connection, run.region.region, on)
    numbers = _identifiers(tables)
    shields = remembered(before.shields, children, _protections(tables), on, numbers)
    return ShieldMemory(
        shields,
        shielded_twins(children.values(), shields, on, before.seconds, numbers),
    )


def _identifiers(
    tables: Mapping[str, pa.Table],
) -> dict[ChildKey, frozenset[Identifier]]:
    """The numbers of each child that are nobody else's."""
    found: dict[ChildKey, set[Identifier]] = defaultdict(set)
    for row in tables["identifiers"].to_pylist():
        if row["type"] in _OWN_NUMBERS:
            found[row["authority"], row["record_ref"]].add((row["type"], row["value"]))
    return {key: frozenset(numbers) for key, numbers in found.items()}


def _protections(
    tables: Mapping[str, pa.Table],
) -> dict[ChildKey, tuple[Protection, ...]]:
    """Rows of ``protected.csv``, and adoptive placements, which shield as well."""
    found: dict[ChildKey, list[Protection]] = defaultdict(list)
    for row in tables["protected"].to_pylist():
        key = (row["authority"], row["child_ref"])
        found[key].append(Protection(row["from"], row["until"]))
    for row in tables["placements"].to_pylist():
        code = (row["place_code"] or "").strip().upper()
        if row["status"] == PlacementStatus.CURRENT.value and code in ADOPTIVE_CODES:
            found[row["authority"], row["child_ref"]].append(Protection())
    return {key: tuple(rows) for key, rows in found.items()}
