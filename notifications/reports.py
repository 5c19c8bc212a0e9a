"""What a region reports of itself to a portal: counts and verdicts, never a name."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

AuthorityCode = Annotated[str, Field(max_length=9)]
"""An authority's code: three digits, or the nine characters of a GSS code."""

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""How many rows: as many as a column of the portal's can count."""


class WireDocument(BaseModel):
    """What every document of the wire is: frozen, and without unknown keys."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False
    )


class RunSummary(WireDocument):
    """Counts of one night for the dashboard; never a name."""

    run_id: str
    region: str
    business_date: dt.date
    outcome: Literal["good", "degraded", "failed"]
    problems: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    """Counts by stage, as in ``run.json``."""
    seconds: dict[str, float]
    """Time by stage."""
    held: dict[str, int] = {}
    """Notices that wait for release, by what holds them."""


class SupplierFile(WireDocument):
    name: str
    outcome: str
    rows: int
    accepted: int
    rejected: int
    problem: str
    notes: tuple[str, ...]


class SupplierVerdict(WireDocument):
    """What became of one authority's extract, for that authority to pick up."""

    verdict_id: UUID
    authority: AuthorityCode
    business_date: dt.date
    outcome: str
    reason: str
    files: tuple[SupplierFile, ...]
    rejects_by_code: dict[str, int]


class TableQuality(WireDocument):
    """A table of an extract: its rows, and in how many a field says something."""

    table: str
    rows: Count
    filled: dict[str, int]


class QualityReport(WireDocument):
    """What one authority's extract of a night was like, and how it stands with what
    it is told. Counts only."""

    authority: AuthorityCode
    business_date: dt.date
    outcome: Annotated[str, Field(max_length=20)]
    as_of: dt.date | None
    """The date of the data in the extract."""
    rows: Count
    accepted: Count
    rejected: Count
    tables: tuple[TableQuality, ...]
    """Empty when the extract could not be used."""
    states: dict[str, int]
    """Of the children placed in a force's area or by an authority, by state."""
    loop: dict[str, int]
    """``told`` and ``recorded`` notices that stand; tasks ``open`` and ``overdue``."""


class DeadLetter(WireDocument):
    """A delivery that was refused for good, for the dashboard; no content of it."""

    letter_id: str
    """The outbox's own number."""
    destination: str
    kind: str
    document_id: str
    reason: str
    attempts: int
    created_on: dt.date
    settled: Literal["waits", "replayed", "delivered"]

    @property
    def cause(self) -> tuple[str, str, str]:
        """Letters of one cause are mended together."""
        return self.destination, self.kind, self.reason
