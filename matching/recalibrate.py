"""Probabilities held to what reviewers said: a slope and a shift of the bits.

Logistic calibration (Platt 1999): one line through the log odds, so that the order of
pairs stays and two numbers are all that is learnt. A few hundred judgements buy honest
probabilities; they teach the order of pairs next to nothing.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matching.calibration import Calibration
from matching.frames import Floats

FEWEST = 25
"""So many pairs judged the same, and as many judged different, must be on each side."""
_ROUNDS = 100
_NEAR = 1e-12
_LN2 = float(np.log(2))
_STIFFNESS = np.array([1.0, 0.02])
"""How strongly slope and shift are held to 1 and 0, as judgements of so much worth."""


class CalibrationRefused(ValueError):
    """Nothing is learnt from these judgements; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Recalibrated:
    """What one half of the judgements taught, and how the other half has it."""

    calibration: Calibration
    fitted: int
    apart: int
    before: float
    after: float
    """Mean bits of surprise of a judgement kept apart, before and after: less is
    better (logarithmic loss)."""
    lowest: float
    highest: float
    """Between these bits there were judgements; beyond, the line is only drawn on."""


def recalibrated(bits: Floats, same: np.ndarray, apart: np.ndarray) -> Recalibrated:
    """The calibration that judgements of pairs ask for.

    Args:
        bits: of each pair, as learnt and not calibrated before.
        same: whether it was judged one person.
        apart: whether it is kept to check with.

    Raises:
        CalibrationRefused: too few judgements, or the half that was kept apart is
            foretold no better by what the other half taught.
    """
    fit = ~apart
    for half, words in ((fit, "to learn from"), (~fit, "to check with")):
        for judged, word in ((same, "the same"), (~same, "different")):
            count = int((half & judged).sum())
            if count < FEWEST:
                raise CalibrationRefused(
                    f"{count} pairs judged {word} {words}, of {FEWEST} that it takes: "
                    "judge more pairs, near the line and on both its sides"
                )
    found = _fitted(bits[fit], same[fit])
    before = _surprise(bits[~fit], same[~fit])
    after = _surprise(found.bits(bits[~fit]), same[~fit])
    if found.slope <= 0 or after >= before:
        raise CalibrationRefused(
            f"the judgements kept apart are foretold no better: {after:.4f} bits of "
            f"surprise each, {before:.4f} as it is. Leave the model as it is"
        )
    return Recalibrated(
        found, int(fit.sum()), int((~fit).sum()), before, after,
        float(bits.min()), float(bits.max()),
    )  # fmt: skip


def half_of(names: Iterable[str]) -> np.ndarray:
    """Every second pair, by what names it and nothing else."""
    found = [hashlib.sha256(name.encode()).digest()[0] >= 128 for name in names]
    return np.array(found, bool)


def _fitted(bits: Floats, same: np.ndarray) -> Calibration:
    """By Newton's method, with shorter steps where the whole one leads uphill: the loss
    has one lowest point."""
    sides = np.column_stack([bits, np.ones(len(bits))]) * _LN2
    start = np.array([1.0, 0.0])

    def loss(at: Floats) -> float:
        held = float(_STIFFNESS @ (at - start) ** 2) / 2
        return held + _surprise(sides @ at / _LN2, same) * len(bits) * _LN2

    found = start
    for _ in range(_ROUNDS):
        chance = _chance(sides @ found)
        slope = sides.T @ (chance - same) + _STIFFNESS * (found - start)
        bend = (sides * (chance * (1 - chance))[:, None]).T @ sides
        step = np.linalg.solve(bend + np.diag(_STIFFNESS), slope)
        here = loss(found)
        while loss(found - step) > here and np.abs(step).max() >= _NEAR:
            step = step / 2
        if np.abs(step).max() < _NEAR:
            break
        found = found - step
    return Calibration(round(float(found[0]), 6), round(float(found[1]), 6))


def _chance(log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -500, 500))))


def _surprise(bits: Floats, same: np.ndarray) -> float:
    against = np.where(same, -bits, bits)
    return float(np.logaddexp2(0, against).mean())
