"""Counts by day as a picture, drawn here: plain SVG, without script or style."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from portal import words

_WIDTH, _HEIGHT, _TOP, _FOOT = 660, 150, 22, 24


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day, in the picture's units."""

    x: float
    y: float
    width: float
    height: float
    label: str
    """The number above it; empty where there is none."""


@dataclass(frozen=True, slots=True)
class DayBars:
    """What the template draws."""

    width: int
    height: int
    base: int
    bars: tuple[DayBar, ...]
    first: str
    last: str
    description: str


def day_bars(days: Sequence[tuple[dt.date, int]]) -> DayBars:
    """A bar for each day, as high as its count is among them."""
    most = max((count for _, count in days), default=0) or 1
    step = _WIDTH / max(len(days), 1)
    room = _HEIGHT - _TOP - _FOOT
    base = _HEIGHT - _FOOT
    bars = tuple(
        DayBar(
            x=round(place * step + step * 0.15, 1),
            y=round(base - count / most * room, 1),
            width=round(step * 0.7, 1),
            height=round(count / most * room, 1),
            label=str(count) if count else "",
        )
        for place, (_, count) in enumerate(days)
    )
    busy = [f"{words.day(day)}: {count}" for day, count in days if count]
    return DayBars(
        width=_WIDTH,
        height=_HEIGHT,
        base=base,
        bars=bars,
        first=words.day(days[0][0]) if days else "",
        last=words.day(days[-1][0]) if days else "",
        description="; ".join(busy) or "Nothing was read on any of these days",
    )
