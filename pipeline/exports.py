"""Packages for recipients outside the region, which a person carries to them."""

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from pipeline.vault import atomic_file

if TYPE_CHECKING:
    from register.outbox import Delivery

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
            path = out / _file_name(item)
            with atomic_file(path) as file:
                file.write(item.body)
            with writing(register) as connection:
                outbox.delivered(connection, item.outbox_id, now)
            written.append(path)


def _file_name(item: "Delivery") -> str:
    """A withdrawal goes by the id of the notice that it takes back, so that whoever
    carries it finds whom that went to."""
    content = json.loads(item.body)
    if "recipient" in content:
        return f"{content['recipient']}-{item.kind}-{item.document_id}.json"
    return f"{item.kind}-of-{content['notification_id']}.json"
