"""Pairs put to people: the queue, a judgement, and taking a judgement back.

A judgement is never changed. Undoing it is a new event, and the pair waits again.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    func,
    insert,
    select,
    update,
)

from notifications.documents import Review
from notifications.feed import EventType, JudgementData, JudgementUndone
from portal import audit, events
from portal.audit import Action
from portal.paging import LENGTH, Paging
from portal.permissions import NotYours, check_review
from portal.replies import ChangedMeanwhile
from portal.tables import judgements, reviews, users
from portal.visits import Visit

Decision = Literal["same", "different", "unsure"]


class Show(StrEnum):
    """The lists of the queue."""

    WAITING = "waiting"
    LATE = "late"
    """Nobody decided by the deadline: what hung on it has gone out."""
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decision that stands for a pair."""

    judgement_id: UUID
    decision: Decision
    reason: str
    made_at: dt.datetime
    made_by: str
    """The reviewer's name, for other reviewers; events carry the pseudonym."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair, and the decision that stands for it, if any."""

    document: Review
    version: int
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of pairs, and how many each list holds."""

    pairs: tuple[Pair, ...]
    counts: dict[Show, int]
    paging: Paging


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer decided, on which version of the pair, and why."""

    decision: Decision
    reason: str
    version: int


def queue(connection: Connection, visit: Visit, show: Show, page: int) -> Queue:
    """Pairs that wait, the first deadline first; late or decided ones, latest first.

    Raises:
        NotForRole: the viewer is no reviewer.
    """
    check_review(visit.viewer)
    unjudged = judgements.c.judgement_id.is_(None)
    lists = {
        Show.WAITING: and_(unjudged, reviews.c.deadline >= visit.at),
        Show.LATE: and_(unjudged, reviews.c.deadline < visit.at),
        Show.DECIDED: judgements.c.judgement_id.is_not(None),
    }
    counts = {
        which: connection.execute(
            select(func.count()).select_from(_pairs().where(wanted).subquery())
        ).scalar_one()
        for which, wanted in lists.items()
    }
    paging = Paging.of(counts[show], page)
    order: dict[Show, tuple[ColumnElement[Any], ...]] = {
        Show.WAITING: (reviews.c.deadline, reviews.c.urgency, reviews.c.review_id),
        Show.LATE: (
            reviews.c.deadline.desc(),
            reviews.c.urgency,
            reviews.c.review_id,
        ),
        Show.DECIDED: (judgements.c.made_at.desc(), reviews.c.review_id),
    }
    rows = connection.execute(
        _pairs()
        .where(lists[show])
        .order_by(*order[show])
        .limit(LENGTH)
        .offset(paging.offset)
    )
    pairs = tuple(_pair(row) for row in rows)
    audit.record(
        connection, visit, Action.REVIEWS_LISTED, show,
        [pair.document.review_id for pair in pairs],
    )  # fmt: skip
    return Queue(pairs, counts, paging)


def open_pair(connection: Connection, visit: Visit, review_id: UUID) -> Pair:
    """The pair; a row of the audit trail.

    Raises:
        NotForRole: the viewer is no reviewer.
        NotYours: there is no such pair.
    """
    pair = _find(connection, visit, review_id)
    audit.record(connection, visit, Action.REVIEW_OPENED, str(review_id))
    return pair


def judge(connection: Connection, visit: Visit, review_id: UUID, said: Said) -> None:
    """The pair is decided, on exactly the records that the page showed.

    Raises:
        NotForRole, NotYours: as for :func:`open_pair`.
        ChangedMeanwhile: somebody decided it, or undid it, after the page was shown.
    """
    pair = _find(connection, visit, review_id)
    if pair.judgement is not None:
        raise ChangedMeanwhile
    _take(connection, review_id, said.version)
    audit.record(connection, visit, Action.JUDGEMENT_MADE, str(review_id))
    left, right = pair.document.left, pair.document.right
    data = JudgementData(
        actor=visit.actor, decision=said.decision, reason=said.reason,
        left_authority=left.authority, left_ref=left.record_ref,
        left_hash=left.content_hash, right_authority=right.authority,
        right_ref=right.record_ref, right_hash=right.content_hash,
    )  # fmt: skip
    event_id = events.append(connection, EventType.JUDGED, review_id, data, visit.at)
    connection.execute(
        insert(judgements).values(
            judgement_id=event_id, review_id=review_id, decision=said.decision,
            reason=said.reason, made_at=visit.at, made_by=visit.viewer.user_id,
        )
    )  # fmt: skip


def undo(
    connection: Connection, visit: Visit, review_id: UUID, judgement: UUID, reason: str
) -> None:
    """That judgement no longer stands and the pair waits again.

    Raises:
        NotForRole, NotYours: as for :func:`open_pair`.
        ChangedMeanwhile: it does not stand any more, or another one does.
    """
    pair = _find(connection, visit, review_id)
    if pair.judgement is None or pair.judgement.judgement_id != judgement:
        raise ChangedMeanwhile
    _take(connection, review_id, pair.version)
    connection.execute(
        update(judgements)
        .where(judgements.c.judgement_id == judgement)
        .values(undone_at=visit.at, undone_by=visit.viewer.user_id)
    )
    audit.record(connection, visit, Action.JUDGEMENT_UNDONE, str(review_id))
    data = JudgementUndone(actor=visit.actor, judgement=judgement, reason=reason)
    events.append(connection, EventType.JUDGEMENT_UNDONE, review_id, data, visit.at)


def _take(connection: Connection, review_id: UUID, version: int) -> None:
    """This version is ours to change; whoever read it too comes too late."""
    taken = connection.execute(
        update(reviews)
        .where(reviews.c.review_id == review_id, reviews.c.version == version)
        .values(version=version + 1)
    )
    if not taken.rowcount:
        raise ChangedMeanwhile


def _pairs() -> Select[Any]:
    standing = and_(
        judgements.c.review_id == reviews.c.review_id, judgements.c.undone_at.is_(None)
    )
    return select(
        reviews.c.body, reviews.c.version, judgements.c.judgement_id,
        judgements.c.decision, judgements.c.reason, judgements.c.made_at,
        users.c.name.label("made_by"),
    ).select_from(
        reviews.outerjoin(judgements, standing).outerjoin(
            users, users.c.user_id == judgements.c.made_by
        )
    )  # fmt: skip


def _find(connection: Connection, visit: Visit, review_id: UUID) -> Pair:
    check_review(visit.viewer)
    row = connection.execute(
        _pairs().where(reviews.c.review_id == review_id)
    ).one_or_none()
    if row is None:
        raise NotYours("review", str(review_id))
    return _pair(row)


def _pair(row: Row[Any]) -> Pair:
    judgement = row.judgement_id and Judgement(
        row.judgement_id, row.decision, row.reason, row.made_at, row.made_by
    )
    return Pair(Review.model_validate_json(row.body), row.version, judgement)
