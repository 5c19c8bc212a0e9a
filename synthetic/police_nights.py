"""What forces write between two nights: notified children, and everybody else."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from synthetic.care import Child, Placement
from synthetic.chance import Chance
from synthetic.changes import Change, Happening, open_placement
from synthetic.known import Records, out_of_area
from synthetic.places import Places
from synthetic.plan import Knowledge
from synthetic.police import Nominal
from synthetic.population import FIRST_REF, background
from synthetic.spec import RegionSpec
from synthetic.states import Holdings, State, state
from synthetic.world import Key, World

_RECORDED = 0.2
"""Share of the children a force was told of whom it records the day after."""

_TOLD = {State.NOT_KNOWN, State.KNOWN_NOT_AT_ADDRESS, State.KNOWN_AT_ADDRESS_NO_FLAG}
_NEW_NOMINALS = 0.0005


def record_children(
    spec: RegionSpec,
    places: Places,
    world: World,
    added: Iterable[Nominal],
    touched: Collection[Key],
) -> tuple[World, list[Happening]]:
    """Forces record some of the children they were told of: address and flag.

    Children whom something happened to tonight are left alone, so that each change
    shows by itself. ``added`` are nominals to be given references as well.
    """
    chance = Chance(spec.seed, "police records", world.date)
    kept = spec.planted
    holdings = Holdings(world)
    book = _Book(world)
    for nominal in added:
        book.add(nominal)
    happened: list[Happening] = []
    full = address_only = 0
    for key in chance.shuffled(each for each in world.children if each not in kept):
        child, records = world.children[key], chance.yes(_RECORDED)
        now = open_placement(child)
        if key in touched or now is None or not out_of_area(child, now):
            continue
        told = state(places, child, now, holdings)
        force = places.force_of.get(now.stay.host_la or "")
        if told not in _TOLD or force is None or not (records or full == 0):
            continue
        if holdings.ambiguous(child, force):
            continue
        wants_address = told is not State.KNOWN_AT_ADDRESS_NO_FLAG
        alone = wants_address and full > 0 and (address_only == 0 or chance.yes(0.2))
        knowledge = Knowledge.AT_ADDRESS if alone else Knowledge.AT_PLACEMENT
        held = holdings.of(child, force)
        book.record(spec, places, (child, now, force), held, knowledge)
        full, address_only = full + (not alone), address_only + alone
        change = Change.POLICE_ADDRESS_ONLY if alone else Change.POLICE_RECORDED
        happened.append(Happening(world.date, force, *key, change))
    return replace(world, nominals=book.nominals), happened


def new_nominals(spec: RegionSpec, places: Places, world: World, number: int) -> World:
    """A few new nominals in every force, of people who have to do with no child."""
    night = replace(spec, seed=spec.seed + number * 1_000_003)
    book = _Book(world)
    for force in places.forces:
        wanted = max(3, round(_NEW_NOMINALS * len(world.nominals[force])))
        for nominal in background(night, places, force, wanted + 1)[1:]:
            who = nominal.person
            person = replace(who, person_id=f"{who.person_id}-{number}")
            book.add(replace(nominal, person=person))
    return replace(world, nominals=book.nominals)


class _Book:
    """The nominals of the night in the making, by force and reference."""

    def __init__(self, world: World) -> None:
        self.date = world.date
        self.nominals = {force: dict(own) for force, own in world.nominals.items()}
        self._last = {
            force: max(int(ref[1:]) for ref in own) if own else FIRST_REF
            for force, own in world.nominals.items()
        }

    def add(self, nominal: Nominal) -> None:
        self._last[nominal.force] += 3
        ref = f"N{self._last[nominal.force]}"
        self.nominals[nominal.force][ref] = replace(nominal, nominal_ref=ref)

    def record(
        self,
        spec: RegionSpec,
        places: Places,
        placed: tuple[Child, Placement, str],
        held: list[Nominal],
        knowledge: Knowledge,
    ) -> None:
        """Adds what makes the child known, to a held nominal or to a new one."""
        child, placement, force = placed
        records = Records(spec, places, child, self.date, f"recorded {self.date}")
        new = records.at_placement(force, placement, knowledge)
        if not held:
            self.add(new)
            return
        nominal = held[0]
        at = placement.stay.postcode
        there = [
            each
            for each in nominal.addresses
            if each.postcode == at
            and each.end is None
            and each.kind in {"home", "placement"}
        ]
        self.nominals[force][nominal.nominal_ref] = replace(
            nominal,
            addresses=nominal.addresses
            if there
            else (*nominal.addresses, *new.addresses),
            flags=(*nominal.flags, *new.flags),
            updated=self.date,
        )
