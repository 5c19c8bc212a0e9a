"""The register's tests run on both databases: each test finds an empty register."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from register.engine import open_register, writing
from register.tables import METADATA

# The rules' own made-up cases and memory: the register must remember as they do.
sys.path.append(str(Path(__file__).parents[1] / "notifications"))


@pytest.fixture(scope="session")
def postgres_register(postgres_server) -> Iterator[Engine]:
    """One register, emptied after each test: making databases is slow."""
    with closing(postgres_server.connect()) as server:
        server.execute("CREATE DATABASE register_tests")
    opened = open_register(postgres_server.url("register_tests"))
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory) -> Path:
    """An SQLite register with its tables: copying is quicker than migrating."""
    file = tmp_path_factory.mktemp("register") / "empty.db"
    open_register(f"sqlite:///{file}").dispose()
    return file


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def engine(request: pytest.FixtureRequest, tmp_path) -> Iterator[Engine]:
    """An empty register."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("empty_file"), tmp_path)
        opened = open_register(f"sqlite:///{file}")
        yield opened
        opened.dispose()
        return
    opened = request.getfixturevalue("postgres_register")
    yield opened
    tables = ", ".join(f'"{name}"' for name in METADATA.tables)
    with writing(opened) as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))


@pytest.fixture
def write(engine: Engine) -> Callable:
    """Calls a function with a connection that writes, and commits."""

    def call(function, *given, **named):
        with writing(engine) as connection:
            return function(connection, *given, **named)

    return call
