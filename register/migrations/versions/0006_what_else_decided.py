"""What else decided a night: settings, models' content, how feeds were read, and of
each placement the rules of its priority and of every silence."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("authority_picture") as table:
        table.add_column(sa.Column("mode", sa.Text()))
        table.create_check_constraint(
            op.f("ck_authority_picture_mode"), "mode IN ('snapshot', 'delta')"
        )
    op.add_column("decision", sa.Column("priority_rule", sa.Text()))
    op.add_column("decision", sa.Column("silence", sa.JSON(none_as_null=True)))
    op.add_column("run", sa.Column("settings", sa.JSON(none_as_null=True)))
