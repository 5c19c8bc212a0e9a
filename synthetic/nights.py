"""From one night to the next: a small set of changes, each to another child."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from records.dates import age_on
from synthetic import changes, rare_changes
from synthetic.care import Child
from synthetic.chance import Chance
from synthetic.changes import Change, Effect, Hand, Happening, open_placement
from synthetic.children import Intake
from synthetic.known import Records, out_of_area
from synthetic.places import Places
from synthetic.plan import Knowledge, Where, place_somewhere
from synthetic.police import Nominal
from synthetic.police_nights import new_nominals, record_children
from synthetic.spec import RegionSpec
from synthetic.world import Key, Purge, World

_NEW_CHILDREN = 0.005


def _away(child: Child) -> bool:
    """Placed out of area in a place that can be told."""
    now = open_placement(child)
    return now is not None and now.stay.host_la is not None and out_of_area(child, now)


def _placed(child: Child) -> bool:
    return open_placement(child) is not None


def _interrupted(child: Child) -> bool:
    return child.placements[-1].temporary and child.placements[-1].end is None


@dataclass(frozen=True, slots=True)
class Kind:
    """How often a change comes, to which children, from which formats."""

    change: Change
    rate: float
    """Share of looked-after children each night; at least one child."""
    effect: Effect
    suits: Callable[[Child], bool] = _away
    formats: frozenset[str] = frozenset({"ssd-csv", "ssda903", "csc-api-json"})


_WITH_LEGAL_STATUS = frozenset({"ssd-csv", "ssda903"})
_DELTA = frozenset({"csc-api-json"})

KINDS = (
    Kind(Change.MOVED_TO_OTHER_LA, 0.005, changes.moves_to_other_la, _placed),
    Kind(Change.MOVED_WITHIN_LA, 0.004, changes.moves_within_la),
    Kind(Change.MOVED_BACK_IN_AREA, 0.003, changes.moves_back),
    Kind(Change.RETURNED_HOME, 0.003, changes.returns_home),
    Kind(Change.CORRECTED_START, 0.003, changes.start_corrected),
    Kind(Change.CORRECTED_POSTCODE, 0.003, changes.postcode_corrected),
    Kind(Change.POSTCODE_SUPPLIED, 0.002, changes.postcode_supplied, _placed),
    Kind(
        Change.LEGAL_STATUS_ONLY,
        0.005,
        changes.legal_status_changes,
        formats=_WITH_LEGAL_STATUS,
    ),
    Kind(Change.NAME_CHANGED, 0.002, changes.name_changes),
    Kind(Change.PROTECTED, 0.002, changes.becomes_protected),
    Kind(Change.TEMPORARY_STARTED, 0.003, changes.goes_away_for_a_while),
    Kind(Change.RETURNED_FROM_TEMPORARY, 0.003, changes.comes_back, _interrupted),
    Kind(Change.PURGED_PLACEMENT, 0.001, changes.placement_never_was, formats=_DELTA),
    Kind(Change.AWAY_FOR_A_NIGHT, 0.002, rare_changes.away_for_a_night),
    Kind(Change.CORRECTED_TO_OTHER_FORCE, 0.001, rare_changes.corrected_to_other_force),
)
_ADOPTIONS_EVERY = 7
"""Nights from one adoption to the next; the first is on the first night of changes."""


@dataclass(slots=True)
class _Night:
    """The night in the making."""

    spec: RegionSpec
    places: Places
    number: int
    date: dt.date
    children: dict[Key, Child]
    happened: list[Happening] = field(default_factory=list)
    touched: set[Key] = field(default_factory=set)
    purged: list[Purge] = field(default_factory=list)
    intakes: dict[str, Intake] = field(default_factory=dict)

    def hand(self, change: Change, child: Child) -> Hand:
        chance = Chance(self.spec.seed, "night", self.number, change, *child.key)
        return Hand(chance, self.places, self.intakes[child.authority], self.date)

    def note(self, child: Child, change: Change, authority: str | None = None) -> None:
        self.touched.add(child.key)
        who = authority or child.authority
        self.happened.append(
            Happening(self.date, who, child.authority, child.child_ref, change)
        )

    def in_chance_order(self, change: Change) -> Iterator[Child]:
        """Children whom nothing has happened to tonight, and who stay under 18."""
        soon = self.date + dt.timedelta(14)
        chance = Chance(self.spec.seed, "night", self.number, change)
        kept = self.spec.planted
        for key in chance.shuffled(each for each in self.children if each not in kept):
            child = self.children[key]
            young = age_on(child.person.dob, soon) < 18
            if key not in self.touched and young and not child.thin:
                yield child


def next_world(
    spec: RegionSpec, places: Places, before: World, number: int
) -> tuple[World, list[Happening]]:
    """The region a day later, and what happened; ``number`` counts nights from nought.

    Depends on the seed, the night before and the number only.
    """
    date = before.date + dt.timedelta(1)
    night = _Night(spec, places, number, date, dict(before.children))
    night.intakes = {la: Intake(spec, places, la, number) for la in places.las}
    _birthdays(night)
    for key in sorted(before.absent):
        if key in night.children:
            night.note(night.children[key], Change.BACK_IN_SNAPSHOT)
    for kind in KINDS:
        _happen(night, kind)
    _adopt(night)
    _purge_children(night)
    absent = _only_in_the_feed(night, Change.ABSENT_FROM_SNAPSHOT)
    resent = _only_in_the_feed(night, Change.RESENT_UNCHANGED)
    added = _new_children(night)
    now = replace(
        before,
        date=date,
        children=dict(sorted(night.children.items())),
        purged=tuple(night.purged),
        absent=absent,
        resent=resent,
    )
    now, recorded = record_children(spec, places, now, added, night.touched)
    now = new_nominals(spec, places, now, number)
    return now, night.happened + recorded


def _birthdays(night: _Night) -> None:
    for child in list(night.children.values()):
        if not _placed(child) and not _interrupted(child):
            continue
        days_adult = age_on(child.person.dob, night.date)
        was = age_on(child.person.dob, night.date - dt.timedelta(1))
        if days_adult >= 18 > was:
            night.note(child, Change.TURNED_18)
        elif was >= 18:
            hand = night.hand(Change.CLOSED_AT_18, child)
            closed = changes.closed_at_18(child, hand)
            if closed is not None:
                night.children[child.key] = closed
                night.note(child, Change.CLOSED_AT_18)


def _happen(night: _Night, kind: Kind) -> None:
    wanted = max(1, round(kind.rate * night.spec.children))
    for child in night.in_chance_order(kind.change):
        if wanted == 0:
            return
        sends = night.spec.authority(child.authority).format
        if sends not in kind.formats or not kind.suits(child):
            continue
        after = kind.effect(child, night.hand(kind.change, child))
        if after is None:
            continue
        night.children[child.key] = after
        night.note(child, kind.change)
        wanted -= 1
        if kind.change is Change.PURGED_PLACEMENT:
            gone = child.placements[-1].number
            night.purged.append(Purge(*child.key, gone))


def _adopt(night: _Night) -> None:
    """Now and then a child is adopted; its new record has a reference of its own."""
    if night.number % _ADOPTIONS_EVERY != 1:
        return
    for child in night.in_chance_order(Change.ADOPTED):
        hand = night.hand(Change.ADOPTED, child)
        after = (
            rare_changes.adopted(child, hand)
            if rare_changes.to_be_adopted(child)
            else None
        )
        if after is None:
            continue
        night.children[child.key] = after
        night.note(child, Change.ADOPTED)
        again = rare_changes.after_adoption(child, hand)
        night.children[again.key] = again
        night.note(again, Change.NEW_RECORD_AFTER_ADOPTION)
        return


def _purge_children(night: _Night) -> None:
    """One child that should never have been sent is deleted everywhere."""
    for child in night.in_chance_order(Change.PURGED_CHILD):
        if night.spec.authority(child.authority).format in _DELTA and _away(child):
            night.note(child, Change.PURGED_CHILD)
            night.purged.append(Purge(*child.key))
            del night.children[child.key]
            return


def _only_in_the_feed(night: _Night, change: Change) -> frozenset[Key]:
    """One child of whom nothing changed but what the feed holds tonight."""
    delta = change is Change.RESENT_UNCHANGED
    for child in night.in_chance_order(change):
        sends = night.spec.authority(child.authority).format
        if (sends in _DELTA) == delta and _away(child):
            night.note(child, change)
            return frozenset({child.key})
    return frozenset()


def _new_children(night: _Night) -> list[Nominal]:
    """Children who came into care yesterday, placed in another LA of the region.

    Gives the nominals by which their forces know them already, without references.
    """
    spec, places = night.spec, night.places
    chance = Chance(spec.seed, "night", night.number, Change.NEW_PLACEMENT)
    known: list[Nominal] = []
    for _ in range(max(1, round(_NEW_CHILDREN * spec.children))):
        la = chance.pick(places.las)
        slot = place_somewhere(chance, places, la, Where.OTHER_FORCE)
        child = night.intakes[la].child(slot, night.date, newly=True)
        night.children[child.key] = child
        night.note(child, Change.NEW_PLACEMENT)
        records = Records(spec, places, child, night.date, f"night {night.number}")
        known += records.first_night(
            chance.pick((Knowledge.UNKNOWN, Knowledge.UNKNOWN, Knowledge.ELSEWHERE))
        )
    return known
