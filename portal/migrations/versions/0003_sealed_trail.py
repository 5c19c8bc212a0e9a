"""The audit trail is sealed; which document is about whom; what was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_REFUSED = "the audit trail is only added to"
_ONLY_ADDED_TO = ("audit", "audit_links", "audit_seals")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "audit_waiting",
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_waiting")),
    )
    op.create_table(
        "audit_seals",
        sa.Column("seal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", moment, nullable=False),
        sa.Column("first_position", sa.Integer(), nullable=False),
        sa.Column("last_position", sa.Integer(), nullable=False),
        sa.Column("chain_hash", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=True),
        sa.Column("signature", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("seal_id", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_audit_seals_previous_hash")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_seals_hash")),
    )
    op.create_table(
        "audit_links",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.Column("chain_hash", sa.String(length=64), nullable=False),
        sa.Column("seal_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seal_id"], ["audit_seals.seal_id"], name=op.f("fk_audit_links_seal_id")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_links")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_links_entry_id")),
    )
    op.create_table(
        "audit_about",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("document_id", "entry_id", name=op.f("pk_audit_about")),
    )
    op.create_table(
        "audit_checks",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", moment, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("seals", sa.Integer(), nullable=False),
        sa.Column("broken", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_audit_checks")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "subjects",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("document_id", sa.String(length=100), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("record_ref", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=20), nullable=True),
        sa.Column("agency", sa.String(length=9), nullable=True),
        sa.Column("audience", sa.String(length=20), nullable=True),
        sa.Column("about", sa.String(length=100), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.UniqueConstraint(
            "kind",
            "document_id",
            "authority",
            "record_ref",
            name=op.f("uq_subjects_kind_document_id_authority_record_ref"),
        ),
    )
    for columns in (
        ["authority", "record_ref"], ["document_id"], ["token"], ["audience"]
    ):  # fmt: skip
        name = op.f(f"ix_subjects_{'_'.join(columns)}")
        op.create_index(name, "subjects", columns, unique=False)
    op.create_table(
        "tombstones",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("document_id", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("erased_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("kind", "document_id", name=op.f("pk_tombstones")),
    )
    op.create_table(
        "holds",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("record_ref", sa.Text(), nullable=False),
        sa.Column("held_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("authority", "record_ref", name=op.f("pk_holds")),
    )
    op.execute("INSERT INTO audit_waiting SELECT entry_id FROM audit")
    if op.get_bind().dialect.name == "postgresql":
        _on_postgresql()
    else:
        _on_sqlite()


def _on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO audit_waiting VALUES (NEW.entry_id); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_waits AFTER INSERT ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_waits()"
    )
    op.execute(
        "CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{_REFUSED}' USING ERRCODE = 'insufficient_privilege'; "
        "END $$"
    )
    for table in _ONLY_ADDED_TO:
        op.execute(
            f"CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
        )


def _on_sqlite() -> None:
    op.execute(
        "CREATE TRIGGER audit_waits AFTER INSERT ON audit "
        "BEGIN INSERT INTO audit_waiting VALUES (NEW.entry_id); END"
    )
    for table in _ONLY_ADDED_TO:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
            )
