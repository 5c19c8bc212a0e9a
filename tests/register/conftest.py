"""The register's tests run on both databases: each test gets a register of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from register.engine import open_register


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_register(database_url)
    yield opened
    opened.dispose()
