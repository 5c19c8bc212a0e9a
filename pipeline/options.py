"""Options and consoles that commands share."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.errors import ConfigurationError

RegionFile = Annotated[
    Path, typer.Argument(metavar="REGION.yaml", help="The region file.")
]
NightDate = Annotated[
    str, typer.Option("--date", metavar="YYYY-MM-DD", help="The business date.")
]
Inbox = Annotated[
    Path,
    typer.Option(
        envvar="CROSSBORDER_INBOX",
        help="Where extracts arrive: <inbox>/<authority>/<business-date>/.",
    ),
]
Root = Annotated[
    Path,
    typer.Option(
        "--workspace",
        envvar="CROSSBORDER_WORKSPACE",
        help="Where runs are kept; the register too, unless the region names one.",
    ),
]
NoPublish = Annotated[
    bool,
    typer.Option(
        "--no-publish",
        help="Leave the portal alone: write register and outbox, send nothing.",
    ),
]
console = Console(soft_wrap=True, highlight=False)


def night_date(text: str) -> dt.date:
    """A business date as typed.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date
    except ValueError:
        raise ConfigurationError([f"{text!r} is no date: write YYYY-MM-DD"]) from None
