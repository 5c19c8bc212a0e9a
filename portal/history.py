"""What an agency did with one of its notices: when, and by whom. For that agency only.

The deeds are those of the feed, beside each change of hands; a name is looked up for
the page and kept nowhere.
"""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from notifications.feed import EventType
from portal.notice_rows import Notice
from portal.permissions import check_notice
from portal.tables import events, passings, users
from portal.visits import Visit


class What(StrEnum):
    """What was done with a notice."""

    FETCHED = "fetched"
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    CORRECTED = "corrected"
    """Acknowledged once more, with another reference or date."""
    DISPUTED = "disputed"
    SEEN = "seen"
    """Its withdrawal was."""
    TAKEN = "taken"
    GIVEN = "given"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done."""

    what: What
    at: dt.datetime
    by: str
    """The person's name; empty when the account is gone."""
    to: str = ""
    """Who was given it."""
    reference: str = ""
    reason: str = ""
    """Why it was disputed, as a code."""
    handed_over: bool = False
    """Whether it changed hands at the end of a shift."""


def history_of(
    connection: Connection, visit: Visit, notice: Notice
) -> tuple[Deed, ...]:
    """Every deed of the viewer's agency on the notice, the first first.

    Raises:
        NotForRole: the viewer has no agency.
        NotYours: the notice is not the viewer's.
    """
    document = notice.document
    identity = document.notification_id
    check_notice(
        visit.viewer, document.recipient, document.audience, str(identity)
    )  # fmt: skip
    told = _told(connection, notice)
    passed = connection.execute(
        select(passings)
        .where(
            passings.c.notification_id == identity,
            passings.c.agency == document.recipient,
        )
        .order_by(passings.c.number)
    ).all()
    names = _names(
        connection,
        [UUID(data["actor"]) for _, data in told]
        + [who for row in passed for who in (row.given_by, row.given_to) if who],
    )
    deeds = [
        *_deeds(told, str(identity), names),
        *(_passing(row, names) for row in passed),
    ]
    return tuple(sorted(deeds, key=lambda deed: deed.at))


_RECEIPTS = (
    EventType.FETCHED, EventType.OPENED, EventType.ACKNOWLEDGED, EventType.DISPUTED,
)  # fmt: skip


def _told(connection: Connection, notice: Notice) -> Sequence[tuple[Any, Any]]:
    subjects = [str(notice.document.notification_id)]
    if notice.withdrawal is not None:
        subjects.append(str(notice.withdrawal.retraction_id))
    rows = connection.execute(
        select(events.c.type, events.c.subject, events.c.at, events.c.data)
        .where(events.c.subject.in_(subjects), events.c.type.in_(_RECEIPTS))
        .order_by(events.c.sequence)
    )
    return [(row, json.loads(row.data)) for row in rows]


def _deeds(
    told: Sequence[tuple[Any, Any]], identity: str, names: dict[UUID, str]
) -> Iterable[Deed]:
    acknowledged = False
    for row, data in told:
        what = What(row.type.removeprefix("receipt."))
        if row.subject != identity:
            what = What.SEEN
        if what is What.ACKNOWLEDGED:
            what = What.CORRECTED if acknowledged else what
            acknowledged = True
        yield Deed(
            what, row.at, names.get(UUID(data["actor"]), ""),
            reference=data.get("reference", ""), reason=data.get("reason", ""),
        )  # fmt: skip


def _passing(row: Any, names: dict[UUID, str]) -> Deed:
    what = What.GIVEN
    if row.given_to is None:
        what = What.GIVEN_BACK
    elif row.given_to == row.given_by:
        what = What.TAKEN
    return Deed(
        what, row.at, names.get(row.given_by, ""), to=names.get(row.given_to, ""),
        handed_over=row.handover_id is not None,
    )  # fmt: skip


def _names(connection: Connection, who: Iterable[UUID]) -> dict[UUID, str]:
    wanted = set(who)
    if not wanted:
        return {}
    rows = connection.execute(
        select(users.c.user_id, users.c.name).where(users.c.user_id.in_(wanted))
    )
    return {row.user_id: row.name for row in rows}
