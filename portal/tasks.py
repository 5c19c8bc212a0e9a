"""What an agency owes: obligations with a clock, as the region last told them."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection, and_, case, func, select

from notifications.documents import Obligation
from portal import audit
from portal.audit import Action
from portal.notice_rows import within as notices_within
from portal.paging import LENGTH, Paging
from portal.permissions import check_notices
from portal.tables import notifications, obligations
from portal.visits import Visit


class Show(StrEnum):
    """The lists of tasks."""

    OWED = "owed"
    MET = "met"


@dataclass(frozen=True, slots=True)
class Task:
    """An obligation, and the notice that it is about if the viewer may open that."""

    document: Obligation
    notice: UUID | None


@dataclass(frozen=True, slots=True)
class Tasks:
    """A page of an agency's tasks, and how many each list holds."""

    tasks: tuple[Task, ...]
    counts: dict[Show, int]
    paging: Paging


def tasks(connection: Connection, visit: Visit, show: Show, page: int) -> Tasks:
    """The viewer's tasks, the first due first: those for named officers to them only.

    Raises:
        NotForRole: the viewer has no agency.
    """
    scope = check_notices(visit.viewer)
    within = and_(
        obligations.c.owed_by == scope.agency,
        obligations.c.audience.in_(scope.audiences),
    )
    lists = {
        Show.OWED: obligations.c.met_on.is_(None),
        Show.MET: obligations.c.met_on.is_not(None),
    }
    counted = connection.execute(
        select(
            *(func.coalesce(func.sum(case((which, 1), else_=0)), 0)
              for which in lists.values())
        ).where(within)
    ).one()  # fmt: skip
    counts = dict(zip(lists, counted, strict=True))
    paging = Paging.of(counts[show], page)
    rows = connection.execute(
        select(obligations.c.body, notifications.c.notification_id)
        .select_from(
            obligations.outerjoin(
                notifications,
                and_(
                    notifications.c.notification_id == obligations.c.notification_id,
                    notices_within(scope),
                ),
            )
        )
        .where(within, lists[show])
        .order_by(obligations.c.due_at, obligations.c.obligation_id)
        .limit(LENGTH)
        .offset(paging.offset)
    )
    found = tuple(
        Task(Obligation.model_validate_json(row.body), row.notification_id)
        for row in rows
    )
    audit.record(
        connection, visit, Action.TASKS_LISTED, show,
        [task.document.obligation_id for task in found],
    )  # fmt: skip
    return Tasks(found, counts, paging)
