"""Pairs counted by what they agree on: all that learning needs to see of them.

A *cell* is one outcome: the level of every comparison, and how rare what both share is,
in half bits. Pairs are taken by a hash of their ids: the same records in any order make
the same cells.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from matching.linkage.cores import cores
from matching.linkage.counting_kernel import (
    BUCKETS,
    LOWEST_BUCKET,
    cells_of_anybody,
    cells_of_rule,
)
from matching.linkage.description import Description
from matching.linkage.encode import Encoded, slots
from matching.linkage.hashes import Hashes, hashes_of
from matching.linkage.layout import EXACT_AT, Floats, Ints, Plan, Work
from matching.linkage.numbers import TURNED_BITS, Numbers, plan_of
from matching.linkage.tables import TableRefused

PAIRS_OF_A_RULE = 300_000
RANDOM_PAIRS = 300_000
_PAIRS_AT_ONCE = 100_000
_HALF_BITS = 2
_ALL = np.uint64(2**64 - 1)


@dataclass(frozen=True, slots=True)
class Cells:
    """Distinct outcomes and how many pairs had each."""

    levels: Ints
    """(cells, comparisons) in the kernel's order; one past a comparison's last level
    is missing."""
    rarity: Floats
    """Bits for how rare what both share is."""
    counts: Floats
    pairs: int
    """How many pairs there were to take from."""

    def without(self, left_out: list[int], sizes: list[int]) -> "Cells":
        """The same pairs, blind to some comparisons, in fewer cells."""
        levels = self.levels.copy()
        for c in left_out:
            levels[:, c] = sizes[c]
        whole = np.column_stack([levels, self.rarity * _HALF_BITS]).astype(np.int64)
        kept, place = np.unique(whole, axis=0, return_inverse=True)
        return replace(
            self,
            levels=kept[:, :-1],
            rarity=kept[:, -1] / _HALF_BITS,
            counts=np.bincount(place.ravel(), self.counts).astype(np.float64),
        )


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts pairs of two tables by what they agree on."""

    description: Description
    encoded: Encoded
    hashes: tuple[Hashes, Hashes]
    plan: Plan
    """Weighs nothing but the rarity of what is shared."""
    radix: Ints
    threads: int

    def of_rule(self, work: Work, rule: int, blind: list[int]) -> Cells:
        """The cells of the pairs that one rule proposes, met by other rules or not.

        Comparisons in ``blind`` say nothing there, and are not looked at for rarity.
        """
        first, last = np.searchsorted(work.key, work.rule_keys[rule : rule + 2])
        sizes = np.diff(work.key_starts)[work.key[first:last]]
        pairs = int(sizes.sum())
        if work.one_table:
            pairs = max(0, pairs - len(sizes))
            pairs = pairs // 2 if work.mirrored[rule] else pairs
        plan = _blind(self.plan, blind)
        below = _part(PAIRS_OF_A_RULE, pairs)
        encoded = self.encoded
        cells = self._counted(
            lambda span: cells_of_rule(
                plan, encoded.values, encoded.left, encoded.right, work, self.hashes,
                below, self.radix, int(first) + span[0], int(first) + span[1],
            ),
            list(_spans(sizes)),
        )  # fmt: skip
        return self._cells(*cells, pairs)

    def of_anybody(self) -> Cells:
        """The cells of about :data:`RANDOM_PAIRS` random pairs, or of all there are."""
        encoded, (ones, others) = self.encoded, self.hashes
        one_table = encoded.work.one_table
        lefts, rights = len(ones), len(others)
        every = lefts * rights <= RANDOM_PAIRS * 2
        draws = 0 if every else max(1, round(RANDOM_PAIRS / lefts))
        below = _ALL if every else _part(RANDOM_PAIRS, lefts)
        order = np.argsort(others, kind="stable")
        cells = self._counted(
            lambda span: cells_of_anybody(
                self.plan, encoded.values, encoded.left, encoded.right, ones, order,
                draws, below, self.radix, *span, one_table,
            ),
            list(_spans(np.full(lefts, draws or rights))),
        )  # fmt: skip
        pairs = lefts * (rights - 1) // 2 if one_table else lefts * rights
        return self._cells(*cells, pairs)

    def _counted(
        self,
        counting: Callable[[tuple[int, int]], tuple[Ints, Ints]],
        spans: list[tuple[int, int]],
    ) -> tuple[Ints, Ints]:
        """Distinct numbers and how often each came, over all spans."""
        with ThreadPoolExecutor(self.threads) as pool:
            found = list(pool.map(counting, spans))
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        numbers, place = np.unique(
            np.concatenate([each[0] for each in found]), return_inverse=True
        )
        counts = np.bincount(place, weights=np.concatenate([each[1] for each in found]))
        return numbers, counts.astype(np.int64)

    def _cells(self, numbers: Ints, counts: Ints, pairs: int) -> Cells:
        patterns = numbers // BUCKETS
        sizes = [len(one.levels) + 1 for one in slots(self.description)]
        levels = patterns[:, None] // self.radix % np.array(sizes)
        return Cells(
            levels=levels,
            rarity=(numbers % BUCKETS - LOWEST_BUCKET) / _HALF_BITS,
            counts=counts.astype(np.float64),
            pairs=pairs,
        )


def counter(
    description: Description,
    encoded: Encoded,
    numbers: Numbers,
    ids: tuple[pa.ChunkedArray, pa.ChunkedArray],
    threads: int | None = None,
) -> Counter:
    """What counts the pairs of two tables; only ``u`` of the numbers is used.

    Raises:
        TableRefused: there are more comparisons and levels than can be counted.
    """
    order = slots(description)
    sizes = [len(one.levels) + 1 for one in order]
    radix = np.cumprod([1, *sizes], dtype=object)
    if radix[-1] >= 2**54:
        raise TableRefused(
            f"{len(order)} comparisons with {sum(sizes)} levels are too many to learn "
            "from at once: leave out a comparison, or some of its levels"
        )
    plan = plan_of(description, numbers, encoded, -1e300, pruned=False)
    plan = plan._replace(
        weight=np.zeros_like(plan.weight),
        adjustment=np.round(plan.adjustment * _HALF_BITS),
        namesakes=np.round(plan.namesakes * _HALF_BITS),
        scalars=np.array([0.0, -1e300, -1e300, 0.0, TURNED_BITS * _HALF_BITS]),
        household=np.zeros((0, plan.width)),
    )
    hashes = tuple(hashes_of(each) for each in ids)
    places = np.array(radix[:-1].tolist(), np.int64)
    return Counter(
        description, encoded, (hashes[0], hashes[1]), plan, places, threads or cores()
    )


def _blind(plan: Plan, blind: list[int]) -> Plan:
    comparisons = plan.comparisons.copy()
    comparisons[blind, EXACT_AT] = -1
    # where all share the forename, the rule's own strangers tell how namesakes agree
    forename = -1 if plan.forename in blind else plan.forename
    return plan._replace(comparisons=comparisons, forename=forename)


def _part(wanted: int, there: int) -> np.uint64:
    """The part of all 64-bit numbers that is taken, so that about ``wanted`` are."""
    return _ALL if there <= wanted else np.uint64(2**64 * wanted // there)


def _spans(sizes: Ints) -> Iterator[tuple[int, int]]:
    """Runs of entries of about so many pairs each."""
    if not len(sizes):
        return
    reached = np.cumsum(sizes)
    cuts = np.arange(_PAIRS_AT_ONCE, int(reached[-1]), _PAIRS_AT_ONCE)
    places = np.searchsorted(reached, cuts) + 1
    bounds = np.unique(np.concatenate([[0], places, [len(sizes)]]))
    yield from zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
