"""Signing in and out."""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Connection

from portal import (
    accounts,
    attempts,
    audit,
    codes,
    passwords,
    refusals,
    sessions,
)
from portal.arrivals import pseudonym
from portal.attempts import Attempt, TooManyAttempts
from portal.audit import Action, Stranger
from portal.pages.access import FormSent, own_page
from portal.pages.rendering import page
from portal.permissions import DOOR, Role, Viewer
from portal.running import Running, network_of, request_id, running
from portal.sessions import Via
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

_FORM_LIVES = 3600  # seconds
_HOME = {
    Role.OFFICER: "/inbox",
    Role.NAMED_OFFICER: "/inbox",
    Role.REVIEWER: "/reviews",
    Role.DATA_TEAM: "/runs",
    Role.SUPPLIER: "/verdicts",
    Role.IG_LEAD: "/audit",
}
_WRONG = "User name or password is wrong"
WRONG_CODE = "The code is wrong, too old, or was used before. Wait for the next one"
OLD_FORM = "form of sign-in out of date"
TOO_MANY_TRIES = "too many tries to sign in"
_TICKET_LIVES = 300  # seconds


@dataclass(frozen=True, slots=True)
class Ticket:
    """Says that the password of this user was right, a moment ago."""

    user_id: UUID
    username: str


@router.get("/sign-in")
def show_sign_in(
    request: Request, onward: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """The form, and a cookie that it must come back with."""
    return _form(request, onward=onward)


@router.post("/sign-in")
def sign_in(
    request: Request,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    form: Annotated[str, Form()] = "",
    onward: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """The right password leads in, or on to the one-time code; the same words for
    every other answer."""
    portal = running(request)
    _check_local(portal)
    if not _is_ours(request, portal, form):
        refusals.note(request, OLD_FORM)
        return _form(request, onward, username, "The page was open too long: try again")
    attempt = attempt_of(request, username)
    now = portal.clock()
    try:
        with portal.store.writing(DOOR) as connection:
            attempts.begin(connection, attempt, portal.settings, now)
    except TooManyAttempts as refused:
        return _wait(request, onward, username, refused)
    with portal.store.reading(DOOR) as connection:
        found = accounts.find_user(connection, username)
    right = passwords.matches(found.password_hash if found else None, password)
    if found is None or not right:
        _record_refusal(request, username, found.viewer if found else None, "password")
        return _form(request, onward, username, _WRONG)
    if found.has_codes:
        return _code_form(request, Ticket(found.viewer.user_id, username), onward)
    with portal.store.writing(DOOR) as connection:
        attempts.forgive(connection, attempt)
        token = enter(request, connection, found.viewer, now)
    return _welcome(portal, found.viewer, token, onward)


@router.post("/sign-in/code")
def sign_in_with_code(
    request: Request,
    ticket: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    form: Annotated[str, Form()] = "",
    onward: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """After the password: the code of the person's app, each taken once."""
    portal = running(request)
    _check_local(portal)
    held = _read_ticket(portal, ticket)
    if held is None or not _is_ours(request, portal, form):
        refusals.note(request, OLD_FORM)
        return _form(request, onward, "", "The page was open too long: try again")
    attempt = attempt_of(request, held.username)
    now = portal.clock()
    try:
        with portal.store.writing(DOOR) as connection:
            attempts.begin(connection, attempt, portal.settings, now)
    except TooManyAttempts as refused:
        return _wait(request, onward, held.username, refused)
    with portal.store.writing(DOOR) as connection:
        viewer = accounts.find_viewer(connection, held.user_id)
        right = viewer is not None and codes.take(
            connection, portal.settings, held.user_id, code, now
        )
        if viewer is not None and right:
            attempts.forgive(connection, attempt)
            token = enter(request, connection, viewer, now)
            return _welcome(portal, viewer, token, onward)
    _record_refusal(request, held.username, viewer, "code")
    return _code_form(request, held, onward, WRONG_CODE)


@router.post("/sign-out")
def sign_out(request: Request, visit: FormSent) -> Response:
    """The session ends here, the browser forgets its cookie, and whoever came by an
    identity provider is led on to sign out there too."""
    portal = running(request)
    with portal.store.writing(DOOR) as connection:
        sessions.end(connection, request.cookies.get(portal.cookie, ""))
        audit.record(connection, visit, Action.SIGNED_OUT)
    onward = f"/signed-out/{visit.provider}" if visit.provider else "/sign-in"
    return forget(portal, RedirectResponse(onward, status_code=303))


def forget(portal: Running, response: Response) -> Response:
    """The browser forgets the session's cookie and what it kept of the pages."""
    response.delete_cookie(
        portal.cookie, path="/", secure=portal.settings.secure_cookies, httponly=True,
        samesite="strict",
    )  # fmt: skip
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def enter(
    request: Request, connection: Connection, viewer: Viewer, now: dt.datetime,
    via: Via | None = None,
) -> str:  # fmt: skip
    """A new session in place of any that this browser had; gives its token."""
    portal = running(request)
    sessions.end(connection, request.cookies.get(portal.cookie, ""))
    token = sessions.begin(connection, viewer, portal.limits, now, via)
    visit = Visit(viewer, now, request_id(request), "", network_of(request))
    audit.record(connection, visit, Action.SIGNED_IN, via.provider if via else "")
    return token


def attempt_of(request: Request, username: str) -> Attempt:
    """One try in this name, from where the request came."""
    address = request.client.host if request.client else ""
    canonical = accounts.canonical_username(username)
    return Attempt.of(canonical, address, running(request).settings)


def keep(portal: Running, response: Response, token: str) -> None:
    """The browser keeps the session's cookie until it is closed."""
    response.set_cookie(
        portal.cookie, token, path="/", secure=portal.settings.secure_cookies,
        httponly=True, samesite="strict",
    )  # fmt: skip


def home_of(viewer: Viewer) -> str:
    """Where a person's work is."""
    return _HOME[viewer.role]


def _welcome(
    portal: Running, viewer: Viewer, token: str, onward: str
) -> RedirectResponse:
    response = RedirectResponse(own_page(onward, home_of(viewer)), status_code=303)
    keep(portal, response, token)
    return response


def _wait(
    request: Request, onward: str, username: str, refused: TooManyAttempts
) -> HTMLResponse:
    refusals.note(request, TOO_MANY_TRIES)
    seconds = max(1, int(refused.wait.total_seconds()))
    minutes = -(-seconds // 60)
    said = f"Too many failed attempts. Try again in {minutes} minute" + (
        "" if minutes == 1 else "s"
    )
    response = _form(request, onward, username, said, status_code=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _form(
    request: Request,
    onward: str = "/",
    username: str = "",
    error: str = "",
    status_code: int = 0,
) -> HTMLResponse:
    portal = running(request)
    values = {
        "onward": own_page(onward),
        "username": username,
        "error": error,
        "providers": portal.settings.providers,
        "local": portal.settings.has_local_users,
        "idle": portal.settings.idle_minutes,
    }
    status = status_code or (422 if error else 200)
    return _marked(request, "sign_in.html", values, status)


def _code_form(
    request: Request, ticket: Ticket, onward: str, error: str = ""
) -> HTMLResponse:
    held = [str(ticket.user_id), ticket.username]
    values = {
        "onward": own_page(onward),
        "ticket": _tickets(running(request)).dumps(held),
        "error": error,
    }
    return _marked(request, "sign_in_code.html", values, 422 if error else 200)


def _marked(
    request: Request, template: str, values: dict[str, Any], status_code: int
) -> HTMLResponse:
    """A page whose form must come back with the cookie that is set beside it."""
    portal = running(request)
    mark = secrets.token_urlsafe(16)
    values["form"] = _signer(portal).dumps(mark)
    response = page(request, template, values, status_code=status_code)
    response.set_cookie(
        _form_cookie(portal), mark, path="/", max_age=_FORM_LIVES,
        secure=portal.settings.secure_cookies, httponly=True, samesite="strict",
    )  # fmt: skip
    return response


def _is_ours(request: Request, portal: Running, form: str) -> bool:
    """Before there is a session, the form's token answers to a cookie of its own."""
    try:
        mark = _signer(portal).loads(form, max_age=_FORM_LIVES)
    except BadSignature:
        return False
    cookie = request.cookies.get(_form_cookie(portal), "")
    return secrets.compare_digest(str(mark).encode(), cookie.encode())


def _check_local(portal: Running) -> None:
    if not portal.settings.has_local_users:
        raise HTTPException(404)


def _record_refusal(
    request: Request, username: str, viewer: Viewer | None, what: str
) -> None:
    """The trail tells of a refused try: of whom, if the name is a user's."""
    portal = running(request)
    canonical = accounts.canonical_username(username)
    who = viewer.user_id if viewer else pseudonym(portal.settings, canonical)
    stranger = Stranger(who, portal.clock(), request_id(request))
    with portal.store.writing(DOOR) as connection:
        audit.record_stranger(connection, stranger, Action.SIGN_IN_REFUSED, what)


def _read_ticket(portal: Running, ticket: str) -> Ticket | None:
    try:
        user_id, username = _tickets(portal).loads(ticket, max_age=_TICKET_LIVES)
    except BadSignature:
        return None
    return Ticket(UUID(user_id), username)


def _tickets(portal: Running) -> URLSafeTimedSerializer:
    secret = portal.settings.secret.get_secret_value()
    return URLSafeTimedSerializer(secret, salt="password was right")


def _signer(portal: Running) -> URLSafeTimedSerializer:
    secret = portal.settings.secret.get_secret_value()
    return URLSafeTimedSerializer(secret, salt="sign-in form")


def _form_cookie(portal: Running) -> str:
    return portal.cookie + "-form"
