"""The most that texts can add to a pair, from nothing but the two rows, compiled.

No value's card is asked: most pairs are left by what this says.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

from matching.linkage.compiled import compiled
from matching.linkage.layout import (
    COMPARISON,
    FORENAME,
    HINT,
    KIND,
    MISSING,
    SEVERAL,
    SLOT,
)
from matching.linkage.pointers import bits


@compiled
def text_at_most(plan, texts, rows, i, j, c):
    """The most that two texts can add, from their codes and what rows hint at."""
    slot = plan.comparisons[c * COMPARISON + SLOT]
    a, b = rows.left[i * rows.width + slot], rows.right[j * rows.width + slot]
    if a <= SEVERAL or b <= SEVERAL:
        return plan.like[c]
    if a == MISSING or b == MISSING:
        # a name without a forename may still be the other's words in another order
        if plan.words_slot < 0 or plan.comparisons[c * COMPARISON + KIND] != FORENAME:
            return 0.0
        return plan.like[c]
    if _are_same(texts, a, b):
        return plan.like[c]
    hint = plan.comparisons[c * COMPARISON + HINT]
    if hint >= 0 and _more_than_one_edit(
        rows.left[i * rows.width + hint], rows.right[j * rows.width + hint]
    ):
        return plan.apart[c]
    return plan.unlike[c]


@compiled
def _are_same(texts, a, b):
    """Whether two texts are the same but for spaces."""
    if a == b:
        return True
    return a < texts.shared and b < texts.shared and texts.joined[a] == texts.joined[b]


@compiled
def _more_than_one_edit(one, other):
    """Whether letters show that it takes more: an edit brings one in and takes one out
    at most."""
    return bits(one ^ other) > 2


@compiled
def texts_at_most(plan, texts, rows, i, j, span):
    """The most that all texts can add together, from codes and hints alone."""
    most = 0.0
    for c in range(span[0], span[1]):
        most += text_at_most(plan, texts, rows, i, j, c)
    return most
