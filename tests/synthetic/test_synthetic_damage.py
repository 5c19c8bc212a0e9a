"""Each way of spoiling an extract spoils just that."""

import csv
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from synthetic_examples import Made

from synthetic import damage

Spoil = Callable[[Path], None]


@pytest.fixture
def extract(small: Made, tmp_path: Path) -> Path:
    """A force's extract to spoil; the original is left alone."""
    return Path(shutil.copytree(small.folder("E23000015"), tmp_path / "extract"))


def vouched_for(folder: Path) -> dict[str, bool]:
    """Whether the manifest's hash is each file's; a missing file's is not."""
    manifest = json.loads((folder / "manifest.json").read_text())
    return {
        entry["name"]: (folder / entry["name"]).exists()
        and hashlib.sha256((folder / entry["name"]).read_bytes()).hexdigest()
        == entry["sha256"]
        for entry in manifest["files"]
    }


SPOILS_THE_FILE: dict[str, Spoil] = {
    "cut short": lambda folder: damage.truncate(folder, "nominals.csv"),
    "rows left out": lambda folder: damage.drop_rows(folder, "nominals.csv"),
    "taken away": lambda folder: damage.drop(folder, "nominals.csv"),
    "emptied": lambda folder: damage.empty(folder, "nominals.csv"),
    "header only": lambda folder: damage.header_only(folder, "nominals.csv"),
    "wrongly encoded": lambda folder: damage.wrong_encoding(folder, "nominals.csv"),
    "without a column": lambda folder: damage.without_column(
        folder, "nominals.csv", "dob"
    ),
    "promised otherwise": lambda folder: damage.wrong_hash(folder, "nominals.csv"),
}


@pytest.mark.parametrize("how", SPOILS_THE_FILE)
def test_the_manifest_no_longer_vouches_for_that_file_alone(
    extract: Path, how: str
) -> None:
    assert all(vouched_for(extract).values())
    SPOILS_THE_FILE[how](extract)
    spoilt = [name for name, good in vouched_for(extract).items() if not good]
    assert spoilt == ["nominals.csv"]


@pytest.mark.parametrize("how", sorted(set(SPOILS_THE_FILE) - {"promised otherwise"}))
def test_a_new_manifest_vouches_for_the_spoilt_file(extract: Path, how: str) -> None:
    SPOILS_THE_FILE[how](extract)
    damage.vouch_again(extract)
    assert all(vouched_for(extract).values())


def rows(folder: Path) -> list[list[str]]:
    with (folder / "nominals.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def test_dropping_rows_keeps_whole_ones(extract: Path) -> None:
    whole = rows(extract)
    damage.drop_rows(extract, "nominals.csv", 0.9)
    assert rows(extract) == whole[: 1 + (len(whole) - 1) // 10]
    damage.vouch_again(extract)
    entries = json.loads((extract / "manifest.json").read_text())["files"]
    promised = {entry["name"]: entry["rows"] for entry in entries}
    assert promised["nominals.csv"] == (len(whole) - 1) // 10


def test_a_column_goes_with_its_values(extract: Path) -> None:
    whole = rows(extract)
    damage.without_column(extract, "nominals.csv", "dob")
    at = whole[0].index("dob")
    assert rows(extract) == [row[:at] + row[at + 1 :] for row in whole]


def test_the_wrong_encoding_cannot_be_read_as_the_right_one(extract: Path) -> None:
    damage.wrong_encoding(extract, "flags.csv")
    with pytest.raises(UnicodeDecodeError):
        (extract / "flags.csv").read_text(encoding="utf-8")


MANIFEST_ONLY: dict[str, tuple[Spoil, str, object]] = {
    "stale": (damage.stale, "latest_event_at", "2026-11-16T23:58:00Z"),
    "incomplete": (damage.incomplete, "complete", False),
    "of another day": (damage.of_another_day, "business_date", "2026-11-21"),
}


@pytest.mark.parametrize("how", MANIFEST_ONLY)
def test_a_manifest_can_be_spoilt_by_itself(extract: Path, how: str) -> None:
    spoil, key, value = MANIFEST_ONLY[how]
    before = json.loads((extract / "manifest.json").read_text())
    spoil(extract)
    after = json.loads((extract / "manifest.json").read_text())
    assert after == {**before, key: value}
    assert all(vouched_for(extract).values())


def test_a_row_count_can_be_wrong_under_a_right_hash(extract: Path) -> None:
    damage.wrong_row_count(extract, "roles.csv")
    entries = json.loads((extract / "manifest.json").read_text())["files"]
    promised = {entry["name"]: entry["rows"] for entry in entries}
    with (extract / "roles.csv").open(encoding="utf-8", newline="") as lines:
        assert promised["roles.csv"] == len(list(csv.DictReader(lines))) + 1
    assert all(vouched_for(extract).values())


def test_the_manifest_can_be_missing(extract: Path) -> None:
    damage.without_manifest(extract)
    assert not (extract / "manifest.json").exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: damage.drop(folder, "none.csv"),
        lambda folder: damage.truncate(folder, "none.csv"),
        lambda folder: damage.wrong_hash(folder, "none.csv"),
        lambda folder: damage.without_column(folder, "nominals.csv", "shoe_size"),
    ],
)
def test_what_is_not_there_cannot_be_spoilt(extract: Path, spoil: Spoil) -> None:
    with pytest.raises(damage.NothingToDamageError):
        spoil(extract)
