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
from notifications.rule_entry import RuleEntry, version_of
from notifications.wording import in_words

LONDON = ZoneInfo("Europe/London")
CLOSE_OF_DAY = dt.time(17)

_ENGLAND = "Care Planning, Placement and Case Review (England) Regulations 2010"
_WALES = "Care Planning, Placement and Case Review (Wales) Regulations 2015"


def _rule(name: str, words: str, source: str) -> RuleEntry:
    rule = f"clock.{name}"
    return RuleEntry(rule, version_of(rule), "clocks", words, source)


CLOCK_RULES: Mapping[str, RuleEntry] = {
    one.id: one
    for one in (
        _rule("protocol", "a police notice is to be acknowledged within the working "
              "days of its priority (1, 5 and 5 by default); no law sets this",
              "The region's protocol, as in the region file"),
        _rule("planned", "notice of a planned placement is due before it starts",
              f"{_ENGLAND}, regulation 13(4)"),
        _rule("emergency", "notice of an emergency placement is due within 5 working "
              "days of its start", f"{_ENGLAND}, regulation 13(4)"),
        _rule("planned-or-emergency", "where nobody supplied which, both dates are "
              "shown and the earlier holds", f"{_ENGLAND}, regulation 13(4)"),
        _rule("ending", "notice of an end is due before it, at the latest within 10 "
              "working days", f"{_ENGLAND}, regulation 14"),
        _rule("wales", "a Welsh placing authority's dates are counted by the English "
              "rule, and say so", f"{_WALES}, regulations 12 and 13"),
        _rule("working-days", "weekends and the bank holidays of England and Wales "
              "don't count; a working day ends at 17:00",
              "Banking and Financial Dealings Act 1971"),
        _rule("review", "a possible match is to be judged within 1, 3 or 5 working "
              "days by priority, counted from the first night of doubt",
              "The region file, review_deadline"),
        _rule("data-task", "a record is to be mended within 2 working days",
              "The region file, clocks"),
        _rule("named-officer-task", "named officers are to speak within 1 working day",
              "The region file, clocks"),
        _rule("manual-channel-task", "a package is to be passed on within 1 working "
              "day",
              "The region file, clocks"),
        _rule("escalation", "what is overdue names the supervisor, the named officer "
              "and the strategic lead in turn: at once, then 1 and 3 working days "
              "after it was due by default; it only rises. Whoever owes a task of a "
              "night that was worked late has the clock's time from that day",
              "The region file, clocks: escalate"),
        _rule("no-discharge", "every notice says that it does not discharge regulation "
              "13(4)", f"{_ENGLAND}, regulation 13(4)"),
    )
}  # fmt: skip

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


def placement_rule(*, planned: bool | None) -> RuleEntry:
    """The rule by which :func:`placement_clock` sets its date."""
    if planned is None:
        return CLOCK_RULES["clock.planned-or-emergency"]
    return CLOCK_RULES["clock.planned" if planned else "clock.emergency"]


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
        return f"{_WALES}, regulations 12 and 13"
    return f"{_ENGLAND}, regulation {regulation}"


def _welsh_note(*, welsh: bool) -> str:
    return " The date is counted by the English rule." if welsh else ""
