"""An operator's wish to replay is carried out once, whatever happens in between."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from delivery_world import NOW, region_of, run_of, states
from register_examples import night, notice

from notifications.feed import EventType
from pipeline import wishes
from pipeline.stages.collect import collect
from pipeline.wishes import answer_wishes
from register.engine import reading, writing
from register.events import read_event, record_events
from register.nights import record_night
from register.outbox import dead_letters, refused, take

REGION = "west-midlands"


@pytest.fixture
def run(any_engine, tmp_path):
    return run_of(any_engine, region_of(), tmp_path)


def refuse_all(engine):
    """Every waiting notice becomes a dead letter; their numbers."""
    with writing(engine) as connection:
        for one in take(connection, NOW, 99):
            if one.kind == "notification":
                refused(connection, one.outbox_id, "422", NOW)
    with reading(engine) as connection:
        return [str(one.outbox_id) for one in dead_letters(connection)]


def wish(engine, event_id, **data):
    raw = {
        "id": event_id, "type": EventType.REPLAY_ASKED, "subject": "x",
        "time": NOW.isoformat(), "data": data,
    }  # fmt: skip
    record_events(engine, [read_event(raw)], REGION)


def test_a_wish_is_answered_once_though_the_letter_dies_again(run):
    engine = run.register
    record_night(engine, night(1, notices=[notice("a"), notice("b")]))
    first, second = refuse_all(engine)
    wish(engine, "e-1", actor="p", letter_id=first)
    assert answer_wishes(run, NOW).counts == {"replayed": 1, "replay_needless": 0}
    assert answer_wishes(run, NOW).counts == {}
    assert refuse_all(engine) == [first, second]
    assert answer_wishes(run, NOW).counts == {}
    wish(engine, "e-2", actor="p", letter_id=first)
    wish(engine, "e-3", actor="p", letter_id=first)
    assert answer_wishes(run, NOW).counts == {"replayed": 1, "replay_needless": 1}


def test_a_wish_is_not_lost_when_answering_it_fails(run, monkeypatch):
    engine = run.register
    record_night(engine, night(1, notices=[notice("a")]))
    [letter] = refuse_all(engine)
    wish(engine, "e-1", actor="p", letter_id=letter)

    def crash(*given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("register.wishes.answered", crash)
        with pytest.raises(KeyboardInterrupt):
            answer_wishes(run, NOW)
    assert states(engine)["dead"] == 1
    assert answer_wishes(run, NOW).counts["replayed"] == 1


def test_a_wish_that_names_nothing_is_said_and_does_not_stop_the_next(run):
    engine = run.register
    record_night(engine, night(1, notices=[notice("a")]))
    [letter] = refuse_all(engine)
    wish(engine, "e-1", actor="p")
    wish(engine, "e-2", actor="p", letter_id=letter)
    answered = answer_wishes(run, NOW)
    assert answered.counts["replayed"] == 1
    [problem] = answered.problems
    assert "e-1" in problem
    assert answer_wishes(run, NOW) == wishes.Answered()


def test_a_police_record_of_two_people_is_said_to_whoever_runs_the_region(
    run, monkeypatch
):
    said = {
        "actor": "r", "decision": "two_people", "split": "right", "reason": "two dobs",
        "left_authority": "330", "left_ref": "C1", "left_hash": "l",
        "right_authority": "E23000014", "right_ref": "N1", "right_hash": "r",
    }  # fmt: skip
    page = [
        {
            "id": key, "type": EventType.JUDGED, "subject": "x",
            "time": NOW.isoformat(), "data": said | changed,
        }
        for key, changed in (
            ("e-1", {}), ("e-2", {"split": "left"}), ("e-3", {"decision": "same"}),
        )
    ]  # fmt: skip
    portal = SimpleNamespace(events=lambda after: page)
    monkeypatch.setattr(type(run), "portal", lambda _: nullcontext(portal))

    report = collect(run)

    [unreadable, unknown, split] = report.problems
    assert "1 of the portal's new events lack" in unreadable
    assert "3 of the portal's new events are about documents" in unknown
    assert "a record of E23000014 is of two people (event e-1)" in split


def test_an_event_that_lacks_what_it_must_say_is_a_problem_of_the_pass(
    run, monkeypatch
):
    def event(key, **data):
        return {
            "id": key, "type": EventType.ACKNOWLEDGED, "subject": "x",
            "time": NOW.isoformat(), "data": data,
        }  # fmt: skip

    class Portal:
        def events(self, after):
            return [
                event("e-1", agency="a", actor="p"),
                event(
                    "e-2",
                    agency="a",
                    actor="p",
                    reference="r",
                    recorded_on="2026-11-22",
                ),
            ]

    monkeypatch.setattr(type(run), "portal", lambda _: nullcontext(Portal()))
    report = collect(run)
    assert report.counts["unreadable"] == 1
    assert "1 of the portal's new events" in report.problems[0]
    assert collect(run).problems == (), "said once"


@pytest.mark.parametrize(
    ("count", "named"),
    [
        (1, "e-00 (receipt.disputed). They"),
        (10, "e-09 (receipt.disputed). They"),
        (12, "e-09 (receipt.disputed) and 2 more. They"),
    ],
)
def test_events_about_nothing_of_ours_are_named_with_what_to_do(
    run, monkeypatch, count, named
):
    page = [
        {
            "id": f"e-{number:02}", "type": EventType.DISPUTED, "subject": "Ann Lee",
            "time": NOW.isoformat(), "data": {"agency": "a", "actor": "p"},
        }
        for number in range(count)
    ]  # fmt: skip
    portal = SimpleNamespace(events=lambda after: page)
    monkeypatch.setattr(type(run), "portal", lambda _: nullcontext(portal))

    [problem] = collect(run).problems

    assert problem.startswith(f"{count} of the portal's new events are about documents")
    assert named in problem
    assert "Ask whoever runs the portal" in problem
    assert "Ann" not in problem, "a subject may be any text"
    assert collect(run).problems == (), "said once"
