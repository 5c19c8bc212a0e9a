"""How far each authority is with what it is told and owes. Counts only."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, func, select, union_all

from notifications.documents import Kind
from register.history import runs_of
from register.tables import as_of, follow_up, notification, obligation, recording

_ASKS_FOR_A_RECORD = (Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED)


def tallies(
    connection: Connection, region: str, on: dt.date, now: dt.datetime
) -> Mapping[str, Mapping[str, int]]:
    """By authority: ``told`` and ``recorded`` notices, tasks ``open`` and ``overdue``.

    A notice counts while it stands and nothing has taken its place, and as recorded
    when the newest look found it in the recipient's extract. An authority of which
    there is nothing to count is not in it.
    """
    found: dict[str, dict[str, int]] = defaultdict(
        lambda: {"told": 0, "recorded": 0, "open": 0, "overdue": 0}
    )
    later = notification.alias("later")
    seen = recording.c.seen & recording.c.until.is_(None)
    told = connection.execute(
        select(notification.c.recipient, func.count(), func.count(recording.c.seen))
        .outerjoin(
            recording,
            (recording.c.notification_id == notification.c.notification_id) & seen,
        )
        .where(
            notification.c.subject == "placement",
            notification.c.channel == "portal",
            notification.c.is_copy.is_(False),
            notification.c.kind.in_(_ASKS_FOR_A_RECORD),
            notification.c.stands_after <= on,
            notification.c.run_id.in_(runs_of(region)),
            ~select(later.c.notification_id)
            .where(
                later.c.supersedes == notification.c.notification_id,
                later.c.stands_after.is_not(None),
            )
            .exists(),
        )
        .group_by(notification.c.recipient)
    )
    for recipient, notices, recorded in told:
        found[recipient] |= {"told": notices, "recorded": recorded}
    owed = union_all(
        select(obligation.c.owed_by, obligation.c.due_at).where(
            as_of(obligation, on + dt.timedelta(days=1)),
            obligation.c.met_on.is_(None),
            obligation.c.run_id.in_(runs_of(region)),
        ),
        select(follow_up.c.owed_by, follow_up.c.due_at).where(
            follow_up.c.met_at.is_(None)
        ),
    ).subquery()
    for owed_by, due_at in connection.execute(select(owed.c.owed_by, owed.c.due_at)):
        found[owed_by]["open"] += 1
        found[owed_by]["overdue"] += due_at < now
    return {code: dict(counts) for code, counts in found.items()}
