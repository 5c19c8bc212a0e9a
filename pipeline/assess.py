"""How a run of a synthetic region compares with the truth that was made with it."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from pipeline.errors import ConfigurationError
from pipeline.summary import STATES

SILENT = frozenset({"known_at_placement", "known_at_address_no_flag"})
"""States in which the host force hears nothing."""
_LEFT_OUT = frozenset({"not-on-register", "home-notice-not-seen"})
"""Disagreements without a row of the host's to name."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A run against the truth, on the placements that both have."""

    states: Counter[tuple[str, str]]
    """(expected, decided) -> how many placements. Either may be ``no row``."""
    differing: tuple[tuple[str, str, str, str], ...]
    """(placing LA, child_ref, expected, decided) of each that differs."""
    matched: int
    """Placements decided as known."""
    matched_rightly: int
    """Of these, the best nominal is the child's own."""
    matchable: int
    """Placements, decided by a match, whose child the host force holds openly."""
    found: int
    """Of these, decided as known by one of the child's own nominals."""
    asked: int
    """Of these, put to a reviewer."""
    planted: int = 0
    """Disagreements that the truth has of the night and that may be told of."""
    planted_found: int = 0
    """Of these, found."""
    not_planted: int = 0
    """Disagreements found beside these: what a night's changes bring about."""

    @property
    def silenced(self) -> int:
        """Placements that the force should have heard of and did not."""
        return sum(
            count
            for (expected, decided), count in self.states.items()
            if decided in SILENT | {"no row"} and expected not in SILENT | {"no row"}
        )


def assess(run: Path, truth: Path) -> Assessment:
    """The comparison of a run's folder with a synthetic region's truth.

    Raises:
        ConfigurationError: either is not there.
    """
    for path in (run / "decisions.parquet", truth / "placements.parquet"):
        if not path.is_file():
            raise ConfigurationError([f"{path}: there is no such file"])
    night = dt.date.fromisoformat(run.parent.name)
    expected = _expected(truth, night)
    decided = {
        (row["placing_la"], row["child_ref"], row["placement_start"]): row
        for row in _rows(run / "decisions.parquet")
    }
    states: Counter[tuple[str, str]] = Counter()
    differing = []
    for key in sorted(expected.keys() | decided.keys()):
        wanted = expected[key]["expected_state"] if key in expected else "no row"
        got = decided[key]["state"] if key in decided else "no row"
        states[wanted, got] += 1
        if wanted != got:
            differing.append((key[0], key[1], wanted, got))
    both = [(expected[key], decided[key]) for key in expected.keys() & decided.keys()]
    known = [pair for pair in both if pair[1]["state"].startswith("known")]
    matchable = [
        pair
        for pair in both
        if pair[0]["nominal_refs"]
        and pair[1]["state"].startswith(("known", "not_known", "possible"))
    ]
    return Assessment(
        states=states,
        differing=tuple(differing),
        matched=len(known),
        matched_rightly=sum(map(_rightly, known)),
        matchable=len(matchable),
        found=sum(
            pair[1]["state"].startswith("known") and _rightly(pair)
            for pair in matchable
        ),
        asked=sum(pair[1]["state"] == "possible" for pair in matchable),
        **_disagreements(run, truth, night),
    )


def _disagreements(run: Path, truth: Path, night: dt.date) -> dict[str, int]:
    """How what the sources disagree about compares with what was planted.

    A register can be missing only what its host was told of some nights ago, so that
    of a row left out nobody knows on which night it shows.
    """
    files = run / "reconciliation.parquet", truth / "disagreements.parquet"
    if not all(path.is_file() for path in files):
        return {}
    found, true = (_rows(path) for path in files)
    planted = {
        (row["difference"], row["ref"])
        for row in true
        if row["night"] == night
        and not row["shielded"]
        and row["difference"] not in _LEFT_OUT
    }
    named = {
        (row["difference"], row["source_ref"])
        for row in found
        if row["difference"] not in _LEFT_OUT
    }
    return {
        "planted": len(planted),
        "planted_found": len(planted & named),
        "not_planted": len(named - planted),
    }


def _rightly(pair: tuple[dict[str, Any], dict[str, Any]]) -> bool:
    truth, decision = pair
    return decision["best_nominal_ref"] in truth["nominal_refs"]


def _expected(
    truth: Path, night: dt.date
) -> dict[tuple[str, str, dt.date], dict[str, Any]]:
    """By placing LA, child and start: what should have been decided that night."""
    return {
        (row["placing_la"], row["child_ref"], row["placement_start"]): row
        for row in _rows(truth / "placements.parquet")
        if row["night"] == night and row["expected_state"] is not None
    }


def _rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path, partitioning=None).to_pylist()
    return rows


def show(console: Console, found: Assessment, *, details: bool) -> None:
    """The assessment for a person to read."""
    table = Table(title="Expected down, decided across", box=None, pad_edge=False)
    columns = [*STATES, "no row"]
    shown = [
        state
        for state in columns
        if any(state in pair and count for pair, count in found.states.items())
    ]
    table.add_column("")
    for state in shown:
        table.add_column(state.replace("_", " "), justify="right")
    for wanted in shown:
        table.add_row(
            wanted.replace("_", " "),
            *(str(found.states[wanted, got] or "·") for got in shown),
        )
    console.print(table)
    total = found.states.total()
    same = sum(count for (a, b), count in found.states.items() if a == b)
    console.print(
        f"\nAs expected: {same} of {total} placements. "
        f"Silenced that should have been told: {found.silenced}.\n"
        f"Known by a nominal that is the child's own: {found.matched_rightly} of "
        f"{found.matched} (precision "
        f"{found.matched_rightly / max(found.matched, 1):.3f}).\n"
        f"Children whom the host force holds: {found.matchable}; found {found.found}, "
        f"put to a reviewer {found.asked} (recall accepted "
        f"{found.found / max(found.matchable, 1):.3f}, with reviews "
        f"{(found.found + found.asked) / max(found.matchable, 1):.3f})."
    )
    if found.planted or found.not_planted:
        console.print(
            f"Disagreements planted: {found.planted}, found {found.planted_found}; "
            f"others found: {found.not_planted}."
        )
    if details:
        for placing, child, wanted, got in found.differing:
            console.print(f"  {placing} {child}: expected {wanted}, decided {got}")
