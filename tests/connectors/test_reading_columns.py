import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.columns import (
    british_date,
    instant,
    iso_date,
    mapped,
    postcode_or_as_supplied,
    separated,
    unreadable,
    yes_or_no,
)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-11-22", dt.date(2026, 11, 22)),
        ("2026-11-22T01:10:00Z", dt.date(2026, 11, 22)),
        ("2026-11-22 01:10", dt.date(2026, 11, 22)),
        ("2026-02-30", None),
        ("22/11/2026", None),
        ("2026-11-22x", None),
        ("20261122", None),
    ],
)
def test_an_iso_date_may_carry_a_time(text: str, date: dt.date | None) -> None:
    assert iso_date(text) == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("22/11/2026", dt.date(2026, 11, 22)),
        ("2/1/2026", dt.date(2026, 1, 2)),
        ("22/11/2026 00:00", dt.date(2026, 11, 22)),
        ("2026-11-22", dt.date(2026, 11, 22)),
        ("11/22/2026", None),
        ("22/11/26", None),
    ],
)
def test_a_british_date_has_its_day_first(text: str, date: dt.date | None) -> None:
    assert british_date(text) == date


def test_an_instant_is_in_utc() -> None:
    ten_past_one = dt.datetime(2026, 7, 22, 1, 10, tzinfo=dt.UTC)
    assert instant("2026-07-22T02:10:00+01:00") == ten_past_one
    assert instant("2026-07-22T01:10:00") == ten_past_one
    assert instant("2026-07-22T01:10:00Z") == ten_past_one
    assert instant("yesterday") is None
    assert instant("0001-01-01T00:00:00+05:00") is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("true", True),
        ("Y", True),
        ("1", True),
        ("No", False),
        ("f", False),
        ("x", None),
    ],
)
def test_yes_and_no_have_many_spellings(text: str, answer: bool | None) -> None:
    assert yes_or_no(text) is answer


def test_lists_and_postcodes_are_tidied() -> None:
    assert separated(" a; b ;;c;") == ["a", "b", "c"]
    assert postcode_or_as_supplied("cv78qz") == "CV7 8QZ"
    assert postcode_or_as_supplied("no fixed abode") == "no fixed abode"


TEXTS = st.lists(st.lists(st.none() | st.sampled_from(["a", "b", "1"]), max_size=5))


@given(TEXTS)
def test_mapping_a_column_is_mapping_each_value(chunks: list[list[str | None]]) -> None:
    column = pa.chunked_array(chunks, pa.string())
    answers = {"a": "A", "b": "B"}
    read = mapped(column, answers.get, pa.string())
    supplied = column.to_pylist()
    assert read.to_pylist() == [answers.get(one) if one else None for one in supplied]
    assert unreadable(column, read).to_pylist() == [one == "1" for one in supplied]
