"""What is hidden until somebody says what for: the details of a shielded child.

A notice for named officers only is listed and opened without them. They are revealed to
a person who has proven lately who they are, for a purpose, and the trail says which. An
agency's own system with a named officer's key collects them whole: that is a reveal
too, and the trail says that a system made it.
"""

from dataclasses import replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection

from notifications.documents import Audience
from portal import audit
from portal.audit import Action
from portal.notice_rows import Notice
from portal.visits import Visit


class Purpose(StrEnum):
    """What a reveal is for. Stored: changing a value is a migration."""

    RECORD = "record"
    PROTECT = "protect"
    CHECK = "check"
    SPEAK = "speak"
    ANSWER = "answer"


def is_hidden(notice: Notice) -> bool:
    """Whether the notice holds details of a child that only named officers may know.

    A withdrawn notice's page shows none of them.
    """
    document = notice.document
    return (
        document.audience is Audience.NAMED_OFFICER
        and notice.withdrawal is None
        and bool(document.child or document.placement or document.fill_in)
    )


def veiled(notice: Notice) -> Notice:
    """The notice without what is hidden; any other as it is."""
    if not is_hidden(notice):
        return notice
    bare = {
        "child": None, "placement": None, "risk_indicators": (), "your_records": (),
        "pointers": (), "fill_in": (),
    }  # fmt: skip
    return replace(notice, document=notice.document.model_copy(update=bare))


def record(
    connection: Connection, visit: Visit, notification_id: UUID, purpose: Purpose
) -> None:
    """The trail says who revealed the notice's details, and what for."""
    subject = str(notification_id)
    audit.record(connection, visit, Action.REVEALED, subject, purpose=purpose)


def record_system(connection: Connection, visit: Visit, notice: Notice) -> None:
    """The trail says that a program took what is hidden, if the notice hides anything;
    the row's actor is the program whose key it came by."""
    if is_hidden(notice):
        subject = str(notice.document.notification_id)
        audit.record(
            connection, visit, Action.REVEALED, subject, purpose=audit.Purpose.SYSTEM
        )
