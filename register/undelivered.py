"""Which notices of some children have not reached their recipients, and why.

A notice of the portal has reached it once the portal has taken it. One that a person
carries out of the region has once its package was handed over: a package that lies in
a folder has reached nobody.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, select, tuple_

from notifications.documents import Kind
from register.batches import in_batches
from register.holds import is_held
from register.tables import notification, outbox, package, packaged

Where = Literal["waiting", "refused", "to_pack", "packed"]
"""``to_pack`` and ``packed``: a person must carry it."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A notice that is decided and let go, and that has not arrived."""

    placing_la: str
    child_ref: str
    notification_id: UUID
    """A retraction's own."""
    kind: Kind
    recipient: str
    where: Where
    attempts: int
    problem: str | None
    """What the last try met with."""


def undelivered(
    connection: Connection, children: Collection[tuple[str, str]]
) -> tuple[Undelivered, ...]:
    """Of the children, by placing authority and reference: what has not arrived.

    Of any night. What is held is on no way yet, and what was dropped never will be.
    """
    notices: list[Row[Any]] = []
    for some in in_batches(sorted(children)):
        notices += connection.execute(
            select(
                notification.c.notification_id,
                notification.c.placing_la,
                notification.c.child_ref,
                notification.c.kind,
                notification.c.recipient,
                notification.c.channel,
            )
            .where(
                tuple_(notification.c.placing_la, notification.c.child_ref).in_(some),
                notification.c.dropped_by.is_(None),
                ~is_held(),
            )
            .order_by(
                notification.c.placing_la,
                notification.c.child_ref,
                notification.c.created_on,
                notification.c.recipient,
                notification.c.notification_id,
            )
        )
    ids = [one.notification_id for one in notices]
    lines, carried = _lines(connection, ids), _handed_over(connection, ids)
    found = [_one(notice, lines, carried) for notice in notices]
    return tuple(one for one in found if one is not None)


def _one(
    notice: Row[Any], lines: dict[str, list[Row[Any]]], carried: Collection[UUID]
) -> Undelivered | None:
    tries = lines.get(str(notice.notification_id), [])
    taken = any(one.state == "delivered" for one in tries)
    by_hand = notice.channel == "export"
    where: Where
    if by_hand:
        if notice.notification_id in carried:
            return None
        where = "packed" if taken else "to_pack"
    elif taken:
        return None
    else:
        where = "refused" if any(one.state == "dead" for one in tries) else "waiting"
    return Undelivered(
        placing_la=notice.placing_la,
        child_ref=notice.child_ref,
        notification_id=notice.notification_id,
        kind=Kind(notice.kind),
        recipient=notice.recipient,
        where=where,
        attempts=sum(one.attempts for one in tries),
        problem=tries[-1].last_problem if tries else None,
    )


def _lines(connection: Connection, ids: Sequence[UUID]) -> dict[str, list[Row[Any]]]:
    """By document id: its rows of the outbox that count, the oldest first."""
    rows: list[Row[Any]] = []
    for some in in_batches([str(one) for one in ids]):
        rows += connection.execute(
            select(
                outbox.c.document_id,
                outbox.c.state,
                outbox.c.attempts,
                outbox.c.last_problem,
            )
            .where(
                outbox.c.document_id.in_(some),
                outbox.c.destination.in_(("portal", "export")),
                outbox.c.state != "dropped",
            )
            .order_by(outbox.c.outbox_id)
        )
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.document_id].append(row)
    return found


def _handed_over(connection: Connection, ids: Sequence[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for some in in_batches(ids):
        found |= set(
            connection.scalars(
                select(packaged.c.notification_id)
                .join(package, package.c.package_id == packaged.c.package_id)
                .where(
                    packaged.c.notification_id.in_(some),
                    package.c.handed_over_at.is_not(None),
                )
            )
        )
    return found
