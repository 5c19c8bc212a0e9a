"""Guards: look-alikes whom no weight may make one person.

Members of a household share surname, address and sometimes birthday, so a weight that
treats comparisons as independent overrates them. A guard looks at the levels a pair has
reached after it is weighed; where one applies, the pair keeps at most the guard's odds:
even ones, so that a reviewer is asked, or low ones where next to nothing speaks for one
person but a shared household. Either way the pair is never accepted. What a guard took
off is a part of the evidence, so that the parts still sum to the weight.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matching.comparisons import MISSING, initial_fits
from matching.nicknames import is_known_form

CEILING = 0.5
"""The highest probability that any guarded pair keeps."""

EVEN = 0.0
"""Bits of even odds: the probability ``CEILING``."""

LOW = -6.0
"""Bits of one in sixty-four: well below where asking pays, and still on record."""

SURNAME_AGREES = frozenset({"exact", "part", "close", "reordered"})
FORENAME_AGREES = frozenset({"exact", "reordered", "known_form", "part", "close"})
FORENAME_IS_ANOTHER = frozenset({"different", "fairly_close"})
BIRTH_IS_THE_SAME = frozenset({"exact", "swapped", "one_digit"})
BIRTH_AGREES = frozenset({"exact", "swapped", "one_digit", "two_parts", "same_year"})
BIRTH_IS_APART = frozenset({"different", "far_apart", "other_year"})


@dataclass(frozen=True, slots=True)
class Weighed:
    """A pair after weighing, as guards see it."""

    levels: Mapping[str, str]
    """The level reached in each comparison; identifiers are not among them."""
    identifiers: frozenset[str]
    """The levels of the identifiers that were compared: ``nhs_same`` …"""
    left_forename: str | None
    """The forename that was compared."""
    right_forename: str | None
    left_forenames: Sequence[str]
    """The forenames of all the record's names."""
    right_forenames: Sequence[str]

    @property
    def surname_agrees(self) -> bool:
        return self.levels["surname"] in SURNAME_AGREES

    @property
    def forename_agrees(self) -> bool:
        return self.levels["forename"] in FORENAME_AGREES

    @property
    def birth_agrees(self) -> bool:
        return self.levels["dob"] in BIRTH_AGREES

    @property
    def near(self) -> bool:
        return self.levels["postcode"] in {"same", "sector"}

    @property
    def same_identifier(self) -> bool:
        return any(level.endswith("_same") for level in self.identifiers)


@dataclass(frozen=True, slots=True)
class Guard:
    name: str
    words: str
    """What a reviewer reads."""
    applies: Callable[[Weighed], bool]
    ceiling: float = EVEN
    """Bits that a pair keeps at most."""


def _twins(pair: Weighed) -> bool:
    return pair.surname_agrees and pair.birth_agrees and not pair.forename_agrees


def _siblings(pair: Weighed) -> bool:
    return (
        not pair.same_identifier
        and pair.levels["forename"] in FORENAME_IS_ANOTHER
        and pair.levels["dob"] in BIRTH_IS_APART
    )


def _parent(pair: Weighed) -> bool:
    return (
        not pair.same_identifier
        and pair.forename_agrees
        and pair.levels["dob"] == "far_apart"
    )


def _namesakes(pair: Weighed) -> bool:
    return (
        not pair.same_identifier
        and not pair.near
        and pair.forename_agrees
        and pair.levels["dob"] in BIRTH_IS_APART
    )


def _cousins(pair: Weighed) -> bool:
    return pair.forename_agrees and pair.levels["dob"] in BIRTH_IS_APART


def _little_of_birth(pair: Weighed) -> bool:
    if pair.same_identifier or pair.levels["dob"] in BIRTH_IS_THE_SAME:
        return False
    return pair.levels["dob"] == MISSING or pair.levels["postcode"] != "same"


def _no_forename_or_birth(pair: Weighed) -> bool:
    return not pair.forename_agrees and not pair.birth_agrees


def _other_names(pair: Weighed) -> bool:
    return not pair.forename_agrees and not pair.surname_agrees


def _other_sex(pair: Weighed) -> bool:
    return pair.levels["sex"] == "different" and pair.levels["forename"] != "exact"


def _same_first_forename(pair: Weighed) -> bool:
    left = further_forenames(pair.left_forename, pair.left_forenames)
    right = further_forenames(pair.right_forename, pair.right_forenames)
    if not left or not right or pair.levels["forename"] == "reordered":
        return False
    return not any(
        one == other or is_known_form(one, other) or initial_fits(one, other)
        for one in left
        for other in right
    )


def _identifiers_conflict(pair: Weighed) -> bool:
    return bool(pair.identifiers) and not pair.same_identifier


def further_forenames(compared: str | None, forenames: Sequence[str]) -> frozenset[str]:
    """The words that a record writes after the forename that was compared."""
    if compared is None:
        return frozenset()
    return frozenset(
        word
        for name in forenames
        if name.startswith(f"{compared} ")
        for word in name[len(compared) :].split()
    )


GUARDS = (
    Guard(
        "siblings",
        "Forename and date of birth are another's: brothers and sisters share surname "
        "and address.",
        _siblings,
        LOW,
    ),
    Guard(
        "parent",
        "The names agree but the dates of birth lie ten years or more apart: a child "
        "may be named after a parent.",
        _parent,
        LOW,
    ),
    Guard(
        "namesakes",
        "The names agree but neither date of birth nor address does: a stranger may "
        "bear them too.",
        _namesakes,
        LOW,
    ),
    Guard(
        "twins",
        "Surname and date of birth agree but the forename does not: twins share both.",
        _twins,
    ),
    Guard(
        "no_forename_or_birth",
        "Neither a forename nor a date of birth speaks for one person: one of a "
        "household may have been given another's identifier.",
        _no_forename_or_birth,
    ),
    Guard(
        "cousins",
        "The names agree but the dates of birth are another's: a cousin nearby may "
        "bear them too.",
        _cousins,
    ),
    Guard(
        "little_of_birth",
        "Nothing but the names, or they and little more than a year of birth, speaks "
        "for one person.",
        _little_of_birth,
    ),
    Guard(
        "other_names",
        "Neither forename nor surname agrees: too much would have to be explained.",
        _other_names,
    ),
    Guard(
        "other_sex",
        "The recorded sex differs and the forenames are not quite the same: twins may "
        "have names alike, as Daniel and Danielle.",
        _other_sex,
    ),
    Guard(
        "same_first_forename",
        "The first forename agrees but the forenames after it differ: brothers may "
        "share the first, as Mohammed Ali and Mohammed Bilal.",
        _same_first_forename,
    ),
    Guard(
        "identifiers_conflict",
        "The records have valid identifiers of one kind, and they differ.",
        _identifiers_conflict,
    ),
)
"""All guards in the order in which they are asked: those with low ceilings first."""


def guard_of(pair: Weighed) -> Guard | None:
    """The first guard that applies to a pair."""
    return next((guard for guard in GUARDS if guard.applies(pair)), None)
