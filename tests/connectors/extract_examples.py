"""Small extracts, written to disk as suppliers would send them."""

import csv
import datetime as dt
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from connectors.conformed import SourceFile

FORCE = "E23000014"
LA = "330"
NIGHT = dt.date(2026, 11, 22)


def csv_text(header: str, *rows: str) -> str:
    """A header and rows, each a line."""
    return "".join(f"{line}\n" for line in (header, *rows))


def csv_of(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """Rows by column name; what is not given is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def source_file(
    folder: Path,
    name: str,
    content: str | bytes,
    *,
    renames: Mapping[str, str] | None = None,
    authority: str = FORCE,
) -> SourceFile:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    raw = content.encode() if isinstance(content, str) else content
    path.write_bytes(raw)
    return SourceFile(authority, path, hashlib.sha256(raw).hexdigest(), renames or {})


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        raw = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(raw)


def manifest_of(sent: Mapping[str, str | bytes], /, **changes: object) -> str:
    """A true manifest of CSV files without line ends inside values, then changed.

    A change to ``...`` leaves the key out.
    """
    listed = []
    for name, content in sent.items():
        raw = content.encode() if isinstance(content, str) else content
        listed.append(
            {
                "name": name,
                "rows": raw.count(b"\n") - 1,
                "sha256": hashlib.sha256(raw).hexdigest(),
            }
        )
    document: dict[str, object] = {
        "authority": FORCE,
        "business_date": NIGHT.isoformat(),
        "extracted_at": "2026-11-22T01:10:00Z",
        "latest_event_at": "2026-11-21T23:58:00Z",
        "complete": True,
        "files": listed,
        **changes,
    }
    return json.dumps({key: one for key, one in document.items() if one is not ...})


def police_files(people: int = 4) -> dict[str, str | bytes]:
    """A small force: nominals N0 … with an address each, and one of all the rest."""
    rows = range(people)
    return {
        "nominals.csv": csv_text(
            "nominal_ref,forename1,surname,dob,sex,protect_level",
            *(f"N{n},Ann,Lee{n},2010-01-{n % 28 + 1:02d},F,none" for n in rows),
        ),
        "addresses.csv": csv_text(
            "nominal_ref,address_type,street,postcode,start_date,end_date",
            *(f"N{n},home,{n} High St,CV7 8QZ,2020-01-01," for n in rows),
        ),
        "flags.csv": csv_text(
            "nominal_ref,code,start_date,end_date,placing_authority",
            "N0,looked_after_out_of_area,2026-01-01,,330",
        ),
    }


def write_police(
    folder: Path, sent: Mapping[str, str | bytes] | None = None, /, **changes: object
) -> None:
    """A force's extract with its manifest; ``changes`` go to the manifest."""
    sent = police_files() if sent is None else sent
    write_files(folder, sent)
    (folder / "manifest.json").write_text(manifest_of(sent, **changes))


def rows(table: pa.Table, *columns: str) -> list[tuple[object, ...]]:
    """A table's rows as tuples of some columns."""
    return list(zip(*(table.column(name).to_pylist() for name in columns), strict=True))
