"""A busy portal: agencies, people, and years of notices about children never born."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, insert, text

from notifications import documents as docs
from notifications import reports
from portal import accounts
from portal.permissions import OPERATOR, Role
from portal.references import search_key
from portal.shelves import NOTIFICATIONS, OBLIGATIONS, QUALITY, REVIEWS, RUNS
from portal.store import Store
from portal.tables import notifications, obligations, quality, reviews, runs
from records.tokens import recording_token

FORCES = {"E23000014": "West Midlands Police", "E23000015": "Staffordshire Police"}
AUTHORITIES = {
    "330": "Birmingham", "331": "Coventry", "332": "Dudley", "333": "Sandwell",
    "334": "Solihull", "335": "Walsall", "336": "Wolverhampton", "860": "Staffordshire",
}  # fmt: skip
PASSWORD = "a password of the load test"  # noqa: S105 - nobody real signs in by it
_SPACE = uuid.UUID("8b1c5f0e-0d0b-5c3e-9f59-3f5d51f7f4d1")
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much the portal holds."""

    notices: int
    audit_rows: int
    reviews: int = 2_000
    nights: int = 120


def people() -> Iterator[accounts.NewUser]:
    """Twenty who use the portal at once."""
    for number, agency in enumerate([*FORCES] * 3 + [*AUTHORITIES][:5]):
        yield accounts.NewUser(f"officer-{number}", "", Role.OFFICER, agency)
    for number in range(5):
        yield accounts.NewUser(f"reviewer-{number}", "", Role.REVIEWER, None)
    for number in range(3):
        yield accounts.NewUser(f"data-{number}", "", Role.DATA_TEAM, None)
    yield accounts.NewUser("ig-0", "", Role.IG_LEAD, None)


def fill(store: Store, size: Size, now: dt.datetime) -> None:
    """The portal, migrated and empty before, holds so much."""
    with store.writing(OPERATOR) as connection:
        for code, name in (FORCES | AUTHORITIES).items():
            accounts.create_agency(connection, code, name)
        staff = [
            accounts.create_user(connection, one, PASSWORD, now) for one in people()
        ]
        _in_batches(connection, notifications, _notices(size.notices, staff, now))
        _in_batches(connection, obligations, _tasks(size.notices // 10, now))
        _in_batches(connection, reviews, _pairs(size.reviews, now))
        _in_batches(connection, runs, _nights(size.nights, now))
        _in_batches(connection, quality, _reports(size.nights, now))
        _trail(connection, size.audit_rows, [str(one) for one in staff], now)
    at_rest(store)


def at_rest(store: Store) -> None:
    """What was written has been tidied up and is on the disk, as after years it is."""
    with store.writer.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for command in ("VACUUM ANALYZE", "CHECKPOINT"):
            connection.execute(text(command))


def _in_batches(connection: Connection, table, rows: Iterator[dict]) -> None:
    batch: list[dict] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)


def _made(kind: str, number: int) -> uuid.UUID:
    return uuid.uuid5(_SPACE, f"{kind} {number}")


def _kept(body: bytes, now: dt.datetime) -> dict:
    return {"body": body, "sha256": f"{hash(body) & (2**64 - 1):064x}",
            "received_at": now}  # fmt: skip


def _notice(number: int, day: dt.date, recipient: str) -> docs.Notification:
    key = _made("notice", number)
    placing = [*AUTHORITIES][number % len(AUTHORITIES)]
    host = [*AUTHORITIES][(number + 3) % len(AUTHORITIES)]
    due = dt.datetime.combine(day, dt.time(17), dt.UTC) + dt.timedelta(days=1)
    priority = ("high", "standard", "standard", "low")[number % 4]
    surname = f"Load-Test-{number}"
    return docs.Notification.model_validate(
        {
            "notification_id": key, "kind": docs.Kind("new"), "subject": "placement",
            "recipient": recipient, "audience": docs.Audience("duty"), "is_copy": False,
            "rule": docs.Rule(
                id="not_known", version="2026-11-22",
                text="A child looked after by another authority is placed in your "
                "area, and your records do not know the child.",
            ),
            "priority": docs.Priority(priority), "created_on": day,
            "recording_token": recording_token(key), "supersedes": None,
            "asked": "Record that this child is looked after out of area at this "
            "address, name the placing authority, and write the recording token into "
            "your record. Then acknowledge with your own reference and the date.",
            "child": docs.ChildDetails(
                child_ref=f"C-{number}", forename="Synthetic", middle_names=None,
                surname=surname, known_as=None, former_surname=None,
                dob=dt.date(2010, 1, 1) + dt.timedelta(days=number % 4000), sex="F",
            ),
            "placement": docs.PlacementDetails(
                placement_ref=f"P-{placing}-{number}", address="4 Sample Close",
                postcode="B91 9ZZ", host_la=host, host_la_name=AUTHORITIES[host],
                place_code="U6", place_type="foster placement", start=day, end=None,
                expected_end=None, carer_or_home="Foster carer", carer_phone=None,
                legal_status="full care order", iro=None,
            ),
            "placing_authority": docs.Contact(
                authority=placing, name=AUTHORITIES[placing],
                duty_phone="0121 496 0330", duty_email=f"duty.{placing}@demo.example",
            ),
            "risk_indicators": tuple(
                docs.RiskIndicator(
                    indicator=what, answer="not supplied", source=None, since=None
                )
                for what in ("cse_victim", "missing", "gang", "trafficked")
            ),
            "clock": docs.Clock(
                due_at=due, basis="protocol, new placements",
                text="One working day from the night.",
            ),
            "your_records": (), "pointers": (),
            "fill_in": tuple(
                docs.FillIn(section="Person", label=label, value=value)
                for label, value in (
                    ("Surname", surname), ("Forename 1", "Synthetic"), ("Sex", "F"),
                    ("Address", "4 Sample Close"), ("Postcode", "B91 9ZZ"),
                )
            ),
        }
    )  # fmt: skip


def _notices(many: int, staff: list[uuid.UUID], now: dt.datetime) -> Iterator[dict]:
    """Six years of them: nine in ten acknowledged, the newest mostly not."""
    recipients = [*FORCES, *FORCES, *FORCES, *AUTHORITIES]
    for number in range(many):
        back = (many - number) * 2190 // many
        day = now.date() - dt.timedelta(days=back)
        document = _notice(number, day, recipients[number % len(recipients)])
        told = dt.datetime.combine(day, dt.time(6), dt.UTC)
        turn = number // len(recipients)  # so that each recipient has its share
        done = turn % 10 != 0 if back > 3 else turn % 3 == 0
        yield {
            "notification_id": document.notification_id, "version": 1,
            **NOTIFICATIONS.columns(document),
            "fetched_at": told if done else None,
            "opened_at": told if done else None,
            "acknowledged_at": told if done else None,
            "acknowledged_by": staff[0] if done else None,
            "reference": f"N/{number}" if done else None,
            "reference_key": search_key(f"N/{number}") if done else None,
            "recorded_on": day if done else None,
            # what portal.standings would find
            "waits": not done, "stands": "acknowledged" if done else "unread",
            "rank": 1 if document.priority == "high" else 3,
            **_kept(docs.body(document), now),
        }  # fmt: skip


def _tasks(many: int, now: dt.datetime) -> Iterator[dict]:
    for number in range(many):
        owed_by = [*FORCES, *AUTHORITIES][number % 10]
        day = now.date() - dt.timedelta(days=number % 365)
        due = dt.datetime.combine(day, dt.time(17), dt.UTC)
        met = number % 20 != 0
        document = docs.Obligation(
            obligation_id=_made("task", number),
            kind=docs.ObligationKind.ACKNOWLEDGE_TASK, owed_by=owed_by,
            audience=docs.Audience.DUTY,
            rule=docs.Rule(id="ack", version="2026-11-22", text="Not acknowledged."),
            placing_authority=docs.Contact(authority="330", name="Birmingham"),
            child_ref=f"C-{number}", placement_ref=f"P-330-{number}",
            asked="Acknowledge the notice.", due_at=due, escalation=number % 3,
            notification_id=_made("notice", number), created_on=day,
            met_on=day if met else None,
        )  # fmt: skip
        yield {"obligation_id": document.obligation_id,
               **OBLIGATIONS.columns(document),
               **_kept(docs.body(document), now)}  # fmt: skip


def _record(side: str, number: int, authority: str) -> docs.RecordView:
    return docs.RecordView(
        authority=authority, authority_name=(FORCES | AUTHORITIES)[authority],
        record_ref=f"{side}-{number}", names=(f"Synthetic Load-Test-{number}",),
        dobs=(dt.date(2012, 2, 28),), sex="F", postcodes=("B91 9ZZ",), identifiers=(),
        content_hash=f"sha256:{side}{number}",
    )  # fmt: skip


def _pairs(many: int, now: dt.datetime) -> Iterator[dict]:
    for number in range(many):
        deadline = now + dt.timedelta(hours=number % 200 - 20)
        priority = docs.Priority(("high", "standard", "low")[number % 3])
        document = docs.Review(
            review_id=_made("pair", number), left=_record("C", number, "330"),
            right=_record("N", number, "E23000014"), weight=7.5, probability=0.62,
            evidence=tuple(
                docs.EvidenceView(
                    comparison=name, explanation="alike but not the same",
                    left="a", right="b", weight=weight,
                )
                for name, weight in (
                    ("surname", 6.0), ("forename", 4.5), ("date of birth", -3.0),
                )
            ),
            rivals=tuple(
                docs.RivalView(
                    record=_record("R", number * 10 + one, "E23000014"),
                    weight=3.0 - one, probability=0.1,
                )
                for one in range(5)
            ),
            household=(), deadline=deadline, priority=priority,
            hangs_on_it="An unconfirmed notice goes to West Midlands Police.",
            created_on=now.date(),
        )  # fmt: skip
        yield {"review_id": document.review_id, "version": 1,
               **REVIEWS.columns(document),
               **_kept(docs.body(document), now)}  # fmt: skip


def _nights(many: int, now: dt.datetime) -> Iterator[dict]:
    for back in range(many):
        day = now.date() - dt.timedelta(days=back)
        document = reports.RunSummary(
            run_id=f"load-{day}",
            region="load",
            business_date=day,
            outcome="good",
            problems=(),
            seconds={"match": 9.0},
            counts={"decide": {"not_known": 40, "known_at_placement": 120}},
        )
        yield {"run_id": document.run_id, **RUNS.columns(document),
               **_kept(docs.body(document), now)}  # fmt: skip


def _reports(many: int, now: dt.datetime) -> Iterator[dict]:
    for back in range(many):
        for code in (*FORCES, *AUTHORITIES):
            document = reports.QualityReport(
                authority=code, business_date=now.date() - dt.timedelta(days=back),
                outcome="usable", as_of=None, rows=1000 + back, accepted=1000 + back,
                rejected=0,
                tables=tuple(
                    reports.TableQuality(
                        table=table, rows=500,
                        filled={f"field_{one}": 400 for one in range(12)},
                    )
                    for table in ("children", "placements", "identifiers", "risks")
                ),
                states={"not_known": 40, "known_at_placement": 120},
                loop={"told": 100, "recorded": 60, "open": 9, "overdue": 2},
            )  # fmt: skip
            yield {"quality_id": QUALITY.identity(document),
                   **QUALITY.columns(document),
                   **_kept(docs.body(document), now)}  # fmt: skip


def _trail(
    connection: Connection, many: int, staff: list[str], now: dt.datetime
) -> None:
    """Rows of the audit trail, made by the database itself."""
    connection.execute(
        text(
            """
            INSERT INTO audit
                (at, actor, agency, role, action, subject, shown, request_id)
            SELECT CAST(:now AS timestamptz) - (:many - n) * interval '190 seconds',
                   (CAST(:staff AS json) ->> CAST(n % :staffed AS int)),
                   'E23000014', 'officer', 'notice.opened',
                   md5(CAST(n % 100000 AS text))::uuid::text, '',
                   md5(CAST(n AS text))::uuid::text
            FROM generate_series(1, :many) AS n
            """
        ),
        {"now": now, "many": many, "staff": json.dumps(staff), "staffed": len(staff)},
    )
