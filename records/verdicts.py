"""Nothing a supplier sends is dropped in silence: each row and file is answered."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class BalanceError(Exception):
    """A sum that must balance does not: the run stops rather than lose a record."""


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that was not accepted, and why. It never holds the row's values."""

    authority: str
    file: str
    line: int
    """1 for the first line of the file, so that an editor finds it."""
    record_ref: str
    """The supplier's own key of the record, or empty when the row has none."""
    code: str
    """Stable, for machines: ``missing_ref``, ``bad_date``, ``orphan`` …"""
    reason: str
    """For people: what is wrong and what would mend it."""


class FileOutcome(StrEnum):
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REFUSED = "refused"
    IGNORED = "ignored"
    """Not a file of this source's kind; counted, never an error."""


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What became of one file. ``rows == accepted + rejected`` always holds."""

    authority: str
    file: str
    outcome: FileOutcome
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    sha256: str = ""
    problem: str = ""
    """For a refused file: what is wrong with it and the mend. Empty otherwise."""
    notes: tuple[str, ...] = field(default_factory=tuple)
    """What was noticed and passed over: unknown columns, invalid identifiers …"""

    def __post_init__(self) -> None:
        if self.rows != self.accepted + self.rejected:
            raise BalanceError(
                f"{self.authority}/{self.file}: {self.rows} rows, but "
                f"{self.accepted} accepted and {self.rejected} rejected"
            )


class ExtractOutcome(StrEnum):
    USABLE = "usable"
    NOT_USABLE = "not_usable"
    """Arrived, but may not decide anything tonight: the reason says why."""
    REFUSED = "refused"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ExtractVerdict:
    """What became of one authority's extract on one business date."""

    authority: str
    business_date: dt.date
    outcome: ExtractOutcome
    reason: str = ""
    as_of: dt.date | None = None
    """The date of the data in the extract: its manifest's, or its business date."""
    files: tuple[FileVerdict, ...] = ()
    notes: tuple[str, ...] = ()
    """What concerns no single file: an optional file not sent, records withdrawn …"""
    changed: str = ""
    """That a feed tells everything now that told changes before, or the other way, and
    what follows. Empty on every other night."""

    @property
    def usable(self) -> bool:
        return self.outcome is ExtractOutcome.USABLE
