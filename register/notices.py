"""Notices and reviews, frozen when they are first decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, and_, insert, or_, select, update

from notifications.documents import Notification, Priority, Review, body
from notifications.outcome import Notice
from register.calls import Outgoing, outgoing
from register.history import runs_of
from register.outbox import in_batches
from register.runs import Run
from register.tables import notification, outbox, review

NO_LONGER_DECIDED = "the date was run again, which no longer decided it"

_IDENTITY = (
    "kind", "subject", "recipient", "placing_la", "child_ref", "placement_ref",
    "person_id", "facts_hash", "supersedes", "created_on",
)  # fmt: skip
"""What two notices of one id must share. The rest of a body may differ when a date is
run again with a new release or other contacts: the bytes first decided stay."""

_URGENCY = {Priority.HIGH: 0, Priority.STANDARD: 1, Priority.LOW: 2}


class NoticeConflictError(ValueError):
    """One notification id stands for two different notices."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a night's notices or reviews."""

    documents: tuple[Outgoing, ...]
    """All of them, with the bytes that are frozen, the urgent first."""
    new: tuple[UUID, ...]
    frozen: tuple[UUID, ...]
    """Those whose bytes were decided before by another run, and differ."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """What earlier runs of a date decided and the last one did not."""

    dropped: tuple[UUID, ...]
    """Documents that nobody can have received, and nobody will."""
    left_standing: tuple[UUID, ...]
    """Notices that were delivered, or tried: they stand until a later night updates
    or ends them."""


def notify(connection: Connection, night: Run, notices: Sequence[Notice]) -> Written:
    """Write notices down, each once.

    One that an earlier run of this date decided keeps its first bytes.

    Raises:
        NoticeConflictError: an id was given twice tonight, or on an earlier night, or
            stands for a notice to another recipient, of another kind or facts.
    """
    ordered = sorted(notices, key=lambda one: _URGENCY[one.priority])
    sent = {
        one.notification_id: outgoing(one.document, night.business_date, one.channel)
        for one in ordered
    }
    rows = {
        one.notification_id: _row(one, sent[one.notification_id].body, night)
        for one in ordered
    }
    if len(rows) < len(notices):
        raise NoticeConflictError(
            f"{len(notices) - len(rows)} notices of {night.run_id} have the id of "
            "another one of the same night"
        )
    held = _held(connection, notification, "notification_id", list(rows))
    frozen = []
    for key, before in held.items():
        _require_same(before, rows[key])
        if before["body"] != sent[key].body:
            frozen.append(key)
            sent[key] = replace(sent[key], body=before["body"])
    new = [row for key, row in rows.items() if key not in held]
    if new:
        connection.execute(insert(notification), new)
    _take_up(connection, notification, held)
    ids = tuple(key for key in rows if key not in held)
    return Written(tuple(sent.values()), ids, tuple(frozen))


def ask(connection: Connection, night: Run, reviews: Sequence[Review]) -> Written:
    """Write reviews down, each once; one asked before keeps its first bytes."""
    rows = {one.review_id: _question(one, night) for one in reviews}
    held = _held(connection, review, "review_id", list(rows))
    dropped = {key for key, row in held.items() if row["dropped_by"] is not None}
    for key in dropped:
        connection.execute(
            update(review)
            .where(review.c.review_id == key)
            .values(rows[key] | {"dropped_by": None})
        )
    new = [row for key, row in rows.items() if key not in held]
    if new:
        connection.execute(insert(review), new)
    calls, frozen = [], []
    for one in sorted(reviews, key=lambda one: _URGENCY[one.priority]):
        call = outgoing(one, night.business_date)
        if one.review_id in held.keys() - dropped:
            first = held[one.review_id]["body"]
            if first != call.body:
                frozen.append(one.review_id)
                call = replace(call, body=first)
        calls.append(call)
    ids = tuple(key for key in rows if key not in held)
    return Written(tuple(calls), ids, tuple(frozen))


def drop_undecided(
    connection: Connection, night: Run, decided: Iterable[str]
) -> Undecided:
    """Stop what earlier runs of this date put in line and tonight no longer decides.

    Only what can't have arrived is stopped: not tried yet, or refused. What was tried
    stays as it is. A run's own summary is always sent.
    """
    keep = set(decided)
    earlier = runs_of(night.region, night.business_date)
    unsent = or_(
        and_(outbox.c.state == "waiting", outbox.c.attempts == 0),
        outbox.c.state == "dead",
    )
    lines = [
        row.outbox_id
        for row in connection.execute(
            select(outbox.c.outbox_id, outbox.c.document_id).where(
                outbox.c.run_id.in_(earlier), outbox.c.kind != "run", unsent
            )
        )
        if row.document_id not in keep
    ]
    stopped: list[UUID] = []
    for some in in_batches(lines):
        done = connection.execute(
            update(outbox)
            .where(outbox.c.outbox_id.in_(some), unsent)
            .values(
                state="dropped",
                settled_at=night.recorded_at,
                last_problem=NO_LONGER_DECIDED,
            )
            .returning(outbox.c.kind, outbox.c.document_id)
        )
        stopped += [UUID(row.document_id) for row in done if row.kind != "verdict"]
    for table in (notification, review):
        _mark_dropped(connection, table, stopped, night.run_id)
    left = connection.scalars(
        select(notification.c.notification_id).where(
            notification.c.run_id.in_(earlier), notification.c.dropped_by.is_(None)
        )
    )
    return Undecided(
        dropped=tuple(sorted(stopped)),
        left_standing=tuple(sorted(key for key in left if str(key) not in keep)),
    )


def _row(notice: Notice, frozen: bytes, night: Run) -> dict[str, object]:
    document = notice.document
    token = document.recording_token if isinstance(document, Notification) else None
    return {
        "notification_id": notice.notification_id,
        "kind": notice.kind.value,
        "subject": notice.subject,
        "recipient": notice.recipient,
        "audience": notice.audience.value,
        "is_copy": notice.is_copy,
        "placing_la": notice.placing_la,
        "child_ref": notice.child_ref,
        "placement_ref": notice.placement_ref,
        "person_id": notice.person_id,
        "facts_hash": notice.facts_hash,
        "rule": notice.rule,
        "rule_version": notice.rule_version,
        "priority": notice.priority.value,
        "due_at": notice.due_at,
        "supersedes": notice.supersedes,
        "created_on": night.business_date,
        "run_id": night.run_id,
        "channel": notice.channel,
        "body": frozen,
        "recording_token": token,
        "dropped_by": None,
        "judgement": notice.judgement,
        "stands_after": night.business_date,
    }


def _question(one: Review, night: Run) -> dict[str, object]:
    return {
        "review_id": one.review_id,
        "left_authority": one.left.authority,
        "left_ref": one.left.record_ref,
        "left_hash": one.left.content_hash,
        "right_authority": one.right.authority,
        "right_ref": one.right.record_ref,
        "right_hash": one.right.content_hash,
        "deadline": one.deadline,
        "priority": one.priority.value,
        "created_on": night.business_date,
        "run_id": night.run_id,
        "body": body(one),
        "dropped_by": None,
    }


def _held(
    connection: Connection, table: Table, key: str, ids: Sequence[UUID]
) -> dict[UUID, Mapping[str, Any]]:
    held: dict[UUID, Mapping[str, Any]] = {}
    for some in in_batches(ids):
        rows = connection.execute(select(table).where(table.c[key].in_(some)))
        held |= {row[key]: row for row in map(dict, rows.mappings())}
    return held


def _require_same(before: Mapping[str, object], now: Mapping[str, object]) -> None:
    other = [name for name in _IDENTITY if before[name] != now[name]]
    if other:
        raise NoticeConflictError(
            f"notification {now['notification_id']} was decided by "
            f"{before['run_id']} with another {', '.join(other)}; its id must say "
            "what is told to whom"
        )


def _take_up(
    connection: Connection, table: Table, held: Mapping[UUID, Mapping[str, object]]
) -> None:
    """What was dropped and is decided again counts again."""
    again = [key for key, row in held.items() if row["dropped_by"] is not None]
    for some in in_batches(again):
        connection.execute(
            update(table)
            .where(table.c.notification_id.in_(some))
            .values(dropped_by=None, stands_after=table.c.created_on)
        )


def _mark_dropped(
    connection: Connection, table: Table, ids: Sequence[UUID], run_id: str
) -> None:
    key = table.primary_key.columns[0]
    for some in in_batches(ids):
        values: dict[str, str | None] = {"dropped_by": run_id}
        if table is notification:
            values["stands_after"] = None
        connection.execute(update(table).where(key.in_(some)).values(values))
