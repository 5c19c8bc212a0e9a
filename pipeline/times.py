"""Days and moments as people of the region read them."""

import datetime as dt

from pipeline.clock import LONDON


def day(date: dt.date) -> str:
    """``22 Nov 2026``."""
    return f"{date.day} {date:%b %Y}"


def moment(at: dt.datetime) -> str:
    """``22 Nov 2026, 17:00``, London time."""
    local = at.astimezone(LONDON)
    return f"{day(local.date())}, {local:%H:%M}"


def span_of(first: dt.date, last: dt.date, nights: int) -> str:
    """``22–27 Nov 2026 (6 nights)``; one night is its date."""
    if first == last:
        return day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)} ({nights} nights)"
    begun = day(first) if first.year != last.year else f"{first.day} {first:%b}"
    return f"{begun} – {day(last)} ({nights} nights)"
