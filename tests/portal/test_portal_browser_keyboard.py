"""The keyboard alone is enough, and it goes through a page as the eye does."""

from dataclasses import dataclass
from itertools import pairwise

import portal_samples as samples
import pytest
from portal_browser import WIDTHS
from portal_states import Scene, notice, pair
from portal_under_test import ON_SQLITE, feed
from test_portal_holding import give

from portal.permissions import Role

pytestmark = [pytest.mark.browser, ON_SQLITE]

_LOOKS = """
const looks = (one) => [one, ...(one.labels || [])].flatMap((part) =>
    [getComputedStyle(part), getComputedStyle(part, '::before')]
).map((style) => [style.outline, style.boxShadow, style.backgroundColor,
    style.borderColor, style.color].join()).join();
"""
_ALL = f"""() => {{
    {_LOOKS}
    const grouped = new Set();
    window.unfocused = new Map();
    for (const one of document.querySelectorAll(
        'a[href], button, input, select, textarea, summary, [tabindex="0"]'
    )) {{
        if (one.disabled || one.type === 'hidden' || !one.checkVisibility()) continue;
        if (one.type === 'radio' && grouped.has(one.name)) continue;
        if (one.type === 'radio') grouped.add(one.name);
        window.unfocused.set(one, looks(one));
    }}
    return window.unfocused.size;
}}"""
_STOP = f"""() => {{
    {_LOOKS}
    const one = document.activeElement, box = one.getBoundingClientRect();
    const name = one.labels?.[0]?.innerText || one.ariaLabel || one.innerText || '';
    return {{
        name: name.trim().replace(/\\s+/g, ' '),
        top: box.top + scrollY, bottom: box.bottom + scrollY,
        left: box.left, right: box.right,
        seen: box.bottom > 0 && box.top < innerHeight && box.width > 0
            && window.unfocused.get(one) !== looks(one),
    }};
}}"""


@dataclass(frozen=True)
class Stop:
    """What has the focus: its name, where it is, and whether one sees that it has."""

    name: str
    top: float
    bottom: float
    left: float
    right: float
    seen: bool

    def is_before(self, other: "Stop") -> bool:
        """For the eye: what is lower, or in a column to the right, comes after."""
        if (other.top + other.bottom) / 2 < self.top:
            return other.left >= self.right
        beside = other.top < (self.top + self.bottom) / 2 < other.bottom
        return not beside or other.right > self.left


def walk(page, key, steps):
    for _ in range(steps):
        page.keyboard.press(key)
        yield Stop(**page.evaluate(_STOP))


def officer(scene):
    return scene.officer()


def holder(scene):
    give(desk := scene.officer(), samples.notification(), desk.user_id)


def taker(scene):
    scene.seat(Role.REVIEWER).post(f"{pair('first')}/claim")


def one_of(role, agency=None):
    return lambda scene: scene.seat(role, agency)


PAGES = {
    "sign-in": (
        "/sign-in", lambda scene: None, "furnished",
        ["User name", "Password", "Sign in"],
    ),
    "inbox": (
        "/inbox", officer, "furnished",
        ["Inbox", "Your account", "Find by reference", "Find", "To do (6)",
         "Overdue (0)", "Narrow the list", "Zebediah Quill-Test",
         "Take this list away (CSV)"],
    ),
    "notice": (
        notice("first"), officer, "furnished",
        ["Inbox", "Print this notice", "Acknowledge below", "All contacts", "Take it",
         "Copy all", "Copy Surname", "Your own record's reference", "Day", "Year",
         "Acknowledge", "Something is wrong with this notice"],
    ),
    "tasks": (
        "/tasks", one_of(Role.OFFICER, samples.POLICE), "furnished",
        ["Tasks", "To do (1)", "Open the notice"],
    ),
    "handover": (
        "/handover", holder, "furnished",
        ["Print a hand-over sheet", "Zebediah Quill-Test", "To whom",
         "Note for the next shift (optional)", "Hand over", "Ola Brook-Test"],
    ),
    "reviews": (
        "/reviews", one_of(Role.REVIEWER), "furnished",
        ["Review", "Take the next pair", "Waiting (3)", "Decided (0)",
         "How far readers agree"],
    ),
    "pair": (
        pair("first"), taker, "furnished",
        ["Review", "Take the next pair", "Skip it for today",
         "Let go, hand over, or step back", "Same person", "Why", "Save decision",
         "Search all of West Midlands Police’s records", "Turn the single keys off"],
    ),
    "nights": (
        "/runs", one_of(Role.DATA_TEAM), "furnished",
        ["Nights", "Replay delivery 18", "The last ninety nights",
         "Release what is held of 22 November 2026"],
    ),
    "authority": (
        f"/authorities/{samples.POLICE}", one_of(Role.DATA_TEAM), "supplied",
        ["Authorities", "The same as a table", "Every field of children"],
    ),
    "audit": (
        "/audit", one_of(Role.IG_LEAD), "furnished",
        ["Trail", "Retention", "Verify it now", "Filter the trail", "Why",
         "Download these entries (CSV)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_tab_goes_through_a_page_as_the_eye_does(name, request, at_desk, monkeypatch):
    path, sit, world, named = PAGES[name]
    request.getfixturevalue(world)
    portal = request.getfixturevalue("portal")
    with at_desk() as reader:
        sit(Scene(portal, portal.machine(), reader, monkeypatch))
        for width in ("desk", "phone"):
            wide, high = WIDTHS[width]
            reader.page.set_viewport_size({"width": wide, "height": high})
            reader.open(path)
            steps = reader.page.evaluate(_ALL)
            stops = list(walk(reader.page, "Tab", steps))

            names = [stop.name for stop in stops]
            assert names[0] == "Skip to main content"
            found = iter(names)
            assert all(one in found for one in named), f"{width}: {names}"
            assert [stop.name for stop in stops if not stop.seen] == [], width
            jumps = [
                (before.name, after.name)
                for before, after in pairwise(stops[1:])
                if not before.is_before(after)
            ]
            assert jumps == [], width
            assert len({(one.name, one.top, one.left) for one in stops}) == steps
            back = [stop.name for stop in walk(reader.page, "Shift+Tab", steps - 1)]
            assert back == names[-2::-1], "nothing traps"


def test_the_first_stop_leads_past_the_ways_to_go(furnished, at_desk):
    with at_desk() as officer:
        officer.sign_in("duty.police")
        officer.page.wait_for_url("**/inbox")
        officer.page.keyboard.press("Tab")
        officer.page.keyboard.press("Enter")
        officer.page.keyboard.press("Tab")
        reached = officer.page.evaluate("document.activeElement.id")
    assert reached == "q", "the search, first in the page's own content"


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
