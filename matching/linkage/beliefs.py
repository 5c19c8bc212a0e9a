"""How one person's records are believed to agree before any are seen."""

import numpy as np

from matching.linkage.description import Comparison
from matching.linkage.layout import ALWAYS, FAR_APART, WITHIN_DAYS, Floats

_TEN_YEARS = 3650
DECADES_APART = 0.002
"""Of pairs of one person, so many have dates of birth ten years apart and more than a
digit. It is believed: a son named after his father looks the same to any learner."""


def belief(one: Comparison) -> Floats:
    """How one person's records are believed to agree before any are seen."""
    size = len(one.levels)
    m = np.full(size, 0.15 / (size - 1))
    m[0] = 0.85
    return m


def decades_apart(one: Comparison) -> list[int]:
    """The levels of two dates that ten years or more part."""
    beyond = {FAR_APART}
    if any(lv.test == WITHIN_DAYS and lv.parameter >= _TEN_YEARS for lv in one.levels):
        beyond.add(ALWAYS)
    return [place for place, lv in enumerate(one.levels) if lv.test in beyond]
