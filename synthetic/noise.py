"""How a person comes to be written down otherwise: the noise model of the brief.

Rates are of all records, not of those where a kind of noise can happen: a noise that
needs a hyphen or a day below 13 is likelier on those, so that the whole comes out.
"""

import datetime as dt
from dataclasses import dataclass, replace

from synthetic import naming
from synthetic.chance import Chance
from synthetic.people import Person

RATES = {
    "alias": 0.125,
    "surname_change": 0.08,
    "punctuation": 0.05,
    "transposed_date": 0.01,
    "first_january": 0.015,
    "typo": 0.03,
    "name_order": 0.02,
    "no_postcode": 0.13,
    "spelling": 0.02,
    "short_form": 0.03,
    "placeholder": 0.004,
    "unknown_birth": 0.004,
}
"""Share of police records with each kind of noise. Aliases and postcodes are drawn
where their rows are made; the last four are ours, the brief gives no rate."""

_CAN_TRANSPOSE = 0.36
"""Share of days whose day may be read as a month that is not the same month."""

_HAVE_PUNCTUATION = 0.088
_HAVE_SPELLINGS = 0.09
_HAVE_SHORT_FORMS = 0.18
_SHARE_OF_UNSURE_ORDER = 0.235
_KEYBOARD = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh",
    "h": "gj", "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm",
    "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi",
    "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
_MIGRATED = ("MIG_ERROR_{}", "NO_SHOW_{}", "DUPLICATE_{}")


@dataclass(frozen=True, slots=True)
class Written:
    """A person as one record has them."""

    forename: str
    middle: str | None
    surname: str
    dob: dt.date | None
    noise: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Written(noise={self.noise})"


def plainly(person: Person) -> Written:
    """The person as they are."""
    name = person.name
    return Written(name.forename, name.middle, name.surname, person.dob)


def written(chance: Chance, person: Person) -> Written:
    """The person as a busy officer's record has them, with the brief's noise."""
    found = plainly(person)
    found = _name_noise(chance, person, found)
    found = _date_noise(chance, person, found)
    if chance.yes(RATES["placeholder"]):
        junk = chance.pick(_MIGRATED).format(chance.whole(100, 9999))
        first = chance.yes(0.5)
        found = _with(
            found,
            "placeholder",
            forename="UNKNOWN" if first else found.forename,
            surname=found.surname if first else f"{junk} {found.surname}",
        )
    return found


def _with(found: Written, noise: str, **changes: str | dt.date | None) -> Written:
    changed = replace(found, **changes)  # type: ignore[arg-type]
    same = (changed.forename, changed.surname, changed.dob) == (
        found.forename,
        found.surname,
        found.dob,
    )
    return found if same else replace(changed, noise=(*found.noise, noise))


def _name_noise(chance: Chance, person: Person, found: Written) -> Written:
    if chance.yes(RATES["surname_change"]):
        found = _with(found, "surname_change", surname=other_surname(chance, person))
    if chance.yes(RATES["short_form"] / _HAVE_SHORT_FORMS):
        short = naming.short_form(chance, found.forename)
        found = _with(found, "short_form", forename=short or found.forename)
    if chance.yes(RATES["spelling"] / _HAVE_SPELLINGS):
        first = naming.other_spelling(chance, found.forename)
        last = naming.other_spelling(chance, found.surname)
        found = _with(
            found,
            "spelling",
            forename=first or found.forename,
            surname=last or found.surname,
        )
    if chance.yes(RATES["punctuation"] / _HAVE_PUNCTUATION):
        joiner = chance.pick(("", " "))
        found = _with(
            found,
            "punctuation",
            forename=_repunctuated(found.forename, joiner),
            surname=_repunctuated(found.surname, joiner),
        )
    if chance.yes(RATES["typo"]):
        if chance.yes(0.5):
            found = _with(found, "typo", forename=typo(chance, found.forename))
        else:
            found = _with(found, "typo", surname=typo(chance, found.surname))
    unsure = person.origin in naming.ORDER_IS_UNSURE
    share = _SHARE_OF_UNSURE_ORDER if unsure else 1 - _SHARE_OF_UNSURE_ORDER
    if chance.yes(RATES["name_order"] * 0.5 / share):
        found = _with(
            found, "name_order", forename=found.surname, surname=found.forename
        )
    return found


def _date_noise(chance: Chance, person: Person, found: Written) -> Written:
    born = person.dob
    can = born.day <= 12 and born.day != born.month
    if can and chance.yes(RATES["transposed_date"] / _CAN_TRANSPOSE):
        turned = born.replace(month=born.day, day=born.month)
        found = _with(found, "transposed_date", dob=turned)
    rate = RATES["first_january"] * (6 if person.uasc else 1)
    if chance.yes(rate):
        found = _with(found, "first_january", dob=born.replace(month=1, day=1))
    if chance.yes(RATES["unknown_birth"]):
        nothing = dt.date(1900, 1, 1) if chance.yes(0.7) else None
        found = _with(found, "unknown_birth", dob=nothing)
    return found


def other_surname(chance: Chance, person: Person) -> str:
    """A surname another office may hold: the former one, one half, or a new one."""
    now = person.name.surname
    if person.former_surname:
        return person.former_surname
    if "-" in now and not now.startswith("Al-"):
        return chance.pick(now.split("-"))
    other = naming.surname_borne(
        naming.surname(chance, person.origin), person.origin, person.sex
    )
    return f"{now}-{other}" if chance.yes(0.35) and other != now else other


def _repunctuated(name: str, joiner: str) -> str:
    for mark in "'’-":
        name = name.replace(mark, joiner)
    return name


def typo(chance: Chance, name: str) -> str:
    """One slip of the hand after the first letter: lost, doubled, swapped or wrong."""
    if len(name) < 4:
        return name
    at = chance.whole(1, len(name) - 2)
    kind = chance.whole(0, 3)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at] + name[at:]
    if kind == 2:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    wrong = chance.pick(_KEYBOARD.get(name[at].lower(), name[at]))
    return name[:at] + wrong + name[at + 1 :]
