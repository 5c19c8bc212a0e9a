"""Nights and suppliers, in counts: what the region's data team looks at first."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from notifications.documents import RunSummary, SupplierVerdict
from portal import audit, operations
from portal.accounts import agency_name
from portal.audit import Action
from portal.operations import Letters, Run
from portal.permissions import check_runs
from portal.tables import people, verdicts
from portal.visits import Visit

MOST_RUNS = 14
_STAGES = (
    "collect", "extract", "standardise", "match", "decide", "clocks", "publish",
    "report",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Supplier:
    """The latest verdict on one authority's extracts."""

    name: str
    verdict: SupplierVerdict


@dataclass(frozen=True, slots=True)
class Nights:
    """The latest runs, newest first, and every supplier's latest verdict."""

    runs: tuple[Run, ...]
    suppliers: tuple[Supplier, ...]
    letters: Letters
    people: int
    """How many cross-border people the region has told of."""


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
    return Nights(found, _suppliers(connection), letters, known)


def _suppliers(connection: Connection) -> tuple[Supplier, ...]:
    newest = (
        select(
            verdicts.c.body,
            func.row_number()
            .over(
                partition_by=verdicts.c.authority,
                order_by=(
                    verdicts.c.business_date.desc(),
                    verdicts.c.received_at.desc(),
                    verdicts.c.verdict_id,
                ),
            )
            .label("place"),
        )
    ).subquery()
    found = (
        SupplierVerdict.model_validate_json(body)
        for body in connection.scalars(select(newest.c.body).where(newest.c.place == 1))
    )
    return tuple(
        Supplier(agency_name(connection, verdict.authority) or "", verdict)
        for verdict in sorted(found, key=lambda verdict: verdict.authority)
    )
