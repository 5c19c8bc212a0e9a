"""Where each notice stands, worked out once by whatever changes it and kept in its row.

Lists count and sort by what is kept, so that a list of a hundred thousand costs what
one of a hundred does. Whoever writes to a notice, or to what decides where it stands,
calls :func:`settle` in the same transaction; nothing else writes these columns.

Four things decide where a notice stands: its withdrawal, a later notice in its place,
what the recipient said last, and whether its record is still looked for.
"""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Connection,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)

from notifications.documents import ObligationKind
from portal.tables import disputes, notifications, obligations, withdrawals


class State(StrEnum):
    """Where a notice stands with its recipient. Stored: a change is a migration."""

    UNREAD = "unread"
    OPENED = "opened"
    READ = "read"
    """A copy or a reminder that was opened: it asks for nothing more."""
    ACKNOWLEDGED = "acknowledged"
    DISPUTED = "disputed"
    """The recipient said last that it is wrong."""
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


_own = notifications.c
_newer = notifications.alias("newer")
_reminder = notifications.alias("reminder")
_reminded = notifications.alias("reminded")
_SUPERSEDED_BY = (
    select(_newer.c.notification_id)
    .where(
        _newer.c.supersedes == _own.notification_id,
        _newer.c.recipient == _own.recipient,
    )
    .order_by(_newer.c.notification_id)
    .limit(1)
    .correlate(notifications)
    .scalar_subquery()
)
_SUPERSEDED = exists().where(
    _newer.c.supersedes == _own.notification_id, _newer.c.recipient == _own.recipient
)
_REMINDERS = (
    select(func.count())
    .where(
        _reminder.c.reminds == _own.notification_id,
        _reminder.c.recipient == _own.recipient,
    )
    .correlate(notifications)
    .scalar_subquery()
)
_ATTACHED = exists().where(
    _reminded.c.notification_id == _own.reminds,
    _reminded.c.recipient == _own.recipient,
    _reminded.c.audience == _own.audience,
)
"""A reminder shows on the notice that it reminds of, and alone only without it."""
_NOT_FOUND = and_(
    _own.acknowledged_at.is_not(None),
    exists().where(
        obligations.c.notification_id == _own.notification_id,
        obligations.c.owed_by == _own.recipient,
        obligations.c.kind == ObligationKind.RECORD_TASK.value,
        obligations.c.met_on.is_(None),
    ),
)
_WITHDRAWN = exists().where(withdrawals.c.notification_id == _own.notification_id)
_UNSEEN = exists().where(
    withdrawals.c.notification_id == _own.notification_id,
    withdrawals.c.seen_at.is_(None),
)
_DISPUTED = exists().where(
    disputes.c.notification_id == _own.notification_id,
    disputes.c.settled_at.is_(None),
)
_ONLY_TO_BE_READ = or_(_own.is_copy, _own.reminds.is_not(None))
_WAITS = or_(
    and_(
        not_(_WITHDRAWN),
        not_(_SUPERSEDED),
        not_(_DISPUTED),
        or_(_own.acknowledged_at.is_(None), _NOT_FOUND),
        or_(not_(_ONLY_TO_BE_READ), _own.opened_at.is_(None)),
    ),
    # who was shown what was wrong must see that it was
    and_(_UNSEEN, _own.fetched_at.is_not(None)),
)
_STANDS = case(
    (_WITHDRAWN, State.WITHDRAWN.value),
    (and_(_SUPERSEDED, _own.acknowledged_at.is_(None)), State.SUPERSEDED.value),
    (and_(_DISPUTED, not_(_SUPERSEDED)), State.DISPUTED.value),
    (_own.acknowledged_at.is_not(None), State.ACKNOWLEDGED.value),
    (_own.opened_at.is_(None), State.UNREAD.value),
    (_ONLY_TO_BE_READ, State.READ.value),
    else_=State.OPENED.value,
)
_RANK = case((_own.urgency == 0, 0), else_=2) + case((_REMINDERS > 0, 0), else_=1)
"""High priority first, and in each half what the recipient was reminded of."""
KEPT = {
    _own.waits: _WAITS,
    _own.stands: _STANDS,
    _own.listed: not_(_ATTACHED),
    _own.rank: _RANK,
    _own.reminders: _REMINDERS,
    _own.superseded_by: _SUPERSEDED_BY,
    _own.not_found: _NOT_FOUND,
}
"""The columns that are kept, and what each follows from."""


def settle(connection: Connection, *changed: UUID | None) -> None:
    """These notices, and the reminders of them, stand as what is held says."""
    known = {one for one in changed if one is not None}
    if known:
        _settle(connection, known)


def _settle(connection: Connection, known: Collection[UUID]) -> None:
    connection.execute(_SETTLED, {"known": list(known)})


_KNOWN = bindparam("known", expanding=True, type_=Uuid())
_SETTLED = (
    update(notifications)
    .where(or_(_own.notification_id.in_(_KNOWN), _own.reminds.in_(_KNOWN)))
    .values({column.name: follows for column, follows in KEPT.items()})
)
"""Put together once: that takes longer than to execute it."""
