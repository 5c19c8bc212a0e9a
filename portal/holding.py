"""Who has a notice: taken by a person, passed to a colleague, given back to the desk.

Having a notice keeps colleagues from doing the same work twice; it changes nothing of
who may open or acknowledge it, so nobody ever waits for an absent holder. Each change
is kept. It is numbered apart from the notice's version: a form of acknowledgement that
is open somewhere stays good when the notice changes hands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from portal import audit
from portal.audit import Action
from portal.notice_rows import Notice, find
from portal.permissions import (
    NOTICE_ROLES,
    NotYours,
    Role,
    can_hold,
    check_hold,
    check_notices,
)
from portal.tables import notifications, passings, users
from portal.visits import Visit


class PassedMeanwhile(Exception):
    """Somebody else took it or passed it on after the form was shown."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person of the viewer's agency who can sign in and read notices."""

    user_id: UUID
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Passing:
    """A change of hands: to whom (``None``: the desk), and the form's own count of how
    often the notice had changed hands when it was shown."""

    to: UUID | None
    passes: int
    handover: UUID | None = None


def colleagues(connection: Connection, visit: Visit) -> tuple[Colleague, ...]:
    """Everybody of the viewer's agency who may have notices, by name; the viewer too.

    Raises:
        NotForRole: the viewer has no agency.
    """
    scope = check_notices(visit.viewer)
    rows = connection.execute(
        select(users.c.user_id, users.c.name, users.c.role)
        .where(
            users.c.agency == scope.agency,
            users.c.role.in_(NOTICE_ROLES),
            users.c.disabled_at.is_(None),
        )
        .order_by(users.c.name, users.c.user_id)
    )
    return tuple(Colleague(row.user_id, row.name, Role(row.role)) for row in rows)


def able(people: Sequence[Colleague], audience: str) -> tuple[Colleague, ...]:
    """Those of them who may have a notice of this audience."""
    return tuple(one for one in people if can_hold(one.role, audience))


def pass_on(
    connection: Connection, visit: Visit, notification_id: UUID, passing: Passing
) -> Notice:
    """The notice changes hands; gives it as it was. To whom has it already: nothing.

    Raises:
        NotForRole, NotYours: as for :func:`portal.notice_rows.find`; or the person is
            of no such notice's readers.
        PassedMeanwhile: it changed hands after the form was shown.
    """
    notice = find(connection, visit, notification_id)
    _check_person(connection, notice, passing.to)
    if passing.to == (notice.holder.user_id if notice.holder else None):
        return notice
    number = passing.passes + 1
    passed = connection.execute(
        update(notifications)
        .where(
            notifications.c.notification_id == notification_id,
            notifications.c.passes == passing.passes,
        )
        .values(holder=passing.to, passes=number)
    )
    if not passed.rowcount:
        raise PassedMeanwhile
    connection.execute(
        insert(passings).values(
            notification_id=notification_id, number=number,
            agency=notice.document.recipient, given_by=visit.viewer.user_id,
            given_to=passing.to, at=visit.at, handover_id=passing.handover,
        )
    )  # fmt: skip
    audit.record(
        connection, visit, Action.NOTICE_PASSED_ON, str(notification_id),
        [passing.to] if passing.to else [],
    )  # fmt: skip
    return notice


def _check_person(connection: Connection, notice: Notice, to: UUID | None) -> None:
    if to is None:
        return
    row = connection.execute(
        select(users.c.role, users.c.agency).where(
            users.c.user_id == to, users.c.disabled_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotYours("colleague", str(to))
    check_hold(
        Role(row.role), row.agency, notice.document.recipient, notice.document.audience
    )
