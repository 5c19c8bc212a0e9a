"""The inner loop: every pair that shares a key, once; only those that may matter.

Key by key. Its right records are laid side by side (``tile_kernel``), and of all pairs
with a left one the sieve leaves those that no earlier rule met and that may matter
(``sieve_kernel``). Those are weighed, for as long as they may still reach the line
(``weighing_kernel``). Nothing is written but what is kept.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

import numpy as np

from matching.linkage.compiled import compiled, inlined
from matching.linkage.foreseeing_kernel import fields_at_most, texts_at_most
from matching.linkage.layout import CUT, LINE, MISSING, PRIOR
from matching.linkage.namesakes_kernel import bits_of_namesakes, may_be_namesakes
from matching.linkage.pointers import hold, soon
from matching.linkage.scene_kernel import own_of, scene_of
from matching.linkage.sieve_kernel import sift
from matching.linkage.swapping_kernel import (
    may_be_swapped,
    more_than_foreseen,
    swapped_level,
)
from matching.linkage.tile_kernel import AHEAD, TILE, lay
from matching.linkage.weighing_kernel import (
    TOLERANCE,
    item_of,
    length_of,
    of_a_household,
    weigh_fields,
    weigh_texts,
)


@compiled
def shares_key(lists, a, b, below):
    """Whether two rows' keys of a rule have one in common that is less than ``below``.

    ``below`` is -1 for any.
    """
    if a == MISSING or b == MISSING:
        return False
    if a >= 0 and b >= 0:
        return a == b and (below < 0 or a < below)
    for i in range(length_of(lists, a)):
        key = item_of(lists, a, i)
        if below >= 0 and key >= below:
            continue
        for j in range(length_of(lists, b)):
            if key == item_of(lists, b, j):
                return True
    return False


@compiled
def _met_by_list(lists, rows, i, j, first, rule, key):
    """Whether an earlier rule met two records, of which one has several keys, or an
    earlier key of this rule."""
    left, right = i * rows.width, j * rows.width
    for slot in range(first, first + rule):
        if shares_key(lists, rows.left[left + slot], rows.right[right + slot], -1):
            return True
    slot = first + rule
    return shares_key(lists, rows.left[left + slot], rows.right[right + slot], key)


@compiled
def _met_the_other_way(lists, rows, mirrored, i, j, first, rule):
    """The same in one table, where a rule makes left and right keys differently."""
    left, right = j * rows.width, i * rows.width
    for earlier in range(rule):
        slot = first + earlier
        if not mirrored[earlier] and shares_key(
            lists, rows.left[left + slot], rows.right[right + slot], -1
        ):
            return True
    slot = first + rule
    # met from both sides: the lower record stands on the left
    return (
        not mirrored[rule]
        and i > j
        and shares_key(lists, rows.left[left + slot], rows.right[right + slot], -1)
    )


@compiled
def _is_new(scene, pair, rule, key):
    """Whether no earlier rule, and no earlier key of this one, met a pair of which the
    sieve is not sure."""
    i, j = pair
    rows, lists = scene.rows, scene.values.lists
    first = scene.plan.first_rule
    if scene.lists and _met_by_list(lists, rows, i, j, first, rule, key):
        return False
    return not (
        scene.one_table
        and _met_the_other_way(lists, rows, scene.mirrored, i, j, first, rule)
    )


@inlined
def _weighed(scene, i, j):
    """The bits of a pair; minus infinity as soon as it can't reach the cut. Writes its
    levels to ``Own.levels``."""
    plan, values, rows, own = scene.plan, scene.values, scene.rows, scene.own
    cheap, count, names = scene.fields, scene.comparisons, scene.swapped
    shared = values.texts.shared
    span = (cheap, count)
    cut = plan.scalars[CUT] - TOLERANCE
    ahead = texts_at_most(plan, values.texts, rows, i, j, span)
    swapped = -1
    if names >= 0 and may_be_swapped(plan, rows, i, j, names, shared):
        swapped = swapped_level(plan, values.texts, rows, i, j, names)
        if swapped >= 0:
            ahead += more_than_foreseen(plan, values.texts, rows, i, j, names, swapped)
    whole = ahead + fields_at_most(plan, rows, i, j, cheap)
    given = 0.0
    if scene.forename >= 0 and may_be_namesakes(rows, i, j, scene.forename, shared):
        given = bits_of_namesakes(plan, values.texts, rows, i, j, cheap)
        whole += given
    if plan.scalars[PRIOR] + whole < cut:
        return -np.inf
    total = weigh_fields(plan, values, rows, i, j, cheap, own.levels, whole)
    if total == -np.inf:
        return total
    total = weigh_texts(
        plan, values, rows, i, j, span, own.levels, own.waiting, total + given, ahead,
        swapped,
    )  # fmt: skip
    if total >= cut and scene.household:
        total += of_a_household(plan, values, rows, i, j, own.levels, count)
    return total


@compiled
def scan(plan, values, left, right, work, start, stop):
    """The pairs of some entries of the work whose bits reach the line.

    Gives left records, right records, bits, levels (one column for each comparison)
    and how many pairs were met for the first time.
    """
    count, rules = len(plan.comparisons), len(work.rule_keys) - 1
    own = own_of(plan, rules)
    scene = scene_of(plan, values, (left, right), work, own)
    line = plan.scalars[LINE] - TOLERANCE
    rows, members, one_table = scene.rows, scene.members, work.one_table
    records, keys, key_starts = work.record, work.key, work.key_starts
    room = 4096
    ones = np.empty(room, np.int32)
    others = np.empty(room, np.int32)
    bits_of = np.empty(room, np.float64)
    found = np.empty((room, count), np.int8)
    kept = met = rule = 0
    entry = start
    while entry < stop:
        key = keys[entry]
        until = entry
        while until < stop and keys[until] == key:
            until += 1
        while key >= work.rule_keys[rule + 1]:
            rule += 1
        alone = -1
        if one_table:
            alone = 1 if scene.mirrored[rule] != 0 else 0
        for first in range(key_starts[key], key_starts[key + 1], TILE):
            size = min(TILE, key_starts[key + 1] - first)
            lay(scene, first, size, rule)
            for one in range(entry, until):
                i = records[one]
                if one + AHEAD < stop:
                    soon(rows.left, np.int64(records[one + AHEAD]) * rows.width)
                some, new = sift(scene, i, rule, size, alone)
                met += new
                for place in range(some):
                    mark = scene.own.found[place]
                    j = members[first + (mark >> 2)]
                    if mark & 1:
                        if not _is_new(scene, (i, j), rule, key):
                            continue
                        met += 1
                        if not mark & 2:
                            continue
                    total = _weighed(scene, i, j)
                    if total < line:
                        continue
                    if kept == room:
                        room *= 2
                        ones = _grown(ones, room)
                        others = _grown(others, room)
                        bits_of = _grown(bits_of, room)
                        found = _grown_rows(found, room)
                    ones[kept], others[kept], bits_of[kept] = i, j, total
                    for c in range(count):
                        found[kept, c] = scene.own.levels[c]
                    kept += 1
        entry = until
    hold(own)
    return (
        ones[:kept].copy(), others[:kept].copy(), bits_of[:kept].copy(),
        found[:kept].copy(), met,
    )  # fmt: skip


@compiled
def _grown(column, room):
    larger = np.empty(room, column.dtype)
    larger[: len(column)] = column
    return larger


@compiled
def _grown_rows(columns, room):
    larger = np.empty((room, columns.shape[1]), columns.dtype)
    larger[: len(columns)] = columns
    return larger
