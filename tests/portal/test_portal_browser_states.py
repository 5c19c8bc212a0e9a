"""What goes wrong, and the seldom states of officers' pages, in a real browser."""

import portal_samples as samples
import pytest
from portal_provider import IdentityProvider
from portal_states import Scene, States, look_at, notice
from portal_under_test import ON_SQLITE, put
from test_portal_holding import give
from test_portal_replies import acknowledge, dispute

from notifications import documents as docs
from notifications.chasing import ASKED, RULES
from portal import inboxes
from portal.permissions import Role

pytestmark = [pytest.mark.browser, ON_SQLITE]
STATES = States()
OFFICER = (Role.OFFICER, samples.POLICE)


@pytest.mark.parametrize("name", STATES)
def test_every_state_is_as_pages_must_be(name, request, at_desk, monkeypatch):
    portal = request.getfixturevalue("portal")
    if STATES[name].world != "portal":
        request.getfixturevalue(STATES[name].world)
    with at_desk() as reader:
        look_at(
            STATES[name], name, Scene(portal, portal.machine(), reader, monkeypatch)
        )


@STATES.add("form-out-of-date", "This form is out of date")
def of_another_session(scene):
    scene.officer()
    scene.reader.open(notice("first"))
    old = "for (const one of document.getElementsByName('csrf')) one.value = 'old'"
    scene.reader.page.evaluate(old)
    scene.reader.press("Acknowledge")


@STATES.add("form-not-complete", "The form was not complete")
def without_a_field(scene):
    scene.officer()
    scene.reader.open(notice("first"))
    scene.reader.page.evaluate("document.getElementsByName('version')[0].remove()")
    scene.reader.press("Acknowledge")


STATES.at("not-found", "Page not found", *OFFICER, notice("of nobody"))
STATES.at("no-such-page", "Page not found", *OFFICER, "/nowhere")
STATES.at(
    "nothing-to-record", "There is nothing to record", *OFFICER,
    notice("withdrawn") + "/record.pdf",
)  # fmt: skip


@STATES.add("too-much-sent", "Too much was sent")
def a_long_text(scene):
    give(desk := scene.officer(), samples.notification(), desk.user_id)
    scene.reader.open("/handover")
    scene.reader.page.get_by_label("Note for the next shift").fill("long " * 60_000)
    scene.reader.press("Hand over")


@STATES.add("too-many-pages", "Too many pages were asked for")
def in_one_minute(scene):
    scene.officer()
    scene.settle(person_calls_per_minute=1)
    for _ in range(2):
        scene.reader.open("/tasks")


@STATES.add("portals-mistake", "The portal made a mistake")
def a_failure(scene):
    def fail(*given):
        raise RuntimeError

    scene.patch.setattr(inboxes, "inbox", fail)
    scene.officer()
    scene.reader.open("/inbox")
    scene.reader.complaints.clear()  # Chromium tells of the status, 500


@STATES.add("sign-in-too-many", "Too many failed attempts", "portal")
def guessed(scene):
    scene.settle(sign_in_tries=1)
    for _ in range(2):
        scene.reader.sign_in("somebody")


@STATES.add("sign-in-too-old", "The page was open too long", "portal")
def left_open(scene):
    scene.reader.open("/sign-in")
    scene.reader.page.context.clear_cookies()
    scene.reader.press("Sign in")


@STATES.add("sign-in-providers-only", "West Midlands Police", "portal")
def in_production(scene):
    provider = IdentityProvider("http://localhost:9").registered()
    scene.settle(environment="production", providers=(provider,))
    scene.reader.open("/sign-in")


@STATES.add("prove-too-many", "Too many failed attempts", "portal")
def guessed_again(scene):
    scene.settle(sign_in_tries=1)
    scene.officer()
    scene.reader.open("/prove")
    for _ in range(2):
        scene.reader.page.get_by_label("Password").fill("a guess")
        scene.reader.press("Go on")


@STATES.add("codes-needed", "This portal asks for a code", "portal")
def before_anything_else(scene):
    scene.settle(codes="required")
    scene.officer()
    scene.reader.open("/inbox")


STATES.at("inbox-empty", "Nothing waits for you here", *OFFICER, "/inbox", "portal")
STATES.at(
    "inbox-none-chosen", "Nothing in this list is as you chose", *OFFICER,
    "/inbox?show=open&priority=high&held=me",
)  # fmt: skip


@STATES.add("inbox-second-page", "Page 2 of 2")
def a_long_list(scene):
    for number in range(25):
        put(scene.machine, "notifications", samples.notification(f"{number}"))
    scene.officer()
    scene.reader.open("/inbox?show=open&page=2")


@STATES.add("inbox-acknowledged", "Acknowledged (1)")
def one_is_done(scene):
    acknowledge(scene.officer(), samples.notification())
    scene.reader.open("/inbox?show=acknowledged")


@STATES.add("inbox-disputed", "Disputed (1)")
def one_is_wrong(scene):
    dispute(scene.officer(), samples.notification())
    scene.reader.open("/inbox?show=disputed")


for said, words in (
    ("changed", "This notice changed while you were reading it"),
    ("passed", "Somebody else took this notice"),
    ("nobody", "choose to whom you pass the notice on"),
):
    STATES.at(f"notice-{said}", words, *OFFICER, f"{notice('first')}?said={said}")
STATES.at(
    "notice-later", "takes the place of an earlier notice", *OFFICER, notice("update")
)
STATES.at(
    "notice-withdrawn-paper", "should not have been said", *OFFICER,
    notice("withdrawn") + "/print",
)  # fmt: skip


@STATES.add("notice-dispute-refused", "There is a problem")
def without_a_reason(scene):
    scene.officer()
    scene.reader.open(notice("first"))
    scene.reader.page.get_by_text("Something is wrong with this notice").click()
    scene.reader.press("Say that it is wrong")


@STATES.add("notice-reminder-alone", "a notice that is not here")
def reminded_of_nothing(scene):
    put(scene.machine, "notifications", samples.reminder("elsewhere"))
    scene.officer()
    scene.reader.open(f"/notifications/{samples.made('reminder 1 elsewhere')}")


@STATES.add("notice-held-by-another", "has this notice")
def taken_by_a_colleague(scene):
    give(colleague := scene.portal.officer(), samples.notification(), colleague.user_id)
    scene.officer()
    scene.reader.open(notice("first"))


STATES.at(
    "handover-empty", "You have nothing to hand over", *OFFICER, "/handover", "portal"
)


@STATES.add("notice-not-in-records", "Not found in your records")
def acknowledged_and_never_recorded(scene):
    first = samples.notification()
    acknowledge(scene.officer(), first)
    task = samples.obligation(
        "not recorded", kind="record_task", owed_by=samples.POLICE,
        notification_id=first.notification_id, asked=ASKED["loop.not-recorded"],
        rule=docs.Rule(
            id="loop.not-recorded", version="1", text=RULES["loop.not-recorded"]
        ),
    )  # fmt: skip
    put(scene.machine, "obligations", task)
    scene.reader.open(notice("first"))


@STATES.add("handover-changed", "A notice changed hands")
def taken_over_meanwhile(scene):
    document, colleague = samples.notification(), scene.portal.officer()
    give(desk := scene.officer(), document, desk.user_id)
    scene.reader.open("/handover")
    give(colleague, document, colleague.user_id, passes=1)
    scene.reader.page.get_by_label("To whom").select_option("desk")
    scene.reader.press("Hand over")


@STATES.add("tasks-met", "No longer owed since")
def a_task_is_done(scene):
    met = samples.obligation("met", met_on=samples.NIGHT)
    put(scene.machine, "obligations", met)
    scene.seat(Role.OFFICER, samples.PLACING_LA)
    scene.reader.open("/tasks?show=met")
