"""One's own account: where one is signed in, and one-time codes."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from portal import audit, codes, sessions
from portal.audit import Action
from portal.pages.access import CODES_PAGE, FormSent, FreshlyProven, SignedIn
from portal.pages.access import freshly_proven as check_proven
from portal.pages.rendering import page
from portal.pages.sign_in import WRONG_CODE, forget
from portal.permissions import DOOR
from portal.running import running
from portal.visits import Visit

router = APIRouter(include_in_schema=False)


@router.get("/account")
def show_account(request: Request, visit: SignedIn, said: str = "") -> HTMLResponse:
    """The person's sessions that stand, and how they sign in."""
    portal = running(request)
    token = request.cookies[portal.cookie]
    with portal.store.reading(DOOR) as connection:
        own = sessions.own(
            connection, visit.viewer.user_id, token, portal.limits, visit.at
        )
    provider = portal.settings.provider(visit.provider)
    values = {"sessions": own, "provider": provider, "said": said}
    return page(request, "account.html", values, visit=visit)


@router.post("/account/sign-out-everywhere")
def sign_out_everywhere(request: Request, visit: FormSent) -> Response:
    """Every session of the person ends, this one too."""
    portal = running(request)
    with portal.store.writing(DOOR) as connection:
        ended = sessions.end_all(connection, visit.viewer.user_id)
        audit.record(connection, visit, Action.SESSIONS_ENDED, str(ended))
    return forget(portal, RedirectResponse("/sign-in", status_code=303))


@router.get(CODES_PAGE)
def show_codes(request: Request, visit: FreshlyProven) -> HTMLResponse:
    """A new secret for the person's app, as text and as a picture."""
    return _codes_page(request, visit)


@router.post(CODES_PAGE)
def set_up_codes(
    request: Request,
    visit: FormSent,
    code: Annotated[str, Form()] = "",
    offered: Annotated[str, Form()] = "",
) -> Response:
    """The app's first code shows that the secret arrived there."""
    check_proven(request, visit)
    portal, user_id = running(request), visit.viewer.user_id
    secret = codes.offered(portal.settings, user_id, offered, visit.at)
    if secret is None or visit.provider is not None:
        return _codes_page(request, visit, "", "The page was open too long: start anew")
    with portal.store.writing(DOOR) as connection:
        right = codes.set_up(
            connection, portal.settings, user_id, secret, code, visit.at
        )
        if right:
            audit.record(connection, visit, Action.CODES_SET_UP)
    if not right:
        return _codes_page(request, visit, secret, WRONG_CODE)
    return RedirectResponse("/account?said=codes", status_code=303)


def _codes_page(
    request: Request, visit: Visit, secret: str = "", error: str = ""
) -> HTMLResponse:
    if visit.provider is not None:  # their own provider asks for a second factor
        raise HTTPException(404)
    settings = running(request).settings
    offer = codes.offer(settings, visit.viewer.user_id, visit.at, secret)
    values = {"offer": offer, "error": error, "needed": settings.codes == "required"}
    status = 422 if error else 200
    return page(request, "codes.html", values, visit=visit, status_code=status)
