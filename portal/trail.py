"""The audit trail as its reader sees it: who looked at what and why, never a record."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    false,
    func,
    or_,
    select,
    true,
)

from portal import audit, sealing
from portal.audit import Action, Purpose
from portal.chain import Seal, instant
from portal.clock import LONDON
from portal.package import plain_cell
from portal.paging import LENGTH, Paging
from portal.permissions import NotYours, check_audit
from portal.tables import (
    agencies,
    audit_about,
    audit_checks,
    audit_waiting,
    subjects,
    users,
)
from portal.tables import audit as entries
from portal.visits import Visit

MOST_EXPORTED = 50_000
"""Rows of one CSV; the whole trail leaves as lines of JSON."""
_TOKEN = re.compile(r"XB-?([0-9A-Z]{4})-?([0-9A-Z]{4})-?([0-9A-Z])")
_CODE = re.compile(r"region|\d{3}|[EW]\d{8}")
_PSEUDONYM = re.compile(r"operator|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COLUMNS = (
    "entry", "at", "person", "agency", "role", "action", "subject", "shown", "purpose",
    "network", "request",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are asked for. Empty fields leave nothing out."""

    agency: str = ""
    actor: str = ""
    action: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def where(self) -> ColumnElement[bool]:
        wanted: list[ColumnElement[bool]] = [true()]
        if self.agency:
            wanted.append(entries.c.agency == self.agency)
        if self.actor:
            wanted.append(entries.c.actor == self.actor)
        if self.action:
            wanted.append(entries.c.action == self.action)
        if self.since:
            wanted.append(entries.c.at >= _midnight(self.since))
        if self.until:
            after = self.until + dt.timedelta(days=1)
            wanted.append(entries.c.at < _midnight(after))
        return and_(*wanted)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry."""

    entry_id: int
    at: dt.datetime
    actor: str
    agency: str
    role: str
    action: str
    subject: str
    shown: int
    """How many documents a list put on the screen."""
    purpose: str | None


@dataclass(frozen=True, slots=True)
class State:
    """How the chain stands."""

    last: Seal | None
    waiting: int
    checked_at: dt.datetime | None
    broken: str
    """What the last check found first, empty when all held."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of the trail, newest first; ``older`` leads on."""

    lines: tuple[Line, ...]
    older: int | None
    state: State
    agencies: dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """Whose accesses are asked for: a notice, or an authority's reference."""

    reference: str = ""
    """A recording token or the id of a notice, a task or a review."""
    authority: str = ""
    record_ref: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """One access to a document of the child that was asked for."""

    line: Line
    documents: tuple[str, ...]
    """Which of the child's documents, by kind and reference."""


@dataclass(frozen=True, slots=True)
class Accesses:
    """All accesses to one child's documents, newest first."""

    accesses: tuple[Access, ...]
    documents: int
    paging: Paging
    agencies: dict[str, str]


@dataclass(frozen=True, slots=True)
class Staff:
    """A person behind a pseudonym, revealed on purpose."""

    user_id: UUID
    name: str
    username: str
    role: str
    agency: str | None
    closed: bool


def lines(
    connection: Connection, visit: Visit, wanted: Filter, before: int | None
) -> Lines:
    """Entries of the trail, newest first; reading it is an entry too.

    Raises:
        NotForRole: the viewer is no information-governance lead.
    """
    check_audit(visit.viewer)
    older = true() if before is None else entries.c.entry_id < before
    rows = connection.execute(
        select(entries)
        .where(wanted.where(), older)
        .order_by(entries.c.entry_id.desc())
        .limit(LENGTH + 1)
    ).all()
    found = tuple(map(_line, rows[:LENGTH]))
    audit.record(connection, visit, Action.AUDIT_LISTED, _said(wanted))
    return Lines(
        found,
        found[-1].entry_id if len(rows) > LENGTH else None,
        _state(connection),
        names_of_agencies(connection),
    )


def as_csv(
    connection: Connection, visit: Visit, wanted: Filter, purpose: Purpose
) -> bytes:
    """The entries as a table for a spreadsheet, newest first; no cell is a formula.

    Raises:
        NotForRole: as for :func:`lines`.
    """
    check_audit(visit.viewer)
    rows = connection.execute(
        select(entries)
        .where(wanted.where())
        .order_by(entries.c.entry_id.desc())
        .limit(MOST_EXPORTED)
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        cells: Iterable[object] = (
            row.entry_id, instant(row.at), row.actor, row.agency, row.role, row.action,
            row.subject, row.shown, row.purpose or "", row.network or "",
            row.request_id,
        )  # fmt: skip
        writer.writerow(plain_cell(str(cell)) for cell in cells)
    audit.record(
        connection, visit, Action.AUDIT_EXPORTED, f"csv {_said(wanted)}"[:100],
        purpose=purpose,
    )  # fmt: skip
    return out.getvalue().encode("utf-8-sig")


def accesses(
    connection: Connection,
    visit: Visit,
    question: Question,
    purpose: Purpose,
    page: int,
) -> Accesses:
    """Every entry about any document of the child; asking is an entry too.

    What is not sealed yet is not found: seal first.

    Raises:
        NotForRole: as for :func:`lines`.
    """
    check_audit(visit.viewer)
    documents = _documents(connection, question)
    named = (
        select(audit_about.c.entry_id)
        .where(audit_about.c.document_id.in_([UUID(one) for one in documents]))
        .distinct()
    )
    count = connection.scalar(select(func.count()).select_from(named.subquery())) or 0
    paging = Paging.of(count, page)
    rows = connection.execute(
        select(entries)
        .where(entries.c.entry_id.in_(named))
        .order_by(entries.c.at.desc(), entries.c.entry_id.desc())
        .limit(LENGTH)
        .offset(paging.offset)
    ).all()
    audit.record(
        connection, visit, Action.ACCESSES_LISTED, "", sorted(documents),
        purpose=purpose,
    )  # fmt: skip
    return Accesses(
        tuple(Access(_line(row), _touched(row, documents)) for row in rows),
        len(documents),
        paging,
        names_of_agencies(connection),
    )


def reveal(
    connection: Connection, visit: Visit, user_id: UUID, purpose: Purpose
) -> Staff:
    """The name of a member of staff; a row of the audit trail.

    Raises:
        NotForRole: as for :func:`lines`.
        NotYours: nobody has that pseudonym.
    """
    check_audit(visit.viewer)
    row = connection.execute(
        select(users).where(users.c.user_id == user_id)
    ).one_or_none()
    if row is None:
        raise NotYours("user", str(user_id))
    audit.record(
        connection, visit, Action.STAFF_REVEALED, str(user_id), purpose=purpose
    )
    return Staff(
        row.user_id, row.name, row.username, row.role, row.agency,
        row.disabled_at is not None,
    )  # fmt: skip


def names_of_agencies(connection: Connection) -> dict[str, str]:
    """Every agency's name by its code."""
    rows = connection.execute(
        select(agencies.c.code, agencies.c.name).order_by(agencies.c.name)
    )
    return {row.code: row.name for row in rows}


def _documents(connection: Connection, question: Question) -> dict[str, str]:
    """The child's documents: kind and reference by id.

    Those the question names, those about the same record, and what hangs on them.
    """
    first = connection.execute(_of_subjects().where(_asked(question))).all()
    records = {(row.authority, row.record_ref) for row in first if row.record_ref}
    found = {row.document_id: row for row in first}
    for authority, record_ref in sorted(records):
        same = and_(
            subjects.c.authority == authority, subjects.c.record_ref == record_ref
        )
        for row in connection.execute(_of_subjects().where(same)):
            found[row.document_id] = row
    hanging = subjects.c.about.in_(list(found)) if found else false()
    for row in connection.execute(_of_subjects().where(hanging)):
        found.setdefault(row.document_id, row)
    return {
        identity: f"{row.kind} {row.token or identity}"
        for identity, row in found.items()
    }


def _asked(question: Question) -> ColumnElement[bool]:
    reference = question.reference.strip()
    token = _TOKEN.fullmatch(reference.upper().replace(" ", ""))
    if token:
        return subjects.c.token == f"XB-{token[1]}-{token[2]}-{token[3]}"
    if reference:
        return or_(
            subjects.c.document_id == reference.lower(),
            subjects.c.about == reference.lower(),
        )
    return and_(
        subjects.c.authority == question.authority.strip(),
        subjects.c.record_ref == question.record_ref.strip(),
        subjects.c.record_ref != "",
    )


def _of_subjects() -> Select[Any]:
    return select(subjects)


def _touched(row: Row[Any], documents: dict[str, str]) -> tuple[str, ...]:
    text = f"{row.subject},{row.shown}"
    return tuple(sorted(said for one, said in documents.items() if one in text))


def _state(connection: Connection) -> State:
    waiting = connection.scalar(select(func.count()).select_from(audit_waiting)) or 0
    checked = connection.execute(
        select(audit_checks).order_by(audit_checks.c.check_id.desc()).limit(1)
    ).one_or_none()
    return State(
        sealing.last_seal(connection), waiting,
        checked.checked_at if checked else None, checked.broken if checked else "",
    )  # fmt: skip


def _line(row: Row[Any]) -> Line:
    shown: Sequence[str] = row.shown.split(",") if row.shown else ()
    return Line(
        row.entry_id, row.at, row.actor, row.agency, row.role, row.action, row.subject,
        len(shown), row.purpose,
    )  # fmt: skip


def _said(wanted: Filter) -> str:
    """The filter as the trail keeps it: codes and dates, and nothing that was typed."""
    parts = (
        wanted.agency if _CODE.fullmatch(wanted.agency) else "",
        wanted.actor if _PSEUDONYM.fullmatch(wanted.actor) else "",
        wanted.action if wanted.action in set(Action) else "",
        wanted.since, wanted.until,
    )  # fmt: skip
    return " ".join(str(part) for part in parts if part)[:100]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), LONDON)
