"""What a page costs does not grow with what the portal holds."""

from contextlib import contextmanager

import portal_samples as samples
import pytest
from portal_under_test import NOON, put, stored_as
from sqlalchemy import event, text

from notifications.feed import EventType, Receipt
from portal import events, harm, standings
from portal.pages.rendering import build_templates, compile_all
from portal.permissions import OPERATOR, Role, Standing
from portal.tables import events as told


@contextmanager
def counted(store):
    """The statements that the portal's database is asked inside."""
    asked = []

    def note(_connection, _cursor, statement, *_):
        asked.append(statement)

    for engine in (store.reader, store.writer):
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        for engine in (store.reader, store.writer):
            event.remove(engine, "before_cursor_execute", note)


def fill(portal, numbers):
    """So many more of all that pages list."""
    machine = portal.machine()
    for number in numbers:
        notice = samples.notification(f"notice {number}")
        put(machine, "notifications", notice)
        put(machine, "reviews", samples.review(f"pair {number}"))
        put(
            machine, "obligations",
            samples.obligation(
                f"task {number}", owed_by=samples.POLICE,
                notification_id=notice.notification_id,
            ),
        )  # fmt: skip
        put(machine, "runs", samples.run(run_id=f"night-{number}"))


PAGES = {
    "/inbox": (Role.OFFICER, samples.POLICE),
    "/inbox?show=all": (Role.OFFICER, samples.POLICE),
    f"/notifications/{samples.made('notification notice 0')}": (
        Role.OFFICER, samples.POLICE,
    ),
    "/tasks": (Role.OFFICER, samples.POLICE),
    "/reviews": (Role.REVIEWER, None),
    f"/reviews/{samples.made('review pair 0')}": (Role.REVIEWER, None),
    "/runs": (Role.DATA_TEAM, None),
    "/audit": (Role.IG_LEAD, None),
}  # fmt: skip
"""The pages of the load test, and who asks for each."""


def test_a_page_asks_the_database_no_more_often_when_there_is_more_to_list(portal):
    fill(portal, range(2))
    desks = {path: portal.desk(*who) for path, who in PAGES.items()}

    def asked(path):
        desks[path].read(path)  # what is listed for the first time is told once
        with counted(portal.store) as statements:
            desks[path].read(path)
        return len(statements)

    few = {path: asked(path) for path in PAGES}
    fill(portal, range(2, 24))
    assert {path: asked(path) for path in PAGES} == few


MOST = {"/inbox": 12, "/tasks": 10, "/reviews": 10, "/runs": 20, "/audit": 12}
"""Statements of a page, those that PostgreSQL is told the standing by counted in."""


@pytest.mark.parametrize("path", MOST)
def test_a_page_asks_the_database_so_often_and_no_more(portal, path):
    fill(portal, range(3))
    desk = portal.desk(*PAGES[path])
    desk.read(path)
    with counted(portal.store) as statements:
        desk.read(path)
    # both doors of PostgreSQL lead to the same engine's events
    assert len(dict.fromkeys(statements)) <= MOST[path]


@pytest.mark.parametrize(
    "portal_store", [pytest.param("postgres", marks=pytest.mark.postgres)],
    indirect=True,
)  # fmt: skip
def test_an_agency_finds_what_it_did_with_a_notice_by_indexes(portal):
    """The rule for rows of events looks each event's notice up, and goes through none
    of the others."""
    fill(portal, range(1))
    identity = samples.made("notification notice 0")
    receipt = Receipt(agency=samples.POLICE, actor=str(identity))
    with portal.store.writing(OPERATOR) as connection:
        events.append(connection, EventType.OPENED, identity, receipt, NOON)
        events.append(connection, EventType.OPENED, "a night, no id", receipt, NOON)
    officer = Standing(Role.OFFICER, samples.POLICE)
    with portal.store.reading(officer) as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(
            connection.scalars(
                text("EXPLAIN SELECT * FROM events WHERE subject = :one"),
                {"one": str(identity)},
            )
        )
        seen = connection.scalars(told.select().with_only_columns(told.c.subject)).all()
    assert "Index Scan using pk_notifications" in plan
    assert "Seq Scan on notifications" not in plan
    assert seen == [str(identity)]


def test_long_statements_are_put_together_once():
    from portal import pairs, reviews

    assert pairs.pairs() is pairs.pairs()
    assert reviews._page_of(reviews.Show.LATE) is reviews._page_of(reviews.Show.LATE)
    assert set(harm.moments(NOON)) <= set(pairs.pairs().compile().params) | {
        "left_0", "left_1", "left_2",
    }  # fmt: skip
    assert set(standings._SETTLED.compile().params) >= {"known"}


def test_every_page_is_compiled_before_the_first_is_asked_for():
    templates = build_templates.__wrapped__()
    compile_all(templates)
    known = {name for _loader, name in templates.cache}
    own = {
        name
        for name in templates.list_templates(extensions=["html"])
        if not name.startswith("govuk_")
    }
    assert own <= known
    assert not templates.auto_reload


@pytest.mark.parametrize(
    "portal_store", [pytest.param("postgres", marks=pytest.mark.postgres)],
    indirect=True,
)  # fmt: skip
def test_pages_go_on_when_the_database_server_has_been_started_anew(portal):
    """Its end of each connection that was kept is gone; none is asked for that."""
    desks = [portal.officer() for _ in range(3)]
    for desk in desks:
        desk.read("/inbox")
    with stored_as(portal.store, "postgres") as admin:
        ended = text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with admin.writing(OPERATOR) as connection:
            assert connection.scalar(ended) >= 1
    for desk in desks:
        desk.read("/inbox")
    with counted(portal.store) as statements:
        desks[0].read("/inbox")
    assert "SELECT 1" not in statements
