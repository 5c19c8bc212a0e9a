"""What must still be delivered: written with what it tells of, sent later, in order.

Sending is at least once: a call may have worked although no answer came. Documents
have ids and portals take the same bytes twice, so that each arrives exactly once.

A publisher's pass::

    while [item] := take(connection, now, 1):    # marked as tried, and committed
        send → delivered(…) | failed(…, next_at) | refused(…)

What is refused for good is a dead letter: the portal's dashboard is told of it by a
document of its own, and again when it is replayed or delivered after all.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from register.batches import in_batches as in_batches  # noqa: PLC0414 - passed on
from register.calls import Destination, Method, Outgoing
from register.letters import letters_about
from register.tables import outbox

LEASE = dt.timedelta(minutes=10)
"""How long a taken document is left to the publisher that took it."""

_FROZEN = ("notification", "withdrawal")
"""Kinds whose bytes never change once they are decided."""

NEWER = "a newer version of the document goes instead"


class UnknownDeliveryError(LookupError):
    """No row of the outbox has that number."""


class FrozenDocumentError(ValueError):
    """A document that was decided before came again with other bytes."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A document in the outbox, and how its delivery stands."""

    outbox_id: int
    destination: Destination
    kind: str
    document_id: str
    method: Method
    path: str
    body: bytes
    created_on: dt.date
    state: Literal["waiting", "delivered", "dead", "dropped"]
    attempts: int
    next_attempt_at: dt.datetime | None
    """``None``: at once."""
    last_problem: str | None
    recipient: str | None = None
    """Of a nudge: the authority that it is for."""
    settled_at: dt.datetime | None = None


def enqueue(
    connection: Connection,
    documents: Sequence[Outgoing],
    at: dt.datetime,
    run_id: str | None = None,
) -> int:
    """Put documents in line, in this order; how many were not there already.

    The same bytes as were last put in line for a document add nothing. Other bytes of
    a document that may change (a run, a verdict, an obligation …) take the place of an
    older version that still waits or was refused; while that may be on its way, they
    wait, so as not to be overtaken by it.

    Raises:
        FrozenDocumentError: other bytes of a notification or a withdrawal.
    """
    if not documents:
        return 0
    last = _last_bytes(connection, [one.document_id for one in documents])
    new: dict[tuple[str, str], Outgoing] = {}
    for one in documents:
        key = one.destination, one.document_id
        before = new[key].body if key in new else last.get(key)
        if before == one.body:
            continue
        if before is not None and one.kind in _FROZEN:
            raise FrozenDocumentError(
                f"{one.kind} {one.document_id} was decided before with other bytes; "
                "what was told is changed by an update or a retraction"
            )
        new[key] = one
    not_before = _drop_older(connection, [key for key in new if key in last], at)
    if new:
        connection.execute(
            insert(outbox),
            [
                {
                    **asdict(one),
                    "state": "waiting",
                    "attempts": 0,
                    "next_attempt_at": not_before.get(key),
                    "run_id": run_id,
                }
                for key, one in new.items()
            ],
        )
    return len(new)


def pending(
    connection: Connection, now: dt.datetime, limit: int, *,
    destination: Destination = "portal",
) -> tuple[Delivery, ...]:  # fmt: skip
    """What could be sent now, in order. To look at; a publisher takes it."""
    return _deliveries(
        connection.execute(
            select(*_DELIVERY)
            .where(_is_due(now, destination))
            .order_by(outbox.c.outbox_id)
            .limit(limit)
        ).mappings()
    )


def is_due(
    connection: Connection,
    now: dt.datetime,
    destination: Destination,
    recipient: str | None = None,
) -> bool:
    """Whether anything could be sent there now."""
    wanted = _is_due(now, destination)
    if recipient is not None:
        wanted = and_(wanted, outbox.c.recipient == recipient)
    return (
        connection.execute(select(outbox.c.outbox_id).where(wanted).limit(1)).first()
        is not None
    )


def take(
    connection: Connection, now: dt.datetime, limit: int, *,
    destination: Destination = "portal", recipient: str | None = None,
    fresh_first: bool = False,
) -> tuple[Delivery, ...]:  # fmt: skip
    """What is to be sent now, in order; nobody else gets it for :data:`LEASE`.

    All of it counts as tried: take no more than is sent before the next is taken.
    Commit before sending: a document that may have arrived is then known to have been
    tried. One that follows another comes later, once that has arrived, so take again
    until nothing comes.

    ``fresh_first`` gives what was tried least: the best to try a destination with,
    which one document alone may have brought down.
    """
    wanted = _is_due(now, destination)
    if recipient is not None:
        wanted = and_(wanted, outbox.c.recipient == recipient)
    order = [outbox.c.attempts] if fresh_first else []
    return _taken(
        connection,
        now,
        select(outbox.c.outbox_id)
        .where(wanted)
        .order_by(*order, outbox.c.outbox_id)
        .limit(limit),
    )


def _taken(
    connection: Connection, now: dt.datetime, wanted: Select[tuple[int]]
) -> tuple[Delivery, ...]:
    due = connection.scalars(wanted.with_for_update(skip_locked=True)).all()
    taken: list[Delivery] = []
    for some in in_batches(due):
        rows = connection.execute(
            update(outbox)
            .where(outbox.c.outbox_id.in_(some))
            .values(attempts=outbox.c.attempts + 1, next_attempt_at=now + LEASE)
            .returning(*_DELIVERY)
        )
        taken += _deliveries(rows.mappings())
    return tuple(sorted(taken, key=lambda one: one.outbox_id))


def delivered(connection: Connection, outbox_id: int, at: dt.datetime) -> None:
    """The portal holds the document. That is not yet that anybody has read it."""
    _settle(connection, outbox_id, state="delivered", settled_at=at, last_problem=None)
    enqueue(connection, letters_about(connection, [outbox_id], "delivered"), at)


def refused(
    connection: Connection, outbox_id: int, reason: str, at: dt.datetime
) -> None:
    """The portal will never take these bytes: a person must look (a dead letter)."""
    settled = _settle(
        connection, outbox_id, state="dead", settled_at=at, last_problem=reason
    )
    if settled:
        enqueue(connection, letters_about(connection, [outbox_id], "waits"), at)


def given_up(
    connection: Connection, outbox_id: int, reason: str, at: dt.datetime
) -> None:
    """It is sent no more, and nobody need look: a nudge that came to nothing."""
    _settle(connection, outbox_id, state="dropped", settled_at=at, last_problem=reason)


def failed(
    connection: Connection, outbox_id: int, reason: str, next_at: dt.datetime
) -> None:
    """It may or may not have arrived; send the same bytes again at ``next_at``.

    ``reason`` holds no personal data.
    """
    _settle(connection, outbox_id, next_attempt_at=next_at, last_problem=reason)


def dead_letters(connection: Connection) -> tuple[Delivery, ...]:
    """What was refused and waits for a person, oldest first."""
    return _deliveries(
        connection.execute(
            select(*_DELIVERY)
            .where(outbox.c.state == "dead")
            .order_by(outbox.c.outbox_id)
        ).mappings()
    )


def counts(
    connection: Connection, *, destination: Destination = "portal"
) -> dict[str, int]:
    """How many documents for a destination are in each state that has any."""
    rows = connection.execute(
        select(outbox.c.state, func.count().label("number"))
        .where(outbox.c.destination == destination)
        .group_by(outbox.c.state)
    )
    return {row.state: row.number for row in sorted(rows)}


def waiting(
    connection: Connection,
    *,
    destination: Destination = "portal",
    state: Literal["waiting", "dead"] = "waiting",
) -> int:
    """How many documents for a destination wait, for their turn or for a person who
    mends why they were refused, whatever was settled before."""
    found: int | None = connection.scalar(
        select(func.count()).where(
            outbox.c.state == state, outbox.c.destination == destination
        )
    )
    return found or 0


_DELIVERY = tuple(outbox.c[one.name] for one in fields(Delivery))


def _deliveries(rows: Iterable[Mapping[Any, Any]]) -> tuple[Delivery, ...]:
    return tuple(Delivery(**row) for row in rows)


def _is_due(now: dt.datetime, destination: Destination) -> ColumnElement[bool]:
    first = outbox.alias("first")
    return and_(
        outbox.c.state == "waiting",
        outbox.c.destination == destination,
        or_(outbox.c.next_attempt_at.is_(None), outbox.c.next_attempt_at <= now),
        or_(
            outbox.c.follows.is_(None),
            ~select(first.c.outbox_id)
            .where(first.c.document_id == outbox.c.follows, first.c.state == "waiting")
            .exists(),
        ),
    )


def _drop_older(
    connection: Connection, replaced: Sequence[tuple[str, str]], at: dt.datetime
) -> dict[tuple[str, str], dt.datetime]:
    """When the newer version may go, where the older one may be on its way."""
    not_before: dict[tuple[str, str], dt.datetime] = {}
    refused_before: list[int] = []
    for some in in_batches(replaced):
        older = and_(
            tuple_(outbox.c.destination, outbox.c.document_id).in_(some),
            outbox.c.state.in_(("waiting", "dead")),
        )
        for row in connection.execute(select(*_DELIVERY).where(older)):
            if row.state == "dead":
                refused_before.append(row.outbox_id)
            elif row.attempts and row.next_attempt_at and row.next_attempt_at > at:
                key = row.destination, row.document_id
                not_before[key] = min(row.next_attempt_at, at + LEASE)
        connection.execute(
            update(outbox)
            .where(older)
            .values(state="dropped", settled_at=at, last_problem=NEWER)
        )
    enqueue(connection, letters_about(connection, refused_before, "replayed"), at)
    return not_before


def _settle(connection: Connection, outbox_id: int, **values: object) -> bool:
    """Nothing happens to a row that another publisher or a newer version settled."""
    done = connection.execute(
        update(outbox)
        .where(outbox.c.outbox_id == outbox_id, outbox.c.state == "waiting")
        .values(**values)
    )
    if not done.rowcount and not connection.scalar(
        select(func.count()).where(outbox.c.outbox_id == outbox_id)
    ):
        raise UnknownDeliveryError(f"the outbox has no row {outbox_id}")
    return done.rowcount > 0


def newest_body(connection: Connection, kind: str) -> bytes | None:
    """The bytes of the portal's newest document of a kind that may be replaced."""
    found: bytes | None = connection.scalar(
        select(outbox.c.body)
        .where(
            outbox.c.kind == kind,
            outbox.c.destination == "portal",
            outbox.c.state != "dropped",
        )
        .order_by(outbox.c.outbox_id.desc())
        .limit(1)
    )
    return found


def _last_bytes(
    connection: Connection, document_ids: Sequence[str]
) -> dict[tuple[str, str], bytes]:
    """By destination and id: the bytes last put in line and not dropped."""
    last: dict[tuple[str, str], bytes] = {}
    for some in in_batches(document_ids):
        rows = connection.execute(
            select(outbox.c.destination, outbox.c.document_id, outbox.c.body)
            .where(outbox.c.document_id.in_(some), outbox.c.state != "dropped")
            .order_by(outbox.c.outbox_id)
        )
        last |= {(row.destination, row.document_id): row.body for row in rows}
    return last
