"""Four sources on each placement, over two nights of a synthetic region."""

import shutil
import sqlite3
from contextlib import closing

import pyarrow.parquet as pq
import pytest
import yaml
from http_portal import http_portal
from night_world import NIGHT_1, NIGHT_2, World, copy_of, hour_of

from pipeline.assess import assess
from pipeline.reconciliation import RECONCILIATION
from synthetic import damage

GOOD, BAD_CONFIGURATION, DEGRADED = 0, 2, 3
SILENT_FORCE, OTHER_FORCE = "E23000014", "E23000015"
NEEDS_A_NIGHT = {"not-on-register"}
"""Only what was told long enough ago can be missed in a register."""


@pytest.fixture(scope="module")
def nights(region_template, tmp_path_factory):
    """On the second night a home file and a force's extract are missing.

    In between the recipients have recorded most of what they were told.
    """
    world = copy_of(region_template, tmp_path_factory.mktemp("four") / "world")
    with http_portal(lambda: hour_of(NIGHT_1)) as portal:
        world.speaks_to(portal.url, portal.key)
        first = world.run(NIGHT_1)
        played = play(world)
        home = world.inbox / "330" / NIGHT_2
        damage.drop(home, "home_notices.csv")
        damage.vouch_again(home)
        shutil.rmtree(world.inbox / SILENT_FORCE / NIGHT_2)
        return world, first, world.run(NIGHT_2), played


def play(world: World, *options: str) -> tuple[int, str]:
    return world.command(
        "play-recipients", str(world.region), "--date", NIGHT_2, "--inbox",
        str(world.inbox), "--workspace", str(world.workspace), *options,
    )  # fmt: skip


def truth(world: World, night: str) -> set[tuple[str, str]]:
    rows = pq.read_table(world.folder / "truth" / "disagreements.parquet").to_pylist()
    return {
        (row["difference"], row["ref"])
        for row in rows
        if row["night"].isoformat() == night
        and not row["shielded"]
        and row["difference"] not in NEEDS_A_NIGHT
    }


def found(night) -> set[tuple[str, str]]:
    return {
        (row["difference"], row["source_ref"]) for row in night.rows("reconciliation")
    }


def matters(world: World) -> dict[str, tuple[str | None, ...]]:
    with closing(sqlite3.connect(world.workspace / "demo" / "register.db")) as register:
        rows = register.execute(
            "SELECT matter, owed_by, met_on FROM obligation"
            " WHERE matter IS NOT NULL AND until IS NULL"
        ).fetchall()
    return {matter: rest for matter, *rest in rows}


def test_every_planted_disagreement_is_found_and_no_other(nights):
    world, first, *_ = nights
    planted = truth(world, NIGHT_1)
    assert len(planted) >= 5
    assert found(first) == planted
    assert first.table("reconciliation").schema.equals(RECONCILIATION)
    assert first.summary["counts"]["decide"]["disagreements"] == len(planted)
    found_by = assess(first.folder, world.folder / "truth")
    assert (found_by.planted, found_by.planted_found, found_by.not_planted) == (
        len(planted), len(planted), 0,
    )  # fmt: skip


def test_each_is_a_task_with_its_owner_in_the_register(nights):
    world, first, *_ = nights
    tasks = matters(world)
    for row in first.rows("reconciliation"):
        assert tasks[row["key"]][0] == row["owner"]


def test_a_file_that_did_not_come_meets_no_task_and_makes_none(nights):
    world, first, second, _ = nights
    spoken = {row["key"] for row in first.rows("reconciliation")}
    of_330 = {key for key in spoken if key.split("/")[1:3] == ["home", "330"]}
    assert of_330
    assert {row["key"] for row in second.rows("reconciliation")}.isdisjoint(of_330)
    tasks = matters(world)
    assert all(tasks[key][1] is None for key in of_330)


def test_a_disagreement_that_stands_keeps_its_date(nights):
    _, first, second, _ = nights
    before = {row["key"] for row in first.rows("reconciliation")}
    since = {
        row["key"]: row["since"].isoformat() for row in second.rows("reconciliation")
    }
    stands = before & since.keys()
    assert stands
    assert {since[key] for key in stands} == {NIGHT_1}


def test_every_sentinel_comes_through_on_a_good_night(nights):
    _, first, *_ = nights
    assert first.exit_code == GOOD
    told = {
        (row["child_ref"], row["recipient"])
        for row in first.rows("notifications")
        if (row["child_ref"] or "").startswith("SENTINEL")
    }
    assert told == {
        ("SENTINEL1", OTHER_FORCE), ("SENTINEL1", "860"), ("SENTINEL1", "330"),
        ("SENTINEL2", "330"),
    }  # fmt: skip


def test_a_sentinel_that_did_not_come_through_is_named_first(nights):
    *_, second, _ = nights
    assert second.exit_code == DEGRADED
    problem = next(
        one for one in second.summary["problems"] if one.startswith("Sentinel")
    )
    assert "SENTINEL2 of Staffordshire (860) is cannot_say" in problem


def test_what_recipients_recorded_is_seen_the_next_night(nights):
    *_, second, played = nights
    assert played[0] == GOOD
    assert f"({OTHER_FORCE}): told of" in played[1]
    assert second.summary["counts"]["decide"]["recorded"] > 0


def test_a_production_regions_extracts_are_never_played(world):
    content = yaml.safe_load(world.region.read_text())
    world.configure(
        environment="production",
        register={"url_env": "SOME_REGISTER"},
        encryption={},
        portal={**content["portal"], "url": "https://portal.example"},
    )
    before = (world.inbox / OTHER_FORCE / NIGHT_2 / "manifest.json").read_bytes()
    code, output = play(world)
    assert (code, "this is production" in output) == (BAD_CONFIGURATION, True)
    after = (world.inbox / OTHER_FORCE / NIGHT_2 / "manifest.json").read_bytes()
    assert after == before
