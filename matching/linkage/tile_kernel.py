"""Right records of one key side by side, and what a left one is held against them.

A *tile* has a column of 32-bit integers for each thing that pairs are asked of every
time, so that eight pairs can be asked at once (``sieve_kernel``). It is copied once for
all left records of the key.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

import numpy as np

from matching.linkage.compiled import inlined
from matching.linkage.layout import (
    COMPARISON,
    DATE,
    DATE_CARD,
    DAY,
    DIGITS,
    FORENAME,
    HINT,
    HOPES_AT,
    KIND,
    LENGTHS,
    MISSING,
    NAME_LENGTH,
    NAME_LETTERS,
    POSTCODE,
    SEVERAL,
    SLOT,
    SURNAME,
    TEXT,
    WEAK,
)
from matching.linkage.pointers import bits, soon

TILE = 128
"""So many right records of a key stand side by side at most."""
AHEAD = 8
"""A row is fetched so many records before its turn."""

# Columns of a tile; after them the keys of the rules, then ``EACH`` for a comparison.
REST, RECORD, UNSURE, KEYS = range(4)
# Of a comparison: what values that are not the same add at most; how much more they add
# if they are. Of a text, its hint, and of a name its length less the letters that the
# hint tells apart, and its length 16 times; of a date, digits, day and whether it is by
# convention; of a postcode, its place.
VALUE, OTHERWISE, GAIN, NAMED, SPARE, LENGTH = range(6)
DATED, ON_DAY, BY_CONVENTION = NAMED, SPARE, LENGTH
PLACED = NAMED
EACH = 6

# What is asked of a comparison: where its column begins; the left record's value; of
# that what a tile has of right ones, but for a text the place of the hopes for names of
# its length, or -1; the comparison.
AT, MINE, MY_FIRST, MY_SECOND, MY_THIRD, WHICH = range(6)
ASKED = 6

NEVER = -(2**31)
"""No value has this number."""


@inlined
def column(scene, c):
    """Where a comparison's values stand in a tile."""
    return (KEYS + scene.rules + EACH * c) * TILE


@inlined
def value_of(scene, c, code):
    """A code by which equal values are known: of texts the number without spaces, where
    others may have it; those are lower than the codes of the rest."""
    kind = scene.plan.comparisons[c * COMPARISON + KIND]
    if 0 <= code < scene.values.texts.shared and (
        kind == TEXT or kind == FORENAME or kind == SURNAME
    ):
        return scene.values.texts.joined[code]
    return code


@inlined
def _of_no_value(scene, c):
    """What a missing value adds at most: a name without a forename may still be the
    other's words in another order."""
    kind = scene.plan.comparisons[c * COMPARISON + KIND]
    if kind == FORENAME and scene.plan.words_slot >= 0:
        return scene.own.sums[c]
    return np.int32(0)


@inlined
def _told(scene, c, code, row, place):
    """Three numbers that tell how far a value may be from another; of none, zeros."""
    plan = scene.plan
    slot = plan.comparisons[c * COMPARISON + HINT]
    kind = plan.comparisons[c * COMPARISON + KIND]
    if code >= 0 and slot >= 0:
        hint = row[place + slot]
        if plan.comparisons[c * COMPARISON + HOPES_AT] < 0:
            return hint, np.int32(0), np.int32(0)
        length = hint >> NAME_LENGTH & LENGTHS - 1
        spare = np.int32(length - bits(hint & NAME_LETTERS))
        return hint, spare, np.int32(length * LENGTHS)
    if code >= 0 and kind == DATE:
        dates, at = scene.values.dates, code * DATE_CARD
        return dates[at + DIGITS], dates[at + DAY], dates[at + WEAK]
    if code >= 0 and kind == POSTCODE:
        return scene.values.postcodes[code], np.int32(0), np.int32(0)
    return np.int32(0), np.int32(0), np.int32(0)


@inlined
def lay(scene, first, count, rule):
    """Copies right records of a key, up to ``TILE`` from a place of the members on."""
    tile, rows, plan = scene.own.tile, scene.rows, scene.plan
    comparisons = scene.comparisons
    for r in range(count):
        if first + r + AHEAD < scene.members_count:
            soon(rows.right, np.int64(scene.members[first + r + AHEAD]) * rows.width)
        j = scene.members[first + r]
        right = np.int64(j) * rows.width
        unsure = 0
        for k in range(rule + 1):
            key = rows.right[right + plan.first_rule + k]
            tile[(KEYS + k) * TILE + r] = key
            if key <= SEVERAL:
                unsure = -1
        rest = np.int32(0)
        for c in range(comparisons):
            b = rows.right[right + plan.comparisons[c * COMPARISON + SLOT]]
            otherwise = scene.own.sums[comparisons + c]
            if b <= SEVERAL:
                otherwise = scene.own.sums[c]
            elif b == MISSING:
                otherwise = _of_no_value(scene, c)
            rest += otherwise
            at = column(scene, c) + r
            tile[at + VALUE * TILE] = value_of(scene, c, b)
            tile[at + OTHERWISE * TILE] = otherwise
            tile[at + GAIN * TILE] = scene.own.sums[c] - otherwise
            told, more, most = _told(scene, c, b, rows.right, right)
            tile[at + NAMED * TILE] = told
            tile[at + SPARE * TILE] = more
            tile[at + LENGTH * TILE] = most
        tile[REST * TILE + r] = rest
        tile[RECORD * TILE + r] = j
        tile[UNSURE * TILE + r] = unsure


@inlined
def needle(scene, i):
    """Writes ``Own.asked``: what a left record says.

    Gives where in it each group ends, where those end of which the record has nothing
    or several, and what these add wherever the right record has no more than one value.
    """
    plan, asked, rows = scene.plan, scene.own.asked, scene.rows
    comparisons = scene.comparisons
    left = np.int64(i) * rows.width
    base = np.int32(0)
    place = alike = measured = 0
    for nth in range(comparisons):
        c = scene.own.order[nth]
        a = rows.left[left + plan.comparisons[c * COMPARISON + SLOT]]
        if a >= 0:
            told, more, most = _told(scene, c, a, rows.left, left)
            if plan.comparisons[c * COMPARISON + HINT] >= 0:
                hopes = plan.comparisons[c * COMPARISON + HOPES_AT]
                most = np.int32(hopes + most * LENGTHS if hopes >= 0 else -1)
            asked[place + AT] = column(scene, c)
            asked[place + MINE] = value_of(scene, c, a)
            asked[place + MY_FIRST] = told
            asked[place + MY_SECOND] = more
            asked[place + MY_THIRD] = most
            asked[place + WHICH] = c
            place += ASKED
        if nth < scene.alike:
            alike = place
        if nth < scene.measured:
            measured = place
    hinted = place
    for c in range(comparisons):
        a = rows.left[left + plan.comparisons[c * COMPARISON + SLOT]]
        if a < 0:
            asked[place + AT] = column(scene, c)
            place += ASKED
            base += scene.own.sums[c] if a <= SEVERAL else _of_no_value(scene, c)
    return (alike, measured, hinted, place), base


@inlined
def keys_of(scene, i, rule):
    """Writes ``Own.earlier``: the left record's keys by which earlier rules met a pair.

    Gives how many, and whether that is not all: a key is one of several, or a rule of
    one table makes left and right keys differently.
    """
    left = np.int64(i) * scene.rows.width + scene.plan.first_rule
    keys = 0
    unsure = False
    for k in range(rule + 1):
        key = scene.rows.left[left + k]
        unsure |= key <= SEVERAL or (scene.one_table and scene.mirrored[k] == 0)
        if key >= 0 and k < rule:
            scene.own.earlier[2 * keys] = (KEYS + k) * TILE
            scene.own.earlier[2 * keys + 1] = key
            keys += 1
    return keys, unsure


@inlined
def crosswise(scene, i):
    """Where forenames stand that may be the left surname, or the other way round, or
    -1, and both names of the left; then its forename, where that tells of codes."""
    rows, comparisons = scene.rows, scene.plan.comparisons
    left = np.int64(i) * rows.width
    cross = np.int64(-1)
    forename, surname, sake = np.int32(NEVER), np.int32(NEVER), np.int32(NEVER)
    c = scene.swapped
    if c >= 0:
        f = rows.left[left + comparisons[c * COMPARISON + SLOT]]
        s = rows.left[left + comparisons[(c + 1) * COMPARISON + SLOT]]
        if f >= 0 and s >= 0:
            cross = np.int64(column(scene, c))
            forename, surname = value_of(scene, c, f), value_of(scene, c + 1, s)
    if scene.namesakes > 0:
        c = scene.plan.forename
        f = rows.left[left + comparisons[c * COMPARISON + SLOT]]
        sake = value_of(scene, c, f) if f >= 0 else sake
    return cross, forename, surname, sake
