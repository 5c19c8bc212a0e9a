"""Training on made-up pairs: a list with one's score, a pair, and its truth."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from portal import training
from portal.differences import differences
from portal.likeness import relation
from portal.pages.access import FormSent, SignedIn
from portal.pages.pair_form import CHOICES
from portal.pages.rendering import page
from portal.running import running
from portal.visits import Visit
from portal.waterfall import waterfall
from portal.why_not import why_not

router = APIRouter(include_in_schema=False)


@router.get("/training")
def show_training(request: Request, visit: SignedIn) -> HTMLResponse:
    """Every made-up pair, which of them one has answered, and how many rightly."""
    with running(request).store.reading(visit.standing) as connection:
        progress = training.progress(connection, visit)
    values = {"progress": progress, "numbers": sorted(training.pairs())}
    return page(request, "training.html", values, visit=visit)


@router.get("/training/{number}")
def show_pair(request: Request, visit: SignedIn, number: int) -> HTMLResponse:
    """A made-up pair; once it is answered, with its truth."""
    return _shown(request, visit, number, "", 200)


@router.post("/training/{number}")
def answer(
    request: Request,
    visit: FormSent,
    number: int,
    decision: Annotated[str, Form()] = "",
) -> Response:
    """What one takes the pair for."""
    if decision not in CHOICES:
        wrong = "Choose whether they are the same person"
        return _shown(request, visit, number, wrong, 422)
    with running(request).store.writing(visit.standing) as connection:
        training.answer(connection, visit, number, *CHOICES[decision])
    return RedirectResponse(f"/training/{number}", status_code=303)


def _shown(
    request: Request, visit: Visit, number: int, wrong: str, status_code: int
) -> HTMLResponse:
    pair = training.pair(visit, number)
    with running(request).store.reading(visit.standing) as connection:
        progress = training.progress(connection, visit)
    document = pair.review
    values = {
        "pair": pair, "document": document, "answer": progress.answers.get(number),
        "progress": progress, "errors": {"decision": wrong} if wrong else {},
        "following": number + 1 if number + 1 in training.pairs() else None,
        "differences": differences(document.left, document.right),
        "relation": relation(document.left, document.right), "relations": {},
        "chart": waterfall(document.evidence, document.weight),
        "why_not": why_not(document), "margin": "",
    }  # fmt: skip
    return page(
        request, "training_pair.html", values, visit=visit, status_code=status_code
    )
