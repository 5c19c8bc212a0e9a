"""Numbers by night as a picture: one column a night, a mark where a night is missing.

Plain SVG, drawn here like the waterfall; the same numbers stand in a table beside it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from portal import words

_WIDTH, _HEIGHT, _TOP, _FOOT, _LEFT = 720, 150, 16, 22, 58

Tone = Literal["plain", "good", "doubt", "bad"]


@dataclass(frozen=True, slots=True)
class Night:
    """The figure of one night, and how it is to be seen."""

    value: float
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Column:
    """One night in the picture's units; ``said`` is read out on hovering."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws."""

    name: str
    """For ids: one of each on a page."""
    title: str
    description: str
    width: int
    height: int
    base: int
    left: int
    top: str
    """The figure at the top of the scale."""
    first: str
    last: str
    columns: tuple[Column, ...]


def by_night(
    name: str,
    title: str,
    nights: Mapping[dt.date, Night],
    last: dt.date,
    length: int = 90,
) -> Chart:
    """``length`` nights up to and with ``last``; nights without a figure are marked."""
    days = [last - dt.timedelta(days=back) for back in range(length - 1, -1, -1)]
    shown = {day: nights[day] for day in days if day in nights}
    most = max((one.value for one in shown.values()), default=0) or 1
    step = (_WIDTH - _LEFT) / length
    base = _HEIGHT - _FOOT
    columns = []
    for place, day in enumerate(days):
        x = round(_LEFT + place * step, 1)
        width = round(max(step - 1, 1), 1)
        if day in shown:
            one = shown[day]
            height = round(max(1.5, one.value / most * (base - _TOP)), 1)
            said = f"{words.day(day)}: {figure(one.value)}"
            columns.append(
                Column(x, round(base - height, 1), width, height, one.tone, said)
            )
        else:
            said = f"{words.day(day)}: nothing was reported"
            columns.append(Column(x, base - 4, width, 4, "gap", said))
    return Chart(
        name, title, _described(title, shown, length), _WIDTH, _HEIGHT, base, _LEFT,
        figure(most), words.day(days[0]), words.day(last), tuple(columns),
    )  # fmt: skip


def figure(value: float) -> str:
    """A number as it is written beside a picture."""
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _described(title: str, shown: Mapping[dt.date, Night], length: int) -> str:
    if not shown:
        return f"{title}: nothing was reported in {length} nights."
    newest = max(shown)
    values = [one.value for one in shown.values()]
    return (
        f"{title}: {len(shown)} of {length} nights reported; lowest "
        f"{figure(min(values))}, highest {figure(max(values))}; "
        f"{figure(shown[newest].value)} on {words.day(newest)}."
    )
