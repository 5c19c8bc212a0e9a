"""What the authorities of the little region know: plain facts, changed by life.

A night sees a frozen copy of them (:class:`Tonight`), so that it can be run again.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from matching.evidence import Candidate
from notifications.facts import Nominal, PoliceAddress, PoliceFlag

FLAG = "looked_after_out_of_area"
ChildKey = tuple[str, str]


def short_hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Stay:
    """One placement as its placing authority's system has it."""

    ref: str
    """The source's own number of it."""
    start: dt.date
    postcode: str | None
    end: dt.date | None = None
    end_reason: str | None = None
    place_code: str = "U4"
    legal_status: str = "C2"
    start_reason: str = "S"
    planned: bool | None = None
    """``None``: not supplied."""

    def is_open(self, on: dt.date) -> bool:
        return self.end is None or self.end > on


@dataclass(frozen=True)
class ChildFacts:
    """One looked-after child, as its placing authority's system has it."""

    la: str
    ref: str
    forename: str
    surname: str
    dob: dt.date
    stays: tuple[Stay, ...] = ()
    protected: bool = False
    at_risk: bool = False

    @property
    def key(self) -> ChildKey:
        return (self.la, self.ref)

    @property
    def hash(self) -> str:
        """What matching reads of the record."""
        return short_hash(self.forename, self.surname, self.dob)

    def with_stay(self, stay: Stay) -> "ChildFacts":
        """The stay in place of the one with its number, or added."""
        others = tuple(one for one in self.stays if one.ref != stay.ref)
        return replace(self, stays=(*others, stay))


@dataclass(frozen=True)
class NominalFacts:
    """One police record, and which child it is of: the truth that matching guesses."""

    force: str
    ref: str
    child: ChildKey
    probability: float
    """What matching gives the pair."""
    postcodes: tuple[str, ...] = ()
    """Where it has a current address."""
    flagged_by: tuple[str, ...] = ()
    """Placing authorities that a current flag names."""
    written: tuple[str, ...] = ()
    """``external_refs``: tokens and references that an officer typed in."""
    restricted: bool = False

    @property
    def hash(self) -> str:
        return short_hash("nominal", self.force, self.ref)

    def nominal(self, since: dt.date) -> Nominal:
        return Nominal(
            authority=self.force,
            nominal_ref=self.ref,
            restricted=self.restricted,
            addresses=tuple(
                PoliceAddress("home", one, start=since) for one in self.postcodes
            ),
            flags=tuple(PoliceFlag(FLAG, since, None, one) for one in self.flagged_by),
        )

    def candidate(self, child: ChildFacts) -> Candidate:
        return Candidate(
            authority=self.force,
            record_ref=self.ref,
            weight=round(100 * self.probability, 3),
            probability=self.probability,
            left_hash=child.hash,
            right_hash=self.hash,
            evidence=(),
        )


@dataclass(frozen=True)
class Picture:
    """What stands of one local authority tonight."""

    as_of: dt.date
    good: bool
    """Whether tonight's own extract arrived."""
    children: Mapping[str, ChildFacts] = field(default_factory=dict)
    purged: Mapping[str, frozenset[str | None]] = field(default_factory=dict)
    """By child: the numbers of its records that the supplier told us to delete, or
    ``None`` for all."""


@dataclass(frozen=True)
class PoliceView:
    """What stands of one force tonight."""

    usable: bool
    as_of: dt.date | None
    nominals: tuple[NominalFacts, ...] = ()


@dataclass(frozen=True)
class Tonight:
    """All that a night sees. The same night again sees the same."""

    date: dt.date
    las: Mapping[str, Picture]
    forces: Mapping[str, PoliceView]
    baseline: bool = False
