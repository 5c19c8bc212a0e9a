"""E-mails go through GOV.UK Notify, say nothing of anybody, and name later and no."""

import json
import logging
import socket

import pytest
from loopback import Answer, listening

from connectors.notify import (
    NotifyClient,
    NotifyKeyRefused,
    NotifyRefused,
    NotifyUnavailable,
)

SERVICE_ID, SECRET = (
    "00000000-0000-4000-8000-000000000001",
    "0" * 7 + "1" + ("-0000-4000-8000-000000000002"),
)
KEY = f"tests-{SERVICE_ID}-{SECRET}"
ADDRESS = "duty.330@demo.example"
PORTAL = "https://portal.demo.example"


def failing(status: int, error: str = "BadRequestError", **headers: str) -> Answer:
    content = {
        "status_code": status,
        "errors": [{"error": error, "message": f"{ADDRESS} is not an address"}],
    }
    return Answer(status, tuple(headers.items()), json.dumps(content).encode())


def send(url: str) -> None:
    with NotifyClient(KEY, "template-1", url) as client:
        client.send(ADDRESS, "nudge-1", 3, PORTAL)


def test_an_email_says_how_many_and_where():
    calls = []

    def answer(call):
        calls.append(call)
        return Answer(201, body=b'{"id": "n"}')

    with listening(answer) as url:
        send(url)
    [call] = calls
    assert call.path == "/v2/notifications/email"
    assert json.loads(call.body) == {
        "email_address": ADDRESS,
        "template_id": "template-1",
        "personalisation": {"count": 3, "portal_url": PORTAL},
        "reference": "nudge-1",
    }
    assert SECRET not in call.headers["authorization"]


def test_an_answer_that_is_no_json_is_still_a_yes():
    with listening(lambda call: Answer(201, body=b"<html>")) as url:
        send(url)


@pytest.mark.parametrize(
    ("answer", "error"),
    [(failing(code), NotifyUnavailable) for code in (408, 425, 429, 500, 502, 503)]
    + [(failing(code), NotifyRefused) for code in (400, 404, 413)]
    + [(failing(code, "AuthError"), NotifyKeyRefused) for code in (401, 403)]
    + [
        (failing(302, Location="/elsewhere"), NotifyUnavailable),
        (Answer(0), NotifyUnavailable),
        (Answer(400, body=b"[1]"), NotifyRefused),
        (Answer(400, body=b'{"errors": [{"error": "a b"}]}'), NotifyRefused),
    ],
)
def test_what_the_services_errors_mean(answer, error, caplog):
    calls = []

    def answered(call):
        calls.append(call)
        return answer

    with (
        caplog.at_level(logging.DEBUG),
        listening(answered) as url,
        pytest.raises(error) as raised,
    ):
        send(url)
    assert len(calls) == 1
    for said in (str(raised.value), caplog.text):
        assert ADDRESS not in said
        assert SECRET not in said


def test_the_wait_that_the_service_asks_for_is_kept():
    answer = failing(429, "RateLimitError", **{"Retry-After": "60"})
    with (
        listening(lambda call: answer) as url,
        pytest.raises(NotifyUnavailable, match="429, RateLimitError") as later,
    ):
        send(url)
    assert later.value.retry_after == 60


def test_nobody_there_is_unavailable():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotifyUnavailable):
        send(f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("key", ["", "short", f"tests-{SERVICE_ID}", "x" * 80])
def test_a_key_of_another_form_is_refused_before_any_call(key):
    with pytest.raises(ValueError, match="key") as bad:
        NotifyClient(key, "template-1")
    assert not key or key not in str(bad.value)


@pytest.mark.parametrize("url", ["http://notify.example", "ftp://127.0.0.1"])
def test_the_address_is_https_or_this_machine(url):
    with pytest.raises(ValueError, match="https"):
        NotifyClient(KEY, "template-1", url)
