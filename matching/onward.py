"""A night's search that costs what has changed since the night before.

Two records that met before and are as they were need not meet again. A changed left
record meets every right one that shares a key, a changed right record every left one.
The pairs, their weights and their evidence are those of a search of everything, to the
last bit (``matching.fast.link``).

What a pair weighs depends on all right records too, through how many there are and how
many have its terms. So pairs are kept from ``MARGIN`` bits below the floor on, and for
each left record the *line* below which some of its pairs may not be kept. With each
night the line rises by the most that the new frequencies can have added to a pair of
the record; once it reaches the floor the record is searched for again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from matching.blocking import RULES, Keys
from matching.fast import pairs_of
from matching.frames import NONE, Floats, Ints, side_of
from matching.frequencies import (
    FORENAME_FORM,
    FORENAME_IS,
    FORENAME_WORD,
    POSTCODE_IS,
    SURNAME_IS,
    SURNAME_WORD,
    Frequencies,
    frequencies_of,
    terms_of,
)
from matching.model import Model
from matching.reference import (
    bits,
    check_floor,
    check_keys,
    rows_of,
    search_among,
    table_of,
)

MARGIN = 2.0
"""Bits below the floor from which on pairs are kept. More would keep more pairs, less
would let more records be searched for again."""
_SLACK = 1e-4
"""Bits by which rounding, night after night, can't have lifted a pair unseen."""

Hashes = npt.NDArray[np.uint64]
Int32s = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Index:
    """The records of one authority by the keys of all rules."""

    prints: Hashes
    """Of each record, in the order of its table: the first 64 bits of its content hash.
    That a changed record's are those of one of a million others happens in one night of
    ten million millions."""
    keys: Hashes
    """Ascending. Two keys of one hash let records meet that share no key: they are told
    apart before they are compared."""
    records: Int32s
    """Whose each key is."""

    def meeting(self, keys: Hashes) -> Ints:
        """The records that have any of the keys, ascending."""
        wanted = np.unique(keys)
        first = np.searchsorted(self.keys, wanted, "left")
        sizes = np.searchsorted(self.keys, wanted, "right") - first
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        found = np.unique(self.records[np.repeat(first, sizes) + within])
        return found.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Carried:
    """What one search leaves for the next over nearly the same records."""

    prints: Hashes
    """Of each left record, in the order of its table, as an index has them."""
    lines: Floats
    """For each left record the bits below which a pair of its may not be kept."""
    left: Int32s
    """Pairs by position, the right one's in the index of the same night."""
    right: Int32s
    scale: Frequencies
    searched: int
    """How many right records there were."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """One authority's records tonight."""

    records: pa.Table
    index: Index
    was: Ints
    """Where each record, as it is now, stood in the index before; -1 for nowhere."""

    def now(self, before: Index) -> Ints:
        """Where each record of the index before stands now; -1 for nowhere."""
        places = np.full(len(before.prints), NONE, np.int64)
        old = np.flatnonzero(self.was != NONE)
        places[self.was[old]] = old
        return places


@dataclass(frozen=True, slots=True)
class RightSide:
    """One authority's records, and what the night before left of this search."""

    now: Indexed
    before: tuple[Index, Carried] | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search comes to."""

    pairs: pa.Table
    carried: Carried
    searched_for: int
    """How many left records met all right ones."""


def indexed(records: pa.Table, before: Index | None = None) -> Indexed:
    """One authority's records by their keys; keys of those known before are not made
    again.

    Raises:
        ValueError: a record stands in the table twice.
    """
    prints = _prints(records)
    none = np.zeros(0, np.uint64)
    before = before or Index(none, none, np.zeros(0, np.int32))
    now = Indexed(records, before, _places(prints, before.prints))
    _check_new(now)
    owners = now.now(before)[before.records]
    kept, owners = before.keys[owners != NONE], owners[owners != NONE]
    new = np.flatnonzero(now.was == NONE)
    keys, whose = _keys(records.take(new), (rule.right for rule in RULES))
    at = np.searchsorted(kept, keys)
    index = Index(
        prints=prints,
        keys=np.insert(kept, at, keys),
        records=np.insert(owners.astype(np.int32), at, new[whose]),
    )
    return replace(now, index=index)


def link_onward(left: pa.Table, right: RightSide, model: Model, floor: float) -> Found:
    """As ``matching.fast.link`` with the nightly rules: every pair of a left and a
    right record whose probability reaches the floor.

    ``left`` holds no record of the right side's authority. What the night before left
    must come from the same code, rules, model and floor; the caller sees to that.

    Raises:
        ValueError: the floor is no probability, or a record stands in a table twice.
    """
    check_floor(floor)
    check_keys(left)
    left = left.combine_chunks()
    scale = frequencies_of(left, right.now.records, model)
    search = _Onward(left, right, scale, bits(floor))
    lines = search.lines()
    again = np.flatnonzero(np.isnan(lines))
    rest = np.flatnonzero(~np.isnan(lines))
    lines[again] = search.lowest - MARGIN
    parts = [
        search.met(again, search.meeting(again)),
        search.met(rest, np.intersect1d(search.meeting(rest), search.changed())),
        search.kept(rest),
    ]
    ones, others = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    carried = Carried(
        prints=_prints(left),
        lines=lines,
        left=ones.astype(np.int32),
        right=others.astype(np.int32),
        scale=scale,
        searched=right.now.records.num_rows,
    )
    return Found(search.rows((ones, others)), carried, len(again))


@dataclass(frozen=True, slots=True)
class _Onward:
    left: pa.Table
    right: RightSide
    scale: Frequencies
    lowest: float

    def lines(self) -> Floats:
        """Each left record's line tonight; not a number where it is searched for."""
        found = np.full(self.left.num_rows, np.nan)
        if self.right.before is None:
            return found
        _, carried = self.right.before
        was = _places(_prints(self.left), carried.prints)
        same = np.flatnonzero(was != NONE)
        model = self.scale.model
        searched = self.right.now.records.num_rows
        rise = model.prior(searched) - model.prior(carried.searched)
        risen = carried.lines[was[same]] + rise
        risen += _most_added(self.left.take(same), carried.scale, self.scale)
        found[same] = np.where(risen < self.lowest - _SLACK, risen, np.nan)
        return found

    def meeting(self, lefts: Ints) -> Ints:
        """The right records that share a key with any of some left ones."""
        keys, _ = _keys(self.left.take(lefts), (rule.left for rule in RULES))
        return self.right.now.index.meeting(keys)

    def changed(self) -> Ints:
        """The right records that were not there before as they are now."""
        if self.right.before is None:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self.right.now.was == NONE)

    def met(self, lefts: Ints, rights: Ints) -> tuple[Ints, Ints]:
        """The pairs of some records that share a key and reach the kept weight."""
        if not len(lefts) or not len(rights):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        search = search_among(
            self.left.take(lefts), self.right.now.records.take(rights), self.scale,
            self.right.now.records.num_rows, self.lowest - MARGIN,
        )  # fmt: skip
        ones, others = pairs_of(search, RULES)
        return lefts[ones], rights[others]

    def kept(self, lefts: Ints) -> tuple[Ints, Ints]:
        """The pairs of such left records that were kept and whose right one is as it
        was."""
        if self.right.before is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        index, carried = self.right.before
        now = np.full(len(carried.prints), NONE, np.int64)
        was = _places(_prints(self.left), carried.prints)
        now[was[lefts]] = lefts
        ones = now[carried.left]
        others = self.right.now.now(index)[carried.right]
        here = (ones != NONE) & (others != NONE)
        return ones[here], others[here]

    def rows(self, pairs: tuple[Ints, Ints]) -> pa.Table:
        """Those of the pairs that reach the floor, with all evidence."""
        lefts, rights = (np.unique(one) for one in pairs)
        search = search_among(
            self.left.take(lefts), self.right.now.records.take(rights), self.scale,
            self.right.now.records.num_rows, self.lowest,
        )  # fmt: skip
        order = np.lexsort((pairs[1], pairs[0]))
        ones = np.searchsorted(lefts, pairs[0][order])
        others = np.searchsorted(rights, pairs[1][order])
        return table_of(list(rows_of(search, (ones, others))))


_LEVELS = {
    FORENAME_IS: ("forename", "exact"), FORENAME_FORM: ("forename", "known_form"),
    FORENAME_WORD: ("forename", "part"), SURNAME_IS: ("surname", "exact"),
    SURNAME_WORD: ("surname", "part"), POSTCODE_IS: ("postcode", "same"),
}  # fmt: skip


def _most_added(persons: pa.Table, then: Frequencies, now: Frequencies) -> Floats:
    """The most that new frequencies have added to any pair of each person.

    A comparison weighs what the best of its values weighs, so it gains no more than
    the one of them that gained most. A term that no right record has is no pair's.
    """
    gains = {name: np.zeros(persons.num_rows) for name, _ in _LEVELS.values()}
    for kind, found in terms_of(persons).items():
        gained = np.array(
            [
                _bits(now, kind, term) - _bits(then, kind, term)
                if now.counts[kind][term]
                else 0.0
                for term in found.terms.to_pylist()
            ]
        )
        owners, places = found.by_owner()
        np.maximum.at(gains[_LEVELS[kind][0]], owners, gained[places])
    return np.asarray(sum(gains.values()))


def _bits(scale: Frequencies, kind: str, term: str) -> float:
    if kind == POSTCODE_IS:
        return scale.of_same_postcode(term)
    return scale.adjustment(kind, term, _LEVELS[kind])


def _check_new(now: Indexed) -> None:
    """No record stands there twice; those known before did not."""
    refs = now.records.column("record_ref").combine_chunks()
    new = refs.filter(pa.array(now.was == NONE))
    held = pc.sum(pc.is_in(refs, value_set=new)).as_py() or 0
    known = np.bincount(now.was[now.was != NONE], minlength=1)
    if not held == len(new) == len(new.unique()) or known.max() > 1:
        check_keys(now.records)


def _prints(persons: pa.Table) -> Hashes:
    """The first 16 hexadecimal digits of each content hash, as a number."""
    hashes = persons.column("content_hash").combine_chunks()
    digits = pc.utf8_slice_codeunits(hashes, 0, 16)
    whole = bytes(digits.buffers()[2] or b"")[: 16 * len(digits)].decode("ascii")
    return np.frombuffer(bytes.fromhex(whole), ">u8").astype(np.uint64)


def _places(wanted: Hashes, among: Hashes) -> Ints:
    """Where each number stands among others, or ``NONE``."""
    found = pc.index_in(pa.array(wanted), value_set=pa.array(among))
    found = pc.fill_null(found, NONE)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)


def _keys(persons: pa.Table, rules: Iterable[Keys]) -> tuple[Hashes, Int32s]:
    """Every key of the persons, ascending, as a hash of it and its rule's place; and
    whose it is."""
    side = side_of(persons)
    keys, owners = [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)]
    for place, rule in enumerate(rules):
        frame = rule(side)
        texts = frame["key"].to_numpy(object)
        keys.append(pd.util.hash_array(texts, hash_key=f"{place:016}"))
        owners.append(frame["person"].to_numpy(np.int32))
    found = np.concatenate(keys)
    order = np.argsort(found, kind="stable")
    return found[order], np.concatenate(owners)[order]
