"""The outer door: every request comes in and goes out here.

It gives each request an id, takes no more of a body than is allowed, puts the security
headers on each answer, writes the one log line, and turns what nobody caught into a
plain 500. Names never reach the log: a line holds the route's pattern and ids, and a
failure's line holds where it happened, never its message, which may quote a record.
"""

import logging
import secrets
import time
import traceback
from collections.abc import Callable
from uuid import UUID, uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("portal")

Refuse = Callable[[Request, int], Response]
"""Makes the answer for a status that the door itself gives: 413 or 500."""

_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_STATIC = "/static/"


class Door:
    """ASGI middleware around everything else of the portal."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        largest_body: int,
        behind_tls: bool,
        refuse: Refuse,
        router: Router,
    ) -> None:
        self.app = app
        self.largest_body = largest_body
        self.behind_tls = behind_tls
        self.refuse = refuse
        self.router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.monotonic()
        nonce = secrets.token_urlsafe(16)
        request_id = str(uuid4())
        scope["state"] = {
            **scope.get("state", {}), "nonce": nonce, "request_id": request_id,
        }  # fmt: skip
        status = 0

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(scope, message, nonce)
            await send(message)

        try:
            body = await _body(scope, receive, self.largest_body)
            if body is None:
                refusal = self.refuse(Request(scope), 413)
                await refusal(scope, receive, send_dressed)
            else:
                await self.app(scope, _replayed(body, receive), send_dressed)
        except Exception as error:  # noqa: BLE001 - nothing may pass the outer door
            log.error("%s failed: %s", request_id, _whereabouts(error))
            if not status:
                refusal = self.refuse(Request(scope), 500)
                await refusal(scope, receive, send_dressed)
        log.info(
            "%s %s %s %d %.0fms", request_id, scope["method"], self._pattern(scope),
            status, 1000 * (time.monotonic() - begun),
        )  # fmt: skip

    def _dress(self, scope: Scope, message: Message, nonce: str) -> None:
        headers = MutableHeaders(scope=message)
        headers["X-Request-Id"] = scope["state"]["request_id"]
        headers["Content-Security-Policy"] = _CONTENT_POLICY.format(nonce=nonce)
        for name, value in _HEADERS.items():
            headers[name] = value
        if self.behind_tls:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        headers["Cache-Control"] = _keeping(scope, message["status"])

    def _pattern(self, scope: Scope) -> str:
        """The route's pattern with ids filled in: nothing else that a caller wrote."""
        for route in self.router.routes:
            match, found = route.matches(scope)
            if match is Match.NONE or not hasattr(route, "path"):
                continue
            pattern = str(route.path)
            for name, value in found.get("path_params", {}).items():
                if _is_uuid(str(value)):
                    pattern = pattern.replace("{" + name + "}", str(value))
            return pattern
        return "(no such page)"


async def _body(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The whole body; ``None`` when it is longer than allowed."""
    announced = Headers(scope=scope).get("content-length", "0")
    if not announced.isdecimal() or len(announced) > 12 or int(announced) > most:
        return None
    chunks: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        chunks.append(message.get("body", b""))
        length += len(chunks[-1])
        if length > most:
            return None
        if not message.get("more_body", False):
            break
    return b"".join(chunks)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _whereabouts(error: BaseException) -> str:
    """The kind of a failure and where it went through; its message stays unsaid."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        for frame in reversed(frames[-8:])
    )
    cause = error.__cause__ or error.__context__
    behind = f", after {type(cause).__name__}" if cause else ""
    return f"{type(error).__name__}{behind} at {places}"


def _keeping(scope: Scope, status: int) -> str:
    """Pages are kept nowhere; a file whose address holds its hash, for good."""
    if not scope["path"].startswith(_STATIC) or status not in {200, 304}:
        return "no-store"
    if scope["query_string"].startswith(b"v="):
        return "public, max-age=31536000, immutable"
    return "no-cache"


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
