"""A backup: every row of one moment, in one file that either database can be made from.

The file is gzipped lines of JSON: a head (release of the tables, moment), a line for
each row, and a foot (how many rows each table has, and a seal). The seal is a keyed
hash (HMAC-SHA-256, with a key of the portal's secret) of all before it: a file that was
damaged, cut short or changed is refused before a row is written. Sessions and counted
sign-ins are left out: who was signed in then must not be by a restore.
"""

import base64
import datetime as dt
import gzip
import hashlib
import hmac
import json
import os
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Date,
    LargeBinary,
    Table,
    Uuid,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)

from portal.permissions import OPERATOR
from portal.settings import PortalSettings
from portal.store import Store, check_ready, newest_revision, upgrade
from portal.tables import UtcDateTime, audit_links, audit_waiting, metadata

FORMAT = "crossborder-portal backup 1"
LEFT_OUT = frozenset({"sessions", "sign_in_attempts"})
_AT_A_TIME = 500


class BackupRefused(ValueError):
    """The backup can't be made or restored as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: when it is of, and how many rows of each table."""

    taken_at: str
    rows: dict[str, int]


def back_up(
    store: Store, settings: PortalSettings, file: Path, now: dt.datetime
) -> Backup:
    """Everything of this moment is in the file; people may go on working meanwhile.

    Raises:
        BackupRefused: there is such a file already, or it can't be written.
        DatabaseNotReady: the tables are not this release's.
    """
    if file.exists():
        raise BackupRefused(f"{file} is there already: name another file")
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as out:
                made = _write(out, store, settings, now)
            raw.flush()
            os.fsync(raw.fileno())
        os.link(part, file)  # unlike a rename, it takes no other file's place
    except OSError as error:
        raise BackupRefused(f"{file} can't be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return made


def restore(store: Store, settings: PortalSettings, file: Path) -> Backup:
    """The empty database is made what the file says, in one transaction.

    Raises:
        BackupRefused: the file is not whole, not this portal's, or of another release;
            or the database is not empty.
    """
    backup = check(settings, file)  # every line, before any is acted on
    with store.writing(OPERATOR) as connection:
        if inspect(connection).get_table_names():
            raise BackupRefused(
                "the database is not empty: restore into a new one, without tables"
            )
        upgrade(connection)
        for table in reversed(_tables()):  # what the migrations put there
            if connection.scalar(select(func.count()).select_from(table)):
                connection.execute(delete(table))
        waiting: list[dict[str, Any]] = []
        of: Table | None = None
        for line in _lines(file):
            row = json.loads(line)
            if not isinstance(row, list):
                continue  # head and foot
            table = metadata.tables[row[0]]
            if table is audit_waiting:
                continue  # the trail's own trigger puts every entry there
            if of is not None and (table is not of or len(waiting) >= _AT_A_TIME):
                connection.execute(insert(of), waiting)
                waiting = []
            of = table
            waiting.append(_read_row(table, row[1:]))
        if of is not None and waiting:
            connection.execute(insert(of), waiting)
        sealed = select(audit_links.c.entry_id)
        connection.execute(
            delete(audit_waiting).where(audit_waiting.c.entry_id.in_(sealed))
        )
        _count_on(connection)
    return backup


def check(settings: PortalSettings, file: Path) -> Backup:
    """What a backup holds, if it is whole, sealed by this portal and of this release.

    Raises:
        BackupRefused: it is not.
    """
    seal, rows, last, taken_at = _seal(settings), dict[str, int](), b"", ""
    for number, line in enumerate(_lines(file)):
        if number == 0:
            taken_at = _read_head(line)
        if last:
            seal.update(last)
        last = line
        if line.startswith(b'["'):
            name = line.split(b'"', 2)[1].decode("ascii", "replace")  # unsealed yet
            rows[name] = rows.get(name, 0) + 1
    try:
        foot = json.loads(last)
        kept, counted = bytes.fromhex(foot["seal"]), foot["rows"]
    except (ValueError, KeyError, TypeError):
        raise BackupRefused(f"{file} is cut short: its foot is missing") from None
    seal.update(_json(counted))
    if not hmac.compare_digest(seal.digest(), kept):
        raise BackupRefused(
            f"{file} was changed or damaged, or sealed with another portal's secret: "
            "set the secret that the portal had when it was made"
        )
    if {name: count for name, count in counted.items() if count} != rows:
        raise BackupRefused(f"{file} does not hold as many rows as it says")
    return Backup(taken_at, counted)


def _write(
    out: gzip.GzipFile, store: Store, settings: PortalSettings, now: dt.datetime
) -> Backup:
    seal, rows = _seal(settings), dict[str, int]()

    def put(line: bytes) -> None:
        seal.update(line)
        out.write(line)

    with store.reading(OPERATOR) as connection:
        check_ready(connection)
        head = {"format": FORMAT, "revision": newest_revision()}
        put(_json({**head, "taken_at": now.astimezone(dt.UTC).isoformat()}))
        for table in _tables():
            rows[table.name] = 0
            if table.name in LEFT_OUT:
                continue
            found = connection.execution_options(yield_per=_AT_A_TIME).execute(
                select(table).order_by(*table.primary_key)
            )
            for row in found:
                put(_json([table.name, *map(_written, row)]))
                rows[table.name] += 1
    seal.update(_json(rows))
    out.write(_json({"rows": rows, "seal": seal.hexdigest()}))
    return Backup(now.isoformat(), rows)


def _tables() -> list[Table]:
    """What others hang on comes first."""
    return list(metadata.sorted_tables)


def _lines(file: Path) -> Iterator[bytes]:
    try:
        with gzip.open(file, "rb") as lines:
            yield from lines
    except (OSError, EOFError, zlib.error) as error:
        raise BackupRefused(
            f"{file} can't be read as a backup ({type(error).__name__})"
        ) from None


def _read_head(line: bytes) -> str:
    try:
        head = json.loads(line)
        form, revision, taken_at = (
            head["format"], head["revision"], str(head["taken_at"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        raise BackupRefused("this is no backup of a portal") from None
    if form != FORMAT or revision != newest_revision():
        raise BackupRefused(
            f"the backup is of revision {revision} and this release needs "
            f"{newest_revision()}: restore it with the release that made it, then "
            "migrate"
        )
    return taken_at


def _written(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case bytes():
            return base64.b64encode(value).decode()
        case dt.date():  # a moment is one too
            return value.isoformat()
    return value


def _read_row(table: Table, values: list[Any]) -> dict[str, Any]:
    return {
        column.name: _read(column, value)
        for column, value in zip(table.columns, values, strict=True)
    }


def _read(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    match column.type:
        case Uuid():
            return UUID(value)
        case UtcDateTime():
            return dt.datetime.fromisoformat(value)
        case Date():
            return dt.date.fromisoformat(value)
        case LargeBinary():
            return base64.b64decode(value)
    return value


def _count_on(connection: Connection) -> None:
    """PostgreSQL's own counters go on after the highest number that was restored."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables():
        column = table.autoincrement_column
        if column is None:
            continue
        names = {"table": table.name, "column": column.name}
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"), names
        )
        highest = connection.scalar(select(func.max(column)))
        if sequence is not None and highest is not None:
            connection.execute(
                text("SELECT setval(:sequence, :highest)"),
                {"sequence": sequence, "highest": highest},
            )


def _seal(settings: PortalSettings) -> hmac.HMAC:
    secret = settings.secret.get_secret_value().encode()
    key = hashlib.sha256(b"backups:" + secret).digest()
    return hmac.new(key, digestmod=hashlib.sha256)


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"
