"""Forename and surname in each other's column, compiled: two comparisons as one.

Two records whose names stand so agree on both, so the forename's level speaks for the
surname, which is left out; so it does where one name stands so and the other is another
altogether, as after a marriage. One of them has the names the wrong way round, and that
is the one whose forename is rarer as a forename and surname as a surname. How rare says
how seldom a stranger is written so; yet strangers' names are turned as well.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

from matching.linkage.alike import jaro_winkler
from matching.linkage.compiled import compiled, inlined
from matching.linkage.foreseeing_kernel import are_same, text_at_most
from matching.linkage.layout import (
    COMPARISON,
    EXACT_AT,
    HALF_SWAPPED_AT,
    MISSING,
    SIMILARITY,
    SLOT,
    SWAPPED_ALIKE,
    SWAPPED_AT,
    TURNED,
)


@inlined
def names_of(plan, rows, i, j, c):
    """Forename and surname of the left record, then those of the right."""
    slot = plan.comparisons[c * COMPARISON + SLOT]
    after = plan.comparisons[(c + 1) * COMPARISON + SLOT]
    left, right = i * rows.width, j * rows.width
    return (
        rows.left[left + slot], rows.left[left + after],
        rows.right[right + slot], rows.right[right + after],
    )  # fmt: skip


@compiled
def swapped_place(plan):
    """The comparison of forenames that may stand in the other's surname, or -1."""
    for c in range(len(plan.comparisons)):
        if plan.comparisons[c, SWAPPED_AT] >= 0:
            return c
    return -1


@inlined
def may_be_swapped(plan, rows, i, j, c, shared):
    """Whether one record's forename may be the other's surname."""
    f, s, g, t = names_of(plan, rows, i, j, c)
    return (
        f == t or s == g or (f < shared and t < shared) or (s < shared and g < shared)
    )


@compiled
def swapped_level(plan, texts, rows, i, j, c):
    """The level of two records whose forenames and surnames agree crosswise only, or
    -1: one is the same, and the other is spelt alike, or by another level is not."""
    f, s, g, t = names_of(plan, rows, i, j, c)
    if f <= MISSING or s <= MISSING or g <= MISSING or t <= MISSING:
        return -1
    one, other = are_same(texts, f, t), are_same(texts, s, g)
    if not (one or other) or are_same(texts, f, g) or are_same(texts, s, t):
        return -1
    alike = one and other
    if not alike:
        alike = _are_alike(texts, s, g) if one else _are_alike(texts, f, t)
    if alike:
        return plan.comparisons[c * COMPARISON + SWAPPED_AT]
    if _are_alike(texts, f, g) or _are_alike(texts, s, t):
        return -1
    return plan.comparisons[c * COMPARISON + HALF_SWAPPED_AT]


@compiled
def _are_alike(texts, a, b):
    # half a part more: similarities are rounded to whole parts
    return (
        jaro_winkler(texts.card, texts.letters, a, b) * SIMILARITY + 0.5
        >= SWAPPED_ALIKE
    )


@compiled
def is_swapped(plan, c, level):
    """Whether a level of a comparison speaks for the next one too."""
    at = c * COMPARISON
    return level >= 0 and (
        level == plan.comparisons[at + SWAPPED_AT]
        or level == plan.comparisons[at + HALF_SWAPPED_AT]
    )


@compiled
def rarity_of_swapped(plan, texts, rows, i, j, c, level):
    """Bits for how rare the two names are where they stand, alike for both records.

    Of two spellings of a name the commoner counts; of half of a name, the one that
    both have.
    """
    f, s, g, t = names_of(plan, rows, i, j, c)
    left, right = 0.0, 0.0
    half = level != plan.comparisons[c * COMPARISON + SWAPPED_AT]
    if half and not are_same(texts, f, t):
        f, t = s, g
    at = plan.comparisons[c * COMPARISON + EXACT_AT]
    if at >= 0:
        left += _commoner(plan, texts, at, f, t)
        right += 0.0 if half else _commoner(plan, texts, at, s, g)
    at = plan.comparisons[(c + 1) * COMPARISON + EXACT_AT]
    if at >= 0:
        left += 0.0 if half else _commoner(plan, texts, at, s, g)
        right += _commoner(plan, texts, at, f, t)
    return min(max(left, right), min(left, right) + plan.scalars[TURNED])


@compiled
def _commoner(plan, texts, at, a, b):
    return min(
        plan.adjustment[at + texts.joined[a]], plan.adjustment[at + texts.joined[b]]
    )


@compiled
def bits_of_swapped(plan, texts, rows, i, j, c, level):
    """The bits of two records' names that stand in each other's column."""
    weight = plan.weight[c * plan.width + level]
    return weight + rarity_of_swapped(plan, texts, rows, i, j, c, level)


@compiled
def more_than_foreseen(plan, texts, rows, i, j, c, level):
    """Bits that swapped names have above the most that either could add by itself."""
    foreseen = text_at_most(plan, texts, rows, i, j, c)
    foreseen += text_at_most(plan, texts, rows, i, j, c + 1)
    return bits_of_swapped(plan, texts, rows, i, j, c, level) - foreseen
