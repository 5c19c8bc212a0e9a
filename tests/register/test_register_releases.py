"""Held notices go by their time, by a wish or by a named person's word; each once."""

import datetime as dt
from dataclasses import replace

import portal_samples
import pytest
from register_examples import (
    CHILD,
    FORCE,
    LA,
    REGION,
    an_id,
    at,
    day,
    night,
    notice,
    waiting,
)
from sqlalchemy import select

from notifications.clocks import protocol_clock
from notifications.config import Clocks
from notifications.documents import Kind, Notification, Priority
from notifications.facts import AuthorityEntry, Directory, TemplateLine
from notifications.outcome import Hold
from pipeline.errors import StageError
from pipeline.releases import release_asked, release_due, release_held
from records.authorities import kind_of
from register.engine import reading
from register.events import Event, record_events
from register.holds import held_notices
from register.nights import record_night
from register.stories import load_story
from register.tables import notification

CLOCKS = Clocks()
FORM = (TemplateLine("Log", "Received", "notice.date"),)
DESKS = Directory(
    REGION,
    {FORCE: AuthorityEntry(FORCE, "A force", kind_of(FORCE), record_template=FORM)},
)
SURGE = Hold("surge", None)


def held(key, hold=SURGE, *, on=1, **changes):
    """A held police notice with its protocol clock."""
    one = notice(key, on=on, hold=hold, **changes)
    clock = protocol_clock(day(on), Priority.STANDARD, CLOCKS)
    return replace(one, document=one.document.model_copy(update={"clock": clock}))


def still_held(engine):
    with reading(engine) as connection:
        return {one.notification_id for one in held_notices(connection)}


def ids(*keys):
    return {an_id("notice", key) for key in keys}


def wish(engine, key, run_id, number=1):
    record_events(
        engine,
        [
            Event(
                str(an_id("wish", key)), "request.release", run_id, at(number, 9),
                {"actor": "u7", "run_id": run_id},
            )
        ],
        REGION,
    )  # fmt: skip


def test_what_is_due_goes_by_the_schedule_and_the_rest_waits(engine):
    record_night(
        engine,
        night(
            1,
            notices=[
                held("due", Hold("baseline", at(3))),
                held("judge", Hold("review", at(2)), recipient=LA),
                held("later", Hold("baseline", at(4)), recipient="860"),
                held("person", recipient="861"),
            ],
        ),
    )
    assert release_due(engine, REGION, at(1), CLOCKS, DESKS) == ()
    assert set(release_due(engine, REGION, at(3), CLOCKS, DESKS)) == ids("due", "judge")
    assert release_due(engine, REGION, at(3), CLOCKS, DESKS) == ()
    assert still_held(engine) == ids("later", "person")
    assert set(waiting(engine)) == {str(one) for one in ids("due", "judge")}
    with reading(engine) as connection:
        story = load_story(connection, LA, CHILD)
    assert {one.released_by for one in story.notices} == {"schedule", None}


def judge(engine, number, decision="same"):
    """A reviewer decides about the child after the night of that number."""
    pair = {"left_hash": "l", "right_authority": "E23000014", "right_ref": "n",
            "right_hash": "r", "left_authority": LA, "left_ref": CHILD}  # fmt: skip
    said = {"actor": "u7", "decision": decision, "reason": "seen", **pair}
    about = str(an_id("review", "a"))
    moment = at(number, 9)
    one = Event(str(an_id("word", str(number))), "judgement.made", about, moment, said)
    record_events(engine, [one], REGION)


def test_a_decision_since_the_night_leaves_the_notice_to_the_next_one(engine):
    record_night(engine, night(1, notices=[held("judge", Hold("review", at(2)))]))
    judge(engine, 1)
    assert release_due(engine, REGION, at(2), CLOCKS, DESKS) == ()
    # The next night has taken account of it, and holds the notice still.
    record_night(engine, night(2, notices=[held("judge", Hold("review", at(2)))]))
    assert set(release_due(engine, REGION, at(2, 23), CLOCKS, DESKS)) == ids("judge")


def test_a_night_that_does_not_come_keeps_nobody_waiting_for_more_than_a_day(engine):
    record_night(engine, night(1, notices=[held("judge", Hold("review", at(2)))]))
    judge(engine, 1)
    assert release_due(engine, REGION, at(3), CLOCKS, DESKS) == tuple(ids("judge"))


def test_a_released_notice_has_its_clock_from_that_day(engine):
    record_night(engine, night(1, notices=[held("a")]))
    release_held(
        engine,
        ids("a"),
        by="Superintendent",
        now=at(6, 23),
        clocks=CLOCKS,
        directory=DESKS,
    )
    with reading(engine) as connection:
        (one,) = load_story(connection, LA, CHILD).notices
    # 23:00 UTC in November is the same day in London.
    clock = protocol_clock(day(6), Priority.STANDARD, CLOCKS)
    assert (one.due_at, one.released_by) == (clock.due_at, "Superintendent")
    assert one.created_on == day(1)


def test_a_released_notice_is_recorded_as_received_on_that_day(engine):
    one = held("a")
    told = {"child": portal_samples.child(), "placement": portal_samples.placement()}
    one = replace(one, document=one.document.model_copy(update=told))
    record_night(engine, night(1, notices=[one]))
    release_held(engine, ids("a"), by="x", now=at(6), clocks=CLOCKS, directory=DESKS)
    with reading(engine) as connection:
        body = connection.scalars(select(notification.c.body)).one()
    sent = Notification.model_validate_json(body)
    assert [line.value for line in sent.fill_in] == [f"{day(6):%d/%m/%Y}"]
    assert sent.created_on == day(1)


def test_the_day_of_release_is_londons(engine):
    summer = dt.datetime(2027, 6, 1, 23, 30, tzinfo=dt.UTC)
    record_night(engine, night(1, notices=[held("a")]))
    release_held(engine, ids("a"), by="x", now=summer, clocks=CLOCKS, directory=DESKS)
    with reading(engine) as connection:
        (one,) = load_story(connection, LA, CHILD).notices
    expected = protocol_clock(dt.date(2027, 6, 2), Priority.STANDARD, CLOCKS)
    assert one.due_at == expected.due_at


def test_a_wish_that_names_no_run_stops_neither_the_pass_nor_the_next_wish(engine):
    first = night(1, notices=[held("a")])
    record_night(engine, first)
    bad = {"actor": "u7", "run": first.run_id}
    odd = Event("odd", "request.release", "x", at(1, 8), bad)
    record_events(engine, [odd], REGION)
    assert release_asked(engine, REGION, at(2), CLOCKS, DESKS) == ()
    wish(engine, "first", first.run_id)
    assert set(release_asked(engine, REGION, at(2), CLOCKS, DESKS)) == ids("a")


def test_a_wish_releases_what_the_surge_brake_holds_of_that_run_once(engine):
    baseline = held("baseline", Hold("baseline", at(30)), recipient=LA)
    first = night(1, notices=[held("a"), baseline])
    record_night(engine, first)
    wish(engine, "first", first.run_id)
    assert set(release_asked(engine, REGION, at(1, 10), CLOCKS, DESKS)) == ids("a")
    with reading(engine) as connection:
        said = {
            one.notification_id: one.released_by
            for one in load_story(connection, LA, CHILD).notices
        }
    assert said[an_id("notice", "a")] == "u7"
    # The wish is read again by every pass, and reaches nothing that came later.
    record_night(engine, night(2, notices=[held("b", on=2, recipient="860"), baseline]))
    assert release_asked(engine, REGION, at(2, 10), CLOCKS, DESKS) == ()
    assert still_held(engine) == ids("b", "baseline")


def test_a_wish_of_the_newest_run_reaches_what_earlier_nights_held(engine):
    record_night(engine, night(1, notices=[held("a")]))
    second = night(2, notices=[held("a")])
    record_night(engine, second)
    wish(engine, "second", second.run_id, 2)
    assert set(release_asked(engine, REGION, at(2, 10), CLOCKS, DESKS)) == ids("a")


def test_a_wish_for_a_run_does_not_reach_what_that_date_run_again_holds(engine):
    first = night(1, notices=[held("a")])
    record_night(engine, first)
    wish(engine, "first", first.run_id)
    release_asked(engine, REGION, at(1, 10), CLOCKS, DESKS)
    record_night(
        engine, night(1, run=2, notices=[held("a"), held("b", recipient="860")])
    )
    assert release_asked(engine, REGION, at(1, 11), CLOCKS, DESKS) == ()
    assert still_held(engine) == ids("b")


def test_a_wish_for_an_unknown_run_does_nothing(engine):
    record_night(engine, night(1, notices=[held("a")]))
    wish(engine, "odd", "no-such-run")
    assert release_asked(engine, REGION, at(1, 10), CLOCKS, DESKS) == ()


def test_what_is_no_longer_decided_is_not_released(engine):
    record_night(engine, night(1, notices=[held("a")]))
    record_night(engine, night(2))
    with pytest.raises(StageError, match="no longer decided"):
        release_held(
            engine, ids("a"), by="x", now=at(2), clocks=CLOCKS, directory=DESKS
        )


def test_an_end_is_released_like_any_other(engine):
    record_night(engine, night(1, notices=[notice("told")]))
    end = held("end", on=2, kind=Kind.END, supersedes=an_id("notice", "told"))
    record_night(engine, night(2, notices=[end]))
    assert set(
        release_held(
            engine, ids("end"), by="x", now=at(2), clocks=CLOCKS, directory=DESKS
        )
    ) == ids("end")
