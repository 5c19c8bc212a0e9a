"""A register opens up to date, keeps instants, and refuses what it isn't tested on."""

import datetime as dt
import json
import stat
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from register_examples import at, day, night
from register_examples import obligation as obliged
from sqlalchemy import create_engine, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, StatementError

import register.engine
from notifications.feed import EventType
from register.columns import NaiveInstantError, as_proof
from register.engine import (
    VERSION_TABLE,
    BrokenReferenceError,
    UnsupportedDatabaseError,
    open_register,
    reading,
    writing,
)
from register.memory import load_memory
from register.nights import record_night
from register.runs import runs
from register.tables import METADATA, event, notification, obligation, run

MIGRATIONS = Path(register.engine.__file__).parent / "migrations"


def shape(engine):
    """All that the database itself says about its tables."""
    found = inspect(engine)
    return {
        table: {
            "columns": [
                {**column, "type": str(column["type"])}
                for column in found.get_columns(table)
            ],
            "primary key": found.get_pk_constraint(table),
            "foreign keys": sorted(map(str, found.get_foreign_keys(table))),
            "unique": sorted(map(str, found.get_unique_constraints(table))),
            "checks": sorted(map(str, found.get_check_constraints(table))),
            "indexes": sorted(map(str, found.get_indexes(table))),
        }
        for table in found.get_table_names()
        if table != VERSION_TABLE
    }


def test_migrations_make_the_tables_that_the_code_describes(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, METADATA) == []


def test_migrations_make_every_constraint(engine, request, tmp_path):
    """Alembic's comparison passes over checks and names, the databases do not."""
    if engine.dialect.name == "postgresql":
        url = request.getfixturevalue("postgres_url")()
    else:
        url = f"sqlite:///{tmp_path / 'plain.db'}"
    plain = create_engine(url)
    METADATA.create_all(plain)
    described, migrated = shape(plain), shape(engine)
    plain.dispose()
    assert migrated == described
    assert set(described) == set(METADATA.tables)


def test_every_constraint_has_a_name(engine):
    for table, found in shape(engine).items():
        assert found["primary key"]["name"] == f"pk_{table}"
        for kind in ("foreign keys", "unique", "checks"):
            assert not any("'name': None" in one for one in found[kind])


def test_opening_again_changes_nothing(engine):
    record_night(engine, night(1))
    again = open_register(engine.url.render_as_string(hide_password=False))
    with reading(again) as connection:
        assert connection.scalars(select(run.c.run_id)).all() == [night(1).run_id]
    again.dispose()


def test_two_may_open_a_fresh_register_at_once(database_url):
    together = threading.Barrier(2)
    failures = []

    def open_it():
        together.wait()
        try:
            open_register(database_url).dispose()
        except Exception as error:  # noqa: BLE001  (told to the test's thread)
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://u:hush@h/d", "duckdb:///x"]
)
def test_other_databases_are_refused(url):
    with pytest.raises(UnsupportedDatabaseError) as refused:
        open_register(url)
    assert "hush" not in str(refused.value)


@pytest.mark.postgres
def test_a_plain_postgresql_url_will_do(postgres_url):
    plain = postgres_url().replace("+psycopg", "")
    opened = open_register(plain)
    assert opened.dialect.driver == "psycopg"
    opened.dispose()


def test_sqlite_is_set_to_lose_nothing_and_shows_nobody_else(tmp_path):
    opened = open_register(f"sqlite:///{tmp_path / 'new' / '100% ours.db'}")
    with reading(opened) as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    opened.dispose()
    assert settings == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1,
        "busy_timeout": 30_000,
    }  # fmt: skip
    for file in (tmp_path / "new").iterdir():
        assert not file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def test_a_migration_that_would_orphan_rows_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path / 'broken.db'}"
    open_register(url).dispose()
    plain = create_engine(url)
    with plain.begin() as connection:
        connection.execute(
            text("INSERT INTO placement VALUES ('P-1', '330', 'C1', 'no such run')")
        )
    plain.dispose()
    with pytest.raises(BrokenReferenceError, match="1 rows of placement"):
        open_register(url)


def test_what_was_told_before_holds_were_known_stands(database_url):
    """An older register is brought up to date with all its rows."""
    opened = migrated(database_url, "0002")
    with opened.begin() as connection:
        for statement in OLD_ROWS:
            connection.execute(text(statement))
        for id_, dropped_by in (("a" * 32, None), ("b" * 32, "r-1")):
            told = {"id": id_, "dropped_by": dropped_by}
            connection.execute(text(OLD_NOTICE), told)
        connection.execute(text(OLD_TASK), {"body": obliged().model_dump_json()})
    opened.dispose()
    again = open_register(database_url)
    with reading(again) as connection:
        [told, gone] = connection.execute(
            select(notification).order_by(notification.c.notification_id)
        )
        assert (told.created_on, told.stands_after) == (day(1), day(1))
        assert (told.held_by, told.reminds, told.released_at) == (None, None, None)
        assert gone.stands_after is None
        [old] = runs(connection, "r")
        assert (old.rules, old.baseline) == (None, False)
        assert [one.after_night for one in connection.execute(select(event))] == [None]
        assert [one.matter for one in connection.execute(select(obligation))] == [None]
        assert len(load_memory(connection, day(2))["330", "C1"].standing) == 1
    again.dispose()


def test_what_was_acknowledged_before_is_found_by_its_reference(database_url):
    opened = migrated(database_url, "0003")
    whole = {"agency": "a", "actor": "x", "reference": " cr/ 1",
             "recorded_on": "2026-11-20"}  # fmt: skip
    short = {"reference": "CR/1"}
    with opened.begin() as connection:
        for name, type_, data in (
            ("e-1", EventType.ACKNOWLEDGED, whole),
            ("e-2", EventType.ACKNOWLEDGED, short),
            ("e-3", EventType.OPENED, whole),
        ):
            told = {"name": name, "type": type_.value, "data": json.dumps(data)}
            connection.execute(text(OLD_EVENT), told)
    opened.dispose()
    again = open_register(database_url)
    with reading(again) as connection:
        found = connection.scalars(select(event.c.proof).order_by(event.c.event_id))
        assert found.all() == [as_proof("CR/1"), None, None]
    again.dispose()


OLD_EVENT = (
    "INSERT INTO event (event_id, type, subject, time, data) VALUES"
    " (:name, :type, 'x', '2026-11-20 09:00:00', :data)"
)
OLD_NOTICE = (
    "INSERT INTO notification (notification_id, kind, subject, recipient, audience,"
    " is_copy, placing_la, child_ref, placement_ref, facts_hash, rule,"
    " rule_version, priority, created_on, run_id, channel, body, dropped_by) VALUES"
    " (:id, 'new', 'placement', 'E23000014', 'duty', FALSE, '330', 'C1', 'P-1',"
    " 'f', 'r', '1', 'high', '2026-11-20', 'r-1', 'portal', '{}', :dropped_by)"
)
OLD_TASK = (
    "INSERT INTO obligation (obligation_id, business_date, run_id, kind, owed_by,"
    " placement_ref, due_at, escalation, created_on, body) VALUES"
    " ('cccccccccccccccccccccccccccccccc', '2026-11-20', 'r-1', 'data_task', '330',"
    " 'P-1', '2026-11-21 17:00:00', 0, '2026-11-20', :body)"
)
OLD_ROWS = (
    "INSERT INTO run VALUES"
    " ('r-1', 'r', '2026-11-20', 1, 'good', '2026-11-20 03:00:00')",
    "INSERT INTO placement VALUES ('P-1', '330', 'C1', 'r-1')",
    "INSERT INTO event (event_id, type, subject, time, data) VALUES"
    " ('e-1', 'receipt.opened', 'x', '2026-11-20 09:00:00', '{}')",
)
"""A night as it was written down before notices could be held."""


def migrated(url, revision):
    """A register at an older version, opened without bringing it up to date."""
    plain = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with plain.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return plain


# --- instants ----------------------------------------------------------------------


def a_run(recorded_at):
    return insert(run).values(
        run_id="r", region="r", business_date=dt.date(2026, 3, 29), ordinal=1,
        outcome="good", recorded_at=recorded_at,
    )  # fmt: skip


@pytest.mark.parametrize("hours", [-5, 0, 1, 5.5])
def test_an_instant_comes_back_the_same_in_utc(engine, hours):
    zone = dt.timezone(dt.timedelta(hours=hours))
    given = dt.datetime(2026, 3, 29, 1, 30, 0, 123456, zone)
    with writing(engine) as connection:
        connection.execute(a_run(given))
    with reading(engine) as connection:
        kept = connection.scalar(select(run.c.recorded_at))
        earlier = select(run.c.run_id).where(
            run.c.recorded_at < given + dt.timedelta(seconds=1)
        )
        assert connection.scalar(earlier) == "r"
    assert kept == given
    assert kept.tzinfo is dt.UTC


def test_a_time_without_a_zone_is_refused(engine):
    with (
        pytest.raises(StatementError) as refused,
        writing(engine) as connection,
    ):
        connection.execute(a_run(dt.datetime(2026, 3, 29, 1, 30)))  # noqa: DTZ001
    assert isinstance(refused.value.orig, NaiveInstantError)


def test_a_failed_transaction_leaves_nothing(engine):
    def half_a_night():
        with writing(engine) as connection:
            connection.execute(a_run(at(1)))
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        half_a_night()
    with reading(engine) as connection:
        assert connection.scalars(select(run.c.run_id)).all() == []


def test_an_error_of_a_query_does_not_show_what_was_asked(engine):
    with reading(engine) as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(text("SELECT :name FROM nowhere"), {"name": "Robin"})
    assert "Robin" not in str(refused.value)


def test_a_reader_sees_one_state_throughout(engine):
    with reading(engine) as connection:
        before = connection.scalars(select(run.c.run_id)).all()
        record_night(engine, night(1))
        after = connection.scalars(select(run.c.run_id)).all()
    assert before == after == []
