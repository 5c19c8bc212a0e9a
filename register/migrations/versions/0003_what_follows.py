"""What follows a notice: holds, reminders, recordings, packages; and why it was so."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

CHECKS = {
    "decision": {
        "match_probability": "match_probability BETWEEN 0 AND 1",
        "priority": "priority IN ('high', 'standard', 'low')",
    },
    "notification": {
        "held_by": "held_by IN ('review', 'surge', 'baseline')",
        "release_at": "release_at IS NULL OR held_by IS NOT NULL",
        "released_at": (
            "(released_by IS NULL) = (released_at IS NULL) AND "
            "(released_at IS NULL OR held_by IS NOT NULL)"
        ),
        "reminder_no": (
            "(reminds IS NULL) = (reminder_no IS NULL) AND "
            "(reminder_no IS NULL OR reminder_no > 0)"
        ),
        "reminds": "(kind = 'reminder') = (reminds IS NOT NULL)",
        "run_id": "run_id IS NOT NULL OR kind = 'reminder'",
        "stands": (
            "stands_after IS NOT NULL OR kind = 'reminder' OR "
            "dropped_by IS NOT NULL OR (held_by IS NOT NULL AND released_at IS NULL)"
        ),
        "stands_after": (
            "stands_after IS NULL OR (kind <> 'reminder' AND dropped_by IS NULL AND "
            "stands_after >= created_on AND "
            "(held_by IS NULL OR released_at IS NOT NULL))"
        ),
    },
    "obligation": {
        "kind": (
            "kind IN ('data_task', 'named_officer_task', 'manual_channel_task', "
            "'acknowledge_task', 'record_task', 'disagreement_task')"
        ),
        "subject": (
            "(CASE WHEN placement_ref IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN person_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN matter IS NULL THEN 0 ELSE 1 END) = 1"
        ),
    },
    "outbox": {
        "destination": "destination IN ('portal', 'export', 'webhook', 'email')",
        "kind": (
            "kind IN ('notification', 'withdrawal', 'obligation', 'review', 'person', "
            "'run', 'verdict', 'quality', 'dead_letter', 'nudge', 'search')"
        ),
    },
}
"""The checks that are new, or other than before."""

REPLACED = ("obligation", "outbox")


def upgrade() -> None:
    _add_columns()
    _fill_columns()
    _change_constraints()
    op.create_index(
        "ix_notification_held_by_stands_after",
        "notification",
        ["held_by", "stands_after"],
    )
    op.create_index("ix_notification_reminds", "notification", ["reminds"])
    _create_recordings()
    _create_follow_ups()
    _create_packages()


def _add_columns() -> None:
    added: dict[str, list[sa.Column[Any]]] = {
        "run": [
            sa.Column("rules", sa.Text()),
            sa.Column("children_model", sa.Text()),
            sa.Column("perpetrator_model", sa.Text()),
            sa.Column("baseline", sa.Boolean()),
        ],
        "decision": [
            sa.Column("rule", sa.Text()),
            sa.Column("reason", sa.Text()),
            sa.Column("as_of", sa.Date()),
            sa.Column("priority", sa.Text()),
            sa.Column("at_distance", sa.Boolean()),
            sa.Column("cross_force", sa.Boolean()),
            sa.Column("best_nominal_ref", sa.Text()),
            sa.Column("match_probability", sa.Float()),
            sa.Column("judgement", sa.Text()),
            sa.Column("evidence", sa.JSON()),
        ],
        "notification": [
            sa.Column("judgement", sa.Text()),
            sa.Column("held_by", sa.Text()),
            sa.Column("release_at", INSTANT),
            sa.Column("released_by", sa.Text()),
            sa.Column("released_at", INSTANT),
            sa.Column("stands_after", sa.Date()),
            sa.Column("reminds", sa.Uuid()),
            sa.Column("reminder_no", sa.Integer()),
        ],
        "obligation": [sa.Column("matter", sa.Text())],
        "outbox": [sa.Column("recipient", sa.Text())],
        "event": [sa.Column("after_night", sa.Date())],
    }
    for table, columns in added.items():
        for column in columns:
            op.add_column(table, column)


def _fill_columns() -> None:
    """Nothing was held so far, and no night was a baseline.

    Events keep no night: every night may have used them.
    """
    op.execute(
        "UPDATE notification SET stands_after = created_on WHERE dropped_by IS NULL"
    )
    run = sa.table("run", sa.column("baseline", sa.Boolean()))
    op.execute(run.update().values(baseline=False))


def _change_constraints() -> None:
    with op.batch_alter_table("run") as batch:
        batch.alter_column("baseline", nullable=False)
    for table, checks in CHECKS.items():
        with op.batch_alter_table(table) as batch:
            for name, text in checks.items():
                full = op.f(f"ck_{table}_{name}")
                if table in REPLACED:
                    batch.drop_constraint(full, type_="check")
                batch.create_check_constraint(full, sa.text(text))
            if table == "notification":
                batch.alter_column("run_id", nullable=True)
                batch.create_foreign_key(
                    op.f("fk_notification_reminds"),
                    "notification",
                    ["reminds"],
                    ["notification_id"],
                )


def _create_recordings() -> None:
    op.create_table(
        "recording",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text()),
        sa.Column("found_in", sa.Text()),
        sa.PrimaryKeyConstraint(
            "notification_id", "business_date", name=op.f("pk_recording")
        ),
        sa.CheckConstraint(
            "by IN ('token', 'reference')", name=op.f("ck_recording_by")
        ),
        sa.CheckConstraint("until > business_date", name=op.f("ck_recording_until")),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.notification_id"],
            name=op.f("fk_recording_notification_id"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_recording_run_id")
        ),
    )
    op.create_index("ix_recording_run_id", "recording", ["run_id"])
    op.create_index("ix_recording_until", "recording", ["until"])
    op.create_table(
        "recording_look",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint(
            "authority", "business_date", name=op.f("pk_recording_look")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_recording_look_run_id")
        ),
    )
    op.create_index("ix_recording_look_run_id", "recording_look", ["run_id"])


def _create_follow_ups() -> None:
    op.create_table(
        "follow_up",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owed_by", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("met_at", INSTANT),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("obligation_id", name=op.f("pk_follow_up")),
        sa.CheckConstraint("escalation >= 0", name=op.f("ck_follow_up_escalation")),
        sa.CheckConstraint(
            "kind IN ('acknowledge_task', 'record_task', 'disagreement_task')",
            name=op.f("ck_follow_up_kind"),
        ),
        sa.CheckConstraint("met_at >= opened_at", name=op.f("ck_follow_up_met_at")),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.notification_id"],
            name=op.f("fk_follow_up_notification_id"),
        ),
    )
    op.create_index("ix_follow_up_notification_id", "follow_up", ["notification_id"])
    op.create_table(
        "breaker",
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", INSTANT),
        sa.Column("last_problem", sa.Text()),
        sa.PrimaryKeyConstraint("destination", name=op.f("pk_breaker")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_breaker_failures")),
    )


def _create_packages() -> None:
    op.create_table(
        "package",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("handed_over_at", INSTANT),
        sa.Column("handed_over_by", sa.Text()),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_package")),
        sa.CheckConstraint("documents >= 0", name=op.f("ck_package_documents")),
        sa.CheckConstraint(
            "(handed_over_at IS NULL) = (handed_over_by IS NULL)",
            name=op.f("ck_package_handed_over_at"),
        ),
    )
    op.create_table(
        "packaged",
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint(
            "package_id", "notification_id", name=op.f("pk_packaged")
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.notification_id"],
            name=op.f("fk_packaged_notification_id"),
        ),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["package.package_id"],
            name=op.f("fk_packaged_package_id"),
        ),
    )
    op.create_index("ix_packaged_notification_id", "packaged", ["notification_id"])
    op.create_table(
        "imported",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("from_region", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_imported")),
    )
    op.create_index("ix_imported_package_id", "imported", ["package_id"])
