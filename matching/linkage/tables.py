"""What a table may hold: its columns and ids checked, its columns as texts or dates."""

import datetime as dt
import decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.linkage.description import Comparison, Description
from matching.linkage.hashes import hashes_of, some_alike

FIRST_DAY, AFTER_LAST_DAY = -62_091, 84_006
"""Days since 1970 on which a person may be born: from 1800 to the end of 2199."""

_NO_DATE = "no date"
_NOBODYS = pa.scalar(-200_000, pa.int32()).cast(pa.date32())
_WIDE = (
    pa.scalar(dt.datetime(1700, 1, 1, tzinfo=dt.UTC)),
    pa.scalar(dt.datetime(2260, 1, 1, tzinfo=dt.UTC)),
)
"""What every type of a moment can hold."""


_CODES = pa.dictionary(pa.int32(), pa.string())


class TableRefused(ValueError):
    """A table can't be linked as the description says; says why and how to mend it."""


def checked(
    description: Description, left: pa.Table, right: pa.Table | None
) -> tuple[pa.Table, ...]:
    """The tables, once nothing stands in the way of linking them.

    Raises:
        TableRefused: a column is missing, stands there twice or is of an unfit type, or
            an id is missing or stands there twice.
    """
    sides = {"input": left} if right is None else {"left": left, "right": right}
    for name, table in sides.items():
        _check_columns(description, table, name)
    for name, table in sides.items():
        _check_ids(description.id, name, table)
    return tuple(sides.values())


def ids_of(table: pa.Table, column: str) -> pa.Array:
    """The ids of a table in one piece: texts or whole numbers.

    Raises:
        TableRefused: they are neither.
    """
    ids = table.column(column)
    kind = ids.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_string_view(kind):
        kind = pa.string()
    if pa.types.is_null(kind) and not len(ids):
        kind = pa.string()
    if not (
        pa.types.is_integer(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
    ):
        raise TableRefused(
            f"the id column {column} holds {ids.type}: give ids as texts or as whole "
            "numbers"
        )
    if kind != ids.type:
        ids = ids.cast(kind)
    whole = ids.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks)
    return whole


def _check_columns(description: Description, table: pa.Table, name: str) -> None:
    for column in (description.id, *(one.column for one in description.comparisons)):
        if column not in table.column_names:
            raise TableRefused(
                f"the {name} table has no column {column!r} (it has "
                f"{', '.join(table.column_names)}): correct the description, or the "
                "table"
            )
        if table.column_names.count(column) > 1:
            raise TableRefused(f"the {name} table has two columns {column!r}")


def _check_ids(column: str, name: str, table: pa.Table) -> None:
    nulls = table.column(column).null_count
    if nulls:
        raise TableRefused(
            f"{nulls} records of the {name} table have no {column}: give each record "
            "an id"
        )
    ids = ids_of(table, column)
    if some_alike(hashes_of(ids)) and (distinct := len(pc.unique(ids))) < len(ids):
        counts = pc.value_counts(ids)
        more = pc.greater(pc.struct_field(counts, "counts"), 1)
        twice = counts.filter(more)[0]["values"].as_py()
        raise TableRefused(
            f"{len(ids) - distinct} ids of the {name} table stand there more than "
            f"once, {twice!r} among them: an id names one record"
        )


def in_one(columns: list[pa.ChunkedArray], comparison: Comparison) -> pa.ChunkedArray:
    """One comparison's values of all sides: texts, or dates where all sides have them.

    Raises:
        TableRefused: a column's type can't be compared as the comparison's kind.
    """
    if comparison.kind == "date":
        sides = [_as_dates(one, comparison) for one in columns]
        if len({one.type for one in sides}) > 1:
            sides = [_dates_as_texts(one) for one in sides]
    else:
        sides = [_as_texts(one, comparison) for one in columns]
    if any(pa.types.is_dictionary(one.type) for one in sides):
        sides = [_numbered(one) for one in sides]
    chunks = [chunk for one in sides for chunk in one.chunks]
    return pa.chunked_array(chunks, type=sides[0].type)


def coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """A column's distinct values, and each value as its number among them."""
    if pa.types.is_dictionary(column.type):
        return _renumbered(column)
    chunks = pc.dictionary_encode(column).chunks
    if not len(column):
        return pc.dictionary_encode(pa.array([], column.type))
    return chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks)


def _numbered(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts as codes, whether they came so or not."""
    if pa.types.is_dictionary(column.type):
        return column.cast(_CODES)
    return pc.dictionary_encode(column)


def _holds_nulls(column: pa.ChunkedArray) -> bool:
    """Whether null has a code of its own."""
    return any(chunk.dictionary.null_count for chunk in column.chunks)


def _renumbered(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Codes of one dictionary in which no value stands twice."""
    chunks = column.unify_dictionaries().chunks
    whole = pa.concat_arrays(chunks) if chunks else pa.array([], _CODES)
    once = pc.dictionary_encode(whole.dictionary)
    if len(once.dictionary) == len(once):
        return whole
    indices = once.indices.take(whole.indices)
    return pa.DictionaryArray.from_arrays(indices, once.dictionary)


def _as_dates(column: pa.ChunkedArray, comparison: Comparison) -> pa.ChunkedArray:
    return days_of(column) if is_of_dates(column) else _as_texts(column, comparison)


def is_of_dates(column: pa.ChunkedArray) -> bool:
    """Whether a column holds dates or moments, and not how they are written."""
    return bool(pa.types.is_date(column.type) or pa.types.is_timestamp(column.type))


def days_of(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Dates and moments as dates; those far beyond any person's life as year 1422,
    which is nobody's either."""
    if pa.types.is_date32(column.type):
        return column
    if pa.types.is_date64(column.type):
        column = column.cast(pa.int64()).cast(pa.timestamp("ms"))
    first, last = (pa.scalar(one).cast(column.type) for one in _WIDE)
    fits = pc.and_(pc.greater_equal(column, first), pc.less(column, last))
    days = pc.if_else(fits, column.cast(pa.date32(), safe=False), _NOBODYS)
    return days if isinstance(days, pa.ChunkedArray) else pa.chunked_array([days])


def _dates_as_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_date(column.type):
        return column
    days = column.cast(pa.int32())
    texts = pc.if_else(_are_of_people(days), column.cast(pa.string()), _NO_DATE)
    return texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])


def in_range(dates: pa.Array) -> pa.Array:
    """Null where no person can be born: before 1800 or after 2200."""
    return pc.if_else(_are_of_people(dates.cast(pa.int32())), dates, None)


def _are_of_people(days: Any) -> Any:
    return pc.and_(pc.greater_equal(days, FIRST_DAY), pc.less(days, AFTER_LAST_DAY))


def _as_texts(column: pa.ChunkedArray, comparison: Comparison) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        if pa.types.is_string(kind.value_type) and not _holds_nulls(column):
            return column
        column = column.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _numbers_as_texts(column)
    if (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_null(kind)
    ):
        return column.cast(pa.string())
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        mend = f"give {comparison.name} the kind date"
    else:
        mend = "give a column of texts or numbers"
    raise TableRefused(f"column {comparison.column} holds {kind}: {mend}")


def _numbers_as_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """``4857773456.0`` as ``4857773456``; what is not a number is missing."""
    numbers = coded(column)
    texts = [_spelled(one) for one in numbers.dictionary.to_pylist()]
    spelled = pa.array(texts, pa.string()).take(numbers.indices)
    return pa.chunked_array([spelled], type=pa.string())


def _spelled(number: float | decimal.Decimal | None) -> str | None:
    if number is None or number != number:  # noqa: PLR0124 - only NaN is not itself
        return None
    if isinstance(number, decimal.Decimal):
        return format(number, "f")
    whole = np.isfinite(number) and float(number).is_integer()
    return str(int(number)) if whole else repr(float(number))
