"""A date of birth says how much of it may be trusted."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.dates import age_on, day_and_month_are_weak, plausible_birth_date

TONIGHT = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("given_date", "kept"),
    [
        (dt.date(2010, 5, 4), True),
        (TONIGHT, True),
        (TONIGHT + dt.timedelta(1), False),
        (dt.date(1900, 1, 1), False),
        (dt.date(1901, 1, 1), False),
        (dt.date(1901, 1, 2), True),
        (dt.date(1899, 12, 31), False),
        (dt.date(2010, 1, 1), True),  # weak, and still says its year
        (None, False),
    ],
)
def test_placeholders_and_impossible_dates_are_no_birth_dates(given_date, kept):
    assert plausible_birth_date(given_date, on=TONIGHT) == (
        given_date if kept else None
    )


def test_without_a_business_date_the_future_cannot_be_told():
    assert plausible_birth_date(dt.date(2999, 1, 2)) == dt.date(2999, 1, 2)


def test_a_time_of_birth_is_cut_to_its_day():
    born = dt.datetime(2010, 5, 4, 3, 2, tzinfo=dt.UTC)
    assert plausible_birth_date(born, on=TONIGHT) == dt.date(2010, 5, 4)
    assert plausible_birth_date(dt.datetime(1900, 1, 1, tzinfo=dt.UTC)) is None


@pytest.mark.parametrize(
    ("born", "unaccompanied", "weak"),
    [
        (dt.date(2010, 1, 1), False, True),
        (dt.date(2010, 1, 1), True, True),
        (dt.date(2010, 6, 15), True, True),
        (dt.date(2010, 6, 15), False, False),
        (dt.date(2010, 1, 2), True, False),
        (dt.date(2010, 2, 1), False, False),
    ],
)
def test_days_written_by_convention_are_weak(born, unaccompanied, weak):
    assert day_and_month_are_weak(born, unaccompanied=unaccompanied) is weak


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (dt.date(2008, 11, 22), TONIGHT, 18),
        (dt.date(2008, 11, 23), TONIGHT, 17),
        (dt.date(2008, 2, 29), dt.date(2026, 2, 28), 17),
        (dt.date(2008, 2, 29), dt.date(2026, 3, 1), 18),
        (TONIGHT, TONIGHT, 0),
    ],
)
def test_age_is_in_completed_years(born, on, age):
    assert age_on(born, on) == age


@given(st.dates(dt.date(1902, 1, 1), TONIGHT), st.integers(0, 40_000))
def test_nobody_grows_younger(born, days):
    later = born + dt.timedelta(days)
    assert age_on(born, later) <= age_on(born, later + dt.timedelta(1))
    assert age_on(born, later) == pytest.approx(days / 365.2425, abs=1.01)
