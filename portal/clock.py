"""The only place of the portal that reads the clock."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

Clock = Callable[[], dt.datetime]
"""Gives the present moment, with its zone. Tests hand in one that they move."""

LONDON = ZoneInfo("Europe/London")


def now() -> dt.datetime:
    """The present moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def london_date(moment: dt.datetime) -> dt.date:
    """The date on which people here would place a moment."""
    return moment.astimezone(LONDON).date()
