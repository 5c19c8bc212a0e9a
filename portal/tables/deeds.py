"""What people did, and the events that tell it."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from portal.tables.kinds import SHA256, UtcDateTime, metadata

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
    Column("disputed_by", Uuid, nullable=False),  # a user, or a program
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
    Column("sha256", SHA256, nullable=False),  # of the document that was shown
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
    Column("split", String(5)),
    Column("reason", Text, nullable=False),
    Column("taken_at", UtcDateTime),  # when its reader had taken the pair
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
    Index(None, "subject"),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("value", Integer, nullable=False),
)
"""The last number given out. Its row is locked until the giver's transaction ends."""
