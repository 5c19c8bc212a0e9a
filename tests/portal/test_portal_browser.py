"""Officers and those who watch over them use the portal in a real browser."""

import portal_samples as samples
import pytest
from portal_under_test import ON_SQLITE, feed
from portal_worlds import packaged

from portal.permissions import Role

pytestmark = [pytest.mark.browser, ON_SQLITE]


def test_an_officer_opens_and_acknowledges(furnished, at_screen):
    portal, machine = furnished
    others = {
        name: samples.made(f"notification {name}")
        for name in ("recorded", "withdrawn", "old", "pointer", "sentinel")
    }
    with at_screen() as officer:
        officer.page.goto(portal.url)
        officer.look("sign-in")
        officer.press("Sign in")
        officer.look("sign-in-refused")
        officer.sign_in("duty.police")
        officer.look("inbox")
        assert "To do (6)" in officer.text()

        officer.follow("Zebediah Quill-Test")
        officer.look("notice")
        assert "You have been reminded of this notice 2 times" in officer.text()
        surname = officer.page.get_by_role("button", name="Copy Surname", exact=True)
        surname.click()
        officer.page.get_by_role("button", name="Copied Surname").wait_for()
        officer.follow("Acknowledge below")
        officer.press("Acknowledge")
        assert "Enter your own record's reference" in officer.text()
        officer.look("notice-refused")
        officer.follow("Enter your own record's reference")
        officer.page.keyboard.type("N/0012345")
        officer.page.get_by_label("Day").fill("21")
        officer.press("Acknowledge")
        assert "Recorded on 21 November 2026" in officer.text()
        officer.look("notice-acknowledged")

        officer.page.goto(f"{portal.url}/notifications/{others['recorded']}")
        assert "escalated to Public protection supervisor" in officer.text()
        officer.page.get_by_label("Your own record's reference").fill("N/0012345")
        officer.press("Acknowledge")
        assert "on 1 other notice, about other children" in officer.text()
        officer.look("notice-repeats")
        officer.page.get_by_text("Something is wrong with this notice").click()
        officer.page.get_by_label("It is not ours").check()
        officer.press("Say that it is wrong")
        assert "The placing authority is asked to check" in officer.text()
        officer.look("notice-disputed")

        for name in ("withdrawn", "old", "pointer", "sentinel"):
            officer.page.goto(f"{portal.url}/notifications/{others[name]}")
            officer.look(f"notice-{name}")
        officer.follow("Tasks")
        officer.look("tasks-none")
        officer.page.goto(f"{portal.url}/reviews")
        assert "You can't open this page" in officer.text()
        officer.look("not-for-you")
        officer.press("Sign out")
        officer.page.goto(f"{portal.url}/inbox")
        assert "User name" in officer.text()

    first = str(samples.made("notification first"))
    told = [event["type"] for event in feed(machine) if event["subject"] == first]
    assert told == ["receipt.fetched", "receipt.opened", "receipt.acknowledged"]


def test_an_officer_narrows_a_list_and_takes_it_away(furnished, at_screen):
    with at_screen() as officer:
        officer.sign_in("duty.police")
        officer.page.get_by_text("Narrow the list").click()
        officer.page.get_by_label("Priority", exact=True).select_option("high")
        officer.press("Narrow")
        assert "2 notices to do of what you chose" in officer.text()
        officer.look("inbox-narrowed")
        officer.follow("Take out Priority: High priority")
        officer.page.get_by_text("Take this list away (CSV)").click()
        officer.press("Download the list")
        assert "Choose what you take the list away for" in officer.text()
        officer.look("inbox-export-refused")
        officer.page.get_by_label("What do you take it away for?").select_option(
            "shift"
        )
        with officer.page.expect_download() as download:
            officer.press("Download the list")
        assert download.value.suggested_filename == "notices-open-2026-11-22.csv"


def test_an_officer_finds_a_notice_takes_it_and_prints_it(furnished, at_screen):
    document = packaged()
    with at_screen() as officer:
        officer.sign_in("duty.police")
        officer.page.get_by_label("Find by reference").fill("XB-0000-0000-1")
        officer.press("Find")
        officer.look("search-mistyped")
        officer.page.get_by_label("Find by reference").fill("no such thing")
        officer.press("Find")
        officer.look("search-none")
        officer.page.get_by_label("Find by reference").fill("c-10342")
        officer.press("Find")
        officer.look("search")
        officer.page.get_by_label("Find by reference").fill(
            document.recording_token.lower().replace("-", " ")
        )
        officer.page.keyboard.press("Enter")
        officer.press("Take it")
        assert "You have this notice" in officer.text()
        officer.look("notice-held")
        officer.page.get_by_role("button", name="Copy all").click()
        officer.page.get_by_role("button", name="Copied all").wait_for()
        copied = officer.page.evaluate("navigator.clipboard.readText()")
        assert "Surname: Quill-Test" in copied.splitlines()
        officer.follow("Print this notice")
        officer.look("notice-paper")
        officer.follow("Back to the portal")
        assert "You have this notice" in officer.text()


def test_an_officer_hands_a_shift_over(furnished, at_screen):
    portal, _ = furnished
    portal.add_user(Role.OFFICER, samples.POLICE, "late.police")
    with at_screen() as officer:
        officer.sign_in("duty.police")
        officer.follow("Zebediah Quill-Test")
        officer.press("Take it")
        officer.follow("Hand over")
        assert "You have 1 open notice" in officer.text()
        officer.look("handover")
        officer.press("Hand over")
        officer.look("handover-refused")
        officer.page.get_by_label("To whom").select_option(label="late.police")
        officer.page.get_by_label("Note for the next shift").fill(
            "Ring the home at six"
        )
        officer.press("Hand over")
        assert "late.police" in officer.text()
        officer.look("handover-done")
        officer.follow("Print a hand-over sheet")
        officer.look("handover-paper")
        officer.page.emulate_media(media="print")
        assert not officer.page.get_by_text("Back to the portal").is_visible()

    with at_screen() as colleague:
        colleague.sign_in("late.police")
        colleague.follow("Hand over")
        assert "Ring the home at six" in colleague.text()


def test_a_named_officer_sees_the_shielded_task(furnished, at_screen):
    with at_screen() as officer:
        officer.sign_in("named.la")
        officer.follow("Tasks")
        assert "Named officers only" in officer.text()
        officer.look("tasks")


def test_a_reviewer_judges_and_takes_it_back(furnished, at_screen):
    _, machine = furnished
    with at_screen() as reviewer:
        reviewer.sign_in("rae.reviewer")
        reviewer.look("reviews")
        reviewer.follow("Deadline passed (1)")
        reviewer.look("reviews-late")
        reviewer.follow("Waiting (3)")
        reviewer.follow("Birmingham C-10342")
        reviewer.look("pair")
        reviewer.press("Save decision")
        reviewer.look("pair-refused")
        reviewer.page.get_by_label("Different people").check()
        reviewer.page.get_by_label("Why", exact=True).fill("Born a day apart")
        reviewer.press("Save decision")
        assert "Your decision is saved" in reviewer.text()
        reviewer.look("pair-decided")
        reviewer.page.get_by_label("Why", exact=True).fill("It is a typing slip")
        reviewer.press("Undo")
        assert "The pair waits again" in reviewer.text()
        reviewer.look("pair-undone")

    assert [event["type"] for event in feed(machine)] == [
        "judgement.made",
        "judgement.undone",
    ]


def test_the_data_team_sees_the_nights(furnished, at_screen):
    with at_screen() as analyst:
        analyst.sign_in("dee.data")
        assert "861: no extract arrived" in analyst.text()
        assert "412 notices are held back by the surge brake" in analyst.text()
        analyst.look("nights")
        analyst.page.get_by_role("button", name="Release what is held").click()
        analyst.look("release")
        analyst.press("Release 412 notices")
        assert "Asked. The region's next pass sends" in analyst.text()
        analyst.press("Replay delivery 17")
        assert "asked to replay it on 22 November 2026" in analyst.text()
        analyst.look("nights-asked")


def test_the_package_on_paper_leaves_out_what_only_a_screen_can_do(
    furnished, at_screen
):
    portal, _ = furnished
    with at_screen() as officer:
        officer.sign_in("duty.police")
        officer.page.goto(
            f"{portal.url}/notifications/{samples.made('notification first')}"
        )
        officer.page.emulate_media(media="print")

        assert officer.page.get_by_text("What to type into your record").is_visible()
        for name in ("Copy Surname", "Acknowledge"):
            button = officer.page.get_by_role("button", name=name, exact=True)
            assert not button.is_visible()


def test_an_information_governance_lead_sees_who_looked(furnished, at_screen):
    portal, _ = furnished
    officer = portal.officer()
    for _ in range(31):
        officer.get(f"/notifications/{samples.made('notification first')}")
    portal.officer("E23000015").get(
        f"/notifications/{samples.made('notification first')}"
    )
    portal.add_user(Role.IG_LEAD, name="ig")
    with at_screen() as reader:
        reader.sign_in("ig")
        reader.page.get_by_text("Filter the trail").click()
        reader.look("audit")
        reader.page.get_by_label("Action", exact=True).select_option("denied")
        reader.press("Filter")
        assert "Was refused" in reader.text()
        reader.page.locator("#entries").get_by_role("link").first.click()
        reader.look("audit-person")
        with reader.on_paper():
            assert "Only entries: of " in reader.text()
        reader.page.get_by_label("Why").first.select_option("incident")
        reader.press("Reveal the name")
        reader.look("audit-staff")
        reader.page.goto(f"{reader.url}/audit")
        reader.press("Verify it now")
        assert "The audit trail is whole" in reader.text()
        reader.look("audit-verified")
        reader.page.goto(f"{reader.url}/audit/child")
        reader.press("Show the accesses")
        reader.look("audit-child-errors")
        token = samples.notification().recording_token
        reader.page.get_by_label("Recording token").fill(token)
        reader.page.get_by_label("Why").select_option("subject_access")
        reader.press("Show the accesses")
        assert "Opened a notice" in reader.text()
        reader.look("audit-child")
        with reader.on_paper():
            assert f"Of the child of {token}" in reader.text()
        for name in ("refusals", "withheld", "retention"):
            reader.page.goto(f"{reader.url}/audit/{name}")
            reader.look(f"audit-{name}")
