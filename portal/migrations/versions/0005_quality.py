"""What each authority's extracts were like."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "quality",
        sa.Column("quality_id", sa.String(length=20), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["agencies.code"], name=op.f("fk_quality_authority")
        ),
        sa.PrimaryKeyConstraint("quality_id", name=op.f("pk_quality")),
    )
    op.create_index(
        op.f("ix_quality_authority_business_date"),
        "quality",
        ["authority", "business_date"],
        unique=False,
    )
    op.create_index(
        op.f("ix_quality_business_date"), "quality", ["business_date"], unique=False
    )
