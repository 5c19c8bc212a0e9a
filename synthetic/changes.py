"""What happens to a child between two nights, one small function for each kind."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from synthetic import histories
from synthetic.care import Child, Episode, Placement, Protection, standing
from synthetic.chance import Chance
from synthetic.children import Intake
from synthetic.naming import surname
from synthetic.places import Places
from synthetic.plan import Part, Slot, Where, place_somewhere
from synthetic.stays import place_code


class Change(StrEnum):
    NEW_PLACEMENT = "new_placement"
    MOVED_TO_OTHER_LA = "moved_to_other_la"
    MOVED_WITHIN_LA = "moved_within_la"
    MOVED_BACK_IN_AREA = "moved_back_in_area"
    RETURNED_HOME = "returned_home"
    TURNED_18 = "turned_18"
    CLOSED_AT_18 = "closed_at_18"
    """The LA ends the placement of a child who turned 18 the day before."""
    CORRECTED_START = "corrected_start"
    CORRECTED_POSTCODE = "corrected_postcode"
    POSTCODE_SUPPLIED = "postcode_supplied"
    LEGAL_STATUS_ONLY = "legal_status_only"
    """RNE L: nobody may be told."""
    NAME_CHANGED = "name_changed"
    PROTECTED = "protected"
    TEMPORARY_STARTED = "temporary_started"
    RETURNED_FROM_TEMPORARY = "returned_from_temporary"
    PURGED_CHILD = "purged_child"
    PURGED_PLACEMENT = "purged_placement"
    ABSENT_FROM_SNAPSHOT = "absent_from_snapshot"
    BACK_IN_SNAPSHOT = "back_in_snapshot"
    RESENT_UNCHANGED = "resent_unchanged"
    AWAY_FOR_A_NIGHT = "away_for_a_night"
    """Moved and back at the same address within a day."""
    CORRECTED_TO_OTHER_FORCE = "corrected_to_other_force"
    """A corrected postcode that moves the placement to another host force."""
    ADOPTED = "adopted"
    NEW_RECORD_AFTER_ADOPTION = "new_record_after_adoption"
    """The adopted child's new reference: nobody may link it with the old one."""
    POLICE_RECORDED = "police_recorded"
    """The host force adds the placement's address and the flag."""
    POLICE_ADDRESS_ONLY = "police_address_only"


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the truth's ``changes``."""

    night: dt.date
    authority: str
    """Whose extract shows it: the LA's or the force's."""
    placing_la: str
    child_ref: str
    change: Change


@dataclass(frozen=True, slots=True)
class Hand:
    """All that a change needs: its own chance, the map, the LA's intake, the date."""

    chance: Chance
    places: Places
    intake: Intake
    night: dt.date

    @property
    def day(self) -> dt.date:
        """The day before the night, on which things happened."""
        return self.night - dt.timedelta(1)

    def age(self, child: Child) -> int:
        return (self.night - child.person.dob).days // 366


Effect = Callable[[Child, Hand], Child | None]
"""The child afterwards, or ``None`` when this can't happen to this child."""


def open_placement(child: Child) -> Placement | None:
    """The one open placement, unless a temporary one interrupts it."""
    now = standing(child)
    return now[0] if len(now) == 1 and not now[0].temporary else None


def _with_last(child: Child, *last: Placement) -> Child:
    return replace(child, placements=(*child.placements[:-1], *last))


def _settled(child: Child, hand: Hand) -> Placement | None:
    """The open placement, when its latest episode began early enough to end now."""
    found = open_placement(child)
    if found is None or found is not child.placements[-1]:
        return None
    return found if found.episodes[-1].start < hand.day else None


def _moves(child: Child, hand: Hand, slot: Slot) -> Child | None:
    last = _settled(child, hand)
    if last is None:
        return None
    code = place_code(hand.chance, slot.part, hand.age(child))
    stay = hand.intake.stay_coded(hand.chance, slot, code)
    moved = Placement(
        number=hand.intake.number(),
        stay=stay,
        episodes=(Episode(hand.day, "P", last.legal_status),),
        planned=hand.chance.yes(0.5),
    )
    return _with_last(child, histories.followed(last, hand.day, "CARPL"), moved)


def moves_to_other_la(child: Child, hand: Hand) -> Child | None:
    """To another LA of the region, out of area as before or for the first time."""
    slot = place_somewhere(hand.chance, hand.places, child.authority, Where.OTHER_FORCE)
    now = open_placement(child)
    if now is None or now.stay.host_la == slot.host:
        return None
    return _moves(child, hand, slot)


def moves_within_la(child: Child, hand: Hand) -> Child | None:
    """To another address in the LA where the child is placed already."""
    now = open_placement(child)
    if now is None or now.stay.host_la not in hand.places.las:
        return None
    return _moves(
        child, hand, Slot(child.authority, Where.OTHER_FORCE, now.stay.host_la)
    )


def moves_back(child: Child, hand: Hand) -> Child | None:
    """Back into the area of the authority that looks after the child."""
    la = child.authority
    return _moves(child, hand, Slot(la, Where.IN_AREA, la))


def returns_home(child: Child, hand: Hand) -> Child | None:
    """Care ends: the child goes home as planned (E4A)."""
    last = _settled(child, hand)
    if last is None:
        return None
    return _with_last(child, histories.ended(last, hand.day, "E4A"))


def closed_at_18(child: Child, hand: Hand) -> Child | None:
    """The LA's own end of care on the eighteenth birthday, a day late."""
    last = child.placements[-1]
    if last.end is not None:
        return None
    return _with_last(child, histories.ended(last, hand.day, "E17"))


def start_corrected(child: Child, hand: Hand) -> Child | None:
    """The placement turns out to have begun a day or two earlier."""
    shift = dt.timedelta(hand.chance.whole(1, 2))
    last = open_placement(child)
    if last is None or last is not child.placements[-1] or last.resumes is not None:
        return None
    first, *later = last.episodes
    start = first.start - shift
    if start <= child.person.dob:
        return None
    corrected = replace(last, episodes=(replace(first, start=start), *later))
    if first.reason == "S":
        return _with_last(child, corrected)
    before = child.placements[-2]
    if before.episodes[-1].start >= start:
        return None
    before = histories.ended(before, start, "X1")
    return replace(child, placements=(*child.placements[:-2], before, corrected))


def postcode_corrected(child: Child, hand: Hand) -> Child | None:
    """The same placement with another postcode and property number of the same LA.

    Not one that was resumed: a return without ids could then only show a move.
    """
    last = open_placement(child)
    if last is None or last is not child.placements[-1] or last.resumes is not None:
        return None
    if last.stay.host_la not in hand.places.las or last.stay.address is None:
        return None
    right = hand.places.address(hand.chance, last.stay.host_la)
    address = replace(last.stay.address, postcode=right.postcode, uprn=right.uprn)
    stay = replace(last.stay, address=address, postcode=right.postcode)
    return _with_last(child, replace(last, stay=stay))


def postcode_supplied(child: Child, hand: Hand) -> Child | None:
    """A placement that nobody could locate gets its postcode."""
    last = open_placement(child)
    if last is None or last is not child.placements[-1] or last.stay.lost is None:
        return None
    slot = place_somewhere(hand.chance, hand.places, child.authority, Where.OTHER_FORCE)
    stay = hand.intake.stay_coded(hand.chance, slot, last.stay.place_code)
    return _with_last(child, replace(last, stay=stay))


def legal_status_changes(child: Child, hand: Hand) -> Child | None:
    """A court makes another order; the child stays where it is."""
    last = _settled(child, hand)
    later = {"C1": "C2", "V2": "C1"}.get(last.legal_status) if last else None
    if last is None or later is None:
        return None
    ended = histories.ended(last, hand.day, "X1")
    episodes = (*ended.episodes, Episode(hand.day, "L", later))
    return _with_last(child, replace(last, episodes=episodes))


def name_changes(child: Child, hand: Hand) -> Child | None:
    """The surname becomes a double one."""
    person = child.person
    other = surname(hand.chance, person.origin)
    now = person.name.surname
    if other == now or "-" in now or open_placement(child) is None:
        return None
    name = replace(person.name, surname=f"{now}-{other}")
    return replace(child, person=replace(person, name=name, former_surname=now))


def becomes_protected(child: Child, hand: Hand) -> Child | None:
    """From tonight the child must be shielded."""
    if child.protections or open_placement(child) is None:
        return None
    shield = Protection(hand.night, None, "parent must not find", "named officer")
    return replace(child, protections=(shield,))


def goes_away_for_a_while(child: Child, hand: Hand) -> Child | None:
    """A temporary placement interrupts the one that stands."""
    last = _settled(child, hand)
    if last is None:
        return None
    where = hand.chance.pick((Where.IN_AREA, Where.OTHER_FORCE))
    slot = place_somewhere(hand.chance, hand.places, child.authority, where)
    slot = replace(slot, part=Part.TEMPORARY)
    away = Placement(
        number=hand.intake.number(),
        stay=hand.intake.stay(hand.chance, slot, hand.age(child)),
        episodes=(Episode(hand.day, "P", last.legal_status),),
    )
    return _with_last(child, histories.followed(last, hand.day, "OTHER"), away)


def comes_back(child: Child, hand: Hand) -> Child | None:
    """Back from a temporary placement, to the place and postcode that it left."""
    away, now = child.placements[-1], standing(child)
    if len(now) != 2 or not away.temporary or away.start >= hand.day:
        return None
    base = now[0]
    back = Placement(
        number=hand.intake.number(),
        stay=base.stay,
        episodes=(Episode(hand.day, "P", away.legal_status),),
        planned=base.planned,
        expected_end=base.expected_end,
        resumes=base.number,
    )
    return _with_last(child, histories.followed(away, hand.day, "OTHER"), back)


def placement_never_was(child: Child, _hand: Hand) -> Child | None:
    """The move was recorded by mistake: the placement before it goes on."""
    last = open_placement(child)
    if last is None or last is not child.placements[-1] or len(child.placements) < 2:
        return None
    *earlier, before = child.placements[:-1]
    if before.temporary or before.episodes[-1].end_reason != "X1" or last.resumes:
        return None
    *episodes, reopened = before.episodes
    reopened = replace(reopened, end=None, end_reason=None)
    before = replace(before, episodes=(*episodes, reopened), change_reason=None)
    return replace(child, placements=(*earlier, before))
