"""What is decided arrives: at least once, in order, whatever fails on the way."""

import datetime as dt
from collections import Counter
from contextlib import suppress

import pytest
from delivery_world import NOW, Receiver, chance, clear, region_of, run_of, states
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from register_examples import an_id, night, notice, obligation, resolved
from sqlalchemy import select

from notifications.documents import Kind
from notifications.reports import DeadLetter
from pipeline.relay import relay
from pipeline.retries import SCHEDULE, is_over, wait_after
from pipeline.run import Run
from register.breakers import FIRST_PAUSE, MOST_FAILURES
from register.engine import reading, writing
from register.nights import record_night
from register.outbox import LEASE, dead_letters
from register.replays import replay
from register.tables import outbox

DAY = dt.timedelta(days=1)


class Crash(Exception):
    """The process is gone."""


@pytest.fixture
def receiver():
    with Receiver().serving() as served:
        yield served


@pytest.fixture
def pass_at(engine, receiver, tmp_path):
    """One pass of the relay, so long after the first."""
    region = region_of(portal={"url": receiver.url})
    run = run_of(engine, region, tmp_path)

    def pass_at(**after):
        return relay(run, NOW + dt.timedelta(**after), chance(1))

    return pass_at


def tell(engine, *notices, **parts):
    record_night(
        engine, night(1, placements=(resolved(),), notices=list(notices), **parts)
    )


def path_of(key):
    return f"/v1/notifications/{an_id('notice', key)}"


# --- when it is tried again --------------------------------------------------------


@given(
    attempts=st.integers(1, 400),
    asked=st.none() | st.floats(0, 86_400),
    seed=st.integers(),
)
def test_a_wait_lies_within_its_step_and_never_under_what_was_asked(
    attempts, asked, seed
):
    wait = wait_after(attempts, asked, chance(seed))
    least = dt.timedelta(seconds=asked or 0)
    most = SCHEDULE[min(attempts, len(SCHEDULE) - 1)]
    assert least <= wait <= max(most, least)


def test_every_moment_of_a_step_is_as_likely_as_another():
    seven = chance(7)
    waits = [wait_after(4, None, seven) / SCHEDULE[4] for _ in range(4_000)]
    tenths = Counter(int(wait * 10) for wait in waits)
    assert set(tenths) == set(range(10))
    assert all(300 < number < 500 for number in tenths.values())


def test_the_schedule_is_the_standards():
    hours = [step / dt.timedelta(hours=1) for step in SCHEDULE[3:]]
    assert hours == [0.5, 2, 5, 10, 14, 20, 24]
    assert sum(SCHEDULE, dt.timedelta()) == dt.timedelta(
        hours=75, minutes=35, seconds=5
    )
    assert [is_over(tries) for tries in (9, 10)] == [False, True]


# --- a pass ------------------------------------------------------------------------


def test_all_that_is_due_arrives_in_order(engine, receiver, pass_at):
    first = an_id("notice", "a")
    update = notice("b", kind=Kind.UPDATE, supersedes=first, recipient="937")
    tell(engine, notice("a"), update, obligations=[obligation()])
    sent = pass_at()
    assert sent.unreachable == ""
    assert sent.delivered == {"notification": 2, "obligation": 1}
    order = receiver.applied
    assert order.index(path_of("a")) < order.index(path_of("b"))
    assert states(engine) == {"delivered": 3}
    assert pass_at(days=1).delivered == {}


def test_only_what_was_offered_counts_as_tried(engine, receiver, pass_at):
    receiver.plan = lambda call: "503"
    tell(engine, *[notice(key) for key in range(MOST_FAILURES + 4)])
    sent = pass_at()
    assert "503" in sent.unreachable
    assert sent.waiting == MOST_FAILURES + 4
    assert len(receiver.calls) == MOST_FAILURES
    with reading(engine) as connection:
        tries = Counter(
            connection.scalars(select(outbox.c.attempts).order_by(outbox.c.outbox_id))
        )
        leased = connection.scalars(
            select(outbox.c.next_attempt_at).where(outbox.c.attempts == 0)
        ).all()
    assert tries == {1: MOST_FAILURES, 0: 4}
    assert set(leased) == {None}


def test_a_portal_that_fails_is_left_in_peace_then_tried_with_one_document(
    engine, receiver, pass_at
):
    receiver.plan = lambda call: "503"
    tell(engine, *[notice(key) for key in range(MOST_FAILURES + 4)])
    pass_at()
    receiver.calls.clear()
    assert "left in peace until" in pass_at(seconds=10).unreachable
    assert receiver.calls == []
    pass_at(seconds=40)
    [trial] = receiver.calls
    assert trial.path == path_of(MOST_FAILURES), "one that had not been tried"
    receiver.plan = lambda call: "ok"
    sent = pass_at(days=1)
    assert sent.unreachable == ""
    assert states(engine) == {"delivered": MOST_FAILURES + 4}


def test_one_document_that_always_fails_holds_up_no_other(engine, receiver, pass_at):
    receiver.plan = lambda call: "500" if call.path == path_of(0) else "ok"
    tell(engine, *[notice(key) for key in range(9)])
    sent = pass_at()
    assert "500" in sent.unreachable
    assert states(engine) == {"delivered": 8, "waiting": 1}
    for days in range(1, 28, 3):
        pass_at(days=days)
    assert states(engine) == {"delivered": 8, "waiting": 1}, "it is never given up"
    receiver.plan = lambda call: "ok"
    pass_at(days=40)
    assert states(engine) == {"delivered": 9}


def test_a_wait_that_the_portal_asks_for_is_kept(engine, receiver, pass_at):
    receiver.plan = lambda call: "429"
    tell(engine, notice("a"))
    pass_at()
    pass_at(seconds=29)
    assert len(receiver.calls) == 1
    pass_at(seconds=30)
    assert len(receiver.calls) == 2


@pytest.mark.parametrize("status", ["400", "404", "409", "413", "422"])
def test_a_no_is_a_dead_letter_at_once_and_the_portal_is_told(
    engine, receiver, pass_at, status
):
    receiver.plan = lambda call: status if call.path == path_of("a") else "ok"
    tell(engine, notice("a"), notice("b"))
    sent = pass_at()
    [refused] = sent.refused
    assert str(an_id("notice", "a")) in refused
    assert sent.problems()[0].startswith("the portal refused notification")
    [letter] = receiver.documents("dead-letters")
    assert DeadLetter.model_validate(letter).settled == "waits"
    receiver.plan = lambda call: "ok"
    with writing(engine) as connection:
        replay(connection, [letter["letter_id"]], NOW)
    pass_at(hours=1)
    assert [one["settled"] for one in receiver.documents("dead-letters")][-1] == (
        "delivered"
    )
    assert receiver.held[path_of("a")]


def test_a_refused_dead_letter_document_makes_no_other(engine, receiver, pass_at):
    receiver.plan = lambda call: "422"
    tell(engine, notice("a"))
    pass_at()
    pass_at(days=1)
    assert len(receiver.calls) == 2
    with reading(engine) as connection:
        assert [one.kind for one in dead_letters(connection)] == [
            "notification", "dead_letter",
        ]  # fmt: skip


@pytest.mark.parametrize("status", ["401", "403"])
def test_a_refused_key_turns_no_document_into_a_dead_letter(
    engine, receiver, pass_at, status
):
    receiver.plan = lambda call: status
    tell(engine, *[notice(key) for key in range(MOST_FAILURES + 2)])
    sent = pass_at()
    assert "mend the region's key" in sent.unreachable
    assert states(engine) == {"waiting": MOST_FAILURES + 2}
    receiver.plan = lambda call: "ok"
    pass_at(days=1)
    assert states(engine) == {"delivered": MOST_FAILURES + 2}


# --- law: nothing is lost, doubled or overtaken ------------------------------------

FAULTS = ("ok", "lost", "down", "500", "503", "429", "crash before", "crash after")


def breaking(plan, receiver):
    """Runs whose calls fail as planned, one fault a call; the process may end too."""

    class Breaking(Run):
        def portal(self):
            client = super().portal()
            whole = client._send

            def send(method, path, body):
                fault = plan.pop(0) if plan else "ok"
                if fault == "crash before":
                    raise Crash
                receiver.plan = lambda call: "ok" if "crash" in fault else fault
                whole(method, path, body)
                if fault == "crash after":
                    raise Crash

            client._send = send
            return client

    return Breaking


STEPS = st.lists(
    st.sampled_from((FIRST_PAUSE, LEASE, LEASE * 3, DAY)), min_size=1, max_size=6
)


def try_out(engine, receiver, folder, faults, waits, seed):
    clear(engine)
    receiver.calls.clear()
    receiver.applied.clear()
    receiver.held.clear()
    first, second = an_id("notice", 0), an_id("notice", 1)
    told = [
        notice(0),
        notice(1, recipient="937"),
        notice(2, kind=Kind.UPDATE, supersedes=first),
        notice(3, kind=Kind.RETRACTION, supersedes=second, recipient="937"),
        notice(4, kind=Kind.END, supersedes=an_id("notice", 2)),
    ]
    tell(engine, *told, obligations=[obligation(1), obligation(2)])
    kind = breaking(list(faults), receiver)
    run = run_of(engine, region_of(portal={"url": receiver.url}), folder, kind)
    now = NOW
    for wait in [*waits, *[DAY * 2] * 40]:
        with suppress(Crash):
            relay(run, now, chance(seed))
        now += wait
        if states(engine) == {"delivered": 7}:
            break


def test_whatever_fails_every_document_arrives_once_and_none_overtakes(
    any_engine, receiver, tmp_path
):
    engine = any_engine

    @settings(
        max_examples=settings.default.max_examples // 12,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        faults=st.lists(st.sampled_from(FAULTS), max_size=15),
        waits=STEPS,
        seed=st.integers(0, 99),
    )
    def law(faults, waits, seed):
        try_out(engine, receiver, tmp_path, faults, waits, seed)
        assert states(engine) == {"delivered": 7}
        order = [path.removeprefix("/v1/notifications/") for path in receiver.applied]
        assert len(order) == len(set(order)) == 7
        place = {key: order.index(str(an_id("notice", key))) for key in (0, 1, 2, 4)}
        assert place[0] < place[2] < place[4]
        assert place[1] < order.index(f"{an_id('notice', 1)}/withdrawal")
        sent = {}
        for call in receiver.calls:
            assert sent.setdefault(call.path, call.body) == call.body

    law()
