"""An agency's notices: opening one, and taking its package away.

Being listed is *fetched*, being shown is *opened*: neither is acknowledged (law 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, or_, select, update

from notifications.documents import Obligation, ObligationKind
from notifications.feed import EventType, Receipt
from portal import audit, events
from portal.audit import Action
from portal.history import Deed, history_of
from portal.notice_rows import Notice, find, within
from portal.permissions import Scope, check_notices
from portal.standings import settle
from portal.tables import notifications, obligations, withdrawals
from portal.visits import Visit


class NoPackage(Exception):
    """Nothing is to be typed from this notice: withdrawn, superseded, or of a kind
    that asks for no record."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A notice that is shown, with what hangs on it."""

    notice: Notice
    tasks: tuple[Obligation, ...]
    """What the viewer's agency still owes about it."""
    earlier: UUID | None
    """The notice whose place it takes, if the viewer may open that."""
    history: tuple[Deed, ...]
    """What the viewer's agency did with it, the first deed first."""


def original_of(
    connection: Connection, visit: Visit, notification_id: UUID
) -> UUID | None:
    """Of a reminder: the notice to be shown instead, if the viewer may open both.

    Raises:
        NotForRole: the viewer has no agency.
    """
    column, original = notifications.c, notifications.alias("original")
    scope = check_notices(visit.viewer)
    return connection.scalar(
        select(original.c.notification_id)
        .join(notifications, original.c.notification_id == column.reminds)
        .where(
            column.notification_id == notification_id,
            within(scope),
            original.c.recipient == scope.agency,
            original.c.audience.in_(scope.audiences),
        )
    )


def open_notice(connection: Connection, visit: Visit, notification_id: UUID) -> Opened:
    """The notice, now opened: an event the first time, an audit row every time.

    A withdrawn notice tells that its withdrawal was seen, and opens nothing else.

    Raises:
        NotForRole: the viewer has no agency.
        NotYours: there is none, or it is not the viewer's.
    """
    notice = find(connection, visit, notification_id)
    tasks = _tasks(connection, visit, notice)
    earlier = _reachable(connection, visit, notice.document.supersedes)
    if notice.withdrawal is not None:
        _see_withdrawal(connection, visit, notice)
    else:
        audit.record(connection, visit, Action.NOTICE_OPENED, str(notification_id))
        scope = check_notices(visit.viewer)
        tell(connection, visit, scope, EventType.FETCHED, [notification_id])
        tell(connection, visit, scope, EventType.OPENED, [notification_id])
    return Opened(notice, tasks, earlier, history_of(connection, visit, notice))


def take_package(connection: Connection, visit: Visit, notification_id: UUID) -> Notice:
    """The notice whose package is downloaded: fetched by that, and an audit row.

    Raises:
        NotForRole, NotYours: as for :func:`open_notice`.
        NoPackage: there is nothing to be typed.
    """
    notice = find(connection, visit, notification_id)
    if not notice.has_package:
        raise NoPackage
    audit.record(connection, visit, Action.PACKAGE_DOWNLOADED, str(notification_id))
    scope = check_notices(visit.viewer)
    tell(connection, visit, scope, EventType.FETCHED, [notification_id])
    return notice


def fetch(connection: Connection, visit: Visit, listed: Sequence[Notice]) -> None:
    """The notices were listed elsewhere than in the inbox: fetched by that."""
    shown = [one.document.notification_id for one in listed if one.withdrawal is None]
    scope = check_notices(visit.viewer)
    tell(connection, visit, scope, EventType.FETCHED, shown)


def printed(connection: Connection, visit: Visit, notification_id: UUID) -> Opened:
    """The notice for paper: opened by that as on a screen, and an audit row more.

    Raises:
        NotForRole, NotYours: as for :func:`open_notice`.
    """
    opened = open_notice(connection, visit, notification_id)
    audit.record(connection, visit, Action.NOTICE_PRINTED, str(notification_id))
    return opened


_MARKS: dict[EventType, Column[Any]] = {
    EventType.FETCHED: notifications.c.fetched_at,
    EventType.OPENED: notifications.c.opened_at,
}


def tell(
    connection: Connection,
    visit: Visit,
    scope: Scope,
    kind: EventType,
    shown: Sequence[UUID],
) -> None:
    """An event for each that this befalls first; reminders go with their notice."""
    mark = _MARKS[kind]
    column = notifications.c
    marked = connection.execute(
        update(notifications)
        .where(
            within(scope),
            mark.is_(None),
            or_(column.notification_id.in_(shown), column.reminds.in_(shown)),
        )
        .values({mark.name: visit.at})
        .returning(column.notification_id, column.reminds)
    ).all()
    settle(connection, *(row.notification_id for row in marked))

    def place(row: Any) -> tuple[int, bool, str]:
        of = row.notification_id if row.notification_id in shown else row.reminds
        return shown.index(of), row.reminds is not None, str(row.notification_id)

    receipt = Receipt(agency=scope.agency, actor=visit.actor)
    for row in sorted(marked, key=place):
        events.append(connection, kind, row.notification_id, receipt, visit.at)


def _see_withdrawal(connection: Connection, visit: Visit, notice: Notice) -> None:
    if notice.withdrawal is None:
        return
    subject = notice.withdrawal.retraction_id
    seen = connection.execute(
        update(withdrawals)
        .where(withdrawals.c.retraction_id == subject, withdrawals.c.seen_at.is_(None))
        .values(seen_at=visit.at)
    )
    settle(connection, notice.document.notification_id)
    audit.record(connection, visit, Action.NOTICE_OPENED, str(subject))
    if seen.rowcount:
        receipt = Receipt(agency=notice.document.recipient, actor=visit.actor)
        events.append(connection, EventType.OPENED, subject, receipt, visit.at)


def _tasks(
    connection: Connection, visit: Visit, notice: Notice
) -> tuple[Obligation, ...]:
    """What is still owed about it. The one that asks for what was just done is not
    shown: the next pass of the region closes it."""
    scope = check_notices(visit.viewer)
    answered = notice.acknowledged_at is not None or notice.dispute is not None
    done = ObligationKind.ACKNOWLEDGE_TASK if answered else ObligationKind.RECORD_TASK
    bodies = connection.scalars(
        select(obligations.c.body)
        .where(
            obligations.c.notification_id == notice.document.notification_id,
            obligations.c.owed_by == scope.agency,
            obligations.c.audience.in_(scope.audiences),
            obligations.c.met_on.is_(None),
            obligations.c.kind != done.value,
        )
        .order_by(obligations.c.due_at, obligations.c.obligation_id)
    )
    return tuple(Obligation.model_validate_json(body) for body in bodies)


def _reachable(
    connection: Connection, visit: Visit, notification_id: UUID | None
) -> UUID | None:
    if notification_id is None:
        return None
    return connection.scalar(
        select(notifications.c.notification_id).where(
            notifications.c.notification_id == notification_id,
            within(check_notices(visit.viewer)),
        )
    )
