"""A date of birth says how much of it may be trusted."""

import datetime as dt

PLACEHOLDER_BIRTH_DATES = frozenset({dt.date(1900, 1, 1), dt.date(1901, 1, 1)})
"""Dates of birth that systems write when none is known."""

OLDEST_BIRTH_YEAR = 1901


def plausible_birth_date(
    value: dt.date | None, *, on: dt.date | None = None
) -> dt.date | None:
    """The date of birth, or ``None`` for a placeholder, a future or an ancient one.

    ``on`` is the business date; without it a future date can't be told and is kept.
    """
    if isinstance(value, dt.datetime):  # a datetime can't be compared with a date
        value = value.date()
    if value is None or value in PLACEHOLDER_BIRTH_DATES:
        return None
    if value.year < OLDEST_BIRTH_YEAR or (on is not None and value > on):
        return None
    return value


def day_and_month_are_weak(value: dt.date, *, unaccompanied: bool) -> bool:
    """Whether the day and month were probably written by convention.

    1 January is the police and Home Office default; the 15th is the SSDA903 default
    for an unaccompanied child whose day of birth is unknown. The year still counts.
    """
    return (value.month, value.day) == (1, 1) or (unaccompanied and value.day == 15)


def age_on(birth: dt.date, on: dt.date) -> int:
    """Completed years. A birthday of 29 February falls on 1 March (common law)."""
    before_birthday = (on.month, on.day) < (birth.month, birth.day)
    return on.year - birth.year - before_birthday
