"""What an agency's own system reads: its notices, tasks and verdicts, in the order in
which they came, so that nothing is passed over while more arrives.

The same scope, events and audit rows as for a person at a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Column, Connection, Row, Select, select

from notifications.documents import Obligation
from notifications.reports import SupplierVerdict
from portal import audit, notices
from portal.audit import Action
from portal.cursors import Cursor
from portal.inbox_filters import Show, in_list
from portal.notice_rows import Notice, read, rows, within
from portal.permissions import check_notices, check_supplier
from portal.tables import notifications, obligations, verdicts
from portal.tasks import Show as ShowTasks
from portal.visits import Visit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """How much to read, and after which row."""

    after: Cursor | None
    limit: int


@dataclass(frozen=True, slots=True)
class Collected(Generic[T]):
    """Some of a list, and where it goes on; ``None`` at its end."""

    found: tuple[T, ...]
    following: Cursor | None


def collect_notices(
    connection: Connection, visit: Visit, show: Show, reading: Reading
) -> Collected[Notice]:
    """The agency's notices of a list, in the order of their arrival: fetched by that.

    Raises:
        NotForRole: the program acts as none that notices are for.
    """
    scope = check_notices(visit.viewer)
    column = notifications.c
    chosen = (
        rows()
        .add_columns(column.received_at, column.notification_id)
        .where(within(scope), *in_list(show))
    )
    found, following = _page(
        connection, chosen, (column.received_at, column.notification_id), reading
    )
    collected = tuple(read(row) for row in found)
    audit.record(
        connection, visit, Action.NOTICES_LISTED, show,
        [notice.document.notification_id for notice in collected],
    )  # fmt: skip
    notices.fetch(connection, visit, collected)
    return Collected(collected, following)


def collect_obligations(
    connection: Connection, visit: Visit, show: ShowTasks, reading: Reading
) -> Collected[Obligation]:
    """What the agency owes, or has met, in the order in which it was last told.

    Raises:
        NotForRole: the program acts as none that tasks are for.
    """
    scope = check_notices(visit.viewer)
    column = obligations.c
    met = {
        ShowTasks.OWED: column.met_on.is_(None),
        ShowTasks.MET: column.met_on.is_not(None),
    }
    chosen = select(column.body, column.received_at, column.obligation_id).where(
        column.owed_by == scope.agency,
        column.audience.in_(scope.audiences),
        met[show],
    )
    found, following = _page(
        connection, chosen, (column.received_at, column.obligation_id), reading
    )
    audit.record(
        connection, visit, Action.TASKS_LISTED, show,
        [row.obligation_id for row in found],
    )  # fmt: skip
    owed = tuple(Obligation.model_validate_json(row.body) for row in found)
    return Collected(owed, following)


def collect_verdicts(
    connection: Connection, visit: Visit, reading: Reading
) -> Collected[SupplierVerdict]:
    """What became of the agency's extracts, in the order in which it was told.

    Raises:
        NotForRole: the program acts as no supplier.
    """
    agency = check_supplier(visit.viewer)
    column = verdicts.c
    chosen = select(column.body, column.received_at, column.verdict_id).where(
        column.authority == agency
    )
    found, following = _page(
        connection, chosen, (column.received_at, column.verdict_id), reading
    )
    audit.record(
        connection, visit, Action.VERDICTS_COLLECTED,
        shown=[row.verdict_id for row in found],
    )  # fmt: skip
    told = tuple(SupplierVerdict.model_validate_json(row.body) for row in found)
    return Collected(told, following)


def _page(
    connection: Connection,
    chosen: Select[Any],
    order: tuple[Column[Any], Column[Any]],
    reading: Reading,
) -> tuple[Sequence[Row[Any]], Cursor | None]:
    if reading.after is not None:
        chosen = chosen.where(reading.after.leads_to(*order))
    found = connection.execute(chosen.order_by(*order).limit(reading.limit + 1)).all()
    page = found[: reading.limit]
    if len(found) == len(page):
        return page, None
    at, identity = (getattr(page[-1], column.name) for column in order)
    return page, Cursor(at, UUID(str(identity)))
