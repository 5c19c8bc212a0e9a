"""Which records are one person's, and scored pairs held against that.

Two shapes of truth are read: *pairs* (``left_id``, ``right_id``) and, for one table,
*clusters* (``id``, ``cluster``), which stand for every pair within a cluster. Pairs of
one table have no order: a–b is b–a. A truth is a set, so what it says twice counts
once; a scored pair that comes twice is a fault, for nobody knows which score is meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MOST_PAIRS = 50_000_000
"""True pairs that clusters may stand for; past it a cluster is surely a mistake."""
MOST_TURNED = 0.05
"""Of the pairs that are true in either order, those that may be so only when turned."""


class EvaluationError(ValueError):
    """What is to be evaluated can't be: one line a fault, each with its mend.

    The lines hold columns, counts and record keys, never what a record says.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class TruePairs:
    """Distinct pairs of records that are one person's.

    ``left`` and ``right`` are aligned Arrow arrays of ids, either text or whole
    numbers. With ``one_table`` both are ids of the same table and a pair has no order.
    """

    left: pa.Array
    right: pa.Array
    one_table: bool
    records: pa.Array | None = None
    """Of clusters: every record that they speak of, lone ones too."""

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, slots=True)
class Judged:
    """Scored pairs beside the truth, in the order in which they were written.

    All arrays but ``found_in`` have one entry a scored pair.
    """

    weight: Floats
    """Bits."""
    probability: Floats
    is_true: Flags
    found_in: Ints
    """For each true pair the row of its scored pair; -1 when it was not scored."""

    @property
    def true_pairs(self) -> int:
        """How many there are to be found."""
        return len(self.found_in)


def true_pairs(truth: pa.Table, *, one_table: bool) -> TruePairs:
    """The truth as distinct pairs; clusters are expanded.

    Raises:
        EvaluationError: columns are missing or hold what they can't, a record is
            paired with itself, clusters are given for two tables, or no pair is true.
    """
    names = set(truth.column_names)
    records = None
    if {"left_id", "right_id"} <= names:
        left = ids_of(truth, "left_id", "truth")
        right = ids_of(truth, "right_id", "truth")
    elif "id" in names and names & {"cluster", "cluster_id"}:
        if not one_table:
            raise EvaluationError(
                ["truth: clusters (id, cluster) are the truth of one table; for two "
                 "tables write pairs (left_id, right_id)"]
            )  # fmt: skip
        records = ids_of(truth, "id", "truth")
        column = "cluster" if "cluster" in names else "cluster_id"
        left, right = _expanded(records, ids_of(truth, column, "truth"))
    else:
        raise EvaluationError(
            ["truth: has neither left_id and right_id nor id and cluster, but "
             f"{', '.join(truth.column_names) or 'no column'}; rename its columns"]
        )  # fmt: skip
    if not len(left):
        raise EvaluationError(
            ["truth: says of no two records that they are one person's, so that recall "
             "means nothing; give a truth with at least one true pair"]
        )  # fmt: skip
    one, other, size = _codes(left, right, one_table=one_table, what="truth")
    _, first = np.unique(one * size + other, return_index=True)
    if len(first) < len(left):
        first.sort()
        left, right = left.take(pa.array(first)), right.take(pa.array(first))
    return TruePairs(left, right, one_table, records)


def holds_clusters(truth: pa.Table) -> bool:
    """Whether the truth is clusters, which are of one table always."""
    names = set(truth.column_names)
    return "id" in names and not {"left_id", "right_id"} <= names


def judge(pairs: pa.Table, truth: TruePairs) -> Judged:
    """Scored pairs with the truth of each; both may name their records in any order.

    ``pairs`` has ``left_id``, ``right_id``, ``weight`` and ``probability``. It may be
    empty: then nothing was found.

    Raises:
        EvaluationError: columns are missing or hold what they can't, a pair comes
            twice, a record is paired with itself, or pairs and truth do not speak of
            the same records.
    """
    missing = {"left_id", "right_id", "weight", "probability"} - set(pairs.column_names)
    if missing:
        raise EvaluationError(
            [f"pairs: has no column {', '.join(sorted(missing))}; it should be what "
             "crossborder link or dedupe wrote"]
        )  # fmt: skip
    left, right = ids_of(pairs, "left_id", "pairs"), ids_of(pairs, "right_id", "pairs")
    scores = _scores(pairs, left, right)
    rows = positions(left, right, truth, "pairs")
    if truth.records is not None:
        _refuse_unclustered(left, right, truth.records)
    found_in = np.full(len(truth), -1, dtype=np.int64)
    is_true = rows >= 0
    found_in[rows[is_true]] = np.flatnonzero(is_true)
    return Judged(scores["weight"], scores["probability"], is_true, found_in)


def positions(left: pa.Array, right: pa.Array, truth: TruePairs, what: str) -> Ints:
    """For each pair its place among the true pairs, or -1.

    Raises:
        EvaluationError: a pair comes twice or is of one record, or the pairs do not
            speak of the truth's records.
    """
    if not len(left):
        return np.empty(0, dtype=np.int64)
    for ours, theirs in ((left, truth.left), (right, truth.right)):
        if ours.type != theirs.type:
            raise EvaluationError(
                [f"{what}: ids are {_said(ours.type)}, those of the truth "
                 f"{_said(theirs.type)}; write both in one type"]
            )  # fmt: skip
    ones = pa.concat_arrays([left, truth.left])
    others = pa.concat_arrays([right, truth.right])
    one, other, size = _codes(ones, others, one_table=truth.one_table, what=what)
    keys = one * size + other
    ours, theirs = keys[: len(left)], keys[len(left) :]
    _refuse_repeated(ours, left, right, what)
    order = np.argsort(theirs)
    place = np.searchsorted(theirs, ours, sorter=order)
    nearest = order[np.minimum(place, len(theirs) - 1)]
    found = np.where(theirs[nearest] == ours, nearest, -1)
    if not truth.one_table and left.type == right.type:
        swapped = other[: len(left)] * size + one[: len(left)]
        _refuse_turned(np.isin(swapped, theirs) & (found < 0), found >= 0, what)
    if truth.records is None and not (found >= 0).any():
        _refuse_strangers(left, right, truth, what)
    return found.astype(np.int64)


def ids_of(table: pa.Table, column: str, what: str) -> pa.Array:
    """A column of ids as ``large_string`` or ``int64``, whatever it was written as.

    Raises:
        EvaluationError: there is no such column, it is of another type, or an id is
            missing.
    """
    if column not in table.column_names:
        raise EvaluationError(
            [f"{what}: has no column {column}, but "
             f"{', '.join(table.column_names) or 'none'}"]
        )  # fmt: skip
    values = table.column(column)
    if not len(values) and pa.types.is_null(values.type):
        return pa.array([], pa.large_string())
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    is_text = (
        pa.types.is_string(values.type)
        or pa.types.is_large_string(values.type)
        or pa.types.is_string_view(values.type)
    )
    if not (is_text or pa.types.is_integer(values.type)):
        raise EvaluationError(
            [f"{what}: {column} is {values.type}; ids are text or whole numbers"]
        )
    if values.null_count:
        raise EvaluationError(
            [f"{what}: {column} is empty in {values.null_count} rows; give every "
             "record its id or leave the rows out"]
        )  # fmt: skip
    plain = values.cast(pa.large_string() if is_text else pa.int64()).combine_chunks()
    return plain if isinstance(plain, pa.Array) else pa.concat_arrays(plain.chunks)


def _expanded(ids: pa.Array, clusters: pa.Array) -> tuple[pa.Array, pa.Array]:
    """All pairs within each cluster, in the order of the table."""
    numbers = _numbered(clusters)
    records = _numbered(ids)
    if len(np.unique(records)) < len(records):
        twice = np.flatnonzero(np.bincount(records) > 1)[0]
        key = ids[int(np.flatnonzero(records == twice)[0])].as_py()
        raise EvaluationError(
            [f"truth: record {key} comes more than once; give every record one row "
             "and one cluster"]
        )  # fmt: skip
    order = np.argsort(numbers, kind="stable")
    counts = np.bincount(numbers) if len(numbers) else np.zeros(0, dtype=np.int64)
    total = int((counts * (counts - 1) // 2).sum())
    if total > MOST_PAIRS:
        raise EvaluationError(
            [f"truth: its clusters stand for {total:,} pairs, the largest has "
             f"{counts.max():,} records; is that one the mark of no cluster? Give "
             "each lone record a cluster of its own"]
        )  # fmt: skip
    after = np.repeat(np.cumsum(counts), counts) - 1 - np.arange(len(order))
    lefts, rights, at, step = [], [], np.flatnonzero(after > 0), 1
    while len(at):
        lefts.append(order[at])
        rights.append(order[at + step])
        step += 1
        at = at[after[at] >= step]
    none: list[Ints] = [np.empty(0, dtype=np.int64)]
    one, other = np.concatenate(lefts or none), np.concatenate(rights or none)
    return ids.take(pa.array(one)), ids.take(pa.array(other))


def _numbered(values: pa.Array) -> Ints:
    """Equal values have equal numbers, from zero."""
    codes: Ints = values.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return codes.astype(np.int64)


def _codes(
    left: pa.Array, right: pa.Array, *, one_table: bool, what: str
) -> tuple[Ints, Ints, int]:
    """Ids as numbers below the last; of one table the smaller first.

    Raises:
        EvaluationError: of one table, a record is paired with itself, or the two
            columns have two types.
    """
    if left.type != right.type:
        if one_table:
            raise EvaluationError(
                [f"{what}: left_id is {_said(left.type)} and right_id "
                 f"{_said(right.type)}; ids of one table have one type"]
            )  # fmt: skip
        one, other = _numbered(left), _numbered(right)
    else:
        both = _numbered(pa.concat_arrays([left, right]))
        one, other = both[: len(left)], both[len(left) :]
    size = 1 + int(max(one.max(initial=0), other.max(initial=0)))
    if not one_table:
        return one, other, size
    same = np.flatnonzero(one == other)
    if len(same):
        raise EvaluationError(
            [f"{what}: record {left[int(same[0])].as_py()} is paired with itself, as "
             f"{len(same)} rows are; leave them out"]
        )  # fmt: skip
    return np.minimum(one, other), np.maximum(one, other), size


def _scores(pairs: pa.Table, left: pa.Array, right: pa.Array) -> dict[str, Floats]:
    """Weight and probability of each pair, refused when they can't be such."""
    found = {}
    for column in ("weight", "probability"):
        values = pairs.column(column)
        is_number = pa.types.is_floating(values.type) or pa.types.is_integer(
            values.type
        )
        if len(values) and not is_number:
            raise EvaluationError([f"pairs: {column} is {values.type}, not a number"])
        numbers = pc.cast(values, pa.float64()).to_numpy().astype(np.float64)
        if column == "weight":
            wrong, must = ~np.isfinite(numbers), "a finite number of bits"
        else:
            wrong = ~((numbers >= 0) & (numbers <= 1))
            must = "a number from 0 to 1"
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            raise EvaluationError(
                [f"pairs: {column} must be {must} and is not in {int(wrong.sum())} "
                 f"rows, first for {_pair(left, right, first)}; score them again"]
            )  # fmt: skip
        found[column] = numbers
    return found


def _refuse_repeated(keys: Ints, left: pa.Array, right: pa.Array, what: str) -> None:
    _, first = np.unique(keys, return_index=True)
    if len(first) == len(keys):
        return
    again = np.setdiff1d(np.arange(len(keys)), first)
    raise EvaluationError(
        [f"{what}: {len(again)} pairs come more than once, first "
         f"{_pair(left, right, int(again[0]))}; keep one row of each"]
    )  # fmt: skip


def _refuse_unclustered(left: pa.Array, right: pa.Array, records: pa.Array) -> None:
    ids = pc.unique(pa.concat_arrays([left, right]))
    unsaid = ids.filter(pc.invert(pc.is_in(ids, records)))
    if len(unsaid):
        raise EvaluationError(
            [f"pairs: {len(unsaid)} of their records have no cluster in the truth, "
             f"first {unsaid[0].as_py()}; give each one, its own if it is alone, or "
             "leave out what is not known"]
        )  # fmt: skip


def _refuse_turned(turned: Flags, straight: Flags, what: str) -> None:
    """Too many pairs are true only when turned: sides are mixed up, or of one table.

    Two tables that number their records alike have such pairs by chance, but few.
    """
    number = int(turned.sum())
    if number > MOST_TURNED * (number + int(straight.sum())):
        raise EvaluationError(
            [f"{what}: {number} of its pairs are in the truth the other way round; "
             "swap left_id and right_id in one of them or, if pairs are of one table, "
             "say --one-table"]
        )  # fmt: skip


def _refuse_strangers(
    left: pa.Array, right: pa.Array, truth: TruePairs, what: str
) -> None:
    """Not one pair is true: a mistake when that is because of how ids are written."""
    known = [pc.is_in(left, truth.left), pc.is_in(right, truth.right)]
    if truth.one_table:
        known += [pc.is_in(left, truth.right), pc.is_in(right, truth.left)]
    if not any(pc.any(one).as_py() for one in known):
        raise EvaluationError(
            [f"{what}: not one of its records is in the truth, whose first pair is "
             f"{_pair(truth.left, truth.right, 0)}; is it of these tables, and are ids "
             "written alike?"]
        )  # fmt: skip


def _pair(left: pa.Array, right: pa.Array, row: int) -> str:
    return f"{left[row].as_py()} and {right[row].as_py()}"


def _said(kind: pa.DataType) -> str:
    return "whole numbers" if pa.types.is_integer(kind) else "text"
