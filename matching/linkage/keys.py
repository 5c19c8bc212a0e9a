"""The key of every record under a blocking rule, as a number."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.linkage.description import Description, Rule, Term
from matching.linkage.grouping import number_keys
from matching.linkage.layout import JOINED, MISSING, Int32s, Ints, Values
from matching.linkage.tests import TEXTS

_LARGEST = 1 << 62


class Column(Protocol):
    """One comparison's values: distinct ones, and each record's as its number."""

    @property
    def distinct(self) -> pa.Array: ...
    @property
    def left(self) -> Int32s: ...
    @property
    def right(self) -> Int32s: ...


def keys_of(
    rule: Rule, description: Description, columns: Mapping[str, Column], values: Values
) -> tuple[Ints, Ints]:
    """A number for the key of each record of either side; -1 where it has none.

    Numbers of both sides are equal exactly when the keys are.
    """
    whole: tuple[Ints, Ints] | None = None
    most = 1
    for one, other in zip(rule.left, rule.right, strict=True):
        kind = description.comparison(one.comparison).kind
        again = description.comparison(other.comparison).kind
        own = columns[one.comparison]
        others = columns[other.comparison]
        tables = _tables((one, kind, own), (other, again, others), values)
        left = np.append(tables[0], MISSING)[own.left].astype(np.int64)
        right = np.append(tables[1], MISSING)[others.right].astype(np.int64)
        size = 1 + max(int(tables[0].max(initial=0)), int(tables[1].max(initial=0)))
        if whole is None:
            whole, most = (left, right), size
            continue
        if most * size >= _LARGEST:
            whole, most = _renumbered(*whole)
        if most * size >= _LARGEST:
            (left, right), size = _renumbered(left, right)
        whole = _with(whole[0], left, size), _with(whole[1], right, size)
        most *= size
    assert whole is not None  # noqa: S101 - a rule has terms
    return whole


def _renumbered(left: Ints, right: Ints) -> tuple[tuple[Ints, Ints], int]:
    """The same keys as small numbers, and how many; those that only one side has go."""
    ones, others, count = number_keys(left, right)
    return (ones.astype(np.int64), others.astype(np.int64)), max(count, 1)


def _with(whole: Ints, part: Ints, size: int) -> Ints:
    missing = (whole < 0) | (part < 0)
    return np.where(missing, MISSING, whole * size + part)


_Side = tuple[Term, str, Column]
"""A term, the kind of its comparison, and that comparison's values."""


def _tables(one: _Side, other: _Side, values: Values) -> tuple[Int32s, Int32s]:
    """For each code of either side the number of its term; equal where terms are."""
    if one[1] == "date":
        digits = values.dates[:, 1]
        return _date_term(one[0], digits), _date_term(other[0], digits)
    plain = all(term.function is None and term.length is None
                for term in (one[0], other[0]))  # fmt: skip
    if plain and {one[1], other[1]} <= TEXTS:
        joined = values.texts.card[:, JOINED]
        return joined, joined
    if one[0] == other[0]:
        if plain:
            every = np.arange(len(one[2].distinct), dtype=np.int32)
            return every, every
        table = _numbered(_spelled(one[0], one[2]))
        return table, table
    first, second = _spelled(one[0], one[2]), _spelled(other[0], other[2])
    both = _numbered(pa.concat_arrays([first, second]))
    return both[: len(first)], both[len(first) :]


def _numbered(texts: pa.Array) -> Int32s:
    numbers = pc.fill_null(pc.dictionary_encode(texts).indices, MISSING)
    return np.asarray(numbers.to_numpy(zero_copy_only=False), np.int32)


def _spelled(term: Term, column: Column) -> pa.Array:
    """What a term makes of each distinct value; null where nothing is left, or where
    no record of this comparison has the value."""
    has = np.zeros(len(column.distinct) + 1, bool)
    has[column.left] = has[column.right] = True
    texts = pc.if_else(pa.array(has[:-1]), column.distinct, None)
    texts = pc.replace_substring(texts, " ", "")
    if term.function == "soundex":
        from jellyfish import soundex

        texts = pa.array(
            [text and (soundex(text) or None) for text in texts.to_pylist()],
            pa.string(),
        )
    if term.length is not None:
        texts = pc.utf8_slice_codeunits(texts, 0, term.length)
    return texts


def _date_term(term: Term, digits: Int32s) -> Int32s:
    whole = digits.astype(np.int64)
    year, month, day = whole >> 16 & 0xFFFF, whole >> 8 & 0xFF, whole & 0xFF
    if term.function == "swapped":
        possible = (day <= 0x12) & (day != month)
        found = np.where(possible, year << 16 | day << 8 | month, MISSING)
    else:
        found = {"year": year, "month": month, "day": day}.get(
            term.function or "", whole
        )
    return found.astype(np.int32)
