"""The engines side by side: how each is asked to link a case."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.linkage import our_engine
from benchmarks.linkage.cases import HERE, Case
from benchmarks.linkage.rules import plain_rules, write_job

ROOT = HERE.parents[1]
BENCH_PYTHON = ROOT / ".venv-bench" / "bin" / "python"

Ask = Callable[[Case, Path], list[str]]
"""For a case and an empty folder: the command that leaves ``pairs.parquet`` there."""


@dataclass(frozen=True)
class Engine:
    """One way to link."""

    name: str
    ask: Ask
    ours: bool = False
    fits: Callable[[Case], bool] = lambda _: True


def _splink(case: Case, out: Path) -> list[str]:
    job = _job(case, out)
    return [str(BENCH_PYTHON), str(HERE / "splink_engine.py"), str(job)]


def _recordlinkage(case: Case, out: Path) -> list[str]:
    module = "benchmarks.linkage.recordlinkage_engine"
    return [sys.executable, "-m", module, str(_job(case, out))]


def _ours(case: Case, out: Path) -> list[str]:
    models = out.parent / "model"
    shutil.rmtree(models, ignore_errors=True)  # of an earlier run
    models.mkdir()
    return our_engine.link_command(case, case.spec, out, ["--save-model", models])


def _scoring(case: Case, out: Path) -> list[str]:
    model = our_engine.kept_model(out.parent / "model")
    return our_engine.link_command(case, case.spec, out, ["--model", model])


def _own(case: Case, out: Path) -> list[str]:
    return our_engine.link_command(case, case.own or case.spec, out)


def _job(case: Case, out: Path) -> Path:
    return write_job(
        out / "job.json",
        rules=plain_rules(case.spec),
        tables=case.tables,
        training=case.training,
        out=out / "pairs.parquet",
        steps=out / "steps.json",
    )


ENGINES = {
    "crossborder": Engine("crossborder", _ours, ours=True),
    "scoring": Engine("crossborder, model given", _scoring, ours=True),
    "own": Engine("crossborder, own rules", _own, ours=True,
                  fits=lambda case: case.own is not None),
    "splink": Engine("Splink 5", _splink),
    "recordlinkage": Engine("recordlinkage", _recordlinkage,
                            fits=lambda case: case.small),
}  # fmt: skip
"""In the order of each round."""
