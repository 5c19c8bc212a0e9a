"""What is open is found without reading what is over."""

import datetime as dt
from hashlib import sha256

import sqlalchemy as sa
from alembic import op
from pydantic import BaseModel, ConfigDict, ValidationError

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ACKNOWLEDGED = "receipt.acknowledged"
ADDED = {
    "ix_decision_placement_ref_state_business_date": (
        "decision", ["placement_ref", "state", "business_date"],
    ),
    "ix_event_type_subject_proof": ("event", ["type", "subject", "proof"]),
    "ix_event_proof": ("event", ["proof"]),
    "ix_follow_up_met_at": ("follow_up", ["met_at"]),
    "ix_notification_supersedes_stands_after": (
        "notification", ["supersedes", "stands_after"],
    ),
    "ix_notification_followed": (
        "notification",
        ["channel", "kind", "dropped_by", "is_copy", "subject", "notification_id",
         "placement_ref"],
    ),
}  # fmt: skip
REPLACED = {
    "ix_event_type_subject": "event",
    "ix_notification_supersedes": "notification",
}
"""A longer index takes the place of each."""


class Acknowledgement(BaseModel):
    """What a readable one said when this was written."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    agency: str
    actor: str
    reference: str
    recorded_on: dt.date


def upgrade() -> None:
    op.add_column("event", sa.Column("proof", sa.Text()))
    _fill_proofs()
    for name, table in REPLACED.items():
        op.drop_index(name, table)
    for name, (table, columns) in ADDED.items():
        op.create_index(name, table, columns)


def _fill_proofs() -> None:
    """Of every acknowledgement so far, some thousand at a time."""
    event = sa.table(
        "event",
        sa.column("position", sa.Integer()),
        sa.column("type", sa.Text()),
        sa.column("data", sa.JSON()),
        sa.column("proof", sa.Text()),
    )
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(
        sa.select(event.c.position, event.c.data)
        .where(event.c.type == ACKNOWLEDGED, event.c.position > last)
        .order_by(event.c.position)
        .limit(5_000)
    ).all():
        last = rows[-1].position
        given = [
            {"this": row.position, "proof": proof}
            for row in rows
            if (proof := _proof(row.data)) is not None
        ]
        if given:
            connection.execute(
                event.update().where(event.c.position == sa.bindparam("this")), given
            )


def _proof(data: object) -> str | None:
    try:
        answer = Acknowledgement.model_validate(data)
    except ValidationError:
        return None
    folded = "".join(answer.reference.split()).upper()
    return sha256(folded.encode()).hexdigest()
