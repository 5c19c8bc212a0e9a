"""How reviewers share out the pairs, check each other, search wider and learn."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "search_answers",
        sa.Column("search_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("search_id", name=op.f("pk_search_answers")),
    )
    op.create_index(
        op.f("ix_search_answers_review_id"),
        "search_answers",
        ["review_id"],
        unique=False,
    )
    op.create_table(
        "recusals",
        sa.Column("child_key", sa.String(length=120), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_recusals_user_id")
        ),
        sa.PrimaryKeyConstraint("child_key", "user_id", name=op.f("pk_recusals")),
    )
    op.create_table(
        "review_claims",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("held_by", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["handed_by"], ["users.user_id"], name=op.f("fk_review_claims_handed_by")
        ),
        sa.ForeignKeyConstraint(
            ["held_by"], ["users.user_id"], name=op.f("fk_review_claims_held_by")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["reviews.review_id"],
            name=op.f("fk_review_claims_review_id"),
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_review_claims")),
    )
    op.create_table(
        "review_preferences",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_review_preferences_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_review_preferences")),
    )
    op.create_table(
        "review_skips",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.review_id"], name=op.f("fk_review_skips_review_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_review_skips_user_id")
        ),
        sa.PrimaryKeyConstraint("review_id", "user_id", name=op.f("pk_review_skips")),
    )
    op.create_table(
        "searches",
        sa.Column("search_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.user_id"], name=op.f("fk_searches_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.review_id"], name=op.f("fk_searches_review_id")
        ),
        sa.PrimaryKeyConstraint("search_id", name=op.f("pk_searches")),
    )
    op.create_index(
        op.f("ix_searches_review_id_asked_at"),
        "searches",
        ["review_id", "asked_at"],
        unique=False,
    )
    op.create_table(
        "training_answers",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("pair", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("split", sa.String(length=5), nullable=True),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_training_answers_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "pair", name=op.f("pk_training_answers")),
    )
    op.create_table(
        "second_readings",
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("judgement_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("split", sa.String(length=5), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by", sa.Uuid(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["judgement_id"],
            ["judgements.judgement_id"],
            name=op.f("fk_second_readings_judgement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["read_by"], ["users.user_id"], name=op.f("fk_second_readings_read_by")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["reviews.review_id"],
            name=op.f("fk_second_readings_review_id"),
        ),
        sa.PrimaryKeyConstraint("reading_id", name=op.f("pk_second_readings")),
        sa.UniqueConstraint(
            "judgement_id", name=op.f("uq_second_readings_judgement_id")
        ),
    )
    op.create_index(
        op.f("ix_second_readings_review_id"),
        "second_readings",
        ["review_id"],
        unique=False,
    )
