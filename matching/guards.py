"""Guards: look-alikes whom no weight may make one person.

Members of a household share surname, address and sometimes birthday, so a weight that
treats comparisons as independent overrates them. A guard looks at the levels a pair has
reached after it is weighed; where one applies, the pair keeps at most even odds. It is
then put before a reviewer and never accepted. What a guard took off is a part of the
evidence, so that the parts still sum to the weight.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matching.comparisons import MISSING, initial_fits
from matching.nicknames import is_known_form

CEILING = 0.5
"""The highest probability that a guarded pair keeps."""

SURNAME_AGREES = frozenset({"exact", "part", "close", "reordered"})
FORENAME_AGREES = frozenset({"exact", "reordered", "known_form", "part", "close"})
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
    def same_identifier(self) -> bool:
        return any(level.endswith("_same") for level in self.identifiers)


@dataclass(frozen=True, slots=True)
class Guard:
    name: str
    words: str
    """What a reviewer reads."""
    applies: Callable[[Weighed], bool]


def _twins(pair: Weighed) -> bool:
    return pair.surname_agrees and pair.birth_agrees and not pair.forename_agrees


def _siblings(pair: Weighed) -> bool:
    something_shared = (
        pair.surname_agrees or pair.levels["postcode"] == "same" or pair.same_identifier
    )
    return something_shared and not pair.forename_agrees and not pair.birth_agrees


def _namesakes(pair: Weighed) -> bool:
    if pair.levels["dob"] == MISSING:
        return pair.forename_agrees and not pair.same_identifier
    return pair.forename_agrees and pair.levels["dob"] in BIRTH_IS_APART


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
        "twins",
        "Surname and date of birth agree but the forename does not: twins share both.",
        _twins,
    ),
    Guard(
        "siblings",
        "Neither forename nor date of birth agrees: brothers and sisters share surname "
        "and address, and now and then one is given the other's identifier.",
        _siblings,
    ),
    Guard(
        "namesakes",
        "The names agree but no date of birth does: a parent, a cousin or a stranger "
        "may bear the same name.",
        _namesakes,
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
"""All guards, in the order in which they are asked. Every one that applies is shown."""


def guards_of(pair: Weighed) -> tuple[str, ...]:
    """The names of the guards that apply to a pair."""
    return tuple(guard.name for guard in GUARDS if guard.applies(pair))
