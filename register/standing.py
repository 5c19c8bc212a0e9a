"""Which notices to hosts stand, wait or are chased; and where something may be due."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    not_,
    or_,
    select,
)

from notifications.documents import Kind
from notifications.feed import EventType
from register.batches import in_batches
from register.columns import as_subject
from register.tables import event, follow_up, notification, run

_FOLLOWED = (Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.END)

_ROW = (
    notification.c.notification_id,
    notification.c.kind,
    notification.c.recipient,
    notification.c.placing_la,
    notification.c.child_ref,
    notification.c.placement_ref,
    notification.c.facts_hash,
    notification.c.created_on,
    notification.c.held_by,
    notification.c.stands_after,
    notification.c.released_at,
)
"""Of a notice all that is needed but its words."""


def is_followed() -> ColumnElement[bool]:
    """The notices to hosts, by the portal, that were not dropped."""
    return and_(
        notification.c.kind.in_(_FOLLOWED),
        notification.c.subject == "placement",
        notification.c.channel == "portal",
        notification.c.is_copy.is_(False),
        notification.c.dropped_by.is_(None),
    )


def standing_or_chased(
    connection: Connection, only: Collection[str] | None = None
) -> list[tuple[Row[Any], bool]]:
    """Each notice to be followed, the first told first; and whether it is superseded.

    Args:
        connection: to the register.
        only: the placements to ask about; all of them without.
    """
    rows = _unreplaced_or_chased(connection, only)
    latest: dict[tuple[str, str, bool], UUID] = {}
    for row in rows:
        if not row.is_replaced:
            about = (row.recipient, row.placement_ref, row.stands_after is None)
            latest[about] = row.notification_id
    standing = set(latest.values())
    return [
        (row, row.notification_id not in standing)
        for row in rows
        if row.notification_id in standing or row.is_chased
    ]


def may_be_due(connection: Connection) -> list[str]:
    """The placements with a notice of which something may be due.

    That is every one that :func:`standing_or_chased` knows, but for ends that were
    acknowledged, never disputed, and have no task open: they stay for ever, and it
    takes a dispute to wake one.
    """
    about = notification.c.placement_ref
    answered = and_(
        notification.c.kind == Kind.END,
        _has_event(event.c.type == EventType.ACKNOWLEDGED, event.c.proof.is_not(None)),
        not_(_has_event(event.c.type == EventType.DISPUTED)),
    )
    found = set(
        connection.scalars(
            select(about).where(is_followed(), not_(_is_replaced()), not_(answered))
        )
    )
    found.update(
        connection.scalars(
            select(about)
            .join(
                follow_up,
                follow_up.c.notification_id == notification.c.notification_id,
            )
            .where(follow_up.c.met_at.is_(None), is_followed())
        )
    )
    return sorted(found)


def about_child(connection: Connection, child: tuple[str, str]) -> list[str]:
    """The placements of a child of which anybody was told."""
    authority, ref = child
    return sorted(
        set(
            connection.scalars(
                select(notification.c.placement_ref).where(
                    notification.c.placing_la == authority,
                    notification.c.child_ref == ref,
                    is_followed(),
                )
            )
        )
    )


def _unreplaced_or_chased(
    connection: Connection, only: Collection[str] | None
) -> list[Row[Any]]:
    wanted = _wanted()
    rows: list[Row[Any]] = []
    if only is None:
        rows += connection.execute(wanted)
    else:
        for some in in_batches(list(only)):
            rows += connection.execute(
                wanted.where(notification.c.placement_ref.in_(some))
            )
    return sorted(rows, key=_in_order_of_telling)


def _in_order_of_telling(row: Row[Any]) -> tuple[dt.date, bool, int, UUID]:
    return (
        row.stands_after or row.created_on,
        row.released_at is not None,
        row.ordinal,
        row.notification_id,
    )


def _wanted() -> Select[Any]:
    """Those that nothing took the place of, or that a task chases."""
    replaced = _is_replaced()
    chased = (
        select(follow_up.c.obligation_id)
        .where(
            follow_up.c.notification_id == notification.c.notification_id,
            follow_up.c.met_at.is_(None),
        )
        .exists()
    )
    return (
        select(
            *_ROW,
            run.c.ordinal,
            replaced.label("is_replaced"),
            chased.label("is_chased"),
        )
        .join(run, run.c.run_id == notification.c.run_id)
        .where(is_followed(), or_(not_(replaced), chased))
    )


def _is_replaced() -> ColumnElement[bool]:
    later = notification.alias("later")
    return (
        select(later.c.notification_id)
        .where(
            later.c.supersedes == notification.c.notification_id,
            later.c.stands_after.is_not(None),
        )
        .exists()
    )


def _has_event(*of: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(event.c.position)
        .where(event.c.subject == as_subject(notification.c.notification_id), *of)
        .exists()
    )
