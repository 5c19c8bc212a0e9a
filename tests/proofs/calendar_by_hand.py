"""Working days and London's clock, written out by hand: no library, no rule shared
with the product."""

import datetime as dt

_DAYS_OFF = {
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    2029: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
}
BANK_HOLIDAYS = frozenset(
    dt.date.fromisoformat(f"{year}-{day}")
    for year, days in _DAYS_OFF.items()
    for day in days.split()
)
"""England and Wales, as the government lists them, weekends' substitutes included."""

SUMMER_TIME = (
    (dt.date(2026, 3, 29), dt.date(2026, 10, 25)),
    (dt.date(2027, 3, 28), dt.date(2027, 10, 31)),
    (dt.date(2028, 3, 26), dt.date(2028, 10, 29)),
    (dt.date(2029, 3, 25), dt.date(2029, 10, 28)),
)
"""From 01:00 UTC on the first day to 01:00 UTC on the last."""

WORKDAY_BEGINS, WORKDAY_ENDS = 9, 17


def is_working_day(day: dt.date) -> bool:
    return day.isoweekday() <= 5 and day not in BANK_HOLIDAYS


def after(day: dt.date, working_days: int) -> dt.date:
    """The working day so many after; for 0 the day itself, or the next working one."""
    found = [
        later
        for number in range(100)
        if is_working_day(later := day + dt.timedelta(days=number))
    ]
    if found[0] == day:
        return found[working_days]
    return found[max(working_days - 1, 0)]


def in_utc(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """That time of the day in London, as UTC. Not for the night of a clock change."""
    summer = any(first <= day < last for first, last in SUMMER_TIME)
    noon = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return noon + dt.timedelta(hours=hour - (1 if summer else 0), minutes=minute)


def close_of_day(day: dt.date) -> dt.datetime:
    return in_utc(day, WORKDAY_ENDS)


def due(day: dt.date, working_days: int) -> dt.datetime:
    """17:00 in London on the working day that is so many after."""
    return close_of_day(after(day, working_days))


def half_way(start: dt.datetime, end: dt.datetime) -> dt.datetime:
    """When half of the working hours from one moment to another have gone by."""
    spans = []
    day = start.date() - dt.timedelta(days=1)
    while day <= end.date():
        if is_working_day(day):
            opens = max(start, in_utc(day, WORKDAY_BEGINS))
            closes = min(end, close_of_day(day))
            if opens < closes:
                spans.append((opens, closes))
        day += dt.timedelta(days=1)
    left = sum((closes - opens for opens, closes in spans), dt.timedelta()) / 2
    for opens, closes in spans:
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    return end


def london_day(at: dt.datetime) -> dt.date:
    summer = any(first <= at.date() < last for first, last in SUMMER_TIME)
    return (at + dt.timedelta(hours=1 if summer else 0)).date()
