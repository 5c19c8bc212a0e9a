"""What was put to the portal."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Uuid,
    false,
    text,
    true,
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
    Column("kind", String(20), nullable=False, server_default="new"),
    Column("urgency", Integer, nullable=False),  # 0 is the most urgent
    Column("due_at", UtcDateTime),  # of the recipient's own clock, never a law's
    Column("placing_authority", String(9)),
    Column("child_key", Text),  # the placing authority's reference, as searched for
    Column("token", String(20)),
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
    Column("reference_key", Text),  # the same, as searched for
    Column("recorded_on", Date),
    # where it stands: kept by portal.standings, which alone writes these
    Column("waits", Boolean, nullable=False, server_default=true()),
    Column("stands", String(20), nullable=False, server_default="unread"),
    Column("listed", Boolean, nullable=False, server_default=true()),
    Column("rank", Integer, nullable=False, server_default="3"),
    Column("reminders", Integer, nullable=False, server_default="0"),
    Column("superseded_by", Uuid),
    Column("not_found", Boolean, nullable=False, server_default=false()),
    # who has it, and how often that has changed
    Column("holder", Uuid, ForeignKey("users.user_id")),
    Column("passes", Integer, nullable=False, server_default="0"),
    CheckConstraint(
        "(acknowledged_at IS NULL) = (acknowledged_by IS NULL) AND "
        "(acknowledged_at IS NULL) = (reference IS NULL) AND "
        "(acknowledged_at IS NULL) = (recorded_on IS NULL)",
        name="acknowledged_whole",
    ),
    Index(
        "ix_notifications_counted",
        "recipient", "audience", "stands", "waits", "kind", "urgency",
        "placing_authority", "holder", "due_at",
        sqlite_where=text("listed"),
        postgresql_where=text("listed"),
    ),
    Index(
        "ix_notifications_newest",
        "recipient", "created_on", "notification_id", "audience",
        sqlite_where=text("listed"),
        postgresql_where=text("listed"),
    ),
    Index(None, "recipient", "received_at"),
    Index(None, "recipient", "token"),
    Index(None, "recipient", "placing_authority", "created_on", "notification_id"),
    Index(None, "recipient", "child_key"),
    Index(None, "recipient", "reference_key"),
    Index(
        "ix_notifications_waiting",
        "recipient", "rank", "due_at", "urgency", "created_on", "notification_id",
        "audience", "kind", "placing_authority", "holder", "stands",
        sqlite_where=text("waits AND listed"),
        postgresql_where=text("waits AND listed"),
    ),
)  # fmt: skip

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
    Column("child_key", String(120), nullable=False, index=True),
    Column("harm", Float, nullable=False),  # what a wrong or late word can do
    Column("draw", Float, nullable=False),  # from 0 to 1, by hash: who is read twice
    *document(),
    Column("version", Integer, nullable=False),
)

search_answers = Table(
    "search_answers",
    metadata,
    Column("search_id", Uuid, primary_key=True),
    Column("review_id", Uuid, nullable=False, index=True),
    *document(),
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
