"""Held notices on their way again: by their time, by a wish, or by a named person.

The clock of a released notice counts from the day of its release, and its record-ready
package says that day.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Connection, Engine

from notifications.brake import reclocked
from notifications.config import Clocks
from notifications.documents import Notification
from notifications.facts import Directory
from notifications.feed import EventType, ReleaseAsked
from notifications.fill_in import fill_in, form_of
from pipeline.clock import business_date
from pipeline.errors import StageError
from register.engine import reading
from register.events import events_of, is_readable
from register.holds import DroppedNoticeError, HeldNotice, held_notices, release
from register.memory import judged_since
from register.runs import Run, newest_night, runs

LEFT_TO_THE_NIGHT = dt.timedelta(hours=24)
SCHEDULE = "schedule"
"""Who releases what is due: nobody in person."""


def release_held(
    engine: Engine,
    ids: Iterable[UUID],
    *,
    by: str,
    now: dt.datetime,
    clocks: Clocks,
    directory: Directory,
) -> tuple[UUID, ...]:
    """Puts held notices in line for delivery; those that were still held.

    ``by`` is the post or pseudonym that answers for it, or :data:`SCHEDULE`.

    Raises:
        StageError: a night let go of one meanwhile; none is released.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return ()
    today = business_date(now)

    def counted_from_today(document: Notification) -> Notification:
        return _packed_on(reclocked(document, today, clocks), today, directory)

    try:
        return release(engine, wanted, by=by, at=now, reclock=counted_from_today)
    except DroppedNoticeError as error:
        raise StageError(str(error)) from None


def _packed_on(
    document: Notification, today: dt.date, directory: Directory
) -> Notification:
    """With a package that says when the recipient is told, which is today."""
    entry = directory.authorities.get(document.recipient)
    told_today = document.model_copy(update={"created_on": today})
    package = fill_in(form_of(entry, document.kind), told_today)
    return document.model_copy(update={"fill_in": package})


def release_due(
    engine: Engine,
    region: str,
    now: dt.datetime,
    clocks: Clocks,
    directory: Directory,
) -> tuple[UUID, ...]:
    """Releases what a review's deadline or the baseline's schedule held until now.

    Where a reviewer has decided about the child since the last night, that night's
    doubt is out of date: the notice is left to the next night, a day at most.
    """
    with reading(engine) as connection:
        judged = judged_since(connection, newest_night(connection, region))
        due = [
            one.notification_id
            for one in held_notices(connection)
            if one.release_at is not None
            and one.release_at <= now
            and not (
                one.held_by == "review"
                and (one.placing_la, one.child_ref) in judged
                and now < one.release_at + LEFT_TO_THE_NIGHT
            )
        ]
    return release_held(
        engine, due, by=SCHEDULE, now=now, clocks=clocks, directory=directory
    )


def release_asked(
    engine: Engine,
    region: str,
    now: dt.datetime,
    clocks: Clocks,
    directory: Directory,
) -> tuple[UUID, ...]:
    """Does what people asked of the portal: sends what the surge brake holds of a run.

    A wish reaches what that run or an earlier one held, and nothing held later: a wish
    read again releases nothing more. One for a run of no such name, or of none, does
    nothing.
    """
    with reading(engine) as connection:
        wishes = [
            ReleaseAsked.model_validate(one.data)
            for one in events_of(connection, EventType.RELEASE_ASKED)
            if is_readable(one)
        ]
        held = surge_held(connection) if wishes else ()
        if not held:
            return ()
        recorded = {one.run_id: one for one in runs(connection, region)}
    released: list[UUID] = []
    for wish in wishes:
        ids = [
            one.notification_id
            for one in held_up_to(held, wish.run_id, recorded)
            if one.notification_id not in released
        ]
        released += release_held(
            engine, ids, by=wish.actor, now=now, clocks=clocks, directory=directory
        )
    return tuple(released)


def surge_held(connection: Connection) -> tuple[HeldNotice, ...]:
    """What waits for a named person."""
    return tuple(one for one in held_notices(connection) if one.held_by == "surge")


def held_up_to(
    held: Iterable[HeldNotice], run_id: str, recorded: Mapping[str, Run]
) -> list[HeldNotice]:
    """Of held notices those that a run or one before it held.

    A date that was run again is asked for by its latest run: which of its runs held a
    notice first is not kept.
    """
    asked = recorded.get(run_id)
    if asked is None:
        return []
    night = asked.business_date
    superseded = any(
        one.business_date == night and one.ordinal > asked.ordinal
        for one in recorded.values()
    )
    return [
        one
        for one in held
        if one.created_on < night or (one.created_on == night and not superseded)
    ]
