"""A night's task that nobody meets names a more senior post as time goes by."""

import datetime as dt
import json
import sqlite3

import pytest
from night_world import NIGHT_1, NIGHT_2, NIGHT_3, World

from notifications.documents import Obligation
from notifications.overdue import escalated
from pipeline.region import load_region
from pipeline.run import Run

GOOD = 0


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
    ("night", "escalation", "post"),
    [
        ("2026-12-24", None, None),
        ("2026-12-25", 1, "supervisor"),
        ("2026-12-29", 1, "supervisor"),  # the 25th and the 28th are bank holidays
        ("2026-12-30", 2, "named officer"),
        ("2027-01-02", 3, "strategic lead"),
    ],
)
def test_each_step_is_so_many_working_days_overdue(rulebook, night, escalation, post):
    entry = rulebook.directory.authorities["330"]
    posts = {
        "supervisor": entry.supervisor, "named officer": entry.named_officer,
        "strategic lead": entry.strategic_lead,
    }  # fmt: skip
    found = escalated(a_task(), rulebook, dt.date.fromisoformat(night))
    if escalation is None:
        assert found is None
    else:
        assert (found.escalation, found.escalated_to) == (escalation, posts[post])


def test_a_task_that_stands_as_high_says_nothing_again(rulebook):
    task = a_task(escalation=1)
    assert escalated(task, rulebook, dt.date(2026, 12, 29)) is None
    assert escalated(task, rulebook, dt.date(2026, 12, 30)).escalation == 2


def open_tasks(world: World) -> list[dict]:
    with sqlite3.connect(world.workspace / "demo" / "register.db") as register:
        rows = register.execute(
            "SELECT body FROM obligation WHERE until IS NULL AND met_on IS NULL"
        ).fetchall()
    return [json.loads(body) for (body,) in rows]


def test_overdue_tasks_rise_at_night_once_and_close_never(world: World):
    for night in (NIGHT_1, NIGHT_2):
        first = world.run(night, "--no-publish")
        assert first.exit_code == GOOD, first.output
        assert first.summary["counts"]["decide"].get("escalated", 0) == 0
    before = {one["obligation_id"] for one in open_tasks(world)}
    third = world.run(NIGHT_3, "--no-publish")
    risen = [one for one in open_tasks(world) if one["escalation"]]
    assert len(risen) == third.summary["counts"]["decide"]["escalated"] > 0
    assert {one["obligation_id"] for one in risen} <= before
    assert all(one["escalated_to"] for one in risen)
    again = world.run(NIGHT_3, "--no-publish")
    assert again.summary["counts"]["decide"]["escalated"] == len(risen)
    assert [one for one in open_tasks(world) if one["escalation"]] == risen
