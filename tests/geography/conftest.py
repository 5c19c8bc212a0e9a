"""The real directory, made once for a test session by two processes at one time."""

import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from geography import compaction
from geography.postcodes import Geography

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = """
import logging, sys
from pathlib import Path
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
from geography.postcodes import Geography
print(Geography.load(Path(sys.argv[1])).place("CV7 8QZ").la)
"""


@dataclass(frozen=True, slots=True)
class Built:
    cache: Path
    outputs: list[str]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The cache folder that two processes have just made together."""
    cache = tmp_path_factory.mktemp("reference") / "made" / "on demand"
    command = [sys.executable, "-W", "error", "-c", BUILD, str(cache)]
    processes = [
        subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=240)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return Built(cache, outputs)


@pytest.fixture(scope="session")
def geography(built: Built) -> Geography:
    return Geography.load(built.cache)


@pytest.fixture
def small_package(monkeypatch: pytest.MonkeyPatch) -> list[pd.DataFrame]:
    """Stands in for the package: its letters are the frames of this list."""
    letters = [
        pd.DataFrame(
            {
                "pcd": ["B1  1AA", "B46 3HU"],
                "oseast1m": [406649.0, 420046.0],
                "osnrth1m": [286530.0, 284906.0],
                "laua": ["E08000025", "E08000029"],
            }
        )
    ]
    monkeypatch.setattr(compaction, "_installed_letters", lambda: iter(letters))
    logging.getLogger("geography").setLevel(logging.INFO)
    return letters
