"""``crossborder-portal``: sets a portal up and serves it.

What a script may want to keep (a key, a password made here) goes to standard output
and nothing else does; what is said to people goes to standard error.
"""

import ipaddress
from pathlib import Path
from typing import Annotated

import typer

from portal import accounts
from portal.commands import audit, keeping, keys, people, retention
from portal.commands.shell import (
    Database,
    explained,
    opened,
    say,
    settings_of,
    writing,
)
from portal.permissions import OPERATOR
from portal.row_rules import check_serving, grant
from portal.settings import SettingsRefused
from portal.store import check_ready, migrate

cli = typer.Typer(
    help="The portal: what agencies are told, and what they say back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.add_typer(audit.cli, name="audit")
cli.add_typer(retention.cli, name="retention")
cli.add_typer(people.commands)
cli.add_typer(keys.cli)
cli.add_typer(keeping.commands)


@cli.command("serve")
def serve(
    database: Database = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8400,
    workers: Annotated[
        int, typer.Option(min=1, max=32, help="Processes that share the port.")
    ] = 1,
    plain_http: Annotated[
        bool,
        typer.Option(
            "--plain-http",
            help="Let browsers keep the cookie without HTTPS: a demo on this machine.",
        ),
    ] = False,
) -> None:
    """Serves the portal until it is ended. HTTPS is put before it by a proxy."""
    from portal import serving

    with explained():
        settings = settings_of(database, secure_cookies=not plain_http)
        if plain_http and not (settings.environment == "demo" and _is_here(host)):
            raise SettingsRefused(
                "--plain-http is for a demo on this machine: listen on 127.0.0.1, in "
                "the environment demo, or put HTTPS before the portal"
            )
        settings.check_sign_in()
        with opened(settings) as store, store.reading(OPERATOR) as connection:
            check_ready(connection)
            if settings.environment == "production":
                check_serving(connection)
    serving.serve(settings, serving.Address(host, port), workers)


@cli.command("migrate")
def migrate_database(database: Database = None) -> None:
    """Makes the database this release's; what it holds is kept."""
    with explained(), opened(settings_of(database)) as store:
        migrate(store)
        say("The database is ready.")


@cli.command("grant")
def grant_serving(
    role: Annotated[str, typer.Argument(help="A login role of PostgreSQL.")],
    database: Database = None,
) -> None:
    """Lets a role that owns nothing serve the portal, behind the rules for rows.

    Run it as the tables' owner, after each migrate."""
    with writing(database) as connection:
        grant(connection, role)
    say(f"The role {role} may serve the portal.")


@cli.command("create-agency")
def create_agency(
    code: Annotated[str, typer.Argument(help="330, W06000015, E23000014 …")],
    name: Annotated[str, typer.Argument(help="As people call it.")],
    database: Database = None,
) -> None:
    """Makes an agency that notices can be addressed to, or gives it another name."""
    with writing(database) as connection:
        new = accounts.create_agency(connection, code, name)
    say(f"Agency {code} is {'made' if new else 'there, under this name'}.")


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
        say(f"{out} is not fresh: run crossborder-portal openapi")
        raise typer.Exit(1)


def main() -> None:
    """The console script."""
    cli()


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
