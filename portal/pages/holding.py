"""Who has a notice, and handing over at the end of a shift."""

import unicodedata
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from portal import handovers, holding, reveals
from portal.audit import Action
from portal.handovers import LONGEST_NOTE, CantHold, HandOver, Shift
from portal.holding import PassedMeanwhile, Passing
from portal.pages.access import FormSent, SignedIn
from portal.pages.inbox import opened_page
from portal.pages.rendering import page
from portal.running import running
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

_DESK = "desk"


@router.post("/notifications/{notification_id}/holder")
def pass_on(
    request: Request,
    visit: FormSent,
    notification_id: UUID,
    passes: Annotated[int, Form(ge=0)],
    to: Annotated[str, Form()] = "",
) -> Response:
    """The notice is taken, passed on, or given back to the desk."""
    chosen = _person(to)
    if chosen is None and to != _DESK:
        return opened_page(
            request, visit, notification_id, said="nobody", status_code=422
        )
    try:
        with running(request).store.writing(visit.standing) as connection:
            passing = Passing(chosen, passes)
            holding.pass_on(connection, visit, notification_id, passing)
    except PassedMeanwhile:
        return opened_page(
            request, visit, notification_id, said="passed", status_code=409
        )
    return RedirectResponse(f"/notifications/{notification_id}#holder", status_code=303)


@dataclass(frozen=True, slots=True)
class Sent:
    """The form of a hand-over as it was sent."""

    items: tuple[str, ...] = ()
    to: str = ""
    note: str = ""
    errors: tuple[tuple[str, str], ...] = ()


def sent_form(
    items: Annotated[tuple[str, ...], Form(alias="item")] = (),
    to: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Sent:
    """The form of a hand-over."""
    return Sent(items, to, _plain(note))


@router.get("/handover")
def show_handover(request: Request, visit: SignedIn, said: str = "") -> HTMLResponse:
    """What I have, what the desk has, and the form."""
    return _page(request, visit, Sent(), said=said)


@router.get("/handover/print")
def print_handover(request: Request, visit: SignedIn) -> HTMLResponse:
    """The same on a page that is made for paper: references, and nobody's name."""
    with running(request).store.writing(visit.standing) as connection:
        shift = handovers.shift(connection, visit, Action.HANDOVER_PRINTED)
    values = {"shift": _veiled(shift)}
    return page(request, "handover_print.html", values, visit=visit)


@router.post("/handover")
def hand_over(
    request: Request, visit: FormSent, sent: Annotated[Sent, Depends(sent_form)]
) -> Response:
    """What was chosen goes to a colleague or to the desk, all of it or nothing."""
    to = _person(sent.to)
    items = dict.fromkeys(map(_item, sent.items))
    chosen = tuple(item for item in items if item is not None)
    faults = _faults(sent, chosen, to)
    if faults:
        return _page(request, visit, replace(sent, errors=faults), status_code=422)
    try:
        with running(request).store.writing(visit.standing) as connection:
            handovers.hand_over(connection, visit, HandOver(chosen, to, sent.note))
    except CantHold:
        fault = (
            "to",
            "What you chose has notices for named officers only. Choose a named "
            "officer, or give them back to the desk",
        )
        return _page(request, visit, replace(sent, errors=(fault,)), status_code=422)
    except PassedMeanwhile:
        return _page(request, visit, sent, said="changed", status_code=409)
    return RedirectResponse("/handover?said=handed", status_code=303)


def _page(
    request: Request,
    visit: Visit,
    sent: Sent,
    *,
    said: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    with running(request).store.writing(visit.standing) as connection:
        shift = handovers.shift(connection, visit)
    values = {
        "shift": _veiled(shift),
        "sent": sent,
        "said": said,
        "longest": LONGEST_NOTE,
    }
    return page(request, "handover.html", values, visit=visit, status_code=status_code)


def _veiled(shift: Shift) -> Shift:
    return replace(
        shift,
        mine=tuple(map(reveals.veiled, shift.mine)),
        desk=tuple(map(reveals.veiled, shift.desk)),
    )


def _faults(
    sent: Sent, chosen: tuple[tuple[UUID, int], ...], to: UUID | None
) -> tuple[tuple[str, str], ...]:
    found = []
    if not chosen:
        found.append(("items", "Choose what you hand over"))
    if to is None and sent.to != _DESK:
        found.append(("to", "Choose whom you hand over to"))
    if len(sent.note) > LONGEST_NOTE:
        found.append(("note", f"The note has up to {LONGEST_NOTE:,} characters"))
    return tuple(found)


def _person(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _item(text: str) -> tuple[UUID, int] | None:
    """``<notice>.<count>``: a notice, and how often it had changed hands."""
    identity, _, passes = text.partition(".")
    notice = _person(identity)
    known = notice is not None and passes.isascii() and passes.isdecimal()
    return (notice, int(passes[:9])) if notice and known else None


def _plain(text: str) -> str:
    """The text without signs that no keyboard makes; lines stay lines."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept = (
        "".join(sign for sign in line if unicodedata.category(sign)[0] != "C")
        for line in lines
    )
    return "\n".join(kept).strip()
