"""People before any authority writes them down: what is true of them."""

import datetime as dt
from dataclasses import dataclass, replace
from itertools import count

from synthetic import naming
from synthetic.chance import Chance, Weighted
from synthetic.places import Address

_TWIN_BIRTHS = 0.015
"""Share of births that are twins (domain brief, noise model)."""

_SHARE_NAMED_AFTER_PARENT = 0.02
_HOUSEHOLD_SIZES = Weighted([(1, 0.5), (2, 0.26), (3, 0.14), (4, 0.07), (5, 0.03)])
_ADULT_AGES = Weighted(
    [((18, 24), 0.2), ((25, 39), 0.4), ((40, 59), 0.3), ((60, 88), 0.1)]
)
_YOUTH_AGES = Weighted([((14, 17), 0.6), ((10, 13), 0.27), ((1, 9), 0.13)])


@dataclass(frozen=True, slots=True)
class Person:
    person_id: str
    origin: str
    sex: str
    """F or M: the truth; what an authority writes may be U or N."""
    name: naming.Name
    dob: dt.date
    ethnicity: str
    home: Address | None
    household: str
    former_surname: str | None = None
    known_as: str | None = None
    uasc: bool = False

    def __repr__(self) -> str:
        return f"Person({self.person_id})"


def birth_date(chance: Chance, ages: tuple[int, int], on: dt.date) -> dt.date:
    """A date of birth that gives an age within ``ages`` (both included) on a day."""
    youngest, oldest = ages
    first = years_before(on, oldest + 1) + dt.timedelta(1)
    return chance.day(first, years_before(on, youngest))


def years_before(day: dt.date, years: int) -> dt.date:
    """The same day of an earlier year; 28 February for a 29 February it lacks."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def person(
    chance: Chance,
    person_id: str,
    born: dt.date,
    home: Address | None,
    origin: str | None = None,
) -> Person:
    """Somebody of the region who lives alone so far."""
    origin = origin or naming.POPULATION.pick(chance)
    sex = "M" if chance.yes(0.55) else "F"
    family = naming.surname(chance, origin)
    return Person(
        person_id=person_id,
        origin=origin,
        sex=sex,
        name=_name(chance, origin, sex, family),
        dob=born,
        ethnicity=naming.ethnicity(chance, origin),
        home=home,
        household=person_id,
    )


def _name(chance: Chance, origin: str, sex: str, family: str) -> naming.Name:
    first = naming.forename(chance, origin, sex)
    return naming.Name(
        first,
        naming.middle_names(chance, origin, sex, first),
        naming.surname_borne(family, origin, sex),
    )


def relative(chance: Chance, of: Person, person_id: str, born: dt.date) -> Person:
    """Somebody of the same family and household, with another forename."""
    sex = "M" if chance.yes(0.52) else "F"
    name = _name(chance, of.origin, sex, of.name.surname)
    while name.forename == of.name.forename:
        name = _name(chance, of.origin, sex, of.name.surname)
    return replace(
        of,
        person_id=person_id,
        sex=sex,
        name=name,
        dob=born,
        former_surname=None,
        known_as=None,
    )


def parent_of_same_name(chance: Chance, child: Person, person_id: str) -> Person:
    """A parent whose forename and surname are the child's own."""
    born = years_before(child.dob, chance.whole(19, 38))
    middle = naming.middle_names(chance, child.origin, child.sex, child.name.forename)
    return replace(
        child,
        person_id=person_id,
        name=replace(child.name, middle=middle),
        dob=born + dt.timedelta(chance.whole(0, 300)),
        known_as=None,
        uasc=False,
    )


def namesake(chance: Chance, of: Person, person_id: str, home: Address) -> Person:
    """An unrelated person of the same name and sex, born in another year."""
    years = chance.pick((2, 3, 4, 6, 9, -2, -3))
    born = years_before(of.dob, years) + dt.timedelta(chance.whole(20, 200))
    middle = naming.middle_names(chance, of.origin, of.sex, of.name.forename)
    return replace(
        of,
        person_id=person_id,
        name=replace(of.name, middle=middle),
        dob=born,
        home=home,
        household=person_id,
        known_as=None,
        former_surname=None,
    )


def household(
    chance: Chance, numbers: "count[int]", prefix: str, on: dt.date, home: Address
) -> list[Person]:
    """People who live together: adults, sometimes their children, sometimes twins.

    Person ids are ``<prefix>-<number>``, numbered by ``numbers``.
    """
    size = _HOUSEHOLD_SIZES.pick(chance)
    first = person(
        chance,
        _id(prefix, numbers),
        birth_date(chance, _ADULT_AGES.pick(chance), on),
        home,
    )
    people = [first]
    while len(people) < size:
        young = len(people) > 1 or chance.yes(0.35)
        ages = (_YOUTH_AGES if young else _ADULT_AGES).pick(chance)
        born = birth_date(chance, ages, on)
        if young and (born - first.dob).days < 16 * 365:
            young, born = False, birth_date(chance, (18, 24), on)
        if young and people[-1] is not first and chance.yes(2 * _TWIN_BIRTHS):
            born = people[-1].dob
        other = relative(chance, first, _id(prefix, numbers), born)
        if young and chance.yes(_SHARE_NAMED_AFTER_PARENT):
            other = replace(other, sex=first.sex, name=first.name)
        people.append(other)
    return people


def _id(prefix: str, numbers: "count[int]") -> str:
    return f"{prefix}-{next(numbers):06d}"
