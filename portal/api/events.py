"""The feed that the region reads: what people did, in one order."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import TypeAdapter

from portal import events
from portal.api.machine import Pipeline
from portal.events import Event
from portal.permissions import PIPELINE
from portal.problems import MEDIA_TYPE, Refusal
from portal.running import running

router = APIRouter(prefix="/v1", tags=["events"])

BATCH = "application/cloudevents-batch+json"
_EVENTS = TypeAdapter(tuple[Event, ...])
_PROBLEM: dict[str, Any] = {
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
}


@router.get(
    "/events",
    summary="Read what people did",
    response_class=Response,
    responses={
        200: {
            "description": "Events in order, oldest first. A Link header with "
            'rel="next" (RFC 8288) leads on while there are more.',
            "content": {
                BATCH: {
                    "schema": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/Event"},
                    }
                }
            },
        },
        401: {"description": "No valid machine key", **_PROBLEM},
        403: {"description": "The key is not for this call", **_PROBLEM},
        404: {"description": "There is no event of that id", **_PROBLEM},
        422: {"description": "A parameter is not what it should be", **_PROBLEM},
    },
)
def read_events(
    request: Request,
    machine: Pipeline,  # noqa: ARG001 - asked for, not used
    after: Annotated[
        UUID | None, Query(description="The last event already read")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """CloudEvents 1.0 in JSON batch form. Keep the last id, and go on after it."""
    with running(request).store.reading(PIPELINE) as connection:
        try:
            page = events.page(connection, after, limit)
        except events.UnknownEvent:
            raise Refusal(
                404,
                "unknown-event",
                "There is no event of that id here",
                detail="The portal's feed may have begun anew: read it without after.",
            ) from None
    response = Response(_EVENTS.dump_json(page.events), media_type=BATCH)
    if page.more:
        following = f"/v1/events?after={page.events[-1].id}&limit={limit}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response
