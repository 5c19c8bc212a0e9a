"""A child who is back at the same address within a day has not moved.

A source may write such a stay as two placements, with another one in between or none.
What was told of the first then goes on to count for the second: nobody hears of an end,
of a new placement or of a change. It follows from the placements and from what stands
alone, so that every night finds it again.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from notifications.facts import (
    ChildCase,
    ChildMemory,
    Placement,
    PlacementMemory,
    PlacementStatus,
    Standing,
)
from notifications.faults import ends_before_start, left_care
from notifications.identity import facts_hash, settled
from notifications.rulebook import Rulebook
from notifications.whereabouts import FOUND, locate


def carried(case: ChildCase, rulebook: Rulebook) -> ChildCase:
    """The case with its memory about the placements that continue those told of.

    A standing notice whose facts are those of the continued stay counts as told of
    these facts; one that told others is left different, and so is put right.
    """
    heirs = _heirs(case, rulebook)
    if not heirs:
        return case
    placements = {one.placement_ref: one for one in case.placements}
    return replace(
        case,
        memory=replace(
            case.memory,
            standing=_standing(case, heirs, rulebook),
            placements=_memories(case.memory, heirs, placements, (case, rulebook)),
        ),
    )


def waits(placement: Placement, rulebook: Rulebook, on: dt.date) -> bool:
    """Whether a placement ended so lately that the child may yet be back."""
    days = rulebook.policy.squash_days
    if not days or placement.end is None or left_care(placement):
        return False
    return placement.end <= on <= placement.end + dt.timedelta(days=days)


def _heirs(case: ChildCase, rulebook: Rulebook) -> dict[str, Placement]:
    """By placement_ref of an ended one: the latest placement that continues it."""
    ordered = sorted(
        (one for one in case.placements if _may_count(one)),
        key=lambda one: (one.start, one.placement_ref),
    )
    following: dict[str, Placement] = {}
    for place, first in enumerate(ordered):
        for second in ordered[place + 1 :]:
            if _continues(first, second, case, rulebook):
                following[first.placement_ref] = second
                break
    return {ref: _last(ref, following) for ref in following}


def _last(ref: str, following: Mapping[str, Placement]) -> Placement:
    last = following[ref]
    while last.placement_ref in following:
        last = following[last.placement_ref]
    return last


def _may_count(placement: Placement) -> bool:
    return placement.status is not PlacementStatus.WITHDRAWN and not placement.temporary


def _continues(
    first: Placement, second: Placement, case: ChildCase, rulebook: Rulebook
) -> bool:
    if first.end is None or first.status is not PlacementStatus.ENDED:
        return False
    if ends_before_start(first) or left_care(first):
        return False
    gap = (second.start - first.end).days
    if not 0 <= gap <= rulebook.policy.squash_days:
        return False
    here, there = (locate(case, one, rulebook) for one in (first, second))
    return (
        here.outcome == there.outcome == FOUND
        and here.postcode == there.postcode
        and settled(first.address) == settled(second.address)
    )


def _standing(
    case: ChildCase, heirs: Mapping[str, Placement], rulebook: Rulebook
) -> tuple[Standing, ...]:
    held = {(one.recipient, one.placement_ref) for one in case.memory.standing}
    return tuple(
        _counted(one, heir, case, rulebook)
        if (heir := heirs.get(one.placement_ref))
        and (one.recipient, heir.placement_ref) not in held
        and not _told_of_another_on_the_way(one, heirs, case.memory.standing)
        else one
        for one in case.memory.standing
    )


def _told_of_another_on_the_way(
    one: Standing, heirs: Mapping[str, Placement], standing: Iterable[Standing]
) -> bool:
    """Whether the recipient was told of a later part of the same stay."""
    heir = heirs[one.placement_ref]
    return any(
        other.recipient == one.recipient
        and other.placement_ref != one.placement_ref
        and heirs.get(other.placement_ref) == heir
        and (other.created_on, str(other.notification_id))
        > (one.created_on, str(one.notification_id))
        for other in standing
    )


def _counted(
    one: Standing, heir: Placement, case: ChildCase, rulebook: Rulebook
) -> Standing:
    moved = replace(one, placement_ref=heir.placement_ref)
    if one.facts_hash != _as_told(one.placement_ref, heir, case, rulebook):
        return moved
    postcode = locate(case, heir, rulebook).postcode
    return replace(moved, facts_hash=facts_hash(case.child, heir, postcode))


def _as_told(ref: str, heir: Placement, case: ChildCase, rulebook: Rulebook) -> str:
    """The hash of tonight's facts, had the stay been told of from its first start."""
    (start,) = (one.start for one in case.placements if one.placement_ref == ref)
    postcode = locate(case, heir, rulebook).postcode
    return facts_hash(case.child, replace(heir, start=start), postcode)


def _memories(
    memory: ChildMemory,
    heirs: Mapping[str, Placement],
    placements: Mapping[str, Placement],
    of: tuple[ChildCase, Rulebook],
) -> Mapping[str, PlacementMemory]:
    """What was decided of a first part goes on for the last one."""
    found = dict(memory.placements)
    for ref in sorted(heirs, key=lambda ref: (placements[ref].start, ref)):
        before, heir = found.get(ref), heirs[ref]
        if before is None:
            continue
        before = _as_of_heir(before, heir, of)
        own = found.get(heir.placement_ref)
        found[heir.placement_ref] = before if own is None else _joined(before, own)
    return found


def _joined(before: PlacementMemory, own: PlacementMemory) -> PlacementMemory:
    """The last good word of either part; a run of doubt that both are in began with
    the first."""
    joined = own
    if own.possible_since and before.possible_since:
        since = min(own.possible_since, before.possible_since)
        joined = replace(joined, possible_since=since)
    if own.last_good_on is None:
        joined = replace(
            joined,
            last_good_state=before.last_good_state,
            last_good_on=before.last_good_on,
            last_good_facts_hash=before.last_good_facts_hash,
        )
    return joined


def _as_of_heir(
    before: PlacementMemory, heir: Placement, of: tuple[ChildCase, Rulebook]
) -> PlacementMemory:
    case, rulebook = of
    hash_ = before.last_good_facts_hash
    if hash_ == _as_told(before.placement_ref, heir, case, rulebook):
        postcode = locate(case, heir, rulebook).postcode
        hash_ = facts_hash(case.child, heir, postcode)
    return replace(before, placement_ref=heir.placement_ref, last_good_facts_hash=hash_)
