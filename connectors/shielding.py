"""Whom to shield must be known before anything else of an extract counts."""

import pyarrow as pa

from connectors.conformed import Conformed
from connectors.csvfiles import NO_LINE_END
from connectors.expectations import some_refused
from connectors.picture import (
    DERIVED_TABLES,
    Arrived,
    Picture,
    complete,
    merge_delta,
)
from connectors.refs import distinct, rows_of


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
    doubts += [
        f"{verdict.file} has no line end after its last line and nothing vouches for "
        "it, so it may be cut off: end the line, or name it in manifest.json"
        for verdict in lost
        if NO_LINE_END in verdict.notes
    ]
    if not lost and "protected" not in conformed.tables and not waived:
        doubts.append(
            "nothing says who is to be shielded: send protected.csv, even with no "
            "rows, or waive it in the region file (protected: waived)"
        )
    return doubts


def with_new_shields(previous: Picture | None, tonight: Arrived) -> Picture:
    """The last picture, and whoever an extract that is not usable says to shield.

    Nothing else of such an extract counts. A nominal restricted tonight replaces what
    was held of it; a child protected tonight is protected. Doubt shields.
    """
    police = "nominals" in tonight.tables
    base = previous or Picture(complete({}, police=police), tonight.on)
    if not police:
        protected = [base.tables["protected"], tonight.tables["protected"]]
        tables = {**base.tables, "protected": distinct(pa.concat_tables(protected))}
        return Picture(tables, base.as_of)
    nominals = tonight.tables["nominals"]
    shielded = nominals.filter(nominals.column("restricted"))
    chosen = shielded.column("nominal_ref").combine_chunks()
    only = {
        name: rows_of(tonight.tables, name, chosen)
        if name not in DERIVED_TABLES
        else table
        for name, table in tonight.tables.items()
    }
    merged = merge_delta(base, Arrived(tonight.authority, base.as_of, only), 0)
    tables = {**merged.tables, "absences": base.tables["absences"]}
    return Picture(tables, base.as_of)
