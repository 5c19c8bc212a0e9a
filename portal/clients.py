"""Programs that prove who they are by a signature, and get a short-lived token.

OAuth 2.0 client credentials with ``private_key_jwt`` (RFC 6749 §4.4, RFC 7523): the
program signs a short statement with a key that never leaves it; the portal knows the
public half. Tokens are opaque and kept as hashes, not signed statements (RFC 9068):
there is one server, which asks its database anyway, and can end a token at once.
"""

import datetime as dt
import json
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import AccountRefused, digest
from portal.machines import TOKEN_PREFIX, end_tokens
from portal.tables import access_tokens, client_keys, machines, used_assertions

TOKEN_LIVES = dt.timedelta(minutes=10)
ASSERTION_LIVES = dt.timedelta(minutes=5)
"""The longest that an assertion may be valid: so long its id is remembered."""
CLOCKS_DIFFER = dt.timedelta(seconds=30)
"""How far a program's clock may be from ours."""

_FEWEST_RSA_BITS = 2048
_LONGEST_ID = 200
_MOST_KEYS = 10


class AssertionRefused(Exception):
    """The assertion does not prove who sends it. ``reason`` quotes nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Proof:
    """An assertion that holds: whose it is, its id, and until when it is remembered."""

    machine_id: UUID
    client: str
    kid: str
    jti: str
    expires_at: dt.datetime


class _Algorithms(JWSRegistry):
    """The algorithms of a key, by their old and new names (RFC 9864)."""

    def get_alg(self, name: str) -> Any:
        """The algorithm of this name, if it is one of the key's.

        Raises:
            JoseError: it is not.
        """
        if name not in (self.allowed or ()):
            raise JoseError("this key does not sign so")
        return self.algorithms[name]


def register_keys(
    connection: Connection, machine_id: UUID, jwks: str, now: dt.datetime
) -> list[str]:
    """The program's public keys are those of this JWK set, and no others; their ids.

    Put the new key beside the old one, then leave the old one out. Tokens given out
    end when a key is left out.

    Raises:
        AccountRefused: it is no JWK set of such public keys.
    """
    found = _public_keys(jwks)
    held = set(
        connection.scalars(
            select(client_keys.c.kid).where(client_keys.c.machine_id == machine_id)
        )
    )
    if held - found.keys():
        end_tokens(connection, machine_id)
    connection.execute(
        delete(client_keys).where(client_keys.c.machine_id == machine_id)
    )
    for kid, key in found.items():
        connection.execute(
            insert(client_keys).values(
                machine_id=machine_id, kid=kid, created_at=now,
                jwk=json.dumps(key.as_dict(private=False), sort_keys=True),
            )
        )  # fmt: skip
    return list(found)


def forget_keys(connection: Connection, machine_id: UUID) -> int:
    """The program can prove nothing any more, and its tokens end. How many keys."""
    end_tokens(connection, machine_id)
    gone = connection.execute(
        delete(client_keys).where(client_keys.c.machine_id == machine_id)
    )
    return gone.rowcount


def check_assertion(
    connection: Connection, assertion: str, audiences: frozenset[str], now: dt.datetime
) -> Proof:
    """The assertion is signed by a registered key of the program that it names, is for
    this portal, and is valid now (RFC 7523 §3).

    Raises:
        AssertionRefused: it is not.
    """
    kid, client = _who_claims(assertion)
    known = connection.execute(
        select(client_keys.c.machine_id, client_keys.c.kid, client_keys.c.jwk)
        .join(machines, machines.c.machine_id == client_keys.c.machine_id)
        .where(machines.c.name == client)
    ).all()
    fitting = [row for row in known if kid in {None, row.kid}]
    if len(fitting) != 1:
        raise AssertionRefused("no registered key of that client fits it")
    key = JWKRegistry.import_key(json.loads(fitting[0].jwk))
    try:
        registry = _Algorithms(algorithms=_algorithms_of(key))
        claims = jwt.decode(assertion, key, registry=registry).claims
    except (JoseError, ValueError):
        raise AssertionRefused("its signature does not hold") from None
    expires_at = _check_claims(claims, audiences, now)
    return Proof(
        fitting[0].machine_id, client, fitting[0].kid, claims["jti"], expires_at
    )


def give_token(connection: Connection, proof: Proof, now: dt.datetime) -> str:
    """A token for the program. What has run out is swept out.

    Raises:
        AssertionRefused: the assertion was used before, or its key was just left out.
    """
    still = select(client_keys.c.kid).where(
        client_keys.c.machine_id == proof.machine_id, client_keys.c.kid == proof.kid
    )
    if connection.scalar(still.with_for_update()) is None:
        raise AssertionRefused("no registered key of that client fits it")
    for table in (used_assertions, access_tokens):
        connection.execute(delete(table).where(table.c.expires_at <= now))
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    try:
        with connection.begin_nested():
            connection.execute(
                insert(used_assertions).values(
                    machine_id=proof.machine_id, jti_hash=digest(proof.jti),
                    expires_at=proof.expires_at,
                )
            )  # fmt: skip
    except IntegrityError:
        raise AssertionRefused("it was used before") from None
    connection.execute(
        insert(access_tokens).values(
            token_hash=digest(token), machine_id=proof.machine_id,
            expires_at=now + TOKEN_LIVES,
        )
    )  # fmt: skip
    return token


def _public_keys(jwks: str) -> dict[str, ECKey | OKPKey | RSAKey]:
    try:
        given = json.loads(jwks)
    except ValueError:
        raise AccountRefused("the key file is no JSON text") from None
    listed = given.get("keys") if isinstance(given, dict) else None
    if not isinstance(listed, list) or not 1 <= len(listed) <= _MOST_KEYS:
        raise AccountRefused(
            f'the key file must be a JWK set: {{"keys": […]}} of 1 to {_MOST_KEYS} keys'
        )
    found = {}
    for place, jwk in enumerate(listed, 1):
        key = _public_key(jwk, f"key {place}")
        kid = jwk.get("kid") or key.thumbprint()
        if not isinstance(kid, str) or len(kid) > 100 or kid in found:
            raise AccountRefused(f"key {place} needs a kid of its own, of up to 100")
        found[kid] = key
    return found


def _public_key(jwk: object, called: str) -> ECKey | OKPKey | RSAKey:
    if not isinstance(jwk, dict):
        raise AccountRefused(f"{called} is no JWK")
    if "d" in jwk:
        raise AccountRefused(
            f"{called} holds its private part, which must never leave the program: "
            "register the public part only, and make a new key"
        )
    try:
        key = JWKRegistry.import_key(jwk)
    except (JoseError, ValueError, TypeError):
        raise AccountRefused(f"{called} can't be read as a JWK") from None
    if isinstance(key, RSAKey) and key.raw_value.key_size >= _FEWEST_RSA_BITS:
        return key
    if isinstance(key, ECKey | OKPKey) and key.curve_name in {"P-256", "Ed25519"}:
        return key
    raise AccountRefused(
        f"{called} must be of P-256 (ES256), Ed25519 (EdDSA), or RSA of at least "
        f"{_FEWEST_RSA_BITS} bits (RS256)"
    )


def _algorithms_of(key: Key) -> list[str]:
    if isinstance(key, RSAKey):
        return ["RS256"]
    return ["ES256"] if isinstance(key, ECKey) else ["EdDSA", "Ed25519"]


def _who_claims(assertion: str) -> tuple[str | None, str]:
    """Which key and client an assertion names, before anything of it is believed."""
    try:
        unproven = jws.extract_compact(assertion.encode())
        kid = unproven.headers().get("kid")
        claims = json.loads(unproven.payload)
    except (JoseError, ValueError, TypeError):
        raise AssertionRefused("it is no signed JWT") from None
    client = claims.get("sub") if isinstance(claims, dict) else None
    if not isinstance(client, str) or not isinstance(kid, str | None):
        raise AssertionRefused("it names no client")
    if "\0" in client:  # PostgreSQL knows no such text
        raise AssertionRefused("it names no client")
    return kid, client


def _check_claims(
    claims: dict[str, Any], audiences: frozenset[str], now: dt.datetime
) -> dt.datetime:
    if claims.get("iss") != claims["sub"]:
        raise AssertionRefused("iss and sub must both be the client's name")
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not audiences.intersection(one for one in named if isinstance(one, str)):
        raise AssertionRefused("aud is not this portal's token address")
    expires, issued = _moment(claims, "exp"), _moment(claims, "iat")
    if "nbf" in claims and _moment(claims, "nbf") > now + CLOCKS_DIFFER:
        raise AssertionRefused("it is not valid yet")
    if issued > now + CLOCKS_DIFFER:
        raise AssertionRefused("iat is in the future")
    if expires + CLOCKS_DIFFER <= now:
        raise AssertionRefused("it has run out")
    if expires > now + ASSERTION_LIVES + CLOCKS_DIFFER:
        minutes = int(ASSERTION_LIVES.total_seconds() // 60)
        raise AssertionRefused(f"exp is more than {minutes} minutes away")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 1 <= len(jti) <= _LONGEST_ID:
        raise AssertionRefused(f"jti must be text of 1 to {_LONGEST_ID} characters")
    return expires + CLOCKS_DIFFER


def _moment(claims: dict[str, Any], name: str) -> dt.datetime:
    seconds = claims.get(name)
    try:
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise ValueError
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise AssertionRefused(f"{name} must be a time in seconds") from None
