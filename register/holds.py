"""What was decided and is kept back: until its time, or until somebody lets it go.

A held notice has no row in the outbox and does not stand: the next night decides as if
it had never been made. Decided again, it stays, keeps its first date and the earlier of
both holds, and its details are brought up to date; not decided again, it is dropped.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from notifications.documents import Kind, Notification, Priority, Withdrawal, body
from notifications.outcome import HeldBy, Hold, Notice
from register.calls import Destination, outgoing
from register.engine import take_turns, writing
from register.history import runs_of
from register.outbox import enqueue, in_batches
from register.runs import Run, newest_runs
from register.tables import notification, run

_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
_URGENCY = {Priority.HIGH: 0, Priority.STANDARD: 1, Priority.LOW: 2}


class UnknownNoticeError(LookupError):
    """No notice has that id."""


class DroppedNoticeError(ValueError):
    """The notice is no longer decided, so nobody is to be told."""


@dataclass(frozen=True, slots=True)
class HeldNotice:
    """A notice that waits."""

    notification_id: UUID
    kind: Kind
    recipient: str
    placing_la: str | None
    """``None`` of a pointer; so too the next two."""
    child_ref: str | None
    placement_ref: str | None
    priority: Priority
    held_by: HeldBy
    release_at: dt.datetime | None
    """``None`` waits for a named person."""
    created_on: dt.date
    """The night that first decided it."""
    run_id: str
    """The run that last decided it."""
    document: Notification | Withdrawal


def is_held() -> ColumnElement[bool]:
    """The notices that wait."""
    return and_(
        notification.c.held_by.is_not(None),
        notification.c.stands_after.is_(None),
        notification.c.dropped_by.is_(None),
    )


def held_notices(connection: Connection) -> tuple[HeldNotice, ...]:
    """Every notice that waits, the first to go first."""
    rows = connection.execute(select(notification).where(is_held())).all()
    found = [
        HeldNotice(
            notification_id=row.notification_id,
            kind=Kind(row.kind),
            recipient=row.recipient,
            placing_la=row.placing_la,
            child_ref=row.child_ref,
            placement_ref=row.placement_ref,
            priority=Priority(row.priority),
            held_by=row.held_by,
            release_at=row.release_at,
            created_on=row.created_on,
            run_id=row.run_id,
            document=_document(row),
        )
        for row in rows
    ]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.release_at or _NEVER,
                _URGENCY[one.priority],
                one.created_on,
                str(one.notification_id),
            ),
        )
    )


def held_counts(connection: Connection) -> dict[str, int]:
    """How many notices wait, by what holds them."""
    rows = connection.execute(
        select(notification.c.held_by, func.count().label("number"))
        .where(is_held())
        .group_by(notification.c.held_by)
    )
    return {row.held_by: row.number for row in sorted(rows)}


def release(
    engine: Engine, ids: Sequence[UUID], *, by: str, at: dt.datetime,
    reclock: Callable[[Notification], Notification],
) -> tuple[UUID, ...]:  # fmt: skip
    """Let notices go; those that waited until now.

    They stand from the newest recorded night on, with the bytes that ``reclock`` makes
    of them, and are in line for delivery. One that went before is left as it is. It is
    done in one transaction, and in turn with nights of the region.

    Args:
        engine: the register.
        ids: which notices.
        by: who releases them: a pseudonym of a person, or the clock.
        at: the moment.
        reclock: gives a notice the clock with which it goes.

    Raises:
        UnknownNoticeError: there is no such notice.
        DroppedNoticeError: one is no longer decided; none is released.
    """
    if not ids:
        return ()
    with writing(engine) as connection:
        for region in sorted({row.region for row in _rows(connection, ids)}):
            take_turns(connection, f"night:{region}")
        rows = _rows(connection, ids)
        _require_releasable(rows, ids)
        newest = newest_runs(connection)
        waiting = [row for row in rows if row.stands_after is None]
        waiting.sort(key=lambda row: (_URGENCY[Priority(row.priority)], row.created_on))
        changes: list[dict[str, object]] = []
        lines: dict[str, list[Any]] = {}
        for row in waiting:
            run_id, newest_night = newest[row.region]
            document = _document(row)
            due_at = row.due_at
            if isinstance(document, Notification):
                document = reclock(document)
                due_at = document.clock.due_at if document.clock else due_at
            channel = cast(Destination, row.channel)
            lines.setdefault(run_id, []).append(
                outgoing(document, row.created_on, channel)
            )
            changes.append(
                {
                    "this": row.notification_id,
                    "body": body(document),
                    "due_at": due_at,
                    "stands_after": newest_night,
                    "released_by": by,
                    "released_at": at,
                }
            )
        rewrite(connection, changes)
        for run_id, documents in lines.items():
            enqueue(connection, documents, at, run_id)
    return tuple(row.notification_id for row in waiting)


# --- for the night that is being recorded ------------------------------------------


@dataclass(frozen=True, slots=True)
class FirstHolds:
    """What waits as a night begins to be recorded."""

    by_id: Mapping[UUID, Hold]
    by_subject: Mapping[tuple[str, str], Hold]
    """By recipient, and placement or person."""

    def of(self, notice: Notice) -> Hold | None:
        """A decided notice's hold: tonight's, or an earlier one that ends sooner.

        Another notice to the same recipient about the same placement inherits the hold
        of the one whose place it takes, if the same thing holds both.
        """
        tonight = notice.hold
        if tonight is None:
            return None
        first = self.by_id.get(notice.notification_id)
        if first is None:
            first = self.by_subject.get(_subject(notice))
            if first is None or first.by != tonight.by:
                return tonight
        return min(first, tonight, key=lambda hold: hold.release_at or _NEVER)


def first_holds(connection: Connection, night: Run) -> FirstHolds:
    """The holds of what waits, and of what runs of tonight's date let go of."""
    tonight = runs_of(night.region, night.business_date)
    rows = connection.execute(
        select(notification)
        .where(
            notification.c.held_by.is_not(None),
            notification.c.stands_after.is_(None),
            notification.c.released_at.is_(None),
            notification.c.run_id.in_(runs_of(night.region)),
            or_(
                notification.c.dropped_by.is_(None),
                notification.c.dropped_by.in_(tonight),
            ),
        )
        .order_by(notification.c.created_on.desc())
    ).all()
    holds = [(row, Hold(row.held_by, row.release_at)) for row in rows]
    return FirstHolds(
        by_id={row.notification_id: hold for row, hold in holds},
        by_subject={
            (row.recipient, row.placement_ref or str(row.person_id)): hold
            for row, hold in holds
        },
    )


def let_go(connection: Connection, night: Run, decided: Iterable[str]) -> list[UUID]:
    """Which notices wait that tonight no longer decides, of whatever night."""
    keep = set(decided)
    waiting = connection.scalars(
        select(notification.c.notification_id).where(
            is_held(), notification.c.run_id.in_(runs_of(night.region))
        )
    )
    return sorted(key for key in waiting if str(key) not in keep)


def rewrite(connection: Connection, changes: Sequence[Mapping[str, object]]) -> None:
    """Change notices' rows; ``this`` is the id of each, and all change the same."""
    if changes:
        connection.execute(
            update(notification).where(
                notification.c.notification_id == bindparam("this")
            ),
            [dict(one) for one in changes],
        )


def _subject(notice: Notice) -> tuple[str, str]:
    return (notice.recipient, notice.placement_ref or str(notice.person_id))


def _document(row: Row[Any]) -> Notification | Withdrawal:
    if row.kind == Kind.RETRACTION:
        return Withdrawal.model_validate_json(row.body)
    return Notification.model_validate_json(row.body)


def _rows(connection: Connection, ids: Sequence[UUID]) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for some in in_batches(sorted(set(ids))):
        found += connection.execute(
            select(notification, run.c.region)
            .join(run, run.c.run_id == notification.c.run_id)
            .where(notification.c.notification_id.in_(some))
            .order_by(notification.c.notification_id)
        )
    return found


def _require_releasable(rows: Sequence[Row[Any]], ids: Sequence[UUID]) -> None:
    unknown = set(ids) - {row.notification_id for row in rows}
    if unknown:
        raise UnknownNoticeError(
            f"{len(unknown)} notices can't be released, as no night made them: "
            f"{', '.join(sorted(map(str, unknown))[:5])}"
        )
    dropped = [str(row.notification_id) for row in rows if row.dropped_by is not None]
    if dropped:
        raise DroppedNoticeError(
            f"{len(dropped)} notices can't be released, as they are no longer decided: "
            f"{', '.join(dropped[:5])}; release what waits by now"
        )
