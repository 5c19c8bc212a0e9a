"""How alike two texts are: the arithmetic of names, compiled.

Jaro-Winkler as Winkler (1990) has it, with his prefix of at most four letters and his
threshold of 0.7; the same figures as ``jellyfish`` gives, letter by letter
(``matching.linkage.tests.by_letters``).
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

import numpy as np

from matching.linkage.compiled import compiled
from matching.linkage.layout import CARD, LENGTH, LETTERS, LONGEST
from matching.linkage.pointers import bits

_BOOST_FROM = 0.7
_PER_LETTER = 0.1


@compiled
def most_alike(first, second, a, b, ahead, behind):
    """A similarity that two texts' Jaro-Winkler never exceeds, from their cards alone.

    Takes both masks and lengths, and where their first and next two letters differ. A
    letter that occurs in one text only can't be matched, so that many fewer letters
    are; the common prefix is known up to four letters, or thought longer than it is.
    """
    if a + b > LONGEST:
        # the cards speak of letters that are not compared
        return 1.0 + 1e-8
    matched = min(a - bits(first & ~second), b - bits(second & ~first))
    if matched <= 0:
        return 0.0
    jaro = (matched / a + matched / b + 1.0) / 3.0
    if jaro <= _BOOST_FROM:
        return jaro + 1e-8
    if ahead & 0xFFFF0000:
        prefix = 0
    elif ahead:
        prefix = 1
    elif behind & 0xFFFF0000:
        prefix = 2
    else:
        prefix = 3 if behind else 4
    # a little more than rounding can add
    return jaro + prefix * _PER_LETTER * (1.0 - jaro) + 1e-8


@compiled
def jaro_winkler(card, letters, one, other):
    """The Jaro-Winkler similarity of two texts without their spaces, 0 to 1.

    Of texts longer than ``LONGEST`` letters only so many are compared.
    """
    a, b = (
        min(card[one * CARD + LENGTH], LONGEST),
        min(card[other * CARD + LENGTH], LONGEST),
    )
    x, y = card[one * CARD + LETTERS], card[other * CARD + LETTERS]
    if a == 0 or b == 0:
        return 0.0
    if _later(letters, x, a, y, b):
        x, y, a, b = y, x, b, a
    if a <= 64 and b <= 64:
        matched, swaps = _match_short(letters, x, a, y, b)
    else:
        matched, swaps = _match(letters, x, a, y, b)
    if matched == 0:
        return 0.0
    jaro = (matched / a + matched / b + (matched - swaps) / matched) / 3.0
    if jaro > _BOOST_FROM:
        prefix = 0
        while prefix < min(4, a, b) and letters[x + prefix] == letters[y + prefix]:
            prefix += 1
        jaro += prefix * _PER_LETTER * (1.0 - jaro)
    return jaro


@compiled
def _later(letters, x, a, y, b):
    """Whether the first text stands after the second in the alphabet.

    Letters are matched greedily, so the similarity may hang on which comes first; the
    earlier one always does.
    """
    for i in range(min(a, b)):
        if letters[x + i] != letters[y + i]:
            return letters[x + i] > letters[y + i]
    return a > b


@compiled
def _match_short(letters, x, a, y, b):
    """Letters matched and half of those out of order; both texts up to 64 letters."""
    window = max(0, max(a, b) // 2 - 1)
    one = np.uint64(0)
    other = np.uint64(0)
    unit = np.uint64(1)
    matched = 0
    for i in range(a):
        letter = letters[x + i]
        for j in range(max(0, i - window), min(b, i + window + 1)):
            bit = unit << np.uint64(j)
            if letters[y + j] == letter and not other & bit:
                other |= bit
                one |= unit << np.uint64(i)
                matched += 1
                break
    out_of_order = 0
    j = 0
    for i in range(a):
        if one & (unit << np.uint64(i)):
            while not other & (unit << np.uint64(j)):
                j += 1
            if letters[x + i] != letters[y + j]:
                out_of_order += 1
            j += 1
    return matched, out_of_order // 2


@compiled
def _match(letters, x, a, y, b):
    """The same for texts of any length."""
    window = max(0, max(a, b) // 2 - 1)
    one = np.zeros(a, np.bool_)
    other = np.zeros(b, np.bool_)
    matched = 0
    for i in range(a):
        for j in range(max(0, i - window), min(b, i + window + 1)):
            if not other[j] and letters[y + j] == letters[x + i]:
                one[i] = other[j] = True
                matched += 1
                break
    out_of_order = 0
    j = 0
    for i in range(a):
        if one[i]:
            while not other[j]:
                j += 1
            if letters[x + i] != letters[y + j]:
                out_of_order += 1
            j += 1
    return matched, out_of_order // 2


@compiled
def one_edit(card, letters, one, other):
    """Whether one letter put in, left out, changed or swapped with its neighbour makes
    one text the other (Damerau, 1964); equal texts too."""
    a, b = card[one * CARD + LENGTH], card[other * CARD + LENGTH]
    x, y = card[one * CARD + LETTERS], card[other * CARD + LETTERS]
    if a > b:
        x, y, a, b = y, x, b, a
    if b - a > 1:
        return False
    start = 0
    while start < a and letters[x + start] == letters[y + start]:
        start += 1
    end = 0
    while end < a - start and letters[x + a - 1 - end] == letters[y + b - 1 - end]:
        end += 1
    left = a - start - end
    if b > a:
        return left == 0
    if left <= 1:
        return True
    return (
        left == 2
        and letters[x + start] == letters[y + start + 1]
        and letters[x + start + 1] == letters[y + start]
    )
