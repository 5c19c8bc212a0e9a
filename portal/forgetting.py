"""What ends without a tombstone: nobody can send it again, so nothing is left of it.

Sessions and tokens that have run out, hand-overs and their notes, wishes, recusals; and
the words that people typed into events. An event itself stays, with its number: the
feed has no gaps (see ``notifications.feed.without_words``).
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    or_,
    select,
    update,
)

from notifications.feed import EventType, without_words
from portal.events import collected
from portal.handovers import NOTES_STAND
from portal.settings import PortalSettings
from portal.tables import (
    access_tokens,
    events,
    handovers,
    passings,
    recusals,
    reviews,
    search_answers,
    sessions,
    sign_in_attempts,
    used_assertions,
    wishes,
)

ATTEMPTS_STAND = dt.timedelta(days=1)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Sweep:
    """Rows that go when they are over."""

    name: str
    table: Table
    over: ColumnElement[bool]


def ends(
    settings: PortalSettings, now: dt.datetime
) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
    """Since when notices, pairs and nights are kept: what is older is over."""
    notices, pairs, nights = (
        now - dt.timedelta(days=days)
        for days in (
            settings.keep_notices_days, settings.keep_reviews_days,
            settings.keep_nights_days,
        )
    )  # fmt: skip
    return notices, pairs, nights


def sweeps(settings: PortalSettings, now: dt.datetime) -> tuple[Sweep, ...]:
    """What is swept out after the documents are erased, and when."""
    notices, pairs, nights = ends(settings, now)
    passed = select(passings.c.handover_id).where(passings.c.handover_id.is_not(None))
    begun = now - dt.timedelta(hours=settings.absolute_hours)
    return (
        Sweep(
            "handover", handovers,
            and_(handovers.c.at < notices, handovers.c.handover_id.not_in(passed)),
        ),
        Sweep(
            "recusal", recusals,
            and_(
                recusals.c.declared_at < pairs,
                recusals.c.child_key.not_in(select(reviews.c.child_key)),
            ),
        ),
        Sweep("wish", wishes, wishes.c.asked_at < nights),
        Sweep("session", sessions, sessions.c.created_at <= begun),
        Sweep("token", access_tokens, access_tokens.c.expires_at <= now),
        Sweep("assertion", used_assertions, used_assertions.c.expires_at <= now),
        Sweep(
            "sign_in_attempt", sign_in_attempts,
            sign_in_attempts.c.at <= now - ATTEMPTS_STAND,
        ),
    )  # fmt: skip


def sweep(
    connection: Connection, settings: PortalSettings, now: dt.datetime
) -> dict[str, int]:
    """What is over is gone: how much of each kind."""
    return {
        one.name: connection.execute(delete(one.table).where(one.over)).rowcount
        for one in sweeps(settings, now)
    }


def forget_notes(connection: Connection, now: dt.datetime) -> int:
    """Hand-over notes stand as long as colleagues are shown them; how many ended."""
    over = and_(handovers.c.at <= now - NOTES_STAND, handovers.c.note != "")
    return connection.execute(update(handovers).where(over).values(note="")).rowcount


def forget_words(connection: Connection) -> int:
    """What people typed is taken out of events that need it no more; of how many.

    A search's hints once it is answered, for whoever answers has collected it. Any
    other words once the pair is erased and the region has gone on after the event.
    """
    answered = events.c.event_id.in_(select(search_answers.c.search_id))
    has_hints = and_(
        events.c.type == EventType.SEARCH_ASKED,
        ~events.c.data.contains(_NO_HINTS, autoescape=True),
    )
    has_reason = and_(
        events.c.type.in_((EventType.JUDGED, EventType.JUDGEMENT_UNDONE)),
        ~events.c.data.contains(_NO_REASON, autoescape=True),
    )
    rows = connection.execute(
        select(events.c.sequence, events.c.subject, answered.label("answered"))
        .where(
            or_(has_hints, has_reason),
            or_(answered, events.c.sequence <= collected(connection)),
        )
        .order_by(events.c.sequence)
    ).all()
    here = {str(one) for one in connection.scalars(select(reviews.c.review_id))}
    over = [row.sequence for row in rows if row.answered or row.subject not in here]
    for start in range(0, len(over), _AT_ONCE):
        _forget(connection, over[start : start + _AT_ONCE])
    return len(over)


_NO_HINTS = '"forename":null,"surname":null,"birth_year":null'
_NO_REASON = '"reason":""'
"""As ``events.append`` writes it. A quotation mark that somebody typed stands escaped
in it, so no words look like none."""


def _forget(connection: Connection, numbers: Sequence[int]) -> None:
    rows = connection.execute(
        select(events.c.sequence, events.c.type, events.c.data).where(
            events.c.sequence.in_(numbers)
        )
    ).all()
    for row in rows:
        left = without_words(row.type, json.loads(row.data))
        connection.execute(
            update(events)
            .where(events.c.sequence == row.sequence)
            .values(data=json.dumps(left, ensure_ascii=False, separators=(",", ":")))
        )
