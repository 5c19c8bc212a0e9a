"""Only a valid national number becomes evidence; the others are counted, not kept.

An invalid number never costs the record that carries it.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connectors.columns import mapped, unreadable
from connectors.conformed import Ledger, as_mask
from records.identifiers import CANONICAL
from records.schemas import IDENTIFIERS

_NOT_EVIDENCE = "other"


def valid_numbers(ledger: Ledger, column: str, kind: str) -> pa.Table:
    """The canonical identifiers of one kind that a column has, of the rows kept."""
    values = mapped(ledger.column(column), CANONICAL[kind], pa.string())
    bad = unreadable(ledger.column(column), values)
    ledger.count(bad, f"invalid_identifier {column}")
    return _found(ledger, values, kind, ledger.kept)


def numbers_by_type(ledger: Ledger, type_column: str, value_column: str) -> pa.Table:
    """The canonical identifiers of a file with a column for the type.

    A row of type ``other`` or of a type nobody knows is accepted and left out.
    """
    types = pc.utf8_lower(ledger.column(type_column))
    supplied = ledger.column(value_column)
    ledger.count(pc.equal(types, _NOT_EVIDENCE), "identifier_type other, left out")
    known = pc.is_in(types, pa.array([*CANONICAL, _NOT_EVIDENCE]))
    ledger.count(pc.invert(known), "identifier_type unknown, left out")
    tables = [IDENTIFIERS.empty_table()]
    for kind, read in CANONICAL.items():
        rows = as_mask(pc.equal(types, kind)) & ledger.kept
        values = mapped(
            pc.if_else(pa.array(rows), supplied, pa.scalar(None, pa.string())),
            read,
            pa.string(),
        )
        ledger.count(
            rows & as_mask(unreadable(supplied, values)), f"invalid_identifier {kind}"
        )
        tables.append(_found(ledger, values, kind, rows))
    return pa.concat_tables(tables)


def without_repeats(identifiers: pa.Table) -> pa.Table:
    """Each identifier of a record once, in the order of the first."""
    keys = ["authority", "record_ref", "type", "value"]
    places = identifiers.append_column(
        "place", pa.array(range(identifiers.num_rows), pa.int64())
    )
    first = places.group_by(keys).aggregate([("place", "min")]).column("place_min")
    return identifiers.take(first.take(pc.sort_indices(first)))


def _found(
    ledger: Ledger, values: pa.ChunkedArray, kind: str, rows: npt.NDArray[np.bool_]
) -> pa.Table:
    present = pa.array(rows & as_mask(pc.is_valid(values)))
    found = values.filter(present)
    count = len(found)
    return pa.table(
        [
            pa.array([ledger.file.authority] * count, pa.string()),
            ledger.column(ledger.key).filter(present),
            pa.array([kind] * count, pa.string()),
            found,
        ],
        schema=IDENTIFIERS,
    )
