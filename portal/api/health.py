"""Whether the portal can work: for whoever keeps it running. Tells nothing else."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from portal.permissions import DOOR
from portal.problems import MEDIA_TYPE, Refusal
from portal.running import running
from portal.store import DatabaseNotReady, check_ready

router = APIRouter(tags=["health"])
_PROBLEM: dict[str, Any] = {
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
}


class Health(BaseModel):
    """The portal answers and its database has this release's tables."""

    status: str = "ok"


@router.get(
    "/health",
    summary="Whether the portal can work",
    responses={503: {"description": "Its database can't be used", **_PROBLEM}},
)
def health(request: Request) -> Health:
    """Open to everybody: it tells nothing that a failed page would not."""
    try:
        with running(request).store.reading(DOOR) as connection:
            check_ready(connection)
    except (SQLAlchemyError, DatabaseNotReady):
        raise Refusal(
            503,
            "no-database",
            "The portal's database can't be used",
            headers={"Retry-After": "30"},
        ) from None
    return Health()
