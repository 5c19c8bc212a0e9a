"""One-time codes: set up once, asked for at the door, none taken twice."""

import re
import threading

import portal_samples as samples
import pyotp
import pytest
from portal_under_test import ON_SQLITE, PASSWORD, SECRET, settings_for, words_of
from sqlalchemy import select, update

from portal import accounts, codes
from portal.permissions import OPERATOR, Role
from portal.tables import users

NAME = "duty.officer"


def hidden(answer, name):
    return re.search(rf'name="{name}" value="([^"]*)"', answer.text)[1]


def set_up(desk, portal):
    """Sets codes up on the page; gives the app."""
    page = desk.get("/account/codes")
    app = pyotp.TOTP(re.search(r"Key: ([A-Z2-7]{32})", words_of(page))[1])
    done = desk.post(
        "/account/codes", code=app.at(portal.hands()), offered=hidden(page, "offered")
    )
    assert done.headers["Location"] == "/account?said=codes", words_of(done)
    return app


def come(portal, code):
    """Somebody with the password and this code, at the door."""
    client = portal.client()
    return give_code(client, give_password(client), code)


@pytest.fixture
def app(portal):
    """The app of an officer called ``NAME``, who signs in with codes."""
    desk = portal.officer()
    with portal.store.writing(OPERATOR) as connection:
        connection.execute(
            update(users).where(users.c.user_id == desk.user_id).values(username=NAME)
        )
    app = set_up(desk, portal)
    portal.hands.pass_by(seconds=30)
    return app


def give_password(client, password=PASSWORD, onward="/tasks"):
    form = client.get("/sign-in", params={"next": onward})
    return client.post(
        "/sign-in",
        data={"form": hidden(form, "form"), "next": hidden(form, "next"),
              "username": NAME, "password": password},
    )  # fmt: skip


def give_code(client, page, code):
    data = {name: hidden(page, name) for name in ("form", "ticket", "next")}
    return client.post("/sign-in/code", data={**data, "code": code})


def test_password_and_code_together_lead_in(portal, app):
    client = portal.client()

    asked = give_password(client)
    assert asked.status_code == 200
    assert "Six-digit code" in words_of(asked)
    assert client.get("/tasks").status_code == 303
    code = app.at(portal.hands())
    answer = give_code(client, asked, f" {code[:3]} {code[3:]} ")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/tasks")
    assert client.get("/tasks").status_code == 200


def test_no_code_is_taken_twice(portal, app):
    code = app.at(portal.hands())
    assert come(portal, code).status_code == 303

    again = come(portal, code)

    assert again.status_code == 422
    assert "used before" in words_of(again)
    older = app.at(int(portal.hands().timestamp()) - 30)
    assert come(portal, older).status_code == 422
    assert portal.trail("action", "subject")[-1] == ("sign_in.refused", "code")


def test_of_two_tries_at_once_with_one_code_one_leads_in(portal, app):
    code, taken = app.at(portal.hands()), []
    with portal.store.reading(OPERATOR) as connection:
        who = connection.scalar(select(users.c.user_id))

    def take():
        with portal.store.writing(OPERATOR) as connection:
            given = (portal.running.settings, who, code, portal.hands())
            taken.append(codes.take(connection, *given))

    tries = [threading.Thread(target=take) for _ in range(6)]
    for one in tries:
        one.start()
    for one in tries:
        one.join()

    assert sorted(taken) == [False] * 5 + [True]


@ON_SQLITE
@pytest.mark.parametrize("late", [-60, 60, 3600])
def test_a_code_of_another_time_is_refused(portal, app, late):
    code = app.at(int(portal.hands().timestamp()) + late)

    assert come(portal, code).status_code == 422


@ON_SQLITE
@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_is_refused(portal, app, code):
    assert come(portal, code).status_code == 422


@ON_SQLITE
def test_the_code_is_not_asked_for_after_a_wrong_password(portal, app):
    answer = give_password(portal.client(), "not the password")

    assert answer.status_code == 422
    assert "Six-digit" not in words_of(answer)


@ON_SQLITE
def test_guessing_codes_has_to_wait(portal, app):
    client = portal.client()
    asked = give_password(client)
    for _ in range(4):
        asked = give_code(client, asked, "000000")
        assert asked.status_code == 422

    assert give_code(client, asked, app.at(portal.hands())).status_code == 429


@ON_SQLITE
@pytest.mark.parametrize("ticket", ["", "made-up"])
def test_no_code_leads_in_without_the_password(portal, app, ticket):
    client = portal.client()
    form = hidden(client.get("/sign-in"), "form")
    code = app.at(portal.hands())

    answer = client.post(
        "/sign-in/code", data={"form": form, "ticket": ticket, "code": code}
    )

    assert answer.status_code == 422
    assert portal.running.cookie not in client.cookies


@ON_SQLITE
def test_who_was_shut_out_meanwhile_stays_out(portal, app):
    client = portal.client()
    asked = give_password(client)
    with portal.store.writing(OPERATOR) as connection:
        accounts.disable(connection, NAME, portal.hands())

    assert give_code(client, asked, app.at(portal.hands())).status_code == 422


def test_a_lost_app_is_forgotten_by_the_operator(portal, app):
    with portal.store.writing(OPERATOR) as connection:
        accounts.reset_codes(connection, NAME)

    assert give_password(portal.client()).headers["Location"] == "/tasks"


@ON_SQLITE
def test_setting_up_takes_the_right_code_and_a_fresh_offer(portal):
    desk = portal.officer()
    page = desk.get("/account/codes")
    app = pyotp.TOTP(re.search(r"Key: ([A-Z2-7]{32})", words_of(page))[1])
    offered = hidden(page, "offered")

    wrong = desk.post("/account/codes", code="000000", offered=offered)
    other = portal.officer().post(
        "/account/codes", code=app.at(portal.hands()), offered=offered
    )

    assert wrong.status_code == 422
    assert app.secret in words_of(
        wrong
    )  # the same key, so that the app need not change
    assert (other.status_code, app.secret in words_of(other)) == (422, False)
    with portal.store.reading(OPERATOR) as connection:
        assert set(connection.scalars(select(users.c.codes_secret))) == {None}
    assert re.search(r'<svg[^>]* class="xb-qr"', page.text)


@ON_SQLITE
def test_the_database_alone_makes_no_codes(portal, app):
    with portal.store.reading(OPERATOR) as connection:
        row = connection.execute(select(users)).one()
    assert app.secret not in str(row)
    other = settings_for("sqlite:///x.db", secret=SECRET + " of another")
    with portal.store.writing(OPERATOR) as connection:
        given = (row.user_id, app.at(portal.hands()), portal.hands())
        assert not codes.take(connection, other, *given)


@ON_SQLITE
def test_a_portal_may_ask_for_codes_before_anything_else(portal, web_server):
    from dataclasses import replace

    settings = portal.running.settings.model_copy(update={"codes": "required"})
    portal.running = replace(portal.running, settings=settings)
    web_server[0].state.running = portal.running
    desk = portal.officer()

    for path in ("/", "/inbox", "/account"):
        assert desk.get(path).headers["Location"] == "/account/codes"
    set_up(desk, portal)

    assert desk.get("/inbox").status_code == 200
    assert Role.OFFICER in desk.read("/account").lower()


@ON_SQLITE
def test_a_proof_asks_for_the_code_too(portal):
    desk = portal.named_officer(samples.POLICE)
    app = set_up(desk, portal)
    portal.hands.pass_by(minutes=11)
    page = desk.get("/prove")
    assert "Six-digit code" in words_of(page)

    assert desk.post("/prove", password=PASSWORD).status_code == 422
    assert desk.post("/prove", code=app.at(portal.hands())).status_code == 422
    proven = desk.post("/prove", password=PASSWORD, code=app.at(portal.hands()))

    assert proven.status_code == 303
    assert desk.get("/account/codes").status_code == 200
