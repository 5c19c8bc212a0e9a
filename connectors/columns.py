"""A column of text is read value by value, each different value once.

Suppliers repeat themselves: dates, codes and postcodes have far fewer values than rows.
So a plain Python function reads the different values and Arrow spreads the answers.
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from records.postcodes import canonical_postcode

T = TypeVar("T")

_TRUE = frozenset({"TRUE", "T", "YES", "Y", "1"})
_FALSE = frozenset({"FALSE", "F", "NO", "N", "0"})
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.*)?")
_BRITISH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{2}:\d{2}.*)?")


def mapped(
    column: pa.ChunkedArray | pa.Array,
    read: Callable[[str], T | None],
    kind: pa.DataType,
) -> pa.ChunkedArray:
    """Every value as ``read`` gives it; null stays null.

    Args:
        column: text.
        read: asked once for each different value; ``None`` for what can't be read.
        kind: the Arrow type of the answers.
    """
    whole = column if isinstance(column, pa.Array) else column.combine_chunks()
    encoded = whole.dictionary_encode()
    answers = pa.array([read(value) for value in encoded.dictionary.to_pylist()], kind)
    return pa.chunked_array([answers.take(encoded.indices)])


def unreadable(
    supplied: pa.ChunkedArray | pa.Array, read: pa.ChunkedArray | pa.Array
) -> pa.ChunkedArray:
    """True where something was supplied and nothing could be read from it."""
    return pc.and_(pc.is_valid(supplied), pc.is_null(read))


def iso_date(text: str) -> dt.date | None:
    """A date ``2026-11-22``, or the date of ``2026-11-22T01:10:00Z``."""
    match = _ISO_DATE.fullmatch(text)
    return _date_or_none(match[1]) if match else None


def british_date(text: str) -> dt.date | None:
    """A date ``22/11/2026`` (SSDA903) or, since both are unambiguous, an ISO one."""
    match = _BRITISH_DATE.fullmatch(text)
    if match is None:
        return iso_date(text)
    day, month, year = match.groups()
    return _date_or_none(f"{year}-{month:0>2}-{day:0>2}")


def _date_or_none(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def instant(text: str) -> dt.datetime | None:
    """A point in time in UTC. One without a zone is taken to be UTC; a date, midnight.

    The register uses these only to tell which of two records is the later.
    """
    try:
        value = dt.datetime.fromisoformat(text)
        if value.tzinfo is None:
            return value.replace(tzinfo=dt.UTC)
        return value.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def yes_or_no(text: str) -> bool | None:
    """True/false, yes/no, Y/N, T/F and 1/0, whatever their case; else ``None``."""
    upper = text.upper()
    if upper in _TRUE:
        return True
    return False if upper in _FALSE else None


def postcode_or_as_supplied(text: str) -> str:
    """The one spelling of a postcode; what has no postcode's form is kept as it is."""
    return canonical_postcode(text) or text


def one_of(*codes: str) -> Callable[[str], str | None]:
    """A reader of codes: upper case, ``None`` for any other."""
    known = frozenset(codes)

    def read(text: str) -> str | None:
        return text.upper() if text.upper() in known else None

    return read


def separated(text: str) -> list[str]:
    """The parts of ``a; b;c``, trimmed, without empty ones."""
    return [part for part in (piece.strip() for piece in text.split(";")) if part]
