"""A synthetic region as tests look at it."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthetic.region import RegionSpec, Truth


@dataclass(frozen=True, slots=True)
class Made:
    """A region on disk, and the truth about it."""

    spec: RegionSpec
    out: Path
    truth: Truth

    def folder(self, authority: str, night: int = 0) -> Path:
        return self.out / "inbox" / authority / self.spec.dates[night].isoformat()

    def rows(self, authority: str, file: str, night: int = 0) -> list[dict[str, str]]:
        path = self.folder(authority, night) / file
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))

    def header(self, authority: str, file: str) -> tuple[str, ...]:
        path = self.folder(authority) / file
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return tuple(next(csv.reader(lines)))

    def placements(self, night: int = 0) -> list[dict[str, Any]]:
        date = self.spec.dates[night]
        rows = self.truth.placements.to_pylist()
        return [row for row in rows if row["night"] == date]

    def changes(self, night: int) -> list[dict[str, Any]]:
        date = self.spec.dates[night]
        return [row for row in self.truth.changes.to_pylist() if row["night"] == date]
