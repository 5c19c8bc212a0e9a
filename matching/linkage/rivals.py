"""What a pair loses to its rivals: other records that either of the two could be.

Where a table has each person once at most, a record of the other is one person with one
of its records or with none. The pairs of that record then exclude each other: of their
odds and one for *nobody*, a pair has its share. Rivals count by the odds that they have
by themselves, even where another record is likelier for them; so a pair never loses too
little, and of two that are as likely neither is above a half.
"""

from dataclasses import replace

import numpy as np

from matching.calibration import DIGITS
from matching.linkage.description import Description
from matching.linkage.fast import Found
from matching.linkage.layout import Floats, Ints

LEAST_RIVAL = -7.0
"""Bits of a rival; fainter ones count for nothing."""

_LARGEST_EXPONENT = 500.0


def against_rivals(description: Description, found: Found) -> Found:
    """The pairs with the bits that their rivals leave them.

    All pairs of :data:`LEAST_RIVAL` bits or more must be among them.
    """
    if not description.deduplicated:
        return found
    odds = odds_of(found.bits)
    rivals = np.zeros(len(odds))
    if "right" in description.deduplicated:
        rivals += _of_others(found.left.astype(np.int64), odds)
    if "left" in description.deduplicated:
        rivals += _of_others(found.right.astype(np.int64), odds)
    lost = np.log2(1 + rivals)
    return replace(found, bits=np.round(found.bits - lost, DIGITS))


def odds_of(bits: Floats) -> Floats:
    """What rivals of so many bits count for."""
    odds = np.exp2(np.minimum(bits, _LARGEST_EXPONENT))
    return np.where(bits < LEAST_RIVAL, 0.0, odds)


def _of_others(record: Ints, odds: Floats) -> Floats:
    """For each pair the summed odds of the other pairs of its record.

    The likeliest is kept apart from the sum of the rest: beside it they are so small
    that taking it off the sum of all would leave nothing of them.
    """
    order = np.lexsort((odds, record))
    last = np.append(record[order][1:] != record[order][:-1], True)[: len(record)]
    likeliest = np.zeros(len(odds), bool)
    likeliest[order[last]] = True
    records = int(record.max(initial=-1)) + 1
    rest = np.bincount(record, np.where(likeliest, 0.0, odds), records)[record]
    most = np.bincount(record, np.where(likeliest, odds, 0.0), records)[record]
    return np.asarray(np.where(likeliest, rest, np.maximum(rest - odds, 0.0) + most))
