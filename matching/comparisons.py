"""What is compared, and what each possible outcome means to a reviewer.

A comparison is a list of levels, the strongest agreement first; a pair of records
reaches exactly one level of each. The words of a level are what a reviewer reads. How
much a level weighs stands in the model (``matching.model``), never here.
"""

from dataclasses import dataclass
from enum import StrEnum

CLOSE = 0.92
"""Jaro-Winkler similarity from which two spellings probably mean one name."""

FAIRLY_CLOSE = 0.88
"""Jaro-Winkler similarity from which two spellings may mean one name."""

FAR_APART_DAYS = 3652
"""Ten years: more than a slip of the pen, and the distance to a parent."""

MISSING = "missing"
"""One record or both say nothing: no evidence for or against, weight nothing."""

PARTICLES = frozenset(
    {"ABU", "BIN", "DEL", "DEN", "DER", "IBN", "LOS", "THE", "UDDIN", "VAN", "VON"}
)
"""Words that many unrelated surnames share; sharing one is no agreement."""


class Given(StrEnum):
    """Under which circumstance a level can be reached.

    Levels of one circumstance exclude each other and together cover it, so their
    probabilities sum to one. A comparison whose levels stand under several
    circumstances weighs each within its own.
    """

    ALWAYS = ""
    CONVENTIONAL_DATE = "day and month written by convention"
    ELSEWHERE = "counted with another comparison"
    NHS = "both records have an NHS number"
    UPN = "both records have a unique pupil number"
    PNC = "both records have a PNC number"
    CRO = "both records have a CRO number"
    HOME_OFFICE = "both records have a Home Office reference"


@dataclass(frozen=True, slots=True)
class LevelRule:
    """One outcome of a comparison, in words for a reviewer."""

    name: str
    words: str
    given: Given = Given.ALWAYS


FORENAME = (
    LevelRule(
        "reordered",
        "All the names are the same words, in another order or divided differently "
        "between forename and surname. This counts for the surname too.",
    ),
    LevelRule("exact", "The forenames are the same."),
    LevelRule(
        "known_form",
        "One forename is a known form of the other, as Liz of Elizabeth or Muhammad "
        "of Mohammed.",
    ),
    LevelRule("part", "One record has all the forenames of the other and more."),
    LevelRule("close", "The forenames differ by a slight misspelling."),
    LevelRule("initial", "One record has only an initial, and it fits."),
    LevelRule("fairly_close", "The forenames are alike, but may well be two names."),
    LevelRule("different", "The forenames are different."),
)

SURNAME = (
    LevelRule("exact", "The surnames are the same."),
    LevelRule("part", "The surnames share one part of a double-barrelled name."),
    LevelRule("close", "The surnames differ by a slight misspelling."),
    LevelRule("fairly_close", "The surnames are alike, but may well be two names."),
    LevelRule("different", "The surnames are different."),
    LevelRule(
        "reordered",
        "Counted with the forename: the same words stand in another order.",
        Given.ELSEWHERE,
    ),
)

DOB = (
    LevelRule("exact", "The dates of birth are the same."),
    LevelRule("swapped", "The dates of birth have day and month the other way round."),
    LevelRule("one_digit", "The dates of birth differ in a single digit."),
    LevelRule("two_parts", "Two of day, month and year of birth are the same."),
    LevelRule("different", "The dates of birth are different."),
    LevelRule("far_apart", "The dates of birth lie ten years or more apart."),
    LevelRule(
        "same_year",
        "A day and month of birth were written by convention; the years are the same.",
        Given.CONVENTIONAL_DATE,
    ),
    LevelRule(
        "next_year",
        "A day and month of birth were written by convention; the years are next to "
        "each other.",
        Given.CONVENTIONAL_DATE,
    ),
    LevelRule(
        "other_year",
        "A day and month of birth were written by convention; the years differ by two "
        "or more.",
        Given.CONVENTIONAL_DATE,
    ),
)

SEX = (
    LevelRule("same", "The recorded sex is the same."),
    LevelRule("different", "The recorded sex is different."),
)

POSTCODE = (
    LevelRule("same", "The records share a postcode, now or in the past."),
    LevelRule("sector", "The records have postcodes in one sector, streets apart."),
    LevelRule("district", "The records have postcodes in one district."),
    LevelRule("different", "The records have no postcodes near each other."),
)

_IDENTIFIER_WORDS = {
    Given.NHS: ("nhs", "NHS number"),
    Given.UPN: ("upn", "unique pupil number"),
    Given.PNC: ("pnc", "PNC number"),
    Given.CRO: ("cro", "CRO number"),
    Given.HOME_OFFICE: ("home_office", "Home Office reference"),
}

IDENTIFIER_TYPES = tuple(kind for kind, _ in _IDENTIFIER_WORDS.values())
"""Identifier types that count as evidence, in the order in which they are shown."""

IDENTIFIER = tuple(
    rule
    for given, (kind, words) in _IDENTIFIER_WORDS.items()
    for rule in (
        LevelRule(f"{kind}_same", f"The records share a valid {words}.", given),
        LevelRule(
            f"{kind}_different", f"Each record has a valid {words}; they differ.", given
        ),
    )
)

COMPARISONS: dict[str, tuple[LevelRule, ...]] = {
    "forename": FORENAME,
    "surname": SURNAME,
    "dob": DOB,
    "sex": SEX,
    "postcode": POSTCODE,
    "identifier": IDENTIFIER,
}
"""Every comparison in the order in which its evidence is shown."""

MISSING_WORDS = {
    "forename": "A record has no forename.",
    "surname": "A record has no surname.",
    "dob": "A record has no usable date of birth.",
    "sex": "A record does not say the sex.",
    "postcode": "A record has no usable postcode.",
    "identifier": "The records have no kind of identifier in common.",
}

PRIOR_WORDS = (
    "How likely any two records are one person before they are compared: it falls as "
    "the number of records searched rises."
)


def level_names(comparison: str) -> tuple[str, ...]:
    """The levels of a comparison, strongest first, without ``missing``."""
    return tuple(rule.name for rule in COMPARISONS[comparison])


def joined(name: str) -> str:
    """A plain name without spaces: ``ANNE MARIE`` and ``ANNEMARIE`` are one."""
    return name.replace(" ", "")


def is_initials(name: str) -> bool:
    """Whether a plain forename is only one or more Latin initials."""
    return all(len(word) == 1 and word.isascii() for word in name.split())


def initial_fits(left: str, right: str) -> bool:
    """Whether one forename is only initials and the first letters agree."""
    return (is_initials(left) or is_initials(right)) and left[0] == right[0]


def holds_all_words(left: str, right: str) -> bool:
    """Whether one forename has every word of the other and at least one more."""
    first, second = set(left.split()), set(right.split())
    return first < second or second < first


def shares_a_part(left: str, right: str) -> bool:
    """Whether two surnames, one of them of several words, share a telling word.

    Words of one or two letters and particles tell nothing.
    """
    first, second = left.split(), right.split()
    if len(first) == len(second) == 1:
        return False
    return any(is_telling(word) for word in set(first) & set(second))


def is_telling(word: str) -> bool:
    """Whether a word of a surname says more than *de*, *bin* or *van*."""
    return len(word) > 2 and word not in PARTICLES


def words_in_order(forename: str | None, surname: str | None) -> str | None:
    """All words of a name in alphabetical order; ``None`` for fewer than two."""
    words = sorted(f"{forename or ''} {surname or ''}".split())
    return " ".join(words) if len(words) > 1 else None
