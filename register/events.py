"""What came back from the portal: receipts, judgements, wishes; read once, in order."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    case,
    delete,
    insert,
    or_,
    select,
    true,
)

from notifications.documents import Kind
from notifications.feed import (
    Acknowledgement,
    EventType,
    JudgementData,
    JudgementUndone,
    ReleaseAsked,
    ReplayAsked,
    SearchAsked,
    without_words,
)
from notifications.recordings import folded_reference
from register.batches import in_batches
from register.columns import as_proof
from register.engine import take_turns, writing
from register.runs import newest_night
from register.tables import event, event_cursor, imported, notification, review

FEED = "portal"

_NEEDED: Mapping[str, type[BaseModel]] = {
    EventType.ACKNOWLEDGED: Acknowledgement,
    EventType.JUDGED: JudgementData,
    EventType.JUDGEMENT_UNDONE: JudgementUndone,
    EventType.RELEASE_ASKED: ReleaseAsked,
    EventType.REPLAY_ASKED: ReplayAsked,
    EventType.SEARCH_ASKED: SearchAsked,
}
_RECEIPTS = (
    EventType.FETCHED, EventType.OPENED, EventType.ACKNOWLEDGED, EventType.DISPUTED,
)  # fmt: skip
_ABOUT_DOCUMENTS = frozenset({*_RECEIPTS, EventType.JUDGED})


class UnreadableEventError(ValueError):
    """An event of the feed lacks what every CloudEvent has."""


class ChangedEventError(ValueError):
    """An event that was read before came again with other content."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the feed, under the portal's own id."""

    event_id: str
    type: str
    """One of ``notifications.documents.EventType``, or a later portal's own."""
    subject: str
    """The id of the document that it is about."""
    time: dt.datetime
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a recipient did with a notification, as far as the feed tells (law 4)."""

    notification_id: str
    """A retraction's own id when it is the withdrawal that was seen."""
    status: Literal["fetched", "opened", "acknowledged", "disputed"]
    """Acknowledged or disputed, whichever was last; else opened; else fetched."""
    fetched_at: dt.datetime | None = None
    """The first time; so too ``opened_at``."""
    opened_at: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None
    """The last time, as a reference may be corrected; so too ``disputed_at``."""
    reference: str | None = None
    """The recipient's own record reference."""
    recorded_on: dt.date | None = None
    disputed_at: dt.datetime | None = None
    answered_after: dt.date | None = None
    """The newest night when the acknowledgement came in: that one did not know it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a look at the feed brought."""

    new: int
    unknown: tuple[Event, ...]
    """New ones about a document that this register has not sent. They are kept."""
    unreadable: int
    """New ones that lack what their type must say. They are kept without effect."""


def read_event(raw: Mapping[str, object]) -> Event:
    """A CloudEvent as an event.

    Raises:
        UnreadableEventError: a part is missing, or its time has no zone.
    """
    try:
        data = raw.get("data")
        found = Event(
            event_id=str(raw["id"]),
            type=str(raw["type"]),
            subject=str(raw["subject"]),
            time=dt.datetime.fromisoformat(str(raw["time"])),
            data=dict(data) if isinstance(data, Mapping) else {},
        )
    except (KeyError, ValueError) as error:
        raise UnreadableEventError(
            f"event {raw.get('id')!r} of the portal's feed can't be read "
            f"({type(error).__name__}: id, type, subject and time are needed); "
            "ask whoever runs the portal"
        ) from None
    if found.time.utcoffset() is None:
        raise UnreadableEventError(
            f"event {found.event_id!r} of the portal's feed has a time without a zone"
        )
    return found


def cursor(connection: Connection) -> str | None:
    """The id of the last event read: the feed is asked for what comes after it."""
    found: str | None = connection.scalar(
        select(event_cursor.c.event_id).where(event_cursor.c.feed == FEED)
    )
    return found


def record_events(engine: Engine, events: Sequence[Event], region: str) -> Recorded:
    """Keep events in the order of the feed.

    The cursor moves with them, in one transaction, and never back. An event read
    before changes nothing, nor does one that has lost its words since. Each bears the
    region's newest night: later nights take account of it, and that one, run again,
    does not.

    Raises:
        ChangedEventError: an id came again with other content.
    """
    with writing(engine) as connection:
        take_turns(connection, "events")
        held = _held(connection, [one.event_id for one in events])
        new: list[Event] = []
        for one in events:
            if one.event_id not in held:
                held[one.event_id] = one
                new.append(one)
            elif not _same(held[one.event_id], one):
                raise ChangedEventError(
                    f"event {one.event_id} of the portal's feed has changed since it "
                    "was read; a feed only grows, ask whoever runs the portal"
                )
        if new:
            night = newest_night(connection, region)
            connection.execute(
                insert(event),
                [
                    {**asdict(one), "after_night": night, "proof": _proof(one)}
                    for one in new
                ],
            )
            connection.execute(delete(event_cursor).where(event_cursor.c.feed == FEED))
            connection.execute(
                insert(event_cursor).values(feed=FEED, event_id=new[-1].event_id)
            )
        unknown = _unknown(connection, new)
    return Recorded(len(new), unknown, sum(not is_readable(one) for one in new))


def events_of(
    connection: Connection, *types: EventType, before: dt.date | None = None
) -> tuple[Event, ...]:
    """The events of some types, in the order of the feed.

    Args:
        connection: to the register.
        types: which.
        before: only those that a night of that business date takes account of.
    """
    rows = connection.execute(
        select(event)
        .where(event.c.type.in_(types), *_counts(before))
        .order_by(event.c.position)
    )
    return tuple(
        Event(row.event_id, row.type, row.subject, row.time, row.data) for row in rows
    )


def receipts(
    connection: Connection,
    before: dt.date | None = None,
    about: Sequence[str] | None = None,
) -> dict[str, Receipt]:
    """By notification id: what its recipient has done with it so far.

    Args:
        connection: to the register.
        before: as a night of that business date takes account of it.
        about: only these documents.
    """
    if about is None:
        return _receipts(connection, *_counts(before))
    found: dict[str, Receipt] = {}
    for some in in_batches(about):
        found |= _receipts(connection, *_counts(before), event.c.subject.in_(some))
    return found


def _receipts(connection: Connection, *only: ColumnElement[bool]) -> dict[str, Receipt]:
    said = case((event.c.type == EventType.ACKNOWLEDGED, event.c.data))
    rows = connection.execute(
        select(
            event.c.type,
            event.c.subject,
            event.c.time,
            said.label("said"),
            event.c.after_night,
        )
        .where(event.c.type.in_(_RECEIPTS), *only)
        .order_by(event.c.position)
    )
    found: dict[str, dict[str, Any]] = {}
    for kind, subject, time, data, after_night in rows:
        receipt = found.get(subject) or {"status": "fetched"}
        match kind:
            case EventType.ACKNOWLEDGED:
                try:
                    answer = Acknowledgement.model_validate(data)
                except ValidationError:
                    continue
                receipt["status"] = "acknowledged"
                receipt["acknowledged_at"] = time
                receipt["reference"] = answer.reference
                receipt["recorded_on"] = answer.recorded_on
                receipt["answered_after"] = after_night
            case EventType.DISPUTED:
                receipt["status"] = "disputed"
                receipt["disputed_at"] = time
            case EventType.OPENED:
                if receipt["status"] == "fetched":
                    receipt["status"] = "opened"
                receipt.setdefault("opened_at", time)
            case _:
                receipt.setdefault("fetched_at", time)
        found[subject] = receipt
    return {subject: Receipt(subject, **facts) for subject, facts in found.items()}


def _counts(before: dt.date | None) -> list[ColumnElement[bool]]:
    """The events that a night of a business date takes account of."""
    if before is None:
        return []
    return [or_(event.c.after_night.is_(None), event.c.after_night < before)]


def _proof(one: Event) -> str | None:
    """What a readable acknowledgement is looked up by."""
    if one.type != EventType.ACKNOWLEDGED or not is_readable(one):
        return None
    answer = Acknowledgement.model_validate(one.data)
    return as_proof(folded_reference(answer.reference))


def is_readable(one: Event) -> bool:
    """Whether it says what the rules will ask of it."""
    needed = _NEEDED.get(one.type)
    if needed is None:
        return True
    try:
        needed.model_validate(one.data)
    except ValidationError:
        return False
    return True


def _unknown(connection: Connection, events: Sequence[Event]) -> tuple[Event, ...]:
    """Those that are about no document of ours."""
    asked = {one.subject for one in events if one.type in _ABOUT_DOCUMENTS}
    by_id = {key: subject for subject in asked if (key := _uuid(subject)) is not None}
    known: set[str] = set()
    for some in in_batches(sorted(by_id)):
        for column, sent in (
            (notification.c.notification_id, _sent()),
            (imported.c.notification_id, true()),
            (review.c.review_id, review.c.dropped_by.is_(None)),
        ):
            found = connection.scalars(select(column).where(column.in_(some), sent))
            known |= {by_id[key] for key in found}
    return tuple(
        one
        for one in events
        if one.type in _ABOUT_DOCUMENTS and one.subject not in known
    )


def _sent() -> ColumnElement[bool]:
    return or_(
        notification.c.stands_after.is_not(None),
        notification.c.kind == Kind.REMINDER,
    )


def _same(held: Event, again: Event) -> bool:
    """Whether they are one event, as it was or without its words."""
    return (
        again == held
        or again == replace(held, data=without_words(held.type, held.data))
        or held == replace(again, data=without_words(again.type, again.data))
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _held(connection: Connection, event_ids: Sequence[str]) -> dict[str, Event]:
    held: dict[str, Event] = {}
    for some in in_batches(event_ids):
        rows = connection.execute(select(event).where(event.c.event_id.in_(some)))
        for row in rows:
            held[row.event_id] = Event(
                row.event_id, row.type, row.subject, row.time, row.data
            )
    return held
