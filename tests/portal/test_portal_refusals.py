"""Whoever is refused is in the trail, and nobody can flood it by being refused."""

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import portal_samples as samples
import pytest
from portal_under_test import NOON, ON_SQLITE, bearer
from sqlalchemy import select

from portal.permissions import OPERATOR, Role
from portal.tables import machine_keys, machines
from portal.throttle import MOST_OF_STRANGERS, Brake, Throttle

SECOND = dt.timedelta(seconds=1)
ASSERTION = {
    "grant_type": "client_credentials", "client_assertion": "x.y.z",
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
}  # fmt: skip


def denied(portal):
    rows = portal.trail("action", "subject", "role", "agency", "purpose", "actor")
    return [row[1:] for row in rows if row[0] == "denied"]


def ids(portal, column):
    with portal.store.reading(OPERATOR) as connection:
        return str(connection.scalar(select(column)))


def test_the_pipelines_key_on_an_agencys_call_is_on_record(portal):
    assert portal.machine().get("/v1/obligations").status_code == 403

    assert denied(portal) == [
        ("machine calls of agency", "pipeline", "region", "protection",
         ids(portal, machines.c.machine_id)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, "call without a key"),
        (bearer("xb_a-guess-of-somebodys"), "unknown key"),
        (bearer("nothing like a key"), "unknown key"),
        ({"Authorization": "Basic xyz"}, "call without a key"),
    ],
)
def test_a_call_without_a_valid_key_is_on_record_without_what_was_sent(
    portal, headers, why
):
    client = portal.client(headers=headers)

    assert client.get("/v1/events").status_code == 401

    (row,) = denied(portal)
    assert row[:4] == (why, "door", "region", "protection")
    (whole,) = portal.trail("subject", "actor", "network", "shown", "request_id")
    assert "guess" not in str(whole)
    assert "127.0.0" not in str(whole)


def test_a_key_that_ended_is_named_by_its_id_and_its_program(portal):
    program = portal.program(acts_as=Role.NAMED_OFFICER)
    assert program.get("/v1/obligations").status_code == 200
    with portal.store.writing(OPERATOR) as connection:
        connection.execute(machine_keys.update().values(revoked_at=portal.hands()))

    assert program.get("/v1/obligations").status_code == 401

    key_id = ids(portal, machine_keys.c.key_id)
    assert denied(portal) == [
        (f"ended key {key_id}", "named_officer", samples.POLICE, "protection",
         ids(portal, machines.c.machine_id)),
    ]  # fmt: skip


def test_a_form_without_its_token_is_on_record_by_its_route(portal):
    desk = portal.reviewer()
    path = f"/reviews/{samples.made('review first')}/judgement"
    typed = {"csrf": samples.CANARY, "decision": "same", "reason": "x", "version": 1}

    assert desk.client.post(path, data=typed).status_code == 403

    assert denied(portal) == [
        ("form out of date /reviews/{review_id}/judgement", "reviewer", "region",
         "protection", str(desk.user_id)),
    ]  # fmt: skip


@ON_SQLITE
def test_a_sign_in_form_of_elsewhere_is_on_record(portal):
    typed = {"username": samples.CANARY, "password": "guess", "form": "made up"}
    assert portal.client().post("/sign-in", data=typed).status_code == 422

    ((subject, role, *_),) = denied(portal)
    assert (subject, role) == ("form of sign-in out of date", "door")


def test_an_assertion_that_proves_nothing_is_on_record_by_its_reason(portal):
    assert portal.client().post("/v1/token", data=ASSERTION).status_code == 401

    ((subject, role, *_),) = denied(portal)
    assert (subject, role) == ("assertion: it is no signed JWT", "door")


def limited(portal, **limits):
    settings = portal.running.settings.model_copy(update=limits)
    portal.app.state.running = dataclasses.replace(
        portal.running, settings=settings, throttle=Throttle(), brake=Brake()
    )


def test_who_calls_too_often_is_on_record_once_a_minute(portal):
    limited(portal, agency_calls_per_minute=1, person_calls_per_minute=1)
    program, desk = portal.program(), portal.officer()

    statuses = {
        client.get(path).status_code
        for client, path in ((program, "/v1/obligations"), (desk, "/inbox"))
        for _ in range(5)
    }

    assert statuses == {200, 429}
    assert [row[:3] for row in denied(portal)] == [
        ("too many calls", "officer", samples.POLICE)
    ] * 2
    assert {row[4] for row in denied(portal)} == {
        str(desk.user_id), ids(portal, machines.c.machine_id),
    }  # fmt: skip
    portal.hands.pass_by(seconds=61)
    for _ in range(2):
        program.get("/v1/obligations")
    assert denied(portal)[-1][0] == "too many calls, 4 times"


def test_many_calls_without_a_key_are_few_rows_that_say_how_many(portal):
    client = portal.client()
    for _ in range(30):
        client.get("/v1/events")
    portal.hands.pass_by(minutes=1)
    client.get("/v1/events")

    assert [row[0] for row in denied(portal)] == [
        "call without a key", "call without a key, 30 times",
    ]  # fmt: skip


def rows(brake, callers, what="unknown key", at=NOON):
    """How many rows are written of these callers' refusals."""
    return sum(brake.stands_for(caller, what, at) > 0 for caller in callers)


def test_strangers_from_many_addresses_fill_no_more_than_their_share():
    brake = Brake()
    crowd = [f"stranger {number}" for number in range(500)]

    assert rows(brake, crowd) == MOST_OF_STRANGERS
    assert rows(brake, crowd, at=NOON + 59 * SECOND) == 0
    assert rows(brake, ["a program"]) == 1, "whoever is known has a measure of its own"
    assert rows(brake, crowd, at=NOON + 120 * SECOND) == MOST_OF_STRANGERS


def test_every_reason_and_every_caller_has_a_row_and_the_next_counts_the_rest():
    brake = Brake()

    assert rows(brake, ["one", "two", "one"]) == 2
    assert rows(brake, ["one"], "too many calls") == 1
    assert brake.stands_for("one", "unknown key", NOON + 60 * SECOND) == 2
    assert brake.stands_for("one", "unknown key", NOON + 120 * SECOND) == 1


def test_a_clock_that_is_put_back_hides_no_refusal():
    brake = Brake()
    rows(brake, ["one"])

    assert rows(brake, ["one"], at=NOON - dt.timedelta(hours=1)) == 1


def test_refusals_of_a_crowd_fill_no_memory():
    brake = Brake()
    rows(brake, (f"caller {number}" for number in range(10_500)))

    assert len(brake._since) == 10_000


def test_threads_write_no_row_twice():
    brake = Brake()
    with ThreadPoolExecutor(8) as crowd:
        written = crowd.map(lambda _: rows(brake, ["one"] * 50), range(8))

        assert sum(written) == 1
