"""PostgreSQL's own rules for rows: the wall holds when the code forgets its WHERE."""

import random
from concurrent.futures import ThreadPoolExecutor

import portal_samples as samples
import pytest
from portal_under_test import AGENCIES, OWNER, SERVER, put, stored_as, withdraw
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from notifications.documents import Audience
from portal import row_rules
from portal.permissions import (
    COUNTS,
    DOOR,
    OPERATOR,
    PIPELINE,
    SEALER,
    Role,
    Standing,
)
from portal.row_rules import WallMissing
from portal.store import Store, migrate
from portal.tables import metadata

ON_POSTGRES = pytest.mark.parametrize(
    "portal_store", [pytest.param("postgres", marks=pytest.mark.postgres)],
    indirect=True,
)  # fmt: skip
pytestmark = ON_POSTGRES

NOBODY = Standing("")
POLICE = Standing(Role.OFFICER, samples.POLICE)
NAMED = Standing(Role.NAMED_OFFICER, samples.POLICE)
OTHERS = Standing(Role.OFFICER, "E23000015")
PLACING = Standing(Role.OFFICER, samples.PLACING_LA)
REVIEWER = Standing(Role.REVIEWER)
DATA_TEAM = Standing(Role.DATA_TEAM)
SUPPLIER = Standing(Role.SUPPLIER, samples.PLACING_LA)
IG_LEAD = Standing(Role.IG_LEAD)
STRANGER = Standing("no such role", samples.POLICE)
PEOPLE = {
    "nobody": NOBODY, "a stranger": STRANGER, "police": POLICE, "named": NAMED,
    "others": OTHERS, "placing": PLACING, "reviewer": REVIEWER, "data team": DATA_TEAM,
    "supplier": SUPPLIER, "ig lead": IG_LEAD, "pipeline": PIPELINE, "door": DOOR,
    "sealer": SEALER, "counts": COUNTS, "operator": OPERATOR,
}  # fmt: skip

SEEN = {
    "notifications": {"police": 2, "named": 3, "placing": 1, "pipeline": 4,
                      "counts": 4, "operator": 4},
    "withdrawals": {"police": 1, "named": 1, "pipeline": 1, "counts": 1,
                    "operator": 1},
    "obligations": {"placing": 1, "pipeline": 2, "counts": 2, "operator": 2},
    "disputes": {"police": 1, "named": 1, "pipeline": 1, "ig lead": 1, "counts": 1,
                 "operator": 1},
    "reviews": {"reviewer": 1, "pipeline": 1, "counts": 1, "operator": 1},
    "judgements": {"reviewer": 1, "pipeline": 1, "counts": 1, "operator": 1},
    "people": {"reviewer": 1, "data team": 1, "pipeline": 1, "counts": 1,
               "operator": 1},
    "runs": {"reviewer": 1, "data team": 1, "ig lead": 1, "pipeline": 1, "counts": 1,
             "operator": 1},
    "verdicts": {"reviewer": 2, "data team": 2, "supplier": 1, "pipeline": 2,
                 "counts": 2, "operator": 2},
    "dead_letters": {"reviewer": 1, "data team": 1, "pipeline": 1, "counts": 1,
                     "operator": 1},
    "wishes": {"reviewer": 1, "data team": 1, "ig lead": 1, "pipeline": 1,
               "counts": 1, "operator": 1},
    "machine_keys": {"door": 1, "counts": 1, "operator": 1},
}  # fmt: skip
"""How many rows each standing finds in each table, of what ``furnished`` puts there.
Whoever is not named finds none."""


@pytest.fixture
def furnished(portal):
    """Something of everything, for several agencies."""
    machine = portal.machine()
    disputed = samples.notification("disputed")
    for document in (
        samples.notification(), disputed,
        samples.notification("named", audience=Audience.NAMED_OFFICER),
        samples.notification("copy", recipient=samples.PLACING_LA, is_copy=True),
    ):  # fmt: skip
        assert put(machine, "notifications", document).is_success
    put(machine, "obligations", samples.obligation("duty"))
    put(
        machine, "obligations",
        samples.obligation("named", audience=Audience.NAMED_OFFICER),
    )  # fmt: skip
    put(machine, "reviews", samples.review())
    put(machine, "people", samples.person())
    put(machine, "runs", samples.run(held={"surge": 1}))
    put(machine, "dead-letters", samples.dead_letter())
    put(machine, "verdicts", samples.verdict())
    put(
        machine, "verdicts",
        samples.verdict(verdict_id=samples.made("other"), authority="334"),
    )  # fmt: skip
    officer = portal.officer()
    path = f"/notifications/{disputed.notification_id}"
    assert officer.post(f"{path}/dispute", version=1, dispute="not_ours").is_redirect
    withdraw(machine, samples.withdrawal())
    judged = portal.reviewer().post(
        f"/reviews/{samples.review().review_id}/judgement", version=1,
        decision="same", reason="seen both files",
    )  # fmt: skip
    assert judged.is_redirect
    portal.desk(Role.DATA_TEAM).post(f"/runs/{samples.run().run_id}/release")
    return portal


def rows(store, standing, table):
    with store.reading(standing) as connection:
        return connection.execute(all_of(table)).all()


def all_of(table):
    return text(f"SELECT * FROM {table}")  # noqa: S608 - a table of ours


@pytest.mark.parametrize("table", SEEN)
def test_without_a_where_each_standing_finds_its_own_rows_and_no_other(
    furnished, table
):
    found = {name: len(rows(furnished.store, PEOPLE[name], table)) for name in PEOPLE}

    assert {name: many for name, many in found.items() if many} == SEEN[table]


@pytest.mark.parametrize("table", sorted(row_rules.RULES))
def test_in_nobodys_standing_nothing_is_found_and_nothing_written(furnished, table):
    engine = furnished.store.writer
    with engine.begin() as connection:  # no standing was ever told
        assert connection.execute(all_of(table)).all() == []
    assert rows(furnished.store, NOBODY, table) == []
    known = {"counters", "agencies"}  # of these, anybody real may read
    stranger = rows(furnished.store, STRANGER, table)
    assert stranger == [] or table in known


def test_every_table_has_rules_or_is_open_on_purpose(furnished):
    assert set(row_rules.RULES) | set(row_rules.OPEN) == set(metadata.tables)
    with furnished.store.reading(OPERATOR) as connection:
        walled = connection.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relrowsecurity "
                "AND relforcerowsecurity"
            )
        ).all()
    assert set(walled) == set(row_rules.RULES)


FORBIDDEN = {
    "another agency's notice": (
        OTHERS, "UPDATE notifications SET version = 99", 0
    ),
    "a named officers' notice": (
        POLICE, "UPDATE notifications SET version = 99 WHERE audience <> 'duty'", 0
    ),
    "a task of one's own": (PLACING, "UPDATE obligations SET met_on = now()", 0),
    "a review as an officer": (POLICE, "UPDATE reviews SET version = 99", 0),
    "a run as a reviewer": (REVIEWER, "UPDATE runs SET business_date = now()", 0),
    "another's dispute": (OTHERS, "UPDATE disputes SET settled_at = now()", 0),
    "a user": (POLICE, "UPDATE users SET role = 'named_officer'", 0),
    "a key as an officer": (POLICE, "UPDATE machine_keys SET revoked_at = NULL", 0),
    "a session as an officer": (POLICE, "DELETE FROM sessions", 0),
    "a notice moved to another agency": (
        POLICE, "UPDATE notifications SET recipient = 'E23000015'", None
    ),
    "a notice moved to named officers": (
        POLICE, "UPDATE notifications SET audience = 'named_officer'", None
    ),
    "a notice removed": (OPERATOR, "DELETE FROM notifications", None),
    "an event removed": (PIPELINE, "DELETE FROM events", None),
    "an audit row changed": (OPERATOR, "UPDATE audit SET actor = 'x'", None),
    "an audit row removed": (OPERATOR, "DELETE FROM audit", None),
    "the trail emptied": (OPERATOR, "TRUNCATE audit", None),
    "a seal changed": (SEALER, "UPDATE audit_seals SET hash = 'x'", None),
    "a new revision": (OPERATOR, "UPDATE alembic_version SET version_num = 'x'", None),
    "a trigger taken off": (OPERATOR, "ALTER TABLE audit DISABLE TRIGGER ALL", None),
    "rules switched off": (
        OPERATOR, "ALTER TABLE notifications DISABLE ROW LEVEL SECURITY", None
    ),
    "an entry in another's role": (
        POLICE,
        "INSERT INTO audit (at, actor, agency, role, action, subject, shown, "
        "request_id) VALUES (now(), 'x', 'E23000014', 'reviewer', 'x', '', '', '')",
        None,
    ),
    "an entry of another agency": (
        POLICE,
        "INSERT INTO audit (at, actor, agency, role, action, subject, shown, "
        "request_id) VALUES (now(), 'x', '330', 'officer', 'x', '', '', '')",
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_is_not_ones_own_is_not_changed(furnished, what):
    standing, statement, changed = FORBIDDEN[what]
    if changed is None:
        with (
            pytest.raises(DBAPIError, match="InsufficientPrivilege"),
            furnished.store.writing(standing) as connection,
        ):
            connection.execute(text(statement))
        return
    with furnished.store.writing(standing) as connection:
        assert connection.execute(text(statement)).rowcount == changed


def test_the_tables_owner_stands_behind_the_wall_too(furnished):
    with stored_as(furnished.store, OWNER) as owner:
        assert rows(owner, NOBODY, "notifications") == []
        assert len(rows(owner, POLICE, "notifications")) == 2
        with (
            pytest.raises(DBAPIError, match="only added to"),
            owner.writing(OPERATOR) as connection,
        ):
            connection.execute(text("DELETE FROM audit"))


def test_two_thousand_mixed_transactions_over_a_small_pool_leak_nothing(furnished):
    engine = create_engine(
        furnished.store.writer.url, pool_size=4, max_overflow=0, pool_timeout=60
    )
    store = Store(engine, engine)
    chosen = random.Random(2_000)  # noqa: S311 - the same in every run
    own = {"police": 2, "named": 3, "others": 0, "placing": 1, "reviewer": 0,
           "nobody": 0}  # fmt: skip
    count = text("SELECT count(*) FROM notifications")
    # one row each: two that took several in another order would wait for each other
    first = text(
        "UPDATE notifications SET version = version + 1 WHERE notification_id = "
        "(SELECT notification_id FROM notifications ORDER BY 1 LIMIT 1)"
    )

    def visit(number: int) -> tuple[str, int]:
        name = order[number]
        if name == "untold":  # a transaction that forgets to say who it is
            with engine.begin() as connection:
                return name, connection.scalar(count)
        try:
            with store.writing(PEOPLE[name]) as connection:
                found = connection.scalar(count)
                connection.execute(first)
                if number % 7 == 0:
                    raise ZeroDivisionError  # rolled back, its connection used again
        except ZeroDivisionError:
            pass
        return name, found

    order = [chosen.choice([*own, "untold"]) for _ in range(2_000)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(visit, range(2_000)))
    engine.dispose()

    assert len(answers) == 2_000
    assert {
        (name, found) for name, found in answers if found != {"untold": 0, **own}[name]
    } == set()


def test_a_role_that_goes_round_the_rules_may_not_serve(furnished):
    with furnished.store.reading(OPERATOR) as connection:
        row_rules.check_serving(connection)
    for role, why in (("postgres", "superuser"), (OWNER, "owns")):
        with (
            stored_as(furnished.store, role) as store,
            store.reading(OPERATOR) as connection,
            pytest.raises(WallMissing, match=why),
        ):
            row_rules.check_serving(connection)


def test_nothing_is_granted_to_a_role_that_goes_round_the_rules(furnished):
    with stored_as(furnished.store, OWNER) as owner, owner.writing(OPERATOR) as held:
        for role, why in (
            ("postgres", "goes round"), (OWNER, "owns"), ("nobody here", "no role"),
        ):  # fmt: skip
            with pytest.raises(WallMissing, match=why):
                row_rules.grant(held, role)
        row_rules.grant(held, SERVER)


def test_a_migration_puts_the_rules_back(furnished):
    with stored_as(furnished.store, OWNER) as owner:
        with owner.writing(OPERATOR) as connection:
            connection.execute(text("DROP POLICY may_read ON notifications"))
            connection.execute(text("ALTER TABLE reviews NO FORCE ROW LEVEL SECURITY"))
        with (
            furnished.store.reading(OPERATOR) as connection,
            pytest.raises(WallMissing, match="reviews has no rules"),
        ):
            row_rules.check_serving(connection)

        migrate(owner)

    assert len(rows(furnished.store, POLICE, "notifications")) == 2
    assert rows(furnished.store, POLICE, "reviews") == []
    assert len(AGENCIES) == len(rows(furnished.store, POLICE, "agencies"))
