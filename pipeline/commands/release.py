"""What is held, and a named person's word to send it."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from notifications.wording import counted
from pipeline.errors import ConfigurationError
from pipeline.options import RegionFile, Root, console
from pipeline.region import RegionConfig, load_region
from pipeline.registers import kept_register
from pipeline.times import moment

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from register.holds import HeldNotice

HOLDERS = {
    "surge": "the surge brake, until a named person releases it",
    "baseline": "the baseline's schedule",
    "review": "a review, until its deadline",
}


def release(
    region: RegionFile,
    run: Annotated[
        str,
        typer.Option(metavar="RUN", help="Only what this run or an earlier one held."),
    ] = "",
    by: Annotated[
        str | None,
        typer.Option(
            metavar="POST", help="Release it; the post or name that answers for it."
        ),
    ] = None,
    baseline_now: Annotated[
        bool,
        typer.Option(
            "--baseline-now",
            help="With --by: release the baseline's notices, not the surge brake's.",
        ),
    ] = False,
    listing: Annotated[
        bool, typer.Option("--list", help="Only say what is held; so too without --by.")
    ] = False,
    workspace: Root = Path("workspace"),
) -> None:
    """Lists the notices that are held and, with --by, sends them on their way."""
    config = load_region(region)
    if listing and by:
        raise ConfigurationError(["--list only lists; leave out --by or --list"])
    if by is not None and not by.strip():
        raise ConfigurationError(['--by: name who releases: --by "post or name"'])
    if baseline_now and by is None:
        raise ConfigurationError(
            ['--baseline-now releases, so name who does: --by "post or name"']
        )
    with kept_register(config, workspace) as engine:
        held = _held(engine, config, run)
        if by is not None:
            holder = "baseline" if baseline_now else "surge"
            mine = [one for one in held if one.held_by == holder]
            _release(engine, config, mine, by.strip())
            held = _held(engine, config, run)
    _show(config, held)


def _held(engine: "Engine", config: RegionConfig, run: str) -> "tuple[HeldNotice, ...]":
    from pipeline.releases import held_up_to
    from register.engine import reading
    from register.holds import held_notices
    from register.runs import runs

    with reading(engine) as connection:
        held = tuple(held_notices(connection))
        recorded = {one.run_id: one for one in runs(connection, config.region)}
    if not run:
        return held
    if run not in recorded:
        raise ConfigurationError(
            [f"--run {run}: no such run is recorded; see the folders of the workspace"]
        )
    return tuple(held_up_to(held, run, recorded))


def _release(
    engine: "Engine", config: RegionConfig, held: "list[HeldNotice]", by: str
) -> None:
    from pipeline import clock
    from pipeline.releases import release_held

    done = release_held(
        engine,
        [one.notification_id for one in held],
        by=by,
        now=clock.now(),
        clocks=config.policy.clocks,
        directory=config.directory(),
    )
    console.print(
        f"{counted(len(done), 'notice')} released by {by}, for the next pass "
        "(crossborder clocks) or night.",
        markup=False,
    )


def _show(config: RegionConfig, held: "tuple[HeldNotice, ...]") -> None:
    if not held:
        console.print("No notice is held.")
        return
    for holder, words in HOLDERS.items():
        mine = [one for one in held if one.held_by == holder]
        if mine:
            console.print()
            console.print(_table(config, mine, f"{len(mine):,} held by {words}"))
            _show_times(mine)


def _table(config: RegionConfig, held: "list[HeldNotice]", title: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in ("recipient", "priority", "kind"):
        table.add_column(column)
    table.add_column("held", justify="right")
    order = ("high", "standard", "low")
    counts = Counter((one.recipient, str(one.priority), str(one.kind)) for one in held)
    for (recipient, priority, kind), count in sorted(
        counts.items(), key=lambda item: (item[0][0], order.index(item[0][1]), item[0])
    ):
        known = config.authorities.get(recipient)
        name = f"{recipient} {known.name}" if known else recipient
        table.add_row(escape(name), priority, kind, f"{count:,}")
    return table


def _show_times(held: "list[HeldNotice]") -> None:
    times = sorted(one.release_at for one in held if one.release_at is not None)
    if times:
        console.print(
            f"The first goes {moment(times[0])}, the last {moment(times[-1])}."
        )
