"""A search of one authority's records as integers: rows of persons, keys of rules.

A person who has several names, dates, postcodes or identifiers, or several keys of a
rule, has a list of them (``matching.linkage.layout``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from matching.blocking import Rule
from matching.comparisons import IDENTIFIER_TYPES
from matching.frames import NONE, Ints, Items, Side, shared_codes
from matching.linkage import layout as at
from matching.linkage.encode import Encoded
from matching.linkage.layout import (
    MISSING,
    SEVERAL,
    Int32s,
    Texts,
    Values,
    Work,
)
from matching.linkage.values import dates_of, postcodes_of, texts_and_words
from matching.reference import Search

FIELDS = ("sex", "dob", *IDENTIFIER_TYPES, "postcode", "forename", "surname", "words")
"""What stands where in a row; keys of the rules follow."""


class _Lists:
    """The lists of all persons who have several of something, one after the other."""

    def __init__(self) -> None:
        self.parts: list[Int32s] = []
        self.length = 0

    def coded(self, items: Items, columns: Sequence[Int32s]) -> list[Int32s]:
        """Each column's code for each person; where several, the list that has all."""
        found = [np.full(len(items.starts), MISSING, np.int32) for _ in columns]
        single = np.flatnonzero(items.counts == 1)
        for codes, column in zip(found, columns, strict=True):
            codes[single] = column[items.starts[single]]
        several = np.flatnonzero(items.counts > 1)
        if not len(several):
            return found
        sizes = items.counts[several]
        width = len(columns)
        lengths = 1 + sizes * width
        begins = np.cumsum(lengths) - lengths
        flat = np.zeros(int(lengths.sum()), np.int32)
        flat[begins] = sizes
        owner = np.repeat(np.arange(len(several)), sizes)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        item = items.starts[several][owner] + within
        for place, column in enumerate(columns):
            flat[begins[owner] + 1 + within * width + place] = column[item]
        for codes in found:
            codes[several] = SEVERAL - (self.length + begins)
        self.parts.append(flat)
        self.length += len(flat)
        return found

    def whole(self) -> Int32s:
        return np.concatenate([*self.parts, np.zeros(1, np.int32)]).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Laid:
    """A search laid out for the kernel, and which terms its numbers stand for."""

    encoded: Encoded
    words: list[str]
    postcodes: list[str]


def lay_out(search: Search, rules: tuple[Rule, ...]) -> Laid:
    """Both sides of a search as rows, with the keys of the rules."""
    lists = _Lists()
    sides = search.left, search.right
    columns: list[list[Int32s]] = [[], []]
    _, sexes = shared_codes(*(side.sex for side in sides))
    for place, sex in enumerate(sexes):
        columns[place].append(sex.astype(np.int32))
    dates = _dates(sides, columns, lists)
    for kind in IDENTIFIER_TYPES:
        of_kind = [
            side.identifiers.where(side.identifiers.values["type"] == kind)
            for side in sides
        ]
        _coded(of_kind, "value", columns, lists)
    postcodes = _coded([side.postcodes for side in sides], "postcode", columns, lists)
    texts, words = _names(search, columns, lists)
    parts = []
    begin = 0
    for rule in rules:
        parts.append(_keys(rule, sides, lists, begin))
        begin = max(begin, int(parts[-1][1][1].max(initial=-1)) + 1)
    width = -(-(len(FIELDS) + len(rules)) // at.ROW) * at.ROW
    rows = []
    for place, side in enumerate(sides):
        whole = at.empty_rows(len(side), width)
        whole[:, : len(FIELDS)] = np.stack(columns[place], axis=1)
        rows.append(whole)
    work = _work(parts, rows)
    cards = postcodes_of(pa.array(postcodes, pa.string()))
    cards = cards if len(cards) else np.full(1, MISSING, np.int32)
    values = Values(texts, _some(dates), cards, lists.whole())
    return Laid(
        Encoded(values, rows[0], rows[1], work, {}),
        words, postcodes,
    )  # fmt: skip


def _some(cards: Int32s) -> Int32s:
    """Never without any card, so that there is an address."""
    return cards if len(cards) else np.full((1, at.DATE_CARD), MISSING, np.int32)


def _names(
    search: Search, columns: list[list[Int32s]], lists: _Lists
) -> tuple[Texts, list[str]]:
    """Forename, surname and words in order; surnames are numbered after forenames."""
    names = search.names
    forenames, surnames = names.forenames, names.surnames
    beyond = len(forenames.texts)
    for place, side in enumerate((search.left, search.right)):
        forename = (forenames.left, forenames.right)[place]
        surname = (surnames.left, surnames.right)[place]
        words = (names.left_words, names.right_words)[place]
        surname = np.where(surname == NONE, NONE, surname + beyond)
        columns[place] += lists.coded(
            side.names, [one.astype(np.int32) for one in (forename, surname, words)]
        )
    texts, vocabulary = texts_and_words(
        pa.array([*forenames.texts, *surnames.texts], pa.string())
    )
    return texts, vocabulary.to_pylist()


def _coded(
    items: list[Items], field: str, columns: list[list[Int32s]], lists: _Lists
) -> list[str]:
    texts, codes = shared_codes(*(one.values[field].astype(object) for one in items))
    for place, one in enumerate(items):
        columns[place] += lists.coded(one, [codes[place].astype(np.int32)])
    return texts


def _dates(
    sides: tuple[Side, Side], columns: list[list[Int32s]], lists: _Lists
) -> Int32s:
    """Dates of birth; a date by convention is another value than the same date."""
    stated = [
        side.births.values["date"] * 2 + side.births.values["weak"].astype(np.int64)
        for side in sides
    ]
    distinct, codes = np.unique(np.concatenate(stated), return_inverse=True)
    start = 0
    for place, side in enumerate(sides):
        stop = start + len(stated[place])
        columns[place] += lists.coded(side.births, [codes[start:stop].astype(np.int32)])
        start = stop
    cards = dates_of(distinct >> 1)
    cards[:, at.WEAK] = distinct & 1
    return cards


# --- keys ---------------------------------------------------------------------------


def _keys(
    rule: Rule, sides: tuple[Side, Side], lists: _Lists, begin: int
) -> tuple[tuple[Int32s, Int32s], tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Each person's key as a number from ``begin``, and either side's persons and keys.

    Keys that one side alone has are nobody's.
    """
    asked = rule.left(sides[0]), rule.right(sides[1])
    texts = pa.concat_arrays([keys.key for keys in asked]).dictionary_encode()
    codes = texts.indices.to_numpy(zero_copy_only=False)
    parts = np.split(codes, [len(asked[0].key)])
    shared = np.logical_and(
        *(np.bincount(part, minlength=len(texts.dictionary)) > 0 for part in parts)
    )
    number = np.cumsum(shared) - 1 + begin
    owned = []
    for (everyone, _), part in zip(asked, parts, strict=True):
        persons, keys = everyone[shared[part]], number[part[shared[part]]]
        order = np.lexsort((keys, persons))
        owned.append((persons[order], keys[order]))
    coded = []
    for side, (persons, keys) in zip(sides, owned, strict=True):
        counts = np.bincount(persons, minlength=len(side)).astype(np.int64)
        items = Items(persons, {"key": keys}, np.cumsum(counts) - counts, counts)
        coded += [(items, keys)]
    return (
        (_numbers(coded[0], lists), _numbers(coded[1], lists)), owned[0], owned[1]
    )  # fmt: skip


def _numbers(coded: tuple[Items, Ints], lists: _Lists) -> Int32s:
    items, keys = coded
    return lists.coded(items, [keys.astype(np.int32)])[0]


def _work(
    parts: list[tuple[tuple[Int32s, Int32s], tuple[Ints, Ints], tuple[Ints, Ints]]],
    rows: list[Int32s],
) -> Work:
    """Who meets whom, rule by rule."""
    records, keys, rule_keys = [], [], [0]
    starts, members = [np.zeros(1, np.int64)], []
    begin = total = 0
    for rule, (codes, left, right) in enumerate(parts):
        for place in range(2):
            rows[place][:, len(FIELDS) + rule] = codes[place]
        count = max(int(left[1].max(initial=-1)) + 1 - begin, 0)
        order = np.lexsort((left[0], left[1]))
        records.append(left[0][order])
        keys.append(left[1][order])
        order = np.lexsort((right[0], right[1]))
        members.append(right[0][order])
        sizes = np.bincount(right[1] - begin, minlength=count).astype(np.int64)
        starts.append(np.cumsum(sizes) + total)
        begin, total = begin + count, total + len(order)
        rule_keys.append(begin)
    return Work(
        record=np.concatenate(records).astype(np.int32),
        key=np.concatenate(keys).astype(np.int32),
        rule_keys=np.array(rule_keys),
        key_starts=np.concatenate(starts),
        members=np.concatenate(members).astype(np.int32),
        mirrored=np.ones(len(parts), np.int32),
        one_table=False,
    )
