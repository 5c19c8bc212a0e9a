"""What arrived is held against what is normal before anything is decided on it.

Each function gives the reasons why an extract may not decide tonight: one sentence
each, with the mend, and none when all is well. All of them are pure.
"""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from connectors.config import Expectations
from connectors.conformed import Conformed
from connectors.picture import Picture, main_table
from records.verdicts import FileOutcome, FileVerdict

SHRINKING = frozenset({"children", "placements", "nominals", "nominal_addresses"})
"""The tables whose shrinking could end a placement or make a known child unknown."""


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


def shrunk(
    tables: Mapping[str, pa.Table], previous: Picture | None, expected: Expectations
) -> list[str]:
    """Main tables that lost a larger share of the last picture than is allowed."""
    if previous is None or expected.max_drop is None:
        return []
    reasons = []
    for table in sorted(SHRINKING & tables.keys()):
        before, now = previous.tables[table].num_rows, tables[table].num_rows
        if now < before * (1 - expected.max_drop):
            reasons.append(
                f"{table} fell from {before} rows ({previous.as_of}) to {now}, more "
                f"than the {expected.max_drop:.0%} allowed: ask the supplier, or raise "
                "max_drop in the region file for a night"
            )
    return reasons


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


def unsure_who_is_shielded(conformed: Conformed, *, waived: bool) -> list[str]:
    """Without knowing whom to shield, nobody of the authority may be told about.

    ``waived`` lets the file be left out, never be unreadable: a row of it that can't
    be read is a child whom nobody knows to shield.
    """
    lost = [v for v in conformed.verdicts if v.file.casefold() == "protected.csv"]
    doubts = some_refused(lost) + [
        f"{verdict.file}: {verdict.rejected} rows can't be read, so nobody knows whom "
        "they shield: mend them"
        for verdict in lost
        if verdict.rejected
    ]
    if not lost and "protected" not in conformed.tables and not waived:
        doubts.append(
            "nothing says who is to be shielded: send protected.csv, even with no "
            "rows, or waive it in the region file (protected: waived)"
        )
    return doubts
