"""What an inbox is narrowed by, and how many notices each choice would leave.

Every choice is a plain value of the address: codes only, never a name. The counts of
all choices come from one grouped pass over the list.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, case, or_, select

from notifications.documents import Kind, Priority
from portal.permissions import Viewer
from portal.shelves import URGENCY
from portal.standings import State
from portal.tables import notifications, users


class Show(StrEnum):
    """The lists of the inbox."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    DISPUTED = "disputed"
    ALL = "all"


class Held(StrEnum):
    """Who has a notice, seen from the viewer."""

    MINE = "me"
    NOBODY = "nobody"
    """The desk: nobody took it, or who did can't sign in any more."""
    OTHERS = "others"


class Due(StrEnum):
    """How far off the recipient's own clock is, of what still waits."""

    OVERDUE = "overdue"
    DAY = "day"
    """Within 24 hours."""
    LATER = "later"
    NOTHING = "none"
    """It never had a time of the recipient's own, or asks for nothing any more."""


_PRIORITIES = {number: priority for priority, number in URGENCY.items()}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which list, and what narrows it; ``None`` narrows nothing."""

    show: Show = Show.OPEN
    kind: Kind | None = None
    priority: Priority | None = None
    placing: str | None = None
    held: Held | None = None
    due: Due | None = None

    @property
    def chosen(self) -> dict[str, str]:
        """The choices that narrow the list, by name."""
        found = {name: getattr(self, name) for name in CHOICES}
        return {name: str(value) for name, value in found.items() if value is not None}

    def query(self, **changed: Any) -> str:
        """The address's query for these choices, with some changed or taken out."""
        other = replace(self, **changed)
        return urlencode({"show": str(other.show), **other.chosen})

    def without(self, name: str) -> str:
        """The query with one choice taken out."""
        return self.query(**{name: None})

    def said(self) -> str:
        """The list and choices for the audit trail: codes, in up to 80 characters."""
        parts = (f"{name}={value}" for name, value in self.chosen.items())
        return " ".join((self.show.value, *parts))


CHOICES = tuple(field.name for field in fields(Filters) if field.name != "show")


@dataclass(frozen=True, slots=True)
class Facets:
    """How many notices each choice would leave, the other choices being as they are."""

    counts: dict[str, dict[str, int]]
    total: int
    """How many all the choices together leave."""

    @classmethod
    def of(cls, groups: Sequence[tuple[Any, ...]], filters: Filters) -> "Facets":
        """From the list's groups: a value for each of ``CHOICES``, and how many."""
        counts: dict[str, dict[str, int]] = {name: {} for name in CHOICES}
        total = 0
        chosen = filters.chosen
        for *raw, number in groups:
            values = dict(zip(CHOICES, raw, strict=True))
            values["priority"] = _PRIORITIES[values["priority"]].value
            misses = [name for name in chosen if values[name] != chosen[name]]
            if not misses:
                total += number
            for name, value in values.items():
                if value is not None and misses in ([], [name]):
                    counts[name][value] = counts[name].get(value, 0) + number
        return cls(counts, total)


def in_list(show: Show) -> Iterator[ColumnElement[bool]]:
    """What makes a notice be in a list."""
    column = notifications.c
    yield column.listed
    if show is Show.OPEN:
        yield column.waits
    elif show is not Show.ALL:
        yield column.stands == show.value


def narrowed(
    filters: Filters, viewer: Viewer, now: dt.datetime
) -> Iterator[ColumnElement[bool]]:
    """What the choices ask of a notice."""
    column = notifications.c
    if filters.kind is not None:
        yield column.kind == filters.kind.value
    if filters.priority is not None:
        yield column.urgency == URGENCY[filters.priority]
    if filters.placing is not None:
        yield column.placing_authority == filters.placing
    if filters.held is not None:
        yield _HELD[filters.held](viewer)
    if filters.due is not None:
        yield _due(filters.due, filters.show, now)


def grouped_by(
    show: Show, viewer: Viewer, now: dt.datetime
) -> tuple[ColumnElement[Any], ...]:
    """A value for each of ``CHOICES``, by which to count a list."""
    column = notifications.c
    held = case(
        *((_HELD[one](viewer), one.value) for one in (Held.MINE, Held.NOBODY)),
        else_=Held.OTHERS.value,
    )
    # in this order each is asked only of what those before it left
    due = case(
        (~_is_due(show), Due.NOTHING.value),
        (column.due_at < now, Due.OVERDUE.value),
        (column.due_at < _soon(now), Due.DAY.value),
        else_=Due.LATER.value,
    )
    return (
        column.kind.label("kind"),
        column.urgency.label("priority"),
        column.placing_authority.label("placing"),
        held.label("held"),
        due.label("due"),
    )


def nobodys(viewer: Viewer) -> ColumnElement[bool]:
    """Nobody has it, or somebody who can't sign in any more."""
    gone = select(users.c.user_id).where(
        users.c.agency == viewer.agency, users.c.disabled_at.is_not(None)
    )
    holder = notifications.c.holder
    return or_(holder.is_(None), holder.in_(gone))


def _mine(viewer: Viewer) -> ColumnElement[bool]:
    return and_(
        notifications.c.holder.is_not(None),
        notifications.c.holder == viewer.user_id,
    )


def _others(viewer: Viewer) -> ColumnElement[bool]:
    return and_(
        notifications.c.holder.is_not(None),
        notifications.c.holder != viewer.user_id,
        ~nobodys(viewer),
    )


_HELD = {Held.MINE: _mine, Held.NOBODY: nobodys, Held.OTHERS: _others}


def _due(due: Due, show: Show, now: dt.datetime) -> ColumnElement[bool]:
    at, soon, is_due = notifications.c.due_at, _soon(now), _is_due(show)
    match due:
        case Due.NOTHING:
            return ~is_due
        case Due.OVERDUE:
            return and_(is_due, at < now)
        case Due.DAY:
            return and_(is_due, at >= now, at < soon)
        case Due.LATER:
            return and_(is_due, at >= soon)


def _is_due(show: Show) -> ColumnElement[bool]:
    """The recipient still has to do something by a time of its own: not what was
    answered, nor what only waits for its withdrawal to be read.

    All of the open list waits: what is asked of it is in the index that it is read by.
    """
    column = notifications.c
    asked = column.due_at.is_not(None) & (column.stands != State.WITHDRAWN.value)
    return asked if show is Show.OPEN else and_(column.waits, asked)


def _soon(now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(days=1)
