"""What was put to the portal."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Uuid,
)

from portal.tables.kinds import SHA256, UtcDateTime, document, metadata

received = Table(
    "received",
    metadata,
    Column("kind", String(20), nullable=False),
    Column("document_id", String(100), nullable=False),
    Column("sha256", SHA256, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("machine_id", Uuid, ForeignKey("machines.machine_id"), nullable=False),
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
    *document(),
    Column("version", Integer, nullable=False),
    Column("fetched_at", UtcDateTime),
    Column("opened_at", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("acknowledged_by", Uuid),  # a user, or a program of the recipient's
    Column("reference", Text),
    Column("recorded_on", Date),
    CheckConstraint(
        "(acknowledged_at IS NULL) = (acknowledged_by IS NULL) AND "
        "(acknowledged_at IS NULL) = (reference IS NULL) AND "
        "(acknowledged_at IS NULL) = (recorded_on IS NULL)",
        name="acknowledged_whole",
    ),
    Index(None, "recipient", "audience", "created_on"),
    Index(None, "recipient", "received_at"),
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
    *document(),
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
    *document(),
    Index(None, "owed_by", "audience", "due_at"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", Uuid, primary_key=True),
    Column("urgency", Integer, nullable=False),
    Column("deadline", UtcDateTime, nullable=False, index=True),
    *document(),
    Column("version", Integer, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("kind", String(20), nullable=False),
    *document(),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(100), primary_key=True),
    Column("business_date", Date, nullable=False, index=True),
    *document(),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("verdict_id", Uuid, primary_key=True),
    Column("authority", String(9), ForeignKey("agencies.code"), nullable=False),
    Column("business_date", Date, nullable=False),
    *document(),
    Index(None, "authority", "business_date"),
)

quality = Table(
    "quality",
    metadata,
    Column("quality_id", String(20), primary_key=True),  # authority and business date
    Column("authority", String(9), ForeignKey("agencies.code"), nullable=False),
    Column("business_date", Date, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("rows", Integer, nullable=False),
    *document(),
    Index(None, "authority", "business_date"),
    Index(None, "business_date"),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("letter_id", String(100), primary_key=True),
    Column("settled", String(20), nullable=False),
    Column("created_on", Date, nullable=False, index=True),
    *document(),
)
