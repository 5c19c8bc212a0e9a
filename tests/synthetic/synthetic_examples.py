"""A synthetic region as tests look at it."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

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
        return _read(self.folder(authority, night) / file)

    def header(self, authority: str, file: str) -> tuple[str, ...]:
        path = self.folder(authority) / file
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return tuple(next(csv.reader(lines)))

    def placements(self, night: int = 0) -> list[dict[str, Any]]:
        date = self.spec.dates[night]
        return [row for row in self.true("placements") if row["night"] == date]

    def changes(self, night: int) -> list[dict[str, Any]]:
        date = self.spec.dates[night]
        return [row for row in self.true("changes") if row["night"] == date]

    def true(self, table: str) -> list[dict[str, Any]]:
        """A table of the truth, row by row."""
        return _stored(self.truth.folder / f"{table}.parquet")


@cache
def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def _stored(path: Path) -> list[dict[str, Any]]:
    return pq.ParquetFile(path).read().to_pylist()
