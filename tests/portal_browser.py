"""People before screens of three widths, and what each page is held to there.

Each page is looked at by axe (WCAG 2.2 AA and good practice) and must fit its width,
ask nothing of any other site and break no rule of its content policy; on paper it must
fit the sheet and show nothing that only a screen can do. With
``CROSSBORDER_SCREENSHOTS`` naming a folder, every page is photographed into it, on a
desk, on a phone and on paper.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, sync_playwright
from portal_under_test import PASSWORD, PortalUnderTest

WIDTHS = {"desk": (1280, 900), "phone": (390, 844), "narrow": (320, 640)}
"""Narrow is also what a desk's screen shows at 400 %."""
SHEET, MARGIN = (794, 1123), 57
"""A4 at 96 dots an inch, and the margin of 15 mm that the style sheet asks for."""
RULES = {
    "runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
    ],
}  # fmt: skip
CHROMIUM = "chromium"
_COLOURS = 32
_WIDER = "document.documentElement.scrollWidth - window.innerWidth"
_PAST_THE_EDGE = """() => [...document.querySelectorAll('body *')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && box.right > window.innerWidth + 1 && one.checkVisibility()
        && !one.closest('.govuk-visually-hidden, .govuk-skip-link');
}).map((one) => one.outerHTML.slice(0, 120))"""
_ONLY_ON_A_SCREEN = (
    "button, input, select, textarea, [role=button], "
    "nav a:not([aria-current]), .govuk-skip-link, "
    ".xb-account"
)

SitDown = Callable[..., AbstractContextManager["Reader"]]


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

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

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
        assert not problems, f"{name} at {self.width}: {problems}"
        assert self.page.evaluate(_WIDER) <= 0, f"{name} overflows at {self.width}"
        told = self.complaints
        assert not told, f"{name} at {self.width}: {told}"
        if self.width != "narrow":
            photograph(self.page, name, self.width)
        if self.width == "desk":
            self.look_on_paper(name)

    def look_on_paper(self, name: str) -> None:
        """The page as it is printed: within the sheet, and nothing to press on it."""
        with self.on_paper():
            beyond = self.page.evaluate(_PAST_THE_EDGE)
            assert not beyond, f"{name} is cut off on paper: {beyond}"
            shown = self.page.locator(_ONLY_ON_A_SCREEN).filter(visible=True)
            useless = [one.evaluate("one => one.outerHTML") for one in shown.all()]
            assert not useless, f"{name} on paper: {useless}"
            photograph(self.page, name, "print")

    def look_at_every_width(self, name: str) -> None:
        """One page, which is laid out anew for each screen without being loaded."""
        for self.width, (wide, high) in WIDTHS.items():
            self.page.set_viewport_size({"width": wide, "height": high})
            self.look(name)
        self.width, (wide, high) = "desk", WIDTHS["desk"]
        self.page.set_viewport_size({"width": wide, "height": high})

    @contextmanager
    def on_paper(self) -> Iterator[None]:
        """The page is laid out between the margins of A4, by the rules for print."""
        before = self.page.viewport_size
        (wide, high), margins = SHEET, 2 * MARGIN
        self.page.set_viewport_size({"width": wide - margins, "height": high - margins})
        self.page.emulate_media(media="print")
        try:
            yield
        finally:
            self.page.emulate_media(media="screen")
            self.page.set_viewport_size(before)

    def text(self) -> str:
        """Of the page as it has loaded: one just asked for is empty for a moment."""
        self.page.wait_for_load_state()
        return " ".join(self.page.locator("body").inner_text().split())


def photograph(page: Page, name: str, how: str) -> None:
    """The whole page, in few colours: the pictures are kept in the repository."""
    folder = os.environ.get("CROSSBORDER_SCREENSHOTS")
    if not folder:
        return
    path = Path(folder) / f"portal-{name}-{how}.png"
    page.screenshot(path=path, full_page=True)
    with Image.open(path) as taken:
        picture = taken.convert("RGB")
    if how == "print":
        picture = ImageOps.expand(picture, MARGIN, "white")
    picture.quantize(_COLOURS).save(path, optimize=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
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


def seats(browser: Browser, portal: PortalUnderTest, width: str) -> SitDown:
    """Gives readers of one width, each with a browser of their own."""

    @contextmanager
    def sit_down(**given: object) -> Iterator[Reader]:
        wide, high = WIDTHS[width]
        context = browser.new_context(viewport={"width": wide, "height": high}, **given)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        reader = Reader(context.new_page(), portal.url, width)
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


@pytest.fixture(params=WIDTHS)
def at_screen(
    request: pytest.FixtureRequest, browser: Browser, portal: PortalUnderTest
) -> SitDown:
    """The test runs at each width, with readers who sit before such a screen."""
    return seats(browser, portal, request.param)


@pytest.fixture
def at_desk(browser: Browser, portal: PortalUnderTest) -> SitDown:
    """The test runs once, with readers before a desk's screen."""
    return seats(browser, portal, "desk")
