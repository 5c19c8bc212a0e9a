"""Commands that keep what the portal holds: back it up, and restore it."""

from pathlib import Path
from typing import Annotated

import typer

from portal import audit, backups, clock
from portal.commands.shell import Database, explained, opened, say, settings_of
from portal.permissions import OPERATOR

commands = typer.Typer()


@commands.command("backup")
def back_up(
    file: Annotated[Path, typer.Argument(help="A file that is not there yet.")],
    database: Database = None,
) -> None:
    """Writes all that the portal holds to a file, while people go on working. It holds
    children's details: keep it where only you can read it."""
    with explained():
        settings = settings_of(database)
        with opened(settings) as store:
            made = backups.back_up(store, settings, file, clock.now())
            with store.writing(OPERATOR) as connection:
                audit.record_command(connection, "backup", clock.now())
    say(f"{sum(made.rows.values())} rows of {len(made.rows)} tables are in {file}.")


@commands.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="A file that backup wrote.")],
    database: Database = None,
) -> None:
    """Makes an empty database what a backup holds. It may be of the other kind."""
    with explained():
        settings = settings_of(database)
        with opened(settings) as store:
            made = backups.restore(store, settings, file)
            with store.writing(OPERATOR) as connection:
                audit.record_command(connection, "restore", clock.now())
    say(f"{sum(made.rows.values())} rows as of {made.taken_at} are restored.")
