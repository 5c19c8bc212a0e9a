"""Pairs put to people: the queue, the next one, a judgement, and taking it back.

A judgement is never changed. Undoing it is a new event, and the pair waits again.
"""

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from notifications.feed import Decision, EventType, JudgementData, JudgementUndone, Side
from portal import audit, claims, events
from portal.audit import Action
from portal.claims import HeldByAnother
from portal.harm import AT, BY_HARM
from portal.paging import LENGTH, Paging
from portal.pairs import (
    DISPUTED,
    FREE,
    READ_BEFORE,
    SKIPPED,
    TO_BE_READ_TWICE,
    UNDECIDED,
    ForAThird,
    Pair,
    ReadsBlind,
    Rows,
    disagreement,
    find,
    pair_of,
    pairs,
)
from portal.permissions import check_review
from portal.replies import ChangedMeanwhile
from portal.tables import (
    judgements,
    recusals,
    review_claims,
    review_skips,
    reviews,
    second_readings,
)
from portal.visits import Visit

OTHERWISE = "A second reader, who had not seen this decision, decided otherwise."
"""Why a judgement was undone by nobody's wish."""
_TRIES = 20
"""How many pairs are tried for the next one before others have taken them all."""


class Show(StrEnum):
    """The lists of the queue."""

    WAITING = "waiting"
    LATE = "late"
    """Of those, where nobody decided by the deadline: what hung on it has gone out."""
    DISAGREED = "disagreed"
    """Two readers said two things: a third settles it."""
    SECOND = "second"
    """Decided by somebody else, and to be read by the viewer too."""
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of pairs, and how many each list holds."""

    pairs: tuple[Pair, ...]
    counts: dict[Show, int]
    paging: Paging
    held: int
    """Of what waits, how many pairs others have before them."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer decided, on which version of the pair, and why."""

    decision: Decision
    split: Side | None
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class NothingFree:
    """No pair is there to be taken; and what stands in the way."""

    held: int
    free_at: dt.datetime | None
    """When the first of those that others have comes free by itself."""
    skipped: int


def queue(
    connection: Connection, visit: Visit, share: float, show: Show, page: int
) -> Queue:
    """A list of pairs: what waits by the harm of waiting, what is decided latest first.

    Raises:
        NotForRole: the viewer is no reviewer.
    """
    check_review(visit.viewer)
    rows = Rows(visit, share)
    counts, held = _counted(connection, rows)
    paging = Paging.of(counts[show], page)
    found = connection.execute(
        _page_of(show), rows.given | {"most": LENGTH, "offset": paging.offset}
    )
    listed = tuple(pair_of(row) for row in found)
    audit.record(
        connection, visit, Action.REVIEWS_LISTED, show,
        [pair.document.review_id for pair in listed],
    )  # fmt: skip
    return Queue(listed, counts, paging, held)


def open_pair(
    connection: Connection, visit: Visit, share: float, review_id: UUID
) -> Pair:
    """The pair; a row of the audit trail. Whoever has it keeps it by looking at it.

    Raises:
        NotForRole: the viewer is no reviewer.
        NotYours: there is no such pair, or the viewer knows the family.
    """
    rows = Rows(visit, share)
    pair = find(connection, rows, review_id)
    kept = claims.keep(connection, visit, pair.claim, review_id)
    audit.record(connection, visit, Action.REVIEW_OPENED, str(review_id))
    return replace(pair, claim=kept)


def take_next(connection: Connection, visit: Visit, share: float) -> UUID | NothingFree:
    """The pair whose waiting does the most harm, of those that nobody else has: taken.

    What has no decision at all comes before what is to be read a second time.

    Raises:
        NotForRole: the viewer is no reviewer.
    """
    check_review(visit.viewer)
    rows = Rows(visit, share)
    for wanted in (_MINE_TO_DECIDE, TO_BE_READ_TWICE):
        ids = connection.execute(
            pairs().where(wanted, FREE, not_(SKIPPED)).order_by(*BY_HARM).limit(_TRIES),
            rows.given,
        ).all()
        for row in ids:
            try:
                claims.take(connection, visit, row.review_id)
            except HeldByAnother:
                continue
            return row.review_id  # type: ignore[no-any-return]
    return _what_stands_in_the_way(connection, rows)


def judge(
    connection: Connection, visit: Visit, share: float, review_id: UUID, said: Said
) -> None:
    """The pair is decided, on exactly the records that the page showed.

    Whoever decides must have the pair, or nobody does.

    Raises:
        NotForRole, NotYours: as for :func:`open_pair`.
        ChangedMeanwhile: somebody decided it, or undid it, after the page was shown.
        ForAThird: the viewer's own word on it is half of a disagreement.
        HeldByAnother: somebody else has the pair.
    """
    pair = find(connection, Rows(visit, share), review_id)
    if pair.judgement is not None:
        raise ChangedMeanwhile
    two = disagreement(connection, visit, review_id) if pair.disputed else None
    if two is not None and two.mine:
        raise ForAThird
    claim = claims.take(connection, visit, review_id)
    _change(connection, review_id, said.version)
    audit.record(connection, visit, Action.JUDGEMENT_MADE, str(review_id))
    left, right = pair.document.left, pair.document.right
    data = JudgementData(
        actor=visit.actor, decision=said.decision, split=said.split,
        reason=said.reason, left_authority=left.authority, left_ref=left.record_ref,
        left_hash=left.content_hash, right_authority=right.authority,
        right_ref=right.record_ref, right_hash=right.content_hash,
    )  # fmt: skip
    _close(connection, review_id)
    event_id = events.append(connection, EventType.JUDGED, review_id, data, visit.at)
    connection.execute(
        insert(judgements).values(
            judgement_id=event_id, review_id=review_id, decision=said.decision,
            split=said.split, reason=said.reason, taken_at=claim.taken_at,
            made_at=visit.at, made_by=visit.viewer.user_id,
        )
    )  # fmt: skip


def read_again(
    connection: Connection, visit: Visit, share: float, review_id: UUID, said: Said
) -> bool:
    """A second reader, who has not seen the first's word, says theirs; do they agree?

    Where they do not, the first judgement is undone and the pair waits for a third.

    Raises:
        NotForRole, NotYours: as for :func:`open_pair`.
        ChangedMeanwhile: it is not to be read a second time, or no longer.
        HeldByAnother: somebody else has the pair.
    """
    pair = find(connection, Rows(visit, share), review_id)
    first = pair.judgement
    if first is None or not pair.blind:
        raise ChangedMeanwhile
    claims.take(connection, visit, review_id)
    _change(connection, review_id, said.version)
    agrees = first.agrees_with(said.decision, said.split)
    audit.record(connection, visit, Action.SECOND_READING_MADE, str(review_id))
    connection.execute(
        insert(second_readings).values(
            reading_id=uuid4(), judgement_id=first.judgement_id, review_id=review_id,
            decision=said.decision, split=said.split, reason=said.reason,
            read_at=visit.at, read_by=visit.viewer.user_id, agrees=agrees,
        )
    )  # fmt: skip
    _close(connection, review_id)
    if not agrees:
        _undo(connection, visit, (review_id, first.judgement_id), OTHERWISE)
    return agrees


def undo(
    connection: Connection, visit: Visit, share: float, review_id: UUID,
    judgement: UUID, reason: str,
) -> None:  # fmt: skip
    """That judgement no longer stands and the pair waits again.

    Raises:
        NotForRole, NotYours: as for :func:`open_pair`.
        ReadsBlind: the viewer says what they think first, by a second reading.
        ChangedMeanwhile: it does not stand any more, or another one does.
    """
    pair = find(connection, Rows(visit, share), review_id)
    if pair.blind:
        raise ReadsBlind
    if pair.judgement is None or pair.judgement.judgement_id != judgement:
        raise ChangedMeanwhile
    _change(connection, review_id, pair.version)
    audit.record(connection, visit, Action.JUDGEMENT_UNDONE, str(review_id))
    _undo(connection, visit, (review_id, judgement), reason)


def skip(connection: Connection, visit: Visit, review_id: UUID) -> None:
    """The pair is anybody's; to the viewer it does not come as the next one today.

    Raises:
        NotForRole, NotYours: as for :func:`open_pair`.
    """
    find(connection, Rows(visit, 0), review_id)
    mine = and_(
        review_skips.c.review_id == review_id,
        review_skips.c.user_id == visit.viewer.user_id,
    )
    connection.execute(delete(review_skips).where(mine))
    connection.execute(
        insert(review_skips).values(
            review_id=review_id, user_id=visit.viewer.user_id, skipped_at=visit.at
        )
    )
    claims.let_go(connection, visit, review_id)
    audit.record(connection, visit, Action.REVIEW_SKIPPED, str(review_id))


def recuse(connection: Connection, visit: Visit, review_id: UUID) -> None:
    """The viewer knows the family, and sees no pair of the child any more.

    Raises:
        NotForRole, NotYours: as for :func:`open_pair`.
    """
    find(connection, Rows(visit, 0), review_id)
    claims.let_go(connection, visit, review_id)
    key = select(reviews.c.child_key).where(reviews.c.review_id == review_id)
    connection.execute(
        insert(recusals).values(
            child_key=connection.scalar(key), user_id=visit.viewer.user_id,
            declared_at=visit.at,
        )
    )  # fmt: skip
    audit.record(connection, visit, Action.REVIEW_RECUSED, str(review_id))


_LISTS: dict[Show, ColumnElement[bool]] = {
    Show.WAITING: and_(UNDECIDED, not_(DISPUTED)),
    Show.LATE: and_(UNDECIDED, reviews.c.deadline < AT),
    Show.DISAGREED: and_(UNDECIDED, DISPUTED),
    Show.SECOND: TO_BE_READ_TWICE,
    Show.DECIDED: not_(UNDECIDED),
}
_MINE_TO_DECIDE = and_(UNDECIDED, or_(not_(DISPUTED), not_(READ_BEFORE)))


@cache
def _page_of(show: Show) -> Select[Any]:
    """Which pairs are on the page is asked first, so that people and bodies are looked
    up of no others."""
    order: tuple[ColumnElement[Any], ...] = BY_HARM
    if show is Show.DECIDED:
        order = (judgements.c.made_at.desc(), reviews.c.review_id)
    listed = (
        pairs()
        .with_only_columns(reviews.c.review_id)
        .where(_LISTS[show])
        .order_by(*order)
        .limit(bindparam("most", type_=Integer()))
        .offset(bindparam("offset", type_=Integer()))
    )
    return pairs().where(reviews.c.review_id.in_(listed)).order_by(*order)


@cache
def _counts() -> Select[Any]:
    held = and_(_LISTS[Show.WAITING], not_(FREE))
    every = [*((show.value, wanted) for show, wanted in _LISTS.items()), ("held", held)]
    return pairs().with_only_columns(
        *(
            func.coalesce(func.sum(case((wanted, 1), else_=0)), 0).label(f"n_{name}")
            for name, wanted in every
        )
    )


def _counted(connection: Connection, rows: Rows) -> tuple[dict[Show, int], int]:
    found = connection.execute(_counts(), rows.given).one()._mapping
    return {show: int(found[f"n_{show.value}"]) for show in Show}, int(found["n_held"])


def _what_stands_in_the_way(connection: Connection, rows: Rows) -> NothingFree:
    open_ = or_(_MINE_TO_DECIDE, TO_BE_READ_TWICE)
    held = not_(FREE)
    row = connection.execute(
        pairs()
        .with_only_columns(
            func.coalesce(func.sum(case((held, 1), else_=0)), 0).label("n_held"),
            func.min(case((held, review_claims.c.expires_at))).label("free_at"),
            func.coalesce(func.sum(case((and_(FREE, SKIPPED), 1), else_=0)), 0).label(
                "n_skipped"
            ),
        )
        .where(open_),
        rows.given,
    ).one()
    return NothingFree(int(row.n_held), row.free_at, int(row.n_skipped))


def _change(connection: Connection, review_id: UUID, version: int) -> None:
    """This version is ours to change; whoever read it too comes too late."""
    changed = connection.execute(
        update(reviews)
        .where(reviews.c.review_id == review_id, reviews.c.version == version)
        .values(version=version + 1)
    )
    if not changed.rowcount:
        raise ChangedMeanwhile


def _close(connection: Connection, review_id: UUID) -> None:
    connection.execute(
        delete(review_claims).where(review_claims.c.review_id == review_id)
    )


def _undo(
    connection: Connection, visit: Visit, what: tuple[UUID, UUID], reason: str
) -> None:
    review_id, judgement = what
    connection.execute(
        update(judgements)
        .where(judgements.c.judgement_id == judgement)
        .values(undone_at=visit.at, undone_by=visit.viewer.user_id)
    )
    data = JudgementUndone(actor=visit.actor, judgement=judgement, reason=reason)
    events.append(connection, EventType.JUDGEMENT_UNDONE, review_id, data, visit.at)
