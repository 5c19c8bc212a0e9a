"""The most that comparisons can add to a pair, from nothing but the two rows, compiled.

No value's card is asked. The sieve (``sieve_kernel``) has left by the same bound, and
by how far dates and postcodes are apart, before a pair is asked this.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

from matching.linkage.compiled import inlined
from matching.linkage.layout import (
    COMPARISON,
    FORENAME,
    HINT,
    HOPE,
    HOPES_AT,
    KIND,
    LENGTHS,
    MISSING,
    NAME_FIRST,
    NAME_FORMS,
    NAME_LENGTH,
    NAME_LETTERS,
    NAME_TELLS,
    SEVERAL,
    SLOT,
)
from matching.linkage.pointers import bits


@inlined
def field_at_most(plan, rows, i, j, c):
    """The most that two values can add which are no texts: they are the same or not."""
    slot = plan.comparisons[c * COMPARISON + SLOT]
    a, b = rows.left[i * rows.width + slot], rows.right[j * rows.width + slot]
    if a == MISSING or b == MISSING:
        return 0.0
    if a == b or a <= SEVERAL or b <= SEVERAL:
        return plan.like[c]
    return plan.unlike[c]


@inlined
def fields_at_most(plan, rows, i, j, count):
    """The most that the first comparisons, which are not of texts, can add together."""
    most = 0.0
    for c in range(count):
        most += field_at_most(plan, rows, i, j, c)
    return most


@inlined
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
    if are_same(texts, a, b):
        return plan.like[c]
    return _unlike_at_most(plan, rows, i, j, c)


@inlined
def _unlike_at_most(plan, rows, i, j, c):
    """The most that two different texts can add, from what rows hint at."""
    hint = plan.comparisons[c * COMPARISON + HINT]
    if hint < 0:
        return plan.unlike[c]
    one, other = rows.left[i * rows.width + hint], rows.right[j * rows.width + hint]
    hopes = plan.comparisons[c * COMPARISON + HOPES_AT]
    if hopes < 0:
        return plan.apart[c] if _more_than_one_edit(one, other) else plan.unlike[c]
    if (one & other) >> NAME_FORMS & 3 != TELLING:
        return plan.unlike[c]
    return plan.hopes[hopes + _hope_of(one, other)] / HOPE


TELLING = 1 << NAME_TELLS - NAME_FORMS
"""Two hints that both tell something, of names that are not both forms of others."""


@inlined
def _hope_of(one, other):
    """Where the hope of two names stands (``hints.hopes_of``)."""
    a, b = one >> NAME_LENGTH & LENGTHS - 1, other >> NAME_LENGTH & LENGTHS - 1
    matched = min(
        a - bits(one & ~other & NAME_LETTERS), b - bits(other & ~one & NAME_LETTERS)
    )
    first = 1 if (one ^ other) >> NAME_FIRST & 3 else 0
    return ((first * LENGTHS + a) * LENGTHS + b) * LENGTHS + max(matched, 0)


@inlined
def are_same(texts, a, b):
    """Whether two texts are the same but for spaces."""
    if a == b:
        return True
    return a < texts.shared and b < texts.shared and texts.joined[a] == texts.joined[b]


@inlined
def texts_at_most(plan, texts, rows, i, j, span):
    """The most that all texts can add together, from codes and hints alone."""
    most = 0.0
    for c in range(span[0], span[1]):
        most += text_at_most(plan, texts, rows, i, j, c)
    return most


@inlined
def _more_than_one_edit(one, other):
    """Whether letters show that it takes more: an edit brings one in and takes one out
    at most."""
    return bits(one ^ other) > 2
