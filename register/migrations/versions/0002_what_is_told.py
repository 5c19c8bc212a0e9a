"""Notifications, obligations, reviews, the outbox and what came back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "notification",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("is_copy", sa.Boolean(), nullable=False),
        sa.Column("placing_la", sa.Text()),
        sa.Column("child_ref", sa.Text()),
        sa.Column("placement_ref", sa.Text()),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("facts_hash", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("supersedes", sa.Uuid()),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("recording_token", sa.Text()),
        sa.Column("dropped_by", sa.Text()),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_notification")),
        sa.CheckConstraint(
            "audience IN ('duty', 'named_officer')",
            name=op.f("ck_notification_audience"),
        ),
        sa.CheckConstraint(
            "channel IN ('portal', 'export')",
            name=op.f("ck_notification_channel"),
        ),
        sa.CheckConstraint(
            (
                "kind IN ('new', 'update', 'unconfirmed', 'end', 'retraction', "
                "'reminder', 'pointer')"
            ),
            name=op.f("ck_notification_kind"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('end', 'retraction') OR supersedes IS NOT NULL",
            name=op.f("ck_notification_original"),
        ),
        sa.CheckConstraint(
            (
                "subject <> 'person' OR (person_id IS NOT NULL AND "
                "placement_ref IS NULL)"
            ),
            name=op.f("ck_notification_person"),
        ),
        sa.CheckConstraint(
            (
                "subject <> 'placement' OR (placing_la IS NOT NULL AND "
                "child_ref IS NOT NULL AND placement_ref IS NOT NULL AND "
                "person_id IS NULL)"
            ),
            name=op.f("ck_notification_placement"),
        ),
        sa.CheckConstraint(
            "priority IN ('high', 'standard', 'low')",
            name=op.f("ck_notification_priority"),
        ),
        sa.CheckConstraint(
            "subject IN ('placement', 'person')",
            name=op.f("ck_notification_subject"),
        ),
        sa.CheckConstraint(
            "supersedes <> notification_id",
            name=op.f("ck_notification_supersedes"),
        ),
        sa.ForeignKeyConstraint(
            ["dropped_by"], ["run.run_id"], name=op.f("fk_notification_dropped_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name=op.f("fk_notification_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_ref"],
            ["placement.placement_ref"],
            name=op.f("fk_notification_placement_ref"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_notification_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"],
            ["notification.notification_id"],
            name=op.f("fk_notification_supersedes"),
        ),
    )
    op.create_index("ix_notification_person_id", "notification", ["person_id"])
    op.create_index("ix_notification_placement_ref", "notification", ["placement_ref"])
    op.create_index(
        "ix_notification_placing_la_child_ref",
        "notification",
        ["placing_la", "child_ref"],
    )
    op.create_index(
        "ix_notification_recording_token", "notification", ["recording_token"]
    )
    op.create_index("ix_notification_run_id", "notification", ["run_id"])
    op.create_index("ix_notification_supersedes", "notification", ["supersedes"])
    op.create_table(
        "obligation",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owed_by", sa.Text(), nullable=False),
        sa.Column("placement_ref", sa.Text()),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("met_on", sa.Date()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "obligation_id", "business_date", name=op.f("pk_obligation")
        ),
        sa.CheckConstraint(
            "escalation >= 0",
            name=op.f("ck_obligation_escalation"),
        ),
        sa.CheckConstraint(
            "kind IN ('data_task', 'named_officer_task', 'manual_channel_task')",
            name=op.f("ck_obligation_kind"),
        ),
        sa.CheckConstraint(
            "met_on >= created_on",
            name=op.f("ck_obligation_met_on"),
        ),
        sa.CheckConstraint(
            "(placement_ref IS NULL) <> (person_id IS NULL)",
            name=op.f("ck_obligation_subject"),
        ),
        sa.CheckConstraint(
            "until > business_date",
            name=op.f("ck_obligation_until"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name=op.f("fk_obligation_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_ref"],
            ["placement.placement_ref"],
            name=op.f("fk_obligation_placement_ref"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_obligation_run_id")
        ),
    )
    op.create_index("ix_obligation_placement_ref", "obligation", ["placement_ref"])
    op.create_index("ix_obligation_run_id", "obligation", ["run_id"])
    op.create_index("ix_obligation_until", "obligation", ["until"])
    op.create_table(
        "review",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("left_authority", sa.Text(), nullable=False),
        sa.Column("left_ref", sa.Text(), nullable=False),
        sa.Column("left_hash", sa.Text(), nullable=False),
        sa.Column("right_authority", sa.Text(), nullable=False),
        sa.Column("right_ref", sa.Text(), nullable=False),
        sa.Column("right_hash", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("dropped_by", sa.Text()),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_review")),
        sa.CheckConstraint(
            "priority IN ('high', 'standard', 'low')",
            name=op.f("ck_review_priority"),
        ),
        sa.ForeignKeyConstraint(
            ["dropped_by"], ["run.run_id"], name=op.f("fk_review_dropped_by")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_review_run_id")
        ),
    )
    op.create_index(
        "ix_review_left_authority_left_ref", "review", ["left_authority", "left_ref"]
    )
    op.create_index("ix_review_run_id", "review", ["run_id"])
    op.create_table(
        "outbox",
        sa.Column("outbox_id", POSITION, autoincrement=True, nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("follows", sa.Text()),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True)),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("last_problem", sa.Text()),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_outbox")),
        sa.CheckConstraint(
            "attempts >= 0",
            name=op.f("ck_outbox_attempts"),
        ),
        sa.CheckConstraint(
            "destination IN ('portal', 'export')",
            name=op.f("ck_outbox_destination"),
        ),
        sa.CheckConstraint(
            (
                "kind IN ('notification', 'withdrawal', 'obligation', 'review',"
                " 'person', 'run', 'verdict')"
            ),
            name=op.f("ck_outbox_kind"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('dead', 'dropped') OR last_problem IS NOT NULL",
            name=op.f("ck_outbox_last_problem"),
        ),
        sa.CheckConstraint(
            "method IN ('PUT', 'POST')",
            name=op.f("ck_outbox_method"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (settled_at IS NULL)",
            name=op.f("ck_outbox_settled_at"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'dead', 'dropped')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_outbox_run_id")
        ),
    )
    op.create_index("ix_outbox_document_id_state", "outbox", ["document_id", "state"])
    op.create_index("ix_outbox_run_id", "outbox", ["run_id"])
    op.create_index("ix_outbox_state_outbox_id", "outbox", ["state", "outbox_id"])
    op.create_table(
        "event",
        sa.Column("position", POSITION, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_event_id")),
    )
    op.create_index("ix_event_type_subject", "event", ["type", "subject"])
    op.create_table(
        "event_cursor",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_event_cursor")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.event_id"], name=op.f("fk_event_cursor_event_id")
        ),
    )
