"""What was kept long enough is erased; what waits or is on hold stays."""

import portal_samples as samples
import pytest
from portal_under_test import OWNER, put, stored_as
from sqlalchemy import func, select

from notifications.documents import Audience
from portal import retention, sealing
from portal.permissions import OPERATOR, Role
from portal.retention import NothingToHold
from portal.tables import (
    disputes,
    notifications,
    obligations,
    reviews,
    runs,
    sessions,
    subjects,
    tombstones,
)

YEARS = 365 * 7


@pytest.fixture
def old(portal):
    """Documents of seven years ago: answered, and one that still waits."""
    machine = portal.machine()
    for name in ("answered", "waiting"):
        put(machine, "notifications", samples.notification(name))
    put(
        machine, "obligations",
        samples.obligation(
            met_on=samples.NIGHT, notification_id=samples.made("notification answered")
        ),
    )  # fmt: skip
    put(machine, "reviews", samples.review())
    put(machine, "runs", samples.run())
    portal.officer().post(
        f"/notifications/{samples.made('notification answered')}/dispute",
        version=1, dispute="not_ours",
    )  # fmt: skip
    portal.hands.pass_by(days=YEARS)
    return portal


def erase(portal):
    with (
        stored_as(portal.store, OWNER) as owner,
        owner.writing(OPERATOR) as connection,
    ):
        return retention.apply(connection, portal.running.settings, portal.hands())


def count(portal, table):
    with portal.store.reading(OPERATOR) as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_what_is_over_is_erased_and_what_waits_stays(old):
    done = erase(old)

    assert done["notification"] == 1
    assert done["obligation"] == done["review"] == done["run"] == 1
    with old.store.reading(OPERATOR) as connection:
        left = connection.scalars(select(notifications.c.notification_id)).all()
    assert left == [samples.made("notification waiting")]
    for table in (disputes, obligations, reviews, runs, sessions):
        assert count(old, table) == 0
    assert count(old, subjects) == 1
    assert count(old, tombstones) == 4
    assert erase(old)["notification"] == 0


def test_nothing_is_erased_before_its_time(portal):
    machine = portal.machine()
    put(machine, "notifications", samples.notification(is_copy=True))
    put(machine, "runs", samples.run())
    portal.officer().get(f"/notifications/{samples.made('notification first')}")
    portal.hands.pass_by(days=700)

    assert sum(erase(portal).values()) == 1  # the session of the officer
    portal.hands.pass_by(days=32)
    assert erase(portal)["run"] == 1
    portal.hands.pass_by(days=2192 - 732)
    assert erase(portal)["notification"] == 0
    portal.hands.pass_by(days=1)
    assert erase(portal)["notification"] == 1


def test_a_late_retry_does_not_bring_back_what_was_erased(old):
    erase(old)

    answer = put(old.machine(), "notifications", samples.notification("answered"))

    assert answer.is_success
    assert count(old, notifications) == 1


def test_the_trail_outlives_what_it_names_and_still_holds(old):
    erase(old)
    sealing.seal_waiting(old.store, old.hands)

    erased = [
        row for row in old.trail("action", "subject", "shown") if row[0] == "erased"
    ]
    assert (
        "erased",
        "notification",
        str(samples.made("notification answered")),
    ) in erased
    assert ("notice.disputed",) in old.trail("action")
    assert sealing.verify(old.store, OPERATOR).broken is None


def test_a_legal_hold_keeps_everything_about_a_child_until_it_ends(old):
    token = samples.notification("answered").recording_token
    with (
        stored_as(old.store, OWNER) as owner,
        owner.writing(OPERATOR) as connection,
    ):
        assert retention.hold(connection, token, old.hands()) >= 2
        retention.hold(connection, token, old.hands())
    lead = old.desk(Role.IG_LEAD)
    assert "the documents of 1 child beyond" in lead.read("/audit/retention")
    assert erase(old)["notification"] == 0

    with (
        stored_as(old.store, OWNER) as owner,
        owner.writing(OPERATOR) as connection,
    ):
        retention.end_hold(connection, token, old.hands())

    assert erase(old)["notification"] == 1


def test_there_is_nothing_to_hold_of_a_token_that_no_notice_bears(portal):
    with (
        pytest.raises(NothingToHold),
        portal.store.writing(OPERATOR) as connection,
    ):
        retention.hold(connection, "XB-0000-0000-0", portal.hands())


def test_a_document_that_becomes_shielded_is_no_longer_found_by_the_child(portal):
    machine = portal.machine()
    put(machine, "obligations", samples.obligation())
    put(machine, "obligations", samples.obligation(child_ref="", escalation=1))

    with portal.store.reading(OPERATOR) as connection:
        assert connection.scalars(select(subjects.c.record_ref)).all() == [""]


def test_what_only_named_officers_see_is_erased_too(portal):
    named = samples.notification(audience=Audience.NAMED_OFFICER, is_copy=True)
    put(portal.machine(), "notifications", named)
    portal.named_officer().get(f"/notifications/{named.notification_id}")
    portal.hands.pass_by(days=YEARS)

    assert erase(portal)["notification"] == 1
