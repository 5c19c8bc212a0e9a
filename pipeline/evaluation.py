"""An evaluation of scored pairs as a whole: its figures, in words and as JSON."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from matching.evaluation import Calibration, Group, Line, Share


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was asked of one file of pairs."""

    pairs: int
    at: Line
    """At the asked threshold."""
    best: Line | None
    lines: tuple[Line, ...]
    calibration: Calibration
    ceiling: Share | None = None
    """True pairs that blocking reaches; ``None`` when that was not asked."""
    column: str = ""
    groups: tuple[Group, ...] = ()


def as_json(found: Evaluation) -> dict[str, Any]:
    """The same for a program; what can't be said of no pairs is null."""
    told = found.calibration
    return {
        "pairs": found.pairs,
        "true_pairs": found.at.of,
        "at_threshold": _line(found.at),
        "best": _line(found.best) if found.best else None,
        "by_threshold": [_line(line) for line in found.lines],
        "blocking_ceiling": _share(found.ceiling) if found.ceiling else None,
        "calibration": {
            "expected_calibration_error": told.error,
            "brier": told.brier,
            "bands": [
                {
                    "from": band.low,
                    "to": band.high,
                    "promised": band.promised,
                    "observed": _share(band.observed),
                }
                for band in told.bands
            ],
        },
        "group_column": found.column or None,
        "recall_by_group": {
            group.name: {
                "recall": _share(group.recall),
                "reachable": _share(group.reachable) if group.reachable else None,
            }
            for group in found.groups
        },
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "threshold": line.threshold, "weight": line.weight, "pairs": line.pairs,
        "right": line.right, "precision": line.precision, "recall": line.recall,
        "f1": line.f1,
    }  # fmt: skip


def _share(share: Share) -> dict[str, Any]:
    return {
        "found": share.found, "of": share.of, "share": share.value,
        "low": share.low, "high": share.high,
    }  # fmt: skip


def show(console: Console, found: Evaluation) -> None:
    """The figures for a person to read, the most telling first."""
    at, best = found.at, found.best
    console.print(
        f"{found.pairs:,} scored pairs; {at.of:,} true pairs to be found.", markup=False
    )
    console.print(f"At p ≥ {at.threshold:g}: {_told(at)}", markup=False)
    if best is not None:
        console.print(
            f"Best, picked with the truth: {_told(best)} at {best.weight:.2f} bits "
            f"(p ≥ {best.threshold:.4f})",
            markup=False,
        )
    if found.ceiling is not None:
        console.print(
            f"Blocking reaches {found.ceiling.found:,} of {found.ceiling.of:,} true "
            f"pairs: no threshold can find more ({_interval(found.ceiling)}).",
            markup=False,
        )
    _show_lines(console, found.lines)
    _show_calibration(console, found.calibration)
    if found.groups:
        _show_groups(console, found)


def _show_lines(console: Console, lines: tuple[Line, ...]) -> None:
    table = _table("By threshold", "p ≥", "pairs", "right", "precision", "recall", "F1")
    for line in lines:
        table.add_row(
            f"{line.threshold:g}", f"{line.pairs:,}", f"{line.right:,}",
            _ratio(line.precision), _ratio(line.recall), _ratio(line.f1),
        )  # fmt: skip
    console.print(table)


def _show_calibration(console: Console, told: Calibration) -> None:
    table = _table("Calibration", "probability", "pairs", "promised", "true", "95 %")
    for band in told.bands:
        table.add_row(
            f"{band.low:g} to {band.high:g}", f"{band.observed.of:,}",
            _ratio(band.promised), _ratio(band.observed.value),
            f"{band.observed.low:.4f} to {band.observed.high:.4f}",
        )  # fmt: skip
    console.print(table)
    if told.error is not None and told.brier is not None:
        console.print(
            f"Expected calibration error {told.error:.4f}, Brier score "
            f"{told.brier:.4f}, both of the pairs that were written."
        )


def _show_groups(console: Console, found: Evaluation) -> None:
    table = _table(
        f"Recall by {escape(found.column)} at p ≥ {found.at.threshold:g}",
        escape(found.column), "true pairs", "found", "recall", "95 %", "reachable",
    )  # fmt: skip
    for group in found.groups:
        table.add_row(
            escape(group.name), f"{group.recall.of:,}", f"{group.recall.found:,}",
            _ratio(group.recall.value),
            f"{group.recall.low:.4f} to {group.recall.high:.4f}",
            _ratio(group.reachable.value if group.reachable else None),
        )  # fmt: skip
    console.print(table)


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", box=None, pad_edge=False)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _told(line: Line) -> str:
    return (
        f"F1 {line.f1:.4f}, precision {_ratio(line.precision)}, recall "
        f"{line.recall:.4f}"
    )


def _interval(share: Share) -> str:
    return f"{share.value or 0:.4f}, 95 % {share.low:.4f} to {share.high:.4f}"


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
