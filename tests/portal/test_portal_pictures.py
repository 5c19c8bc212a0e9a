"""The pictures in docs: of every page three, and none that is of no page any more."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = DOCS / "screenshots"
KINDS = {"desk", "phone", "print"}
MOST = 25 * 2**20
"""Bytes of all pictures together: each anew is kept in the repository's history."""


def taken():
    """The kinds of picture that there are of each page."""
    found = {}
    for path in PICTURES.glob("*.png"):
        page, _, kind = path.stem.rpartition("-")
        found.setdefault(page, set()).add(kind)
    return found


def test_every_page_is_pictured_on_a_desk_on_a_phone_and_on_paper():
    pages = taken()

    assert len(pages) > 100
    assert {page: kinds for page, kinds in pages.items() if kinds != KINDS} == {}


def test_every_look_that_the_browser_tests_name_is_pictured():
    tests = Path(__file__).parent.glob("test_portal_browser*.py")
    named = re.compile(r'(?:\.look|\bat|\badd|every_width)\(\s*"([a-z-]+)"')
    looks = {name for path in tests for name in named.findall(path.read_text())}

    assert len(looks) > 100
    assert looks - {page.removeprefix("portal-") for page in taken()} == set()


def test_the_pictures_stay_small():
    assert sum(path.stat().st_size for path in PICTURES.glob("*.png")) < MOST


@pytest.mark.parametrize("page", ["README.md", "docs/portal.md"])
def test_every_picture_that_a_page_shows_is_there(page):
    path = DOCS.parent / page
    shown = re.findall(r"!\[[^]]*\]\(([^)]+\.png)\)", path.read_text())

    assert shown
    assert [one for one in shown if not (path.parent / one).is_file()] == []
