"""What follows a notice: fetched, reminded, disputed; dead letters and wishes."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Plain columns only: SQLite would make a table with new rules anew, and rows of
    # other tables hang on these.
    moment = sa.DateTime(timezone=True)
    op.add_column("notifications", sa.Column("reminds", sa.Uuid(), nullable=True))
    op.add_column("notifications", sa.Column("fetched_at", moment, nullable=True))
    op.create_index(
        op.f("ix_notifications_reminds"), "notifications", ["reminds"], unique=False
    )
    # what was opened before this release was fetched too, and is not told of again
    op.execute("UPDATE notifications SET fetched_at = opened_at")
    op.add_column("obligations", sa.Column("notification_id", sa.Uuid(), nullable=True))
    op.add_column("obligations", sa.Column("kind", sa.String(length=30), nullable=True))
    _fill_kinds(op.get_bind())
    op.create_index(
        op.f("ix_obligations_notification_id"),
        "obligations",
        ["notification_id"],
        unique=False,
    )
    op.create_table(
        "dead_letters",
        sa.Column("letter_id", sa.String(length=100), nullable=False),
        sa.Column("settled", sa.String(length=20), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_dead_letters")),
    )
    op.create_index(
        op.f("ix_dead_letters_created_on"), "dead_letters", ["created_on"], unique=False
    )
    op.create_table(
        "disputes",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("disputed_at", moment, nullable=False),
        sa.Column("disputed_by", sa.Uuid(), nullable=False),
        sa.Column("settled_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.notification_id"],
            name=op.f("fk_disputes_notification_id"),
        ),
        sa.PrimaryKeyConstraint("dispute_id", name=op.f("pk_disputes")),
    )
    op.create_index(
        "ix_disputes_one_stands",
        "disputes",
        ["notification_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "wishes",
        sa.Column("wish_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.user_id"], name=op.f("fk_wishes_asked_by")
        ),
        sa.PrimaryKeyConstraint("wish_id", name=op.f("pk_wishes")),
        sa.UniqueConstraint(
            "kind", "subject", "sha256", name=op.f("uq_wishes_kind_subject_sha256")
        ),
    )


def _fill_kinds(connection: sa.Connection) -> None:
    table = sa.table(
        "obligations",
        sa.column("obligation_id", sa.Uuid()),
        sa.column("kind", sa.String()),
        sa.column("body", sa.LargeBinary()),
    )
    for row in connection.execute(sa.select(table.c.obligation_id, table.c.body)).all():
        connection.execute(
            sa.update(table)
            .where(table.c.obligation_id == row.obligation_id)
            .values(kind=json.loads(row.body)["kind"])
        )
