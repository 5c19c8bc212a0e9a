"""A pair as one reviewer may see it: decided or not, held or free, blind or open."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Float,
    Row,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    not_,
    or_,
    select,
)

from notifications.documents import Review
from notifications.feed import Decision, Side
from portal.claims import Claim
from portal.harm import AT, moments
from portal.permissions import NotYours, check_review
from portal.tables import (
    UtcDateTime,
    judgements,
    recusals,
    review_claims,
    review_skips,
    reviews,
    second_readings,
    users,
)
from portal.visits import Visit

SKIPPED_FOR = dt.timedelta(hours=8)
"""A pair that somebody skipped comes to them again on another day."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one reader said of a pair."""

    decision: Decision
    split: Side | None
    reason: str
    at: dt.datetime
    by: str
    """The reader's name, for other reviewers; events carry the pseudonym."""

    def agrees_with(self, decision: Decision, split: Side | None) -> bool:
        return (self.decision, self.split) == (decision, split)


@dataclass(frozen=True, slots=True)
class Judgement(Word):
    """The decision that stands for a pair."""

    judgement_id: UUID


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two readers said two things; a third settles it."""

    first: Word
    second: Word
    mine: bool
    """Whether the viewer is one of the two."""


class ReadsBlind(Exception):
    """The viewer is to read the pair a second time, and has not seen the first word."""


class ForAThird(Exception):
    """The viewer is one of two who disagreed: somebody else settles it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair, as it is for one reviewer."""

    document: Review
    version: int
    judgement: Judgement | None
    second: Word | None
    """What a second reader said, who agreed."""
    claim: Claim | None
    blind: bool
    """Whether the viewer is to read it a second time, not having seen the first."""
    disputed: bool
    """Whether two readers have disagreed about it, settled since or not."""
    skipped: bool
    """Whether the viewer skipped it today."""

    def held_by_another(self, viewer: UUID) -> bool:
        return self.claim is not None and self.claim.held_by != viewer


_ME = bindparam("me", type_=Uuid())
_SKIPPED_SINCE = bindparam("skipped_since", type_=UtcDateTime())
_SHARE = bindparam("share", type_=Float())

UNDECIDED = judgements.c.judgement_id.is_(None)
DISPUTED = (
    exists()
    .where(
        second_readings.c.review_id == reviews.c.review_id,
        second_readings.c.agrees.is_(False),
    )
    .correlate(reviews)
)
"""Two readers have disagreed about it, whatever came of that."""
_first, _reading = judgements.alias("first"), second_readings.alias("reading")
READ_BEFORE = (
    exists()
    .where(
        _reading.c.review_id == reviews.c.review_id,
        _reading.c.agrees.is_(False),
        _first.c.judgement_id == _reading.c.judgement_id,
        or_(_reading.c.read_by == _ME, _first.c.made_by == _ME),
    )
    .correlate(reviews)
)
"""The viewer is one of two who disagreed."""
TO_BE_READ_TWICE = and_(
    judgements.c.judgement_id.is_not(None),
    judgements.c.made_by != _ME,
    reviews.c.draw < _SHARE,
    second_readings.c.reading_id.is_(None),
    not_(DISPUTED),
)
"""Decided by somebody else, in the share, and nobody has read it again."""
FREE = or_(review_claims.c.held_by.is_(None), review_claims.c.held_by == _ME)
"""Nobody else has it."""
SKIPPED = review_skips.c.user_id.is_not(None)


@dataclass(frozen=True, slots=True)
class Rows:
    """The pairs that a viewer may see, and the moment of looking at them."""

    visit: Visit
    share: float
    """Of decided pairs that are read twice."""

    @property
    def given(self) -> dict[str, object]:
        """The values that the statements are executed with."""
        return {
            "me": self.visit.viewer.user_id,
            "share": self.share,
            "skipped_since": self.visit.at - SKIPPED_FOR,
            **moments(self.visit.at),
        }


@cache
def pairs() -> Select[Any]:
    """Every pair but those of families that the viewer knows: to be narrowed and put in
    order, and executed with what a :class:`Rows` gives. Made once: to put it together
    takes longer than to answer it."""
    readers, holders = users.alias("readers"), users.alias("holders")
    handers = users.alias("handers")
    known = (
        exists()
        .where(recusals.c.child_key == reviews.c.child_key, recusals.c.user_id == _ME)
        .correlate(reviews)
    )
    return (
        select(
            reviews.c.review_id, reviews.c.body, reviews.c.version,
            judgements.c.judgement_id, judgements.c.decision, judgements.c.split,
            judgements.c.reason, judgements.c.made_at, users.c.name.label("made_by"),
            second_readings.c.decision.label("second_decision"),
            second_readings.c.split.label("second_split"),
            second_readings.c.reason.label("second_reason"),
            second_readings.c.read_at, readers.c.name.label("read_by"),
            review_claims.c.held_by, review_claims.c.expires_at,
            review_claims.c.taken_at, holders.c.name.label("holder"),
            handers.c.name.label("hander"), TO_BE_READ_TWICE.label("blind"),
            DISPUTED.label("disputed"), SKIPPED.label("skipped"),
        )
        .select_from(_joined(readers, holders, handers))
        .where(not_(known))
    )  # fmt: skip


def _joined(readers: Any, holders: Any, handers: Any) -> Any:
    return (
        reviews.outerjoin(
            judgements,
            and_(
                judgements.c.review_id == reviews.c.review_id,
                judgements.c.undone_at.is_(None),
            ),
        )
        .outerjoin(users, users.c.user_id == judgements.c.made_by)
        .outerjoin(
            second_readings,
            second_readings.c.judgement_id == judgements.c.judgement_id,
        )
        .outerjoin(readers, readers.c.user_id == second_readings.c.read_by)
        .outerjoin(
            review_claims,
            and_(
                review_claims.c.review_id == reviews.c.review_id,
                review_claims.c.expires_at > AT,
            ),
        )
        .outerjoin(holders, holders.c.user_id == review_claims.c.held_by)
        .outerjoin(handers, handers.c.user_id == review_claims.c.handed_by)
        .outerjoin(
            review_skips,
            and_(
                review_skips.c.review_id == reviews.c.review_id,
                review_skips.c.user_id == _ME,
                review_skips.c.skipped_at > _SKIPPED_SINCE,
            ),
        )
    )


@cache
def _one() -> Select[Any]:
    return pairs().where(reviews.c.review_id == bindparam("wanted"))


def find(connection: Connection, rows: Rows, review_id: UUID) -> Pair:
    """The pair.

    Raises:
        NotForRole: the viewer is no reviewer.
        NotYours: there is no such pair, or the viewer knows the family.
    """
    check_review(rows.visit.viewer)
    row = connection.execute(_one(), rows.given | {"wanted": review_id}).one_or_none()
    if row is None:
        raise NotYours("review", str(review_id))
    return pair_of(row)


def pair_of(row: Row[Any]) -> Pair:
    """A row of :func:`pairs` as a pair."""
    judgement = row.judgement_id and Judgement(
        row.decision, row.split, row.reason, row.made_at, row.made_by, row.judgement_id
    )
    second = row.read_at and Word(
        row.second_decision, row.second_split, row.second_reason, row.read_at,
        row.read_by,
    )  # fmt: skip
    claim = row.held_by and Claim(
        row.held_by, row.holder, row.expires_at, row.taken_at, row.hander
    )
    return Pair(
        document=Review.model_validate_json(row.body),
        version=row.version,
        judgement=judgement,
        second=second,
        claim=claim,
        blind=bool(row.blind),
        disputed=bool(row.disputed),
        skipped=bool(row.skipped),
    )


def disagreement(
    connection: Connection, visit: Visit, review_id: UUID
) -> Disagreement | None:
    """The two words that a third reader is to settle; the latest, if there are more."""
    readers = users.alias("readers")
    row = connection.execute(
        select(
            judgements, users.c.name.label("first_name"), second_readings,
            readers.c.name.label("second_name"),
        )
        .select_from(second_readings)
        .join(judgements, judgements.c.judgement_id == second_readings.c.judgement_id)
        .join(users, users.c.user_id == judgements.c.made_by)
        .join(readers, readers.c.user_id == second_readings.c.read_by)
        .where(
            second_readings.c.review_id == review_id,
            second_readings.c.agrees.is_(False),
        )
        .order_by(second_readings.c.read_at.desc(), second_readings.c.reading_id)
        .limit(1)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    said = row._mapping
    one, other = judgements.c, second_readings.c
    return Disagreement(
        Word(said[one.decision], said[one.split], said[one.reason],
             said[one.made_at], row.first_name),
        Word(said[other.decision], said[other.split], said[other.reason],
             said[other.read_at], row.second_name),
        visit.viewer.user_id in {said[one.made_by], said[other.read_by]},
    )  # fmt: skip
