"""The region on one night: all children, all nominals, all persons of concern."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from synthetic import histories
from synthetic.care import Child
from synthetic.chance import Chance, Weighted, quotas
from synthetic.children import Intake
from synthetic.known import Records
from synthetic.perpetrators import Concern, perpetrators
from synthetic.places import Places
from synthetic.plan import Part, Slot, Where, plan
from synthetic.police import Nominal
from synthetic.population import background, known_elsewhere, with_references
from synthetic.sentinels import plant
from synthetic.spec import RegionSpec, SpecError

_SIBLINGS = 0.28
_TWINS = 0.06
_LEFT_CARE = 0.08
_WHY_LEFT = Weighted(
    [("E4A", 0.5), ("E4B", 0.1), ("E45", 0.15), ("E48", 0.1), ("E8", 0.15)]
)

Key = tuple[str, str]
"""An authority's code and its reference of a record."""


@dataclass(frozen=True, slots=True)
class Purge:
    """What a feed tells us to delete: a child, or one placement of a child."""

    authority: str
    child_ref: str
    placement: int | None = None


@dataclass(frozen=True, slots=True)
class World:
    date: dt.date
    children: Mapping[Key, Child]
    nominals: Mapping[str, Mapping[str, Nominal]]
    """By force, then by reference."""
    concerns: tuple[Concern, ...]
    purged: tuple[Purge, ...] = ()
    """Tonight's only."""
    absent: frozenset[Key] = frozenset()
    """Children whom tonight's snapshot lacks, although nothing has changed."""
    resent: frozenset[Key] = frozenset()
    """Children whom tonight's delta has, although nothing has changed."""

    def of(self, la: str) -> list[Child]:
        """An authority's children by reference."""
        return [child for (code, _), child in self.children.items() if code == la]


def first_world(spec: RegionSpec, places: Places) -> World:
    """The region as it stands on the first night."""
    slots = plan(spec, places)
    intakes = {la: Intake(spec, places, la, 0) for la in places.las}
    children: dict[Key, Child] = {}
    nominals: dict[str, list[Nominal]] = {force: [] for force in places.forces}
    for la, intake in intakes.items():
        own = [slot for slot in slots if slot.la == la]
        for child, slot in _families(intake, spec, own):
            children[child.key] = child
            if slot.part is Part.CANARY:  # no force knows it, nor its relatives
                continue
            records = Records(spec, places, child, spec.first_date, "first night")
            for nominal in records.first_night(slot.knowledge):
                nominals[nominal.force].append(nominal)
        for child in _left_care(intake, spec, len(own)):
            children[child.key] = child
    for child in _taken_over(spec, intakes, list(children.values())):
        children[child.key] = child
    held, concerns = perpetrators(spec, places, list(children.values()))
    planted, known = plant(spec, places)
    children |= {child.key: child for child in planted}
    for nominal in [*held, *known]:
        nominals[nominal.force].append(nominal)
    return World(
        date=spec.first_date,
        children=dict(sorted(children.items())),
        nominals=_filled_up(spec, places, nominals),
        concerns=tuple(concerns),
    )


def _families(
    intake: Intake, spec: RegionSpec, slots: list[Slot]
) -> list[tuple[Child, Slot]]:
    """A child for each slot; some are brothers and sisters, a few of them twins."""
    chance = intake.chance("families")
    found: list[tuple[Child, Slot]] = []
    last: Child | None = None
    for slot in sorted(slots, key=lambda slot: (slot.where, slot.host or "")):
        plain = slot.part is Part.PLAIN
        joins, twin = chance.yes(_SIBLINGS), chance.yes(_TWINS)
        sibling = last if plain and joins else None
        child = intake.child(slot, spec.first_date, sibling, twin=twin)
        found.append((child, slot))
        last = child if plain else None
    return found


def _left_care(intake: Intake, spec: RegionSpec, looked_after: int) -> list[Child]:
    """Children who ceased to be looked after in the last year; one was adopted."""
    chance = intake.chance("left care")
    found = []
    for number in range(max(1, round(_LEFT_CARE * looked_after))):
        adopted = number == 0
        part = Part.ADOPTIVE if adopted else Part.PLAIN
        day = spec.first_date - dt.timedelta(chance.whole(2, 300))
        child = intake.child(Slot(intake.la, Where.IN_AREA, intake.la, part=part), day)
        why = "E12" if adopted else _WHY_LEFT.pick(chance)
        found.append(left_care(child, day, why))
    return found


def left_care(child: Child, day: dt.date, why: str) -> Child:
    """The child with its last placement ceased, for a REC reason that ends care."""
    *before, last = child.placements
    return replace(child, placements=(*before, histories.ended(last, day, why)))


def _taken_over(
    spec: RegionSpec, intakes: Mapping[str, Intake], children: list[Child]
) -> list[Child]:
    """What another LA still holds of children whose care was taken over from it (E3).

    The same person stands under both, each under its own reference.
    """
    chance = Chance(spec.seed, "taken over")
    month = dt.timedelta(30)
    fitting = [
        child
        for child in children
        if child.entered_care - child.person.dob > 2 * month
        and not child.person.uasc
        and child.placements[-1].end is None
        and child.placements[0].start == child.entered_care
    ]
    found = []
    for child in chance.shuffled(fitting)[: max(1, spec.children // 150)]:
        others = [la for la in intakes if la != child.authority]
        intake = intakes[chance.pick(others)]
        start, day = child.entered_care - month, child.entered_care
        slot = Slot(intake.la, Where.IN_AREA, intake.la)
        before = intake.child(slot, spec.first_date)
        path = [(start, intake.stay(chance, slot, 12))]
        placed = histories.placements(chance, path, [(start, "C1")], intake.number)
        before = replace(
            before, person=child.person, placements=placed, missing=(), thin=False,
            risks=(), upn=child.upn, nhs=child.nhs, protections=(),
        )  # fmt: skip
        found.append(left_care(before, day, "E3"))
    return found


def _filled_up(
    spec: RegionSpec, places: Places, linked: Mapping[str, list[Nominal]]
) -> dict[str, dict[str, Nominal]]:
    """Each force's nominals up to its share, by reference."""
    shares = quotas(spec.nominals, {force: places.size(force) for force in linked})
    for force, own in linked.items():
        if len(own) >= shares[force]:
            raise SpecError(
                f"{force} has room for {shares[force]} nominals and needs more than "
                f"{len(own)} for children and perpetrators: ask for more nominals"
            )
    others = {
        force: background(spec, places, force, shares[force] - len(own))
        for force, own in linked.items()
    }
    found = {}
    for force, own in linked.items():
        away = [
            nominal.person
            for other, nominals in others.items()
            if other != force
            for nominal in nominals
        ]
        also = known_elsewhere(spec, places, force, away)
        keep = others[force][: len(others[force]) - len(also)]
        found[force] = with_references(spec, force, [*own, *keep, *also])
    return found
