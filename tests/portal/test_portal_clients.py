"""Programs that sign what they send get a token, once for each statement."""

import base64
import dataclasses
import hmac
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from client_assertions import FORM, KEYS, PORTAL, TOKEN_ADDRESS, assertion, claims, jwks
from joserfc.jwk import ECKey, OKPKey, RSAKey
from portal_under_test import NOON, ON_SQLITE, POLICE, bearer

from portal import clients, machines
from portal.accounts import AccountRefused
from portal.machines import PIPELINE, Standing
from portal.permissions import OPERATOR, MachineRole, Role

STRANGER = ECKey.generate_key("P-256", parameters={"kid": "ec"})


@pytest.fixture
def portal(portal):
    """A portal that is told its own address, with a client of three keys."""
    state = portal.running
    settings = state.settings.model_copy(update={"site": PORTAL})
    portal.running = dataclasses.replace(state, settings=settings)
    portal.app.state.running = portal.running
    register(portal, "nights", PIPELINE, *KEYS.values())
    return portal


def register(portal, name, standing, *keys):
    with portal.store.writing(OPERATOR) as connection:
        machine_id = machines.enrol(connection, name, standing, portal.hands())
        return clients.register_keys(
            connection, machine_id, jwks(*keys), portal.hands()
        )


def asked(portal, signed, **form):
    return portal.client().post(
        "/v1/token", data={**FORM, "client_assertion": signed, **form}
    )


@pytest.mark.parametrize("alg", KEYS)
def test_a_signed_assertion_gets_a_token_that_opens_what_a_key_opens(portal, alg):
    answer = asked(portal, assertion("nights", KEYS[alg], alg))

    assert answer.status_code == 200, answer.text
    token = answer.json()
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 600
    assert answer.headers["Cache-Control"] == "no-store"
    program = portal.client(headers=bearer(token["access_token"]))
    assert program.get("/v1/events").status_code == 200
    portal.hands.pass_by(seconds=600)
    assert program.get("/v1/events").status_code == 401


def test_an_assertion_is_taken_once(portal):
    signed = assertion("nights")

    assert asked(portal, signed).status_code == 200
    again = asked(portal, signed)

    assert again.status_code == 401
    assert again.json()["error"] == "invalid_client"
    assert again.json()["type"] == "urn:crossborder:problem:invalid-client"
    assert again.headers["Content-Type"] == "application/problem+json"


def test_an_assertion_is_taken_once_of_many_at_once(portal):
    signed = assertion("nights")

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: asked(portal, signed).status_code, range(8)))

    assert sorted(answers) == [200] + [401] * 7


NOW = int(NOON.timestamp())
WRONG = {
    "no issuer": {"iss": None},
    "another issuer": {"iss": "others"},
    "an unknown client": {"iss": "others", "sub": "others"},
    "no audience": {"aud": None},
    "another portal's": {"aud": "https://elsewhere.example.org/v1/token"},
    "an audience that is no text": {"aud": [7, {}]},
    "no end": {"exp": None},
    "run out": {"exp": NOW - 30, "iat": NOW - 100},
    "an end too far": {"exp": NOW + 331},
    "an end that is no time": {"exp": "tomorrow"},
    "an end that is true": {"exp": True},
    "an end past all time": {"exp": 1e300},
    "no beginning": {"iat": None},
    "from the future": {"iat": NOW + 31},
    "not yet": {"nbf": NOW + 31},
    "no id": {"jti": None},
    "an empty id": {"jti": ""},
    "an id without end": {"jti": "x" * 201},
    "a name with NUL": {"iss": "a\0", "sub": "a\0"},
}


@pytest.mark.parametrize("which", WRONG)
def test_what_does_not_prove_who_sends_it_is_refused(portal, which):
    changed = {"sub": "nights", **WRONG[which]}

    answer = asked(portal, assertion("nights", **changed))

    assert answer.status_code == 401, which
    assert answer.json()["error"] == "invalid_client"


@pytest.mark.parametrize("many", [[TOKEN_ADDRESS, "x"], PORTAL, TOKEN_ADDRESS])
@ON_SQLITE
def test_the_audience_is_the_portal_or_its_token_address(portal, many):
    assert asked(portal, assertion("nights", aud=many)).status_code == 200


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().strip("=")


def said_with(**header) -> str:
    return ".".join(
        part(json.dumps(value).encode()) for value in (header, claims("nights"))
    )


def unsigned() -> str:
    return f"{said_with(alg='none', kid='rsa')}."


def shared_secret() -> str:
    """Signed with the public key's text, which everybody may know, as a password."""
    said = said_with(alg="HS256", kid="rsa")
    public = KEYS["RS256"].as_pem(private=False)
    return f"{said}.{part(hmac.digest(public, said.encode(), 'sha256'))}"


FORGED = {
    "another's key of the same id": lambda: assertion("nights", STRANGER),
    "an unknown key id": lambda: assertion(
        "nights", ECKey.generate_key("P-256", parameters={"kid": "new"})
    ),
    "no key id, of three": lambda: assertion("nights", ECKey.generate_key("P-256")),
    "no signature": unsigned,
    "the public key as a shared secret": shared_secret,
    "an algorithm that is not the key's": lambda: assertion(
        "nights", KEYS["RS256"], "RS512"
    ),
    "not a JWT": lambda: "a.b.c",
    "nothing": lambda: "",
    "an end changed": lambda: assertion("nights")[:-6] + "AAAAAA",
    "not ASCII": lambda: "é.é.é",
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("which", FORGED)
@ON_SQLITE
def test_what_is_forged_is_refused(portal, which):
    answer = asked(portal, FORGED[which]())

    assert answer.status_code == 401, which


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "another"}, "invalid_request"),
        ({"client_id": "others"}, "invalid_client"),
    ],
)
@ON_SQLITE
def test_another_request_is_refused_in_the_words_of_oauth(portal, form, error):
    answer = asked(portal, assertion("nights"), **form)

    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert answer.json()["error"] == error
    assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        ("{}", "application/json", 415),
        ("grant_type=a&grant_type=b", "application/x-www-form-urlencoded", 400),
        ("%ff=%ff", "application/x-www-form-urlencoded", 400),
        ("", "application/x-www-form-urlencoded", 400),
        ("a=1&" * 50, "application/x-www-form-urlencoded", 400),
    ],
)  # fmt: skip
@ON_SQLITE
def test_a_body_that_is_no_form_is_refused(portal, content, media_type, status):
    answer = portal.client().post(
        "/v1/token", content=content, headers={"Content-Type": media_type}
    )

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


@ON_SQLITE
def test_a_portal_that_is_not_told_its_address_lets_nobody_in_so(portal):
    settings = portal.running.settings.model_copy(update={"site": ""})
    portal.app.state.running = dataclasses.replace(portal.running, settings=settings)

    assert asked(portal, assertion("nights")).status_code == 401


def test_keys_are_changed_without_a_gap_and_a_key_left_out_ends_its_tokens(portal):
    new = OKPKey.generate_key("Ed25519", parameters={"kid": "new"})
    register(portal, "nights", PIPELINE, KEYS["ES256"], new)
    token = asked(portal, assertion("nights")).json()["access_token"]
    assert asked(portal, assertion("nights", new, "EdDSA")).status_code == 200
    program = portal.client(headers=bearer(token))
    assert program.get("/v1/events").status_code == 200

    register(portal, "nights", PIPELINE, new)

    assert program.get("/v1/events").status_code == 401
    assert asked(portal, assertion("nights")).status_code == 401
    assert asked(portal, assertion("nights", new, "EdDSA")).status_code == 200


def test_a_key_left_out_while_an_assertion_is_checked_gives_no_token(portal):
    signed, now = assertion("nights"), portal.hands()
    with portal.store.reading(OPERATOR) as connection:
        address = frozenset({TOKEN_ADDRESS})
        proof = clients.check_assertion(connection, signed, address, now)
    register(portal, "nights", PIPELINE, KEYS["EdDSA"])

    refused = pytest.raises(clients.AssertionRefused)
    with portal.store.writing(OPERATOR) as connection, refused:
        clients.give_token(connection, proof, now)


def test_an_agencys_token_opens_what_its_key_would(portal):
    key = ECKey.generate_key("P-256")
    register(portal, "force", Standing(MachineRole.AGENCY, POLICE, Role.OFFICER), key)

    token = asked(portal, assertion("force", key)).json()["access_token"]

    program = portal.client(headers=bearer(token))
    assert program.get("/v1/notifications").status_code == 200
    assert program.get("/v1/events").status_code == 403


UNFIT = {
    "no JSON": lambda: "keys",
    "no set": lambda: "[]",
    "no keys": lambda: '{"keys": []}',
    "no JWK": lambda: '{"keys": [1]}',
    "half a key": lambda: '{"keys": [{"kty": "EC", "crv": "P-256"}]}',
    "a private key": lambda: json.dumps({"keys": [STRANGER.as_dict(private=True)]}),
    "a shared secret": lambda: '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}',
    "RSA too short": lambda: jwks(RSAKey.generate_key(1024)),
    "another curve": lambda: jwks(ECKey.generate_key("P-384")),
    "another Edwards curve": lambda: jwks(OKPKey.generate_key("Ed448")),
    "an id twice": lambda: jwks(STRANGER, STRANGER),
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("which", UNFIT)
@ON_SQLITE
def test_only_fit_public_keys_are_registered(portal, which):
    with portal.store.writing(OPERATOR) as connection:
        machine_id = machines.program_id(connection, "nights")
        with pytest.raises(AccountRefused) as refused:
            clients.register_keys(connection, machine_id, UNFIT[which](), NOON)
        secret = STRANGER.as_dict(private=True)["d"]
        assert secret not in str(refused.value)
