"""Names of people of England and Wales: how common each is, and how else it is written.

The common names of each origin are those of :mod:`synthetic`; a tail is put together
from their halves, for real names have a long one. Frequencies follow Zipf and
Mandelbrot, p ∝ 1 / (rank + q)^s. For English surnames q = 4 and s = 0.9 over 60,000
names give the commonest 1.3 % and the thousandth 0.01 %, about what published counts
have for Smith and for the tail. The shares of origins are those of
the Census 2021 of England and Wales (ethnic group; for Polish and Romanian, country of
birth); the rest is British.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np

from synthetic.forenames import FEMALE, MALE
from synthetic.surnames import (
    ENGLISH_ENDINGS,
    ENGLISH_STEMS,
    SHORT_FORMS,
    SURNAMES,
    TRAVELLED,
)

ORIGINS = {
    "british": 0.789, "irish": 0.012, "scottish": 0.015, "welsh": 0.030,
    "indian": 0.034, "pakistani": 0.030, "bangladeshi": 0.012, "chinese": 0.008,
    "african": 0.028, "caribbean": 0.011, "polish": 0.014, "romanian": 0.010,
    "arabic": 0.007,
}  # fmt: skip
TRANSLITERATED = (
    "indian", "pakistani", "bangladeshi", "chinese", "african", "polish", "romanian",
    "arabic",
)  # fmt: skip
"""Origins whose names are first written otherwise than in English."""

_FORENAMES = (8.0, 1.15, 2_000)
_SURNAMES = {"british": (4.0, 0.9, 60_000), "african": (6.0, 0.9, 4_000)}
_OTHER_SURNAMES = (2.0, 1.0, 1_500)
"""q, s and how many names there are."""

_RESPELLINGS = (
    ("EE", "I"), ("OO", "U"), ("OU", "U"), ("AI", "AY"), ("EY", "I"), ("PH", "F"),
    ("Q", "K"), ("KH", "K"), ("SZ", "S"), ("CZ", "CH"), ("W", "V"), ("TH", "T"),
    ("CK", "K"), ("IE", "Y"), ("AA", "A"), ("SS", "S"), ("MM", "M"), ("DH", "D"),
    ("GH", "G"), ("H$", ""), ("A$", "AH"), ("U", "OU"), ("I", "EE"), ("C", "K"),
)  # fmt: skip
"""How letters of other scripts are written now one way, now another."""

MOST = 4
"""Other forms of a name that are kept."""


@dataclass(frozen=True)
class Vocabulary:
    """All names as codes, and what a code may become.

    Forenames and surnames share the codes, so that they can change places. Arrays of
    other forms have shape (names, MOST), -1 where there are no more.
    """

    names: tuple[str, ...]
    forenames: dict[tuple[str, int], tuple[np.ndarray, np.ndarray]]
    """By origin and sex (0 male): codes, and the running sum of their shares."""
    surnames: dict[str, tuple[np.ndarray, np.ndarray]]
    known_forms: np.ndarray
    spellings: np.ndarray
    unpunctuated: np.ndarray
    """Of shape (names,): the name without hyphen or apostrophe, -1 when it has none."""

    def drawn(
        self, rng: np.random.Generator, of: tuple[np.ndarray, np.ndarray], size: int
    ) -> np.ndarray:
        """So many codes, the common ones often."""
        codes, shares = of
        return codes[np.searchsorted(shares, rng.random(size), side="right")]


@cache
def vocabulary() -> Vocabulary:
    """The one vocabulary: no seed changes it."""
    codes: dict[str, int] = {}

    def code(name: str) -> int:
        return codes.setdefault(name, len(codes))

    rng = np.random.default_rng(20261122)
    forenames, surnames = {}, {}
    foreign: set[str] = set()
    for origin in ORIGINS:
        for sex, lists in enumerate((MALE, FEMALE)):
            names = _with_tail(rng, _plain(lists[origin]), _FORENAMES[2])
            forenames[origin, sex] = _shares(names, _FORENAMES, code)
            foreign |= set(names) if origin in TRANSLITERATED else set()
        shape = _SURNAMES.get(origin, _OTHER_SURNAMES)
        names = _plain(SURNAMES[origin])
        if origin == "british":
            names += _compounds(rng, set(names))
        names = _with_tail(rng, names, shape[2])
        surnames[origin] = _shares(names, shape, code)
        foreign |= set(names) if origin in TRANSLITERATED else set()
    known = _forms(SHORT_FORMS, both_ways=True)
    spelt = _forms(TRAVELLED, both_ways=True)
    for name in sorted(foreign):
        spelt.setdefault(name, [])
        spelt[name] += [one for one in _respelt(name) if one not in spelt[name]]
    bare = {
        name: [re.sub("['-]", "", name)] for name in codes if re.search("['-]", name)
    }
    tables = []
    for forms in (known, spelt, bare):
        rows = {code(name): [code(one) for one in others[:MOST]] for name, others in
                forms.items() if name in codes}  # fmt: skip
        tables.append(rows)
    arrays = [_rows(rows, len(codes)) for rows in tables]
    return Vocabulary(
        tuple(codes), forenames, surnames, arrays[0], arrays[1], arrays[2][:, 0]
    )


def _rows(rows: dict[int, list[int]], size: int) -> np.ndarray:
    found = np.full((size, MOST), -1, dtype=np.int32)
    for name, others in rows.items():
        found[name, : len(others)] = others
    return found


def _shares(names, shape, code) -> tuple[np.ndarray, np.ndarray]:
    q, s, _ = shape
    weights = 1 / (np.arange(1, len(names) + 1) + q) ** s
    shares = np.cumsum(weights / weights.sum())
    shares[-1] = 1.0
    return np.array([code(name) for name in names], dtype=np.int32), shares


def _plain(text: str) -> list[str]:
    """A list of names in capitals without accents, each once."""
    return list(dict.fromkeys(_ascii(word) for word in text.split()))


def _ascii(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.replace("_", " ").replace("’", "'"))
    return apart.encode("ascii", "ignore").decode().upper()


def _with_tail(rng: np.random.Generator, names: list[str], size: int) -> list[str]:
    """The names, then others made of the first half of one and the end of another."""
    plain = [name for name in names if name.isalpha() and len(name) > 3]
    made = {
        one[: (len(one) + 1) // 2] + other[len(other) // 2 :]
        for one in plain
        for other in plain
    }
    tail = sorted(name for name in made - set(names) if 3 < len(name) < 11)
    chosen = rng.permutation(len(tail))[: max(0, size - len(names))]
    return names + [tail[one] for one in chosen]


def _compounds(rng: np.random.Generator, taken: set[str]) -> list[str]:
    """English surnames of two parts, in no order."""
    stems, endings = _plain(ENGLISH_STEMS), _plain(ENGLISH_ENDINGS)
    made = sorted({stem + end for stem in stems for end in endings} - taken)
    return [made[one] for one in rng.permutation(len(made))]


def _forms(
    table: dict[str, tuple[str, ...]], *, both_ways: bool
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, others in table.items():
        for other in others:
            one, two = _ascii(name), _ascii(other)
            for here, there in ((one, two), (two, one))[: 1 + both_ways]:
                if there != here and there not in found.setdefault(here, []):
                    found[here].append(there)
    return found


def _respelt(name: str) -> list[str]:
    """Up to three other spellings, which three depends on the name alone."""
    found = []
    start = sum(map(ord, name)) % len(_RESPELLINGS)
    for old, new in (*_RESPELLINGS[start:], *_RESPELLINGS[:start]):
        other = re.sub(old, new, name, count=1)
        if other not in {name, *found} and len(other) > 2:
            found.append(other)
    return found[:3]
