"""Which records of one table are one person, from its pairs and people's decisions.

Two groups of records join while the mean weight between them reaches the line; a pair
that was not kept counts as one nat against. A single strong link does not chain
strangers together. What people decided stands: records judged the same are together,
those judged different never are.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from matching.linkage.joining_kernel import (
    EDGE,
    OTHER,
    SAME,
    average_link,
    connected,
    connected_up_to,
)
from matching.linkage.layout import Floats, Ints

LARGEST = 2_000
"""Records that hang together beyond so many are parted at their weakest pairs first."""

_NAT = 1 / math.log(2)
_TOLERANCE = 1e-9

Pairs = tuple[Ints, Ints]
"""Records of either end, by number."""

NO_PAIRS: Pairs = np.zeros(0, np.int64), np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people said of pairs of records."""

    same: Pairs = NO_PAIRS
    different: Pairs = NO_PAIRS


NO_DECISIONS = Decisions()


class DecisionsContradict(ValueError):
    """Records judged different are tied by others judged the same.

    ``paths`` names the records of each: the first and the last are judged different,
    each and the next are judged the same.
    """

    def __init__(self, paths: list[list[int]]) -> None:
        self.paths = paths
        super().__init__(f"{len(paths)} decisions contradict others")


@dataclass(frozen=True, slots=True)
class Clusters:
    first: Ints
    """For each record the lowest record of its cluster."""
    parted: tuple[tuple[int, int], ...]
    """Of each set of records that was too large: its lowest record and its size."""


def clusters(
    records: int,
    pairs: Pairs,
    bits: Floats,
    line: float,
    decisions: Decisions = NO_DECISIONS,
) -> Clusters:
    """The clusters of so many records, numbered in the order of their ids.

    The same whatever the order of the pairs.

    Raises:
        DecisionsContradict: people's decisions can't all stand.
    """
    check(decisions)
    one, other = (
        np.concatenate([pairs[side], decisions.same[side], decisions.different[side]])
        for side in (0, 1)
    )
    sizes = [len(bits), len(decisions.same[0]), len(decisions.different[0])]
    kind = np.repeat(np.array([EDGE, SAME, OTHER], np.int64), sizes)
    weight = np.concatenate([bits, np.zeros(sizes[1] + sizes[2])])
    one, other = np.minimum(one, other), np.maximum(one, other)
    ties = kind != OTHER
    group = connected(records, one[ties], other[ties])
    counts = np.bincount(group, minlength=records)
    parted = np.flatnonzero(counts > LARGEST)
    if len(parted):
        order = np.lexsort((other[ties], one[ties], -weight[ties], -kind[ties]))
        group = connected_up_to(
            records, one[ties][order], other[ties][order],
            kind[ties][order] == SAME, LARGEST,
        )  # fmt: skip
        counts = np.bincount(group, minlength=records)
    inside = group[one] == group[other]
    first = _joined(
        group,
        counts,
        (one[inside], other[inside]),
        (weight[inside], kind[inside]),
        line,
    )
    sizes_before = np.bincount(connected(records, one[ties], other[ties]))
    return Clusters(first, tuple((int(at), int(sizes_before[at])) for at in parted))


def _joined(
    group: Ints,
    counts: Ints,
    pairs: Pairs,
    weights: tuple[Floats, Ints],
    line: float,
) -> Ints:
    """For each record the lowest of its cluster, within sets that hang together."""
    records = len(group)
    found = np.arange(records)
    members = np.flatnonzero(counts[group] > 1)
    members = members[np.argsort(group[members], kind="stable")]
    if not len(members):
        return found
    number = np.full(records, -1, np.int64)
    number[members] = np.arange(len(members))
    heads = np.flatnonzero(counts > 1)
    starts = np.concatenate([[0], np.cumsum(counts[heads])])
    order = np.lexsort((pairs[1], pairs[0], group[pairs[0]]))
    one, other = number[pairs[0][order]], number[pairs[1][order]]
    pair_starts = np.searchsorted(group[pairs[0][order]], heads)
    pair_starts = np.append(pair_starts, len(order))
    own = average_link(
        starts, pair_starts, one, other, weights[0][order], weights[1][order],
        line - _TOLERANCE, min(-_NAT, line - _NAT),
    )  # fmt: skip
    found[members] = members[own]
    return found


def check(decisions: Decisions) -> None:
    """Whether decisions can all stand; the shortest path shows why not.

    Raises:
        DecisionsContradict: they can't.
    """
    ties: dict[int, list[int]] = {}
    for one, other in sorted(_as_set(decisions.same)):
        ties.setdefault(one, []).append(other)
        ties.setdefault(other, []).append(one)
    paths = [
        path
        for one, other in sorted(_as_set(decisions.different))
        if (path := _path(ties, one, other))
    ]
    if paths:
        raise DecisionsContradict(paths)


def _as_set(pairs: Pairs) -> set[tuple[int, int]]:
    return {
        (min(one, other), max(one, other))
        for one, other in zip(pairs[0].tolist(), pairs[1].tolist(), strict=True)
    }


def _path(ties: dict[int, list[int]], start: int, end: int) -> list[int]:
    """The shortest way from one record to another; empty where there is none."""
    came: dict[int, int] = {start: start}
    waiting = deque([start])
    while waiting and end not in came:
        record = waiting.popleft()
        for other in ties.get(record, ()):
            if other not in came:
                came[other] = record
                waiting.append(other)
    if end not in came or start == end:
        return []
    path = [end]
    while path[-1] != start:
        path.append(came[path[-1]])
    return path[::-1]
