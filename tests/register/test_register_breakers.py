"""A destination that fails again and again is left in peace, and tried again."""

import datetime as dt
import threading

import pytest
from register_examples import at

from register.breakers import (
    FIRST_PAUSE,
    FOR_GOOD,
    LONGEST_PAUSE,
    MOST_FAILURES,
    TRIAL,
    arrived,
    begin_trial,
    breaker_of,
    breakers,
    disable,
    end_trial,
    failed,
    reopen,
)
from register.engine import reading, writing

NOW = at(1)
PORTAL, HOOK = "portal", "webhook:330"


@pytest.fixture
def gate(engine):
    def gate(name=PORTAL, now=NOW):
        with reading(engine) as connection:
            return breaker_of(connection, name).gate(now)

    return gate


def fail(write, times, name=PORTAL, now=NOW, asked=dt.timedelta()):
    for _ in range(times):
        found = write(failed, name, "503, busy", now, asked)
    return found


def test_it_opens_after_so_many_failures_in_a_row_and_no_sooner(gate, write):
    fail(write, MOST_FAILURES - 1)
    assert gate() == "closed"
    write(arrived, PORTAL)
    fail(write, MOST_FAILURES - 1)
    assert gate() == "closed"
    fail(write, 1)
    assert gate() == "open"
    assert gate(HOOK) == "closed", "each destination has its own"
    assert gate(now=NOW + FIRST_PAUSE - dt.timedelta(seconds=1)) == "open"
    assert gate(now=NOW + FIRST_PAUSE) == "half-open"


def test_each_pause_is_longer_than_the_last_up_to_the_longest(write):
    fail(write, MOST_FAILURES - 1)
    pauses = [fail(write, 1).open_until - NOW for _ in range(10)]
    assert pauses[:3] == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4]
    assert pauses[-1] == LONGEST_PAUSE
    assert sorted(pauses) == pauses
    assert fail(write, 100_000 // 1_000).open_until - NOW == LONGEST_PAUSE


def test_a_pause_is_never_less_than_the_destination_asks_for(write):
    asked = dt.timedelta(hours=5)
    assert fail(write, MOST_FAILURES, asked=asked).open_until == NOW + asked


def test_one_delivery_tries_and_the_others_wait_for_what_comes_of_it(gate, write):
    fail(write, MOST_FAILURES)
    later = NOW + FIRST_PAUSE
    assert not write(begin_trial, PORTAL, NOW)
    assert write(begin_trial, PORTAL, later)
    assert not write(begin_trial, PORTAL, later)
    assert gate(now=later) == "open"
    assert gate(now=later + TRIAL) == "half-open", "whoever tried it is gone"
    write(end_trial, PORTAL, later)
    assert write(begin_trial, PORTAL, later)
    write(arrived, PORTAL)
    assert gate(now=later) == "closed"


def test_two_passes_at_once_try_once(engine, write):
    fail(write, MOST_FAILURES)
    together, tries = threading.Barrier(3), []

    def attempt():
        together.wait()
        with writing(engine) as connection:
            tries.append(begin_trial(connection, PORTAL, NOW + FIRST_PAUSE))

    threads = [threading.Thread(target=attempt) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(tries) == [False, False, True]


def test_what_was_closed_for_good_stays_so_until_a_person_reopens_it(gate, write):
    write(disable, HOOK, "410")
    write(arrived, HOOK)
    fail(write, 3, HOOK)
    assert gate(HOOK, FOR_GOOD - dt.timedelta(days=1)) == "open"
    assert not write(begin_trial, HOOK, NOW + dt.timedelta(days=900))
    assert write(reopen, HOOK)
    assert not write(reopen, HOOK)
    assert gate(HOOK) == "closed"


def test_a_person_sees_who_fails_and_why(engine, write):
    fail(write, 1)
    write(disable, HOOK, "410")
    fail(write, 1, "email")
    write(arrived, "email")
    with reading(engine) as connection:
        portal, hook = breakers(connection)
    assert (portal.destination, portal.failures, portal.last_problem) == (
        PORTAL, 1, "503, busy",
    )  # fmt: skip
    assert (hook.destination, hook.disabled) == (HOOK, True)
