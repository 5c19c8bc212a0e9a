"""The calls that put documents to the portal."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from notifications.documents import Withdrawal
from portal import intake
from portal.api.bodies import OF_BODIES, JsonBody, parsed, refusals, takes
from portal.api.machine import Pipeline
from portal.intake import Conditions, Delivery, Kept, Outcome
from portal.permissions import PIPELINE
from portal.problems import Fault, Refusal
from portal.running import running
from portal.shelves import (
    DEAD_LETTERS,
    NOTIFICATIONS,
    OBLIGATIONS,
    PEOPLE,
    QUALITY,
    REVIEWS,
    RUNS,
    SEARCH_ANSWERS,
    VERDICTS,
    Conflict,
    D,
    Shelf,
)

router = APIRouter(prefix="/v1", tags=["documents"])

_REFUSALS = {
    **OF_BODIES,
    409: "It goes against what is held",
    412: "If-Match or If-None-Match does not hold",
    422: "Not the document of this call, or for an agency that is not here",
}
PlainId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")]


class Accepted(BaseModel):
    """What a call did, and the entity tag of what is held now."""

    outcome: Outcome
    etag: str


def delivered(
    request: Request,
    machine: Pipeline,
    raw: JsonBody,
    if_match: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Delivery:
    """The bytes that a program brought."""
    return Delivery(
        raw=raw,
        machine_id=machine.machine_id,
        at=running(request).clock(),
        conditions=Conditions(if_match, if_none_match),
    )


Delivered = Annotated[Delivery, Depends(delivered)]


def _documented(
    model: type[BaseModel], summary: str, more: dict[int, str] | None = None
) -> dict[str, Any]:
    """How a call stands in the OpenAPI document."""
    return {
        "summary": summary,
        "response_model": Accepted,
        "responses": {
            200: {"description": "Held already, or updated"},
            201: {"description": "Created", "model": Accepted},
            **refusals(_REFUSALS, more or {}),
        },
        "openapi_extra": takes(model),
    }


@router.put(
    "/notifications/{notification_id}",
    **_documented(NOTIFICATIONS.model, "Make a notification available"),
)
def put_notification(
    notification_id: UUID, request: Request, response: Response, delivery: Delivered
) -> Accepted:
    """The same bytes again change nothing; other bytes are refused (409)."""
    return _put(request, response, NOTIFICATIONS, notification_id, delivery)


@router.post(
    "/notifications/{notification_id}/withdrawal",
    **_documented(
        Withdrawal, "Withdraw a notification", {404: "There is no such notification"}
    ),
)
def post_withdrawal(
    notification_id: UUID, request: Request, response: Response, delivery: Delivered
) -> Accepted:
    """Whoever has opened the original is shown that it was wrong, and why."""
    withdrawal = parsed(Withdrawal, delivery.raw)
    _check_same(notification_id, withdrawal.notification_id, "/notification_id")
    with running(request).store.writing(PIPELINE) as connection:
        try:
            kept = intake.withdraw(connection, withdrawal, delivery)
        except intake.UnknownOriginal:
            raise Refusal(
                404, "unknown-notification", "There is no such notification here"
            ) from None
        except Conflict as conflict:
            raise _conflict(conflict) from None
    return _accepted(response, kept)


@router.put(
    "/obligations/{obligation_id}",
    **_documented(OBLIGATIONS.model, "Tell what an agency owes, and by when"),
)
def put_obligation(
    obligation_id: UUID, request: Request, response: Response, delivery: Delivered
) -> Accepted:
    """A later version replaces an earlier one; a late retry of that changes nothing."""
    return _put(request, response, OBLIGATIONS, obligation_id, delivery)


@router.put(
    "/reviews/{review_id}",
    **_documented(REVIEWS.model, "Offer a pair for judgement"),
)
def put_review(
    review_id: UUID, request: Request, response: Response, delivery: Delivered
) -> Accepted:
    """The same bytes again change nothing; other bytes are refused (409)."""
    return _put(request, response, REVIEWS, review_id, delivery)


@router.put(
    "/searches/{search_id}",
    **_documented(SEARCH_ANSWERS.model, "Answer a wider search"),
)
def put_search_answer(
    search_id: UUID, request: Request, response: Response, delivery: Delivered
) -> Accepted:
    """The same bytes again change nothing; an answer may become *shielded* later, and
    other bytes are refused (409)."""
    return _put(request, response, SEARCH_ANSWERS, search_id, delivery)


@router.put(
    "/people/{person_id}",
    **_documented(PEOPLE.model, "Tell of a cross-border person, as pointers"),
)
def put_person(
    person_id: UUID, request: Request, response: Response, delivery: Delivered
) -> Accepted:
    """A later version replaces an earlier one; a late retry of that changes nothing."""
    return _put(request, response, PEOPLE, person_id, delivery)


@router.put("/runs/{run_id}", **_documented(RUNS.model, "Report a night, in counts"))
def put_run(
    run_id: PlainId, request: Request, response: Response, delivery: Delivered
) -> Accepted:
    """The last version stands; a late retry of an earlier one changes nothing."""
    return _put(request, response, RUNS, run_id, delivery)


@router.put(
    "/verdicts/{verdict_id}",
    **_documented(VERDICTS.model, "Report what became of a supplier's extract"),
)
def put_verdict(
    verdict_id: UUID, request: Request, response: Response, delivery: Delivered
) -> Accepted:
    """The last version stands; a late retry of an earlier one changes nothing."""
    return _put(request, response, VERDICTS, verdict_id, delivery)


@router.put(
    "/quality/{authority}/{business_date}",
    **_documented(QUALITY.model, "Report what an extract was like, in counts"),
)
def put_quality(
    authority: PlainId,
    business_date: dt.date,
    request: Request,
    response: Response,
    delivery: Delivered,
) -> Accepted:
    """The last version stands; a late retry of an earlier one changes nothing."""
    identity = f"{authority} {business_date}"
    return _put(request, response, QUALITY, identity, delivery)


@router.put(
    "/dead-letters/{letter_id}",
    **_documented(DEAD_LETTERS.model, "Report a delivery that was refused for good"),
)
def put_dead_letter(
    letter_id: PlainId, request: Request, response: Response, delivery: Delivered
) -> Accepted:
    """The last version stands; a late retry of an earlier one changes nothing."""
    return _put(request, response, DEAD_LETTERS, letter_id, delivery)


def _put(
    request: Request,
    response: Response,
    shelf: Shelf[D],
    identity: UUID | str,
    delivery: Delivery,
) -> Accepted:
    document = parsed(shelf.model, delivery.raw)
    _check_same(identity, shelf.identity(document), f"/{shelf.key.name}")
    try:
        kept = _kept(request, shelf, document, delivery)
    except IntegrityError:  # somebody put the same id in the same moment: look again
        kept = _kept(request, shelf, document, delivery)
    return _accepted(response, kept)


def _kept(request: Request, shelf: Shelf[D], document: D, delivery: Delivery) -> Kept:
    with running(request).store.writing(PIPELINE) as connection:
        try:
            return intake.put(connection, shelf, document, delivery)
        except Conflict as conflict:
            raise _conflict(conflict) from None
        except intake.PreconditionFailed:
            raise Refusal(
                412, "precondition-failed", "If-Match or If-None-Match does not hold"
            ) from None
        except intake.UnknownAgency as unknown:
            raise Refusal(
                422,
                "unknown-agency",
                f"This portal has no agency {unknown.code}",
                detail="Nobody could read it. Make the agency first: "
                "crossborder-portal create-agency CODE NAME.",
            ) from None


def _conflict(conflict: Conflict) -> Refusal:
    return Refusal(
        409, "conflict", "It goes against what is held", detail=conflict.reason
    )


def _accepted(response: Response, kept: Kept) -> Accepted:
    response.status_code = 201 if kept.outcome is Outcome.CREATED else 200
    response.headers["ETag"] = kept.etag
    return Accepted(outcome=kept.outcome, etag=kept.etag)


def _check_same(path: UUID | str, body: UUID | str, pointer: str) -> None:
    if path != body:
        fault = Fault(pointer=pointer, code="other_id", message="not the path's id")
        raise Refusal(
            422, "other-id", "The body's id is not the path's id", errors=[fault]
        )
