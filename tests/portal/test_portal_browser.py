"""People use the portal in a real browser, on a desk and on a phone.

Each page is looked at by axe (WCAG 2.2 AA and good practice) and must fit its width,
ask nothing of any other site and break no rule of its content policy. With
``CROSSBORDER_SCREENSHOTS`` naming a folder, every page is photographed into it.
"""

import datetime as dt
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import portal_samples as samples
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from portal_under_test import NOON, ON_SQLITE, PASSWORD, feed, put, withdraw

from notifications import documents as docs
from notifications.fill_in import fill_in
from pipeline.region import load_region
from portal.permissions import Role

pytestmark = [pytest.mark.browser, ON_SQLITE]

WIDTHS = {"desk": (1280, 900), "phone": (390, 844), "narrow": (320, 800)}
"""Narrow is also what a desk's screen shows at 400 %."""
RULES = {
    "runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
    ],
}  # fmt: skip
CHROMIUM = "chromium"
DEMO = Path(__file__).parents[2] / "config" / "regions" / "demo.yaml"


@pytest.fixture(scope="module")
def browser():
    """The system's Chromium. On a build machine it must be there."""
    program = shutil.which(CHROMIUM)
    if program is None:
        missing = (
            "NO BROWSER: the portal's pages were NOT looked at. Install Chromium "
            "(apt-get install chromium) to run the tests marked browser."
        )
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=sandbox)
        yield chromium
        chromium.close()


@dataclass
class Reader:
    """Somebody before a screen of one width."""

    page: Page
    url: str
    width: str
    complaints: list[str] = field(default_factory=list)

    def sign_in(self, username: str) -> None:
        self.page.goto(f"{self.url}/")
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Sign in")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def look(self, name: str) -> None:
        """The page is as pages must be; and photographed, if that was asked for."""
        self.page.wait_for_load_state()
        found = Axe().run(self.page, options=RULES).response["violations"]
        problems = [
            f"{fault['id']}: {node['html']}"
            for fault in found
            for node in fault["nodes"]
        ]
        assert problems == [], f"{name} at {self.width}"
        wider = "document.documentElement.scrollWidth - window.innerWidth"
        assert self.page.evaluate(wider) <= 0, f"{name} overflows at {self.width}"
        assert self.complaints == [], f"{name} at {self.width}"
        folder = os.environ.get("CROSSBORDER_SCREENSHOTS")
        if folder and self.width != "narrow":
            photograph(self.page, Path(folder) / f"portal-{name}-{self.width}.png")

    def text(self) -> str:
        """Of the page as it has loaded: one just asked for is empty for a moment."""
        self.page.wait_for_load_state()
        return " ".join(self.page.locator("body").inner_text().split())


def photograph(page: Page, path: Path) -> None:
    """The whole page, in few colours: the pictures are kept in the repository."""
    page.screenshot(path=path, full_page=True)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(48).save(path, optimize=True)


@pytest.fixture(params=WIDTHS)
def at_screen(request, browser, portal):
    """Gives readers of one width, each with a browser of their own."""

    @contextmanager
    def sit_down():
        width, height = WIDTHS[request.param]
        context = browser.new_context(viewport={"width": width, "height": height})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        reader = Reader(context.new_page(), portal.url, request.param)
        complaints = reader.complaints

        def note_request(asked):
            if not asked.url.startswith((portal.url, "data:")):
                complaints.append(f"asked elsewhere: {asked.url}")

        def note_console(message):
            if "status of 4" not in message.text:  # an answer that a test asks for
                complaints.append(message.text)

        reader.page.on("request", note_request)
        reader.page.on("console", note_console)
        reader.page.on("pageerror", lambda error: complaints.append(str(error)))
        yield reader
        context.close()

    return sit_down


@pytest.fixture
def furnished(portal):
    """A portal with something of everything."""
    machine = portal.machine()
    later = docs.Clock(due_at=NOON, basis="protocol", text="One working day.")
    for document in (
        packaged(route="Solihull MASH desk"),
        samples.reminder(),
        samples.reminder(number=2),
        samples.notification("old", child=samples.child("Nell", "Ford-Test")),
        samples.notification(
            "update", kind="update", priority="standard", clock=later,
            child=samples.child("Nell", "Ford-Test"),
            supersedes=samples.made("notification old"),
        ),
        samples.notification(
            "unconfirmed", kind="unconfirmed", priority="low", clock=None,
            child=samples.child("Bartholomew", "Featherstonehaugh-Cholmondeley-Test"),
        ),
        packaged(
            "sentinel", test_record=True, priority="standard",
            child=samples.child("Test", "Sentinel-Test"),
        ),
        samples.notification(
            "recorded", child=samples.child("Ola", "Brook-Test").model_copy(
                update={"child_ref": "C-20002"}
            ),
        ),
        samples.notification("withdrawn", child=samples.child("Ida", "Wood-Test")),
        samples.notification(
            "pointer", kind="pointer", subject="person", child=None, placement=None,
            placing_authority=None, risk_indicators=(), clock=None,
            priority="standard",
            pointers=(docs.Pointer(
                authority="E23000015", authority_name="Staffordshire Police",
                record_ref="S/88812", contact="mash.E23000015@demo.example",
            ),),
        ),
    ):  # fmt: skip
        put(machine, "notifications", document)
    withdraw(machine, samples.withdrawal("withdrawn"))
    put(machine, "obligations", samples.obligation())
    put(machine, "obligations", samples.obligation(
        "shielded", kind="named_officer_task", audience="named_officer",
        child_ref="", escalation=1,
        asked="A shielded case concerns your authority. Speak with the placing "
        "authority's named officer.",
    ))  # fmt: skip
    put(
        machine,
        "obligations",
        samples.obligation(
            "overdue",
            kind="acknowledge_task",
            owed_by=samples.POLICE,
            escalation=1,
            escalated_to="Public protection supervisor",
            due_at=NOON,
            notification_id=samples.made("notification recorded"),
            asked="Do what the notice asks at once, then acknowledge it.",
            rule=docs.Rule(
                id="loop.overdue",
                version="1",
                text="You were sent a notice and did not acknowledge it in time.",
            ),
        ),
    )
    put(machine, "reviews", samples.review())
    put(machine, "reviews", samples.review("second", priority="standard"))
    put(
        machine, "reviews", samples.review("late", deadline=NOON - dt.timedelta(days=2))
    )
    put(machine, "runs", samples.run(held={"surge": 412, "review": 4}))
    put(machine, "dead-letters", samples.dead_letter())
    put(machine, "dead-letters", samples.dead_letter("18", kind="obligation"))
    put(machine, "verdicts", samples.verdict())
    portal.add_user(Role.OFFICER, samples.POLICE, "duty.police")
    portal.add_user(Role.NAMED_OFFICER, samples.PLACING_LA, "named.la")
    portal.add_user(Role.REVIEWER, None, "rae.reviewer")
    portal.add_user(Role.DATA_TEAM, None, "dee.data")
    return portal, machine


def packaged(name="first", **changed):
    """A notice with the package of the demo's own record form."""
    document = samples.notification(name, **changed)
    entry = load_region(DEMO).directory().authorities[samples.POLICE]
    return document.model_copy(
        update={"fill_in": fill_in(entry.record_template, document)}
    )


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


def test_an_inbox_is_narrowed_and_a_notice_taken_without_scripts(furnished, browser):
    portal, _ = furnished
    context = browser.new_context(java_script_enabled=False)
    officer = Reader(context.new_page(), portal.url, "desk")
    officer.sign_in("duty.police")
    officer.page.get_by_text("Narrow the list").click()
    officer.page.get_by_label("Held by", exact=True).select_option("nobody")
    officer.press("Narrow")
    officer.follow("Zebediah Quill-Test")
    officer.press("Take it")
    assert "You have this notice" in officer.text()
    context.close()


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


def test_the_keyboard_is_enough_to_acknowledge(furnished, at_screen):
    portal, machine = furnished
    with at_screen() as officer:
        officer.sign_in("duty.police")
        path = f"/notifications/{samples.made('notification first')}"
        officer.page.goto(f"{portal.url}{path}")
        officer.page.get_by_label("Your own record's reference").focus()
        officer.page.keyboard.type("N/77")
        for _ in range(4):  # day, month, year, button
            officer.page.keyboard.press("Tab")
        officer.page.keyboard.press("Enter")
        officer.page.wait_for_url("**said=acknowledged")

    assert feed(machine)[-1]["data"]["reference"] == "N/77"


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
        if folder := os.environ.get("CROSSBORDER_SCREENSHOTS"):
            path = Path(folder) / f"portal-notice-print-{officer.width}.png"
            photograph(officer.page, path)


def test_without_scripts_every_value_is_there_to_be_selected(furnished, browser):
    portal, _ = furnished
    context = browser.new_context(java_script_enabled=False)
    officer = Reader(context.new_page(), portal.url, "desk")
    officer.sign_in("duty.police")
    officer.page.goto(
        f"{portal.url}/notifications/{samples.made('notification first')}"
    )

    assert officer.page.get_by_role("button", name="Copy").count() == 0
    assert "Forename 1 Zebediah" in officer.text()
    context.close()


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
        for name in ("refusals", "withheld", "retention"):
            reader.page.goto(f"{reader.url}/audit/{name}")
            reader.look(f"audit-{name}")
