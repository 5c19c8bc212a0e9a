"""What a reviewer has chosen for themselves: whether single keys are shortcuts."""

from sqlalchemy import Connection, delete, insert, select

from portal.permissions import check_review
from portal.tables import review_preferences
from portal.visits import Visit


def shortcuts(connection: Connection, visit: Visit) -> bool:
    """Whether a single key does something by itself: on, until it is turned off
    (WCAG 2.1.4)."""
    chosen: bool | None = connection.scalar(
        select(review_preferences.c.shortcuts).where(
            review_preferences.c.user_id == visit.viewer.user_id
        )
    )
    return True if chosen is None else chosen


def set_shortcuts(connection: Connection, visit: Visit, *, wanted: bool) -> None:
    """The choice holds on every page and every machine.

    Raises:
        NotForRole: the viewer is no reviewer.
    """
    check_review(visit.viewer)
    mine = review_preferences.c.user_id == visit.viewer.user_id
    connection.execute(delete(review_preferences).where(mine))
    connection.execute(
        insert(review_preferences).values(
            user_id=visit.viewer.user_id, shortcuts=wanted
        )
    )
