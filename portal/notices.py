"""An agency's notices: what waits for it, opening one, and saying it is recorded.

Opening is not acknowledging (law 4): only the recipient's own reference and date are.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    not_,
    or_,
    select,
    true,
    update,
)

from notifications.documents import Notification, Withdrawal
from notifications.feed import Acknowledgement, EventType, Receipt
from portal import audit, events
from portal.audit import Action
from portal.paging import LENGTH, Paging
from portal.permissions import NotYours, Scope, check_notice, check_notices
from portal.tables import notifications, withdrawals
from portal.visits import Visit


class Show(StrEnum):
    """The lists of the inbox."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ALL = "all"


class State(StrEnum):
    """Where a notice stands with its recipient."""

    UNREAD = "unread"
    OPENED = "opened"
    READ = "read"
    """A copy that was opened: it asks for nothing more."""
    ACKNOWLEDGED = "acknowledged"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class NotAcknowledgeable(Exception):
    """The notice's state does not allow it: withdrawn, superseded or a copy."""


class ChangedMeanwhile(Exception):
    """Somebody else acted on it, or it changed, after the form was shown."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification and what became of it."""

    document: Notification
    state: State
    version: int
    waits: bool
    """Whether the agency still has to do something: what the open list shows."""
    superseded_by: UUID | None
    withdrawal: Withdrawal | None
    acknowledged_at: dt.datetime | None
    reference: str | None
    recorded_on: dt.date | None

    @property
    def acknowledgeable(self) -> bool:
        return self.state in {State.UNREAD, State.OPENED} and not self.document.is_copy


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of an agency's notices, and how many each list holds."""

    notices: tuple[Notice, ...]
    counts: dict[Show, int]
    paging: Paging


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recipient's own word: under which reference, on which day."""

    reference: str
    recorded_on: dt.date
    version: int
    """The version that the form showed."""


def inbox(connection: Connection, visit: Visit, show: Show, page: int) -> Inbox:
    """A list of the viewer's agency, the most urgent first; a row of the audit trail.

    Raises:
        NotForRole: the viewer has no agency.
    """
    scope = check_notices(visit.viewer)
    lists = {
        Show.OPEN: _WAITS,
        Show.ACKNOWLEDGED: notifications.c.acknowledged_at.is_not(None),
        Show.ALL: true(),
    }
    counted = connection.execute(
        _joined(
            *(func.coalesce(func.sum(case((which, 1), else_=0)), 0)
              for which in lists.values()),
        ).where(_within(scope))
    ).one()  # fmt: skip
    counts = dict(zip(lists, counted, strict=True))
    paging = Paging.of(counts[show], page)
    rows = connection.execute(
        _rows()
        .where(_within(scope), lists[show])
        .order_by(*_most_urgent_first(visit.at))
        .limit(LENGTH)
        .offset(paging.offset)
    )
    notices = tuple(_notice(row) for row in rows)
    audit.record(
        connection, visit, Action.NOTICES_LISTED, show,
        [notice.document.notification_id for notice in notices],
    )  # fmt: skip
    return Inbox(notices, counts, paging)


def open_notice(connection: Connection, visit: Visit, notification_id: UUID) -> Notice:
    """The notice, now opened: an event the first time, an audit row every time.

    A withdrawn notice tells that its withdrawal was seen, and opens nothing else.

    Raises:
        NotForRole: the viewer has no agency.
        NotYours: there is none, or it is not the viewer's.
    """
    notice = _find(connection, visit, notification_id)
    if notice.withdrawal is None:
        subject = notification_id
        marked = connection.execute(
            update(notifications)
            .where(
                notifications.c.notification_id == notification_id,
                notifications.c.opened_at.is_(None),
            )
            .values(opened_at=visit.at)
        )
    else:
        subject = notice.withdrawal.retraction_id
        marked = connection.execute(
            update(withdrawals)
            .where(
                withdrawals.c.notification_id == notification_id,
                withdrawals.c.seen_at.is_(None),
            )
            .values(seen_at=visit.at)
        )
    audit.record(connection, visit, Action.NOTICE_OPENED, str(subject))
    if marked.rowcount:
        receipt = Receipt(agency=notice.document.recipient, actor=visit.actor)
        events.append(connection, EventType.OPENED, subject, receipt, visit.at)
    return notice


def acknowledge(
    connection: Connection, visit: Visit, notification_id: UUID, said: Recorded
) -> None:
    """The recipient has recorded it. Saying the very same again changes nothing.

    Raises:
        NotForRole, NotYours: as for :func:`open_notice`.
        NotAcknowledgeable: it is withdrawn, superseded, or a copy.
        ChangedMeanwhile: it changed after the form was shown.
    """
    notice = _find(connection, visit, notification_id)
    if (notice.reference, notice.recorded_on) == (said.reference, said.recorded_on):
        return
    if notice.state is State.ACKNOWLEDGED or notice.version != said.version:
        raise ChangedMeanwhile
    if not notice.acknowledgeable:
        raise NotAcknowledgeable
    written = connection.execute(
        update(notifications)
        .where(
            notifications.c.notification_id == notification_id,
            notifications.c.version == said.version,
        )
        .values(
            version=said.version + 1, acknowledged_at=visit.at,
            acknowledged_by=visit.viewer.user_id, reference=said.reference,
            recorded_on=said.recorded_on,
        )
    )  # fmt: skip
    if not written.rowcount:
        raise ChangedMeanwhile
    audit.record(connection, visit, Action.NOTICE_ACKNOWLEDGED, str(notification_id))
    word = Acknowledgement(
        agency=notice.document.recipient, actor=visit.actor, reference=said.reference,
        recorded_on=said.recorded_on,
    )  # fmt: skip
    events.append(connection, EventType.ACKNOWLEDGED, notification_id, word, visit.at)


_newer = notifications.alias("newer")
_SUPERSEDED_BY = (
    select(_newer.c.notification_id)
    .where(
        _newer.c.supersedes == notifications.c.notification_id,
        _newer.c.recipient == notifications.c.recipient,
    )
    .order_by(_newer.c.notification_id)
    .limit(1)
    .correlate(notifications)
    .scalar_subquery()
)
_WITHDRAWN = withdrawals.c.notification_id.is_not(None)
_WAITS = or_(
    and_(
        not_(_WITHDRAWN),
        _SUPERSEDED_BY.is_(None),
        notifications.c.acknowledged_at.is_(None),
        or_(not_(notifications.c.is_copy), notifications.c.opened_at.is_(None)),
    ),
    # who has seen what was wrong must see that it was
    and_(
        _WITHDRAWN,
        notifications.c.opened_at.is_not(None),
        withdrawals.c.seen_at.is_(None),
    ),
)


def _joined(*columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).select_from(
        notifications.outerjoin(
            withdrawals,
            withdrawals.c.notification_id == notifications.c.notification_id,
        )
    )


def _rows() -> Select[Any]:
    return _joined(
        notifications.c.body, notifications.c.version, notifications.c.opened_at,
        notifications.c.acknowledged_at, notifications.c.reference,
        notifications.c.recorded_on, withdrawals.c.body.label("withdrawal"),
        _SUPERSEDED_BY.label("superseded_by"),
        case((_WAITS, 1), else_=0).label("waits"),
    )  # fmt: skip


def _within(scope: Scope) -> ColumnElement[bool]:
    return and_(
        notifications.c.recipient == scope.agency,
        notifications.c.audience.in_(scope.audiences),
    )


def _most_urgent_first(now: dt.datetime) -> Sequence[ColumnElement[Any]]:
    """What still waits; then what is overdue, by priority, by due date, by age."""
    column = notifications.c
    return (
        case((_WAITS, 0), else_=1),
        case((column.due_at < now, 0), else_=1),
        column.urgency,
        case((column.due_at.is_(None), 1), else_=0),
        column.due_at,
        column.created_on,
        column.notification_id,
    )


def _find(connection: Connection, visit: Visit, notification_id: UUID) -> Notice:
    row = connection.execute(
        _rows()
        .add_columns(notifications.c.recipient, notifications.c.audience)
        .where(notifications.c.notification_id == notification_id)
    ).one_or_none()
    subject = str(notification_id)
    if row is None:
        check_notices(visit.viewer)
        raise NotYours("notice", subject)
    check_notice(visit.viewer, row.recipient, row.audience, subject)
    return _notice(row)


def _notice(row: Row[Any]) -> Notice:
    document = Notification.model_validate_json(row.body)
    withdrawal = row.withdrawal and Withdrawal.model_validate_json(row.withdrawal)
    return Notice(
        document=document, state=_state(row, document), version=row.version,
        waits=bool(row.waits), superseded_by=row.superseded_by, withdrawal=withdrawal,
        acknowledged_at=row.acknowledged_at, reference=row.reference,
        recorded_on=row.recorded_on,
    )  # fmt: skip


def _state(row: Row[Any], document: Notification) -> State:
    if row.withdrawal is not None:
        return State.WITHDRAWN
    if row.acknowledged_at is not None:
        return State.ACKNOWLEDGED
    if row.superseded_by is not None:
        return State.SUPERSEDED
    if row.opened_at is None:
        return State.UNREAD
    return State.READ if document.is_copy else State.OPENED
