"""Which nights a region has recorded."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, func, select, update

from register.tables import run

Outcome = Literal["good", "degraded", "failed"]


@dataclass(frozen=True, slots=True)
class Run:
    """One recorded night."""

    run_id: str
    region: str
    business_date: dt.date
    ordinal: int
    """1 for the first of its business date, one more each time it is run again."""
    outcome: Outcome
    """As its last stage says it; until then, by what was decided alone."""
    recorded_at: dt.datetime
    rules: str | None = None
    """What decided it, as the two models and the settings. ``None``: that was not
    written down."""
    children_model: str | None = None
    perpetrator_model: str | None = None
    settings: Mapping[str, str] | None = None
    baseline: bool = False
    """Whether it took the stock of the first night."""


def newest_night(connection: Connection, region: str) -> dt.date | None:
    """The latest business date a region has recorded; older ones are read-only."""
    found: dt.date | None = connection.scalar(
        select(func.max(run.c.business_date)).where(run.c.region == region)
    )
    return found


def newest_runs(connection: Connection) -> dict[str, tuple[str, dt.date]]:
    """By region: its latest run, and the newest night."""
    rows = connection.execute(
        select(run.c.region, run.c.run_id, run.c.business_date).order_by(
            run.c.business_date, run.c.ordinal
        )
    )
    return {row.region: (row.run_id, row.business_date) for row in rows}


def next_ordinal(connection: Connection, region: str, business_date: dt.date) -> int:
    """1, or one more than the latest recorded run of that business date."""
    latest: int | None = connection.scalar(
        select(func.max(run.c.ordinal)).where(
            run.c.region == region, run.c.business_date == business_date
        )
    )
    return (latest or 0) + 1


def run_id(region: str, business_date: dt.date, ordinal: int) -> str:
    """``west-midlands-2026-11-22-1``: unique where a portal serves several regions."""
    return f"{region}-{business_date.isoformat()}-{ordinal}"


def next_run_id(connection: Connection, region: str, business_date: dt.date) -> str:
    """The id that the next run of a business date takes.

    A run that was never recorded leaves its id to the next.
    """
    return run_id(
        region, business_date, next_ordinal(connection, region, business_date)
    )


def settle(connection: Connection, run_id: str, outcome: Outcome) -> None:
    """Say how a recorded run ended, once all was offered; no other row changes."""
    connection.execute(
        update(run).where(run.c.run_id == run_id).values(outcome=outcome)
    )


def runs(connection: Connection, region: str) -> tuple[Run, ...]:
    """Every recorded run of a region, oldest first."""
    rows = connection.execute(
        select(run)
        .where(run.c.region == region)
        .order_by(run.c.business_date, run.c.ordinal)
    )
    return tuple(Run(**row._mapping) for row in rows)
