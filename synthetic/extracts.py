"""An extract is a folder of files and the manifest that vouches for them."""

import csv
import datetime as dt
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Cell = str | None
"""What stands in a column; ``None`` is an empty field."""


@dataclass(slots=True)
class Extract:
    """One authority's files of one night, in memory until they are written."""

    authority: str
    date: dt.date
    files: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    """By name: the bytes and how many rows (or documents) they hold."""

    def add_table(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        from_windows: bool = False,
    ) -> None:
        """A CSV file in UTF-8; ``from_windows`` gives it a byte-order mark and CRLF."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n" if from_windows else "\n")
        writer.writerow(header)
        listed = list(rows)
        writer.writerows(listed)
        encoding = "utf-8-sig" if from_windows else "utf-8"
        self.files[name] = (text.getvalue().encode(encoding), len(listed))

    def add_documents(self, name: str, documents: Sequence[object]) -> None:
        """A JSON array of documents."""
        body = json.dumps(documents, ensure_ascii=False, indent=1)
        self.files[name] = (body.encode() + b"\n", len(documents))

    def write(self, inbox: Path) -> Path:
        """Writes the files and their manifest; gives the folder."""
        folder = inbox / self.authority / self.date.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        for name, (body, _) in self.files.items():
            (folder / name).write_bytes(body)
        text = json.dumps(self.manifest(), indent=1)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
        return folder

    def manifest(self) -> dict[str, object]:
        """What contracts §1 asks of a manifest; made at 01:10, complete to 23:58."""
        yesterday = self.date - dt.timedelta(1)
        return {
            "authority": self.authority,
            "business_date": self.date.isoformat(),
            "extracted_at": f"{self.date}T01:10:00Z",
            "latest_event_at": f"{yesterday}T23:58:00Z",
            "complete": True,
            "files": [
                {
                    "name": name,
                    "rows": rows,
                    "sha256": hashlib.sha256(body).hexdigest(),
                }
                for name, (body, rows) in sorted(self.files.items())
            ],
        }


def iso(day: dt.date | None) -> Cell:
    """``2026-11-22``."""
    return day.isoformat() if day else None


def british(day: dt.date | None) -> Cell:
    """``22/11/2026``, as the DfE returns have it."""
    return day.strftime("%d/%m/%Y") if day else None


def yes_no(answer: bool | None) -> Cell:  # noqa: FBT001 -- the answer is the subject
    """``Y``, ``N``, or nothing when nobody says."""
    return None if answer is None else "Y" if answer else "N"


def true_false(answer: bool) -> Cell:  # noqa: FBT001 -- the answer is the subject
    """As the police tables write it."""
    return "true" if answer else "false"
