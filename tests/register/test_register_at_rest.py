"""Which notices a pass leaves alone, and what wakes them."""

from register_examples import (
    FORCE,
    LA,
    REGION,
    an_id,
    at,
    day,
    night,
    notice,
    obligation,
    resolved,
)

from notifications.documents import Kind, ObligationKind
from notifications.feed import EventType
from notifications.following import Steps
from notifications.recordings import Recording
from register.engine import reading
from register.events import Event, record_events
from register.following import load_awake, load_followed, record_steps
from register.nights import record_night

OTHER = "P-BBBBBBBBBBBBBBBB"
N = an_id("notice", "n")


def decide(engine, number, *notices, **parts):
    parts.setdefault("placements", (resolved(), resolved(OTHER, source_ref="78")))
    return record_night(engine, night(number, notices=notices, **parts))


def receipt(kind, hour, key, **data):
    subject = str(an_id("notice", key))
    return Event(f"{kind}-{key}-{hour}", kind, subject, at(1, hour), data)


def acknowledged(hour, key="n"):
    return receipt(
        EventType.ACKNOWLEDGED, hour, key, agency=FORCE, actor="x", reference="CR/1",
        recorded_on="2026-11-20",
    )  # fmt: skip


def saw(*, seen=True):
    by, column = ("token", "external_refs") if seen else (None, None)
    return Recording(N, seen, by, column)


def task(**changes):
    return obligation(
        "task", kind=ObligationKind.ACKNOWLEDGE_TASK, owed_by=FORCE,
        notification_id=N, **changes,
    )  # fmt: skip


def awake(engine):
    with reading(engine) as connection:
        return [one.notification.notification_id for one in load_awake(connection)]


def test_an_acknowledged_end_rests_until_it_is_disputed(engine):
    end, a_new = an_id("notice", "b"), an_id("notice", "c")
    decide(engine, 1, notice("a"))
    ends = {"kind": Kind.END, "supersedes": an_id("notice", "a")}
    decide(engine, 2, notice("b", on=2, **ends))
    assert awake(engine) == [end]
    unreadable = receipt(EventType.ACKNOWLEDGED, 8, "b", reference="CR/1")
    record_events(engine, [unreadable], REGION)
    assert awake(engine) == [end]
    record_events(engine, [acknowledged(9, key="b")], REGION)
    assert awake(engine) == []
    record_events(engine, [receipt(EventType.DISPUTED, 10, "b")], REGION)
    assert awake(engine) == [end]
    decide(engine, 3, notice("c", on=3))
    assert awake(engine) == [a_new], "told anew of the same placement"


def test_a_resting_notice_still_comes_after_what_was_told_before_it(engine):
    """The end that rests is the latest: what it did not name does not stand again."""
    decide(engine, 1, notice("a"))
    decide(engine, 2, notice("c", on=2))
    ends = {"kind": Kind.END, "supersedes": an_id("notice", "c")}
    decide(engine, 3, notice("b", on=3, **ends))
    record_events(engine, [acknowledged(9, key="b")], REGION)
    assert awake(engine) == []
    with reading(engine) as connection:
        [one] = load_followed(connection)
    assert one.notification.notification_id == an_id("notice", "b")


def test_what_was_recorded_wakes_when_an_extract_bears_it_no_more(engine):
    decide(engine, 1, notice())
    record_events(engine, [acknowledged(9)], REGION)
    decide(engine, 3, recordings=(saw(),), looked={FORCE: day(3)})
    assert awake(engine) == []
    decide(engine, 4, recordings=(saw(seen=False),), looked={FORCE: day(4)})
    assert awake(engine) == [N]


def test_a_task_that_is_open_keeps_a_notice_awake_until_it_is_met(engine):
    decide(engine, 1, notice())
    record_steps(engine, [Steps(follow_ups=(task(),))], at(1))
    record_events(engine, [acknowledged(9)], REGION)
    assert awake(engine) == [N]
    record_steps(engine, [Steps(follow_ups=(task(met_on=day(2)),))], at(2))
    assert awake(engine) == []


def test_what_follows_one_child_is_found_by_itself(engine):
    other = {"child_ref": "C2", "placement_ref": OTHER}
    decide(engine, 1, notice("a"), notice("b", **other))
    with reading(engine) as connection:
        [one] = load_followed(connection, (LA, "C2"))
        assert load_followed(connection, (LA, "C3")) == ()
    assert one.notification.notification_id == an_id("notice", "b")
