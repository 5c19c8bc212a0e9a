"""What a recipient says of a notice: recorded under this reference, or wrong.

The last word stands. An acknowledgement may be corrected and a dispute overtaken by
an acknowledgement; each is an event of its own, and nothing said is lost.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from notifications.documents import Notification
from notifications.feed import Acknowledgement, Dispute, EventType
from portal import audit, events
from portal.audit import Action
from portal.notice_rows import Notice, Reason, find, within
from portal.permissions import check_notices
from portal.references import search_key
from portal.standings import settle
from portal.tables import disputes, notifications
from portal.visits import Visit


class NotAnswerable(Exception):
    """The notice's state does not allow it: withdrawn, superseded, a copy."""


class ChangedMeanwhile(Exception):
    """Somebody else acted on it, or it changed, after the form was shown."""


class ReferenceRepeats(Exception):
    """Notices of other children bear the reference already. Ask whether it is right."""

    def __init__(self, others: int) -> None:
        super().__init__(f"other notices: {others}")
        self.others = others


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recipient's own word: under which reference, on which day."""

    reference: str
    recorded_on: dt.date
    version: int
    """The version that the form showed."""
    sure: bool = False
    """Whether the reference is right although other notices bear it too."""


def acknowledge(
    connection: Connection, visit: Visit, notification_id: UUID, said: Recorded
) -> None:
    """The recipient has recorded it. Saying the very same again changes nothing.

    Raises:
        NotForRole, NotYours: as for :func:`portal.notice_rows.find`.
        NotAnswerable: it is withdrawn, superseded, or a copy.
        ChangedMeanwhile: it changed after the form was shown.
        ReferenceRepeats: notices of other children bear the reference.
    """
    notice = find(connection, visit, notification_id)
    told = (notice.reference, notice.recorded_on)
    if notice.dispute is None and told == (said.reference, said.recorded_on):
        return
    _check(notice, said.version)
    if not said.sure and said.reference != notice.reference:
        others = _others_with(connection, visit, notice.document, said.reference)
        if others:
            raise ReferenceRepeats(others)
    _take(
        connection, notification_id, said.version,
        acknowledged_at=visit.at, acknowledged_by=visit.viewer.user_id,
        reference=said.reference, reference_key=search_key(said.reference),
        recorded_on=said.recorded_on,
    )  # fmt: skip
    _overtake(connection, visit, notification_id)
    settle(connection, notification_id)
    audit.record(connection, visit, Action.NOTICE_ACKNOWLEDGED, str(notification_id))
    word = Acknowledgement(
        agency=notice.document.recipient, actor=visit.actor, reference=said.reference,
        recorded_on=said.recorded_on,
    )  # fmt: skip
    events.append(connection, EventType.ACKNOWLEDGED, notification_id, word, visit.at)


def dispute(
    connection: Connection, visit: Visit, notification_id: UUID, reason: Reason,
    version: int,
) -> None:  # fmt: skip
    """The recipient says that the notice is wrong. The same again changes nothing.

    Raises:
        NotForRole, NotYours: as for :func:`portal.notice_rows.find`.
        NotAnswerable: it is withdrawn, superseded, or a copy.
        ChangedMeanwhile: it changed after the form was shown.
    """
    notice = find(connection, visit, notification_id)
    if notice.dispute == reason:
        return
    _check(notice, version)
    _take(connection, notification_id, version)
    _overtake(connection, visit, notification_id)
    audit.record(connection, visit, Action.NOTICE_DISPUTED, str(notification_id))
    word = Dispute(agency=notice.document.recipient, actor=visit.actor, reason=reason)
    event_id = events.append(
        connection, EventType.DISPUTED, notification_id, word, visit.at
    )
    connection.execute(
        insert(disputes).values(
            dispute_id=event_id, notification_id=notification_id, reason=reason,
            disputed_at=visit.at, disputed_by=visit.viewer.user_id,
        )
    )  # fmt: skip
    settle(connection, notification_id)


def _check(notice: Notice, version: int) -> None:
    if notice.version != version:
        raise ChangedMeanwhile
    if not notice.answerable:
        raise NotAnswerable


def _take(
    connection: Connection, notification_id: UUID, version: int, **values: object
) -> None:
    """This version is ours to change; whoever read it too comes too late."""
    taken = connection.execute(
        update(notifications)
        .where(
            notifications.c.notification_id == notification_id,
            notifications.c.version == version,
        )
        .values(version=version + 1, **values)
    )
    if not taken.rowcount:
        raise ChangedMeanwhile


def _overtake(connection: Connection, visit: Visit, notification_id: UUID) -> None:
    connection.execute(
        update(disputes)
        .where(
            disputes.c.notification_id == notification_id,
            disputes.c.settled_at.is_(None),
        )
        .values(settled_at=visit.at)
    )


def _others_with(
    connection: Connection, visit: Visit, document: Notification, reference: str
) -> int:
    """How many notices of other children, whom the viewer may see, bear it.

    A force's record of one child may rightly stand on several notices of that child.
    """
    bodies = connection.scalars(
        select(notifications.c.body).where(
            within(check_notices(visit.viewer)),
            notifications.c.notification_id != document.notification_id,
            notifications.c.reference_key == search_key(reference),
        )
    )
    own = _whom(document)
    others = (Notification.model_validate_json(body) for body in bodies)
    return sum(_whom(other) != own for other in others)


def _whom(document: Notification) -> tuple[str, str] | None:
    if document.child is None or document.placing_authority is None:
        return None
    return document.placing_authority.authority, document.child.child_ref
