"""What came back from the portal is read once, in order, and binds until undone."""

import datetime as dt
from dataclasses import replace

import pytest
from register_examples import (
    FORCE,
    LA,
    REGION,
    an_id,
    at,
    day,
    night,
    notice,
    review,
)

from notifications.feed import EventType, JudgementData, JudgementUndone
from notifications.outcome import Hold
from register.engine import reading
from register.events import (
    ChangedEventError,
    Event,
    Receipt,
    UnreadableEventError,
    cursor,
    events_of,
    read_event,
    receipts,
    record_events,
)
from register.memory import load_judgements
from register.nights import record_night

NOTICE = str(an_id("notice", "n"))


def event(key, kind=EventType.FETCHED, subject=NOTICE, hour=9, **data):
    return Event(str(an_id("event", key)), kind, subject, at(1, hour), data)


def acknowledged(key, reference, hour):
    return event(
        key, EventType.ACKNOWLEDGED, hour=hour, agency=FORCE, actor="x",
        reference=reference, recorded_on="2026-11-21",
    )  # fmt: skip


def judged(key, decision="same", hour=9, **changes):
    data = JudgementData(
        **{
            "actor": "x", "decision": decision, "reason": "", "left_authority": LA,
            "left_ref": "C1", "left_hash": "l1", "right_authority": FORCE,
            "right_ref": "N1", "right_hash": "r1",
        }
        | changes
    )  # fmt: skip
    subject = str(an_id("review", "r"))
    return event(key, EventType.JUDGED, subject, hour, **data.model_dump(mode="json"))


def undone(key, judgement, hour=10):
    data = JudgementUndone(
        actor="x", judgement=an_id("event", judgement), reason="misread"
    )
    subject = str(an_id("review", "r"))
    return event(
        key, EventType.JUDGEMENT_UNDONE, subject, hour, **data.model_dump(mode="json")
    )


def position(engine):
    with reading(engine) as connection:
        return cursor(connection)


def judgements(engine):
    with reading(engine) as connection:
        return [(one.event_id, one.decision) for one in load_judgements(connection)]


def test_a_register_that_has_read_nothing_asks_from_the_start(engine):
    assert position(engine) is None


def test_the_cursor_is_the_last_event_read(engine):
    assert record_events(engine, [event("a"), event("b")], REGION).new == 2
    assert position(engine) == event("b").event_id


def test_reading_a_page_again_changes_nothing(engine):
    record_events(engine, [event("a"), event("b")], REGION)
    record_events(engine, [event("c")], REGION)
    assert record_events(engine, [event("a"), event("b")], REGION).new == 0
    assert position(engine) == event("c").event_id, "it never goes back"
    assert record_events(engine, [], REGION).new == 0


def test_a_page_that_overlaps_adds_what_is_new(engine):
    record_events(engine, [event("a")], REGION)
    page = [event("a"), event("b"), event("b")]
    assert record_events(engine, page, REGION).new == 1
    assert position(engine) == event("b").event_id


def test_an_event_that_changed_is_refused_and_nothing_is_kept(engine):
    record_events(engine, [event("a")], REGION)
    with pytest.raises(ChangedEventError):
        record_events(engine, [event("b"), event("a", hour=10)], REGION)
    assert position(engine) == event("a").event_id


@pytest.mark.parametrize("first", ["as it was", "without its words"])
def test_an_event_that_lost_its_words_since_is_the_same_event(engine, first):
    """A portal takes out what people typed, once it is over; never anything else."""
    asked = {
        "actor": "x", "review_id": str(an_id("review", "1")), "authority": "E23000014",
        "forename": None, "surname": "Quazzlethorpe", "birth_year": 2011,
    }  # fmt: skip
    typed = event("a", EventType.SEARCH_ASKED, asked["review_id"], **asked)
    bare = replace(typed, data=asked | {"surname": None, "birth_year": None})
    pages = [typed, bare] if first == "as it was" else [bare, typed]

    assert [record_events(engine, [one], REGION).new for one in pages] == [1, 0]
    with reading(engine) as connection:
        assert events_of(connection, EventType.SEARCH_ASKED) == (pages[0],)
    elsewhere = replace(typed, data=asked | {"authority": "E23000015"})
    with pytest.raises(ChangedEventError):
        record_events(engine, [elsewhere], REGION)


def test_events_keep_the_order_of_the_feed(engine):
    record_events(engine, [event("z", hour=12), event("a", hour=9)], REGION)
    record_events(engine, [event("m", hour=10)], REGION)
    with reading(engine) as connection:
        found = events_of(connection, EventType.FETCHED)
    assert found == (event("z", hour=12), event("a", hour=9), event("m", hour=10))


def test_an_event_of_a_later_portal_is_kept(engine):
    raw = {
        "id": "e-1", "type": "receipt.printed", "subject": NOTICE, "specversion": "1.0",
        "time": "2026-11-21T09:00:00+01:00",
    }  # fmt: skip
    record_events(engine, [read_event(raw)], REGION)
    assert position(engine) == "e-1"


def test_a_cloud_event_is_read():
    raw = {
        "id": "e-1", "type": "receipt.fetched", "subject": NOTICE, "data": {"a": 1},
        "time": "2026-11-21T09:00:00Z", "source": "portal", "sequence": "7",
    }  # fmt: skip
    time = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
    assert read_event(raw) == Event("e-1", "receipt.fetched", NOTICE, time, {"a": 1})


@pytest.mark.parametrize(
    "change", [{"id": None}, {"type": None}, {"time": "noon"}, {"time": "2026-11-21"}]
)
def test_an_event_without_what_every_event_has_is_refused(change):
    raw = {
        "id": "e-1", "type": "receipt.fetched", "subject": NOTICE,
        "time": "2026-11-21T09:00:00Z",
    } | change  # fmt: skip
    raw = {name: value for name, value in raw.items() if value is not None}
    with pytest.raises(UnreadableEventError, match="portal's feed"):
        read_event(raw)


# --- what an event is about, and when it counts ------------------------------------


def test_an_event_about_nothing_of_ours_is_kept_and_counted(engine):
    told = notice("n", hold=Hold("surge", None)), notice("b", recipient="937")
    record_night(engine, night(1, notices=told, reviews=(review(),)))
    page = [
        event("a", subject=str(an_id("notice", "b"))),
        event("b"),
        event("c", subject="no id at all"),
        event("d", subject=str(an_id("notice", "never made"))),
        judged("e"),
        event("f", EventType.RELEASE_ASKED, "anything", actor="x", run_id="r"),
    ]
    made = record_events(engine, page, REGION)
    unknown = len(made.unknown)
    assert (made.new, unknown, made.unreadable) == (6, 3, 0), "one is only held"
    assert position(engine) == event("f").event_id


def test_an_event_that_does_not_say_what_it_must_has_no_effect(engine):
    page = [
        event("a", EventType.ACKNOWLEDGED, reference="CR/1"),
        event("b", EventType.JUDGED, subject="r", decision="same"),
        event("c", EventType.JUDGEMENT_UNDONE, subject="r"),
    ]
    made = record_events(engine, page, REGION)
    assert (made.new, made.unreadable) == (3, 3)
    with reading(engine) as connection:
        assert receipts(connection) == {}
        assert load_judgements(connection) == ()


@pytest.mark.parametrize(
    "said",
    [
        {"decision": "perhaps"},
        {"decision": "two_people"},
        {"decision": "same", "split": "left"},
        {"decision": "two_people", "split": "both"},
    ],
)
def test_a_word_that_this_release_does_not_have_is_counted_and_decides_nothing(
    engine, said
):
    whole = judged("a")
    odd = Event(
        whole.event_id, whole.type, whole.subject, whole.time, {**whole.data, **said}
    )
    assert record_events(engine, [odd], REGION).unreadable == 1
    assert judgements(engine) == []


def test_a_record_that_holds_two_people_is_remembered_with_its_side(engine):
    page = [judged("a", "two_people", split="left"), judged("b", right_ref="N2")]
    assert record_events(engine, page, REGION).unreadable == 0
    with reading(engine) as connection:
        first, second = load_judgements(connection)
    assert (first.decision, first.split) == ("two_people", "left")
    assert second.split is None


def test_a_night_run_again_decides_without_what_came_since(engine):
    def known(before):
        date = None if before is None else day(before)
        with reading(engine) as connection:
            return (
                {one.event_id for one in load_judgements(connection, date)},
                set(receipts(connection, date)),
            )

    judged_early, judged_late = judged("a"), judged("b", right_ref="N2")
    record_events(engine, [judged_early, event("x")], REGION)
    record_night(engine, night(1))
    first = known(1)
    undo = undone("u", "a")
    record_events(engine, [judged_late, undo, event("y", subject="z")], REGION)
    assert known(1) == first == ({judged_early.event_id}, {NOTICE})
    record_night(engine, night(1, run=2))
    assert known(1) == first
    assert known(2) == known(None) == ({judged_late.event_id}, {NOTICE, "z"})


# --- receipts ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "events", "expected"),
    [
        ("fetched", [event("a", hour=9)],
         Receipt(NOTICE, "fetched", fetched_at=at(1, 9))),
        ("fetched twice: the first counts",
         [event("a", hour=9), event("b", hour=10)],
         Receipt(NOTICE, "fetched", fetched_at=at(1, 9))),
        ("opened", [event("a", EventType.OPENED, hour=10)],
         Receipt(NOTICE, "opened", opened_at=at(1, 10))),
        ("opened, fetched again",
         [event("a", EventType.OPENED, hour=10), event("b", hour=11)],
         Receipt(NOTICE, "opened", fetched_at=at(1, 11), opened_at=at(1, 10))),
        ("acknowledged, opened again",
         [acknowledged("a", "CR/1", 10), event("b", EventType.OPENED, hour=11)],
         Receipt(NOTICE, "acknowledged", opened_at=at(1, 11),
                 acknowledged_at=at(1, 10), reference="CR/1",
                 recorded_on=dt.date(2026, 11, 21))),
        ("acknowledged with a corrected reference",
         [acknowledged("a", "CR/1", 10), acknowledged("b", "CR/2", 11)],
         Receipt(NOTICE, "acknowledged", acknowledged_at=at(1, 11), reference="CR/2",
                 recorded_on=dt.date(2026, 11, 21))),
        ("acknowledged, then disputed",
         [acknowledged("a", "CR/1", 10), event("b", EventType.DISPUTED, hour=11)],
         Receipt(NOTICE, "disputed", acknowledged_at=at(1, 10), reference="CR/1",
                 recorded_on=dt.date(2026, 11, 21), disputed_at=at(1, 11))),
        ("disputed, then acknowledged",
         [event("a", EventType.DISPUTED, hour=10), acknowledged("b", "CR/1", 11)],
         Receipt(NOTICE, "acknowledged", acknowledged_at=at(1, 11), reference="CR/1",
                 recorded_on=dt.date(2026, 11, 21), disputed_at=at(1, 10))),
    ],
)  # fmt: skip
def test_how_far_a_notice_got(engine, case, events, expected):
    record_events(engine, [*events, event("x", subject="another")], REGION)
    with reading(engine) as connection:
        found = receipts(connection)
    assert found[NOTICE] == expected, case
    assert set(found) == {NOTICE, "another"}


# --- judgements --------------------------------------------------------------------


def test_a_judgement_comes_with_who_when_and_on_what(engine):
    record_events(engine, [judged("a", "different")], REGION)
    with reading(engine) as connection:
        [found] = load_judgements(connection)
    assert found.event_id == judged("a").event_id
    assert found.decision == "different"
    assert (found.left_authority, found.left_ref, found.left_hash) == (LA, "C1", "l1")
    assert (found.right_authority, found.right_ref) == (FORCE, "N1")
    assert (found.made_at, found.actor) == (at(1, 9), "x")


@pytest.mark.parametrize(
    ("case", "events", "binding"),
    [
        ("undone", [judged("a"), undone("u", "a")], ""),
        ("the other one is undone",
         [judged("a"), judged("b", right_ref="N2"), undone("u", "b")], "a"),
        ("undone, and decided again",
         [judged("a"), undone("u", "a"), judged("b")], "b"),
        ("contradicted: the later holds",
         [judged("a", "same"), judged("b", "different")], "b"),
        ("contradicted from the other side",
         [judged("a", "same"),
          judged("b", "different", left_authority=FORCE, left_ref="N1",
                 left_hash="r1", right_authority=LA, right_ref="C1",
                 right_hash="l1")], "b"),
        ("the contradiction is undone: the earlier holds again",
         [judged("a", "same"), judged("b", "different"), undone("u", "b")], "a"),
        ("on other content it is another judgement",
         [judged("a", "same"), judged("b", "different", right_hash="r2")], "ab"),
    ],
)  # fmt: skip
def test_which_judgements_bind(engine, case, events, binding):
    record_events(engine, events, REGION)
    expected = {str(an_id("event", key)) for key in binding}
    assert {event_id for event_id, _ in judgements(engine)} == expected, case
