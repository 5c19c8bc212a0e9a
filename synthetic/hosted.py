"""What host LAs hold of children whom others placed in their area, nearly right.

Every second LA keeps the notices of the homes in its area, every third a register of
its own. Small shares of both are wrong in one of a few ways, each of which the truth
knows; what is wrong with a row stays so on every night.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from synthetic.care import (
    ADOPTIVE,
    SHORT_BREAKS,
    TEMPORARY,
    Child,
    Placement,
    began,
)
from synthetic.chance import Chance, Weighted
from synthetic.extracts import Cell, Extract, iso
from synthetic.places import Places
from synthetic.spec import RegionSpec
from synthetic.world import World

HOME_NOTICES = (
    "notice_ref", "child_forename", "child_surname", "dob", "placing_la", "home_name",
    "home_urn", "postcode", "admitted", "discharged",
)  # fmt: skip
PLACED_HERE = (
    "entry_ref", "child_forename", "child_surname", "dob", "placing_la",
    "placing_child_ref", "postcode", "start", "end", "external_refs",
)  # fmt: skip

_HOMES = frozenset({"K1", "K2", "R1", "S1"})
_KEPT = dt.timedelta(60)
"""How long a stay that has ended stands in a file."""


class Wrong(StrEnum):
    """How a row differs from what is true; the rule that should say so."""

    NOTHING = ""
    LEFT_OUT = "left_out"
    """home-notice-not-seen or not-on-register."""
    LATER_START = "starts-differ"
    OTHER_POSTCODE = "addresses-differ"
    ALREADY_LEFT = "end-not-told"
    NOBODYS = "nobodys"
    """A row for a child whom nobody placed: home-admitted-not-placed or
    on-register-not-placed."""


_HOW_WRONG = {
    "home": Weighted(
        [(Wrong.NOTHING, 0.78), (Wrong.LEFT_OUT, 0.16), (Wrong.ALREADY_LEFT, 0.06)]
    ),
    "register": Weighted(
        [
            (Wrong.NOTHING, 0.86), (Wrong.LEFT_OUT, 0.05), (Wrong.LATER_START, 0.03),
            (Wrong.OTHER_POSTCODE, 0.03), (Wrong.ALREADY_LEFT, 0.03),
        ]
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One stay as a host has it, and what is wrong with it."""

    voice: str
    """home or register."""
    host: str
    ref: str
    child: Child
    placement: Placement
    forename: str | None
    surname: str | None
    postcode: str | None
    start: dt.date
    end: dt.date | None
    wrong: Wrong = Wrong.NOTHING


def hosts(places: Places, voice: str) -> tuple[str, ...]:
    """The LAs that send a file of the voice."""
    return places.las[:: 2 if voice == "home" else 3]


def rows(spec: RegionSpec, places: Places, world: World, host: str) -> list[Row]:
    """Everything that a host holds on a night, what it left out too."""
    found = []
    for voice in ("home", "register"):
        if host not in hosts(places, voice):
            continue
        for child, placement in _stays(spec, world, host):
            home = placement.stay.place_code in _HOMES
            if voice == "register" or home:
                found.append(_row(spec, places, (voice, host), (child, placement)))
        found += _nobodys(spec, world, voice, host)
    return [row for row in found if row.start < world.date]


def add_tables(
    extract: Extract, spec: RegionSpec, places: Places, world: World
) -> None:
    """Adds the host's files, if it sends any."""
    held = [
        row
        for row in rows(spec, places, world, extract.authority)
        if row.wrong is not Wrong.LEFT_OUT
    ]
    if extract.authority in hosts(places, "home"):
        notices = [_notice(row) for row in held if row.voice == "home"]
        extract.add_table("home_notices.csv", HOME_NOTICES, notices)
    if extract.authority in hosts(places, "register"):
        entries = [_entry(row) for row in held if row.voice == "register"]
        extract.add_table("children_placed_here.csv", PLACED_HERE, entries)


def _stays(
    spec: RegionSpec, world: World, host: str
) -> Iterator[tuple[Child, Placement]]:
    """Stays in the host's area that another LA arranged and that are to be known."""
    for child in world.children.values():
        own = child.authority == host or child.key in spec.planted
        if own or child.thin:
            continue
        for placement in child.placements:
            recent = placement.end is None or world.date - placement.end <= _KEPT
            if (
                placement.stay.host_la == host
                and recent
                and not placement.temporary
                and placement.resumes is None
                and placement.stay.place_code not in ADOPTIVE
                and placement.legal_status not in SHORT_BREAKS
            ):
                yield child, placement


def _row(
    spec: RegionSpec, places: Places, by: tuple[str, str],
    stay: tuple[Child, Placement],
) -> Row:  # fmt: skip
    (voice, host), (child, placement) = by, stay
    chance = Chance(spec.seed, "hosted", voice, host, *child.key, placement.number)
    wrong = _HOW_WRONG[voice].pick(chance)
    other = places.address(chance, host)
    name = child.person.name
    start, end = began(child, placement), _left(child, placement)
    row = Row(
        voice=voice, host=host, ref=_ref(voice, host, child, placement), child=child,
        placement=placement, forename=name.forename, surname=name.surname,
        postcode=placement.stay.postcode, start=start, end=end,
    )  # fmt: skip
    if chance.yes(0.03):
        row = replace(row, forename=name.surname, surname=name.forename)
    if start > spec.first_date - dt.timedelta(30) or end is not None:
        return row  # only what has stood for a while can be told to be wrong
    match wrong:
        case Wrong.LATER_START:
            return replace(row, start=start + dt.timedelta(10), wrong=wrong)
        case Wrong.OTHER_POSTCODE:
            return replace(row, postcode=other.postcode, wrong=wrong)
        case Wrong.ALREADY_LEFT:
            left = spec.first_date - dt.timedelta(12)
            return replace(row, end=left, wrong=wrong)
        case _:
            return replace(row, wrong=wrong)


def _left(child: Child, placement: Placement) -> dt.date | None:
    """The day the child left for good: a temporary stay elsewhere is no end."""
    later = [each for each in child.placements if each.resumes == placement.number]
    if later:
        return _left(child, later[0])
    after = [each for each in child.placements if each.start == placement.end]
    if after and after[0].temporary and after[0].end is None:
        return None
    return placement.end


def _nobodys(spec: RegionSpec, world: World, voice: str, host: str) -> list[Row]:
    """A row that no placement answers to: the child is placed at home all along."""
    fitting = [
        child
        for child in world.children.values()
        if child.authority != host and _only_ever_at_home(spec, child)
    ]
    if not fitting:
        return []
    child = min(fitting, key=lambda one: _ref(voice, host, one, one.placements[0]))
    first, name = child.placements[0], child.person.name
    return [
        Row(
            voice=voice, host=host, ref=_ref(voice, host, child, first), child=child,
            placement=first, forename=name.forename, surname=name.surname,
            postcode=None, start=spec.first_date - dt.timedelta(20), end=None,
            wrong=Wrong.NOBODYS,
        )
    ]  # fmt: skip


def _only_ever_at_home(spec: RegionSpec, child: Child) -> bool:
    """Whether the one placement the child ever had is in its own LA's area."""
    if len(child.placements) != 1 or child.protections or child.thin:
        return False
    only = child.placements[0]
    return (
        child.key not in spec.planted
        and only.end is None
        and only.stay.host_la == child.authority
        and only.stay.place_code not in ADOPTIVE | TEMPORARY
        and only.start < spec.first_date - dt.timedelta(30)
    )


def _ref(voice: str, host: str, child: Child, placement: Placement) -> str:
    """The host's own reference of a stay, which tells nothing of the child."""
    about = "/".join((voice, host, *child.key, str(placement.number)))
    digest = hashlib.sha256(about.encode()).hexdigest()[:10].upper()
    return f"{'HN' if voice == 'home' else 'PH'}{digest}"


def _notice(row: Row) -> Sequence[Cell]:
    stay = row.placement.stay
    return (
        row.ref, row.forename, row.surname, iso(row.child.person.dob),
        row.child.authority, stay.carer, stay.urn, row.postcode, iso(row.start),
        iso(row.end),
    )  # fmt: skip


def _entry(row: Row) -> Sequence[Cell]:
    known = row.child.child_ref if row.placement.number % 2 else None
    return (
        row.ref, row.forename, row.surname, iso(row.child.person.dob),
        row.child.authority, known, row.postcode, iso(row.start), iso(row.end), "",
    )  # fmt: skip


TRUE_DIFFERENCES = {
    ("home", Wrong.LEFT_OUT): "home-notice-not-seen",
    ("register", Wrong.LEFT_OUT): "not-on-register",
    ("home", Wrong.NOBODYS): "home-admitted-not-placed",
    ("register", Wrong.NOBODYS): "on-register-not-placed",
}


def difference(row: Row) -> str:
    """The rule that should say what is wrong with a row; empty when nothing is."""
    return TRUE_DIFFERENCES.get((row.voice, row.wrong), row.wrong.value)


def wrong_rows(
    spec: RegionSpec, places: Places, world: World
) -> Iterable[tuple[Row, str]]:
    """Every row of the night that is wrong, with the difference it makes."""
    for host in places.las:
        for row in rows(spec, places, world, host):
            if row.wrong is not Wrong.NOTHING:
                yield row, difference(row)
