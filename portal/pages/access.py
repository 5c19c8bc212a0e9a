"""Who is at a page: a session cookie on every page, a token in every form."""

import datetime as dt
import re
import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request

from portal import sessions
from portal.audit import Refused
from portal.permissions import DOOR, REGION
from portal.running import check_open_call, network_of, request_id, running
from portal.sessions import Session
from portal.settings import PortalSettings
from portal.visits import Visit

_OWN_PAGE = re.compile(r"/[A-Za-z0-9][A-Za-z0-9/_-]*")
"""A slash and then a letter or digit: two slashes would begin another site's address.
Without a point, so that nobody who signs in is given a file in the place of a page."""


class NotSignedIn(Exception):
    """No session stands behind the request: sign in first."""


class FormOutOfDate(Exception):
    """The form does not carry its session's token: it is old, or not ours."""


class NotProven(Exception):
    """Who is there must be proven again, before what was asked for is shown."""


class CodesNeeded(Exception):
    """The person must set up one-time codes before anything else."""


CODES_PAGE = "/account/codes"
_BEFORE_CODES = frozenset({CODES_PAGE, "/prove", "/sign-out"})


def signed_in(request: Request) -> Visit:
    """The visit of the person whose session the cookie names.

    Raises:
        NotSignedIn: there is no such session, it has run out, or the way it came by
            is closed: local users in production, a provider that was taken out.
        CodesNeeded: this portal asks its local users for one-time codes.
        TooManyCalls: more than a person asks for, or than an address may unknown.
    """
    portal = running(request)
    token = request.cookies.get(portal.cookie, "")
    now = portal.clock()
    with portal.store.reading(DOOR) as connection:
        session = sessions.find(connection, token, portal.limits, now)
    if session is None or not _still_open(portal.settings, session):
        check_open_call(request)
        raise NotSignedIn
    viewer = session.viewer
    request.state.caller = Refused(
        str(viewer.user_id), viewer.agency or REGION, viewer.role
    )
    portal.throttle.take(
        f"person {session.viewer.user_id}", portal.settings.person_calls_per_minute, now
    )
    if session.wants_touch:
        with portal.store.writing(DOOR) as connection:
            sessions.touch(connection, token, now)
    visit = Visit(
        session.viewer, now, request_id(request), session.csrf, network_of(request),
        session.proven_at, session.provider, session.has_codes,
    )  # fmt: skip
    request.state.visit = visit
    needed = portal.settings.codes == "required" and session.provider is None
    if needed and not session.has_codes and request.url.path not in _BEFORE_CODES:
        raise CodesNeeded
    return visit


SignedIn = Annotated[Visit, Depends(signed_in)]


def form_sent(visit: SignedIn, csrf: Annotated[str, Form()] = "") -> Visit:
    """The visit of a person who sent one of this session's own forms.

    Raises:
        NotSignedIn: as for :func:`signed_in`.
        FormOutOfDate: the token is missing or another session's.
    """
    if not secrets.compare_digest(csrf.encode(), visit.csrf.encode()):
        raise FormOutOfDate
    return visit


FormSent = Annotated[Visit, Depends(form_sent)]


def freshly_proven(request: Request, visit: SignedIn) -> Visit:
    """The visit of a person who proved lately who they are, by signing in or since.

    Depend on it wherever something hidden is revealed. Whoever has not is led through
    ``/prove`` and back.

    Raises:
        NotSignedIn: as for :func:`signed_in`.
        NotProven: it was too long ago.
    """
    lately = dt.timedelta(minutes=running(request).settings.proof_minutes)
    if visit.proven_at is None or visit.at - visit.proven_at >= lately:
        raise NotProven
    return visit


FreshlyProven = Annotated[Visit, Depends(freshly_proven)]


def where_from(request: Request) -> str:
    """The page to come back to: what was asked for, or the page it was asked from."""
    path = request.url.path if request.method == "GET" else ""
    referer = urlsplit(request.headers.get("Referer", ""))
    return own_page(path, own_page(referer.path))


def _still_open(settings: PortalSettings, session: Session) -> bool:
    if session.provider is None:
        return settings.has_local_users
    return settings.provider(session.provider) is not None


def own_page(path: str, otherwise: str = "/") -> str:
    """The path, if it is one of the portal's pages: never another site's address."""
    return path if _OWN_PAGE.fullmatch(path) else otherwise
