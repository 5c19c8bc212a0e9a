"""A night is good only once each sentinel's notices have reached their recipients."""

import datetime as dt
import json
import shutil
import sqlite3
from uuid import UUID

import pytest
from http_portal import HttpPortal, http_portal
from loopback import Answer, listening
from night_world import NIGHT_1, NIGHT_2, World, copy_of, hour_of

from pipeline.sentinels import NOTHING_SENT

GOOD, DEGRADED = 0, 3
HOST, FORCE, PLACING = "860", "E23000015", "330"


def empty_portal():
    return HttpPortal(lambda: hour_of(NIGHT_1))


class Gate:
    """A small portal that takes nothing while it is shut; reading its feed goes on."""

    def __init__(self):
        self.portal, self.shut = empty_portal(), False

    def answer(self, call):
        down = self.shut and call.method != "GET"
        return Answer(503) if down else self.portal.answer(call)


@pytest.fixture(scope="module")
def gate():
    made = Gate()
    with listening(made.answer) as made.url:
        yield made


@pytest.fixture(scope="module")
def down(region_template, tmp_path_factory, gate):
    """A region after a night whose portal took nothing, and the night."""
    world = copy_of(region_template, tmp_path_factory.mktemp("down") / "world")
    world.speaks_to(gate.url, gate.portal.key)
    gate.shut = True
    night = world.run(NIGHT_1)
    gate.shut = False
    return world, night


@pytest.fixture
def later(down, gate, tmp_path):
    """The same region an hour after that, to be changed; its portal holds nothing."""
    world = copy_of(down[0].folder, tmp_path / "world")
    shutil.copy(down[0].region, world.region)
    world.environment.update(down[0].environment)
    world.now = hour_of(NIGHT_1) + dt.timedelta(hours=1)
    gate.portal = empty_portal()
    return world


def stage(world, name, night, *options):
    code, output = world.command(
        "stage", name, str(world.region), "--date", NIGHT_1, "--run-id",
        night.summary["run_id"], "--inbox", str(world.inbox), "--workspace",
        str(world.workspace), *options,
    )  # fmt: skip
    return code, output


def sql(world: World, statement, *values):
    with sqlite3.connect(world.workspace / "demo" / "register.db") as register:
        return register.execute(statement, values).fetchall()


def notices_of(world, child, recipient):
    rows = sql(
        world,
        "SELECT notification_id FROM notification WHERE child_ref = ? AND"
        " recipient = ?",
        child,
        recipient,
    )
    return [str(UUID(one)) for (one,) in rows]


def outcome_of(world, night, gate=None):
    """What ``run.json``, the register and the portal say of a run."""
    name = night.summary["run_id"]
    [[kept]] = sql(world, "SELECT outcome FROM run WHERE run_id = ?", name)
    said = [content_of(world, night)["outcome"], kept]
    if gate is not None:
        said.append(gate.portal.documents("runs")[name]["outcome"])
    return said


def lost(content):
    return [one for one in content["problems"] if one.startswith("Sentinel")]


def content_of(world, night):
    here = world.workspace / night.folder.relative_to(night.folder.parents[2])
    return json.loads((here / "run.json").read_text())


def test_a_portal_that_takes_nothing_leaves_no_sentinel_come_through(down):
    world, night = down
    assert night.exit_code == DEGRADED
    lines = lost(night.summary)
    assert night.summary["problems"][: len(lines)] == lines
    assert sorted(line.partition(" to ")[2].partition(" has")[0] for line in lines) == [
        "Birmingham (330)", "Birmingham (330)", "Staffordshire (860)",
        "Staffordshire Police (E23000015)",
    ]  # fmt: skip
    for line in lines:
        assert "has not reached it" in line
        assert "it waits in the outbox for the next pass" in line
        assert "publish and report again" in line
    assert night.summary["counts"]["report"]["sentinel_faults"] == len(lines)
    assert night.output.index("Sentinel SENTINEL1") < night.output.index("Extracts")
    assert outcome_of(world, night) == ["degraded", "degraded"]


def test_once_they_have_arrived_the_same_run_is_good(later, down, gate):
    night = down[1]
    assert stage(later, "publish", night)[0] == GOOD
    assert stage(later, "report", night)[0] == GOOD
    content = content_of(later, night)
    assert content["problems"] == []
    assert outcome_of(later, night, gate) == ["good"] * 3
    assert content["counts"]["report"]["sentinel_faults"] == 0


def test_a_sentinel_that_the_portal_refuses_is_named_with_its_mend(later, down, gate):
    night = down[1]
    [refused] = notices_of(later, "SENTINEL1", FORCE)
    gate.portal.refuses.add(refused)
    stage(later, "publish", night)
    stage(later, "report", night)
    [line] = lost(content_of(later, night))
    assert line.startswith("Sentinel SENTINEL1 of Birmingham (330): the new to Staff")
    assert "refused with 422" in line
    assert "mend the cause, crossborder replay" in line
    assert outcome_of(later, night, gate) == ["degraded"] * 3


def test_a_sentinel_that_only_backs_off_leaves_no_later_night_good(later, down, gate):
    for one in notices_of(later, "SENTINEL1", FORCE):
        sql(
            later,
            "UPDATE outbox SET attempts = 3, last_problem = 'no answer',"
            " next_attempt_at = '2099-01-01 00:00:00.000000' WHERE document_id = ?",
            one,
        )
    night = later.run(NIGHT_2)
    assert night.exit_code == DEGRADED
    assert night.summary["counts"]["publish"]["waiting"] > 0
    [line] = night.summary["problems"]
    assert line.startswith("Sentinel SENTINEL1 of Birmingham (330): the new to Staff")
    assert "has not reached it (no answer); it waits in the outbox" in line
    assert outcome_of(later, night, gate) == ["degraded"] * 3


def test_a_night_that_is_not_published_is_not_good_and_says_why(later, down):
    night = down[1]
    stage(later, "publish", night, "--no-publish")
    stage(later, "report", night, "--no-publish")
    assert lost(content_of(later, night)) == [NOTHING_SENT]
    assert outcome_of(later, night) == ["degraded", "degraded"]


def test_the_surge_brake_never_holds_a_sentinel(world: World):
    """It first comes on a night that the brake grips, and is delivered all the same."""
    shutil.rmtree(world.inbox / PLACING / NIGHT_1)
    with http_portal(lambda: hour_of(NIGHT_2)) as portal:
        world.speaks_to(portal.url, portal.key)
        world.run(NIGHT_1)
        sql(world, "UPDATE run SET rules = 'older'")
        night = world.run(NIGHT_2)
    assert night.summary["held"]["surge"] > 0
    assert any("surge brake holds" in one for one in night.summary["problems"])
    assert lost(night.summary) == []
    told = {
        row["recipient"]
        for row in night.rows("notifications")
        if row["child_ref"] == "SENTINEL1"
    }
    assert told == {HOST, FORCE, PLACING}
