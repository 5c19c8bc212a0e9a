"""Nights and suppliers, in counts: what the region's data team looks at first."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, func, select

from notifications.reports import RunSummary
from portal import audit, operations, supply, words
from portal.audit import Action
from portal.operations import Letters, Run
from portal.permissions import check_runs
from portal.supply import Arrival
from portal.tables import judgements, people, reviews, runs
from portal.visits import Visit

MOST_RUNS = 5
NIGHTS_SHOWN = 90
_STAGES = (
    "collect", "extract", "standardise", "match", "decide", "clocks", "publish",
    "report",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Queue:
    """How many pairs wait for a reviewer, and how long they have."""

    waiting: int
    late: int
    """Past their deadline, and nobody has decided."""
    oldest: dt.date | None
    """The night that put the oldest of them."""


@dataclass(frozen=True, slots=True)
class Nights:
    """The latest runs, newest first, and where everything stands now."""

    runs: tuple[Run, ...]
    arrivals: tuple[Arrival, ...]
    letters: Letters
    people: int
    """How many cross-border people the region has told of."""


def states_of(run: RunSummary) -> dict[str, int]:
    """A night's placements by state, the most pressing first."""
    decided = run.counts.get("decide", {})
    return {
        state: decided[f"state_{state}"]
        for state in words.PLACEMENT_STATES
        if f"state_{state}" in decided
    }


def sentinels(run: RunSummary) -> tuple[int, int]:
    """How many were planted for a night, and in how many ways they went wrong: what was
    decided of them, and what had not arrived when the night ended."""
    decided = run.counts.get("decide", {})
    ended = run.counts.get("report", {})
    faults = decided.get("sentinel_faults", 0) + ended.get("sentinel_faults", 0)
    return decided.get("sentinels", 0), faults


def in_order(run: RunSummary) -> list[tuple[str, dict[str, int]]]:
    """A run's counts by stage, as the night went; stages not known here come last."""

    def place(item: tuple[str, dict[str, int]]) -> tuple[int, str]:
        name = item[0]
        return (_STAGES.index(name) if name in _STAGES else len(_STAGES), name)

    return sorted(run.counts.items(), key=place)


def latest(connection: Connection, visit: Visit) -> Nights:
    """The latest nights; a row of the audit trail.

    Raises:
        NotForRole: the viewer is an agency's officer.
    """
    check_runs(visit.viewer)
    found = operations.reported(connection, MOST_RUNS)
    audit.record(
        connection, visit, Action.RUNS_LISTED,
        shown=[run.summary.run_id for run in found],
    )  # fmt: skip
    known = connection.execute(select(func.count()).select_from(people)).scalar_one()
    letters = operations.waiting_letters(connection)
    return Nights(found, supply.latest(connection), letters, known)


def queue_of(connection: Connection, now: dt.datetime) -> Queue:
    """The reviewers' queue in counts, for people who may see no pair."""
    stands = and_(
        judgements.c.review_id == reviews.c.review_id,
        judgements.c.undone_at.is_(None),
    )
    waiting, late, oldest = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((reviews.c.deadline < now, 1), else_=0)), 0),
            func.min(reviews.c.received_at),
        )
        .select_from(reviews.outerjoin(judgements, stands))
        .where(judgements.c.judgement_id.is_(None))
    ).one()
    return Queue(waiting, late, oldest.date() if oldest else None)


def history(connection: Connection, visit: Visit) -> tuple[RunSummary, ...]:
    """The last report of each of the latest nights, oldest first.

    Raises:
        NotForRole: the viewer is an agency's officer.
    """
    check_runs(visit.viewer)
    bodies = connection.scalars(
        select(runs.c.body)
        .order_by(
            runs.c.business_date.desc(), runs.c.received_at.desc(), runs.c.run_id.desc()
        )
        .limit(2 * NIGHTS_SHOWN)  # a night that was run again has several
    )
    found = _last_of_each(RunSummary.model_validate_json(body) for body in bodies)
    audit.record(
        connection, visit, Action.RUNS_LISTED, shown=[run.run_id for run in found]
    )
    return found


def _last_of_each(newest_first: Iterable[RunSummary]) -> tuple[RunSummary, ...]:
    nights: dict[dt.date, RunSummary] = {}
    for run in newest_first:
        nights.setdefault(run.business_date, run)
    newest = sorted(nights)[-NIGHTS_SHOWN:]
    return tuple(nights[night] for night in newest)
