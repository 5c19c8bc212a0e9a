"""The fast engine: the kernel over all pairs that share a key, on every core."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from matching.calibration import DIGITS
from matching.linkage.cores import cores
from matching.linkage.encode import Encoded
from matching.linkage.kernel import scan
from matching.linkage.layout import LINE, Floats, Int32s, Ints, Plan, Work

PAIRS_AT_ONCE = 1_000_000
"""How many pairs a thread meets before it hands over what it kept."""
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs that reach the line, by left record and then by right record."""

    left: Int32s
    right: Int32s
    bits: Floats
    levels: np.ndarray
    """(pairs, comparisons) in the kernel's order."""
    compared: int
    """How many distinct pairs shared a key."""

    def shifted(self, bits: float, line: float) -> "Found":
        """Those that still reach a line when each has so many bits more."""
        return replace(self, bits=np.round(self.bits + bits, DIGITS)).reaching(line)

    def reaching(self, line: float) -> "Found":
        """Those that reach a line."""
        kept = self.bits >= line - _TOLERANCE
        return Found(
            self.left[kept], self.right[kept], self.bits[kept], self.levels[kept],
            self.compared,
        )  # fmt: skip


def search(
    encoded: Encoded,
    plan: Plan,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Found:
    """Every pair that shares a key and reaches the plan's line.

    ``progress`` is told how much of the work is done, from 0 to 1.
    """
    work = encoded.work
    parts = list(_parts(work))

    def one(part: tuple[int, int]) -> tuple[Int32s, Int32s, Floats, np.ndarray, int]:
        return scan(  # type: ignore[no-any-return]
            plan, encoded.values, encoded.left, encoded.right, work, *part
        )

    with ThreadPoolExecutor(threads or cores()) as pool:
        found = []
        for part in pool.map(one, parts):
            found.append(part)
            if progress is not None:
                progress(len(found) / len(parts))
    if not found:
        empty = np.zeros(0, np.int32)
        return Found(
            empty, empty, np.zeros(0), np.zeros((0, len(plan.comparisons)), np.int8), 0
        )
    ones, others, bits, levels = (
        np.concatenate([each[place] for each in found]) for place in range(4)
    )
    if work.one_table:
        ones, others = np.minimum(ones, others), np.maximum(ones, others)
    order = np.lexsort((others, ones))
    whole = Found(
        ones[order], others[order], np.round(bits[order], DIGITS), levels[order],
        sum(each[4] for each in found),
    )  # fmt: skip
    return whole.reaching(plan.scalars[LINE])


def entry_pairs(work: Work) -> Ints:
    """How many pairs each entry of the work meets, met before or not."""
    return np.diff(work.key_starts)[work.key]


def _parts(work: Work) -> Iterator[tuple[int, int]]:
    """Runs of entries of about so many pairs each."""
    if not len(work.key):
        return
    reached = np.cumsum(entry_pairs(work))
    cuts = np.arange(PAIRS_AT_ONCE, int(reached[-1]), PAIRS_AT_ONCE)
    places = np.searchsorted(reached, cuts) + 1
    bounds = np.unique(np.concatenate([[0], places, [len(work.key)]]))
    yield from zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
