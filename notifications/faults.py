"""Dates of placements that contradict each other, or the calendar: read so that no
child is lost from view, and put to the placing authority to mend.

Feeds of episodes are read by ``connectors.episodes`` first, in the same spirit. What it
settled it says in ``Placement.contradiction``; what is left is settled here.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from notifications.facts import ChildCase, Placement, PlacementStatus
from notifications.rule_entry import RuleEntry, version_of
from notifications.wording import in_words

FAR_AHEAD = dt.timedelta(days=90)
"""A placement that is to start later than this was likely mistyped."""

SEVEN_DAYS_OR_LESS = "T4"
A_WEEK = dt.timedelta(days=7)

_DOUBT = "The region's design, law 2: doubt never reassures"
_REGULATION_13 = (
    "Care Planning, Placement and Case Review (England) Regulations 2010, regulation "
    "13: notice is due before a planned placement"
)


def _rule(name: str, words: str, source: str = _DOUBT) -> RuleEntry:
    rule = f"data.{name}"
    return RuleEntry(rule, version_of(rule), "bad input", words, source)


ENDS_BEFORE_START = _rule(
    "ends-before-start",
    "an end that lies before the start ends nothing: the placement stands where none "
    "began after it and no reason says that care ended",
)
OVERLAP = _rule(
    "overlap",
    "a placement that began before the one before it ended is told of as it stands, "
    "and the dates are to be corrected",
)
TWO_OPEN = _rule(
    "two-open",
    "of two open placements each is told of, since either may be where the child is, "
    "and one is to be ended; in a feed of episodes the earlier is taken to have ended "
    "when the later began, and is to be ended all the same",
)
STARTS_AHEAD = _rule(
    "starts-ahead",
    "a placement that is yet to start is told of at once, with its start",
    _REGULATION_13,
)
STARTS_FAR_AHEAD = _rule(
    "starts-far-ahead",
    "one that is to start more than 90 days from now is told of all the same, and its "
    "start is to be checked",
)
TEMPORARY_ALONE = _rule(
    "temporary-alone",
    "a temporary placement that interrupts none that stands leaves nobody told where "
    "the child is: the placement that it interrupts, or its true type, is to be "
    "supplied",
)
TEMPORARY_FOR_LONG = _rule(
    "temporary-for-long",
    "a temporary placement of seven days or less (T4) that lasts longer is queried: "
    "nobody is told of it while it counts as temporary",
    "SSDA903 guide: T4, temporary accommodation of seven days or less",
)
UNKNOWN_SUBJECT = _rule(
    "unknown-subject",
    "an event of the portal about a notification that this region never sent is kept, "
    "counted and named to the operator by whoever collects it, and changes nothing "
    "about anybody",
    "The region's design, law 4: only the recipient's own word about a notice counts",
)
FEED_CHANGED = _rule(
    "feed-changed",
    "when an authority's feed changes its kind, or from whole extracts to changes, "
    "placements keep their names, and nobody is told anew or told of an end",
    "The region's design, law 1: nobody is told twice, and absence is no evidence",
)

DATA_RULES: Mapping[str, RuleEntry] = {
    one.id: one
    for one in (
        ENDS_BEFORE_START, OVERLAP, TWO_OPEN, STARTS_AHEAD, STARTS_FAR_AHEAD,
        TEMPORARY_ALONE, TEMPORARY_FOR_LONG, UNKNOWN_SUBJECT, FEED_CHANGED,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """A contradiction in the record, and what mends it."""

    rule: RuleEntry
    asked: str


def stands(placement: Placement, case: ChildCase) -> bool:
    """Whether a placement is current, though its end may lie before its start."""
    if placement.status is not PlacementStatus.ENDED:
        return placement.status is PlacementStatus.CURRENT
    if not ends_before_start(placement) or left_care(placement):
        return False
    return not any(
        other.start >= placement.start
        and other.status is not PlacementStatus.WITHDRAWN
        and other.placement_ref != placement.placement_ref
        and not other.temporary
        for other in case.placements
    )


def ends_before_start(placement: Placement) -> bool:
    """Whether its end can't be its end."""
    return placement.end is not None and placement.end < placement.start


def left_care(placement: Placement) -> bool:
    """Whether its last episode says that the child is no longer looked after."""
    return (placement.end_reason or "").strip().upper().startswith("E")


def faults(
    placement: Placement, case: ChildCase, on: dt.date, seen: Collection[str] = ()
) -> Iterator[Fault]:
    """What is wrong with a current placement's dates.

    ``seen`` are the references of placements whose faults were found already: what is
    wrong between two of them is said once.
    """
    if ends_before_start(placement) or placement.contradiction == "ends_before_start":
        yield Fault(
            ENDS_BEFORE_START,
            "The placement ends before it starts. Correct its start or its end.",
        )
    if placement.start > on + FAR_AHEAD:
        yield Fault(
            STARTS_FAR_AHEAD,
            f"The placement is to start on {in_words(placement.start)}. Correct the "
            "date if that is not so.",
        )
    if placement.temporary:
        return
    before = _before(placement, case)
    for other in sorted(
        case.placements, key=lambda one: (one.start, one.placement_ref)
    ):
        if other.placement_ref == placement.placement_ref or other.temporary:
            continue
        if _both_open(placement, other, case, on) or (
            other is before and _left_open(other, case)
        ):
            if other.placement_ref not in seen:
                first, last = sorted((placement.start, other.start))
                yield Fault(
                    TWO_OPEN,
                    f"Two placements are open at once, since {in_words(first)} and "
                    f"since {in_words(last)}. End the one that is over.",
                )
        elif _overlaps(placement, other, case):
            yield Fault(
                OVERLAP,
                f"The placement starts on {in_words(placement.start)}, before the one "
                f"of {in_words(other.start)} has ended. Correct the dates.",
            )


def temporary_faults(
    placement: Placement, case: ChildCase, on: dt.date
) -> Iterator[Fault]:
    """Why a temporary placement, of which nobody is told, may hide where a child is."""
    standing = any(
        stands(other, case)
        for other in case.placements
        if not other.temporary and other.placement_ref != placement.placement_ref
    )
    if not standing:
        yield Fault(
            TEMPORARY_ALONE,
            "The placement is given as temporary, and no other one stands that it "
            "interrupts. Supply that placement, or correct the type of this one.",
        )
    code = (placement.place_code or "").strip().upper()
    if code == SEVEN_DAYS_OR_LESS and on > placement.start + A_WEEK:
        yield Fault(
            TEMPORARY_FOR_LONG,
            "The placement is given as one of seven days or less (T4), and has lasted "
            f"since {in_words(placement.start)}. End it, or correct its type.",
        )


def _both_open(
    placement: Placement, other: Placement, case: ChildCase, on: dt.date
) -> bool:
    """Both have begun: one that is yet to start is planned, not a second one."""
    return stands(other, case) and max(placement.start, other.start) <= on


def _before(placement: Placement, case: ChildCase) -> Placement | None:
    """The placement before a current one: older ones are history, not in doubt."""
    earlier = [
        one
        for one in case.placements
        if one.start < placement.start
        and not one.temporary
        and one.status is not PlacementStatus.WITHDRAWN
    ]
    return max(earlier, key=lambda one: (one.start, one.placement_ref), default=None)


def _left_open(other: Placement, case: ChildCase) -> bool:
    """The feed gave it no end, and so it was taken to have ended with the next."""
    return other.contradiction == "two_open" and not stands(other, case)


def _overlaps(placement: Placement, other: Placement, case: ChildCase) -> bool:
    return (
        other.status is PlacementStatus.ENDED
        and not stands(other, case)
        and other.end is not None
        and other.start <= placement.start < other.end
    )
