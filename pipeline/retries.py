"""When a delivery that failed is tried again (Standard Webhooks 1.0.0, with jitter)."""

import datetime as dt
import random

SCHEDULE = (
    dt.timedelta(0),
    dt.timedelta(seconds=5),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=5),
    dt.timedelta(hours=10),
    dt.timedelta(hours=14),
    dt.timedelta(hours=20),
    dt.timedelta(hours=24),
)
"""How long before each try, the first at once; after the last, a day each time."""


def wait_after(
    attempts: int, asked: float | None, chance: random.Random
) -> dt.timedelta:
    """How long to wait once so many tries have failed.

    Full jitter: any moment of the whole step is as likely as another, so that what
    failed together does not come back together. Never less than the destination asked
    for.
    """
    step = SCHEDULE[min(attempts, len(SCHEDULE) - 1)]
    jittered: dt.timedelta = step * chance.random()
    return max(jittered, dt.timedelta(seconds=asked or 0))


def is_over(attempts: int) -> bool:
    """Whether every try of the schedule has been made: a nudge is then given up."""
    return attempts >= len(SCHEDULE)
