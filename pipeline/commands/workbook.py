"""The reconciliation workbooks of a night: one for each force and local authority."""

import datetime as dt
import os
import shlex
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.errors import ConfigurationError, NothingBefore
from pipeline.options import NightDate, RegionFile, Root, console, night_date
from pipeline.region import RegionConfig, load_region
from pipeline.registers import kept_register

if TYPE_CHECKING:
    from pipeline.run import Run
    from pipeline.spreadsheet import Recipient


def workbook(
    region: RegionFile,
    date: NightDate,
    out: Annotated[Path, typer.Option(help="An empty folder that you protect.")],
    authority: Annotated[
        str, typer.Option(metavar="CODE", help="Only this authority's workbook.")
    ] = "",
    workspace: Root = Path("workspace"),
) -> None:
    """Writes what each force and local authority has to reconcile, one .xlsx each."""
    from pipeline.run import make_folder
    from pipeline.spreadsheet import write_workbook

    config = load_region(region)
    if authority and authority not in config.authorities:
        raise ConfigurationError(
            [f"--authority {authority}: is not in {region}; use one of its codes"]
        )
    if out.is_dir() and any(out.iterdir()):
        raise ConfigurationError([f"out {out}: is not empty; name an empty folder"])
    on = night_date(date)
    with closing(_newest_run(config, on, workspace)) as run:
        rows = _rows(run)
    wanted = {
        recipient: theirs
        for recipient, theirs in rows.items()
        if recipient.code in config.authorities and authority in {"", recipient.code}
    }
    if authority and not wanted:
        console.print(
            f"{config.authorities[authority].name} has no placement to reconcile on "
            f"{on}.",
            markup=False,
        )
        return
    make_folder(out, "out", 0o700)
    for recipient, theirs in wanted.items():
        path = write_workbook(out, recipient, theirs, on, config.title)
        console.print(f"{path}  {len(theirs):,} placements", markup=False)
    outside = sum(
        len(theirs)
        for recipient, theirs in rows.items()
        if recipient.code not in config.authorities
    )
    if outside and not authority:
        console.print(
            f"{outside:,} placements lie outside the region and are in no workbook; "
            "crossborder exports writes their packages."
        )
    console.print(
        f"{len(wanted)} workbooks written. They hold personal data in plain text: "
        "delete them once delivered."
    )


def to_hand_over(region: Path, on: dt.date, workspace: Path) -> str:
    """The command that writes the workbooks of a night whose stock was taken.

    The run itself writes none. An .xlsx is plain text of children's names and
    addresses, made to be handed over; whatever a run leaves is encrypted at rest
    outside the demo (the region's design, storage). So the run keeps their rows as
    ``workbook.parquet``, through the vault, and a person has the files written into a
    folder that the person names and protects.
    """
    words = [
        "crossborder", "workbook", str(region), "--date", on.isoformat(),
        "--workspace", str(workspace), "--out", f"workbooks-{on}",
    ]  # fmt: skip
    return shlex.join(words)


def _newest_run(config: RegionConfig, on: dt.date, workspace: Path) -> "Run":
    """The latest recorded run of the date.

    Raises:
        ConfigurationError: that date has none.
    """
    from pipeline.run import Run
    from register.runs import runs

    with kept_register(config, workspace) as engine, engine.connect() as connection:
        found = [
            one.run_id
            for one in runs(connection, config.region)
            if one.business_date == on
        ]
    if not found:
        raise ConfigurationError(
            [f"{config.region}: no night of {on} is recorded; name one that is"]
        )
    return Run(config, on, found[-1], workspace, workspace, os.environ)


def _rows(run: "Run") -> "dict[Recipient, list[dict[str, Any]]]":
    """By recipient, in the order of their codes: the night's rows.

    Raises:
        NothingBefore: the run has left no workbook, or it has been cleared away.
    """
    from pipeline.spreadsheet import Recipient

    try:
        table = run.workspace.read("workbook")
    except (FileNotFoundError, NothingBefore):
        raise NothingBefore(
            f"{run.folder}: holds no workbook; it was cleared away after "
            f"{run.region.retention.extracts_days} days, or an older release worked "
            "the night: name a later one"
        ) from None
    found: dict[Recipient, list[dict[str, Any]]] = defaultdict(list)
    for row in table.to_pylist():
        whose = Recipient(row["recipient"], row["recipient_name"], row["role"])
        found[whose].append(row)
    return dict(found)
