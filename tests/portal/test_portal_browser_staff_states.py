"""The seldom states of the pages of reviewers, the data team and those who oversee."""

import portal_samples as samples
import pytest
from portal_states import Scene, States, look_at, pair
from portal_under_test import ON_SQLITE, feed, put
from test_portal_reviews import judge
from test_portal_sealing import tamper
from test_portal_second_readers import read_again

from portal.permissions import Role
from portal.training import pairs

pytestmark = [pytest.mark.browser, ON_SQLITE]
STATES = States()
FIRST = pair("first")
REVIEWER, ANALYST, LEAD = (
    (role, None) for role in (Role.REVIEWER, Role.DATA_TEAM, Role.IG_LEAD)
)


@pytest.mark.parametrize("name", STATES)
def test_every_state_is_as_pages_must_be(name, request, at_desk, monkeypatch):
    portal = request.getfixturevalue("portal")
    if STATES[name].world != "portal":
        request.getfixturevalue(STATES[name].world)
    with at_desk() as reader:
        look_at(
            STATES[name], name, Scene(portal, portal.machine(), reader, monkeypatch)
        )


def decide(reader, choice="Same person"):
    reader.page.get_by_label(choice).check()
    reader.page.get_by_label("Why", exact=True).fill("All of it agrees")
    reader.press("Save decision")


STATES.at(
    "reviews-none", "No pair waits for a decision", *REVIEWER, "/reviews", "portal"
)


@STATES.add("reviews-nothing-free", "Nothing waits for you", "portal")
def nothing_to_take(scene):
    scene.seat(*REVIEWER)
    scene.reader.open("/reviews")
    scene.reader.press("Take the next pair")


@STATES.add("reviews-others-have-them", "2 pairs wait, but others have them")
def nothing_left_to_take(scene):
    for name in ("first", "second"):
        scene.portal.reviewer().post(f"{pair(name)}/claim")
    scene.seat(*REVIEWER).post(f"{pair('late')}/skip")
    scene.reader.open("/reviews")
    scene.reader.press("Take the next pair")


STATES.at(
    "reviews-skipped", "Nothing else is free just now", *REVIEWER,
    "/reviews?said=skipped",
)  # fmt: skip


@STATES.add("reviews-decided", "All of it agrees")
def one_is_decided(scene):
    judge(scene.portal.reviewer(), FIRST, "same", "All of it agrees")
    scene.seat(*REVIEWER)
    scene.reader.open("/reviews?show=decided")


def disagree(scene, second):
    judge(scene.portal.reviewer(), FIRST, "same", "All of it agrees")
    read_again(second, FIRST)


@STATES.add("reviews-disagreed", "Readers disagree (1)", "busy")
def two_differ(scene):
    disagree(scene, scene.portal.reviewer())
    scene.seat(*REVIEWER)
    scene.reader.open("/reviews?show=disagreed")


@STATES.add("pair-to-settle", "What you decide settles it", "busy")
def two_differ_about_it(scene):
    disagree(scene, scene.portal.reviewer())
    scene.seat(*REVIEWER)
    scene.reader.open(FIRST)


@STATES.add("pair-for-a-third", "somebody else settles it", "busy")
def one_of_the_two(scene):
    disagree(scene, scene.seat(*REVIEWER))
    scene.reader.open(FIRST)


@STATES.add("pair-changed", "Somebody else decided this pair")
def decided_meanwhile(scene):
    scene.seat(*REVIEWER)
    scene.reader.open(FIRST)
    judge(scene.portal.reviewer(), FIRST)
    decide(scene.reader)


@STATES.add("pair-held-meanwhile", "What you wrote is still in the form")
def taken_meanwhile(scene):
    scene.seat(*REVIEWER)
    scene.reader.open(FIRST)
    scene.portal.reviewer().post(f"{FIRST}/claim")
    decide(scene.reader)


@STATES.add("pair-search-refused", "The year must have four digits")
def with_a_faulty_hint(scene):
    scene.seat(*REVIEWER)
    scene.reader.open(FIRST)
    scene.reader.page.get_by_text("Search all of West Midlands Police").click()
    scene.reader.page.get_by_label("Another year of birth").fill("12")
    scene.reader.press("Ask for a wider search")


@STATES.add("pair-search-asked", "A search on this pair waits for its answer already")
def asked_twice(scene):
    desk = scene.seat(*REVIEWER)
    scene.reader.open(FIRST)
    desk.post(f"{FIRST}/search")
    scene.reader.page.get_by_text("Search all of West Midlands Police").click()
    scene.reader.press("Ask for a wider search")


def answered(scene, **answer):
    scene.seat(*REVIEWER).post(f"{FIRST}/search")
    asked = {"search_id": feed(scene.machine)[-1]["id"], "review_id": FIRST[-36:]}
    put(scene.machine, "searches", samples.search_answer(**asked, found=(), **answer))
    scene.reader.open(FIRST)


@STATES.add("pair-search-in-vain", "No other record comes near")
def nothing_found(scene):
    answered(scene)


@STATES.add("pair-search-not-done", "could not be done")
def nothing_searched(scene):
    answered(scene, outcome="no_records", searched=0)


@STATES.add("pair-undo-refused", "There is a problem")
def undone_without_a_reason(scene):
    judge(scene.seat(*REVIEWER), FIRST)
    scene.reader.open(FIRST)
    scene.reader.press("Undo")


@STATES.add("pair-hand-over-refused", "Choose a colleague to hand the pair to")
def handed_to_nobody(scene):
    scene.seat(*REVIEWER)
    scene.reader.open(FIRST)
    scene.reader.page.get_by_text("Let go, hand over").click()
    scene.reader.press("Hand over")


@STATES.add("pair-keys-off", "Single keys are turned off")
def no_single_keys(scene):
    scene.seat(*REVIEWER).post("/review-settings", shortcuts="off")
    scene.reader.open(FIRST)


@STATES.add("training-wrong", "Not right.", "portal")
def answered_wrongly(scene):
    scene.seat(*REVIEWER)
    scene.reader.open("/training/1")
    scene.reader.page.get_by_label("Different people").check()
    scene.reader.press("Answer")


@STATES.add("training-done", "You have answered all of them", "portal")
def answered_all(scene):
    desk = scene.seat(*REVIEWER)
    for number in range(1, len(pairs()) + 1):
        desk.post(f"/training/{number}", decision="same")
    scene.reader.open("/training")


for name, path in (
    ("nights-none", "/runs"), ("history-none", "/runs/history"),
    ("authorities-none", "/authorities"),
    ("authority-none", f"/authorities/{samples.POLICE}"),
):  # fmt: skip
    words = "been reported"
    STATES.at(name, words, *ANALYST, path, "portal")
STATES.at(
    "nights-read-only", "The data team mends the cause and replays it", *REVIEWER,
    "/runs",
)  # fmt: skip
STATES.at(
    "verdicts-none", "Nothing of yours has been reported yet", Role.SUPPLIER,
    samples.HOST_LA, "/verdicts",
)  # fmt: skip


@STATES.add("nights-nothing-asked", "it has been asked or settled already")
def replayed_twice(scene):
    desk = scene.seat(*ANALYST)
    scene.reader.open("/runs")
    desk.post("/dead-letters/17/replay")
    scene.reader.press("Replay delivery 17")


@STATES.add("release-nothing", "Nothing of this night waits for a release")
def released_already(scene):
    scene.seat(*ANALYST).post(f"/runs/{samples.run().run_id}/release")
    scene.reader.open(f"/runs/{samples.run().run_id}/release")


@STATES.add("verdicts-refused", "Refused", "portal")
def a_refused_extract(scene):
    given = {"outcome": "refused", "reason": "The file ends in the middle of a row."}
    put(scene.machine, "verdicts", samples.verdict(**given))
    scene.seat(Role.SUPPLIER, samples.PLACING_LA)
    scene.reader.open("/verdicts")


STATES.at(
    "audit-none",
    "There is no such entry",
    *LEAD,
    "/audit?from=1999-01-01&to=1999-01-02",
)


@STATES.add("audit-older", "Newest entries")
def a_page_back(scene):
    desk = scene.seat(*LEAD)
    for _ in range(3):
        desk.get("/audit")
    scene.reader.open("/audit?before=3")


STATES.at(
    "audit-refusals-none", "Nobody was refused anything", *LEAD, "/audit/refusals",
    "portal",
)  # fmt: skip
STATES.at(
    "audit-withheld-none", "Nothing is shielded", *LEAD, "/audit/withheld", "portal"
)


def break_the_trail(scene):
    desk = scene.seat(*LEAD)
    for _ in range(2):  # the second seals what the first wrote
        desk.post("/audit/verification")
    tamper(scene.portal.store, "UPDATE audit SET subject = 'another'")
    return desk


@STATES.add("audit-verified-broken", "The audit trail is broken")
def tampered_with(scene):
    break_the_trail(scene)
    scene.reader.open("/audit")
    scene.reader.press("Verify it now")


@STATES.add("audit-broken", "Broken")
def known_to_be_broken(scene):
    desk = break_the_trail(scene)
    scene.portal.hands.pass_by(minutes=1)
    desk.post("/audit/verification")
    scene.reader.open("/audit")


@STATES.add("audit-staff-refused", "Choose why you ask")
def revealed_for_nothing(scene):
    desk = scene.seat(*LEAD)
    scene.reader.open(f"/audit?actor={desk.user_id}")
    scene.reader.page.evaluate(
        "for (const one of document.forms) one.noValidate = true"
    )
    scene.reader.press("Reveal the name")


@STATES.add("audit-child-none", "No document here is about it")
def of_an_unknown_child(scene):
    scene.seat(*LEAD)
    scene.reader.open("/audit/child")
    scene.reader.page.get_by_label("Recording token").fill("nobody's")
    scene.reader.page.get_by_label("Why").select_option("subject_access")
    scene.reader.press("Show the accesses")
