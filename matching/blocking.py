"""Which pairs are compared at all: those that share a key of any rule.

Each rule gives every person some keys; two persons that have one in common are a pair.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jellyfish import soundex

from matching.comparisons import is_telling, joined
from matching.frames import Ints, Side, name_words
from matching.nicknames import forms_of

Keys = Callable[[Side], pd.DataFrame]
"""Gives ``person`` and ``key``, one row for each key of a person; none for no key."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Two persons are a pair when a left key equals a right key."""

    name: str
    left: Keys
    right: Keys


def birth_date(side: Side) -> pd.DataFrame:
    """Each date of birth."""
    return _frame(side.births.person, side.births.values["text"])


def birth_date_swapped(side: Side) -> pd.DataFrame:
    """Each date of birth with day and month the other way round, where there is one."""
    births = side.births.values
    possible = (births["day"] <= 12) & (births["day"] != births["month"])
    texts = [
        f"{year:04}-{day:02}-{month:02}"
        for year, month, day in zip(
            *(births[part][possible] for part in ("year", "month", "day")), strict=True
        )
    ]
    return _frame(side.births.person[possible], texts)


def surname_and_year(side: Side) -> pd.DataFrame:
    """Each surname, each of its telling words too, with each year of birth."""
    rows = [
        (owner, word)
        for owner, _, surname in _names(side)
        if surname
        for word in {joined(surname), *filter(is_telling, surname.split())}
    ]
    return _with_birth(side, rows, "year")


def sound_initial_and_year(side: Side) -> pd.DataFrame:
    """The sound of the surname, the forename's initial and each year of birth."""
    sounds = sounds_of(surname for _, _, surname in _names(side))
    rows = [
        (owner, f"{sounds[surname]} {forename[0]}")
        for owner, forename, surname in _names(side)
        if forename and surname
    ]
    return _with_birth(side, rows, "year")


def forename_and_month(side: Side) -> pd.DataFrame:
    """Each forename in all its known forms, with each year and month of birth."""
    rows = [
        (owner, form)
        for owner, forename, _ in _names(side)
        if forename
        for form in _forms(forename)
    ]
    return _with_birth(side, rows, "year", "month")


def forename_and_surname(side: Side) -> pd.DataFrame:
    """Each forename in all its known forms, with the surname and its telling words."""
    rows = [
        (owner, f"{form} {word}")
        for owner, forename, surname in _names(side)
        if forename and surname
        for form in _forms(forename)
        for word in {joined(surname), *filter(is_telling, surname.split())}
    ]
    return keys_frame(rows)


def sound_of_both(side: Side) -> pd.DataFrame:
    """The sounds of forename and surname."""
    sounds = sounds_of(part for _, *parts in _names(side) for part in parts)
    rows = [
        (owner, f"{sounds[forename]} {sounds[surname]}")
        for owner, forename, surname in _names(side)
        if forename and surname
    ]
    return keys_frame(rows)


def same_words(side: Side) -> pd.DataFrame:
    """All words of a name in alphabetical order."""
    rows = [
        (owner, words)
        for owner, words in zip(
            side.names.person.tolist(), name_words(side.names), strict=True
        )
        if words
    ]
    return keys_frame(rows)


def postcode(side: Side) -> pd.DataFrame:
    """Each postcode."""
    return _frame(side.postcodes.person, side.postcodes.values["postcode"])


def identifier(side: Side) -> pd.DataFrame:
    """Each identifier with its type."""
    values = side.identifiers.values
    keys = [
        f"{kind} {value}"
        for kind, value in zip(values["type"], values["value"], strict=True)
    ]
    return _frame(side.identifiers.person, keys)


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


def _everybody(side: Side) -> pd.DataFrame:
    return pd.DataFrame({"person": np.arange(len(side), dtype=np.int64), "key": "any"})


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


def _with_birth(side: Side, rows: list[tuple[int, str]], *parts: str) -> pd.DataFrame:
    births = side.births
    dates: dict[int, set[str]] = {}
    for owner, *numbers in zip(
        births.person.tolist(),
        *(births.values[part].tolist() for part in parts),
        strict=True,
    ):
        dates.setdefault(owner, set()).add("-".join(map(str, numbers)))
    return keys_frame(
        [
            (owner, f"{key} {date}")
            for owner, key in rows
            for date in dates.get(owner, ())
        ]
    )


def keys_frame(rows: Iterable[tuple[int, str]]) -> pd.DataFrame:
    """Persons and their keys as a rule gives them, without repetitions."""
    distinct = sorted(set(rows))
    return _frame([owner for owner, _ in distinct], [key for _, key in distinct])


def _frame(person: "Ints | list[int]", key: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "person": np.asarray(person, dtype=np.int64),
            "key": pd.Series(list(key), dtype=object),  # type: ignore[call-overload]
        }
    )
    return frame.drop_duplicates(ignore_index=True)
