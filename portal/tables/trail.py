"""The audit trail, the chain that seals it, and what each document is about."""

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from portal.tables.kinds import SHA256, UtcDateTime, metadata

audit = Table(
    "audit",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", String(36), nullable=False),
    Column("agency", String(9), nullable=False),
    Column("role", String(20), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(100), nullable=False, index=True),
    Column("shown", Text, nullable=False),  # ids, comma separated: what a list showed
    Column("request_id", String(36), nullable=False),
    Column("purpose", String(30)),
    Column("network", String(16)),  # a keyed hash of the network address
    Index(None, "actor", "at"),
    sqlite_autoincrement=True,  # no number is given out twice
)
"""Who saw and did what, by ids and codes, never a name. Rows are only added: triggers
of both databases refuse to change or remove one."""

audit_waiting = Table(
    "audit_waiting",
    metadata,
    Column("entry_id", Integer, primary_key=True, autoincrement=False),
)
"""Entries that no seal covers yet. The database itself puts each new entry here, so
that one which is committed late, under a lower number, is not passed over."""

audit_seals = Table(
    "audit_seals",
    metadata,
    Column("seal_id", Integer, primary_key=True, autoincrement=False),
    Column("sealed_at", UtcDateTime, nullable=False),
    Column("first_position", Integer, nullable=False),
    Column("last_position", Integer, nullable=False),
    Column("chain_hash", SHA256, nullable=False),  # of the entry at the last position
    Column("previous_hash", SHA256, nullable=False, unique=True),  # so nothing forks
    Column("hash", SHA256, nullable=False, unique=True),
    Column("public_key", SHA256),
    Column("signature", String(128)),
)

audit_links = Table(
    "audit_links",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("entry_id", Integer, nullable=False, unique=True),
    Column("entry_hash", SHA256, nullable=False),
    Column("chain_hash", SHA256, nullable=False),
    Column("seal_id", Integer, ForeignKey("audit_seals.seal_id"), nullable=False),
)
"""The chain: each entry's place in it, in the order in which they were sealed."""

audit_about = Table(
    "audit_about",
    metadata,
    Column("document_id", Uuid, primary_key=True),
    Column("entry_id", Integer, primary_key=True, autoincrement=False),
)
"""Which entries name a document, as their subject or in a list: made by the sealer, so
that a request does not wait for it, and could be made anew from the trail."""

audit_checks = Table(
    "audit_checks",
    metadata,
    Column("check_id", Integer, primary_key=True),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("seals", Integer, nullable=False),
    Column("broken", Text, nullable=False),  # empty when the chain holds
    sqlite_autoincrement=True,
)
"""Each time that the chain was gone through, and what was found."""

subjects = Table(
    "subjects",
    metadata,
    Column("kind", String(20), nullable=False),
    Column("document_id", String(100), nullable=False),
    Column("authority", String(9), nullable=False),
    Column("record_ref", Text, nullable=False),  # empty for a shielded child
    Column("token", String(20)),
    Column("agency", String(9)),  # whom the document is for
    Column("audience", String(20)),
    Column("about", String(100)),  # the notice that a task or a withdrawal is about
    Column("created_on", Date, nullable=False),
    Column("rule", String(60)),  # by which the document was made; never its words
    UniqueConstraint("kind", "document_id", "authority", "record_ref"),
    Index(None, "authority", "record_ref"),
    Index(None, "document_id"),
    Index(None, "token"),
    Index(None, "audience"),
)
"""Which documents are about which record of which authority, without their content:
by this, all accesses to one child's documents are found."""

tombstones = Table(
    "tombstones",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("document_id", String(100), primary_key=True),
    Column("sha256", SHA256, nullable=False),
    Column("erased_at", UtcDateTime, nullable=False),
)
"""Documents that were kept as long as they may be. A late retry brings none back."""

holds = Table(
    "holds",
    metadata,
    Column("authority", String(9), primary_key=True),
    Column("record_ref", Text, primary_key=True),
    Column("held_at", UtcDateTime, nullable=False),
)
"""Children whose documents are kept beyond their time: a court or an inquiry asks."""
