"""``crossborder-portal``: sets a portal up and serves it.

What a script may want to keep (a key, a password made here) goes to standard output
and nothing else does; what is said to people goes to standard error.
"""

import ipaddress
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from portal import accounts, clock, passwords
from portal.permissions import OPERATOR, MachineRole, Role
from portal.settings import (
    DATABASE_VARIABLE,
    PortalSettings,
    SettingsRefused,
)
from portal.store import DatabaseNotReady, Store, check_ready, migrate, open_store

PASSWORD_VARIABLE = "CROSSBORDER_PORTAL_PASSWORD"  # noqa: S105 - the variable's name
_MENDABLE = (
    SettingsRefused,
    DatabaseNotReady,
    accounts.AccountRefused,
    passwords.PasswordTooShort,
)
_REFUSED = 2
"""Exit code: it can't be done as asked; the message says what would do."""

cli = typer.Typer(
    help="The portal: what agencies are told, and what they say back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Database = Annotated[
    str | None,
    typer.Option(
        help=f"Where it keeps things: sqlite:///portal.db or postgresql://… "
        f"[default: ${DATABASE_VARIABLE}]"
    ),
]


@cli.command("serve")
def serve(
    database: Database = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8400,
    plain_http: Annotated[
        bool,
        typer.Option(
            "--plain-http",
            help="Let browsers keep the cookie without HTTPS: a demo on this machine.",
        ),
    ] = False,
) -> None:
    """Serves the portal until it is ended. HTTPS is put before it by a proxy."""
    import uvicorn

    from portal.app import create_app

    with _explained():
        settings = _settings(database, secure_cookies=not plain_http)
        if plain_http and not (settings.environment == "demo" and _is_here(host)):
            raise SettingsRefused(
                "--plain-http is for a demo on this machine: listen on 127.0.0.1, in "
                "the environment demo, or put HTTPS before the portal"
            )
        app = create_app(settings)
        with _store(settings) as store, store.reading(OPERATOR) as connection:
            check_ready(connection)
        logging.basicConfig(
            level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
        )
        logging.getLogger("alembic").setLevel(logging.WARNING)
        # they tell which characters a sheet's fonts lack: parts of a name
        for drawing in ("fontTools", "fpdf"):
            logging.getLogger(drawing).setLevel(logging.ERROR)
        uvicorn.run(
            app, host=host, port=port, access_log=False, server_header=False,
            log_config=None,
        )  # fmt: skip


@cli.command("migrate")
def migrate_database(database: Database = None) -> None:
    """Makes the database this release's; what it holds is kept."""
    with _explained(), _store(_settings(database)) as store:
        migrate(store)
        _say("The database is ready.")


@cli.command("create-agency")
def create_agency(
    code: Annotated[str, typer.Argument(help="330, W06000015, E23000014 …")],
    name: Annotated[str, typer.Argument(help="As people call it.")],
    database: Database = None,
) -> None:
    """Makes an agency that notices can be addressed to, or gives it another name."""
    with _writing(database) as connection:
        new = accounts.create_agency(connection, code, name)
    _say(f"Agency {code} is {'made' if new else 'there, under this name'}.")


@cli.command("create-user")
def create_user(
    username: Annotated[str, typer.Argument(help="What the person signs in with.")],
    role: Annotated[Role, typer.Option(help="What the person is here.")],
    name: Annotated[str, typer.Option(help="As the pages call the person.")] = "",
    agency: Annotated[str | None, typer.Option(help="An officer's agency.")] = None,
    database: Database = None,
) -> None:
    """Makes a local user. The password comes from $CROSSBORDER_PORTAL_PASSWORD or from
    standard input when that is no terminal; otherwise one is made and printed once."""
    with _explained():
        _settings(database).check_local_users()
        given = _given_password()
        password = given or passwords.generated()
        user = accounts.NewUser(username, name, role, agency)
    with _writing(database) as connection:
        accounts.create_user(connection, user, password, clock.now())
    _say(f"User {accounts.canonical_username(username)} can sign in.")
    if not given:
        _say("Their password, shown this once:")
        typer.echo(password)


@cli.command("create-key")
def create_key(
    name: Annotated[str, typer.Argument(help="Which program it is for.")],
    role: Annotated[MachineRole, typer.Option()] = MachineRole.PIPELINE,
    database: Database = None,
) -> None:
    """Makes a machine key and prints it, this once; only its hash is kept."""
    with _writing(database) as connection:
        key = accounts.create_key(connection, name, role, clock.now())
    typer.echo(key)


@cli.command("openapi")
def write_openapi(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path(
        "docs/openapi.json"
    ),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if it is not fresh.")
    ] = False,
) -> None:
    """Writes the API's description (OpenAPI 3.1)."""
    from portal.api import openapi
    from portal.app import routed

    text = openapi.text(routed())
    if not check:
        out.write_text(text)
    elif not out.is_file() or out.read_text() != text:
        _say(f"{out} is not fresh: run crossborder-portal openapi")
        raise typer.Exit(1)


def main() -> None:
    """The console script."""
    cli()


def _settings(database: str | None, **options: object) -> PortalSettings:
    return PortalSettings.from_environment(os.environ, database_url=database, **options)


@contextmanager
def _store(settings: PortalSettings) -> Iterator[Store]:
    store = open_store(settings.database_url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _writing(database: str | None) -> Iterator[Connection]:
    with (
        _explained(),
        _store(_settings(database)) as store,
        store.writing(OPERATOR) as connection,
    ):
        check_ready(connection)
        yield connection


@contextmanager
def _explained() -> Iterator[None]:
    """What an operator can mend is said in a sentence, without a stack of frames."""
    try:
        yield
    except _MENDABLE as error:
        _say(f"Refused: {error}")
        raise typer.Exit(_REFUSED) from None
    except SQLAlchemyError as error:
        cause = error.__cause__ or error
        _say(f"The database can't be used ({type(cause).__name__}): {cause}")
        raise typer.Exit(_REFUSED) from None


def _given_password() -> str:
    if password := os.environ.get(PASSWORD_VARIABLE, ""):
        return password
    return "" if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _say(text: str) -> None:
    typer.echo(text, err=True)
