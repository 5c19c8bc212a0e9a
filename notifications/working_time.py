"""Working time: 09:00 to 17:00 in London on working days of England and Wales.

A share of the time until something is due is a share of this, so that a notice that
arrives on Friday evening is not half overdue on Sunday.
"""

import datetime as dt

from notifications.clocks import LONDON, close_of, is_working_day, working_days_after

OPEN_OF_DAY = dt.time(9)
WORKING_DAY = dt.timedelta(hours=8)
"""No clock change falls between its two ends."""


def open_of(day: dt.date) -> dt.datetime:
    """09:00 in London on that day, in UTC."""
    return dt.datetime.combine(day, OPEN_OF_DAY, LONDON).astimezone(dt.UTC)


def london_date(at: dt.datetime) -> dt.date:
    """The date in London at that moment."""
    return at.astimezone(LONDON).date()


def working_time(start: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """The working time between two moments; none if ``end`` is not later."""
    total = dt.timedelta()
    day, last = london_date(start), london_date(end)
    while day <= last:
        if is_working_day(day):
            within = min(end, close_of(day)) - max(start, open_of(day))
            total += max(within, dt.timedelta())
        day += dt.timedelta(days=1)
    return total


def after_working_time(start: dt.datetime, span: dt.timedelta) -> dt.datetime:
    """The moment at which so much working time has passed since ``start``, in UTC."""
    day = london_date(start)
    while True:
        day = working_days_after(day, 0)
        begin = max(start, open_of(day))
        left = close_of(day) - begin
        if span <= left:
            return (begin + span).astimezone(dt.UTC)
        span -= max(left, dt.timedelta())
        day += dt.timedelta(days=1)
