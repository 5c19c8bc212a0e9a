"""Told is not recorded: a notice is chased until its recipient's records show it."""

import datetime as dt
import json
import sqlite3
from uuid import UUID

import pytest
from night_world import NIGHT_1, NIGHT_2, World, hour_of
from portal_process import RunningPortal, served_portal

GOOD = 0
WMP = "E23000014"
A_WEEK_ON = "2026-12-01T18:00"


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


def rows_of(world: World, query: str, *values: object) -> list[tuple]:
    with sqlite3.connect(world.workspace / "demo" / "register.db") as register:
        return register.execute(query, values).fetchall()


def a_pass(world: World, at: str) -> str:
    exit_code, output = world.command(
        "clocks", str(world.region), "--workspace", str(world.workspace), "--at", at
    )
    assert exit_code == GOOD, output
    return output


def play_recipients(world: World, date: str) -> None:
    exit_code, output = world.command(
        "play-recipients", str(world.region), "--date", date, "--inbox",
        str(world.inbox), "--workspace", str(world.workspace), "--unrecorded", "0",
    )  # fmt: skip
    assert exit_code == GOOD, output


def told(night, recipient: str, state: str) -> list[dict]:
    """The notices that a night made to a recipient of placements in a state."""
    states = {one["placement_ref"]: one["state"] for one in night.rows("decisions")}
    return [
        one
        for one in night.rows("notifications")
        if one["recipient"] == recipient
        and states.get(one["placement_ref"]) == state
        and one["kind"] == "new"
    ]


def test_what_is_recorded_is_seen_and_what_is_not_answered_is_chased(region, portal):
    first = region.run(NIGHT_1)
    assert first.exit_code == GOOD, first.output
    answered, *_ = told(first, WMP, "not_known")
    officer = portal.sign_in("west-midlands-police-officer")
    page = f"/notifications/{answered['notification_id']}"
    officer.acknowledge(page, "20WM/123456/26", dt.date.fromisoformat(NIGHT_1))

    play_recipients(region, NIGHT_2)
    second = region.run(NIGHT_2)
    assert second.exit_code == GOOD, second.output
    seen = {
        str(UUID(key)): by
        for key, by in rows_of(
            region, 'SELECT notification_id, "by" FROM recording WHERE seen'
        )
    }
    assert seen[answered["notification_id"]] == "token"
    states = {
        (one["placing_la"], one["child_ref"]): one["state"]
        for one in second.rows("decisions")
    }
    assert states[answered["placing_la"], answered["child_ref"]] == "known_at_placement"

    a_pass(region, A_WEEK_ON)
    chased = {
        str(UUID(key)): escalation
        for key, escalation in rows_of(
            region,
            "SELECT notification_id, escalation FROM follow_up WHERE met_at IS NULL",
        )
    }
    assert answered["notification_id"] not in chased
    assert chased, "nobody who kept silent is chased"
    reminded = {
        str(UUID(key))
        for (key,) in rows_of(
            region, "SELECT reminds FROM notification WHERE kind = 'reminder'"
        )
    }
    assert set(chased) <= reminded
    again = a_pass(region, A_WEEK_ON)
    assert "reminders" not in again
    assert "opened" not in again

    code, story = region.command(
        "explain", str(region.region),
        f"{answered['placing_la']}/{answered['child_ref']}",
        "--workspace", str(region.workspace),
    )  # fmt: skip
    assert code == GOOD
    assert "known at placement" in story
    assert "20WM/123456/26" in story


def test_a_pass_before_anything_is_due_does_nothing(region, portal):
    region.run(NIGHT_1)
    before = rows_of(region, "SELECT count(*) FROM notification")
    output = a_pass(region, "2026-11-22T12:00")
    assert "reminders" not in output
    assert rows_of(region, "SELECT count(*) FROM notification") == before
    assert rows_of(region, "SELECT count(*) FROM follow_up") == [(0,)]


def test_an_unconfirmed_notice_goes_at_its_reviews_deadline_without_a_night(
    region, portal
):
    region.run(NIGHT_1)
    (held,) = rows_of(
        region,
        "SELECT count(*) FROM notification WHERE held_by = 'review'"
        " AND stands_after IS NULL",
    )
    assert held[0] > 0
    a_pass(region, "2026-12-04T17:30")
    (left,) = rows_of(
        region,
        "SELECT count(*) FROM notification WHERE held_by = 'review'"
        " AND stands_after IS NULL",
    )
    assert left == (0,)
    released = rows_of(
        region, "SELECT DISTINCT released_by FROM notification WHERE held_by = 'review'"
    )
    assert released == [("schedule",)]
    summary = rows_of(region, "SELECT body FROM outbox WHERE kind = 'run'")[-1][0]
    assert json.loads(summary)["held"] == {}, "the dashboard knows"


def test_a_synthetic_moment_is_refused_in_a_real_region(world):
    exit_code, output = world.command(
        "clocks", "config/regions/west-midlands.yaml", "--workspace",
        str(world.workspace), "--at", "2026-11-22T12:00",
    )  # fmt: skip
    assert exit_code == 2
    assert "real region" in output
