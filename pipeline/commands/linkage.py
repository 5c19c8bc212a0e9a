"""``crossborder link``, ``dedupe``, ``fit``, ``why``: any tables, without a region."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import ConfigurationError

Spec = Annotated[
    Path, typer.Argument(metavar="SPEC.yaml", help="What to compare: docs/linking.md.")
]
Left = Annotated[Path, typer.Option(help="A table, as Parquet.")]
Right = Annotated[Path, typer.Option(help="The other table.")]
LeftIfTwo = Annotated[Path | None, typer.Option(help="A table, as Parquet.")]
RightIfTwo = Annotated[Path | None, typer.Option(help="The other table.")]
Input = Annotated[Path, typer.Option("--input", help="The table, as Parquet.")]
InputIfOne = Annotated[
    Path | None, typer.Option("--input", help="One table, held against itself.")
]
Out = Annotated[Path, typer.Option(help="Where the pairs are written.")]
ModelFile = Annotated[
    Path | None,
    typer.Option("--model", help="Numbers to use; learnt from the tables if none."),
]
Threshold = Annotated[
    float | None,
    typer.Option(help="The least probability of a pair that is kept."),
]
Engine = Annotated[str, typer.Option(help="fast, or reference: small, plain and slow.")]
Threads = Annotated[
    int | None, typer.Option(min=1, help="Cores to use; all if not given.")
]
SaveModel = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Where the numbers learnt are kept."),
]
Timings = Annotated[
    Path | None,
    typer.Option(metavar="FILE.json", help="Where the time of each step is written."),
]
LargestRule = Annotated[
    float,
    typer.Option(help="Refuse to begin when a blocking rule makes more pairs."),
]

app = typer.Typer(
    help="Links any two tables, or the records of one.\n\nExit codes: 0 good, "
    "1 failed, 2 bad configuration.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def link(
    spec: Spec,
    left: Left,
    right: Right,
    out: Out,
    model: ModelFile = None,
    threshold: Threshold = None,
    engine: Engine = "fast",
    save_model: SaveModel = None,
    threads: Threads = None,
    largest_rule: LargestRule = 2e9,
    timings: Timings = None,
) -> None:
    """Finds the records of two tables that are one person."""
    from pipeline import linking
    from pipeline.linkage_files import write_table

    prepared = linking.prepare(
        linking.Asked(
            spec, left, right, model, threshold, engine, threads, largest_rule,
            save_model,
        )
    )  # fmt: skip
    numbers = linking.model_of(prepared)
    found = linking.found_of(prepared, numbers)
    write_table(linking.table_of(prepared, found), out)
    prepared.asked.laps.lap("write")
    if timings is not None:
        linking.write_timings(timings, prepared, found)
    linking.tell(typer.echo, prepared, numbers, found)


@app.command()
def dedupe(
    spec: Spec,
    table: Input,
    out: Out,
    clusters: Annotated[Path, typer.Option(help="Where each record's cluster goes.")],
    decisions: Annotated[
        Path | None,
        typer.Option(help="What people decided: left_id, right_id, same or different."),
    ] = None,
    model: ModelFile = None,
    threshold: Threshold = None,
    engine: Engine = "fast",
    save_model: SaveModel = None,
    threads: Threads = None,
    largest_rule: LargestRule = 2e9,
    timings: Timings = None,
) -> None:
    """Finds the records of one table that are one person."""
    from pipeline import deduping, linking
    from pipeline.linkage_files import write_table

    prepared = linking.prepare(
        linking.Asked(
            spec, table, None, model, threshold, engine, threads, largest_rule,
            save_model,
        )
    )  # fmt: skip
    judged = deduping.read_decisions(decisions, prepared.ids[0], typer.echo)
    numbers = linking.model_of(prepared)
    found = linking.found_of(prepared, numbers)
    people = deduping.clustered(prepared, found, judged, typer.echo)
    write_table(linking.table_of(prepared, found), out)
    write_table(people, clusters)
    prepared.asked.laps.lap("write")
    if timings is not None:
        linking.write_timings(timings, prepared, found)
    linking.tell(typer.echo, prepared, numbers, found)


@app.command()
def fit(
    spec: Spec,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the numbers are kept.")
    ],
    left: LeftIfTwo = None,
    right: RightIfTwo = None,
    table: InputIfOne = None,
    threads: Threads = None,
    largest_rule: LargestRule = 2e9,
) -> None:
    """Learns what each agreement weighs, from the tables alone, and keeps it."""
    from pipeline import linking

    first, second = _tables(left, right, table)
    prepared = linking.prepare(
        linking.Asked(
            spec, first, second, threads=threads, largest_rule=largest_rule,
            save_model=out,
        )
    )  # fmt: skip
    numbers = linking.learnt(prepared)
    linking.tell(typer.echo, prepared, numbers, None)


@app.command()
def calibrate(
    spec: Spec,
    model: Annotated[Path, typer.Option(help="The model that scored the pairs.")],
    pairs: Annotated[Path, typer.Option(help="What link or dedupe wrote.")],
    decisions: Annotated[
        Path,
        typer.Option(help="Reviewed pairs: left_id, right_id, same or different."),
    ],
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the new model is kept.")
    ],
) -> None:
    """Holds a model's probabilities to what reviewers said; the order stays."""
    from pipeline.calibrating import calibrate as calibrated
    from pipeline.commands.calibration import show_learnt

    made = calibrated(spec, model, pairs, decisions, out)
    show_learnt(made.learnt, made.left_alone, "not among the pairs")
    typer.echo(f"{'model':<12}{made.path}")


@app.command()
def why(
    spec: Spec,
    one: Annotated[str, typer.Argument(metavar="LEFT_ID", help="A record.")],
    other: Annotated[str, typer.Argument(metavar="RIGHT_ID", help="The other.")],
    left: LeftIfTwo = None,
    right: RightIfTwo = None,
    table: InputIfOne = None,
    model: ModelFile = None,
    threshold: Threshold = None,
) -> None:
    """Says why two records are linked or not, what is lacking, and who else each may
    be; no values."""
    from pipeline import linking

    first, second = _tables(left, right, table)
    prepared = linking.prepare(
        linking.Asked(spec, first, second, model, threshold, largest_rule=float("inf"))
    )
    numbers = linking.model_of(prepared).numbers
    for line in linking.why_of(prepared, numbers, (one, other)):
        typer.echo(line)


def _tables(
    left: Path | None, right: Path | None, table: Path | None
) -> tuple[Path, Path | None]:
    if table is not None and left is None and right is None:
        return table, None
    if table is None and left is not None and right is not None:
        return left, right
    raise ConfigurationError(["name --left and --right, or --input"])
