"""``make check``: every check runs, then the failures are counted.

``--write`` writes the generated files that the check otherwise compares.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from notifications.loop_page import loop_diagram
from pipeline.errors import ConfigurationError
from pipeline.region import RegionConfig, load_region
from pipeline.rule_book import rule_book
from pipeline.rule_versions import FIXED, rule_versions
from pipeline.run import missing_models
from pipeline.training import training_pairs

REPOSITORY = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ROOMS = (
    "records", "geography", "connectors", "matching", "notifications", "register",
    "synthetic", "pipeline", "portal", "demo", "dags",
)  # fmt: skip
REGION_SCHEMA = REPOSITORY / "config" / "region.schema.json"

console = Console(highlight=False)


def region_schema() -> str:
    """The JSON Schema of a region file, for editors."""
    schema = _ordered(RegionConfig.model_json_schema(by_alias=True))
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "crossborder region file"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _ordered(part: Any, *, default: bool = False) -> Any:
    """The schema with its defaults in order: a set's is another at each start."""
    if isinstance(part, list):
        ordered = [_ordered(one, default=default) for one in part]
        return sorted(ordered, key=str) if default else ordered
    if isinstance(part, dict):
        return {
            key: _ordered(value, default=default or key == "default")
            for key, value in part.items()
        }
    return part


def openapi() -> str:
    """The portal's OpenAPI document, from its own command."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "openapi.json"
        subprocess.run(  # noqa: S603 - our own command
            [str(BIN / "crossborder-portal"), "openapi", "--out", str(out)],
            capture_output=True, check=True, cwd=REPOSITORY,
        )  # fmt: skip
        return out.read_text(encoding="utf-8")


GENERATED: dict[Path, Callable[[], str]] = {
    REGION_SCHEMA: region_schema,
    REPOSITORY / "docs" / "openapi.json": openapi,
    REPOSITORY / "docs" / "lifecycle.md": loop_diagram,
    REPOSITORY / "docs" / "rules.md": rule_book,
    FIXED: rule_versions,
    REPOSITORY / "portal" / "training_pairs.json": training_pairs,
}


def _command(*words: str) -> Callable[[], bool]:
    def check() -> bool:
        done = subprocess.run(  # noqa: S603 - the tools of the lock
            [str(BIN / words[0]), *words[1:]],
            cwd=REPOSITORY, check=False, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            console.print(done.stdout + done.stderr, markup=False)
        return done.returncode == 0

    return check


def _regions_are_good() -> bool:
    good = True
    for path in sorted((REPOSITORY / "config" / "regions").glob("*.yaml")):
        try:
            faults = missing_models(load_region(path))
        except ConfigurationError as error:
            faults = error.faults
        for fault in faults:
            good = False
            console.print(fault, markup=False)
    return good


def _generated_is_fresh() -> bool:
    good = True
    for path, make in GENERATED.items():
        if not path.exists() or path.read_text(encoding="utf-8") != make():
            good = False
            console.print(f"{path.relative_to(REPOSITORY)} is stale: run make docs")
    return good


CHECKS: dict[str, Callable[[], bool]] = {
    "format": _command("ruff", "format", "--no-cache", "--check", "."),
    "lint": _command("ruff", "check", "--no-cache", "."),
    "types": _command("mypy", *ROOMS),
    "import contracts": _command("lint-imports"),
    "region files": _regions_are_good,
    "generated files": _generated_is_fresh,
}


def main() -> int:
    """Runs all checks; the number that failed decides the exit code."""
    if sys.argv[1:] == ["--write"]:
        for path, make in GENERATED.items():
            path.write_text(make(), encoding="utf-8")
            console.print(f"wrote {path.relative_to(REPOSITORY)}")
        return 0
    failed = []
    for name, check in CHECKS.items():
        good = check()
        console.print(f"{'✓' if good else '✗'} {name}")
        if not good:
            failed.append(name)
    if failed:
        console.print(f"{len(failed)} of {len(CHECKS)} failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
