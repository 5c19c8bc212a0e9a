"""What a wider search needs of the register, and how its answer leaves it."""

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from notifications.documents import Review
from notifications.facts import State
from notifications.search_answers import SearchAnswer
from register.batches import in_batches
from register.calls import outgoing
from register.notices import ask
from register.outbox import enqueue
from register.runs import Run
from register.tables import as_of, decision, review


def asked_on(connection: Connection, review_id: UUID) -> Review | None:
    """The pair that a search was asked on, as it was put to people."""
    found = connection.scalar(
        select(review.c.body).where(
            review.c.review_id == review_id, review.c.dropped_by.is_(None)
        )
    )
    return None if found is None else Review.model_validate_json(found)


def states_of(
    connection: Connection, placing_la: str, child_ref: str, night: dt.date
) -> frozenset[State]:
    """The states of a child's placements as a night and those before it decided."""
    rows = connection.scalars(
        select(decision.c.state).where(
            as_of(decision, night + dt.timedelta(days=1)),
            decision.c.placing_la == placing_la,
            decision.c.child_ref == child_ref,
        )
    )
    return frozenset(State(state) for state in rows)


def already_asked(connection: Connection, reviews: Collection[UUID]) -> set[UUID]:
    """Those of these questions that people have before them, or had."""
    found: set[UUID] = set()
    for some in in_batches(sorted(reviews)):
        found |= set(
            connection.scalars(
                select(review.c.review_id).where(
                    review.c.review_id.in_(some), review.c.dropped_by.is_(None)
                )
            )
        )
    return found


def answer(
    connection: Connection,
    night: Run,
    document: SearchAnswer,
    reviews: Sequence[Review],
    at: dt.datetime,
) -> None:
    """The answer is on its way, after the questions that it points to."""
    asked = ask(connection, night, reviews)
    call = outgoing(document, night.business_date)
    enqueue(connection, [*asked.documents, call], at)
