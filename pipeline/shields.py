"""Second records of shielded children, found before any is decided.

A shield is remembered from night to night in ``shields.parquet`` beside the night's
decisions: when a row of ``protected.csv`` or a child's reference gets lost, the record
that takes its place must not stand there without a shield.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from notifications.facts import Child, PlacementStatus, Protection
from notifications.scope import ADOPTIVE_CODES
from notifications.shields import ChildKey, Shield, remembered, shielded_twins
from pipeline.run import Run
from records.schemas import conform

_NAMES = ("authority", "child_ref", "forename", "surname", "known_as", "former_surname")
SHIELDS = pa.schema(
    [pa.field(name, pa.string()) for name in _NAMES]
    + [pa.field("dob", pa.date32()), pa.field("until", pa.date32())]
)


def second_records(
    run: Run, tables: Mapping[str, pa.Table], children: Mapping[ChildKey, Child]
) -> dict[ChildKey, tuple[ChildKey, ...]]:
    """By child: the shielded children of whom its record may be a second one.

    Leaves the night's shields for the nights after it.
    """
    on = run.business_date
    shields = remembered(_before(run), children, _protections(tables), on)
    run.workspace.write(
        conform([_row(one) for one in shields], SHIELDS),
        "shields",
    )
    return shielded_twins(children.values(), shields, on)


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


def _before(run: Run) -> list[Shield]:
    """What the newest run of an earlier night remembered."""
    path = _newest_before(run)
    if path is None or not path.exists():
        return []
    return [
        Shield(Child(**{name: row[name] for name in (*_NAMES, "dob")}), row["until"])
        for row in run.vault.read(path).to_pylist()
    ]


def _newest_before(run: Run) -> Path | None:
    from register.engine import reading
    from register.runs import runs

    with reading(run.register) as connection:
        earlier = [
            one
            for one in runs(connection, run.region.region)
            if one.business_date < run.business_date
        ]
    if not earlier:
        return None
    last = earlier[-1]
    night = run.root / run.region.region / last.business_date.isoformat()
    return night / last.run_id / "shields.parquet"


def _row(shield: Shield) -> dict[str, object]:
    known = {name: getattr(shield.child, name) for name in (*_NAMES, "dob")}
    return {**known, "until": shield.until}
