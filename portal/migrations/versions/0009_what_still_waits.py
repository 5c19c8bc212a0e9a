"""By which rule a document was made, and in what state an open notice stands."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("subjects", sa.Column("rule", sa.String(length=60), nullable=True))
    op.drop_index("ix_notifications_waiting", "notifications")
    columns = (
        "recipient rank due_at urgency created_on notification_id audience kind "
        "placing_authority holder stands"
    )
    op.create_index(
        "ix_notifications_waiting",
        "notifications",
        columns.split(),
        unique=False,
        sqlite_where=sa.text("waits AND listed"),
        postgresql_where=sa.text("waits AND listed"),
    )
