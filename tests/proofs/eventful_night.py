"""The eve of a night in which everything happens at once, to be cut short."""

from pathlib import Path

import deeds
import life
from crashes import LittleScene, postgres_restored, sqlite_restored
from histories import History
from little_region import LittleRegion
from sqlalchemy import Engine

from register.engine import open_register


def scene_at(url: str) -> LittleScene:
    """The scene, in a register that is made at the URL."""
    engine = open_register(url)
    region = eventful(engine)
    engine.dispose()
    if not url.startswith("sqlite"):
        return LittleScene(region, postgres_restored(url))
    template = Path(url.removeprefix("sqlite:///"))
    folder = template.with_name(f"{template.stem}-again")
    return LittleScene(region, sqlite_restored(template, folder))


def eventful(engine: Engine) -> LittleRegion:
    """A region on the eve of a night in which everything happens at once."""
    history = History(LittleRegion(engine))
    for number in range(9):
        history.happens(life.arrive, number, 5 * number)
    for number in range(3):
        history.happens(deeds.force_meets, number, 3 * number + 1)
    history.night()
    for happening, a, b in (
        (life.move, 0, 5), (life.correct_name, 1, 3), (life.leave_care, 2, 0),
        (life.withdraw, 3, 1), (life.protect, 4, 0), (life.arrive, 5, 5),
        (life.correct_postcode, 5, 9), (deeds.judge, 0, 0), (deeds.acknowledge, 2, 1),
        (life.correct_start, 6, 3), (deeds.open_notice, 4, 0),
    ):  # fmt: skip
        history.happens(happening, a, b)
    history.region.see(frozenset({"E23000015"}))
    return history.region
