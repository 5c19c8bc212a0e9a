"""Nobody takes the portal from the others by asking too often."""

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import portal_samples as samples
import pytest
from portal_under_test import NOON, ON_SQLITE, bearer, put, settings_for

from portal.throttle import Throttle, TooManyCalls, network_part

SECOND = dt.timedelta(seconds=1)


def taken(throttle, caller="one", most=10, at=NOON, tries=1):
    """How many of so many calls were let through."""
    through = 0
    for _ in range(tries):
        try:
            throttle.take(caller, most, at)
        except TooManyCalls:
            continue
        through += 1
    return through


def test_a_minutes_calls_may_come_at_once_and_come_back_one_by_one():
    throttle = Throttle()

    assert taken(throttle, tries=30) == 10
    assert taken(throttle, at=NOON + 5 * SECOND) == 0
    assert taken(throttle, at=NOON + 6 * SECOND, tries=9) == 1
    assert taken(throttle, at=NOON + 3600 * SECOND, tries=30) == 10


def test_whoever_waits_as_long_as_was_said_is_let_through():
    throttle = Throttle()
    taken(throttle, tries=10)
    with pytest.raises(TooManyCalls) as refused:
        throttle.take("one", 10, NOON)

    assert refused.value.seconds == 6
    assert taken(throttle, at=NOON + refused.value.seconds * SECOND) == 1


def test_each_caller_has_a_measure_of_its_own():
    throttle = Throttle()
    taken(throttle, tries=30)

    assert taken(throttle, "another", tries=30) == 10


def test_a_clock_that_is_put_back_locks_nobody_out():
    throttle = Throttle()
    taken(throttle, tries=10)

    assert taken(throttle, at=NOON - dt.timedelta(hours=1)) == 1


def test_a_crowd_of_callers_fills_no_memory():
    throttle = Throttle()
    for number in range(10_500):
        throttle.take(f"caller {number}", 10, NOON)

    assert len(throttle._full_again) == 10_000
    assert "caller 10499" in throttle._full_again


def test_threads_do_not_slip_past_one_another():
    throttle = Throttle()
    with ThreadPoolExecutor(8) as crowd:
        through = sum(crowd.map(lambda _: taken(throttle, tries=100), range(8)))

    assert through == 10


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_host_of_ipv6_has_one_measure_for_all_its_addresses(address, network):
    assert network_part(address) == network


def test_a_nights_thousands_of_documents_are_far_below_the_pipelines_measure():
    most = settings_for("sqlite:///x.db").pipeline_calls_per_minute

    assert taken(Throttle(), most=most, tries=20_000) == 20_000


def limited(portal, **limits):
    settings = portal.running.settings.model_copy(update=limits)
    portal.app.state.running = dataclasses.replace(
        portal.running, settings=settings, throttle=Throttle()
    )


@ON_SQLITE
def test_a_program_that_calls_too_often_is_told_how_long_to_wait(portal):
    limited(portal, agency_calls_per_minute=3)
    program, other = portal.program(), portal.program("E23000015")

    answers = [program.get("/v1/obligations") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.headers["Retry-After"] == "20"
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:crossborder:problem:http-429"
    assert other.get("/v1/obligations").status_code == 200
    portal.hands.pass_by(seconds=20)
    assert program.get("/v1/obligations").status_code == 200


@ON_SQLITE
def test_a_second_key_of_a_program_is_no_second_measure(portal):
    limited(portal, agency_calls_per_minute=1)

    answers = [portal.program().get("/v1/obligations") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]


@ON_SQLITE
def test_guessing_keys_is_slowed_and_harms_no_program_behind_the_same_address(portal):
    limited(portal, open_calls_per_minute=2)
    guesser = portal.client(headers=bearer("xb_guessed"))
    machine = portal.machine()

    guesses = [guesser.get("/v1/events").status_code for _ in range(4)]

    assert guesses == [401, 401, 429, 429]
    assert portal.client().post("/v1/token").status_code == 429
    for number in range(20):
        document = samples.notification(f"n{number}")
        assert put(machine, "notifications", document).status_code == 201


@ON_SQLITE
def test_a_person_who_asks_too_often_reads_a_page_that_says_so(portal):
    limited(portal, person_calls_per_minute=2)
    desk = portal.officer()

    answers = [desk.get("/inbox") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Wait a minute" in answers[-1].text
    assert answers[-1].headers["Retry-After"] == "30"
    assert portal.officer().get("/inbox").status_code == 200


@ON_SQLITE
def test_whoever_is_not_signed_in_has_the_measure_of_the_address(portal):
    limited(portal, open_calls_per_minute=3)
    nobody, desk = portal.client(), portal.officer()

    paths = ("/sign-in", "/inbox", "/.well-known/security.txt", "/sign-in", "/inbox")
    answers = [nobody.get(path).status_code for path in paths]

    assert answers == [200, 303, 404, 429, 429]
    assert desk.get("/inbox").status_code == 200
