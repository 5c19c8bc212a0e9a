"""The same of a real night: tables and files as well as the register and the portal."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from campaigns import Campaign
from crashes import one_of_each, postgres_restored, sqlite_restored
from world_scene import WorldScene, first_night_done


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def scene(
    request: pytest.FixtureRequest,
    region_template: Path,
    quick_folder: Path,
    campaign: Campaign,
) -> Iterator[WorldScene]:
    if request.param == "postgres" and not campaign.long:
        pytest.skip("a real night on PostgreSQL is part of make proofs-long")
    folder = quick_folder / request.param
    if request.param == "sqlite":
        template = folder / "register.db"
        folder.mkdir()
        world = first_night_done(
            region_template, folder / "world", f"sqlite:///{template}"
        )
        database = sqlite_restored(template, folder / "register")
    else:
        server = request.getfixturevalue("postgres_server")
        with closing(server.connect()) as connection:
            connection.execute("CREATE DATABASE world STRATEGY FILE_COPY")
        world = first_night_done(region_template, folder / "world", server.url("world"))
        database = postgres_restored(server.url("world"))
    yield WorldScene(world, database)
    database.close()


def test_a_real_night_cut_short_ends_as_if_nothing_had_been(scene, campaign):
    kinds = {step.split()[1] for step in scene.steps}
    assert {"insert", "commit", "replace", "sending"} <= kinds
    steps = range(len(scene.steps))
    for step in random.sample(steps, min(campaign.world_crashes, len(steps))):
        failed, outcome = scene.crash_at(step)
        assert outcome == scene.undisturbed, f"after a power failure {failed}"


def test_a_real_night_killed_ends_as_if_nothing_had_been(scene, campaign):
    steps = one_of_each(scene.steps)
    for step in random.sample(steps, min(campaign.world_kills, len(steps))):
        outcome = scene.kill_at(step)
        assert outcome == scene.undisturbed, f"killed {scene.steps[step]}"
