"""The feed of what people did: one order, no gaps, nothing seen before its turn.

A number is taken from a counter whose row stays locked until the transaction ends.
The next writer waits for it, so whoever reads number *n* has all before *n*: a reader
that goes on after the last event it saw can't miss one that was committed late.

What the reader goes on after, it has: that much is known to be collected.
"""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, insert, select, update

from notifications.documents import Instant
from notifications.feed import (
    Acknowledgement,
    Dispute,
    EventType,
    JudgementData,
    JudgementUndone,
    Receipt,
    ReleaseAsked,
    ReplayAsked,
    SearchAsked,
)
from portal.tables import counters, events

SOURCE: Literal["urn:crossborder:portal"] = "urn:crossborder:portal"
EventData = (
    Receipt
    | Acknowledgement
    | Dispute
    | JudgementData
    | JudgementUndone
    | ReleaseAsked
    | ReplayAsked
    | SearchAsked
)


class UnknownEvent(LookupError):
    """The feed has no event of this id to go on from."""


class Event(BaseModel):
    """An event of the feed: CloudEvents 1.0, in its JSON form.

    ``data`` is a Receipt (``receipt.fetched``, ``receipt.opened``), an Acknowledgement
    (``receipt.acknowledged``), a Dispute (``receipt.disputed``), JudgementData
    (``judgement.made``), JudgementUndone (``judgement.undone``), ReleaseAsked
    (``request.release``), ReplayAsked (``request.replay``) or SearchAsked
    (``request.search``).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: Literal["urn:crossborder:portal"] = SOURCE
    type: EventType
    subject: str
    """A document's id, never a child's."""
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: str = Field(pattern=r"^\d+$")
    """Its place in the feed (the CloudEvents extension *sequence*), without gaps."""
    data: EventData


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, and whether there are more after them."""

    events: tuple[Event, ...]
    more: bool
    start: int
    """The number of the event that they come after; 0: the feed's beginning."""


def append(
    connection: Connection,
    kind: EventType,
    subject: UUID | str,
    data: EventData,
    at: dt.datetime,
) -> UUID:
    """The event is in the feed once the transaction commits; gives its id.

    Call it last in the transaction: other writers of events wait until the end of it.
    """
    sequence = connection.execute(_NEXT).scalar_one()
    event_id = uuid4()
    connection.execute(
        insert(events),
        {
            "sequence": sequence, "event_id": event_id, "type": kind,
            "subject": str(subject), "at": at, "data": data.model_dump_json(),
        },
    )  # fmt: skip
    return event_id


_NEXT = (
    update(counters)
    .where(counters.c.name == "events")
    .values(value=counters.c.value + 1)
    .returning(counters.c.value)
)


def page(connection: Connection, after: UUID | None, limit: int) -> Page:
    """Up to ``limit`` events after the one with this id, oldest first.

    Raises:
        UnknownEvent: the feed has no such event.
    """
    start = 0
    if after is not None:
        found = connection.scalar(
            select(events.c.sequence).where(events.c.event_id == after)
        )
        if found is None:
            raise UnknownEvent(str(after))
        start = found
    rows = connection.execute(
        select(events)
        .where(events.c.sequence > start)
        .order_by(events.c.sequence)
        .limit(limit + 1)
    ).all()
    found_events = tuple(
        Event(
            id=row.event_id, type=EventType(row.type), subject=row.subject, time=row.at,
            sequence=str(row.sequence), data=json.loads(row.data),
        )
        for row in rows[:limit]
    )  # fmt: skip
    return Page(found_events, more=len(rows) > limit, start=start)


def collected(connection: Connection) -> int:
    """Up to which number the region has gone on after an event of the feed."""
    return connection.scalar(_COLLECTED) or 0


def note_collected(connection: Connection, number: int) -> None:
    """The region has the events up to this one. It may read again from before."""
    connection.execute(
        update(counters)
        .where(counters.c.name == "collected", counters.c.value < number)
        .values(value=number)
    )


_COLLECTED = select(counters.c.value).where(counters.c.name == "collected")
