"""What forces know of a looked-after child: as planned for its host, else by chance."""

import datetime as dt
from dataclasses import replace

from synthetic.care import Child, Placement, standing
from synthetic.chance import Chance
from synthetic.naming import short_form, surname
from synthetic.noise import Written, plainly, typo
from synthetic.people import Person, namesake, parent_of_same_name, relative
from synthetic.places import Address, Places
from synthetic.plan import Knowledge
from synthetic.police import COPIES, Desk, Flag, Nominal, PoliceAddress
from synthetic.spec import RegionSpec

OUT_OF_AREA = "looked_after_out_of_area"


class Records:
    """Makes the nominals of one child in all forces of the region."""

    def __init__(
        self, spec: RegionSpec, places: Places, child: Child, on: dt.date, label: str
    ) -> None:
        """``label`` names the purpose, so that a later night draws afresh."""
        self._chance = Chance(spec.seed, "known", label, *child.key)
        self._places, self._child, self._on = places, child, on

    def first_night(self, knowledge: Knowledge | None) -> list[Nominal]:
        """The records in the host force as planned, and perhaps at home."""
        home = self._places.force_of[self._child.authority]
        found: list[Nominal] = []
        hosts = set()
        for placement in standing(self._child):
            force = host_force(self._places, placement)
            if force is None or not out_of_area(self._child, placement):
                continue
            hosts.add(force)
            if not placement.temporary:
                chosen = knowledge or Knowledge.UNKNOWN
                found += self.in_host(chosen, placement, force)
        if home not in hosts and not self._child.thin and self._known_at_home():
            found += self._elsewhere(home, COPIES.pick(self._chance))
        return [self._with_identifiers(nominal) for nominal in found]

    def in_host(
        self, knowledge: Knowledge, placement: Placement, force: str
    ) -> list[Nominal]:
        """The host force's records of the child, for what it is to know."""
        desk = Desk(self._places, force, self._on)
        if knowledge is Knowledge.UNKNOWN:
            return self._decoys(desk, placement)
        if knowledge is Knowledge.POSSIBLE:
            return [self._look_alike(desk)]
        if knowledge is Knowledge.RESTRICTED:
            return [self._restricted(desk, placement)]
        if knowledge is Knowledge.ELSEWHERE:
            first = self._record(desk, self._not_here(desk, placement))
        else:
            first = self.at_placement(force, placement, knowledge)
        return [first, *self._elsewhere(force, COPIES.pick(self._chance) - 1)]

    def at_placement(
        self, force: str, placement: Placement, knowledge: Knowledge
    ) -> Nominal:
        """A new record of the child at its placement, flagged if it is known so."""
        desk = Desk(self._places, force, self._on)
        address = police_address(self._chance, placement, self._on)
        flags = self.flags(knowledge, address.start)
        return replace(self._record(desk, (address,)), flags=flags)

    def flags(self, knowledge: Knowledge, start: dt.date) -> tuple[Flag, ...]:
        """The right flag, or one of the wrong ones that make nobody known."""
        la = self._child.authority
        if knowledge is Knowledge.AT_PLACEMENT:
            return (Flag(OUT_OF_AREA, start, None, la),)
        before = start - dt.timedelta(200)
        ended = Flag(OUT_OF_AREA, before, start - dt.timedelta(1), la)
        other = self._chance.pick(self._places.neighbours(la))
        wrong = Flag(OUT_OF_AREA, before, None, other)
        return self._chance.pick(
            ((), (), (), (Flag("missing_plan", start),), (ended,), (wrong,))
        )

    def _known_at_home(self) -> bool:
        age = (self._on - self._child.person.dob).days // 366
        return self._chance.yes(0.5 if age >= 10 else 0.2 if age >= 5 else 0.08)

    def _record(
        self,
        desk: Desk,
        addresses: tuple[PoliceAddress, ...] | None,
        seen: Written | None = None,
        person: Person | None = None,
    ) -> Nominal:
        found = desk.nominal(
            self._chance, person or self._child.person, seen, addresses
        )
        nowhere = not any(each.postcode for each in found.addresses)
        if nowhere and "no_postcode" not in found.noise:
            found = replace(found, noise=(*found.noise, "no_postcode"))
        return replace(found, restricted=False, deceased=False)

    def _elsewhere(self, force: str, copies: int) -> list[Nominal]:
        desk = Desk(self._places, force, self._on)
        return [self._record(desk, None) for _ in range(copies)]

    def _not_here(self, desk: Desk, placement: Placement) -> tuple[PoliceAddress, ...]:
        """Addresses none of which makes the child known at its placement."""
        chance, at = self._chance, _address(placement)
        start = self._on - dt.timedelta(chance.whole(10, 900))
        elsewhere = self._places.address_in_force(chance, desk.force)
        home = self._child.person.home or elsewhere
        yesterday = self._on - dt.timedelta(1)
        return chance.pick(
            (
                (desk.at(elsewhere, "home", start),),
                (desk.at(elsewhere, "home", start),),
                (desk.at(home, "home", start),),
                (desk.at(home, "home", start),),
                (desk.at(at, "placement", start, max(start, yesterday)),),
                (desk.at(at, "bail", start), desk.at(home, "home", start)),
                (desk.at(at, "custody", start),),
                (PoliceAddress("home", elsewhere, None, start),),
                (PoliceAddress("nfa", None, "NF1 1NF", start),),
                (),
            )
        )

    def _restricted(self, desk: Desk, placement: Placement) -> Nominal:
        address = police_address(self._chance, placement, self._on)
        seen = plainly(self._child.person)
        return replace(self._record(desk, (address,), seen), restricted=True)

    def _look_alike(self, desk: Desk) -> Nominal:
        """A record that might be the child's; half of them are, and nobody can say."""
        child, chance = self._child.person, self._chance
        seen = plainly(child)
        kind = chance.whole(0, 2)
        if kind == 0:
            year_only = child.dob.replace(month=1, day=1)
            seen = replace(seen, middle=None, dob=year_only, noise=("first_january",))
        elif kind == 1:
            other = surname(chance, child.origin)
            seen = replace(seen, surname=other, noise=("surname_change",))
        else:
            short = short_form(chance, seen.forename) or typo(chance, seen.forename)
            near = child.dob + dt.timedelta(chance.pick((-31, -10, 10, 31)))
            seen = replace(seen, forename=short, dob=near, noise=("typo",))
        person = child
        if chance.yes(0.5):
            person = replace(child, person_id=f"L-{child.person_id}", home=None)
        found = self._record(desk, (), seen, person)
        return replace(found, aliases=(), resembles=child.person_id, ambiguous=True)

    def _decoys(self, desk: Desk, placement: Placement) -> list[Nominal]:
        """Relatives and namesakes whom only a careless eye takes for the child."""
        child, chance = self._child.person, self._chance
        draw = chance.fraction()
        if draw > 0.4 or self._child.thin:
            return []
        other_id = f"D-{child.person_id}"
        away = self._places.address_in_force(chance, desk.force)
        if draw < 0.15:
            other = namesake(chance, child, other_id, away)
            where = desk.at(away, "home", other.dob)
        else:
            other = self._relation(draw, other_id)
            where = desk.at(_address(placement), "home", placement.start)
        found = self._record(desk, (where,), plainly(other), other)
        return [replace(found, aliases=(), resembles=child.person_id)]

    def _relation(self, draw: float, other_id: str) -> Person:
        child, chance = self._child.person, self._chance
        if draw < 0.2:
            return parent_of_same_name(chance, child, other_id)
        if draw < 0.25:
            return relative(chance, child, other_id, child.dob)
        gap = dt.timedelta(chance.whole(330, 1500))
        older = chance.yes(0.7) or child.dob + gap > self._on
        return relative(
            chance, child, other_id, child.dob - gap if older else child.dob + gap
        )

    def _with_identifiers(self, nominal: Nominal) -> Nominal:
        """Rarely both sides hold one identifier."""
        child = self._child
        if nominal.person is not child.person or not self._chance.yes(0.03):
            return nominal
        if child.home_office is not None:
            return replace(nominal, identifiers=(("home_office", child.home_office),))
        if child.nhs is not None:
            return replace(nominal, identifiers=(("nhs", child.nhs),))
        return nominal


def police_address(chance: Chance, placement: Placement, on: dt.date) -> PoliceAddress:
    """The placement as a current address in a police record."""
    day = placement.start + dt.timedelta(chance.whole(0, 6))
    start = min(day, on - dt.timedelta(1))
    at = _address(placement)
    kind = "placement" if chance.yes(0.7) else "home"
    return PoliceAddress(kind, at, at.postcode, start)


def host_force(places: Places, placement: Placement) -> str | None:
    """The force of the region that polices a placement, if any does."""
    return places.force_of.get(placement.stay.host_la or "")


def out_of_area(child: Child, placement: Placement) -> bool:
    """Whether a placement is not in the area of the authority that looks after."""
    return placement.stay.host_la != child.authority


def _address(placement: Placement) -> Address:
    if placement.stay.address is None:
        raise ValueError(f"placement {placement.number} has no address")
    return placement.stay.address
