"""A synthetic child whose name is nobody else's: it may be found only where people's
data belongs (law 7)."""

import subprocess
import sys
from pathlib import Path

import pytest
from night_world import NIGHT_1, NIGHT_2, World
from portal_process import served_portal

from synthetic import canary

BIN = Path(sys.executable).parent
PERSONAL = {".parquet", ".db", ".db-wal"}
"""Files that hold people's data: tables of a run, the register, the portal's store."""


def leaks(text: str) -> list[str]:
    lowered = text.casefold()
    return [word for word in canary.WORDS if word.casefold() in lowered]


@pytest.fixture
def two_watched_nights(world: World, tmp_path):
    """Two nights told to a portal whose officers open all notices; all it said."""
    said = []
    (tmp_path / "portal").mkdir()
    with served_portal(tmp_path / "portal") as portal:
        world.configure(portal={"url": portal.url})
        for night in (NIGHT_1, NIGHT_2):
            said.append(run(world, night, portal.key))
            pages = ""
            for officer in ("west-midlands-police", "staffordshire-police"):
                person = portal.sign_in(f"{officer}-officer")
                links = person.links("/inbox?show=all", "/notifications/")
                for link in links:
                    pages += person.page(link)
                    person.browser.get(f"{link}/record.csv")
                person.browser.get(f"{links[0]}/record.pdf")
            assert leaks(pages), (
                "nobody was told of the canary: the test proves nothing"
            )
    said.append((tmp_path / "portal" / "portal.log").read_text())
    return world, said


def run(world: World, night: str, key: str) -> str:
    done = subprocess.run(
        [
            str(BIN / "crossborder"), "run", str(world.region), "--date", night,
            "--inbox", str(world.inbox), "--workspace", str(world.workspace),
        ],
        env={"CROSSBORDER_PORTAL_KEY": key, "CROSSBORDER_LOG": "DEBUG"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_the_canary_is_told_about_and_found_nowhere_else(two_watched_nights):
    world, said = two_watched_nights
    assert all("stage decide" in text for text in said[:-1]), "nothing was logged"
    for text in said:
        assert leaks(text) == []
    searched = 0
    for path in sorted(world.workspace.rglob("*")):
        if path.is_file() and path.suffix not in PERSONAL:
            searched += 1
            assert leaks(path.read_bytes().decode("latin-1")) == [], path.name
            assert leaks(str(path)) == []
    assert searched > 20


def test_a_night_that_breaks_does_not_say_whom_it_broke_on(world: World):
    """Whatever is wrong with the canary's own row, its values are not quoted."""
    folder = world.inbox / "860" / NIGHT_1
    for path in sorted(folder.glob("*.csv")):
        text = path.read_text()
        for word in canary.WORDS:
            text = text.replace(word, f"{word},,,,,,,,,\x07")
        path.write_text(text)
    (folder / "manifest.json").unlink()
    night = world.run(NIGHT_1, "--no-publish")
    assert leaks(night.output) == []
    for path in night.folder.rglob("*"):
        if path.is_file() and path.suffix not in PERSONAL:
            assert leaks(path.read_bytes().decode("latin-1")) == [], path.name
