"""The inner loop: every pair that shares a key, once; only those that may matter.

For each pair: was it met by an earlier rule? If not, it is weighed, for as long as it
may still reach the line (``weighing_kernel``). Nothing is written but what is kept.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

import numpy as np

from matching.linkage.compiled import compiled
from matching.linkage.foreseeing_kernel import fields_at_most, texts_at_most
from matching.linkage.layout import (
    CUT,
    FORENAME,
    KIND,
    LINE,
    MISSING,
    PRIOR,
    SEVERAL,
    SLOT,
    TEXT,
    Rows,
)
from matching.linkage.namesakes_kernel import bits_of_namesakes, may_be_namesakes
from matching.linkage.pointers import int32s, int64s, soon
from matching.linkage.swapping_kernel import (
    may_be_swapped,
    more_than_foreseen,
    swapped_level,
    swapped_place,
)
from matching.linkage.weighing_kernel import (
    TOLERANCE,
    at_addresses,
    item_of,
    length_of,
    of_a_household,
    weigh_fields,
    weigh_texts,
)

_AHEAD = 8
"""A right row is fetched so many pairs before its turn."""


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
def _met_by_key(rows, i, j, first, own):
    """Whether an earlier rule's only key is the same: the pair was met by that."""
    left, right = i * rows.width, j * rows.width
    for slot in range(first, own):
        a = rows.left[left + slot]
        if a >= 0 and a == rows.right[right + slot]:
            return True
    return False


@compiled
def _met_by_list(lists, rows, i, j, first, rule, key):
    """The same question where some keys are several."""
    left, right = i * rows.width, j * rows.width
    several = False
    for slot in range(first, first + rule + 1):
        several |= rows.left[left + slot] <= SEVERAL
        several |= rows.right[right + slot] <= SEVERAL
    if not several:
        return False
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
def scan(plan, values, left, right, work, start, stop):
    """The pairs of some entries of the work whose bits reach the line.

    Gives left records, right records, bits, levels (one column for each comparison)
    and how many pairs were met for the first time.
    """
    count = len(plan.comparisons)
    cheap = 0
    while cheap < count and plan.comparisons[cheap, KIND] not in (TEXT, FORENAME):
        cheap += 1
    has_household = len(plan.household) > 0
    span = (cheap, count)
    line, cut = plan.scalars[LINE], plan.scalars[CUT]
    prior = plan.scalars[PRIOR]
    first_rule = plan.first_rule
    one_table = work.one_table
    has_lists = len(values.lists) > 1
    asymmetric = one_table and not work.mirrored.all()
    names = swapped_place(plan)
    names_slots = plan.comparisons[names, SLOT], plan.comparisons[names + 1, SLOT]
    shared = values.texts.shared
    forename = plan.forename
    if forename >= 0:
        forename = plan.comparisons[forename, SLOT]
    by, those = at_addresses(plan, values)
    rows = Rows(int32s(left.ctypes.data), int32s(right.ctypes.data), left.shape[1])
    records, keys = int32s(work.record.ctypes.data), int32s(work.key.ctypes.data)
    members = int32s(work.members.ctypes.data)
    key_starts = int64s(work.key_starts.ctypes.data)
    rule_keys = int64s(work.rule_keys.ctypes.data)
    mirrored = int32s(work.mirrored.ctypes.data)
    own_levels = np.zeros(count, np.int64)
    own_waiting = np.zeros(count, np.int64)
    levels = int64s(own_levels.ctypes.data)
    waiting = int64s(own_waiting.ctypes.data)

    room = 4096
    ones = np.empty(room, np.int32)
    others = np.empty(room, np.int32)
    bits_of = np.empty(room, np.float64)
    found = np.empty((room, count), np.int8)
    kept = met = rule = 0
    for entry in range(start, stop):
        i, key = records[entry], keys[entry]
        while key >= rule_keys[rule + 1]:
            rule += 1
        own = first_rule + rule
        alone = one_table and mirrored[rule] != 0
        last = key_starts[key + 1]
        for place in range(key_starts[key], last):
            j = members[place]
            if place + _AHEAD < last:
                soon(rows.right, np.int64(members[place + _AHEAD]) * rows.width)
            if one_table and (i == j or (alone and j < i)):
                continue
            if _met_by_key(rows, i, j, first_rule, own):
                continue
            if has_lists and _met_by_list(
                those.lists, rows, i, j, first_rule, rule, key
            ):
                continue
            if asymmetric and _met_the_other_way(
                those.lists, rows, mirrored, i, j, first_rule, rule
            ):
                continue
            met += 1
            ahead = texts_at_most(by, those.texts, rows, i, j, span)
            swapped = -1
            if names >= 0 and may_be_swapped(rows, i, j, names_slots, shared):
                swapped = swapped_level(by, those.texts, rows, i, j, names)
                if swapped >= 0:
                    ahead += more_than_foreseen(
                        by, those.texts, rows, i, j, names, swapped
                    )
            whole = ahead + fields_at_most(by, rows, i, j, cheap)
            given = 0.0
            if forename >= 0 and may_be_namesakes(rows, i, j, forename, shared):
                given = bits_of_namesakes(by, those.texts, rows, i, j, cheap)
                whole += given
            if prior + whole < cut - TOLERANCE:
                continue
            total = weigh_fields(by, those, rows, i, j, cheap, levels, whole)
            if total == -np.inf:
                continue
            total = weigh_texts(
                by, those, rows, i, j, span, levels, waiting, total + given, ahead,
                swapped,
            )  # fmt: skip
            if total < cut - TOLERANCE:
                continue
            if has_household:
                total += of_a_household(by, those, rows, i, j, levels, count)
            if total < line - TOLERANCE:
                continue
            if kept == room:
                room *= 2
                ones = _grown(ones, room)
                others = _grown(others, room)
                bits_of = _grown(bits_of, room)
                found = _grown_rows(found, room)
            ones[kept], others[kept], bits_of[kept] = i, j, total
            for c in range(count):
                found[kept, c] = own_levels[c]
            kept += 1
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
