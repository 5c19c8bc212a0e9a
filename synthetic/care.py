"""A looked-after child as its local authority knows it, whatever it sends in."""

import datetime as dt
from dataclasses import dataclass

from synthetic.people import Person
from synthetic.places import Address, Lost

TEMPORARY = frozenset({"T0", "T1", "T2", "T3", "T4"})
ADOPTIVE = frozenset({"A3", "A4", "A5", "A6"})
SHORT_BREAKS = frozenset({"V3", "V4"})


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of care under one legal status in one placement (DfE)."""

    start: dt.date
    reason: str
    """RNE: S starts, L legal status only, P, T, B or U a new placement."""
    legal_status: str
    end: dt.date | None = None
    end_reason: str | None = None
    """REC: X1 when another episode follows the same day."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a placement is and who looks after the child there."""

    place_code: str
    provider: str | None
    urn: str | None
    postcode: str | None
    """As the LA writes it, so perhaps missing or wrong."""
    host_la: str | None
    """In truth. ``None`` when nobody in England or Wales can be told."""
    lost: Lost | None = None
    address: Address | None = None
    carer: str | None = None
    carer_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    number: int
    """The LA's own, unique within it."""
    stay: Stay
    episodes: tuple[Episode, ...]
    change_reason: str | None = None
    """REASON_PLACE_CHANGE: why it ceased, where another placement follows."""
    planned: bool | None = None
    expected_end: dt.date | None = None
    resumes: int | None = None
    """The number of the placement that this one goes on with after a temporary one."""

    @property
    def start(self) -> dt.date:
        return self.episodes[0].start

    @property
    def end(self) -> dt.date | None:
        return self.episodes[-1].end

    @property
    def legal_status(self) -> str:
        return self.episodes[-1].legal_status

    @property
    def temporary(self) -> bool:
        return self.stay.place_code in TEMPORARY


@dataclass(frozen=True, slots=True)
class Protection:
    start: dt.date
    until: dt.date | None
    """Its last day, which is protected too."""
    reason: str
    contact: str


@dataclass(frozen=True, slots=True)
class Missing:
    kind: str
    start: dt.date
    end: dt.date | None
    interview_offered: bool | None
    interview_accepted: bool | None


@dataclass(frozen=True, slots=True)
class Worker:
    number: int
    name: str
    phone: str
    email: str
    team: str


@dataclass(frozen=True, slots=True)
class Child:
    authority: str
    child_ref: str
    person: Person
    need: str
    """CIN: the primary need code."""
    placements: tuple[Placement, ...]
    """In order of their start."""
    worker: Worker
    nhs: str | None = None
    upn: str | None = None
    home_office: str | None = None
    protections: tuple[Protection, ...] = ()
    missing: tuple[Missing, ...] = ()
    risks: tuple[str, ...] = ()
    """Indicators of ``records.schemas.RISK_INDICATORS`` that the LA has assessed."""
    thin: bool = False
    """A foundling: neither forename nor surname is known."""

    @property
    def key(self) -> tuple[str, str]:
        return self.authority, self.child_ref

    @property
    def entered_care(self) -> dt.date:
        """The first day of the latest period of care."""
        return max(
            each.start for each in self.placements if each.episodes[0].reason == "S"
        )

    def __repr__(self) -> str:
        return f"Child({self.authority}/{self.child_ref})"

    def protected_on(self, day: dt.date) -> bool:
        return any(
            each.start <= day and (each.until is None or day <= each.until)
            for each in self.protections
        )


def standing(child: Child) -> tuple[Placement, ...]:
    """The placements that are current: the open ones, and what one interrupts.

    A temporary placement interrupts the last placement before it that is not
    temporary; that one stands although its own episodes have ended (contracts §2.2).
    """
    found: list[Placement] = []
    for place, placement in enumerate(child.placements):
        if placement.end is not None:
            continue
        if placement.temporary:
            earlier = [each for each in child.placements[:place] if not each.temporary]
            found += earlier[-1:]
        found.append(placement)
    return tuple(found)


def began(child: Child, placement: Placement) -> dt.date:
    """The day a placement began, before any temporary one interrupted it."""
    while placement.resumes is not None:
        number = placement.resumes
        placement = next(each for each in child.placements if each.number == number)
    return placement.start


def collection_year(day: dt.date) -> int:
    """The year in which the DfE collection of a day ends: 2027 for November 2026."""
    return day.year + (day.month >= 4)
