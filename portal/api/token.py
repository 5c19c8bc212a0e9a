"""OAuth 2.0 client credentials: a signed assertion for a short-lived token.

Refusals are problem documents that also bear the members of RFC 6749 §5.2, so that
both kinds of client find what they look for.
"""

from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from portal import clients
from portal.api.bodies import refusals
from portal.clients import AssertionRefused
from portal.permissions import DOOR
from portal.problems import Refusal
from portal.refusals import note as note_refusal
from portal.running import Running, check_open_call, running

router = APIRouter(prefix="/v1", tags=["token"])

PATH = "/v1/token"
FORM = "application/x-www-form-urlencoded"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PARAMETERS = {"grant_type", "client_assertion_type", "client_assertion", "client_id"}
_MOST_FIELDS = 20


class Token(BaseModel):
    """A token for the ``Authorization`` header."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the type, not a token
    expires_in: int


async def form(request: Request) -> dict[str, str]:
    """The call's parameters.

    Raises:
        Refusal: 415 when it is no form, 400 when it is none that can be read.
    """
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip()
    if media_type.lower() != FORM:
        raise Refusal(415, "not-a-form", f"The body must be {FORM}")
    try:
        given = parse_qs(
            (await request.body()).decode("ascii"), keep_blank_values=True,
            strict_parsing=True, errors="strict", max_num_fields=_MOST_FIELDS,
        )  # fmt: skip
    except ValueError:
        raise _refused("invalid_request", "the body is no form") from None
    if any(len(values) > 1 for values in given.values()):
        raise _refused("invalid_request", "a parameter is there twice")
    return {name: values[0] for name, values in given.items() if name in _PARAMETERS}


@router.post(
    "/token",
    summary="Get a token for a signed assertion",
    dependencies=[Depends(check_open_call)],
    responses={
        **{
            status: said
            for status, said in refusals(
                {
                    400: "Not a request for client credentials",
                    401: "The assertion does not prove who sends it",
                    415: f"The body is not {FORM}",
                }
            ).items()
            if status not in {403, 422}
        }
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                FORM: {
                    "schema": {
                        "type": "object",
                        "required": [
                            "grant_type",
                            "client_assertion_type",
                            "client_assertion",
                        ],
                        "properties": {
                            "grant_type": {"const": "client_credentials"},
                            "client_assertion_type": {"const": ASSERTION_TYPE},
                            "client_assertion": {
                                "type": "string",
                                "minLength": 1,
                                "description": "A JWT (RFC 7523 §3): iss and sub the "
                                "client's name, aud this address, exp, iat, jti",
                            },
                            "client_id": {"type": "string"},
                        },
                    }
                }
            },
        }
    },
)
def give_token(
    request: Request,
    response: Response,
    given: Annotated[dict[str, str], Depends(form)],
) -> Token:
    """For programs with a registered public key (``private_key_jwt``, RFC 7523)."""
    portal = running(request)
    if given.get("grant_type") != "client_credentials":
        raise _refused("unsupported_grant_type", "only client_credentials is given")
    if given.get("client_assertion_type") != ASSERTION_TYPE:
        raise _refused("invalid_request", f"client_assertion_type: {ASSERTION_TYPE}")
    audiences = _audiences(portal)
    now = portal.clock()
    try:
        with portal.store.reading(DOOR) as connection:
            proof = clients.check_assertion(
                connection, given.get("client_assertion", ""), audiences, now
            )
        if given.get("client_id", proof.client) != proof.client:
            raise AssertionRefused("client_id is another client's")
        with portal.store.writing(DOOR) as connection:
            token = clients.give_token(connection, proof, now)
    except AssertionRefused as refused:
        note_refusal(request, f"assertion: {refused.reason}")
        raise _refused("invalid_client", refused.reason, 401) from None
    response.headers["Pragma"] = "no-cache"  # RFC 6749 §5.1; the door says no-store
    lives = int(clients.TOKEN_LIVES.total_seconds())
    return Token(access_token=token, expires_in=lives)


def _audiences(portal: Running) -> frozenset[str]:
    """The names of this portal that an assertion may be for: never the Host header's,
    which the sender chooses."""
    url = portal.settings.site
    return frozenset({url, url + PATH}) if url else frozenset()


def _refused(error: str, description: str, status: int = 400) -> Refusal:
    headers: dict[str, Any] = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    refusal = Refusal(
        status,
        error.replace("_", "-"),
        "No token is given",
        detail=description,
        headers=headers,
    )
    refusal.members = {"error": error, "error_description": description}
    return refusal
