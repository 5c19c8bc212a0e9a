"""What schemathesis can't know: which key opens which call, ids that are held, and how
a client signs.

Half of the calls that name a notice name one that is there; a document that is put
rightly bears the id of its path.
"""

import json
import os
from uuid import uuid4

import schemathesis
from joserfc import jwt
from joserfc.jwk import ECKey

_GIVEN = json.loads(os.environ["FUZZ_GIVEN"])
_ADDRESSEE = ("recipient", "owed_by", "authority")


def _who(label: str) -> str:
    method, path = label.split()
    if path == "/v1/verdicts":
        return "supplier"
    if method == "GET" and path != "/v1/events":
        return "officer"
    if path.endswith(("/acknowledgement", "/dispute")):
        return "officer"
    return "pipeline"


_OPEN = ["/health", "/v1/token"]
"""Calls that ask for no key."""


@schemathesis.auth(refresh_interval=None).skip_for(path=_OPEN)  # each call its own
class Keys:
    """The key of the program that a call is for."""

    def get(self, case, context):
        return _GIVEN["keys"][_who(case.operation.label)]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def after_call(context, case, response):
    """A key that is sent where none is asked for would hide what others are told."""
    if case.path in _OPEN and "Authorization" in response.request.headers:
        raise AssertionError(f"{case.path} was sent a key")


def _sign(body):
    """Most assertions are signed as they should be, by a client that is known."""
    client = _GIVEN["client"]
    if sum(str(body["client_assertion"]).encode()) % 4 == 1:
        return
    key, now = ECKey.import_key(client["key"]), client["now"]
    claims = {
        "iss": client["name"], "sub": client["name"], "aud": client["audience"],
        "iat": now, "exp": now + 120, "jti": str(uuid4()),
    }  # fmt: skip
    body["client_assertion"] = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)
    if "client_id" in body:
        body["client_id"] = client["name"]


def _without_nul(value):
    """NUL is refused wherever it stands; without it more is taken."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_without_nul(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_nul(one) for name, one in value.items()}
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    """Rightly made calls go further in: to what is held, and to what can be kept."""
    path = case.path_parameters
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.path == "/v1/token":
        _sign(case.body)
    if not path:
        return
    name, value = next(iter(path.items()))
    held = _GIVEN["notices"]
    place = sum(str(value).encode())
    if name == "notification_id" and case.method != "PUT" and place % 2:
        path[name] = held[place // 2 % len(held)]
    if case.path.endswith(("/acknowledgement", "/dispute")) and place % 3:
        case.headers["If-Match"] = "*"
        if "recorded_on" in case.body:
            case.body["recorded_on"] = "2026-11-22"
    if case.method == "PUT" and place % 4:
        for condition in ("If-Match", "If-None-Match"):
            case.headers.pop(condition, None)
        case.body = _without_nul(case.body)
    if isinstance(case.body, dict) and name in case.body:
        case.body[name] = path[name]
        for addressee in _ADDRESSEE:
            if addressee in case.body and place % 4:
                case.body[addressee] = _GIVEN["agency"]
