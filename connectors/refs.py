"""Whom the rows of canonical tables are about, as columns of references."""

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from records.schemas import RECORD_KEY

NOBODY = pa.array([], pa.string())


def refs(tables: Mapping[str, pa.Table], name: str) -> pa.Array:
    """The records that a table has rows of, each once, in the order they occur."""
    return pc.unique(tables[name].column(RECORD_KEY[name]).combine_chunks())


def rows_of(tables: Mapping[str, pa.Table], name: str, chosen: pa.Array) -> pa.Table:
    """A table's rows of the chosen records."""
    table = tables[name]
    return table.filter(pc.is_in(table.column(RECORD_KEY[name]), chosen))


def without(some: pa.Array, others: pa.Array) -> pa.Array:
    """The references that are not among the others."""
    return some.filter(pc.invert(pc.is_in(some, others)))


def within(some: pa.Array, others: pa.Array) -> pa.Array:
    """The references that are among the others too."""
    return some.filter(pc.is_in(some, others))


def distinct(table: pa.Table) -> pa.Table:
    """Each row once, in the order of the first."""
    seen: dict[str, int] = {}
    rows: Iterable[tuple[object, ...]] = zip(
        *(column.to_pylist() for column in table.columns), strict=True
    )
    for place, row in enumerate(rows):
        seen.setdefault(repr(row), place)
    return table.take(pa.array(list(seen.values()), pa.int64()))
