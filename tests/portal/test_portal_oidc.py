"""People come in by their authority's identity provider, as what its table says."""

import re
from urllib.parse import parse_qs, urlsplit

import portal_samples as samples
import pytest
from portal_provider import served_provider, with_provider
from portal_under_test import ON_SQLITE, PASSWORD, put, words_of
from sqlalchemy import select, update

from portal.permissions import OPERATOR, Role
from portal.tables import sessions, users


@pytest.fixture(scope="module")
def provider():
    with served_provider() as running:
        yield running


@pytest.fixture
def open_portal(web_server, portal, provider):
    """A portal in production's way: identity provider only."""
    return with_provider(
        web_server[0], portal, provider.registered(), environment="production"
    )


def away(client, path="/sign-in/with/wmp", **query):
    """Off to the provider: its address for this errand."""
    answer = client.get(path, params=query)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def back(client, address, subject):
    """Signs in there, and comes back to the portal."""
    there = client.post(address, data={"sub": subject})
    assert there.status_code == 302, there.text
    return client.get(there.headers["Location"])


def sign_in(client, subject, **query):
    return back(client, away(client, **query), subject)


def led_to(answer):
    return re.search(r'http-equiv="refresh" content="0; url=([^"]*)"', answer.text)[1]


def people(portal):
    with portal.store.reading(OPERATOR) as connection:
        return connection.execute(
            select(users).where(users.c.issuer.is_not(None)).order_by(users.c.subject)
        ).all()


def test_an_officer_comes_in_by_their_provider(open_portal, provider):
    provider.tell_of("ann", groups=["g-officers", "canteen"], name="Ann Field-Test")
    client = open_portal.client()

    answer = sign_in(client, "ann")

    assert (answer.status_code, led_to(answer)) == (200, "/inbox")
    inbox = client.get("/inbox")
    assert inbox.status_code == 200
    assert "Ann Field-Test (officer of West Midlands Police)" in words_of(inbox)
    (ann,) = people(open_portal)
    assert (ann.issuer, ann.subject) == (provider.url, "ann")
    assert (ann.role, ann.agency) == (Role.OFFICER, samples.POLICE)
    assert open_portal.trail("action", "subject", "actor")[0] == (
        "signed_in", "wmp", str(ann.user_id),
    )  # fmt: skip


def test_role_and_agency_are_read_anew_at_every_sign_in(open_portal, provider):
    provider.tell_of("bob", groups=["g-officers"], name="Bob")
    sign_in(open_portal.client(), "bob")
    (before,) = people(open_portal)
    provider.tell_of("bob", groups=["g-reviewers"], name="Robert")

    answer = sign_in(open_portal.client(), "bob")

    (after,) = people(open_portal)
    assert led_to(answer) == "/reviews"
    assert after.user_id == before.user_id
    assert (after.role, after.agency, after.name) == (Role.REVIEWER, None, "Robert")


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({}, "no-place"),
        ({"groups": []}, "no-place"),
        ({"groups": ["canteen"]}, "no-place"),
        ({"groups": [["g-officers"]]}, "no-place"),
        ({"groups": {"g-officers": True}}, "no-place"),
        ({"groups": ["g-officers", "g-named"]}, "several-places"),
        ({"groups": ["g-officers", "g-solihull"]}, "several-places"),
        ({"groups": ["g-nowhere"]}, "no-agency"),
        ({"role": "officer", "agency": samples.POLICE}, "no-place"),
    ],
)
def test_whoever_has_not_one_place_is_refused_and_it_is_on_record(
    open_portal, provider, claims, why
):
    provider.tell_of("cat", name="Cat", **claims)
    client = open_portal.client()

    answer = sign_in(client, "cat")

    assert answer.status_code == 403
    assert "You have no access here" in words_of(answer)
    assert open_portal.running.cookie not in client.cookies
    assert people(open_portal) == []
    assert open_portal.trail("action", "subject") == [("sign_in.refused", f"wmp {why}")]


def test_two_groups_of_one_place_are_one_place(open_portal, provider):
    provider.tell_of("dot", groups=["g-officers", "g-duty"], name="Dot")

    assert led_to(sign_in(open_portal.client(), "dot")) == "/inbox"


def test_who_lost_their_place_loses_their_sessions_when_they_next_sign_in(
    open_portal, provider
):
    provider.tell_of("eve", groups=["g-officers"], name="Eve")
    client = open_portal.client()
    sign_in(client, "eve")
    provider.tell_of("eve", groups=[], name="Eve")

    assert sign_in(open_portal.client(), "eve").status_code == 403

    assert client.get("/inbox").status_code == 303


def test_a_disabled_user_is_shut_out_at_once_and_at_the_door(open_portal, provider):
    provider.tell_of("fay", groups=["g-officers"], name="Fay")
    client = open_portal.client()
    sign_in(client, "fay")
    with open_portal.store.writing(OPERATOR) as connection:
        connection.execute(update(users).values(disabled_at=open_portal.hands()))

    assert client.get("/inbox").status_code == 303
    answer = sign_in(open_portal.client(), "fay")

    assert answer.status_code == 403
    assert "Your access was ended" in words_of(answer)
    assert open_portal.trail("subject")[-1] == ("wmp disabled",)


@ON_SQLITE
def test_the_errand_has_a_challenge_and_numbers_that_never_repeat(open_portal):
    first, second = (
        parse_qs(urlsplit(away(open_portal.client())).query) for _ in range(2)
    )

    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == [f"{open_portal.url}/sign-in/with/wmp/back"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 32
        assert first[name] != second[name]
    assert "prompt" not in first


@ON_SQLITE
def test_an_answer_without_its_errand_is_not_taken(open_portal, provider):
    provider.tell_of("gil", groups=["g-officers"], name="Gil")
    one, other = open_portal.client(), open_portal.client()
    there = one.post(away(one), data={"sub": "gil"}).headers["Location"]
    away(other)

    stolen = other.get(there)
    made_up = one.get("/sign-in/with/wmp/back?code=x&state=made-up")

    for answer in (stolen, made_up):
        assert answer.status_code == 400
        assert "Signing in was not finished" in words_of(answer)
    assert people(open_portal) == []


@ON_SQLITE
def test_an_errand_is_used_once_and_not_for_long(open_portal, provider):
    provider.tell_of("hal", groups=["g-officers"], name="Hal")
    client = open_portal.client()
    there = client.post(away(client), data={"sub": "hal"}).headers["Location"]
    assert client.get(there).status_code == 200
    assert client.get(there).status_code == 400

    there = client.post(away(client), data={"sub": "hal"}).headers["Location"]
    open_portal.hands.pass_by(minutes=11)
    assert client.get(there).status_code == 400


@ON_SQLITE
def test_a_code_that_the_provider_did_not_give_is_refused(open_portal):
    client = open_portal.client()
    state = parse_qs(urlsplit(away(client)).query)["state"][0]

    answer = client.get("/sign-in/with/wmp/back", params={"code": "x", "state": state})

    assert answer.status_code == 502
    assert open_portal.trail("subject") == [("wmp status-400",)]


@ON_SQLITE
@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://elsewhere.example"}, "bad-iss"),
        ({"aud": "another portal"}, "bad-aud"),
        ({"nonce": "of another errand"}, "bad-nonce"),
        ({"exp": 1_000_000_000}, "bad-exp"),
        ({"azp": "another portal"}, "bad-azp"),
    ],
)
def test_a_token_for_anything_else_is_not_believed(open_portal, provider, claims, why):
    provider.tell_of("ida", groups=["g-officers"], name="Ida", **claims)

    answer = sign_in(open_portal.client(), "ida")

    assert answer.status_code == 502
    assert "does not take" in words_of(answer)
    assert people(open_portal) == []
    ((action, subject),) = open_portal.trail("action", "subject")
    assert (action, subject) == ("sign_in.refused", f"wmp {why}")


@ON_SQLITE
def test_a_cancelled_sign_in_says_so(open_portal):
    client = open_portal.client()
    there = client.post(away(client), data={"action": "deny"})

    answer = client.get(there.headers["Location"])

    assert answer.status_code == 400
    assert "was cancelled" in words_of(answer)


@ON_SQLITE
def test_production_has_no_local_users(open_portal):
    open_portal.add_user(Role.OFFICER, samples.POLICE, "duty.officer")
    client = open_portal.client()

    page = client.get("/sign-in")

    assert "West Midlands Police" in words_of(page)
    assert "Password" not in words_of(page)
    for path in ("/sign-in", "/sign-in/code"):
        form = {"username": "duty.officer", "password": PASSWORD}
        assert client.post(path, data=form).status_code == 404
    assert open_portal.officer().get("/inbox").status_code == 303


@ON_SQLITE
def test_a_provider_that_was_taken_out_takes_its_sessions_along(
    open_portal, provider, web_server
):
    provider.tell_of("jan", groups=["g-officers"], name="Jan")
    client = open_portal.client()
    sign_in(client, "jan")
    assert client.get("/inbox").status_code == 200

    with_provider(web_server[0], open_portal, provider.registered(key="other"))

    assert client.get("/inbox").status_code == 303


@ON_SQLITE
def test_the_session_changes_hands_at_sign_in(open_portal, provider):
    provider.tell_of("kim", groups=["g-officers"], name="Kim")
    client = open_portal.client()
    sign_in(client, "kim")
    first = client.cookies[open_portal.running.cookie]

    sign_in(client, "kim")

    assert client.cookies[open_portal.running.cookie] != first
    old = open_portal.client(cookies={open_portal.running.cookie: first})
    assert old.get("/inbox").status_code == 303


@ON_SQLITE
def test_signing_out_leads_on_to_the_provider(open_portal, provider):
    provider.tell_of("lea", groups=["g-officers"], name="Lea")
    client = open_portal.client()
    sign_in(client, "lea")
    csrf = re.search(r'name="csrf" value="([^"]*)"', client.get("/inbox").text)[1]

    out = client.post("/sign-out", data={"csrf": csrf})
    page = client.get(out.headers["Location"])

    there = urlsplit(led_to(page).replace("&amp;", "&"))
    assert f"{there.scheme}://{there.netloc}" == provider.url
    assert there.path == "/oauth2/end_session"
    assert parse_qs(there.query) == {
        "client_id": ["portal"],
        "post_logout_redirect_uri": [f"{open_portal.url}/sign-in"],
    }
    assert client.get("/inbox").status_code == 303


def named_notice(portal):
    from notifications.documents import Audience

    document = samples.packaged("named", audience=Audience.NAMED_OFFICER)
    put(portal.machine(), "notifications", document)
    return f"/notifications/{document.notification_id}"


def test_a_reveal_after_a_while_needs_a_new_sign_in_there(open_portal, provider):
    notice = named_notice(open_portal)
    provider.tell_of("mia", groups=["g-named"], name="Mia")
    client = open_portal.client()
    sign_in(client, "mia")
    token = client.cookies[open_portal.running.cookie]
    open_portal.hands.pass_by(minutes=10)
    # the provider's clock goes on by itself, so it is told what it would say
    provider.tell_of(
        "mia", groups=["g-named"], name="Mia",
        auth_time=int(open_portal.hands().timestamp()),
        iat=int(open_portal.hands().timestamp()),
    )  # fmt: skip

    asked = client.get(f"{notice}/revealed/check")
    assert asked.headers["Location"] == f"/prove?next={notice}/revealed/check"
    prove = client.get(asked.headers["Location"])
    assert "Sign in again with West Midlands Police" in words_of(prove)
    there = away(client, "/prove/with", next=f"{notice}/revealed/check")
    query = parse_qs(urlsplit(there).query)
    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    answer = back(client, there, "mia")

    assert led_to(answer) == f"{notice}/revealed/check"
    revealed = client.get(led_to(answer))
    assert samples.CANARY in revealed.text
    assert client.cookies[open_portal.running.cookie] != token
    assert open_portal.trail("action", "purpose")[-1] == ("revealed", "check")
    assert ("proven",) in open_portal.trail("action")


@pytest.mark.parametrize("who", ["nat", "oli"])
def test_an_old_sign_in_or_somebody_elses_proves_nothing(open_portal, provider, who):
    notice = named_notice(open_portal)
    long_ago = int(open_portal.hands().timestamp()) - 300
    provider.tell_of("nat", groups=["g-named"], name="Nat", auth_time=long_ago)
    provider.tell_of("oli", groups=["g-named"], name="Oli")
    client = open_portal.client()
    sign_in(client, "nat")
    with open_portal.store.writing(OPERATOR) as connection:
        early = open_portal.hands().replace(year=2020)
        connection.execute(update(sessions).values(proven_at=early))

    answer = back(client, away(client, "/prove/with"), who)

    assert answer.status_code in {403, 502}
    assert client.get(f"{notice}/revealed/check").status_code == 303
    assert (
        open_portal.trail("action", "subject")[-1]
        == {
            "nat": ("sign_in.refused", "wmp old-sign-in"),
            "oli": ("proof.refused", "wmp"),
        }[who]
    )


def test_one_providers_table_makes_nobody_an_officer_by_another(
    web_server, portal, provider
):
    """The same group names at another tenant are other groups."""
    solihull = provider.registered(
        key="solihull", name="Solihull",
        people=({"value": "g-staff", "role": "officer", "agency": samples.HOST_LA},),
    )  # fmt: skip
    with_provider(web_server[0], portal, solihull)
    provider.tell_of("pat", groups=["g-officers"], name="Pat")
    client = portal.client()

    answer = back(client, away(client, "/sign-in/with/solihull"), "pat")

    assert answer.status_code == 403
