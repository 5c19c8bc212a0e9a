"""What the region remembers, table by table.

Rows that hold *as of* a date carry ``business_date``, the night that found them, and
``until``, the first later night that found otherwise; ``until`` is null while a row
holds. State as before a date D is therefore: ``business_date < D`` and (``until`` is
null or ``until >= D``). A night that is run again takes its own rows out, so that its
predecessors hold again, and puts in new ones; what was sent is never taken out.

Stored words (states, kinds) are those of the types; a changed word takes a migration.
"""

import datetime as dt

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
    or_,
)

from notifications.documents import Audience, Kind, ObligationKind, Priority
from notifications.facts import GOOD_STATES, PlacementStatus, State
from register.columns import POSITION, UtcDateTime, one_of

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

OUTCOMES = ("good", "degraded", "failed")
SUBJECTS = ("placement", "person")
CHANNELS = ("portal", "export")
PERSON_KINDS = ("child", "perpetrator")
OUTBOX_STATES = ("waiting", "delivered", "dead", "dropped")
DOCUMENT_KINDS = (
    "notification", "withdrawal", "obligation", "review", "person", "run", "verdict",
)  # fmt: skip

run = Table(
    "run",
    METADATA,
    Column("run_id", Text, primary_key=True),
    Column("region", Text, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("region", "business_date", "ordinal"),
    CheckConstraint("ordinal > 0", name="ordinal"),
    CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
)
"""Each recorded night: the first of a date has ordinal 1, each run again one more."""

authority_picture = Table(
    "authority_picture",
    METADATA,
    Column("authority", Text, primary_key=True),
    Column("business_date", Date, primary_key=True),
    Column("path", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Index(None, "run_id"),
)
"""Where each good extract lies."""

placement = Table(
    "placement",
    METADATA,
    Column("placement_ref", Text, primary_key=True),
    Column("authority", Text, nullable=False),
    Column("child_ref", Text, nullable=False),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Index(None, "authority", "child_ref"),
    Index(None, "run_id"),
)
"""That a placement has a name of ours, for good."""

placement_observation = Table(
    "placement_observation",
    METADATA,
    Column(
        "placement_ref", Text, ForeignKey("placement.placement_ref"), primary_key=True
    ),
    Column("business_date", Date, primary_key=True),
    Column("until", Date),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("absent_nights", Integer, nullable=False),
    Column("source_kind", Text, nullable=False),
    Column("source_ref", Text),
    Column("start", Date, nullable=False),
    Column("end", Date),
    Column("postcode", Text),
    Column("place_code", Text),
    Column("legal_status", Text),
    Column("start_reason", Text),
    Column("end_reason", Text),
    Column("temporary", Boolean, nullable=False),
    CheckConstraint(one_of("status", PlacementStatus), name="status"),
    CheckConstraint("absent_nights >= 0", name="absent_nights"),
    CheckConstraint("until > business_date", name="until"),
    Index(None, "until"),
    Index(None, "run_id"),
)
"""What was seen of a placement: a row for each night on which that changed."""

decision = Table(
    "decision",
    METADATA,
    Column(
        "placement_ref", Text, ForeignKey("placement.placement_ref"), primary_key=True
    ),
    Column("business_date", Date, primary_key=True),
    Column("until", Date),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("placing_la", Text, nullable=False),
    Column("child_ref", Text, nullable=False),
    Column("host_la", Text),
    Column("host_force", Text),
    Column("state", Text, nullable=False),
    Column("facts_hash", Text, nullable=False),
    Column("last_good_state", Text),
    Column("last_good_on", Date),
    Column("last_good_facts_hash", Text),
    Column("possible_since", Date),
    CheckConstraint(one_of("state", State), name="state"),
    CheckConstraint(
        one_of("last_good_state", sorted(GOOD_STATES)), name="last_good_state"
    ),
    CheckConstraint(
        "(last_good_state IS NULL) = (last_good_on IS NULL)", name="last_good_on"
    ),
    CheckConstraint(
        "(last_good_state IS NULL) = (last_good_facts_hash IS NULL)",
        name="last_good_facts_hash",
    ),
    CheckConstraint("last_good_on <= business_date", name="last_good_before"),
    CheckConstraint("possible_since <= business_date", name="possible_since"),
    CheckConstraint("until > business_date", name="until"),
    Index(None, "until"),
    Index(None, "run_id"),
)
"""One row for each placement and night that decided about it. The columns
``last_good_…`` and ``possible_since`` carry on from the row before, so that the latest
row is enough."""

person = Table(
    "person",
    METADATA,
    Column("person_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("created_on", Date, nullable=False),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    CheckConstraint(one_of("kind", PERSON_KINDS), name="kind"),
)
"""A cross-border person's id, which is never given to another."""

person_member = Table(
    "person_member",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("authority", Text, primary_key=True),
    Column("record_ref", Text, primary_key=True),
    Column("business_date", Date, primary_key=True),
    Column("until", Date),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("person_id", Uuid, ForeignKey("person.person_id"), nullable=False),
    Column("probability", Float, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("present", Boolean, nullable=False),
    CheckConstraint(one_of("kind", PERSON_KINDS), name="kind"),
    CheckConstraint("probability BETWEEN 0 AND 1", name="probability"),
    CheckConstraint("until > business_date", name="until"),
    Index(None, "until"),
    Index(None, "run_id"),
    Index(None, "person_id"),
)
"""Which person a record belongs to; ``present`` is false since it fell away."""

notification = Table(
    "notification",
    METADATA,
    Column("notification_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("is_copy", Boolean, nullable=False),
    Column("placing_la", Text),
    Column("child_ref", Text),
    Column("placement_ref", Text, ForeignKey("placement.placement_ref")),
    Column("person_id", Uuid, ForeignKey("person.person_id")),
    Column("facts_hash", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_version", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("due_at", UtcDateTime),
    Column("supersedes", Uuid, ForeignKey("notification.notification_id")),
    Column("created_on", Date, nullable=False),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("recording_token", Text),
    Column("dropped_by", Text, ForeignKey("run.run_id")),
    CheckConstraint(one_of("kind", Kind), name="kind"),
    CheckConstraint(one_of("subject", SUBJECTS), name="subject"),
    CheckConstraint(one_of("audience", Audience), name="audience"),
    CheckConstraint(one_of("priority", Priority), name="priority"),
    CheckConstraint(one_of("channel", CHANNELS), name="channel"),
    CheckConstraint(
        "subject <> 'placement' OR (placing_la IS NOT NULL AND child_ref IS NOT NULL"
        " AND placement_ref IS NOT NULL AND person_id IS NULL)",
        name="placement",
    ),
    CheckConstraint(
        "subject <> 'person' OR (person_id IS NOT NULL AND placement_ref IS NULL)",
        name="person",
    ),
    CheckConstraint(
        "kind NOT IN ('end', 'retraction') OR supersedes IS NOT NULL", name="original"
    ),
    CheckConstraint("supersedes <> notification_id", name="supersedes"),
    Index(None, "placing_la", "child_ref"),
    Index(None, "placement_ref"),
    Index(None, "person_id"),
    Index(None, "supersedes"),
    Index(None, "run_id"),
    Index(None, "recording_token"),
)
"""Who was told what, the body frozen when it was first decided. ``dropped_by`` is the
run that no longer decided it before anybody could have received it."""

obligation = Table(
    "obligation",
    METADATA,
    Column("obligation_id", Uuid, primary_key=True),
    Column("business_date", Date, primary_key=True),
    Column("until", Date),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("owed_by", Text, nullable=False),
    Column("placement_ref", Text, ForeignKey("placement.placement_ref")),
    Column("person_id", Uuid, ForeignKey("person.person_id")),
    Column("due_at", UtcDateTime, nullable=False),
    Column("escalation", Integer, nullable=False),
    Column("created_on", Date, nullable=False),
    Column("met_on", Date),
    Column("body", LargeBinary, nullable=False),
    CheckConstraint(one_of("kind", ObligationKind), name="kind"),
    CheckConstraint("escalation >= 0", name="escalation"),
    CheckConstraint("met_on >= created_on", name="met_on"),
    CheckConstraint("(placement_ref IS NULL) <> (person_id IS NULL)", name="subject"),
    CheckConstraint("until > business_date", name="until"),
    Index(None, "placement_ref"),
    Index(None, "until"),
    Index(None, "run_id"),
)
"""What is owed: a row for each night that made, changed or met it."""

review = Table(
    "review",
    METADATA,
    Column("review_id", Uuid, primary_key=True),
    Column("left_authority", Text, nullable=False),
    Column("left_ref", Text, nullable=False),
    Column("left_hash", Text, nullable=False),
    Column("right_authority", Text, nullable=False),
    Column("right_ref", Text, nullable=False),
    Column("right_hash", Text, nullable=False),
    Column("deadline", UtcDateTime, nullable=False),
    Column("priority", Text, nullable=False),
    Column("created_on", Date, nullable=False),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("dropped_by", Text, ForeignKey("run.run_id")),
    CheckConstraint(one_of("priority", Priority), name="priority"),
    Index(None, "left_authority", "left_ref"),
    Index(None, "run_id"),
)
"""What people were asked. The answers are events."""

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
    CheckConstraint(one_of("destination", CHANNELS), name="destination"),
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

event = Table(
    "event",
    METADATA,
    Column("position", POSITION, primary_key=True, autoincrement=True),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("time", UtcDateTime, nullable=False),
    Column("data", JSON, nullable=False),
    UniqueConstraint("event_id"),
    Index(None, "type", "subject"),
)
"""The portal's feed as it was read: receipts, judgements, wishes. Nothing is changed;
an undo is one more event."""

event_cursor = Table(
    "event_cursor",
    METADATA,
    Column("feed", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.event_id"), nullable=False),
)
"""The last event read of a feed."""


def as_of(table: Table, before: dt.date) -> ColumnElement[bool]:
    """The rows of an ``until`` table that held just before a business date."""
    until = table.c.until
    return and_(table.c.business_date < before, or_(until.is_(None), until >= before))
