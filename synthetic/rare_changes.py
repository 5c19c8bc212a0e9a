"""What happens seldom and must come out right all the same."""

import datetime as dt
from dataclasses import replace

from synthetic import histories
from synthetic.care import ADOPTIVE, Child, Episode, Placement
from synthetic.changes import Hand, open_placement
from synthetic.naming import surname
from synthetic.plan import Where, place_somewhere
from synthetic.stays import place_code


def away_for_a_night(child: Child, hand: Hand) -> Child | None:
    """Moved, and back at the same address the next day: nobody need hear of it."""
    last = open_placement(child)
    went = hand.day - dt.timedelta(1)
    if last is None or last is not child.placements[-1]:
        return None
    if last.episodes[-1].start >= went or last.stay.lost is not None:
        return None
    slot = place_somewhere(hand.chance, hand.places, child.authority, Where.OTHER_FORCE)
    code = place_code(hand.chance, slot.part, hand.age(child))
    away = Placement(
        number=hand.intake.number(),
        stay=hand.intake.stay_coded(hand.chance, slot, code),
        episodes=(Episode(went, "P", last.legal_status),),
    )
    back = Placement(
        number=hand.intake.number(),
        stay=last.stay,
        episodes=(Episode(hand.day, "P", last.legal_status),),
        planned=last.planned,
    )
    return replace(
        child,
        placements=(
            *child.placements[:-1],
            histories.followed(last, went, "CARPL"),
            histories.followed(away, hand.day, "CARPL"),
            back,
        ),
    )


def corrected_to_other_force(child: Child, hand: Hand) -> Child | None:
    """The postcode was wrong by a county: another force and authority are hosts."""
    last, places = open_placement(child), hand.places
    if last is None or last is not child.placements[-1] or last.resumes is not None:
        return None
    host = last.stay.host_la
    if host not in places.las or last.stay.address is None:
        return None
    others = [
        la
        for la in places.las
        if la != child.authority and places.force_of[la] != places.force_of[host]
    ]
    if not others:
        return None
    right = hand.chance.pick(others)
    address = places.address(hand.chance, right)
    stay = replace(last.stay, address=address, postcode=address.postcode, host_la=right)
    return replace(child, placements=(*child.placements[:-1], replace(last, stay=stay)))


def to_be_adopted(child: Child) -> bool:
    """Whether the child is placed for adoption now."""
    now = open_placement(child)
    return now is not None and now.stay.place_code in ADOPTIVE


def adopted(child: Child, hand: Hand) -> Child | None:
    """The adoption order is made (E11): care ends."""
    last = open_placement(child)
    if last is None or last.episodes[-1].start >= hand.day:
        return None
    ended = histories.ended(last, hand.day, "E11")
    return replace(child, placements=(*child.placements[:-1], ended))


def after_adoption(child: Child, hand: Hand) -> Child:
    """A new record under a new reference and surname, in care again elsewhere.

    In truth too it is another person: nothing may lead from one to the other.
    """
    slot = place_somewhere(hand.chance, hand.places, child.authority, Where.OTHER_FORCE)
    made = hand.intake.child(slot, hand.night, newly=True)
    was = child.person
    name = replace(was.name, surname=surname(hand.chance, was.origin))
    who = replace(
        made.person, name=name, dob=was.dob, sex=was.sex, origin=was.origin,
        ethnicity=was.ethnicity, known_as=None, former_surname=None, uasc=False,
    )  # fmt: skip
    return replace(made, person=who, risks=(), missing=(), home_office=None)
