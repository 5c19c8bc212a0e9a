"""What the runs of an engine come to: medians, ranges and ratios."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq

from benchmarks.linkage.cases import Case
from benchmarks.linkage.measuring import Measured
from benchmarks.linkage.rules import plain_rules, shares_key
from matching.evaluation import (
    Share,
    best,
    by_threshold,
    calibration,
    reached_by_keys,
    wilson,
)
from matching.truth import TruePairs, judge, true_pairs

MEASURES = ("wall", "cpu", "peak_mb")


@dataclass
class EngineResult:
    """All rounds of one engine on one case."""

    engine: str
    ours: bool
    runs: list[Measured] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    quality: dict[str, Any] = field(default_factory=dict)
    failed: str = ""

    def middle(self, measure: str) -> float:
        return median(getattr(run, measure) for run in self.runs)

    def span(self, measure: str) -> tuple[float, float]:
        values = [getattr(run, measure) for run in self.runs]
        return min(values), max(values)

    def step(self, name: str, measure: str = "wall") -> float | None:
        """The median of one step, where the engine tells its steps."""
        values = [steps[name][measure] for steps in self.steps if name in steps]
        return median(values) if values else None

    def scoring(self, measure: str = "wall") -> float | None:
        """The median of the step that compares and scores pairs."""
        return self.step("predict", measure) or self.step("compare", measure)

    def pairs(self) -> int | None:
        """How many pairs it compared, where it tells."""
        return next((one["pairs"] for one in self.steps if "pairs" in one), None)


@dataclass
class CaseResult:
    """One case with every engine that took part."""

    case: str
    true_pairs: int
    reached: Share | None = None
    """True pairs that share a key of the common rules: nobody can find more by them."""
    engines: dict[str, EngineResult] = field(default_factory=dict)

    def ratios(self) -> dict[str, dict[str, float]]:
        """How many times what ours needs each peer needs, by medians."""
        ours = self.engines.get("crossborder")
        if ours is None or not ours.runs:
            return {}
        return {
            name: {
                measure: peer.middle(measure) / ours.middle(measure)
                for measure in MEASURES
            }
            for name, peer in self.engines.items()
            if not peer.ours and peer.runs
        }


def truth_of(path: Path, *, one_table: bool) -> TruePairs:
    """The truth of a case."""
    return true_pairs(pq.read_table(path), one_table=one_table)


def reached_of(case: Case, truth: TruePairs) -> Share:
    """What the common rules leave possible, by the true pairs alone."""
    rules = plain_rules(case.spec)
    tables = [pq.read_table(path) for path in case.tables]
    both = tables[0], tables[-1]
    flags = reached_by_keys(truth, both, rules["id"], shares_key(rules))
    return wilson(int(flags.sum()), len(flags))


def quality_of(pairs: Path, truth: TruePairs) -> dict[str, Any]:
    """F1 at p >= 0.5 and at its best, and how well probabilities are kept."""
    judged = judge(pq.read_table(pairs), truth)
    at, finest = by_threshold(judged, (0.5,))[0], best(judged)
    told = calibration(judged)
    return {
        "pairs": at.pairs,
        "f1_at_half": at.f1,
        "precision_at_half": at.precision,
        "recall_at_half": at.recall,
        "best_f1": finest.f1 if finest else 0.0,
        "best_precision": finest.precision if finest else None,
        "best_recall": finest.recall if finest else 0.0,
        "best_probability": finest.threshold if finest else None,
        "calibration_error": told.error,
    }


def as_json(results: Sequence[CaseResult], machine: Mapping[str, Any]) -> str:
    """Everything that was measured, each run too."""
    cases = [{**asdict(one), "ratios": one.ratios()} for one in results]
    return json.dumps({"machine": machine, "cases": cases}, indent=1) + "\n"
