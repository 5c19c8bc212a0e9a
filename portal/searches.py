"""A wider search: the portal holds no extracts, so it asks, and the region answers."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, insert, select

from notifications.documents import Review
from notifications.feed import EventType, SearchAsked
from notifications.search_answers import SearchAnswer
from portal import audit, events
from portal.audit import Action
from portal.pairs import Rows, find
from portal.tables import reviews, search_answers, searches, users
from portal.visits import Visit


@dataclass(frozen=True, slots=True)
class Hints:
    """What else to look under. It travels in the event, is not kept beside it, and is
    taken out of it once the search is answered (``forgetting``)."""

    forename: str | None = None
    surname: str | None = None
    birth_year: int | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was asked for, and what it brought, once it is answered."""

    search_id: UUID
    asked_at: dt.datetime
    asked_by: str
    answer: SearchAnswer | None


class AskedAlready(Exception):
    """A search on this pair waits for its answer."""


def of_pair(connection: Connection, document: Review) -> tuple[Search, ...]:
    """Every search on a pair, the latest first."""
    rows = connection.execute(
        select(
            searches.c.search_id, searches.c.asked_at, users.c.name,
            search_answers.c.body,
        )
        .join(users, users.c.user_id == searches.c.asked_by)
        .outerjoin(search_answers, search_answers.c.search_id == searches.c.search_id)
        .where(searches.c.review_id == document.review_id)
        .order_by(searches.c.asked_at.desc(), searches.c.search_id)
    )  # fmt: skip
    return tuple(
        Search(
            row.search_id,
            row.asked_at,
            row.name,
            SearchAnswer.model_validate_json(row.body) if row.body else None,
        )
        for row in rows
    )


def ask(connection: Connection, visit: Visit, review_id: UUID, hints: Hints) -> None:
    """The region's next pass looks through the whole register of the pair's force.

    Raises:
        NotForRole: the viewer is no reviewer.
        NotYours: there is no such pair, or the viewer knows the family.
        AskedAlready: the last one on this pair has not been answered yet.
    """
    pair = find(connection, Rows(visit, 0), review_id)
    connection.execute(
        select(reviews.c.review_id)
        .where(reviews.c.review_id == review_id)
        .with_for_update()
    )
    if any(one.answer is None for one in of_pair(connection, pair.document)):
        raise AskedAlready
    force = pair.document.right.authority
    audit.record(connection, visit, Action.SEARCH_ASKED, str(review_id))
    wish = SearchAsked(
        actor=visit.actor, review_id=review_id, authority=force,
        forename=hints.forename, surname=hints.surname, birth_year=hints.birth_year,
    )  # fmt: skip
    search_id = events.append(
        connection, EventType.SEARCH_ASKED, review_id, wish, visit.at
    )
    connection.execute(
        insert(searches).values(
            search_id=search_id, review_id=review_id, authority=force,
            asked_at=visit.at, asked_by=visit.viewer.user_id,
        )
    )  # fmt: skip
