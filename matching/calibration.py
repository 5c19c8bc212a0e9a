"""What reviewers' judgements make of a pair's bits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from matching.frames import Floats

Bits = TypeVar("Bits", float, "Floats")
DIGITS = 6
"""Weights are rounded to a millionth of a bit, the same on every machine."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A line with a slope above 0, so that the order of pairs stays."""

    slope: float = 1.0
    shift: float = 0.0

    def bits(self, learnt: "Floats") -> "Floats":
        """The bits of pairs whose comparisons come to so many."""
        import numpy as np

        return np.asarray(np.round(self.slope * learnt + self.shift, DIGITS))

    def learnt(self, bits: Bits) -> Bits:
        """What comparisons must come to for so many bits."""
        return (bits - self.shift) / self.slope


AS_LEARNT = Calibration()
