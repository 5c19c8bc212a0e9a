"""Recipients who type in what they were told, and those who do not."""

import csv
import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from synthetic_examples import Made

from connectors.config import SourceConfig
from connectors.extract import read_extract
from records.verdicts import ExtractOutcome
from synthetic.recording import Told, record_tokens

FORCE, HOST = "E23000014", "330"
ONE = Told(
    token="XB-1", placing_la="860", child_ref="C1", forename="Ann", surname="Oakthorn",
    dob=dt.date(2011, 5, 6), sex="F", postcode="B1 1AA", start=dt.date(2026, 11, 20),
)  # fmt: skip


def many(count: int) -> list[Told]:
    return [replace(ONE, token=f"XB-{number}") for number in range(count)]


@pytest.fixture
def folder(small: Made, tmp_path: Path):
    def copy(authority: str) -> Path:
        given = small.folder(authority, 1)
        return Path(shutil.copytree(given, tmp_path / authority / given.name))

    return copy


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def outcome(folder: Path, authority: str, kind: str) -> ExtractOutcome:
    on = dt.date.fromisoformat(folder.name)
    source = SourceConfig(kind=kind)
    return read_extract(source, authority, folder, on, None).verdict.outcome


def test_a_force_that_does_not_know_the_child_makes_a_record(folder) -> None:
    there = folder(FORCE)
    before = {name: len(rows(there, name)) for name in ("nominals", "flags")}
    assert record_tokens(there, many(40), unrecorded=0) == 40
    made = [row for row in rows(there, "nominals") if row["surname"] == "Oakthorn"]
    assert len(made) == 40
    flagged = {row["nominal_ref"] for row in rows(there, "flags")}
    full = [row for row in made if row["nominal_ref"] in flagged]
    assert 20 <= len(full) < 40
    assert len(rows(there, "nominals")) == before["nominals"] + 40
    assert len(rows(there, "flags")) == before["flags"] + len(full)
    assert outcome(there, FORCE, "police-pole") is ExtractOutcome.USABLE


def test_a_force_that_knows_the_child_adds_to_its_record(folder) -> None:
    there = folder(FORCE)
    held = rows(there, "nominals")[3]
    record_tokens(there, [replace(ONE, own_refs=(held["nominal_ref"],))], unrecorded=0)
    after = rows(there, "nominals")[3]
    assert after["external_refs"].split(";")[-1] == "XB-1"
    assert len(rows(there, "nominals")) == len({r["nominal_ref"] for r in rows(
        there, "nominals")})  # fmt: skip


def test_to_play_twice_changes_nothing(folder) -> None:
    there = folder(FORCE)
    record_tokens(there, many(30), unrecorded=0.3)
    once = (there / "nominals.csv").read_bytes(), (there / "flags.csv").read_bytes()
    record_tokens(there, many(30), unrecorded=0.3)
    again = (there / "nominals.csv").read_bytes(), (there / "flags.csv").read_bytes()
    assert once == again


def test_a_share_is_left_unrecorded_and_the_same_on_every_night(folder) -> None:
    borne = record_tokens(folder(FORCE), many(100), unrecorded=0.3)
    assert 55 <= borne <= 85


def test_a_host_authority_notes_the_token_in_its_register(folder) -> None:
    there = folder(HOST)
    entry = rows(there, "children_placed_here")[0]
    known = Told(
        token="XB-9", placing_la=entry["placing_la"], child_ref="?",
        forename=entry["child_forename"], surname=entry["child_surname"],
        dob=dt.date.fromisoformat(entry["dob"]),
        start=dt.date.fromisoformat(entry["start"]),
    )  # fmt: skip
    assert record_tokens(there, [known, ONE], unrecorded=0) == 2
    after = rows(there, "children_placed_here")
    assert after[0]["external_refs"] == "XB-9"
    assert after[-1]["external_refs"] == "XB-1"
    assert outcome(there, HOST, "ssd-csv") is ExtractOutcome.USABLE


def test_an_authority_without_a_register_records_nothing(folder) -> None:
    there = folder("334")
    before = json.loads((there / "manifest.json").read_text())
    assert record_tokens(there, [ONE], unrecorded=0) == 0
    assert json.loads((there / "manifest.json").read_text()) == before
