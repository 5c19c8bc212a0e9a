"""Who has a notice: each change of hands, and the hand-overs between shifts."""

from sqlalchemy import (
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

handovers = Table(
    "handovers",
    metadata,
    Column("handover_id", Uuid, primary_key=True),
    Column("agency", String(9), ForeignKey("agencies.code"), nullable=False),
    Column("audience", String(20), nullable=False),
    Column("given_by", Uuid, ForeignKey("users.user_id"), nullable=False),
    Column("given_to", Uuid, ForeignKey("users.user_id")),  # null: to the desk
    Column("at", UtcDateTime, nullable=False),
    Column("notices", Integer, nullable=False),  # how many
    Column("note", Text, nullable=False),  # a person's words: pages of the agency only
    Index(None, "agency", "at"),
)

passings = Table(
    "passings",
    metadata,
    Column(
        "notification_id",
        Uuid,
        ForeignKey("notifications.notification_id"),
        nullable=False,
    ),
    Column("number", Integer, nullable=False),
    Column("agency", String(9), ForeignKey("agencies.code"), nullable=False),
    Column("given_by", Uuid, ForeignKey("users.user_id"), nullable=False),
    Column("given_to", Uuid, ForeignKey("users.user_id")),  # null: back to the desk
    Column("at", UtcDateTime, nullable=False),
    Column("handover_id", Uuid, ForeignKey("handovers.handover_id")),
    PrimaryKeyConstraint("notification_id", "number"),
)
"""Each change of a notice's holder, numbered; ``notifications.passes`` is the last."""
