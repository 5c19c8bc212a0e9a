"""Which level of date of birth, sex, postcode and identifiers each pair reaches.

A record may have several values; the pair counts at its best, and where two are equally
good, at the first of the left record and then of the right.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.comparisons import FAR_APART_DAYS, IDENTIFIER_TYPES, level_names
from matching.frames import (
    NONE,
    Flags,
    Floats,
    Ints,
    Items,
    Objects,
    Side,
    best_rows,
    expand,
    postcode_parts,
    shared_codes,
)
from matching.frequencies import Frequencies
from matching.model import Model

Pairs = tuple[Ints, Ints]
"""Positions of the left and of the right person of each pair."""


@dataclass(frozen=True, slots=True)
class Column:
    """One comparison of many pairs."""

    comparison: str
    level: Ints
    """The level's place in the comparison's rules; -1 is missing."""
    adjustment: Floats
    """Bits for the frequency of the term that agreed."""
    left: Ints
    """The left item that reached the level; -1 for none."""
    right: Ints
    left_texts: Objects
    """The text of every left item."""
    right_texts: Objects

    @property
    def level_names(self) -> tuple[str, ...]:
        return level_names(self.comparison)

    def weight(self, model: Model) -> Floats:
        """Bits of each pair."""
        weights = np.array(model.weights(self.comparison))
        return np.asarray(weights[self.level] + self.adjustment)

    def only(self, wanted: Flags) -> "Column":
        """The pairs wanted."""
        return Column(
            self.comparison,
            self.level[wanted],
            self.adjustment[wanted],
            self.left[wanted],
            self.right[wanted],
            self.left_texts,
            self.right_texts,
        )


def field_columns(
    left: Side, right: Side, pairs: Pairs, scale: Frequencies
) -> list[Column]:
    """Dates of birth, sex, postcodes and then each type of identifier."""
    return [
        _dob(left.births, right.births, pairs, scale.model),
        _sex(left.sex, right.sex, pairs),
        _postcode(left.postcodes, right.postcodes, pairs, scale),
        *(
            _identifier(kind, left.identifiers, right.identifiers, pairs)
            for kind in IDENTIFIER_TYPES
        ),
    ]


def place(comparison: str, level: str) -> int:
    """Where a level stands in its comparison's rules."""
    return level_names(comparison).index(level)


def dob_levels(left: Items, right: Items, rows: Pairs) -> Ints:
    """The level of each pair of dates of birth.

    Where day and month of either were written by convention only the years count,
    unless the dates are the same and one of them was not.
    """
    one, other = rows
    a = {name: column[one] for name, column in left.values.items()}
    b = {name: column[other] for name, column in right.values.items()}
    same_year, same_month, same_day = (
        a[part] == b[part] for part in ("year", "month", "day")
    )
    same = same_year & same_month & same_day
    conventional = (a["weak"] | b["weak"]) & ~(same & ~(a["weak"] & b["weak"]))
    years_apart = np.abs(a["year"] - b["year"])
    levels = [
        (conventional & (years_apart == 0), "same_year"),
        (conventional & (years_apart == 1), "next_year"),
        (conventional, "other_year"),
        (same, "exact"),
        (same_year & (a["month"] == b["day"]) & (a["day"] == b["month"]), "swapped"),
        (_digits_that_differ(a, b) == 1, "one_digit"),
        (
            same_year.astype(int) + same_month.astype(int) + same_day.astype(int) == 2,
            "two_parts",
        ),
        (np.abs(a["date"] - b["date"]) >= FAR_APART_DAYS, "far_apart"),
    ]
    return np.select(
        [condition for condition, _ in levels],
        [place("dob", level) for _, level in levels],
        default=place("dob", "different"),
    ).astype(np.int64)


def _digits_that_differ(
    a: dict[str, npt.NDArray[Any]], b: dict[str, npt.NDArray[Any]]
) -> Ints:
    one, other = (
        np.asarray(x["year"] * 10_000 + x["month"] * 100 + x["day"], dtype=np.int64)
        for x in (a, b)
    )
    differing = np.zeros(len(one), dtype=np.int64)
    for digit in range(8):
        differing += (one // 10**digit) % 10 != (other // 10**digit) % 10
    return differing


def _dob(left: Items, right: Items, pairs: Pairs, model: Model) -> Column:
    pair, one, other = expand(left, right, pairs)
    level = dob_levels(left, right, (one, other))
    score = np.array(model.weights("dob"))[level]
    rows = best_rows(pair, score, len(pairs[0]))
    return Column(
        "dob",
        _taken(level, rows),
        np.zeros(len(rows)),
        _taken(one, rows),
        _taken(other, rows),
        left.values["text"].astype(object),
        right.values["text"].astype(object),
    )


def _sex(left: Objects, right: Objects, pairs: Pairs) -> Column:
    _, (left_code, right_code) = shared_codes(left, right)
    one, other = left_code[pairs[0]], right_code[pairs[1]]
    known = (one != NONE) & (other != NONE)
    level = np.where(one == other, place("sex", "same"), place("sex", "different"))
    return Column(
        "sex",
        np.where(known, level, NONE),
        np.zeros(len(one)),
        np.where(one != NONE, pairs[0], NONE),
        np.where(other != NONE, pairs[1], NONE),
        left,
        right,
    )


def _postcode(left: Items, right: Items, pairs: Pairs, scale: Frequencies) -> Column:
    pair, one, other = expand(left, right, pairs)
    equal = []
    for left_part, right_part in zip(
        postcode_parts(left), postcode_parts(right), strict=True
    ):
        _, (left_code, right_code) = shared_codes(left_part, right_part)
        equal.append(left_code[one] == right_code[other])
    level = np.select(
        equal,
        [place("postcode", name) for name in ("same", "sector", "district")],
        default=place("postcode", "different"),
    ).astype(np.int64)
    texts: Objects = left.values["postcode"].astype(object)
    adjustment = np.zeros(len(level))
    same = np.flatnonzero(level == place("postcode", "same"))
    adjustment[same] = [scale.of_same_postcode(texts[item]) for item in one[same]]
    score = np.array(scale.model.weights("postcode"))[level] + adjustment
    rows = best_rows(pair, score, len(pairs[0]))
    return Column(
        "postcode",
        _taken(level, rows),
        np.where(rows != NONE, _taken_floats(adjustment, rows), 0.0),
        _taken(one, rows),
        _taken(other, rows),
        texts,
        right.values["postcode"].astype(object),
    )


def _identifier(kind: str, left: Items, right: Items, pairs: Pairs) -> Column:
    left = left.where(left.values["type"] == kind)
    right = right.where(right.values["type"] == kind)
    pair, one, other = expand(left, right, pairs)
    _, (left_code, right_code) = shared_codes(
        left.values["value"].astype(object), right.values["value"].astype(object)
    )
    same = left_code[one] == right_code[other]
    rows = best_rows(pair, same.astype(float), len(pairs[0]))
    level = np.where(
        same,
        place("identifier", f"{kind}_same"),
        place("identifier", f"{kind}_different"),
    )
    return Column(
        "identifier",
        _taken(level, rows),
        np.zeros(len(rows)),
        _taken(one, rows),
        _taken(other, rows),
        left.values["value"].astype(object),
        right.values["value"].astype(object),
    )


def _taken(column: Ints, rows: Ints) -> Ints:
    if len(column) == 0:
        return np.full(len(rows), NONE, dtype=np.int64)
    return np.where(rows != NONE, column[rows], NONE)


def _taken_floats(column: Floats, rows: Ints) -> Floats:
    return column[rows] if len(column) else np.zeros(len(rows))
