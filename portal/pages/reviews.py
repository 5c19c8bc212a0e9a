"""The review queue, a pair side by side, and what a reviewer says of it."""

from collections.abc import Callable, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Connection

from notifications.documents import Review
from portal import claims, consequences, preferences, reviews, searches
from portal.claims import HeldByAnother
from portal.differences import differences
from portal.likeness import relation
from portal.pages.access import FormSent, SignedIn
from portal.pages.pair_form import TypedDecision, fault_of, typed_decision
from portal.pages.rendering import page
from portal.pairs import ForAThird, Pair, ReadsBlind, disagreement
from portal.replies import ChangedMeanwhile
from portal.reviews import Show
from portal.running import running
from portal.visits import Visit
from portal.waterfall import waterfall
from portal.why_not import margin, why_not

router = APIRouter(include_in_schema=False)


@router.get("/reviews")
def show_queue(
    request: Request,
    visit: SignedIn,
    show: Show = Show.WAITING,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
    said: str = "",
) -> HTMLResponse:
    """Pairs that wait, where waiting does most harm first; or those decided."""
    portal = running(request)
    share = portal.settings.second_reader_share
    with portal.store.writing(visit.standing) as connection:
        queue = reviews.queue(connection, visit, share, show, number)
    values = {"queue": queue, "show": show, "said": said, "nothing": None}
    return page(request, "reviews.html", values, visit=visit)


@router.post("/reviews/next")
def take_next(request: Request, visit: FormSent) -> Response:
    """The pair that presses most of those that nobody else has."""
    portal = running(request)
    share = portal.settings.second_reader_share
    with portal.store.writing(visit.standing) as connection:
        found = reviews.take_next(connection, visit, share)
        if isinstance(found, UUID):
            return RedirectResponse(f"/reviews/{found}", status_code=303)
        queue = reviews.queue(connection, visit, share, Show.WAITING, 1)
    values = {"queue": queue, "show": Show.WAITING, "said": "", "nothing": found}
    return page(request, "reviews.html", values, visit=visit)


@router.get("/reviews/{review_id}")
def show_pair(
    request: Request, visit: SignedIn, review_id: UUID, said: str = ""
) -> HTMLResponse:
    """One pair."""
    return show(request, visit, review_id, {"said": said})


@router.post("/reviews/{review_id}/judgement")
def judge(
    request: Request,
    visit: FormSent,
    review_id: UUID,
    typed: Annotated[TypedDecision, Depends(typed_decision)],
) -> Response:
    """What the two records are to each other, and why."""
    share = running(request).settings.second_reader_share

    def decide(connection: Connection) -> str:
        reviews.judge(connection, visit, share, review_id, typed.said())
        return "judged"

    return _decided(request, visit, review_id, typed, decide)


@router.post("/reviews/{review_id}/second-reading")
def read_again(
    request: Request,
    visit: FormSent,
    review_id: UUID,
    typed: Annotated[TypedDecision, Depends(typed_decision)],
) -> Response:
    """The same, by somebody who has not seen what the first reader said."""
    share = running(request).settings.second_reader_share

    def read(connection: Connection) -> str:
        agrees = reviews.read_again(connection, visit, share, review_id, typed.said())
        return "agreed" if agrees else "disagreed"

    return _decided(request, visit, review_id, typed, read)


@router.post("/reviews/{review_id}/undoing")
def undo(
    request: Request,
    visit: FormSent,
    review_id: UUID,
    judgement: Annotated[UUID, Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """The judgement no longer stands; the pair waits again."""
    if fault := fault_of(reason):
        typed = {"undo_reason": reason, "errors": {"undo-reason": fault}}
        return show(request, visit, review_id, typed, status_code=422)
    portal, why = running(request), reason.strip()
    share = portal.settings.second_reader_share
    try:
        with portal.store.writing(visit.standing) as connection:
            reviews.undo(connection, visit, share, review_id, judgement, why)
    except ReadsBlind:
        return show(request, visit, review_id, {"said": "blind"}, status_code=409)
    except ChangedMeanwhile:
        return show(request, visit, review_id, {"said": "changed"}, status_code=409)
    return RedirectResponse(f"/reviews/{review_id}?said=undone", status_code=303)


def show(
    request: Request,
    visit: Visit,
    review_id: UUID,
    given: Mapping[str, object],
    *,
    status_code: int = 200,
) -> HTMLResponse:
    """A pair's page, with what was typed into its forms and what came of it."""
    portal = running(request)
    share = portal.settings.second_reader_share
    with portal.store.writing(visit.standing) as connection:
        pair = reviews.open_pair(connection, visit, share, review_id)
        document = pair.document
        read = {
            "keys": preferences.shortcuts(connection, visit),
            "colleagues": claims.colleagues(connection, visit),
            "consequences": consequences.of_undoing(connection, pair, visit.at),
            "two": disagreement(connection, visit, review_id)
            if pair.disputed
            else None,
            "searches": searches.of_pair(connection, document),
        }
    others = pair.held_by_another(visit.viewer.user_id)
    values = {
        "said": "", "decision": "", "reason": "", "undo_reason": "", "errors": {},
        "hints": {}, "pair": pair,
        "mine": pair.claim is not None and not others, "others": others,
        "differences": differences(document.left, document.right),
        **_weighed(pair), **_relations(document), **read, **given,
    }  # fmt: skip
    return page(request, "pair.html", values, visit=visit, status_code=status_code)


def _weighed(pair: Pair) -> dict[str, object]:
    """The score and what follows from it: not for somebody who reads blind."""
    if pair.blind:
        return {"chart": None, "why_not": None, "margin": ""}
    document = pair.document
    return {
        "chart": waterfall(document.evidence, document.weight),
        "why_not": why_not(document),
        "margin": margin(document),
    }


def _relations(document: Review) -> dict[str, object]:
    child = document.left
    others = [*(one.record for one in document.rivals), *document.household]
    return {
        "relation": relation(child, document.right),
        "relations": {one.record_ref: relation(child, one) for one in others},
    }


def _decided(
    request: Request,
    visit: Visit,
    review_id: UUID,
    typed: TypedDecision,
    decide: Callable[[Connection], str],
) -> Response:
    """Does what was decided; or shows the page again, with all that was typed."""
    shown: dict[str, object] = {"decision": typed.decision, "reason": typed.reason}
    if errors := typed.errors():
        shown["errors"] = errors
        return show(request, visit, review_id, shown, status_code=422)
    try:
        with running(request).store.writing(visit.standing) as connection:
            said = decide(connection)
    except ChangedMeanwhile:
        shown["said"] = "changed"
    except HeldByAnother:
        shown["said"] = "held"
    except ForAThird:
        shown["said"] = "for-a-third"
    else:
        return RedirectResponse(f"/reviews/{review_id}?said={said}", status_code=303)
    return show(request, visit, review_id, shown, status_code=409)
