"""The people a force already holds, before anybody asks about a child."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from synthetic import canary
from synthetic.chance import Chance
from synthetic.naming import Name
from synthetic.noise import plainly
from synthetic.people import Person, household, namesake
from synthetic.places import Places
from synthetic.police import COPIES, Desk, Flag, Nominal
from synthetic.spec import RegionSpec

FIRST_REF = 1_000_000
_KNOWN_IN_BOTH = 0.03
_FLAGGED = 0.015
_FLAGS = (
    "missing_plan", "mappa", "nrm", "gang", "cse_at_risk", "cce_at_risk", "cse_victim",
    "trafficked",
)  # fmt: skip
_NAMESAKES = 0.01


def background(
    spec: RegionSpec, places: Places, force: str, how_many: int
) -> list[Nominal]:
    """``how_many`` nominals of one force without references, households together.

    Some people of the other forces are known here too, under the same person id.
    """
    chance = Chance(spec.seed, "background", force)
    desk = Desk(places, force, spec.first_date)
    found: list[Nominal] = [_canary(chance, desk, places)]
    numbers = count(1)
    while len(found) < how_many:
        home = places.address_in_force(chance, force)
        for person in household(chance, numbers, f"B-{force}", spec.first_date, home):
            found += records(chance, desk, person)
            if chance.yes(_NAMESAKES):
                away = places.address_in_force(chance, force)
                other = f"B-{force}-{next(numbers):06d}"
                found.append(
                    desk.nominal(chance, namesake(chance, person, other, away))
                )
    return found[:how_many]


def records(chance: Chance, desk: Desk, person: Person) -> list[Nominal]:
    """A person's one to six nominals in one force."""
    found = [desk.nominal(chance, person) for _ in range(COPIES.pick(chance))]
    if chance.yes(_FLAGGED):
        flag = Flag(chance.pick(_FLAGS), found[0].created)
        found[0] = replace(found[0], flags=(*found[0].flags, flag))
    return found


def known_elsewhere(
    spec: RegionSpec, places: Places, force: str, people: Iterable[Person]
) -> list[Nominal]:
    """Records in ``force`` of a few people whom another force holds."""
    chance = Chance(spec.seed, "known elsewhere", force)
    desk = Desk(places, force, spec.first_date)
    once = {person.person_id: person for person in people}
    return [
        desk.nominal(chance, person)
        for person in once.values()
        if chance.yes(_KNOWN_IN_BOTH)
    ]


def with_references(
    spec: RegionSpec, force: str, nominals: Iterable[Nominal]
) -> dict[str, Nominal]:
    """The nominals by reference, in reference order.

    References are dealt at random, so that they tell nothing; they are unique in a
    force only, as in life. Some duplicates name one of their kind as golden.
    """
    chance = Chance(spec.seed, "references", force)
    golden: dict[str, str] = {}
    found: dict[str, Nominal] = {}
    for number, nominal in enumerate(chance.shuffled(nominals)):
        ref = f"N{FIRST_REF + 3 * number}"
        person_id = nominal.person.person_id
        known = golden.setdefault(person_id, ref) if chance.yes(0.5) else None
        found[ref] = replace(
            nominal, nominal_ref=ref, golden_ref=None if known == ref else known
        )
    return found


def _canary(chance: Chance, desk: Desk, places: Places) -> Nominal:
    home = places.address_in_force(chance, desk.force)
    person = household(chance, count(0), f"B-{desk.force}", desk.on, home)[0]
    name = Name(canary.NOMINAL_FORENAME, None, canary.NOMINAL_SURNAME)
    person = replace(person, name=name)
    return desk.nominal(chance, person, plainly(person))
