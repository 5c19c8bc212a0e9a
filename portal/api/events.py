"""The feed that the region reads: what people did, in one order."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import TypeAdapter

from portal import events
from portal.api.bodies import refusals
from portal.api.machine import Pipeline
from portal.events import Event
from portal.permissions import PIPELINE
from portal.problems import Refusal
from portal.running import running

router = APIRouter(prefix="/v1", tags=["events"])

BATCH = "application/cloudevents-batch+json"
_EVENTS = TypeAdapter(tuple[Event, ...])


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
        **refusals({404: "There is no event of that id"}),
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
    """CloudEvents 1.0 in JSON batch form. Keep the last id, and go on after it: what
    was read before it may lose the words that somebody typed, once they are over."""
    store = running(request).store
    with store.reading(PIPELINE) as connection:
        try:
            page = events.page(connection, after, limit)
            news = page.start > events.collected(connection)
        except events.UnknownEvent:
            raise Refusal(
                404,
                "unknown-event",
                "There is no event of that id here",
                detail="The portal's feed may have begun anew: read it without after.",
            ) from None
    if news:
        with store.writing(PIPELINE) as connection:
            events.note_collected(connection, page.start)
    response = Response(_EVENTS.dump_json(page.events), media_type=BATCH)
    if page.more:
        following = f"/v1/events?after={page.events[-1].id}&limit={limit}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response
