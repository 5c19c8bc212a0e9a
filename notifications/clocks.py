"""By when something is due, in working days of England and Wales.

Bank holidays come from the ``holidays`` package. A working day ends at 17:00 in
London; instants are given in UTC, so both hours of a clock change are told apart.

Regulations 13 and 14 of the Care Planning, Placement and Case Review (England)
Regulations 2010 bind the placing authority towards the area authority. The system
can't see whether it has written, so it shows the dates and claims nothing.
"""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo

from notifications.config import Clocks
from notifications.documents import Clock, Priority
from notifications.wording import in_words

LONDON = ZoneInfo("Europe/London")
CLOSE_OF_DAY = dt.time(17)

NONE_SEEN = "Evidence of notice: none seen."


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> Mapping[dt.date, str]:
    import holidays

    return holidays.country_holidays("GB", subdiv="ENG", years=year)


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday and no bank holiday. Wales keeps the same ones as England."""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The ``count``-th working day after ``day``; for 0, ``day`` or the next one."""
    if count == 0:
        while not is_working_day(day):
            day += dt.timedelta(days=1)
        return day
    for _ in range(count):
        day += dt.timedelta(days=1)
        while not is_working_day(day):
            day += dt.timedelta(days=1)
    return day


def close_of(day: dt.date) -> dt.datetime:
    """17:00 in London on that day, in UTC."""
    return dt.datetime.combine(day, CLOSE_OF_DAY, LONDON).astimezone(dt.UTC)


def due_in(on: dt.date, working_days: int) -> dt.datetime:
    """The close of the working day that is so many after ``on``, in UTC."""
    return close_of(working_days_after(on, working_days))


def protocol_clock(on: dt.date, priority: Priority, clocks: Clocks) -> Clock:
    """When a police force is asked to acknowledge, by the region's protocol."""
    due = working_days_after(on, clocks.acknowledge.of(priority))
    return Clock(
        due_at=close_of(due),
        basis="the region's protocol",
        text=f"Please acknowledge by {in_words(due)}, 17:00. No law sets this time.",
    )


def placement_clock(
    start: dt.date, *, planned: bool | None, welsh: bool, clocks: Clocks
) -> Clock:
    """When the placing authority owes the area authority its written notice.

    Planned: before the start, so by its date. Emergency: within five working days of
    it. Where nobody supplied which, the earlier date holds and both are shown.
    """
    late = working_days_after(start, clocks.emergency)
    if planned is False:
        due = late
        text = f"Placed in an emergency: notice is due by {in_words(late)}."
    elif planned:
        due = start
        text = f"A planned placement: notice is due before {in_words(start)}."
    else:
        due = start
        text = (
            "Whether planned or an emergency is not supplied. Notice is due before "
            f"{in_words(start)} if planned, by {in_words(late)} if an emergency."
        )
    return Clock(
        due_at=close_of(due), basis=_basis("13(4)", welsh=welsh),
        text=f"{text} {NONE_SEEN}{_welsh_note(welsh=welsh)}",
    )  # fmt: skip


def ending_clock(end: dt.date, *, welsh: bool, clocks: Clocks) -> Clock:
    """When the placing authority owes the area authority notice of the end."""
    late = working_days_after(end, clocks.ending)
    return Clock(
        due_at=close_of(end),
        basis=_basis("14", welsh=welsh),
        text=f"Notice of the end is due before {in_words(end)}, or where that is not "
        f"practicable by {in_words(late)}. {NONE_SEEN}{_welsh_note(welsh=welsh)}",
    )


def _basis(regulation: str, *, welsh: bool) -> str:
    if welsh:
        return (
            "Care Planning, Placement and Case Review (Wales) Regulations 2015, "
            "regulations 12 and 13"
        )
    return (
        "Care Planning, Placement and Case Review (England) Regulations 2010, "
        f"regulation {regulation}"
    )


def _welsh_note(*, welsh: bool) -> str:
    return " The date is counted by the English rule." if welsh else ""
