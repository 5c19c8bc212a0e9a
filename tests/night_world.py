"""A small synthetic region in a folder of its own, to run nights over and over."""

import datetime as dt
import json
import shutil
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from typer.testing import CliRunner

REPOSITORY = Path(__file__).parents[1]
DEMO = REPOSITORY / "config" / "regions" / "demo.yaml"
NIGHT_1, NIGHT_2, NIGHT_3 = "2026-11-22", "2026-11-23", "2026-11-24"
POLICE = ("E23000014", "E23000015")
NIGHTS_BEGIN = dt.time(2, tzinfo=ZoneInfo("Europe/London"))


@dataclass(frozen=True)
class Night:
    """What one run left and answered."""

    exit_code: int
    output: str
    folder: Path

    @property
    def summary(self) -> dict:
        return json.loads((self.folder / "run.json").read_text())

    def table(self, name: str) -> pa.Table:
        return pq.read_table(self.folder / f"{name}.parquet", partitioning=None)

    def rows(self, name: str) -> list[dict]:
        return self.table(name).to_pylist()


@dataclass
class World:
    """A region file, an inbox and a workspace that a test may change as it likes.

    A night is worked in its own night, whatever the day is on which a test is run:
    deadlines and schedules follow from the present. What follows comes at that hour.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    now: dt.datetime | None = None
    """``None``: the present."""

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def region(self) -> Path:
        return self.folder / "region.yaml"

    def configure(self, **changes: object) -> None:
        content = yaml.safe_load(self.region.read_text())
        content.update(changes)
        self.region.write_text(yaml.safe_dump(content))

    def speaks_to(self, url: str, key: str) -> None:
        """From now on its nights are published there."""
        self.configure(portal={"url": url})
        self.environment["CROSSBORDER_PORTAL_KEY"] = key

    def run(self, date: str, *options: str) -> Night:
        before = set(self._runs(date))
        self.now = hour_of(date) or self.now
        exit_code, output = self.command(
            "run", str(self.region), "--date", date, "--inbox", str(self.inbox),
            "--workspace", str(self.workspace), *options,
        )  # fmt: skip
        new = sorted(set(self._runs(date)) - before)
        return Night(exit_code, output, new[-1] if new else Path("nothing"))

    def command(self, *words: str) -> tuple[int, str]:
        from pipeline.cli import app
        from pipeline.errors import CrossborderError

        with _clock_at(self.now):
            result = CliRunner().invoke(
                app, list(words), env=self.environment, catch_exceptions=True
            )
        if isinstance(result.exception, CrossborderError):
            return result.exception.exit_code, f"{result.output}{result.exception}"
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    def _runs(self, date: str) -> list[Path]:
        return list((self.workspace / "demo" / date).glob("*"))


def hour_of(date: str) -> dt.datetime | None:
    """When the night of a business date begins, in UTC; ``None`` if it is no date."""
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        return None
    return dt.datetime.combine(day, NIGHTS_BEGIN).astimezone(dt.UTC)


def _clock_at(now: dt.datetime | None) -> AbstractContextManager[object]:
    return nullcontext() if now is None else patch("pipeline.clock.now", lambda: now)


def copy_of(template: Path, folder: Path) -> World:
    """A world of its own for a test, from the region that the session made once."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    shutil.copy(DEMO, folder / "region.yaml")
    return World(folder)


def make_region(folder: Path) -> Path:
    """The extracts and the truth of three nights, by the demo region's authorities."""
    from pipeline.region import load_region
    from pipeline.synthesis import synthesise

    synthesise(
        load_region(DEMO), folder, seed=7, children=120, nominals=4_000, nights=3,
        first_date=dt.date(2026, 11, 22),
    )  # fmt: skip
    shutil.move(folder / "reference", folder / "workspace" / "reference")
    return folder
