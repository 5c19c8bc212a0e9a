"""Shields and second records: a lost workspace forgets neither."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shield",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("child_ref", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date()),
        sa.Column("forename", sa.Text()),
        sa.Column("surname", sa.Text()),
        sa.Column("known_as", sa.Text()),
        sa.Column("former_surname", sa.Text()),
        sa.Column("dob", sa.Date()),
        sa.Column("identifiers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint(
            "authority", "child_ref", "business_date", name=op.f("pk_shield")
        ),
        sa.CheckConstraint("since <= business_date", name=op.f("ck_shield_since")),
        sa.CheckConstraint("until > business_date", name=op.f("ck_shield_until")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_shield_run_id")
        ),
    )
    op.create_index("ix_shield_run_id", "shield", ["run_id"])
    op.create_index("ix_shield_until", "shield", ["until"])
    op.create_table(
        "second_record",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("child_ref", sa.Text(), nullable=False),
        sa.Column("shielded_authority", sa.Text(), nullable=False),
        sa.Column("shielded_ref", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "authority",
            "child_ref",
            "shielded_authority",
            "shielded_ref",
            "business_date",
            name=op.f("pk_second_record"),
        ),
        sa.CheckConstraint(
            "until > business_date", name=op.f("ck_second_record_until")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_second_record_run_id")
        ),
    )
    op.create_index("ix_second_record_run_id", "second_record", ["run_id"])
    op.create_index("ix_second_record_until", "second_record", ["until"])
