"""How good scored pairs are, given the truth: what is found, lost and promised.

Every figure counts all true pairs, those too that blocking never reached. *Precision*
is the share of kept pairs that are true, *recall* the share of true pairs that are
kept, *F1* their harmonic mean, 2·right / (kept + true). What is written of pairs from
some line up says nothing of a line below it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.truth import (
    EvaluationError,
    Flags,
    Judged,
    TruePairs,
    ids_of,
    positions,
)

SharesKey = Callable[[pa.Table, pa.Table], Flags]
"""For two tables with aligned rows: whether any blocking rule gives both one key."""

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
BANDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 0.999, 1.0)
"""Tenths, and the last of them in three, for that is where most pairs lie."""
UNSAID = "(not said)"
SEVERAL = "(several)"
_Z95 = 1.959963984540054
_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with Wilson's interval (1927) at 95 %."""

    found: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """``None`` of nothing."""
        return self.found / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Line:
    """What is kept at or above a threshold, and how good it is."""

    threshold: float
    """The probability; of :func:`best` and :func:`curve` the least that is kept."""
    weight: float | None
    """Bits, where the line is drawn on weights."""
    pairs: int
    right: int
    of: int
    """True pairs there are."""

    @property
    def precision(self) -> float | None:
        return self.right / self.pairs if self.pairs else None

    @property
    def recall(self) -> float:
        return self.right / self.of

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.pairs + self.of)


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs of nearly one probability, and how many of them are true."""

    low: float
    high: float
    """Not in the band, but for the last."""
    promised: float
    """Mean probability."""
    observed: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether nine in ten pairs of probability .9 are true; of written pairs only."""

    bands: tuple[Band, ...]
    """Those with a pair in them, ascending."""
    error: float | None
    """Expected calibration error: the mean, over pairs, of the distance between their
    band's mean probability and its precision (Naeini, Cooper, Hauskrecht 2015)."""
    brier: float | None
    """Mean squared distance of the probability from the truth (Brier 1950)."""


@dataclass(frozen=True, slots=True)
class Group:
    """The true pairs of one group: how many are kept, and how many were reachable."""

    name: str
    recall: Share
    reachable: Share | None
    """Of those, the pairs that blocking reaches; ``None`` when that was not asked."""


def wilson(found: int, of: int) -> Share:
    """The share with its interval; of nothing, from 0 to 1.

    Raises:
        ValueError: more were found than there are.
    """
    if not 0 <= found <= of:
        raise ValueError(f"{found} of {of} is no share")
    if not of:
        return Share(0, 0, 0.0, 1.0)
    share, square = found / of, _Z95**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    spread = share * (1 - share) / of + square / (4 * of**2)
    half = _Z95 * float(np.sqrt(spread)) / (1 + square / of)
    low = 0.0 if not found else max(0.0, middle - half)
    return Share(found, of, low, 1.0 if found == of else min(1.0, middle + half))


def by_threshold(
    judged: Judged, thresholds: Sequence[float] = THRESHOLDS
) -> tuple[Line, ...]:
    """A line for each probability, as given."""
    order = np.argsort(judged.probability)
    ascending = judged.probability[order]
    right_below = np.r_[0, np.cumsum(judged.is_true[order])]
    lines = []
    for threshold in thresholds:
        below = int(np.searchsorted(ascending, threshold, side="left"))
        lines.append(
            Line(
                threshold, None, len(ascending) - below,
                int(right_below[-1] - right_below[below]), judged.true_pairs,
            )
        )  # fmt: skip
    return tuple(lines)


def best(judged: Judged) -> Line | None:
    """The line on weights with the highest F1, of equals the highest line.

    It is picked with the truth, so it flatters. ``None`` when there is no pair.
    """
    cuts = _Cuts(judged)
    if not len(cuts.pairs):
        return None
    f1 = 2 * cuts.right / (cuts.pairs + judged.true_pairs)
    return cuts.line(int(np.argmax(f1)))


def curve(judged: Judged, points: int = 200) -> tuple[Line, ...]:
    """Lines on weights from the strongest pair to the weakest, evenly by pairs."""
    cuts = _Cuts(judged)
    if not len(cuts.pairs):
        return ()
    wanted = np.linspace(1, cuts.pairs[-1], points)
    places = np.unique(np.searchsorted(cuts.pairs, wanted))
    return tuple(cuts.line(int(place)) for place in places)


class _Cuts:
    """Every line that can be drawn between two weights, the highest first."""

    def __init__(self, judged: Judged) -> None:
        order = np.argsort(-judged.weight, kind="stable")
        self.weight = judged.weight[order]
        ends = np.flatnonzero(np.diff(self.weight, append=-np.inf))
        self.weight = self.weight[ends]
        self.pairs = ends + 1
        self.right = np.cumsum(judged.is_true[order])[ends]
        least = np.minimum.accumulate(judged.probability[order])
        self.least = least[ends]
        self.of = judged.true_pairs

    def line(self, place: int) -> Line:
        return Line(
            float(self.least[place]), float(self.weight[place]),
            int(self.pairs[place]), int(self.right[place]), self.of,
        )  # fmt: skip


def calibration(judged: Judged, edges: Sequence[float] = BANDS) -> Calibration:
    """What probabilities promise against what is so, by bands ``[low, high)``.

    Raises:
        ValueError: the edges do not rise from 0 to 1.
    """
    if edges[0] != 0 or edges[-1] != 1 or (np.diff(edges) <= 0).any():
        raise ValueError("bands must rise from 0 to 1")
    total = len(judged.probability)
    if not total:
        return Calibration((), None, None)
    band = np.searchsorted(edges, judged.probability, side="right") - 1
    band = np.minimum(band, len(edges) - 2)
    counts = np.bincount(band, minlength=len(edges) - 1)
    sums = np.bincount(band, judged.probability, minlength=len(edges) - 1)
    right = np.bincount(band[judged.is_true], minlength=len(edges) - 1)
    bands = tuple(
        Band(
            edges[one], edges[one + 1], float(sums[one] / counts[one]),
            wilson(int(right[one]), int(counts[one])),
        )
        for one in np.flatnonzero(counts).tolist()
    )  # fmt: skip
    error = float(np.abs(sums - right).sum() / total)
    brier = float(np.mean((judged.probability - judged.is_true) ** 2))
    return Calibration(bands, error, brier)


def reached(truth: TruePairs, candidates: pa.Table) -> Flags:
    """For each true pair whether it is among the compared ones.

    Raises:
        EvaluationError: the candidates can't be read as pairs of the truth's records.
    """
    left = ids_of(candidates, "left_id", "candidates")
    right = ids_of(candidates, "right_id", "candidates")
    found = positions(left, right, truth, "candidates")
    flags = np.zeros(len(truth), dtype=np.bool_)
    flags[found[found >= 0]] = True
    return flags


def reached_by_keys(
    truth: TruePairs, tables: tuple[pa.Table, pa.Table], ids: str, shares: SharesKey
) -> Flags:
    """For each true pair whether blocking would compare it: no block is ever built.

    ``tables`` are those that were linked, or twice the same one; ``ids`` is the column
    that names their records.

    Raises:
        EvaluationError: a record of the truth is not in its table.
    """
    rows = record_rows(truth, tables, ids)
    parts = []
    for start in range(0, len(truth), _AT_ONCE):
        left, right = (
            table.take(pa.array(where[start : start + _AT_ONCE]))
            for table, where in zip(tables, rows, strict=True)
        )
        parts.append(np.asarray(shares(left, right), dtype=np.bool_))
    return np.concatenate(parts)


def record_rows(
    truth: TruePairs, tables: tuple[pa.Table, pa.Table], ids: str
) -> tuple[Any, Any]:
    """Where in the tables the records of each true pair are.

    Raises:
        EvaluationError: some are not there, or a table names two records alike.
    """
    found = []
    sides = (("left", truth.left), ("right", truth.right))
    for (side, keys), table in zip(sides, tables, strict=True):
        what = "input" if truth.one_table else side
        names = _unique_ids(table, ids, what, keys)
        places = pc.index_in(keys, names)
        if places.null_count:
            first = int(
                np.flatnonzero(places.is_null().to_numpy(zero_copy_only=False))[0]
            )
            raise EvaluationError(
                [f"truth: {places.null_count} of its records are not in the {what} "
                 f"table, first {keys[first].as_py()}; give the truth of these tables "
                 "alone"]
            )  # fmt: skip
        found.append(places.to_numpy())
    return found[0], found[1]


def recall_by_group(
    judged: Judged,
    labels: Sequence[str],
    threshold: float,
    reachable: Flags | None = None,
) -> tuple[Group, ...]:
    """The groups of true pairs, ascending by recall, with what is kept of each.

    ``labels`` has the group of each true pair (:func:`groups_of`).
    """
    names, numbers = np.unique(np.asarray(labels, dtype=object), return_inverse=True)
    where = judged.found_in
    kept = where >= 0
    kept[kept] = judged.probability[where[kept]] >= threshold
    size = len(names)
    totals = np.bincount(numbers, minlength=size)
    found = np.bincount(numbers[kept], minlength=size)
    open_to = None
    if reachable is not None:
        open_to = np.bincount(numbers[reachable], minlength=size)
    groups = [
        Group(
            str(names[one]),
            wilson(int(found[one]), int(totals[one])),
            None if open_to is None else wilson(int(open_to[one]), int(totals[one])),
        )
        for one in range(size)
    ]
    return tuple(sorted(groups, key=lambda one: (one.recall.value or 0, one.name)))


def groups_of(truth: TruePairs, table: pa.Table, ids: str, column: str) -> list[str]:
    """The group of each true pair: its left record's; of one table, both records'.

    A record that the table lacks or says nothing of is in ``(not said)``. A pair of
    one table whose records are in two groups is in ``(several)``.

    Raises:
        EvaluationError: the table lacks a column, names a record twice, or has none
            of the truth's records.
    """
    if column not in table.column_names:
        raise EvaluationError(
            [f"groups: has no column {column}, but {', '.join(table.column_names)}"]
        )
    names = _unique_ids(table, ids, "groups", truth.left)
    groups = table.column(column).cast(pa.large_string()).fill_null(UNSAID)
    groups = groups.combine_chunks()
    places = pc.index_in(truth.left, names)
    if places.null_count == len(places):
        raise EvaluationError(
            ["groups: has none of the truth's "
             f"{'' if truth.one_table else 'left '}records, such as "
             f"{truth.left[0].as_py()}; name the table of these records"]
        )  # fmt: skip
    left = groups.take(places).fill_null(UNSAID)
    if not truth.one_table:
        said: list[str] = left.to_pylist()
        return said
    right = groups.take(pc.index_in(truth.right, names)).fill_null(UNSAID)
    alike: list[str] = pc.if_else(pc.equal(left, right), left, SEVERAL).to_pylist()
    return alike


def _unique_ids(table: pa.Table, ids: str, what: str, like: pa.Array) -> pa.Array:
    names = ids_of(table, ids, what)
    if names.type != like.type:
        raise EvaluationError(
            [f"{what}: {ids} is {names.type}, the truth's ids are {like.type}; write "
             "both in one type"]
        )  # fmt: skip
    if len(pc.unique(names)) < len(names):
        counts = pc.value_counts(names)
        most = int(np.argmax(counts.field("counts").to_numpy()))
        key = counts.field("values")[most].as_py()
        raise EvaluationError(
            [f"{what}: record {key} comes more than once; ids name one record each"]
        )
    return names
