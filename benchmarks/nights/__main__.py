"""``make bench-nights``: a night of which one record in a hundred is new or changed.

One force's nominals and the children placed in its area, as encrypted PERSONS. Three
processes, each from its start: a *full* search of the changed tables, the *first*
night, which keeps what it came to, and the *next*, which carries on from that. The next
must leave the full search's pairs, byte for byte.
"""

import argparse
import json
import secrets
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.linkage.measuring import Measured, measure

ROOT = Path(__file__).parents[2]
_TARGET = 0.08
_STEPS = ("full", "first", "next")
_FLOOR = 0.001
"""The candidate floor of the regions' files."""


def main() -> int:
    """Makes the tables, runs the three and shows them; 1 if the pairs differ."""
    asked = _arguments()
    if asked.step:
        _step(asked.step, asked.folder)
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-nights-") as name:
        folder = Path(name)
        _prepare(folder, asked)
        found = {step: _measured(step, folder) for step in _STEPS}
        full, carried = (
            _vault(folder).read(folder / f"{step}.parquet") for step in ("full", "next")
        )
        said = json.loads((folder / "next.json").read_text())
    _show(found, asked, said)
    if not carried.equals(full):
        print("The next night's pairs are NOT the full search's", file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-nights", description=__doc__)
    parser.add_argument("--children", type=int, default=1_000)
    parser.add_argument("--nominals", type=int, default=1_000_000)
    parser.add_argument("--changed", type=float, default=0.01, help="share of either")
    parser.add_argument("--step", choices=_STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _vault(folder: Path):
    from pipeline.vault import Vault

    return Vault((folder / "key").read_bytes())


def _prepare(folder: Path, asked: argparse.Namespace) -> None:
    from benchmarks.nights.people import changed, people

    (folder / "key").write_bytes(secrets.token_bytes(32))
    vault = _vault(folder)
    tables = people(folder, asked.children, asked.nominals)
    for seed, name, table in zip((7, 8), ("children", "nominals"), tables, strict=True):
        vault.write(table, folder / f"{name}.first.parquet")
        later = changed(table, asked.changed, seed)
        vault.write(later, folder / f"{name}.next.parquet")
    print(f"{asked.children:,} children, {asked.nominals:,} nominals", flush=True)


def _measured(step: str, folder: Path) -> Measured:
    command = [
        "env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "benchmarks.nights",
        "--step", step, "--folder", str(folder),
    ]  # fmt: skip
    found = measure(command, folder)
    if found.code:
        raise RuntimeError(f"{step}: {found.said}")
    print(f"{step}: {found.wall:.1f} s", flush=True)
    return found


def _step(step: str, folder: Path) -> None:
    """One process's work: reads the tables, searches, writes the pairs."""
    from matching.absent import leave_pandas_out
    from matching.model import Model
    from pipeline.kept import Kept, Searches, make_ready

    leave_pandas_out()
    vault = _vault(folder)
    model = Model.load(max((ROOT / "config" / "models").glob("children-*.json")))
    night = "first" if step == "first" else "next"
    with ThreadPoolExecutor(1) as pool:
        ready = pool.submit(make_ready)
        left, right = (
            vault.read(folder / f"{name}.{night}.parquet")
            for name in ("children", "nominals")
        )
        ready.result()
    said = {}
    if step == "full":
        from matching.fast import link

        pairs = link(left, right, model, _FLOOR)
    else:
        before = None
        if step == "next":
            left_over = json.loads((folder / "first.json").read_text())
            before = Kept(folder / "kept.first", vault, left_over)
        made = Kept(folder / f"kept.{step}", vault, {})
        searches = Searches(before, made, _FLOOR)
        index = searches.index("nominals", right)
        pairs = searches.link("children", left, index, model)
        made.wait()
        said = {**made.made_by, "searched_for": searches.counts["searched_for_anew"]}
    (folder / f"{step}.json").write_text(json.dumps(said))
    vault.write(pairs, folder / f"{step}.parquet")


def _show(
    found: dict[str, Measured], asked: argparse.Namespace, said: dict[str, object]
) -> None:
    table = Table("night", "wall", "processor", "memory", "of the full search")
    for step, one in found.items():
        share = one.wall / found["full"].wall
        table.add_row(
            step, f"{one.wall:.1f} s", f"{one.cpu:.1f} s", f"{one.peak_mb:,.0f} MB",
            f"{share:.1%}" + (f" (target {_TARGET:.0%})" if step == "next" else ""),
        )  # fmt: skip
    console = Console(width=88, highlight=False)
    console.print(table)
    console.print(
        f"{said['searched_for']} of {asked.children:,} children were searched for anew"
    )


if __name__ == "__main__":
    sys.exit(main())
