"""An agency's inbox, a notice, and its acknowledgement."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from portal import notices
from portal.clock import london_date
from portal.notices import ChangedMeanwhile, NotAcknowledgeable, Recorded, Show
from portal.pages.access import FormSent, SignedIn
from portal.pages.rendering import page
from portal.running import running
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

_LONGEST_REFERENCE = 60


@dataclass(frozen=True, slots=True)
class Typed:
    """An acknowledgement as it was typed, and what is wrong with it."""

    reference: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    version: int = 0
    """The notice's version that the form showed."""
    reference_error: str = ""
    date_error: str = ""


def typed_form(
    version: Annotated[int, Form(ge=1)],
    reference: Annotated[str, Form()] = "",
    day: Annotated[str, Form(alias="recorded-day")] = "",
    month: Annotated[str, Form(alias="recorded-month")] = "",
    year: Annotated[str, Form(alias="recorded-year")] = "",
) -> Typed:
    """The acknowledgement form as it was sent."""
    return Typed(reference.strip(), day.strip(), month.strip(), year.strip(), version)


@router.get("/inbox")
def show_inbox(
    request: Request,
    visit: SignedIn,
    show: Show = Show.OPEN,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """The agency's notices of one list, the most urgent first."""
    with running(request).store.writing() as connection:
        inbox = notices.inbox(connection, visit, show, number)
    return page(request, "inbox.html", {"inbox": inbox, "show": show}, visit=visit)


@router.get("/notifications/{notification_id}")
def show_notice(
    request: Request, visit: SignedIn, notification_id: UUID, said: str = ""
) -> HTMLResponse:
    """One notice, opened by being shown."""
    today = london_date(visit.at)
    blank = Typed("", str(today.day), str(today.month), str(today.year))
    return _notice(request, visit, notification_id, blank, said=said)


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
        return _notice(request, visit, notification_id, said, status_code=422)
    try:
        with running(request).store.writing() as connection:
            notices.acknowledge(connection, visit, notification_id, said)
    except (ChangedMeanwhile, NotAcknowledgeable):
        return _notice(
            request, visit, notification_id, typed, said="changed", status_code=409
        )
    return RedirectResponse(
        f"/notifications/{notification_id}?said=acknowledged", status_code=303
    )


def read_form(typed: Typed, today: dt.date) -> Recorded | Typed:
    """What the form says; or the form with its faults, when it has any."""
    reference_error = date_error = ""
    if not typed.reference:
        reference_error = "Enter your own record's reference"
    elif len(typed.reference) > _LONGEST_REFERENCE or not typed.reference.isprintable():
        reference_error = (
            f"The reference must be plain text of up to {_LONGEST_REFERENCE} characters"
        )
    recorded_on = _date(typed.day, typed.month, typed.year)
    if not (typed.day or typed.month or typed.year):
        date_error = "Enter the date on which you recorded it"
    elif recorded_on is None:
        date_error = "The date must be a real date, such as 22 11 2026"
    elif recorded_on > today:
        date_error = "The date must be today or in the past"
    if reference_error or date_error or recorded_on is None:
        return replace(typed, reference_error=reference_error, date_error=date_error)
    return Recorded(typed.reference, recorded_on, typed.version)


def _date(day: str, month: str, year: str) -> dt.date | None:
    if not all(part.isascii() and part.isdecimal() for part in (day, month, year)):
        return None
    if len(year) != 4 or max(len(day), len(month)) > 2:
        return None
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _notice(
    request: Request,
    visit: Visit,
    notification_id: UUID,
    form: Typed,
    *,
    said: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    with running(request).store.writing() as connection:
        notice = notices.open_notice(connection, visit, notification_id)
    values = {"notice": notice, "form": form, "said": said}
    return page(request, "notice.html", values, visit=visit, status_code=status_code)
