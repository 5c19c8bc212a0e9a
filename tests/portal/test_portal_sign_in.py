"""Only people with a password come in, not for ever, and nobody else in their name."""

import re

import portal_samples as samples
import pytest
from argon2 import extract_parameters
from portal_under_test import ON_SQLITE, PASSWORD, put, words_of
from sqlalchemy import select, text, update

from portal import passwords
from portal.pages.access import own_page
from portal.permissions import OPERATOR, Role
from portal.tables import sessions, sign_in_attempts, users


def hidden(answer, name):
    """The value of a hidden field of a page's forms."""
    return re.search(rf'name="{name}" value="([^"]*)"', answer.text)[1]


def try_to_sign_in(client, username="duty.officer", password=PASSWORD, onward="/"):
    form = client.get("/sign-in", params={"next": onward})
    return client.post(
        "/sign-in",
        data={
            "form": hidden(form, "form"), "next": hidden(form, "next"),
            "username": username, "password": password,
        },
    )  # fmt: skip


@pytest.fixture
def officer(portal):
    portal.add_user(Role.OFFICER, samples.POLICE, "duty.officer")
    return portal


@pytest.mark.parametrize(
    ("role", "agency", "home"),
    [
        (Role.OFFICER, samples.POLICE, "/inbox"),
        (Role.NAMED_OFFICER, samples.PLACING_LA, "/inbox"),
        (Role.REVIEWER, None, "/reviews"),
        (Role.DATA_TEAM, None, "/runs"),
    ],
)
def test_the_right_password_leads_to_ones_work(portal, role, agency, home):
    portal.add_user(role, agency, "somebody")
    client = portal.client()

    answer = try_to_sign_in(client, " Somebody ")

    assert (answer.status_code, answer.headers["Location"]) == (303, home)
    assert client.get(home).status_code == 200
    assert client.get("/").headers["Location"] == home
    assert portal.trail("action")[0] == ("signed_in",)


def test_wrong_name_and_wrong_password_get_the_same_words(officer):
    client = officer.client()

    wrong_password = try_to_sign_in(client, "duty.officer", "not the password")
    wrong_name = try_to_sign_in(client, "nobody.here")

    assert wrong_password.status_code == wrong_name.status_code == 422
    assert words_of(wrong_password) == words_of(wrong_name)
    assert officer.running.cookie not in client.cookies


def test_a_wrong_name_costs_as_much_as_a_wrong_password():
    cost = extract_parameters(passwords._NOBODY)
    assert (cost.time_cost, cost.memory_cost, cost.parallelism) == (
        passwords.PASSES, passwords.KIBIBYTES, passwords.LANES,
    )  # fmt: skip
    assert not passwords.matches(None, PASSWORD)


def test_a_closed_account_is_shut_out_at_once(officer):
    client = officer.client()
    try_to_sign_in(client)
    with officer.store.writing(OPERATOR) as connection:
        connection.execute(update(users).values(disabled_at=officer.hands()))

    assert client.get("/inbox").status_code == 303
    assert try_to_sign_in(client).status_code == 422


def test_guessing_has_to_wait_whatever_the_password(officer):
    client = officer.client()
    for _ in range(5):
        assert try_to_sign_in(client, password="a guess").status_code == 422

    refused = try_to_sign_in(client)

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) == 15 * 60
    assert "Try again in 15 minutes" in words_of(refused)
    officer.hands.pass_by(minutes=15)
    assert try_to_sign_in(client).status_code == 303


def test_the_right_password_clears_the_count(officer):
    client = officer.client()
    for _ in range(2):
        for _ in range(4):
            try_to_sign_in(client, password="a guess")
        assert try_to_sign_in(client).status_code == 303


@ON_SQLITE
def test_the_counter_holds_no_names_or_addresses(officer):
    try_to_sign_in(officer.client(), "duty.officer", "a guess")

    with officer.store.reading(OPERATOR) as connection:
        row = connection.execute(select(sign_in_attempts)).one()
    assert not {"duty.officer", "127.0.0.1"} & {str(value) for value in row}
    assert re.fullmatch("[0-9a-f]{64}", row.name_hash)


def test_a_session_runs_out_when_idle(officer):
    client = officer.client()
    try_to_sign_in(client)

    for _ in range(3):
        officer.hands.pass_by(minutes=14)
        assert client.get("/inbox").status_code == 200
    officer.hands.pass_by(minutes=15)

    away = client.get("/inbox")
    assert (away.status_code, away.headers["Location"]) == (303, "/sign-in?next=/inbox")


def test_signing_in_leads_to_the_page_that_was_asked_for(portal):
    portal.add_user(Role.DATA_TEAM, None, "analyst")
    client, path = portal.client(), f"/authorities/{samples.POLICE}"

    away = client.get(path).headers["Location"]
    answer = try_to_sign_in(client, "analyst", onward=away.split("next=")[1])

    assert answer.headers["Location"] == path


@pytest.mark.parametrize(
    "path",
    ["/", "/inbox", f"/authorities/{samples.POLICE}", "/authorities/W06000015",
     f"/notifications/{samples.made('x')}/revealed/check", "/runs/night_2/release"],
)  # fmt: skip
def test_a_page_of_the_portals_own_may_be_come_back_to(path):
    assert own_page(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
     "https://evil.example", "https:/evil.example", "HTTPS://EVIL",
     "javascript:alert(1)", "/JavaScript:alert(1)", "evil.example", "/@evil.example",
     "/inbox@evil.example",
     "/inbox\r\nSet-Cookie: a=b", "/inbox\n", "/inbox\r", "\n/inbox", " /inbox",
     "/%2f/evil", "/%0d%0aa", "/inbox?next=//evil", "/inbox#x", "/./inbox", "/../x",
     "/.evil.example", "/-/evil", "/\xc9", "/\uff45vil", "/inbox/record.csv", "///",
     "/inbox\0"],
)  # fmt: skip
@ON_SQLITE
def test_no_other_address_is_come_back_to(officer, path):
    assert own_page(path, "/home") == "/home"

    answer = try_to_sign_in(officer.client(), onward=path)

    assert answer.headers["Location"] == "/inbox"
    assert "a" not in answer.cookies


def test_a_session_ends_after_a_working_day_however_busy(officer):
    client = officer.client()
    try_to_sign_in(client)

    for _ in range(8 * 6 - 1):
        officer.hands.pass_by(minutes=10)
        assert client.get("/tasks").status_code == 200
    officer.hands.pass_by(minutes=10)

    assert client.get("/tasks").status_code == 303


def test_signing_out_ends_the_session_itself(officer):
    client = officer.client()
    try_to_sign_in(client)
    token = client.cookies[officer.running.cookie]
    csrf = hidden(client.get("/inbox"), "csrf")

    answer = client.post("/sign-out", data={"csrf": csrf})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    thief = officer.client(cookies={officer.running.cookie: token})
    assert thief.get("/inbox").status_code == 303
    with officer.store.reading(OPERATOR) as connection:
        assert connection.execute(select(sessions)).all() == []


def test_signing_in_again_leaves_no_older_session_behind(officer):
    client = officer.client()
    try_to_sign_in(client)
    first = client.cookies[officer.running.cookie]

    try_to_sign_in(client)

    assert client.cookies[officer.running.cookie] != first
    thief = officer.client(cookies={officer.running.cookie: first})
    assert thief.get("/inbox").status_code == 303


@ON_SQLITE
def test_what_the_database_holds_signs_nobody_in(officer):
    client = officer.client()
    try_to_sign_in(client)
    with officer.store.reading(OPERATOR) as connection:
        stored = connection.scalar(select(sessions.c.token_hash))

    thief = officer.client(cookies={officer.running.cookie: stored})

    assert thief.get("/inbox").status_code == 303


@ON_SQLITE
@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/tasks", "/tasks"),
        (f"/notifications/{samples.made('x')}", f"/notifications/{samples.made('x')}"),
        ("//elsewhere", "/inbox"),
        ("https://elsewhere.example/", "/inbox"),
        ("/\\elsewhere", "/inbox"),
        ("/inbox?show=all", "/inbox"),
    ],
)
def test_signing_in_leads_on_to_pages_of_the_portal_only(officer, asked, led):
    answer = try_to_sign_in(officer.client(), onward=asked)

    assert answer.headers["Location"] == led


@ON_SQLITE
@pytest.mark.parametrize("cookie", ["", "made-up"])
@pytest.mark.parametrize("form", ["", "made-up"])
def test_the_sign_in_form_must_be_our_own(officer, cookie, form):
    client = officer.client(cookies={officer.running.cookie + "-form": cookie})

    answer = client.post(
        "/sign-in",
        data={"form": form, "username": "duty.officer", "password": PASSWORD},
    )

    assert answer.status_code == 422
    assert officer.running.cookie not in client.cookies


@ON_SQLITE
def test_another_browsers_sign_in_form_is_not_ours(officer):
    one, other = officer.client(), officer.client()
    form = hidden(one.get("/sign-in"), "form")
    other.get("/sign-in")

    answer = other.post(
        "/sign-in",
        data={"form": form, "username": "duty.officer", "password": PASSWORD},
    )

    assert answer.status_code == 422


@ON_SQLITE
@pytest.mark.parametrize("path", ["sign-out", "acknowledgement", "judgement"])
@pytest.mark.parametrize("csrf", ["", "wrong", None])
def test_no_form_is_taken_without_its_sessions_token(portal, path, csrf):
    machine = portal.machine()
    document, review = samples.notification(), samples.review()
    put(machine, "notifications", document)
    put(machine, "reviews", review)
    desk = portal.reviewer() if path == "judgement" else portal.officer()
    colleague = portal.officer()
    form = {
        "version": 1, "reference": "N/1", "recorded-day": 21, "recorded-month": 11,
        "recorded-year": 2026, "decision": "same", "reason": "A good reason",
    }  # fmt: skip
    paths = {
        "sign-out": "/sign-out",
        "acknowledgement": f"/notifications/{document.notification_id}/acknowledgement",
        "judgement": f"/reviews/{review.review_id}/judgement",
    }

    token = {"csrf": colleague.csrf if csrf is None else csrf}
    answer = desk.client.post(paths[path], data=form | token)

    assert answer.status_code == 403
    assert "out of date" in words_of(answer)
    assert portal.trail("action") == [("denied",)]


@ON_SQLITE
def test_cookies_are_for_this_site_only_and_no_script(portal, web_server):
    portal.add_user(Role.OFFICER, samples.POLICE, "duty.officer")
    client = portal.client()

    cookie = try_to_sign_in(client).headers["Set-Cookie"]

    assert cookie.startswith("crossborder=")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    assert "Max-Age" not in cookie


def test_sqlite_and_postgres_keep_the_session_table_small(officer):
    for _ in range(3):
        try_to_sign_in(officer.client())
        officer.hands.pass_by(hours=9)
    try_to_sign_in(officer.client())

    with officer.store.reading(OPERATOR) as connection:
        assert connection.scalar(text("SELECT count(*) FROM sessions")) == 1
