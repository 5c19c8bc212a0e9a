"""What else decided a night: the region's settings and the models' content."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run", sa.Column("settings", sa.JSON(none_as_null=True)))
