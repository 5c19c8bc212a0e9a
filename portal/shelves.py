"""Where each kind of document is kept, whom it is for, and whether it may change.

A shelf is a table and three plain functions of the document; ``intake`` works every
shelf in the same way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Column, Table

from notifications.documents import (
    CrossBorderPerson,
    Notification,
    Obligation,
    Priority,
    Review,
)
from notifications.reports import DeadLetter, QualityReport, RunSummary, SupplierVerdict
from notifications.search_answers import SearchAnswer
from portal import tables
from portal.harm import child_key, draw, harm
from portal.references import search_key
from portal.words import is_placing_authoritys

D = TypeVar("D", bound=BaseModel)

URGENCY = {Priority.HIGH: 0, Priority.STANDARD: 1, Priority.LOW: 2}
"""Priorities as numbers that sort."""


class Conflict(Exception):
    """The document goes against what is held; ``reason`` says how, without values."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Shelf(Generic[D]):
    """One kind of document."""

    kind: str
    model: type[D]
    table: Table
    key: Column[Any]
    identity: Callable[[D], UUID | str]
    columns: Callable[[D], dict[str, Any]]
    """What pages sort, filter and scope by."""
    addressee: Callable[[D], str | None]
    """The agency that must exist for it to be readable by anybody."""
    check_change: Callable[[D, D], None]
    """Raises :class:`Conflict` when a held document may not become this one."""
    starts: Callable[[], dict[str, Any]] = dict
    """Columns that only the first version sets."""
    supersedes: Callable[[D], UUID | None] = lambda _document: None
    """The notification that this one takes the place of."""
    touches: Callable[[D], tuple[UUID | None, ...]] = lambda _document: ()
    """The notifications that may stand elsewhere once it is held."""


def _frozen(_held: BaseModel, _given: BaseModel) -> None:
    raise Conflict("other bytes are held under this id, and this kind never changes")


def _latest_wins(_held: BaseModel, _given: BaseModel) -> None:
    """Whatever was sent last stands."""


def _later_person(held: CrossBorderPerson, given: CrossBorderPerson) -> None:
    if given.kind != held.kind:
        raise Conflict("a person's kind never changes")
    if given.created_on < held.created_on:
        raise Conflict("a later version is held")


def _later_answer(_held: SearchAnswer, given: SearchAnswer) -> None:
    """Only that the child is shielded since takes the place of what was found."""
    if given.outcome != "shielded":
        raise Conflict("another answer is held under this id")


_WHAT_IS_OWED = ("kind", "owed_by", "audience", "placement_ref", "notification_id")


def _later_obligation(held: Obligation, given: Obligation) -> None:
    for name in _WHAT_IS_OWED:
        if getattr(held, name) != getattr(given, name):
            raise Conflict(f"an obligation's {name} never changes")
    # a child may be shielded later: then nothing of it is said any more
    if given.child_ref not in {held.child_ref, ""}:
        raise Conflict("an obligation's child_ref never becomes another")
    if given.created_on < held.created_on or (
        given.created_on == held.created_on and given.escalation < held.escalation
    ):
        raise Conflict("a later version is held")


def _notification_columns(document: Notification) -> dict[str, Any]:
    clock, child = document.clock, document.child
    authority = document.placing_authority
    return {
        "recipient": document.recipient,
        "audience": document.audience,
        "is_copy": document.is_copy,
        "urgency": URGENCY[document.priority],
        "kind": document.kind,
        # a law's clock runs for the placing authority: its reader is never late by it
        "due_at": clock.due_at if clock and not is_placing_authoritys(clock) else None,
        "placing_authority": authority.authority if authority else None,
        "child_key": search_key(child.child_ref) if child else None,
        "token": document.recording_token,
        "created_on": document.created_on,
        "supersedes": document.supersedes,
        "reminds": document.reminds,
    }


NOTIFICATIONS = Shelf(
    kind="notification",
    model=Notification,
    table=tables.notifications,
    key=tables.notifications.c.notification_id,
    identity=lambda document: document.notification_id,
    columns=_notification_columns,
    addressee=lambda document: document.recipient,
    check_change=_frozen,
    starts=lambda: {"version": 1},
    supersedes=lambda document: document.supersedes,
    touches=lambda document: (
        document.notification_id,
        document.supersedes,
        document.reminds,
    ),
)

OBLIGATIONS = Shelf(
    kind="obligation",
    model=Obligation,
    table=tables.obligations,
    key=tables.obligations.c.obligation_id,
    identity=lambda document: document.obligation_id,
    columns=lambda document: {
        "kind": document.kind,
        "owed_by": document.owed_by,
        "audience": document.audience,
        "due_at": document.due_at,
        "met_on": document.met_on,
        "notification_id": document.notification_id,
    },
    addressee=lambda document: document.owed_by,
    check_change=_later_obligation,
    touches=lambda document: (document.notification_id,),
)

REVIEWS = Shelf(
    kind="review",
    model=Review,
    table=tables.reviews,
    key=tables.reviews.c.review_id,
    identity=lambda document: document.review_id,
    columns=lambda document: {
        "urgency": URGENCY[document.priority],
        "deadline": document.deadline,
        "child_key": child_key(document),
        "harm": harm(document),
        "draw": draw(document.review_id),
    },
    addressee=lambda _document: None,
    check_change=_frozen,
    starts=lambda: {"version": 1},
)

SEARCH_ANSWERS = Shelf(
    kind="search",
    model=SearchAnswer,
    table=tables.search_answers,
    key=tables.search_answers.c.search_id,
    identity=lambda document: document.search_id,
    columns=lambda document: {"review_id": document.review_id},
    addressee=lambda _document: None,
    check_change=_later_answer,
)

PEOPLE = Shelf(
    kind="person",
    model=CrossBorderPerson,
    table=tables.people,
    key=tables.people.c.person_id,
    identity=lambda document: document.person_id,
    columns=lambda document: {"kind": document.kind},
    addressee=lambda _document: None,
    check_change=_later_person,
)

RUNS = Shelf(
    kind="run",
    model=RunSummary,
    table=tables.runs,
    key=tables.runs.c.run_id,
    identity=lambda document: document.run_id,
    columns=lambda document: {"business_date": document.business_date},
    addressee=lambda _document: None,
    check_change=_latest_wins,
)

VERDICTS = Shelf(
    kind="verdict",
    model=SupplierVerdict,
    table=tables.verdicts,
    key=tables.verdicts.c.verdict_id,
    identity=lambda document: document.verdict_id,
    columns=lambda document: {
        "authority": document.authority,
        "business_date": document.business_date,
    },
    addressee=lambda document: document.authority,
    check_change=_latest_wins,
)

QUALITY = Shelf(
    kind="quality",
    model=QualityReport,
    table=tables.quality,
    key=tables.quality.c.quality_id,
    identity=lambda document: f"{document.authority} {document.business_date}",
    columns=lambda document: {
        "authority": document.authority,
        "business_date": document.business_date,
        "outcome": document.outcome,
        "rows": document.rows,
    },
    addressee=lambda document: document.authority,
    check_change=_latest_wins,
)

DEAD_LETTERS = Shelf(
    kind="dead_letter",
    model=DeadLetter,
    table=tables.dead_letters,
    key=tables.dead_letters.c.letter_id,
    identity=lambda document: document.letter_id,
    columns=lambda document: {
        "settled": document.settled,
        "created_on": document.created_on,
    },
    addressee=lambda _document: None,
    check_change=_latest_wins,
)
