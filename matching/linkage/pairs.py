"""What a linkage found, as the table that it leaves: ids, weights and levels."""

import math
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.linkage.description import Comparison, Description
from matching.linkage.encode import slots
from matching.linkage.fast import Found
from matching.linkage.layout import Floats, Ints

if TYPE_CHECKING:
    from matching.linkage.reference import Pair

MISSING_NAME = "missing"
"""The level of a comparison about which one record or both say nothing."""

SWAPPED_NAME = "swapped"
"""The level of a surname where the forename's level speaks for both."""

_LARGEST_EXPONENT = 1000.0


def line_of(probability: float) -> float:
    """The bits of a probability: log2 of its odds."""
    return math.log2(probability / (1 - probability))


def probabilities(bits: Floats) -> Floats:
    """The probability that each pair is one person, from its bits."""
    bits = np.clip(bits, -_LARGEST_EXPONENT, _LARGEST_EXPONENT)
    return np.asarray(1 / (1 + np.exp2(-bits)))


def ranks(ids: pa.Array) -> Ints:
    """For each record the place of its id among all, in order."""
    if len(ids) < 2 or pc.all(pc.less(ids[:-1], ids[1:])).as_py():
        return np.arange(len(ids))
    order = pc.sort_indices(ids).to_numpy()
    found = np.empty(len(ids), np.int64)
    found[order] = np.arange(len(ids))
    return found


def in_order(found: Found, left: Ints, right: Ints, *, one_table: bool) -> Found:
    """The same pairs by the ranks of their ids, left before right; in one table the
    lower id of a pair on the left."""
    ones, others = found.left, found.right
    if one_table:
        turned = left[ones] > right[others]
        ones, others = np.where(turned, others, ones), np.where(turned, ones, others)
    order = np.lexsort((right[others], left[ones]))
    return Found(
        ones[order], others[order], found.bits[order], found.levels[order],
        found.compared,
    )  # fmt: skip


def pairs_table(
    description: Description, found: Found, left: pa.Array, right: pa.Array
) -> pa.Table:
    """The pairs as they stand: ids, weight in bits, probability, a level by name for
    each comparison in the description's order."""
    columns: dict[str, pa.Array] = {
        "left_id": left.take(pa.array(found.left)),
        "right_id": right.take(pa.array(found.right)),
        "weight": pa.array(found.bits),
        "probability": pa.array(probabilities(found.bits)),
    }
    order = slots(description)
    levels = shown(order, found.levels)
    for one in description.comparisons:
        place = order.index(one)
        columns[f"{one.name}_level"] = pa.DictionaryArray.from_arrays(
            pa.array(levels[:, place]), pa.array(level_names(order)[place], pa.string())
        )
    return pa.table(columns)


def level_names(order: list[Comparison]) -> list[list[str]]:
    """For each comparison the names of its levels by their number, ``missing`` after
    the last; of a surname whose forename may be swapped with it, then that."""
    names = [[*(level.name for level in one.levels), MISSING_NAME] for one in order]
    for c, one in enumerate(order):
        if one.swapped is not None:
            names[c + 1].append(SWAPPED_NAME)
    return names


def shown(order: list[Comparison], levels: np.ndarray) -> np.ndarray:
    """The levels as they are told: a surname for which the forename speaks is swapped,
    where the kernel leaves it out."""
    found = levels.astype(np.int8)
    for c, one in enumerate(order):
        if one.swapped is not None:
            spoken_for = np.isin(found[:, c], one.crosswise)
            found[spoken_for, c + 1] = len(order[c + 1].levels) + 1
    return found


def found_by_reference(description: Description, pairs: "list[Pair]") -> Found:
    """The plain engine's pairs in the form of the fast one's; it does not say how many
    it compared."""
    order = slots(description)
    names = level_names(order)
    levels = [
        [
            min(each.index(pair.levels[one.name]), len(one.levels))
            for one, each in zip(order, names, strict=True)
        ]
        for pair in pairs
    ]
    return Found(
        np.array([pair.left for pair in pairs], np.int32),
        np.array([pair.right for pair in pairs], np.int32),
        np.array([pair.bits for pair in pairs], np.float64),
        np.array(levels, np.int8).reshape(len(pairs), len(order)),
        0,
    )
