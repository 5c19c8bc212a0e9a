"""Second records of shielded children, found before any is decided.

A shield is remembered from night to night in ``shields.parquet`` beside the night's
decisions: when a row of ``protected.csv`` or a child's reference gets lost, the record
that takes its place must not stand there without a shield. So are second records, in
``second_records.parquet``: one that is given another name is the same child still.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from notifications.facts import Child, PlacementStatus, Protection
from notifications.scope import ADOPTIVE_CODES
from notifications.shields import (
    ChildKey,
    Identifier,
    Shield,
    remembered,
    shielded_twins,
)
from pipeline.run import Run
from records.schemas import conform

_NAMES = ("authority", "child_ref", "forename", "surname", "known_as", "former_surname")
SHIELDS = pa.schema(
    [pa.field(name, pa.string()) for name in _NAMES]
    + [pa.field("dob", pa.date32()), pa.field("until", pa.date32())]
    + [pa.field("identifiers", pa.list_(pa.string()))]
)
_OWN_NUMBERS = frozenset({"nhs", "upn", "pnc", "cro", "home_office"})
SECOND_RECORDS = pa.schema(
    [
        pa.field(name, pa.string(), nullable=False)
        for name in ("authority", "child_ref", "shielded_authority", "shielded_ref")
    ]
)


def second_records(
    run: Run, tables: Mapping[str, pa.Table], children: Mapping[ChildKey, Child]
) -> dict[ChildKey, tuple[ChildKey, ...]]:
    """By child: the shielded children of whom its record may be a second one.

    Leaves the night's shields for the nights after it.
    """
    on = run.business_date
    folder = remembered_in(run)
    numbers = _identifiers(tables)
    shields = remembered(
        _shields(run, folder), children, _protections(tables), on, numbers
    )
    found = shielded_twins(
        children.values(), shields, on, _seconds(run, folder), numbers
    )
    run.workspace.write(conform([_row(one) for one in shields], SHIELDS), "shields")
    run.workspace.write(
        conform(
            [
                dict(zip(SECOND_RECORDS.names, (*key, *twin), strict=True))
                for key in sorted(found)
                for twin in found[key]
            ],
            SECOND_RECORDS,
        ),
        "second_records",
    )
    return found


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


def _shields(run: Run, folder: Path | None) -> list[Shield]:
    return [
        Shield(
            Child(**{name: row[name] for name in (*_NAMES, "dob")}),
            row["until"],
            frozenset(_identifier(one) for one in row.get("identifiers") or ()),
        )
        for row in _rows(run, folder, "shields")
    ]


def _seconds(run: Run, folder: Path | None) -> dict[ChildKey, set[ChildKey]]:
    found: dict[ChildKey, set[ChildKey]] = defaultdict(set)
    for row in _rows(run, folder, "second_records"):
        authority, child_ref, *twin = (row[name] for name in SECOND_RECORDS.names)
        found[authority, child_ref].add((twin[0], twin[1]))
    return found


def _rows(run: Run, folder: Path | None, name: str) -> list[dict[str, Any]]:
    """None from before nights wrote such a table."""
    path = folder / f"{name}.parquet" if folder else None
    return run.vault.read(path).to_pylist() if path and path.exists() else []


def remembered_in(run: Run) -> Path | None:
    """The folder of the newest run of an earlier night that left its shields."""
    from register.engine import reading
    from register.runs import runs

    with reading(run.register) as connection:
        recorded = runs(connection, run.region.region)
    nights = run.root / run.region.region
    folders = (
        nights / one.business_date.isoformat() / one.run_id
        for one in reversed(recorded)
        if one.business_date < run.business_date
    )
    return next((one for one in folders if (one / "shields.parquet").exists()), None)


def _row(shield: Shield) -> dict[str, object]:
    known = {name: getattr(shield.child, name) for name in (*_NAMES, "dob")}
    numbers = sorted(" ".join(one) for one in shield.identifiers)
    return {**known, "until": shield.until, "identifiers": numbers}


def _identifier(text: str) -> Identifier:
    kind, _, value = text.partition(" ")
    return kind, value
