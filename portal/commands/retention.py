"""``crossborder-portal retention``: ends what was kept long enough, and holds."""

from typing import Annotated

import typer

from portal import clock, retention
from portal.commands.shell import Database, explained, ready, say, settings_of, writing
from portal.permissions import OPERATOR

cli = typer.Typer(
    help="How long things are kept: run it as the tables' owner, who alone may erase.",
    no_args_is_help=True,
)
Token = Annotated[
    str, typer.Argument(help="The recording token of a notice: XB-7F3K-9Q2M-C")
]


@cli.command("apply")
def apply(database: Database = None) -> None:
    """Erases what is over: a tombstone (id and hash) is left of each, and an entry in
    the audit trail. What still waits or is on hold is kept."""
    with explained():
        settings = settings_of(database)
        with ready(settings) as store, store.writing(OPERATOR) as connection:
            done = retention.apply(connection, settings, clock.now())
    for name, count in done.items():
        say(f"{name}: {count} erased")


@cli.command("hold")
def hold(token: Token, database: Database = None) -> None:
    """Keeps everything about a notice's child beyond its time, until hold-end."""
    with writing(database) as connection:
        count = retention.hold(connection, token, clock.now())
    say(f"{count} documents are on hold.")


@cli.command("hold-end")
def end_hold(token: Token, database: Database = None) -> None:
    """Ends a hold."""
    with writing(database) as connection:
        retention.end_hold(connection, token, clock.now())
    say("The hold has ended.")
