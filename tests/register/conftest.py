"""The register's tests run on both databases: each test gets a register of its own."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from register.engine import open_register, writing


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_register(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def write(engine: Engine) -> Callable:
    """Calls a function with a connection that writes, and commits."""

    def call(function, *given, **named):
        with writing(engine) as connection:
            return function(connection, *given, **named)

    return call
