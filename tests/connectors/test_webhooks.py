"""Nudges are signed so that anybody's Standard Webhooks library can check them, and
never lead into this network.
"""

import base64
import datetime as dt
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from loopback import Answer, listening

from connectors import webhook
from connectors.webhook import (
    BadSecretError,
    Signer,
    WebhookClient,
    WebhookFailed,
    WebhookGone,
    WebhookRefused,
    is_public,
)

AT = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
BODY = b'{"specversion":"1.0"}'


def shared(number: int = 1) -> str:
    return "whsec_" + base64.b64encode(bytes([number]) * 32).decode()


def private(number: int = 1) -> tuple[str, Ed25519PrivateKey]:
    key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    whole = key.private_bytes_raw() + key.public_key().public_bytes_raw()
    return "whsk_" + base64.b64encode(whole).decode(), key


def checked(headers: dict[str, str], body: bytes, secret: bytes) -> bool:
    """HMAC as RFC 2104 writes it down, apart from the library that signed."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    padded = secret.ljust(64, b"\0")
    inner = sha256(bytes(b ^ 0x36 for b in padded) + signed).digest()
    outer = sha256(bytes(b ^ 0x5C for b in padded) + inner).digest()
    wanted = "v1," + base64.b64encode(outer).decode()
    return wanted in headers["webhook-signature"].split(" ")


def test_the_published_example_has_its_published_signature():
    """The reference vector of the Standard Webhooks libraries."""
    at = dt.datetime.fromtimestamp(1614265330, dt.UTC)
    signer = Signer.read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signer.headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(st.binary(max_size=200), st.binary(min_size=24, max_size=64))
def test_a_shared_secret_signs_what_is_sent(body, secret):
    signer = Signer.read("whsec_" + base64.b64encode(secret).decode())
    headers = signer.headers("n-1", AT, body)
    assert checked(headers, body, secret)
    assert not checked(headers, body + b".", secret)
    assert not checked(headers | {"webhook-id": "n-2"}, body, secret)


@pytest.mark.parametrize("whole", [True, False], ids=["seed and public", "seed"])
def test_a_private_key_signs_so_that_the_public_one_checks(whole):
    text, key = private()
    if not whole:
        text = "whsk_" + base64.b64encode(key.private_bytes_raw()).decode()
    headers = Signer.read(text).headers("n-1", AT, BODY)
    version, _, encoded = headers["webhook-signature"].partition(",")
    signed = f"n-1.{headers['webhook-timestamp']}.".encode() + BODY
    assert version == "v1a"
    key.public_key().verify(base64.b64decode(encoded), signed)
    with pytest.raises(InvalidSignature):
        key.public_key().verify(base64.b64decode(encoded), signed + b" ")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_openssl_agrees():
    headers = Signer.read(shared()).headers("n-1", AT, BODY)
    signed = f"n-1.{headers['webhook-timestamp']}.".encode() + BODY
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt",
         "hexkey:" + "01" * 32, "-binary"],
        input=signed, capture_output=True, check=True,
    )  # fmt: skip
    assert (
        headers["webhook-signature"] == "v1," + base64.b64encode(done.stdout).decode()
    )


def test_while_secrets_change_each_of_them_signs():
    text, _ = private()
    headers = Signer.read(f"{shared(1)} {shared(2)}  {text}").headers("n", AT, BODY)
    versions = [one.split(",")[0] for one in headers["webhook-signature"].split(" ")]
    assert versions == ["v1", "v1", "v1a"]
    assert checked(headers, BODY, bytes([1]) * 32)
    assert checked(headers, BODY, bytes([2]) * 32)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "hunter2", "whsec_AAAA", "whsec_***", "whsec_c2hvcnQ=", "whsk_c2hvcnQ=",
     f"{shared()} nonsense", "whpk_" + base64.b64encode(bytes(32)).decode()],
)  # fmt: skip
def test_what_is_no_secret_signs_nothing_and_is_not_repeated(text):
    with pytest.raises(BadSecretError) as bad:
        Signer.read(text)
    assert not text.strip() or text not in str(bad.value)


def test_a_signer_does_not_print_its_secrets():
    assert "\\x01" not in repr(Signer.read(shared()))


# --- the call ----------------------------------------------------------------------


def client(url: str, **given) -> WebhookClient:
    return WebhookClient(url, Signer.read(shared()), **({"inside": True} | given))


def test_a_nudge_arrives_signed():
    calls = []

    def answer(call):
        calls.append(call)
        return Answer(204)

    with listening(answer) as url, client(f"{url}/hook?k=1") as endpoint:
        endpoint.call("n-1", AT, BODY)
    [call] = calls
    assert (call.method, call.path, call.body) == ("POST", "/hook?k=1", BODY)
    assert call.headers["host"] == url.removeprefix("http://")
    assert call.headers["content-type"] == "application/cloudevents+json"
    assert checked(call.headers, call.body, bytes([1]) * 32)


@pytest.mark.parametrize(
    ("status", "error"),
    [(code, WebhookFailed) for code in (301, 302, 307, 308, 408, 425, 429, 500, 503)]
    + [(code, WebhookRefused) for code in (400, 401, 403, 404, 409, 413, 422)]
    + [(410, WebhookGone)],
)
def test_what_the_answer_means(status, error):
    calls = []

    def answer(call):
        calls.append(call)
        headers = (("Location", "/elsewhere"), ("Retry-After", "90"))
        return Answer(status, headers, b"x" * 100_000)

    with (
        listening(answer) as url,
        client(f"{url}/hook") as endpoint,
        pytest.raises(error, match=f"answered {status}") as raised,
    ):
        endpoint.call("n-1", AT, BODY)
    assert len(calls) == 1, "a redirect is not followed"
    if error is WebhookFailed:
        assert raised.value.retry_after == 90


def test_no_answer_is_a_failure():
    with (
        listening(lambda call: Answer(0)) as url,
        client(url) as endpoint,
        pytest.raises(WebhookFailed, match="RemoteProtocolError"),
    ):
        endpoint.call("n-1", AT, BODY)
    with client(url) as endpoint, pytest.raises(WebhookFailed, match="ConnectError"):
        endpoint.call("n-1", AT, BODY)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        client(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.1) as endpoint,
        pytest.raises(WebhookFailed, match=r"ReadTimeout|RemoteProtocolError"),
    ):
        endpoint.call("n-1", AT, BODY)


def test_an_answer_that_drips_is_cut_off():
    """Each byte comes in time; the whole would take for ever."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            connection, _ = server.accept()
            connection.recv(65_536)
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 204 No Content\r\n")
                while not over.wait(0.02):
                    connection.sendall(b"X-Drip: 1\r\n")

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with client(url, timeout=0.3) as endpoint, pytest.raises(WebhookFailed):
            endpoint.call("n-1", AT, BODY)
        over.set()
        thread.join()


# --- where it may lead -------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1",
     "100.64.0.1", "224.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
     "ff02::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1",
     "2002:a00:1::", "255.255.255.255", "192.0.2.1"],
)  # fmt: skip
def test_an_address_inside_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2a00:1450::1", "::ffff:8.8.8.8", "51.1.2.3"]
)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


def looked_up(*addresses):
    return lambda host, port: list(addresses)


@pytest.mark.parametrize("found", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], []])
def test_a_host_that_leads_inside_is_not_called(monkeypatch, found):
    monkeypatch.setattr(webhook, "addresses_of", looked_up(*found))
    with (
        client("https://hooks.example/x", inside=False) as endpoint,
        pytest.raises(WebhookFailed, match="inside this network"),
    ):
        endpoint.call("n-1", AT, BODY)


def test_plain_http_stays_on_this_machine_even_in_a_demonstration(monkeypatch):
    monkeypatch.setattr(webhook, "addresses_of", looked_up("8.8.8.8"))
    with (
        client("http://hooks.example/x") as endpoint,
        pytest.raises(WebhookFailed, match="inside this network"),
    ):
        endpoint.call("n-1", AT, BODY)


def test_a_host_that_is_nowhere_is_a_failure(monkeypatch):
    def look_up(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(webhook, "addresses_of", look_up)
    with (
        client("https://hooks.example/x") as endpoint,
        pytest.raises(WebhookFailed, match="no such host"),
    ):
        endpoint.call("n-1", AT, BODY)


@pytest.mark.parametrize(
    ("url", "inside"),
    [("http://127.0.0.1/x", False), ("ftp://hooks.example", True), ("https://", True),
     ("https://user:word@hooks.example", False), ("https://x:y/", False)],
)  # fmt: skip
def test_other_addresses_are_no_webhooks(url, inside):
    with pytest.raises(ValueError, match="address"):
        client(url, inside=inside)


def test_the_certificate_is_checked_against_the_name_and_not_the_address(monkeypatch):
    """The call goes to the address that was looked up and asks for the name."""
    monkeypatch.setattr(webhook, "addresses_of", looked_up("127.0.0.1"))
    asked = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = lambda sock, name, ctx: asked.append(name)
        with connection:
            try:
                context.wrap_socket(connection, server_side=True)
            except (ssl.SSLError, OSError):
                return

    thread = threading.Thread(target=serve)
    thread.start()
    url = f"https://hooks.example:{server.getsockname()[1]}/x"
    with client(url) as endpoint, pytest.raises(WebhookFailed):
        endpoint.call("n-1", AT, BODY)
    thread.join()
    server.close()
    assert asked == ["hooks.example"]
