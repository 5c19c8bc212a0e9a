"""What arrived is held against what is normal before anything is decided on it.

Each function gives the reasons why an extract may not decide tonight: one sentence
each, with the mend, and none when all is well. All of them are pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from connectors.config import Expectations
from connectors.picture import DERIVED_TABLES, Picture, main_table, named
from records.verdicts import FileOutcome, FileVerdict

MAIN_TABLES = frozenset({"children", "placements", "nominals", "nominal_addresses"})
"""The tables whose shrinking could end a placement or make a known child unknown."""

NAMED = "children with a name"

_TOO_SMALL_TO_ASK = 20  # rows: of a few flags the last may end in one night


def too_few(tables: Mapping[str, pa.Table], expected: Expectations) -> list[str]:
    """Tables that are there with fewer rows than the region file asks for."""
    return [
        f"{table} has {tables[table].num_rows} rows and at least {least} are expected: "
        "ask the supplier, or lower min_rows in the region file"
        for table, least in sorted(expected.min_rows.items())
        if table in tables and tables[table].num_rows < least
    ]


def empty_main(tables: Mapping[str, pa.Table]) -> list[str]:
    """An extract that knows nobody is a failed export, not an empty authority."""
    main = main_table(tables)
    if tables[main].num_rows:
        return []
    return [f"there are no {main} in it: an empty extract is not believed; send it"]


def mostly_nameless(tables: Mapping[str, pa.Table]) -> list[str]:
    """Children whom nobody names can't be told about, nor matched."""
    if main_table(tables) != "children":
        return []
    children = tables["children"]
    nameless = children.num_rows - _named(children)
    if nameless * 2 <= children.num_rows:
        return []
    return [
        f"{nameless} of {children.num_rows} children have no name: send the file that "
        "names them, whole"
    ]


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A table that lost a larger share of the last picture than is allowed."""

    table: str
    before: int
    now: int

    def __str__(self) -> str:
        return f"{self.table} fell from {self.before} rows to {self.now}"


def shrunk(
    tables: Mapping[str, pa.Table], previous: Picture | None, expected: Expectations
) -> list[Shrunk]:
    """Every table that shrank too far; small ones that are not main are not asked.

    ``children with a name`` is counted like a table of its own.
    """
    if previous is None or expected.max_drop is None:
        return []
    found = [
        Shrunk(table, previous.tables[table].num_rows, tables[table].num_rows)
        for table in sorted(tables.keys() - DERIVED_TABLES)
        if table in MAIN_TABLES or previous.tables[table].num_rows >= _TOO_SMALL_TO_ASK
    ]
    if "children" in tables:
        children = previous.tables["children"], tables["children"]
        named_before, named_now = (_named(table) for table in children)
        found.append(Shrunk(NAMED, named_before, named_now))
    least = 1 - expected.max_drop
    return [one for one in found if one.now < one.before * least]


def too_far(shrinking: Sequence[Shrunk], *, police: bool) -> list[str]:
    """The reasons in what shrank: of a force any table, else the main ones.

    A local authority's other tables add to what a notice says and end nothing.
    """
    return [
        f"{one}, more than max_drop allows: ask the supplier, or raise max_drop in the "
        "region file for a night"
        for one in shrinking
        if police or one.table in MAIN_TABLES | {NAMED}
    ]


def _named(children: pa.Table) -> int:
    return int(pc.sum(named(children)).as_py() or 0)


def mostly_rejected(verdicts: Sequence[FileVerdict]) -> list[str]:
    """Files of which more rows were rejected than accepted."""
    return [
        f"{verdict.file}: {verdict.rejected} of {verdict.rows} rows were rejected: "
        "see the rejects"
        for verdict in verdicts
        if verdict.rejected > verdict.accepted
    ]


def some_refused(verdicts: Sequence[FileVerdict]) -> list[str]:
    """Files refused whole."""
    return [
        f"{verdict.file} is refused: {verdict.problem}"
        for verdict in verdicts
        if verdict.outcome is FileOutcome.REFUSED
    ]
