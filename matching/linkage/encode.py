"""Two tables as integers: codes of values, keys of rules, rows for the kernel."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.linkage import values as of
from matching.linkage.cores import cores
from matching.linkage.description import Comparison, Description, Rule
from matching.linkage.grouping import number_keys, work_of
from matching.linkage.hints import hint_numbers, hints_of
from matching.linkage.keys import keys_of
from matching.linkage.layout import (
    DATE_CARD,
    MISSING,
    ROW,
    Int32s,
    Texts,
    Values,
    Work,
    empty_rows,
)
from matching.linkage.tables import checked, coded, in_one, in_range
from matching.linkage.tests import TEXTS


@dataclass(frozen=True, slots=True)
class Encoded:
    """Two sides, or one table twice, ready for the kernel."""

    values: Values
    left: Int32s
    right: Int32s
    """Rows: codes and then keys, comparisons in the kernel's order."""
    work: Work
    unreadable: Mapping[str, int]
    """For each comparison how many records have a text there that can't be read."""

    def codes(self, comparison: int) -> tuple[Int32s, Int32s]:
        """Both sides' values of a comparison, by its place in the kernel's order."""
        return self.left[:, comparison], self.right[:, comparison]


@dataclass(frozen=True, slots=True)
class _Column:
    """One comparison's values: distinct ones, and each record's as its number."""

    distinct: pa.Array
    left: Int32s
    right: Int32s
    unreadable: int


@dataclass(frozen=True, slots=True)
class Coded:
    """Tables as codes, column by column."""

    columns: dict[str, _Column]
    one_table: bool


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
    return lay_out(description, code(description, left, right))


def code(
    description: Description,
    left: pa.Table,
    right: pa.Table | None,
    threads: int | None = None,
) -> Coded:
    """All columns of the tables as codes; the tables are not needed any more then.

    Raises:
        TableRefused: as :func:`encode`.
    """
    with ThreadPoolExecutor(
        threads or cores()
    ) as pool:  # Arrow hashes without the interpreter
        fit = pool.submit(checked, description, left, right)
        found = pool.map(lambda one: _column(one, left, right), description.comparisons)
        fit.result()
        names = [one.name for one in description.comparisons]
        return Coded(dict(zip(names, found, strict=True)), one_table=right is None)


def lay_out(
    description: Description, coded: Coded, threads: int | None = None
) -> Encoded:
    """Columns of codes as the kernel reads them; the columns are given up."""
    columns = dict(coded.columns)
    coded.columns.clear()
    texts, columns = _one_vocabulary(description, columns)
    order = slots(description)
    dates, columns = _cards(description, columns, "date", _dates)
    postcodes, columns = _cards(description, columns, "postcode", of.postcodes_of)
    # there is always one, so that there is an address, and always of as many dimensions
    dates = dates if len(dates) else np.full((1, DATE_CARD), MISSING, np.int32)
    postcodes = postcodes if len(postcodes) else np.full(1, MISSING, np.int32)
    values = Values(texts, dates, postcodes, np.zeros(1, np.int32))
    pa.default_memory_pool().release_unused()  # numpy can't use it
    width = -(-(len(order) + len(description.blocking)) // ROW) * ROW
    sides = [
        {name: getattr(one, side) for name, one in columns.items()}
        for side in ("left", "right")
    ]
    with ThreadPoolExecutor(threads or cores()) as pool:  # numpy copies so, too
        rows = tuple(pool.map(partial(_rows, order, width), sides))
        for name, slot in hints_of(order, description).items():
            numbers = hint_numbers(description.comparison(name), texts.card)
            numbers = np.append(numbers, np.int32(0))
            rows[0][:, slot] = numbers[columns[name].left]
            rows[1][:, slot] = numbers[columns[name].right]
        keys = _keys(description, columns, values, pool)
        work = _work(description, keys, rows, one_table=coded.one_table)
    return Encoded(
        values, rows[0], rows[1], work,
        {name: one.unreadable for name, one in columns.items() if one.unreadable},
    )  # fmt: skip


def _column(comparison: Comparison, left: pa.Table, right: pa.Table | None) -> _Column:
    sides = [left.column(comparison.column)]
    if right is not None:
        sides.append(right.column(comparison.column))
    size = len(sides[0])
    encoded = coded(in_one(sides, comparison))
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


def _cleaned(comparison: Comparison, raw: pa.Array) -> tuple[pa.Array, Int32s]:
    """Distinct plain values, and for each raw one its place there or missing."""
    if comparison.kind == "date":
        dates = raw if pa.types.is_date(raw.type) else of.dates_from_texts(raw)
        plain = in_range(dates)
    elif comparison.kind == "postcode":
        plain = of.canonical_postcodes(raw)
    else:
        plain = of.plain_texts(raw, comparison.kind)
        if plain is raw:
            return raw, np.arange(len(raw), dtype=np.int32)
    encoded = pc.dictionary_encode(plain)
    places = pc.fill_null(encoded.indices, MISSING)
    return encoded.dictionary, places.to_numpy(zero_copy_only=False).astype(np.int32)


def _one_vocabulary(
    description: Description, columns: Mapping[str, _Column]
) -> tuple[Texts, dict[str, _Column]]:
    """All texts in one numbering, so that a forename can equal a surname."""
    names = [one.name for one in description.comparisons if one.kind in TEXTS]
    if not names:
        return of.texts_of(pa.array([], pa.string()), 0), dict(columns)
    whole = coded(
        pa.chunked_array([columns[name].distinct for name in names], type=pa.string())
    )
    alike = _alike_without_spaces(whole.dictionary)
    order = np.argsort(~alike, kind="stable")
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    numbers = place[whole.indices.to_numpy(zero_copy_only=False)]
    distinct = whole.dictionary.take(pa.array(order))
    start = 0
    columns = dict(columns)
    for name in names:
        one = columns[name]
        stop = start + len(one.distinct)
        own = np.append(numbers[start:stop], MISSING).astype(np.int32)
        columns[name] = _Column(distinct, own[one.left], own[one.right], one.unreadable)
        start = stop
    return of.texts_of(distinct, int(alike.sum())), columns


def _alike_without_spaces(distinct: pa.Array) -> np.ndarray:
    """Which texts may be another's but for spaces: those with some, and their like."""
    spaced = pc.match_substring(distinct, " ")
    joined = pc.replace_substring(distinct.filter(spaced), " ", "")
    alike = pc.or_(spaced, pc.is_in(distinct, value_set=joined))
    return np.asarray(alike.to_numpy(zero_copy_only=False), bool)


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
        return np.zeros(0, np.int32), columns
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
    return cards, columns


_Codes = Mapping[str, Int32s]
"""Each comparison's values of one side, as numbers."""


def _rows(order: Sequence[Comparison], width: int, codes: _Codes) -> Int32s:
    rows = empty_rows(len(codes[order[0].name]), width)
    for place, one in enumerate(order):
        rows[:, place] = codes[one.name]
    return rows


_Keys = Iterator[tuple[Int32s, Int32s, int]]
"""Both sides' keys of each rule, numbered from 0, and how many there are."""


def _keys(
    description: Description,
    columns: dict[str, _Column],
    values: Values,
    pool: ThreadPoolExecutor,
) -> _Keys:
    def numbered(rule: Rule) -> tuple[Int32s, Int32s, int]:
        return number_keys(*keys_of(rule, description, columns, values))  # type: ignore[no-any-return]

    return pool.map(numbered, description.blocking)


def _work(
    description: Description, keys: _Keys, rows: tuple[Int32s, ...], *, one_table: bool
) -> Work:
    """Who meets whom; the keys, numbered through all rules, are written into the rows
    as well."""

    def parts() -> Iterator[tuple[Int32s, Int32s]]:
        begin, slot = 0, len(description.comparisons)
        for one, other, count in keys:
            for side, numbers in zip(rows, (one, other), strict=True):
                numbers[numbers >= 0] += begin
                side[:, slot] = numbers
            yield one, other
            begin, slot = begin + count, slot + 1

    mirrored = np.array([rule.mirrored for rule in description.blocking], np.int32)
    return work_of(parts(), mirrored, one_table=one_table)
