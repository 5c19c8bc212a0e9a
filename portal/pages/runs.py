"""The latest nights, in counts."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from portal import runs
from portal.pages.access import SignedIn
from portal.pages.rendering import page
from portal.running import running

router = APIRouter(include_in_schema=False)


@router.get("/runs")
def show_runs(request: Request, visit: SignedIn) -> HTMLResponse:
    """The latest nights and every supplier's latest verdict."""
    with running(request).store.writing() as connection:
        nights = runs.latest(connection, visit)
    return page(request, "runs.html", {"nights": nights}, visit=visit)
