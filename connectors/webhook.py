"""Nudges over HTTPS: thin calls, signed as Standard Webhooks 1.0.0 lays down.

The signature covers ``id.timestamp.body``. A variable may hold several secrets, with a
space between them, while a recipient changes from one to the next: the call then bears
a signature of each. ``whsec_`` is a shared secret (HMAC-SHA256, ``v1``), ``whsk_`` a
private key (Ed25519, ``v1a``).

An address is looked up once and the call goes to what was found, so that it can't lead
to this network's own machines: redirects and proxies are not followed either.
"""

import base64
import binascii
import datetime as dt
import hmac
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from types import TracebackType
from typing import Any, Self

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.portal import asked_wait

TIMEOUT = 20.0
"""Seconds that a recipient has for its answer."""

_GONE = 410
_TRY_AGAIN = frozenset({408, 425, 429})
_SECRET_BYTES = range(24, 65)
_KEY_BYTES = (32, 64)
"""A seed alone, or followed by its public key."""
_TRANSLATED = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("2001::/32"),
)
"""IPv6 that stands for some IPv4 address behind a translator."""


class WebhookError(Exception):
    """A nudge did not arrive. It names the host at most, never the secret."""


class WebhookFailed(WebhookError):
    """Not now: no answer, a redirect, 408, 425, 429 or 5xx. Try again later."""

    def __init__(self, reason: str, retry_after: float | None = None):
        super().__init__(reason)
        self.retry_after = retry_after


class WebhookRefused(WebhookError):
    """The recipient says no to this call; sending it again changes nothing."""


class WebhookGone(WebhookError):
    """410: the recipient wants no more of them at this address."""


class BadSecretError(ValueError):
    """What a variable holds signs nothing. The message does not repeat it."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs calls with every secret that a recipient may check them by."""

    shared: tuple[bytes, ...] = field(default=(), repr=False)
    private: tuple[Ed25519PrivateKey, ...] = field(default=(), repr=False)

    @classmethod
    def read(cls, secrets: str) -> Self:
        """From the text of a variable: one or more secrets, spaces between them.

        Raises:
            BadSecretError: there is none, or one of them is no secret.
        """
        shared, private = [], []
        for text in secrets.split():
            prefix, _, encoded = text.partition("_")
            try:
                value = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                value = b""
            if prefix == "whsec" and len(value) in _SECRET_BYTES:
                shared.append(value)
            elif prefix == "whsk" and len(value) in _KEY_BYTES:
                private.append(Ed25519PrivateKey.from_private_bytes(value[:32]))
            else:
                raise BadSecretError(
                    "is no webhook secret: whsec_ and 24 to 64 bytes in base64, or "
                    "whsk_ and an Ed25519 key in base64"
                )
        if not shared and not private:
            raise BadSecretError("holds no webhook secret")
        return cls(tuple(shared), tuple(private))

    def headers(self, call_id: str, at: dt.datetime, body: bytes) -> dict[str, str]:
        """What says who sends the call, and when it was signed."""
        timestamp = str(int(at.timestamp()))
        signed = f"{call_id}.{timestamp}.".encode() + body
        signatures = [
            ("v1", hmac.digest(secret, signed, sha256)) for secret in self.shared
        ]
        signatures += [("v1a", key.sign(signed)) for key in self.private]
        return {
            "webhook-id": call_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": " ".join(
                f"{version},{base64.b64encode(signature).decode()}"
                for version, signature in signatures
            ),
        }


class WebhookClient:
    """One recipient's endpoint. Use it in a ``with`` statement.

    Args:
        url: ``https://…``; ``http://`` to this machine only, and only if ``inside``.
        signer: what the recipient checks the call by.
        inside: whether addresses of private networks and of this machine are allowed,
            as in a demonstration.

    Raises:
        ValueError: the address is not one that may be called.
    """

    def __init__(
        self, url: str, signer: Signer, *, inside: bool = False,
        timeout: float = TIMEOUT,
    ) -> None:  # fmt: skip
        try:
            self._url = httpx.URL(url)
        except httpx.InvalidURL:
            raise ValueError("the webhook's address can't be read") from None
        if not self._url.host or self._url.userinfo:
            raise ValueError("the webhook's address needs a host, and no password")
        if self._url.scheme != "https" and not (inside and self._url.scheme == "http"):
            raise ValueError("a webhook's address begins with https://")
        self._host = self._url.raw_host.decode("ascii")
        self._signer = signer
        self._inside = inside
        self._timeout = timeout
        self._client = httpx.Client(
            timeout=timeout, follow_redirects=False, trust_env=False,
            headers={"User-Agent": "crossborder-region/1"},
            limits=httpx.Limits(max_keepalive_connections=0),
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def call(self, call_id: str, at: dt.datetime, body: bytes) -> None:
        """The recipient took the call.

        Raises:
            WebhookFailed: it may have; call again later, with the same id.
            WebhookRefused: it never will.
            WebhookGone: it wants no more of them.
        """
        address = self._address()
        headers = {
            "Host": self._url.netloc.decode("ascii"),
            "Content-Type": "application/cloudevents+json",
            **self._signer.headers(call_id, at, body),
        }
        try:
            with (
                _cut_off_after(self._timeout) as watch,
                self._client.stream(
                    "POST",
                    self._url.copy_with(host=address),
                    content=body,
                    headers=headers,
                    extensions={"sni_hostname": self._host, "trace": watch},
                ) as answer,
            ):
                self._judge(answer)
        except httpx.HTTPError as error:
            raise WebhookFailed(f"{self._host}: {type(error).__name__}") from None

    def _judge(self, answer: httpx.Response) -> None:
        """Says what the status means; the answer's body is never read."""
        status = answer.status_code
        said = f"{self._host} answered {status}"
        if answer.is_success:
            return
        if status == _GONE:
            raise WebhookGone(said)
        if answer.is_client_error and status not in _TRY_AGAIN:
            raise WebhookRefused(said)
        raise WebhookFailed(said, asked_wait(answer.headers.get("Retry-After", "")))

    def _address(self) -> str:
        """Where the host is; every address that it has must be a permitted one."""
        try:
            addresses = addresses_of(self._host, self._url.port or 443)
        except (OSError, UnicodeError):
            raise WebhookFailed(f"{self._host}: there is no such host") from None
        if not addresses or not self._permitted(addresses):
            raise WebhookFailed(
                f"{self._host} leads to an address inside this network; name one "
                "that the recipient answers at from outside"
            )
        return addresses[0]

    def _permitted(self, addresses: Sequence[str]) -> bool:
        if self._url.scheme == "http":
            return all(ipaddress.ip_address(one).is_loopback for one in addresses)
        return self._inside or all(is_public(one) for one in addresses)


@contextmanager
def _cut_off_after(seconds: float) -> Iterator[Callable[[str, dict[str, Any]], None]]:
    """Hangs up on a call that takes longer than this as a whole.

    The client's own limit begins anew with each byte, so that a recipient that sends
    one now and then would hold up everybody after it. What is given watches the call's
    connection.
    """
    sockets: list[socket.socket] = []

    def watch(event: str, about: dict[str, Any]) -> None:
        if event in (
            "connection.connect_tcp.complete",
            "connection.start_tls.complete",
        ):
            sockets.append(about["return_value"].get_extra_info("socket"))

    def hang_up() -> None:
        for one in sockets:
            with suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses that a name leads to now."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet's, whichever way written."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif any(found in network for network in _TRANSLATED):
            return False
    return found.is_global and not found.is_multicast
