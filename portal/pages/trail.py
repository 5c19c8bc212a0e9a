"""The audit trail, one child's access history, and what is taken away of both."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from portal import audit, sealing, trail
from portal.audit import CHOSEN, Action, Purpose
from portal.clock import london_date
from portal.oversight_words import PURPOSES
from portal.pages.access import FormSent, SignedIn
from portal.pages.rendering import page
from portal.permissions import check_audit
from portal.running import running
from portal.trail import Filter, Question
from portal.visits import Visit

router = APIRouter(include_in_schema=False)


def filter_sent(
    agency: Annotated[str, Query(max_length=9)] = "",
    actor: Annotated[str, Query(max_length=36)] = "",
    action: Annotated[str, Query(max_length=40)] = "",
    since: Annotated[str, Query(alias="from", max_length=10)] = "",
    until: Annotated[str, Query(alias="to", max_length=10)] = "",
) -> Filter:
    """The filter of a page's address; what is no date leaves nothing out."""
    plain = {"agency": agency, "actor": actor.strip(), "action": action}
    known = {name: value for name, value in plain.items() if "\0" not in value}
    return Filter(**known, since=_date(since), until=_date(until))


Wanted = Annotated[Filter, Depends(filter_sent)]


@router.get("/audit")
def show_trail(
    request: Request,
    visit: SignedIn,
    wanted: Wanted,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> HTMLResponse:
    """Who looked at what and why, newest first."""
    with running(request).store.writing(visit.standing) as connection:
        found = trail.lines(connection, visit, wanted, before)
    values = {
        "found": found, "wanted": wanted, "actions": list(Action), "before": before,
        "purposes": CHOSEN,
    }  # fmt: skip
    return page(request, "audit.html", values, visit=visit)


@router.get("/audit/export.csv")
def download_csv(
    request: Request, visit: SignedIn, wanted: Wanted, purpose: Purpose
) -> Response:
    """The filtered entries as a table."""
    with running(request).store.writing(visit.standing) as connection:
        content = trail.as_csv(connection, visit, wanted, purpose)
    return Response(
        content, media_type="text/csv; charset=utf-8", headers=_attached(visit, "csv")
    )


@router.get("/audit/export.jsonl")
def download_trail(request: Request, visit: SignedIn, purpose: Purpose) -> Response:
    """The whole sealed trail: ``crossborder-portal audit verify --file`` reads it."""
    check_audit(visit.viewer)
    _seal(request)
    store = running(request).store
    with store.writing(visit.standing) as connection:
        audit.record(connection, visit, Action.AUDIT_EXPORTED, "jsonl", purpose=purpose)
    lines: Iterator[str] = sealing.exported(store, visit.standing)
    return StreamingResponse(
        lines, media_type="application/jsonl", headers=_attached(visit, "jsonl")
    )


@router.post("/audit/verification")
def verify(request: Request, visit: FormSent) -> Response:
    """Goes through the whole trail now, and says what it found."""
    check_audit(visit.viewer)
    _seal(request)
    portal = running(request)
    key = portal.settings.signing_key()
    public = key.public_key().public_bytes_raw().hex() if key else None
    verdict = sealing.verify(portal.store, visit.standing, public)
    with portal.store.writing(visit.standing) as connection:
        sealing.note_check(connection, visit.at, verdict)
        audit.record(connection, visit, Action.AUDIT_LISTED, "verification")
    return page(request, "audit_verified.html", {"verdict": verdict}, visit=visit)


@dataclass(frozen=True, slots=True)
class Typed:
    """The form of an access history as it was sent."""

    question: Question
    purpose: str = ""
    page: int = 1

    @property
    def errors(self) -> dict[str, str]:
        """Where on the page each fault is, and its words."""
        asked, found = self.question, {}
        if not (asked.reference or (asked.authority and asked.record_ref)):
            found["reference"] = (
                "Enter a recording token, an id, or an authority and its reference"
            )
        if self.purpose not in CHOSEN:
            found["purpose"] = "Choose why you ask"
        return found


def history_form(
    reference: Annotated[str, Form(max_length=60)] = "",
    authority: Annotated[str, Form(max_length=9)] = "",
    record_ref: Annotated[str, Form(max_length=60)] = "",
    purpose: Annotated[str, Form(max_length=30)] = "",
    number: Annotated[int, Form(alias="page", ge=1, le=100_000)] = 1,
) -> Typed:
    """What was asked; a sign that no database takes is left out."""
    asked = (
        text.replace("\0", "").strip() for text in (reference, authority, record_ref)
    )
    return Typed(Question(*asked), purpose, number)


@router.get("/audit/child")
def ask_history(request: Request, visit: SignedIn) -> HTMLResponse:
    """The form that asks whose access history, and why."""
    check_audit(visit.viewer)
    return _history(request, visit, Typed(Question()), {})


@router.post("/audit/child")
def show_history(
    request: Request, visit: FormSent, typed: Annotated[Typed, Depends(history_form)]
) -> HTMLResponse:
    """Every access to one child's documents. Sent as a form: no reference of a child
    stands in an address."""
    check_audit(visit.viewer)
    if typed.errors:
        return _history(request, visit, typed, typed.errors)
    _seal(request)
    with running(request).store.writing(visit.standing) as connection:
        found = trail.accesses(
            connection, visit, typed.question, Purpose(typed.purpose), typed.page
        )
    return _history(request, visit, typed, {}, found)


@router.post("/audit/staff/{user_id}")
def reveal_staff(
    request: Request,
    visit: FormSent,
    user_id: UUID,
    purpose: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """The name behind a pseudonym, for a purpose that was chosen."""
    check_audit(visit.viewer)
    values: dict[str, object] = {"user_id": user_id, "purposes": CHOSEN, "staff": None}
    if purpose not in CHOSEN:
        return page(request, "audit_staff.html", values, visit=visit, status_code=422)
    with running(request).store.writing(visit.standing) as connection:
        staff = trail.reveal(connection, visit, user_id, Purpose(purpose))
        names = trail.names_of_agencies(connection)
    values |= {"staff": staff, "purpose": PURPOSES[Purpose(purpose)], "names": names}
    return page(request, "audit_staff.html", values, visit=visit)


def _history(
    request: Request,
    visit: Visit,
    typed: Typed,
    errors: dict[str, str],
    found: trail.Accesses | None = None,
) -> HTMLResponse:
    values = {
        "question": typed.question, "purpose": typed.purpose, "errors": errors,
        "found": found, "purposes": CHOSEN,
    }  # fmt: skip
    status = 422 if errors else 200
    return page(request, "audit_child.html", values, visit=visit, status_code=status)


def _seal(request: Request) -> None:
    """Nothing that was done before this request is left out."""
    portal = running(request)
    sealing.seal_waiting(portal.store, portal.clock, portal.settings.signing_key())


def _attached(visit: Visit, suffix: str) -> dict[str, str]:
    name = f"audit-{london_date(visit.at).isoformat()}.{suffix}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _date(text: str) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None
