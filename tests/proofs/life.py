"""What can happen to a child, a record, a portal between two nights.

Each happening takes two numbers that choose whom and what, so that Hypothesis and a
seeded year draw from the same life. It answers what happened in words, or nothing when
there was nobody that it could happen to.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from little_facts import ChildFacts, Stay
from little_places import LOCAL_AUTHORITIES, NOWHERE, POSTCODES
from little_region import LittleRegion

Happening = Callable[[LittleRegion, int, int], str]

_POSTCODES = sorted(POSTCODES)
DAY = dt.timedelta(days=1)
PLANNED = (None, True, False)
_ODDS = (0.99, 0.7, 0.2)
_SURNAMES = ("Ash", "Birch", "Cedar", "Elm", "Hazel", "Maple", "Oak", "Rowan")


def _somebody(region: LittleRegion, a: int) -> ChildFacts | None:
    found = [region.children[key] for key in sorted(region.children)]
    return found[a % len(found)] if found else None


def living(region: LittleRegion, a: int) -> tuple[ChildFacts, Stay] | None:
    """A child and where it lives."""
    found = [
        (one, stay)
        for _, one in sorted(region.children.items())
        for stay in one.stays
        if stay.is_open(region.today)
    ]
    return found[a % len(found)] if found else None


def _elsewhere(la: str, b: int) -> str:
    away = [one for one in _POSTCODES if POSTCODES[one] != la]
    return away[b % len(away)]


def arrive(region: LittleRegion, a: int, b: int) -> str:
    la = LOCAL_AUTHORITIES[a % len(LOCAL_AUTHORITIES)]
    number = region.number()
    stay = Stay(
        ref=str(region.number()),
        start=region.today - DAY * (b % 5),
        postcode=_elsewhere(la, b),
        planned=PLANNED[a % 3],
    )
    child = ChildFacts(
        la=la,
        ref=f"C{number}",
        forename=f"Robin{number}",
        surname=_SURNAMES[b % len(_SURNAMES)],
        dob=dt.date(2014, 5, 6) + DAY * (a % 300),
        stays=(stay,),
        at_risk=a % 7 == 0,
    )
    region.put(child)
    return f"{la}/{child.ref} is placed at {stay.postcode}"


def move(region: LittleRegion, a: int, b: int) -> str:
    found = living(region, a)
    if found is None:
        return ""
    child, stay = found
    postcode = _POSTCODES[b % len(_POSTCODES)]
    ended = replace(stay, end=max(region.today, stay.start), end_reason="X1")
    began = Stay(
        str(region.number()), region.today, postcode,
        start_reason="P", planned=PLANNED[a % 3],
    )  # fmt: skip
    region.put(child.with_stay(ended).with_stay(began))
    return f"{child.la}/{child.ref} moves from {stay.postcode} to {postcode}"


def away_for_a_day(region: LittleRegion, a: int, b: int) -> str:
    """The child left and is back where it was."""
    found = living(region, a)
    if found is None or found[1].start >= region.today:
        return ""
    child, stay = found
    left = region.today - DAY * (b % 2)
    if left < stay.start:
        return ""
    ended = replace(stay, end=left, end_reason="X1")
    began = replace(
        stay, ref=str(region.number()), start=region.today, start_reason="P"
    )
    region.put(child.with_stay(ended).with_stay(began))
    return f"{child.la}/{child.ref} is back at {stay.postcode} within a day"


def correct_postcode(region: LittleRegion, a: int, b: int) -> str:
    found = living(region, a)
    if found is None:
        return ""
    child, stay = found
    choices = (*_POSTCODES, NOWHERE)
    postcode = choices[b % len(choices)]
    region.put(child.with_stay(replace(stay, postcode=postcode)))
    return f"{child.la}/{child.ref}: postcode {stay.postcode} corrected to {postcode}"


def correct_start(region: LittleRegion, a: int, b: int) -> str:
    found = living(region, a)
    if found is None:
        return ""
    child, stay = found
    start = stay.start - DAY * (1 + b % 20)
    if any(one.start == start for one in child.stays):
        return ""
    region.put(child.with_stay(replace(stay, start=start)))
    return f"{child.la}/{child.ref}: start {stay.start} corrected to {start}"


def correct_name(region: LittleRegion, a: int, b: int) -> str:
    child = _somebody(region, a)
    if child is None:
        return ""
    surname = _SURNAMES[b % len(_SURNAMES)]
    region.put(replace(child, surname=surname))
    return f"{child.la}/{child.ref}: surname {child.surname} corrected to {surname}"


def change_legal_status(region: LittleRegion, a: int, b: int) -> str:
    """A new episode with reason L: nothing to tell. Sometimes short breaks."""
    found = living(region, a)
    if found is None:
        return ""
    child, stay = found
    status = ("C1", "C2", "V2", "V4")[b % 4]
    region.put(child.with_stay(replace(stay, legal_status=status, start_reason="L")))
    return f"{child.la}/{child.ref}: legal status {stay.legal_status} becomes {status}"


def plan_ahead(region: LittleRegion, a: int, b: int) -> str:
    """The start of a placement lies in the future, or the end before the start."""
    found = living(region, a)
    if found is None:
        return ""
    child, stay = found
    if b % 2:
        start = region.today + DAY * (1 + b % 6)
        if any(one.start == start for one in child.stays):
            return ""
        region.put(child.with_stay(replace(stay, start=start)))
        return f"{child.la}/{child.ref}: the placement is to start on {start}"
    end = stay.start - DAY * (1 + b % 30)
    region.put(child.with_stay(replace(stay, end=end, end_reason="X1")))
    return f"{child.la}/{child.ref}: the placement ends on {end}, before its start"


def leave_care(region: LittleRegion, a: int, b: int) -> str:
    found = living(region, a)
    if found is None:
        return ""
    child, stay = found
    reason = ("E4", "E11", "E3")[b % 3]
    ended = replace(stay, end=max(region.today, stay.start), end_reason=reason)
    region.put(child.with_stay(ended))
    return f"{child.la}/{child.ref}: placement at {stay.postcode} ends with {reason}"


def place_twice(region: LittleRegion, a: int, b: int) -> str:
    """A second placement while the first stays open in the data."""
    found = living(region, a)
    if found is None or sum(one.is_open(region.today) for one in found[0].stays) > 1:
        return ""
    child, stay = found
    postcode = _elsewhere(child.la, b)
    if postcode == stay.postcode:
        return ""
    region.put(child.with_stay(Stay(str(region.number()), region.today, postcode)))
    return f"{child.la}/{child.ref} is also placed at {postcode}"


def withdraw(region: LittleRegion, a: int, b: int) -> str:
    """The source takes a child's record back, or one placement's."""
    child = _somebody(region, a)
    if child is None:
        return ""
    gone = region.purged.setdefault(child.la, {})
    if b % 2 or not child.stays:
        gone[child.ref] = frozenset({None})
        del region.children[child.key]
        return f"{child.la} withdraws all of {child.ref}"
    stay = child.stays[b % len(child.stays)]
    gone[child.ref] = gone.get(child.ref, frozenset()) | {stay.ref}
    others = tuple(one for one in child.stays if one.ref != stay.ref)
    region.put(replace(child, stays=others))
    return f"{child.la}/{child.ref}: the placement at {stay.postcode} is withdrawn"


def fall_out(region: LittleRegion, a: int, b: int) -> str:
    """The child's rows are no longer in the extract, and nobody says why."""
    child = _somebody(region, a)
    if child is None:
        return ""
    del region.children[child.key]
    return f"{child.la}/{child.ref} is no longer in the extract"


def protect(region: LittleRegion, a: int, b: int) -> str:
    child = _somebody(region, a)
    if child is None:
        return ""
    region.put(replace(child, protected=not child.protected))
    word = "no longer protected" if child.protected else "protected"
    return f"{child.la}/{child.ref} is {word}"


def place_with_adopters(region: LittleRegion, a: int, b: int) -> str:
    found = living(region, a)
    if found is None:
        return ""
    child, stay = found
    code = "U4" if stay.place_code == "A5" else "A5"
    region.put(child.with_stay(replace(stay, place_code=code)))
    return f"{child.la}/{child.ref}: place code {stay.place_code} becomes {code}"


def come_of_age(region: LittleRegion, a: int, b: int) -> str:
    """The date of birth turns out to be 18 years ago, tomorrow or soon."""
    child = _somebody(region, a)
    if child is None:
        return ""
    soon = region.today + DAY * (b % 3)
    if (soon.month, soon.day) == (2, 29):
        return ""
    region.put(replace(child, dob=soon.replace(year=soon.year - 18)))
    return f"{child.la}/{child.ref} turns 18 on {soon}"


def become_at_risk(region: LittleRegion, a: int, b: int) -> str:
    child = _somebody(region, a)
    if child is None or child.at_risk:
        return ""
    region.put(replace(child, at_risk=True))
    return f"{child.la}/{child.ref} is known as a victim of exploitation"


CHILDREN: tuple[Happening, ...] = (
    arrive, move, away_for_a_day, correct_postcode, correct_start, correct_name,
    change_legal_status, plan_ahead, leave_care, place_twice, withdraw, fall_out,
    come_of_age, become_at_risk,
)  # fmt: skip
SHIELDS: tuple[Happening, ...] = (protect, place_with_adopters)
