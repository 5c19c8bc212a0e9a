"""Rows in are accepted or rejected; a sum that does not balance stops the run."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.verdicts import (
    BalanceError,
    ExtractOutcome,
    ExtractVerdict,
    FileOutcome,
    FileVerdict,
    Reject,
)

COUNTS = st.integers(0, 10_000)


@given(COUNTS, COUNTS)
def test_a_file_whose_rows_are_all_answered_is_a_verdict(accepted, rejected):
    verdict = FileVerdict(
        "330", "episodes.csv", FileOutcome.PARTLY_ACCEPTED,
        rows=accepted + rejected, accepted=accepted, rejected=rejected,
    )  # fmt: skip
    assert verdict.rows == verdict.accepted + verdict.rejected


@given(COUNTS, COUNTS, st.integers(-5, 5).filter(bool))
def test_a_row_lost_or_made_up_is_an_error(accepted, rejected, lost):
    with pytest.raises(BalanceError, match=r"330/episodes\.csv: -?\d+ rows"):
        FileVerdict(
            "330", "episodes.csv", FileOutcome.ACCEPTED,
            rows=accepted + rejected + lost, accepted=accepted, rejected=rejected,
        )  # fmt: skip


def test_a_refused_file_has_no_rows_to_answer():
    verdict = FileVerdict("330", "x.csv", FileOutcome.REFUSED, problem="no header")
    assert (verdict.rows, verdict.notes) == (0, ())


@pytest.mark.parametrize("outcome", ExtractOutcome)
def test_only_a_usable_extract_may_decide(outcome):
    verdict = ExtractVerdict("E23000014", dt.date(2026, 11, 22), outcome)
    assert verdict.usable is (outcome is ExtractOutcome.USABLE)


def test_a_reject_has_no_room_for_the_rows_values():
    names = {field.name for field in dataclasses.fields(Reject)}
    assert names == {"authority", "file", "line", "record_ref", "code", "reason"}


def test_verdicts_cannot_be_altered():
    verdict = FileVerdict("330", "x.csv", FileOutcome.IGNORED)
    with pytest.raises(dataclasses.FrozenInstanceError):
        verdict.rows = 1
