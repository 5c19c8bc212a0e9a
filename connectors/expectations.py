"""What arrived is held against what is normal before anything is decided on it.

Each function gives the reasons why an extract may not decide tonight: one sentence
each, with the mend, and none when all is well. All of them are pure.
"""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from connectors.config import Expectations
from connectors.picture import Picture, main_table, named
from records.verdicts import FileOutcome, FileVerdict

MAIN_TABLES = frozenset({"children", "placements", "nominals", "nominal_addresses"})
"""The tables whose shrinking could end a placement or make a known child unknown."""

DETAIL_TABLES = frozenset({"nominal_aliases", "roles", "identifiers", "flags"})
"""Tables of a force's extract that are asked too, where they are not too small."""

_TOO_SMALL_TO_ASK = 20  # rows: of a few flags the last may end in one night


def too_few(tables: Mapping[str, pa.Table], expected: Expectations) -> list[str]:
    """Tables with fewer rows than the region file asks for."""
    return [
        f"{table} has {tables[table].num_rows} rows and at least {least} are expected: "
        "ask the supplier, or lower min_rows in the region file"
        for table, least in sorted(expected.min_rows.items())
        if tables[table].num_rows < least
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
        f"{nameless} of {children.num_rows} children have neither a name nor a date of "
        "birth: send the file that names them, whole"
    ]


def shrunk(
    tables: Mapping[str, pa.Table], previous: Picture | None, expected: Expectations
) -> list[str]:
    """Tables that lost a larger share of the last picture than is allowed.

    A force's smaller tables are asked only when they had 20 rows or more.
    """
    if previous is None or expected.max_drop is None:
        return []
    police = main_table(tables) == "nominals"
    counts = {
        table: (previous.tables[table].num_rows, tables[table].num_rows)
        for table in sorted((MAIN_TABLES | DETAIL_TABLES) & tables.keys())
        if table in MAIN_TABLES
        or (police and previous.tables[table].num_rows >= _TOO_SMALL_TO_ASK)
    }
    if not police:
        children = previous.tables["children"], tables["children"]
        counts["children with a name"] = (_named(children[0]), _named(children[1]))
    return [
        f"{table} fell from {before} rows ({previous.as_of}) to {now}, more than the "
        f"{expected.max_drop:.0%} allowed: ask the supplier, or raise max_drop in the "
        "region file for a night"
        for table, (before, now) in counts.items()
        if now < before * (1 - expected.max_drop)
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
