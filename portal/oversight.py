"""What an information-governance lead looks for: refusals, unusual look-ups, and what
is withheld or shielded. References and counts, never a record."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from notifications.documents import Audience
from notifications.reports import RunSummary
from portal import audit
from portal.audit import Action, Purpose
from portal.clock import london_date
from portal.paging import LENGTH, Paging
from portal.permissions import check_audit
from portal.tables import audit as entries
from portal.tables import disputes, runs, subjects, wishes
from portal.trail import names_of_agencies
from portal.visits import Visit

LOOKED = (Action.NOTICE_OPENED, Action.REVIEW_OPENED, Action.PACKAGE_DOWNLOADED)
"""Actions that put one person's details before somebody's eyes."""
WINDOW = dt.timedelta(days=7)
NORM = dt.timedelta(days=28)
FEW = 20
"""So many look-ups a day are nobody's concern, whatever the person's norm."""
TIMES_THE_NORM = 5
MANY_IN_AN_HOUR = 30
MOST = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody asked for what is not theirs."""

    at: dt.datetime
    actor: str
    agency: str
    role: str
    subject: str


@dataclass(frozen=True, slots=True)
class Unusual:
    """A person who looked at far more than they do, or at very much at once."""

    actor: str
    agency: str
    role: str
    day: dt.date
    looked: int
    norm: float
    """Their look-ups a day over the four weeks before the window."""
    in_an_hour: int
    """The most that they looked at within any sixty minutes of the day."""
    why: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Refusals and unusual look-ups."""

    refusals: tuple[Refusal, ...]
    refused: int
    unusual: tuple[Unusual, ...]
    agencies: dict[str, str]


@dataclass(frozen=True, slots=True)
class Shielded:
    """A notice or a task that only named officers may see."""

    kind: str
    reference: str
    agency: str
    created_on: dt.date
    authority: str
    """The placing authority that it names, if any."""
    rule: str | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """A notice taken back or disputed, or a wish to release or replay."""

    what: str
    reference: str
    reason: str
    on: dt.date
    actor: str = ""
    authority: str = ""
    """Of a notice taken back: the placing authority that it named, if any."""
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Revealed:
    """Somebody, or an agency's system, was shown a shielded child's details."""

    at: dt.datetime
    actor: str
    agency: str
    role: str
    notice: str
    purpose: str
    by_system: bool


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is shielded, withheld, taken back or disputed."""

    by_agency: tuple[tuple[str, int], ...]
    shielded: tuple[Shielded, ...]
    paging: Paging
    held: tuple[tuple[str, int], ...]
    """Of the latest night: what holds notices back, and how many."""
    withdrawn: tuple[Stopped, ...]
    disputed: tuple[Stopped, ...]
    wished: tuple[Stopped, ...]
    revealed: tuple[Revealed, ...]
    agencies: dict[str, str]


def watch(connection: Connection, visit: Visit) -> Watch:
    """The last week's refusals and unusual look-ups; a row of the audit trail.

    Raises:
        NotForRole: the viewer is no information-governance lead.
    """
    check_audit(visit.viewer)
    since = visit.at - WINDOW
    denied = (entries.c.action == Action.DENIED, entries.c.at >= since)
    rows = connection.execute(
        select(entries)
        .where(*denied)
        .order_by(entries.c.at.desc(), entries.c.entry_id.desc())
        .limit(MOST)
    )
    refusals = tuple(
        Refusal(row.at, row.actor, row.agency, row.role, row.subject) for row in rows
    )
    refused = connection.scalar(select(func.count()).where(*denied)) or 0
    found = _unusual(connection, since)
    audit.record(connection, visit, Action.AUDIT_LISTED, "refusals and unusual")
    return Watch(refusals, refused, found, names_of_agencies(connection))


def _unusual(connection: Connection, since: dt.datetime) -> tuple[Unusual, ...]:
    looked = entries.c.action.in_(LOOKED)
    busy = connection.scalars(
        select(entries.c.actor)
        .where(looked, entries.c.at >= since)
        .group_by(entries.c.actor)
        .having(func.count() > FEW)
    ).all()
    before = {
        row.actor: row.looked
        for row in connection.execute(
            select(entries.c.actor, func.count().label("looked"))
            .where(
                looked, entries.c.actor.in_(busy), entries.c.at < since,
                entries.c.at >= since - NORM,
            )
            .group_by(entries.c.actor)
        )
    }  # fmt: skip
    moments: dict[tuple[str, str, str, dt.date], list[dt.datetime]] = defaultdict(list)
    for row in connection.execute(
        select(entries.c.actor, entries.c.agency, entries.c.role, entries.c.at)
        .where(looked, entries.c.actor.in_(busy), entries.c.at >= since)
        .order_by(entries.c.at, entries.c.entry_id)
    ):
        place = (row.actor, row.agency, row.role, london_date(row.at))
        moments[place].append(row.at)
    found = []
    for (actor, agency, role, day), times in moments.items():
        norm = before.get(actor, 0) / NORM.days
        at_once = most_within(times, dt.timedelta(hours=1))
        why = reason(len(times), norm, at_once)
        if why:
            found.append(
                Unusual(actor, agency, role, day, len(times), norm, at_once, why)
            )
    return tuple(
        sorted(found, key=lambda one: (-one.day.toordinal(), -one.looked, one.actor))
    )


def reason(looked: int, norm: float, at_once: int) -> str:
    """Why a day is unusual: ``norm``, ``hour`` or nothing."""
    if looked > max(FEW, TIMES_THE_NORM * norm):
        return "norm"
    return "hour" if at_once >= MANY_IN_AN_HOUR else ""


def most_within(times: Sequence[dt.datetime], span: dt.timedelta) -> int:
    """The most of these moments, in order, that lie within one span."""
    most = first = 0
    for last, moment in enumerate(times):
        while moment - times[first] > span:
            first += 1
        most = max(most, last - first + 1)
    return most


def withheld(connection: Connection, visit: Visit, page: int) -> Withheld:
    """What named officers alone may see, and what was stopped; an audit row.

    Raises:
        NotForRole: as for :func:`watch`.
    """
    check_audit(visit.viewer)
    names = names_of_agencies(connection)
    for_named = subjects.c.audience == Audience.NAMED_OFFICER.value
    counted = Counter(
        {
            row.agency: row.many
            for row in connection.execute(
                select(subjects.c.agency, func.count().label("many"))
                .where(for_named)
                .group_by(subjects.c.agency)
            )
        }
    )
    paging = Paging.of(counted.total(), page)
    shielded = tuple(
        Shielded(
            row.kind, row.token or row.document_id, row.agency, row.created_on,
            row.authority, row.rule,
        )
        for row in connection.execute(
            select(subjects)
            .where(for_named)
            .order_by(subjects.c.created_on.desc(), subjects.c.document_id)
            .limit(LENGTH)
            .offset(paging.offset)
        )
    )  # fmt: skip
    audit.record(
        connection, visit, Action.WITHHELD_LISTED,
        shown=[one.reference for one in shielded],
    )  # fmt: skip
    return Withheld(
        tuple(sorted((names.get(code, code), many) for code, many in counted.items())),
        shielded, paging, _held(connection), _withdrawn(connection),
        _disputed(connection), _wished(connection), _revealed(connection), names,
    )  # fmt: skip


def _held(connection: Connection) -> tuple[tuple[str, int], ...]:
    body = connection.scalar(
        select(runs.c.body)
        .order_by(runs.c.business_date.desc(), runs.c.received_at.desc(), runs.c.run_id)
        .limit(1)
    )
    if body is None:
        return ()
    held = RunSummary.model_validate_json(body).held
    return tuple(sorted((holder, count) for holder, count in held.items() if count))


def _withdrawn(connection: Connection) -> tuple[Stopped, ...]:
    original = subjects.alias("original")
    withdrawn = (
        select(subjects)
        .where(subjects.c.kind == "withdrawal")
        .order_by(subjects.c.created_on.desc(), subjects.c.document_id)
        .limit(MOST)
        .subquery()
    )
    rows = connection.execute(
        select(withdrawn, original.c.authority.label("placing"))
        .outerjoin(
            original,
            (original.c.kind == "notification")
            & (original.c.document_id == withdrawn.c.about),
        )
        .order_by(withdrawn.c.created_on.desc(), withdrawn.c.document_id)
    )
    return tuple(
        Stopped(
            "withdrawal", row.about or "", "", row.created_on,
            authority=row.placing or "", rule=row.rule,
        )
        for row in rows
    )  # fmt: skip


def _disputed(connection: Connection) -> tuple[Stopped, ...]:
    rows = connection.execute(
        select(disputes)
        .where(disputes.c.settled_at.is_(None))
        .order_by(disputes.c.disputed_at.desc(), disputes.c.dispute_id)
        .limit(MOST)
    )
    return tuple(
        Stopped(
            "dispute", str(row.notification_id), row.reason,
            london_date(row.disputed_at), str(row.disputed_by),
        )
        for row in rows
    )  # fmt: skip


def _wished(connection: Connection) -> tuple[Stopped, ...]:
    rows = connection.execute(
        select(wishes).order_by(wishes.c.asked_at.desc(), wishes.c.wish_id).limit(MOST)
    )
    return tuple(
        Stopped(row.kind, row.subject, "", london_date(row.asked_at), str(row.asked_by))
        for row in rows
    )


def _revealed(connection: Connection) -> tuple[Revealed, ...]:
    rows = connection.execute(
        select(entries)
        .where(entries.c.action == Action.REVEALED)
        .order_by(entries.c.at.desc(), entries.c.entry_id.desc())
        .limit(MOST)
    )
    return tuple(
        Revealed(
            row.at, row.actor, row.agency, row.role, row.subject, row.purpose,
            by_system=row.purpose == Purpose.SYSTEM,
        )
        for row in rows
    )  # fmt: skip
