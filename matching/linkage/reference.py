"""The reference engine for any table: small, plain and slow.

recordlinkage proposes the pairs (Index) and compares them (Compare); each test is a
line of Python (``matching.linkage.tests``), each value is cleaned by itself, nothing is
coded and nothing pruned. The fast engine must agree with it pair by pair.
"""

import datetime as dt
import decimal
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import pyarrow as pa
import recordlinkage
from jellyfish import soundex
from recordlinkage.index import Block

from matching.calibration import DIGITS
from matching.comparisons import joined
from matching.linkage.description import Comparison, Description, Term, steps
from matching.linkage.layout import EXACT
from matching.linkage.numbers import Numbers, prior_bits
from matching.linkage.reference_names import (
    counts_of,
    of_namesakes,
    rarity,
    swapped_names,
)
from matching.linkage.rivals import LEAST_RIVAL
from matching.linkage.tables import (
    AFTER_LAST_DAY,
    FIRST_DAY,
    checked,
    days_of,
    is_of_dates,
)
from matching.linkage.tests import holds
from matching.linkage.values import plain_identifier, plain_text
from records.names import plain_name
from records.postcodes import canonical_postcode

MISSING, SWAPPED = "missing", "swapped"


@dataclass(frozen=True, slots=True)
class Pair:
    """Places of both records, bits, and the level of each comparison by name."""

    left: int
    right: int
    bits: float
    levels: dict[str, str]


def search(
    description: Description,
    numbers: Numbers,
    sides: tuple[pa.Table, pa.Table | None],
    line: float,
) -> list[Pair]:
    """Every pair that shares a key and reaches the line, in order.

    Raises:
        TableRefused: as the fast engine refuses it.
    """
    checked(description, *sides)
    left = _cleaned(description, sides[0])
    right = left if sides[1] is None else _cleaned(description, sides[1])
    pairs = _candidates(description, left, right, one_table=sides[1] is None)
    if not len(pairs):
        return []
    found: dict[str, tuple[pd.Series, pd.Series]] = {}
    for one in description.comparisons:
        counts = counts_of(one, right)
        compare = recordlinkage.Compare()
        compare.compare_vectorized(
            _compared(one, numbers, counts), one.name, one.name, label=one.name
        )
        outcome = compare.compute(pairs, left, right)[one.name]
        found[one.name] = outcome.str[0], outcome.str[1].astype(float)
    swapped = swapped_names(description, numbers, pairs, left, right)
    given = of_namesakes(description, numbers, pairs, left, right)
    total = len(left) * len(right)
    if sides[1] is None:
        total = len(left) * (len(left) - 1) // 2
    kept = []
    for place, (one_row, other_row) in enumerate(pairs):
        levels = {name: outcome[0].iloc[place] for name, outcome in found.items()}
        weights = {name: outcome[1].iloc[place] for name, outcome in found.items()}
        spoken_for = None
        if swapped is not None and swapped[1]["level"].iloc[place] is not None:
            forename, spoken_for = swapped[0]
            level, weight = swapped[1].iloc[place]
            levels |= {forename: level, spoken_for: MISSING}
            weights |= {forename: float(weight), spoken_for: 0.0}
        bits = math.fsum(
            [prior_bits(numbers, total), *weights.values(), given.iloc[place]]
        )
        bits += _of_a_household(description, numbers, levels, weights)
        told = levels if spoken_for is None else levels | {spoken_for: SWAPPED}
        kept.append(Pair(one_row, other_row, round(bits, DIGITS), told))
    kept = _against_rivals(description, kept)
    kept = [pair for pair in kept if pair.bits >= line - 1e-9]
    return sorted(kept, key=lambda pair: (pair.left, pair.right))


def _against_rivals(description: Description, pairs: list[Pair]) -> list[Pair]:
    """The pairs, with what their rivals leave them where a table is de-duplicated."""
    sharing: dict[tuple[str, int], list[Pair]] = {}
    for pair in pairs:
        sharing.setdefault(("left", pair.left), []).append(pair)
        sharing.setdefault(("right", pair.right), []).append(pair)

    def rivals(pair: Pair) -> list[Pair]:
        found = []
        if "right" in description.deduplicated:
            found += sharing["left", pair.left]
        if "left" in description.deduplicated:
            found += sharing["right", pair.right]
        return [one for one in found if one is not pair and one.bits >= LEAST_RIVAL]

    return [
        replace(pair, bits=round(pair.bits - _lost(rivals(pair)), DIGITS))
        for pair in pairs
    ]


def _lost(rivals: list[Pair]) -> float:
    return math.log2(1 + math.fsum(2 ** min(one.bits, 500.0) for one in rivals))


def _compared(
    one: Comparison, numbers: Numbers, counts: Counter[Any]
) -> Callable[[Any, Any], pd.Series]:
    weights = numbers.rates[one.name].weights()
    programme = steps(one)

    def level_and_bits(a: Any, b: Any) -> tuple[str, float]:
        if a is None or b is None:
            return MISSING, 0.0
        test, level = next(
            (test, level)
            for test, parameter, level in programme
            if holds(test, parameter, a, b)
        )
        bits = weights[level]
        if test == EXACT:
            bits += rarity(one, numbers, counts, b)
        return one.levels[level].name, bits

    def each(left: Any, right: Any) -> pd.Series:
        outcomes = [level_and_bits(a, b) for a, b in zip(left, right, strict=True)]
        return pd.Series(outcomes, index=left.index, dtype=object)

    return each


def _of_a_household(
    description: Description,
    numbers: Numbers,
    levels: dict[str, str],
    bits: dict[str, float],
) -> float:
    """Bits lost to households; what they share by descent is rare for them as well."""
    if not numbers.household_share:
        return 0.0
    more = 0.0
    for one in description.comparisons:
        rates = numbers.rates[one.name]
        names = [level.name for level in one.levels]
        if rates.household and levels[one.name] != MISSING:
            place = names.index(levels[one.name])
            more += math.log2(rates.household[place] / rates.u[place])
            more += bits[one.name] - rates.weights()[place]
    share = numbers.household_share
    return -math.log2(1 - share + share * 2**more)


def _cleaned(description: Description, table: pa.Table) -> pd.DataFrame:
    clean = {
        one.name: [
            _value(one.kind, value) for value in _stated(table.column(one.column))
        ]
        for one in description.comparisons
    }
    return pd.DataFrame(
        {name: pd.Series(values, dtype=object) for name, values in clean.items()}
    )


def _stated(column: pa.ChunkedArray) -> list[Any]:
    """The values as Python has them; dates that it can't hold are no dates."""
    if not is_of_dates(column):
        return list(column.to_pylist())
    return [
        dt.date(1970, 1, 1) + dt.timedelta(days)
        if days is not None and FIRST_DAY <= days < AFTER_LAST_DAY
        else None
        for days in days_of(column).cast(pa.int32()).to_pylist()
    ]


def _value(kind: str, value: Any) -> Any:
    if isinstance(value, float | decimal.Decimal):
        value = _whole(value)
    if value is None:
        return None
    if kind == "date":
        return _date(value)
    text = str(value)
    if kind == "postcode":
        return canonical_postcode("".join(text.split()))
    if kind in {"forename", "surname"}:
        return plain_name(text)
    return plain_text(text) if kind == "text" else plain_identifier(text)


def _whole(number: float | decimal.Decimal) -> float | int | str | None:
    """``2.0`` as 2: whoever keeps numbers with gaps may keep them as fractions."""
    if isinstance(number, decimal.Decimal):
        return f"{number:f}"
    if math.isnan(number):
        return None
    return int(number) if number.is_integer() else number


def _date(value: Any) -> dt.date | None:
    if not isinstance(value, dt.date):
        digits = "".join(char for char in str(value) if char.isdigit())
        try:
            value = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            return None
        if len(digits) != 8:
            return None
    return value if dt.date(1800, 1, 1) <= value < dt.date(2200, 1, 1) else None


def _candidates(
    description: Description,
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    one_table: bool,
) -> pd.MultiIndex:
    found: set[tuple[int, int]] = set()
    for rule in description.blocking:
        keys = [
            pd.DataFrame(
                {
                    "key": pd.Series(
                        [_key(terms, row) for _, row in frame.iterrows()],
                        index=frame.index,
                        dtype=object,
                    )
                }
            )
            for terms, frame in ((rule.left, left), (rule.right, right))
        ]
        keys = [frame[frame["key"].notna()] for frame in keys]
        for one, other in Block("key").index(*keys):
            if one_table:
                if one != other:
                    found.add((min(one, other), max(one, other)))
            else:
                found.add((one, other))
    return pd.MultiIndex.from_tuples(sorted(found), names=[None, None])


def _key(terms: tuple[Term, ...], row: Any) -> str | None:
    parts = [_part(term, row[term.comparison]) for term in terms]
    if any(part is None for part in parts):
        return None
    return "|".join(str(part) for part in parts)


def _part(term: Term, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dt.date):
        return _date_part(term.function, value)
    text = joined(value)
    if term.function == "soundex":
        return str(soundex(text)) or None
    return text[: term.length]


def _date_part(function: str | None, date: dt.date) -> str | None:
    if function in {"year", "month", "day"}:
        return str(getattr(date, function))
    if function == "swapped":
        if date.day > 12 or date.day == date.month:
            return None
        return f"{date.year}-{date.day}-{date.month}"
    return f"{date.year}-{date.month}-{date.day}"
