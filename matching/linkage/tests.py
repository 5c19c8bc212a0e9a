"""The tests of levels: what each says of two values, in words and in plain Python.

The compiled forms stand in ``matching.linkage.levels_kernel``; both must agree.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matching.comparisons import (
    FAR_APART_DAYS,
    holds_all_words,
    initial_fits,
    is_initials,
    joined,
    shares_a_part,
)
from matching.linkage import layout
from matching.linkage.layout import LONGEST
from matching.nicknames import is_known_form

if TYPE_CHECKING:
    from matching.linkage.description import Level

NAMES = frozenset({"forename", "surname"})
TEXTS = NAMES | {"text", "identifier"}
KINDS = (*sorted(TEXTS), "date", "postcode", "code")


@dataclass(frozen=True, slots=True)
class Test:
    """One way in which two values may agree, or at last not."""

    name: str
    """As a description writes it; X and N stand for its parameter."""
    code: int
    kinds: frozenset[str]
    words: str
    """What a reviewer reads."""


def _test(name: str, code: int, kinds: frozenset[str], words: str) -> Test:
    return Test(name, code, kinds, words)


_DATE = frozenset({"date"})
_POSTCODE = frozenset({"postcode"})
_EVERY = frozenset(KINDS)

TESTS: tuple[Test, ...] = (
    _test("exact", layout.EXACT, _EVERY, "The values are the same."),
    _test("same", layout.EXACT, _EVERY, "The values are the same."),
    _test(
        "known_form", layout.KNOWN_FORM, NAMES,
        "One forename is a known form of the other, as Liz of Elizabeth.",
    ),
    _test(
        "all_words", layout.ALL_WORDS, NAMES | {"text"},
        "One record has all the words of the other and more.",
    ),
    _test(
        "a_word", layout.A_WORD, NAMES | {"text"},
        "The values share a word that says something.",
    ),
    _test(
        "initial", layout.INITIAL, NAMES,
        "One record has only an initial, and it fits.",
    ),
    _test(
        "jaro_winkler X", layout.JARO_WINKLER, TEXTS,
        "The spellings have a Jaro-Winkler similarity of X or more.",
    ),
    _test(
        "one_edit", layout.ONE_EDIT, TEXTS | _DATE,
        "One letter or digit was put in, left out, changed or swapped with its "
        "neighbour.",
    ),
    _test(
        "swapped", layout.SWAPPED, _DATE,
        "Day and month stand the other way round.",
    ),
    _test(
        "swapped", layout.NAMES_SWAPPED, frozenset({"forename"}),
        "Forename and surname stand in each other's column; one may be misspelt.",
    ),
    _test(
        "half_swapped", layout.NAMES_HALF_SWAPPED, frozenset({"forename"}),
        "The forename of one record is the surname of the other; the rest differs.",
    ),
    _test(
        "first_of_january", layout.FIRST_OF_JANUARY, _DATE,
        "The year is the same, and one date is its first day.",
    ),
    _test("one_digit", layout.ONE_DIGIT, _DATE, "A single digit differs."),
    _test(
        "two_parts", layout.TWO_PARTS, _DATE,
        "Two of day, month and year are the same.",
    ),
    _test(
        "within N days", layout.WITHIN_DAYS, _DATE,
        "The dates lie at most N days apart.",
    ),
    _test(
        "far_apart", layout.FAR_APART, _DATE,
        "The dates lie ten years or more apart.",
    ),
    _test("sector", layout.SECTOR, _POSTCODE, "The postcodes are of one sector."),
    _test(
        "district", layout.DISTRICT, _POSTCODE,
        "The postcodes are of one district.",
    ),
    _test("area", layout.AREA, _POSTCODE, "The postcodes are of one area."),
    _test("different", layout.ALWAYS, _EVERY, "The values are different."),
)  # fmt: skip
"""Every test that a description may name."""

_WORDS = {test.code: test.words for test in TESTS}


def words_of(level: "Level") -> str:
    """What a level says of two values, for a reviewer."""
    number = f"{level.parameter:g}"
    return re.sub(r"\b[XN]\b", number, _WORDS[level.test])


DEFAULT_LEVELS: dict[str, tuple[str, ...]] = {
    "forename": (
        "exact", "swapped", "half_swapped", "known_form", "all_words",
        "jaro_winkler 0.92", "initial", "jaro_winkler 0.88", "jaro_winkler 0.8",
        "different",
    ),
    "surname": (
        "exact", "a_word", "jaro_winkler 0.92", "jaro_winkler 0.88", "different",
    ),
    "text": ("exact", "jaro_winkler 0.92", "jaro_winkler 0.8", "different"),
    "identifier": ("same", "one_edit", "different"),
    "date": (
        "exact", "swapped", "first_of_january", "one_digit", "two_parts", "different",
        "far_apart",
    ),
    "postcode": ("same", "sector", "district", "different"),
    "code": ("same", "different"),
}  # fmt: skip
"""The levels of a comparison for which a description names none; ``swapped`` of a
forename where a surname is compared as well."""


def holds(test: int, parameter: float, one: object, other: object) -> bool:
    """Whether two values pass a test. Slow, plain, and apart from the kernel.

    Texts are plain texts; dates are dates; postcodes are canonical.
    """
    return _HOLDS[test](one, other, parameter)


def _jaro_winkler(one: str, other: str, at_least: float) -> bool:
    from jellyfish import jaro_winkler_similarity

    first, second = sorted((joined(one)[:LONGEST], joined(other)[:LONGEST]))
    return round(jaro_winkler_similarity(*by_letters(first, second)), 9) >= at_least


def by_letters(one: str, other: str) -> tuple[str, str]:
    """Both texts with each letter written as one that stands by itself.

    The library takes letters that a script writes as one, such as the parts of a Hangul
    syllable, for one. Here each counts.
    """
    letters = {
        ord(char): _BY_ITSELF + n for n, char in enumerate(sorted({*one, *other}))
    }
    return one.translate(letters), other.translate(letters)


_BY_ITSELF = 0xF0000
"""The first of 65,000 letters that mean nothing."""


def _one_edit(one: object, other: object, _: float) -> bool:
    from jellyfish import damerau_levenshtein_distance

    if isinstance(one, dt.date) and isinstance(other, dt.date):
        one, other = one.isoformat(), other.isoformat()
    texts = by_letters(joined(str(one)), joined(str(other)))
    return bool(damerau_levenshtein_distance(*texts) <= 1)


def _parts(date: dt.date) -> tuple[int, int, int]:
    return date.year, date.month, date.day


def _digits(one: dt.date, other: dt.date) -> int:
    first, second = one.strftime("%Y%m%d"), other.strftime("%Y%m%d")
    first, second = first.rjust(8, "0"), second.rjust(8, "0")
    return sum(a != b for a, b in zip(first, second, strict=True))


def _area(postcode: str) -> str:
    return postcode[:2] if postcode[1].isalpha() else postcode[0]


_HOLDS: dict[int, Callable[..., bool]] = {
    layout.EXACT: lambda a, b, _: (
        joined(a) == joined(b) if isinstance(a, str) else a == b
    ),
    layout.KNOWN_FORM: lambda a, b, _: is_known_form(a, b),
    layout.ALL_WORDS: lambda a, b, _: holds_all_words(a, b),
    layout.A_WORD: lambda a, b, _: shares_a_part(a, b),
    layout.INITIAL: lambda a, b, _: initial_fits(a, b),
    layout.INITIALS: lambda a, b, _: is_initials(a) or is_initials(b),
    layout.JARO_WINKLER: _jaro_winkler,
    layout.ONE_EDIT: _one_edit,
    layout.SWAPPED: lambda a, b, _: (
        a.year == b.year and a.month == b.day and a.day == b.month
    ),
    layout.FIRST_OF_JANUARY: lambda a, b, _: (
        a.year == b.year and (1, 1) in {(a.month, a.day), (b.month, b.day)}
    ),
    layout.ONE_DIGIT: lambda a, b, _: _digits(a, b) == 1,
    layout.TWO_PARTS: lambda a, b, _: (
        sum(x == y for x, y in zip(_parts(a), _parts(b), strict=True)) == 2
    ),
    layout.WITHIN_DAYS: lambda a, b, days: abs((a - b).days) <= days,
    layout.FAR_APART: lambda a, b, _: abs((a - b).days) >= FAR_APART_DAYS,
    layout.SECTOR: lambda a, b, _: a[:-2] == b[:-2],
    layout.DISTRICT: lambda a, b, _: a[:-4] == b[:-4],
    layout.AREA: lambda a, b, _: _area(a) == _area(b),
    layout.ALWAYS: lambda *_: True,
}
