"""What is the same for all pairs of a scan, compiled: by address, and in whole numbers.

The most that a comparison may add is also written in parts of a bit, rounded up, for
eight pairs to be summed at once (``sieve_kernel``).
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

from typing import Any, NamedTuple

import numpy as np

from matching.linkage.compiled import compiled, inlined
from matching.linkage.layout import (
    CODE,
    CUT,
    DATE,
    FORENAME,
    HINT,
    HOPE,
    KIND,
    POSTCODE,
    PRIOR,
    SLOT,
    TEXT,
    Int32s,
    Ints,
    Plan,
    Rows,
    Values,
)
from matching.linkage.pointers import int32s, int64s
from matching.linkage.swapping_kernel import swapped_place
from matching.linkage.tile_kernel import ASKED, EACH, KEYS, TILE
from matching.linkage.weighing_kernel import at_addresses

_MOST = 1_000_000
"""Bits of which as many parts fit into a number."""


class Own(NamedTuple):
    """Room that a scan has for itself, and the plan's bits in whole parts."""

    tile: Int32s
    """A column of ``TILE`` right records after the other."""
    asked: Int32s
    """What the left record says of each comparison: by groups (``order``), then of
    those of which it has nothing or several."""
    earlier: Int32s
    """Where the keys of earlier rules stand in a tile, and the left record's."""
    found: Int32s
    """What the sieve left."""
    order: Int32s
    """The comparisons in three groups: those whose values are the same or not, those
    that are measured, and those with hints."""
    sums: Int32s
    """What each comparison adds at most: when it is the same, when it is not, and when
    the letters of texts are too many edits apart; (3, comparisons)."""
    weights: Int32s
    """(comparisons, levels + 1): what each level adds."""
    levels: Ints
    """What a pair was found to be: a level for each comparison."""
    waiting: Ints


class Scene(NamedTuple):
    """Everything by address: whoever makes it keeps the arrays."""

    plan: Plan
    values: Values
    rows: Rows
    members: Any
    members_count: int
    own: Own
    comparisons: int
    fields: int
    """So many comparisons are not of texts; those come first."""
    alike: int
    """Where the first group of ``Own.order`` ends."""
    measured: int
    """Where the second ends."""
    limit: Any
    """What the parts of a pair that matters are more than."""
    swapped: int
    """The comparison of forenames that may be the other's surnames, or -1."""
    forename: int
    """Where forenames stand that tell of codes, or -1."""
    namesakes: Any
    """The most that one forename adds to codes, in parts."""
    household: bool
    rules: int
    mirrored: Any
    lists: bool
    """Whether any record has several values or keys."""
    one_table: bool


@inlined
def _parts(number):
    """Bits in whole parts of ``HOPE`` to one bit, never less than they are."""
    return np.int32(np.ceil(min(max(number, -_MOST), _MOST) * HOPE))


@compiled
def own_of(plan, rules):
    """``Own`` for a plan and so many blocking rules."""
    count = len(plan.comparisons)
    order = np.array(
        [c for group in range(3) for c in range(count) if _group(plan, c) == group],
        np.int32,
    )
    sums = np.empty(3 * count, np.int32)
    weights = np.empty(count * plan.width, np.int32)
    for c in range(count):
        sums[c] = _parts(plan.like[c])
        sums[count + c] = _parts(plan.unlike[c])
        sums[2 * count + c] = _parts(plan.apart[c])
        for level in range(plan.width):
            weights[c * plan.width + level] = _parts(plan.weight[c, level])
    return Own(
        tile=np.zeros((KEYS + rules + EACH * count) * TILE, np.int32),
        asked=np.zeros(ASKED * count, np.int32),
        earlier=np.zeros(2 * rules, np.int32),
        found=np.zeros(TILE, np.int32),
        order=order,
        sums=sums,
        weights=weights,
        levels=np.zeros(count, np.int64),
        waiting=np.zeros(count, np.int64),
    )


@compiled
def _group(plan, c):
    if plan.comparisons[c, HINT] >= 0:
        return 2
    return 1 if plan.comparisons[c, KIND] in (DATE, POSTCODE) else 0


@compiled
def _namesakes_at_most(plan):
    most = 0.0
    if plan.forename >= 0:
        for c in range(len(plan.comparisons)):
            if plan.comparisons[c, KIND] == CODE:
                most += max(0.0, plan.namesakes[c].max())
    return _parts(most)


@compiled
def fields_of(plan):
    """How many comparisons are not of texts; they come first."""
    fields = 0
    while fields < len(plan.comparisons) and plan.comparisons[fields, KIND] not in (
        TEXT, FORENAME,
    ):  # fmt: skip
        fields += 1
    return fields


@compiled
def _limit(plan):
    """What the parts of a pair that matters are more than: of the difference one part
    less for rounding and tolerance, and one as it must be more. Where sums may be too
    large for parts, everything is.
    """
    most = np.abs(plan.like) + np.abs(plan.unlike) + np.abs(plan.apart)
    if most.sum() + np.abs(plan.weight).sum() > _MOST:
        return np.int32(-(2**31))
    return np.int32(-_parts(-(plan.scalars[CUT] - plan.scalars[PRIOR])) - 2)


@compiled
def scene_of(plan, values, sides, work, own):
    """What a scan of some work reads and writes; the arrays must outlive it."""
    left, right = sides
    count = len(plan.comparisons)
    alike = hinted = 0
    for c in range(count):
        alike += _group(plan, c) == 0
        hinted += _group(plan, c) == 2
    by, those = at_addresses(plan, values)
    forename = plan.forename
    if forename >= 0:
        forename = plan.comparisons[forename, SLOT]
    return Scene(
        plan=by,
        values=those,
        rows=Rows(int32s(left.ctypes.data), int32s(right.ctypes.data), left.shape[1]),
        members=int32s(work.members.ctypes.data),
        members_count=len(work.members),
        own=Own(
            tile=int32s(own.tile.ctypes.data),
            asked=int32s(own.asked.ctypes.data),
            earlier=int32s(own.earlier.ctypes.data),
            found=int32s(own.found.ctypes.data),
            order=int32s(own.order.ctypes.data),
            sums=int32s(own.sums.ctypes.data),
            weights=int32s(own.weights.ctypes.data),
            levels=int64s(own.levels.ctypes.data),
            waiting=int64s(own.waiting.ctypes.data),
        ),
        comparisons=count,
        fields=fields_of(plan),
        alike=alike,
        measured=count - hinted,
        limit=_limit(plan),
        swapped=swapped_place(plan),
        forename=forename,
        namesakes=_namesakes_at_most(plan),
        household=len(plan.household) > 0,
        rules=len(work.rule_keys) - 1,
        mirrored=int32s(work.mirrored.ctypes.data),
        lists=len(values.lists) > 1,
        one_table=work.one_table,
    )
