"""Which pairs are compared at all: those that share a key of any rule.

Each rule gives every person some keys; two persons that have one in common are a pair.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from jellyfish import soundex

from matching.comparisons import is_telling, joined
from matching.frames import Ints, Side, name_words
from matching.nicknames import forms_of


class Keyed(NamedTuple):
    """Each key of each person once; a person without any key does not occur."""

    person: Ints
    """Ascending."""
    key: pa.StringArray


Keys = Callable[[Side], Keyed]


@dataclass(frozen=True, slots=True)
class Rule:
    """Two persons are a pair when a left key equals a right key."""

    name: str
    left: Keys
    right: Keys


def birth_date(side: Side) -> Keyed:
    """Each date of birth."""
    return keyed(side.births.person, side.births.values["text"])


def birth_date_swapped(side: Side) -> Keyed:
    """Each date of birth with day and month the other way round, where there is one."""
    births = side.births.values
    possible = (births["day"] <= 12) & (births["day"] != births["month"])
    texts = [
        f"{year:04}-{day:02}-{month:02}"
        for year, month, day in zip(
            *(births[part][possible] for part in ("year", "month", "day")), strict=True
        )
    ]
    return keyed(side.births.person[possible], texts)


def surname_and_year(side: Side) -> Keyed:
    """Each surname, each of its telling words too, with each year of birth."""
    rows = [
        (owner, word)
        for owner, _, surname in _names(side)
        if surname
        for word in {joined(surname), *filter(is_telling, surname.split())}
    ]
    return _with_birth(side, rows, "year")


def sound_initial_and_year(side: Side) -> Keyed:
    """The sound of the surname, the forename's initial and each year of birth."""
    sounds = sounds_of(surname for _, _, surname in _names(side))
    rows = [
        (owner, f"{sounds[surname]} {forename[0]}")
        for owner, forename, surname in _names(side)
        if forename and surname
    ]
    return _with_birth(side, rows, "year")


def forename_and_month(side: Side) -> Keyed:
    """Each forename in all its known forms, with each year and month of birth."""
    rows = [
        (owner, form)
        for owner, forename, _ in _names(side)
        if forename
        for form in _forms(forename)
    ]
    return _with_birth(side, rows, "year", "month")


def forename_and_surname(side: Side) -> Keyed:
    """Each forename in all its known forms, with the surname and its telling words."""
    rows = [
        (owner, f"{form} {word}")
        for owner, forename, surname in _names(side)
        if forename and surname
        for form in _forms(forename)
        for word in {joined(surname), *filter(is_telling, surname.split())}
    ]
    return keyed_rows(rows)


def sound_of_both(side: Side) -> Keyed:
    """The sounds of forename and surname."""
    sounds = sounds_of(part for _, *parts in _names(side) for part in parts)
    rows = [
        (owner, f"{sounds[forename]} {sounds[surname]}")
        for owner, forename, surname in _names(side)
        if forename and surname
    ]
    return keyed_rows(rows)


def same_words(side: Side) -> Keyed:
    """All words of a name in alphabetical order."""
    rows = [
        (owner, words)
        for owner, words in zip(
            side.names.person.tolist(), name_words(side.names), strict=True
        )
        if words
    ]
    return keyed_rows(rows)


def postcode(side: Side) -> Keyed:
    """Each postcode."""
    return keyed(side.postcodes.person, side.postcodes.values["postcode"])


def identifier(side: Side) -> Keyed:
    """Each identifier with its type."""
    values = side.identifiers.values
    keys = [
        f"{kind} {value}"
        for kind, value in zip(values["type"], values["value"], strict=True)
    ]
    return keyed(side.identifiers.person, keys)


RULES = (
    Rule("birth_date", birth_date, birth_date),
    Rule("birth_date_swapped", birth_date, birth_date_swapped),
    Rule("surname_and_year", surname_and_year, surname_and_year),
    Rule("sound_initial_and_year", sound_initial_and_year, sound_initial_and_year),
    Rule("forename_and_month", forename_and_month, forename_and_month),
    Rule("forename_and_surname", forename_and_surname, forename_and_surname),
    Rule("sound_of_both", sound_of_both, sound_of_both),
    Rule("same_words", same_words, same_words),
    Rule("postcode", postcode, postcode),
    Rule("identifier", identifier, identifier),
)
"""A pair is found unless all of these miss it."""


def _everybody(side: Side) -> Keyed:
    return keyed(np.arange(len(side)), ["any"] * len(side))


EVERYBODY = (Rule("everybody", _everybody, _everybody),)
"""No rule at all: each left record meets every right one. For a left record or two."""


def _names(side: Side) -> Iterator[tuple[int, str | None, str | None]]:
    names = side.names
    yield from zip(
        names.person.tolist(),
        names.values["forename"],
        names.values["surname"],
        strict=True,
    )


def _forms(forename: str) -> set[str]:
    """A forename and each of its words, as numbers of the names they are forms of."""
    words = {joined(forename), *(word for word in forename.split() if len(word) > 1)}
    return {str(form) for word in words for form in (forms_of(word) or {word})}


def sounds_of(texts: Iterable[str | None]) -> dict[str, str]:
    """The soundex of each plain name."""
    return {text: soundex(joined(text)) for text in {*texts} if text}


def _with_birth(side: Side, rows: list[tuple[int, str]], *parts: str) -> Keyed:
    births = side.births
    dates: dict[int, set[str]] = {}
    for owner, *numbers in zip(
        births.person.tolist(),
        *(births.values[part].tolist() for part in parts),
        strict=True,
    ):
        dates.setdefault(owner, set()).add("-".join(map(str, numbers)))
    return keyed_rows(
        [
            (owner, f"{key} {date}")
            for owner, key in rows
            for date in dates.get(owner, ())
        ]
    )


def keyed_rows(rows: Iterable[tuple[int, str]]) -> Keyed:
    """Persons and their keys as a rule gives them."""
    persons, keys = zip(*rows, strict=True) if (rows := list(rows)) else ((), ())
    return keyed(persons, keys)


def keyed(person: Ints | Sequence[int], key: Iterable[str]) -> Keyed:
    """The same without repetitions."""
    coded = pa.array(key, pa.string()).dictionary_encode()
    size = max(len(coded.dictionary), 1)
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    once = np.unique(np.asarray(person, np.int64) * size + codes)
    return Keyed(once // size, coded.dictionary.take(pa.array(once % size)))
