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


class Laps:
    """How long each step of some work took, wall and processor, one after the other."""

    def __init__(self) -> None:
        self.taken: dict[str, tuple[float, float]] = {}
        self._since = time.monotonic(), time.process_time()

    def lap(self, name: str) -> None:
        """A step is over, and the next begins."""
        now = time.monotonic(), time.process_time()
        self.taken[name] = now[0] - self._since[0], now[1] - self._since[1]
        self._since = now
