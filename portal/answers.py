"""What goes wrong, answered: a problem document to a program, a page to a person."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from portal import audit, refusals
from portal.audit import Action
from portal.notices import NoPackage
from portal.pages.access import (
    CODES_PAGE,
    CodesNeeded,
    FormOutOfDate,
    NotProven,
    NotSignedIn,
    own_page,
    where_from,
)
from portal.pages.rendering import page
from portal.permissions import Denied, NotForRole
from portal.problems import Fault, Refusal, answer, faults
from portal.running import request_id, running
from portal.throttle import TooManyCalls

_MESSAGES = {
    403: ("You can't open this page", "Your role here does not reach it."),
    404: (
        "Page not found",
        "There is no such page, or it is not for you. If you typed the address, "
        "check it.",
    ),
    410: (
        "There is nothing to record from this notice",
        "It was withdrawn, or a later notice takes its place, or it asks for no "
        "record. Open it to read which.",
    ),
    413: ("Too much was sent", "Send less text, and try again."),
    422: (
        "The form was not complete",
        "Go back, load the page again and send the form once more.",
    ),
    429: (
        "Too many pages were asked for",
        "Wait a minute, and try again. Nothing that you saved before is lost.",
    ),
    500: (
        "The portal made a mistake",
        "What you sent may not have been saved. Try again. If it happens again, tell "
        "the region's data team the number below.",
    ),
}
_OUT_OF_DATE = (
    "This form is out of date",
    "Nothing was saved. Go back, load the page again and send the form once more.",
)
_TITLES = {
    404: "There is nothing at this path",
    405: "This path does not take this method",
    413: "The body is too long",
    429: "Too many calls: wait",
    500: "The portal made a mistake",
}


def register(app: FastAPI) -> None:
    """The application answers every error in one of the two ways."""

    @app.exception_handler(Refusal)
    def refused(request: Request, refusal: Refusal) -> Response:
        return answer(refusal, request_id(request))

    @app.exception_handler(NotSignedIn)
    def not_signed_in(request: Request, _error: NotSignedIn) -> Response:
        onward = own_page(request.url.path) if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?next={onward}", status_code=303)

    @app.exception_handler(NotProven)
    def not_proven(request: Request, _error: NotProven) -> Response:
        return RedirectResponse(f"/prove?next={where_from(request)}", status_code=303)

    @app.exception_handler(CodesNeeded)
    def codes_needed(_request: Request, _error: CodesNeeded) -> Response:
        return RedirectResponse(CODES_PAGE, status_code=303)

    @app.exception_handler(FormOutOfDate)
    def form_out_of_date(request: Request, _error: FormOutOfDate) -> Response:
        visit = getattr(request.state, "visit", None)
        if visit is not None:
            with running(request).store.writing(visit.standing) as connection:
                audit.record(connection, visit, Action.DENIED, _form(request))
        return _message(request, 403, _OUT_OF_DATE)

    @app.exception_handler(NoPackage)
    def no_package(request: Request, _error: NoPackage) -> Response:
        return _message(request, 410)

    @app.exception_handler(Denied)
    def denied(request: Request, error: Denied) -> Response:
        status = 403 if isinstance(error, NotForRole) else 404
        visit = getattr(request.state, "visit", None)
        subject = f"{error.what} {error.subject}".strip()
        if visit is None:
            refusals.note(request, subject)
            return _denied_call(request, status)
        with running(request).store.writing(visit.standing) as connection:
            audit.record(connection, visit, Action.DENIED, subject)
        if _is_api(request):
            return _denied_call(request, status)
        return _message(request, status)

    @app.exception_handler(TooManyCalls)
    def too_many(request: Request, error: TooManyCalls) -> Response:
        refusals.note(request, refusals.TOO_MANY)
        return at_status(request, 429, {"Retry-After": str(error.seconds)})

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        if _is_api(request):
            return answer(_malformed_call(faults(found)), request_id(request))
        in_path = any(fault["loc"][0] == "path" for fault in found)
        return _message(request, 404 if in_path else 422)

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = _methods_of(request)
        return at_status(request, error.status_code, headers)


def at_status(
    request: Request, status: int, headers: dict[str, str] | None = None
) -> Response:
    """The answer for a status of the framework's or the door's own."""
    if _is_api(request):
        title = _TITLES.get(status, "The call can't be carried out")
        refusal = Refusal(status, f"http-{status}", title, headers=headers)
        return answer(refusal, request_id(request))
    response = _message(request, status)
    response.headers.update(headers or {})
    return response


def _form(request: Request) -> str:
    """Which form it was: its route, with no more of the address than the pattern."""
    return f"form out of date {getattr(request.scope.get('route'), 'path', '')}"[:100]


def _methods_of(request: Request) -> str:
    """What the path takes: of all its routes, where the framework names the first's."""
    found: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is Match.PARTIAL:
            found |= route.methods
    return ", ".join(sorted(found))


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/v1/") or request.url.path == "/health"


def _denied_call(request: Request, status: int) -> Response:
    title = (
        "There is none of this id" if status == 404 else "The key is not for this call"
    )
    return answer(Refusal(status, "denied", title), request_id(request))


def _malformed_call(found: list[Fault]) -> Refusal:
    return Refusal(
        422, "malformed-call", "A part of the path or query is wrong", errors=found
    )


def _message(
    request: Request, status: int, said: tuple[str, str] | None = None
) -> Response:
    """A page that says what happened, for somebody signed in or not."""
    title, text = said or _MESSAGES.get(status) or _MESSAGES[404]
    values = {"title": title, "text": text, "request_id": request_id(request)}
    visit = getattr(request.state, "visit", None)
    return page(request, "message.html", values, visit=visit, status_code=status)
