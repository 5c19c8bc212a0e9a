"""Whose row is it? What a host LA holds, held against children as placed.

A row that fits one child is that child's. One that fits several, or fits one only in
part, is ambiguous and nothing is guessed from it. One that may be a shielded child's is
set aside: nothing is said of it, and whoever else it may be is not missed.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from notifications.facts import State
from records.names import plain_name

SLACK = dt.timedelta(days=7)
"""How far apart the dates of two accounts of one stay may lie without a day shared."""


class Voice(StrEnum):
    """Who, beside the placing authority, says where a child is."""

    HOME = "home"
    """A children's home, by its notice to the host LA (regulation 41)."""
    REGISTER = "register"
    """The host LA's own register."""
    POLICE = "police"


@dataclass(frozen=True, slots=True)
class Placed:
    """A placement as its authority says it is."""

    placement_ref: str
    start: dt.date
    end: dt.date | None
    postcode: str | None
    """Canonical; ``None`` where the placement can't be located."""
    host_la: str | None
    place_code: str | None = None
    in_scope: bool = True
    told_on: dt.date | None = None
    """When the host LA was told; ``None``: it holds no notice of it."""
    police: State | None = None
    """What tonight's police extract says of it."""

    def stands(self, on: dt.date) -> bool:
        return self.end is None or self.end > on


@dataclass(frozen=True, slots=True)
class PlacedChild:
    """A child of a placing authority, with every placement that was not withdrawn."""

    authority: str
    child_ref: str
    dob: dt.date | None
    forenames: frozenset[str]
    """Plain tokens of every forename it goes by."""
    surnames: frozenset[str]
    placements: tuple[Placed, ...]
    shielded: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.authority, self.child_ref


@dataclass(frozen=True, slots=True)
class Said:
    """A row of a host LA: a home's notice, or an entry of its register."""

    voice: Voice
    host_la: str
    ref: str
    placing_la: str | None
    """The code; ``None`` when what was written names no authority."""
    dob: dt.date | None
    forenames: frozenset[str]
    surnames: frozenset[str]
    postcode: str | None
    start: dt.date | None
    end: dt.date | None
    placing_child_ref: str | None = None
    absent: bool = False
    """Not in tonight's file: it stands some nights more, and accuses nobody."""

    def stands(self, on: dt.date) -> bool:
        return self.end is None or self.end > on


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose a row is."""

    said: Said
    fitting: "_Fitting"
    """None: no such placement. One: it is that. More: nobody can say."""
    sure: bool = True
    """``False``: it fits in part only."""
    aside: bool = False
    """Whether it may be a shielded child's: nothing may be said of it."""


_Agrees = Callable[[PlacedChild, Placed, Said], bool]
_Fitting = tuple[tuple[PlacedChild, Placed], ...]


def tokens(*names: str | None) -> frozenset[str]:
    """The plain tokens of some names together."""
    plain = (plain_name(name) for name in names)
    return frozenset(token for name in plain if name for token in name.split())


def attributed(
    said: Iterable[Said], children: Iterable[PlacedChild]
) -> tuple[Attribution, ...]:
    """Whose each row is that names a placing authority."""
    known = tuple(children)
    shields = _Shields(child for child in known if child.shielded)
    by_la: dict[str, list[PlacedChild]] = defaultdict(list)
    born: dict[dt.date | None, list[PlacedChild]] = defaultdict(list)
    for child in known:
        if not child.shielded:
            by_la[child.authority].append(child)
            born[child.dob].append(child)
    found: list[Attribution] = []
    left: list[tuple[Said, str]] = []
    taken: set[tuple[Voice, str, tuple[str, str]]] = set()
    for one in said:
        if one.placing_la is None:
            continue
        sure = _fits(one, by_la[one.placing_la], _surely)
        if sure and not shields.cover(one):
            found.append(Attribution(one, sure))
            taken |= {(one.voice, one.host_la, child.key) for child, _ in sure}
        else:
            left.append((one, one.placing_la))
    for one, placing in left:
        free = [
            child
            for child in by_la[placing]
            if (one.voice, one.host_la, child.key) not in taken
        ]
        part = _in_part(one, free, shields)
        if not part.fitting and not part.aside:  # another authority's, by mistake?
            elsewhere = _fits(one, born[one.dob], _surely)
            part = Attribution(one, elsewhere, sure=False)
        found.append(part)
    return tuple(found)


def _in_part(
    said: Said, free: Sequence[PlacedChild], shields: "_Shields"
) -> Attribution:
    """Whose a row may be that is surely nobody's; a child has one sure row only."""
    perhaps = _fits(said, free, _perhaps)
    if shields.cover(said) or shields.may_cover(said):
        return Attribution(said, perhaps, sure=False, aside=True)
    likely = _fits(said, free, _likely)
    return (
        Attribution(said, likely) if likely else Attribution(said, perhaps, sure=False)
    )


# --- how far a row and a child agree -----------------------------------------------


def same_names(one: PlacedChild, said: Said) -> bool:
    """Whether forename and surname agree, in either order; an absent one agrees."""
    return (
        _agree(one.forenames, said.forenames) and _agree(one.surnames, said.surnames)
    ) or (bool(one.forenames & said.surnames) and bool(one.surnames & said.forenames))


def _agree(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    return not ours or not theirs or bool(ours & theirs)


def _surely(child: PlacedChild, _placed: Placed, said: Said) -> bool:
    alike = same_names(child, said) and _shared(child, said)
    if said.placing_child_ref == child.child_ref:
        return alike or _born_alike(child, said)
    return alike and _born_alike(child, said)


def _likely(child: PlacedChild, placed: Placed, said: Said) -> bool:
    """One name agrees, and so do the date of birth and the postcode."""
    return (
        _born_alike(child, said)
        and placed.postcode is not None
        and placed.postcode == said.postcode
        and _shared(child, said)
    )


def _perhaps(child: PlacedChild, _placed: Placed, said: Said) -> bool:
    both = child.forenames & said.forenames and child.surnames & said.surnames
    return _born_alike(child, said) or bool(both)


def _born_alike(child: PlacedChild, said: Said) -> bool:
    return child.dob is not None and child.dob == said.dob


def _shared(child: PlacedChild, said: Said) -> bool:
    return not (child.forenames | child.surnames).isdisjoint(
        said.forenames | said.surnames
    )


def _fits(said: Said, children: Iterable[PlacedChild], agrees: _Agrees) -> _Fitting:
    """Each child that agrees, with the placement that the row is about."""
    fitting = []
    for child in children:
        if not (_born_alike(child, said) or _shared(child, said)):
            continue
        there = [
            placed
            for placed in child.placements
            if _same_stay(placed, said) and agrees(child, placed, said)
        ]
        if there:
            fitting.append((child, max(there, key=lambda one: _nearness(one, said))))
    named = [pair for pair in fitting if pair[0].child_ref == said.placing_child_ref]
    return tuple(named or fitting)


def _same_stay(placed: Placed, said: Said) -> bool:
    """Whether both may be about one stay: the same host, and dates that meet."""
    if placed.host_la is not None and placed.host_la != said.host_la:
        return False
    begins = said.start is None or placed.end is None or said.start - SLACK < placed.end
    ends = said.end is None or placed.start - SLACK < said.end
    return begins and ends


def _nearness(placed: Placed, said: Said) -> tuple[bool, bool, int, str]:
    apart = abs((placed.start - said.start).days) if said.start else 0
    same_end = (placed.end is None) == (said.end is None)
    same_place = placed.postcode is not None and placed.postcode == said.postcode
    return same_place, same_end, -apart, placed.placement_ref


class _Shields:
    """What is known of the shielded, to keep rows away that may be theirs."""

    def __init__(self, shielded: Iterable[PlacedChild]) -> None:
        everyone: Sequence[PlacedChild] = tuple(shielded)
        self._refs = {child.key for child in everyone}
        self._born = {(child.authority, child.dob) for child in everyone if child.dob}
        self._places = {
            placed.postcode
            for child in everyone
            for placed in child.placements
            if placed.postcode is not None
        }
        self._named: dict[str, list[PlacedChild]] = defaultdict(list)
        for child in everyone:
            for token in child.surnames | child.forenames:
                self._named[token].append(child)

    def cover(self, said: Said) -> bool:
        """Whether the row is in all likelihood a shielded child's."""
        placing = said.placing_la or ""
        if (placing, said.placing_child_ref) in self._refs:
            return True
        alike = {
            child.key: child
            for token in said.surnames | said.forenames
            for child in self._named[token]
        }
        return any(
            same_names(child, said)
            and (child.authority == placing or child.dob == said.dob)
            for child in alike.values()
        )

    def may_cover(self, said: Said) -> bool:
        """Whether it may be one's, if it is nobody else's."""
        born = (said.placing_la or "", said.dob) in self._born
        return born or (said.postcode is not None and said.postcode in self._places)
