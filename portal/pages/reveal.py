"""The details of a shielded child, revealed for a purpose."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal.notice_rows import find
from portal.pages.access import FormSent, FreshlyProven
from portal.pages.inbox import opened_page, revealed_page
from portal.pages.typed import Typed
from portal.reveals import Purpose
from portal.running import running

router = APIRouter(include_in_schema=False)


@router.post("/notifications/{notification_id}/reveal")
def ask_to_reveal(
    request: Request,
    visit: FormSent,
    notification_id: UUID,
    purpose: Annotated[str, Form()] = "",
) -> Response:
    """What it is for is said first; who is there may have to be proven again then."""
    with running(request).store.reading(visit.standing) as connection:
        find(connection, visit, notification_id)
    if purpose not in set(Purpose):
        fault = Typed(purpose_error="Choose what you need the details for")
        return opened_page(request, visit, notification_id, fault, status_code=422)
    return RedirectResponse(
        f"/notifications/{notification_id}/revealed/{purpose}", status_code=303
    )


@router.get("/notifications/{notification_id}/revealed/{purpose}")
def show_revealed(
    request: Request, visit: FreshlyProven, notification_id: UUID, purpose: Purpose
) -> Response:
    """The notice with what is hidden; each look is in the trail, with its purpose."""
    return revealed_page(request, visit, notification_id, purpose)
