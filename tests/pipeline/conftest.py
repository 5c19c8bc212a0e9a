"""What the shell's tests share: a register to send from."""

import datetime as dt
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from pipeline import clock
from register.engine import open_register

# The register's made-up nights: what is sent here was decided there.
sys.path.append(str(Path(__file__).parents[1] / "register"))


@pytest.fixture(scope="module")
def early() -> Iterator[None]:
    """It is the first night still, however late the tests are run: what waits for a
    day or a deadline has not gone yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC))
        yield


@pytest.fixture(scope="session")
def empty_register_file(tmp_path_factory) -> Path:
    """An SQLite register with its tables: copying is quicker than migrating."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    open_register(f"sqlite:///{file}").dispose()
    return file


@pytest.fixture
def engine(empty_register_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty register, on SQLite."""
    opened = open_register(f"sqlite:///{shutil.copy(empty_register_file, tmp_path)}")
    yield opened
    opened.dispose()


@pytest.fixture
def any_engine(database_url: str) -> Iterator[Engine]:
    """An empty register, on either database."""
    opened = open_register(database_url)
    yield opened
    opened.dispose()
