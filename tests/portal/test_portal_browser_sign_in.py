"""Signing in, proving and revealing, in a browser that keeps cookies to its rules."""

import re

import portal_samples as samples
import pyotp
import pytest
from portal_provider import IdentityProvider, served_provider, with_provider
from portal_under_test import ON_SQLITE, PASSWORD, put
from test_portal_browser import at_screen, browser  # noqa: F401 - fixtures

from notifications.documents import Audience
from portal.permissions import Role

pytestmark = [pytest.mark.browser, ON_SQLITE]


@pytest.fixture
def shielded(portal):
    portal.add_user(Role.NAMED_OFFICER, samples.POLICE, "named.officer")
    document = samples.packaged("shielded", audience=Audience.NAMED_OFFICER)
    put(portal.machine(), "notifications", document)
    return f"/notifications/{document.notification_id}"


def test_a_named_officer_reveals_a_shielded_child(portal, shielded, at_screen):  # noqa: F811
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


def test_somebody_sets_up_codes_and_signs_in_with_one(portal, shielded, at_screen):  # noqa: F811
    with at_screen() as reader:
        reader.sign_in("named.officer")
        reader.follow("Your account")
        reader.look("account")
        reader.follow("Set up one-time codes")
        reader.look("codes")
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
        reader.page.get_by_label("Six-digit code").fill(app.at(portal.hands()))
        reader.press("Sign in")
        assert "Inbox" in reader.text()


def test_a_browser_goes_to_another_site_and_comes_back_signed_in(
    portal,
    shielded,
    web_server,
    at_screen,  # noqa: F811
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
