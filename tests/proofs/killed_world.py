"""A program that works the second night of a world and is killed at a step.

Arguments: the world's folder, its register's URL, the number of the step.
"""

import sys
from pathlib import Path

from failpoints import Failpoints
from fake_portal import FakePortal
from night_world import World
from world_scene import REGISTER, SECRETS, _at, work


def main(folder: str, url: str, step: str) -> None:
    portal = FakePortal(lambda: _at(1), journal=Path(folder) / "portal.jsonl")
    portal.recall()
    world = World(Path(folder), {**SECRETS, REGISTER: url})
    work(world, portal, Failpoints(at={int(step)}, deadly=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
