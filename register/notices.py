"""Notices and reviews, frozen when they are first decided."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, and_, insert, or_, select, update

from notifications.documents import (
    Notification,
    Priority,
    Review,
    Withdrawal,
    body,
)
from notifications.outcome import Hold, Notice
from register.calls import Outgoing, outgoing
from register.history import runs_of
from register.holds import FirstHolds, first_holds, let_go, rewrite
from register.letters import letters_about
from register.outbox import enqueue, in_batches
from register.runs import Run
from register.tables import notification, outbox, review

NO_LONGER_DECIDED = "the date was run again, which no longer decided it"

_IDENTITY = (
    "kind", "subject", "recipient", "placing_la", "child_ref", "placement_ref",
    "person_id", "facts_hash",
)  # fmt: skip
"""What two notices of one id must share, and ``supersedes`` if one was sent. The rest
of a body may differ when a date is run again with a new release or other contacts: the
bytes first decided stay."""

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
    held: tuple[UUID, ...] = ()
    """Those that wait."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """What earlier runs of a date, or holds, left and the last run did not decide."""

    dropped: tuple[UUID, ...]
    """Documents that nobody can have received, and nobody will."""
    left_standing: tuple[UUID, ...]
    """Notices that were delivered, or tried: they stand until a later night updates
    or ends them."""
    let_go: tuple[UUID, ...]
    """Notices that waited, of whatever night."""


def notify(connection: Connection, night: Run, notices: Sequence[Notice]) -> Written:
    """Write notices down, each once.

    One that stands since an earlier run of this date keeps its first bytes. One that
    is held, or was dropped, is brought up to date; what is held is not delivered.

    Raises:
        NoticeConflictError: an id was given twice tonight, or on an earlier night, or
            stands for a notice to another recipient, of another kind or facts.
    """
    ordered = sorted(notices, key=lambda one: _URGENCY[one.priority])
    ids = [one.notification_id for one in ordered]
    if len(set(ids)) < len(ids):
        raise NoticeConflictError(
            f"{len(ids) - len(set(ids))} notices of {night.run_id} have the id of "
            "another one of the same night"
        )
    known = _known(connection, notification, "notification_id", ids)
    first = first_holds(connection, night)
    documents, frozen, held = [], [], []
    new: list[dict[str, object]] = []
    changed: list[dict[str, object]] = []
    for one in ordered:
        key, before = one.notification_id, known.get(one.notification_id)
        since = _since(before, night, first)
        call = outgoing(_made_on(one.document, since), since, one.channel)
        if before is None or before["stands_after"] is None:
            hold = first.of(one)
            row = _row(one, call.body, night, since)
            row |= _held(hold, first.by_id.get(key), night)
            if before is None:
                new.append(row)
            else:
                _require_same(before, row, _IDENTITY)
                changed.append({"this": row.pop("notification_id"), **row})
            if hold is not None:
                held.append(key)
                continue
        else:
            _require_standing(before, _row(one, call.body, night, since), night)
            if before["body"] != call.body:
                frozen.append(key)
                call = replace(call, body=before["body"])
        documents.append(call)
    if new:
        connection.execute(insert(notification), new)
    rewrite(connection, changed)
    return Written(
        documents=tuple(documents),
        new=tuple(key for key in ids if key not in known),
        frozen=tuple(frozen),
        held=tuple(held),
    )


def ask(connection: Connection, night: Run, reviews: Sequence[Review]) -> Written:
    """Write reviews down, each once; one asked before keeps its first bytes."""
    rows = {one.review_id: _question(one, night) for one in reviews}
    known = _known(connection, review, "review_id", list(rows))
    dropped = {key for key, row in known.items() if row["dropped_by"] is not None}
    for key in dropped:
        connection.execute(
            update(review)
            .where(review.c.review_id == key)
            .values(rows[key] | {"dropped_by": None})
        )
    new = [row for key, row in rows.items() if key not in known]
    if new:
        connection.execute(insert(review), new)
    calls, frozen = [], []
    for one in sorted(reviews, key=lambda one: _URGENCY[one.priority]):
        call = outgoing(one, night.business_date)
        if one.review_id in known.keys() - dropped:
            first = known[one.review_id]["body"]
            if first != call.body:
                frozen.append(one.review_id)
                call = replace(call, body=first)
        calls.append(call)
    ids = tuple(key for key in rows if key not in known)
    return Written(tuple(calls), ids, tuple(frozen))


def drop_undecided(
    connection: Connection, night: Run, decided: Iterable[str]
) -> Undecided:
    """Stop what earlier runs of this date put in line and tonight no longer decides.

    Only what can't have arrived is stopped: not tried yet, or refused. What was tried
    stays as it is. A run's own summary is always sent. What is held waits for its
    decision every night, so of that whatever was not decided is dropped.
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
            .returning(outbox.c.outbox_id, outbox.c.kind, outbox.c.document_id)
        ).all()
        stopped += [UUID(row.document_id) for row in done if row.kind != "verdict"]
        letters = letters_about(connection, [row.outbox_id for row in done], "replayed")
        enqueue(connection, letters, night.recorded_at)
    no_more = let_go(connection, night, keep)
    _mark_dropped(connection, notification, [*stopped, *no_more], night.run_id)
    _mark_dropped(connection, review, stopped, night.run_id)
    left = connection.scalars(
        select(notification.c.notification_id).where(
            notification.c.run_id.in_(runs_of(night.region)),
            notification.c.stands_after == night.business_date,
        )
    )
    return Undecided(
        dropped=tuple(sorted(stopped)),
        left_standing=tuple(sorted(key for key in left if str(key) not in keep)),
        let_go=tuple(no_more),
    )


def _since(before: Mapping[str, Any] | None, night: Run, first: FirstHolds) -> dt.date:
    """The night that first decided a notice, if it stands or waits since then."""
    if before is None:
        return night.business_date
    lives = before["stands_after"] is not None
    if lives or before["notification_id"] in first.by_id:
        since: dt.date = before["created_on"]
        return since
    return night.business_date


def _made_on(
    document: Notification | Withdrawal, since: dt.date
) -> Notification | Withdrawal:
    if document.created_on == since:
        return document
    return document.model_copy(update={"created_on": since})


def _held(hold: Hold | None, first: Hold | None, night: Run) -> dict[str, object]:
    """What a row says of being held: still, until tonight, or not."""
    shown = hold or first
    released = hold is None and first is not None
    return {
        "held_by": shown and shown.by,
        "release_at": shown and shown.release_at,
        "released_by": night.run_id if released else None,
        "released_at": night.recorded_at if released else None,
        "stands_after": night.business_date if hold is None else None,
    }


def _row(
    notice: Notice, frozen: bytes, night: Run, since: dt.date
) -> dict[str, object]:
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
        "created_on": since,
        "run_id": night.run_id,
        "channel": notice.channel,
        "body": frozen,
        "recording_token": token,
        "dropped_by": None,
        "judgement": notice.judgement,
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


def _known(
    connection: Connection, table: Table, key: str, ids: Sequence[UUID]
) -> dict[UUID, Mapping[str, Any]]:
    found: dict[UUID, Mapping[str, Any]] = {}
    for some in in_batches(ids):
        rows = connection.execute(select(table).where(table.c[key].in_(some)))
        found |= {row[key]: row for row in map(dict, rows.mappings())}
    return found


def _require_same(
    before: Mapping[str, Any], now: Mapping[str, object], names: Iterable[str]
) -> None:
    other = [name for name in names if before[name] != now[name]]
    if other:
        raise NoticeConflictError(
            f"notification {now['notification_id']} was decided by "
            f"{before['run_id']} with another {', '.join(other)}; its id must say "
            "what is told to whom"
        )


def _require_standing(
    before: Mapping[str, Any], now: Mapping[str, object], night: Run
) -> None:
    """A night may find what was released while it decided; it says the same then."""
    _require_same(before, now, (*_IDENTITY, "supersedes"))
    if before["stands_after"] < night.business_date and before["released_at"] is None:
        raise NoticeConflictError(
            f"notification {now['notification_id']} was decided by "
            f"{before['run_id']} on an earlier night; its id must say what is told to "
            "whom"
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
