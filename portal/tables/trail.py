"""The audit trail."""

from sqlalchemy import (
    Column,
    Integer,
    String,
    Table,
    Text,
)

from portal.tables.kinds import UtcDateTime, metadata

audit = Table(
    "audit",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(36), nullable=False),
    Column("agency", String(9), nullable=False),
    Column("role", String(20), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("shown", Text, nullable=False),  # ids, comma separated: what a list showed
    Column("request_id", String(36), nullable=False),
    sqlite_autoincrement=True,  # no number is given out twice
)
"""Who saw and did what, by ids and codes, never a name. Rows are only added."""
