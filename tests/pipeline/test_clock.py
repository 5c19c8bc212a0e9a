import datetime as dt

import pytest

from pipeline.clock import business_date


@pytest.mark.parametrize(
    ("instant", "night"),
    [
        ("2026-11-22T02:00:00+00:00", "2026-11-22"),
        ("2026-07-01T23:30:00+00:00", "2026-07-02"),  # half past midnight in London
        ("2026-03-29T00:59:59+00:00", "2026-03-29"),  # the clocks go forward at 01:00
        ("2026-10-25T01:30:00+00:00", "2026-10-25"),  # … and back
        ("2026-12-31T23:59:59+00:00", "2026-12-31"),
    ],
)
def test_a_night_belongs_to_the_london_date(instant, night):
    found = business_date(dt.datetime.fromisoformat(instant))
    assert found == dt.date.fromisoformat(night)


def test_an_instant_without_a_zone_belongs_to_no_night():
    with pytest.raises(ValueError, match="time zone"):
        business_date(dt.datetime(2026, 11, 22, 2))  # noqa: DTZ001
