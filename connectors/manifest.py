"""``manifest.json`` vouches for an extract: what was sent, whole, and how fresh.

Ours (contracts §1): required for police, optional for children's services. Keys that
are not ours are passed over. Times without a zone are taken to be UTC.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from connectors.columns import instant
from connectors.csvfiles import FileRefused, decoded

NAME = "manifest.json"

_LONDON = ZoneInfo("Europe/London")
_MEND = "see manifest.json in the contracts and send it again"


@dataclass(frozen=True, slots=True)
class Listed:
    """What the manifest says of one file."""

    name: str
    sha256: str
    """In lower case."""

    rows: int | None
    """Data rows, without the header; ``None`` when not said (JSON, XML)."""


@dataclass(frozen=True, slots=True)
class Manifest:
    authority: str
    business_date: dt.date
    extracted_at: dt.datetime | None = None
    latest_event_at: dt.datetime | None = None
    """When the latest event in the force's system was recorded: how fresh it is."""

    complete: bool | None = None
    """``None`` when not said."""

    files: Mapping[str, Listed] = field(default_factory=dict)
    """By file name in lower case."""


def read_manifest(content: bytes) -> Manifest:
    """The manifest as it is written.

    Raises:
        FileRefused: it is no JSON, or a key is missing or has the wrong form.
    """
    try:
        document = json.loads(decoded(content))
    except (json.JSONDecodeError, RecursionError):
        raise FileRefused(f"manifest.json is no JSON: {_MEND}") from None
    except FileRefused as error:
        raise FileRefused(f"manifest.json is no UTF-8 text: {_MEND}") from error
    if not isinstance(document, dict):
        raise FileRefused(f"manifest.json is no JSON object: {_MEND}")
    complete = document.get("complete")
    if complete is not None and not isinstance(complete, bool):
        raise FileRefused("manifest.json: complete is neither true nor false")
    return Manifest(
        authority=_text(document, "authority"),
        business_date=_date(document, "business_date"),
        extracted_at=_instant(document, "extracted_at"),
        latest_event_at=_instant(document, "latest_event_at"),
        complete=complete,
        files=_files(document.get("files")),
    )


def belongs_elsewhere(
    manifest: Manifest, authority: str, business_date: dt.date
) -> str | None:
    """Why the manifest is not of this authority and date; ``None`` when it is."""
    if manifest.authority.casefold() != authority.casefold():
        return (
            f"manifest.json names authority {manifest.authority}, the folder is "
            f"{authority}'s: send each authority's files to its own folder"
        )
    if manifest.business_date != business_date:
        return (
            f"manifest.json is for {manifest.business_date}, the folder for "
            f"{business_date}: send each night's files to that night's folder"
        )
    return None


def incomplete(manifest: Manifest) -> str | None:
    """Why the sender says that something is missing; ``None`` when it does not."""
    if manifest.complete is False:
        return "the sender says the extract is not complete (manifest.json: complete)"
    return None


def stale(manifest: Manifest, business_date: dt.date, max_age_hours: int) -> str | None:
    """Why a police extract is not as fresh as it must be; ``None`` when it is.

    Its age is the time from ``latest_event_at`` to the end of the business date, which
    is midnight in Europe/London. So the extract of a night that starts at two o'clock
    is nearly a day old at best, and 36 hours ask for events of the noon before. An
    event after that midnight shows a wrong clock or a wrong folder.
    """
    if manifest.latest_event_at is None:
        return (
            "manifest.json does not say latest_event_at, so nobody can tell how fresh "
            "the extract is: add it"
        )
    end = dt.datetime.combine(
        business_date + dt.timedelta(days=1), dt.time.min, tzinfo=_LONDON
    ).astimezone(dt.UTC)
    age = end - manifest.latest_event_at
    if age < dt.timedelta(0):
        return (
            "manifest.json: latest_event_at lies after the business date: check the "
            "sender's clock and the folder"
        )
    if age > dt.timedelta(hours=max_age_hours):
        hours = age // dt.timedelta(hours=1)
        return (
            f"the latest event is {hours} hours older than the end of the business "
            f"date and {max_age_hours} are allowed: ask the force why its extract "
            "stands still"
        )
    return None


def differs(listed: Listed, sha256: str) -> str:
    """Why a file is not the one that was sent; empty when it is."""
    if listed.sha256 == sha256:
        return ""
    return (
        "its SHA-256 is not the one in manifest.json, so it was cut off or changed on "
        "the way: send the whole extract again"
    )


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise FileRefused(f"manifest.json: {key} is missing or no text: {_MEND}")


def _date(document: Mapping[str, Any], key: str) -> dt.date:
    try:
        return dt.date.fromisoformat(_text(document, key))
    except ValueError:
        raise FileRefused(
            f"manifest.json: {key} is no date: write 2026-11-22"
        ) from None


def _instant(document: Mapping[str, Any], key: str) -> dt.datetime | None:
    if document.get(key) is None:
        return None
    value = instant(_text(document, key))
    if value is None:
        raise FileRefused(
            f"manifest.json: {key} is no time: write 2026-11-22T01:10:00Z"
        )
    return value


def _files(listed: object) -> dict[str, Listed]:
    if not isinstance(listed, list):
        raise FileRefused(f"manifest.json: files is missing or no list: {_MEND}")
    files: dict[str, Listed] = {}
    for one in listed:
        if not isinstance(one, dict):
            raise FileRefused(f"manifest.json: an entry of files is no object: {_MEND}")
        name = _text(one, "name")
        if "/" in name or "\\" in name:
            raise FileRefused(
                "manifest.json names a file in another folder: name files only"
            )
        rows = one.get("rows")
        if rows is not None and (not isinstance(rows, int) or isinstance(rows, bool)):
            raise FileRefused(f"manifest.json: rows of {name} is no whole number")
        if name.casefold() in files:
            raise FileRefused(f"manifest.json names {name} twice: name each file once")
        files[name.casefold()] = Listed(name, _text(one, "sha256").lower(), rows)
    return files
