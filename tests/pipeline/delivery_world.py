"""A register with documents to send, a region that sends them, and who receives."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from loopback import Answer, Call, listening
from night_world import DEMO
from sqlalchemy import Engine

from pipeline.region import RegionConfig, load_region
from pipeline.run import Run
from register.engine import reading, writing
from register.outbox import counts
from register.tables import METADATA

NOW = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
KEYS = {"CROSSBORDER_PORTAL_KEY": "xb_tests"}


def region_of(**changes: object) -> RegionConfig:
    """The demo region with other sections; ``nudges`` by authority."""
    region = load_region(DEMO)
    content = region.model_dump(mode="json", by_alias=True)
    for code, nudges in changes.pop("nudges", {}).items():
        content["authorities"][code]["nudges"] = nudges
    return RegionConfig.model_validate(content | changes)


def run_of(
    engine: Engine, region: RegionConfig, folder: Path, kind: type[Run] = Run, **secrets
) -> Run:
    """A run of the region over this register."""
    run = kind(
        region=region, business_date=NOW.date(), run_id="r", inbox=folder,
        root=folder, environment=KEYS | secrets,
    )  # fmt: skip
    run.__dict__["register"] = engine
    return run


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - spreads load


def clear(engine: Engine) -> None:
    """Every table is empty again."""
    with writing(engine) as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())


def states(engine: Engine, destination: str = "portal") -> dict[str, int]:
    with reading(engine) as connection:
        return counts(connection, destination=destination)


@dataclass
class Receiver:
    """Takes documents as a portal does: the same bytes again change nothing."""

    plan: Callable[[Call], str] = lambda call: "ok"
    """What becomes of a call: ``ok``, ``lost`` (no answer), ``down``, a status."""
    calls: list[Call] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    held: dict[str, bytes] = field(default_factory=dict)
    url: str = ""

    @contextmanager
    def serving(self) -> Iterator["Receiver"]:
        with listening(self.answer) as self.url:
            yield self

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        planned = self.plan(call)
        if planned == "down":
            return Answer(0)
        if planned not in ("ok", "lost"):
            return Answer(int(planned), (("Retry-After", "30"),))
        before = self.held.get(call.path)
        if before is not None and before != call.body and "/v1/notif" in call.path:
            return Answer(409)
        if before != call.body:
            self.held[call.path] = call.body
            self.applied.append(call.path)
        return Answer(0 if planned == "lost" else 204)

    def documents(self, kind: str) -> list[dict]:
        return [
            json.loads(call.body) for call in self.calls if f"/v1/{kind}/" in call.path
        ]
