"""The region's client: tells *later* from *no*, and carries nothing it need not.

Its contract is held against the shipped portal over loopback HTTP; what a portal
should never answer comes from a server that reads its answers from a list.
"""

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import portal_samples as samples
import pytest
from portal_under_test import NOON, furnish, served, settings_for

from connectors.portal import (
    PortalClient,
    PortalError,
    PortalRefused,
    PortalUnavailable,
)
from notifications.documents import body
from portal import events, machines
from portal.app import create_app
from portal.permissions import OPERATOR

KEY = "xb_made-up"


@pytest.fixture
def real(tmp_path):
    """A real portal: its address, a key, and its database."""
    url = f"sqlite:///{tmp_path / 'portal.db'}"
    furnish(url)
    app = create_app(settings_for(url))
    store = app.state.running.store
    with store.writing(OPERATOR) as connection:
        key = machines.create_key(connection, "tests", machines.PIPELINE, NOON)
    with served(app) as address:
        yield address, key, store
    store.close()


@pytest.fixture
def region(real):
    address, key, _ = real
    with PortalClient(address, key) as client:
        yield client


def path_of(document):
    return f"/v1/notifications/{document.notification_id}"


def test_every_kind_of_document_goes_in_once_and_again(region):
    document, withdrawal = samples.notification(), samples.withdrawal()
    for _ in range(2):
        region.put(path_of(document), body(document))
        region.post(f"{path_of(document)}/withdrawal", body(withdrawal))
        for kind, made in (
            ("obligations", samples.obligation()), ("reviews", samples.review()),
            ("people", samples.person()), ("runs", samples.run()),
            ("verdicts", samples.verdict()),
        ):  # fmt: skip
            identity = next(iter(made.model_dump().values()))
            region.put(f"/v1/{kind}/{identity}", body(made))


def test_other_bytes_are_refused_for_good_and_the_error_says_no_more(region):
    region.put(path_of(samples.notification()), body(samples.notification()))
    other = samples.notification(asked="Something else.")

    with pytest.raises(PortalRefused) as refused:
        region.put(path_of(other), body(other))

    assert refused.value.status == 409
    assert refused.value.title == "It goes against what is held"
    assert str(refused.value) == (
        f"PUT {path_of(other)}: refused with 409, It goes against what is held"
    )
    assert samples.CANARY not in repr(refused.value)


def test_a_key_that_opens_nothing_is_refused(real):
    address, _, _ = real
    with PortalClient(address, KEY) as client, pytest.raises(PortalRefused) as refused:
        client.put("/v1/runs/x", b"{}")
    assert refused.value.status == 401
    assert KEY not in str(refused.value)


def test_events_are_read_over_every_page_and_on_from_where_one_stopped(real, region):
    _, _, store = real
    data = events.Receipt(agency=samples.POLICE, actor="somebody")
    made = []
    for number in range(130):
        with store.writing(OPERATOR) as connection:
            kind, subject = events.EventType.OPENED, samples.made(str(number))
            made.append(str(events.append(connection, kind, subject, data, NOON)))

    assert [event["id"] for event in region.events(None)] == made
    assert [event["id"] for event in region.events(made[100])] == made[101:]
    assert list(region.events(made[-1])) == []


def test_a_feed_that_began_anew_is_not_read_as_empty(region):
    with pytest.raises(PortalRefused) as refused:
        list(region.events(str(samples.made("from another feed"))))
    assert refused.value.status == 404


@contextmanager
def answering(*answers):
    """A server that gives these answers in turn: (status, headers, body) each."""
    waiting, asked = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append((self.path, dict(self.headers)))
            status, headers, content = waiting.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = answer

        def log_message(self, *given):
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


PROBLEM = {"Content-Type": "application/problem+json"}


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_an_answer_that_says_later_is_unavailable(status):
    with (
        answering((status, {"Retry-After": "7"}, b"busy")) as (url, _),
        PortalClient(url, KEY) as client,
        pytest.raises(PortalUnavailable) as later,
    ):
        client.put("/v1/runs/x", b"{}")
    assert later.value.retry_after == 7
    assert str(status) in str(later.value)


@pytest.mark.parametrize("status", [300, 301, 307, 400, 403, 404, 409, 410, 413, 422])
def test_an_answer_that_says_no_is_refused(status):
    headers = {"Location": "http://127.0.0.1:1/"}
    with (
        answering((status, headers, b"no")) as (url, asked),
        PortalClient(url, KEY) as client,
        pytest.raises(PortalRefused) as refused,
    ):
        client.put("/v1/runs/x", b"{}")
    assert refused.value.status == status
    assert refused.value.title == "no reason given"
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (b'{"title": "Too old"}', "Too old"),
        (b'{"title": "' + b"x" * 500 + b'"}', "x" * 120),
        (b'{"title": 7}', "no reason given"),
        (b"[]", "no reason given"),
        (b"<html>", "no reason given"),
        (b"\xff", "no reason given"),
    ],
)
def test_only_a_problems_title_is_repeated(content, title):
    with (
        answering((409, PROBLEM, content)) as (url, _),
        PortalClient(url, KEY) as client,
        pytest.raises(PortalRefused) as refused,
    ):
        client.put("/v1/runs/x", b"{}")
    assert refused.value.title == title


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", 120), ("0", 0), ("9" * 400, 86_400), ("-1", None), ("soon", None),
        ("Sun, 22 Nov 2026 12:00:00 GMT", None),
    ],
)  # fmt: skip
def test_a_wait_is_whole_seconds_and_a_day_at_most(header, wait):
    with (
        answering((503, {"Retry-After": header}, b"")) as (url, _),
        PortalClient(url, KEY) as client,
        pytest.raises(PortalUnavailable) as later,
    ):
        client.put("/v1/runs/x", b"{}")
    assert later.value.retry_after == wait


def test_nobody_there_is_unavailable():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (
        PortalClient(f"http://127.0.0.1:{port}", KEY) as client,
        pytest.raises(PortalUnavailable, match="ConnectError"),
    ):
        client.put("/v1/runs/x", b"{}")


def test_no_answer_in_time_is_unavailable():
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        PortalClient(
            f"http://127.0.0.1:{silent.getsockname()[1]}", KEY, timeout=0.1
        ) as client,
        pytest.raises(PortalUnavailable, match="ReadTimeout"),
    ):
        client.put("/v1/runs/x", b"{}")


def test_an_answer_cut_short_is_unavailable():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def cut():
            connection, _ = server.accept()
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
            connection.close()

        thread = threading.Thread(target=cut)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with PortalClient(url, KEY) as client, pytest.raises(PortalUnavailable):
            client.put("/v1/runs/x", b"{}")
        thread.join()


@pytest.mark.parametrize(
    "content", [b"<html>Sign in to the network</html>", b"{}", b"[1]", b'[{"id": "x"}]']
)
def test_an_answer_that_is_no_page_of_events_is_not_read_as_none(content):
    with (
        answering((200, {}, content)) as (url, _),
        PortalClient(url, KEY) as client,
        pytest.raises(PortalUnavailable, match="no page of events"),
    ):
        list(client.events(None))


@pytest.mark.parametrize(
    "link",
    ["https://elsewhere.example/v1/events", "//elsewhere.example/x", "/v1/events",
     "http://127.0.0.1:1/v1/events", "http://[broken/"],
)  # fmt: skip
def test_the_key_never_follows_a_link_elsewhere(link):
    page = (200, {"Link": f'<{link}>; rel="next"'}, b'[{"id": "1", "type": "x"}]')
    with answering(page) as (url, asked), PortalClient(url, KEY) as client:
        feed = client.events(None)
        assert next(feed)["id"] == "1"
        with pytest.raises(PortalRefused, match="leads elsewhere"):
            next(feed)
    assert len(asked) == 1


def test_calls_carry_the_key_and_pages_their_query():
    first = (200, {"Link": '</v1/events?after=1&limit=9>; rel="next"'}, b"[]")
    with (
        answering(first, (200, {}, b"[]")) as (url, asked),
        PortalClient(url, KEY) as client,
    ):
        assert list(client.events("0")) == []
    paths, headers = zip(*asked, strict=True)
    assert paths == ("/v1/events?after=0", "/v1/events?after=1&limit=9")
    assert {given["Authorization"] for given in headers} == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    "url", ["http://portal.example", "http://10.0.0.1", "ftp://127.0.0.1", "portal"]
)
def test_the_key_does_not_travel_in_clear(url):
    with pytest.raises(ValueError, match="in clear"):
        PortalClient(url, KEY)


@pytest.mark.parametrize("url", ["https://portal.example", "http://localhost:8400"])
def test_https_and_this_machine_will_do(url):
    PortalClient(url, KEY).close()


def test_there_is_no_calling_without_a_key():
    with pytest.raises(ValueError, match="key is empty"):
        PortalClient("https://portal.example", "")


def test_both_errors_are_the_portals():
    assert issubclass(PortalUnavailable, PortalError)
    assert issubclass(PortalRefused, PortalError)
    assert not issubclass(PortalRefused, PortalUnavailable)
