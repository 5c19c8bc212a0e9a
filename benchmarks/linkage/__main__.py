"""``make bench``: record linkage side by side with Splink 5 and recordlinkage.

Every engine links the same tables by the same rules and levels, each in a process of
its own, in turn, round after round. Prints wall, processor time, memory and F1 with
ratios; leaves ``linkage.json`` and ``linkage.svg``. FEBRL comes first, so that what is
compiled once for all is compiled before the larger tables.

    make bench BENCH=--quick                             under two minutes
    make bench                                           100k × 1M and 1M × 1M, FEBRL
    make bench BENCH="--sizes 100k-10m --rounds 1 --engines crossborder,own"
"""

import argparse
import json
import os
import platform
import shutil
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from benchmarks.linkage import cases, report, results
from benchmarks.linkage.engines import BENCH_PYTHON, ENGINES, ROOT, Engine
from benchmarks.linkage.measuring import measure
from benchmarks.linkage.our_engine import NoEngineError, require_engine

console = Console(width=118, soft_wrap=True, highlight=False)


def main() -> int:
    """Generate, run in turn, evaluate, show; 1 when an engine failed, 2 without one."""
    asked = _arguments()
    engines = [ENGINES[name] for name in asked.engines]
    try:
        if any(engine.ours for engine in engines):
            require_engine()
    except NoEngineError as error:
        print(error, file=sys.stderr)
        return 2
    if "splink" in asked.engines and not BENCH_PYTHON.exists():
        print("Splink's environment is not there: run make bench", file=sys.stderr)
        return 2
    asked.out.mkdir(parents=True, exist_ok=True)
    found = []
    for case in _cases(asked):
        found.append(_measured(case, asked.engines, asked.out))
        report.show(console, found[-1])
        machine = _machine()
        (asked.out / "linkage.json").write_text(results.as_json(found, machine))
        (asked.out / "linkage.svg").write_text(report.chart(found))
    console.print(f"\nWritten to {asked.out}: linkage.json, linkage.svg", markup=False)
    failed = [e for one in found for e in one.engines.values() if e.failed]
    return 1 if failed else 0


def _measured(case: cases.Case, names: list[str], out: Path) -> results.CaseResult:
    truth = results.truth_of(case.truth, one_table=case.one_table)
    reached = results.reached_of(case, truth)
    result = results.CaseResult(case.name, len(truth), reached)
    taking_part = {name: ENGINES[name] for name in names if ENGINES[name].fits(case)}
    for name, engine in taking_part.items():
        result.engines[name] = results.EngineResult(engine.name, engine.ours)
    for number in range(case.rounds):
        for name, engine in taking_part.items():
            told = result.engines[name]
            if not told.failed:
                folder = _fresh(out / "runs" / case.slug / name)
                _one_run(case, engine, folder, told)
                _progress(case, number, told)
                pairs = folder / "pairs.parquet"
                if not told.failed:
                    told.quality = results.quality_of(pairs, truth)
    return result


def _one_run(
    case: cases.Case, engine: Engine, folder: Path, told: results.EngineResult
) -> None:
    try:
        command = engine.ask(case, folder)
    except (OSError, ValueError) as error:
        told.failed = str(error)
        return
    os.environ["PYTHONPATH"] = str(ROOT)
    run = measure(command, folder)
    if run.code:
        told.failed = f"exit {run.code}: {run.said}"
        return
    told.runs.append(run)
    steps = folder / "steps.json"
    if steps.exists():
        told.steps.append(json.loads(steps.read_text()))


def _progress(case: cases.Case, number: int, told: results.EngineResult) -> None:
    said = (
        told.failed.splitlines()[-1]
        if told.failed
        else (
            f"{told.runs[-1].wall:.1f} s, {told.runs[-1].peak_mb:,.0f} MB, load "
            f"{told.runs[-1].load:.1f}"
        )
    )
    console.print(
        f"{case.name}, round {number + 1}, {told.engine}: {said}", markup=False
    )


def _cases(asked: argparse.Namespace):
    data = asked.out / "data"
    shared = {"without": (False,), "with": (True,), "both": (False, True)}
    if asked.febrl:
        yield from cases.febrl_cases(data, asked.rounds)
    for size in asked.sizes:
        yield from cases.people_cases(
            data, size, shared[asked.identifier], asked.rounds
        )


def _machine() -> dict[str, object]:
    model = next(
        (line.split(":", 1)[1].strip() for line in
         Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )  # fmt: skip
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gb": round(memory, 1),
        "python": platform.python_version(),
        "recordlinkage": version("recordlinkage"),
        "splink": "5.0.0, DuckDB 2.0.0 (requirements/bench.txt)",
        "sizes": {name: asdict(size) for name, size in cases.SIZES.items()},
    }


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "--quick", action="store_true", help="10k × 30k and FEBRL, once"
    )
    parser.add_argument("--sizes", default="100k-1m,1m-1m", help=", ".join(cases.SIZES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", default=",".join(ENGINES), help=", ".join(ENGINES))
    parser.add_argument(
        "--identifier", choices=("without", "with", "both"), default="both"
    )
    parser.add_argument("--no-febrl", dest="febrl", action="store_false")
    parser.add_argument("--out", type=Path, default=ROOT / ".cache" / "linkage")
    asked = parser.parse_args()
    if asked.quick:
        asked.sizes, asked.rounds, asked.identifier = "quick", 1, "without"
    asked.sizes = [one for one in asked.sizes.split(",") if one]
    asked.engines = [one for one in ENGINES if one in asked.engines.split(",")]
    unknown = set(asked.sizes) - cases.SIZES.keys()
    if unknown or not asked.engines:
        parser.error(f"no such size or engine: {', '.join(unknown) or 'none named'}")
    asked.out = asked.out.resolve()
    return asked


if __name__ == "__main__":
    sys.exit(main())
