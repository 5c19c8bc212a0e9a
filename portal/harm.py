"""Which pair is looked at first: where a late or wrong word does the most harm.

The order is a product of three things, each of which can make a pair wait:

* **time**: how near its deadline is. What is overdue comes before all else that weighs
  the same, so that it is never buried under what is merely next;
* **urgency**: the priority that the rules gave the placement;
* **chance**: how likely the decision is to change what somebody is told. A pair at even
  odds is all open; of one at 97 in 100 a person mostly says what the score says. Where
  the decision can change no notice at all, it can wait.

Only time moves with the clock, so the other two are kept with the pair as one number.
"""

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case

from notifications.documents import Priority, Review, Stake
from portal.tables import UtcDateTime, reviews

_URGENCY = {Priority.HIGH: 4.0, Priority.STANDARD: 2.0, Priority.LOW: 1.0}
_CHANGES: dict[Stake | None, float] = {
    "waits": 1.0,
    None: 1.0,  # a region that does not say: as if a notice waited
    "told": 0.7,
    "nothing": 0.05,
}
_LEAST_OPEN = 0.1
_OVERDUE = 8.0
_LEFT = (
    (dt.timedelta(days=1), 6.0),
    (dt.timedelta(days=3), 4.0),
    (dt.timedelta(days=7), 2.0),
)
"""By how much is left until the deadline; beyond that, 1."""
_SCALE = 2**64


def harm(document: Review) -> float:
    """Urgency times the chance that the decision changes a notice."""
    openness = max(_LEAST_OPEN, 1 - abs(2 * document.probability - 1))
    return _URGENCY[document.priority] * openness * _CHANGES[document.stake]


def moments(at: dt.datetime) -> dict[str, dt.datetime]:
    """What statements in the order ``BY_HARM`` are executed with."""
    return {"at": at} | {
        f"left_{place}": at + left for place, (left, _) in enumerate(_LEFT)
    }


AT = bindparam("at", type_=UtcDateTime())
"""The moment of looking."""
_TIME = case(
    (reviews.c.deadline < AT, _OVERDUE),
    *(
        (reviews.c.deadline < bindparam(f"left_{place}", type_=UtcDateTime()), weight)
        for place, (_, weight) in enumerate(_LEFT)
    ),
    else_=1.0,
)
BY_HARM: tuple[ColumnElement[Any], ...] = (
    (_TIME * reviews.c.harm).desc(), reviews.c.deadline, reviews.c.review_id
)  # fmt: skip
"""The order of pairs that wait, the most pressing first."""


def child_key(document: Review) -> str:
    """Whose pair it is: one for every pair of the same child's record."""
    key = f"{document.left.authority}:{document.left.record_ref}"
    # one that is too long for its column is as good by its digest
    return key if len(key) <= _KEY else hashlib.sha256(key.encode()).hexdigest()


_KEY = 120


def draw(review_id: UUID, purpose: str = "second reader") -> float:
    """A number from 0 to 1 that is always the same for a pair and a purpose."""
    digest = hashlib.sha256(f"{purpose}:{review_id}".encode()).digest()
    return int.from_bytes(digest[:8]) / _SCALE
