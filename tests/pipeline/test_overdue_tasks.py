"""A night's task that nobody meets names a more senior post as time goes by."""

import datetime as dt
import json
import sqlite3

import pytest
from http_portal import http_portal
from night_world import NIGHT_1, NIGHT_2, NIGHT_3, World, hour_of

from notifications.documents import Obligation
from notifications.overdue import escalated
from pipeline.region import load_region
from pipeline.run import Run

GOOD, DEGRADED = 0, 3
UTC = dt.UTC
MADE = dt.datetime(2026, 12, 22, 2, tzinfo=UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def rulebook(world: World):
    run = Run(load_region(world.region), dt.date(2026, 11, 22), "r", world.inbox,
              world.workspace, {})  # fmt: skip
    return run.rulebook()


def a_task(**changes) -> Obligation:
    made = {
        "obligation_id": "6f2d1c1e-6c0b-5b7e-9a35-0d5c7c1f4e21", "kind": "data_task",
        "owed_by": "330", "audience": "duty",
        "rule": {"id": "task.data-task", "version": "1", "text": "Mend it."},
        "placing_authority": {"authority": "330", "name": "Birmingham"},
        "child_ref": "1", "placement_ref": "P-1", "asked": "Mend it.",
        "due_at": "2026-12-24T17:00:00Z", "escalation": 0, "created_on": "2026-12-22",
        "met_on": None,
    }  # fmt: skip
    return Obligation.model_validate(made | changes)


@pytest.mark.parametrize(
    ("moment", "escalation", "post"),
    [
        ("2026-12-24T17:00Z", None, None),
        ("2026-12-24T17:01Z", 1, "supervisor"),
        # the 25th and the 28th are bank holidays
        ("2026-12-29T17:00Z", 1, "supervisor"),
        ("2026-12-29T17:15Z", 2, "named officer"),
        ("2026-12-31T17:15Z", 3, "strategic lead"),
    ],
)
def test_each_step_is_so_many_working_days_overdue(rulebook, moment, escalation, post):
    entry = rulebook.directory.authorities["330"]
    posts = {
        "supervisor": entry.supervisor, "named officer": entry.named_officer,
        "strategic lead": entry.strategic_lead,
    }  # fmt: skip
    found = escalated(a_task(), rulebook, MADE, dt.datetime.fromisoformat(moment))
    if escalation is None:
        assert found is None
    else:
        assert (found.escalation, found.escalated_to) == (escalation, posts[post])


def test_a_task_that_stands_as_high_says_nothing_again(rulebook):
    task = a_task(escalation=1)
    early = dt.datetime(2026, 12, 29, 17, tzinfo=UTC)
    assert escalated(task, rulebook, MADE, early) is None
    later = dt.datetime(2026, 12, 29, 17, 15, tzinfo=UTC)
    assert escalated(task, rulebook, MADE, later).escalation == 2


def test_a_task_of_a_night_that_was_worked_late_has_its_time_all_the_same(rulebook):
    late = dt.datetime(2027, 1, 4, 9, tzinfo=UTC)
    assert escalated(a_task(), rulebook, late, late) is None
    due = dt.datetime(2027, 1, 6, 17, tzinfo=UTC)
    assert escalated(a_task(), rulebook, late, due) is None
    assert escalated(a_task(), rulebook, late, due + MINUTE).escalation == 1


def open_tasks(world: World) -> list[dict]:
    with sqlite3.connect(world.workspace / "demo" / "register.db") as register:
        rows = register.execute(
            "SELECT body FROM obligation WHERE until IS NULL AND met_on IS NULL"
        ).fetchall()
    return [json.loads(body) for (body,) in rows]


def escalated_by(night) -> int:
    return night.summary["counts"]["clocks"]["escalated"]


def test_overdue_tasks_rise_at_night_once_and_close_never(world: World):
    with http_portal(lambda: hour_of(NIGHT_1)) as portal:
        world.speaks_to(portal.url, portal.key)
        for night in (NIGHT_1, NIGHT_2):
            first = world.run(night)
            assert first.exit_code == GOOD, first.output
            assert escalated_by(first) == 0
    before = {one["obligation_id"] for one in open_tasks(world)}
    third = world.run(NIGHT_3, "--no-publish")
    risen = [one for one in open_tasks(world) if one["escalation"]]
    assert len(risen) == escalated_by(third) > 0
    assert {one["obligation_id"] for one in risen} <= before
    assert all(one["escalated_to"] for one in risen)
    again = world.run(NIGHT_3, "--no-publish")
    assert escalated_by(again) == 0
    assert [one for one in open_tasks(world) if one["escalation"]] == risen


def sent(world: World) -> list[str]:
    """What was ever put in line for the portal of any task, as it was put."""
    with sqlite3.connect(world.workspace / "demo" / "register.db") as register:
        rows = register.execute(
            "SELECT document_id, body FROM outbox WHERE kind = 'obligation'"
        ).fetchall()
    return sorted(f"{key} {body!r}" for key, body in rows)


def test_they_rise_by_a_pass_when_the_night_fails_and_are_told_once(
    world: World, monkeypatch
):
    for night in (NIGHT_1, NIGHT_2):
        world.run(night, "--no-publish")
    with monkeypatch.context() as broken:
        broken.setattr("pipeline.stages.decide.decide_children", None)
        with pytest.raises(TypeError):
            world.run(NIGHT_3, "--no-publish")
    assert not any(one["escalation"] for one in open_tasks(world))
    for _ in range(2):
        exit_code, output = world.command(
            "clocks", str(world.region), "--workspace", str(world.workspace),
            "--at", f"{NIGHT_3}T09:15", "--no-publish",
        )  # fmt: skip
        assert exit_code == GOOD, output
        risen = {
            one["obligation_id"]: one["escalation"]
            for one in open_tasks(world)
            if one["escalation"]
        }
        assert set(risen.values()) == {1}
    told = sent(world)
    assert len(told) == len(set(told))
    assert world.run(NIGHT_3, "--no-publish").exit_code == DEGRADED
    stands = {one["obligation_id"]: one["escalation"] for one in open_tasks(world)}
    assert {key: stands[key] for key in risen} == risen
    later = sent(world)
    assert len(later) == len(set(later))
