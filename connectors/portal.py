"""The region's side of a portal: documents are put, events are read, nothing else.

Errors, and what to do with them::

    PortalError
    ├── PortalUnavailable   try again later: it did not answer, or asked to wait
    └── PortalRefused       the same bytes will be refused again: a person must look

Neither carries a body, a key or anything of a person; only the call's path, which
holds ids, and the status and title of the answer.
"""

import json
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

_TRY_AGAIN = frozenset({408, 425, 429})
"""With every 5xx: answers that say *later*, not *no*."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_EVENTS = "/v1/events"
_NO_TITLE = "no reason given"
_LONGEST_TITLE = 120
_LONGEST_WAIT = 86_400.0


class PortalError(Exception):
    """A call to the portal did not do what it was to do."""


class PortalUnavailable(PortalError):
    """The portal did not answer, or not now. The call may or may not have worked.

    Calls are idempotent: send the same bytes again. ``retry_after`` is the wait in
    seconds that the portal asked for, if it did.
    """

    def __init__(self, call: str, reason: str, retry_after: float | None = None):
        super().__init__(f"{call}: the portal is unavailable ({reason})")
        self.retry_after = retry_after


class PortalRefused(PortalError):
    """The portal understood the call and said no; sending it again changes nothing."""

    def __init__(self, call: str, status: int, title: str):
        super().__init__(f"{call}: refused with {status}, {title}")
        self.status = status
        self.title = title


class PortalClient:
    """One region's connection to its portal. Use it in a ``with`` statement.

    Args:
        base_url: ``https://…``; plain HTTP is accepted on this machine only, since
            the key would travel in clear.
        key: the machine key that ``crossborder-portal create-key`` printed.
        timeout: seconds for each step of a call: connecting, sending, waiting.

    Raises:
        ValueError: the address is neither HTTPS nor this machine, or the key is empty.
    """

    def __init__(self, base_url: str, key: str, timeout: float = 20) -> None:
        parts = urlsplit(base_url)
        here = parts.hostname in _LOOPBACK
        if parts.scheme != "https" and not (parts.scheme == "http" and here):
            raise ValueError(
                f"{parts.scheme}://{parts.hostname} would carry the portal's key in "
                "clear: use https (plain http is for this machine only)"
            )
        if not key:
            raise ValueError("the portal's key is empty")
        self._client = httpx.Client(
            base_url=base_url,
            timeout=timeout,
            follow_redirects=False,
            trust_env=not here,  # a proxy can't reach this machine's own portal
            headers={
                "Authorization": f"Bearer {key}",
                "User-Agent": "crossborder-region/1",
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def put(self, path: str, body: bytes) -> None:
        """The document of this path is held by the portal, with exactly these bytes.

        Raises:
            PortalUnavailable: it may be; put the same bytes again later.
            PortalRefused: it is not, and will not be as it stands.
        """
        self._send("PUT", path, body)

    def post(self, path: str, body: bytes) -> None:
        """As :meth:`put`, for calls that add to a document: its withdrawal."""
        self._send("POST", path, body)

    def events(self, after: str | None) -> Iterator[dict[str, Any]]:
        """Every event after the one with this id, oldest first; all without an id.

        Pages are fetched as the caller goes on. Each event is a CloudEvent as a dict.

        Raises:
            PortalUnavailable: what came before it is good; go on from there later.
            PortalRefused: the portal doesn't know the id, or not this key.
        """
        page: str | None = _EVENTS
        query = {"after": after} if after is not None else {}
        while page is not None:
            answer = self._answer("GET", page, params=query)
            yield from _events_of(answer)
            page, query = self._next_of(answer), {}

    def _send(self, method: str, path: str, body: bytes) -> None:
        self._answer(
            method, path, content=body, headers={"Content-Type": "application/json"}
        )

    def _answer(self, method: str, path: str, **given: Any) -> httpx.Response:
        call = f"{method} {urlsplit(path).path}"
        if not given.get("params"):
            given.pop("params", None)  # an empty query would replace the path's own
        try:
            answer = self._client.request(method, path, **given)
        except httpx.HTTPError as error:
            raise PortalUnavailable(call, type(error).__name__) from None
        if answer.is_success:
            return answer
        if answer.is_server_error or answer.status_code in _TRY_AGAIN:
            reason = f"{answer.status_code}, {_title_of(answer)}"
            wait = asked_wait(answer.headers.get("Retry-After", ""))
            raise PortalUnavailable(call, reason, wait)
        raise PortalRefused(call, answer.status_code, _title_of(answer))

    def _next_of(self, answer: httpx.Response) -> str | None:
        """The next page, which must be another one of this portal's."""
        link = answer.links.get("next")
        if link is None:
            return None
        try:
            following = answer.url.join(link["url"])
        except httpx.InvalidURL:
            following = answer.url
        here = (answer.url.scheme, answer.url.netloc)
        if following == answer.url or (following.scheme, following.netloc) != here:
            raise PortalRefused(
                f"GET {_EVENTS}", answer.status_code, "its next page leads elsewhere"
            )
        return str(following)


def _events_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """The page's events; an answer that is no page is something standing in between."""
    try:
        page = answer.json()
    except ValueError:
        page = None
    if not isinstance(page, list) or not all(
        isinstance(event, dict) and "id" in event and "type" in event for event in page
    ):
        raise PortalUnavailable(f"GET {_EVENTS}", "the answer is no page of events")
    return page


def _title_of(answer: httpx.Response) -> str:
    """The title of a problem document (RFC 9457); never its detail or the body."""
    if answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        try:
            title = json.loads(answer.content)["title"]
        except (ValueError, KeyError, TypeError):
            return _NO_TITLE
        if isinstance(title, str):
            return title[:_LONGEST_TITLE]
    return _NO_TITLE


def asked_wait(wait: str) -> float | None:
    """The seconds of a ``Retry-After``, a day at most; its date form is not read."""
    return min(float(wait), _LONGEST_WAIT) if wait.isdecimal() else None
