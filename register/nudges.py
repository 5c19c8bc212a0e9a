"""That an authority's inbox has changed: written with what changed it, and no more.

A nudge says nothing of a person: a webhook's is a CloudEvent whose subject is a
notice's id, an e-mail's is a number. One waits at most for each authority and way.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Literal
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Connection, Row, and_, select, update

from register.calls import Outgoing
from register.outbox import enqueue
from register.tables import imported, notification, outbox

Way = Literal["webhook", "email"]

INBOX_CHANGED = "crossborder.inbox.changed.v1"
_IDS = UUID("5c1b7bb0-5d0f-4a40-9f0e-3f1c1f6f0d3b")


def recipient_of(connection: Connection, document_id: str) -> str | None:
    """The authority that a notice, a reminder or a withdrawal went to."""
    key = UUID(document_id)
    for table in (notification, imported):
        found: str | None = connection.scalar(
            select(table.c.recipient).where(table.c.notification_id == key)
        )
        if found is not None:
            return found
    return None


def nudge_by_webhook(
    connection: Connection, authority: str, region: str, subject: str, at: dt.datetime
) -> bool:
    """One call waits for the authority; whether it is a new one."""
    if _waiting(connection, "webhook", authority) is not None:
        return False
    nudge_id = str(uuid5(_IDS, f"webhook {authority} {subject} {at.isoformat()}"))
    event = {
        "specversion": "1.0",
        "id": nudge_id,
        "source": f"urn:crossborder:{region}",
        "type": INBOX_CHANGED,
        "time": at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"),
        "subject": subject,
    }
    _put_in_line(connection, "webhook", authority, nudge_id, event, at)
    return True


def nudge_by_email(
    connection: Connection, authority: str, subject: str, at: dt.datetime
) -> bool:
    """One e-mail waits for the authority, counting this notice too; whether it is new.

    An e-mail that has been tried keeps its number: it may have arrived.
    """
    waits = _waiting(connection, "email", authority)
    if waits is None:
        nudge_id = str(uuid5(_IDS, f"email {authority} {subject} {at.isoformat()}"))
        _put_in_line(connection, "email", authority, nudge_id, {"count": 1}, at)
        return True
    body = _bytes({"count": json.loads(waits.body)["count"] + 1})
    connection.execute(
        update(outbox)
        .where(outbox.c.outbox_id == waits.outbox_id, outbox.c.attempts == 0)
        .values(body=body)
    )
    return False


def nudged(connection: Connection, way: Way) -> tuple[str, ...]:
    """The authorities for whom a nudge of this way waits."""
    found = connection.scalars(
        select(outbox.c.recipient)
        .where(outbox.c.state == "waiting", outbox.c.destination == way)
        .distinct()
    )
    return tuple(sorted(filter(None, found)))


def forget(
    connection: Connection, way: Way, authority: str, why: str, at: dt.datetime
) -> int:
    """Nudges that wait for an authority are sent no more; how many those were."""
    done = connection.execute(
        update(outbox)
        .where(_waits(way, authority))
        .values(state="dropped", settled_at=at, last_problem=why)
    )
    return done.rowcount


def _waits(way: Way, authority: str) -> ColumnElement[bool]:
    return and_(
        outbox.c.state == "waiting",
        outbox.c.destination == way,
        outbox.c.recipient == authority,
    )


def _waiting(
    connection: Connection, way: Way, authority: str
) -> Row[int, bytes] | None:
    return connection.execute(
        select(outbox.c.outbox_id, outbox.c.body).where(_waits(way, authority))
    ).first()


def _put_in_line(
    connection: Connection, way: Way, authority: str, nudge_id: str,
    content: Mapping[str, object], at: dt.datetime,
) -> None:  # fmt: skip
    enqueue(
        connection,
        [
            Outgoing(
                destination=way,
                kind="nudge",
                document_id=nudge_id,
                method="POST",
                path=f"nudges/{authority}",
                body=_bytes(content),
                created_on=at.date(),
                recipient=authority,
            )
        ],
        at,
    )


def _bytes(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
