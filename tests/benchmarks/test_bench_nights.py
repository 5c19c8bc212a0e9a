"""The benchmark of nights runs, and its next night finds what a full search finds."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa

from benchmarks.nights.people import changed, people

ROOT = Path(__file__).parents[2]


def test_it_shows_three_nights_and_finds_no_difference():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.nights", "--children", "60",
         "--nominals", "3000", "--changed", "0.05"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "of 60 children were searched for anew" in done.stdout
    assert not (ROOT / "errors.txt").exists()


def test_a_night_on_a_tenth_of_the_records_are_new_changed_or_gone(tmp_path):
    _, nominals = people(tmp_path, 20, 1000)
    later = changed(nominals, 0.1, 3)

    def hashes(table: pa.Table) -> set[str]:
        return set(table.column("content_hash").to_pylist())

    assert len(hashes(nominals) - hashes(later)) >= 70
    assert later.num_rows == 1000
    assert len(set(later.column("record_ref").to_pylist())) == 1000
