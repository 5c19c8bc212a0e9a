"""The looked-after children of an authority: families, histories, what is known."""

import datetime as dt
from dataclasses import replace
from itertools import count

from records.dates import age_on
from synthetic import canary, histories, naming, stays
from synthetic.care import (
    Child,
    Missing,
    Placement,
    Protection,
    Stay,
    Worker,
    collection_year,
)
from synthetic.chance import Chance, Weighted
from synthetic.numbers import nhs_number, upn
from synthetic.people import Person, birth_date, person, relative, years_before
from synthetic.places import Places
from synthetic.plan import Part, Slot, Where, place_somewhere
from synthetic.spec import RegionSpec

_AGES = Weighted(
    [((0, 0), 0.04), ((1, 4), 0.13), ((5, 9), 0.18), ((10, 15), 0.38), ((16, 17), 0.27)]
)
_NEEDS = Weighted(
    [
        ("N1", 0.63), ("N2", 0.03), ("N3", 0.04), ("N4", 0.08), ("N5", 0.13),
        ("N6", 0.02), ("N8", 0.07),
    ]
)  # fmt: skip
_EARLIER_STAYS = Weighted(
    [
        (Where.IN_AREA, 0.7), (Where.SAME_FORCE, 0.12), (Where.OTHER_FORCE, 0.1),
        (Where.ENGLAND, 0.08),
    ]
)  # fmt: skip
_RISKS_OF_TEENS = {
    "missing": 0.28, "cse_at_risk": 0.12, "cse_victim": 0.04, "cce": 0.12, "gang": 0.06,
    "trafficked": 0.03, "cse_perpetrator": 0.01,
}  # fmt: skip
_ONLY_STATUS = {Part.UASC: "V2", Part.SHORT_BREAK: "V3", Part.THIN: "V2"}
_FOUNDLING = naming.Name("BABY", None, "UNKNOWN")
_IN_CARE_BEFORE = 0.12
_NAME_CHANGED = 0.08
"""Share whose surname changed in care: a carer's, or both (domain brief)."""


class Intake:
    """Makes children of one authority, each from a stream of its own."""

    def __init__(self, spec: RegionSpec, places: Places, la: str, night: int) -> None:
        """``night`` counts from nought; no two nights give the same references."""
        self.la = la
        self._spec, self._places, self._night = spec, places, night
        self._refs = count(100_001 + (20_000 + 100 * night if night else 0))
        self._numbers = count(1 + night * 1_000_000)
        year = spec.authority(la).collection_year
        self.year = year or collection_year(spec.first_date)

    def chance(self, *purpose: object) -> Chance:
        return Chance(self._spec.seed, "intake", self.la, self._night, *purpose)

    def number(self) -> int:
        """The next placement number."""
        return next(self._numbers)

    def child(
        self,
        slot: Slot,
        on: dt.date,
        sibling: Child | None = None,
        *,
        twin: bool = False,
        newly: bool = False,
    ) -> Child:
        """A child whose current placement is the slot's, as known on a business date.

        With a ``sibling`` the child is of its family; siblings of one host live at
        one address. ``newly``: it came into care the day before.
        """
        ref = str(next(self._refs))
        chance = self.chance("child", ref)
        who = self._person(chance, slot, on, f"C-{self.la}-{ref}")
        if sibling is not None:
            born = sibling.person.dob if twin else who.dob
            who = relative(chance, sibling.person, who.person_id, born)
        who = _names_in_care(chance, who, slot.part)
        longest = 5 if slot.part is Part.SHORT_BREAK else 1 if newly else 3000
        entered, start = histories.entry_and_start(chance, who.dob, on, longest)
        placed = self._placements(chance, slot, who, on, (entered, start))
        if sibling is not None and not placed[-1].stay.lost:
            placed = _together(placed, sibling)
        child = Child(
            authority=self.la,
            child_ref=ref,
            person=who,
            need="N8" if who.uasc else _NEEDS.pick(chance),
            placements=placed,
            worker=self._worker(chance),
            thin=slot.part is Part.THIN,
        )
        return self._details(chance, child, slot.part, on)

    def _person(
        self, chance: Chance, slot: Slot, on: dt.date, person_id: str
    ) -> Person:
        home = self._places.address(chance, self.la)
        born = self._birth(chance, slot, on)
        if slot.part is not Part.UASC:
            return person(chance, person_id, born, home)
        origin = naming.UNACCOMPANIED.pick(chance)
        fifteenth = born.replace(day=15)
        if chance.yes(0.6) and age_on(fifteenth, on) < 18:
            born = fifteenth
        found = person(chance, person_id, born, None, origin)
        boy = chance.yes(0.9)
        while (found.sex == "M") != boy:
            found = person(chance, person_id, born, None, origin)
        return replace(found, uasc=True)

    def _birth(self, chance: Chance, slot: Slot, on: dt.date) -> dt.date:
        if slot.part is Part.THIN:
            return on - dt.timedelta(chance.whole(10, 40))
        if slot.part is Part.BIRTHDAY:
            eighteenth = self._spec.first_date + dt.timedelta(slot.turn + 1)
            return years_before(eighteenth, 18)
        ages = {
            Part.ADOPTIVE: (1, 4), Part.SHORT_BREAK: (6, 15), Part.UASC: (15, 17),
            Part.CANARY: (14, 15),
        }.get(slot.part)  # fmt: skip
        born = birth_date(chance, ages or _AGES.pick(chance), on)
        return min(born, on - dt.timedelta(20))

    def _placements(
        self,
        chance: Chance,
        slot: Slot,
        who: Person,
        on: dt.date,
        care: tuple[dt.date, dt.date],
    ) -> tuple[Placement, ...]:
        entered, start = care
        away = None
        if slot.part is Part.TEMPORARY:
            away = on - dt.timedelta(chance.whole(1, 6))
            start = min(start, away - dt.timedelta(15))
            entered = min(entered, start)
        age = (on - who.dob).days // 366
        days = histories.moves_between(chance, entered, start)
        path = [
            (day, self._earlier_stay(chance, (day - who.dob).days // 366))
            for day in days
        ]
        if away is not None:
            base = Slot(self.la, Where.IN_AREA, self.la)
            if chance.yes(0.5):
                base = place_somewhere(chance, self._places, self.la, Where.OTHER_FORCE)
            path.append((start, self.stay(chance, base, age)))
        path.append((away or start, self.stay(chance, slot, age)))
        status = _ONLY_STATUS.get(slot.part)
        legal = histories.statuses(chance, path[0][0], on, status)
        if slot.part is Part.ADOPTIVE:
            legal = [(day, ls) for day, ls in legal if day < start] + [(start, "E1")]
        before = self._earlier_period(chance, who.dob, path[0][0])
        found = histories.placements(chance, path, legal, self.number)
        last = replace(
            found[-1],
            planned=stays.planned(chance),
            expected_end=stays.expected_end(chance, on),
        )
        return (*before, *found[:-1], last)

    def _earlier_period(
        self, chance: Chance, born: dt.date, entered: dt.date
    ) -> tuple[Placement, ...]:
        """Sometimes the child was in care before, and had gone home."""
        home_for = chance.whole(40, 400)
        before = entered - dt.timedelta(home_for)
        start = before - dt.timedelta(chance.whole(20, 300))
        if not chance.yes(_IN_CARE_BEFORE) or start <= born:
            return ()
        age = (start - born).days // 366
        path = [(start, self._earlier_stay(chance, age))]
        found = histories.placements(chance, path, [(start, "V2")], self.number)
        return (histories.ended(found[0], before, "E4A"),)

    def stay(self, chance: Chance, slot: Slot, age: int) -> Stay:
        """A new stay where a slot says, for a child of an age."""
        code = stays.place_code(chance, slot.part, age)
        found = self.stay_coded(chance, slot, code)
        if slot.part is not Part.CANARY or found.address is None:
            return found
        house, street = canary.ADDRESS.split(" ", 1)
        address = replace(found.address, house=house, street=street)
        return replace(found, address=address, carer=canary.CARER)

    def stay_coded(self, chance: Chance, slot: Slot, code: str) -> Stay:
        """A new stay of a DfE placement type, where a slot says."""
        return stays.stay(chance, self._places, slot, code, self.year)

    def _earlier_stay(self, chance: Chance, age: int) -> Stay:
        where = _EARLIER_STAYS.pick(chance)
        slot = place_somewhere(chance, self._places, self.la, where)
        return self.stay(chance, slot, age)

    def _worker(self, chance: Chance) -> Worker:
        number = chance.whole(1, 8 + int(self._places.size(self.la)) // 1500)
        own = Chance(self._spec.seed, "worker", self.la, number)
        origin, sex = naming.POPULATION.pick(own), own.pick("FFFM")
        first, last = naming.forename(own, origin, sex), naming.surname(own, origin)
        mailbox = f"{first}.{last}".lower().replace(" ", "").replace("'", "")
        return Worker(
            number=number,
            name=f"{first} {last}",
            phone=stays.phone(own),
            email=f"{mailbox}.{number}@la{self.la.lower()}.example",
            team=own.pick(("Looked After North", "Looked After South", "Leaving Care")),
        )

    def _details(self, chance: Chance, child: Child, part: Part, on: dt.date) -> Child:
        serial = int(child.child_ref) - 100_000
        la = self._places.las.index(self.la)
        age = (on - child.person.dob).days // 366
        named = not child.thin
        risks = [
            risk
            for risk, rate in _RISKS_OF_TEENS.items()
            if chance.yes(rate) and age >= 11
        ]
        if child.person.uasc:
            risks.append("uasc")
        away = _missing(chance, child, on) if "missing" in risks else ()
        school_year = child.person.dob.year + 5
        pupil = named and age >= 5 and not child.person.uasc and chance.yes(0.9)
        area = self.la if self.la.isdigit() else "681"
        return replace(
            child,
            nhs=nhs_number(serial * len(self._places.las) + la)
            if chance.yes(0.75) and named
            else None,
            upn=upn(area, school_year, serial) if pupil else None,
            home_office=f"M{chance.whole(1_000_000, 4_999_999)}"
            if child.person.uasc
            else None,
            protections=_protections(chance, part, on),
            missing=away,
            risks=tuple(risks),
        )


def _protections(chance: Chance, part: Part, on: dt.date) -> tuple[Protection, ...]:
    if part is not Part.PROTECTED:
        return ()
    start = on - dt.timedelta(chance.whole(5, 300))
    until = None if chance.yes(0.6) else on + dt.timedelta(chance.whole(60, 400))
    reason = chance.pick(("honour-based abuse", "witness", "parent must not find"))
    return (Protection(start, until, reason, "named officer, duty desk"),)


def _missing(chance: Chance, child: Child, on: dt.date) -> tuple[Missing, ...]:
    """Episodes of going missing, newest last, all of them over, in the last year."""
    first = max(child.entered_care, on - dt.timedelta(365))
    days = {chance.day(first, on - dt.timedelta(4)) for _ in range(chance.whole(1, 6))}
    found = []
    for day in sorted(day for day in days if day < on - dt.timedelta(3)):
        offered = chance.pick((True, True, True, False, None))
        found.append(
            Missing(
                kind="M" if chance.yes(0.75) else "A",
                start=day,
                end=day + dt.timedelta(chance.whole(0, 2)),
                interview_offered=offered,
                interview_accepted=chance.yes(0.6) if offered else None,
            )
        )
    return tuple(found)


def _names_in_care(chance: Chance, who: Person, part: Part) -> Person:
    """The names that the LA holds: as born, changed in care, or a short form."""
    if part is Part.THIN:
        return replace(who, name=_FOUNDLING)
    if part is Part.CANARY:
        name = naming.Name(canary.FORENAME, canary.MIDDLE_NAME, canary.SURNAME)
        return replace(who, name=name, known_as=canary.KNOWN_AS)
    changed = chance.yes(_NAME_CHANGED)
    other, both = naming.surname(chance, who.origin), chance.yes(0.5)
    if changed and other != who.name.surname:
        born_with = who.name.surname
        surname = f"{born_with}-{other}" if both and "-" not in born_with else other
        name = replace(who.name, surname=surname)
        who = replace(who, name=name, former_surname=born_with)
    short = naming.short_form(chance, who.name.forename)
    return replace(who, known_as=short if chance.yes(0.5) else None)


def _together(placed: tuple[Placement, ...], sibling: Child) -> tuple[Placement, ...]:
    """The child placed in the sibling's foster or parental home, if it is in one LA."""
    last, theirs = placed[-1], sibling.placements[-1].stay
    if last.stay.host_la != theirs.host_la or theirs.place_code[0] not in "UP":
        return placed
    return (*placed[:-1], replace(last, stay=theirs))
