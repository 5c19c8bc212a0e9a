"""An operator's wishes from the feed: each is carried out once.

How far they are answered is kept beside the feed's own cursor. Answering and moving it
on are one transaction, so that a wish is neither lost nor answered twice.
"""

from sqlalchemy import Connection, delete, insert, select

from notifications.feed import EventType
from register.engine import take_turns
from register.events import Event
from register.tables import event, event_cursor


def unanswered(connection: Connection, type_: EventType) -> tuple[Event, ...]:
    """The wishes of a kind after the last one answered, in the order of the feed.

    Nobody else answers them until this transaction ends.
    """
    take_turns(connection, _feed(type_))
    return waiting(connection, type_)


def waiting(connection: Connection, type_: EventType) -> tuple[Event, ...]:
    """The same, to look at: somebody else may be answering them."""
    last = (
        select(event.c.position)
        .join(event_cursor, event_cursor.c.event_id == event.c.event_id)
        .where(event_cursor.c.feed == _feed(type_))
        .scalar_subquery()
    )
    after = connection.scalar(select(last)) or 0
    rows = connection.execute(
        select(event)
        .where(event.c.type == type_, event.c.position > after)
        .order_by(event.c.position)
    )
    return tuple(
        Event(row.event_id, row.type, row.subject, row.time, row.data) for row in rows
    )


def answered(connection: Connection, type_: EventType, last: Event) -> None:
    """All wishes of a kind up to this one are answered."""
    feed = _feed(type_)
    connection.execute(delete(event_cursor).where(event_cursor.c.feed == feed))
    connection.execute(insert(event_cursor).values(feed=feed, event_id=last.event_id))


def _feed(type_: EventType) -> str:
    return f"answered:{type_}"
