"""What authorities send, in counts: tonight beside what is usual."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import Connection, func, select

from notifications.reports import QualityReport, SupplierVerdict
from portal import audit
from portal.accounts import agency_name
from portal.audit import Action
from portal.permissions import NotYours, check_runs, check_supplier, check_supply
from portal.tables import agencies, quality, verdicts
from portal.visits import Visit
from records.authorities import AuthorityKind, kind_of

NIGHTS_SHOWN = 90
USUAL_OVER = 28
"""Nights before tonight whose median is what is usual."""
UNUSUAL = 0.25
"""A count further than this share from the usual one is marked."""
SEEN_BY_POLICE = frozenset(
    {"known_at_placement", "known_at_address_no_flag", "known_not_at_address"}
)
_DECIDED = SEEN_BY_POLICE | {"possible", "not_known"}
_LISTED_VERDICTS = 30


@dataclass(frozen=True, slots=True)
class Arrival:
    """One authority on the latest night that anything was reported of it."""

    code: str
    name: str
    report: QualityReport
    usual_rows: float | None
    """``None`` until there are earlier nights."""

    @property
    def is_police(self) -> bool:
        return kind_of(self.code) is AuthorityKind.POLICE

    @property
    def unusual(self) -> bool:
        return is_unusual(self.report.rows, self.usual_rows)

    @property
    def yield_(self) -> float | None:
        return match_yield(self.report.states)

    def rows_of(self, table: str) -> int:
        """Rows of one of its tables; 0 where it sends none."""
        return next((t.rows for t in self.report.tables if t.table == table), 0)

    def share_of(self, table: str, field: str) -> float | None:
        """The share of a table's rows in which a field says something."""
        return next(
            (share(t.filled.get(field, 0), t.rows) for t in self.report.tables
             if t.table == table),
            None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldNow:
    """How often a field says something: tonight and usually."""

    field: str
    filled: float | None
    usual: float | None

    @property
    def fell(self) -> bool:
        """Ten points or more below what is usual."""
        return (
            self.filled is not None
            and self.usual is not None
            and self.usual - self.filled >= 0.1
        )


@dataclass(frozen=True, slots=True)
class TableNow:
    """One table of an extract beside what is usual."""

    table: str
    rows: int
    usual: float | None
    fields: tuple[FieldNow, ...]

    @property
    def unusual(self) -> bool:
        return is_unusual(self.rows, self.usual)


@dataclass(frozen=True, slots=True)
class Supply:
    """One authority's nights, oldest first, and its latest one taken apart."""

    code: str
    name: str
    reports: tuple[QualityReport, ...]
    tables: tuple[TableNow, ...]
    verdicts: tuple[SupplierVerdict, ...]


def share(part: float, whole: float) -> float | None:
    """``None`` where there is nothing to share."""
    return part / whole if whole else None


def is_unusual(count: float, usual: float | None) -> bool:
    """Further from the usual count than :data:`UNUSUAL` allows."""
    return usual is not None and abs(count - usual) > UNUSUAL * usual


def match_yield(states: Mapping[str, int]) -> float | None:
    """Of the placements decided on good data: the share that the police know."""
    return share(
        sum(states.get(state, 0) for state in SEEN_BY_POLICE),
        sum(states.get(state, 0) for state in _DECIDED),
    )


def arrivals(connection: Connection, visit: Visit) -> tuple[Arrival, ...]:
    """Every authority's latest night: local authorities first, then forces.

    Raises:
        NotForRole: the viewer does not see the runs.
    """
    check_runs(visit.viewer)
    found = latest(connection)
    audit.record(
        connection, visit, Action.SUPPLY_LISTED, shown=[one.code for one in found]
    )
    return found


def latest(connection: Connection) -> tuple[Arrival, ...]:
    """As :func:`arrivals`, of a viewer who was checked, without a row of the trail."""
    newest = (
        select(quality.c.authority, func.max(quality.c.business_date).label("on"))
        .group_by(quality.c.authority)
        .subquery()
    )
    rows = connection.execute(
        select(quality.c.body, agencies.c.name)
        .join(
            newest,
            (newest.c.authority == quality.c.authority)
            & (newest.c.on == quality.c.business_date),
        )
        .join(agencies, agencies.c.code == quality.c.authority)
    ).all()
    reports = [(QualityReport.model_validate_json(row.body), row.name) for row in rows]
    counted = _rows_by_authority(connection, [report for report, _ in reports])
    found = [
        Arrival(
            report.authority,
            name,
            report,
            _usual(counted[report.authority], report.business_date),
        )
        for report, name in reports
    ]
    return tuple(sorted(found, key=lambda one: (one.is_police, one.code)))


def open_supply(connection: Connection, visit: Visit, code: str) -> Supply:
    """One authority's nights.

    Raises:
        NotForRole, NotYours: see :func:`portal.permissions.check_supply`.
    """
    check_supply(visit.viewer, code)
    name = agency_name(connection, code)
    if name is None:
        raise NotYours("supply", code)
    bodies = connection.scalars(
        select(quality.c.body)
        .where(quality.c.authority == code)
        .order_by(quality.c.business_date.desc())
        .limit(NIGHTS_SHOWN)
    )
    newest_first = [QualityReport.model_validate_json(body) for body in bodies]
    audit.record(connection, visit, Action.SUPPLY_OPENED, code)
    return Supply(
        code,
        name,
        tuple(reversed(newest_first)),
        _tables_now(newest_first),
        own_verdicts(connection, code),
    )


def picked_up(
    connection: Connection, visit: Visit, action: Action
) -> tuple[str, tuple[SupplierVerdict, ...]]:
    """The viewer's own agency and the verdicts on what it sent, the newest first.

    Raises:
        NotForRole: the viewer is no supplier.
    """
    code = check_supplier(visit.viewer)
    found = own_verdicts(connection, code)
    audit.record(connection, visit, action, code, [one.verdict_id for one in found])
    return code, found


def own_verdicts(connection: Connection, code: str) -> tuple[SupplierVerdict, ...]:
    """The newest verdicts on one authority's extracts."""
    bodies = connection.scalars(
        select(verdicts.c.body)
        .where(verdicts.c.authority == code)
        .order_by(
            verdicts.c.business_date.desc(),
            verdicts.c.received_at.desc(),
            verdicts.c.verdict_id,
        )
        .limit(_LISTED_VERDICTS)
    )
    return tuple(SupplierVerdict.model_validate_json(body) for body in bodies)


def _rows_by_authority(
    connection: Connection, reports: Sequence[QualityReport]
) -> Mapping[str, Mapping[dt.date, int]]:
    found: dict[str, dict[dt.date, int]] = defaultdict(dict)
    if not reports:
        return found
    oldest = min(one.business_date for one in reports) - dt.timedelta(days=USUAL_OVER)
    for row in connection.execute(
        select(quality.c.authority, quality.c.business_date, quality.c.rows).where(
            quality.c.business_date >= oldest, quality.c.outcome == "usable"
        )
    ):
        found[row.authority][row.business_date] = row.rows
    return found


def _usual(rows: Mapping[dt.date, int], before: dt.date) -> float | None:
    earlier = [
        count
        for day, count in rows.items()
        if before - dt.timedelta(days=USUAL_OVER) <= day < before
    ]
    return median(earlier) if earlier else None


def _tables_now(newest_first: Sequence[QualityReport]) -> tuple[TableNow, ...]:
    """The newest usable night's tables, beside the usable nights before it."""
    usable = [report for report in newest_first if report.tables]
    if not usable:
        return ()
    now, *before = usable[: USUAL_OVER + 1]
    earlier = [{table.table: table for table in report.tables} for report in before]
    found = []
    for table in now.tables:
        then = [tables[table.table] for tables in earlier if table.table in tables]
        fields = []
        for name, filled in sorted(table.filled.items()):
            shares = [
                value
                for one in then
                if (value := share(one.filled.get(name, 0), one.rows)) is not None
            ]
            fields.append(
                FieldNow(
                    name, share(filled, table.rows), median(shares) if shares else None
                )
            )
        usual = median(one.rows for one in then) if then else None
        found.append(TableNow(table.table, table.rows, usual, tuple(fields)))
    return tuple(found)
