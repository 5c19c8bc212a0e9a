"""Errors of the API as problem documents (RFC 9457): stable types, no values.

A problem says what is wrong and where in the document, never what stood there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, ValidationError

MEDIA_TYPE = "application/problem+json"
_TYPES = "urn:crossborder:problem:"
_MOST_FAULTS = 20


class Fault(BaseModel):
    """One thing that is wrong with a document."""

    model_config = ConfigDict(frozen=True)

    pointer: str
    """Where: a JSON pointer (RFC 6901) into the body, or ``path``, ``query``."""
    code: str
    message: str


class Problem(BaseModel):
    """Why a call was not carried out (RFC 9457)."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    """The request's id, as in ``X-Request-Id`` and the portal's log."""
    errors: tuple[Fault, ...] | None = None


class Refusal(Exception):
    """A call that is answered with a problem."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        *,
        detail: str | None = None,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.members: dict[str, str] = {}
        """What goes beside RFC 9457's own members."""


def answer(refusal: Refusal, request_id: str) -> JSONResponse:
    """The response that tells of a refusal."""
    problem = Problem(
        type=_TYPES + refusal.code,
        title=refusal.title,
        status=refusal.status,
        detail=refusal.detail,
        instance=f"urn:uuid:{request_id}",
        errors=refusal.errors or None,
    )
    return JSONResponse(
        problem.model_dump(mode="json", exclude_none=True) | refusal.members,
        status_code=refusal.status,
        media_type=MEDIA_TYPE,
        headers=refusal.headers,
    )


def invalid_document(error: ValidationError) -> Refusal:
    """A body that is not the document it should be: 400 no JSON, 422 the wrong one."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(fault["type"] == "json_invalid" for fault in found):
        return Refusal(400, "not-json", "The body is no JSON text")
    return Refusal(
        422,
        "invalid-document",
        "The body is not the document that this call takes",
        detail=f"{len(found)} faults" if len(found) > _MOST_FAULTS else None,
        errors=faults(found),
    )


def faults(found: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """What pydantic found, without the values it found."""
    return [
        Fault(
            pointer="/" + "/".join(_escaped(step) for step in fault["loc"]),
            code=fault["type"],
            message=fault["msg"],
        )
        for fault in found[:_MOST_FAULTS]
    ]


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")
