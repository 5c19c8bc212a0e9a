"""Both databases hold the same tables, and hold them to the same rules."""

import datetime as dt
from uuid import uuid4

import portal_samples as samples
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from portal_under_test import NOON, OWNER, stored_as
from sqlalchemy import (
    LargeBinary,
    Uuid,
    bindparam,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from notifications.documents import body
from portal.permissions import OPERATOR
from portal.store import (
    DatabaseNotReady,
    _alembic,
    check_ready,
    migrate,
    newest_revision,
    open_store,
)
from portal.tables import (
    UtcDateTime,
    agencies,
    events,
    metadata,
    notifications,
    obligations,
    users,
)


@pytest.fixture
def store(database_url):
    store = open_store(database_url)
    yield store
    store.close()


def test_migrations_make_exactly_the_tables_that_the_code_reads(store):
    migrate(store)
    migrate(store)

    with store.writing(OPERATOR) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        checks = {
            (table, check["name"])
            for table in metadata.tables
            for check in inspect(connection).get_check_constraints(table)
        }
    assert {
        ("users", "ck_users_officers_have_an_agency"),
        ("notifications", "ck_notifications_acknowledged_whole"),
        ("judgements", "ck_judgements_undone_by_somebody"),
    } <= checks


def test_what_was_kept_before_is_kept_and_knows_what_this_release_asks(store):
    """A portal of the first release has notices that were opened, and tasks."""
    notice, task = samples.notification(), samples.obligation()
    with store.writing(OPERATOR) as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement, values in (
            ("INSERT INTO agencies VALUES (:code, 'Somewhere')", {"code": "330"}),
            ("INSERT INTO agencies VALUES (:code, 'Police')", {"code": samples.POLICE}),
            (
                "INSERT INTO notifications (notification_id, recipient, audience, "
                "is_copy, urgency, created_on, body, sha256, received_at, version, "
                "opened_at) VALUES (:id, :of, 'duty', false, 0, '2026-11-22', :body, "
                "'x', :at, 1, :at)",
                {"id": notice.notification_id, "of": samples.POLICE,
                 "body": body(notice), "at": NOON},
            ),
            (
                "INSERT INTO obligations (obligation_id, owed_by, audience, due_at, "
                "body, sha256, received_at) VALUES (:id, '330', 'duty', :at, :body, "
                "'x', :at)",
                {"id": task.obligation_id, "body": body(task), "at": NOON},
            ),
        ):  # fmt: skip
            types = {"id": Uuid, "at": UtcDateTime, "body": LargeBinary}
            typed = text(statement).bindparams(
                *(bindparam(name, type_=types.get(name)) for name in values)
            )
            connection.execute(typed, values)

    migrate(store)

    with store.reading(OPERATOR) as connection:
        assert connection.scalar(select(notifications.c.fetched_at)) == NOON
        assert connection.scalar(select(notifications.c.reminds)) is None
        assert connection.scalar(select(obligations.c.kind)) == "data_task"
        assert connection.scalar(select(obligations.c.body)) == body(task)


def test_a_database_that_is_not_migrated_is_not_ready(store):
    with store.reading(OPERATOR) as connection, pytest.raises(DatabaseNotReady):
        check_ready(connection)
    migrate(store)
    with store.reading(OPERATOR) as connection:
        check_ready(connection)


def test_the_reading_door_does_not_write(portal):
    with pytest.raises(DBAPIError), portal.store.reading(OPERATOR) as connection:
        connection.execute(insert(agencies).values(code="1", name="Nowhere"))


@pytest.mark.parametrize("door", ["reading", "writing"])
def test_a_databases_complaint_does_not_repeat_what_it_was_given(portal, door):
    missing = text("SELECT * FROM nowhere WHERE name = :name")
    with (
        pytest.raises(DBAPIError) as complaint,
        getattr(portal.store, door)(OPERATOR) as connection,
    ):
        connection.execute(missing, {"name": samples.CANARY})

    assert samples.CANARY not in str(complaint.value)


def test_a_moment_comes_back_as_it_was_whatever_its_zone(portal):
    here = dt.datetime(2026, 7, 1, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    with portal.store.writing(OPERATOR) as connection:
        connection.execute(
            insert(events).values(
                sequence=1, event_id=uuid4(), type="x", subject="x", at=here, data="{}"
            )
        )

    with portal.store.reading(OPERATOR) as connection:
        found = connection.scalar(select(events.c.at))

    assert found == here
    assert found.utcoffset() == dt.timedelta(0)


def test_a_moment_without_a_zone_is_refused(portal):
    naive = NOON.replace(tzinfo=None)
    with (
        pytest.raises(StatementError, match="without a zone"),
        portal.store.writing(OPERATOR) as connection,
    ):
        connection.execute(select(events).where(events.c.at > naive))


@pytest.mark.parametrize(
    ("role", "agency"), [("officer", None), ("reviewer", samples.POLICE)]
)
def test_no_officer_without_and_no_reviewer_with_an_agency(portal, role, agency):
    with pytest.raises(IntegrityError), portal.store.writing(OPERATOR) as connection:
        connection.execute(
            insert(users).values(
                user_id=uuid4(), username="x", name="x", role=role, agency=agency,
                password_hash="x", created_at=NOON,
            )
        )  # fmt: skip


def test_a_notice_for_an_agency_that_is_not_there_is_refused_by_the_tables_too(portal):
    with pytest.raises(IntegrityError), portal.store.writing(OPERATOR) as connection:
        connection.execute(
            insert(notifications).values(
                notification_id=uuid4(), recipient="nobody", audience="duty",
                is_copy=False, urgency=0, created_on=samples.NIGHT, body=b"{}",
                sha256="x", received_at=NOON, version=1,
            )
        )  # fmt: skip


@pytest.mark.parametrize("working", [True, False])
def test_health_is_what_the_database_says(portal, working):
    revision = text("UPDATE alembic_version SET version_num = :number")
    with stored_as(portal.store, OWNER) as owner:
        if not working:
            with owner.writing(OPERATOR) as connection:
                connection.execute(revision, {"number": "x"})
        try:
            answer = portal.client().get("/health")
        finally:
            with owner.writing(OPERATOR) as connection:
                connection.execute(revision, {"number": newest_revision()})

    if working:
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    else:
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
        assert answer.json()["title"] == "The portal's database can't be used"
