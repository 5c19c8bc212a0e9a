"""Handing over at the end of a shift: what I have goes to a colleague or to the desk.

The note is for the agency's own pages, for a week, and then ends (``forgetting``); it
is in no event and in no row of the audit trail, for people write in it what they would
say.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import Connection, func, insert, select

from notifications.documents import Audience
from portal import audit
from portal.audit import Action
from portal.holding import Colleague, PassedMeanwhile, Passing, colleagues, pass_on
from portal.inbox_filters import Filters, Held, Show, in_list, narrowed, nobodys
from portal.inboxes import most_urgent_first, show_all
from portal.notice_rows import Notice, read, rows, within
from portal.permissions import Scope, can_hold, check_notices
from portal.tables import handovers, notifications, users
from portal.visits import Visit

MOST = 100
"""As many as one person can have at once and still hand over."""
ON_DESK = 25
NOTES_STAND = dt.timedelta(days=7)
LONGEST_NOTE = 1000


class CantHold(Exception):
    """Some of it is for named officers only, and the colleague is none."""


@dataclass(frozen=True, slots=True)
class Note:
    """A hand-over that was made, with its note."""

    at: dt.datetime
    by: str
    to: str | None
    """The colleague's name; ``None``: to the desk."""
    to_viewer: bool
    notices: int
    text: str


@dataclass(frozen=True, slots=True)
class Shift:
    """What is open at this moment, by who has it; and the notes of the last days."""

    mine: tuple[Notice, ...]
    mine_in_all: int
    desk: tuple[Notice, ...]
    desk_in_all: int
    others: tuple[tuple[str, int], ...]
    """Colleagues who have something open, and how many."""
    notes: tuple[Note, ...]
    colleagues: tuple[Colleague, ...]
    """Whom the viewer can hand over to: not the viewer."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """What is to be handed over: notices with the count that the form showed of each,
    to whom (``None``: the desk), and a note."""

    notices: tuple[tuple[UUID, int], ...]
    to: UUID | None
    note: str


def shift(
    connection: Connection, visit: Visit, action: Action = Action.HANDOVER_OPENED
) -> Shift:
    """What the viewer has, what the desk has, and what colleagues have; an audit row.

    Raises:
        NotForRole: the viewer has no agency.
    """
    scope = check_notices(visit.viewer)
    mine = _open(connection, visit, scope, Held.MINE, MOST)
    desk = _open(connection, visit, scope, Held.NOBODY, ON_DESK)
    counts = _holders(connection, visit, scope)
    people = colleagues(connection, visit)
    listed = (*mine, *desk)
    ids = [notice.document.notification_id for notice in listed]
    audit.record(connection, visit, action, "", ids)
    show_all(connection, visit, scope, listed)
    own = visit.viewer.user_id
    return Shift(
        mine=mine, mine_in_all=counts.pop(own, (0, ""))[0],
        desk=desk, desk_in_all=counts.pop(None, (0, ""))[0],
        others=tuple(sorted((name, number) for number, name in counts.values())),
        notes=_notes(connection, visit, scope),
        colleagues=tuple(one for one in people if one.user_id != own),
    )  # fmt: skip


def hand_over(connection: Connection, visit: Visit, said: HandOver) -> int:
    """All of it changes hands, or nothing does; gives how many.

    Raises:
        CantHold: some of it is not for the colleague.
        NotForRole, NotYours, PassedMeanwhile: as for
            :func:`portal.holding.pass_on`; or one is not the viewer's to hand over.
    """
    scope = check_notices(visit.viewer)
    handover_id = uuid4()
    chosen = [notification_id for notification_id, _ in said.notices]
    named = connection.scalar(
        select(func.count()).where(
            within(scope),
            notifications.c.notification_id.in_(chosen),
            notifications.c.audience == Audience.NAMED_OFFICER.value,
        )
    )
    if named:
        _check_named(connection, visit, said.to)
    connection.execute(
        insert(handovers).values(
            handover_id=handover_id, agency=scope.agency,
            # a note may speak of what is among the notices
            audience=Audience.NAMED_OFFICER if named else Audience.DUTY,
            given_by=visit.viewer.user_id, given_to=said.to, at=visit.at,
            notices=len(chosen), note=said.note,
        )
    )  # fmt: skip
    for notification_id, passes in said.notices:
        passing = Passing(said.to, passes, handover_id)
        notice = pass_on(connection, visit, notification_id, passing)
        if notice.holder is None or notice.holder.user_id != visit.viewer.user_id:
            raise PassedMeanwhile
    audit.record(connection, visit, Action.HANDED_OVER, str(handover_id), chosen)
    return len(chosen)


def _check_named(connection: Connection, visit: Visit, to: UUID | None) -> None:
    """Whoever is of another agency is refused as such, by ``pass_on``."""
    roles = {one.user_id: one.role for one in colleagues(connection, visit)}
    if to in roles and not can_hold(roles[to], Audience.NAMED_OFFICER):
        raise CantHold


def _open(
    connection: Connection, visit: Visit, scope: Scope, held: Held, most: int
) -> tuple[Notice, ...]:
    filters = Filters(held=held)
    found = connection.execute(
        rows()
        .where(
            within(scope),
            *in_list(Show.OPEN),
            *narrowed(filters, visit.viewer, visit.at),
        )
        .order_by(*most_urgent_first())
        .limit(most)
    )
    return tuple(read(row) for row in found)


def _holders(
    connection: Connection, visit: Visit, scope: Scope
) -> dict[UUID | None, tuple[int, str]]:
    """How many open notices each person has, with the name; ``None`` is the desk."""
    found: dict[UUID | None, tuple[int, str]] = {}
    desk = connection.scalar(
        select(func.count()).where(
            within(scope), *in_list(Show.OPEN), nobodys(visit.viewer)
        )
    )
    found[None] = (desk or 0, "")
    for row in connection.execute(
        select(users.c.user_id, users.c.name, func.count().label("number"))
        .join(notifications, notifications.c.holder == users.c.user_id)
        .where(within(scope), *in_list(Show.OPEN), users.c.disabled_at.is_(None))
        .group_by(users.c.user_id, users.c.name)
    ):
        found[row.user_id] = (row.number, row.name)
    return found


def _notes(connection: Connection, visit: Visit, scope: Scope) -> tuple[Note, ...]:
    giver, taker = users.alias("giver"), users.alias("taker")
    rows = connection.execute(
        select(
            handovers,
            giver.c.name.label("by"),
            taker.c.name.label("to"),
        )
        .join(giver, giver.c.user_id == handovers.c.given_by)
        .outerjoin(taker, taker.c.user_id == handovers.c.given_to)
        .where(
            handovers.c.agency == scope.agency,
            handovers.c.audience.in_(scope.audiences),
            handovers.c.at > visit.at - NOTES_STAND,
        )
        .order_by(handovers.c.at.desc(), handovers.c.handover_id)
        .limit(20)
    )
    own = visit.viewer.user_id
    return tuple(
        Note(row.at, row.by, row.to, row.given_to == own, row.notices, row.note)
        for row in rows
    )
