"""Signing in, proving and revealing, in a browser that keeps cookies to its rules."""

import datetime as dt
import re

import pyotp
import pytest
from portal_provider import IdentityProvider, served_provider, with_provider
from portal_under_test import ON_SQLITE, PASSWORD
from sqlalchemy import update

from portal.permissions import OPERATOR
from portal.tables import users

pytestmark = [pytest.mark.browser, ON_SQLITE]


def test_a_named_officer_reveals_a_shielded_child(portal, shielded, at_screen):
    with at_screen() as reader:
        reader.sign_in("named.officer")
        assert "Quill-Test" not in reader.text()
        reader.look("inbox-shielded")
        reader.page.goto(portal.url + shielded)
        reader.look("notice-hidden")
        reader.press("Reveal")
        assert "Choose what you need the details for" in reader.text()
        reader.look("notice-hidden-error")
        portal.hands.pass_by(minutes=11)
        reader.page.get_by_label("To check whether we know the child").check()
        reader.press("Reveal")
        reader.look("prove")
        reader.page.get_by_label("Password").fill("not the password")
        reader.press("Go on")
        reader.look("prove-error")
        reader.page.get_by_label("Password").fill(PASSWORD)
        reader.press("Go on")
        assert "Quill-Test" in reader.text()
        reader.look("notice-revealed")
        reader.follow("Hide the details again")
        assert "Quill-Test" not in reader.text()


def test_somebody_sets_up_codes_and_signs_in_with_one(portal, shielded, at_screen):
    with at_screen() as reader:
        reader.sign_in("named.officer")
        reader.follow("Your account")
        reader.look("account")
        reader.follow("Set up one-time codes")
        reader.look("codes")
        with reader.on_paper():
            assert "Key:" not in reader.text(), "whoever finds the sheet has it"
        reader.page.get_by_label("Six-digit code").fill("000000")
        reader.press("Use codes from now on")
        reader.look("codes-refused")
        app = pyotp.TOTP(re.search(r"Key: ([A-Z2-7]{32})", reader.text())[1])
        reader.page.get_by_label("Six-digit code").fill(app.at(portal.hands()))
        reader.press("Use codes from now on")
        assert "From now on you are asked for a code" in reader.text()
        reader.look("account-codes")
        reader.press("Sign out")
        reader.complaints.clear()  # Chromium tells that it cleared what it kept
        portal.hands.pass_by(seconds=30)
        reader.sign_in("named.officer")
        reader.look("sign-in-code")
        reader.page.get_by_label("Six-digit code").fill("000000")
        reader.press("Sign in")
        reader.look("sign-in-code-refused")
        reader.page.get_by_label("Six-digit code").fill(app.at(portal.hands()))
        reader.press("Sign in")
        assert "Inbox" in reader.text()
        reader.page.goto(f"{portal.url}/prove")
        reader.look("prove-code")


def test_a_browser_goes_to_another_site_and_comes_back_signed_in(
    portal,
    shielded,
    web_server,
    at_screen,
):
    """The provider is on another site, as in life: cookies that are for the portal's
    site only don't come back with the browser, and it is signed in all the same."""
    with served_provider() as here, at_screen() as reader:
        provider = IdentityProvider(here.url.replace("127.0.0.1", "localhost"))
        with_provider(web_server[0], portal, provider.registered())
        provider.tell_of("ann", groups=["g-named"], name="Ann Field-Test")
        reader.page.goto(portal.url + shielded)
        reader.look("sign-in-providers")
        reader.page.get_by_role("button", name="West Midlands Police").click()
        assert reader.page.url.startswith(provider.url)

        reader.page.locator("input[name=sub]").fill("ann")
        reader.page.locator("button[type=submit]").first.click()
        reader.page.wait_for_url(portal.url + shielded)

        assert "Ann Field-Test (named officer of West Midlands Police)" in reader.text()
        cookies = {c["name"]: c["sameSite"] for c in reader.page.context.cookies()}
        assert cookies[portal.running.cookie] == "Strict"
        assert portal.running.cookie + "-errand" not in cookies
        reader.press("Sign out")
        reader.page.wait_for_url(f"{provider.url}/oauth2/end_session**")


@pytest.fixture
def provider(portal, web_server):
    """Another site, which has just been told of some people."""
    with served_provider() as here:
        elsewhere = IdentityProvider(here.url.replace("127.0.0.1", "localhost"))
        with_provider(web_server[0], portal, elsewhere.registered())
        for name, groups in (
            ("ann", ["g-named"]), ("bea", ["g-named"]), ("cat", ["g-canteen"]),
        ):  # fmt: skip
            elsewhere.tell_of(name, groups=groups, name=f"{name.title()} Field-Test")
        yield elsewhere


def way_back(portal, reader, subject, path="/sign-in/with/wmp"):
    """Where a provider that has signed somebody in sends the browser, just now."""
    portal.hands.at = dt.datetime.now(dt.UTC)  # the provider's clock has gone on
    asked = reader.page.context.request
    out = asked.get(reader.url + path, max_redirects=0)
    there = asked.post(out.headers["location"], form={"sub": subject}, max_redirects=0)
    return there.headers["location"]


def stay(reader):
    """Pages that lead on at once stay: for longer than anybody reads them."""

    def held(route):
        answer = route.fetch(max_redirects=0)
        text = answer.text().replace('content="0; url', 'content="80000; url')
        route.fulfill(response=answer, body=text)

    reader.page.route("**/back?**", held)
    reader.page.route("**/signed-out/**", held)


def test_every_answer_to_coming_back_is_as_pages_must_be(
    portal, shielded, provider, at_desk
):
    def see(path, name, words):
        reader.page.goto(path)
        assert words in reader.text(), name
        reader.complaints.clear()  # Chromium tells of statuses, 502 too
        reader.look_at_every_width(name)

    with at_desk() as reader:
        back = f"{portal.url}/sign-in/with/wmp/back"
        see(back, "provider-lost", "Signing in was not finished")
        see(
            way_back(portal, reader, "cat"),
            "provider-no-place",
            "You have no access here",
        )
        stay(reader)
        see(way_back(portal, reader, "ann"), "provider-signed-in", "You are signed in")
        reader.follow("Go on")
        reader.page.wait_for_url("**/inbox")
        see(f"{portal.url}/account", "account-provider", "come from your authority")
        portal.hands.pass_by(minutes=11)
        see(f"{portal.url}/prove", "prove-provider", "Sign in again with West Midlands")
        other = way_back(portal, reader, "bea", "/prove/with")
        see(other, "provider-somebody-else", "You signed in as somebody else")
        see(f"{portal.url}/signed-out/wmp", "provider-signed-out", "You are signed out")
        with portal.store.writing(OPERATOR) as connection:
            connection.execute(update(users).values(disabled_at=portal.hands()))
        see(
            way_back(portal, reader, "ann"),
            "provider-shut-out",
            "Your access was ended",
        )


def test_a_provider_that_cannot_be_reached_is_told_of(portal, web_server, at_desk):
    nowhere = IdentityProvider("http://localhost:9").registered()
    with_provider(web_server[0], portal, nowhere)
    with at_desk() as reader:
        reader.open("/sign-in/with/wmp")
        assert "Signing in did not work" in reader.text()
        reader.complaints.clear()  # Chromium tells of the status, 502
        reader.look_at_every_width("provider-trouble")
