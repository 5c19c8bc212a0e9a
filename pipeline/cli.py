"""The commands: a night, a stage of one, a synthetic region, or any two tables.

Exit codes: 0 good, 1 failed, 2 bad configuration, 3 degraded.
"""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands import (
    calibration,
    delivery,
    evaluate,
    explain,
    linkage,
    passes,
    recipients,
    release,
    workbook,
)
from pipeline.errors import ConfigurationError, ExitCode
from pipeline.options import (
    Inbox,
    NightDate,
    NoPublish,
    RegionFile,
    Root,
    console,
    night_date,
)
from records.authorities import AuthorityKind

app = typer.Typer(
    help="Tells police and local authorities about looked-after children placed "
    "across borders.\n\nExit codes: 0 good, 1 failed, 2 bad configuration, "
    "3 degraded (some authority missing or refused, or the portal; the rest done).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def run(
    region: RegionFile,
    date: NightDate,
    inbox: Inbox = Path("inbox"),
    workspace: Root = Path("workspace"),
    no_publish: NoPublish = False,
    baseline: Annotated[
        bool,
        typer.Option(
            "--baseline",
            help="Take the stock as it is: notices by a schedule. The workbooks for "
            "each force and local authority are written by crossborder workbook, "
            "which the summary spells out.",
        ),
    ] = False,
) -> None:
    """Works one whole night and says what came of it."""
    from pipeline.night import perform_all
    from pipeline.run import open_run
    from pipeline.summary import read_outcome, show, show_next, show_stage

    night = night_date(date)
    if not inbox.is_dir():
        raise ConfigurationError(
            [f"inbox {inbox}: there is no such folder; mount it, or name it (--inbox)"]
        )
    this_run = open_run(
        region,
        night,
        None,
        inbox=inbox,
        root=workspace,
        environment=os.environ,
        publish=not no_publish,
        baseline=baseline,
    )
    title = this_run.region.title
    console.print(
        f"{title}, night of {night:%-d %B %Y}, run {this_run.run_id}", markup=False
    )
    with closing(this_run):
        for report in perform_all(this_run):
            show_stage(console, this_run.region, report)
    outcome = read_outcome(this_run)
    show(console, outcome)
    if baseline:
        show_next(console, workbook.to_hand_over(region, night, workspace))
    raise typer.Exit(outcome.exit_code)


app.command("clocks")(passes.clocks)
app.command("workbook")(workbook.workbook)
app.command("release")(release.release)
app.command("explain")(explain.explain)
app.command("evaluate")(evaluate.evaluate)
app.command("exports")(delivery.exports)
app.command("packages")(delivery.packages)
app.command("handed-over")(delivery.handed_over)
app.command("import")(delivery.import_package)
app.command("exchange-key")(delivery.exchange_key)
app.command("dead-letters")(delivery.dead_letters)
app.command("replay")(delivery.replay)
app.command("reopen")(delivery.reopen)
app.command("link")(linkage.link)
app.command("dedupe")(linkage.dedupe)
app.command("fit")(linkage.fit)
app.command("calibrate")(linkage.calibrate)
app.command("recalibrate")(calibration.recalibrate)
app.command("why")(linkage.why)
app.command("play-recipients")(recipients.play_recipients)


@app.command()
def stage(
    name: Annotated[str, typer.Argument(help="collect, extract, standardise, …")],
    region: RegionFile,
    date: NightDate,
    run_id: Annotated[
        str, typer.Option("--run-id", help="The run whose stage this is.")
    ],
    authority: Annotated[
        str, typer.Option(help="For extract: the authority's code.")
    ] = "",
    inbox: Inbox = Path("inbox"),
    workspace: Root = Path("workspace"),
    no_publish: NoPublish = False,
) -> None:
    """Does one stage of a run, once more or for the first time."""
    from pipeline.night import perform
    from pipeline.run import open_run
    from pipeline.summary import show_stage

    this_run = open_run(
        region,
        night_date(date),
        run_id,
        inbox=inbox,
        root=workspace,
        environment=os.environ,
        publish=not no_publish,
    )
    with closing(this_run):
        report = perform(this_run, name, authority)
    show_stage(console, this_run.region, report)
    raise typer.Exit(ExitCode.DEGRADED if report.problems else ExitCode.GOOD)


@app.command("check-config")
def check_config(region: RegionFile) -> None:
    """Checks a region file: one line a fault, each with its mend; exit 2 if any."""
    from pipeline.exchange import trust_faults
    from pipeline.nudging import nudge_faults
    from pipeline.region import load_region
    from pipeline.run import missing_models, unknown_authorities

    config = load_region(region)
    faults = missing_models(config) + unknown_authorities(config)
    faults += nudge_faults(config) + trust_faults(config)
    if faults:
        raise ConfigurationError(faults)
    kinds = {kind: len(config.of_kind(kind)) for kind in AuthorityKind}
    console.print(
        f"{region}: good. {config.title} ({config.environment}), "
        f"{kinds[AuthorityKind.CHILDREN]} local authorities, "
        f"{kinds[AuthorityKind.POLICE]} police forces.",
        markup=False,
    )


@app.command()
def synthesise(
    out: Annotated[Path, typer.Option(help="Where inbox/ and truth/ are written.")],
    seed: Annotated[int, typer.Option(help="The same seed makes the same region.")] = 1,
    children: Annotated[int, typer.Option(min=10, help="Looked-after children.")] = 400,
    nominals: Annotated[int, typer.Option(min=100, help="Over all forces.")] = 40_000,
    nights: Annotated[int, typer.Option(min=1)] = 2,
    first_date: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="The first night.")
    ] = "2026-11-22",
    region: Annotated[
        Path, typer.Option(help="Whose authorities and formats to use.")
    ] = Path("config/regions/demo.yaml"),
) -> None:
    """Makes a whole region of synthetic people whose truth is known."""
    from pipeline.region import load_region
    from pipeline.synthesis import synthesise as make

    make(
        load_region(region),
        out,
        seed=seed,
        children=children,
        nominals=nominals,
        nights=nights,
        first_date=night_date(first_date),
    )
    console.print(
        f"{children} children and {nominals} nominals, {nights} night(s) from "
        f"{first_date}, seed {seed}: extracts in {out / 'inbox'}, truth in "
        f"{out / 'truth'}"
    )


@app.command()
def assess(
    run_folder: Annotated[
        Path, typer.Argument(metavar="RUN", help="A run's folder in the workspace.")
    ],
    truth: Annotated[Path, typer.Option(help="truth/ of the synthetic region.")],
    details: Annotated[
        bool, typer.Option("--details", help="List each placement that differs.")
    ] = False,
) -> None:
    """Compares a run of a synthetic region with its truth."""
    from pipeline.assess import assess as compare
    from pipeline.assess import show as show_assessment

    show_assessment(console, compare(run_folder, truth), details=details)
