"""The audit trail is sealed without forks, and tells when it was tampered with."""

import multiprocessing
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from portal_under_test import NOON, OWNER, stored_as
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal import sealing
from portal.audit import Action, record_operator
from portal.chain import canonical, check
from portal.permissions import OPERATOR
from portal.store import open_store
from portal.tables import audit_links

ON_POSTGRES = pytest.mark.parametrize(
    "portal_store", [pytest.param("postgres", marks=pytest.mark.postgres)],
    indirect=True,
)  # fmt: skip
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw().hex()


def add(store, *subjects):
    for subject in subjects:
        with store.writing(OPERATOR) as connection:
            record_operator(connection, NOON, Action.NOTICE_OPENED, subject)


def seal_all(portal, key=None):
    return sealing.seal_waiting(portal.store, portal.hands, key)


def verified(portal, **given):
    return sealing.verify(portal.store, OPERATOR, **given)


@pytest.fixture
def sealed(portal):
    """Six entries under three seals."""
    for number in range(3):
        add(portal.store, f"{number}a", f"{number}b")
        assert seal_all(portal) == 2
    return portal


def test_what_was_done_is_sealed_and_holds(sealed):
    verdict = verified(sealed)

    assert verdict.broken is None
    assert (verdict.entries, verdict.seals, verdict.waiting) == (6, 3, 0)
    assert seal_all(sealed) == 0


def test_what_is_not_sealed_yet_waits(sealed):
    add(sealed.store, "later")

    assert verified(sealed).waiting == 1
    assert verified(sealed).broken is None


@ON_POSTGRES  # SQLite has one writer at a time
def test_a_request_waits_for_no_sealer(sealed):
    """A sealer amid its work holds nothing that an entry needs."""
    add(sealed.store, "first")
    with sealed.store.writing(OPERATOR) as connection:
        sealing.seal(connection, NOON)
        with sealed.store.writing(OPERATOR) as other:
            other.execute(text("SET LOCAL lock_timeout = '2s'"))
            record_operator(other, NOON, Action.NOTICE_OPENED, "meanwhile")

    assert verified(sealed).waiting == 1


TAMPERED = {
    "changed": (
        "UPDATE audit SET actor = 'somebody else' WHERE subject = '1a'",
        ("changed", "entry 3 at position 3"),
    ),
    "removed": (
        "DELETE FROM audit WHERE subject = '1b'",
        ("removed", "entry 4 at position 4"),
    ),
    "removed with its link": (
        "DELETE FROM audit_links WHERE position = 4;"
        "DELETE FROM audit WHERE subject = '1b'",
        ("removed", "position 4"),
    ),
    "put in past the trigger": (
        "INSERT INTO audit (entry_id, at, actor, agency, role, action, subject, shown, "
        "request_id) SELECT 99, at, actor, agency, role, action, subject, shown, "
        "request_id FROM audit WHERE subject = '0a';"
        "DELETE FROM audit_waiting WHERE entry_id = 99",
        ("inserted", "entry 99"),
    ),
    "reordered": (
        "UPDATE audit_links SET position = 1000 WHERE position = 3;"
        "UPDATE audit_links SET position = 3 WHERE position = 4;"
        "UPDATE audit_links SET position = 4 WHERE position = 1000",
        ("reordered", "entry 4 at position 3"),
    ),
    "a seal removed": (
        "UPDATE audit_links SET seal_id = 3 WHERE seal_id = 2;"
        "DELETE FROM audit_seals WHERE seal_id = 2",
        ("removed", "seal 2"),
    ),
    "a seal changed": (
        "UPDATE audit_seals SET sealed_at = '2020-01-01 00:00:00+00:00' "
        "WHERE seal_id = 2",
        ("seal", "seal 2"),
    ),
    "forked": (
        "UPDATE audit_seals SET previous_hash = hash WHERE seal_id = 3",
        ("forked", "seal 3"),
    ),
    "a link after the last seal": (
        "INSERT INTO audit_links SELECT 7, 77, entry_hash, chain_hash, 3 "
        "FROM audit_links WHERE position = 6",
        ("inserted", "entry 77 at position 7"),
    ),
    "gone before it was sealed": (
        "INSERT INTO audit_waiting VALUES (1234)", ("removed", "entry 1234")
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_the_first_break_is_named(sealed, what):
    statements, (kind, where) = TAMPERED[what]
    tamper(sealed.store, statements)

    broken = verified(sealed).broken

    assert (broken.kind, broken.where) == (kind, where)


def tamper(store, statements):
    """With the database in one's hands: past every trigger and rule."""
    with stored_as(store, "postgres") as admin, admin.writing(OPERATOR) as connection:
        if connection.dialect.name == "sqlite":
            for name in connection.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements.split(";"):
            connection.execute(text(statement))


def test_the_end_cut_off_shows_by_the_root_that_was_kept_elsewhere(sealed):
    root = verified(sealed).last.hash
    assert verified(sealed, root=root).broken is None
    tamper(
        sealed.store,
        "DELETE FROM audit_links WHERE seal_id = 3;"
        "DELETE FROM audit_seals WHERE seal_id = 3;"
        "DELETE FROM audit WHERE subject IN ('2a', '2b')",
    )

    assert verified(sealed).broken is None
    assert verified(sealed, root=root).broken.kind == "removed"


def test_an_entry_of_long_ago_that_comes_late_is_put_in(sealed):
    sealed.hands.pass_by(hours=2)
    add(sealed.store, "now")
    seal_all(sealed)  # sealed two hours after its time, but the seal before is as old
    assert verified(sealed).broken is None
    add(sealed.store, "backdated")
    seal_all(sealed)

    broken = verified(sealed).broken

    assert (broken.kind, broken.where) == ("inserted", "entry 8 at position 8")


def test_seals_are_signed_and_a_forger_lacks_the_key(portal):
    add(portal.store, "first")
    seal_all(portal, KEY)
    add(portal.store, "second")
    seal_all(portal, KEY)
    assert verified(portal, public_key=PUBLIC).signed == 2
    assert "another key" in str(verified(portal, public_key="a" * 64).broken)

    add(portal.store, "third")
    seal_all(portal)
    assert "not signed" in str(verified(portal).broken)
    tamper(
        portal.store,
        "UPDATE audit_seals SET signature = repeat('0', 128)"
        if portal.store.writer.dialect.name != "sqlite"
        else "UPDATE audit_seals SET signature = hex(zeroblob(64))",
    )
    assert "signature is wrong" in str(verified(portal).broken)


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM audit", "UPDATE audit SET actor = 'x'", "DELETE FROM audit_links",
        "UPDATE audit_links SET entry_hash = 'x'", "DELETE FROM audit_seals",
        "UPDATE audit_seals SET hash = 'x'",
    ],
)  # fmt: skip
def test_both_databases_refuse_to_change_what_is_in_the_trail(sealed, deed):
    with (
        stored_as(sealed.store, OWNER) as store,
        pytest.raises(DBAPIError, match="only added to"),
        store.writing(OPERATOR) as connection,
    ):
        connection.execute(text(deed))


@ON_POSTGRES
def test_an_entry_committed_late_under_a_lower_number_is_sealed_after(portal):
    with portal.store.writing(OPERATOR) as slow:
        record_operator(slow, NOON, Action.NOTICE_OPENED, "slow")
        add(portal.store, "quick")
        assert seal_all(portal) == 1
    assert seal_all(portal) == 1

    assert verified(portal).broken is None
    with portal.store.reading(OPERATOR) as connection:
        order = connection.scalars(
            select(audit_links.c.entry_id).order_by(audit_links.c.position)
        ).all()
    assert order == sorted(order, reverse=True), "the later one had the lower number"


def test_many_writers_and_many_sealers_make_one_chain(portal):
    """Threads that write with pauses before the commit, beside threads that seal."""
    done = threading.Event()

    def write(number):
        for turn in range(12):
            with portal.store.writing(OPERATOR) as connection:
                record_operator(
                    connection, NOON, Action.NOTICE_OPENED, f"{number}-{turn}"
                )
                time.sleep(0.001 * ((number * 7 + turn * 5) % 4))

    def keep_sealing(_):
        while not done.is_set():
            seal_all(portal, KEY)

    with ThreadPoolExecutor(10) as pool:
        sealers = [pool.submit(keep_sealing, number) for number in range(3)]
        for writer in [pool.submit(write, number) for number in range(6)]:
            writer.result(timeout=120)
        done.set()
        for sealer in sealers:
            sealer.result(timeout=120)
    seal_all(portal, KEY)

    verdict = verified(portal, public_key=PUBLIC)
    assert verdict.broken is None
    assert (verdict.entries, verdict.waiting) == (72, 0)


def _write_and_seal(url, number):
    store = open_store(url)
    for turn in range(15):
        with store.writing(OPERATOR) as connection:
            record_operator(connection, NOON, Action.NOTICE_OPENED, f"{number}-{turn}")
        sealing.seal_waiting(store, lambda: NOON)
    store.close()
    os._exit(0)


def test_sealers_in_several_processes_make_one_chain(portal):
    url = portal.store.writer.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_write_and_seal, args=(url, number))
        for number in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]

    verdict = verified(portal)
    assert verdict.broken is None
    assert (verdict.entries, verdict.waiting) == (45, 0)


def test_a_serving_portal_seals_by_itself(portal):
    sealer = sealing.Sealer(portal.store, portal.hands, 0.02, KEY)
    sealer.start()
    add(portal.store, "first")
    until = time.monotonic() + 30
    while verified(portal).waiting and time.monotonic() < until:
        time.sleep(0.02)
    assert verified(portal).entries == 1
    add(portal.store, "last")
    sealer.stop()

    assert verified(portal).entries == 2


def test_a_sealer_whose_database_fails_says_so_and_goes_on(portal, caplog, monkeypatch):
    calls = []

    def fail(*_given):
        calls.append(1)
        if len(calls) == 1:
            raise DBAPIError("SELECT", {}, Exception("names"))

    monkeypatch.setattr(sealing, "seal_waiting", fail)
    sealer = sealing.Sealer(portal.store, portal.hands, 0.01, None)
    sealer.start()
    until = time.monotonic() + 30
    while len(calls) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    sealer.stop()

    assert len(calls) >= 3
    assert caplog.messages == ["the audit trail was not sealed: DBAPIError"]


def exported_to(portal, path):
    path.write_text("".join(sealing.exported(portal.store, OPERATOR)))
    return path


def test_an_exported_trail_is_verified_without_its_database(sealed, tmp_path):
    file = exported_to(sealed, tmp_path / "trail.jsonl")

    verdict = sealing.verify_file(file, root=verified(sealed).last.hash)

    assert verdict.broken is None
    assert (verdict.entries, verdict.seals) == (6, 3)


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (lambda lines: [line.replace('"1a"', '"9z"') for line in lines], "changed"),
        (lambda lines: lines[:4] + lines[5:], "removed"),
        (lambda lines: lines[:-1], "inserted"),
        (lambda lines: lines[:-3], "removed"),
        (lambda lines: [*lines[:4], lines[4], lines[4], *lines[5:]], "forked"),
        (lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]], "removed"),
        (lambda lines: [*lines, lines[-1]], "forked"),
    ],
)
def test_a_damaged_export_is_told(sealed, tmp_path, damage, kind):
    file = exported_to(sealed, tmp_path / "trail.jsonl")
    file.write_text("".join(damage(file.read_text().splitlines(keepends=True))))

    assert sealing.verify_file(file).broken.kind == kind


@pytest.mark.parametrize("content", ["", "{}", "[]", "nonsense", '{"format": "x"}'])
def test_a_file_that_is_no_trail_is_refused(tmp_path, content):
    file = tmp_path / "other.jsonl"
    file.write_text(content)

    with pytest.raises(sealing.NotATrail):
        sealing.verify_file(file)


def test_an_empty_trail_holds(portal):
    assert verified(portal).broken is None
    assert check([], []).entries == 0


def test_an_entry_is_written_in_one_way():
    assert canonical({"b": None, "a": "é\n\"", "c": 2}) == (
        '{"a":"é\\n\\"","b":null,"c":2}'.encode()
    )  # fmt: skip
