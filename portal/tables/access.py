"""Who may come in."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from portal.tables.kinds import SHA256, UtcDateTime, metadata

agencies = Table(
    "agencies",
    metadata,
    Column("code", String(9), primary_key=True),
    Column("name", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("user_id", Uuid, primary_key=True),  # the pseudonym in events and audit
    Column("username", String(100), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("agency", String(9), ForeignKey("agencies.code")),
    Column("password_hash", Text),
    Column("codes_secret", Text),  # sealed: see ``portal.codes``
    Column("codes_step", Integer),  # of the last code that was taken: none twice
    Column("issuer", Text),
    Column("subject", String(255)),  # the person's id with their identity provider
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    UniqueConstraint("issuer", "subject"),
    CheckConstraint(
        "(issuer IS NULL) = (subject IS NULL) AND "
        "(issuer IS NULL) = (password_hash IS NOT NULL) AND "
        "(issuer IS NULL OR codes_secret IS NULL)",
        name="local_or_a_providers",
    ),
    CheckConstraint(
        "(role IN ('officer', 'named_officer', 'supplier')) = (agency IS NOT NULL)",
        name="officers_have_an_agency",
    ),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", SHA256, primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.user_id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("proven_at", UtcDateTime, nullable=False),
    Column("provider", String(40)),  # none: a local user's
    Column("provider_session", String(255)),  # what the provider calls it
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("attempt_id", Integer, primary_key=True),
    Column("name_hash", SHA256, nullable=False),
    Column("address_hash", SHA256, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)
