"""A shielded child whose reference changes makes no second record without a shield."""

import csv
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from night_world import NIGHT_1, NIGHT_2, NIGHT_3, World

from synthetic import damage

PLACING = "330"
FAILED = 1
NIGHT_4, WEEKS_LATER = "2026-11-25", "2026-12-28"


def rename(folder: Path, child: str, new: str):
    """The authority gives the child another reference, and forgets to protect it."""
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        if path.name == "protected.csv":
            rows = [row for row in rows if child not in row]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [new if cell == child else cell for cell in row] for row in rows
            )
    damage.vouch_again(folder)


def rules(night):
    """By child: the rule that gave its state."""
    return {
        row["child_ref"]: row["reason"].partition(":")[0]
        for row in night.rows("decisions")
        if row["placing_la"] == PLACING
    }


def protect(folder: Path, child: str):
    path = folder / "protected.csv"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{child},2026-01-01,,,\n")
    damage.vouch_again(folder)


def test_a_new_reference_of_a_protected_child_is_shielded_too(world: World):
    first = rules(world.run(NIGHT_1, "--no-publish"))
    child = min(ref for ref, rule in first.items() if rule.startswith("known."))
    protect(world.inbox / PLACING / NIGHT_2, child)
    assert rules(world.run(NIGHT_2, "--no-publish"))[child] == "shield.protected"
    rename(world.inbox / PLACING / NIGHT_3, child, "RENAMED")
    third = world.run(NIGHT_3, "--no-publish")
    assert rules(third)["RENAMED"] == "shield.twin"
    assert "RENAMED" not in {row["child_ref"] for row in third.rows("notifications")}


def renamed(folder: Path, child: str):
    path = folder / "ssd_person.csv"
    rows = [line.split(",") for line in path.read_text().splitlines()]
    for row in rows:
        if row[0] == child:
            row[1], row[2] = "Otherwise", "Called"
    path.write_text("".join(",".join(row) + "\n" for row in rows))
    damage.vouch_again(folder)


def test_a_second_record_stays_shielded_under_another_name(world: World):
    first = rules(world.run(NIGHT_1, "--no-publish"))
    child = min(ref for ref, rule in first.items() if rule.startswith("known."))
    protect(world.inbox / PLACING / NIGHT_2, child)
    world.run(NIGHT_2, "--no-publish")
    inbox = world.inbox / PLACING
    rename(inbox / NIGHT_3, child, "RENAMED")
    assert rules(world.run(NIGHT_3, "--no-publish"))["RENAMED"] == "shield.twin"
    shutil.copytree(inbox / NIGHT_3, inbox / NIGHT_4)
    renamed(inbox / NIGHT_4, "RENAMED")
    (inbox / NIGHT_4 / "manifest.json").unlink()
    fourth = world.run(NIGHT_4, "--no-publish")
    assert fourth.summary["extracts"][PLACING]["outcome"] == "usable", fourth.output
    assert rules(fourth)["RENAMED"] == "shield.twin"


def test_weeks_later_a_night_run_again_still_has_the_shields(world: World):
    first = rules(world.run(NIGHT_1, "--no-publish"))
    child = min(ref for ref, rule in first.items() if rule.startswith("known."))
    protect(world.inbox / PLACING / NIGHT_2, child)
    world.run(NIGHT_2, "--no-publish")
    inbox = world.inbox / PLACING
    shutil.copytree(inbox / NIGHT_3, inbox / WEEKS_LATER)
    rename(inbox / WEEKS_LATER, child, "RENAMED")
    (inbox / WEEKS_LATER / "manifest.json").unlink()
    for _ in range(2):
        assert rules(world.run(WEEKS_LATER, "--no-publish"))["RENAMED"] == "shield.twin"


def test_a_new_reference_and_another_name_at_once_are_the_same_child(world: World):
    first = rules(world.run(NIGHT_1, "--no-publish"))
    people = {
        line.split(",")[0]: line.split(",")
        for line in (world.inbox / PLACING / NIGHT_1 / "ssd_person.csv")
        .read_text()
        .splitlines()
    }
    child = min(
        ref
        for ref, rule in first.items()
        if rule.startswith("known.") and people[ref][7]
    )
    protect(world.inbox / PLACING / NIGHT_2, child)
    world.run(NIGHT_2, "--no-publish")
    rename(world.inbox / PLACING / NIGHT_3, child, "RENAMED")
    renamed(world.inbox / PLACING / NIGHT_3, "RENAMED")
    assert rules(world.run(NIGHT_3, "--no-publish"))["RENAMED"] == "shield.twin"


# --- what the register remembers, whatever becomes of the workspace ----------------


@pytest.fixture
def apart(world: World) -> World:
    """The register lies elsewhere than the workspace, and what a snapshot of Birmingham
    lacks leaves the picture at once: only memory can shield."""
    region = yaml.safe_load(world.region.read_text())
    source = region["authorities"][PLACING]["source"]
    source["expectations"] = {"keep_absent_nights": 0}
    world.configure(
        authorities=region["authorities"],
        register={"url_env": "CROSSBORDER_REGISTER_URL"},
    )
    url = f"sqlite:///{world.folder / 'elsewhere' / 'register.db'}"
    world.environment["CROSSBORDER_REGISTER_URL"] = url
    return world


def lose_workspace(world: World, backup: Path):
    """Everything is gone but the postcodes, which are made from a package."""
    shutil.move(world.workspace, backup)
    shutil.copytree(backup / "reference", world.workspace / "reference")


def restore_pictures(world: World, backup: Path):
    for picture in (backup / "demo").glob("*/*/extract"):
        shutil.copytree(picture, world.workspace / picture.relative_to(backup))


def test_a_shield_and_a_second_record_outlive_the_workspace(apart: World, tmp_path):
    first = rules(apart.run(NIGHT_1, "--no-publish"))
    child = min(ref for ref, rule in first.items() if rule.startswith("known."))
    protect(apart.inbox / PLACING / NIGHT_2, child)
    assert rules(apart.run(NIGHT_2, "--no-publish"))[child] == "shield.protected"
    inbox = apart.inbox / PLACING
    rename(inbox / NIGHT_3, child, "RENAMED")
    shutil.copytree(inbox / NIGHT_3, inbox / NIGHT_4)
    renamed(inbox / NIGHT_4, "RENAMED")
    (inbox / NIGHT_4 / "manifest.json").unlink()
    for date in (NIGHT_3, NIGHT_4):
        lose_workspace(apart, tmp_path / date)
        restore_pictures(apart, tmp_path / date)
        night = apart.run(date, "--no-publish")
        assert night.summary["extracts"][PLACING]["outcome"] == "usable", night.output
        assert child not in rules(night)
        assert rules(night)["RENAMED"] == "shield.twin"
        told = {row["child_ref"] for row in night.rows("notifications")}
        assert "RENAMED" not in told


def test_a_night_whose_pictures_are_lost_stops_and_tells_nobody(apart: World, tmp_path):
    apart.run(NIGHT_1, "--no-publish")
    lose_workspace(apart, tmp_path / "backup")
    second = apart.run(NIGHT_2, "--no-publish")
    assert second.exit_code == FAILED
    assert "restore them" in second.output
    with closing(sqlite3.connect(apart.folder / "elsewhere/register.db")) as register:
        nights = register.execute("SELECT business_date FROM run").fetchall()
    assert nights == [(NIGHT_1,)]
