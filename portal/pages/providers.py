"""To an identity provider and back: signing in, proving again, signing out.

The browser comes back from another site, so a cookie that is for this site only is not
sent with it. Two things follow. The errand waits in a cookie of its own, which is sent
along; and the answer is a small page that leads on, because the first request *from*
it is of this site again and carries the new session.
"""

import logging
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import ValidationError

from portal import accounts, arrivals, audit, oidc, sessions
from portal.audit import Action, Stranger
from portal.oidc import LIVES, Errand, ProviderTrouble, Purpose
from portal.pages.access import SignedIn, own_page
from portal.pages.rendering import page
from portal.pages.sign_in import enter, home_of, keep
from portal.permissions import DOOR, Viewer
from portal.providers import NoPlace, Provider
from portal.running import Running, network_of, request_id, running
from portal.sessions import Via
from portal.visits import Visit

log = logging.getLogger("portal")
router = APIRouter(include_in_schema=False)

_NO_PLACE = (
    "You have no access here",
    "You are signed in with your own authority, but it has not given you one place in "
    "this portal. Ask its service desk for the portal's group, and tell them the "
    "number below.",
)
_SHUT_OUT = (
    "Your access was ended",
    "Whoever runs this portal ended your access to it. If that is wrong, ask the "
    "region's data team, and tell them the number below.",
)
_TROUBLE = (
    "Signing in did not work",
    "Your authority's sign-in could not be reached, or gave an answer that the portal "
    "does not take. Try again. If it happens again, tell the region's data team the "
    "number below.",
)
_LOST = (
    "Signing in was not finished",
    "It took too long, was cancelled, or was begun in another window. Go to the first "
    "page and sign in again.",
)
_SOMEBODY_ELSE = (
    "You signed in as somebody else",
    "Nothing was revealed. Go to the first page, and sign in again as yourself.",
)


@router.get("/sign-in/with/{key}")
def sign_in_with(
    request: Request, key: str, onward: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """To the provider, to come back with a code."""
    return _send(request, _provider(request, key), "sign-in", onward)


@router.get("/prove/with")
def prove_with(
    request: Request, visit: SignedIn, onward: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """To the person's own provider, which is asked to sign them in anew."""
    token = request.cookies[running(request).cookie]
    provider = _provider(request, visit.provider)
    return _send(request, provider, "proof", onward, accounts.digest(token))


@router.get("/sign-in/with/{key}/back")
def come_back(
    request: Request,
    key: str,
    code: Annotated[str, Query(max_length=4096)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
    iss: str = "",
) -> Response:
    """Back from the provider: a session, or a page that says why there is none."""
    portal, provider = running(request), _provider(request, key)
    errand = _errand(request, portal, provider, state)
    if errand is None or not code:
        return _done(portal, _said(request, 400, _LOST))
    now, site = portal.clock(), portal.settings.site
    claims: dict[str, Any] = {}
    try:
        if iss and iss != provider.issuer:  # RFC 9207
            raise ProviderTrouble("another-issuer")
        claims = oidc.exchange(portal.directory, provider, errand, code, site, now)
        return _done(portal, _let_in(request, provider, errand, claims))
    except ProviderTrouble as trouble:
        log.warning("%s: sign-in at %s: %s", request_id(request), key, trouble.why)
        _refuse(request, provider, "", trouble.why)
        return _done(portal, _said(request, 502, _TROUBLE))
    except NoPlace as refused:
        _refuse(request, provider, claims["sub"], refused.why)
        said = _SHUT_OUT if refused.why == "disabled" else _NO_PLACE
        return _done(portal, _said(request, 403, said))


@router.post("/sign-in/with/{key}/signed-out")
def signed_out_there(
    request: Request, key: str, logout_token: Annotated[str, Form()] = ""
) -> Response:
    """The provider tells that somebody signed out there: they are signed out here."""
    portal, provider = running(request), _provider(request, key)
    try:
        subject, session = oidc.signed_out_by(
            portal.directory, provider, logout_token, portal.clock()
        )
    except ProviderTrouble as trouble:
        log.warning("%s: logout by %s: %s", request_id(request), key, trouble.why)
        return Response(status_code=400)
    with portal.store.writing(DOOR) as connection:
        user_id: UUID | None = None
        if subject is not None:
            user_id = arrivals.user_of(connection, provider, subject)
        ended = sessions.end_of_provider(connection, key, user_id, session)
        who = user_id or arrivals.pseudonym(portal.settings, provider.issuer)
        stranger = Stranger(who, portal.clock(), request_id(request))
        audit.record_stranger(
            connection, stranger, Action.SESSIONS_ENDED, f"{key} {ended}"
        )
    return Response(status_code=200)


@router.get("/signed-out/{key}")
def show_signed_out(request: Request, key: str) -> Response:
    """Signed out here; and on to the provider, to be signed out there too."""
    portal, provider = running(request), _provider(request, key)
    try:
        published = portal.directory.published(provider, portal.clock())
        onward = oidc.way_out(provider, published, portal.settings.site)
    except ProviderTrouble:
        onward = None
    if onward is None:
        return RedirectResponse("/sign-in", status_code=303)
    return _onward(
        request, onward, "You are signed out of the portal",
        f"Sign out of {provider.name} too",
    )  # fmt: skip


def _send(
    request: Request, provider: Provider, purpose: Purpose, onward: str,
    session: str = "",
) -> Response:  # fmt: skip
    portal = running(request)
    now = portal.clock()
    try:
        published = portal.directory.published(provider, now)
    except ProviderTrouble as trouble:
        log.warning("%s: %s: %s", request_id(request), provider.key, trouble.why)
        return _said(request, 502, _TROUBLE)
    errand = oidc.errand(provider, purpose, own_page(onward), now, session)
    there = oidc.way_there(provider, published, errand, portal.settings.site)
    response = RedirectResponse(there, status_code=303)
    response.set_cookie(
        _cookie(portal), _signer(portal).dumps(errand.model_dump()), path="/",
        max_age=int(LIVES.total_seconds()), secure=portal.settings.secure_cookies,
        httponly=True, samesite="lax",
    )  # fmt: skip
    return response


def _errand(
    request: Request, portal: Running, provider: Provider, state: str
) -> Errand | None:
    """What this browser went out for; ``None`` if it was nothing like this answer."""
    try:
        held = _signer(portal).loads(request.cookies.get(_cookie(portal), ""))
        errand = Errand.model_validate(held)
    except (BadSignature, ValidationError):
        return None
    age = portal.clock().timestamp() - errand.begun
    fits = errand.provider == provider.key and errand.state == state
    return errand if fits and 0 <= age <= LIVES.total_seconds() else None


def _let_in(
    request: Request, provider: Provider, errand: Errand, claims: dict[str, Any]
) -> HTMLResponse:
    portal = running(request)
    now = portal.clock()
    with portal.store.writing(DOOR) as connection:
        viewer = arrivals.arrive(connection, provider, claims, now)
        visit = Visit(viewer, now, request_id(request), "", network_of(request))
        token: str | None
        if errand.purpose == "sign-in":
            called = claims.get("sid")
            via = Via(provider.key, called if isinstance(called, str) else None)
            token = enter(request, connection, viewer, now, via)
        else:
            token = sessions.prove(connection, errand.session, viewer.user_id, now)
            outcome = Action.PROVEN if token else Action.PROOF_REFUSED
            audit.record(connection, visit, outcome, provider.key)
    if token is None:
        return _said(request, 403, _SOMEBODY_ELSE)
    return _welcome(request, viewer, token, errand.onward)


def _welcome(request: Request, viewer: Viewer, token: str, onward: str) -> HTMLResponse:
    there = home_of(viewer) if onward == "/" else own_page(onward)
    response = _onward(request, there, "You are signed in", "Go on")
    keep(running(request), response, token)
    return response


def _refuse(request: Request, provider: Provider, subject: str, why: str) -> None:
    portal = running(request)
    with portal.store.writing(DOOR) as connection:
        known = arrivals.user_of(connection, provider, subject) if subject else None
        if known is not None:  # what was theirs until now is so no longer
            sessions.end_all(connection, known)
        who = known or arrivals.pseudonym(portal.settings, provider.issuer, subject)
        stranger = Stranger(who, portal.clock(), request_id(request))
        audit.record_stranger(
            connection, stranger, Action.SIGN_IN_REFUSED, f"{provider.key} {why}"
        )


def _provider(request: Request, key: str | None) -> Provider:
    provider = running(request).settings.provider(key)
    if provider is None:
        raise HTTPException(404)
    return provider


def _onward(request: Request, address: str, title: str, link: str) -> HTMLResponse:
    values = {"title": title, "address": address, "link": link}
    return page(request, "onward.html", values)


def _said(request: Request, status: int, said: tuple[str, str]) -> HTMLResponse:
    title, text = said
    values = {"title": title, "text": text, "request_id": request_id(request)}
    return page(request, "message.html", values, status_code=status)


def _done(portal: Running, response: HTMLResponse) -> HTMLResponse:
    """The errand is over, however it went: its cookie is used once."""
    response.delete_cookie(
        _cookie(portal), path="/", secure=portal.settings.secure_cookies,
        httponly=True, samesite="lax",
    )  # fmt: skip
    return response


def _cookie(portal: Running) -> str:
    return portal.cookie + "-errand"


def _signer(portal: Running) -> URLSafeSerializer:
    """An errand holds its own beginning: its age is by the portal's clock."""
    secret = portal.settings.secret.get_secret_value()
    return URLSafeSerializer(secret, salt="errand to a provider")
