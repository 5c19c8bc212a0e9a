"""Seals the audit trail in batches, and reads it back to be verified.

Entries wait in a table of their own, where the database puts each as it is added. A
sealer takes a lock that only sealers take, so the chain never forks, and requests never
wait for it. Entries are chained in the order in which they are found, not by number: on
PostgreSQL a lower number may be committed after a higher one was sealed.
"""

import datetime as dt
import json
import logging
import re
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, Select, delete, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from portal.chain import (
    START,
    Break,
    Entry,
    Link,
    Seal,
    Verdict,
    check,
    continued,
    entry_hash,
    instant,
    seal_hash,
    sign,
)
from portal.clock import Clock
from portal.permissions import SEALER, Standing
from portal.store import Store
from portal.tables import (
    audit,
    audit_about,
    audit_checks,
    audit_links,
    audit_seals,
    audit_waiting,
)

log = logging.getLogger("portal.sealing")

MOST = 5_000
"""Entries of one seal: a batch is one short transaction."""
_READ_AT_ONCE = 10_000
_LOCK = text("SELECT pg_advisory_xact_lock(7306161)")
_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FORMAT = "crossborder audit trail 1"


class NotATrail(ValueError):
    """A file that is no exported audit trail."""


def seal_waiting(
    store: Store, clock: Clock, key: Ed25519PrivateKey | None = None
) -> int:
    """Everything that waited is sealed; gives how many entries that were."""
    sealed = 0
    while True:
        with store.reading(SEALER) as connection:
            if connection.scalar(select(audit_waiting.c.entry_id).limit(1)) is None:
                return sealed
        with store.writing(SEALER) as connection:
            batch = seal(connection, clock(), key)
        if not batch:
            return sealed
        sealed += batch


def seal(
    connection: Connection, now: dt.datetime, key: Ed25519PrivateKey | None = None
) -> int:
    """One batch of what waits is sealed; gives how many entries it has."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    entries = connection.execute(
        select(audit)
        .join(audit_waiting, audit_waiting.c.entry_id == audit.c.entry_id)
        .order_by(audit.c.entry_id)
        .limit(MOST)
    ).all()
    if not entries:
        return 0
    before = last_seal(connection)
    first = before.last_position + 1 if before else 1
    chain = before.chain_hash if before else START
    seal_id = before.seal_id + 1 if before else 1
    links = []
    for position, row in enumerate(entries, first):
        own = entry_hash(as_entry(row))
        chain = continued(chain, own)
        links.append(
            {"position": position, "entry_id": row.entry_id, "entry_hash": own,
             "chain_hash": chain, "seal_id": seal_id}
        )  # fmt: skip
    made = Seal(
        seal_id, now, first, first + len(links) - 1, chain,
        before.hash if before else START, "",
    )  # fmt: skip
    hashed = seal_hash(made)
    public, signature = sign(hashed, key) if key else (None, None)
    connection.execute(
        insert(audit_seals).values(
            seal_id=seal_id, sealed_at=now, first_position=made.first_position,
            last_position=made.last_position, chain_hash=chain,
            previous_hash=made.previous_hash, hash=hashed, public_key=public,
            signature=signature,
        )
    )  # fmt: skip
    connection.execute(insert(audit_links), links)
    if named := [
        {"document_id": document, "entry_id": row.entry_id}
        for row in entries
        for document in _named(row)
    ]:
        connection.execute(insert(audit_about), named)
    done = [row.entry_id for row in entries]
    connection.execute(delete(audit_waiting).where(audit_waiting.c.entry_id.in_(done)))
    return len(links)


def last_seal(connection: Connection) -> Seal | None:
    """The seal that covers everything sealed: its hash is the trail's root."""
    row = connection.execute(
        select(audit_seals).order_by(audit_seals.c.seal_id.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _seal(row)


def verify(
    store: Store, standing: Standing, public_key: str | None = None, root: str = ""
) -> Verdict:
    """Goes through the whole trail: every entry, every seal, what is in neither.

    ``root`` is the hash of an earlier seal that was kept elsewhere: if no seal bears
    it, the trail's end was cut off or the chain made anew.
    """
    with store.reading(standing) as connection:
        verdict = check(_links(connection), _seals(connection), public_key)
        verdict.waiting = connection.scalar(
            select(func.count()).select_from(audit_waiting)
        ) or 0  # fmt: skip
        if verdict.broken is None:
            verdict.broken = _stray(connection) or _rootless(verdict, root)
    return verdict


def note_check(connection: Connection, now: dt.datetime, verdict: Verdict) -> None:
    """The page of the audit trail can say when it was last gone through."""
    connection.execute(
        insert(audit_checks).values(
            checked_at=now, entries=verdict.entries, seals=verdict.seals,
            broken="" if verdict.broken is None else str(verdict.broken),
        )
    )  # fmt: skip


def exported(store: Store, standing: Standing) -> Iterator[str]:
    """Everything that is sealed now, as lines of JSON that can be verified elsewhere.

    Read in pieces, each in a transaction of its own: what is sealed never changes.
    """
    with store.reading(standing) as connection:
        end = last_seal(connection)
    yield json.dumps({"format": _FORMAT, "seals": end.seal_id if end else 0}) + "\n"
    for number in range(1, end.seal_id + 1 if end else 1):
        with store.reading(standing) as connection:
            where = audit_seals.c.seal_id == number
            seal = _seal(connection.execute(select(audit_seals).where(where)).one())
            rows = connection.execute(
                _linked(seal.first_position - 1).where(audit_links.c.seal_id == number)
            ).all()
        for link in map(_link, rows):
            yield _line("entry", link)
        yield _line("seal", seal)


def verify_file(path: Path, public_key: str | None = None, root: str = "") -> Verdict:
    """The same of an exported trail, without its database.

    Raises:
        NotATrail: it is no such file, or was cut off within a line.
    """
    links: list[Link] = []
    seals: list[Seal] = []
    try:
        with path.open(encoding="utf-8") as lines:
            head = json.loads(next(lines, ""))
            if head.get("format") != _FORMAT:
                raise NotATrail(f"{path.name} is no exported audit trail")
            for line in lines:
                given = json.loads(line)
                kind = given.pop("kind")
                if kind == "entry":
                    links.append(Link(**given))
                else:
                    given["sealed_at"] = dt.datetime.fromisoformat(given["sealed_at"])
                    seals.append(Seal(**given))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, NotATrail):
            raise
        raise NotATrail(f"{path.name} can't be read as an audit trail") from None
    verdict = check(links, seals, public_key)
    if verdict.broken is None and verdict.seals != head["seals"]:
        verdict.broken = Break(
            "removed", f"seal {verdict.seals + 1}", "the file ends before it"
        )
    if verdict.broken is None:
        verdict.broken = _rootless(verdict, root)
    return verdict


class Sealer:
    """Seals every few seconds while the portal serves, in a thread of its own."""

    def __init__(
        self, store: Store, clock: Clock, every: float, key: Ed25519PrivateKey | None
    ) -> None:
        self._store, self._clock, self._every, self._key = store, clock, every, key
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sealer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What waits is sealed once more, and the thread ends."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        ended = False
        while not ended:
            ended = self._ended.wait(self._every)
            try:
                seal_waiting(self._store, self._clock, self._key)
            except SQLAlchemyError as error:
                # entries wait in the database until it can be done: nothing is lost
                log.error("the audit trail was not sealed: %s", type(error).__name__)


def as_entry(row: Row[Any]) -> Entry:
    """What is hashed of an entry: all of it."""
    return {
        "entry_id": row.entry_id, "at": instant(row.at), "actor": row.actor,
        "agency": row.agency, "role": row.role, "action": row.action,
        "subject": row.subject, "shown": row.shown, "request_id": row.request_id,
        "purpose": row.purpose, "network": row.network,
    }  # fmt: skip


def _named(row: Row[Any]) -> set[UUID]:
    """The documents that an entry names: its subject, and what a list showed."""
    return {UUID(found) for found in _IDS.findall(f"{row.subject},{row.shown}")}


def _linked(after: int) -> Select[Any]:
    return (
        select(
            audit_links,
            *(column for column in audit.c if column.name != "entry_id"),
            audit.c.entry_id.label("found"),
        )
        .select_from(
            audit_links.outerjoin(audit, audit.c.entry_id == audit_links.c.entry_id)
        )
        .where(audit_links.c.position > after)
        .order_by(audit_links.c.position)
    )


def _links(connection: Connection) -> Iterator[Link]:
    after = 0
    while rows := connection.execute(_linked(after).limit(_READ_AT_ONCE)).all():
        yield from map(_link, rows)
        after = rows[-1].position


def _link(row: Row[Any]) -> Link:
    return Link(
        row.position, row.entry_id, row.entry_hash, row.chain_hash, row.seal_id,
        None if row.found is None else as_entry(row),
    )  # fmt: skip


def _seals(connection: Connection) -> Iterator[Seal]:
    rows = connection.execute(select(audit_seals).order_by(audit_seals.c.seal_id))
    yield from map(_seal, rows)


def _seal(row: Row[Any]) -> Seal:
    return Seal(
        row.seal_id, row.sealed_at, row.first_position, row.last_position,
        row.chain_hash, row.previous_hash, row.hash, row.public_key, row.signature,
    )  # fmt: skip


def _line(kind: str, thing: Link | Seal) -> str:
    fields: Iterable[str] = thing.__slots__
    values = {name: getattr(thing, name) for name in fields}
    if isinstance(thing, Seal):
        values["sealed_at"] = instant(thing.sealed_at)
    return json.dumps({"kind": kind, **values}, ensure_ascii=False) + "\n"


def _stray(connection: Connection) -> Break | None:
    """An entry that neither is sealed nor waits, or one that waits and is not there."""
    unsealed = connection.scalar(
        select(audit.c.entry_id)
        .outerjoin(audit_links, audit_links.c.entry_id == audit.c.entry_id)
        .outerjoin(audit_waiting, audit_waiting.c.entry_id == audit.c.entry_id)
        .where(audit_links.c.position.is_(None), audit_waiting.c.entry_id.is_(None))
        .order_by(audit.c.entry_id)
        .limit(1)
    )
    if unsealed is not None:
        said = "it is in the trail, and neither sealed nor waiting to be"
        return Break("inserted", f"entry {unsealed}", said)
    gone = connection.scalar(
        select(audit_waiting.c.entry_id)
        .outerjoin(audit, audit.c.entry_id == audit_waiting.c.entry_id)
        .where(audit.c.entry_id.is_(None))
        .order_by(audit_waiting.c.entry_id)
        .limit(1)
    )
    if gone is not None:
        return Break("removed", f"entry {gone}", "it waited to be sealed and is gone")
    return None


def _rootless(verdict: Verdict, root: str) -> Break | None:
    if not root or root in verdict.roots:
        return None
    return Break("removed", "the end", "no seal bears the root that was kept elsewhere")
