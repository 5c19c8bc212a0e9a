"""What a feed says of a child's care: episodes in, placements and faults out."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

TEMPORARY = frozenset({"T0", "T1", "T2", "T3", "T4"})
"""Placement types of an absence that is meant to end where it began."""

ANOTHER_FOLLOWS = "X1"
"""The reason for an end after which the child is still looked after."""


class Contradiction(StrEnum):
    """What a placement's dates say that can't be: its authority is asked to mend it."""

    ENDS_BEFORE_START = "ends_before_start"
    TWO_OPEN = "two_open"
    """It has no end although a later placement is open."""


class Fault(StrEnum):
    """What is wrong with an episode and how it was read; never a reason to drop it."""

    REPEATED = "repeated_episode: the same episode twice, read once"
    SAME_START = (
        "same_start: two episodes of one placement start on one day, the later line "
        "holds"
    )
    TWO_AT_ONCE = "two_at_once: two placements start on one day and both are kept"
    END_BEFORE_START = (
        "end_unclear: the end can't be read or is before the start, taken to be the "
        "next episode's start"
    )
    END_AHEAD = "end_ahead: the end lies ahead, so the placement is current"
    NEVER_ENDED = (
        "never_ended: has no end although a later episode is open, taken to have ended "
        "when the next one started"
    )
    OVERLAP = "overlap: starts before the episode before it has ended, both are kept"
    L_AFTER_GAP = (
        "legal_change_after_gap: reason L but no episode ends on that day, read as a "
        "new placement"
    )
    L_BUT_MOVED = (
        "legal_change_but_moved: reason L but the place, postcode or URN differs, read "
        "as a new placement"
    )
    NO_BASE = "temporary_without_base: interrupts no placement that can be told"
    NOT_BACK_YET = (
        "not_back_yet: a temporary placement ended and nothing follows, the placement "
        "it interrupted stands"
    )
    GAP = "gap: ended because another episode follows (X1), but none starts on that day"
    END_REASON_WITHOUT_END = "end_reason_without_end: has a reason for an end but none"


@dataclass(frozen=True, slots=True)
class Episode:
    """One row about care, as supplied: codes upper case, the postcode's one spelling.

    ``ceased`` says that it has ended although no end could be read.
    ``contradiction`` is found when the episodes of a child are read together.
    """

    start: dt.date
    end: dt.date | None = None
    reason_new: str | None = None
    reason_ceased: str | None = None
    place_code: str | None = None
    provider_code: str | None = None
    urn: str | None = None
    postcode: str | None = None
    legal_status: str | None = None
    source_ref: str | None = None
    line: int = 0
    ceased: bool = False
    contradiction: Contradiction | None = None

    @property
    def temporary(self) -> bool:
        return self.place_code in TEMPORARY


@dataclass(frozen=True, slots=True)
class Placement:
    """One placement: the columns of ``records.schemas.PLACEMENTS`` about it."""

    start: dt.date
    end: dt.date | None
    place_code: str | None
    provider_code: str | None
    urn: str | None
    postcode: str | None
    legal_status: str | None
    start_reason: str | None
    end_reason: str | None
    temporary: bool
    source_ref: str | None = None
    contradiction: Contradiction | None = None
    """Of its last episode, in which alone it concerns where the child is."""

    def row(self, authority: str, child_ref: str) -> dict[str, object]:
        """The placement as a row of the canonical table."""
        return {
            "authority": authority, "child_ref": child_ref,
            "source_ref": self.source_ref, "start": self.start, "end": self.end,
            "place_code": self.place_code, "provider_code": self.provider_code,
            "urn": self.urn, "postcode": self.postcode,
            "legal_status": self.legal_status, "start_reason": self.start_reason,
            "end_reason": self.end_reason, "temporary": self.temporary,
            "contradiction": self.contradiction,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """A fault and the line of the episode it was found on."""

    fault: Fault
    line: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One child's placements in order of start, and what was wrong with the rows."""

    placements: tuple[Placement, ...]
    remarks: tuple[Remark, ...]

    @property
    def current(self) -> tuple[Placement, ...]:
        """Those without an end."""
        return tuple(p for p in self.placements if p.end is None)
