"""Codes of two records with one forename, compiled: most forenames tell the sex."""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

from matching.linkage.compiled import compiled, inlined
from matching.linkage.foreseeing_kernel import are_same
from matching.linkage.layout import (
    CODE,
    COMPARISON,
    KIND,
    LEVEL,
    MISSING,
    SLOT,
    START,
    STEP,
    STOP,
)


@inlined
def may_be_namesakes(rows, i, j, slot, shared):
    """Whether two records may have one forename."""
    f, g = rows.left[i * rows.width + slot], rows.right[j * rows.width + slot]
    return f == g or (f < shared and g < shared)


@compiled
def bits_of_namesakes(plan, texts, rows, i, j, count):
    """Bits to add for codes that strangers with one forename share or do not; nothing
    where the forenames are not the same. Codes are among the first comparisons."""
    if plan.forename < 0:
        return 0.0
    left, right = i * rows.width, j * rows.width
    slot = plan.comparisons[plan.forename * COMPARISON + SLOT]
    f, g = rows.left[left + slot], rows.right[right + slot]
    if f <= MISSING or g <= MISSING or not are_same(texts, f, g):
        return 0.0
    more = 0.0
    for c in range(count):
        if plan.comparisons[c * COMPARISON + KIND] != CODE:
            continue
        slot = plan.comparisons[c * COMPARISON + SLOT]
        a, b = rows.left[left + slot], rows.right[right + slot]
        if a <= MISSING or b <= MISSING:
            continue
        step = plan.comparisons[c * COMPARISON + START]
        if a != b:
            step = plan.comparisons[c * COMPARISON + STOP] - 1
        more += plan.namesakes[c * plan.width + plan.steps[step * STEP + LEVEL]]
    return more
