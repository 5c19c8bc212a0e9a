"""What a row hints at of its texts, and what a text may weigh at most by that alone.

Most pairs that share a key are of strangers. A row has room for a number or two beside
its codes and keys; what they say of two different texts spares looking either up.
"""

from collections.abc import Sequence

import numpy as np

from matching.linkage.description import Comparison, Description
from matching.linkage.layout import (
    ALWAYS,
    COUNT,
    EXACT,
    FLAGS,
    HAS_FORMS,
    HEAD,
    HOPE,
    IS_INITIALS,
    JARO_WINKLER,
    LENGTH,
    LENGTHS,
    MASK,
    NAME_FIRST,
    NAME_FORMS,
    NAME_LENGTH,
    NAME_TELLS,
    ONE_EDIT,
    ROW,
    Floats,
    Int32s,
)

_CAPITALS = range(1, 27)
"""Bits of a mask that are letters from A to Z."""
_AS_ONE = {17: 11, 26: 19}
"""Q counts as K, and Z as S: so that a name's number has room for more."""
_PREFIX, _PER_LETTER, _BOOST_FROM = 4, 0.1, 0.7


def hints_of(
    comparisons: Sequence[Comparison], description: Description
) -> dict[str, int]:
    """Where a row has room left for hints: by comparison, the place in the row.

    Identifiers come first: of those there are more than stay at hand.
    """
    taken = len(description.comparisons) + len(description.blocking)
    wanted = [one.name for one in comparisons if _by_edits(one)]
    wanted += [one.name for one in comparisons if one.kind in {"forename", "surname"}]
    return dict(zip(wanted, range(taken, -(-taken // ROW) * ROW), strict=False))


def _by_edits(one: Comparison) -> bool:
    tests = [each.test for each in one.levels]
    return one.kind in {"identifier", "text"} and tests == [EXACT, ONE_EDIT, ALWAYS]


def hint_numbers(one: Comparison, card: Int32s) -> Int32s:
    """The hint of every text: which letters it has, and of a name its length too."""
    return card[:, MASK] if _by_edits(one) else _of_names(card)


def _of_names(card: Int32s) -> Int32s:
    """Letters in the lower bits; length, first letter and what else there is above.

    Letters that share a bit count as one, so less is seen than there is. Names of more
    than one word, of letters that have no bit or too long tell nothing.
    """
    mask, length = card[:, MASK].view(np.uint32), card[:, LENGTH]
    flags = card[:, FLAGS]
    number = np.zeros(len(card), np.uint32)
    others = mask.copy()
    free = iter(range(len(_CAPITALS)))
    place = {bit: next(free) for bit in _CAPITALS if bit not in _AS_ONE}
    for bit in _CAPITALS:
        to = np.uint32(place[_AS_ONE.get(bit, bit)])
        number |= (mask >> np.uint32(bit) & np.uint32(1)) << to
        others &= ~np.uint32(1 << bit)
    tells = (others == 0) & (length < LENGTHS) & (flags >> COUNT == 1)
    tells &= flags & IS_INITIALS == 0
    number |= np.minimum(length, LENGTHS - 1).astype(np.uint32) << NAME_LENGTH
    first = card[:, HEAD].view(np.uint32) >> np.uint32(16) & np.uint32(3)
    number |= first << np.uint32(NAME_FIRST)
    number |= (flags & HAS_FORMS != 0).astype(np.uint32) << np.uint32(NAME_FORMS)
    number |= tells.astype(np.uint32) << np.uint32(NAME_TELLS)
    return number.view(np.int32)


def hopes_of(steps: Sequence[tuple[int, float, int]], weight: Floats) -> Int32s:
    """The most that two different names of one word each may weigh, in parts of a bit.

    By whether their first letters differ, both lengths, and how many letters of either
    the other may have: (2, 16, 16, 16) in one row. The bound is that of
    ``alike.most_alike``.
    """
    first, a, b, matched = np.indices((2, LENGTHS, LENGTHS, LENGTHS))
    with np.errstate(divide="ignore", invalid="ignore"):
        alike = (matched / a + matched / b + 1.0) / 3.0
    alike[(matched == 0) | (a == 0) | (b == 0)] = 0.0
    longer = alike + np.where(first == 1, 0, _PREFIX) * _PER_LETTER * (1.0 - alike)
    alike = np.where(alike > _BOOST_FROM, longer, alike) + 1e-7
    most = np.full(alike.shape, -np.inf)
    for test, value, level in steps:
        if test == JARO_WINKLER:
            most = np.where(alike >= value, np.maximum(most, weight[level]), most)
        elif test in {ONE_EDIT, ALWAYS}:
            most = np.maximum(most, weight[level])
    return np.ceil((most.ravel() + 1e-9) * HOPE).astype(np.int32)
