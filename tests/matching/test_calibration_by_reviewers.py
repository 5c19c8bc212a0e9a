"""Probabilities are held to what reviewers said, and to nothing that was looked at."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.calibration import Calibration
from matching.recalibrate import FEWEST, CalibrationRefused, half_of, recalibrated


def judgements(count, slope, shift, seed=1):
    """Pairs whose bits, as learnt, are off by a slope and a shift."""
    rng = np.random.default_rng(seed)
    learnt = rng.uniform(-8, 8, count)
    chance = 1 / (1 + np.exp2(-(slope * learnt + shift)))
    return learnt, rng.random(count) < chance, [f"{seed}:{n}" for n in range(count)]


def learnt(bits, same, names):
    return recalibrated(bits, same, half_of(names))


@pytest.mark.parametrize(("slope", "shift"), [(0.5, 0.0), (1.0, -3.0), (1.6, 2.0)])
def test_what_is_off_by_a_slope_and_a_shift_is_found(slope, shift):
    found = learnt(*judgements(4000, slope, shift))
    assert found.calibration.slope == pytest.approx(slope, rel=0.15)
    assert found.calibration.shift == pytest.approx(shift, abs=0.35)
    assert found.after < found.before
    assert (found.fitted + found.apart, found.fitted > 1500) == (4000, True)


def test_a_model_that_is_right_is_left_as_it_is():
    refused = 0
    for seed in range(20):
        try:
            found = learnt(*judgements(1000, 1.0, 0.0, seed))
        except CalibrationRefused:
            refused += 1
        else:
            assert found.before - found.after < 0.01
    assert refused > 5


@pytest.mark.parametrize(
    ("same", "words"),
    [
        (lambda bits: bits > 99, "0 pairs judged the same to learn from"),
        (lambda bits: bits < 99, "0 pairs judged different to learn from"),
    ],
)
def test_too_few_judgements_of_either_kind_teach_nothing(same, words):
    bits, _, names = judgements(400, 1, 0)
    with pytest.raises(CalibrationRefused, match=words):
        learnt(bits, same(bits), names)
    with pytest.raises(CalibrationRefused, match=f"of {FEWEST} that it takes"):
        learnt(*judgements(60, 1, 0))


def test_judgements_that_say_the_opposite_change_nothing():
    bits, same, names = judgements(1000, 1, 0)
    with pytest.raises(CalibrationRefused, match="no better"):
        learnt(bits, ~same, names)


def test_the_order_in_which_judgements_stand_says_nothing():
    bits, same, names = judgements(600, 0.6, 1)
    back = learnt(bits[::-1], same[::-1], names[::-1])
    assert back.calibration == learnt(bits, same, names).calibration


@settings(max_examples=50)
@given(
    st.floats(0.05, 20), st.floats(-30, 30),
    st.lists(st.floats(-60, 60), min_size=2, max_size=9),
)  # fmt: skip
def test_a_calibration_keeps_the_order_and_finds_its_way_back(slope, shift, learnt):
    one = Calibration(slope, shift)
    ordered = np.sort(np.array(learnt))
    assert (np.diff(one.bits(ordered)) >= 0).all()
    for bits in ordered.tolist():
        assert one.learnt(slope * bits + shift) == pytest.approx(bits, abs=1e-6)
