"""Where the costs of being wrong put the lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from matching.config import MatchingConfig
from matching.guards import CEILING

MODELS = {
    "model": "children-2026-11-22-1a2b.json",
    "perpetrator_model": "perpetrators-2026-11-22-1a2b.json",
}


def config(missed=1000.0, needless=50.0, review=5.0, **more):
    costs = {"missed_child": missed, "needless_notice": needless, "review": review}
    return MatchingConfig(**MODELS, costs=costs, **more)


def test_the_lines_follow_from_the_costs():
    lines = config().thresholds()
    assert (lines.accept, lines.review, lines.floor) == (0.995, 0.1, 0.001)


@given(
    st.floats(0.01, 100), st.floats(2.5, 1000), st.floats(2.5, 1000), st.floats(0, 1)
)
@settings(max_examples=200)
def test_no_choice_beyond_the_lines_would_have_cost_less(review, dear, dearer, p):
    needless, missed = review * dear, review * dearer
    lines = config(missed, needless, review, candidate_floor=1e-9).thresholds()
    accepting, passing_over = (1 - p) * missed, p * needless
    if p >= lines.accept:
        assert accepting <= review * (1 + 1e-6)
    elif p >= lines.review:
        assert review <= min(accepting, passing_over) * (1 + 1e-6)
    else:
        assert passing_over <= review * (1 + 1e-6)


@pytest.mark.parametrize(
    ("missed", "needless", "review", "problem"),
    [
        (1000, 5, 5, "thresholds must rise"),
        (1000, 8, 5, "guarded pair"),
        (8, 50, 5, "guarded pair"),
        (5, 50, 5, "thresholds must rise"),
    ],
)
def test_costs_that_leave_no_room_for_review_are_refused(
    missed, needless, review, problem
):
    with pytest.raises(ValidationError, match=problem):
        config(missed, needless, review)


def test_guarded_pairs_always_fall_between_the_lines():
    lines = config().thresholds()
    assert lines.review <= CEILING < lines.accept


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "../secrets.json"},
        {"model": "children.json"},
        {"perpetrator_model": "a/b-2026-11-22-1a2b.json"},
        {"costs": {"missed_child": 1}},
        {"costs": {"missed_child": -1, "needless_notice": 1, "review": 1}},
        {"candidate_floor": 0.2},
        {"temperature": 1},
    ],
)
def test_a_mistake_in_the_region_file_is_an_error(wrong):
    costs = {"missed_child": 1000, "needless_notice": 50, "review": 5}
    with pytest.raises(ValidationError):
        MatchingConfig(**({**MODELS, "costs": costs} | wrong))
