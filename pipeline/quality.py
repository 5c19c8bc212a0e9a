"""What each authority's extract was like, for the region's data team: counts only."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from notifications.reports import QualityReport, TableQuality
from pipeline.run import Run
from register.tallies import tallies

_KEYS = frozenset({"authority", "child_ref", "record_ref", "nominal_ref"})


def quality_reports(
    run: Run, verdicts: Mapping[str, Mapping[str, Any] | None]
) -> Iterator[QualityReport]:
    """A report for each authority of the region, also where nothing arrived.

    Args:
        run: whose workspace holds the tables of tonight.
        verdicts: by authority, as ``pipeline.stages.extract`` kept them.
    """
    states = _states(run)
    with run.register.connect() as connection:
        loop = tallies(connection, run.region.region, run.business_date, run.now)
    for code, verdict in sorted(verdicts.items()):
        files = (verdict or {}).get("files", ())
        yield QualityReport(
            authority=code,
            business_date=run.business_date,
            outcome=verdict["outcome"] if verdict else "missing",
            as_of=verdict["as_of"] if verdict else None,
            **{
                key: sum(file[key] for file in files)
                for key in ("rows", "accepted", "rejected")
            },
            tables=tuple(_tables(run, code)),
            states=dict(sorted(states[code].items())),
            loop=dict(loop.get(code, {})),
        )


def _tables(run: Run, code: str) -> Iterator[TableQuality]:
    folder = run.workspace.folder / "extract" / code
    if folder.is_dir():
        for name, table in sorted(run.workspace.read_tables(folder).items()):
            yield TableQuality(table=name, rows=table.num_rows, filled=_filled(table))


def _filled(table: pa.Table) -> dict[str, int]:
    return {
        name: len(column) - column.null_count
        for name, column in zip(table.column_names, table.columns, strict=True)
        if name not in _KEYS
    }


def _states(run: Run) -> dict[str, Counter[str]]:
    """Placements by state: of the authority that placed, and of the host force."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    if not run.workspace.has("decisions"):
        return found
    table = run.workspace.read("decisions").select(
        ["placing_la", "host_force", "state"]
    )
    for row in table.to_pylist():
        for code in {row["placing_la"], row["host_force"]} - {None}:
            found[code][row["state"]] += 1
    return found
