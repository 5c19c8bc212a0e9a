"""PERSONS as arrays: each list column laid out flat, one item per value.

A *person* is a row of a PERSONS table, named by its position. An *item* is one of its
names, dates of birth, postcodes or identifiers. Missing values have code -1, which is
equal to no code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from matching.comparisons import words_in_order
from records.postcodes import district, sector

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]

NONE = -1


@dataclass(frozen=True, slots=True)
class Items:
    """The values of one list column, in the order of the persons."""

    person: Ints
    """The person each item belongs to, ascending."""
    values: Mapping[str, npt.NDArray[Any]]
    """Columns as long as ``person``."""
    starts: Ints
    """For each person, where its items begin."""
    counts: Ints
    """For each person, how many items it has."""

    def where(self, wanted: Flags) -> "Items":
        """Only the items wanted."""
        values = {name: column[wanted] for name, column in self.values.items()}
        return _items(self.person[wanted], values, len(self.starts))


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: all persons of a PERSONS table."""

    authority: list[str]
    record_ref: list[str]
    content_hash: list[str]
    sex: Objects
    names: Items
    """``forename`` and ``surname`` as text."""
    births: Items
    """``date`` (days), ``year``, ``month``, ``day``, ``weak`` and ``text``."""
    postcodes: Items
    """``postcode`` as text."""
    identifiers: Items
    """``type`` and ``value`` as text."""

    def __len__(self) -> int:
        return len(self.authority)


def side_of(persons: pa.Table) -> Side:
    """A PERSONS table laid out flat."""
    size = persons.num_rows
    names, name_owner = flat(persons, "names")
    dobs, dob_owner = flat(persons, "dobs")
    codes, code_owner = flat(persons, "postcodes")
    numbers, number_owner = flat(persons, "identifiers")
    weak = persons.column("weak_day_and_month").to_numpy(zero_copy_only=False)
    return Side(
        authority=persons.column("authority").to_pylist(),
        record_ref=persons.column("record_ref").to_pylist(),
        content_hash=persons.column("content_hash").to_pylist(),
        sex=_texts(persons.column("sex")),
        names=_items(name_owner, _fields(names, "forename", "surname"), size),
        births=_births(dobs, dob_owner, weak.astype(bool), size),
        postcodes=_items(code_owner, {"postcode": _texts(codes)}, size),
        identifiers=_items(number_owner, _fields(numbers, "type", "value"), size),
    )


def flat(persons: pa.Table, name: str) -> tuple[pa.Array, Ints]:
    """The values of a list column one after the other, and whose each is."""
    lists = persons.column(name).combine_chunks()
    owners = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    return pc.list_flatten(lists), owners.astype(np.int64)


def expand(
    left: Items, right: Items, pairs: tuple[Ints, Ints]
) -> tuple[Ints, Ints, Ints]:
    """Every item of the left person with every one of the right, for each pair.

    Gives the number of the pair, the left item and the right item: ascending, left
    items slower than right ones. A pair without items on one side does not occur.
    """
    lefts, rights = pairs
    right_counts = right.counts[rights]
    sizes = left.counts[lefts] * right_counts
    pair = np.repeat(np.arange(len(lefts), dtype=np.int64), sizes)
    within = np.arange(len(pair), dtype=np.int64) - np.repeat(
        np.cumsum(sizes) - sizes, sizes
    )
    per_left = right_counts[pair]
    return (
        pair,
        left.starts[lefts][pair] + within // np.maximum(per_left, 1),
        right.starts[rights][pair] + within % np.maximum(per_left, 1),
    )


def best_rows(pair: Ints, score: Floats, pairs: int) -> Ints:
    """For each pair the first of its rows with the highest score, or -1.

    ``pair`` is ascending, as :func:`expand` gives it.
    """
    best = np.full(pairs, NONE, dtype=np.int64)
    if len(pair) == 0:
        return best
    starts = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]])
    highest = np.repeat(
        np.maximum.reduceat(score, starts), np.diff(np.r_[starts, len(pair)])
    )
    candidates = np.flatnonzero(score == highest)
    owners, first = np.unique(pair[candidates], return_index=True)
    best[owners] = candidates[first]
    return best


def shared_codes(
    *columns: Sequence[str | None] | Objects,
) -> tuple[list[str], list[Ints]]:
    """The distinct texts of all columns in order, and each column as their numbers."""
    distinct = sorted({text for column in columns for text in column if text})
    number = {text: code for code, text in enumerate(distinct)}
    return distinct, [
        np.fromiter(
            (number.get(text, NONE) if text else NONE for text in column),
            dtype=np.int64,
            count=len(column),
        )
        for column in columns
    ]


def name_words(names: Items) -> list[str | None]:
    """The words of each name in alphabetical order."""
    return [
        words_in_order(forename, surname)
        for forename, surname in zip(
            names.values["forename"], names.values["surname"], strict=True
        )
    ]


def postcode_parts(postcodes: Items) -> tuple[list[str], list[str], list[str]]:
    """Each postcode, its sector and its district."""
    whole: list[str] = postcodes.values["postcode"].tolist()
    return whole, [sector(each) for each in whole], [district(each) for each in whole]


def _texts(column: pa.Array | pa.ChunkedArray) -> Objects:
    texts = np.empty(len(column), dtype=object)
    texts[:] = column.to_pylist()
    return texts


def _fields(structs: pa.Array, *names: str) -> dict[str, npt.NDArray[Any]]:
    return {name: _texts(pc.struct_field(structs, name)) for name in names}


def _items(person: Ints, values: Mapping[str, npt.NDArray[Any]], size: int) -> Items:
    counts = np.bincount(person, minlength=size).astype(np.int64)
    return Items(person, values, np.cumsum(counts) - counts, counts)


def _births(dobs: pa.Array, person: Ints, weak: Flags, size: int) -> Items:
    days = dobs.cast(pa.int32()).to_numpy(zero_copy_only=False).astype(np.int64)
    date = days.astype("datetime64[D]")
    months = date.astype("datetime64[M]").astype(np.int64)
    year, month = 1970 + months // 12, 1 + months % 12
    day = 1 + (date - date.astype("datetime64[M]")).astype(np.int64)
    is_own = np.r_[True, person[1:] != person[:-1]] if len(person) else weak[:0]
    conventional = (is_own & weak[person]) | ((month == 1) & (day == 1))
    text = np.datetime_as_string(date, unit="D").astype(object)
    values: dict[str, npt.NDArray[Any]] = {
        "date": days, "year": year, "month": month, "day": day,
        "weak": conventional, "text": text,
    }  # fmt: skip
    return _items(person, values, size)
