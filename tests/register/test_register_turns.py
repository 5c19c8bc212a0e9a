"""A night is all or nothing, whatever dies; two at a time take turns."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from register_examples import (
    CHILD,
    PLACEMENT,
    an_id,
    day,
    decision,
    everything,
    memory,
    night,
    notice,
    obligation,
    resolved,
    review,
    waiting,
)

from notifications.facts import PersonGroup, PersonMember, State
from register import nights
from register.engine import open_register, reading
from register.nights import NightIsClosedError, record_night
from register.runs import runs

HERE = Path(__file__).parent
STEPS = (
    "take_turns", "take_back", "save", "observe", "decide", "remember_people",
    "drop_undecided", "notify", "ask", "owe", "enqueue", "forget_unused",
)  # fmt: skip


def a_full_night(number, run=1, key="n"):
    people = (
        PersonGroup(an_id("person", key), "child", (PersonMember("330", CHILD, 0.9),)),
    )
    return night(
        number,
        run,
        placements=(resolved(postcode=f"CV{number} {number}AA"),),
        decisions=[decision(State.NOT_KNOWN)],
        notices=[notice(key, on=number)],
        obligations=[obligation(key, on=number)],
        reviews=(review(key, on=number),),
        people=people,
    )


@pytest.mark.parametrize("step", STEPS)
def test_a_night_that_fails_after_any_step_leaves_nothing(engine, monkeypatch, step):
    record_night(engine, a_full_night(1))
    before = everything(engine)
    done = getattr(nights, step)

    def fail(*given, **named):
        done(*given, **named)
        raise RuntimeError(step)

    with monkeypatch.context() as patched:
        patched.setattr(nights, step, fail)
        with pytest.raises(RuntimeError, match=step):
            record_night(engine, a_full_night(2, key="b"))
        assert everything(engine) == before
        with pytest.raises(RuntimeError, match=step):
            record_night(engine, a_full_night(1, run=2, key="b"))
        assert everything(engine) == before
    assert record_night(engine, a_full_night(2, key="b")).new == (an_id("notice", "b"),)


def test_a_killed_night_leaves_nothing_and_can_be_run_again(engine):
    record_night(engine, a_full_night(1))
    before = everything(engine)
    killed = subprocess.run(
        [sys.executable, HERE / "killed_night.py", url_of(engine), "enqueue"],
        env=os.environ | {"PYTHONPATH": f"{HERE}:{HERE.parents[1]}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert everything(engine) == before
    record_night(engine, a_full_night(2, key="b"))
    assert str(an_id("notice", "b")) in waiting(engine)


def url_of(engine):
    return engine.url.render_as_string(hide_password=False)


def at_once(engine, *given):
    """Record nights in threads that start together; what each of them ended with."""
    url = url_of(engine)
    together = threading.Barrier(len(given))
    ends = {}

    def record(place, one):
        mine = open_register(url)
        together.wait()
        try:
            ends[place] = record_night(mine, one)
        except NightIsClosedError as error:
            ends[place] = error
        finally:
            mine.dispose()

    threads = [threading.Thread(target=record, args=each) for each in enumerate(given)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [ends[place] for place in range(len(given))]


def test_one_night_recorded_by_two_at_once_tells_everybody_once(engine):
    ends = at_once(engine, *(a_full_night(1, run) for run in (1, 2, 3)))
    assert sorted(len(one.new) for one in ends) == [0, 0, 1]
    assert sorted(waiting(engine)) == sorted(
        str(an_id(kind, "n")) for kind in ("notice", "obligation", "review")
    )
    with reading(engine) as connection:
        assert [one.ordinal for one in runs(connection, night(1).region)] == [1, 2, 3]
    assert len(memory(engine, 2).standing) == 1


def test_two_dates_at_once_end_as_if_one_came_after_the_other(engine):
    first, second = at_once(engine, a_full_night(1), a_full_night(2, key="b"))
    assert second.new == (an_id("notice", "b"),)
    if isinstance(first, NightIsClosedError):
        assert memory(engine, 2).standing == ()
    else:
        assert first.new == (an_id("notice", "n"),)
    left = memory(engine, 3)
    assert left.placements[PLACEMENT].last_good_on == day(2)
