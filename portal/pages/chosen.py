"""The choices of an inbox, out of an address or a form. An empty one is no choice."""

from typing import Annotated, Literal

from fastapi import Form, Query

from notifications.documents import Kind, Priority
from portal.inbox_filters import Due, Filters, Held, Show

_Nothing = Literal[""]
_CODE = r"^[A-Z0-9]{0,9}$"


def chosen_filters(
    show: Show = Show.OPEN,
    kind: Kind | _Nothing = "",
    priority: Priority | _Nothing = "",
    placing: Annotated[str, Query(pattern=_CODE)] = "",
    held: Held | _Nothing = "",
    due: Due | _Nothing = "",
) -> Filters:  # fmt: skip
    """The choices of a page's address."""
    return Filters(
        show, kind or None, priority or None, placing or None, held or None,
        due or None,
    )  # fmt: skip


def sent_filters(
    show: Annotated[Show, Form()] = Show.OPEN,
    kind: Annotated[Kind | _Nothing, Form()] = "",
    priority: Annotated[Priority | _Nothing, Form()] = "",
    placing: Annotated[str, Form(pattern=_CODE)] = "",
    held: Annotated[Held | _Nothing, Form()] = "",
    due: Annotated[Due | _Nothing, Form()] = "",
) -> Filters:
    """The same out of a form that was sent."""
    return chosen_filters(show, kind, priority, placing, held, due)
