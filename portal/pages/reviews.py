"""The review queue, a pair side by side, and what a reviewer says of it."""

from collections.abc import Mapping
from typing import Annotated, get_args
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from portal import reviews
from portal.differences import differences
from portal.pages.access import FormSent, SignedIn
from portal.pages.rendering import page
from portal.replies import ChangedMeanwhile
from portal.reviews import Decision, Said, Show
from portal.running import running
from portal.visits import Visit
from portal.waterfall import waterfall

router = APIRouter(include_in_schema=False)

_SHORTEST_REASON, _LONGEST_REASON = 5, 500


@router.get("/reviews")
def show_queue(
    request: Request,
    visit: SignedIn,
    show: Show = Show.WAITING,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
    said: str = "",
) -> HTMLResponse:
    """Pairs that wait, the first deadline first; or those decided."""
    with running(request).store.writing(visit.standing) as connection:
        queue = reviews.queue(connection, visit, show, number)
    values = {"queue": queue, "show": show, "said": said}
    return page(request, "reviews.html", values, visit=visit)


@router.get("/reviews/{review_id}")
def show_pair(
    request: Request, visit: SignedIn, review_id: UUID, said: str = ""
) -> HTMLResponse:
    """One pair."""
    return _pair(request, visit, review_id, {"said": said})


@router.post("/reviews/{review_id}/judgement")
def judge(
    request: Request,
    visit: FormSent,
    review_id: UUID,
    version: Annotated[int, Form(ge=1)],
    decision: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Same, different or not sure, and why."""
    errors = {}
    if decision not in get_args(Decision):
        errors["decision"] = "Choose whether they are the same person"
    if fault := _fault_of(reason):
        errors["reason"] = fault
    typed = {"decision": decision, "reason": reason, "errors": errors}
    if errors:
        return _pair(request, visit, review_id, typed, status_code=422)
    said = Said(decision, reason.strip(), version)  # type: ignore[arg-type]
    try:
        with running(request).store.writing(visit.standing) as connection:
            reviews.judge(connection, visit, review_id, said)
    except ChangedMeanwhile:
        typed |= {"said": "changed"}
        return _pair(request, visit, review_id, typed, status_code=409)
    return RedirectResponse(f"/reviews/{review_id}?said=judged", status_code=303)


@router.post("/reviews/{review_id}/undoing")
def undo(
    request: Request,
    visit: FormSent,
    review_id: UUID,
    judgement: Annotated[UUID, Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """The judgement no longer stands; the pair waits again."""
    if fault := _fault_of(reason):
        typed = {"undo_reason": reason, "errors": {"undo-reason": fault}}
        return _pair(request, visit, review_id, typed, status_code=422)
    try:
        with running(request).store.writing(visit.standing) as connection:
            reviews.undo(connection, visit, review_id, judgement, reason.strip())
    except ChangedMeanwhile:
        return _pair(request, visit, review_id, {"said": "changed"}, status_code=409)
    return RedirectResponse(f"/reviews/{review_id}?said=undone", status_code=303)


def _fault_of(reason: str) -> str:
    length = len(reason.strip())
    if length < _SHORTEST_REASON:
        return "Say why, in a few words"
    if length > _LONGEST_REASON:
        return f"The reason must be {_LONGEST_REASON} characters or fewer"
    return "" if "\0" not in reason else "The reason must be plain text"


def _pair(
    request: Request,
    visit: Visit,
    review_id: UUID,
    given: Mapping[str, object],
    *,
    status_code: int = 200,
) -> HTMLResponse:
    with running(request).store.writing(visit.standing) as connection:
        pair = reviews.open_pair(connection, visit, review_id)
    document = pair.document
    values = {
        "said": "", "decision": "", "reason": "", "undo_reason": "", "errors": {},
        "pair": pair,
        "differences": differences(document.left, document.right),
        "chart": waterfall(document.evidence, document.weight),
        **given,
    }  # fmt: skip
    return page(request, "pair.html", values, visit=visit, status_code=status_code)
