"""Pairs of one key, eight at once: which are met for the first time and may matter.

The most that a pair can weigh is the sum of what its columns say (``tile_kernel``), in
whole parts of a bit, rounded up; what stays below the cut is left. The bound is never
less than the truth.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

from matching.linkage.compiled import inlined
from matching.linkage.foreseeing_kernel import TELLING
from matching.linkage.lanes import (
    LANES,
    bits_of_each,
    both,
    chosen,
    differing,
    eight,
    either,
    first_yes,
    less_of,
    looked_up,
    minus,
    more,
    more_of,
    plus,
    same,
    shifted,
    spread,
    yeses,
)
from matching.linkage.layout import (
    AREA,
    COMPARISON,
    CONVENTION,
    CONVENTION_NEXT_YEAR,
    CONVENTION_SAME_YEAR,
    DATE,
    DISTRICT,
    DISTRICT_BITS,
    EXACT,
    FAR_APART,
    FIRST_OF_JANUARY,
    KIND,
    LENGTHS,
    LEVEL,
    MISSING,
    NAME_FIRST,
    NAME_FORMS,
    NAME_LETTERS,
    ONE_DIGIT,
    ONE_EDIT,
    PARAMETER,
    SECTOR,
    SECTOR_BITS,
    SEVERAL,
    START,
    STEP,
    STOP,
    SWAPPED,
    TEST,
    TWO_PARTS,
    WITHIN_DAYS,
)
from matching.linkage.levels_kernel import FAR_APART_DAYS
from matching.linkage.pointers import bits
from matching.linkage.tile_kernel import (
    ASKED,
    AT,
    BY_CONVENTION,
    DATED,
    EACH,
    GAIN,
    LENGTH,
    MINE,
    MY_FIRST,
    MY_SECOND,
    MY_THIRD,
    NAMED,
    NEVER,
    ON_DAY,
    OTHERWISE,
    PLACED,
    RECORD,
    REST,
    SPARE,
    TILE,
    UNSURE,
    VALUE,
    WHICH,
    column,
    crosswise,
    keys_of,
    needle,
)


@inlined
def sift(scene, i, rule, count, alone):
    """The records of a tile that a left record must be weighed with.

    ``alone`` is 1 where only later records of one table are met, 0 where all others
    are, -1 where there are two tables. Writes into ``Own.found`` each record's place in
    the tile, four times, 1 more where it isn't sure that no earlier rule met the pair,
    and 2 more where the pair may reach the cut; surely met ones are left otherwise.
    Gives how many those are, and how many pairs were surely met for the first time.
    """
    tile, found, limit = scene.own.tile, scene.own.found, spread(scene.limit)
    (alike, measured, hinted, silent), base = needle(scene, i)
    keys, all_unsure = keys_of(scene, i, rule)
    cross, forename, surname, sake = crosswise(scene, i)
    kept = met = 0
    for r in range(0, count, LANES):
        new = ~yeses(_gone(scene, i, r, keys, alone)) & (1 << min(count - r, LANES)) - 1
        if new == 0:
            continue
        most = plus(spread(base), eight(tile, REST * TILE + r))
        for place in range(0, measured, ASKED):
            most = plus(most, _where_same(scene, place, r))
        for place in range(measured, hinted, ASKED):
            most = plus(most, _by_hint(scene, place, r))
        for place in range(hinted, silent, ASKED):
            at = scene.own.asked[place + AT] + r
            single = more(eight(tile, at + VALUE * TILE), spread(SEVERAL))
            most = minus(most, both(single, eight(tile, at + OTHERWISE * TILE)))
        if sake != NEVER:
            at = column(scene, scene.plan.forename) + r
            namesakes = same(eight(tile, at + VALUE * TILE), spread(sake))
            most = plus(most, both(namesakes, spread(scene.namesakes)))
        for place in range(alike, measured, ASKED):
            if new & yeses(more(most, limit)):
                most = plus(most, _by_distance(scene, place, r))
        may = more(most, limit)
        if cross >= 0:
            theirs = eight(tile, cross + r + VALUE * TILE)
            after = eight(tile, cross + r + (EACH + VALUE) * TILE)
            may = either(may, same(theirs, spread(surname)))
            may = either(may, same(after, spread(forename)))
        unsure = -1 if all_unsure else 0
        if scene.lists and not all_unsure:
            unsure = yeses(eight(tile, UNSURE * TILE + r))
        met += bits(new & ~unsure)
        matters = yeses(may)
        flags = new & (matters | unsure)
        while flags:
            lane = first_yes(flags)
            flags &= flags - 1
            found[kept] = (
                (r + lane) * 4 + (matters >> lane & 1) * 2 + (unsure >> lane & 1)
            )
            kept += 1
    return kept, met


@inlined
def _gone(scene, i, r, keys, alone):
    """The mask of pairs that are met already, or elsewhere."""
    tile, earlier = scene.own.tile, scene.own.earlier
    gone = spread(0)
    for k in range(keys):
        theirs = eight(tile, earlier[2 * k] + r)
        gone = either(gone, same(theirs, spread(earlier[2 * k + 1])))
    if alone == 0:
        gone = either(gone, same(eight(tile, RECORD * TILE + r), spread(i)))
    elif alone > 0:
        gone = either(gone, more(spread(i + 1), eight(tile, RECORD * TILE + r)))
    return gone


@inlined
def _where_same(scene, place, r):
    """What values add beyond ``OTHERWISE`` where they are the same."""
    tile, asked = scene.own.tile, scene.own.asked
    at = asked[place + AT] + r
    alike = same(eight(tile, at + VALUE * TILE), spread(asked[place + MINE]))
    return both(alike, eight(tile, at + GAIN * TILE))


@inlined
def _by_hint(scene, place, r):
    """What texts add beyond ``OTHERWISE``: they are the same, or their hints tell."""
    tile, asked = scene.own.tile, scene.own.asked
    at = asked[place + AT] + r
    theirs = eight(tile, at + VALUE * TILE)
    alike = same(theirs, spread(asked[place + MINE]))
    gain = eight(tile, at + GAIN * TILE)
    one, other = spread(asked[place + MY_FIRST]), eight(tile, at + NAMED * TILE)
    if asked[place + MY_THIRD] < 0:
        apart = more(bits_of_each(differing(one, other)), spread(2))
        apart = both(apart, more(theirs, spread(MISSING)))
        least = scene.own.sums[2 * scene.comparisons + asked[place + WHICH]]
        less = minus(spread(least), eight(tile, at + OTHERWISE * TILE))
        return chosen(alike, gain, both(apart, less))
    shared = both(one, other)
    telling = same(shifted(shared, NAME_FORMS), spread(TELLING))
    spare = less_of(spread(asked[place + MY_SECOND]), eight(tile, at + SPARE * TILE))
    matched = plus(bits_of_each(both(shared, spread(NAME_LETTERS))), spare)
    first = more(both(differing(one, other), spread(3 << NAME_FIRST)), spread(0))
    hope = plus(more_of(matched, spread(0)), spread(asked[place + MY_THIRD]))
    hope = plus(hope, eight(tile, at + LENGTH * TILE))
    hope = plus(hope, both(first, spread(LENGTHS**3)))
    less = minus(looked_up(scene.plan.hopes, hope), eight(tile, at + OTHERWISE * TILE))
    return chosen(alike, gain, both(telling, less))


_FURTHEST = 2**30
"""Days that no two dates lie apart."""


@inlined
def _by_distance(scene, place, r):
    """What different dates and postcodes add beyond ``OTHERWISE``: at most nothing."""
    tile, asked, plan = scene.own.tile, scene.own.asked, scene.plan
    c, at = asked[place + WHICH], asked[place + AT] + r
    theirs = eight(tile, at + VALUE * TILE)
    alike = same(theirs, spread(asked[place + MINE]))
    open_to = both(more(theirs, spread(MISSING)), differing(alike, spread(-1)))
    first = plan.comparisons[c * COMPARISON + START]
    last = plan.comparisons[c * COMPARISON + STOP] - 1
    date = plan.comparisons[c * COMPARISON + KIND] == DATE
    best = spread(_weight_of(scene, c, last))
    for step in range(first, last):
        if date:
            may = _date_may(scene, place, r, step)
        else:
            may = _place_may(scene, place, r, step)
        best = chosen(may, more_of(best, spread(_weight_of(scene, c, step))), best)
    less = minus(best, eight(tile, at + OTHERWISE * TILE))
    return both(open_to, less_of(less, spread(0)))


@inlined
def _weight_of(scene, c, step):
    """What the level of a step adds, in parts."""
    level = scene.plan.steps[step * STEP + LEVEL]
    return scene.own.weights[c * scene.plan.width + level]


@inlined
def _date_may(scene, place, r, step):
    """The mask of dates that may pass a test; no fewer than ``date_level`` says."""
    tile, asked = scene.own.tile, scene.own.asked
    at = asked[place + AT] + r
    apart = differing(spread(asked[place + MY_FIRST]), eight(tile, at + DATED * TILE))
    may, nothing = spread(-1), spread(0)
    test = scene.plan.steps[step * STEP + TEST]
    if test == EXACT:
        may = same(apart, nothing)
    elif test == SWAPPED or test == FIRST_OF_JANUARY:
        may = same(shifted(apart, 16), nothing)
    elif test == ONE_DIGIT or test == ONE_EDIT:
        some = either(apart, shifted(apart, 1))
        some = both(either(some, shifted(some, 2)), spread(0x11111111))
        may = more(spread(2 if test == ONE_DIGIT else 3), bits_of_each(some))
    elif test == TWO_PARTS:
        parts = same(shifted(apart, 16), nothing)
        parts = plus(parts, same(both(apart, spread(0xFF00)), nothing))
        parts = plus(parts, same(both(apart, spread(0xFF)), nothing))
        may = same(parts, spread(-2))
    elif test == WITHIN_DAYS or test == FAR_APART:
        days = minus(eight(tile, at + ON_DAY * TILE), spread(asked[place + MY_SECOND]))
        days = more_of(days, minus(nothing, days))
        if test == FAR_APART:
            may = more(days, spread(FAR_APART_DAYS - 1))
        else:
            most = min(scene.plan.steps[step * STEP + PARAMETER], _FURTHEST)
            may = more(spread(most + 1), days)
    elif test in (CONVENTION, CONVENTION_SAME_YEAR, CONVENTION_NEXT_YEAR):
        weak = eight(tile, at + BY_CONVENTION * TILE)
        may = more(either(weak, spread(asked[place + MY_THIRD])), nothing)
    return may


@inlined
def _place_may(scene, place, r, step):
    """The mask of different postcodes that pass a test, as ``postcode_level``."""
    at = scene.own.asked[place + AT] + r
    apart = differing(
        spread(scene.own.asked[place + MY_FIRST]),
        eight(scene.own.tile, at + PLACED * TILE),
    )
    test = scene.plan.steps[step * STEP + TEST]
    if test == EXACT:
        return spread(0)
    if test == SECTOR:
        return same(apart, spread(0))
    if test == DISTRICT:
        return more(spread(1 << SECTOR_BITS), apart)
    if test == AREA:
        return more(spread(1 << DISTRICT_BITS), apart)
    return spread(-1)
