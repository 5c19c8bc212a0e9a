"""Where a placement lies, and whether anything about the child is still current."""

import datetime as dt
from dataclasses import dataclass

from notifications.facts import ChildCase, Placement, PlacementStatus
from notifications.faults import stands
from notifications.rulebook import Rulebook
from notifications.wording import Cause
from records.dates import age_on, plausible_birth_date

FOUND = "found"
"""Geography's outcome for a postcode that has an authority and a force."""

ADOPTED = frozenset({"E11", "E12"})
ADULT_AGE = 18


@dataclass(frozen=True, slots=True)
class Host:
    """Whose area a placement lies in. Both codes, or neither."""

    la: str | None = None
    force: str | None = None
    postcode: str | None = None
    """Canonical where it has a postcode's form, else as supplied."""
    outcome: str = "missing"
    """Geography's: why there are no codes."""
    in_area: bool = False
    """Whether it is the placing authority's own area."""
    at_distance: bool | None = None
    cross_force: bool | None = None


def locate(case: ChildCase, placement: Placement, rulebook: Rulebook) -> Host:
    """Where the placement lies; without codes when no authority can be told."""
    found = rulebook.geography.place(placement.postcode)
    postcode = found.postcode or placement.postcode
    outcome = str(found.outcome)
    if outcome != FOUND:
        return Host(postcode=postcode, outcome=outcome)
    if found.la is None or found.force is None:
        return Host(postcode=postcode, outcome="unknown")
    placing = case.child.authority
    return Host(
        la=found.la,
        force=found.force,
        postcode=postcode,
        outcome=outcome,
        in_area=found.la == placing,
        at_distance=rulebook.geography.at_distance(placing, found.la),
        cross_force=found.force != rulebook.geography.force_of(placing),
    )


def departure(case: ChildCase, on: dt.date) -> Cause | None:
    """Why nothing about the child is current any more; ``None`` while it may be.

    An unknown or implausible date of birth makes nobody an adult. An adoption closes
    all that began before it: the child's later record is another one, which must never
    be linked to this.
    """
    child = case.child
    if child.death_date is not None and child.death_date <= on:
        return Cause.DIED
    dob = plausible_birth_date(child.dob, on=on)
    if dob is not None and age_on(dob, on) >= ADULT_AGE:
        return Cause.ADULT
    adopted_on = max(
        (
            placement.end or placement.start
            for placement in case.placements
            if placement.status is PlacementStatus.ENDED
            and (placement.end_reason or "").strip().upper() in ADOPTED
        ),
        default=None,
    )
    if adopted_on and all(one.start < adopted_on for one in _standing_now(case)):
        return Cause.NOT_LOOKED_AFTER
    return None


def _standing_now(case: ChildCase) -> list[Placement]:
    return [one for one in case.placements if stands(one, case)]


def current_placements(case: ChildCase, on: dt.date) -> tuple[Placement, ...]:
    """The current placements of a living child under 18, oldest first.

    None after the child left: what then stands open in the data is not current.
    """
    if departure(case, on) is not None:
        return ()
    return tuple(
        sorted(_standing_now(case), key=lambda one: (one.start, one.placement_ref))
    )
