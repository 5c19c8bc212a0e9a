"""E-mails through GOV.UK Notify: that something waits, and where; nothing of anybody.

The service has no idempotency key, so that an e-mail whose answer was lost may come
twice; its reference is then the same both times.
"""

import logging
import re
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from connectors.portal import asked_wait

TIMEOUT = 20.0

SERVICE = "https://api.notifications.service.gov.uk"
_TRY_AGAIN = frozenset({408, 425, 429})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEY = re.compile(rf".*{_UUID}-{_UUID}")
_TITLES = re.compile(r"[A-Za-z]{1,40}")

# The client's own lines quote the service's answer, which may repeat an address.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)


class NotifyError(Exception):
    """An e-mail was not sent. It names neither the address nor the key."""


class NotifyUnavailable(NotifyError):
    """Not now: the service did not answer, is limited, or failed. Try again later."""

    def __init__(self, reason: str, retry_after: float | None = None):
        super().__init__(reason)
        self.retry_after = retry_after


class NotifyRefused(NotifyError):
    """The service will not send this one: address, template or personalisation."""


class NotifyKeyRefused(NotifyError):
    """The service refuses the key, or this machine's clock: no e-mail can be sent."""


class NotifyClient:
    """The service, with one region's key and template. Use it in a ``with`` statement.

    Raises:
        ValueError: the key is none of the service's, or the address is neither HTTPS
            nor this machine.
    """

    def __init__(self, key: str, template_id: str, base_url: str | None = None) -> None:
        from notifications_python_client.notifications import NotificationsAPIClient

        url = base_url or SERVICE
        parts = urlsplit(url)
        here = parts.hostname in _LOOPBACK
        if parts.scheme != "https" and not (parts.scheme == "http" and here):
            raise ValueError("its address must begin with https://")
        if not is_key(key):
            raise ValueError("the key is not one that GOV.UK Notify made")
        untyped: Any = NotificationsAPIClient
        client = untyped(key, base_url=url, timeout=TIMEOUT)
        client.request_session.trust_env = not here
        client.request_session.max_redirects = 0
        self._session = client.request_session
        self._service = client
        self._template_id = template_id

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def send(self, address: str, reference: str, count: int, portal_url: str) -> None:
        """The service has taken the e-mail. That is not that anybody has read it.

        Raises:
            NotifyUnavailable: it may have; send it again later.
            NotifyRefused: it never will.
            NotifyKeyRefused: nor any other, until a person mends the key.
        """
        from notifications_python_client.errors import APIError, InvalidResponse

        try:
            self._service.send_email_notification(
                address,
                self._template_id,
                personalisation={"count": count, "portal_url": portal_url},
                reference=reference,
            )
        except InvalidResponse:
            return  # it answered 2xx, in words that aren't JSON
        except APIError as error:
            raise _meaning(error) from None


def is_key(text: str) -> bool:
    """Whether it has the form of a key that the service makes."""
    return _KEY.fullmatch(text) is not None


def _meaning(error: Any) -> NotifyError:
    answer = error.response
    if answer is None:
        return NotifyUnavailable("GOV.UK Notify did not answer")
    status = answer.status_code
    said = f"GOV.UK Notify answered {status}, {_title(error.message)}"
    if status >= 500 or status < 400 or status in _TRY_AGAIN:
        wait = asked_wait(answer.headers.get("Retry-After", ""))
        return NotifyUnavailable(said, wait)
    if status in (401, 403):
        return NotifyKeyRefused(said)
    return NotifyRefused(said)


def _title(errors: Any) -> str:
    """The service's name for the error; its message may quote the address."""
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        title = errors[0].get("error")
        if isinstance(title, str) and _TITLES.fullmatch(title):
            return title
    return "no reason given"
