"""One form for every record: tables of all authorities together, placements under the
region's own references and on the map, and people as matching compares them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline import tonight
from pipeline.reports import StageReport
from pipeline.run import Run
from pipeline.tonight import Tonight
from records.authorities import AuthorityKind
from records.schemas import PERSONS, conform, empty
from records.verdicts import BalanceError

if TYPE_CHECKING:
    from register.placements import (
        ChildPicture,
        KnownPlacement,
        ResolvedPlacement,
        SeenPlacement,
    )

Tables = Mapping[str, pa.Table]

RESOLVED = pa.schema(
    [
        ("authority", pa.string()),
        ("child_ref", pa.string()),
        ("placement_ref", pa.string()),
        ("status", pa.string()),
        ("absent_nights", pa.int32()),
        ("source_kind", pa.string()),
        ("source_ref", pa.string()),
        ("start", pa.date32()),
        ("end", pa.date32()),
        ("postcode", pa.string()),
        ("place_code", pa.string()),
        ("legal_status", pa.string()),
        ("start_reason", pa.string()),
        ("end_reason", pa.string()),
        ("temporary", pa.bool_()),
        ("contradiction", pa.string()),
        ("rows", pa.int32()),
        ("outcome", pa.string()),
        ("host_la", pa.string()),
        ("host_force", pa.string()),
        ("current", pa.bool_()),
        ("out_of_area", pa.bool_()),
    ]
)
"""Every placement the register knows from tonight on, and where it lies."""


def standardise(run: Run) -> StageReport:
    """``standardise/`` holds what matching and deciding read.

    Raises:
        BalanceError: a placement went missing between the extract and its reference.
    """
    pictures = {
        code: tonight.of_verdict(run, code) for code in sorted(run.region.authorities)
    }
    children = {
        code: tonight.tables_of(run, pictures[code])
        for code in run.region.of_kind(AuthorityKind.CHILDREN)
    }
    merged = {
        name: pa.concat_tables([tables[name] for tables in children.values()])
        for name in next(iter(children.values()))
    }
    placements = _placements(run, pictures, children)
    counts = {
        "children": merged["children"].num_rows,
        "placements": placements.num_rows,
        "current": sum(placements.column("current").to_pylist()),
    }
    persons, people = _persons(run, pictures, merged)
    run.workspace.write_tables(
        {**merged, "placements": placements, **persons}, "standardise"
    )
    for force, table in people.items():
        run.workspace.write(table, "standardise", "nominal_persons", force)
        counts[f"nominals_{force}"] = table.num_rows
    tonight.keep(run, pictures)
    return StageReport(
        "standardise", counts=counts, problems=tuple(_stale(run, pictures))
    )


def _stale(run: Run, pictures: Mapping[str, Tonight]) -> Iterable[str]:
    """Which local authorities' older pictures stand tonight; forces' are told by
    ``cannot_say``."""
    for code, picture in pictures.items():
        authority = run.region.authorities[code]
        if picture.usable or authority.kind is AuthorityKind.POLICE:
            continue
        if picture.as_of is None:
            yield f"{authority.name} ({code}): no data yet, so none of its children"
        else:
            yield f"{authority.name} ({code}): its data of {picture.as_of} stands"


# --- placements --------------------------------------------------------------------


def _placements(
    run: Run, pictures: Mapping[str, Tonight], children: Mapping[str, Tables]
) -> pa.Table:
    from register.placements import load_known

    rows: list[dict[str, object]] = []
    for code, tables in children.items():
        with run.register.connect() as connection:
            known = load_known(connection, code, run.business_date)
        rows.extend(_resolved_rows(run, pictures[code], tables, known))
    return conform(rows, RESOLVED)


def _resolved_rows(
    run: Run,
    picture: Tonight,
    tables: Tables,
    known: Mapping[str, "tuple[KnownPlacement, ...]"],
) -> Iterable[dict[str, object]]:
    from register.placements import resolve

    source = run.region.authorities[picture.authority].source
    seen = _seen(tables["placements"], source.kind)
    purged = _purged(tables["purges"])
    found = 0
    for child_ref in sorted(known.keys() | seen.keys()):
        records = seen.get(child_ref, [])
        for one in resolve(
            known.get(child_ref, ()),
            records,
            _child_picture(run, picture, purged.get(child_ref, frozenset())),
        ):
            found += one.rows
            yield _row(run, one)
    if found != tables["placements"].num_rows:
        raise BalanceError(
            f"{picture.authority}: {tables['placements'].num_rows} placements came in "
            f"and {found} were given a reference"
        )


def _child_picture(
    run: Run, picture: Tonight, purged: "frozenset[str | None]"
) -> "ChildPicture":
    from register.placements import ChildPicture

    source = run.region.authorities[picture.authority].source
    return ChildPicture(
        business_date=run.business_date,
        source_kind=source.kind,
        good=picture.usable,
        keep_absent_nights=source.expectations.keep_absent_nights,
        purged=purged,
    )


_SEEN_COLUMNS = (
    "authority", "child_ref", "source_ref", "start", "end", "postcode", "place_code",
    "legal_status", "start_reason", "end_reason", "temporary", "contradiction",
)  # fmt: skip


def _seen(placements: pa.Table, kind: str) -> "dict[str, list[SeenPlacement]]":
    from register.placements import SeenPlacement

    by_child: dict[str, list[SeenPlacement]] = defaultdict(list)
    for row in placements.select(list(_SEEN_COLUMNS)).to_pylist():
        by_child[row["child_ref"]].append(SeenPlacement(source_kind=kind, **row))
    return by_child


def _purged(purges: pa.Table) -> "dict[str, frozenset[str | None]]":
    by_child: dict[str, set[str | None]] = defaultdict(set)
    for row in purges.to_pylist():
        by_child[row["child_ref"]].add(row["source_ref"])
    return {child_ref: frozenset(refs) for child_ref, refs in by_child.items()}


def _row(run: Run, resolved: "ResolvedPlacement") -> dict[str, object]:
    record = resolved.last_seen
    place = run.geography.place(record.postcode)
    return {
        **{name: getattr(record, name) for name in (*_SEEN_COLUMNS, "source_kind")},
        "placement_ref": resolved.placement_ref,
        "status": resolved.status.value,
        "absent_nights": resolved.absent_nights,
        "rows": resolved.rows,
        "outcome": place.outcome.value,
        "host_la": place.la,
        "host_force": place.force,
        "current": resolved.status.value == "current",
        "out_of_area": place.la is not None and place.la != record.authority,
    }


# --- people ------------------------------------------------------------------------


def _persons(
    run: Run, pictures: Mapping[str, Tonight], children: Tables
) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """Children and perpetrators as matching compares them; nominals by force."""
    from matching.standardise import child_persons, concern_persons, nominal_persons

    date = run.business_date
    nominals: dict[str, pa.Table] = {}
    perpetrators = [empty(PERSONS), concern_persons(children, date)]
    for force in run.region.of_kind(AuthorityKind.POLICE):
        tables = tonight.tables_of(run, pictures[force])
        nominals[force] = nominal_persons(tables, date)
        if pictures[force].usable:
            perpetrators.append(_suspected(nominals[force], tables))
    return (
        {
            "child_persons": child_persons(children, date),
            "perpetrator_persons": pa.concat_tables(perpetrators),
        },
        nominals,
    )


def _suspected(persons: pa.Table, tables: Tables) -> pa.Table:
    """The nominals whom a pointer may be about: suspected or convicted, and flagged."""
    from notifications.people import in_scope_for_pointers

    roles = _grouped(tables["roles"], "role")
    flags = _grouped(tables["flags"], "code")
    mask: list[Any] = [
        in_scope_for_pointers(roles.get(ref, ()), flags.get(ref, ()))
        for ref in persons.column("record_ref").to_pylist()
    ]
    return persons.filter(pa.array(mask, pa.bool_()))


def _grouped(table: pa.Table, column: str) -> dict[str, list[str]]:
    by_nominal: dict[str, list[str]] = defaultdict(list)
    refs = table.column("nominal_ref").to_pylist()
    for ref, value in zip(refs, table.column(column).to_pylist(), strict=True):
        if value is not None:
            by_nominal[ref].append(value)
    return by_nominal
