"""What the portal keeps: a line for each of its tables, how long it stays, and why.

A table without a line fails the tests, and so does one that has no end and no reason.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select

from portal import tables
from portal.forgetting import ATTEMPTS_STAND
from portal.handovers import NOTES_STAND
from portal.permissions import check_audit
from portal.retention import COMMAND
from portal.settings import PortalSettings
from portal.tables import audit as entries
from portal.tables import holds
from portal.visits import Visit

NO_END = "No end"
LATE = dt.timedelta(days=2)
"""Retention is applied every night: later than this, somebody should ask why not."""


@dataclass(frozen=True, slots=True)
class Line:
    """How long the rows of a table stay."""

    table: Table
    name: str
    stays: str
    note: str
    """Of what has no end: why."""
    at: str | None = "received_at"
    """The column that says since when a row is here; ``None``: none does."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the page says of one table."""

    name: str
    stays: str
    count: int
    oldest: dt.date | None
    note: str


@dataclass(frozen=True, slots=True)
class Applied:
    """When retention was applied last."""

    at: dt.datetime | None
    late: bool


def lines(settings: PortalSettings) -> tuple[Line, ...]:
    """Every table of the portal: first what ends, then what does not."""
    notices = _days(settings.keep_notices_days)
    pairs = _days(settings.keep_reviews_days)
    nights = _days(settings.keep_nights_days)
    with_notice, with_pair = "With the notice", "With the pair"
    words = _days(NOTES_STAND.days)
    return (
        Line(tables.notifications, "Notices", notices,
             "never one that still waits for its recipient"),
        Line(tables.withdrawals, "Withdrawals", with_notice, ""),
        Line(tables.disputes, "Disputes", with_notice, "", "disputed_at"),
        Line(tables.passings, "Changes of hands", with_notice, "", "at"),
        Line(tables.handovers, "Hand-overs", notices,
             f"their notes, which may name a child, {words} only", "at"),
        Line(tables.obligations, "Tasks", notices, "once they are done"),
        Line(tables.subjects, "Whom documents are about", "With the document",
             "references only", "created_on"),
        Line(tables.reviews, "Pairs", pairs, "both records, as they were sent"),
        Line(tables.judgements, "Decisions", with_pair, "", "made_at"),
        Line(tables.second_readings, "Second readings", with_pair, "", "read_at"),
        Line(tables.review_claims, "Who has a pair", with_pair, "", "taken_at"),
        Line(tables.review_skips, "Skipped pairs", with_pair, "", "skipped_at"),
        Line(tables.searches, "Wider searches", with_pair,
             "which force was searched; no names", "asked_at"),
        Line(tables.search_answers, "Answers to searches", with_pair,
             "records of the force"),
        Line(tables.recusals, "Families that reviewers know", pairs,
             "longer while a pair of the child is here", "declared_at"),
        Line(tables.runs, "Nights", nights, ""),
        Line(tables.verdicts, "Suppliers' verdicts", nights, ""),
        Line(tables.quality, "Quality of extracts", nights, "counts only"),
        Line(tables.dead_letters, "Refused deliveries", nights,
             "once they are settled"),
        Line(tables.wishes, "Releases and replays asked for", nights,
             "ids only", "asked_at"),
        Line(tables.sessions, "Sessions", f"{settings.absolute_hours} hours", "",
             "created_at"),
        Line(tables.sign_in_attempts, "Sign-in attempts", _days(ATTEMPTS_STAND.days),
             "keyed hashes only", "at"),
        Line(tables.access_tokens, "Programs' tokens", "10 minutes",
             "hashes only", None),
        Line(tables.used_assertions, "Assertions taken once", "5 minutes",
             "hashes only", None),
        Line(tables.people, "Pointers to people", NO_END,
             "as long as the region tells them; references only"),
        Line(tables.events, "Events of the feed", NO_END,
             "ids and codes: the region reads them in order. What was typed goes: a "
             "search's names and year once it is answered, reasons with their pair",
             "at"),
        Line(tables.received, "Receipts of documents", NO_END,
             "hashes only: an old retry is known by them"),
        Line(tables.tombstones, "Tombstones", NO_END,
             "ids and hashes only: nothing erased comes back", "erased_at"),
        Line(tables.holds, "Legal holds", NO_END,
             "until somebody ends them; references only", "held_at"),
        Line(entries, "Audit trail", NO_END,
             "never erased; ids and codes only", "at"),
        Line(tables.audit_waiting, "Entries not sealed yet", NO_END,
             "numbers only, for seconds", None),
        Line(tables.audit_links, "Links of the trail", NO_END,
             "hashes: they show that the trail is whole", None),
        Line(tables.audit_seals, "Seals of the trail", NO_END,
             "hashes and signatures", "sealed_at"),
        Line(tables.audit_checks, "Checks of the trail", NO_END,
             "counts", "checked_at"),
        Line(tables.audit_about, "Which entries name a document", NO_END,
             "ids: access histories are found by them", None),
        Line(tables.users, "Users", NO_END,
             "their names stand behind the trail's pseudonyms", "created_at"),
        Line(tables.review_preferences, "Reviewers' settings", NO_END,
             "with the user; shortcuts on or off", None),
        Line(tables.training_answers, "Training answers", NO_END,
             "with the user; about people who are made up", "answered_at"),
        Line(tables.agencies, "Agencies", NO_END, "codes and names", None),
        Line(tables.machines, "Programs", NO_END,
             "they stand behind the trail's pseudonyms", "created_at"),
        Line(tables.machine_keys, "Programs' keys", NO_END,
             "hashes only: an ended key is known when it is tried", "created_at"),
        Line(tables.client_keys, "Programs' public keys", NO_END,
             "until the program is given others", "created_at"),
        Line(tables.counters, "Counters of the feed", NO_END, "two numbers", None),
    )  # fmt: skip


def kept(
    connection: Connection, visit: Visit, settings: PortalSettings
) -> tuple[Kept, ...]:
    """What is kept, how long, and the oldest of each; counts and dates only.

    Raises:
        NotForRole: the viewer is no information-governance lead.
    """
    check_audit(visit.viewer)
    return tuple(_kept(connection, line) for line in lines(settings))


def held(connection: Connection) -> int:
    """How many children a legal hold keeps."""
    return connection.scalar(select(func.count()).select_from(holds)) or 0


def applied(connection: Connection, now: dt.datetime) -> Applied:
    """When retention was applied last, as the trail says."""
    last: dt.datetime | None = connection.scalar(
        select(func.max(entries.c.at)).where(entries.c.subject == COMMAND)
    )
    return Applied(last, late=last is None or now - last > LATE)


def _kept(connection: Connection, line: Line) -> Kept:
    count = connection.scalar(select(func.count()).select_from(line.table)) or 0
    return Kept(line.name, line.stays, count, _oldest(connection, line), line.note)


def _oldest(connection: Connection, line: Line) -> dt.date | None:
    if line.at is None:
        return None
    column: Column[Any] = line.table.c[line.at]
    oldest: dt.datetime | dt.date | None = connection.scalar(select(func.min(column)))
    return oldest.date() if isinstance(oldest, dt.datetime) else oldest


def _days(many: int) -> str:
    return "1 day" if many == 1 else f"{many:,} days"
