"""Refusals and unusual look-ups, what is withheld, and how long things are kept."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from portal import audit, kept, oversight
from portal.audit import Action
from portal.pages.access import SignedIn
from portal.pages.rendering import page
from portal.permissions import COUNTS, check_audit
from portal.running import running

router = APIRouter(include_in_schema=False)


@router.get("/audit/refusals")
def show_refusals(request: Request, visit: SignedIn) -> HTMLResponse:
    """Who asked for what is not theirs, and who looked at far more than they do."""
    with running(request).store.writing(visit.standing) as connection:
        found = oversight.watch(connection, visit)
    return page(request, "audit_refusals.html", {"found": found}, visit=visit)


@router.get("/audit/withheld")
def show_withheld(
    request: Request,
    visit: SignedIn,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """What only named officers may see, and what was held, taken back or disputed."""
    with running(request).store.writing(visit.standing) as connection:
        found = oversight.withheld(connection, visit, number)
    return page(request, "audit_withheld.html", {"found": found}, visit=visit)


@router.get("/audit/retention")
def show_retention(request: Request, visit: SignedIn) -> HTMLResponse:
    """What is kept, how long, and the oldest of each."""
    check_audit(visit.viewer)
    portal = running(request)
    with portal.store.reading(COUNTS) as connection:
        values = {
            "kept": kept.kept(connection, visit, portal.settings),
            "held": kept.held(connection),
            "applied": kept.applied(connection, visit.at),
        }
    with portal.store.writing(visit.standing) as connection:
        audit.record(connection, visit, Action.RETENTION_SEEN)
    return page(request, "audit_retention.html", values, visit=visit)
