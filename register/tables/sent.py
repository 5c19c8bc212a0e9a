"""What is on its way, and what came back."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from register.columns import POSITION, UtcDateTime, one_of
from register.tables.metadata import METADATA

DESTINATIONS = ("portal", "export", "webhook", "email")
OUTBOX_STATES = ("waiting", "delivered", "dead", "dropped")
DOCUMENT_KINDS = (
    "notification", "withdrawal", "obligation", "review", "person", "run", "verdict",
    "quality", "dead_letter", "nudge", "search",
)  # fmt: skip

outbox = Table(
    "outbox",
    METADATA,
    Column("outbox_id", POSITION, primary_key=True, autoincrement=True),
    Column("destination", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("document_id", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("follows", Text),
    Column("created_on", Date, nullable=False),
    Column("run_id", Text, ForeignKey("run.run_id")),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("last_problem", Text),
    Column("recipient", Text),
    CheckConstraint(one_of("destination", DESTINATIONS), name="destination"),
    CheckConstraint(one_of("kind", DOCUMENT_KINDS), name="kind"),
    CheckConstraint(one_of("method", ("PUT", "POST")), name="method"),
    CheckConstraint(one_of("state", OUTBOX_STATES), name="state"),
    CheckConstraint("attempts >= 0", name="attempts"),
    CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled_at"),
    CheckConstraint(
        "state NOT IN ('dead', 'dropped') OR last_problem IS NOT NULL",
        name="last_problem",
    ),
    Index(None, "document_id", "state"),
    Index(None, "state", "outbox_id"),
    Index(None, "run_id"),
)
"""One row for each document to deliver, sent in the order of ``outbox_id``. One whose
``follows`` names a document that still waits, waits for it."""

breaker = Table(
    "breaker",
    METADATA,
    Column("destination", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("open_until", UtcDateTime),
    Column("last_problem", Text),
    CheckConstraint("failures >= 0", name="failures"),
)
"""How often a destination failed in a row, and until when it is left in peace."""

event = Table(
    "event",
    METADATA,
    Column("position", POSITION, primary_key=True, autoincrement=True),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("time", UtcDateTime, nullable=False),
    Column("data", JSON, nullable=False),
    Column("after_night", Date),
    Column("proof", Text),
    UniqueConstraint("event_id"),
    Index(None, "type", "subject", "proof"),
    Index(None, "proof"),
)
"""The portal's feed as it was read: receipts, judgements, wishes. Nothing is changed;
an undo is one more event. ``after_night`` is the newest recorded night when it was
read: null before the first. A night takes account of what was read before it.
``proof`` is the hash of the reference, folded, of a readable acknowledgement; null of
everything else."""

event_cursor = Table(
    "event_cursor",
    METADATA,
    Column("feed", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.event_id"), nullable=False),
)
"""The last event read of a feed."""
