"""A real portal in its own process, and a person's browser reduced to forms."""

import datetime as dt
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

BIN = Path(sys.executable).parent
_SERVE_SHIFTED = """
import datetime as dt, sys
from portal import clock
shift = dt.timedelta(seconds=float(sys.argv.pop(1)))
clock.now = lambda: dt.datetime.now(dt.UTC) + shift
from portal.cli import main
main()
"""
"""The portal's command, with a clock that is handed in before anything reads it."""


@dataclass(frozen=True)
class RunningPortal:
    """A served portal that knows the demo region."""

    url: str
    key: str
    password: str
    folder: Path
    browsers: list[httpx.Client] = field(default_factory=list)

    def sign_in(self, username: str) -> "Person":
        browser = httpx.Client(
            base_url=self.url, follow_redirects=True, trust_env=False
        )
        self.browsers.append(browser)
        page = browser.get("/sign-in").text
        form = {"form": hidden(page, "form"), "username": username}
        page = browser.post("/sign-in", data={**form, "password": self.password})
        assert page.is_success, page.text
        assert "Sign out" in page.text
        return Person(browser)


@dataclass(frozen=True)
class Person:
    """Somebody signed in."""

    browser: httpx.Client

    def page(self, path: str) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def links(self, path: str, start: str) -> list[str]:
        return sorted(set(re.findall(rf'href="({start}[0-9a-f-]+)"', self.page(path))))

    def submit(self, path: str, action: str, **fields: str) -> httpx.Response:
        """Fills in and sends the form of a page that posts to ``path``/``action``."""
        page = self.page(path)
        form = re.search(
            rf'<form[^>]*action="{re.escape(path)}/{action}".*?</form>', page, re.DOTALL
        )
        assert form, f"{path} has no form for {action}"
        tokens = dict(
            re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0])
        )
        answer = self.browser.post(f"{path}/{action}", data={**tokens, **fields})
        assert answer.is_success, (answer.status_code, answer.text[:2000])
        return answer

    def acknowledge(self, path: str, reference: str, on: dt.date) -> None:
        date = {
            "recorded-day": str(on.day),
            "recorded-month": str(on.month),
            "recorded-year": str(on.year),
        }
        self.submit(path, "acknowledgement", reference=reference, **date)

    def judge(self, path: str, decision: str, reason: str = "seen both files") -> None:
        self.submit(path, "judgement", decision=decision, reason=reason)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"the page has no field {name}"
    return found[1]


@contextmanager
def served_portal(
    folder: Path, at: dt.datetime | None = None
) -> Iterator[RunningPortal]:
    """A portal, whose clock goes on from ``at`` where that is given."""
    from night_world import DEMO

    from demo.portal import prepare
    from pipeline.region import load_region

    port = _free_port()
    environment = {
        **os.environ,
        "CROSSBORDER_PORTAL_DATABASE": f"sqlite:///{folder / 'portal.db'}",
        "CROSSBORDER_PORTAL_SECRET": secrets.token_urlsafe(32),
    }
    sign_ins, key = prepare(load_region(DEMO), environment)
    with (folder / "portal.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *_command(at), "serve", "--port", str(port), "--plain-http",
            ],
            env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process)
            running = RunningPortal(url, key, sign_ins[0].password, folder)
            yield running
            for browser in running.browsers:
                browser.close()
        finally:
            process.terminate()
            process.wait(20)


def _command(at: dt.datetime | None) -> list[str]:
    if at is None:
        return [str(BIN / "crossborder-portal")]
    shift = (at - dt.datetime.now(dt.UTC)).total_seconds()
    return [sys.executable, "-c", _SERVE_SHIFTED, str(shift)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            if httpx.get(f"{url}/health", trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass
        assert process.poll() is None, "the portal did not start"
        assert time.monotonic() < deadline, "the portal did not answer"
        time.sleep(0.1)
