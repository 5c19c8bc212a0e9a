"""A pass between two nights, on the command line."""

import datetime as dt
import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from pipeline.clock import LONDON
from pipeline.errors import ConfigurationError, ExitCode
from pipeline.options import NoPublish, RegionFile, Root, console


def clocks(
    region: RegionFile,
    workspace: Root = Path("workspace"),
    at: Annotated[
        str,
        typer.Option(
            metavar="YYYY-MM-DDTHH:MM",
            help="Another moment than the present, in London; synthetic regions only.",
        ),
    ] = "",
    no_publish: NoPublish = False,
) -> None:
    """Does what does not wait for night: receipts, reminders, deadlines, retries."""
    from pipeline.night import PASS_STAGES, perform_all
    from pipeline.run import open_pass
    from pipeline.summary import show_stage

    this_pass = open_pass(
        region,
        root=workspace,
        environment=os.environ,
        at=_moment(at) if at else None,
        publish=not no_publish,
    )
    moment = this_pass.now.astimezone(LONDON)
    console.print(
        f"{this_pass.region.title}, pass of {moment:%-d %B %Y, %H:%M}", markup=False
    )
    troubled = False
    with closing(this_pass):
        for report in perform_all(this_pass, PASS_STAGES):
            show_stage(console, this_pass.region, report)
            troubled = troubled or bool(report.problems)
    raise typer.Exit(ExitCode.DEGRADED if troubled else ExitCode.GOOD)


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(
            [f"--at: {text!r} is no moment: write YYYY-MM-DDTHH:MM"]
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LONDON)
    return moment.astimezone(dt.UTC)
