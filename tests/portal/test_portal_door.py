"""What every answer carries, how much is let in, and what never reaches a log."""

import logging
import re

import portal_samples as samples
import pytest
from portal_under_test import JSON, ON_SQLITE, put, words_of

from notifications.documents import body
from portal import inboxes
from portal.permissions import OPERATOR

pytestmark = ON_SQLITE
TESTS_OWN = ("httpx", "httpcore", "uvicorn.access")
"""Loggers of the tests' client; and one that the portal keeps without a handler, until
pytest hangs one on it (see ``test_portal_cli`` for the real process's output)."""


def test_every_page_is_locked_down(portal):
    page = portal.officer().get("/inbox")

    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'nonce-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "Server" not in page.headers
    nonce = re.search("'nonce-([^']+)'", policy)[1]
    assert f'<script nonce="{nonce}">' in page.text
    assert not re.search(r"\sstyle=|\son\w+=", page.text)


def test_a_nonce_serves_one_answer(portal):
    client = portal.client()

    policies = {
        client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)
    }

    assert len(policies) == 3


@pytest.mark.parametrize("path", ["/v1/events", "/health", "/nothing", "/static/none"])
def test_refusals_and_calls_are_locked_down_too(portal, path):
    answer = portal.client().get(path)

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-Id"]


def test_files_are_kept_by_browsers_as_long_as_their_address_is_theirs(portal):
    page = portal.client().get("/sign-in")
    address = re.search(r'href="(/static/portal.css\?v=\w+)"', page.text)[1]

    hashed = portal.client().get(address)
    plain = portal.client().get("/static/portal.css")

    assert "immutable" in hashed.headers["Cache-Control"]
    assert plain.headers["Cache-Control"] == "no-cache"
    assert hashed.content == plain.content


def test_pages_ask_nothing_of_anybody_else(portal):
    document = samples.notification()
    put(portal.machine(), "notifications", document)
    desk = portal.officer()

    notice = f"/notifications/{document.notification_id}"
    for path in ("/inbox", notice, "/tasks", "/search", "/handover"):
        links = re.findall(r'(?:src|href|action)="([^"]*)"', desk.get(path).text)
        assert links
        assert all(link.startswith(("/", "#", "tel:")) for link in links), links
        assert not any(link.startswith("//") for link in links)


def test_a_body_may_be_so_long_and_no_longer(portal):
    machine = portal.machine()
    most = portal.running.settings.largest_body
    path = f"/v1/runs/{samples.run().run_id}"

    fits = machine.put(path, content=b" " * most, headers=JSON)
    long = machine.put(path, content=b" " * (most + 1), headers=JSON)
    pieces = machine.put(path, content=iter([b" " * most, b" "]), headers=JSON)

    assert fits.status_code == 400  # it was read, and is no JSON
    assert long.status_code == pieces.status_code == 413
    assert long.headers["Content-Type"] == "application/problem+json"
    page = portal.officer().client.post("/sign-out", data={"csrf": "x" * most})
    assert page.status_code == 413
    assert "Too much was sent" in words_of(page)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/events", 405),
        ("POST", "/v1/notifications/x", 405),
        ("PUT", "/v1/notifications/not-an-id", 422),
    ],
)
def test_every_refusal_of_the_api_is_a_problem_document(portal, method, path, status):
    answer = portal.machine().request(method, path, content=b"{}", headers=JSON)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["type"].startswith("urn:crossborder:problem:")


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/notifications/not-an-id", "/notifications/" + "9" * 40, "/inbox/x"],
)
def test_a_page_that_is_not_there_says_so(portal, path):
    answer = portal.officer().get(path)

    assert answer.status_code == 404
    assert "Page not found" in words_of(answer)


@pytest.mark.parametrize("query", ["show=nothing", "page=0", "page=x", "page=1e9"])
def test_a_query_that_makes_no_sense_is_no_mistake_of_ours(portal, query):
    assert portal.officer().get(f"/inbox?{query}").status_code == 422


def test_a_failure_is_told_plainly_and_logged_without_its_message(
    portal, monkeypatch, caplog
):
    def fail(*given):
        raise RuntimeError(f"no such child: {samples.CANARY}")

    desk, machine = portal.officer(), portal.machine()
    monkeypatch.setattr(inboxes, "inbox", fail)
    monkeypatch.setattr("portal.api.events.events.page", fail)
    with caplog.at_level(logging.DEBUG):
        page = desk.get("/inbox")
        call = machine.get("/v1/events")

    assert page.status_code == call.status_code == 500
    assert "The portal made a mistake" in words_of(page)
    assert page.headers["X-Request-Id"] in words_of(page)
    assert call.headers["Content-Type"] == "application/problem+json"
    assert page.headers["Cache-Control"] == "no-store"
    assert "RuntimeError at test_portal_door.py" in caplog.text
    assert samples.CANARY not in caplog.text + page.text + call.text


def test_a_database_failure_is_logged_without_the_rows(portal, caplog):
    document = samples.notification()
    machine = portal.machine()
    with portal.store.writing(OPERATOR) as connection:
        connection.exec_driver_sql("DROP TABLE notifications")

    with caplog.at_level(logging.DEBUG):
        answer = machine.put(
            f"/v1/notifications/{document.notification_id}",
            content=body(document),
            headers=JSON,
        )

    assert answer.status_code == 500
    assert "OperationalError" in caplog.text
    assert samples.CANARY not in caplog.text


def test_nobodys_name_is_in_any_log_after_a_whole_day(portal, caplog):
    machine, review = portal.machine(), samples.review()
    document = samples.notification()
    with caplog.at_level(logging.DEBUG):
        put(machine, "notifications", document)
        put(machine, "notifications", samples.notification(asked="other bytes"))
        put(machine, "reviews", review)
        desk, reviewer = portal.officer(), portal.reviewer()
        path = f"/notifications/{document.notification_id}"
        for page in ("/inbox", path, f"/{samples.CANARY}", f"/inbox?q={samples.CANARY}",
                     f"/notifications/{samples.CANARY}"):  # fmt: skip
            desk.get(page)
        recorded = {"recorded-day": 1, "recorded-month": 1, "recorded-year": 2026}
        desk.post(f"{path}/acknowledgement", version=1, reference="N/1", **recorded)
        pair = f"/reviews/{review.review_id}"
        reviewer.get(pair)
        reviewer.post(
            f"{pair}/judgement",
            version=1, decision="same", reason=f"It is {samples.CANARY}",
        )  # fmt: skip
        portal.client().post(
            "/sign-in", data={"username": samples.CANARY, "password": "Quill-Test"}
        )

    ours = "\n".join(
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith(TESTS_OWN)
    )
    assert f"GET {path} 200" in ours
    assert "GET (no such page) 404" in ours
    assert "GET /notifications/{notification_id} 404" in ours
    for private in (samples.CANARY, "Quill", "B91 9ZZ", "N/1 ", "Sample Close"):
        assert private not in ours


def test_the_audit_trail_names_nobody(portal):
    machine = portal.machine()
    document = samples.notification()
    put(machine, "notifications", document)
    desk = portal.officer()
    desk.get("/inbox")
    desk.get(f"/notifications/{document.notification_id}")
    desk.get(f"/notifications/{samples.CANARY}")

    assert samples.CANARY not in str(
        portal.trail("actor", "agency", "action", "subject", "shown")
    )
