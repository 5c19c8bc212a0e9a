"""Adults whom more than one authority holds for the exploitation of children."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from synthetic.care import Child
from synthetic.chance import Chance, Weighted
from synthetic.noise import Written, other_surname, written
from synthetic.people import Person, birth_date, namesake, person
from synthetic.places import Places
from synthetic.police import Desk, Flag, Nominal
from synthetic.spec import RegionSpec

ROLES_IN_SCOPE = frozenset({"suspect", "offender"})
FLAGS_IN_SCOPE = frozenset({"cse_perpetrator", "shpo", "sro", "cawn"})
"""An exploitation flag, or an order that a court or the police made because of one."""

_FLAGS = Weighted(
    [("cse_perpetrator", 0.5), ("shpo", 0.2), ("cawn", 0.2), ("sro", 0.1)]
)
_CONCERNS = Weighted(
    [
        ("cse_suspect", 0.45), ("cse_perpetrator", 0.2), ("cce_suspect", 0.25),
        ("trafficking_suspect", 0.1),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Concern:
    """A person of concern as a local authority lists them."""

    authority: str
    person_ref: str
    person: Person
    written: Written
    aliases: tuple[str, ...]
    postcode: str | None
    concern: str
    since: dt.date
    until: dt.date | None
    linked: tuple[str, ...]
    decoy: str | None = None

    def __repr__(self) -> str:
        return f"Concern({self.authority}/{self.person_ref})"


def in_scope(nominal: Nominal, on: dt.date) -> bool:
    """Suspect or offender, and a current exploitation flag or order (proportionality).

    Anything less is nobody else's business.
    """
    return any(role.role in ROLES_IN_SCOPE for role in nominal.roles) and any(
        flag.code in FLAGS_IN_SCOPE and (flag.end is None or flag.end > on)
        for flag in nominal.flags
    )


def perpetrators(
    spec: RegionSpec, places: Places, children: Sequence[Child]
) -> tuple[list[Nominal], list[Concern]]:
    """Persons held on both sides of a border, persons held on one, and decoys."""
    chance = Chance(spec.seed, "perpetrators")
    maker = _Maker(spec, places, children, chance)
    some = max(3, spec.nominals // 8000)
    for _ in range(some if len(places.forces) > 1 else 0):
        maker.in_two_forces()
    for _ in range(some):
        maker.in_an_la_and_a_force()
        maker.in_one_force_only()
        maker.in_one_la_only()
    for decoy in ("flag_without_role", "role_without_flag", "victim_flag", "namesake"):
        for _ in range(2):
            maker.decoy(decoy)
    return maker.nominals, maker.concerns


class _Maker:
    def __init__(
        self,
        spec: RegionSpec,
        places: Places,
        children: Sequence[Child],
        chance: Chance,
    ) -> None:
        self._spec, self._places, self._chance = spec, places, chance
        self._children = [child for child in children if not child.thin]
        self._made = 0
        self.nominals: list[Nominal] = []
        self.concerns: list[Concern] = []

    def in_two_forces(self) -> None:
        who = self._person()
        one, other, *_ = self._chance.shuffled(self._places.forces)
        self.nominals += [self._nominal(who, one), self._nominal(who, other)]

    def in_an_la_and_a_force(self) -> None:
        who = self._person()
        la = self._chance.pick(self._places.las)
        self.concerns.append(self._concern(who, la))
        self.nominals.append(self._nominal(who, self._force()))

    def in_one_force_only(self) -> None:
        self.nominals.append(self._nominal(self._person(), self._force()))

    def in_one_la_only(self) -> None:
        la = self._chance.pick(self._places.las)
        self.concerns.append(self._concern(self._person(), la))

    def decoy(self, kind: str) -> None:
        """An LA's person of concern, and a record that must not be joined to it."""
        who = self._person()
        la, force = self._chance.pick(self._places.las), self._force()
        self.concerns.append(self._concern(who, la))
        if kind == "namesake":
            home = self._places.address_in_force(self._chance, force)
            who = namesake(self._chance, who, f"{who.person_id}-namesake", home)
        found = self._nominal(who, force)
        since = found.flags[0].start
        if kind == "flag_without_role":
            witness = self._desk(force).role(self._chance, "crime", since, "witness")
            found = replace(found, roles=(witness,))
        elif kind == "role_without_flag":
            found = replace(found, flags=())
        elif kind == "victim_flag":
            found = replace(found, flags=(Flag("cse_victim", since),))
        self.nominals.append(replace(found, decoy=kind))

    def _person(self) -> Person:
        self._made += 1
        born = birth_date(self._chance, (19, 62), self._spec.first_date)
        home = self._places.address_in_force(self._chance, self._force())
        found = person(self._chance, f"X-{self._made:04d}", born, home)
        while found.sex == "F" and self._chance.yes(0.8):
            found = person(self._chance, found.person_id, born, home)
        return found

    def _force(self) -> str:
        return self._chance.pick(self._places.forces)

    def _desk(self, force: str) -> Desk:
        return Desk(self._places, force, self._spec.first_date)

    def _nominal(self, who: Person, force: str) -> Nominal:
        desk = self._desk(force)
        found = desk.nominal(self._chance, who)
        code = _FLAGS.pick(self._chance)
        day = found.created
        role = desk.role(
            self._chance, "crime", day, self._chance.pick(("suspect", "offender"))
        )
        role = replace(role, classification="child exploitation")
        return replace(
            found,
            restricted=False,
            deceased=False,
            roles=(role, *found.roles),
            flags=(Flag(code, day),),
        )

    def _concern(self, who: Person, la: str) -> Concern:
        chance = self._chance
        own = [child.child_ref for child in self._children if child.authority == la]
        linked = chance.shuffled(own)[: chance.whole(0, 2)]
        seen = written(chance, who)
        alias = f"{seen.forename} {other_surname(chance, who)}"
        postcode = who.home.postcode if who.home and chance.yes(0.7) else None
        return Concern(
            authority=la,
            person_ref=f"POC{len(self.concerns) + 1:04d}",
            person=who,
            written=seen,
            aliases=(alias,) if chance.yes(0.2) else (),
            postcode=postcode,
            concern=_CONCERNS.pick(chance),
            since=self._spec.first_date - dt.timedelta(chance.whole(20, 700)),
            until=None,
            linked=tuple(sorted(linked)),
        )
