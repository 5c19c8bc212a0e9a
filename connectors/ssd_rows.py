"""The rows of an SSD table, ready to be read one by one."""

from typing import Any

import pyarrow as pa

from connectors.columns import mapped, postcode_or_as_supplied
from connectors.conformed import Ledger


def kept_rows(
    ledger: Ledger, **columns: pa.Array | pa.ChunkedArray
) -> list[dict[str, Any]]:
    """The rows kept so far: the columns of the file as text, ``line``, and these.

    Args:
        ledger: of the file.
        columns: one value for each row of the file, under a name of its own.
    """
    table = ledger.table.data.append_column("line", pa.array(ledger.table.lines))
    for name, values in columns.items():
        table = table.append_column(name, values)
    rows: list[dict[str, Any]] = table.filter(pa.array(ledger.kept)).to_pylist()
    return rows


def postcodes(ledger: Ledger, column: str) -> pa.ChunkedArray:
    """A column of postcodes in their one spelling, or as supplied."""
    return mapped(ledger.column(column), postcode_or_as_supplied, pa.string())
