"""Proving again who is there, before something hidden is revealed."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select

from portal import accounts, attempts, audit, codes, passwords, refusals, sessions
from portal.attempts import TooManyAttempts
from portal.audit import Action
from portal.pages.access import FormSent, SignedIn, own_page
from portal.pages.rendering import page
from portal.pages.sign_in import TOO_MANY_TRIES, WRONG_CODE, attempt_of, keep
from portal.permissions import DOOR
from portal.running import running
from portal.tables import users
from portal.visits import Visit

router = APIRouter(include_in_schema=False)


@router.get("/prove")
def show_proof(
    request: Request, visit: SignedIn, onward: Annotated[str, Query(alias="next")] = "/"
) -> HTMLResponse:
    """Asks for the password, or leads to the person's identity provider."""
    return _form(request, visit, onward)


@router.post("/prove")
def prove(
    request: Request,
    visit: FormSent,
    password: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    onward: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """The right password, and code if the person has them: back to where one was."""
    portal = running(request)
    if visit.provider is not None:
        return _form(request, visit, onward)
    user_id, username = visit.viewer.user_id, _username(request, visit)
    with portal.store.reading(DOOR) as connection:
        found = accounts.find_user(connection, username)
    attempt = attempt_of(request, username)
    try:
        with portal.store.writing(DOOR) as connection:
            attempts.begin(connection, attempt, portal.settings, visit.at)
    except TooManyAttempts as refused:
        refusals.note(request, TOO_MANY_TRIES)
        minutes = max(1, -(-int(refused.wait.total_seconds()) // 60))
        said = f"Too many failed attempts. Try again in {minutes} min"
        return _form(request, visit, onward, said, status_code=429)
    error = ""
    if not passwords.matches(found.password_hash if found else None, password):
        error = "The password is wrong"
    with portal.store.writing(DOOR) as connection:
        if not error and visit.has_codes:
            taken = codes.take(connection, portal.settings, user_id, code, visit.at)
            error = "" if taken else WRONG_CODE
        if error:
            audit.record(connection, visit, Action.PROOF_REFUSED)
        else:
            attempts.forgive(connection, attempt)
            this = accounts.digest(request.cookies[portal.cookie])
            token = sessions.prove(connection, this, user_id, visit.at)
            audit.record(connection, visit, Action.PROVEN)
    if error or token is None:
        return _form(request, visit, onward, error, status_code=422)
    response = RedirectResponse(own_page(onward), status_code=303)
    keep(portal, response, token)
    return response


def _form(
    request: Request, visit: Visit, onward: str, error: str = "",
    *, status_code: int = 200,
) -> HTMLResponse:  # fmt: skip
    settings = running(request).settings
    values = {
        "username": _username(request, visit),  # for the browser's password store
        "onward": own_page(onward),
        "error": error,
        "minutes": settings.proof_minutes,
        "provider": settings.provider(visit.provider),
    }
    return page(request, "prove.html", values, visit=visit, status_code=status_code)


def _username(request: Request, visit: Visit) -> str:
    wanted = select(users.c.username).where(users.c.user_id == visit.viewer.user_id)
    with running(request).store.reading(DOOR) as connection:
        return connection.scalar(wanted) or ""
