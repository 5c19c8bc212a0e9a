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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
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
    Terms,
    frequencies_among,
    terms_of,
)
from matching.linkage.hashes import Hashes, hashes_of
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

Int32s = npt.NDArray[np.int32]
Shorts = npt.NDArray[np.uint32]
"""The first 32 bits of hashes."""

_SIEVE = 20
"""So many bits of a key are asked for first, in a table that stays at hand."""


@dataclass(frozen=True, slots=True)
class Index:
    """The records of one authority by the keys of all rules, in an order of its own."""

    prints: Hashes
    """Of each record the first 64 bits of its content hash. That a changed record's are
    those of one of a million others happens in one night of ten million millions."""
    counts: Int32s
    """How many keys each record has."""
    keys: Shorts
    """One record's after the other's. Two keys of one hash let records meet that share
    no key: they are told apart before they are compared."""

    def meeting(self, keys: Shorts) -> Ints:
        """The records that have any of the keys, ascending."""
        wanted = np.zeros(1 << _SIEVE, bool)
        wanted[keys >> (32 - _SIEVE)] = True
        maybe = np.flatnonzero(wanted[self.keys >> (32 - _SIEVE)])
        places = maybe[np.isin(self.keys[maybe], keys)]
        return np.unique(np.searchsorted(np.cumsum(self.counts), places, "right"))


@dataclass(frozen=True, slots=True)
class Carried:
    """What one search leaves for the next over nearly the same records."""

    prints: Hashes
    """Of each left record, in the order of its table, as an index has them."""
    lines: Floats
    """For each left record the bits below which a pair of its may not be kept."""
    left: Int32s
    """Pairs: the left record's place in its table, the right one's in the index of the
    same night."""
    right: Int32s
    scale: Frequencies
    searched: int
    """How many right records there were."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """One authority's records tonight."""

    records: pa.Table
    terms: dict[str, Terms]
    index: Index
    rows: Ints
    """Where each record of the index stands in the table."""
    before: Ints
    """Where each of the first records of the index stood in the index before,
    ascending; the others are new or changed."""

    @property
    def new(self) -> Ints:
        """The records of the index that were not there before as they are now."""
        return np.arange(len(self.before), len(self.rows))


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
    before = before or _NOTHING
    with ThreadPoolExecutor(1) as pool:  # Arrow does without the interpreter
        terms = pool.submit(terms_of, records)
        prints = _prints(records)
        was = _places(prints, before.prints)
        rows = np.full(len(before.prints), NONE, np.int64)
        rows[was[was != NONE]] = np.flatnonzero(was != NONE)
        stays = rows != NONE
        new = np.flatnonzero(was == NONE)
        _check_new(records, new, known=int(stays.sum()))
        keys, counts = _keys(records.take(new), (rule.right for rule in RULES))
        index = Index(
            prints=np.concatenate([before.prints[stays], prints[new]]),
            counts=np.concatenate([before.counts[stays], counts]),
            keys=np.concatenate([before.keys[np.repeat(stays, before.counts)], keys]),
        )
        return Indexed(
            records, terms.result(), index,
            rows=np.concatenate([rows[stays], new]),
            before=np.flatnonzero(stays),
        )  # fmt: skip


_NOTHING = Index(
    np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.uint32)
)  # fmt: skip


def link_onward(
    left: pa.Table,
    right: Indexed,
    model: Model,
    floor: float,
    carried: Carried | None = None,
) -> Found:
    """As ``matching.fast.link`` with the nightly rules: every pair of a left and a
    right record whose probability reaches the floor.

    ``left`` holds no record of the right side's authority. What the night before left,
    its index and what it carried, must come from the same code, rules, model and floor;
    the caller sees to that.

    Raises:
        ValueError: the floor is no probability, or a record stands in a table twice.
    """
    check_floor(floor)
    check_keys(left)
    left = left.combine_chunks()
    scale = frequencies_among(left, right.terms, model)
    search = _Onward(left, right, carried, scale, bits(floor))
    lines = search.lines()
    again = np.flatnonzero(np.isnan(lines))
    rest = np.flatnonzero(~np.isnan(lines))
    lines[again] = search.lowest - MARGIN
    parts = [
        search.met(again, search.meeting(again)),
        search.met(rest, right.new),
        search.kept(rest),
    ]
    ones, others = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    left_over = Carried(
        prints=_prints(left),
        lines=lines,
        left=ones.astype(np.int32),
        right=others.astype(np.int32),
        scale=scale,
        searched=right.records.num_rows,
    )
    return Found(search.rows((ones, others)), left_over, len(again))


@dataclass(frozen=True, slots=True)
class _Onward:
    left: pa.Table
    right: Indexed
    carried: Carried | None
    scale: Frequencies
    lowest: float

    def lines(self) -> Floats:
        """Each left record's line tonight; not a number where it is searched for."""
        found = np.full(self.left.num_rows, np.nan)
        carried = self.carried
        if carried is None:
            return found
        was = _places(_prints(self.left), carried.prints)
        same = np.flatnonzero(was != NONE)
        model = self.scale.model
        searched = self.right.records.num_rows
        rise = model.prior(searched) - model.prior(carried.searched)
        risen = carried.lines[was[same]] + rise
        risen += _most_added(self.left.take(same), carried.scale, self.scale)
        found[same] = np.where(risen < self.lowest - _SLACK, risen, np.nan)
        return found

    def meeting(self, lefts: Ints) -> Ints:
        """The right records that share a key with any of some left ones."""
        keys, _ = _keys(self.left.take(lefts), (rule.left for rule in RULES))
        return self.right.index.meeting(keys)

    def met(self, lefts: Ints, rights: Ints) -> tuple[Ints, Ints]:
        """The pairs of some records that share a key and reach the kept weight."""
        if not len(lefts) or not len(rights):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        search = search_among(
            self.left.take(lefts), self.of_index(rights), self.scale,
            self.right.records.num_rows, self.lowest - MARGIN,
        )  # fmt: skip
        ones, others = pairs_of(search, RULES)
        return lefts[ones], rights[others]

    def kept(self, lefts: Ints) -> tuple[Ints, Ints]:
        """The pairs of such left records that were kept and whose right one is as it
        was."""
        carried, before = self.carried, self.right.before
        if carried is None or not len(before):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        now = np.full(len(carried.prints), NONE, np.int64)
        was = _places(_prints(self.left), carried.prints)
        now[was[lefts]] = lefts
        ones = now[carried.left]
        others = np.searchsorted(before, carried.right)
        others = np.minimum(others, len(before) - 1)
        here = (ones != NONE) & (before[others] == carried.right)
        return ones[here], others[here]

    def of_index(self, rights: Ints) -> pa.Table:
        """Some records of the index."""
        return self.right.records.take(self.right.rows[rights])

    def rows(self, pairs: tuple[Ints, Ints]) -> pa.Table:
        """Those of the pairs that reach the floor, with all evidence."""
        lefts, rights = (np.unique(one) for one in pairs)
        search = search_among(
            self.left.take(lefts), self.of_index(rights), self.scale,
            self.right.records.num_rows, self.lowest,
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
        owners, places = found.by_owner(found.texts.owners, found.texts.codes)
        np.maximum.at(gains[_LEVELS[kind][0]], owners, gained[places])
    return np.asarray(sum(gains.values()))


def _bits(scale: Frequencies, kind: str, term: str) -> float:
    if kind == POSTCODE_IS:
        return scale.of_same_postcode(term)
    return scale.adjustment(kind, term, _LEVELS[kind])


def _check_new(records: pa.Table, new: Ints, *, known: int) -> None:
    """No record stands there twice; those known before did not."""
    refs = records.column("record_ref").combine_chunks()
    those = refs.take(pa.array(new))
    held = pc.sum(pc.is_in(refs, value_set=those)).as_py() or 0
    if not held == len(new) == len(those.unique()) or known + len(new) < len(refs):
        check_keys(records)


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


def _keys(persons: pa.Table, rules: Iterable[Keys]) -> tuple[Shorts, Int32s]:
    """The keys of one person after the other's, each as a hash of it and its rule's
    place; and how many each has."""
    side = side_of(persons)
    keys, owners = [np.zeros(0, np.uint32)], [np.zeros(0, np.int64)]
    for place, rule in enumerate(rules):
        found = rule(side)
        whole = hashes_of(found.key) ^ hashes_of(pa.array([place]))
        keys.append((whole >> np.uint64(32)).astype(np.uint32))
        owners.append(found.person)
    whose = np.concatenate(owners)
    by_person = np.argsort(whose, kind="stable")
    counts = np.bincount(whose, minlength=len(side)).astype(np.int32)
    return np.concatenate(keys)[by_person], counts
