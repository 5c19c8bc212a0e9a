"""Two portals behind one face: a small one in memory, and the shipped one, served.

Each is what a region sees, and what people do there in one word each. Both live as
long as the session, so every test uses documents of its own.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

import pytest
from http_portal import HttpPortal, http_portal
from portal_process import Person, RunningPortal, hidden, served_portal

from connectors.portal import PortalClient

DEMO_AGENCIES = frozenset({"330", "334", "860", "861", "E23000014", "E23000015"})


class People(Protocol):
    """What people do at a portal; the region hears of it in the feed."""

    def opens(self, notification_id: object) -> object: ...
    def acknowledges(
        self, notification_id: object, reference: str, on: dt.date
    ) -> object: ...
    def disputes(self, notification_id: object, reason: str) -> object: ...
    def judges(self, review_id: object, decision: str) -> object: ...
    def undoes(self, review_id: object, judgement: str) -> object: ...
    def asks_release(self, run_id: str) -> object: ...
    def asks_replay(self, letter_id: str) -> object: ...
    def asks_search(self, review_id: object, authority: str) -> object: ...


@dataclass(frozen=True)
class Party:
    """One portal as its region knows it."""

    url: str
    key: str
    people: People


@dataclass(frozen=True)
class AtScreens:
    """People at the shipped portal's pages."""

    officer: Person
    reviewer: Person
    analyst: Person

    def opens(self, notification_id: object) -> None:
        self.officer.page(f"/notifications/{notification_id}")

    def acknowledges(
        self, notification_id: object, reference: str, on: dt.date
    ) -> None:
        self.officer.acknowledge(f"/notifications/{notification_id}", reference, on)

    def disputes(self, notification_id: object, reason: str) -> None:
        path = f"/notifications/{notification_id}"
        self.officer.submit(path, "dispute", dispute=reason)

    def judges(self, review_id: object, decision: str) -> None:
        self.reviewer.judge(f"/reviews/{review_id}", decision)

    def undoes(self, review_id: object, judgement: str) -> None:
        self.reviewer.submit(f"/reviews/{review_id}", "undoing", reason="a wrong line")

    def asks_release(self, run_id: str) -> None:
        self._asks(f"/runs/{run_id}/release")

    def asks_replay(self, letter_id: str) -> None:
        self._asks(f"/dead-letters/{letter_id}/replay")

    def asks_search(self, review_id: object, authority: str) -> None:
        self.reviewer.submit(f"/reviews/{review_id}", "search", surname="", year="")

    def _asks(self, path: str) -> None:
        csrf = hidden(self.analyst.page("/runs"), "csrf")
        answer = self.analyst.browser.post(path, data={"csrf": csrf})
        assert answer.is_success, answer.status_code


@pytest.fixture(scope="session")
def small() -> Iterator[HttpPortal]:
    with http_portal(lambda: dt.datetime.now(dt.UTC), DEMO_AGENCIES) as portal:
        yield portal


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    with served_portal(tmp_path_factory.mktemp("shipped")) as portal:
        yield portal


@pytest.fixture(scope="session")
def at_screens(shipped: RunningPortal) -> AtScreens:
    names = ("west-midlands-police-officer", "reviewer", "data")
    return AtScreens(*(shipped.sign_in(name) for name in names))


@pytest.fixture(params=["small", "shipped"])
def party(request: pytest.FixtureRequest) -> Party:
    """Each portal in turn."""
    portal = request.getfixturevalue(request.param)
    people = portal
    if request.param == "shipped":
        people = request.getfixturevalue("at_screens")
    return Party(portal.url, portal.key, people)


@pytest.fixture
def region(party: Party) -> Iterator[PortalClient]:
    """The region's own client of that portal."""
    with PortalClient(party.url, party.key) as client:
        yield client


@pytest.fixture
def name() -> str:
    """A word that makes this test's documents its own."""
    return uuid4().hex
