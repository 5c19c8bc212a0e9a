"""A shielded child whose reference changes makes no second record without a shield."""

import csv
import shutil
from pathlib import Path

from night_world import NIGHT_1, NIGHT_2, NIGHT_3, World

from synthetic import damage

PLACING = "330"
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
