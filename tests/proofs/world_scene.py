"""A real night of the synthetic region, from *decide* on, to be cut short.

What came before it (extracts, one form, matching) is done once and copied: files as
links, since the product replaces a file and never writes into one.
"""

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq
from crashes import RETRY_AFTER, Outcome, Restored, outcome_of
from failpoints import Failpoints, PowerFailure, failing_sends
from fake_portal import FakePortal
from night_world import World, copy_of

from pipeline.night import perform
from pipeline.run import Run, open_run

NIGHTS = (dt.date(2026, 11, 22), dt.date(2026, 11, 23))
BEFORE = ("standardise", "match")
STAGES = ("decide", "clocks", "publish", "report")
TABLES = ("decisions", "notifications", "people", "workbook")
REGISTER = "CROSSBORDER_REGISTER_URL"
SECRETS = {"CROSSBORDER_PORTAL_KEY": "a-key-that-opens-nothing"}
HERE = Path(__file__).parent


@dataclass
class WorldScene:
    world: World
    """Its first night is done, its second up to *decide*."""
    database: Restored
    undisturbed: tuple = field(init=False)
    steps: list[str] = field(init=False)

    def __post_init__(self) -> None:
        points = Failpoints()
        with self.set_up() as (folder, portal):
            work(self.world_in(folder), portal, points)
            self.undisturbed = self.outcome(folder, portal)
        self.steps = points.steps

    @contextmanager
    def set_up(self) -> Iterator[tuple[Path, FakePortal]]:
        folder = self.world.folder.with_name("again")
        shutil.copytree(self.world.folder, folder, copy_function=_link)
        self.database.restore()
        portal = FakePortal(lambda: _at(1), journal=folder / "portal.jsonl")
        portal.recall()
        try:
            yield folder, portal
        finally:
            shutil.rmtree(folder)

    def world_in(self, folder: Path) -> World:
        return World(folder, {**SECRETS, REGISTER: self.database.url})

    def outcome(self, folder: Path, portal: FakePortal) -> tuple[Outcome, dict]:
        run = _run(self.world_in(folder), 1)
        told = {
            path: body
            for path, body in portal.fingerprint().items()
            if not path.startswith("/v1/runs/")  # it says how long each stage took
        }
        try:
            left = outcome_of(run.register, told)
        finally:
            run.close()
        tables = {
            name: pq.read_table(run.folder / f"{name}.parquet").to_pylist()
            for name in TABLES
        }
        return left, tables

    def crash_at(self, step: int) -> tuple[str, tuple]:
        """The power fails at a step; the stage and those after it are done again."""
        failed = ""
        with self.set_up() as (folder, portal):
            try:
                work(self.world_in(folder), portal, Failpoints(at={step}))
            except PowerFailure as failure:
                failed = str(failure)
            work(self.world_in(folder), portal, Failpoints(), RETRY_AFTER)
            return failed, self.outcome(folder, portal)

    def kill_at(self, step: int) -> tuple:
        """The process of the night is killed at a step; another one works the night."""
        with self.set_up() as (folder, _):
            rooms = (HERE, HERE.parent, HERE.parents[1])
            done = subprocess.run(
                [sys.executable, HERE / "killed_world.py", folder, self.database.url,
                 str(step)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, rooms))},
                capture_output=True, text=True, check=False, timeout=120,
            )  # fmt: skip
            if done.returncode != -signal.SIGKILL:
                raise RuntimeError(f"the night was not killed: {done.stderr}")
            portal = FakePortal(lambda: _at(1), journal=folder / "portal.jsonl")
            portal.recall()
            work(self.world_in(folder), portal, Failpoints(), RETRY_AFTER)
            return self.outcome(folder, portal)


def first_night_done(template: Path, folder: Path, url: str) -> World:
    """A world whose second night has been matched, and whose first one is told."""
    world = copy_of(template, folder)
    world.environment |= {**SECRETS, REGISTER: url}
    world.configure(register={"url_env": REGISTER})
    portal = FakePortal(lambda: _at(0), journal=folder / "portal.jsonl")
    for number, stages in enumerate((BEFORE + STAGES, BEFORE)):
        run = _run(world, number)
        try:
            with patch.object(Run, "portal", lambda _: portal.client()):
                perform(run, "collect")
                for code in sorted(run.region.authorities):
                    perform(run, "extract", code)
                for name in stages:
                    perform(run, name)
        finally:
            run.close()
    return world


def work(
    world: World,
    portal: FakePortal,
    points: Failpoints,
    later: dt.timedelta = dt.timedelta(),
) -> None:
    """The second night from *decide* to *report*."""
    portal.put = failing_sends(points, portal.put)
    portal.post = failing_sends(points, portal.post)
    run = replace(_run(world, 1), at=_at(1) + later)
    try:
        with (
            patch.object(Run, "portal", lambda _: portal.client()),
            points.watching(),
        ):
            for name in STAGES:
                perform(run, name)
    finally:
        run.close()
        del portal.put, portal.post


def _run(world: World, number: int) -> Run:
    date = NIGHTS[number]
    found = open_run(
        world.region, date, f"demo-{date}-1", inbox=world.inbox,
        root=world.workspace, environment=world.environment,
    )  # fmt: skip
    return replace(found, at=_at(number))


def _at(number: int) -> dt.datetime:
    return dt.datetime.combine(NIGHTS[number], dt.time(2), dt.UTC)


def _link(source: str, target: str) -> None:
    if source.endswith((".jsonl", ".db", ".lock")):
        shutil.copy(source, target)
    else:
        os.link(source, target)
