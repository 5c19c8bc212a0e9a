"""``u``: how often strangers reach each level.

Exact agreement is counted over all pairs at once, from how many records have each value
on either side; other levels in random pairs. Pairs of one person are taken off both. No
level is left without a number: one that no stranger reached was missed by a fraction
of a pair. Names stand in each other's column as often as both would agree by chance:
how rare the two are where they stand says the rest.
"""

from dataclasses import dataclass

import numpy as np

from matching.linkage.cells import Cells
from matching.linkage.description import Comparison, Description, steps
from matching.linkage.encode import Encoded, slots
from matching.linkage.layout import (
    EXACT,
    FLAGS,
    INITIAL,
    INITIALS,
    IS_INITIALS,
    JOINED,
    Floats,
    Int32s,
)
from matching.linkage.tests import TEXTS

UNSEEN = 0.5
"""A level that no pair reached counts as if half a pair had."""

LEAST_STRANGERS = 0.01
"""Of pairs that agree exactly at least this share are strangers, where no rule of that
comparison alone says how many."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many of all pairs agree exactly on a comparison."""

    level: int
    pairs: float
    of: float
    """Of so many pairs that have a value on both sides."""


def agreements(description: Description, encoded: Encoded) -> list[Agreement | None]:
    """For each comparison in the kernel's order; none where others are asked first."""
    return [
        _agreement(one, encoded, place) for place, one in enumerate(slots(description))
    ]


def _agreement(one: Comparison, encoded: Encoded, place: int) -> Agreement | None:
    asked = [step for step in steps(one) if step[0] not in {INITIAL, INITIALS}]
    if asked[0][0] != EXACT:
        return None
    left, right = encoded.codes(place)
    left, right = left[left >= 0], right[right >= 0]
    one_table = encoded.work.one_table
    of = _pairs(len(left), len(right), one_table=one_table)
    if one.kind in TEXTS:
        card = encoded.values.texts.card
        if any(step[0] == INITIAL for step in steps(one)):
            left = left[card[left, FLAGS] & IS_INITIALS == 0]
            right = right[card[right, FLAGS] & IS_INITIALS == 0]
        left, right = card[left, JOINED], card[right, JOINED]
    size = 1 + max(left.max(initial=0), right.max(initial=0))
    ours, theirs = _counts(left, size), _counts(right, size)
    pairs = float((ours * (ours - 1)).sum() / 2 if one_table else (ours @ theirs))
    return Agreement(asked[0][2], pairs, of)


def _counts(codes: Int32s, size: int) -> Floats:
    return np.bincount(codes, minlength=size).astype(np.float64)


def _pairs(left: int, right: int, *, one_table: bool) -> float:
    return float(left * (left - 1) // 2 if one_table else left * right)


def chance(
    random: Cells,
    strangers: Floats,
    agreement: list[Agreement | None],
    strangers_agreeing: list[float | None],
    sizes: list[int],
) -> list[Floats]:
    """``u`` of every comparison in the kernel's order.

    ``strangers`` is how many pairs of each random cell are strangers, and
    ``strangers_agreeing`` of all pairs that agree exactly.
    """
    found = []
    for c, (size, exact, agreeing) in enumerate(
        zip(sizes, agreement, strangers_agreeing, strict=True)
    ):
        seen = np.bincount(random.levels[:, c], strangers, size + 1)[:size]
        u = np.maximum(seen, UNSEEN)
        u = u / u.sum()
        if exact is not None and agreeing is not None and exact.of > 0:
            share = max(agreeing, UNSEEN) / max(exact.of, 1.0)
            share = min(share, 1 - UNSEEN / max(exact.of, 1.0))
            others = np.arange(size) != exact.level
            u[others] *= (1 - share) / u[others].sum()
            u[exact.level] = share
        found.append(u)
    return found


def with_swapped(order: list[Comparison], u: list[Floats]) -> list[Floats]:
    """``u`` where names in each other's column are as likely as that both agree, and
    one of them as that one of both does."""
    found = list(u)
    for c, one in enumerate(order):
        if one.swapped is not None:
            both = float(u[c][0] * u[c + 1][0])
            shares = {one.swapped: both}
            if one.half_swapped is not None:
                shares[one.half_swapped] = both**0.5 * (1 - both**0.5)
            others = np.isin(np.arange(len(u[c])), list(shares), invert=True)
            found[c] = np.where(others, u[c], 0.0)
            found[c] *= (1 - sum(shares.values())) / found[c].sum()
            for place, share in shares.items():
                found[c][place] = share
    return found
