"""``crossborder link`` and ``dedupe`` as anybody runs them: cold processes."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.linkage.cases import Case

COMMAND = Path(sys.executable).parent / "crossborder"


class NoEngineError(RuntimeError):
    """This build has no command that links."""


def require_engine() -> None:
    """Says at once when there is nothing of ours to measure.

    Raises:
        NoEngineError: ``crossborder link`` is not a command of this build.
    """
    asked = subprocess.run(  # noqa: S603 - our own command
        [COMMAND, "link", "--help"], capture_output=True, check=False
    )
    if asked.returncode:
        raise NoEngineError(
            "crossborder has no command `link` in this build, so there is nothing of "
            "ours to measure; measure the peers alone with "
            "--engines splink,recordlinkage"
        )


def link_command(
    case: Case, spec: Path, out: Path, more: Sequence[str | Path] = ()
) -> list[str]:
    """The words that link or de-duplicate a case into ``out/pairs.parquet``."""
    words: list[str | Path] = [COMMAND, "dedupe" if case.one_table else "link", spec]
    if case.one_table:
        words += ["--input", case.tables[0], "--clusters", out / "clusters.parquet"]
    else:
        words += ["--left", case.tables[0], "--right", case.tables[1]]
    words += ["--out", out / "pairs.parquet", "--timings", out / "steps.json", *more]
    return [str(word) for word in words]


def kept_model(folder: Path) -> Path:
    """The model that an earlier run left in a folder.

    Raises:
        FileNotFoundError: there is none.
    """
    models = sorted(folder.glob("*.json"))
    if not models:
        raise FileNotFoundError(f"{folder}: the run with --save-model left no model")
    return models[-1]
