"""The weights of a pair as a picture: where the sum begins, what moves it, its end.

Plain SVG, drawn here: no script, no style attribute, nothing from elsewhere, so it
works under the strictest content policy. The same numbers stand in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.documents import EvidenceView
from portal import words

_LABELS, _PLOT, _ROW, _TOP = 170, 400, 30, 10
_FIGURES = 60
"""Room for a signed number right of the longest bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the picture's units."""

    label: str
    figure: str
    kind: str
    """``for``, ``against`` or ``total``: the class that gives the shade."""
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """What the template draws."""

    width: int
    height: int
    zero: float
    """Where nothing stands, for or against."""
    bars: tuple[Bar, ...]
    description: str
    """The same in words."""


def signed(weight: float) -> str:
    """A weight with its sign, one decimal: ``+3.2``, ``−0.4`` (a real minus)."""
    return f"{_rounded(weight):+.1f}".replace("-", "\N{MINUS SIGN}")


def leaning(weight: float) -> str:
    """Which way a weight speaks, as it is shown: ``for``, ``against``, ``neither``."""
    shown = _rounded(weight)
    if shown == 0:
        return "neither"
    return "for" if shown > 0 else "against"


def _rounded(weight: float) -> float:
    return round(weight, 1) + 0.0  # a zero has no sign


def waterfall(evidence: Sequence[EvidenceView], total: float) -> Waterfall:
    """The bars of a pair's evidence, each beginning where the one before ended."""
    steps: list[tuple[str, float, float, str]] = []
    level = 0.0
    for part in evidence:
        kind = "for" if part.weight >= 0 else "against"
        steps.append(
            (words.comparison(part.comparison), level, level + part.weight, kind)
        )
        level += part.weight
    steps.append(("Together", 0.0, total, "total"))
    ends = [0.0, *(end for _, start, finish, _ in steps for end in (start, finish))]
    low, high = min(ends), max(ends)
    scale = (_PLOT - _FIGURES) / ((high - low) or 1.0)

    def across(value: float) -> float:
        return round(_LABELS + (value - low) * scale, 1)

    bars = tuple(
        Bar(
            label=label,
            figure=signed(finish - start),
            kind=kind,
            x=across(min(start, finish)),
            y=_TOP + row * _ROW,
            width=max(2.0, round(abs(finish - start) * scale, 1)),
        )
        for row, (label, start, finish, kind) in enumerate(steps)
    )
    told = "; ".join(f"{bar.label} {bar.figure}" for bar in bars)
    return Waterfall(
        _LABELS + _PLOT, _TOP * 2 + len(bars) * _ROW, across(0), bars, told
    )
