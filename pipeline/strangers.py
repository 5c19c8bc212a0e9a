"""Rows of a host authority that name no placing authority: nobody can be asked."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from connectors.companions import COMPANIONS
from geography.areas import read_areas
from pipeline.hosted import reader_of
from pipeline.region import RegionConfig
from records.schemas import RECORD_KEY
from records.verdicts import ExtractVerdict, FileVerdict

_HOSTED = frozenset({"home_notices", "children_placed_here"})
_SHOWN = 10

CodeOf = Callable[[str | None], str | None]


def with_strangers(
    region: RegionConfig, verdict: ExtractVerdict, tables: Mapping[str, pa.Table]
) -> ExtractVerdict:
    """The verdict, in which such rows of tonight's files are counted and named."""
    if not any(name in tables and tables[name].num_rows for name in _HOSTED):
        return verdict
    code_of = reader_of(region.directory(), read_areas())
    files = tuple(_noted(file, tables, code_of) for file in verdict.files)
    return replace(verdict, files=files)


def _noted(
    file: FileVerdict, tables: Mapping[str, pa.Table], code_of: CodeOf
) -> FileVerdict:
    name, _ = COMPANIONS.get(file.file.casefold(), ("", None))
    if name not in _HOSTED or not file.accepted:
        return file
    absences = tables["absences"]
    standing = absences.filter(pc.equal(absences.column("table"), name))
    gone = set(standing.column("record_ref").to_pylist())
    found = sorted(
        row[RECORD_KEY[name]]
        for row in tables[name].to_pylist()
        if code_of(row["placing_la"]) is None and row[RECORD_KEY[name]] not in gone
    )
    if not found:
        return file
    more = " …" if len(found) > _SHOWN else ""
    note = (
        "placing_la names no authority, so the row is compared with nothing (write the "
        f"DfE number or the whole name): {len(found)} "
        f"({', '.join(found[:_SHOWN])}{more})"
    )
    return replace(file, notes=(*file.notes, note))
