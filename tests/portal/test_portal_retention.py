"""What was kept long enough is erased; what waits or is on hold stays."""

import dataclasses

import portal_samples as samples
import pytest
from portal_under_test import NOON, OWNER, feed, put, stored_as, withdraw
from sqlalchemy import func, select

from notifications.documents import Audience
from notifications.feed import without_words
from portal import kept, retention, sealing
from portal.permissions import OPERATOR, Role
from portal.retention import NothingToHold
from portal.tables import (
    handovers,
    judgements,
    metadata,
    notifications,
    obligations,
    recusals,
    reviews,
    runs,
    search_answers,
    sessions,
    subjects,
    tombstones,
)

YEARS = 365 * 7
SURNAME = "Quazzlethorpe"  # of nobody: it must be nowhere once its time is over


@pytest.fixture
def old(portal, web_server):
    """Documents of seven years ago, on each of which something hangs: notices that were
    answered and withdrawn, one that still waits, and a pair that was judged, read a
    second time, taken, skipped, stepped back from and searched for."""
    twice = portal.running.settings.model_copy(update={"second_reader_share": 1.0})
    portal.running = dataclasses.replace(portal.running, settings=twice)
    web_server[0].state.running = portal.running
    machine = portal.machine()
    for name in ("answered", "waiting", "withdrawn"):
        put(machine, "notifications", samples.notification(name))
    put(
        machine, "obligations",
        samples.obligation(
            met_on=samples.NIGHT, notification_id=samples.made("notification answered")
        ),
    )  # fmt: skip
    put(machine, "runs", samples.run())
    answer_and_hand_over(portal)
    withdraw(machine, samples.withdrawal("withdrawn"))
    portal.officer().get(path_of("withdrawn"))
    for name in ("first", "undone"):
        put(machine, "reviews", samples.review(name))
    judge_and_undo(portal)
    work_on_the_pair(portal, machine)
    portal.hands.pass_by(days=YEARS)
    return portal


def path_of(name):
    return f"/notifications/{samples.made(f'notification {name}')}"


def answer_and_hand_over(portal):
    officer = portal.officer()
    taken = officer.post(f"{path_of('answered')}/holder", to=officer.user_id, passes=0)
    assert taken.is_redirect
    item = f"{samples.made('notification answered')}.1"
    handed = officer.post("/handover", to="desk", item=item, note=f"Ring {SURNAME}")
    assert handed.is_redirect
    said = officer.post(f"{path_of('answered')}/dispute", version=1, dispute="not_ours")
    assert said.is_redirect


def work_on_the_pair(portal, machine):
    path = f"/reviews/{samples.review().review_id}"
    first, second, third, fourth = (portal.reviewer() for _ in range(4))
    typed = {"decision": "same", "reason": f"The {SURNAME} of the file"}
    for desk, deed, form in (
        (first, "judgement", typed | {"version": 1}),
        (first, "search", {"surname": SURNAME, "year": 2011}),
        (second, "second-reading", typed | {"version": 2}),
        (third, "skip", {}),
        (fourth, "recusal", {}),
        (first, "claim", {}),
    ):
        assert desk.post(f"{path}/{deed}", **form).is_redirect, deed
    asked = next(one for one in feed(machine) if one["type"] == "request.search")
    found = samples.search_answer(search_id=asked["id"], authority_name=SURNAME)
    assert put(machine, "searches", found).status_code == 201


def judge_and_undo(portal):
    path, desk = f"/reviews/{samples.review('undone').review_id}", portal.reviewer()
    typed = {"decision": "same", "reason": "I think so", "version": 1}
    assert desk.post(f"{path}/judgement", **typed).is_redirect
    with portal.store.reading(OPERATOR) as connection:
        judgement = connection.scalar(
            select(judgements.c.judgement_id).where(
                judgements.c.review_id == samples.review("undone").review_id
            )
        )
    said = {"judgement": judgement, "reason": f"It is no {SURNAME}"}
    assert desk.post(f"{path}/undoing", **said).is_redirect


def collect(machine):
    """The region reads on after the last event, so that it is known to have them."""
    after = {"after": feed(machine)[-1]["id"]}
    assert machine.get("/v1/events", params=after).json() == []


def all_that_is_in(portal):
    """Every row of every table, as text."""
    with (
        stored_as(portal.store, OWNER) as owner,
        owner.reading(OPERATOR) as connection,
    ):
        return {
            name: str(connection.execute(select(table)).all())
            for name, table in metadata.tables.items()
        }


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

    assert done["notification"] == done["review"] == 2
    assert done["obligation"] == done["run"] == done["search"] == 1
    with old.store.reading(OPERATOR) as connection:
        left = connection.scalars(select(notifications.c.notification_id)).all()
    assert left == [samples.made("notification waiting")]
    for table in (obligations, reviews, search_answers, runs, sessions, recusals):
        assert count(old, table) == 0
    assert count(old, subjects) == 1
    assert count(old, tombstones) == 7
    assert erase(old)["notification"] == 0


def test_what_hangs_on_a_document_goes_with_it_whatever_hangs_on_that(old):
    hangs = {
        table.name: table
        for kind in retention.kinds(old.running.settings, NOON)
        for table, _ in retention.hanging(kind.key)
    }
    assert {"second_readings", "judgements", "passings", "disputes"} <= set(hangs)
    before = {name: count(old, table) for name, table in hangs.items()}
    assert [name for name, many in before.items() if not many] == []

    erase(old)

    assert {name: count(old, table) for name, table in hangs.items()} == dict.fromkeys(
        hangs, 0
    )


def test_what_people_typed_is_nowhere_once_its_time_is_over(old):
    collect(old.machine())
    before = all_that_is_in(old)
    holding = {name for name, text in before.items() if SURNAME in text}
    assert holding == {
        "events", "handovers", "judgements", "second_readings", "search_answers",
    }  # fmt: skip

    erase(old)

    left = all_that_is_in(old)
    for word in (SURNAME, SURNAME.encode().hex(), "I think so", samples.CANARY):
        assert [name for name, text in left.items() if word in text] == []
    assert '"birth_year":2011' not in left["events"]


def test_events_lose_their_words_and_nothing_else(old):
    machine = old.machine()
    collect(machine)
    told = feed(machine)

    assert erase(old)["event_words"] == 4

    assert feed(machine) == [
        one | {"data": without_words(one["type"], one["data"])} for one in told
    ]
    assert len(told) > 4
    assert erase(old)["event_words"] == 0


def test_a_searchs_names_go_with_the_first_night_after_its_answer(portal):
    machine, desk = portal.machine(), portal.reviewer()
    for name in ("answered", "asked"):
        put(machine, "reviews", samples.review(name))
        path = f"/reviews/{samples.review(name).review_id}"
        desk.post(f"{path}/search", surname=SURNAME, forename='"reason":""')
    answer = samples.search_answer("answered", search_id=feed(machine)[0]["id"])
    put(machine, "searches", answer)

    assert erase(portal)["event_words"] == 1

    first, second = feed(machine)
    assert (first["data"]["surname"], second["data"]["surname"]) == (None, SURNAME)
    assert first["data"]["review_id"] == str(samples.made("review answered"))


def test_what_the_region_may_not_have_read_keeps_its_words(old):
    erase(old)
    assert SURNAME in str(feed(old.machine()))  # the reasons: who knows who read them

    collect(old.machine())

    assert erase(old)["event_words"] == 3
    assert SURNAME not in str(feed(old.machine()))


def test_reading_the_feed_again_from_before_takes_nothing_back(old):
    machine = old.machine()
    collect(machine)
    feed(machine)
    machine.get("/v1/events", params={"after": feed(machine)[0]["id"]})

    assert erase(old)["event_words"] == 4


def test_a_note_of_a_hand_over_ends_after_the_week_that_colleagues_read_it(portal):
    put(portal.machine(), "notifications", samples.notification("answered"))
    answer_and_hand_over(portal)
    portal.hands.pass_by(days=6, hours=23)
    assert SURNAME in portal.officer().read("/handover")
    assert erase(portal)["handover_note"] == 0
    portal.hands.pass_by(hours=1)

    assert erase(portal)["handover_note"] == 1

    assert SURNAME not in all_that_is_in(portal)["handovers"]
    assert count(portal, handovers) == 1


def test_whoever_stepped_back_from_a_family_stays_back_while_a_pair_is_here(portal):
    machine = portal.machine()
    put(machine, "reviews", samples.review())
    path = f"/reviews/{samples.review().review_id}"
    assert portal.reviewer().post(f"{path}/recusal").is_redirect
    portal.hands.pass_by(days=600)
    put(machine, "reviews", samples.review("later", deadline=portal.hands()))
    portal.hands.pass_by(days=200)

    assert erase(portal)["review"] == 1
    assert count(portal, recusals) == 1
    portal.hands.pass_by(days=600)
    assert erase(portal)["recusal"] == 1


def test_an_answer_stays_as_long_as_its_pair_and_a_late_retry_brings_none_back(old):
    token = samples.notification("answered").recording_token
    with (
        stored_as(old.store, OWNER) as owner,
        owner.writing(OPERATOR) as connection,
    ):
        retention.hold(connection, token, old.hands())
    assert erase(old)["search"] == 0, "the pair is of a child on hold"
    with (
        stored_as(old.store, OWNER) as owner,
        owner.writing(OPERATOR) as connection,
    ):
        retention.end_hold(connection, token, old.hands())
    asked = next(one for one in feed(old.machine()) if one["type"] == "request.search")
    assert erase(old)["search"] == 1

    late = samples.search_answer(search_id=asked["id"], authority_name=SURNAME)
    assert put(old.machine(), "searches", late).status_code == 200
    assert count(old, search_answers) == 0


def test_every_table_has_an_end_or_a_reason_to_have_none(portal):
    settings = portal.running.settings
    lines = {line.table.name: line for line in kept.lines(settings)}
    ending = {table.name for table in retention.erasing(settings, NOON)}

    assert set(lines) == set(metadata.tables)
    assert len(kept.lines(settings)) == len(lines)
    assert {name for name, line in lines.items() if line.stays != kept.NO_END} == ending
    for name in set(lines) - ending:
        assert lines[name].note, f"{name} is kept for ever: why?"


def test_the_page_lists_every_table_and_when_what_was_over_was_last_erased(old):
    lead = old.desk(Role.IG_LEAD)
    before = lead.read("/audit/retention")
    assert "retention has not been applied" in before
    erase(old)

    page = lead.read("/audit/retention")

    for line in kept.lines(old.running.settings):
        assert line.name in page
    assert "last erased on" in page
    assert "ask the operator" not in page
    old.hands.pass_by(days=3)
    assert "ask the operator" in old.desk(Role.IG_LEAD).read("/audit/retention")


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
    gone = sorted(
        str(samples.made(f"notification {name}")) for name in ("answered", "withdrawn")
    )
    assert ("erased", "notification", ",".join(gone)) in erased
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

    assert erase(old)["notification"] == 2


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
