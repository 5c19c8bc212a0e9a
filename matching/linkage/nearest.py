"""Which other records each of a pair may be: those that it meets, likeliest first."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from matching.linkage.description import Description
from matching.linkage.encode import Encoded
from matching.linkage.kernel import scan
from matching.linkage.layout import Int32s, Ints, Plan, Work
from matching.linkage.learn import FAINT
from matching.linkage.numbers import Numbers, plan_of

MOST = 3


@dataclass(frozen=True, slots=True)
class Rival:
    """A record that one of a pair may be instead of the other."""

    place: int
    """In the table of the other, or in the one table."""
    bits: float
    """What the two weigh, calibrated; :data:`FAINT` at least before."""


def nearest_rivals(
    description: Description, numbers: Numbers, encoded: Encoded, pair: tuple[int, int]
) -> tuple[list[Rival], list[Rival]]:
    """The nearest rivals of either record of a pair, at most :data:`MOST` each.

    A record that shares no rule's key is none: no search meets it.
    """
    plan = plan_of(description, numbers, encoded, FAINT)
    left, right = pair
    found = []
    for one, is_left in ((left, True), (right, False)):
        met = _met_by(encoded, plan.first_rule, one, is_left=is_left)
        if encoded.work.one_table:
            other_way = _met_by(encoded, plan.first_rule, one, is_left=not is_left)
            met = np.setdiff1d(np.concatenate([met, other_way]), [one])
        met = np.setdiff1d(met, [right if is_left else left])
        pairs = (one, met) if is_left else (met, one)
        places, bits = _weighed(plan, encoded, *np.broadcast_arrays(*pairs))
        bits = numbers.calibration.bits(bits)
        place = places[0 if not is_left else 1]
        best = np.lexsort((place, -bits))[:MOST]
        found.append([Rival(int(place[at]), float(bits[at])) for at in best])
    return found[0], found[1]


def _met_by(encoded: Encoded, first_rule: int, place: int, *, is_left: bool) -> Ints:
    """The records of the other side that share a key with one."""
    work = encoded.work
    row = (encoded.left if is_left else encoded.right)[place]
    keys = row[first_rule : first_rule + len(work.mirrored)]
    return _in_one(
        work.members[work.key_starts[key] : work.key_starts[key + 1]]
        if is_left
        else work.record[slice(*np.searchsorted(work.key, [key, key + 1]))]
        for key in keys[keys >= 0].tolist()
    )


def _in_one(parts: Iterable[Int32s]) -> Ints:
    return np.unique(np.concatenate([np.zeros(0, np.int64), *parts]))


def _weighed(
    plan: Plan, encoded: Encoded, lefts: Ints, rights: Ints
) -> tuple[tuple[Int32s, Int32s], np.ndarray]:
    """Those of some pairs that reach the plan's line, and their bits."""
    count = len(lefts)
    each = Work(
        record=lefts.astype(np.int32),
        key=np.arange(count, dtype=np.int32),
        rule_keys=np.array([0, count]),
        key_starts=np.arange(count + 1),
        members=rights.astype(np.int32),
        mirrored=np.ones(1, np.int32),
        one_table=False,
    )
    ones, others, bits, *_ = scan(
        plan, encoded.values, encoded.left, encoded.right, each, 0, count
    )
    return (ones, others), bits


def in_words(one: str, other: str, found: list[Rival], ids: pa.Array) -> str:
    """Who a record may be instead of the other of its pair, by their ids."""
    if not found:
        return f"Nobody but {other} comes near {one} ({FAINT:+.2f} or more)."
    told = ", ".join(f"{ids[rival.place]} ({rival.bits:+.2f})" for rival in found)
    return f"Instead of {other}, {one} may be {told}."
