"""Factors of assessments, and the one answer that many sources come to."""

import datetime as dt

import pytest

from connectors.risks import FACTORS, Answers, read_factors
from records.risks import RISK_INDICATORS

READ = {
    "a list": ('["1A", "11A"]', {"1A": True, "11A": True}),
    "an object": ('{"1A": "Yes", "11A": "No"}', {"1A": True, "11A": False}),
    "true and false": ('{"10A": true, "12A": false}', {"10A": True, "12A": False}),
    "an object with a blank": ('{"1A": "", "11A": "Y"}', {"11A": True}),
    "a bare list": ("1A, 11a;24A", {"1A": True, "11A": True, "24A": True}),
    "one code": ('"13A"', {"13A": True}),
    "codes with labels": ('["11A - Child sexual exploitation"]', {"11A": True}),
    "a code without letter": ('["20"]', {"20": True}),
    "an empty list": ("[]", {}),
    "nothing": ("null", {}),
    "a number": ("11", None),
    "prose": ("concerns noted", None),
}


@pytest.mark.parametrize(("text", "factors"), READ.values(), ids=READ.keys())
def test_factors_are_read_from(text: str, factors: dict[str, bool] | None) -> None:
    assert read_factors(text) == factors


def test_factors_answer_known_indicators_and_never_say_victim() -> None:
    assert set(FACTORS.values()) <= set(RISK_INDICATORS)
    assert FACTORS["11A"] == "cse_at_risk"


EARLY, LATE = dt.date(2024, 1, 1), dt.date(2026, 1, 1)

ANSWERS = {
    "yes beats an earlier no": ([(False, EARLY), (True, LATE)], (True, LATE)),
    "yes beats a later no": ([(True, EARLY), (False, LATE)], (True, EARLY)),
    "the earliest yes is since when": ([(True, LATE), (True, EARLY)], (True, EARLY)),
    "a yes without a date is a yes": ([(False, EARLY), (True, None)], (True, None)),
    "a date is better than none": ([(True, None), (True, LATE)], (True, LATE)),
    "no is an answer too": ([(False, LATE)], (False, LATE)),
}


@pytest.mark.parametrize(("said", "answer"), ANSWERS.values(), ids=ANSWERS.keys())
def test_of_several_answers(
    said: list[tuple[bool, dt.date | None]], answer: tuple[bool, dt.date | None]
) -> None:
    answers = Answers()
    for place, (yes, since) in enumerate(said):
        answers.add("C1", "gang", f"source {place}", answer=yes, since=since)
    (row,) = answers.rows("330")
    assert (row["answer"], row["since"]) == answer


def test_every_source_of_the_answer_is_named_once() -> None:
    answers = Answers()
    for source in ("police", "assessment", "police"):
        answers.add("C1", "gang", source, answer=True)
    (row,) = answers.rows("330")
    assert row["source"] == "police, assessment"
