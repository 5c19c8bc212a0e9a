"""How much earlier nights had to say, and what decided them."""

import datetime as dt

from sqlalchemy import Connection, and_, func, or_, select

from notifications.documents import Kind
from notifications.outcome import History, Versions
from register.history import runs_of
from register.runs import runs
from register.tables import notification, run

_COUNTED = (Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.POINTER, Kind.END)
"""The kinds that a surge may hold."""


def load_history(
    connection: Connection, region: str, before: dt.date, nights: int
) -> History:
    """The latest nights before a date: how many notices each made first.

    Nights that took a first stock are left out. So is what a review held, as the rules
    and not the brake keep it back, what is carried by hand, and what another run of its
    own date dropped. A notice that waits and is decided every night counts for its
    first.
    """
    recorded = [one for one in runs(connection, region) if one.business_date < before]
    baselines = {one.business_date for one in recorded if one.baseline}
    dates = sorted({one.business_date for one in recorded} - baselines)[-nights:]
    dropper = run.alias("dropper")
    rows = connection.execute(
        select(notification.c.created_on, func.count().label("number"))
        .outerjoin(dropper, dropper.c.run_id == notification.c.dropped_by)
        .where(
            notification.c.run_id.in_(runs_of(region)),
            notification.c.created_on.in_(dates),
            notification.c.kind.in_(_COUNTED),
            notification.c.channel == "portal",
            or_(
                notification.c.held_by.is_(None),
                notification.c.held_by == "surge",
            ),
            or_(
                dropper.c.run_id.is_(None),
                dropper.c.business_date > notification.c.created_on,
            ),
        )
        .group_by(notification.c.created_on)
    )
    made = {row.created_on: row.number for row in rows}
    return History(
        counts=tuple(made.get(date, 0) for date in dates),
        versions=_versions(connection, region, before),
    )


def _versions(connection: Connection, region: str, before: dt.date) -> Versions | None:
    row = connection.execute(
        select(
            run.c.rules, run.c.children_model, run.c.perpetrator_model, run.c.settings
        )
        .where(
            and_(
                run.c.region == region,
                run.c.business_date < before,
                run.c.rules.is_not(None),
            )
        )
        .order_by(run.c.business_date.desc(), run.c.ordinal.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Versions(*row[:3], settings=row.settings or {})
