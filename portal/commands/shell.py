"""What every command of ``crossborder-portal`` does alike.

What a script may want to keep (a key, a password made here) goes to standard output
and nothing else does; what is said to people goes to standard error.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from portal import accounts, passwords
from portal.backups import BackupRefused
from portal.permissions import OPERATOR
from portal.retention import NothingToHold
from portal.row_rules import WallMissing
from portal.sealing import NotATrail
from portal.settings import DATABASE_VARIABLE, PortalSettings, SettingsRefused
from portal.store import DatabaseNotReady, Store, check_ready, open_store

PASSWORD_VARIABLE = "CROSSBORDER_PORTAL_PASSWORD"  # noqa: S105 - the variable's name
_MENDABLE = (
    SettingsRefused,
    DatabaseNotReady,
    accounts.AccountRefused,
    passwords.PasswordTooShort,
    BackupRefused,
    WallMissing,
    NotATrail,
    NothingToHold,
)
_REFUSED = 2
"""Exit code: it can't be done as asked; the message says what would do."""

Database = Annotated[
    str | None,
    typer.Option(
        help=f"Where it keeps things: sqlite:///portal.db or postgresql://… "
        f"[default: ${DATABASE_VARIABLE}]"
    ),
]


def settings_of(database: str | None, **options: object) -> PortalSettings:
    """The settings of the environment and these options."""
    return PortalSettings.from_environment(os.environ, database_url=database, **options)


@contextmanager
def opened(settings: PortalSettings) -> Iterator[Store]:
    """The portal's database, closed at the end."""
    store = open_store(settings.database_url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def ready(settings: PortalSettings) -> Iterator[Store]:
    """The same, when its tables are this release's.

    Raises:
        DatabaseNotReady: they are not.
    """
    with opened(settings) as store:
        with store.reading(OPERATOR) as connection:
            check_ready(connection)
        yield store


@contextmanager
def writing(database: str | None) -> Iterator[Connection]:
    """A transaction of the operator's, in a database that is ready."""
    with (
        explained(),
        ready(settings_of(database)) as store,
        store.writing(OPERATOR) as connection,
    ):
        yield connection


@contextmanager
def explained() -> Iterator[None]:
    """What an operator can mend is said in a sentence, without a stack of frames."""
    try:
        yield
    except _MENDABLE as error:
        say(f"Refused: {error}")
        raise typer.Exit(_REFUSED) from None
    except SQLAlchemyError as error:
        cause = error.__cause__ or error
        say(f"The database can't be used ({type(cause).__name__}): {cause}")
        raise typer.Exit(_REFUSED) from None


def given_password() -> str:
    """The password of the variable or of standard input; empty if there is none."""
    if password := os.environ.get(PASSWORD_VARIABLE, ""):
        return password
    return "" if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def say(text: str) -> None:
    """Tells whoever is at the terminal."""
    typer.echo(text, err=True)
