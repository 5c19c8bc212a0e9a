"""How good scored pairs are, on the command line: figures, JSON and pictures."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.errors import ConfigurationError
from pipeline.options import console

if TYPE_CHECKING:
    import pyarrow as pa

    from matching.evaluation import Group
    from matching.truth import Flags, Judged, TruePairs
    from pipeline.evaluation import Evaluation

TableFile = Annotated[Path | None, typer.Option(metavar="TABLE.parquet")]


def evaluate(
    pairs: Annotated[
        Path,
        typer.Argument(metavar="PAIRS.parquet", help="What link or dedupe wrote."),
    ],
    truth: Annotated[
        Path,
        typer.Option(
            metavar="TRUTH.parquet",
            help="left_id and right_id or, of one table, id and cluster.",
        ),
    ],
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="The line for the headline and groups.")
    ] = 0.5,
    one_table: Annotated[
        bool,
        typer.Option(
            "--one-table",
            help="Pairs are of one table: a–b is b–a. So too by clusters.",
        ),
    ] = False,
    candidates: Annotated[
        Path | None,
        typer.Option(
            metavar="CANDIDATES.parquet",
            help="All compared pairs, for the blocking's recall ceiling.",
        ),
    ] = None,
    spec: Annotated[
        Path | None,
        typer.Option(
            metavar="SPEC.yaml",
            help="Or what describes the linkage, with --left and --right or --input.",
        ),
    ] = None,
    left: TableFile = None,
    right: TableFile = None,
    input_table: Annotated[
        Path | None, typer.Option("--input", metavar="TABLE.parquet")
    ] = None,
    ids: Annotated[
        str,
        typer.Option("--id", help="The column that names a record, without --spec."),
    ] = "id",
    groups: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE.parquet",
            help="Records (the left ones) with a column of groups.",
        ),
    ] = None,
    group_column: Annotated[str, typer.Option(metavar="COLUMN")] = "",
    out: Annotated[
        Path | None, typer.Option(help="A folder for evaluation.json and pictures.")
    ] = None,
) -> None:
    """Says how good scored pairs are, given the truth: what is found and what lost."""
    from matching.truth import EvaluationError
    from pipeline.evaluation import show

    _options_agree(candidates, spec, (left, right, input_table), groups, group_column)
    try:
        found, judged = _evaluated(
            (pairs, truth),
            threshold,
            one_table=one_table or input_table is not None,
            reach=(candidates, spec, (input_table or left, input_table or right), ids),
            groups=(groups, group_column),
        )
    except EvaluationError as error:
        raise ConfigurationError(error.faults) from error
    show(console, found)
    if out is not None:
        _write(out, found, judged)


def _options_agree(
    candidates: Path | None,
    spec: Path | None,
    tables: tuple[Path | None, Path | None, Path | None],
    groups: Path | None,
    group_column: str,
) -> None:
    left, right, single = tables
    faults = []
    if (left is None) != (right is None):
        faults.append("--left and --right belong together; name both tables")
    if single and (left or right):
        faults.append("--input is one table, --left and --right are two; name either")
    if spec and candidates:
        faults.append("--spec and --candidates both say what is compared; name one")
    if spec and not (single or (left and right)):
        faults.append("--spec needs the tables: --left and --right, or --input")
    if (groups is None) != (not group_column):
        faults.append("--groups and --group-column belong together; name both")
    if faults:
        raise ConfigurationError(faults)


def _evaluated(
    files: tuple[Path, Path],
    threshold: float,
    *,
    one_table: bool,
    reach: tuple[Path | None, Path | None, tuple[Path | None, Path | None], str],
    groups: tuple[Path | None, str],
) -> "tuple[Evaluation, Judged]":
    from matching.evaluation import best, by_threshold, calibration, wilson
    from matching.truth import holds_clusters, judge, true_pairs
    from pipeline.evaluation import Evaluation

    scored, told = (_read(path) for path in files)
    left, right = reach[2]
    one_table |= holds_clusters(told) and left == right
    truth = true_pairs(told, one_table=one_table)
    judged = judge(scored, truth)
    ids, reachable = _reached(truth, *reach)
    found = Evaluation(
        pairs=len(judged.weight),
        at=by_threshold(judged, (threshold,))[0],
        best=best(judged),
        lines=by_threshold(judged),
        calibration=calibration(judged),
        ceiling=(
            None if reachable is None else wilson(int(reachable.sum()), len(reachable))
        ),
        column=groups[1],
        groups=_by_group(judged, truth, (*groups, ids), threshold, reachable),
    )
    return found, judged


def _reached(
    truth: "TruePairs",
    candidates: Path | None,
    spec: Path | None,
    tables: tuple[Path | None, Path | None],
    ids: str,
) -> "tuple[str, Flags | None]":
    """The column of ids, and which true pairs blocking reaches where that is asked."""
    from matching.evaluation import reached, reached_by_keys, record_rows
    from pipeline.blocking_reach import blocking_of

    if candidates is not None:
        return ids, reached(truth, _read(candidates, "left_id", "right_id"))
    left, right = tables
    if left is None or right is None:
        return ids, None
    if spec is None:
        record_rows(truth, (_read(left, ids), _read(right, ids)), ids)
        return ids, None
    ids, shares = blocking_of(spec, one_table=left == right)
    both = _read(left), _read(right)
    return ids, reached_by_keys(truth, both, ids, shares)


def _by_group(
    judged: "Judged",
    truth: "TruePairs",
    groups: tuple[Path | None, str, str],
    threshold: float,
    reachable: "Flags | None",
) -> "tuple[Group, ...]":
    from matching.evaluation import groups_of, recall_by_group

    path, column, ids = groups
    if path is None:
        return ()
    labels = groups_of(truth, _read(path), ids, column)
    return recall_by_group(judged, labels, threshold, reachable)


def _read(path: Path, *columns: str) -> "pa.Table":
    """A Parquet file; of named columns those that it has.

    Raises:
        ConfigurationError: it can't be read as Parquet.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            wanted = [one for one in columns if one in names] if columns else None
            table: Any = file.read(wanted or None)
    except FileNotFoundError:
        raise ConfigurationError([f"{path}: there is no such file"]) from None
    except (OSError, pa.ArrowException):
        raise ConfigurationError(
            [f"{path}: can't be read as Parquet; write it anew"]
        ) from None
    return table


def _write(out: Path, found: "Evaluation", judged: "Judged") -> None:
    from matching.evaluation import curve
    from pipeline import evaluation_plots as plots
    from pipeline.evaluation import as_json
    from pipeline.run import make_folder

    make_folder(out, "out")
    told = json.dumps(as_json(found), indent=2, ensure_ascii=False, allow_nan=False)
    files = {"evaluation.json": told + "\n"}
    if found.best is not None:
        files["thresholds.svg"] = plots.thresholds(curve(judged), found.best)
        error = found.calibration.error or 0.0
        files["reliability.svg"] = plots.reliability(found.calibration.bands, error)
    if found.groups:
        files["recall-by-group.svg"] = plots.groups(
            found.groups, found.at.threshold, found.column
        )
    for name, content in files.items():
        (out / name).write_text(content, encoding="utf-8")
    console.print(f"Written to {out}: {', '.join(files)}", markup=False)
