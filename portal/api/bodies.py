"""JSON bodies, read as they came and then strictly."""

from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from portal.problems import MEDIA_TYPE, Refusal, invalid_document

JSON = "application/json"
M = TypeVar("M", bound=BaseModel)

_PROBLEM: dict[str, Any] = {
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
}
_WAIT = {
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}
}
_OF_EVERY_CALL = {
    401: "No valid machine key",
    403: "The key is not for this call",
    413: "The body is too long",
    422: "A part of the call is not what it should be",
    429: "Too many calls: wait as long as Retry-After says",
}
OF_BODIES = {
    400: "The body is no JSON text",
    415: "The body is not application/json",
}


def refusals(*others: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    """How the statuses of a call's refusals stand in the OpenAPI document."""
    said = dict(_OF_EVERY_CALL)
    for more in others:
        said |= more
    described: dict[int | str, dict[str, Any]] = {
        status: {"description": why, **_PROBLEM} for status, why in said.items()
    }
    described[429] |= {"headers": _WAIT}
    return described


def takes(model: type[BaseModel]) -> dict[str, Any]:
    """How the document that a call takes stands in the OpenAPI document."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


async def json_body(request: Request) -> bytes:
    """The bytes of a body that is said to be plain JSON.

    Raises:
        Refusal: 415 when it is said to be something else, or compressed.
    """
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip()
    encoded = request.headers.get("Content-Encoding", "identity")
    if media_type.lower() != JSON or encoded.lower() != "identity":
        raise Refusal(
            415,
            "not-json-media-type",
            "The body must be application/json, not compressed",
        )
    return await request.body()


JsonBody = Annotated[bytes, Depends(json_body)]


def parsed(model: type[M], raw: bytes) -> M:
    """The document of a body, strictly: no key too many, no number as text.

    Raises:
        Refusal: it is not that document.
    """
    if b"\\u0000" in raw:
        raise Refusal(
            422,
            "invalid-document",
            "The body holds the character NUL, which is no text",
        )
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise invalid_document(error) from None
