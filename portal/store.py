"""The portal's database: short transactions, one writer at a time on SQLite.

This is the one place where a transaction begins. Each begins in somebody's standing,
which PostgreSQL is told, so that its own rules for rows can be a second wall behind
``permissions``.
"""

import select
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from portal import row_rules
from portal.permissions import OPERATOR, Standing

_MIGRATIONS = Path(__file__).parent / "migrations"
_TELL = text(
    "SELECT set_config('app.role', :role, true), "
    "set_config('app.agency', :agency, true)"
)
_POOL = {"pool_size": 20, "max_overflow": 20, "pool_use_lifo": True}
"""Connections to PostgreSQL of one process, opened when they are needed: as many are
kept as people press at once, since a new one costs more than a page. Requests are
answered by up to forty threads, so none ever waits for a connection."""
_EVERY_CONNECTION = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=30000",
    "foreign_keys=ON",
)


class DatabaseNotReady(Exception):
    """The database does not have the tables that this release reads and writes."""


@dataclass(frozen=True, slots=True)
class Store:
    """Two doors to one database. Take no longer inside than the statements take:
    read, write, leave, and only then render a page."""

    reader: Engine
    writer: Engine

    @contextmanager
    def reading(self, standing: Standing) -> Iterator[Connection]:
        """A transaction that sees one moment and can't write."""
        with self.reader.begin() as connection:
            _tell(connection, standing)
            yield connection

    @contextmanager
    def writing(self, standing: Standing) -> Iterator[Connection]:
        """A transaction that is committed when the block ends, or not at all."""
        with self.writer.begin() as connection:
            _tell(connection, standing)
            yield connection

    def connect(self, number: int) -> None:
        """So many connections of either kind wait from now on."""
        with ExitStack() as opened:
            for engine in (self.reader, self.writer):
                for _ in range(number):
                    opened.enter_context(engine.connect())

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def open_store(url: str) -> Store:
    """The database at an address. Nothing is created: see :func:`migrate`."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return Store(_sqlite(address, writes=False), _sqlite(address, writes=True))
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address, hide_parameters=True, **_POOL)
    event.listen(engine, "checkout", _check_still_there)
    reader = engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    return Store(reader, engine)


def _check_still_there(
    connection: psycopg.Connection[Any], _entry: object, _proxy: object
) -> None:
    """A server that ended has said so, or closed its end: nothing else is ever heard
    of a connection that waits. Seen without asking it, which each page would wait for.

    Raises:
        InvalidatePoolError: it is gone, and with it all that were kept.
    """
    if connection.closed:
        raise InvalidatePoolError
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise InvalidatePoolError


def _tell(connection: Connection, standing: Standing) -> None:
    """PostgreSQL knows for this transaction, and no longer, in whose name it is."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            _TELL, {"role": standing.role, "agency": standing.agency or ""}
        )


def migrate(store: Store) -> None:
    """The database has this release's tables; its rows are kept."""
    with store.writing(OPERATOR) as connection:
        upgrade(connection)


def upgrade(connection: Connection) -> None:
    """The same, within the caller's transaction."""
    config = _alembic()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    row_rules.apply(connection)


def check_ready(connection: Connection) -> None:
    """The tables are this release's.

    Raises:
        DatabaseNotReady: they are older, newer, or not there.
    """
    wanted = newest_revision()
    found = MigrationContext.configure(connection).get_current_revision()
    if found != wanted:
        raise DatabaseNotReady(
            f"the database is at {found or 'no'} revision and this release needs "
            f"{wanted}: run crossborder-portal migrate"
        )


@cache
def newest_revision() -> str | None:
    """The revision of this release's tables."""
    return ScriptDirectory.from_config(_alembic()).get_current_head()


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _sqlite(address: URL, *, writes: bool) -> Engine:
    engine = create_engine(address, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def settle(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in _EVERY_CONNECTION:
            connection.execute(f"PRAGMA {pragma}")
        if not writes:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
