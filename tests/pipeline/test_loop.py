"""The loop with a real portal: told, opened, acknowledged, judged, and collected."""

import datetime as dt
import sqlite3
from uuid import UUID

import pyarrow.parquet as pq
import pytest
from night_world import NIGHT_1, NIGHT_2, NIGHT_3, World, hour_of
from portal_process import RunningPortal, served_portal

GOOD, DEGRADED = 0, 3
WMP, STAFFORDSHIRE = "E23000014", "E23000015"


@pytest.fixture
def portal(tmp_path):
    (tmp_path / "portal").mkdir()
    with served_portal(tmp_path / "portal", at=hour_of(NIGHT_1)) as running:
        yield running


@pytest.fixture
def region(world: World, portal: RunningPortal) -> World:
    world.configure(portal={"url": portal.url})
    world.environment["CROSSBORDER_PORTAL_KEY"] = portal.key
    return world


def rows_of(world: World, query: str) -> list[tuple]:
    with sqlite3.connect(world.workspace / "demo" / "register.db") as register:
        return register.execute(query).fetchall()


def test_each_officer_is_told_of_its_own_agency_and_its_word_comes_back(region, portal):
    night = region.run(NIGHT_1)
    assert night.exit_code == GOOD, night.output
    mine = {
        row["notification_id"]
        for row in night.rows("notifications")
        if row["recipient"] == WMP
    }
    officer = portal.sign_in("west-midlands-police-officer")
    shown = officer.links("/inbox", "/notifications/")
    assert shown
    assert {link.rpartition("/")[2] for link in shown} <= mine
    others = sorted(
        row["notification_id"]
        for row in night.rows("notifications")
        if row["recipient"] == STAFFORDSHIRE
    )
    assert officer.browser.get(f"/notifications/{others[0]}").status_code == 404

    officer.acknowledge(shown[0], "20WM/123456/26", dt.date.fromisoformat(NIGHT_1))
    region.run(NIGHT_2)
    received = dict(rows_of(region, "SELECT type, count(*) FROM event GROUP BY type"))
    assert received["receipt.acknowledged"] == 1
    assert received["receipt.opened"] >= 1
    assert "20WM/123456/26" in rows_of(
        region, "SELECT data FROM event WHERE type = 'receipt.acknowledged'"
    )[0][0]  # fmt: skip


def states_of(night) -> dict[tuple[str, str], str]:
    return {
        (row["placing_la"], row["child_ref"]): row["state"]
        for row in night.rows("decisions")
    }


def test_a_judgement_binds_the_next_night_until_it_is_undone(region, portal):
    first = region.run(NIGHT_1)
    reviewer = portal.sign_in("reviewer")
    questions = reviewer.links("/reviews", "/reviews/")
    assert len(questions) == first.summary["reviews"] > 0
    pairs = {
        f"/reviews/{review_id}": (authority, ref)
        for review_id, authority, ref in [
            (_uuid(row[0]), row[1], row[2])
            for row in rows_of(
                region, "SELECT review_id, left_authority, left_ref FROM review"
            )
        ]
    }
    changed = {
        (row["placing_la"], row["child_ref"])
        for row in pq.read_table(region.folder / "truth/changes.parquet").to_pylist()
    }
    same = next(link for link in questions if pairs[link] not in changed)
    rest = [link for link in questions if link != same]
    rest = [link for link in rest if pairs[link] != pairs[same]]
    reviewer.judge(same, "same")
    for link in rest:
        reviewer.judge(link, "different")

    second = region.run(NIGHT_2)
    states = states_of(second)
    assert states_of(first)[pairs[same]] == "possible"
    assert states[pairs[same]].startswith("known")
    for link in rest:
        assert states.get(pairs[link], "not_known") not in ("possible",), pairs[link]

    reviewer.submit(same, "undoing", reason="the wrong file")
    third = region.run(NIGHT_3)
    assert states_of(third)[pairs[same]] == "possible"
    again = {link for link in reviewer.links("/reviews", "/reviews/") if link in rest}
    assert again == set()


def _uuid(stored: str) -> str:
    return str(UUID(stored))


def test_a_portal_that_is_down_for_a_night_loses_nothing(world: World, tmp_path):
    world.configure(portal={"url": "http://127.0.0.1:1"})
    world.environment["CROSSBORDER_PORTAL_KEY"] = "xb_of-nobody"
    down = world.run(NIGHT_1)
    assert down.exit_code == DEGRADED
    assert "portal" in down.output.split("Extracts")[0]
    wanted = {
        row["notification_id"]
        for row in down.rows("notifications")
        if row["recipient"] in (WMP, STAFFORDSHIRE)
    }
    held = "SELECT notification_id FROM notification WHERE held_by IS NOT NULL"
    wanted -= {_uuid(row[0]) for row in rows_of(world, held)}
    with served_portal(tmp_path) as portal:
        world.configure(portal={"url": portal.url})
        world.environment["CROSSBORDER_PORTAL_KEY"] = portal.key
        waited = "UPDATE outbox SET next_attempt_at = NULL WHERE state = 'waiting'"
        rested = "UPDATE breaker SET failures = 0, open_until = NULL"
        with sqlite3.connect(world.workspace / "demo" / "register.db") as register:
            register.execute(waited)
            register.execute(rested)
        night = world.run(NIGHT_2)
        assert night.exit_code == GOOD, night.output
        with sqlite3.connect(portal.folder / "portal.db") as held:
            arrived = {
                _uuid(row[0])
                for row in held.execute("SELECT notification_id FROM notifications")
            }
    assert wanted <= arrived
