"""Training: made-up pairs whose truth is known, answered by one person for themselves.

Nothing here meets a real pair. No event is sent, no queue is touched, no agreement is
counted; an answer is kept for the person's own score.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy import Connection, delete, insert, select

from notifications.documents import Review
from notifications.feed import Decision, Side
from portal.permissions import NotYours, check_review
from portal.tables import training_answers
from portal.visits import Visit

_FILE = Path(__file__).parent / "training_pairs.json"


class TrainingPair(BaseModel):
    """A made-up pair, the truth of it, and what it teaches."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    truth: Decision
    split: Side | None
    teaches: str
    review: Review

    def is_right(self, decision: Decision, split: Side | None) -> bool:
        return (decision, split) == (self.truth, self.split)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the viewer said of a pair last, and whether it is true."""

    decision: Decision
    split: Side | None
    is_right: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody has come."""

    answers: dict[int, Answer]
    """The latest to each pair, by its number."""
    next: int | None
    """The first pair without an answer; ``None`` when all have one."""

    @property
    def right(self) -> int:
        return sum(one.is_right for one in self.answers.values())


@cache
def pairs() -> dict[int, TrainingPair]:
    """Every pair by its number; made by ``pipeline.training``."""
    every = TypeAdapter(list[TrainingPair]).validate_json(_FILE.read_bytes())
    return {one.number: one for one in every}


def pair(visit: Visit, number: int) -> TrainingPair:
    """A made-up pair.

    Raises:
        NotForRole: the viewer is no reviewer.
        NotYours: there is none of that number.
    """
    check_review(visit.viewer)
    if number not in pairs():
        raise NotYours("training pair", str(number))
    return pairs()[number]


def progress(connection: Connection, visit: Visit) -> Progress:
    """The viewer's own answers.

    Raises:
        NotForRole: the viewer is no reviewer.
    """
    check_review(visit.viewer)
    rows = connection.execute(
        select(training_answers)
        .where(training_answers.c.user_id == visit.viewer.user_id)
        .order_by(training_answers.c.pair)
    )
    answers = {row.pair: Answer(row.decision, row.split, row.is_right) for row in rows}
    open_ = (number for number in sorted(pairs()) if number not in answers)
    return Progress(answers, next(open_, None))


def answer(
    connection: Connection,
    visit: Visit,
    number: int,
    decision: Decision,
    split: Side | None,
) -> None:
    """The viewer's answer to a pair; the latest counts.

    Raises:
        NotForRole, NotYours: as for :func:`pair`.
    """
    found = pair(visit, number)
    mine = training_answers.c.user_id == visit.viewer.user_id
    connection.execute(
        delete(training_answers).where(mine, training_answers.c.pair == number)
    )
    connection.execute(
        insert(training_answers).values(
            user_id=visit.viewer.user_id, pair=number, decision=decision, split=split,
            is_right=found.is_right(decision, split), answered_at=visit.at,
        )
    )  # fmt: skip
