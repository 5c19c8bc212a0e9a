"""Registers for the proofs: in memory where the machine has a disk there."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from campaigns import LONG, Campaign
from crashes import sqlite_restored
from sqlalchemy import Engine

from register.engine import open_register

# The plain reading of what is followed, which every history is held to.
sys.path.append(str(Path(__file__).parents[1] / "register"))

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """``PROOFS=long`` in the environment asks for the long one; ``HISTORIES`` and
    ``STEPS`` for another number of histories and of steps in each."""
    asked = LONG if os.environ.get("PROOFS") == "long" else Campaign()
    return replace(
        asked,
        histories=int(os.environ.get("HISTORIES") or asked.histories),
        steps=int(os.environ.get("STEPS") or asked.steps),
    )


@pytest.fixture(scope="session")
def say(campaign: Campaign) -> Callable[[str], None]:
    """Tells the terminal the figures of a long campaign."""

    def tell(figures: str) -> None:
        if campaign.long and sys.__stdout__ is not None:
            sys.__stdout__.write(f"\n{figures}\n")
            sys.__stdout__.flush()

    return tell


@pytest.fixture(scope="session")
def quick_folder() -> Iterator[Path]:
    """A folder in memory, or on disk where there is none."""
    where = _IN_MEMORY if _IN_MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="proofs-", dir=where))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def empty_register(quick_folder: Path) -> Path:
    """An SQLite register with its tables: copying is quicker than migrating."""
    file = quick_folder / "empty.db"
    open_register(f"sqlite:///{file}").dispose()
    return file


@pytest.fixture(scope="session")
def fresh_register(
    quick_folder: Path, empty_register: Path
) -> Iterator[Callable[[], Engine]]:
    """Call it for an empty SQLite register; the one before is gone then."""
    restored = sqlite_restored(empty_register, quick_folder / "fresh")
    restored.restore()
    engine = open_register(restored.url)

    def fresh() -> Engine:
        engine.dispose()
        restored.restore()
        return engine

    yield fresh
    engine.dispose()
