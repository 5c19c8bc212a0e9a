"""What the portal holds comes back whole, on either database, or not at all."""

import gzip
import json
import time
from itertools import count

import portal_samples as samples
import pytest
from portal_under_test import (
    NOON,
    ON_SQLITE,
    SECRET,
    empty,
    put,
    settings_for,
    withdraw,
)
from sqlalchemy import func, insert, inspect, select

from notifications.documents import Audience
from portal import accounts, backups, machines
from portal.backups import LEFT_OUT, BackupRefused, back_up, check, restore
from portal.permissions import OPERATOR
from portal.store import check_ready, open_store
from portal.tables import audit, metadata

SETTINGS = settings_for("sqlite:///of-no-concern.db")


def everything(store):
    """Every row of every table, in order."""
    with store.reading(OPERATOR) as connection:
        return {
            name: [
                tuple(row)
                for row in connection.execute(
                    select(table).order_by(*table.primary_key)
                )
            ]
            for name, table in metadata.tables.items()
        }


@pytest.fixture
def used(portal):
    """A portal where something of everything happened."""
    machine = portal.machine()
    documents = (
        samples.packaged("duty"),
        samples.notification("shielded", audience=Audience.NAMED_OFFICER),
        samples.notification("gone"),
    )
    for document in documents:
        put(machine, "notifications", document)
    withdraw(machine, samples.withdrawal("gone"))
    put(machine, "obligations", samples.obligation())
    put(machine, "reviews", samples.review())
    put(machine, "runs", samples.run())
    put(machine, "dead-letters", samples.dead_letter())
    desk, path = portal.officer(), f"/notifications/{documents[0].notification_id}"
    desk.get("/inbox")
    desk.get(path)
    assert desk.post(f"{path}/dispute", version=1, dispute="not_ours").is_redirect
    review = f"/reviews/{samples.review().review_id}/judgement"
    page = portal.reviewer().get(f"/reviews/{samples.review().review_id}")
    assert page.status_code == 200
    portal.reviewer().post(review, decision="same", reason="A good reason", version=1)
    return portal


@pytest.fixture
def elsewhere(database_url):
    """A new database, of each kind."""
    store = open_store(database_url)
    yield store
    store.close()


def test_a_restore_brings_back_every_row_of_every_table(used, elsewhere, tmp_path):
    before = everything(used.store)
    file = tmp_path / "backup"

    made = back_up(used.store, SETTINGS, file, NOON)
    brought = restore(elsewhere, SETTINGS, file)

    after = everything(elsewhere)
    assert before.keys() == after.keys() == set(made.rows)
    filled = {name for name, rows in before.items() if rows}
    assert filled >= {"notifications", "withdrawals", "events", "audit", "users"}
    for name in before:
        assert after[name] == ([] if name in LEFT_OUT else before[name]), name
    assert before["sessions"] != []
    assert brought.rows == made.rows == {name: len(after[name]) for name in after}
    with elsewhere.reading(OPERATOR) as connection:
        check_ready(connection)


def test_what_comes_after_a_restore_gets_numbers_of_its_own(used, elsewhere, tmp_path):
    back_up(used.store, SETTINGS, tmp_path / "backup", NOON)
    restore(elsewhere, SETTINGS, tmp_path / "backup")

    with elsewhere.writing(OPERATOR) as connection:
        last = connection.scalar(select(func.max(audit.c.entry_id)))
        new = connection.execute(
            insert(audit).values(
                at=NOON, actor="x", agency="region", role="x", action="x", subject="",
                purpose="", shown="", request_id="",
            )
        ).inserted_primary_key[0]  # fmt: skip

    assert new == last + 1


def test_a_restored_portal_works(used, elsewhere, tmp_path, web_server):
    from dataclasses import replace

    back_up(used.store, SETTINGS, tmp_path / "backup", NOON)
    restore(elsewhere, SETTINGS, tmp_path / "backup")
    before = used.machine().get("/v1/events").json()
    used.running = replace(used.running, store=elsewhere)
    web_server[0].state.running = used.running

    assert "All (2)" in used.officer().read("/inbox")
    assert used.machine().get("/v1/events").json() == before
    while not is_at_rest(used):
        time.sleep(0.005)


def is_at_rest(portal):
    """That a key was used is noted after the answer, for a moment of its own."""
    with portal.store.reading(OPERATOR) as connection:
        noted = {key.last_used_at for key in machines.keys(connection)}
    return noted == {portal.hands()} and not portal.store.writer.pool.checkedout()


def test_people_work_on_while_a_backup_is_made(used, tmp_path, monkeypatch):
    """Each line is of the moment when the backup began."""
    before = everything(used.store)
    lines, write = count(), backups._json

    def slowly(value):
        if next(lines) == 3:
            with used.store.writing(OPERATOR) as connection:
                accounts.create_agency(connection, "999", "Made meanwhile")
        return write(value)

    monkeypatch.setattr(backups, "_json", slowly)
    made = back_up(used.store, SETTINGS, tmp_path / "backup", NOON)

    assert made.rows["agencies"] == len(before["agencies"])
    assert len(everything(used.store)["agencies"]) == len(before["agencies"]) + 1
    assert check(SETTINGS, tmp_path / "backup").rows == made.rows


def test_a_database_with_anything_in_it_is_not_restored_into(used, tmp_path):
    back_up(used.store, SETTINGS, tmp_path / "backup", NOON)
    before = everything(used.store)

    with pytest.raises(BackupRefused, match="not empty"):
        restore(used.store, SETTINGS, tmp_path / "backup")

    assert everything(used.store) == before


def test_a_restore_that_fails_leaves_nothing(used, elsewhere, tmp_path, monkeypatch):
    back_up(used.store, SETTINGS, tmp_path / "backup", NOON)
    monkeypatch.setattr(backups, "_count_on", lambda connection: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        restore(elsewhere, SETTINGS, tmp_path / "backup")

    with elsewhere.reading(OPERATOR) as connection:
        assert inspect(connection).get_table_names() == []


def lines_of(file):
    return gzip.decompress(file.read_bytes()).splitlines(keepends=True)


def changed_word(lines):
    return [line.replace(b"Solihull", b"Nowhere!") for line in lines]


def without_foot(lines):
    return lines[:-1]


def without_a_row(lines):
    return lines[:3] + lines[4:]


def a_row_more(lines):
    return [*lines[:3], lines[3], *lines[3:]]


def two_rows_swapped(lines):
    return [*lines[:2], lines[3], lines[2], *lines[4:]]


def other_counts(lines):
    foot = json.loads(lines[-1])
    foot["rows"]["agencies"] += 1
    return [*lines[:-1], json.dumps(foot).encode()]


def another_moment(lines):
    return [lines[0].replace(b"2026", b"2025"), *lines[1:]]


def another_release(lines):
    return [lines[0].replace(b'"revision":"', b'"revision":"x'), *lines[1:]]


def nothing(lines):
    return []


@ON_SQLITE
@pytest.mark.parametrize(
    "change",
    [
        changed_word, without_foot, without_a_row, a_row_more, two_rows_swapped,
        other_counts, another_moment, another_release, nothing,
    ],
)  # fmt: skip
def test_a_backup_that_was_changed_is_refused(used, tmp_path, change):
    file, target = tmp_path / "backup", open_store(f"sqlite:///{tmp_path / 'new.db'}")
    back_up(used.store, SETTINGS, file, NOON)
    lines = lines_of(file)
    file.write_bytes(gzip.compress(b"".join(change(lines))))

    with pytest.raises(BackupRefused):
        restore(target, SETTINGS, file)

    with target.reading(OPERATOR) as connection:
        assert inspect(connection).get_table_names() == []
    target.close()


@ON_SQLITE
@pytest.mark.parametrize("where", [0.2, 0.5, 0.9, 1.0])
def test_a_file_that_was_damaged_or_cut_short_is_refused(used, tmp_path, where):
    file = tmp_path / "backup"
    back_up(used.store, SETTINGS, file, NOON)
    whole = file.read_bytes()
    at = int((len(whole) - 1) * where)

    for damaged in (
        whole[:at],
        whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :],
    ):
        file.write_bytes(damaged)
        with pytest.raises(BackupRefused):
            check(SETTINGS, file)


@ON_SQLITE
def test_another_portals_secret_opens_no_backup(used, tmp_path):
    back_up(used.store, SETTINGS, tmp_path / "backup", NOON)
    other = settings_for("sqlite:///x.db", secret=SECRET + " of another")

    with pytest.raises(BackupRefused, match="another portal's secret"):
        check(other, tmp_path / "backup")


@ON_SQLITE
def test_a_backup_takes_no_other_files_place_and_is_the_owners_alone(used, tmp_path):
    file = tmp_path / "backup"
    back_up(used.store, SETTINGS, file, NOON)
    before = file.read_bytes()

    with pytest.raises(BackupRefused, match="already"):
        back_up(used.store, SETTINGS, file, NOON)
    with pytest.raises(BackupRefused, match="can't be written"):
        back_up(used.store, SETTINGS, tmp_path / "no" / "backup", NOON)

    assert file.read_bytes() == before
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


@ON_SQLITE
def test_the_same_moment_gives_the_same_bytes(used, tmp_path):
    for name in ("one", "two"):
        back_up(used.store, SETTINGS, tmp_path / name, NOON)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_an_empty_portal_can_be_backed_up_too(portal, elsewhere, tmp_path):
    if portal.store.reader.dialect.name == "postgresql":
        empty(portal.store)
    back_up(portal.store, SETTINGS, tmp_path / "backup", NOON)

    restore(elsewhere, SETTINGS, tmp_path / "backup")

    assert everything(elsewhere) == everything(portal.store)
