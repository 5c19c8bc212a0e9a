"""Which level of forename and surname each pair reaches.

A record may have several names. Forename and surname are taken together from one name
of each record, the two that weigh most: a married name never lends its surname to
another forename. The level of two names depends on nothing but them, so each two
distinct names are compared once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jellyfish import jaro_winkler_similarity

from matching.comparisons import (
    CLOSE,
    FAIRLY_CLOSE,
    holds_all_words,
    initial_fits,
    is_initials,
    joined,
    shares_a_part,
)
from matching.field_levels import Column, Pairs, place
from matching.frames import (
    NONE,
    Floats,
    Ints,
    Side,
    best_rows,
    expand,
    name_words,
    shared_codes,
)
from matching.frequencies import Frequencies
from matching.nicknames import is_known_form

Test = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The distinct forenames or surnames of two sides, and each side's as numbers."""

    texts: list[str]
    left: Ints
    right: Ints


@dataclass(frozen=True, slots=True)
class Names:
    """The names of two sides, numbered."""

    forenames: Vocabulary
    surnames: Vocabulary
    left_words: Ints
    """All words of each left name in alphabetical order, as numbers."""
    right_words: Ints


def numbered(left: Side, right: Side) -> Names:
    """The names of two sides in numbers that both share."""
    forenames, surnames = (
        Vocabulary(texts, *codes)
        for texts, codes in (
            shared_codes(
                left.names.values[part].astype(object),
                right.names.values[part].astype(object),
            )
            for part in ("forename", "surname")
        )
    )
    _, (left_words, right_words) = shared_codes(
        name_words(left.names), name_words(right.names)
    )
    return Names(forenames, surnames, left_words, right_words)


def name_columns(
    left: Side, right: Side, pairs: Pairs, names: Names, scale: Frequencies
) -> list[Column]:
    """Forename and surname of each pair."""
    pair, one, other = expand(left.names, right.names, pairs)
    forename, forename_adjustment = _levels(
        names.forenames, (one, other), forename_levels, _forename_adjustment(scale)
    )
    surname, surname_adjustment = _levels(
        names.surnames, (one, other), surname_levels, _surname_adjustment(scale)
    )
    reordered = (
        (names.left_words[one] == names.right_words[other])
        & (names.left_words[one] != NONE)
        & ~(
            (names.forenames.left[one] == names.forenames.right[other])
            & (names.surnames.left[one] == names.surnames.right[other])
        )
    )
    forename[reordered] = place("forename", "reordered")
    surname[reordered] = place("surname", "reordered")
    forename_adjustment[reordered] = surname_adjustment[reordered] = 0.0
    score = (
        np.array(scale.model.weights("forename"))[forename]
        + forename_adjustment
        + np.array(scale.model.weights("surname"))[surname]
        + surname_adjustment
    )
    rows = best_rows(pair, score, len(pairs[0]))
    found = rows != NONE
    columns = []
    for comparison, level, adjustment in (
        ("forename", forename, forename_adjustment),
        ("surname", surname, surname_adjustment),
    ):
        columns.append(
            Column(
                comparison,
                _where(found, level, rows, NONE),
                _where(found, adjustment, rows, 0.0),
                _where(found, one, rows, NONE),
                _where(found, other, rows, NONE),
                left.names.values[comparison].astype(object),
                right.names.values[comparison].astype(object),
            )
        )
    return columns


def forename_levels(texts: list[str], one: Ints, other: Ints) -> Ints:
    """The level of each two forenames, given as numbers of ``texts``.

    ``one`` is the smaller number, so that the outcome does not depend on which record
    stands on which side.
    """
    found = features(
        texts,
        one,
        other,
        {
            "initial": initial_fits,
            "initials": lambda a, b: is_initials(a) or is_initials(b),
            "known_form": is_known_form,
            "part": holds_all_words,
        },
    )
    return _first_that_holds(
        "forename",
        [
            (found["initial"], "initial"),
            (found["initials"], "different"),
            (found["same"], "exact"),
            (found["known_form"], "known_form"),
            (found["part"], "part"),
            (found["similarity"] >= CLOSE, "close"),
            (found["similarity"] >= FAIRLY_CLOSE, "fairly_close"),
        ],
    )


def surname_levels(texts: list[str], one: Ints, other: Ints) -> Ints:
    """The level of each two surnames, given as for :func:`forename_levels`."""
    found = features(texts, one, other, {"part": shares_a_part})
    return _first_that_holds(
        "surname",
        [
            (found["same"], "exact"),
            (found["part"], "part"),
            (found["similarity"] >= CLOSE, "close"),
            (found["similarity"] >= FAIRLY_CLOSE, "fairly_close"),
        ],
    )


def features(
    texts: list[str], one: Ints, other: Ints, tests: dict[str, Test]
) -> dict[str, Any]:
    """Whether each two names are the same but for spaces, how similar their spellings
    are (Jaro-Winkler, as recordlinkage's Compare has it), and which tests they pass."""
    pairs = [(texts[a], texts[b]) for a, b in zip(one, other, strict=True)]
    without_spaces = [(joined(a), joined(b)) for a, b in pairs]
    similarity = [jaro_winkler_similarity(a, b) for a, b in without_spaces]
    return {
        "same": np.array([a == b for a, b in without_spaces], bool),
        "similarity": np.round(np.array(similarity, float), 9),
    } | {
        label: np.array([test(a, b) for a, b in pairs], bool)
        for label, test in tests.items()
    }


def _first_that_holds(comparison: str, levels: list[tuple[Any, str]]) -> Ints:
    return np.select(
        [np.asarray(condition, dtype=bool) for condition, _ in levels],
        [place(comparison, level) for _, level in levels],
        default=place(comparison, "different"),
    ).astype(np.int64)


def _levels(
    vocabulary: Vocabulary,
    rows: Pairs,
    levels_of: Callable[[list[str], Ints, Ints], Ints],
    adjustment_of: Callable[[int, str, str], float],
) -> tuple[Ints, Floats]:
    """Level and adjustment of each row, each two distinct names compared once."""
    left, right = vocabulary.left[rows[0]], vocabulary.right[rows[1]]
    level = np.full(len(left), NONE, dtype=np.int64)
    adjustment = np.zeros(len(left))
    known = np.flatnonzero((left != NONE) & (right != NONE))
    if len(known) == 0:
        return level, adjustment
    size = len(vocabulary.texts)
    smaller = np.minimum(left[known], right[known])
    larger = np.maximum(left[known], right[known])
    distinct, row = np.unique(smaller * size + larger, return_inverse=True)
    one, other = distinct // size, distinct % size
    used, numbers = np.unique(np.r_[one, other], return_inverse=True)
    texts = [vocabulary.texts[code] for code in used]
    one, other = numbers[: len(one)], numbers[len(one) :]
    levels = levels_of(texts, one, other)
    adjustments = np.array(
        [
            adjustment_of(each, texts[a], texts[b])
            for each, a, b in zip(levels.tolist(), one, other, strict=True)
        ]
    )
    level[known], adjustment[known] = levels[row], adjustments[row]
    return level, adjustment


def _forename_adjustment(scale: Frequencies) -> Callable[[int, str, str], float]:
    exact, known_form, part = (
        place("forename", level) for level in ("exact", "known_form", "part")
    )

    def adjustment(level: int, one: str, other: str) -> float:
        if level == exact:
            return scale.of_same_forename(other)
        if level == known_form:
            return scale.of_known_form(one, other)
        return scale.of_shared_forenames(one, other) if level == part else 0.0

    return adjustment


def _surname_adjustment(scale: Frequencies) -> Callable[[int, str, str], float]:
    exact, part = (place("surname", level) for level in ("exact", "part"))

    def adjustment(level: int, one: str, other: str) -> float:
        if level == exact:
            return scale.of_same_surname(other)
        return scale.of_shared_surname(one, other) if level == part else 0.0

    return adjustment


def _where(found: Any, column: Any, rows: Ints, otherwise: float) -> Any:
    if len(column) == 0:
        return np.full(len(rows), otherwise, dtype=column.dtype)
    return np.where(found, column[rows], otherwise).astype(column.dtype)
