"""What is known of another region's notices, to judge the next package by."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, func, select

from register.batches import in_batches
from register.tables import imported, notification


def imported_at(connection: Connection, package_id: str) -> dt.datetime | None:
    """When a package was taken in, if it was."""
    found: dt.datetime | None = connection.scalar(
        select(func.min(imported.c.imported_at)).where(
            imported.c.package_id == package_id
        )
    )
    return found


def senders(connection: Connection, ids: Collection[UUID]) -> dict[UUID, str]:
    """By notice, which region handed it in; others are left out."""
    found: dict[UUID, str] = {}
    for some in in_batches(sorted(ids)):
        rows = connection.execute(
            select(imported.c.notification_id, imported.c.from_region).where(
                imported.c.notification_id.in_(some)
            )
        )
        found |= {row.notification_id: row.from_region for row in rows}
    return found


def own(connection: Connection, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these are notices that this region made itself."""
    found: set[UUID] = set()
    for some in in_batches(sorted(ids)):
        found |= set(
            connection.scalars(
                select(notification.c.notification_id).where(
                    notification.c.notification_id.in_(some)
                )
            )
        )
    return frozenset(found)
