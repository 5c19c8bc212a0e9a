"""A notice and what became of it, read from its row; and which rows still wait.

Four things decide where a notice stands: its withdrawal, a later notice in its place,
what the recipient said last, and whether its record is still looked for.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    not_,
    or_,
    select,
)

from notifications.documents import Notification, ObligationKind, Withdrawal
from portal.permissions import NotYours, Scope, check_notice, check_notices
from portal.tables import disputes, notifications, obligations, withdrawals
from portal.visits import Visit

Reason = Literal["not_ours", "duplicate", "wrong_facts"]


class State(StrEnum):
    """Where a notice stands with its recipient."""

    UNREAD = "unread"
    OPENED = "opened"
    READ = "read"
    """A copy or a reminder that was opened: it asks for nothing more."""
    ACKNOWLEDGED = "acknowledged"
    DISPUTED = "disputed"
    """The recipient said last that it is wrong."""
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


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
    disputed_at: dt.datetime | None
    """When the dispute that stands was made."""
    dispute: Reason | None
    reminders: int
    """How often the recipient was reminded of it."""
    not_found: bool
    """Acknowledged, and the recipient's own extract does not show it."""

    @property
    def answerable(self) -> bool:
        """Whether it may be acknowledged, corrected and disputed."""
        return (
            self.withdrawal is None
            and self.superseded_by is None
            and not self.document.is_copy
            and self.document.reminds is None
        )

    @property
    def has_package(self) -> bool:
        """Whether there is something to be typed that is still true."""
        return (
            self.withdrawal is None
            and self.superseded_by is None
            and bool(self.document.fill_in)
        )


_newer = notifications.alias("newer")
_reminder = notifications.alias("reminder")
_reminded = notifications.alias("reminded")
SUPERSEDED_BY = (
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
REMINDERS = (
    select(func.count())
    .where(
        _reminder.c.reminds == notifications.c.notification_id,
        _reminder.c.recipient == notifications.c.recipient,
    )
    .correlate(notifications)
    .scalar_subquery()
)
_ATTACHED = exists().where(
    _reminded.c.notification_id == notifications.c.reminds,
    _reminded.c.recipient == notifications.c.recipient,
    _reminded.c.audience == notifications.c.audience,
)
LISTED = not_(_ATTACHED)
"""A reminder shows on the notice that it reminds of, and alone only without it."""
NOT_FOUND = and_(
    notifications.c.acknowledged_at.is_not(None),
    exists().where(
        obligations.c.notification_id == notifications.c.notification_id,
        obligations.c.owed_by == notifications.c.recipient,
        obligations.c.kind == ObligationKind.RECORD_TASK.value,
        obligations.c.met_on.is_(None),
    ),
)
_WITHDRAWN = withdrawals.c.notification_id.is_not(None)
_ASKS = and_(not_(_WITHDRAWN), SUPERSEDED_BY.is_(None))
DISPUTED = and_(_ASKS, disputes.c.dispute_id.is_not(None))
ACKNOWLEDGED = and_(
    notifications.c.acknowledged_at.is_not(None), disputes.c.dispute_id.is_(None)
)
_ONLY_TO_BE_READ = or_(notifications.c.is_copy, notifications.c.reminds.is_not(None))
WAITS = or_(
    and_(
        _ASKS,
        disputes.c.dispute_id.is_(None),
        or_(notifications.c.acknowledged_at.is_(None), NOT_FOUND),
        or_(not_(_ONLY_TO_BE_READ), notifications.c.opened_at.is_(None)),
    ),
    # who was shown what was wrong must see that it was
    and_(
        _WITHDRAWN,
        notifications.c.fetched_at.is_not(None),
        withdrawals.c.seen_at.is_(None),
    ),
)


def joined(*columns: ColumnElement[Any]) -> Select[Any]:
    """Notices beside their withdrawal and the dispute that stands."""
    identity = notifications.c.notification_id
    return select(*columns).select_from(
        notifications.outerjoin(
            withdrawals, withdrawals.c.notification_id == identity
        ).outerjoin(
            disputes,
            and_(
                disputes.c.notification_id == identity, disputes.c.settled_at.is_(None)
            ),
        )
    )


def rows() -> Select[Any]:
    """What :func:`read` needs of each."""
    column = notifications.c
    return joined(
        column.body, column.version, column.opened_at,
        column.acknowledged_at, column.reference, column.recorded_on,
        withdrawals.c.body.label("withdrawal"),
        disputes.c.disputed_at, disputes.c.reason,
        SUPERSEDED_BY.label("superseded_by"),
        REMINDERS.label("reminders"),
        case((WAITS, 1), else_=0).label("waits"),
        case((NOT_FOUND, 1), else_=0).label("not_found"),
    )  # fmt: skip


def within(scope: Scope) -> ColumnElement[bool]:
    """The rows of an agency that this person may see."""
    return and_(
        notifications.c.recipient == scope.agency,
        notifications.c.audience.in_(scope.audiences),
    )


def find(connection: Connection, visit: Visit, notification_id: UUID) -> Notice:
    """The viewer's notice.

    Raises:
        NotForRole: the viewer has no agency.
        NotYours: there is none, or it is not the viewer's.
    """
    row = connection.execute(
        rows()
        .add_columns(notifications.c.recipient, notifications.c.audience)
        .where(notifications.c.notification_id == notification_id)
    ).one_or_none()
    subject = str(notification_id)
    if row is None:
        check_notices(visit.viewer)
        raise NotYours("notice", subject)
    check_notice(visit.viewer, row.recipient, row.audience, subject)
    return read(row)


def read(row: Row[Any]) -> Notice:
    """The notice of a row of :func:`rows`."""
    document = Notification.model_validate_json(row.body)
    withdrawal = row.withdrawal and Withdrawal.model_validate_json(row.withdrawal)
    return Notice(
        document=document, state=_state(row, document), version=row.version,
        waits=bool(row.waits),
        superseded_by=row.superseded_by, withdrawal=withdrawal,
        acknowledged_at=row.acknowledged_at, reference=row.reference,
        recorded_on=row.recorded_on, disputed_at=row.disputed_at,
        dispute=row.reason, reminders=row.reminders, not_found=bool(row.not_found),
    )  # fmt: skip


def _state(row: Row[Any], document: Notification) -> State:
    if row.withdrawal is not None:
        return State.WITHDRAWN
    if row.superseded_by is not None and row.acknowledged_at is None:
        return State.SUPERSEDED
    if row.reason is not None and row.superseded_by is None:
        return State.DISPUTED
    if row.acknowledged_at is not None:
        return State.ACKNOWLEDGED
    if row.opened_at is None:
        return State.UNREAD
    read_only = document.is_copy or document.reminds is not None
    return State.READ if read_only else State.OPENED
