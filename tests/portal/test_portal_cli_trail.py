"""The audit trail by commands: what they leave in it, and how it is verified."""

import sqlite3

import pytest
from sqlalchemy import select

from portal.permissions import OPERATOR
from portal.store import open_store
from portal.tables import audit


def test_what_is_done_at_the_machine_is_in_the_trail(run_here, tmp_path):
    run_here("migrate")
    run_here("create-user", "r.v", "--role", "reviewer")
    user_id = run_here("list-users").stdout.split("\t")[0]
    for name in ("disable-user", "enable-user", "reset-password", "reset-codes"):
        run_here(name, "r.v")
    run_here("backup", str(tmp_path / "kept"))

    store = open_store(f"sqlite:///{tmp_path / 'portal.db'}")
    with store.reading(OPERATOR) as connection:
        rows = connection.execute(select(audit.c.actor, audit.c.subject)).all()
    store.close()
    assert rows == [
        ("operator", f"create-user {user_id}"), ("operator", f"disable-user {user_id}"),
        ("operator", f"enable-user {user_id}"),
        ("operator", f"reset-password {user_id}"),
        ("operator", f"reset-codes {user_id}"), ("operator", "backup"),
    ]  # fmt: skip


@pytest.fixture
def with_trail(run_here):
    """A portal in whose trail something stands."""
    run_here("migrate")
    run_here("audit", "export")  # an entry of its own
    return run_here


def test_the_trail_is_sealed_verified_and_rooted_by_commands(with_trail):
    assert with_trail("audit", "root").exit_code == 1
    assert with_trail("audit", "seal").stderr == "1 entries sealed.\n"
    held = with_trail("audit", "verify")
    root = with_trail("audit", "root").stdout.strip()

    assert held.exit_code == 0
    assert "1 entries under 1 seals hold, none signed; 0 wait" in held.stderr
    assert f"Root: {root}" in held.stderr
    assert with_trail("audit", "verify", "--root", root).exit_code == 0
    assert with_trail("audit", "verify", "--root", "f" * 64).exit_code == 1


def test_a_broken_trail_fails_the_command_and_names_the_entry(with_trail, tmp_path):
    with_trail("audit", "seal")
    with sqlite3.connect(tmp_path / "portal.db") as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET actor = 'nobody'")
    database.close()

    broken = with_trail("audit", "verify")

    assert broken.exit_code == 1
    assert "BROKEN: changed: entry 1 at position 1" in broken.stderr


def test_an_exported_trail_is_verified_by_a_command_elsewhere(with_trail, tmp_path):
    with_trail("audit", "seal")
    file = tmp_path / "trail.jsonl"
    assert with_trail("audit", "export", "--out", str(file)).exit_code == 0

    assert with_trail("audit", "verify", "--file", str(file)).exit_code == 0
    file.write_text(file.read_text().replace("audit.exported", "audit.imported"))
    assert with_trail("audit", "verify", "--file", str(file)).exit_code == 1
    file.write_text("{}")
    assert with_trail("audit", "verify", "--file", str(file)).exit_code == 2


def test_seals_are_signed_with_a_key_that_a_command_made(run_here):
    run_here("migrate")
    made = run_here("audit", "new-key")
    public = made.stderr.removeprefix("Public key: ").strip()
    run_here("audit", "export", AUDIT_KEY=made.stdout.strip())
    run_here("audit", "seal")

    assert "1 of them signed" in run_here("audit", "verify").stderr
    assert run_here("audit", "verify", "--public-key", public).exit_code == 0
    assert run_here("audit", "verify", "--public-key", "0" * 64).exit_code == 1
    assert "audit new-key" in run_here("audit", "seal", AUDIT_KEY="short").stderr
