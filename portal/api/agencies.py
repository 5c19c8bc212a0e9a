"""The calls of an agency's own system: it collects what the pages show to its people,
and says what they say there. The pages' own functions answer."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from sqlalchemy import Connection

from notifications.documents import Obligation
from notifications.reports import SupplierVerdict
from portal import collecting, notices, replies, reveals
from portal.api.agency_documents import (
    AcknowledgementSaid,
    Answered,
    DisputeSaid,
    NoticeListed,
    NoticeOpened,
    etag_of,
    listed,
    opened,
)
from portal.api.bodies import OF_BODIES, JsonBody, parsed, refusals, takes
from portal.api.machine import AgencyProgram
from portal.clock import london_date
from portal.collecting import Collected, Reading
from portal.cursors import Cursor, NoCursor
from portal.inbox_filters import Show
from portal.notice_rows import Notice, find
from portal.notices import NoPackage
from portal.package import as_csv, file_name
from portal.problems import Fault, Refusal
from portal.replies import ChangedMeanwhile, NotAnswerable, Recorded, ReferenceRepeats
from portal.running import running
from portal.tasks import Show as ShowTasks
from portal.visits import Visit

router = APIRouter(prefix="/v1", tags=["agencies"])

_NOT_YOURS = {404: "There is none of that id for this agency and audience"}
_CONDITIONS = {
    409: "It can't be answered: withdrawn, superseded, a copy or a reminder; or its "
    "reference stands on other children's notices (confirm it)",
    412: "The notice changed since: read it again",
    428: "If-Match is missing: send the notice's ETag",
}
_LINK: dict[str, Any] = {
    "Link": {
        "description": 'The next page, rel="next" (RFC 8288), while there is more',
        "schema": {"type": "string"},
    }
}
_ETAG: dict[str, Any] = {
    "ETag": {
        "description": "To be sent as If-Match with an answer",
        "schema": {"type": "string"},
    }
}


def reading(
    cursor: Annotated[
        str | None,
        Query(description="From the last page's Link", max_length=64),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Reading:
    """How much of a list, and from where.

    Raises:
        Refusal: 422 when the cursor is none of ours.
    """
    try:
        after = None if cursor is None else Cursor.read(cursor)
    except NoCursor:
        fault = Fault(pointer="/query/cursor", code="cursor", message="not a cursor")
        raise Refusal(
            422, "malformed-call", "A part of the path or query is wrong",
            errors=[fault],
        ) from None  # fmt: skip
    return Reading(after, limit)


PageAsked = Annotated[Reading, Depends(reading)]
IfMatch = Annotated[str | None, Header(description="The notice's ETag, or *")]


@router.get(
    "/notifications",
    summary="List the agency's notices",
    responses={200: {"headers": _LINK}, **refusals()},
)
def list_notices(
    request: Request,
    response: Response,
    visit: AgencyProgram,
    asked: PageAsked,
    state: Annotated[Show, Query(description="Which of the inbox's lists")] = Show.OPEN,
) -> list[NoticeListed]:
    """In the order of arrival. What is listed for the first time is *fetched*."""
    with running(request).store.writing(visit.standing) as connection:
        collected = collecting.collect_notices(connection, visit, state, asked)
    _link(request, response, collected, state=state, limit=asked.limit)
    return [listed(notice) for notice in collected.found]


@router.get(
    "/notifications/{notification_id}",
    summary="Open a notice",
    responses={200: {"headers": _ETAG}, **refusals(_NOT_YOURS)},
)
def open_notice(
    request: Request, response: Response, visit: AgencyProgram, notification_id: UUID
) -> NoticeOpened:
    """The first time it is *opened* by this: the agency's system has it whole. What is
    hidden of a shielded child is revealed by it, and the audit trail says so."""
    with running(request).store.writing(visit.standing) as connection:
        notice = notices.open_notice(connection, visit, notification_id).notice
        reveals.record_system(connection, visit, notice)
    response.headers["ETag"] = etag_of(notice)
    return opened(notice)


@router.get(
    "/notifications/{notification_id}/record.csv",
    summary="Take the record-ready package",
    response_class=Response,
    responses={
        200: {
            "description": "What to type into the agency's record, as a row",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        },
        **refusals(_NOT_YOURS, {410: "There is nothing to record from it"}),
    },
)
def take_package(
    request: Request, visit: AgencyProgram, notification_id: UUID
) -> Response:
    """*Fetched* by this. A withdrawn or superseded notice has none."""
    try:
        with running(request).store.writing(visit.standing) as connection:
            notice = notices.take_package(connection, visit, notification_id)
            reveals.record_system(connection, visit, notice)
    except NoPackage:
        raise Refusal(
            410, "nothing-to-record", "There is nothing to record from this notice"
        ) from None
    name = file_name(notice.document, "csv")
    return Response(
        as_csv(notice.document),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.post(
    "/notifications/{notification_id}/acknowledgement",
    summary="Acknowledge a notice",
    responses={
        200: {"headers": _ETAG}, **refusals(OF_BODIES, _NOT_YOURS, _CONDITIONS)
    },
    openapi_extra=takes(AcknowledgementSaid),
)  # fmt: skip
def acknowledge(
    request: Request,
    response: Response,
    visit: AgencyProgram,
    notification_id: UUID,
    raw: JsonBody,
    if_match: IfMatch = None,
) -> Answered:
    """The very same again changes nothing, whatever the ETag."""
    said = parsed(AcknowledgementSaid, raw)
    if said.recorded_on > london_date(visit.at):
        fault = Fault(
            pointer="/recorded_on", code="future", message="must be today or before"
        )
        raise Refusal(
            422, "invalid-document", "It can't have been recorded in the future",
            errors=[fault],
        )  # fmt: skip

    def answer(connection: Connection, version: int) -> None:
        recorded = Recorded(
            said.reference, said.recorded_on, version, sure=said.confirmed
        )
        replies.acknowledge(connection, visit, notification_id, recorded)

    return _answered(request, response, visit, notification_id, if_match, answer)


@router.post(
    "/notifications/{notification_id}/dispute",
    summary="Dispute a notice",
    responses={
        200: {"headers": _ETAG}, **refusals(OF_BODIES, _NOT_YOURS, _CONDITIONS)
    },
    openapi_extra=takes(DisputeSaid),
)  # fmt: skip
def dispute(
    request: Request,
    response: Response,
    visit: AgencyProgram,
    notification_id: UUID,
    raw: JsonBody,
    if_match: IfMatch = None,
) -> Answered:
    """The very same again changes nothing, whatever the ETag."""
    said = parsed(DisputeSaid, raw)

    def answer(connection: Connection, version: int) -> None:
        replies.dispute(connection, visit, notification_id, said.reason, version)

    return _answered(request, response, visit, notification_id, if_match, answer)


@router.get(
    "/obligations",
    summary="List what the agency owes",
    responses={200: {"headers": _LINK}, **refusals()},
)
def list_obligations(
    request: Request,
    response: Response,
    visit: AgencyProgram,
    asked: PageAsked,
    state: Annotated[ShowTasks, Query(description="Owed, or met")] = ShowTasks.OWED,
) -> list[Obligation]:
    """In the order in which they were last told."""
    with running(request).store.writing(visit.standing) as connection:
        collected = collecting.collect_obligations(connection, visit, state, asked)
    _link(request, response, collected, state=state, limit=asked.limit)
    return list(collected.found)


@router.get(
    "/verdicts",
    summary="Collect the verdicts on the agency's extracts",
    responses={200: {"headers": _LINK}, **refusals()},
)
def list_verdicts(
    request: Request, response: Response, visit: AgencyProgram, asked: PageAsked
) -> list[SupplierVerdict]:
    """For a supplier's program. In the order in which they were last told."""
    with running(request).store.writing(visit.standing) as connection:
        collected = collecting.collect_verdicts(connection, visit, asked)
    _link(request, response, collected, limit=asked.limit)
    return list(collected.found)


def _answered(
    request: Request, response: Response, visit: Visit, notification_id: UUID,
    if_match: str | None, answer: Callable[[Connection, int], None],
) -> Answered:  # fmt: skip
    """The answer is given on the version that ``If-Match`` names."""
    if if_match is None:
        raise Refusal(428, "if-match-missing", "Send the notice's ETag as If-Match")
    try:
        with running(request).store.writing(visit.standing) as connection:
            notice = find(connection, visit, notification_id)
            answer(connection, _version_meant(if_match, notice))
            notice = find(connection, visit, notification_id)
    except ChangedMeanwhile:
        raise Refusal(
            412, "precondition-failed", "The notice changed since: read it again"
        ) from None
    except NotAnswerable:
        raise Refusal(
            409,
            "not-answerable",
            "The notice can't be answered",
            detail="It is withdrawn, superseded, a copy or a reminder.",
        ) from None
    except ReferenceRepeats as repeats:
        raise Refusal(
            409,
            "reference-repeats",
            "The reference stands on notices of other children",
            detail=f"On {repeats.others}. If it is right, send confirmed: true.",
        ) from None
    response.headers["ETag"] = etag_of(notice)
    return Answered(
        notification_id=notification_id, state=notice.state, etag=etag_of(notice)
    )


def _version_meant(if_match: str, notice: Notice) -> int:
    """The held version if it is among those named; otherwise one that never was."""
    named = {tag.strip() for tag in if_match.split(",")}
    return notice.version if named & {"*", etag_of(notice)} else 0


def _link(
    request: Request, response: Response, collected: Collected[Any], **query: object
) -> None:
    if collected.following is not None:
        following = urlencode({**query, "cursor": str(collected.following)})
        response.headers["Link"] = f'<{request.url.path}?{following}>; rel="next"'
