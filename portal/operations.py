"""What an operator may ask of the region: send what is held, offer again what failed.

A wish is an event. The region's next pass carries it out and answers with a later
version of the document that the wish was about; until then it can't be asked again.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, func, insert, select

from notifications.feed import EventType, ReleaseAsked, ReplayAsked
from notifications.reports import DeadLetter, RunSummary
from portal import audit, events
from portal.audit import Action
from portal.permissions import NotYours, check_operate
from portal.tables import dead_letters, runs, users, wishes
from portal.visits import Visit

MOST_LETTERS = 50
WAITS_FOR_A_PERSON = "surge"
"""What holds notices until somebody releases them; anything else has its own time."""


class NothingToDo(Exception):
    """It has been asked, released or replayed already."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish that no document has answered yet."""

    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Run:
    """A night as it was last reported."""

    summary: RunSummary
    asked: Asked | None

    @property
    def releasable(self) -> bool:
        return bool(self.summary.held.get(WAITS_FOR_A_PERSON)) and self.asked is None


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery that was refused for good, as it was last reported."""

    document: DeadLetter
    asked: Asked | None

    @property
    def replayable(self) -> bool:
        return self.document.settled == "waits" and self.asked is None


@dataclass(frozen=True, slots=True)
class Letters:
    """The dead letters that wait, and how many there are of them."""

    letters: tuple[Letter, ...]
    waiting: int

    def alike(self, letter: Letter) -> int:
        """How many of those shown that can be replayed have this one's cause."""
        return sum(
            one.replayable and one.document.cause == letter.document.cause
            for one in self.letters
        )


def reported(connection: Connection, most: int) -> tuple[Run, ...]:
    """The latest runs, newest first."""
    rows = connection.execute(
        _with_wish(runs)
        .order_by(
            runs.c.business_date.desc(), runs.c.received_at.desc(), runs.c.run_id.desc()
        )
        .limit(most)
    )
    return tuple(_run(row) for row in rows)


def waiting_letters(connection: Connection) -> Letters:
    """The dead letters that wait, the newest first."""
    waits = dead_letters.c.settled == "waits"
    count = connection.execute(
        select(func.count()).select_from(dead_letters).where(waits)
    ).scalar_one()
    rows = connection.execute(
        _with_wish(dead_letters)
        .where(waits)
        .order_by(dead_letters.c.created_on.desc(), dead_letters.c.letter_id.desc())
        .limit(MOST_LETTERS)
    )
    return Letters(tuple(_letter(row) for row in rows), count)


def find_run(connection: Connection, visit: Visit, run_id: str) -> Run:
    """A run, to be released.

    Raises:
        NotForRole: the viewer is not of the data team.
        NotYours: there is no such run.
    """
    check_operate(visit.viewer)
    return _run(_found(connection, runs, run_id))


def ask_release(connection: Connection, visit: Visit, run_id: str) -> None:
    """The next pass sends what the surge brake holds of the run.

    Raises:
        NotForRole, NotYours: as for :func:`find_run`.
        NothingToDo: nothing of it is held, or it has been asked.
    """
    check_operate(visit.viewer)
    row = _locked(connection, runs, run_id)
    if not _run(row).releasable:
        raise NothingToDo
    audit.record(connection, visit, Action.RELEASE_ASKED, run_id)
    wish = ReleaseAsked(actor=visit.actor, run_id=run_id)
    _ask(connection, visit, EventType.RELEASE_ASKED, row, wish)


def ask_replay(connection: Connection, visit: Visit, letter_id: str) -> None:
    """The next pass offers the dead letter once more.

    Raises:
        NotForRole: the viewer is not of the data team.
        NotYours: there is no such letter.
        NothingToDo: it does not wait any more, or it has been asked.
    """
    check_operate(visit.viewer)
    row = _locked(connection, dead_letters, letter_id)
    if not _letter(row).replayable:
        raise NothingToDo
    audit.record(connection, visit, Action.REPLAY_ASKED, letter_id)
    wish = ReplayAsked(actor=visit.actor, letter_id=letter_id)
    _ask(connection, visit, EventType.REPLAY_ASKED, row, wish)


def ask_replay_alike(connection: Connection, visit: Visit, letter_id: str) -> int:
    """The next pass offers once more every letter that was refused for the same
    reason, by the same destination and of the same kind. How many were asked for.

    Raises:
        NotForRole, NotYours: as for :func:`ask_replay`.
        NothingToDo: none of them waits any more, or all have been asked.
    """
    check_operate(visit.viewer)
    cause = _letter(_found(connection, dead_letters, letter_id)).document.cause
    rows = connection.execute(
        _with_wish(dead_letters)
        .where(dead_letters.c.settled == "waits")
        .order_by(dead_letters.c.letter_id)
    ).all()
    alike = [
        row.subject
        for row in rows
        if (letter := _letter(row)).document.cause == cause and letter.replayable
    ]
    if not alike:
        raise NothingToDo
    for one in alike:
        ask_replay(connection, visit, one)
    return len(alike)


_KINDS = {runs: EventType.RELEASE_ASKED, dead_letters: EventType.REPLAY_ASKED}
_KEYS = {runs: runs.c.run_id, dead_letters: dead_letters.c.letter_id}


def _ask(
    connection: Connection,
    visit: Visit,
    kind: EventType,
    row: Row[Any],
    wish: ReleaseAsked | ReplayAsked,
) -> None:
    event_id = events.append(connection, kind, row.subject, wish, visit.at)
    connection.execute(
        insert(wishes).values(
            wish_id=event_id, kind=kind, subject=row.subject, sha256=row.sha256,
            asked_at=visit.at, asked_by=visit.viewer.user_id,
        )
    )  # fmt: skip


def _found(connection: Connection, table: Table, identity: str) -> Row[Any]:
    row = connection.execute(
        _with_wish(table).where(_KEYS[table] == identity)
    ).one_or_none()
    if row is None:
        raise NotYours(table.name, identity)
    return row


def _locked(connection: Connection, table: Table, identity: str) -> Row[Any]:
    """The same, and nobody else asks about it until this transaction ends."""
    connection.execute(
        select(_KEYS[table]).where(_KEYS[table] == identity).with_for_update()
    )
    return _found(connection, table, identity)


def _with_wish(table: Table) -> Select[Any]:
    """Documents beside the wish that was made on exactly this version of each."""
    same = and_(
        wishes.c.kind == _KINDS[table].value,
        wishes.c.subject == _KEYS[table],
        wishes.c.sha256 == table.c.sha256,
    )
    return select(
        _KEYS[table].label("subject"), table.c.body, table.c.sha256,
        users.c.name.label("asked_by"), wishes.c.asked_at,
    ).select_from(
        table.outerjoin(wishes, same).outerjoin(
            users, users.c.user_id == wishes.c.asked_by
        )
    )  # fmt: skip


def _run(row: Row[Any]) -> Run:
    return Run(RunSummary.model_validate_json(row.body), _asked(row))


def _letter(row: Row[Any]) -> Letter:
    return Letter(DeadLetter.model_validate_json(row.body), _asked(row))


def _asked(row: Row[Any]) -> Asked | None:
    return None if row.asked_at is None else Asked(row.asked_by, row.asked_at)
