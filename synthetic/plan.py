"""Every child's part is set before the child is made, so that every case occurs."""

from dataclasses import dataclass, replace
from enum import StrEnum

from synthetic.chance import Chance, Weighted, quotas
from synthetic.places import Lost, Places
from synthetic.spec import RegionSpec


class Where(StrEnum):
    IN_AREA = "in_area"
    SAME_FORCE = "same_force"
    OTHER_FORCE = "other_force"
    ENGLAND = "england"
    WALES = "wales"
    LOST = "lost"


class Part(StrEnum):
    PLAIN = "plain"
    CANARY = "canary"
    PROTECTED = "protected"
    ADOPTIVE = "adoptive"
    TEMPORARY = "temporary"
    SHORT_BREAK = "short_break"
    THIN = "thin"
    BIRTHDAY = "birthday"
    """Turns 18 on one of the first nights after the first."""
    UASC = "uasc"


class Knowledge(StrEnum):
    """What the host force is made to know of a child placed in its area."""

    AT_PLACEMENT = "at_placement"
    AT_ADDRESS = "at_address"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    POSSIBLE = "possible"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Slot:
    la: str
    where: Where
    host: str | None
    """The LA of the placement; ``None`` where it is lost."""
    lost: Lost | None = None
    part: Part = Part.PLAIN
    knowledge: Knowledge | None = None
    """``None`` where no force of the region is the host, or the child is in area."""
    turn: int = 0
    """Counts the slots of one part, from nought: spreads their variants."""


IN_REGION = frozenset({Where.SAME_FORCE, Where.OTHER_FORCE})

_WHERE = {
    Where.IN_AREA: 0.53, Where.SAME_FORCE: 0.14, Where.OTHER_FORCE: 0.23,
    Where.ENGLAND: 0.04, Where.WALES: 0.02, Where.LOST: 0.04,
}  # fmt: skip
"""About 45 % of looked-after children are placed outside their authority."""

_KNOWLEDGE = {
    Knowledge.AT_PLACEMENT: 0.22, Knowledge.AT_ADDRESS: 0.12,
    Knowledge.ELSEWHERE: 0.27, Knowledge.UNKNOWN: 0.29, Knowledge.POSSIBLE: 0.05,
    Knowledge.RESTRICTED: 0.05,
}  # fmt: skip

_LOST = (
    Lost.MISSING, Lost.INVALID, Lost.SCOTLAND, Lost.MISSING, Lost.CROWN_DEPENDENCY,
    Lost.UNKNOWN, Lost.MISSING, Lost.NO_FIXED_ABODE, Lost.NORTHERN_IRELAND,
)  # fmt: skip

_SHARE_UNACCOMPANIED = 0.06


def plan(spec: RegionSpec, places: Places) -> tuple[Slot, ...]:
    """A slot for each looked-after child of the first night."""
    chance = Chance(spec.seed, "plan")
    per_la = quotas(spec.children, {la: places.size(la) for la in places.las})
    las = chance.shuffled(la for la, n in per_la.items() for _ in range(n))
    deck = chance.shuffled(
        where for where, n in quotas(spec.children, _WHERE).items() for _ in range(n)
    )
    slots = [
        place_somewhere(chance, places, la, where)
        for la, where in zip(las, deck, strict=True)
    ]
    lost = 0
    for number, slot in enumerate(slots):
        if slot.where is Where.LOST:
            slots[number] = replace(slot, lost=_LOST[lost % len(_LOST)])
            lost += 1
    _deal_parts(chance, spec, slots)
    _deal_knowledge(chance, slots)
    return tuple(slots)


def place_somewhere(chance: Chance, places: Places, la: str, where: Where) -> Slot:
    """A slot whose host suits ``where``; the nearest thing when the region has none."""
    if where is Where.LOST:
        return Slot(la, where, None)
    if where is Where.IN_AREA:
        return Slot(la, where, la)
    if where is Where.ENGLAND:
        return Slot(la, where, chance.pick(places.english_outside(la)))
    if where is Where.WALES:
        return Slot(la, where, chance.pick(places.welsh(la)))
    own, others = places.force_of[la], places.neighbours(la)
    same = [each for each in others if places.force_of[each] == own]
    other = [each for each in others if places.force_of[each] != own]
    hosts = (same or other) if where is Where.SAME_FORCE else (other or same)
    host = Weighted((each, places.size(each)) for each in hosts).pick(chance)
    fitting = Where.SAME_FORCE if host in same else Where.OTHER_FORCE
    return Slot(la, fitting, host)


def _deal_parts(chance: Chance, spec: RegionSpec, slots: list[Slot]) -> None:
    some = max(1, round(0.015 * spec.children))
    parts = {
        Part.CANARY: 1,
        Part.PROTECTED: some,
        Part.ADOPTIVE: some,
        Part.TEMPORARY: some,
        Part.SHORT_BREAK: some,
        Part.THIN: max(1, some // 3),
        Part.BIRTHDAY: min(7, max(1, spec.children // 50)),
        Part.UASC: round(_SHARE_UNACCOMPANIED * spec.children),
    }
    order = chance.shuffled(range(len(slots)))
    for part, how_many in parts.items():
        fitting = [number for number in order if _suits(spec, slots[number], part)]
        if part is Part.CANARY:
            fitting.sort(key=lambda number: slots[number].where is Where.SAME_FORCE)
        for turn, number in enumerate(fitting[:how_many]):
            slots[number] = replace(slots[number], part=part, turn=turn)


def _suits(spec: RegionSpec, slot: Slot, part: Part) -> bool:
    """Whether a slot that has no part yet can be given one.

    The payload of ``csc-api-json`` has no legal status, so that nobody could see a
    short break in it.
    """
    if slot.part is not Part.PLAIN:
        return False
    if part is Part.UASC:
        return True
    if part is Part.SHORT_BREAK and spec.authority(slot.la).format == "csc-api-json":
        return False
    return slot.where in IN_REGION


def _deal_knowledge(chance: Chance, slots: list[Slot]) -> None:
    """Shares out what host forces know; each kind at least once where there is room."""
    open_to_all: list[int] = []
    shielded: list[int] = []
    for number, slot in enumerate(slots):
        if slot.where in IN_REGION:
            free = slot.part in {Part.PLAIN, Part.UASC, Part.BIRTHDAY}
            (open_to_all if free else shielded).append(number)
    deck = [
        kind
        for kind, n in quotas(len(open_to_all), _KNOWLEDGE).items()
        for _ in range(n)
    ]
    for kind in _KNOWLEDGE:
        if kind not in deck and len(deck) > len(_KNOWLEDGE):
            deck[deck.index(max(deck, key=deck.count))] = kind
    for number, kind in zip(open_to_all, chance.shuffled(deck), strict=True):
        slots[number] = replace(slots[number], knowledge=kind)
    for number in shielded:
        slots[number] = replace(
            slots[number], knowledge=_shielded(chance, slots[number])
        )


def _shielded(chance: Chance, slot: Slot) -> Knowledge:
    if slot.part in {Part.CANARY, Part.THIN}:
        return Knowledge.UNKNOWN
    return chance.pick((Knowledge.AT_PLACEMENT, Knowledge.ELSEWHERE, Knowledge.UNKNOWN))
