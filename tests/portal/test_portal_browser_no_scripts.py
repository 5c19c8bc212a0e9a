"""Everything works without scripts: forms, links and what unfolds are the browser's."""

import portal_samples as samples
import pytest
from portal_provider import IdentityProvider, served_provider, with_provider
from portal_states import notice, pair
from portal_under_test import ON_SQLITE, feed

from portal.permissions import Role

pytestmark = [pytest.mark.browser, ON_SQLITE]


@pytest.fixture
def unscripted(at_desk):
    """A reader whose browser runs no scripts."""
    with at_desk(java_script_enabled=False) as reader:
        yield reader


def test_an_inbox_is_narrowed_and_a_notice_taken(furnished, unscripted):
    unscripted.sign_in("duty.police")
    unscripted.page.get_by_text("Narrow the list").click()
    unscripted.page.get_by_label("Held by", exact=True).select_option("nobody")
    unscripted.press("Narrow")
    unscripted.follow("Zebediah Quill-Test")
    unscripted.press("Take it")
    assert "You have this notice" in unscripted.text()


def test_every_value_is_there_to_be_selected(furnished, unscripted):
    unscripted.sign_in("duty.police")
    unscripted.open(notice("first"))

    assert unscripted.page.get_by_role("button", name="Copy").count() == 0
    assert "Forename 1 Zebediah" in unscripted.text()


def test_a_reviewer_takes_keeps_and_judges_a_pair(busy, unscripted):
    _, machine = busy
    unscripted.sign_in("rae.reviewer")
    unscripted.open("/reviews")
    unscripted.press("Take the next pair")
    unscripted.press("Keep it 10 minutes more")
    unscripted.page.get_by_label("Not sure").check()
    unscripted.page.get_by_label("Why", exact=True).fill("Nothing settles it")
    unscripted.press("Save decision")
    assert "Your decision is saved" in unscripted.text()
    assert feed(machine)[0]["data"]["decision"] == "unsure"


def test_a_reviewer_reads_a_pair_a_second_time_and_undoes(busy, unscripted):
    portal, machine = busy
    portal.reviewer().post(
        f"{pair('first')}/judgement", decision="same", reason="It all agrees", version=1
    )
    unscripted.sign_in("rae.reviewer")
    unscripted.open(pair("first"))
    unscripted.page.get_by_label("Same person").check()
    unscripted.page.get_by_label("Why", exact=True).fill("It does")
    unscripted.press("Save decision")
    assert "The first reader said the same" in unscripted.text()
    unscripted.page.get_by_label("Why", exact=True).fill("Not the same school")
    unscripted.press("Undo")
    assert "The pair waits again" in unscripted.text()
    assert feed(machine)[-1]["type"] == "judgement.undone"


def test_the_data_team_releases_a_night_and_replays_what_was_refused(
    furnished, unscripted
):
    _, machine = furnished
    unscripted.sign_in("dee.data")
    unscripted.page.get_by_role("button", name="Release what is held").click()
    unscripted.press("Release 412 notices")
    assert "Asked. The region's next pass sends" in unscripted.text()
    unscripted.press("Replay delivery 17")
    assert "asked to replay it on 22 November 2026" in unscripted.text()
    unscripted.follow("The last ninety nights")
    assert "Notices first made" in unscripted.text()
    asked = [event["type"] for event in feed(machine)]
    assert asked == ["request.release", "request.replay"]


def test_an_information_governance_lead_searches_the_trail_and_verifies_it(
    furnished, unscripted
):
    portal, _ = furnished
    portal.officer("E23000015").get(notice("first"))
    portal.add_user(Role.IG_LEAD, name="ig")
    unscripted.sign_in("ig")
    unscripted.page.get_by_text("Filter the trail").click()
    unscripted.page.get_by_label("Action", exact=True).select_option("denied")
    unscripted.press("Filter")
    assert "Staffordshire Police" in unscripted.page.locator("#entries").inner_text()
    unscripted.follow("One child's accesses")
    token = samples.notification().recording_token
    unscripted.page.get_by_label("Recording token").fill(token)
    unscripted.page.get_by_label("Why").select_option("subject_access")
    unscripted.press("Show the accesses")
    assert "Was refused" in unscripted.page.locator("main").inner_text()
    unscripted.follow("Trail")
    unscripted.press("Verify it now")
    assert "The audit trail is whole" in unscripted.text()


def test_a_supplier_reads_and_takes_away_its_verdicts(furnished, unscripted):
    portal, _ = furnished
    portal.add_user(Role.SUPPLIER, samples.PLACING_LA, "sam.supplier")
    unscripted.sign_in("sam.supplier")
    unscripted.page.get_by_text("Each file").first.click()
    assert "398 of 400 rows accepted" in unscripted.text()
    with unscripted.page.expect_download() as download:
        unscripted.follow("Download as CSV")
    assert download.value.suggested_filename == "verdicts-330.csv"


def test_somebody_signs_in_with_their_provider(
    portal, shielded, web_server, unscripted
):
    with served_provider() as here:
        provider = IdentityProvider(here.url.replace("127.0.0.1", "localhost"))
        with_provider(web_server[0], portal, provider.registered())
        provider.tell_of("ann", groups=["g-named"], name="Ann Field-Test")
        unscripted.open(shielded)
        unscripted.page.get_by_role("button", name="West Midlands Police").click()
        unscripted.page.locator("input[name=sub]").fill("ann")
        unscripted.page.locator("button[type=submit]").first.click()
        unscripted.page.wait_for_url(portal.url + shielded)

        assert "Ann Field-Test (named officer of West" in unscripted.text()
