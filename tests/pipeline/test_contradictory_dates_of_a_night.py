"""An authority whose files contradict themselves is asked to mend them until it has."""

import csv
import sqlite3
from pathlib import Path

from night_world import NIGHT_1, NIGHT_2, NIGHT_3, World

from synthetic import damage

PLACING = "860"
LONG_AGO = "01/02/2019"

Episodes = dict[str, list[dict[str, str]]]


def episodes(folder: Path) -> Episodes:
    found: Episodes = {}
    with (folder / "episodes.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["CHILD"], []).append(row)
    return found


def write(folder: Path, given: Episodes) -> None:
    rows = [row for some in given.values() for row in some]
    with (folder / "episodes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    damage.vouch_again(folder)


def settled(world: World, night) -> list[str]:
    """The children whom the force knows and of whom nothing changes these nights."""
    nights = (NIGHT_1, NIGHT_2, NIGHT_3)
    told = [episodes(world.inbox / PLACING / date) for date in nights]
    known = {
        row["child_ref"]
        for row in night.rows("decisions")
        if row["placing_la"] == PLACING and row["state"] == "known_at_placement"
    }
    return [
        child
        for child, rows in sorted(told[0].items())
        if child in known and all(rows == later.get(child) for later in told[1:])
    ]


def moved(rows: list[dict[str, str]]) -> bool:
    """Whether the last two episodes are a move, from day to day."""
    return len(rows) > 1 and rows[-1]["RNE"] == "P" and (
        rows[-2]["DEC"] == rows[-1]["DECOM"]
    )  # fmt: skip


def tasks(world: World, children: set[str]) -> list[tuple[str, str, str | None]]:
    """The data tasks about children: which rule names them now, and when met."""
    with sqlite3.connect(world.workspace / "demo" / "register.db") as register:
        rows = register.execute(
            "SELECT p.child_ref, json_extract(o.body, '$.rule.id'), o.met_on "
            "FROM obligation o JOIN placement p USING (placement_ref) "
            "WHERE o.until IS NULL AND o.kind = 'data_task' AND o.owed_by = ?",
            [PLACING],
        ).fetchall()
    return sorted(row for row in rows if row[0] in children)


def test_the_placing_authority_is_asked_and_the_task_is_met_when_the_dates_are_mended(
    world: World,
):
    chosen = settled(world, world.run(NIGHT_1, "--no-publish"))
    folder = world.inbox / PLACING / NIGHT_2
    given = episodes(folder)
    left_open = next(child for child in chosen if moved(given[child]))
    backwards = next(child for child in chosen if child != left_open)
    children = {left_open, backwards}
    assert tasks(world, children) == []

    given[left_open][-2] |= {"DEC": "", "REC": ""}
    given[backwards][-1] |= {"DEC": LONG_AGO, "REC": "X1"}
    write(folder, given)
    nights = [world.run(NIGHT_2, "--no-publish")]
    assert tasks(world, children) == sorted(
        [
            (left_open, "data.two-open", None),
            (backwards, "data.ends-before-start", None),
        ]
    )
    nights.append(world.run(NIGHT_3, "--no-publish"))
    assert [(child, met) for child, _, met in tasks(world, children)] == [
        (child, NIGHT_3) for child in sorted(children)
    ]
    for night in nights:
        assert night.summary["extracts"][PLACING]["outcome"] == "usable", night.output
        told = {row["child_ref"] for row in night.rows("notifications")}
        assert not told & children
