"""What a linkage compares, as a file that a data team writes and reads.

``docs/linking.md`` says how. A description is checked whole: every mistake is named
with the place where it stands.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from matching.linkage import layout
from matching.linkage.tests import DEFAULT_LEVELS, KINDS, TESTS

_TERM = re.compile(
    r"(?:(?P<function>soundex|year|month|day|swapped)\()?(?P<name>[^()\[\]+]+?)\)?"
    r"(?:\[:(?P<length>\d+)\])?"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
SIDES = ("left", "right")
_DATE_FUNCTIONS = frozenset({"year", "month", "day", "swapped"})


class DescriptionRefused(ValueError):
    """A description of a linkage can't be used; says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison, as the description writes it."""

    name: str
    test: int
    parameter: float = 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    name: str
    kind: str
    column: str
    levels: tuple[Level, ...]
    """The strongest agreement first; the last always holds."""
    frequencies: bool
    """Whether a rare value that both have says more than a common one."""

    @property
    def swapped(self) -> int | None:
        """The place of the level of names in each other's column, if it has that."""
        return _place(self.levels, layout.NAMES_SWAPPED)

    @property
    def half_swapped(self) -> int | None:
        """The same of one name in the other's column."""
        return _place(self.levels, layout.NAMES_HALF_SWAPPED)

    @property
    def crosswise(self) -> tuple[int, ...]:
        """The places of either: they speak for two comparisons."""
        return tuple(
            at for at, one in enumerate(self.levels) if one.test in layout.CROSSWISE
        )

    def in_order(self) -> list[int]:
        """The places of the levels of which each says less than the one before: none
        of those that speak for two comparisons is among them."""
        return [at for at in range(len(self.levels)) if at not in self.crosswise]


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a key."""

    comparison: str
    function: str | None = None
    length: int | None = None
    """Only so many letters from the beginning."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Two records are compared when their keys are the same."""

    name: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]

    @property
    def mirrored(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class Description:
    id: str
    """The column that names a record."""
    comparisons: tuple[Comparison, ...]
    blocking: tuple[Rule, ...]
    household: bool = False
    threshold: float = 0.5
    model: str | None = None
    deduplicated: tuple[str, ...] = ()
    """Which of two tables, ``left`` or ``right``, has each person once at most."""

    def comparison(self, name: str) -> Comparison:
        return next(one for one in self.comparisons if one.name == name)


def description_of(raw: Any) -> Description:
    """A description from what a YAML file holds.

    Raises:
        DescriptionRefused: something is missing, unknown or makes no sense.
    """
    if not isinstance(raw, dict):
        raise DescriptionRefused(
            "a description is a mapping with the keys id, comparisons and blocking"
        )
    known = {
        "id", "comparisons", "blocking", "household", "threshold", "model",
        "deduplicated",
    }  # fmt: skip
    for key in raw:
        if key not in known:
            raise DescriptionRefused(
                f"{key!r} is no key of a description: use {', '.join(sorted(known))}"
            )
    identity = raw.get("id")
    if not isinstance(identity, str):
        raise DescriptionRefused("id: name the column that names a record")
    comparisons = _comparisons(raw.get("comparisons"))
    rules = raw.get("blocking")
    if not isinstance(rules, list) or not rules:
        raise DescriptionRefused(
            "blocking: list at least one rule, for example the name of a comparison"
        )
    kinds = {one.name: one.kind for one in comparisons}
    threshold = raw.get("threshold", 0.5)
    if not isinstance(threshold, int | float) or not 0 < threshold < 1:
        raise DescriptionRefused("threshold: a probability between 0 and 1")
    household = raw.get("household", False)
    if not isinstance(household, bool):
        raise DescriptionRefused("household: true or false")
    if household and not {"surname", "postcode"} <= set(kinds.values()):
        raise DescriptionRefused(
            "household: needs a comparison of kind surname and one of kind postcode"
        )
    model = raw.get("model")
    if not isinstance(model, str | None):
        raise DescriptionRefused("model: the name of a file")
    return Description(
        id=identity,
        comparisons=comparisons,
        blocking=tuple(_rule(rule, kinds) for rule in rules),
        household=bool(household),
        threshold=float(threshold),
        model=model,
        deduplicated=_deduplicated(raw.get("deduplicated", [])),
    )


def _deduplicated(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(one in SIDES for one in raw):
        raise DescriptionRefused(
            "deduplicated: a list of left, right or both: the tables that have each "
            "person once at most"
        )
    return tuple(side for side in SIDES if side in raw)


def _comparisons(raw: Any) -> tuple[Comparison, ...]:
    if not isinstance(raw, dict) or not raw:
        raise DescriptionRefused(
            "comparisons: a mapping, for example surname: {kind: surname, column: "
            "last_name}"
        )
    found = tuple(_comparison(str(name), one) for name, one in raw.items())
    for kind in ("forename", "surname"):
        if sum(one.kind == kind for one in found) > 1:
            raise DescriptionRefused(
                f"comparisons: only one may be of kind {kind}; give others the kind "
                "text"
            )
    return _with_swapped(found, named=lambda one: "levels" in raw[one.name])


def _with_swapped(
    found: tuple[Comparison, ...], named: Callable[[Comparison], bool]
) -> tuple[Comparison, ...]:
    """The comparisons, ``swapped`` among a forename's levels only where it can be."""
    surname = next((one for one in found if one.kind == "surname"), None)
    for at, one in enumerate(found):
        if not one.crosswise:
            continue
        if one.swapped is None:
            raise DescriptionRefused(
                f"comparisons: {one.name}: half_swapped stands beside swapped only"
            )
        both = surname is not None and _has_exact(surname) and _has_exact(one)
        if both:
            continue
        if named(one):
            raise DescriptionRefused(
                f"comparisons: {one.name}: swapped needs a comparison of kind surname, "
                "and the level exact in both"
            )
        others = tuple(lv for lv in one.levels if lv.test not in layout.CROSSWISE)
        found = (*found[:at], replace(one, levels=others), *found[at + 1 :])
    return found


def _has_exact(one: Comparison) -> bool:
    return _place(one.levels, layout.EXACT) is not None


def _place(levels: tuple[Level, ...], test: int) -> int | None:
    return next((at for at, one in enumerate(levels) if one.test == test), None)


def _comparison(name: str, raw: Any) -> Comparison:
    where = f"comparisons: {name}"
    if not isinstance(raw, dict) or not isinstance(raw.get("column"), str):
        raise DescriptionRefused(f"{where}: needs kind and column")
    kind = raw.get("kind")
    if kind not in KINDS:
        raise DescriptionRefused(f"{where}: kind must be one of {', '.join(KINDS)}")
    unknown = sorted(set(raw) - {"kind", "column", "levels", "frequencies"})
    if unknown:
        raise DescriptionRefused(f"{where}: {unknown[0]!r} is not known here")
    names = raw.get("levels", DEFAULT_LEVELS[kind])
    if not isinstance(names, list | tuple) or len(names) < 2:
        raise DescriptionRefused(f"{where}: levels: at least two, the last different")
    levels = tuple(_level(str(one), kind, where) for one in names)
    if sum(one.test == layout.ALWAYS for one in levels) != 1:
        raise DescriptionRefused(f"{where}: levels must hold different, once")
    if len({(one.test, one.parameter) for one in levels}) < len(levels):
        raise DescriptionRefused(f"{where}: a level stands there twice")
    if any(one.test == layout.EXACT for one in levels[1:]):
        raise DescriptionRefused(f"{where}: exact or same must stand first")
    frequencies = raw.get("frequencies", kind in {"forename", "surname", "postcode"})
    if frequencies and all(one.test != layout.EXACT for one in levels):
        raise DescriptionRefused(f"{where}: frequencies need the level exact or same")
    return Comparison(name, kind, raw["column"], levels, bool(frequencies))


def _level(text: str, kind: str, where: str) -> Level:
    number = _NUMBER.search(text)
    for test in TESTS:
        filled = pattern = test.name
        if number is not None:
            filled = re.sub(r"\b[XN]\b", number[0], pattern)
        if filled == text and kind in test.kinds:
            value = float(number[0]) if number and filled != pattern else 0.0
            if test.code == layout.JARO_WINKLER and not 0 < value <= 1:
                raise DescriptionRefused(
                    f"{where}: {text}: a similarity lies between 0 and 1"
                )
            if not value.is_integer() and test.code == layout.WITHIN_DAYS:
                raise DescriptionRefused(f"{where}: {text}: days are whole")
            return Level(text, test.code, value)
    fitting = [test.name for test in TESTS if kind in test.kinds]
    raise DescriptionRefused(
        f"{where}: no level {text!r} for kind {kind}: use {', '.join(fitting)}"
    )


def steps(comparison: Comparison) -> tuple[tuple[int, float, int], ...]:
    """Test, parameter and level of each step, in the order in which they are asked.

    A forename that is only initials agrees with another by its initial or not at all:
    that is asked first. ``different`` is asked last, wherever it stands. ``swapped`` of
    names is no step: it is asked of forename and surname together, before either.
    """
    places = {one.test: place for place, one in enumerate(comparison.levels)}
    every = [
        (one.test, one.parameter, place) for place, one in enumerate(comparison.levels)
    ]
    aside = {layout.ALWAYS, *layout.CROSSWISE}
    found = [step for step in every if step[0] not in aside]
    last = next(step for step in every if step[0] == layout.ALWAYS)
    if layout.INITIAL in places:
        found = [step for step in found if step[0] != layout.INITIAL]
        first = [
            (layout.INITIAL, 0.0, places[layout.INITIAL]),
            (layout.INITIALS, 0.0, last[2]),
        ]
        found = [*first, *found]
    return (*found, last)


def _rule(raw: Any, kinds: dict[str, str]) -> Rule:
    if isinstance(raw, dict) and set(raw) == {"left", "right"}:
        left, right = _terms(raw["left"], kinds), _terms(raw["right"], kinds)
        if len(left) != len(right):
            raise DescriptionRefused(
                f"blocking: {raw['left']} and {raw['right']} have not as many terms"
            )
        for one, other in zip(left, right, strict=True):
            two = kinds[one.comparison], kinds[other.comparison]
            if (two[0] == "date") != (two[1] == "date"):
                raise DescriptionRefused(
                    f"blocking: {one.comparison} can't meet {other.comparison}: a date "
                    "meets a date only"
                )
        return Rule(f"{raw['left']} = {raw['right']}", left, right)
    if not isinstance(raw, str):
        raise DescriptionRefused(
            "blocking: a rule is a text like forename + surname, or has left and right"
        )
    terms = _terms(raw, kinds)
    return Rule(raw, terms, terms)


def _terms(text: Any, kinds: dict[str, str]) -> tuple[Term, ...]:
    return tuple(_term(part.strip(), kinds) for part in str(text).split("+"))


def _term(text: str, kinds: dict[str, str]) -> Term:
    match = _TERM.fullmatch(text)
    if match is None or match["name"].strip() not in kinds:
        raise DescriptionRefused(
            f"blocking: {text!r} is no term: use one of {', '.join(kinds)}, with "
            "soundex(…), year(…), month(…), day(…), swapped(…) or […:n]"
        )
    name, function = match["name"].strip(), match["function"]
    length = int(match["length"]) if match["length"] else None
    is_date = kinds[name] == "date"
    if (function in _DATE_FUNCTIONS) != (is_date and function is not None):
        raise DescriptionRefused(f"blocking: {function} does not suit {name}")
    if length is not None and (is_date or length < 1):
        raise DescriptionRefused(f"blocking: {text!r}: letters are taken from texts")
    return Term(name, function, length)
