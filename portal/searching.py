"""Looking for a notice by a reference: among those of the viewer's agency only."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, select, union

from portal import audit
from portal.audit import Action
from portal.inboxes import newest_first, show_all
from portal.notice_rows import Notice, read, rows, within
from portal.permissions import check_notices
from portal.references import Form, Reference
from portal.tables import notifications
from portal.visits import Visit

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, newest first, and whether there is more than that."""

    notices: tuple[Notice, ...]
    more: bool


def search(
    connection: Connection, visit: Visit, reference: Reference, fingerprint: str
) -> Found:
    """The notices that bear the reference; an audit row with its fingerprint.

    Raises:
        NotForRole: the viewer has no agency.
    """
    scope = check_notices(visit.viewer)
    column = notifications.c
    # each way has an index of its own, which a single OR would not use
    ways = union(
        *(
            select(column.notification_id).where(within(scope), way)
            for way in _ways(reference)
        )
    )
    found = connection.execute(
        rows()
        .where(column.notification_id.in_(ways))
        .order_by(*newest_first())
        .limit(MOST_FOUND + 1)
    ).all()
    notices = tuple(read(row) for row in found[:MOST_FOUND])
    ids = [notice.document.notification_id for notice in notices]
    subject = f"{reference.form} {fingerprint}"
    audit.record(connection, visit, Action.NOTICES_SEARCHED, subject, ids)
    show_all(connection, visit, scope, notices)
    return Found(notices, more=len(found) > MOST_FOUND)


def _ways(reference: Reference) -> tuple[ColumnElement[bool], ...]:
    column = notifications.c
    match reference.form:
        case Form.RECORDING:
            return (and_(column.token == reference.key, column.listed),)
        case Form.NOTICE:
            return (column.notification_id == UUID(reference.key),)
        case Form.OTHER:
            return (
                and_(column.reference_key == reference.key, column.listed),
                and_(column.child_key == reference.key, column.listed),
            )
