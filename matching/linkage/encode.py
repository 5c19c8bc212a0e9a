"""Two tables as integers: codes of values, keys of rules, rows for the kernel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.linkage import values as of
from matching.linkage.description import Comparison, Description, Rule, Term
from matching.linkage.grouping import number_keys, work_of
from matching.linkage.layout import (
    JOINED,
    MISSING,
    ROW,
    Int32s,
    Ints,
    Texts,
    Values,
    Work,
)
from matching.linkage.tests import TEXTS
from records.names import plain_name


class TableRefused(ValueError):
    """A table can't be linked as the description says; says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Two sides, or one table twice, ready for the kernel."""

    values: Values
    codes: tuple[Int32s, Int32s]
    """(records, comparisons) of either side, comparisons in the description's order."""
    left: Int32s
    right: Int32s
    """Rows: codes and then keys, comparisons in the kernel's order."""
    work: Work
    unreadable: Mapping[str, int]
    """For each comparison how many records have a text there that can't be read."""


@dataclass(frozen=True, slots=True)
class _Column:
    """One comparison's values: distinct ones, and each record's as its number."""

    distinct: pa.Array
    left: Int32s
    right: Int32s
    unreadable: int


def slots(description: Description) -> list[Comparison]:
    """The comparisons in the kernel's order: cheap ones, then texts, names last."""
    cost = {"code": 0, "date": 1, "postcode": 2, "identifier": 3, "text": 4,
            "forename": 5, "surname": 6}  # fmt: skip
    return sorted(description.comparisons, key=lambda one: cost[one.kind])


def encode(description: Description, left: pa.Table, right: pa.Table | None) -> Encoded:
    """Both sides of a linkage; one table against itself where ``right`` is none.

    Raises:
        TableRefused: a column is missing, of an unfit type, or an id is missing or
            stands there twice.
    """
    sides = (left,) if right is None else (left, right)
    for name, table in zip(("left", "right"), sides, strict=False):
        _check(description, table, "input" if right is None else name)
    columns = {one.name: _column(one, left, right) for one in description.comparisons}
    texts, columns = _one_vocabulary(description, columns)
    order = slots(description)
    dates, columns = _cards(description, columns, "date", _dates)
    postcodes, columns = _cards(description, columns, "postcode", of.postcodes_of)
    values = Values(texts, dates, postcodes, np.zeros(1, np.int32))
    width = -(-(len(order) + len(description.blocking)) // ROW) * ROW
    rows = tuple(
        _rows([getattr(columns[one.name], side) for one in order], width)
        for side in ("left", "right")
    )
    codes = tuple(
        np.stack(
            [getattr(columns[one.name], side) for one in description.comparisons]
        ).T.copy()
        for side in ("left", "right")
    )
    work = _work(description, columns, values, rows, one_table=right is None)
    return Encoded(
        values, (codes[0], codes[1]), rows[0], rows[1], work,
        {name: one.unreadable for name, one in columns.items() if one.unreadable},
    )  # fmt: skip


def _check(description: Description, table: pa.Table, name: str) -> None:
    for column in (description.id, *(one.column for one in description.comparisons)):
        if column not in table.column_names:
            raise TableRefused(
                f"the {name} table has no column {column!r} (it has "
                f"{', '.join(table.column_names)}): correct the description, or the "
                "table"
            )
    ids = table.column(description.id)
    if ids.null_count:
        raise TableRefused(
            f"{ids.null_count} records of the {name} table have no {description.id}: "
            "give each record an id"
        )
    distinct = pc.count_distinct(ids).as_py()
    if distinct < len(ids):
        counts = pc.value_counts(ids)
        twice = next(one["values"] for one in counts.to_pylist() if one["counts"] > 1)
        raise TableRefused(
            f"{len(ids) - distinct} ids of the {name} table stand there more than "
            f"once, {twice!r} among them: an id names one record"
        )


def _column(comparison: Comparison, left: pa.Table, right: pa.Table | None) -> _Column:
    sides = [left.column(comparison.column)]
    if right is not None:
        sides.append(right.column(comparison.column))
    size = len(sides[0])
    if comparison.kind == "date":
        sides = [_as_dates(one, comparison) for one in sides]
    else:
        sides = [_as_texts(one, comparison) for one in sides]
    whole = pa.chunked_array([chunk for one in sides for chunk in one.chunks],
                             type=sides[0].type)  # fmt: skip
    encoded = pc.dictionary_encode(whole).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = (
            encoded.combine_chunks() if encoded.num_chunks != 1 else (encoded.chunk(0))
        )
    raw = encoded.dictionary
    numbers = pc.fill_null(encoded.indices, MISSING)
    numbers = numbers.to_numpy(zero_copy_only=False).astype(np.int32)
    clean, places = _cleaned(comparison, raw)
    found = np.append(places, MISSING)[numbers].astype(np.int32)
    stated = np.append(_stated(raw), False)[numbers]
    unreadable = int((stated & (found < 0)).sum())
    one, other = found[:size], found[size:] if right is not None else found[:size]
    return _Column(clean, one, other, unreadable)


def _stated(raw: pa.Array) -> np.ndarray:
    if not pa.types.is_string(raw.type):
        return np.ones(len(raw), bool)
    filled = pc.not_equal(pc.utf8_trim_whitespace(raw), "")
    return np.asarray(filled.to_numpy(zero_copy_only=False), bool)


def _as_texts(column: pa.ChunkedArray, comparison: Comparison) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
        raise TableRefused(
            f"column {comparison.column} holds {column.type}, which is no text: give "
            "a column of texts or numbers"
        ) from problem


def _as_dates(column: pa.ChunkedArray, comparison: Comparison) -> pa.ChunkedArray:
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return column.cast(pa.date32())
    return _as_texts(column, comparison)


def _cleaned(comparison: Comparison, raw: pa.Array) -> tuple[pa.Array, Int32s]:
    """Distinct plain values, and for each raw one its place there or missing."""
    if comparison.kind == "date":
        dates = raw if pa.types.is_date(raw.type) else of.dates_from_texts(raw)
        plain = _in_range(dates)
    elif comparison.kind == "postcode":
        plain = of.canonical_postcodes(raw)
    elif comparison.kind in {"forename", "surname"}:
        plain = of.plain_texts(raw, plain_name)
    elif comparison.kind == "identifier":
        plain = of.plain_texts(raw, of.plain_identifier)
    else:
        plain = of.plain_texts(raw, of.plain_text)
    encoded = pc.dictionary_encode(plain)
    places = pc.fill_null(encoded.indices, MISSING)
    return encoded.dictionary, places.to_numpy(zero_copy_only=False).astype(np.int32)


def _in_range(dates: pa.Array) -> pa.Array:
    """Null where no person can be born: before 1800 or after 2200."""
    days = dates.cast(pa.int32())
    fits = pc.and_(pc.greater_equal(days, -62_091), pc.less(days, 84_006))
    return pc.if_else(fits, dates, None)


def _one_vocabulary(
    description: Description, columns: dict[str, _Column]
) -> tuple[Texts, dict[str, _Column]]:
    """All texts in one numbering, so that a forename can equal a surname."""
    names = [one.name for one in description.comparisons if one.kind in TEXTS]
    if not names:
        return of.texts_of(pa.array([], pa.string())), columns
    whole = pc.dictionary_encode(
        pa.chunked_array([columns[name].distinct for name in names], type=pa.string())
    ).combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0)
    numbers = whole.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    start = 0
    columns = dict(columns)
    for name in names:
        one = columns[name]
        stop = start + len(one.distinct)
        own = np.append(numbers[start:stop], MISSING).astype(np.int32)
        columns[name] = _Column(
            whole.dictionary, own[one.left], own[one.right], one.unreadable
        )
        start = stop
    return of.texts_of(whole.dictionary), columns


def _dates(distinct: pa.Array) -> Int32s:
    days = distinct.cast(pa.int32()).to_numpy(zero_copy_only=False)
    return of.dates_of(days.astype(np.int64))


def _cards(
    description: Description,
    columns: dict[str, _Column],
    kind: str,
    cards_of: Callable[[pa.Array], Int32s],
) -> tuple[Int32s, dict[str, _Column]]:
    """The cards of all comparisons of a kind, one below the other."""
    names = [one.name for one in description.comparisons if one.kind == kind]
    columns = dict(columns)
    if not names:
        return np.full((1, 4), MISSING, np.int32), columns
    distinct = [columns[name].distinct for name in names]
    cards = cards_of(pa.concat_arrays(distinct))
    start = 0
    for name, values in zip(names, distinct, strict=True):
        one = columns[name]
        columns[name] = _Column(
            pa.concat_arrays(distinct),
            np.where(one.left < 0, MISSING, one.left + start).astype(np.int32),
            np.where(one.right < 0, MISSING, one.right + start).astype(np.int32),
            one.unreadable,
        )
        start += len(values)
    return cards if len(cards) else np.full((1, 4), MISSING, np.int32), columns


def _rows(codes: list[Int32s], width: int) -> Int32s:
    rows = np.full((len(codes[0]), width), MISSING, np.int32)
    for place, column in enumerate(codes):
        rows[:, place] = column
    return rows


def _work(
    description: Description,
    columns: dict[str, _Column],
    values: Values,
    rows: tuple[Int32s, ...],
    *,
    one_table: bool,
) -> Work:
    """Keys of every rule; they are written into the rows as well."""
    parts = []
    first = len(description.comparisons)
    begin = 0
    for place, rule in enumerate(description.blocking):
        left, right = _keys(rule, description, columns, values)
        one, other, keys = number_keys(left, right, begin)
        rows[0][:, first + place] = one
        rows[1][:, first + place] = other
        parts.append((one, other))
        begin += keys
    mirrored = np.array([rule.mirrored for rule in description.blocking], np.int32)
    return work_of(parts, mirrored, one_table=one_table)


def _keys(
    rule: Rule,
    description: Description,
    columns: dict[str, _Column],
    values: Values,
) -> tuple[Ints, Ints]:
    tables: dict[Term, tuple[Int32s, int]] = {}

    def numbers(term: Term, side: str) -> tuple[Int32s, int]:
        if term not in tables:
            kind = description.comparison(term.comparison).kind
            tables[term] = _term(term, kind, columns[term.comparison], values)
        table, size = tables[term]
        codes = getattr(columns[term.comparison], side)
        return np.append(table, MISSING)[codes].astype(np.int32), size

    left = [numbers(term, "left") for term in rule.left]
    right = [numbers(term, "right") for term in rule.right]
    whole_left, whole_right = left[0][0].astype(np.int64), right[0][0].astype(np.int64)
    for (one, one_size), (other, other_size) in zip(left[1:], right[1:], strict=True):
        size = max(one_size, other_size)
        missing = (whole_left < 0) | (one < 0)
        whole_left = np.where(missing, MISSING, whole_left * size + one)
        missing = (whole_right < 0) | (other < 0)
        whole_right = np.where(missing, MISSING, whole_right * size + other)
    return whole_left, whole_right


def _term(term: Term, kind: str, column: _Column, values: Values) -> tuple[Int32s, int]:
    """The number of a term for every code, and one more than the largest."""
    if kind == "date":
        return _date_term(term, values.dates[:, 1])
    if term.function is None and term.length is None:
        size = max(len(column.distinct), 1)
        if kind in TEXTS:
            return values.texts.card[:, JOINED], size
        return np.arange(size, dtype=np.int32), size
    texts = column.distinct
    if term.function == "soundex":
        from jellyfish import soundex

        texts = pa.array(
            [soundex(text.replace(" ", "")) for text in texts.to_pylist()], pa.string()
        )
    else:
        texts = pc.replace_substring(texts, " ", "")
    if term.length is not None:
        long = pc.greater_equal(pc.utf8_length(texts), 1)
        texts = pc.if_else(long, pc.utf8_slice_codeunits(texts, 0, term.length), None)
    encoded = pc.dictionary_encode(texts)
    numbers = pc.fill_null(encoded.indices, MISSING).to_numpy(zero_copy_only=False)
    return numbers.astype(np.int32), max(len(encoded.dictionary), 1)


def _date_term(term: Term, digits: Int32s) -> tuple[Int32s, int]:
    whole = digits.astype(np.int64)
    year, month, day = whole >> 16 & 0xFFFF, whole >> 8 & 0xFF, whole & 0xFF
    if term.function == "year":
        return year.astype(np.int32), 1 << 16
    if term.function == "month":
        return month.astype(np.int32), 1 << 8
    if term.function == "day":
        return day.astype(np.int32), 1 << 8
    if term.function == "swapped":
        possible = (day <= 0x12) & (day != month)
        swapped = year << 16 | day << 8 | month
        return np.where(possible, swapped, MISSING).astype(np.int32), 1 << 31
    return digits, 1 << 31
