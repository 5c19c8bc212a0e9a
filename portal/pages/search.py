"""Looking for a notice by a reference. The form is posted: see ``references``."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from portal import reveals, searching
from portal.pages.access import FormSent, SignedIn
from portal.pages.rendering import page
from portal.permissions import check_notices
from portal.references import LONGEST, Mistyped, fingerprint, read_reference
from portal.running import running
from portal.searching import Found
from portal.visits import Visit

router = APIRouter(include_in_schema=False)


@router.get("/search")
def show_search(request: Request, visit: SignedIn) -> HTMLResponse:
    """The form alone."""
    check_notices(visit.viewer)
    return _page(request, visit)


@router.post("/search")
def search(
    request: Request, visit: FormSent, typed: Annotated[str, Form(alias="q")] = ""
) -> Response:
    """To the notice, when one bears the reference; otherwise those that do."""
    check_notices(visit.viewer)
    try:
        reference = read_reference(typed)
    except Mistyped as fault:
        return _page(request, visit, typed, fault=str(fault))
    portal = running(request)
    mark = fingerprint(reference, portal.settings)
    with portal.store.writing(visit.standing) as connection:
        found = searching.search(connection, visit, reference, mark)
    found = replace(found, notices=tuple(map(reveals.veiled, found.notices)))
    if len(found.notices) == 1:
        only = found.notices[0].document.notification_id
        return RedirectResponse(f"/notifications/{only}", status_code=303)
    return _page(request, visit, typed, found=found)


def _page(
    request: Request,
    visit: Visit,
    typed: str = "",
    *,
    fault: str = "",
    found: Found | None = None,
) -> HTMLResponse:
    values = {"typed": typed[:LONGEST], "fault": fault, "found": found}
    status = 422 if fault else 200
    return page(request, "search.html", values, visit=visit, status_code=status)
