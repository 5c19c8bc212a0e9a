"""Reviewers at work in a real browser: on a desk, on a phone, and at 320 pixels."""

import datetime as dt
from contextlib import contextmanager
from dataclasses import replace

import portal_samples as samples
import pytest
from portal_under_test import NOON, ON_SQLITE, feed, put
from test_portal_browser import Reader, browser  # noqa: F401
from test_portal_reviews import judge

from notifications import documents as docs
from portal.permissions import Role

pytestmark = [pytest.mark.browser, ON_SQLITE]

WIDTHS = {"desk": (1280, 900), "phone": (390, 844), "narrow": (320, 640)}


@pytest.fixture
def busy(portal, web_server):
    """A portal in which everything is read twice, with pairs of every kind."""
    app, _ = web_server
    before = portal.running
    twice = before.settings.model_copy(update={"second_reader_share": 1.0})
    app.state.running = portal.running = replace(before, settings=twice)
    machine = portal.machine()
    twin = samples.record(
        "right", record_ref="N/0022222", names=("ZAC QUILL TEST",),
        dobs=(dt.date(2012, 2, 29),), postcodes=("B91 9ZZ",),
    )  # fmt: skip
    review = samples.review()
    evidence = tuple(
        part.model_copy(
            update={
                "strongest": docs.StrongestLevel(
                    explanation="The records share a postcode, now or in the past.",
                    weight=6.1,
                )
            }
        )
        if part.comparison == "postcode"
        else part
        for part in review.evidence
    )
    put(machine, "reviews", samples.review(
        evidence=evidence, lines=docs.Lines(accept=10.0, review=-2.0), stake="waits",
        rivals=(*review.rivals, docs.RivalView(
            record=twin, weight=0.2, probability=0.5,
        )),
    ))  # fmt: skip
    put(machine, "reviews", samples.review(
        "second", priority="standard",
        left=samples.record("left", record_ref="C-20002"),
    ))  # fmt: skip
    put(machine, "reviews", samples.review(
        "late", deadline=NOON - dt.timedelta(days=2), probability=0.5,
        left=samples.record("left", record_ref="C-30003"),
    ))  # fmt: skip
    portal.add_user(Role.REVIEWER, None, "rae.reviewer")
    yield portal, machine
    app.state.running = before


@pytest.fixture(params=WIDTHS)
def at_screen(request, browser, portal):  # noqa: F811
    """Gives readers of one width, each with a browser of their own."""

    @contextmanager
    def sit_down(**more):
        width, height = WIDTHS[request.param]
        context = browser.new_context(
            viewport={"width": width, "height": height}, **more
        )
        reader = Reader(context.new_page(), portal.url, request.param)
        reader.page.on("pageerror", lambda error: reader.complaints.append(str(error)))
        reader.page.on(
            "console",
            lambda said: (
                "status of 4" in said.text or reader.complaints.append(said.text)
            ),
        )
        yield reader
        context.close()

    return sit_down


def open_next(reviewer):
    reviewer.page.goto(f"{reviewer.url}/reviews")
    reviewer.press("Take the next pair")


def test_a_reviewer_takes_decides_searches_and_undoes(busy, at_screen):
    portal, machine = busy
    first = f"/reviews/{samples.made('review first')}"
    with at_screen() as reviewer:
        reviewer.sign_in("rae.reviewer")
        open_next(reviewer)
        assert "You have this pair until" in reviewer.text()
        reviewer.press("Skip it for today")
        assert "Skipped. This is the next pair" in reviewer.text()
        reviewer.page.goto(f"{portal.url}{first}")
        reviewer.look("review-pair")
        assert "Possible twin" in reviewer.text()
        assert "it would be +6.1 instead of +1.1" in reviewer.text()
        reviewer.page.get_by_text("Let go, hand over, or step back").click()
        reviewer.look("review-handing-over")
        reviewer.page.get_by_text("Search all of West Midlands Police").click()
        reviewer.page.get_by_label("Another surname").fill("Quille")
        reviewer.press("Ask for a wider search")
        assert "Asked. The region's next pass" in reviewer.text()
        wish = feed(machine)[-1]["id"]
        put(machine, "searches", samples.search_answer(
            search_id=wish, review_id=samples.made("review first"),
        ))  # fmt: skip
        reviewer.page.reload()
        reviewer.look("review-searched")
        reviewer.page.get_by_label("The police record holds two people").check()
        reviewer.page.get_by_label("Why", exact=True).fill("Two birthdays, two numbers")
        reviewer.press("Save decision")
        reviewer.look("review-decided")
        assert "nothing was sent because of it" in reviewer.text()
        reviewer.page.goto(f"{portal.url}/reviews")
        reviewer.look("review-queue")
        reviewer.page.goto(f"{portal.url}/agreement")
        reviewer.look("review-agreement")


def test_a_second_reader_is_blind_and_a_third_settles(busy, at_screen):
    portal, _ = busy
    first = f"/reviews/{samples.made('review first')}"
    colleague, other = portal.reviewer(), portal.reviewer()
    judge(colleague, first, "same", "The same to me")
    with at_screen() as reviewer:
        reviewer.sign_in("rae.reviewer")
        reviewer.page.goto(f"{portal.url}/reviews?show=second")
        reviewer.look("review-second-list")
        reviewer.follow("Birmingham C-10342")
        assert "The same to me" not in reviewer.text()
        reviewer.look("review-blind")
        reviewer.page.get_by_label("Different people").check()
        reviewer.page.get_by_label("Why", exact=True).fill("Other birthdays")
        reviewer.press("Save decision")
        assert "a third reader settles it" in reviewer.text()
        reviewer.look("review-disagreed")
        assert reviewer.page.get_by_role("button", name="Save decision").count() == 0
    assert "What you decide settles it" in other.read(first)


def test_what_another_has_can_be_read_and_says_until_when(busy, at_screen):
    portal, _ = busy
    first = f"/reviews/{samples.made('review first')}"
    portal.reviewer().post(f"{first}/claim")
    with at_screen() as reviewer:
        reviewer.sign_in("rae.reviewer")
        reviewer.page.goto(f"{portal.url}{first}")
        assert "has this pair until 22 November 2026, 12:10pm" in reviewer.text()
        reviewer.look("review-held")


def test_training_shows_the_truth_after_the_answer(busy, at_screen):
    with at_screen() as reviewer:
        reviewer.sign_in("rae.reviewer")
        reviewer.page.goto(f"{reviewer.url}/training")
        reviewer.look("training")
        reviewer.page.get_by_role("button", name="Begin with pair 1").click()
        reviewer.look("training-pair")
        reviewer.press("Answer")
        assert "Choose whether" in reviewer.text()
        reviewer.page.get_by_label("Same person").check()
        reviewer.press("Answer")
        assert "Right. You said: Same person" in reviewer.text()
        reviewer.look("training-answered")


def test_single_keys_decide_and_can_be_turned_off(busy, at_screen):
    portal, machine = busy
    first = f"{portal.url}/reviews/{samples.made('review first')}"
    with at_screen() as reviewer:
        reviewer.sign_in("rae.reviewer")
        page, keyboard = reviewer.page, reviewer.page.keyboard
        page.goto(first)
        keyboard.press("k")
        page.wait_for_url("**said=taken")
        keyboard.press("d")
        assert page.get_by_label("Different people").is_checked()
        keyboard.press("r")
        keyboard.type("same surname, does not settle it: skip, next, keep")
        assert page.get_by_label("Different people").is_checked(), "typing is typing"
        assert page.get_by_label("Why", exact=True).input_value().startswith("same")
        keyboard.press("Tab")
        keyboard.press("Enter")
        page.wait_for_url("**said=judged")
        assert feed(machine)[0]["data"]["decision"] == "different"
        keyboard.press("n")
        page.wait_for_url(lambda url: "said=" not in url)
        assert "You have this pair" in reviewer.text()
        keyboard.press("Control+d")
        assert page.locator("input[name=decision]:checked").count() == 0
        keyboard.press("?")
        assert page.evaluate("document.activeElement.id") == "keys"
        reviewer.press("Turn the single keys off")
        assert "Single keys are turned off" in reviewer.text()
        keyboard.press("d")
        assert page.locator("input[name=decision]:checked").count() == 0


def test_buttons_stay_where_they_are_from_pair_to_pair(busy, at_screen):
    with at_screen() as reviewer:
        if reviewer.width != "desk":
            return
        reviewer.sign_in("rae.reviewer")
        places = []
        for name in ("first", "second", "late"):
            reviewer.page.goto(
                f"{reviewer.url}/reviews/{samples.made(f'review {name}')}"
            )
            for button in ("Take the next pair", "Skip it for today", "Save decision"):
                found = reviewer.page.get_by_role("button", name=button, exact=True)
                places.append((button, found.bounding_box()["y"]))
            reviewer.press("Take this pair")
            for button in ("Take the next pair", "Skip it for today", "Save decision"):
                found = reviewer.page.get_by_role("button", name=button, exact=True)
                places.append((button, found.bounding_box()["y"]))
            reviewer.page.get_by_text("Let go, hand over").click()
            reviewer.press("Let go of it")
        assert len(set(places)) == 3, places


def test_everything_works_without_scripts(busy, at_screen):
    _, machine = busy
    with at_screen(java_script_enabled=False) as reviewer:
        reviewer.sign_in("rae.reviewer")
        open_next(reviewer)
        reviewer.press("Keep it 10 minutes more")
        reviewer.page.get_by_label("Not sure").check()
        reviewer.page.get_by_label("Why", exact=True).fill("Nothing settles it")
        reviewer.press("Save decision")
        assert "Your decision is saved" in reviewer.text()
    assert feed(machine)[0]["data"]["decision"] == "unsure"
