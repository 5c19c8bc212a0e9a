"""How far the region has collected the feed: up to there, words may be taken out."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("INSERT INTO counters (name, value) VALUES ('collected', 0)")
