"""Columns of dates that a row can do without."""

import pyarrow as pa

from connectors.columns import british_date, mapped, unreadable
from connectors.conformed import Ledger


def date_or_dropped(ledger: Ledger, column: str) -> pa.ChunkedArray:
    """A column of dates; what can't be read is null and counted."""
    dates = mapped(ledger.column(column), british_date, pa.date32())
    ledger.count(unreadable(ledger.column(column), dates), f"field_dropped {column}")
    return dates
