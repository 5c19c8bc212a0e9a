"""Airflow as a scheduler would start it: its own process, its own home."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Airflow:
    """A home with a migrated database."""

    home: Path
    dags: Path = REPOSITORY / "dags"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AIRFLOW", "CROSSBORDER", "PYTEST"))
        }
        return {
            **kept,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            **more,
        }

    def command(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(BIN / "airflow"), *words],
            env=self.environment(**more), capture_output=True, text=True, check=False,
            cwd=self.home,
        )  # fmt: skip

    def python(self, code: str) -> object:
        """What a script prints as JSON on its last line."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=self.environment(), capture_output=True, text=True, check=False,
            cwd=self.home,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])
