"""How reviewers share out the pairs, check each other, and learn."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Uuid,
)

from portal.tables.kinds import UtcDateTime, metadata

review_claims = Table(
    "review_claims",
    metadata,
    Column("review_id", Uuid, ForeignKey("reviews.review_id"), primary_key=True),
    Column("held_by", Uuid, ForeignKey("users.user_id"), nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("handed_by", Uuid, ForeignKey("users.user_id")),
)
"""Who has a pair before them. One that has expired holds nothing."""

review_skips = Table(
    "review_skips",
    metadata,
    Column("review_id", Uuid, ForeignKey("reviews.review_id"), nullable=False),
    Column("user_id", Uuid, ForeignKey("users.user_id"), nullable=False),
    Column("skipped_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("review_id", "user_id"),
)

recusals = Table(
    "recusals",
    metadata,
    Column("child_key", String(120), nullable=False),
    Column("user_id", Uuid, ForeignKey("users.user_id"), nullable=False),
    Column("declared_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("child_key", "user_id"),
)
"""Whoever knows a child's family judges no pair of the child."""

second_readings = Table(
    "second_readings",
    metadata,
    Column("reading_id", Uuid, primary_key=True),
    Column(
        "judgement_id",
        Uuid,
        ForeignKey("judgements.judgement_id"),
        nullable=False,
        unique=True,
    ),
    Column("review_id", Uuid, ForeignKey("reviews.review_id"), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("split", String(5)),
    Column("reason", Text, nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
    Column("read_by", Uuid, ForeignKey("users.user_id"), nullable=False),
    Column("agrees", Boolean, nullable=False),
    Index(None, "review_id"),
)
"""What a second reader said who had not seen what the first said. No event tells it."""

review_preferences = Table(
    "review_preferences",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.user_id"), primary_key=True),
    Column("shortcuts", Boolean, nullable=False),
)

searches = Table(
    "searches",
    metadata,
    Column("search_id", Uuid, primary_key=True),  # the id of its event
    Column("review_id", Uuid, ForeignKey("reviews.review_id"), nullable=False),
    Column("authority", String(9), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("asked_by", Uuid, ForeignKey("users.user_id"), nullable=False),
    Index(None, "review_id", "asked_at"),
)
"""What was asked of the region's next pass; what to look under is in the event."""

training_answers = Table(
    "training_answers",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.user_id"), nullable=False),
    Column("pair", Integer, nullable=False),
    Column("decision", String(20), nullable=False),
    Column("split", String(5)),
    Column("is_right", Boolean, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("user_id", "pair"),
)
"""What people said last of made-up pairs whose truth is known; told to nobody else."""
