"""Several processes that serve one portal: one session, one chain, one end."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import portal_samples as samples
import pytest
from portal_process import hidden
from portal_under_test import PASSWORD, SECRET, furnish

from portal import accounts, clock, sealing
from portal.permissions import OPERATOR, Role
from portal.store import open_store

_STARTED = re.compile(r"Started server process \[(\d+)\]")


@dataclass(frozen=True)
class Served:
    """A portal of several processes."""

    url: str
    process: subprocess.Popen
    log: Path

    def workers(self) -> list[int]:
        """Each process that began to serve, in order."""
        return [int(pid) for pid in _STARTED.findall(self.log.read_text())]


@contextmanager
def served(database, folder, workers=2):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    environment = {
        **os.environ,
        "CROSSBORDER_PORTAL_DATABASE": database,
        "CROSSBORDER_PORTAL_SECRET": SECRET,
    }
    log = folder / "portal.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("crossborder-portal"), "serve",
             "--plain-http", "--port", str(port), "--workers", str(workers)],
            env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
        )  # fmt: skip
    portal = Served(f"http://127.0.0.1:{port}", process, log)
    try:
        until(lambda: len(portal.workers()) == workers, portal)
        yield portal
    finally:
        process.terminate()
        process.wait(60)


def until(holds, portal):
    patience = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < patience, portal.log.read_text()
        time.sleep(0.05)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def database(database_url):
    furnish(database_url)
    store = open_store(database_url)
    with store.writing(OPERATOR) as connection:
        someone = accounts.NewUser("kim.test", "Kim Test", Role.OFFICER, samples.POLICE)
        accounts.create_user(connection, someone, PASSWORD, datetime.now(UTC))
    store.close()
    return database_url


def signed_in(portal):
    """The cookie of somebody who signed in."""
    with httpx.Client(base_url=portal.url, trust_env=False, timeout=60) as browser:
        form = hidden(browser.get("/sign-in").text, "form")
        said = {"username": "kim.test", "password": PASSWORD, "form": form}
        assert browser.post("/sign-in", data=said).status_code == 303
        return dict(browser.cookies)


def ask(portal, cookies):
    """The inbox, over a connection of its own: any process may answer."""
    answer = httpx.get(
        f"{portal.url}/inbox", cookies=cookies, trust_env=False, timeout=60
    )
    assert answer.status_code == 200
    assert "Kim Test" in answer.text


def test_whoever_signed_in_at_one_process_is_signed_in_at_all(database, tmp_path):
    with served(database, tmp_path) as portal:
        cookies = signed_in(portal)
        for _ in range(12):
            ask(portal, cookies)
        first, second = portal.workers()
        assert len({portal.process.pid, first, second}) == 3

        os.kill(first, signal.SIGKILL)
        until(lambda: len(portal.workers()) == 3, portal)
        for _ in range(12):
            ask(portal, cookies)
        everyone = portal.workers()
    assert not any(map(alive, everyone))
    assert portal.process.returncode == 0

    store = open_store(database)
    sealing.seal_waiting(store, clock.now)
    verdict = sealing.verify(store, OPERATOR)
    store.close()
    assert verdict.broken is None
    assert verdict.entries == 25  # one signed in, and asked 24 times


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_process_is_left_behind_when_the_first_is_killed(database, tmp_path):
    with served(database, tmp_path) as portal:
        portal.process.kill()
        until(lambda: not any(map(alive, portal.workers())), portal)
