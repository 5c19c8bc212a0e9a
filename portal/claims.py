"""Who has a pair before them, until when. A claim keeps two people from one pair.

It runs out by itself, so nobody who has gone home holds a child up: a claim whose time
has passed is none, and whoever asks next takes the pair. Using the pair (looking at it
again, pressing *Keep it*) gives it its full time anew; no script is needed.
"""

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update

from portal import audit
from portal.audit import Action
from portal.permissions import Role
from portal.tables import review_claims, reviews, users
from portal.visits import Visit

TIME = dt.timedelta(minutes=10)
TIME_TO_TAKE_UP = dt.timedelta(minutes=60)
"""Of a pair that was handed over: whoever it is for may be away from the desk."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A pair is before somebody."""

    held_by: UUID
    holder: str
    expires_at: dt.datetime
    taken_at: dt.datetime
    handed_by: str | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody that a pair can be handed to."""

    user_id: UUID
    name: str


class HeldByAnother(Exception):
    """The pair is before somebody else just now."""

    def __init__(self, claim: Claim) -> None:
        super().__init__("held by another")
        self.claim = claim


class NoSuchColleague(LookupError):
    """Nobody of that id reviews here."""


def claim_on(connection: Connection, review_id: UUID, at: dt.datetime) -> Claim | None:
    """Who has the pair; ``None`` when nobody has."""
    handers = users.alias("handers")
    row = connection.execute(
        select(review_claims, users.c.name, handers.c.name.label("hander"))
        .join(users, users.c.user_id == review_claims.c.held_by)
        .outerjoin(handers, handers.c.user_id == review_claims.c.handed_by)
        .where(review_claims.c.review_id == review_id, review_claims.c.expires_at > at)
    ).one_or_none()
    if row is None:
        return None
    return Claim(row.held_by, row.name, row.expires_at, row.taken_at, row.hander)


def take(connection: Connection, visit: Visit, review_id: UUID) -> Claim:
    """The pair is the viewer's, for its full time from now.

    Raises:
        HeldByAnother: somebody else has it.
    """
    held = _locked(connection, visit, review_id)
    mine = held is not None and held.held_by == visit.viewer.user_id
    if not mine:
        audit.record(connection, visit, Action.REVIEW_TAKEN, str(review_id))
    taken_at = held.taken_at if mine and held else visit.at
    _write(connection, review_id, visit.viewer.user_id, (taken_at, visit.at + TIME))
    return Claim(
        visit.viewer.user_id, visit.viewer.name, visit.at + TIME, taken_at, None
    )


def keep(
    connection: Connection, visit: Visit, claim: Claim | None, pair: UUID
) -> Claim | None:
    """A pair that the viewer has stays theirs for its full time from now: at least.

    Gives the claim as it stands after that, whoever's it is.
    """
    until = visit.at + TIME
    mine = claim is not None and claim.held_by == visit.viewer.user_id
    if claim is None or not mine or claim.expires_at >= until:
        return claim
    connection.execute(
        update(review_claims)
        .where(
            review_claims.c.review_id == pair,
            review_claims.c.held_by == visit.viewer.user_id,
        )
        .values(expires_at=until)
    )
    return replace(claim, expires_at=until)


def let_go(connection: Connection, visit: Visit, review_id: UUID) -> None:
    """The pair is nobody's, if it was the viewer's."""
    gone = connection.execute(
        delete(review_claims).where(
            review_claims.c.review_id == review_id,
            review_claims.c.held_by == visit.viewer.user_id,
        )
    )
    if gone.rowcount:
        audit.record(connection, visit, Action.REVIEW_LET_GO, str(review_id))


def hand_over(connection: Connection, visit: Visit, review_id: UUID, to: UUID) -> None:
    """The pair is a colleague's, who has longer to take it up.

    Raises:
        HeldByAnother: the pair is not the viewer's to hand over.
        NoSuchColleague: nobody of that id reviews here.
    """
    _locked(connection, visit, review_id)
    if to not in {one.user_id for one in colleagues(connection, visit)}:
        raise NoSuchColleague
    until = visit.at + TIME_TO_TAKE_UP
    _write(connection, review_id, to, (visit.at, until), visit.viewer.user_id)
    audit.record(
        connection, visit, Action.REVIEW_HANDED_OVER, str(review_id), [str(to)]
    )


def colleagues(connection: Connection, visit: Visit) -> tuple[Colleague, ...]:
    """Everybody else who reviews here, by name."""
    rows = connection.execute(
        select(users.c.user_id, users.c.name)
        .where(
            users.c.role == Role.REVIEWER,
            users.c.disabled_at.is_(None),
            users.c.user_id != visit.viewer.user_id,
        )
        .order_by(users.c.name, users.c.user_id)
    )
    return tuple(Colleague(row.user_id, row.name) for row in rows)


def _locked(connection: Connection, visit: Visit, review_id: UUID) -> Claim | None:
    """What is held now; nobody else takes the pair until this transaction ends."""
    connection.execute(
        select(reviews.c.review_id)
        .where(reviews.c.review_id == review_id)
        .with_for_update()
    )
    held = claim_on(connection, review_id, visit.at)
    if held is not None and held.held_by != visit.viewer.user_id:
        raise HeldByAnother(held)
    return held


def _write(
    connection: Connection,
    review_id: UUID,
    holder: UUID,
    span: tuple[dt.datetime, dt.datetime],
    handed_by: UUID | None = None,
) -> None:
    connection.execute(
        delete(review_claims).where(review_claims.c.review_id == review_id)
    )
    connection.execute(
        insert(review_claims).values(
            review_id=review_id, held_by=holder, taken_at=span[0], expires_at=span[1],
            handed_by=handed_by,
        )
    )  # fmt: skip
