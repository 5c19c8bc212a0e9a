"""Of a provider's answer nothing is believed but what its keys signed, for us, now."""

import base64
import datetime as dt
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

import httpx
import portal_samples as samples
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from portal_provider import GROUPS, with_provider
from portal_under_test import NOON, ON_SQLITE
from sqlalchemy import insert

from portal import sessions
from portal.accounts import find_viewer
from portal.oidc import Directory, ProviderTrouble, errand, exchange, way_there
from portal.permissions import OPERATOR, Role
from portal.providers import Provider
from portal.sessions import Via
from portal.tables import users

ISSUER, SITE = "https://login.example.org/tenant", "https://portal.example.org"
NOW = int(NOON.timestamp())


class Pretender:
    """A provider that answers as it is told, and notes what it was asked."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.published = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize?p=1",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        }
        self.answer: object = None
        self.asked: list[httpx.Request] = []

    def __call__(self, request):
        self.asked.append(request)
        path = request.url.path.removeprefix("/tenant")
        if path == "/.well-known/openid-configuration":
            return httpx.Response(200, json=self.published)
        if path == "/keys":
            return httpx.Response(200, json=KeySet([self.key]).as_dict(private=False))
        if isinstance(self.answer, httpx.Response):
            return self.answer
        return httpx.Response(200, json={"id_token": self.answer})

    @property
    def directory(self):
        return Directory(lambda: httpx.Client(transport=httpx.MockTransport(self)))

    def paths(self):
        return [request.url.path for request in self.asked]


@pytest.fixture
def pretender():
    return Pretender()


def registered(**changed):
    given = {
        "key": "wmp", "name": "WMP", "issuer": ISSUER, "client_id": "portal",
        "client_secret_variable": "X", "credential": "hush", "people": GROUPS,
    }  # fmt: skip
    return Provider.model_validate(given | changed)


def claims_for(going, **changed):
    given = {
        "iss": ISSUER, "aud": "portal", "sub": "ann", "iat": NOW, "exp": NOW + 600,
        "nonce": going.nonce, "auth_time": NOW,
    }  # fmt: skip
    return {name: v for name, v in (given | changed).items() if v is not None}


def signed(key, claims, alg="RS256", kid="one"):
    return jwt.encode({"alg": alg, "kid": kid}, claims, key, algorithms=[alg])


def unsigned(claims):
    def part(value):
        text = base64.urlsafe_b64encode(json.dumps(value).encode())
        return text.rstrip(b"=").decode()

    return f"{part({'alg': 'none'})}.{part(claims)}."


@pytest.fixture
def going():
    return errand(registered(), "sign-in", "/inbox", NOON)


def come_back(pretender, going, provider=None, now=NOON):
    return exchange(
        pretender.directory, provider or registered(), going, "the code", SITE, now
    )


def test_the_verifier_that_goes_back_fits_the_challenge_that_went_out(pretender, going):
    provider = registered()
    published = pretender.directory.published(provider, NOON)
    there = urlsplit(way_there(provider, published, going, SITE))
    query = parse_qs(there.query)
    pretender.answer = signed(pretender.key, claims_for(going))

    assert come_back(pretender, going)["sub"] == "ann"

    asked = pretender.asked[-1]
    form = parse_qs(asked.content.decode())
    hashed = hashlib.sha256(form["code_verifier"][0].encode()).digest()
    challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
    assert query["code_challenge"] == [challenge]
    assert query["p"] == ["1"]
    assert form["redirect_uri"] == query["redirect_uri"]
    basic = base64.b64encode(b"portal:hush").decode()
    assert asked.headers["Authorization"] == f"Basic {basic}"


def test_a_private_key_signs_for_the_portal(pretender, going, tmp_path):
    key = RSAKey.generate_key(2048)
    pem = key.as_pem(private=True).decode()
    provider = registered(
        client_secret_variable=None, private_key_file="x.pem", credential=pem
    )
    pretender.answer = signed(pretender.key, claims_for(going))

    come_back(pretender, going, provider)

    form = parse_qs(pretender.asked[-1].content.decode())
    assertion = jwt.decode(form["client_assertion"][0], key, algorithms=["RS256"])
    assert assertion.claims["iss"] == assertion.claims["sub"] == "portal"
    assert assertion.claims["aud"] == f"{ISSUER}/token"
    assert "Authorization" not in pretender.asked[-1].headers
    assert "client_secret" not in form


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"iss": "https://elsewhere.example"}, "bad-iss"),
        ({"iss": None}, "bad-iss"),
        ({"aud": "another"}, "bad-aud"),
        ({"aud": ["portal", "another"]}, "bad-azp"),
        ({"azp": "another"}, "bad-azp"),
        ({"nonce": "another"}, "bad-nonce"),
        ({"nonce": None}, "bad-nonce"),
        ({"exp": NOW - 61}, "bad-exp"),
        ({"exp": None}, "bad-exp"),
        ({"iat": NOW + 61}, "bad-iat"),
        ({"nbf": NOW + 61}, "bad-nbf"),
        ({"sub": None}, "bad-sub"),
        ({"sub": "x" * 256}, "bad-sub"),
        ({"sub": 7}, "bad-sub"),
    ],
)
def test_claims_that_are_not_for_us_now_are_refused(pretender, going, changed, why):
    pretender.answer = signed(pretender.key, claims_for(going, **changed))

    with pytest.raises(ProviderTrouble) as trouble:
        come_back(pretender, going)

    assert trouble.value.why == why


def test_a_signature_of_any_other_kind_is_refused(pretender, going):
    claims = claims_for(going)
    public = pretender.key.as_pem(private=False)
    # by hand: a library would not sign with a public key
    import hmac

    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').rstrip(b"=")
    text = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    mac = hmac.new(public, head + b"." + text, hashlib.sha256).digest()
    confused = b".".join((head, text, base64.urlsafe_b64encode(mac).rstrip(b"=")))
    other = RSAKey.generate_key(2048, parameters={"kid": "one"})
    curve = ECKey.generate_key("P-256", parameters={"kid": "one"})
    shared = OctKey.import_key("a shared secret that is quite long enough, yes")
    whole = signed(pretender.key, claims)

    for token in (
        unsigned(claims),
        confused.decode(),
        signed(other, claims),
        signed(curve, claims, "ES256"),
        signed(shared, claims, "HS256"),
        whole[:-6] + ("AAAAAA" if whole[-6:] != "AAAAAA" else "BBBBBB"),
        "no token at all",
        "",
    ):
        pretender.answer = token
        with pytest.raises(ProviderTrouble, match="bad-signature"):
            come_back(pretender, going)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (httpx.Response(400, json={"error": "invalid_grant"}), "status-400"),
        (httpx.Response(200, text="<html>"), "no-json"),
        (httpx.Response(200, json=["id_token"]), "no-json"),
        (httpx.Response(200, json={"access_token": "x"}), "no-id-token"),
        (httpx.Response(302, headers={"Location": "/"}), "status-302"),
    ],
)
def test_an_answer_without_an_id_token_lets_nobody_in(pretender, going, answer, why):
    pretender.answer = answer

    with pytest.raises(ProviderTrouble, match=why):
        come_back(pretender, going)


def test_a_provider_that_describes_another_is_not_believed(pretender, going):
    pretender.published["issuer"] = "https://login.example.org/other"

    with pytest.raises(ProviderTrouble, match="another-issuer"):
        come_back(pretender, going)


def test_new_keys_are_asked_for_once_and_not_with_every_bad_token(pretender, going):
    provider, directory = registered(), pretender.directory
    directory.published(provider, NOON)
    pretender.key = RSAKey.generate_key(2048, parameters={"kid": "two"})
    token = signed(pretender.key, claims_for(going), kid="two")

    later = NOON + dt.timedelta(minutes=2)
    assert directory.claims(provider, token, later)[0]["sub"] == "ann"
    asked = pretender.paths().count("/tenant/keys")
    for _ in range(5):
        with pytest.raises(ProviderTrouble):
            directory.claims(provider, "made up", later)

    assert pretender.paths().count("/tenant/keys") == asked == 2


@pytest.mark.parametrize(
    ("at", "taken"), [(NOW, True), (NOW - 60, True), (NOW - 61, False), (None, False)]
)
def test_a_proof_takes_a_new_sign_in(pretender, at, taken):
    proof = errand(registered(), "proof", "/inbox", NOON, "a session")
    pretender.answer = signed(pretender.key, claims_for(proof, auth_time=at))

    if taken:
        assert come_back(pretender, proof)["auth_time"] == at
    else:
        with pytest.raises(ProviderTrouble, match="old-sign-in"):
            come_back(pretender, proof)


EVENTS = {"http://schemas.openid.net/event/backchannel-logout": {}}


def signed_in_by(portal, subject, session):
    """Somebody who came by the provider; gives their browser."""
    user_id = portal.add_user(Role.OFFICER, samples.POLICE)
    with portal.store.writing(OPERATOR) as connection:
        connection.execute(
            users.update()
            .where(users.c.user_id == user_id)
            .values(issuer=ISSUER, subject=subject, password_hash=None)
        )
        viewer = find_viewer(connection, user_id)
        via = Via("wmp", session)
        token = sessions.begin(
            connection, viewer, portal.running.limits, portal.hands(), via
        )
    return portal.client(cookies={portal.running.cookie: token})


@ON_SQLITE
@pytest.mark.parametrize(
    ("changed", "ends"),
    [
        ({"sub": None, "sid": "s-ann"}, "ann"),
        ({"sub": "ann", "sid": None}, "ann"),
        ({"sub": "ann", "sid": "s-ann"}, "ann"),
        ({"sub": "nobody"}, "nobody"),
        ({"nonce": "x"}, None),
        ({"events": {}}, None),
        ({"sub": None}, None),
        ({"aud": "another"}, None),
        ({"iat": NOW - 601}, None),
    ],
)
def test_signing_out_there_signs_out_here(portal, web_server, pretender, changed, ends):
    with_provider(web_server[0], portal, registered())
    portal.hands.at = NOON
    portal.running.directory.connect = pretender.directory.connect
    ann, bob = (signed_in_by(portal, who, f"s-{who}") for who in ("ann", "bob"))
    claims = {
        "iss": ISSUER, "aud": "portal", "iat": NOW, "exp": NOW + 120, "jti": "j",
        "events": EVENTS, "sub": "ann", **changed,
    }  # fmt: skip
    claims = {name: value for name, value in claims.items() if value is not None}

    answer = portal.client().post(
        "/sign-in/with/wmp/signed-out",
        data={"logout_token": signed(pretender.key, claims)},
    )

    assert answer.status_code == (200 if ends else 400)
    assert ann.get("/inbox").status_code == (303 if ends == "ann" else 200)
    assert bob.get("/inbox").status_code == 200


def test_users_are_a_providers_or_local(portal):
    from uuid import uuid4

    from sqlalchemy.exc import IntegrityError

    for odd in (
        {"issuer": ISSUER, "subject": None, "password_hash": None},
        {"issuer": ISSUER, "subject": "x", "password_hash": "x"},
        {"issuer": None, "subject": None, "password_hash": None},
    ):
        with pytest.raises(IntegrityError), portal.store.writing(OPERATOR) as database:
            database.execute(
                insert(users).values(
                    user_id=uuid4(), username="x", name="x", role="reviewer",
                    created_at=NOON, **odd,
                )
            )  # fmt: skip
