"""OpenID Connect: the code flow with PKCE, state and nonce, and what is believed.

Of a provider's answer nothing is believed but the claims of an id token that its
published keys signed, for this client, in answer to this errand (OpenID Connect Core
1.0 §3.1.3.7; RFC 9700 for PKCE, issuer check and algorithms).
"""

import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7523.auth import PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry
from pydantic import BaseModel, ConfigDict, ValidationError

from portal.providers import Provider

LIVES = dt.timedelta(minutes=10)
"""How long somebody may be away at their provider."""
LEEWAY = 60
"""Seconds by which two clocks may differ."""
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"]
"""Signatures with a private key only: never ``none``, never a shared secret."""
_KEPT = dt.timedelta(hours=1)
_ASKED_AGAIN = dt.timedelta(minutes=1)
_LOGGED_OUT = "http://schemas.openid.net/event/backchannel-logout"

Purpose = Literal["sign-in", "proof"]


class ProviderTrouble(Exception):
    """The provider could not be reached, or its answer can't be believed.

    ``why`` is a code for the audit trail and the log: it quotes nothing.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Errand(BaseModel):
    """What somebody went to their provider for. It waits in a signed cookie."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str
    purpose: Purpose
    state: str
    nonce: str
    verifier: str
    onward: str
    begun: int
    """Seconds since 1970: a proof must be younger than this."""
    session: str = ""
    """Of a proof: the digest of the session that is to be proven."""


class Published(BaseModel):
    """What is used of a provider's own description (OpenID Connect Discovery 1.0)."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None


@dataclass(slots=True)
class _Known:
    published: Published
    keys: KeySet
    read_at: dt.datetime


def _client() -> httpx.Client:
    return httpx.Client(timeout=10, follow_redirects=False)


@dataclass(slots=True)
class Directory:
    """What the providers publish of themselves: read when needed, kept for an hour."""

    connect: Callable[[], httpx.Client] = _client
    known: dict[str, _Known] = field(default_factory=dict)

    def published(self, provider: Provider, now: dt.datetime) -> Published:
        """The provider's addresses.

        Raises:
            ProviderTrouble: it can't be reached, or describes another issuer.
        """
        return self._known(provider, now, _KEPT).published

    def claims(
        self, provider: Provider, token: str, now: dt.datetime
    ) -> tuple[dict[str, Any], Mapping[str, Any]]:
        """Claims and header of a token that the provider signed.

        A key that is not known yet is asked for once: providers change them.

        Raises:
            ProviderTrouble: no key of the provider's signed it.
        """
        for patience in (_KEPT, _ASKED_AGAIN):
            keys = self._known(provider, now, patience).keys
            try:
                read = jwt.decode(token, keys, algorithms=_ALGORITHMS)
            except (JoseError, ValueError, TypeError):
                continue
            return read.claims, read.header
        raise ProviderTrouble("bad-signature")

    def _known(
        self, provider: Provider, now: dt.datetime, patience: dt.timedelta
    ) -> _Known:
        known = self.known.get(provider.issuer)
        if known is not None and now - known.read_at < patience:
            return known
        with self.connect() as client:
            root = provider.issuer.rstrip("/")
            found = _json(client, f"{root}/.well-known/openid-configuration")
            try:
                published = Published.model_validate(found)
            except ValidationError:
                raise ProviderTrouble("bad-description") from None
            if published.issuer != provider.issuer:
                raise ProviderTrouble("another-issuer")
            try:
                keys = KeySet.import_key_set(_json(client, published.jwks_uri))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError):
                raise ProviderTrouble("bad-keys") from None
        self.known[provider.issuer] = _Known(published, keys, now)
        return self.known[provider.issuer]


def errand(
    provider: Provider,
    purpose: Purpose,
    onward: str,
    now: dt.datetime,
    session: str = "",
) -> Errand:
    """A new errand, with numbers that nobody can guess."""
    return Errand(
        provider=provider.key, purpose=purpose, state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48),
        onward=onward, begun=int(now.timestamp()), session=session,
    )  # fmt: skip


def way_there(
    provider: Provider, published: Published, errand: Errand, site: str
) -> str:
    """The provider's address to send the browser to. A proof asks for a new sign-in."""
    fresh = {"prompt": "login", "max_age": 0} if errand.purpose == "proof" else {}
    return str(
        prepare_grant_uri(
            published.authorization_endpoint,
            client_id=provider.client_id,
            response_type="code",
            redirect_uri=site + provider.back,
            scope=provider.scope,
            state=errand.state,
            nonce=errand.nonce,
            code_challenge=create_s256_code_challenge(errand.verifier),
            code_challenge_method="S256",
            **fresh,
        )
    )


def exchange(
    directory: Directory, provider: Provider, errand: Errand, code: str,
    site: str, now: dt.datetime,
) -> dict[str, Any]:  # fmt: skip
    """The claims of the person whom the provider sent back with this code.

    Raises:
        ProviderTrouble: the code is not taken, or the id token is not to be believed.
    """
    endpoint = directory.published(provider, now).token_endpoint
    request = prepare_token_request(
        "authorization_code", code=code, redirect_uri=site + provider.back,
        code_verifier=errand.verifier,
    )  # fmt: skip
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    try:
        uri, headers, body = _authentication(provider).prepare(
            "POST", endpoint, headers, request
        )
    except (JoseError, ValueError):
        raise ProviderTrouble("bad-private-key") from None
    with directory.connect() as client:
        answer = _json(client, uri, method="POST", headers=headers, content=body)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise ProviderTrouble("no-id-token")
    claims, header = directory.claims(provider, token, now)
    return believed(provider, errand, claims, header, now)


def believed(
    provider: Provider, errand: Errand, claims: dict[str, Any],
    header: Mapping[str, Any], now: dt.datetime,
) -> dict[str, Any]:  # fmt: skip
    """The claims, if they are for this portal, this errand and this moment.

    Raises:
        ProviderTrouble: they are not; of a proof also: the sign-in is an old one.
    """
    read = CodeIDToken(
        claims, header,
        options={
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "sub": {"essential": True},
        },
        params={"nonce": errand.nonce, "client_id": provider.client_id},
    )  # fmt: skip
    try:
        read.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError) as error:
        claim = getattr(error, "claim", None)
        raise ProviderTrouble(f"bad-{claim}" if claim else "bad-claims") from None
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise ProviderTrouble("bad-sub")
    if errand.purpose == "proof":
        at = claims.get("auth_time")
        if not isinstance(at, int) or at < errand.begun - LEEWAY:
            raise ProviderTrouble("old-sign-in")
    return claims


def signed_out_by(
    directory: Directory, provider: Provider, token: str, now: dt.datetime
) -> tuple[str | None, str | None]:
    """Whom a logout token signs out: subject and session.

    Checked as OpenID Connect Back-Channel Logout 1.0 §2.6 asks.

    Raises:
        ProviderTrouble: the token is not to be believed.
    """
    claims, _header = directory.claims(provider, token, now)
    try:
        JWTClaimsRegistry(
            int(now.timestamp()), LEEWAY,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            iat={"essential": True},
        ).validate(claims)  # fmt: skip
    except (JoseError, ValueError, TypeError):
        raise ProviderTrouble("bad-claims") from None
    events, sub, sid = claims.get("events"), claims.get("sub"), claims.get("sid")
    old = claims["iat"] < now.timestamp() - LIVES.total_seconds()
    if (
        not isinstance(events, dict)
        or not isinstance(events.get(_LOGGED_OUT), dict)
        or "nonce" in claims
        or not any(isinstance(one, str) and one for one in (sub, sid))
        or old
    ):
        raise ProviderTrouble("no-logout-token")
    return (
        sub if isinstance(sub, str) else None,
        sid if isinstance(sid, str) else None,
    )


def way_out(provider: Provider, published: Published, site: str) -> str | None:
    """Where the person ends the provider's own session too, if it offers that.

    The id token is not sent along as a hint: it bears a name, and addresses are logged.
    """
    if published.end_session_endpoint is None:
        return None
    query = {
        "client_id": provider.client_id,
        "post_logout_redirect_uri": f"{site}/sign-in",
    }
    return str(httpx.URL(published.end_session_endpoint).copy_merge_params(query))


def _authentication(provider: Provider) -> ClientAuth:
    secret = provider.credential.get_secret_value()
    if provider.private_key_file is None:
        return ClientAuth(provider.client_id, secret, "client_secret_basic")
    return ClientAuth(provider.client_id, secret, PrivateKeyJWT())


def _json(
    client: httpx.Client, address: str, *, method: str = "GET", **given: Any
) -> dict[str, Any]:
    try:
        answer = client.request(method, address, **given)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise ProviderTrouble("not-reached") from None
    if answer.status_code != 200:
        raise ProviderTrouble(f"status-{answer.status_code}")
    try:
        found = answer.json()
    except ValueError:
        raise ProviderTrouble("no-json") from None
    if not isinstance(found, dict):
        raise ProviderTrouble("no-json")
    return found
