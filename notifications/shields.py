"""A second record of a shielded child is shielded too, until a person says otherwise.

ContactPoint (2009): an update that no longer matched a shielded child's record made a
second record of it, without a shield. So whoever agrees by name and date of birth, or
by a number of its own, with a child that some authority shields, or shielded when last
heard of, goes the restricted way. The comparison is plain equality, apart from matching
and from its thresholds.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from notifications.facts import Child, ChildCase, Protection
from notifications.whereabouts import ADULT_AGE
from records.dates import age_on, plausible_birth_date
from records.names import plain_name

ChildKey = tuple[str, str]
"""Authority and child_ref."""

Identifier = tuple[str, str]
"""Type and canonical value, such as an NHS number."""

MOST_BEARERS = 3
"""Records of one night: a number that more of them bear is nobody's own."""

_Likeness = tuple[dt.date, frozenset[str]]
"""A date of birth, and a forename with a surname in whichever order."""


@dataclass(frozen=True, slots=True)
class Shield:
    """A child that its authority shields, as its record was when it last did."""

    child: Child
    until: dt.date | None = None
    """The last day of the shield; ``None`` has no end."""
    identifiers: frozenset[Identifier] = frozenset()
    since: dt.date | None = None
    """The night that first remembered it."""

    @property
    def key(self) -> ChildKey:
        return self.child.authority, self.child.child_ref


@dataclass(frozen=True, slots=True)
class ShieldMemory:
    """What a night leaves of shields to the nights after it."""

    shields: tuple[Shield, ...] = ()
    seconds: Mapping[ChildKey, tuple[ChildKey, ...]] = field(default_factory=dict)
    """By child: the shielded children of whom its record may be a second one."""


def holds(protection: Protection, on: dt.date) -> bool:
    """Whether a row of ``protected.csv`` shields on a day."""
    begun = protection.start is None or protection.start <= on
    return begun and (protection.until is None or protection.until >= on)


def remembered(
    before: Iterable[Shield],
    children: Mapping[ChildKey, Child],
    protections: Mapping[ChildKey, Collection[Protection]],
    on: dt.date,
    identifiers: Mapping[ChildKey, Collection[Identifier]] = MappingProxyType({}),
) -> tuple[Shield, ...]:
    """Every shield that second records are held against from tonight on.

    Tonight's, and those of ``before`` whose child has no row any more: it may have lost
    the row or changed its reference, which is just when a second record comes up. A
    shield is forgotten after its last day, on the eighteenth birthday, or when its
    authority says that it is over: by a row that has ended. Without a date of birth it
    is forgotten eighteen years after it was first remembered.
    """
    earlier = {one.key: one for one in before}
    kept = {
        key: one
        for key, one in earlier.items()
        if not protections.get(key)
        and (one.until is None or one.until >= on)
        and not _grown_up(one, on)
    }
    for key, rows in protections.items():
        standing = [row for row in rows if holds(row, on)]
        child = children.get(key)
        if not standing or child is None:
            continue
        ends = [row.until for row in standing]
        last = None if None in ends else max(end for end in ends if end is not None)
        since = (earlier[key].since if key in earlier else None) or on
        kept[key] = Shield(child, last, frozenset(identifiers.get(key, ())), since)
    return tuple(kept[key] for key in sorted(kept))


def _grown_up(shield: Shield, on: dt.date) -> bool:
    """Nobody is a child for longer than eighteen years, whenever they began."""
    begun = plausible_birth_date(shield.child.dob, on=on) or shield.since
    return begun is not None and age_on(begun, on) >= ADULT_AGE


def shielded_twins(
    children: Iterable[Child],
    shields: Collection[Shield],
    on: dt.date,
    before: Mapping[ChildKey, Collection[ChildKey]] = MappingProxyType({}),
    identifiers: Mapping[ChildKey, Collection[Identifier]] = MappingProxyType({}),
) -> dict[ChildKey, tuple[ChildKey, ...]]:
    """By child: the shielded children of any authority whose name and birth date its
    record bears, swapped, former and used names too, or a number of whom. Only for
    children that have one.

    ``before`` is what the last night found: a record that bore them then is the same
    record under whatever name it has by now, for as long as the shield is remembered.
    """
    alike: dict[_Likeness, set[ChildKey]] = defaultdict(set)
    keys = {shield.key for shield in shields}
    for shield in shields:
        for likeness in _likenesses(shield.child, on):
            alike[likeness].add(shield.key)
    numbered: dict[Identifier, set[ChildKey]] = defaultdict(set)
    borne = Counter(one for several in identifiers.values() for one in set(several))
    for shield in shields:
        for one in shield.identifiers:
            if borne[one] <= MOST_BEARERS:
                numbered[one].add(shield.key)
    found: dict[ChildKey, tuple[ChildKey, ...]] = {}
    for child in children:
        key = (child.authority, child.child_ref)
        twins = keys.intersection(before.get(key, ()))
        for likeness in _likenesses(child, on):
            twins |= alike.get(likeness, set())
        for one in identifiers.get(key, ()):
            twins |= numbered.get(one, set())
        if twins - {key}:
            found[key] = tuple(sorted(twins - {key}))
    return found


def _likenesses(child: Child, on: dt.date) -> set[_Likeness]:
    dob = plausible_birth_date(child.dob, on=on)
    if dob is None:
        return set()
    forenames = {plain_name(child.forename), plain_name(child.known_as)}
    surnames = {plain_name(child.surname), plain_name(child.former_surname)}
    return {
        (dob, frozenset((forename, surname)))
        for forename in forenames
        for surname in surnames
        if forename and surname
    }


def unsettled_twin(case: ChildCase) -> bool:
    """Whether the child may be a shielded one under another reference.

    A person settles it: the placing authority by a row of its own about this record in
    ``protected.csv``, whatever its dates, or a reviewer who judged, on this record as
    it is, that the two are different children.
    """
    if case.protections:
        return False
    return any(not _told_apart(case, twin) for twin in case.twins_of_shielded)


def _told_apart(case: ChildCase, twin: ChildKey) -> bool:
    this = (case.child.authority, case.child.child_ref, case.child_hash)
    for one in case.judgements:
        left = (one.left_authority, one.left_ref, one.left_hash)
        right = (one.right_authority, one.right_ref, one.right_hash)
        if one.decision != "different":
            continue
        if (left == this and right[:2] == twin) or (right == this and left[:2] == twin):
            return True
    return False
