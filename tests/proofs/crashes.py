"""A night in which the power fails, worked again: is everything as if it had not?

A :class:`Scene` can be set up over and over in the same state. What counts is what
recipients were told and what the register holds of it, to the byte.
"""

import copy
import datetime as dt
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from failpoints import Failpoints, PowerFailure, failing_sends
from little_region import LittleRegion
from sqlalchemy import Engine, create_engine, select

from register.engine import open_register, reading
from register.tables import METADATA, notification, obligation, outbox, review

RETRY_AFTER = dt.timedelta(minutes=15)
"""A night is not worked again before the documents that were taken are free."""


@dataclass(frozen=True)
class Outcome:
    """All that a night leaves which anybody could notice."""

    told: dict[str, bytes]
    """What the portal holds, by path."""
    notices: frozenset[tuple]
    undelivered: frozenset[str]
    """Documents that were not delivered, nor dropped."""
    owed: frozenset[tuple]
    asked: frozenset[tuple]


def outcome_of(engine: Engine, told: dict[str, bytes]) -> Outcome:
    with reading(engine) as connection:
        notices = connection.execute(
            select(
                notification.c.notification_id,
                notification.c.body,
                notification.c.created_on,
            ).where(notification.c.dropped_by.is_(None))
        ).all()
        waiting = connection.scalars(
            select(outbox.c.document_id).where(
                outbox.c.state.in_(("waiting", "dead")),
                outbox.c.destination == "portal",
            )
        ).all()
        owed = connection.execute(
            select(
                obligation.c.obligation_id,
                obligation.c.business_date,
                obligation.c.until,
                obligation.c.body,
            )
        ).all()
        asked = connection.execute(
            select(review.c.review_id, review.c.body).where(
                review.c.dropped_by.is_(None)
            )
        ).all()
    return Outcome(
        told=told,
        notices=frozenset(map(tuple, notices)),
        undelivered=frozenset(waiting),
        owed=frozenset(map(tuple, owed)),
        asked=frozenset(map(tuple, asked)),
    )


@dataclass
class Restored:
    """A register that can be put back as it was, again and again."""

    url: str
    restore: Callable[[], None]
    close: Callable[[], None] = lambda: None


def sqlite_restored(template: Path, folder: Path) -> Restored:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "register.db"

    def restore() -> None:
        for one in folder.glob(f"{file.name}*"):
            one.unlink()
        shutil.copy(template, file)

    return Restored(f"sqlite:///{file}", restore)


def postgres_restored(url: str) -> Restored:
    """The database as it is now; its tables' rows are kept beside them."""
    target = create_engine(url)
    tables = METADATA.sorted_tables
    keep = ["CREATE SCHEMA kept"]
    keep += [f'CREATE TABLE kept."{one}" AS TABLE public."{one}"' for one in tables]
    back = [f'DELETE FROM public."{one}"' for one in reversed(tables)]  # noqa: S608
    back += [
        f'INSERT INTO public."{one}" SELECT * FROM kept."{one}"'  # noqa: S608
        for one in tables
    ]
    back += [
        f"SELECT setval(pg_get_serial_sequence('{one}', '{column.name}'), "  # noqa: S608
        f"(SELECT coalesce(max({column.name}), 0) + 1 FROM public.{one}), false)"
        for one in tables
        for column in one.columns
        if column.autoincrement is True
    ]

    def run(statements: list[str]) -> None:
        with target.begin() as connection:
            connection.exec_driver_sql(";\n".join(statements))

    run(keep)
    return Restored(url, lambda: run(back), target.dispose)


def one_of_each(steps: list[str]) -> list[int]:
    """The first step of each kind, and every commit."""
    first = {step: number for number, step in reversed(list(enumerate(steps)))}
    commits = {n for n, step in enumerate(steps) if step.endswith("commit")}
    return sorted(commits | set(first.values()))


@dataclass
class LittleScene:
    """A night of the little region that is about to be worked."""

    region: LittleRegion
    database: Restored
    engine: Engine = field(init=False)
    undisturbed: Outcome = field(init=False)
    steps: list[str] = field(init=False)

    def __post_init__(self) -> None:
        points = Failpoints()
        self.database.restore()
        self.engine = open_register(self.database.url)
        with self.set_up() as region:
            self.work(region, points)
            self.undisturbed = self.outcome(region)
        self.steps = points.steps

    @contextmanager
    def set_up(self) -> Iterator[LittleRegion]:
        self.engine.dispose()
        self.database.restore()
        yield copy_of(self.region, self.engine)
        self.engine.dispose()

    def work(self, region: LittleRegion, points: Failpoints | None = None) -> None:
        with watched(region, points) if points else nullcontext():
            region.work()

    def kill_at(self, step: int) -> Outcome:
        """The process of the night is killed at a step; another one works the night.

        Only for a process without threads: it forks.
        """
        with self.set_up() as region:
            journal = Path(tempfile.mkstemp(prefix="portal-")[1])
            try:
                region.portal.journal = journal
                region.engine.dispose()
                child = os.fork()
                if not child:
                    self._until_killed(region, step)
                _, status = os.waitpid(child, 0)
                if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
                    raise RuntimeError(f"the night was not killed: status {status}")
                region.portal.recall()
                region.now += RETRY_AFTER
                self.work(region)
                return self.outcome(region)
            finally:
                journal.unlink()

    def _until_killed(self, region: LittleRegion, step: int) -> NoReturn:
        try:
            self.work(region, Failpoints(at={step}, deadly=True))
        finally:
            os._exit(1)

    def close(self) -> None:
        self.engine.dispose()
        self.database.close()

    def outcome(self, region: LittleRegion) -> Outcome:
        return outcome_of(region.engine, region.portal.fingerprint())

    def crash_at(self, *moments: Collection[int]) -> tuple[list[str], Outcome]:
        """The power fails in each pass at one of its moments; then a whole pass.

        Returns:
            The steps at which it failed, and the outcome of all.
        """
        failed = []
        with self.set_up() as region:
            for moment in moments:
                points = Failpoints(at=moment)
                try:
                    self.work(region, points)
                except PowerFailure as failure:
                    failed.append(str(failure))
                region.engine.dispose()
                region.now += RETRY_AFTER
            self.work(region)
            return failed, self.outcome(region)


@contextmanager
def watched(region: LittleRegion, points: Failpoints) -> Iterator[None]:
    """The region's writes and its calls to the portal may fail."""
    portal = region.portal
    portal.put = failing_sends(points, portal.put)
    portal.post = failing_sends(points, portal.post)
    try:
        with points.watching():
            yield
    finally:
        del portal.put, portal.post


def copy_of(region: LittleRegion, engine: Engine) -> LittleRegion:
    """The region as it is, with another register."""
    kept = region.engine
    region.engine = engine
    try:
        return copy.deepcopy(region, {id(engine): engine})
    finally:
        region.engine = kept
