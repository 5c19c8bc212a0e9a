"""How long things are kept, and their end: what is over is erased, with a tombstone.

A notice that still waits for its recipient is never erased, nor what a legal hold
keeps. The audit trail is not touched: it names documents by ids, and outlives them.
What ends without a tombstone is in ``forgetting``, what the page says in ``kept``.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
)

from portal import audit, forgetting
from portal.audit import Action
from portal.settings import PortalSettings
from portal.tables import (
    dead_letters,
    holds,
    metadata,
    notifications,
    obligations,
    quality,
    reviews,
    runs,
    search_answers,
    subjects,
    tombstones,
    verdicts,
)

COMMAND = "retention apply"
"""What the trail says when it was applied."""
_TOLD_AT_ONCE = 500
"""Ids in one row of the audit trail."""


class NothingToHold(ValueError):
    """No document here is about such a child."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is kept for a time."""

    name: str
    key: Column[Any]
    over: ColumnElement[bool]
    """Whether its time is over, apart from holds."""
    of_children: bool = False
    """Whether a hold on a child can keep it."""


def kinds(settings: PortalSettings, now: dt.datetime) -> tuple[Kind, ...]:
    """What is erased, in this order, and when."""
    notices, pairs, nights = forgetting.ends(settings, now)
    return (
        Kind(
            "notification", notifications.c.notification_id,
            and_(
                notifications.c.received_at < notices,
                ~notifications.c.waits,
            ),
            of_children=True,
        ),
        Kind(
            "obligation", obligations.c.obligation_id,
            and_(
                obligations.c.received_at < notices, obligations.c.met_on.is_not(None)
            ),
            of_children=True,
        ),
        Kind(
            "review", reviews.c.review_id,
            and_(reviews.c.received_at < pairs, reviews.c.deadline < pairs),
            of_children=True,
        ),
        # an answer has no time of its own: it goes once its pair is gone
        Kind(
            "search", search_answers.c.search_id,
            search_answers.c.review_id.not_in(select(reviews.c.review_id)),
        ),
        Kind("run", runs.c.run_id, runs.c.received_at < nights),
        Kind("verdict", verdicts.c.verdict_id, verdicts.c.received_at < nights),
        Kind("quality", quality.c.quality_id, quality.c.received_at < nights),
        Kind(
            "dead_letter", dead_letters.c.letter_id,
            and_(
                dead_letters.c.received_at < nights, dead_letters.c.settled != "waits"
            ),
        ),
    )  # fmt: skip


def apply(
    connection: Connection, settings: PortalSettings, now: dt.datetime
) -> dict[str, int]:
    """What is over is erased: how many of each kind. Each document is named in the
    trail, and that it was applied stands there whether anything was over or not."""
    audit.record_command(connection, COMMAND, now)
    done = {
        "handover_note": forgetting.forget_notes(connection, now),
        "event_words": forgetting.forget_words(connection),
    }
    for kind in kinds(settings, now):
        table = kind.key.table
        ids = connection.execute(
            select(kind.key, table.c.sha256)
            .where(kind.over, kind.key.not_in(_on_hold(connection, kind)))
            .order_by(kind.key)
        ).all()
        for start in range(0, len(ids), _TOLD_AT_ONCE):
            part = ids[start : start + _TOLD_AT_ONCE]
            _erase(connection, kind, [(row[0], row[1]) for row in part], now)
        done[kind.name] = len(ids)
    # once more, for what was typed about the pairs that have just gone
    done["event_words"] += forgetting.forget_words(connection)
    return done | forgetting.sweep(connection, settings, now)


def erasing(settings: PortalSettings, now: dt.datetime) -> frozenset[Table]:
    """Every table whose rows have an end."""
    of_kinds = {
        table
        for kind in kinds(settings, now)
        for table in (kind.key.table, *(hangs for hangs, _ in hanging(kind.key)))
    }
    swept = {one.table for one in forgetting.sweeps(settings, now)}
    return frozenset(of_kinds | swept | {subjects})


def hold(connection: Connection, token: str, now: dt.datetime) -> int:
    """The child of the notice with this recording token is kept; how many documents.

    Raises:
        NothingToHold: no notice with a child bears the token.
    """
    held = 0
    for authority, record_ref in _records(connection, token):
        same = (holds.c.authority == authority, holds.c.record_ref == record_ref)
        if connection.execute(select(holds).where(*same)).first() is None:
            connection.execute(
                insert(holds).values(
                    authority=authority, record_ref=record_ref, held_at=now
                )
            )
        held += connection.scalar(
            select(func.count()).where(
                subjects.c.authority == authority, subjects.c.record_ref == record_ref
            )
        ) or 0  # fmt: skip
    audit.record_operator(connection, now, Action.HELD, token)
    return held


def end_hold(connection: Connection, token: str, now: dt.datetime) -> None:
    """The child is kept as long as others are.

    Raises:
        NothingToHold: as for :func:`hold`.
    """
    for authority, record_ref in _records(connection, token):
        connection.execute(
            delete(holds).where(
                holds.c.authority == authority, holds.c.record_ref == record_ref
            )
        )
    audit.record_operator(connection, now, Action.HOLD_ENDED, token)


def _erase(
    connection: Connection, kind: Kind, ids: list[tuple[Any, str]], now: dt.datetime
) -> None:
    keys = [key for key, _ in ids]
    for table, column in hanging(kind.key):
        connection.execute(delete(table).where(column.in_(keys)))
    connection.execute(delete(kind.key.table).where(kind.key.in_(keys)))
    texts = [str(key) for key in keys]
    connection.execute(
        delete(subjects).where(
            (subjects.c.kind == kind.name) & subjects.c.document_id.in_(texts)
            | (subjects.c.kind == "withdrawal") & subjects.c.about.in_(texts)
        )
    )
    connection.execute(
        insert(tombstones),
        [
            {"kind": kind.name, "document_id": str(key), "sha256": sha256,
             "erased_at": now}
            for key, sha256 in ids
        ],
    )  # fmt: skip
    audit.record_operator(connection, now, Action.ERASED, kind.name, texts)


def hanging(key: Column[Any]) -> list[tuple[Table, Column[Any]]]:
    """What hangs on a table's rows by a foreign key, and can't outlive them; what hangs
    on that too, such as a second reading on its judgement, comes first."""
    return [
        (table, foreign.parent)
        for table in reversed(metadata.sorted_tables)
        for foreign in table.foreign_keys
        if foreign.column is key
    ]


def _on_hold(connection: Connection, kind: Kind) -> list[UUID]:
    """The documents of children whom a hold keeps."""
    if not kind.of_children:
        return []
    named = connection.scalars(
        select(subjects.c.document_id)
        .join(
            holds,
            and_(
                subjects.c.authority == holds.c.authority,
                subjects.c.record_ref == holds.c.record_ref,
            ),
        )
        .where(subjects.c.kind == kind.name)
    )
    return [UUID(document_id) for document_id in named]


def _records(connection: Connection, token: str) -> list[tuple[str, str]]:
    rows = connection.execute(
        select(subjects.c.authority, subjects.c.record_ref)
        .where(subjects.c.token == token, subjects.c.record_ref != "")
        .distinct()
        .order_by(subjects.c.authority, subjects.c.record_ref)
    )
    found = [(row.authority, row.record_ref) for row in rows]
    if not found:
        raise NothingToHold(f"no notice about a child bears the token {token}")
    return found
