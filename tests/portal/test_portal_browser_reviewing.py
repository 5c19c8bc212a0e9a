"""Reviewers at work in a real browser: on a desk, on a phone, and at 320 pixels."""

import portal_samples as samples
import pytest
from portal_under_test import ON_SQLITE, feed, put
from test_portal_reviews import judge

pytestmark = [pytest.mark.browser, ON_SQLITE]


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
