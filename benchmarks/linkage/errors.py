"""How a person comes to be written down otherwise: rates, with the source of each.

Two tables are made of one population. The *left* is a children's service, which knows
its children; the *right* a large register filled in haste, whose rates are those of the
project's noise model for police records. Rates are shares of all records.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.linkage.population import Population, moved_to
from benchmarks.linkage.vocabulary import ORIGINS, TRANSLITERATED, Vocabulary


@dataclass(frozen=True)
class Rate:
    """Share of records with an error on each side, and who says so."""

    left: float
    right: float
    source: str


_BRIEF = "the project's noise model for police records; the left a third of it"
_OURS = "ours: no published rate was found"
RATES = {
    "typo_forename": Rate(0.005, 0.015, f"{_BRIEF}: 3 % of records, in either name"),
    "typo_surname": Rate(0.005, 0.015, f"{_BRIEF}: 3 % of records, in either name"),
    "typo_postcode": Rate(0.002, 0.006, _OURS),
    "known_form": Rate(0.02, 0.06, f"{_BRIEF}: aliases 10 to 15 %, half of them so"),
    "spelling": Rate(0.03, 0.10, f"{_OURS}; of names first written otherwise"),
    "punctuation": Rate(0.25, 0.57, f"{_BRIEF}: 5 % of records; of names with any"),
    "surname_change": Rate(0.02, 0.08, f"{_BRIEF}: 8 %"),
    "double_surname": Rate(0.01, 0.02, f"{_OURS}; a second surname is added"),
    "name_order": Rate(0.005, 0.02, f"{_BRIEF}: 2 %"),
    "day_and_month": Rate(0.003, 0.01, f"{_BRIEF}: 1 % (of all dates)"),
    "first_of_january": Rate(0.005, 0.015, _OURS),
    "wrong_digit": Rate(0.005, 0.02, f"{_OURS}; 0.11 % where the NHS number is known "
                        "(Harron and others 2017, BMC Med Res Methodol 17:23)"),
    "no_birth": Rate(0.001, 0.01, _OURS),
    "wrong_sex": Rate(0.0011, 0.0011, "Harron and others 2017: 0.11 %"),
    "no_sex": Rate(0.001, 0.02, _OURS),
    "moved": Rate(0.05, 0.25, "about one in ten moves in a year (Census 2021), and "
                  "records are old. Harron and others 2017 find 53 % differing"),
    "no_postcode": Rate(0.03, 0.13, f"{_BRIEF}: 13 %"),
    "no_forename": Rate(0.001, 0.004, _OURS),
    "no_nhs": Rate(0.10, 0.50, f"{_OURS}: police records rarely bear it"),
    "wrong_nhs": Rate(0.001, 0.005, f"{_OURS}: one digit wrong, or a relative's"),
}  # fmt: skip

KINDS = {
    "substitution": 0.35,
    "deletion": 0.34,
    "insertion": 0.22,
    "transposition": 0.09,
}
"""Between Peterson's (1986) two studies, as Febrl's generator quotes them."""
SECOND_TYPO = 0.075
"""Of typos: 90 to 95 % of misspelt words have one mistake (Pollock and Zamora 1983)."""
PLACES = (0.078, 0.117, 0.192)
"""Share of mistakes in the first, second and third letter (Pollock and Zamora 1984)."""
NEAR_KEY, LOOKS_ALIKE = 0.70, 0.15
"""Of wrong letters: a key beside it (Febrl: 0.4 in the row, 0.3 in the column), or one
that looks like it (GeCo's OCR errors; share ours)."""
DOUBLED = 0.5
"""Of added letters: doubling is their chief cause (Pollock and Zamora 1983)."""

_KEYS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_ALIKE = ("O0", "I1", "L1", "S5", "B8", "Z2", "G6", "UV", "VW", "MN", "CG", "EF", "PR",
          "DO", "QO", "HN", "KX", "TF", "JI", "AR", "YV")  # fmt: skip
_LETTERS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)


@dataclass
class Records:
    """One table in codes; ``person`` names whose record it is. -1 is missing."""

    person: np.ndarray
    forename: np.ndarray
    surname: np.ndarray
    second_surname: np.ndarray
    """After a hyphen; -1 for most."""
    birth: np.ndarray
    """``datetime64[D]``, NaT when missing."""
    sex: np.ndarray
    postcode: np.ndarray
    nhs: np.ndarray
    typos: dict[str, np.ndarray]
    """For ``forename``, ``surname`` and ``postcode``: which records have one."""


def written(
    rng: np.random.Generator, people: Population, words: Vocabulary,
    person: np.ndarray, side: str,
) -> Records:  # fmt: skip
    """These persons as one side's table has them."""

    def struck(what: str, among: np.ndarray | None = None) -> np.ndarray:
        share = getattr(RATES[what], side)
        flags = rng.random(len(person)) < share
        return np.flatnonzero(flags if among is None else flags & among)

    forename, surname = people.forename[person].copy(), people.surname[person].copy()
    origin = people.origin[person]
    changed = struck("surname_change")
    surname[changed] = _other_surnames(rng, words, origin[changed])
    doubled = struck("double_surname")
    second = np.full(len(person), -1, dtype=np.int32)
    second[doubled] = _other_surnames(rng, words, origin[doubled])
    _other_form(rng, forename, struck("known_form"), words.known_forms)
    foreign = np.isin(origin, [list(ORIGINS).index(one) for one in TRANSLITERATED])
    for names in (forename, surname):
        _other_form(rng, names, struck("spelling", foreign), words.spellings)
        bare = struck("punctuation")
        plain = words.unpunctuated[names[bare]]
        names[bare] = np.where(plain >= 0, plain, names[bare])
    turned = struck("name_order")
    forename[turned], surname[turned] = surname[turned], forename[turned].copy()
    forename[struck("no_forename")] = -1
    postcode = people.postcode[person].copy()
    gone = struck("moved")
    postcode[gone] = moved_to(rng, postcode[gone], people.postcodes)
    postcode[struck("no_postcode")] = -1
    sex = people.sex[person].copy()
    wrong = struck("wrong_sex")
    sex[wrong] = 1 - sex[wrong]
    sex[struck("no_sex")] = -1
    return Records(
        person, forename, surname, second, _births(rng, people.birth[person], struck),
        sex, postcode, _numbers(rng, person, struck),
        {one: struck(f"typo_{one}") for one in ("forename", "surname", "postcode")},
    )  # fmt: skip


def nhs_numbers(person: np.ndarray) -> np.ndarray:
    """A number of ten digits for each person, with its check digit (mod 11).

    A person whose digits have no check digit (it would be 10) takes the next ones.
    """
    body = 400_000_000 + person.astype(np.int64) * 3
    for _ in range(3):
        digits = body[:, None] // 10 ** np.arange(8, -1, -1) % 10
        check = (11 - digits @ np.arange(10, 1, -1) % 11) % 11
        body = np.where(check == 10, body + 1, body)
    return body * 10 + check


def with_typos(rng: np.random.Generator, texts: np.ndarray) -> np.ndarray:
    """Each text with one mistake of the hand, some with two; short ones are left alone.

    ``texts`` and the answer are arrays of ``bytes`` (dtype S).
    """
    width = texts.dtype.itemsize + 2
    letters = np.zeros((len(texts), width), dtype=np.uint8)
    letters[:, : width - 2] = texts.view(np.uint8).reshape(len(texts), -1)
    again = rng.random(len(texts)) < SECOND_TYPO
    _one_typo(rng, letters, np.arange(len(texts)))
    _one_typo(rng, letters, np.flatnonzero(again))
    return np.ascontiguousarray(letters).view(f"S{width}").ravel()


def _one_typo(rng: np.random.Generator, letters: np.ndarray, rows: np.ndarray) -> None:
    lengths = (letters[rows] > 0).sum(axis=1)
    rows, lengths = rows[lengths > 2], lengths[lengths > 2]
    place = _places(rng, lengths)
    kind = rng.choice(len(KINDS), len(rows), p=list(KINDS.values()))
    for number, change in enumerate((_substitute, _delete, _insert, _transpose)):
        those = kind == number
        if those.any():
            letters[rows[those]] = change(rng, letters[rows[those]], place[those])


def _places(rng: np.random.Generator, lengths: np.ndarray) -> np.ndarray:
    drawn = rng.random(len(lengths))
    early = np.searchsorted(np.cumsum(PLACES), drawn)
    late = 3 + (rng.random(len(lengths)) * (lengths - 3)).astype(np.int64)
    return np.minimum(np.where(early < 3, early, late), lengths - 1)


def _substitute(rng, letters, place):
    at = np.arange(len(letters)), place
    letters[at] = _wrong(rng, letters[at])
    return letters


def _delete(_rng, letters, place):
    columns = np.arange(letters.shape[1])
    source = columns + (columns >= place[:, None])
    kept = np.take_along_axis(letters, np.minimum(source, columns[-1]), axis=1)
    kept[:, -1] = 0
    return kept


def _insert(rng, letters, place):
    columns = np.arange(letters.shape[1])
    source = columns - (columns > place[:, None])
    more = np.take_along_axis(letters, source, axis=1)
    at = np.arange(len(letters)), place + 1
    single = rng.random(len(letters)) >= DOUBLED
    more[at] = np.where(single, _wrong(rng, more[at]), more[at])
    return more


def _transpose(_rng, letters, place):
    rows = np.arange(len(letters))
    place = np.maximum(1, place)
    letters[rows, place], letters[rows, place - 1] = (
        letters[rows, place - 1], letters[rows, place].copy(),
    )  # fmt: skip
    return letters


def _wrong(rng: np.random.Generator, letters: np.ndarray) -> np.ndarray:
    """Another character for each: of a near key, of like looks, or any letter."""
    near, alike = _tables()
    draw = rng.random(len(letters))
    pick = rng.integers(0, near.shape[1], len(letters))
    found = _LETTERS[rng.integers(0, 26, len(letters))]
    found = np.where(draw < NEAR_KEY, near[letters, pick], found)
    seen = (draw >= NEAR_KEY) & (draw < NEAR_KEY + LOOKS_ALIKE)
    return np.where(seen, alike[letters], found)


def _tables() -> tuple[np.ndarray, np.ndarray]:
    """For every byte its neighbours on the keyboard (256, 8), and one of like looks."""
    near = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 8, axis=1)
    for row, keys in enumerate(_KEYS):
        for place, key in enumerate(keys):
            beside = keys[max(0, place - 1) : place] + keys[place + 1 : place + 2]
            others = _KEYS[row - 1][place : place + 2] if row else ""
            others += _KEYS[row + 1][max(0, place - 1) : place + 1] if row < 2 else ""
            near[ord(key)] = np.resize([ord(one) for one in beside * 2 + others], 8)
    for digit in "0123456789":
        either = [c for c in (chr(ord(digit) - 1), chr(ord(digit) + 1)) if c.isdigit()]
        near[ord(digit)] = np.resize([ord(one) for one in either], 8)
    alike = np.arange(256, dtype=np.uint8)
    for one, other in _ALIKE:
        alike[ord(one)] = ord(other)
        alike[ord(other)] = ord(one)
    return near, alike


def _other_surnames(
    rng: np.random.Generator, words: Vocabulary, origin: np.ndarray
) -> np.ndarray:
    found = np.empty(len(origin), dtype=np.int32)
    for number, name in enumerate(ORIGINS):
        those = np.flatnonzero(origin == number)
        found[those] = words.drawn(rng, words.surnames[name], len(those))
    return found


def _other_form(
    rng: np.random.Generator, names: np.ndarray, rows: np.ndarray, forms: np.ndarray
) -> None:
    others = forms[names[rows]]
    count = (others >= 0).sum(axis=1)
    rows, others, count = rows[count > 0], others[count > 0], count[count > 0]
    pick = (rng.random(len(rows)) * count).astype(np.int64)
    names[rows] = others[np.arange(len(rows)), pick]


def _births(rng: np.random.Generator, days: np.ndarray, struck) -> np.ndarray:
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    year = date.astype("datetime64[Y]")
    day_number = (date - month).astype(np.int64) + 1
    month_number = (month - year).astype(np.int64) + 1
    can = (day_number <= 12) & (day_number != month_number)
    wanted = len(struck("day_and_month")) / max(1, can.sum())
    turned = np.flatnonzero(can & (rng.random(len(days)) < wanted))
    out = date.copy()
    out[turned] = (
        year[turned].astype("datetime64[M]") + (day_number[turned] - 1)
    ).astype("datetime64[D]") + (month_number[turned] - 1)
    january = struck("first_of_january")
    out[january] = year[january].astype("datetime64[D]")
    wrong = struck("wrong_digit")
    out[wrong] = _digit_wrong(rng, out[wrong])
    out[struck("no_birth")] = np.datetime64("NaT")
    return out


def _digit_wrong(rng: np.random.Generator, dates: np.ndarray) -> np.ndarray:
    """Another digit in year, month or day; where that is no date, in the year."""
    texts = np.datetime_as_string(dates, unit="D").astype("S10")
    letters = texts.view(np.uint8).reshape(len(texts), 10).copy()
    place = rng.choice([3, 2, 6, 9, 8], len(texts), p=[0.35, 0.1, 0.15, 0.25, 0.15])
    rows = np.arange(len(texts))
    before = letters[rows, place] - 48
    letters[rows, place] = 48 + (before + rng.integers(1, 10, len(texts))) % 10
    year = letters[:, :4].astype(np.int64) @ [1000, 100, 10, 1] - 48 * 1111
    month = letters[:, 5:7].astype(np.int64) @ [10, 1] - 48 * 11
    day = letters[:, 8:].astype(np.int64) @ [10, 1] - 48 * 11
    good = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 28) & (year <= 2026)
    wrong = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    made = wrong.astype("datetime64[D]") + (day - 1)
    one_less = (dates.astype("datetime64[M]") - 12).astype("datetime64[D]")
    shifted = one_less + (dates - dates.astype("datetime64[M]"))
    return np.where(good, made, shifted)


def _numbers(rng: np.random.Generator, person: np.ndarray, struck) -> np.ndarray:
    numbers = nhs_numbers(person)
    wrong = struck("wrong_nhs")
    digit = 10 ** rng.integers(0, 9, len(wrong))
    off = numbers[wrong] // digit % 10
    numbers[wrong] += ((off + rng.integers(1, 10, len(wrong))) % 10 - off) * digit
    relative = wrong[rng.random(len(wrong)) < 0.5]
    numbers[relative] = nhs_numbers(person[relative] + 1)
    numbers[struck("no_nhs")] = -1
    return numbers
