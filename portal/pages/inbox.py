"""An agency's inbox, a notice, its package, and what is taken away of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Connection

from notifications.documents import Notification
from notifications.wording import counted
from portal import holding, inboxes, notice_list, notices, reveals
from portal.clock import london_date
from portal.holding import Colleague
from portal.inbox_filters import Filters
from portal.inboxes import MOST_EXPORTED, TooManyToExport
from portal.notices import Opened
from portal.package import as_csv, file_name, heading, sections
from portal.package_pdf import as_pdf
from portal.pages.access import FormSent, SignedIn, freshly_proven
from portal.pages.chosen import chosen_filters, sent_filters
from portal.pages.rendering import page
from portal.pages.typed import Typed
from portal.reveals import Purpose
from portal.running import running
from portal.visits import Visit

router = APIRouter(include_in_schema=False)


@router.get("/inbox")
def show_inbox(
    request: Request,
    visit: SignedIn,
    filters: Annotated[Filters, Depends(chosen_filters)],
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """The agency's notices of one list, the most urgent first, as narrowed."""
    return inbox_page(request, visit, filters, number)


@router.post("/inbox/export")
def export_inbox(
    request: Request,
    visit: FormSent,
    filters: Annotated[Filters, Depends(sent_filters)],
    purpose: Annotated[str, Form()] = "",
) -> Response:
    """The list as it is narrowed, as CSV, for a purpose that is put on record."""
    if purpose not in set(inboxes.Purpose):
        fault = "Choose what you take the list away for"
        return inbox_page(request, visit, filters, fault=fault)
    try:
        with running(request).store.writing(visit.standing) as connection:
            taken = inboxes.export(connection, visit, filters, inboxes.Purpose(purpose))
    except TooManyToExport as refused:
        fault = (
            f"The list has {counted(refused.total, 'notice')}, and up to "
            f"{MOST_EXPORTED:,} can be taken away at once. Narrow it first"
        )
        return inbox_page(request, visit, filters, fault=fault)
    name = f"notices-{filters.show}-{london_date(visit.at)}.csv"
    return _download(notice_list.as_csv(taken), "text/csv; charset=utf-8", name)


def inbox_page(
    request: Request,
    visit: Visit,
    filters: Filters,
    number: int = 1,
    *,
    fault: str = "",
) -> HTMLResponse:
    """A page of the inbox, with what was wrong with its export form."""
    with running(request).store.writing(visit.standing) as connection:
        inbox = inboxes.inbox(connection, visit, filters, number)
    inbox = replace(inbox, notices=tuple(map(reveals.veiled, inbox.notices)))
    values = {"inbox": inbox, "fault": fault}
    status = 422 if fault else 200
    return page(request, "inbox.html", values, visit=visit, status_code=status)


@router.get("/notifications/{notification_id}")
def show_notice(
    request: Request, visit: SignedIn, notification_id: UUID, said: str = ""
) -> Response:
    """One notice, opened by being shown. A reminder leads to what it reminds of."""
    with running(request).store.writing(visit.standing) as connection:
        original = notices.original_of(connection, visit, notification_id)
        if original is not None:
            return RedirectResponse(f"/notifications/{original}", status_code=303)
        found = _open(connection, visit, notification_id)
    return _shown(request, visit, found, said=said)


@router.get("/notifications/{notification_id}/print")
def print_notice(
    request: Request, visit: SignedIn, notification_id: UUID
) -> HTMLResponse:
    """The notice on a page that is made for paper."""
    with running(request).store.writing(visit.standing) as connection:
        opened = notices.printed(connection, visit, notification_id)
    notice = reveals.veiled(opened.notice)
    values = {
        "opened": opened,
        "notice": notice,
        "package": sections(notice.document),
        "package_heading": heading(notice.document),
    }
    return page(request, "notice_print.html", values, visit=visit)


@router.get("/notifications/{notification_id}/record.pdf")
def download_pdf(request: Request, visit: SignedIn, notification_id: UUID) -> Response:
    """What to type, on paper."""
    portal = running(request)
    with portal.store.writing(visit.standing) as connection:
        document = _package(request, connection, visit, notification_id)
    sheet = as_pdf(document, portal.settings.region)
    return _download(sheet, "application/pdf", file_name(document, "pdf"))


@router.get("/notifications/{notification_id}/record.csv")
def download_csv(request: Request, visit: SignedIn, notification_id: UUID) -> Response:
    """What to type, as a row."""
    with running(request).store.writing(visit.standing) as connection:
        document = _package(request, connection, visit, notification_id)
    return _download(
        as_csv(document), "text/csv; charset=utf-8", file_name(document, "csv")
    )


def opened_page(
    request: Request,
    visit: Visit,
    notification_id: UUID,
    form: Typed | None = None,
    *,
    said: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    """The notice's page, with the form as it was typed; what is hidden stays so."""
    with running(request).store.writing(visit.standing) as connection:
        found = _open(connection, visit, notification_id)
    return _shown(request, visit, found, form, said=said, status_code=status_code)


def revealed_page(
    request: Request, visit: Visit, notification_id: UUID, purpose: Purpose
) -> HTMLResponse:
    """The notice's page with what is hidden. That somebody looked, and what for, is in
    the trail; the caller has had it proven who is there."""
    with running(request).store.writing(visit.standing) as connection:
        opened = notices.open_notice(connection, visit, notification_id)
        hidden = reveals.is_hidden(opened.notice)
        if hidden:
            reveals.record(connection, visit, notification_id, purpose)
        people = holding.colleagues(connection, visit)
    values = {
        "hidden": hidden,
        "purpose": purpose,
        "colleagues": holding.able(people, opened.notice.document.audience),
        "form": _form(opened, visit, None),
        "said": "",
    }
    return _page(request, visit, opened, values, 200)


def _open(
    connection: Connection, visit: Visit, notification_id: UUID
) -> tuple[Opened, Sequence[Colleague]]:
    opened = notices.open_notice(connection, visit, notification_id)
    return opened, holding.colleagues(connection, visit)


def _shown(
    request: Request,
    visit: Visit,
    found: tuple[Opened, Sequence[Colleague]],
    form: Typed | None = None,
    *,
    said: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    opened, people = found
    values = {
        "hidden": reveals.is_hidden(opened.notice),
        "purpose": None,
        "colleagues": holding.able(people, opened.notice.document.audience),
        "form": _form(opened, visit, form),
        "said": said,
    }
    veiled = replace(opened, notice=reveals.veiled(opened.notice))
    return _page(request, visit, veiled, values, status_code)


def _page(
    request: Request,
    visit: Visit,
    opened: Opened,
    values: dict[str, Any],
    status_code: int,
) -> HTMLResponse:
    shown = {
        "opened": opened,
        "notice": opened.notice,
        "package": sections(opened.notice.document),
        "package_heading": heading(opened.notice.document),
    }
    return page(
        request, "notice.html", shown | values, visit=visit, status_code=status_code
    )


def _package(
    request: Request, connection: Connection, visit: Visit, notification_id: UUID
) -> Notification:
    notice = notices.take_package(connection, visit, notification_id)
    if reveals.is_hidden(notice):
        freshly_proven(request, visit)
        reveals.record(connection, visit, notification_id, Purpose.RECORD)
    return notice.document


def _form(opened: Opened, visit: Visit, typed: Typed | None) -> Typed:
    """What was typed; before that, what was said last, or today."""
    if typed is not None and not (typed.dispute_error or typed.purpose_error):
        return typed
    notice = opened.notice
    on = notice.recorded_on or london_date(visit.at)
    return Typed(
        notice.reference or "", str(on.day), str(on.month), str(on.year),
        dispute_error=typed.dispute_error if typed else "",
        purpose_error=typed.purpose_error if typed else "",
    )  # fmt: skip


def _download(content: bytes, media_type: str, name: str) -> Response:
    return Response(
        content,
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
