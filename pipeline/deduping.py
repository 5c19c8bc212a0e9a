"""The clusters of one table: who its pairs and people's decisions say is one person."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.linkage.clusters import (
    NO_DECISIONS,
    Clusters,
    Decisions,
    DecisionsContradict,
    check,
    clusters,
)
from matching.linkage.fast import Found
from matching.linkage.pairs import line_of, ranks
from pipeline.errors import ConfigurationError
from pipeline.linkage_files import read_columns
from pipeline.linking import Prepared, Say


def read_decisions(path: Path | None, ids: pa.Array, say: Say) -> Decisions:
    """People's decisions on pairs of a table's records, by the order of their ids.

    Raises:
        ConfigurationError: a decision can't be read, or some contradict others.
    """
    if path is None:
        return NO_DECISIONS
    table = read_columns(path, ["left_id", "right_id", "decision"])
    ordered = ids.take(pc.sort_indices(ids))
    numbers = []
    for name in ("left_id", "right_id"):
        try:
            column = table.column(name).cast(ids.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise ConfigurationError(
                [f"{path}: {name} is not of the ids' type {ids.type}"]
            ) from error
        places = pc.fill_null(pc.index_in(column, value_set=ordered), -1)
        numbers.append(places.to_numpy().astype(np.int64))
    one, other = numbers
    words = np.array(table.column("decision").to_pylist(), object)
    if unknown := sorted({str(word) for word in words} - {"same", "different"}):
        raise ConfigurationError(
            [f"{path}: decision: same or different, not {', '.join(unknown)}"]
        )
    there = (one >= 0) & (other >= 0)
    if not there.all():
        say(
            f"{'decisions':<12}{(~there).sum():>15,} left alone: of records that the "
            "table does not have"
        )
    itself = there & (one == other)
    if itself.any():
        record = ordered[int(one[itself][0])]
        raise ConfigurationError([f"{path}: {record} is judged against itself"])
    same, different = there & (words == "same"), there & (words == "different")
    decisions = Decisions((one[same], other[same]), (one[different], other[different]))
    try:
        check(decisions)
    except DecisionsContradict as error:
        raise ConfigurationError(
            [f"{path}: {_in_words(path_, ordered)}" for path_ in error.paths]
        ) from error
    return decisions


def _in_words(records: list[int], ids: pa.Array) -> str:
    names = [str(ids[record]) for record in records]
    return (
        f"{names[0]} and {names[-1]} are judged different, and yet the same by "
        f"{' – '.join(names)}: take one of these decisions back"
    )


def clustered(
    prepared: Prepared, found: Found, decisions: Decisions, say: Say
) -> pa.Table:
    """Each record and its cluster, named after the cluster's lowest id, by id."""
    ids = prepared.ids[0]
    rank = ranks(ids)
    people = clusters(
        len(ids),
        (rank[found.left], rank[found.right]),
        found.bits,
        line_of(prepared.description.threshold),
        decisions,
    )
    ordered = ids.take(pc.sort_indices(ids))
    _tell(say, people, ordered)
    return pa.table({"id": ordered, "cluster_id": ordered.take(pa.array(people.first))})


def _tell(say: Say, people: Clusters, ordered: pa.Array) -> None:
    sizes = np.bincount(people.first, minlength=1)
    several = int((sizes > 1).sum())
    say(
        f"{'clusters':<12}{len(np.unique(people.first)):>15,}, {several:,} of two or "
        f"more records, the largest of {int(sizes.max()):,}"
    )
    for record, size in people.parted:
        say(
            f"{'beware':<12}{size:,} records hang together, {ordered[record]} among "
            "them: they were parted at their weakest pairs first. Look for a value "
            "that many share, or raise the threshold"
        )
