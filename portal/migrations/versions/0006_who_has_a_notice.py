"""Who has a notice: each change of hands, and the hand-overs between shifts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "handovers",
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(length=9), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_to", sa.Uuid(), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("notices", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency"], ["agencies.code"], name=op.f("fk_handovers_agency")
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["users.user_id"], name=op.f("fk_handovers_given_by")
        ),
        sa.ForeignKeyConstraint(
            ["given_to"], ["users.user_id"], name=op.f("fk_handovers_given_to")
        ),
        sa.PrimaryKeyConstraint("handover_id", name=op.f("pk_handovers")),
    )
    op.create_index(op.f("ix_handovers_agency_at"), "handovers", ["agency", "at"])
    op.create_table(
        "passings",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(length=9), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_to", sa.Uuid(), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.notification_id"],
            name=op.f("fk_passings_notification_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency"], ["agencies.code"], name=op.f("fk_passings_agency")
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["users.user_id"], name=op.f("fk_passings_given_by")
        ),
        sa.ForeignKeyConstraint(
            ["given_to"], ["users.user_id"], name=op.f("fk_passings_given_to")
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handovers.handover_id"],
            name=op.f("fk_passings_handover_id"),
        ),
        sa.PrimaryKeyConstraint("notification_id", "number", name=op.f("pk_passings")),
    )
    op.create_index(op.f("ix_events_subject"), "events", ["subject"])
