"""What the reference engine makes of names beyond their levels: small and plain.

How rare a value is, names that stand in each other's column, and what a shared forename
changes of codes.
"""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import pandas as pd
import recordlinkage

from matching.calibration import DIGITS
from matching.comparisons import joined
from matching.linkage.description import Comparison, Description
from matching.linkage.layout import JARO_WINKLER
from matching.linkage.numbers import TURNED_BITS, Numbers
from matching.linkage.tests import holds


def rarity(
    one: Comparison, numbers: Numbers, counts: Counter[Any], value: Any
) -> float:
    """Bits for how rare a value is among the right records."""
    if not one.frequencies:
        return 0.0
    strength = numbers.frequency_strength
    u = numbers.rates[one.name].u[0]  # exact stands first
    share = (counts[term_of(value)] + strength * u) / (counts.total() + strength)
    return round(math.log2(u / share), DIGITS)


def counts_of(one: Comparison, right: pd.DataFrame) -> Counter[Any]:
    """How many right records have each value."""
    return Counter(term_of(value) for value in right[one.name] if value is not None)


def term_of(value: Any) -> Any:
    """A value as its frequency is counted: texts without their spaces."""
    return joined(value) if isinstance(value, str) else value


def swapped_names(
    description: Description,
    numbers: Numbers,
    pairs: pd.MultiIndex,
    left: pd.DataFrame,
    right: pd.DataFrame,
) -> tuple[list[str], pd.DataFrame] | None:
    """The two comparisons of names, and for each pair the level and bits of names that
    stand in each other's column, or neither; none where that is not asked."""
    asked = [one for one in description.comparisons if one.swapped is not None]
    if not asked:
        return None
    forename = asked[0]
    surname = next(one for one in description.comparisons if one.kind == "surname")
    both = forename, surname
    counts = [counts_of(one, right) for one in both]
    weights = numbers.rates[forename.name].weights()

    def rare(place: int, *spellings: str) -> float:
        return min(
            rarity(both[place], numbers, counts[place], one) for one in spellings
        )

    def found(
        f: str | None, s: str | None, g: str | None, t: str | None
    ) -> tuple[str | None, float]:
        if f is None or s is None or g is None or t is None:
            return None, 0.0
        if _same(f, g) or _same(s, t):
            return None, 0.0
        same = [two for two in ((f, t), (s, g)) if _same(*two)]
        if same and _alike(f, t) and _alike(s, g):
            sums = rare(0, f, t) + rare(1, s, g), rare(0, s, g) + rare(1, f, t)
            return _weighed(forename, weights, forename.swapped, sums)
        if not same or _alike(f, g) or _alike(s, t):
            return None, 0.0
        sums = rare(0, *same[0]), rare(1, *same[0])
        return _weighed(forename, weights, forename.half_swapped, sums)

    def each(*columns: pd.Series) -> pd.Series:
        outcomes = [found(*four) for four in zip(*columns, strict=True)]
        return pd.Series(outcomes, index=columns[0].index, dtype=object)

    names = [one.name for one in both]
    compare = recordlinkage.Compare()
    compare.compare_vectorized(each, names, names, label="found")
    outcome = compare.compute(pairs, left, right)["found"]
    return names, pd.DataFrame({"level": outcome.str[0], "bits": outcome.str[1]})


def _weighed(
    forename: Comparison,
    weights: tuple[float, ...],
    level: int | None,
    rarities: tuple[float, float],
) -> tuple[str | None, float]:
    if level is None:
        return None, 0.0
    one, other = sorted(rarities)
    return forename.levels[level].name, weights[level] + min(other, one + TURNED_BITS)


def _same(one: str, other: str) -> bool:
    return joined(one) == joined(other)


def _alike(one: str, other: str) -> bool:
    return holds(JARO_WINKLER, 0.88, one, other)


def of_namesakes(
    description: Description,
    numbers: Numbers,
    pairs: pd.MultiIndex,
    left: pd.DataFrame,
    right: pd.DataFrame,
) -> pd.Series:
    """Bits to add for codes where both have one forename."""
    forename = [one.name for one in description.comparisons if one.kind == "forename"]
    codes = [
        one.name
        for one in description.comparisons
        if one.kind == "code" and numbers.rates[one.name].namesakes
    ]
    more = pd.Series(0.0, index=pairs)
    for code in codes if forename else []:
        compare = recordlinkage.Compare()
        names = [forename[0], code]
        each = _given_one_forename(numbers.rates[code].given())
        compare.compare_vectorized(each, names, names, label=code)
        more += compare.compute(pairs, left, right)[code]
    return more


def _given_one_forename(given: tuple[float, ...]) -> Callable[..., pd.Series]:
    same, different = given

    def bits(f: str | None, x: str | None, g: str | None, y: str | None) -> float:
        if f is None or x is None or g is None or y is None or joined(f) != joined(g):
            return 0.0
        return same if joined(x) == joined(y) else different

    def each(*columns: pd.Series) -> pd.Series:
        found = [bits(*four) for four in zip(*columns, strict=True)]
        return pd.Series(found, index=columns[0].index, dtype=float)

    return each
