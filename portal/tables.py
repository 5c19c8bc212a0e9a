"""The portal's tables: what was put to it, what people did, and who may come in.

A document is kept as the bytes that arrived; the other columns are only what pages
sort, filter and scope by. Times are UTC. Enumerated text repeats the values of
``notifications.documents`` and ``portal.permissions``: changing one is a migration.
"""

import datetime as dt
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment: kept in UTC, given back in UTC, refused without a zone.

    SQLite drops the zone of what it is given, so 01:02+01:00 would come back as 01:02.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: dt.datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be stored")
        return value.astimezone(dt.UTC)

    def process_result_value(
        self,
        value: dt.datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=dt.UTC)
        return value.astimezone(dt.UTC)


_SHA256 = String(64)


def _document() -> tuple[Column[Any], ...]:
    return (
        Column("body", LargeBinary, nullable=False),
        Column("sha256", _SHA256, nullable=False),
        Column("received_at", UtcDateTime, nullable=False),
    )


# --- who may come in ---------------------------------------------------------------

agencies = Table(
    "agencies",
    metadata,
    Column("code", String(9), primary_key=True),
    Column("name", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("user_id", Uuid, primary_key=True),  # the pseudonym in events and audit
    Column("username", String(100), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("agency", String(9), ForeignKey("agencies.code")),
    Column("password_hash", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    CheckConstraint(
        "(role IN ('officer', 'named_officer')) = (agency IS NOT NULL)",
        name="officers_have_an_agency",
    ),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", _SHA256, primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.user_id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
)

machine_keys = Table(
    "machine_keys",
    metadata,
    Column("key_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("token_hash", _SHA256, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("attempt_id", Integer, primary_key=True),
    Column("name_hash", _SHA256, nullable=False),
    Column("address_hash", _SHA256, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)

# --- what was put to the portal ----------------------------------------------------

received = Table(
    "received",
    metadata,
    Column("kind", String(20), nullable=False),
    Column("document_id", String(100), nullable=False),
    Column("sha256", _SHA256, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("key_id", Uuid, ForeignKey("machine_keys.key_id"), nullable=False),
    PrimaryKeyConstraint("kind", "document_id", "sha256"),
)
"""Every version of every document that was ever accepted, and who brought it."""

notifications = Table(
    "notifications",
    metadata,
    Column("notification_id", Uuid, primary_key=True),
    Column("recipient", String(9), ForeignKey("agencies.code"), nullable=False),
    Column("audience", String(20), nullable=False),
    Column("is_copy", Boolean, nullable=False),
    Column("urgency", Integer, nullable=False),  # 0 is the most urgent
    Column("due_at", UtcDateTime),
    Column("created_on", Date, nullable=False),
    Column("supersedes", Uuid, index=True),
    Column("reminds", Uuid, index=True),
    *_document(),
    Column("version", Integer, nullable=False),
    Column("fetched_at", UtcDateTime),
    Column("opened_at", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("acknowledged_by", Uuid, ForeignKey("users.user_id")),
    Column("reference", Text),
    Column("recorded_on", Date),
    CheckConstraint(
        "(acknowledged_at IS NULL) = (acknowledged_by IS NULL) AND "
        "(acknowledged_at IS NULL) = (reference IS NULL) AND "
        "(acknowledged_at IS NULL) = (recorded_on IS NULL)",
        name="acknowledged_whole",
    ),
    Index(None, "recipient", "audience", "created_on"),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column(
        "notification_id",
        Uuid,
        ForeignKey("notifications.notification_id"),
        primary_key=True,
    ),
    Column("retraction_id", Uuid, nullable=False, unique=True),
    *_document(),
    Column("seen_at", UtcDateTime),
)

obligations = Table(
    "obligations",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("kind", String(30)),
    Column("owed_by", String(9), ForeignKey("agencies.code"), nullable=False),
    Column("audience", String(20), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("met_on", Date),
    Column("notification_id", Uuid, index=True),  # it may come before the notice
    *_document(),
    Index(None, "owed_by", "audience", "due_at"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", Uuid, primary_key=True),
    Column("urgency", Integer, nullable=False),
    Column("deadline", UtcDateTime, nullable=False, index=True),
    *_document(),
    Column("version", Integer, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("kind", String(20), nullable=False),
    *_document(),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(100), primary_key=True),
    Column("business_date", Date, nullable=False, index=True),
    *_document(),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("verdict_id", Uuid, primary_key=True),
    Column("authority", String(9), ForeignKey("agencies.code"), nullable=False),
    Column("business_date", Date, nullable=False),
    *_document(),
    Index(None, "authority", "business_date"),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("letter_id", String(100), primary_key=True),
    Column("settled", String(20), nullable=False),
    Column("created_on", Date, nullable=False, index=True),
    *_document(),
)

# --- what people did ---------------------------------------------------------------

disputes = Table(
    "disputes",
    metadata,
    Column("dispute_id", Uuid, primary_key=True),  # the id of its event
    Column(
        "notification_id",
        Uuid,
        ForeignKey("notifications.notification_id"),
        nullable=False,
    ),
    Column("reason", String(20), nullable=False),
    Column("disputed_at", UtcDateTime, nullable=False),
    Column("disputed_by", Uuid, ForeignKey("users.user_id"), nullable=False),
    Column("settled_at", UtcDateTime),  # by an acknowledgement that came after it
    Index(
        "ix_disputes_one_stands",
        "notification_id",
        unique=True,
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
)

wishes = Table(
    "wishes",
    metadata,
    Column("wish_id", Uuid, primary_key=True),  # the id of its event
    Column("kind", String(40), nullable=False),  # the type of its event
    Column("subject", String(100), nullable=False),
    Column("sha256", _SHA256, nullable=False),  # of the document that was shown
    Column("asked_at", UtcDateTime, nullable=False),
    Column("asked_by", Uuid, ForeignKey("users.user_id"), nullable=False),
    UniqueConstraint("kind", "subject", "sha256"),
)
"""What operators asked of the next pass. A later document answers."""

judgements = Table(
    "judgements",
    metadata,
    Column("judgement_id", Uuid, primary_key=True),  # the id of its event
    Column("review_id", Uuid, ForeignKey("reviews.review_id"), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", Uuid, ForeignKey("users.user_id"), nullable=False),
    Column("undone_at", UtcDateTime),
    Column("undone_by", Uuid, ForeignKey("users.user_id")),
    CheckConstraint(
        "(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"
    ),
    Index(None, "review_id", "made_at"),
    Index(
        "ix_judgements_one_stands",
        "review_id",
        unique=True,
        sqlite_where=text("undone_at IS NULL"),
        postgresql_where=text("undone_at IS NULL"),
    ),
)

events = Table(
    "events",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("type", String(40), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("data", Text, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("value", Integer, nullable=False),
)
"""The last number given out. Its row is locked until the giver's transaction ends."""

audit = Table(
    "audit",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(36), nullable=False),
    Column("agency", String(9), nullable=False),
    Column("role", String(20), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("shown", Text, nullable=False),  # ids, comma separated: what a list showed
    Column("request_id", String(36), nullable=False),
    sqlite_autoincrement=True,  # no number is given out twice
)
"""Who saw and did what, by ids and codes, never a name. Rows are only added."""
