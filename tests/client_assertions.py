"""Signed assertions of a program's, as RFC 7523 wants them, and otherwise."""

import json
import warnings
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey
from portal_under_test import NOON

PORTAL = "https://portal.example.org"
TOKEN_ADDRESS = f"{PORTAL}/v1/token"
KEYS = {
    "ES256": ECKey.generate_key("P-256", parameters={"kid": "ec"}),
    "RS256": RSAKey.generate_key(2048, parameters={"kid": "rsa"}),
    "EdDSA": OKPKey.generate_key("Ed25519", parameters={"kid": "ed"}),
}
FORM = {
    "grant_type": "client_credentials",
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
}


def jwks(*keys) -> str:
    """The public halves, as an operator is given them."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


def claims(client: str, at=NOON, **changed) -> dict:
    """What an assertion says; a claim that is ``None`` is left out."""
    now = int(at.timestamp())
    said = {
        "iss": client, "sub": client, "aud": TOKEN_ADDRESS, "iat": now,
        "exp": now + 120, "jti": str(uuid4()),
    }  # fmt: skip
    return {k: v for k, v in (said | changed).items() if v is not None}


def assertion(client: str, key=KEYS["ES256"], alg: str = "ES256", at=NOON, **changed):
    header = {"alg": alg}
    if "kid" in key.as_dict():
        header["kid"] = key.as_dict()["kid"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # of the name EdDSA
        return jwt.encode(header, claims(client, at, **changed), key, algorithms=[alg])
