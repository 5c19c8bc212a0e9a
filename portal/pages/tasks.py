"""What an agency owes, with its clocks."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from portal import tasks
from portal.pages.access import SignedIn
from portal.pages.rendering import page
from portal.running import running
from portal.tasks import Show

router = APIRouter(include_in_schema=False)


@router.get("/tasks")
def show_tasks(
    request: Request,
    visit: SignedIn,
    show: Show = Show.OWED,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """The agency's tasks, the first due first."""
    with running(request).store.writing(visit.standing) as connection:
        found = tasks.tasks(connection, visit, show, number)
    return page(request, "tasks.html", {"found": found, "show": show}, visit=visit)
