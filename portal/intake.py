"""Documents arrive: once or many times, in any order, and are kept as they came.

The same bytes again change nothing. Bytes that were accepted before and have been
replaced since are an old retry, and change nothing either.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from notifications.documents import Withdrawal
from portal.accounts import agency_name
from portal.shelves import Conflict, D, Shelf
from portal.standings import settle
from portal.subjects import tell_subjects, tombstone_of
from portal.tables import notifications, received, withdrawals


class Outcome(StrEnum):
    """What a delivery did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class PreconditionFailed(Exception):
    """``If-Match`` or ``If-None-Match`` does not hold for what is held."""


class UnknownAgency(Exception):
    """Addressed to an agency that this portal does not have: nobody could read it."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no agency {code}")
        self.code = code


class UnknownOriginal(LookupError):
    """A withdrawal of a notification that this portal does not hold."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold for a write: entity tags as sent, ``*`` or ``None``."""

    if_match: str | None = None
    if_none_match: str | None = None

    def hold_for(self, held: str | None) -> bool:
        """``held`` is the hash of what is there, or ``None``."""
        if self.if_match is not None and not _names(self.if_match, held):
            return False
        return self.if_none_match is None or not _names(self.if_none_match, held)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Bytes that a program brought, and when."""

    raw: bytes
    machine_id: UUID
    at: dt.datetime
    conditions: Conditions = Conditions()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """What a delivery did, and the hash of what is held now."""

    outcome: Outcome
    sha256: str

    @property
    def etag(self) -> str:
        return f'"{self.sha256}"'


def put(
    connection: Connection, shelf: Shelf[D], document: D, delivery: Delivery
) -> Kept:
    """The document is held, or what is held is later.

    Raises:
        Conflict: another document is held under its id and may not become this one.
        PreconditionFailed: the conditions do not hold.
        UnknownAgency: it is for an agency that the portal does not have.
    """
    identity = shelf.identity(document)
    held = connection.execute(
        select(shelf.table.c.sha256, shelf.table.c.body)
        .where(shelf.key == identity)
        .with_for_update()
    ).one_or_none()
    if held is not None:
        if held.sha256 == delivery.sha256 or _seen(
            connection, shelf.kind, identity, delivery
        ):
            return Kept(Outcome.UNCHANGED, held.sha256)
        shelf.check_change(shelf.model.model_validate_json(held.body), document)
    elif erased := tombstone_of(connection, shelf.kind, identity):
        return Kept(Outcome.UNCHANGED, erased)
    if not delivery.conditions.hold_for(None if held is None else held.sha256):
        raise PreconditionFailed
    _check_addressee(connection, shelf.addressee(document))
    values = shelf.columns(document) | _as_it_came(delivery)
    if held is not None:
        connection.execute(
            update(shelf.table).where(shelf.key == identity).values(values)
        )
    else:
        connection.execute(
            insert(shelf.table).values(
                {shelf.key.name: identity} | values | shelf.starts()
            )
        )
        _outdate_forms(connection, shelf.supersedes(document))
    tell_subjects(connection, shelf.kind, document)
    settle(connection, *shelf.touches(document))
    _remember(connection, shelf.kind, identity, delivery)
    outcome = Outcome.CREATED if held is None else Outcome.UPDATED
    return Kept(outcome, delivery.sha256)


def withdraw(
    connection: Connection, withdrawal: Withdrawal, delivery: Delivery
) -> Kept:
    """The original is withdrawn, for this reason.

    Raises:
        Conflict: it is withdrawn already, otherwise.
        UnknownOriginal: there is no such notification here.
    """
    original = withdrawal.notification_id
    found = select(notifications.c.version).where(
        notifications.c.notification_id == original
    )
    if connection.scalar(found.with_for_update()) is None:
        raise UnknownOriginal(str(original))
    held = connection.scalars(
        select(withdrawals.c.sha256).where(
            (withdrawals.c.notification_id == original)
            | (withdrawals.c.retraction_id == withdrawal.retraction_id)
        )
    ).all()
    if held:
        if list(held) != [delivery.sha256]:
            raise Conflict("another withdrawal is held for this notification or id")
        return Kept(Outcome.UNCHANGED, delivery.sha256)
    connection.execute(
        insert(withdrawals).values(
            notification_id=original, retraction_id=withdrawal.retraction_id,
            **_as_it_came(delivery),
        )
    )  # fmt: skip
    _outdate_forms(connection, original)
    tell_subjects(connection, "withdrawal", withdrawal)
    settle(connection, original)
    _remember(connection, "withdrawal", original, delivery)
    return Kept(Outcome.CREATED, delivery.sha256)


def _as_it_came(delivery: Delivery) -> dict[str, Any]:
    return {
        "body": delivery.raw,
        "sha256": delivery.sha256,
        "received_at": delivery.at,
    }


def _seen(
    connection: Connection, kind: str, identity: UUID | str, delivery: Delivery
) -> bool:
    found = connection.scalar(
        select(received.c.received_at).where(
            received.c.kind == kind,
            received.c.document_id == str(identity),
            received.c.sha256 == delivery.sha256,
        )
    )
    return found is not None


def _remember(
    connection: Connection, kind: str, identity: UUID | str, delivery: Delivery
) -> None:
    connection.execute(
        insert(received).values(
            kind=kind, document_id=str(identity), sha256=delivery.sha256,
            received_at=delivery.at, machine_id=delivery.machine_id,
        )
    )  # fmt: skip


def _check_addressee(connection: Connection, code: str | None) -> None:
    if code is not None and agency_name(connection, code) is None:
        raise UnknownAgency(code)


def _outdate_forms(connection: Connection, notification_id: UUID | None) -> None:
    """A form that somebody has open for this notification is refused when sent."""
    connection.execute(
        update(notifications)
        .where(notifications.c.notification_id == notification_id)
        .values(version=notifications.c.version + 1)
    )


def _names(condition: str, held: str | None) -> bool:
    if held is None:
        return False
    tags = {tag.strip() for tag in condition.split(",")}
    return "*" in tags or f'"{held}"' in tags
