"""The results for a person to read: a table and a picture of each case."""

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.linkage.results import CaseResult, EngineResult
from pipeline.drawing import BLUE, GREY, ORANGE, Axis, Picture

_ROW, _NAMES, _PANEL, _GAP = 26, 190, 150, 26
_PANELS: tuple[tuple[str, str, Callable[[EngineResult], float]], ...] = (
    ("wall, s", "{:.1f}", lambda one: one.middle("wall")),
    ("processor, s", "{:.1f}", lambda one: one.middle("cpu")),
    ("memory, MB", "{:,.0f}", lambda one: one.middle("peak_mb")),
    ("F1 at its best", "{:.4f}", lambda one: one.quality.get("best_f1", 0.0)),
)


def show(console: Console, result: CaseResult) -> None:
    """One case as a table, then how many times ours the peers need."""
    table = Table(
        title=f"\n{result.case}, {result.true_pairs:,} true pairs",
        title_justify="left", box=None, pad_edge=False,
    )  # fmt: skip
    table.add_column("engine")
    for name in ("wall s", "cpu s", "peak MB", "scoring s", "F1 at .5", "best F1",
                 "precision", "recall"):  # fmt: skip
        table.add_column(name, justify="right")
    for one in result.engines.values():
        if not one.runs:
            table.add_row(one.engine, one.failed.splitlines()[-1] if one.failed else "")
            continue
        quality, scoring = one.quality, one.scoring()
        table.add_row(
            one.engine, *(_spread(one, name, digits) for name, digits in
                          (("wall", 1), ("cpu", 1), ("peak_mb", 0))),
            f"{scoring:.2f}" if scoring else "–",
            *(f"{quality[key] or 0:.4f}" for key in
              ("f1_at_half", "best_f1", "best_precision", "best_recall")),
        )  # fmt: skip
    console.print(table)
    if result.reached is not None:
        console.print(
            f"The common rules reach {result.reached.value:.4f} of the true pairs.",
            markup=False,
        )
    for name, ratio in result.ratios().items():
        console.print(
            f"{result.engines[name].engine} needs {ratio['wall']:.1f} times the wall, "
            f"{ratio['cpu']:.1f} times the processor and {ratio['peak_mb']:.1f} times "
            "the memory.",
            markup=False,
        )
    _show_scoring(console, result)


def _show_scoring(console: Console, result: CaseResult) -> None:
    """What a pair costs each engine, and how many times ours a peer's scoring takes."""
    ours = result.engines.get("scoring")
    for one in result.engines.values():
        pairs, scoring = one.pairs(), one.scoring("cpu")
        if pairs and scoring:
            each = scoring / pairs * 1e9
            console.print(
                f"{one.engine} compares {pairs:,} pairs at {each:,.0f} ns of CPU.",
                markup=False,
            )
    if ours is None or not ours.scoring():
        return
    kernel, encoding = ours.scoring() or 0.0, ours.step("encode") or 0.0
    for one in result.engines.values():
        scoring = one.scoring()
        if not one.ours and scoring:
            console.print(
                f"{one.engine}'s scoring takes {scoring / kernel:.1f} times the wall "
                f"of our kernel, {scoring / (kernel + encoding):.1f} times that of our "
                "encoding and kernel.",
                markup=False,
            )


def chart(results: Sequence[CaseResult]) -> str:
    """All cases as bars beside each other, as SVG; ours in blue."""
    shown = [one for one in results if any(e.runs for e in one.engines.values())]
    heights = [54 + _ROW * len(_ran(one)) for one in shown]
    picture = Picture(
        "Record linkage side by side",
        "; ".join(_said(one) for one in shown),
        _NAMES + len(_PANELS) * (_PANEL + _GAP) + 60,
        50 + sum(heights),
    )
    top = 50
    for result, height in zip(shown, heights, strict=True):
        _draw_case(picture, result, top)
        top += height
    return picture.svg()


def _draw_case(picture: Picture, result: CaseResult, top: int) -> None:
    picture.text((16, top + 14), result.case, weight="bold")
    ran = _ran(result)
    for row, one in enumerate(ran):
        picture.text((16, top + 46 + row * _ROW), one.engine)
    for number, (name, form, value_of) in enumerate(_PANELS):
        left = _NAMES + number * (_PANEL + _GAP) + 20 * number
        picture.text((left, top + 26), name, colour=GREY)
        most = max(value_of(one) for one in ran) or 1.0
        scale = Axis(0, most, left, left + _PANEL - 40)
        for row, one in enumerate(ran):
            value, y = value_of(one), top + 34 + row * _ROW
            colour = BLUE if one.ours else ORANGE
            picture.bar((left, y), max(1.0, scale(value) - left), _ROW - 9, colour)
            picture.text((scale(value) + 5, y + 12), form.format(value))


def _ran(result: CaseResult) -> list[EngineResult]:
    return [one for one in result.engines.values() if one.runs]


def _said(result: CaseResult) -> str:
    walls = (f"{one.engine} {one.middle('wall'):.1f} s" for one in _ran(result))
    return f"{result.case}: {', '.join(walls)}"


def _spread(one: EngineResult, measure: str, digits: int) -> str:
    middle, (low, high) = one.middle(measure), one.span(measure)
    if len(one.runs) == 1:
        return f"{middle:,.{digits}f}"
    return f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"
