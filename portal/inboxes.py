"""An agency's inbox: its lists, narrowed and counted; and a list taken away as CSV.

Being listed is *fetched* (law 4). The counts are taken in one pass over what is kept of
each notice; bodies are read of the rows that are shown, and of no others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from notifications.documents import Notification
from notifications.feed import EventType
from portal import audit
from portal.audit import Action
from portal.inbox_filters import (
    Facets,
    Filters,
    Show,
    grouped_by,
    in_list,
    narrowed,
)
from portal.notice_rows import Notice, read, rows, within
from portal.notices import tell
from portal.paging import LENGTH, Paging
from portal.permissions import Scope, check_notices
from portal.tables import agencies, notifications
from portal.visits import Visit

MOST_EXPORTED = 1000
"""As many as a person can work through; a longer list is to be narrowed first."""


class Purpose(StrEnum):
    """What a list is taken away for. In the audit trail: a change is a migration."""

    SHIFT = "shift"
    RECORDS = "records"
    SUPERVISION = "supervision"
    INSPECTION = "inspection"


class TooManyToExport(Exception):
    """The list is longer than ``MOST_EXPORTED``: narrow it first."""

    def __init__(self, total: int) -> None:
        super().__init__(f"notices: {total}")
        self.total = total


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of an agency's notices, how many each list holds, and each choice."""

    notices: tuple[Notice, ...]
    filters: Filters
    counts: dict[Show, int]
    facets: Facets
    placing: dict[str, str]
    """The names of the placing authorities in the list, by code."""
    paging: Paging


def inbox(connection: Connection, visit: Visit, filters: Filters, page: int) -> Inbox:
    """A list of the viewer's agency, the most urgent first; a row of the audit trail.

    Whatever is listed for the first time is fetched by that.

    Raises:
        NotForRole: the viewer has no agency.
    """
    scope = check_notices(visit.viewer)
    facets = _facets(connection, visit, scope, filters)
    paging = Paging.of(facets.total, page)
    notices = _listed(connection, visit, scope, filters, LENGTH, paging.offset)
    placing = _names(connection, scope, facets.counts["placing"])
    counts = _counts(connection, scope)
    ids = [notice.document.notification_id for notice in notices]
    audit.record(connection, visit, Action.NOTICES_LISTED, filters.said(), ids)
    show_all(connection, visit, scope, notices)
    return Inbox(notices, filters, counts, facets, placing, paging)


def export(
    connection: Connection, visit: Visit, filters: Filters, purpose: Purpose
) -> tuple[Notice, ...]:
    """The whole list as it is narrowed, to be taken away: an audit row with the
    purpose and what was taken. What is taken is fetched by that.

    Raises:
        NotForRole: the viewer has no agency.
        TooManyToExport: there are more than ``MOST_EXPORTED``; nothing is taken.
    """
    scope = check_notices(visit.viewer)
    notices = _listed(connection, visit, scope, filters, MOST_EXPORTED + 1, 0)
    if len(notices) > MOST_EXPORTED:
        raise TooManyToExport(_facets(connection, visit, scope, filters).total)
    ids = [notice.document.notification_id for notice in notices]
    audit.record(
        connection, visit, Action.NOTICES_EXPORTED, filters.said(), ids, purpose=purpose
    )
    show_all(connection, visit, scope, notices)
    return notices


def show_all(
    connection: Connection, visit: Visit, scope: Scope, notices: Sequence[Notice]
) -> None:
    """These notices are on the viewer's screen: what stands of them is fetched."""
    shown = [
        notice.document.notification_id
        for notice in notices
        if notice.withdrawal is None
    ]
    if shown:
        tell(connection, visit, scope, EventType.FETCHED, shown)


def most_urgent_first() -> Sequence[ColumnElement[Any]]:
    """High priority, then the others; in each half what the recipient was reminded of,
    then what is due first by the recipient's own clock. So a fresh notice of high
    priority stands above any number of old dates, and a law's clock, which runs for
    the placing authority, moves nothing.

    The index ``ix_notifications_waiting`` gives this order.
    """
    column = notifications.c
    return (
        column.rank, column.due_at.nulls_last(), column.urgency, column.created_on,
        column.notification_id,
    )  # fmt: skip


def newest_first() -> Sequence[ColumnElement[Any]]:
    """The order of the lists that are looked things up in."""
    column = notifications.c
    return column.created_on.desc(), column.notification_id.desc()


def _listed(
    connection: Connection, visit: Visit, scope: Scope, filters: Filters,
    most: int, offset: int,
) -> tuple[Notice, ...]:  # fmt: skip
    urgent = filters.show is Show.OPEN
    order = most_urgent_first() if urgent else newest_first()
    # which they are is told by an index alone; bodies are read of no others
    listed = (
        select(notifications.c.notification_id)
        .where(
            within(scope),
            *in_list(filters.show),
            *narrowed(filters, visit.viewer, visit.at),
        )
        .order_by(*order)
        .limit(most)
        .offset(offset)
    )
    found = connection.execute(
        rows().where(notifications.c.notification_id.in_(listed)).order_by(*order)
    )
    return tuple(read(row) for row in found)


def _counts(connection: Connection, scope: Scope) -> dict[Show, int]:
    column = notifications.c
    counts = dict.fromkeys(Show, 0)
    for stands, waits, number in connection.execute(
        select(column.stands, column.waits, func.count())
        .where(within(scope), *in_list(Show.ALL))
        .group_by(column.stands, column.waits)
    ):
        counts[Show.ALL] += number
        if waits:
            counts[Show.OPEN] += number
        if stands in (Show.ACKNOWLEDGED, Show.DISPUTED):
            counts[Show(stands)] += number
    return counts


def _facets(
    connection: Connection, visit: Visit, scope: Scope, filters: Filters
) -> Facets:
    """One pass over the list. It is grouped outside, so that what is computed of each
    row is written once."""
    each = (
        select(*grouped_by(filters.show, visit.viewer, visit.at))
        .where(within(scope), *in_list(filters.show))
        .subquery()
    )
    groups = connection.execute(select(*each.c, func.count()).group_by(*each.c)).all()
    return Facets.of([tuple(group) for group in groups], filters)


def _names(
    connection: Connection, scope: Scope, codes: Iterable[str]
) -> dict[str, str]:  # fmt: skip
    """Names by code, in the order of names. One that is no agency here is called as
    its notices call it."""
    wanted = set(codes)
    known = connection.execute(
        select(agencies.c.code, agencies.c.name).where(agencies.c.code.in_(wanted))
    )
    names = {row.code: row.name for row in known}
    for code in sorted(wanted - names.keys()):
        body = connection.scalar(
            select(notifications.c.body)
            .where(
                and_(within(scope), notifications.c.placing_authority == code),
            )
            .order_by(
                notifications.c.created_on.desc(), notifications.c.notification_id
            )
            .limit(1)
        )
        authority = body and Notification.model_validate_json(body).placing_authority
        names[code] = authority.name if authority else code
    return dict(sorted(names.items(), key=lambda named: (named[1], named[0])))
