"""Which documents are about which child, without what they say of it.

Kept when a document arrives, so that all accesses to one child's documents can be found
by somebody who may read none of them.
"""

import datetime as dt
import re
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, delete, insert, select

from notifications.documents import (
    Notification,
    Obligation,
    Review,
    Rule,
    Withdrawal,
)
from notifications.wording import rule_of_withdrawal
from portal.tables import subjects, tombstones

_RULE_NAME = re.compile(r"[a-z][a-z0-9._-]{0,59}")


@dataclass(frozen=True, slots=True)
class Subject:
    """One record that a document is about."""

    document_id: str
    authority: str
    record_ref: str
    created_on: dt.date
    token: str | None = None
    agency: str | None = None
    audience: str | None = None
    about: str | None = None
    rule: str | None = None
    """By which rule the document was made: its name, as far as it says it."""


def subjects_of(document: BaseModel) -> tuple[Subject, ...]:
    """The records that a document is about; none for what is about no child."""
    if isinstance(document, Notification):
        contact, child = document.placing_authority, document.child
        return (
            Subject(
                str(document.notification_id), contact.authority if contact else "",
                child.child_ref if child else "", document.created_on,
                document.recording_token, document.recipient, document.audience,
                _text(document.reminds or document.supersedes), _named(document.rule),
            ),
        )  # fmt: skip
    if isinstance(document, Obligation):
        return (
            Subject(
                str(document.obligation_id), document.placing_authority.authority,
                document.child_ref, document.created_on, None, document.owed_by,
                document.audience, _text(document.notification_id),
                _named(document.rule),
            ),
        )  # fmt: skip
    if isinstance(document, Review):
        return tuple(
            Subject(
                str(document.review_id), record.authority, record.record_ref,
                document.created_on,
            )
            for record in (document.left, document.right)
        )  # fmt: skip
    if isinstance(document, Withdrawal):
        return (
            Subject(
                str(document.retraction_id), "", "", document.created_on,
                about=str(document.notification_id),
                rule=rule_of_withdrawal(document.reason),
            ),
        )  # fmt: skip
    return ()


def tell_subjects(connection: Connection, kind: str, document: BaseModel) -> None:
    """It is known whom the document is about; what was known of it before is not."""
    found = subjects_of(document)
    if not found:
        return
    connection.execute(
        delete(subjects).where(
            subjects.c.kind == kind, subjects.c.document_id == found[0].document_id
        )
    )
    connection.execute(
        insert(subjects),
        [
            {name: getattr(subject, name) for name in Subject.__slots__}
            | {"kind": kind}
            for subject in {(s.authority, s.record_ref): s for s in found}.values()
        ],
    )


def tombstone_of(connection: Connection, kind: str, identity: UUID | str) -> str | None:
    """The hash of a document that was erased when its time was over."""
    return connection.scalar(
        select(tombstones.c.sha256).where(
            tombstones.c.kind == kind, tombstones.c.document_id == str(identity)
        )
    )


def _named(rule: Rule) -> str | None:
    """The rule's name; nothing that is none, as whoever reads it may see no record."""
    return rule.id if _RULE_NAME.fullmatch(rule.id) else None


def _text(identity: UUID | None) -> str | None:
    return None if identity is None else str(identity)
