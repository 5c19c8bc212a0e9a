"""Commands for people: who may sign in, and help for who can't."""

from typing import Annotated

import typer

from portal import accounts, audit, clock, passwords
from portal.commands.shell import (
    Database,
    explained,
    given_password,
    opened,
    say,
    settings_of,
    writing,
)
from portal.permissions import OPERATOR, Role
from portal.store import check_ready

commands = typer.Typer()

Username = Annotated[
    str, typer.Argument(help="The user's name or id, as list-users shows it.")
]


@commands.command("create-user")
def create_user(
    username: Annotated[str, typer.Argument(help="What the person signs in with.")],
    role: Annotated[Role, typer.Option(help="What the person is here.")],
    name: Annotated[str, typer.Option(help="As the pages call the person.")] = "",
    agency: Annotated[str | None, typer.Option(help="An officer's agency.")] = None,
    database: Database = None,
) -> None:
    """Makes a local user. The password comes from $CROSSBORDER_PORTAL_PASSWORD or from
    standard input when that is no terminal; otherwise one is made and printed once."""
    with explained():
        settings_of(database).check_local_users()
        given = given_password()
        password = given or passwords.generated()
        user = accounts.NewUser(username, name, role, agency)
    with writing(database) as connection:
        user_id = accounts.create_user(connection, user, password, clock.now())
        audit.record_command(connection, f"create-user {user_id}", clock.now())
    say(f"User {accounts.canonical_username(username)} can sign in.")
    if not given:
        say("Their password, shown this once:")
        typer.echo(password)


@commands.command("list-users")
def list_users(database: Database = None) -> None:
    """Writes everybody who is known here: a line each, tabs between."""
    with (
        explained(),
        opened(settings_of(database)) as store,
        store.reading(OPERATOR) as connection,
    ):
        check_ready(connection)
        found = accounts.all_users(connection)
    for one in found:
        columns = (
            one.user_id, one.username, one.role, one.agency or "region",
            "disabled" if one.disabled_at else "open",
            one.issuer or ("local, codes" if one.has_codes else "local"), one.name,
        )  # fmt: skip
        typer.echo("\t".join(map(str, columns)))


@commands.command("disable-user")
def disable_user(username: Username, database: Database = None) -> None:
    """Shuts a user out at once, however they sign in. What they did stays."""
    with writing(database) as connection:
        user_id = accounts.disable(connection, username, clock.now())
        audit.record_command(connection, f"disable-user {user_id}", clock.now())
    say(f"User {username} is shut out, and signed out everywhere.")


@commands.command("enable-user")
def enable_user(username: Username, database: Database = None) -> None:
    """Lets a user in again."""
    with writing(database) as connection:
        user_id = accounts.enable(connection, username)
        audit.record_command(connection, f"enable-user {user_id}", clock.now())
    say(f"User {username} may sign in again.")


@commands.command("reset-password")
def reset_password(username: Username, database: Database = None) -> None:
    """Gives a local user another password, got as create-user gets it."""
    with explained():
        settings_of(database).check_local_users()
        given = given_password()
        password = given or passwords.generated()
    with writing(database) as connection:
        user_id = accounts.reset_password(connection, username, password)
        audit.record_command(connection, f"reset-password {user_id}", clock.now())
    say(f"User {username} has another password, and is signed out everywhere.")
    if not given:
        say("Their password, shown this once:")
        typer.echo(password)


@commands.command("reset-codes")
def reset_codes(username: Username, database: Database = None) -> None:
    """Forgets a local user's one-time codes, whose device is lost: they set up new
    ones. Make sure first that it is they who ask."""
    with writing(database) as connection:
        user_id = accounts.reset_codes(connection, username)
        audit.record_command(connection, f"reset-codes {user_id}", clock.now())
    say(f"User {username} has no codes now, and is signed out everywhere.")
