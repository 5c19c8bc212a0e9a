"""One child's story as the register holds it, and what still waits from before."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
from register_examples import (
    CHILD,
    FORCE,
    LA,
    PLACEMENT,
    REGION,
    an_id,
    at,
    day,
    decision,
    night,
    notice,
    obligation,
    resolved,
    review,
    send_all,
)
from sqlalchemy import event, insert, null, update

from notifications.documents import Kind, ObligationKind, Priority
from notifications.facts import State
from notifications.outcome import EvidencePart, Hold, Silence, Versions
from register.engine import reading, writing
from register.events import Event, record_events
from register.holds import release
from register.nights import record_night
from register.stories import authorities_of, load_story, refs_alike
from register.tables import decision as decision_rows
from register.tables import follow_up
from register.waiting import waiting

EVIDENCE = (EvidencePart("dob", "the same", 8.5), EvidencePart("prior", "prior", -9))


def known(state=State.NOT_KNOWN, **changes):
    return decision(
        state, rule="known.not", best_nominal_ref="N7", match_probability=0.3,
        evidence=EVIDENCE, **changes,
    )  # fmt: skip


def story_of(engine, child=CHILD, authority=LA):
    with reading(engine) as connection:
        return load_story(connection, authority, child)


def told(type_, number, subject, **data):
    return Event(
        event_id=str(an_id(type_, number)), type=type_, subject=str(subject),
        time=at(number, 9), data={"actor": "u1", **data},
    )  # fmt: skip


@pytest.fixture
def followed(engine):
    """Two nights; a notice delivered, acknowledged and chased; a review judged."""
    one, asked = notice(), review()
    record_night(
        engine,
        night(
            1, decisions=[known()], notices=[one], reviews=(asked,),
            obligations=[obligation(kind=ObligationKind.DATA_TASK)],
            versions=Versions("r1", "children-1", "perpetrators-1"),
        ),
    )  # fmt: skip
    send_all(engine, 1)
    record_night(engine, night(2, decisions=[known(State.POSSIBLE)]))
    task = obligation(
        "chase", kind=ObligationKind.ACKNOWLEDGE_TASK, owed_by=FORCE, escalation=2,
        escalated_to="Duty inspector", notification_id=one.notification_id,
    )  # fmt: skip
    with writing(engine) as connection:
        connection.execute(
            insert(follow_up).values(
                obligation_id=task.obligation_id, notification_id=one.notification_id,
                kind=task.kind, owed_by=FORCE, due_at=task.due_at, escalation=2,
                opened_at=at(2), met_at=None, body=task.model_dump_json().encode(),
                updated_at=at(2),
            )
        )  # fmt: skip
    record_events(
        engine,
        [
            told("receipt.opened", 1, one.notification_id),
            told("judgement.made", 1, asked.review_id, decision="different",
                 reason="free text that may name somebody", right_ref="N1"),
            told("receipt.acknowledged", 2, one.notification_id, reference="OCC/1",
                 recorded_on="2026-11-21"),
            told("receipt.opened", 3, an_id("another child's")),
        ],
        REGION,
    )  # fmt: skip
    return engine


def test_a_night_keeps_the_rules_of_its_priority_and_of_every_silence(engine):
    quiet = (Silence(FORCE, "life.told-once"), Silence(None, "tell.no-host"))
    why = {"priority_rule": "priority.missing-now", "silence": quiet}
    record_night(engine, night(1, decisions=[replace(known(), **why)]))
    record_night(engine, night(2, decisions=[known()]))
    with writing(engine) as connection:  # as a night before that was written down
        connection.execute(
            update(decision_rows)
            .where(decision_rows.c.business_date == day(2))
            .values(priority_rule=None, silence=null())
        )
    first, second = story_of(engine).nights
    assert (first.priority_rule, first.silence) == ("priority.missing-now", quiet)
    assert (second.priority_rule, second.silence) == (None, ())


def test_a_story_holds_every_night_and_all_that_came_of_it(followed):
    story = story_of(followed)
    first, second = story.nights
    assert (first.business_date, first.state, first.rule) == (
        day(1), State.NOT_KNOWN, "known.not",
    )  # fmt: skip
    assert first.evidence == EVIDENCE
    assert (first.best_nominal_ref, first.rules, first.model) == (
        "N7", "r1", "children-1",
    )  # fmt: skip
    assert second.state is State.POSSIBLE
    assert story.newest_night == day(2)
    (one,) = story.notices
    assert (one.kind, one.recipient, one.rule) == (Kind.NEW, FORCE, "told")
    (delivery,) = story.deliveries[str(one.notification_id)]
    assert (delivery.state, delivery.attempts) == ("delivered", 1)
    assert [each.type for each in story.events] == [
        "receipt.opened", "judgement.made", "receipt.acknowledged",
    ]  # fmt: skip
    assert story.events[2].reference == "OCC/1"
    (asked,) = story.reviews
    assert (asked.right_ref, story.events[1].decision) == ("N1", "different")
    assert {one.kind: one.escalated_to for one in story.tasks} == {
        ObligationKind.DATA_TASK: None,
        ObligationKind.ACKNOWLEDGE_TASK: "Duty inspector",
    }
    (placed,) = story.placements
    assert (placed.placement_ref, placed.start) == (PLACEMENT, dt.date(2026, 11, 1))


def test_no_free_text_and_no_body_comes_with_it(followed):
    assert "somebody" not in repr(story_of(followed))


def test_a_long_story_takes_no_more_queries_than_a_short_one(followed):
    asked: list[str] = []

    def count(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(followed, "before_cursor_execute", count)
    try:
        story_of(followed)
    finally:
        event.remove(followed, "before_cursor_execute", count)
    assert len(asked) <= 12


def test_a_child_is_found_by_its_reference_and_a_near_one_is_named(engine):
    one = resolved(child_ref="AB-1201")
    record_night(
        engine,
        night(
            1,
            placements=(
                one,
                resolved("P-BBBBBBBBBBBBBBBB", child_ref="AB-1234"),
                resolved("P-CCCCCCCCCCCCCCCC", child_ref="AB_9"),
                resolved("P-DDDDDDDDDDDDDDDD", child_ref="AB-1201", authority="860"),
                *(
                    resolved(f"P-EEEEEEEEEEEEEEE{n}", child_ref=f"ZZ-{n}")
                    for n in range(8)
                ),
            ),
        ),
    )
    with reading(engine) as connection:
        assert authorities_of(connection, "AB-1201") == (LA, "860")
        assert authorities_of(connection, "nobody") == ()
        assert refs_alike(connection, "AB-1299", LA) == ("AB-1201", "AB-1234")
        assert refs_alike(connection, "AB_1", LA) == ("AB_9",)  # no wildcard
        assert refs_alike(connection, "XY-1", LA) == ()
        assert len(refs_alike(connection, "ZZ-X", LA)) == 5
    assert story_of(engine, "nobody") is None
    assert story_of(engine, "AB-1201", "861") is None


# --- what still waits --------------------------------------------------------------


SURGE = Hold("surge", None)
BASELINE = Hold("baseline", at(9))


def waits(engine, before):
    with reading(engine) as connection:
        return {
            one.notification_id: (one.recipient, one.placement_ref, one.hold)
            for one in waiting(connection, day(before))
        }


@pytest.mark.parametrize("priority", Priority)
def test_what_waits_says_whether_it_was_urgent_when_last_decided(engine, priority):
    first = notice("a", hold=BASELINE)
    record_night(engine, night(1, notices=[first]))
    record_night(engine, night(2, notices=[replace(first, priority=priority)]))
    with reading(engine) as connection:
        [one] = waiting(connection, day(3))
    assert one.urgent is (priority is Priority.HIGH)


def test_what_was_held_waits_for_every_later_night_until_it_is_released(engine):
    held = [notice("a", hold=SURGE), notice("b", recipient=LA, hold=BASELINE)]
    record_night(engine, night(1, notices=[*held, notice("c", recipient="860")]))
    assert waits(engine, 1) == {}
    expected = {
        an_id("notice", "a"): (FORCE, PLACEMENT, SURGE),
        an_id("notice", "b"): (LA, PLACEMENT, BASELINE),
    }
    assert waits(engine, 2) == expected
    record_night(engine, night(2, notices=held))
    assert waits(engine, 3) == expected
    release(
        engine, [an_id("notice", "a")], by="schedule", at=at(3), reclock=lambda one: one
    )
    assert set(waits(engine, 3)) == {an_id("notice", "b")}


def test_a_date_run_again_finds_what_its_first_run_let_go_of(engine):
    held = notice("a", hold=SURGE)
    record_night(engine, night(1, notices=[held]))
    record_night(engine, night(2))
    assert set(waits(engine, 2)) == {an_id("notice", "a")}
    assert waits(engine, 3) == {}
    record_night(engine, replace(night(2, run=2, notices=[held])))
    assert set(waits(engine, 3)) == {an_id("notice", "a")}


def test_ids_are_what_the_brake_knows_notices_by(engine):
    record_night(engine, night(1, notices=[notice("a", hold=SURGE)]))
    (found,) = waits(engine, 2)
    assert isinstance(found, UUID)
