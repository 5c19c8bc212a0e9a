"""A region's model held to what its reviewers said."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.options import RegionFile, Root
from pipeline.region import load_region

if TYPE_CHECKING:
    from matching.recalibrate import Recalibrated


def recalibrate(
    region: RegionFile,
    labels: Annotated[
        Path, typer.Option(help="labels.csv of the portal's page Agreement.")
    ],
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the new model is kept.")
    ],
    workspace: Root = Path("workspace"),
) -> None:
    """Holds the children's model to what reviewers said of its pairs."""
    from pipeline import clock
    from pipeline.calibrating_nights import recalibrate as held
    from pipeline.run import Run

    config = load_region(region)
    today = clock.business_date(clock.now())
    run = Run(config, today, "", workspace, workspace, os.environ)
    file = config.matching.model
    made = held(labels, workspace / config.region, run.vault, file, out)
    show_learnt(
        made.learnt,
        made.left_alone,
        "not the same nor different, guarded, or of no night that is still kept",
    )
    typer.echo(f"{'model':<12}{made.path}")
    typer.echo(
        "Keep it in config/models and name it in the region file. The first night of a "
        "new model holds what it newly tells for a named person's release."
    )


def show_learnt(found: "Recalibrated", left_alone: int, why: str) -> None:
    """What judgements taught a model, and how those kept apart have it."""
    typer.echo(f"{'judged':<12}{found.fitted:>15,} pairs to learn from")
    typer.echo(f"{'':<12}{found.apart:>15,} kept apart to check with")
    if left_alone:
        typer.echo(f"{'':<12}{left_alone:>15,} left alone: {why}")
    typer.echo(
        f"{'bits':<12}{found.calibration.slope:>15.3f} times as many, "
        f"{found.calibration.shift:+.3f}"
    )
    typer.echo(
        f"{'surprise':<12}{found.after:>15.4f} bits a judgement kept apart; "
        f"{found.before:.4f} before"
    )
    typer.echo(
        f"{'beware':<12}judged were pairs of {found.lowest:+.1f} to "
        f"{found.highest:+.1f} bits: beyond, the line is only drawn on"
    )
