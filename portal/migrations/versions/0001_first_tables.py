"""The portal's first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_agencies")),
    )
    op.create_table(
        "audit",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=36), nullable=False),
        sa.Column("agency", sa.String(length=9), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=True),
        sa.Column("network", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)
    op.create_index(op.f("ix_audit_actor_at"), "audit", ["actor", "at"], unique=False)
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "events",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_events_event_id")),
    )
    op.create_table(
        "machines",
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("acts_as", sa.String(length=20), nullable=True),
        sa.Column("agency", sa.String(length=9), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(role = 'agency') = (agency IS NOT NULL) AND "
            "(role = 'agency') = (acts_as IS NOT NULL)",
            name=op.f("ck_machines_agency_programs_have_an_agency"),
        ),
        sa.ForeignKeyConstraint(
            ["agency"], ["agencies.code"], name=op.f("fk_machines_agency")
        ),
        sa.PrimaryKeyConstraint("machine_id", name=op.f("pk_machines")),
        sa.UniqueConstraint("name", name=op.f("uq_machines_name")),
    )
    op.create_table(
        "machine_keys",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["machine_id"],
            ["machines.machine_id"],
            name=op.f("fk_machine_keys_machine_id"),
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_machine_keys")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_machine_keys_token_hash")),
    )
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people")),
    )
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("child_key", sa.String(length=120), nullable=False),
        sa.Column("harm", sa.Float(), nullable=False),
        sa.Column("draw", sa.Float(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_deadline"), "reviews", ["deadline"], unique=False)
    op.create_index(
        op.f("ix_reviews_child_key"), "reviews", ["child_key"], unique=False
    )
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(length=100), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )
    op.create_index(
        op.f("ix_runs_business_date"), "runs", ["business_date"], unique=False
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(
        op.f("ix_sign_in_attempts_at"), "sign_in_attempts", ["at"], unique=False
    )
    op.create_table(
        "obligations",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("owed_by", sa.String(length=9), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owed_by"], ["agencies.code"], name=op.f("fk_obligations_owed_by")
        ),
        sa.PrimaryKeyConstraint("obligation_id", name=op.f("pk_obligations")),
    )
    op.create_index(
        op.f("ix_obligations_owed_by_audience_due_at"),
        "obligations",
        ["owed_by", "audience", "due_at"],
        unique=False,
    )
    op.create_table(
        "received",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("document_id", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["machines.machine_id"], name=op.f("fk_received_machine_id")
        ),
        sa.PrimaryKeyConstraint(
            "kind", "document_id", "sha256", name=op.f("pk_received")
        ),
    )
    op.create_table(
        "users",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=9), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("codes_secret", sa.Text(), nullable=True),
        sa.Column("codes_step", sa.Integer(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(issuer IS NULL) = (subject IS NULL) AND "
            "(issuer IS NULL) = (password_hash IS NOT NULL) AND "
            "(issuer IS NULL OR codes_secret IS NULL)",
            name=op.f("ck_users_local_or_a_providers"),
        ),
        sa.CheckConstraint(
            "(role IN ('officer', 'named_officer', 'supplier')) = (agency IS NOT NULL)",
            name=op.f("ck_users_officers_have_an_agency"),
        ),
        sa.ForeignKeyConstraint(
            ["agency"], ["agencies.code"], name=op.f("fk_users_agency")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_users_issuer_subject")),
    )
    op.create_table(
        "verdicts",
        sa.Column("verdict_id", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["agencies.code"], name=op.f("fk_verdicts_authority")
        ),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_verdicts")),
    )
    op.create_index(
        op.f("ix_verdicts_authority_business_date"),
        "verdicts",
        ["authority", "business_date"],
        unique=False,
    )
    op.create_table(
        "judgements",
        sa.Column("judgement_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("split", sa.String(length=5), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)",
            name=op.f("ck_judgements_undone_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.user_id"], name=op.f("fk_judgements_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.review_id"], name=op.f("fk_judgements_review_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["users.user_id"], name=op.f("fk_judgements_undone_by")
        ),
        sa.PrimaryKeyConstraint("judgement_id", name=op.f("pk_judgements")),
    )
    op.create_index(
        "ix_judgements_one_stands",
        "judgements",
        ["review_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(
        op.f("ix_judgements_review_id_made_at"),
        "judgements",
        ["review_id", "made_at"],
        unique=False,
    )
    op.create_table(
        "notifications",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=9), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("is_copy", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False, server_default="new"),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("placing_authority", sa.String(length=9), nullable=True),
        sa.Column("child_key", sa.Text(), nullable=True),
        sa.Column("token", sa.String(length=20), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("supersedes", sa.Uuid(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reference_key", sa.Text(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=True),
        sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column(
            "stands", sa.String(length=20), nullable=False, server_default="unread"
        ),
        sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("rank", sa.Integer(), nullable=False, server_default="3"),
        sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("not_found", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("holder", sa.Uuid(), nullable=True),
        sa.Column("passes", sa.Integer(), nullable=False, server_default="0"),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL) AND "
            "(acknowledged_at IS NULL) = (reference IS NULL) AND "
            "(acknowledged_at IS NULL) = (recorded_on IS NULL)",
            name=op.f("ck_notifications_acknowledged_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["holder"], ["users.user_id"], name=op.f("fk_notifications_holder")
        ),
        sa.ForeignKeyConstraint(
            ["recipient"], ["agencies.code"], name=op.f("fk_notifications_recipient")
        ),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_notifications")),
    )
    for columns in (
        ["recipient", "token"],
        ["recipient", "placing_authority", "created_on", "notification_id"],
        ["recipient", "child_key"],
        ["recipient", "reference_key"],
    ):
        name = op.f(f"ix_notifications_{'_'.join(columns)}")
        op.create_index(name, "notifications", columns, unique=False)
    for short, indexed, where in (
        (
            "counted",
            "recipient audience stands waits kind urgency placing_authority holder "
            "due_at",
            "listed",
        ),
        ("newest", "recipient created_on notification_id audience", "listed"),
        (
            "waiting",
            "recipient rank due_at urgency created_on notification_id audience kind "
            "placing_authority holder",
            "waits AND listed",
        ),
    ):
        op.create_index(
            f"ix_notifications_{short}",
            "notifications",
            indexed.split(),
            unique=False,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )  # fmt: skip
    op.create_index(
        op.f("ix_notifications_recipient_received_at"),
        "notifications",
        ["recipient", "received_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_notifications_supersedes"),
        "notifications",
        ["supersedes"],
        unique=False,
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=True),
        sa.Column("provider_session", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_sessions_user_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_table(
        "withdrawals",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("retraction_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.notification_id"],
            name=op.f("fk_withdrawals_notification_id"),
        ),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_withdrawals")),
        sa.UniqueConstraint("retraction_id", name=op.f("uq_withdrawals_retraction_id")),
    )
    op.execute("INSERT INTO counters (name, value) VALUES ('events', 0)")
