"""What is told, owed and asked, what is seen of it, and what is carried by hand."""

from typing import get_args

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from notifications.documents import Audience, Kind, ObligationKind, Priority
from notifications.outcome import HeldBy
from register.columns import UtcDateTime, one_of
from register.tables.metadata import METADATA

SUBJECTS = ("placement", "person")
CHANNELS = ("portal", "export")
PROOFS = ("token", "reference")
FOLLOW_UPS = (
    ObligationKind.ACKNOWLEDGE_TASK,
    ObligationKind.RECORD_TASK,
    ObligationKind.DISAGREEMENT_TASK,
)

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
    Column("run_id", Text, ForeignKey("run.run_id")),
    Column("channel", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("recording_token", Text),
    Column("dropped_by", Text, ForeignKey("run.run_id")),
    Column("judgement", Text),
    Column("held_by", Text),
    Column("release_at", UtcDateTime),
    Column("released_by", Text),
    Column("released_at", UtcDateTime),
    Column("stands_after", Date),
    Column("reminds", Uuid, ForeignKey("notification.notification_id")),
    Column("reminder_no", Integer),
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
    CheckConstraint("run_id IS NOT NULL OR kind = 'reminder'", name="run_id"),
    CheckConstraint("(kind = 'reminder') = (reminds IS NOT NULL)", name="reminds"),
    CheckConstraint(
        "(reminds IS NULL) = (reminder_no IS NULL) AND (reminder_no IS NULL OR"
        " reminder_no > 0)",
        name="reminder_no",
    ),
    CheckConstraint(one_of("held_by", get_args(HeldBy)), name="held_by"),
    CheckConstraint("release_at IS NULL OR held_by IS NOT NULL", name="release_at"),
    CheckConstraint(
        "(released_by IS NULL) = (released_at IS NULL) AND"
        " (released_at IS NULL OR held_by IS NOT NULL)",
        name="released_at",
    ),
    CheckConstraint(
        "stands_after IS NULL OR (kind <> 'reminder' AND dropped_by IS NULL AND"
        " stands_after >= created_on AND (held_by IS NULL OR released_at IS NOT NULL))",
        name="stands_after",
    ),
    CheckConstraint(
        "stands_after IS NOT NULL OR kind = 'reminder' OR dropped_by IS NOT NULL OR"
        " (held_by IS NOT NULL AND released_at IS NULL)",
        name="stands",
    ),
    Index(None, "placing_la", "child_ref"),
    Index(None, "placement_ref"),
    Index(None, "person_id"),
    Index(None, "supersedes", "stands_after"),
    Index(None, "run_id"),
    Index(None, "recording_token"),
    Index(None, "held_by", "stands_after"),
    Index(None, "reminds"),
    Index(
        "ix_notification_followed",
        *("channel", "kind", "dropped_by", "is_copy", "subject"),
        *("notification_id", "placement_ref"),
    ),
)
"""Who was told what, the body frozen when it was first decided; of a held notice, when
it is released. ``dropped_by`` is the run that no longer decided it before anybody could
have received it. ``stands_after`` is the night after which it counts as told: its own,
or the newest one when it was released; null while it is held, once it is dropped, and
for reminders, which say nothing new. A reminder belongs to no run."""

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
    Column("matter", Text),
    CheckConstraint(one_of("kind", ObligationKind), name="kind"),
    CheckConstraint("escalation >= 0", name="escalation"),
    CheckConstraint("met_on >= created_on", name="met_on"),
    CheckConstraint(
        "(CASE WHEN placement_ref IS NULL THEN 0 ELSE 1 END"
        " + CASE WHEN person_id IS NULL THEN 0 ELSE 1 END"
        " + CASE WHEN matter IS NULL THEN 0 ELSE 1 END) = 1",
        name="subject",
    ),
    CheckConstraint("until > business_date", name="until"),
    Index(None, "placement_ref"),
    Index(None, "until"),
    Index(None, "run_id"),
)
"""What is owed: a row for each night that made, changed or met it. It is about a
placement, a person or another matter. Tasks that chase a notice are elsewhere."""

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

recording = Table(
    "recording",
    METADATA,
    Column(
        "notification_id",
        Uuid,
        ForeignKey("notification.notification_id"),
        primary_key=True,
    ),
    Column("business_date", Date, primary_key=True),
    Column("until", Date),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("seen", Boolean, nullable=False),
    Column("by", Text),
    Column("found_in", Text),
    CheckConstraint(one_of("by", PROOFS), name="by"),
    CheckConstraint("until > business_date", name="until"),
    Index(None, "until"),
    Index(None, "run_id"),
)
"""Whether a recipient's extract bears a notice's token or acknowledged reference: a row
for each night on which that changed."""

recording_look = Table(
    "recording_look",
    METADATA,
    Column("authority", Text, primary_key=True),
    Column("business_date", Date, primary_key=True),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("as_of", Date, nullable=False),
    Index(None, "run_id"),
)
"""That a usable extract of an authority was searched, and the date of its data."""

follow_up = Table(
    "follow_up",
    METADATA,
    Column("obligation_id", Uuid, primary_key=True),
    Column(
        "notification_id",
        Uuid,
        ForeignKey("notification.notification_id"),
        nullable=False,
    ),
    Column("kind", Text, nullable=False),
    Column("owed_by", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("escalation", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("met_at", UtcDateTime),
    Column("body", LargeBinary, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint(one_of("kind", FOLLOW_UPS), name="kind"),
    CheckConstraint("escalation >= 0", name="escalation"),
    CheckConstraint("met_at >= opened_at", name="met_at"),
    Index(None, "notification_id"),
    Index(None, "met_at"),
)
"""A task that chases a notice, as it was last put to its recipient. It follows the wall
clock and not the nights, so a row is changed in place."""

package = Table(
    "package",
    METADATA,
    Column("package_id", Text, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("handed_over_at", UtcDateTime),
    Column("handed_over_by", Text),
    CheckConstraint("documents >= 0", name="documents"),
    CheckConstraint(
        "(handed_over_at IS NULL) = (handed_over_by IS NULL)", name="handed_over_at"
    ),
)
"""A signed file for an authority outside the region, and who passed it on."""

packaged = Table(
    "packaged",
    METADATA,
    Column("package_id", Text, ForeignKey("package.package_id"), primary_key=True),
    Column(
        "notification_id",
        Uuid,
        ForeignKey("notification.notification_id"),
        primary_key=True,
    ),
    Index(None, "notification_id"),
)
"""Which notices a package holds."""

imported = Table(
    "imported",
    METADATA,
    Column("notification_id", Uuid, primary_key=True),
    Column("from_region", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("package_id", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    Index(None, "package_id"),
)
"""Another region's notices to authorities of this one, as they came."""
