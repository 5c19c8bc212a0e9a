"""States that pages are in more seldom: how each is brought about in a browser.

A state has a name, the words by which one knows that it is there, the portal it is
brought about in, and a function that goes there. ``tests/portal`` looks at each.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import portal_samples as samples
import pytest
from httpx import Client
from portal_browser import Reader
from portal_under_test import Desk, PortalUnderTest

from portal.permissions import Role


@dataclass
class Scene:
    """A portal, a browser in front of it, and whoever sits there."""

    portal: PortalUnderTest
    machine: Client
    reader: Reader
    patch: pytest.MonkeyPatch

    def seat(self, role: Role, agency: str | None = None) -> Desk:
        """Somebody of this role sits down at the browser, signed in."""
        desk, name = self.portal.desk(role, agency), self.portal.running.cookie
        cookie = {
            "name": name,
            "value": desk.client.cookies[name],
            "url": desk_url(desk),
        }
        self.reader.page.context.add_cookies([cookie])
        return desk

    def officer(self) -> Desk:
        return self.seat(Role.OFFICER, samples.POLICE)

    def settle(self, **changed: object) -> None:
        """The portal's settings are these from now on."""
        running = self.portal.running
        settings = running.settings.model_copy(update=changed)
        self.portal.running = replace(running, settings=settings)
        self.portal.app.state.running = self.portal.running


@dataclass(frozen=True)
class State:
    words: str
    world: str
    bring_about: Callable[[Scene], object]


class States(dict[str, State]):
    """By name."""

    def add(self, name: str, words: str, world: str = "furnished"):
        """The function brings about a state that a page shows by these words."""

        def register(bring_about: Callable[[Scene], object]):
            self[name] = State(words, world, bring_about)
            return bring_about

        return register

    def at(self, name: str, words: str, role: Role, agency: str | None, path: str,
           world: str = "furnished") -> None:  # fmt: skip
        """A state that is there for whoever of this role opens the path."""

        def bring_about(scene: Scene) -> None:
            scene.seat(role, agency)
            scene.reader.open(path)

        self.add(name, words, world)(bring_about)


def desk_url(desk: Desk) -> str:
    return str(desk.client.base_url)


def notice(name: str) -> str:
    """Where a notice of the samples is."""
    return f"/notifications/{samples.made(f'notification {name}')}"


def pair(name: str) -> str:
    """Where a pair of the samples is."""
    return f"/reviews/{samples.made(f'review {name}')}"


def look_at(state: State, name: str, scene: Scene) -> None:
    state.bring_about(scene)
    assert state.words in scene.reader.text(), f"{name}: {scene.reader.text()}"
    scene.reader.look_at_every_width(name)
