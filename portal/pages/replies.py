"""What a recipient says of a notice: acknowledged under its own reference, or wrong."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal import replies
from portal.clock import london_date
from portal.pages.access import FormSent
from portal.pages.inbox import opened_page
from portal.pages.typed import Typed, read_form, read_reason, typed_form
from portal.replies import ChangedMeanwhile, NotAnswerable, ReferenceRepeats
from portal.running import running

router = APIRouter(include_in_schema=False)


@router.post("/notifications/{notification_id}/acknowledgement")
def acknowledge(
    request: Request,
    visit: FormSent,
    notification_id: UUID,
    typed: Annotated[Typed, Depends(typed_form)],
) -> Response:
    """The agency's own word: recorded, under this reference, on this day."""
    said = read_form(typed, london_date(visit.at))
    if isinstance(said, Typed):
        return opened_page(request, visit, notification_id, said, status_code=422)
    try:
        with running(request).store.writing(visit.standing) as connection:
            replies.acknowledge(connection, visit, notification_id, said)
    except ReferenceRepeats as repeats:
        asked = replace(typed, others=repeats.others)
        return opened_page(request, visit, notification_id, asked, status_code=422)
    except (ChangedMeanwhile, NotAnswerable):
        return opened_page(
            request, visit, notification_id, said="changed", status_code=409
        )
    return RedirectResponse(
        f"/notifications/{notification_id}?said=acknowledged", status_code=303
    )


@router.post("/notifications/{notification_id}/dispute")
def dispute(
    request: Request,
    visit: FormSent,
    notification_id: UUID,
    version: Annotated[int, Form(ge=1)],
    reason: Annotated[str, Form(alias="dispute")] = "",
) -> Response:
    """The agency says that the notice is wrong."""
    chosen = read_reason(reason)
    if chosen is None:
        fault = Typed(dispute_error="Choose what is wrong with the notice")
        return opened_page(request, visit, notification_id, fault, status_code=422)
    try:
        with running(request).store.writing(visit.standing) as connection:
            replies.dispute(connection, visit, notification_id, chosen, version)
    except (ChangedMeanwhile, NotAnswerable):
        return opened_page(
            request, visit, notification_id, said="changed", status_code=409
        )
    return RedirectResponse(
        f"/notifications/{notification_id}?said=disputed", status_code=303
    )
