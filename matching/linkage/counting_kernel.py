"""What pairs agree on, compiled: one number for each pair that is learnt from.

The levels are the kernel's own (``matching.linkage.kernel``), so that learning sees
what scoring will see. Plans for counting weigh every level nothing; what remains is
the adjustment for frequency, in half bits.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def,operator"

import numpy as np

from matching.linkage.compiled import compiled, inlined
from matching.linkage.lanes import (
    LANES,
    differing,
    eight,
    first_yes,
    more,
    plus,
    shifted,
    spread,
    times,
    yeses,
)
from matching.linkage.layout import Rows
from matching.linkage.namesakes_kernel import bits_of_namesakes
from matching.linkage.pointers import hold, int32s, int64s, soon, uint64s
from matching.linkage.scene_kernel import fields_of
from matching.linkage.swapping_kernel import swapped_level, swapped_place
from matching.linkage.tile_kernel import TILE
from matching.linkage.weighing_kernel import (
    at_addresses,
    weigh_fields,
    weigh_texts,
)

BUCKETS = 256
"""A cell's number has room for so many buckets of rarity, each half a bit."""

_ROOM = 4096

_HALF = 2**31

LOWEST_BUCKET = 64
"""The bucket of no rarity; what is common lies below."""


@compiled
def mixed(number):
    """A number well mixed (splitmix64): near numbers come to lie far apart."""
    number = np.uint64(number) + np.uint64(0x9E3779B97F4A7C15)
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return number ^ (number >> np.uint64(31))


@compiled
def hashes_of_numbers(ids):
    """A number for each id, near ones far apart."""
    found = np.empty(len(ids), np.uint64)
    for i in range(len(ids)):
        found[i] = mixed(ids[i])
    return found


@compiled
def hashes_of_texts(bounds, letters):
    """A number for each text (FNV-1a over its bytes, mixed).

    ``bounds`` says where each begins among the letters; one more at the end.
    """
    found = np.empty(len(bounds) - 1, np.uint64)
    for i in range(len(found)):
        number = np.uint64(0xCBF29CE484222325)
        for place in range(bounds[i], bounds[i + 1]):
            number = (number ^ np.uint64(letters[place])) * np.uint64(0x100000001B3)
        found[i] = mixed(number)
    return found


@compiled
def _home(cells, cell):
    """Where a cell stands in an open table, or where it would; the table has room."""
    mask = len(cells) - 1
    place = np.int64(mixed(cell) & np.uint64(mask))
    while cells[place] >= 0 and cells[place] != cell:
        place = (place + 1) & mask
    return place


@compiled
def _more(cells, counts):
    """The same table with twice the room."""
    larger = np.full(2 * len(cells), -1, np.int64)
    more = np.zeros(2 * len(cells), np.int64)
    for old in range(len(cells)):
        if cells[old] >= 0:
            place = _home(larger, cells[old])
            larger[place], more[place] = cells[old], counts[old]
    return larger, more


@compiled
def _with(cells, counts, taken, cell):
    """The table with one pair more, and how many cells it has."""
    home = _home(cells, cell)
    if cells[home] < 0:
        cells[home] = cell
        taken += 1
    counts[home] += 1
    if 2 * taken > len(cells):
        cells, counts = _more(cells, counts)
    return cells, counts, taken


@compiled
def _cell(by, those, rows, i, j, span, levels, waiting, radix, names):
    """The number of what two records agree on."""
    swapped = -1
    if names >= 0:
        swapped = swapped_level(by, those.texts, rows, i, j, names)
    bits = weigh_fields(by, those, rows, i, j, span[0], levels, 0.0)
    bits += bits_of_namesakes(by, those.texts, rows, i, j, span[0])
    bits = weigh_texts(by, those, rows, i, j, span, levels, waiting, bits, 0.0, swapped)
    pattern = 0
    for c in range(span[1]):
        pattern += levels[c] * radix[c]
    bucket = np.int64(np.floor(bits + 0.5)) + LOWEST_BUCKET
    return pattern * BUCKETS + min(max(bucket, 0), BUCKETS - 1)


@inlined
def _taken(tile, r, hash_of_left, most):
    """A bit for each of eight pairs whose mixed sum of hashes is no more than that.

    Mixing is that of C. Wellons' lowbias32; ``most`` and what is held against it are
    less than they are without a sign, by 2**31.
    """
    mix = plus(eight(tile, r), spread(hash_of_left))
    mix = times(differing(mix, shifted(mix, 16)), spread(0x7FEB352D))
    mix = times(differing(mix, shifted(mix, 15)), spread(0x846CA68B - 2**32))
    mix = differing(mix, shifted(mix, 16))
    return ~yeses(more(differing(mix, spread(-_HALF)), spread(most)))


@compiled
def cells_of_rule(plan, values, left, right, work, hashes, below, radix, start, stop):
    """The cells of pairs that some entries of the work meet, and how many each has.

    A pair is taken when the mixed sum of its records' hashes, by their lower halves, is
    no more than the upper half of ``below``; that is asked of eight pairs at once.
    """
    count = len(plan.comparisons)
    span = (fields_of(plan), count)
    names = swapped_place(plan)
    by, those = at_addresses(plan, values)
    rows = Rows(int32s(left.ctypes.data), int32s(right.ctypes.data), left.shape[1])
    own_levels, own_waiting = np.zeros(count, np.int64), np.zeros(count, np.int64)
    levels, waiting = (
        int64s(own_levels.ctypes.data), int64s(own_waiting.ctypes.data),
    )  # fmt: skip
    places = int64s(radix.ctypes.data)
    one, other = hashes
    records, members = int32s(work.record.ctypes.data), int32s(work.members.ctypes.data)
    ours, theirs = uint64s(one.ctypes.data), uint64s(other.ctypes.data)
    one_table = work.one_table
    cells, counts = np.full(_ROOM, -1, np.int64), np.zeros(_ROOM, np.int64)
    taken = rule = 0
    own_tile = np.zeros(TILE, np.int32)
    tile = int32s(own_tile.ctypes.data)
    most = np.int32(np.int64(below >> np.uint64(32)) - _HALF)
    entry = start
    while entry < stop:
        key = work.key[entry]
        until = entry
        while until < stop and work.key[until] == key:
            until += 1
        while key >= work.rule_keys[rule + 1]:
            rule += 1
        alone = one_table and work.mirrored[rule] != 0
        last = work.key_starts[key + 1]
        for first in range(work.key_starts[key], last, TILE):
            size = min(TILE, last - first)
            for r in range(size):
                tile[r] = np.int32(theirs[members[first + r]])
            for each in range(entry, until):
                i = records[each]
                for r in range(0, size, LANES):
                    flags = _taken(tile, r, np.int32(ours[i]), most)
                    flags &= (1 << min(size - r, LANES)) - 1
                    while flags:
                        j = members[first + r + first_yes(flags)]
                        flags &= flags - 1
                        if one_table and (i == j or (alone and j < i)):
                            continue
                        cell = _cell(
                            by, those, rows, i, j, span, levels, waiting, places, names
                        )
                        cells, counts, taken = _with(cells, counts, taken, cell)
        entry = until
    hold((own_tile, own_levels, own_waiting))
    met = counts > 0
    return cells[met], counts[met]


@compiled
def cells_of_anybody(
    plan,
    values,
    left,
    right,
    hashes,
    order,
    draws,
    below,
    radix,
    start,
    stop,
    one_table,
):
    """The cells of random pairs of some left records, and how many each has.

    Each left record whose mixed hash is at most ``below`` meets ``draws`` right ones
    that its hash picks out of ``order``, or where ``draws`` is 0 everybody.
    """
    count = len(plan.comparisons)
    span = (fields_of(plan), count)
    names = swapped_place(plan)
    by, those = at_addresses(plan, values)
    rows = Rows(int32s(left.ctypes.data), int32s(right.ctypes.data), left.shape[1])
    own_levels, own_waiting = np.zeros(count, np.int64), np.zeros(count, np.int64)
    levels, waiting = (
        int64s(own_levels.ctypes.data), int64s(own_waiting.ctypes.data),
    )  # fmt: skip
    places = int64s(radix.ctypes.data)
    size = len(order)
    each = draws if draws > 0 else size
    picked = np.empty(draws, np.int64)
    cells, counts = np.full(_ROOM, -1, np.int64), np.zeros(_ROOM, np.int64)
    taken = 0
    for i in range(start, stop):
        if mixed(hashes[i]) > below:
            continue
        for draw in range(draws):
            pick = mixed(hashes[i] ^ mixed(np.uint64(draw + 1)))
            picked[draw] = order[np.int64(pick % np.uint64(size))]
            soon(rows.right, picked[draw] * rows.width)
        for draw in range(each):
            j = picked[draw] if draws > 0 else np.int64(draw)
            if one_table and (j == i or (draws == 0 and j < i)):
                continue
            cell = _cell(by, those, rows, i, j, span, levels, waiting, places, names)
            cells, counts, taken = _with(cells, counts, taken, cell)
    hold((own_levels, own_waiting))
    met = counts > 0
    return cells[met], counts[met]
