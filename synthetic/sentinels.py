"""Plants the agreed sentinels of a region file: children that nobody is, with a fate.

Their names are borne by nobody else, so that no record is taken for theirs, and nothing
ever happens to them: a night that finds them otherwise than agreed is not to be
trusted.
"""

import datetime as dt
from dataclasses import replace

from synthetic.care import Child, Episode, Placement, Protection, Stay
from synthetic.chance import Chance
from synthetic.children import Intake
from synthetic.known import OUT_OF_AREA
from synthetic.naming import Name
from synthetic.noise import plainly
from synthetic.people import years_before
from synthetic.places import Places
from synthetic.plan import Slot, Where
from synthetic.police import Desk, Flag, Nominal
from synthetic.spec import RegionSpec, SentinelSpec, SpecError

FORENAME = "Sentinel"
SURNAMES = (
    "Placewell", "Stillmere", "Shieldacre", "Watchbourne", "Keptonway", "Beaconhythe",
)  # fmt: skip

_NIGHT = 900
"""The intake of no real night: its references and numbers are nobody else's."""


def plant(spec: RegionSpec, places: Places) -> tuple[list[Child], list[Nominal]]:
    """The region's sentinels, and what their host forces hold of them.

    Raises:
        SpecError: a sentinel can't be planted, and why.
    """
    children: list[Child] = []
    nominals: list[Nominal] = []
    for number, sentinel in enumerate(spec.sentinels):
        child = _child(spec, places, sentinel, number)
        children.append(child)
        if sentinel.state == "known_at_placement":
            nominals.append(_known(spec, places, child))
    return children, nominals


def _child(
    spec: RegionSpec, places: Places, sentinel: SentinelSpec, number: int
) -> Child:
    if number >= len(SURNAMES):
        raise SpecError(f"a region has {len(SURNAMES)} sentinels at most")
    if sentinel.la not in places.las:
        raise SpecError(f"sentinel {sentinel.child_ref}: {sentinel.la} is no LA here")
    host = sentinel.host or places.neighbours(sentinel.la)[0]
    if host not in places.las or host == sentinel.la:
        raise SpecError(f"sentinel {sentinel.child_ref}: {host} can't be its host")
    intake = Intake(spec, places, sentinel.la, _NIGHT + number)
    slot = Slot(sentinel.la, Where.OTHER_FORCE, host)
    made = intake.child(slot, spec.first_date)
    born = years_before(spec.first_date, 14) - dt.timedelta(40 + 17 * number)
    who = replace(
        made.person,
        person_id=f"S-{sentinel.la}-{sentinel.child_ref}",
        household=f"S-{sentinel.la}-{sentinel.child_ref}",
        name=Name(FORENAME, None, SURNAMES[number]),
        dob=born,
        known_as=None,
        former_surname=None,
        uasc=False,
    )
    stay = intake.stay_coded(intake.chance("stay"), slot, "U6")
    return replace(
        made,
        child_ref=sentinel.child_ref,
        person=who,
        placements=(_placed(stay, spec.first_date, intake.number()),),
        protections=_protections(sentinel, spec.first_date),
        nhs=None, upn=None, home_office=None, missing=(), risks=(), thin=False,
    )  # fmt: skip


def _placed(stay: Stay, on: dt.date, number: int) -> Placement:
    start = on - dt.timedelta(60)
    return Placement(number, stay, (Episode(start, "S", "C2"),), planned=True)


def _protections(sentinel: SentinelSpec, on: dt.date) -> tuple[Protection, ...]:
    if sentinel.state != "restricted":
        return ()
    start = on - dt.timedelta(60)
    return (Protection(start, None, "agreed test record", "named officer"),)


def _known(spec: RegionSpec, places: Places, child: Child) -> Nominal:
    """The child as its host force should hold it: at the address, with the flag."""
    placement = child.placements[-1]
    address = placement.stay.address
    if address is None:
        raise SpecError(f"sentinel {child.child_ref} has no address")
    force = places.force_of[placement.stay.host_la or ""]
    desk = Desk(places, force, spec.first_date)
    chance = Chance(spec.seed, "sentinel", *child.key)
    at = desk.at(address, "placement", placement.start)
    held = desk.nominal(chance, child.person, plainly(child.person), (at,))
    flag = Flag(OUT_OF_AREA, placement.start, None, child.authority)
    return replace(
        held, flags=(flag,), aliases=(), restricted=False, deceased=False, roles=()
    )
