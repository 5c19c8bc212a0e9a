"""Every text of an extract in which a recording token or a reference may stand."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

_POLICE = (
    ("nominals", "external_refs"),
    ("nominals", "nominal_ref"),
    ("nominals", "golden_nominal_ref"),
    ("roles", "event_ref"),
)
_HOST = (
    ("children_placed_here", "external_refs"),
    ("children_placed_here", "entry_ref"),
)


def written_of(tables: Mapping[str, pa.Table]) -> dict[str, frozenset[str]] | None:
    """By column, what a force's extract or a host LA's own register bears.

    ``None`` for a local authority that holds no register of children placed in its
    area: it can't be asked.
    """
    if "nominals" in tables:
        return {column: _texts(tables[table], column) for table, column in _POLICE}
    if not tables["children_placed_here"].num_rows:
        return None
    return {column: _texts(tables[table], column) for table, column in _HOST}


def _texts(table: pa.Table, column: str) -> frozenset[str]:
    values = table.column(column)
    if pa.types.is_list(values.type):
        values = pc.list_flatten(values)
    return frozenset(pc.unique(values).drop_null().to_pylist())
