"""The pairs that share a key of any rule, by recordlinkage's Index.

No block is cut short: a key that thousands share costs time, never a child.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import recordlinkage
from recordlinkage.base import BaseIndexAlgorithm
from recordlinkage.index import Block

from matching.blocking import Keyed, Rule
from matching.frames import Ints, Side

PAIRS_AT_ONCE = 250_000
"""How many candidate pairs are held in memory, unless one left record has more."""


class SharedKey(BaseIndexAlgorithm):  # type: ignore[misc]
    """A rule as an algorithm of recordlinkage's Index.

    The frames that it is given hold persons, named by their index; keys it has already.
    """

    def __init__(self, left_keys: pd.DataFrame, right_keys: pd.DataFrame) -> None:
        super().__init__()
        self.left_keys = left_keys
        self.right_keys = right_keys

    def _link_index(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> pd.MultiIndex:
        left = self.left_keys[self.left_keys["person"].isin(df_a.index)]
        right = self.right_keys[self.right_keys["person"].isin(df_b.index)]
        rows = Block("key").index(
            left.reset_index(drop=True), right.reset_index(drop=True)
        )
        return pd.MultiIndex.from_arrays(
            [
                left["person"].to_numpy()[rows.codes[0]],
                right["person"].to_numpy()[rows.codes[1]],
            ]
        ).drop_duplicates()


def candidate_pairs(
    left: Side, right: Side, rules: tuple[Rule, ...], limit: int = PAIRS_AT_ONCE
) -> Iterator[tuple[Ints, Ints]]:
    """The union of all rules' pairs as positions, ascending, some left persons at once.

    Every pair comes once. A chunk holds at most ``limit`` pairs, but always all the
    pairs of a left person.
    """
    algorithms = []
    expected = np.zeros(len(left), dtype=np.int64)
    for rule in rules:
        left_keys, right_keys = _frame(rule.left(left)), _frame(rule.right(right))
        left_keys = left_keys[left_keys["key"].isin(right_keys["key"])]
        right_keys = right_keys[right_keys["key"].isin(left_keys["key"])]
        sizes = right_keys["key"].value_counts()
        np.add.at(
            expected,
            left_keys["person"].to_numpy(),
            left_keys["key"].map(sizes).to_numpy(dtype=np.int64),
        )
        algorithms.append(SharedKey(left_keys, right_keys))
    everyone = pd.DataFrame(index=np.arange(len(right), dtype=np.int64))
    for persons in _chunks(expected, limit):
        index = recordlinkage.Index(algorithms)
        pairs = index.index(pd.DataFrame(index=persons), everyone)
        lefts = pairs.get_level_values(0).to_numpy(dtype=np.int64)
        rights = pairs.get_level_values(1).to_numpy(dtype=np.int64)
        order = np.lexsort((rights, lefts))
        yield lefts[order], rights[order]


def _frame(keys: Keyed) -> pd.DataFrame:
    texts = pd.Series(keys.key.to_pylist(), dtype=object)
    return pd.DataFrame({"person": keys.person, "key": texts})


def _chunks(expected: Ints, limit: int) -> Iterator[Ints]:
    start, total = 0, 0
    for person, size in enumerate(expected.tolist()):
        if total and total + size > limit:
            yield np.arange(start, person, dtype=np.int64)
            start, total = person, 0
        total += size
    if total:
        yield np.arange(start, len(expected), dtype=np.int64)
