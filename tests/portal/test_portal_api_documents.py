"""Documents are put: once or many times, and are held exactly once."""

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import portal_samples as samples
import pytest
from portal_under_test import JSON, ON_SQLITE, put, withdraw
from sqlalchemy import func, select

from notifications.documents import body
from portal.permissions import OPERATOR, Role
from portal.tables import notifications, received

EVERY_KIND = {
    "notifications": samples.notification,
    "obligations": samples.obligation,
    "reviews": samples.review,
    "people": samples.person,
    "runs": samples.run,
    "verdicts": samples.verdict,
    "dead-letters": samples.dead_letter,
}


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_same_bytes_again_change_nothing(portal, kind):
    machine, document = portal.machine(), EVERY_KIND[kind]()

    first, again = put(machine, kind, document), put(machine, kind, document)

    assert (first.status_code, first.json()["outcome"]) == (201, "created")
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    assert first.headers["ETag"] == again.headers["ETag"] == first.json()["etag"]


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("notifications", {"asked": "Something else."}),
        ("reviews", {"hangs_on_it": "Nothing."}),
    ],
)
def test_other_bytes_under_a_frozen_id_are_refused(portal, kind, changed):
    machine, make = portal.machine(), EVERY_KIND[kind]
    first = put(machine, kind, make())

    refused = put(machine, kind, make(**changed))

    assert refused.status_code == 409
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:crossborder:problem:conflict"
    still = put(machine, kind, make())
    assert still.headers["ETag"] == first.headers["ETag"]


def test_an_obligation_moves_on_and_late_retries_do_not_bring_it_back(portal):
    machine = portal.machine()
    first = samples.obligation()
    escalated = samples.obligation(escalation=1)
    met = samples.obligation(escalation=1, met_on=dt.date(2026, 11, 23))

    outcomes = [
        put(machine, "obligations", document).json()["outcome"]
        for document in (first, escalated, met, first, escalated, met)
    ]

    assert outcomes == ["created", "updated", "updated"] + ["unchanged"] * 3
    la = portal.officer(samples.PLACING_LA)
    assert "To do (0) Done (1)" in la.read("/tasks")


def test_a_task_shows_what_it_asks_by_now_and_since_when(portal):
    machine, la = portal.machine(), portal.officer(samples.PLACING_LA)
    first = samples.obligation()
    scotland = {"asked": "The placement is in Scotland. Tell the authorities there."}
    changed = samples.obligation(**scotland, asked_on=dt.date(2026, 11, 23))
    back = samples.obligation(asked_on=dt.date(2026, 11, 24))
    put(machine, "obligations", first)
    assert "asked since" not in la.read("/tasks")
    for document, since in ((changed, 23), (first, 23), (back, 24)):
        put(machine, "obligations", document)
        page = la.read("/tasks")
        assert f"This has been asked since {since} November 2026." in page
        assert "To do (1) Done (0)" in page
        shown = changed if since == 23 else back
        assert shown.asked in page
        assert (scotland["asked"] in page) == (shown is changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"owed_by": samples.HOST_LA},
        {"audience": "named_officer"},
        {"placement_ref": "another"},
        {"notification_id": samples.made("another")},
        {"child_ref": "C-another"},
        {"escalation": 0, "asked": "Earlier words"},
        {"created_on": dt.date(2026, 11, 1), "escalation": 5},
    ],
)
def test_an_obligation_stays_what_it_is_and_does_not_go_back(portal, changed):
    machine = portal.machine()
    put(machine, "obligations", samples.obligation(escalation=1))

    refused = put(machine, "obligations", samples.obligation(**changed))

    assert refused.status_code == 409


def test_an_obligation_that_is_owed_again_later_stands_again(portal):
    machine = portal.machine()
    put(machine, "obligations", samples.obligation(met_on=dt.date(2026, 11, 23)))

    put(
        machine,
        "obligations",
        samples.obligation(created_on=dt.date(2026, 11, 25)),
    )

    assert "To do (1)" in portal.officer(samples.PLACING_LA).read("/tasks")


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("runs", {"outcome": "good", "problems": ()}),
        ("verdicts", {"reason": "read again"}),
        ("dead-letters", {"settled": "replayed", "attempts": 2}),
        ("people", {"created_on": dt.date(2026, 11, 23)}),
    ],
)
def test_reports_are_replaced_by_later_ones(portal, kind, changed):
    machine, make = portal.machine(), EVERY_KIND[kind]
    put(machine, kind, make())

    later = put(machine, kind, make(**changed))

    assert (later.status_code, later.json()["outcome"]) == (200, "updated")
    assert put(machine, kind, make()).json()["outcome"] == "unchanged"


def test_a_withdrawal_is_held_once_and_only_for_what_is_there(portal):
    machine, withdrawal = portal.machine(), samples.withdrawal()

    assert withdraw(machine, withdrawal).status_code == 404
    put(machine, "notifications", samples.notification())
    assert withdraw(machine, withdrawal).status_code == 201
    assert withdraw(machine, withdrawal).status_code == 200
    assert withdraw(machine, samples.withdrawal(reason="Other.")).status_code == 409


def test_a_retraction_id_serves_one_withdrawal(portal):
    machine = portal.machine()
    put(machine, "notifications", samples.notification("first"))
    put(machine, "notifications", samples.notification("second"))
    one = samples.withdrawal("first")
    other = samples.withdrawal("second", retraction_id=one.retraction_id)

    assert withdraw(machine, one).status_code == 201
    assert withdraw(machine, other).status_code == 409


def test_the_bytes_are_kept_as_they_came(portal):
    machine, document = portal.machine(), samples.notification()

    put(machine, "notifications", document)

    with portal.store.reading(OPERATOR) as connection:
        assert connection.scalar(select(notifications.c.body)) == body(document)


def test_many_at_once_make_one(portal):
    document = samples.notification()
    path = f"/v1/notifications/{document.notification_id}"
    clients = [portal.machine() for _ in range(6)]
    together = threading.Barrier(len(clients))

    def send(client):
        together.wait()
        return client.put(path, content=body(document), headers=JSON).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = sorted(pool.map(send, clients))

    assert answers == [200] * 5 + [201]
    with portal.store.reading(OPERATOR) as connection:
        held = connection.scalar(select(func.count()).select_from(received))
    assert held == 1


def test_the_paths_id_must_be_the_bodys(portal):
    machine, document = portal.machine(), samples.notification()
    other = samples.made("another")

    refused = machine.put(
        f"/v1/notifications/{other}", content=body(document), headers=JSON
    )

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/notification_id"


def test_nobody_is_told_into_the_void(portal):
    refused = put(
        portal.machine(), "notifications", samples.notification(recipient="E23000016")
    )

    assert refused.status_code == 422
    assert refused.json()["title"] == "This portal has no agency E23000016"
    assert "create-agency" in refused.json()["detail"]


def broken(change):
    document = json.loads(body(samples.notification()))
    change(document)
    return json.dumps(document).encode()


BAD_BODIES = {
    "no JSON": (b"{", 400),
    "not even text": (b"\xff\xfe", 400),
    "a list": (b"[]", 422),
    "an unknown key": (broken(lambda d: d.update(extra=1)), 422),
    "a missing key": (broken(lambda d: d.pop("asked")), 422),
    "an unknown kind": (broken(lambda d: d.update(kind="hint")), 422),
    "a number as text": (broken(lambda d: d.update(is_copy="true")), 422),
    "a time without a zone": (
        broken(lambda d: d["clock"].update(due_at="2026-11-22T10:00:00")),
        422,
    ),
    "no date": (broken(lambda d: d["child"].update(dob="29/02/2012")), 422),
    "half a character": (
        broken(lambda d: d.update(asked="?")).replace(b'"?"', b'"\\ud800"'),
        400,
    ),
    "a time before all time": (
        broken(lambda d: d["clock"].update(due_at="0001-01-01T00:00:00+01:00")),
        422,
    ),
    "a time after all time": (
        broken(lambda d: d["clock"].update(due_at="9999-12-31T23:59:59-01:00")),
        422,
    ),
    "a NUL": (broken(lambda d: d.update(asked="a\0b")), 422),
}


@ON_SQLITE
@pytest.mark.parametrize("what", BAD_BODIES)
def test_a_body_that_is_not_the_document_is_refused_without_its_values(portal, what):
    content, status = BAD_BODIES[what]

    refused = portal.machine().put(
        f"/v1/notifications/{samples.notification().notification_id}",
        content=content,
        headers=JSON,
    )

    assert refused.status_code == status
    assert refused.headers["Content-Type"] == "application/problem+json"
    problem = refused.json()
    assert problem["status"] == status
    assert problem["instance"] == f"urn:uuid:{refused.headers['X-Request-Id']}"
    assert samples.CANARY not in refused.text
    assert "29/02/2012" not in refused.text


def test_a_faults_place_is_named(portal):
    refused = portal.machine().put(
        f"/v1/notifications/{samples.notification().notification_id}",
        content=BAD_BODIES["no date"][0],
        headers=JSON,
    )

    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/child/dob"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({}, 415),
        ({**JSON, "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/json; charset=utf-8"}, 201),
    ],
)
def test_only_plain_json_is_taken(portal, headers, status):
    document = samples.notification()

    answer = portal.machine().put(
        f"/v1/notifications/{document.notification_id}",
        content=body(document),
        headers=headers,
    )

    assert answer.status_code == status


def test_conditions_are_kept(portal):
    machine = portal.machine()
    first, second = samples.obligation(), samples.obligation(escalation=1)
    path = f"/v1/obligations/{first.obligation_id}"

    def send(document, **conditions):
        named = {name.replace("_", "-"): value for name, value in conditions.items()}
        return machine.put(path, content=body(document), headers=JSON | named)

    assert send(first, If_Match='"nothing yet"').status_code == 412
    made = send(first, If_None_Match="*")
    assert made.status_code == 201
    assert send(second, If_None_Match="*").status_code == 412
    assert send(second, If_Match='"another"').status_code == 412
    moved = send(second, If_Match=made.headers["ETag"])
    assert moved.status_code == 200
    assert moved.headers["ETag"] != made.headers["ETag"]


@ON_SQLITE
@pytest.mark.parametrize("run_id", ["a/b", "a b", "", "x" * 101, "-first"], ids=repr)
def test_a_run_has_a_plain_id(portal, run_id):
    answer = portal.machine().put(
        f"/v1/runs/{run_id}", content=body(samples.run()), headers=JSON
    )

    assert answer.status_code in {404, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_verdict_that_is_held_does_not_become_an_unknown_agencys(portal):
    machine, held = portal.machine(), samples.verdict()
    put(machine, "verdicts", held)

    refused = put(machine, "verdicts", samples.verdict(authority="999"))

    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:crossborder:problem:unknown-agency"
    supplier = portal.program(samples.PLACING_LA, Role.SUPPLIER)
    assert supplier.get("/v1/verdicts").json() == [held.model_dump(mode="json")]


@pytest.mark.parametrize(
    ("kind", "sample", "name", "value"),
    [
        ("notifications", samples.notification, "recording_token", "X" * 21),
        ("notifications", samples.notification, "recipient", "E230000141"),
        ("obligations", samples.obligation, "owed_by", "E230000141"),
    ],
)
def test_a_code_longer_than_any_is_refused_on_either_database(
    portal, kind, sample, name, value
):
    document = sample()
    said = json.loads(body(document)) | {name: value}
    answer = portal.machine().put(
        f"/v1/{kind}/{getattr(document, _IDENTITY[kind])}", json=said
    )
    assert answer.status_code == 422


_IDENTITY = {"notifications": "notification_id", "obligations": "obligation_id"}


def test_more_rows_than_can_be_counted_are_refused_on_either_database(portal):
    document = samples.quality()
    path = f"/v1/quality/{document.authority}/{document.business_date}"
    for rows, status in ((2**31 - 1, 201), (2**31, 422)):
        said = json.loads(body(document)) | {"rows": rows}
        assert portal.machine().put(path, json=said).status_code == status


def test_a_records_reference_may_be_as_long_as_its_source_likes(portal):
    document = samples.review(left=samples.record("left", record_ref="C" * 300))
    assert put(portal.machine(), "reviews", document).status_code == 201
