"""Who is at a page: a session cookie on every page, a token in every form."""

import re
import secrets
from typing import Annotated

from fastapi import Depends, Form, Request

from portal import sessions
from portal.permissions import DOOR
from portal.running import network_of, request_id, running
from portal.visits import Visit

_OWN_PAGE = re.compile(r"/[a-z0-9][a-z0-9/-]*")


class NotSignedIn(Exception):
    """No session stands behind the request: sign in first."""


class FormOutOfDate(Exception):
    """The form does not carry its session's token: it is old, or not ours."""


def signed_in(request: Request) -> Visit:
    """The visit of the person whose session the cookie names.

    Raises:
        NotSignedIn: there is no such session, or it has run out.
    """
    portal = running(request)
    token = request.cookies.get(portal.cookie, "")
    now = portal.clock()
    with portal.store.reading(DOOR) as connection:
        session = sessions.find(connection, token, portal.limits, now)
    if session is None:
        raise NotSignedIn
    if session.wants_touch:
        with portal.store.writing(DOOR) as connection:
            sessions.touch(connection, token, now)
    visit = Visit(
        session.viewer, now, request_id(request), session.csrf, network_of(request)
    )
    request.state.visit = visit
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


def own_page(path: str, otherwise: str = "/") -> str:
    """The path, if it is one of the portal's pages: never another site's address."""
    return path if _OWN_PAGE.fullmatch(path) else otherwise
