"""Small pictures as SVG text, without a library: axes, lines, dots and bars.

Coordinates are pixels from the top left. Every picture has a title and a description
for those who can't see it; colours are Okabe and Ito's, told apart by everybody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

BLUE, ORANGE, GREEN, GREY, INK = "#0072b2", "#d55e00", "#009e73", "#999999", "#222222"
COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#e69f00", "#56b4e9")
_FAINT = "#dddddd"
_LETTER = 7.2
"""Pixels of a letter, roughly."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """From values to pixels; ``bend`` is applied to values first (log, logit …)."""

    low: float
    high: float
    start: float
    end: float
    bend: Callable[[float], float] = float

    def __call__(self, value: float) -> float:
        low, high = self.bend(self.low), self.bend(self.high)
        share = (self.bend(value) - low) / ((high - low) or 1)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


@dataclass(slots=True)
class Picture:
    """What is drawn so far; :meth:`svg` is the file."""

    title: str
    description: str
    width: int = 720
    height: int = 420
    parts: list[str] = field(default_factory=list)

    def line(
        self, start: Point, end: Point, colour: str = _FAINT, width: float = 1
    ) -> None:
        self.parts.append(
            f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" '
            f'y2="{end[1]:.1f}" stroke="{colour}" stroke-width="{width:g}"/>'
        )

    def path(self, points: Sequence[Point], colour: str) -> None:
        text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(
            f'<polyline points="{text}" fill="none" stroke="{colour}" '
            'stroke-width="2.5" stroke-linejoin="round"/>'
        )

    def dot(self, at: Point, colour: str, radius: float, said: str = "") -> None:
        self.parts.append(
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:.1f}" '
            f'fill="{colour}"><title>{escape(said)}</title></circle>'
        )

    def bar(self, corner: Point, width: float, height: float, colour: str) -> None:
        self.parts.append(
            f'<rect x="{corner[0]:.1f}" y="{corner[1]:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}" fill="{colour}" rx="2"/>'
        )

    def text(
        self, at: Point, words: str, anchor: str = "start", colour: str = INK,
        weight: str = "normal",
    ) -> None:  # fmt: skip
        self.parts.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="{anchor}" '
            f'fill="{colour}" font-weight="{weight}">{escape(words)}</text>'
        )

    def grid(
        self, across: tuple[Axis, Sequence[tuple[float, str]]],
        up: tuple[Axis, Sequence[tuple[float, str]]], names: tuple[str, str],
    ) -> None:  # fmt: skip
        """Faint lines at the ticks, their labels, and what each axis is."""
        (x, x_ticks), (y, y_ticks) = across, up
        for value, label in x_ticks:
            self.line((x(value), y.start), (x(value), y.end))
            self.text((x(value), y.start + 18), label, "middle")
        for value, label in y_ticks:
            self.line((x.start, y(value)), (x.end, y(value)))
            self.text((x.start - 8, y(value) + 4), label, "end")
        self.text(((x.start + x.end) / 2, y.start + 38), names[0], "middle")
        self.text((x.start - 44, y.end - 12), names[1])

    def key(self, at: Point, entries: Sequence[tuple[str, str]]) -> None:
        """Names with their colours, side by side."""
        left, top = at
        for name, colour in entries:
            self.bar((left, top - 9), 18, 9, colour)
            self.text((left + 24, top), name)
            left += 44 + _LETTER * len(name)

    def svg(self) -> str:
        """The whole file."""
        size = f'width="{self.width}" height="{self.height}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {self.width} '
            f'{self.height}" role="img" font-family="system-ui, sans-serif" '
            'font-size="13">'
        )
        said = f"<title>{escape(self.title)}</title>"
        said += f"<desc>{escape(self.description)}</desc>"
        title = (
            f'<text x="16" y="26" font-size="16" font-weight="bold" fill="{INK}">'
            f"{escape(self.title)}</text>"
        )
        back = f'<rect {size} fill="#ffffff"/>'
        return "\n".join((head, said, back, title, *self.parts, "</svg>", ""))
