"""Packages for recipients outside the region, which a person carries to them."""

import datetime as dt
import json
from pathlib import Path

from sqlalchemy import Engine

from pipeline.vault import atomic_file

BATCH = 200


def write_packages(register: Engine, out: Path, now: dt.datetime) -> list[Path]:
    """Writes every package that waits and marks it as handed over; gives the files.

    A file is named after its recipient and the notice's id. It is the notice as its
    recipient would read it on the portal, and so personal data in plain text: the
    folder is the operator's to protect.
    """
    from register import outbox
    from register.engine import writing

    written: list[Path] = []
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        with writing(register) as connection:
            batch = outbox.take(connection, now, BATCH, destination="export")
        if not batch:
            return written
        for item in batch:
            path = out / f"{_recipient(item.body)}-{item.kind}-{item.document_id}.json"
            with atomic_file(path) as file:
                file.write(item.body)
            with writing(register) as connection:
                outbox.delivered(connection, item.outbox_id, now)
            written.append(path)


def _recipient(body: bytes) -> str:
    """A withdrawal names the notice that it takes back, not whom it goes to."""
    return str(json.loads(body).get("recipient", "withdrawal"))
