"""What an evaluation found, as three pictures."""

import math
from collections.abc import Sequence

from matching.evaluation import Band, Group, Line, Share
from pipeline.drawing import BLUE, GREEN, GREY, ORANGE, Axis, Picture

_PROBABILITIES = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
_ROW = 30
_NAMES = 290


def thresholds(lines: Sequence[Line], best: Line) -> str:
    """Precision, recall and F1 as the line moves, on weights, as SVG.

    ``lines`` have weights, the highest first, as :func:`matching.evaluation.curve`
    gives them; the picture begins where anything is kept.
    """
    said = (
        f"Best F1 {best.f1:.4f} at {_bits(best)} bits: precision "
        f"{best.precision or 0:.4f}, recall {best.recall:.4f}."
    )
    picture = Picture("Precision, recall and F1 by threshold", said)
    weights = [line.weight or 0.0 for line in lines]
    low, high = math.floor(min(weights)), math.ceil(max(weights))
    high = max(high, low + 1)
    x = Axis(low, high, 64, 690)
    y = Axis(0, 1, 350, 70)
    step = max(1, round((high - low) / 8))
    picture.grid(
        (x, [(bits, f"{bits}") for bits in range(low, high + 1, step)]),
        (y, [(tenth / 5, f"{tenth / 5:.1f}") for tenth in range(6)]),
        ("kept from this weight up (bits; 0 is even odds)", ""),
    )
    picture.line(
        (x(best.weight or 0), y.start), (x(best.weight or 0), y.end), GREY, 1.5
    )
    for colour, shares in (
        (BLUE, [line.precision or 0.0 for line in lines]),
        (ORANGE, [line.recall for line in lines]),
        (GREEN, [line.f1 for line in lines]),
    ):
        picture.path(
            [(x(w), y(share)) for w, share in zip(weights, shares, strict=True)], colour
        )
    picture.key((64, 52), [("precision", BLUE), ("recall", ORANGE), ("F1", GREEN)])
    picture.text((690, 52), f"Best F1 {best.f1:.4f}", "end", weight="bold")
    return picture.svg()


def reliability(bands: Sequence[Band], error: float) -> str:
    """What pairs promise against how many are true, on scales of log-odds, as SVG.

    A dot on the diagonal keeps its promise; under it, it promised too much. The larger
    the dot the more pairs; the stroke is Wilson's interval.
    """
    said = (
        f"Expected calibration error {error:.4f} over "
        f"{sum(band.observed.of for band in bands):,} pairs."
    )
    picture = Picture("Are probabilities kept?", said, 560, 560)
    lowest = min(min(band.promised, band.observed.value or 0) for band in bands)
    least = 0.0005 if lowest < 0.05 else 0.05
    ticks = [(one, f"{one:g}") for one in _PROBABILITIES if one >= least]
    x = Axis(least, 0.9995, 74, 530, _logit)
    y = Axis(least, 0.9995, 490, 74, _logit)
    picture.grid((x, ticks), (y, ticks), ("mean probability promised", "share true"))
    picture.line((x.start, y.start), (x.end, y.end), GREY, 1.5)
    most = max(band.observed.of for band in bands)
    for band in bands:
        observed = band.observed
        at = x(band.promised)
        picture.line((at, y(observed.low)), (at, y(observed.high)), BLUE, 2)
        radius = 3 + 9 * math.sqrt(observed.of / most)
        words = (
            f"{band.low:g} to {band.high:g}: promised {band.promised:.4f}, true "
            f"{observed.found:,} of {observed.of:,}"
        )
        picture.dot((at, y(observed.value or 0)), BLUE, radius, words)
    picture.text((530, 52), said, "end")
    return picture.svg()


def groups(found: Sequence[Group], threshold: float, column: str) -> str:
    """Recall of each group as a dot in its interval, the lowest first, as SVG.

    A grey stroke is how far blocking reaches, where that is known.
    """
    worst, finest = found[0], found[-1]
    said = (
        f"From {worst.recall.value or 0:.3f} ({worst.name}) to "
        f"{finest.recall.value or 0:.3f} ({finest.name})."
    )
    height = 96 + _ROW * len(found)
    title = f"Recall by {column} at p ≥ {threshold:g}"
    picture = Picture(title, said, 720, height)
    least = min(group.recall.low for group in found)
    x = Axis(max(0.0, math.floor(least * 10) / 10 - 0.1), 1, _NAMES, 690)
    ticks = [(tick / 20, f"{tick / 20:g}") for tick in range(21) if tick / 20 >= x.low]
    for value, label in ticks[:: max(1, len(ticks) // 8)]:
        picture.line((x(value), 60), (x(value), height - 30))
        picture.text((x(value), height - 12), label, "middle")
    picture.key(
        (16, 50), [("recall, 95 % interval", BLUE), ("reached by blocking", GREY)]
    )
    for row, group in enumerate(found):
        _group_row(picture, x, 66 + _ROW * row, group)
    return picture.svg()


def _group_row(picture: Picture, x: Axis, top: float, group: Group) -> None:
    recall = group.recall
    middle = top + (_ROW - 8) / 2
    said = f"{_value(recall):.3f} of {recall.of:,}"
    picture.text((16, middle + 4), group.name)
    picture.text((_NAMES - 10, middle + 4), said, "end")
    picture.line((x.start, middle), (x.end, middle))
    if group.reachable is not None:
        at = x(_value(group.reachable))
        picture.line((at, top), (at, top + _ROW - 8), GREY, 4)
    picture.line((x(recall.low), middle), (x(recall.high), middle), BLUE, 3)
    picture.dot((x(_value(recall)), middle), BLUE, 6, f"{group.name}: {said}")


def _value(share: Share) -> float:
    return share.value or 0.0


def _bits(line: Line) -> str:
    return f"{line.weight or 0:.2f}"


def _logit(share: float) -> float:
    share = min(0.9995, max(0.0005, share))
    return math.log(share / (1 - share))
