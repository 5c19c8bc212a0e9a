"""The pipeline's only clock: everything else is told the date or the time."""

import datetime as dt
import time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> dt.datetime:
    """The present instant, in UTC."""
    return dt.datetime.now(dt.UTC)


def stopwatch() -> float:
    """Seconds since an arbitrary start, for measuring how long a stage takes."""
    return time.monotonic()


def business_date(instant: dt.datetime) -> dt.date:
    """The Europe/London date of an instant: which night a run belongs to.

    Raises:
        ValueError: the instant has no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone belongs to no night")
    return instant.astimezone(LONDON).date()
