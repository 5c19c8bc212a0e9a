"""A notice and what became of it, read from its row."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select

from notifications.documents import Notification, Withdrawal
from portal.permissions import NotYours, Scope, check_notice, check_notices
from portal.standings import State
from portal.tables import disputes, notifications, users, withdrawals
from portal.visits import Visit

Reason = Literal["not_ours", "duplicate", "wrong_facts"]


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who has a notice."""

    user_id: UUID
    name: str
    left: bool
    """Whether this person can't sign in any more: then nobody really has it."""


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
    holder: Holder | None
    """Who has it: a colleague of the recipient's; the desk when nobody."""
    passes: int
    """How often its holder has changed: what a form that changes it must know."""

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


@cache
def rows() -> Select[Any]:
    """What :func:`read` needs of each: beside it what is known of its withdrawal, the
    dispute that stands, and who has it."""
    column = notifications.c
    identity = column.notification_id
    stands = and_(
        disputes.c.notification_id == identity, disputes.c.settled_at.is_(None)
    )
    return select(
        column.body, column.version, column.acknowledged_at, column.reference,
        column.recorded_on, column.stands, column.waits, column.superseded_by,
        column.reminders, column.not_found, column.holder, column.passes,
        withdrawals.c.body.label("withdrawal"),
        disputes.c.disputed_at, disputes.c.reason,
        users.c.name.label("holder_name"),
        users.c.disabled_at.label("holder_left"),
    ).select_from(
        notifications.outerjoin(
            withdrawals, withdrawals.c.notification_id == identity
        )
        .outerjoin(disputes, stands)
        .outerjoin(users, users.c.user_id == column.holder)
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
        document=document, state=State(row.stands), version=row.version,
        waits=row.waits, superseded_by=row.superseded_by, withdrawal=withdrawal,
        acknowledged_at=row.acknowledged_at, reference=row.reference,
        recorded_on=row.recorded_on, disputed_at=row.disputed_at,
        dispute=row.reason, reminders=row.reminders, not_found=row.not_found,
        holder=_holder(row), passes=row.passes,
    )  # fmt: skip


def _holder(row: Row[Any]) -> Holder | None:
    if row.holder is None:
        return None
    return Holder(row.holder, row.holder_name or "", row.holder_left is not None)
