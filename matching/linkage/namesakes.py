"""How often the codes of strangers agree who share a forename: most tell the sex.

Counted over all pairs at once, from how many records have each forename with each code;
pairs of one person are taken off. It is asked together with households only: while
brothers and sisters count as strangers, the bit that sex adds to a shared forename is
what ranks them below one person.
"""

from dataclasses import dataclass

import numpy as np

from matching.linkage.description import Description
from matching.linkage.encode import Encoded, slots
from matching.linkage.grouping import number_keys
from matching.linkage.layout import JOINED, MISSING, Ints

_BELIEVED = 100.0
"""So many pairs of strangers with one forename agree as any strangers do, before any
are seen."""
_LEAST = 1e-6
"""No code agrees or differs more seldom, however many pairs say so."""


@dataclass(frozen=True, slots=True)
class Namesakes:
    """Pairs that share a forename and have a code on both sides."""

    pairs: float
    same: float
    """How many of them agree on the code."""

    def rates(
        self, u: float, matches: tuple[float, float] = (0.0, 0.0)
    ) -> tuple[float, float]:
        """How often strangers among them agree and differ. ``u`` is how often any
        strangers agree; ``matches`` how many of the pairs, and of those that agree,
        are of one person."""
        pairs = max(self.pairs - matches[0], 0.0)
        same = min(max(self.same - matches[1], 0.0), pairs)
        share = (same + _BELIEVED * u) / (pairs + _BELIEVED)
        share = min(max(share, _LEAST), 1 - _LEAST)
        return share, 1 - share


def namesakes(description: Description, encoded: Encoded) -> list[Namesakes | None]:
    """For each comparison in the kernel's order; none where it is not of codes, no
    forename is compared or households are not told apart."""
    order = slots(description)
    forename = next((one for one in order if one.kind == "forename"), None)
    if forename is None or not description.household:
        return [None for _ in order]
    joined = np.append(encoded.values.texts.card[:, JOINED], MISSING)
    names = [joined[codes] for codes in encoded.codes(order.index(forename))]
    return [
        _of_code(encoded, place, names) if one.kind == "code" else None
        for place, one in enumerate(order)
    ]


def _of_code(encoded: Encoded, place: int, names: list[Ints]) -> Namesakes:
    sides = []
    for name, code in zip(names, encoded.codes(place), strict=True):
        stated = (name >= 0) & (code >= 0)
        sides.append((name[stated].astype(np.int64), code[stated]))
    one_table = encoded.work.one_table
    size = 1 + max(int(code.max(initial=0)) for _, code in sides)
    return Namesakes(
        pairs=_pairs(*(name for name, _ in sides), one_table=one_table),
        same=_pairs(*(name * size + code for name, code in sides), one_table=one_table),
    )


def _pairs(left: Ints, right: Ints, *, one_table: bool) -> float:
    """How many pairs have the same number."""
    *sides, count = number_keys(left, right)
    ours, theirs = (
        np.bincount(side[side >= 0], minlength=count).astype(float) for side in sides
    )
    return float((ours * (ours - 1)).sum() / 2 if one_table else ours @ theirs)
