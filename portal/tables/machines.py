"""Programs, and what they come in by."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Uuid,
)

from portal.tables.kinds import SHA256, UtcDateTime, metadata

machines = Table(
    "machines",
    metadata,
    Column("machine_id", Uuid, primary_key=True),  # its pseudonym in events and audit
    Column("name", String(100), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("acts_as", String(20)),  # a role of permissions.AGENCY_ROLES
    Column("agency", String(9), ForeignKey("agencies.code")),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint(
        "(role = 'agency') = (agency IS NOT NULL) AND "
        "(role = 'agency') = (acts_as IS NOT NULL)",
        name="agency_programs_have_an_agency",
    ),
)

machine_keys = Table(
    "machine_keys",
    metadata,
    Column("key_id", Uuid, primary_key=True),
    Column("machine_id", Uuid, ForeignKey("machines.machine_id"), nullable=False),
    Column("token_hash", SHA256, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

client_keys = Table(
    "client_keys",
    metadata,
    Column("machine_id", Uuid, ForeignKey("machines.machine_id"), nullable=False),
    Column("kid", String(100), nullable=False),
    Column("jwk", Text, nullable=False),  # the public half only
    Column("created_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("machine_id", "kid"),
)
"""Public keys by which a program proves who it is (RFC 7523)."""

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("token_hash", SHA256, primary_key=True),
    Column(
        "machine_id",
        Uuid,
        ForeignKey("machines.machine_id"),
        nullable=False,
        index=True,
    ),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

used_assertions = Table(
    "used_assertions",
    metadata,
    Column("machine_id", Uuid, ForeignKey("machines.machine_id"), nullable=False),
    Column("jti_hash", SHA256, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    PrimaryKeyConstraint("machine_id", "jti_hash"),
)
"""Assertions that were taken and have not run out: each is taken once."""
