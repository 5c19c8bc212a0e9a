"""Wherever the power fails, the night worked again leaves what it would have left.

The steps are those that write: each statement, each commit, each call to the portal,
before and after it. ``make proofs-long`` fails at all of them, and at thousands of
pairs; here it is a sample that changes from day to day.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from crashes import LittleScene
from eventful_night import scene_at


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def scene(request: pytest.FixtureRequest, quick_folder: Path) -> Iterator[LittleScene]:
    if request.param == "sqlite":
        found = scene_at(f"sqlite:///{quick_folder / 'eventful.db'}")
    else:
        server = request.getfixturevalue("postgres_server")
        with closing(server.connect()) as connection:
            connection.execute("CREATE DATABASE eventful STRATEGY FILE_COPY")
        found = scene_at(server.url("eventful"))
    yield found
    found.close()


def some(steps: range, number: int) -> list[int]:
    """All of them, or a sample."""
    if number >= len(steps):
        return list(steps)
    return sorted(random.sample(steps, number))


def test_the_night_that_is_to_be_cut_short_is_an_eventful_one(scene):
    kinds = Counter(step.removeprefix("before ") for step in scene.steps)
    assert {"insert notification", "insert outbox", "insert decision", "commit",
            "insert event", "sending notifications", "sending withdrawals",
            "sending obligations"} <= kinds.keys()  # fmt: skip
    assert len(scene.undisturbed.notices) > 20
    assert not scene.undisturbed.undelivered


def test_a_night_cut_short_anywhere_ends_as_if_nothing_had_been(scene, campaign, say):
    for step in some(range(len(scene.steps)), campaign.crashes):
        failed, outcome = scene.crash_at({step})
        assert outcome == scene.undisturbed, f"after a power failure {failed}"
    say(f"{len(scene.steps)} steps that write")


def test_a_night_cut_short_twice_ends_as_if_nothing_had_been(scene, campaign):
    steps = range(len(scene.steps))
    for _ in range(campaign.pairs):
        first, second = random.sample(steps, 2)
        failed, outcome = scene.crash_at({first}, {second})
        assert outcome == scene.undisturbed, f"after power failures {failed}"
