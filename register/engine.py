"""Opening the register: the tables are up to date, writers take turns.

SQLite serves a demo and a laptop, on a local disk; PostgreSQL anything shared.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

VERSION_TABLE = "register_version"
"""Alembic's note of which migrations a database has had."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_POSTGRES_NAMES = ("postgresql", "postgres", "postgresql+psycopg")
_PRAGMAS = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL")


class UnsupportedDatabaseError(ValueError):
    """The URL names a database that the register is not tested on."""


class BrokenReferenceError(Exception):
    """A migration would leave rows that point at nothing, so it was not done."""


def open_register(url: str) -> Engine:
    """The register at a URL, its tables brought up to date first.

    ``sqlite:///<file>`` or ``postgresql://…``. Two processes may open a fresh
    database at once: one migrates, the other waits.

    Raises:
        UnsupportedDatabaseError: another kind of database, or SQLite in memory.
    """
    target = _supported(url)
    if target.get_backend_name() == "sqlite":
        database = Path(str(target.database))
        with _alone(database):
            _make_private_file(database)
            _migrate(target)
    else:
        _migrate(target)
    return _engine(target, foreign_keys=True)


class InvariantError(Exception):
    """The database refused a row that breaks a constraint; nothing was written.

    It names the constraint. What the row holds is left out, which the database would
    print.
    """


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Several queries that all see the register as it is at the first of them."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: all of it or, after an exception, nothing.

    On SQLite it takes the write lock at its start: a transaction that read first and
    writes later may be refused in the middle.

    Raises:
        InvariantError: a row breaks a constraint.
    """
    try:
        with (
            engine.execution_options(register_writes=True).connect() as connection,
            connection.begin(),
        ):
            yield connection
    except IntegrityError as error:
        raise InvariantError(
            f"the register refused a row and kept nothing: {_refusal(error)}"
        ) from None


def take_turns(connection: Connection, subject: str) -> None:
    """Wait until no other transaction works on the subject, then hold it to the end.

    SQLite has one writer at a time as it is.
    """
    if connection.dialect.name == "postgresql":
        digest = sha256(f"register:{subject}".encode()).digest()
        key = int.from_bytes(digest[:8], signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def _refusal(error: IntegrityError) -> str:
    if isinstance(error.orig, psycopg.Error):
        return str(error.orig.diag.message_primary)  # the detail shows the row
    return str(error.orig)


def _supported(url: str) -> URL:
    target = make_url(url)
    shown = target.render_as_string(hide_password=True)
    if target.drivername in _POSTGRES_NAMES:
        return target.set(drivername="postgresql+psycopg")
    if target.get_backend_name() != "sqlite":
        raise UnsupportedDatabaseError(
            f"{shown}: the register is kept in SQLite (sqlite:///<file>) or "
            "PostgreSQL (postgresql://…)"
        )
    if target.database in (None, "", ":memory:"):
        raise UnsupportedDatabaseError(
            f"{shown}: a register in memory forgets whom it told; name a file"
        )
    return target


@contextmanager
def _alone(database: Path) -> Iterator[None]:
    """Nobody else makes this SQLite file ready meanwhile.

    Its first change to write-ahead logging needs the file alone and does not wait for
    it, whatever the busy timeout.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    path = database.with_name(f"{database.name}.lock")
    path.touch(mode=0o600)
    with path.open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_private_file(database: Path) -> None:
    """Only the user who runs the nights may read what the region remembers."""
    database.touch(mode=0o600)


def _engine(target: URL, *, foreign_keys: bool) -> Engine:
    # An error that showed its parameters would put children's data into logs.
    engine = create_engine(target, pool_pre_ping=True, hide_parameters=True)
    if target.get_backend_name() == "postgresql":
        return engine
    pragmas = (*_PRAGMAS, f"foreign_keys={'ON' if foreign_keys else 'OFF'}")

    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # Python's driver would begin and commit of its own accord otherwise.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("register_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _migrate(target: URL) -> None:
    """Run the migrations that this database has not had, in one transaction.

    SQLite rebuilds a table to change it, which would delete what refers to it while
    foreign keys are enforced; they are off here and checked at the end.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    engine = _engine(target, foreign_keys=False)
    try:
        with writing(engine) as connection:
            take_turns(connection, "migrations")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _check_references(connection)
    finally:
        engine.dispose()


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = sorted({str(row[0]) for row in broken})
        raise BrokenReferenceError(
            f"{len(broken)} rows of {', '.join(tables)} would point at nothing; "
            "restore the backup and report this migration"
        )
