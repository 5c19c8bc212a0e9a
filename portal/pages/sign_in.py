"""Signing in and out."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal import accounts, attempts, audit, passwords, sessions
from portal.attempts import Attempt, TooManyAttempts
from portal.audit import Action
from portal.pages.access import FormSent, own_page
from portal.pages.rendering import page
from portal.permissions import DOOR, Role, Viewer
from portal.running import Running, network_of, request_id, running
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
    """A session for the right password; the same words for every other answer."""
    portal = running(request)
    if not _is_ours(request, portal, form):
        return _form(request, onward, username, "The page was open too long: try again")
    address = request.client.host if request.client else ""
    canonical = accounts.canonical_username(username)
    attempt = Attempt.of(canonical, address, portal.settings)
    now = portal.clock()
    try:
        with portal.store.writing(DOOR) as connection:
            attempts.begin(connection, attempt, portal.settings, now)
    except TooManyAttempts as refused:
        return _wait(request, onward, username, refused)
    with portal.store.reading(DOOR) as connection:
        found = accounts.find_user(connection, username)
    right = passwords.matches(found[1] if found else None, password)
    if found is None or not right:
        return _form(request, onward, username, _WRONG)
    viewer = found[0]
    with portal.store.writing(DOOR) as connection:
        attempts.forgive(connection, attempt)
        sessions.end(connection, request.cookies.get(portal.cookie, ""))
        token = sessions.begin(connection, viewer, portal.limits, now)
        visit = Visit(viewer, now, request_id(request), "", network_of(request))
        audit.record(connection, visit, Action.SIGNED_IN)
    return _welcome(portal, viewer, token, onward)


@router.post("/sign-out")
def sign_out(request: Request, visit: FormSent) -> Response:
    """The session ends here, and the browser forgets its cookie."""
    portal = running(request)
    with portal.store.writing(DOOR) as connection:
        sessions.end(connection, request.cookies.get(portal.cookie, ""))
        audit.record(connection, visit, Action.SIGNED_OUT)
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(
        portal.cookie, path="/", secure=portal.settings.secure_cookies, httponly=True,
        samesite="strict",
    )  # fmt: skip
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def home_of(viewer: Viewer) -> str:
    """Where a person's work is."""
    return _HOME[viewer.role]


def _welcome(
    portal: Running, viewer: Viewer, token: str, onward: str
) -> RedirectResponse:
    response = RedirectResponse(own_page(onward, home_of(viewer)), status_code=303)
    response.set_cookie(
        portal.cookie, token, path="/", secure=portal.settings.secure_cookies,
        httponly=True, samesite="strict",
    )  # fmt: skip
    return response


def _wait(
    request: Request, onward: str, username: str, refused: TooManyAttempts
) -> HTMLResponse:
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
    mark = secrets.token_urlsafe(16)
    values = {
        "form": _signer(portal).dumps(mark),
        "onward": own_page(onward),
        "username": username,
        "error": error,
    }
    status = status_code or (422 if error else 200)
    response = page(request, "sign_in.html", values, status_code=status)
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


def _signer(portal: Running) -> URLSafeTimedSerializer:
    secret = portal.settings.secret.get_secret_value()
    return URLSafeTimedSerializer(secret, salt="sign-in form")


def _form_cookie(portal: Running) -> str:
    return portal.cookie + "-form"
