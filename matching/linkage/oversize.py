"""How many pairs each blocking rule makes, before any is compared."""

from dataclasses import dataclass

import numpy as np

from matching.linkage.description import Description, Rule
from matching.linkage.layout import Work


@dataclass(frozen=True, slots=True)
class Block:
    """What a rule makes of two tables, and the key that most records share."""

    rule: Rule
    pairs: int
    """Pairs with one key; those that other rules make as well are counted here too."""
    keys: int
    """Keys that both sides have."""
    left: int
    right: int
    """Records of either side that share the largest key."""
    largest: int
    """The pairs of that key."""
    example: int
    """The place of a left record that has it; -1 where there is no key."""


def blocks(description: Description, work: Work) -> tuple[Block, ...]:
    """One for each rule, in the description's order."""
    keys = len(work.key_starts) - 1
    rights = np.diff(work.key_starts)
    lefts = np.bincount(work.key, minlength=keys).astype(np.int64)
    found = []
    for place, rule in enumerate(description.blocking):
        own = np.arange(*work.rule_keys[place : place + 2])
        if work.one_table and rule.mirrored:
            sizes = lefts[own] * (lefts[own] - 1) // 2
        else:
            sizes = lefts[own] * rights[own]
        if not len(own):
            found.append(Block(rule, 0, 0, 0, 0, 0, -1))
            continue
        key = int(own[np.argmax(sizes)])
        first = int(np.searchsorted(work.key, key))
        found.append(
            Block(
                rule, int(sizes.sum()), len(own), int(lefts[key]), int(rights[key]),
                int(sizes.max()), int(work.record[first]),
            )
        )  # fmt: skip
    return tuple(found)


def oversize(found: tuple[Block, ...], most: float, ids: object) -> list[str]:
    """A fault for each rule that makes more than so many pairs, and how to mend it.

    ``ids`` are the left table's, to name a record of the largest key by.
    """
    faults = []
    for one in found:
        if one.pairs <= most:
            continue
        sides = f"{one.left:,} left and {one.right:,} right records"
        if one.left == one.right and one.largest < one.left * one.right:
            sides = f"{one.left:,} records"
        faults.append(
            f"blocking: {one.rule.name} makes {one.pairs:,} pairs, more than "
            f"{most:,.0f}. Its largest key is shared by {sides}, record "
            f"{ids[one.example]} among them, and makes {one.largest:,}. Add a term to "  # type: ignore[index]
            "the rule, mend the value if it stands for none, or raise --largest-rule"
        )
    return faults
