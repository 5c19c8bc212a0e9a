"""Which other records each of a pair may be: those that it meets, likeliest first."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from matching.linkage.description import Description
from matching.linkage.encode import Encoded
from matching.linkage.kernel import scan
from matching.linkage.layout import Floats, Int32s, Ints, Plan, Work
from matching.linkage.numbers import Numbers, plan_of
from matching.linkage.rivals import LEAST_RIVAL

MOST = 3


@dataclass(frozen=True, slots=True)
class Rival:
    """A record that one of a pair may be instead of the other."""

    place: int
    """In the table of the other, or in the one table."""
    bits: float
    """What the two weigh by themselves, calibrated."""


def nearest_rivals(
    description: Description, numbers: Numbers, encoded: Encoded, pair: tuple[int, int]
) -> list[list[Rival]]:
    """The nearest rivals of the left record of a pair, and those of the right one; at
    most :data:`MOST` each."""
    found = []
    for places, bits in others(description, numbers, encoded, pair):
        calibrated = numbers.calibration.bits(bits)
        best = np.lexsort((places, -calibrated))[:MOST]
        found.append([Rival(int(places[at]), float(calibrated[at])) for at in best])
    return found


def others(
    description: Description, numbers: Numbers, encoded: Encoded, pair: tuple[int, int]
) -> list[tuple[Int32s, Floats]]:
    """All whom the left record of a pair may be instead, and all whom the right one may
    be; and what they weigh, :data:`LEAST_RIVAL` bits or more, not calibrated.

    A record that shares no rule's key is none: no search meets it.
    """
    plan = plan_of(description, numbers, encoded, LEAST_RIVAL)
    found = []
    for side in (0, 1):
        one, other = pair[side], pair[1 - side]
        met = _met_by(encoded, plan.first_rule, one, is_left=side == 0)
        if encoded.work.one_table:
            other_way = _met_by(encoded, plan.first_rule, one, is_left=side == 1)
            met = np.setdiff1d(np.concatenate([met, other_way]), [one])
        met = np.setdiff1d(met, [other])
        ones = np.full_like(met, one)
        places, bits = _weighed(
            plan, encoded, *((ones, met) if side == 0 else (met, ones))
        )
        found.append((places[1 - side], bits))
    return found


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
) -> tuple[tuple[Int32s, Int32s], Floats]:
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
        return f"Nobody but {other} comes near {one} ({LEAST_RIVAL:+.2f} or more)."
    told = ", ".join(f"{ids[rival.place]} ({rival.bits:+.2f})" for rival in found)
    return f"Instead of {other}, {one} may be {told}."
