"""What is written for an authority is what the connectors read of it."""

import datetime as dt
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from synthetic_examples import Made

from connectors.config import SourceConfig
from connectors.extract import Extract, read_extract
from connectors.picture import Picture
from records.dates import age_on
from records.verdicts import ExtractOutcome
from synthetic import damage

AUTHORITIES = ("330", "334", "860", "861", "E23000014", "E23000015")


@pytest.fixture(scope="session")
def read(small: Made) -> Callable[[str, int], Extract]:
    """An authority's extract of a night, merged with those of the nights before."""

    @cache
    def reading(authority: str, night: int) -> Extract:
        date = small.spec.dates[night]
        previous = None
        if night:
            before = small.spec.dates[night - 1]
            previous = Picture(reading(authority, night - 1).tables, before)
        source = SourceConfig(kind=small.spec.authority(authority).format)
        folder = small.folder(authority, night)
        return read_extract(source, authority, folder, date, previous)

    return reading


@pytest.mark.parametrize("authority", AUTHORITIES)
def test_every_extract_is_usable_and_no_row_is_rejected(
    small: Made, read: Callable[[str, int], Extract], authority: str
) -> None:
    for night in range(small.spec.nights):
        extract = read(authority, night)
        assert extract.verdict.outcome is ExtractOutcome.USABLE
        assert extract.rejects == ()
        assert all(file.rows == file.accepted for file in extract.verdict.files)


@pytest.mark.parametrize("authority", AUTHORITIES[:4])
def test_the_current_placements_read_are_those_of_the_truth(
    small: Made, read: Callable[[str, int], Extract], authority: str
) -> None:
    for night, date in enumerate(small.spec.dates):
        tables = read(authority, night).tables
        adults = {
            row["child_ref"]
            for row in tables["children"].to_pylist()
            if row["dob"] and age_on(row["dob"], date) >= 18
        }
        found = {
            (row["child_ref"], row["start"], row["place_code"], row["postcode"])
            for row in tables["placements"].to_pylist()
            if row["end"] is None and row["child_ref"] not in adults
        }
        true = {
            (
                row["child_ref"],
                row["placement_start"],
                row["place_code"],
                row["postcode"],
            )
            for row in small.placements(night)
            if row["placing_la"] == authority
        }
        assert found == true


def test_what_is_purged_and_what_is_absent_is_read_as_such(
    small: Made, read: Callable[[str, int], Extract]
) -> None:
    told = {
        (row["night"], row["authority"], row["child_ref"]): row["change"]
        for row in small.true("changes")
    }
    purged, absent = set(), set()
    for authority in AUTHORITIES[:4]:
        for night, date in enumerate(small.spec.dates):
            tables = read(authority, night).tables
            purged |= keys(date, tables["purges"].to_pylist(), "child_ref")
            missing = [
                row
                for row in tables["absences"].to_pylist()
                if row["table"] == "children"
            ]
            absent |= keys(date, missing, "record_ref")
    assert purged == {
        (date, authority, ref)
        for (date, authority, ref), change in told.items()
        if change in {"purged_child", "purged_placement"}
    }
    assert absent == {
        (date, authority, ref)
        for (date, authority, ref), change in told.items()
        if change == "absent_from_snapshot"
    }


def keys(
    date: dt.date, rows: list[dict[str, object]], ref: str
) -> set[tuple[dt.date, object, object]]:
    return {(date, row["authority"], row[ref]) for row in rows}


def test_all_nominals_are_read(
    small: Made, read: Callable[[str, int], Extract]
) -> None:
    for force in small.spec.forces:
        tables = read(force.code, 0).tables
        assert {row["nominal_ref"] for row in tables["nominals"].to_pylist()} == {
            row["nominal_ref"]
            for row in small.true("nominals")
            if row["authority"] == force.code
            and row["first_night"] == small.spec.first_date
        }


DAMAGE: dict[str, Callable[[Path], None]] = {
    "truncated": lambda folder: damage.truncate(folder, "nominals.csv"),
    "wrong hash": lambda folder: damage.wrong_hash(folder, "nominals.csv"),
    "wrong row count": lambda folder: damage.wrong_row_count(folder, "nominals.csv"),
    "dropped": lambda folder: damage.drop(folder, "nominals.csv"),
    "emptied": lambda folder: damage.empty(folder, "nominals.csv"),
    "wrong encoding": lambda folder: damage.wrong_encoding(folder, "nominals.csv"),
    "without a column": lambda folder: damage.without_column(
        folder, "nominals.csv", "surname"
    ),
    "stale": damage.stale,
    "incomplete": damage.incomplete,
    "of another day": damage.of_another_day,
    "without its manifest": damage.without_manifest,
}
VOUCHED_FOR = ("dropped", "emptied", "wrong encoding", "without a column")


def reread(small: Made, folder: Path) -> Extract:
    source = SourceConfig(kind="police-pole")
    return read_extract(source, "E23000015", folder, small.spec.first_date, None)


@pytest.mark.parametrize("how", DAMAGE)
def test_no_damaged_police_extract_is_usable(
    small: Made, tmp_path: Path, how: str
) -> None:
    folder = Path(shutil.copytree(small.folder("E23000015"), tmp_path / "extract"))
    assert reread(small, folder).verdict.usable
    DAMAGE[how](folder)
    assert not reread(small, folder).verdict.usable


@pytest.mark.parametrize("how", VOUCHED_FOR)
def test_nor_is_one_whose_manifest_vouches_for_the_damage(
    small: Made, tmp_path: Path, how: str
) -> None:
    folder = Path(shutil.copytree(small.folder("E23000015"), tmp_path / "extract"))
    DAMAGE[how](folder)
    damage.vouch_again(folder)
    assert not reread(small, folder).verdict.usable
