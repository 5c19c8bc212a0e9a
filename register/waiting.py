"""What earlier nights held and nobody has released, as the next night finds it."""

import datetime as dt
from uuid import UUID

from sqlalchemy import Connection, or_, select

from notifications.brake import Waiting
from notifications.documents import Priority
from notifications.outcome import Hold
from register.tables import notification, run


def waiting(connection: Connection, before: dt.date) -> list[Waiting]:
    """The holds that nights before a business date set and that stand still.

    For :func:`notifications.brake.keep_waiting`. What another run of that date let go
    of waits all the same: the date run again must find what the first run found.
    """
    tonight = select(run.c.run_id).where(run.c.business_date == before)
    rows = connection.execute(
        select(
            notification.c.notification_id,
            notification.c.recipient,
            notification.c.placement_ref,
            notification.c.held_by,
            notification.c.release_at,
            notification.c.priority,
        )
        .where(
            notification.c.held_by.is_not(None),
            notification.c.released_at.is_(None),
            notification.c.created_on < before,
            or_(
                notification.c.dropped_by.is_(None),
                notification.c.dropped_by.in_(tonight),
            ),
        )
        .order_by(notification.c.created_on, notification.c.notification_id)
    )
    return [
        Waiting(
            notification_id=row.notification_id,
            recipient=row.recipient,
            placement_ref=row.placement_ref,
            hold=Hold(row.held_by, row.release_at),
            urgent=row.priority == Priority.HIGH,
        )
        for row in rows
    ]


def made_before(connection: Connection, before: dt.date) -> frozenset[UUID]:
    """The notices that nights before a business date made and the brake or a schedule
    held, which the night of that date may decide once more.

    Those let go since by that night or after it are among them: the date run again must
    find what the first run found.
    """
    tonight = select(run.c.run_id).where(run.c.business_date == before)
    found = connection.scalars(
        select(notification.c.notification_id).where(
            notification.c.held_by.in_(("surge", "baseline")),
            notification.c.created_on < before,
            or_(
                notification.c.stands_after.is_(None),
                notification.c.stands_after >= before,
            ),
            or_(
                notification.c.dropped_by.is_(None),
                notification.c.dropped_by.in_(tonight),
            ),
        )
    )
    return frozenset(found)
