"""Spoils an extract on purpose, for tests and for showing what the system then does.

Each function changes one folder ``<inbox>/<authority>/<date>`` and nothing else. Those
that spoil a file leave the manifest as it was, so that it no longer vouches for it;
:func:`vouch_again` makes it do so, which leaves only the file itself to be found out.
"""

import csv
import datetime as dt
import hashlib
import io
import json
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"


class NothingToDamageError(ValueError):
    """The extract has no such file or column."""


def truncate(folder: Path, name: str, share: float = 0.5) -> None:
    """Cuts a file short, most likely in the middle of a row, as a broken copy is."""
    body = _body(folder, name)
    (folder / name).write_bytes(body[: int(len(body) * share)])


def drop_rows(folder: Path, name: str, share: float = 0.9) -> None:
    """Leaves out the last rows of a CSV file; what stays is whole."""
    rows = _rows(folder, name)
    kept = rows[: 1 + int((len(rows) - 1) * (1 - share))]
    _write_rows(folder, name, kept)


def drop(folder: Path, name: str) -> None:
    """Takes a file away."""
    _body(folder, name)
    (folder / name).unlink()


def empty(folder: Path, name: str) -> None:
    """Leaves a file of no bytes."""
    _body(folder, name)
    (folder / name).write_bytes(b"")


def header_only(folder: Path, name: str) -> None:
    """Leaves the column names and no row."""
    _write_rows(folder, name, _rows(folder, name)[:1])


def wrong_encoding(folder: Path, name: str) -> None:
    """Writes the file in Windows-1252, with a name in it that shows the difference.

    The first cell of the first row gets an accent, so that a file of plain letters is
    spoilt too.
    """
    text = _body(folder, name).decode("utf-8-sig")
    first, newline, rest = text.partition("\n")
    (folder / name).write_bytes(
        (first + newline + "é" + rest).encode("cp1252", errors="replace")
    )


def without_column(folder: Path, name: str, column: str) -> None:
    """Takes a column out of a CSV file."""
    rows = _rows(folder, name)
    if column not in rows[0]:
        raise NothingToDamageError(f"{name} has no column {column}")
    at = rows[0].index(column)
    _write_rows(folder, name, [row[:at] + row[at + 1 :] for row in rows])


def wrong_hash(folder: Path, name: str) -> None:
    """Makes the manifest promise other bytes; the file is left alone."""
    manifest = _manifest(folder)
    _entry(manifest, name)["sha256"] = hashlib.sha256(b"other bytes").hexdigest()
    _write_manifest(folder, manifest)


def wrong_row_count(folder: Path, name: str) -> None:
    """Makes the manifest promise one row more than there is."""
    manifest = _manifest(folder)
    _entry(manifest, name)["rows"] += 1
    _write_manifest(folder, manifest)


def stale(folder: Path, days: int = 5) -> None:
    """Makes the manifest say that the latest event was days earlier."""
    manifest = _manifest(folder)
    latest = dt.datetime.fromisoformat(manifest["latest_event_at"])
    earlier = latest - dt.timedelta(days)
    manifest["latest_event_at"] = earlier.strftime("%Y-%m-%dT%H:%M:%SZ")
    _write_manifest(folder, manifest)


def incomplete(folder: Path) -> None:
    """Makes the manifest say that the extract is not complete."""
    manifest = _manifest(folder)
    manifest["complete"] = False
    _write_manifest(folder, manifest)


def of_another_day(folder: Path, days: int = 1) -> None:
    """Makes the manifest belong to an earlier business date, as if left from then."""
    manifest = _manifest(folder)
    date = dt.date.fromisoformat(manifest["business_date"]) - dt.timedelta(days)
    manifest["business_date"] = date.isoformat()
    _write_manifest(folder, manifest)


def without_manifest(folder: Path) -> None:
    """Takes the manifest away."""
    drop(folder, MANIFEST)


def vouch_again(folder: Path) -> None:
    """Makes the manifest vouch for the CSV files as they now are."""
    manifest = _manifest(folder)
    kept = []
    for entry in manifest["files"]:
        path = folder / entry["name"]
        if not path.exists():
            continue
        body = path.read_bytes()
        entry["sha256"] = hashlib.sha256(body).hexdigest()
        if path.suffix == ".csv":
            lines = list(csv.reader(io.StringIO(body.decode("latin-1"))))
            entry["rows"] = max(0, len(lines) - 1)
        kept.append(entry)
    manifest["files"] = kept
    _write_manifest(folder, manifest)


def _body(folder: Path, name: str) -> bytes:
    path = folder / name
    if not path.exists():
        raise NothingToDamageError(f"the extract has no file {name}")
    return path.read_bytes()


def _rows(folder: Path, name: str) -> list[list[str]]:
    text = _body(folder, name).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def _write_rows(folder: Path, name: str, rows: list[list[str]]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _manifest(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(_body(folder, MANIFEST))
    return read


def _entry(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    for entry in manifest["files"]:
        if entry["name"] == name:
            found: dict[str, Any] = entry
            return found
    raise NothingToDamageError(f"the manifest has no file {name}")


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
