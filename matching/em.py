"""Expectation and maximisation: which level frequencies explain the pairs best.

Pairs come in blocks, one for each rule that proposed them. The records of one person
agree alike wherever they are found, so ``m`` is shared by all blocks; how many of a
block's pairs are one person, and how the others agree, is each block's own. What a
block's rule asks for says nothing within it and is left out there. With one block and
two levels this is the method of recordlinkage's ``ECMClassifier``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_SMALLEST = 1e-300


@dataclass(frozen=True, slots=True)
class Block:
    """The pairs that one rule proposed, counted by what they agree on."""

    patterns: Ints
    """A row for each distinct outcome: the level of each comparison, -1 for missing."""
    counts: Floats
    """How many pairs had that outcome."""
    informs: tuple[bool, ...]
    """Which comparisons say anything in this block."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of one comparison, before and after learning."""

    circumstance: Ints
    """Levels of one number exclude each other; their probabilities sum to one."""
    m: Floats
    u: Floats
    m_seen: Floats
    """How many imagined pairs of one person have reached each level already."""
    u_seen: Floats


@dataclass(frozen=True, slots=True)
class Learnt:
    m: list[Floats]
    """For each comparison the probability of each level among one person's pairs."""
    u: list[list[Floats]]
    """The same for other pairs, block by block."""
    shares: list[float]
    """For each block the share of its pairs that are one person."""


def learn(
    blocks: Sequence[Block],
    levels: Sequence[Levels],
    *,
    share: float = 0.1,
    rounds: int = 200,
    tolerance: float = 1e-7,
) -> Learnt:
    """Estimates after at most so many rounds, or when none moves by the tolerance."""
    state = Learnt(
        m=[each.m for each in levels],
        u=[[each.u for each in levels] for _ in blocks],
        shares=[share for _ in blocks],
    )
    for _ in range(rounds):
        following = _round(blocks, levels, state)
        moved = _largest_move(state, following)
        state = following
        if moved < tolerance:
            break
    return state


def posterior(
    block: Block, m: Sequence[Floats], u: Sequence[Floats], share: float
) -> Floats:
    """For each pattern of a block the probability of being one person."""
    log_odds = np.full(len(block.counts), np.log(share) - np.log1p(-share))
    for place, informs in enumerate(block.informs):
        if informs:
            ratio = np.log(np.maximum(m[place], _SMALLEST)) - np.log(
                np.maximum(u[place], _SMALLEST)
            )
            log_odds += np.append(ratio, 0.0)[block.patterns[:, place]]
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -700, 700))))


def _round(blocks: Sequence[Block], levels: Sequence[Levels], state: Learnt) -> Learnt:
    m_seen = [each.m_seen.copy() for each in levels]
    new_u, shares = [], []
    for block, u, share in zip(blocks, state.u, state.shares, strict=True):
        same = posterior(block, state.m, u, share) * block.counts
        other = block.counts - same
        shares.append(float(np.clip(same.sum() / block.counts.sum(), 1e-9, 1 - 1e-9)))
        block_u = list(u)
        for place, (each, informs) in enumerate(
            zip(levels, block.informs, strict=True)
        ):
            if not informs:
                continue
            m_seen[place] += _counted(block.patterns[:, place], same, each)
            others = each.u_seen + _counted(block.patterns[:, place], other, each)
            block_u[place] = _shares_of(others, each.circumstance, u[place])
        new_u.append(block_u)
    new_m = [
        _shares_of(seen, each.circumstance, old)
        for seen, each, old in zip(m_seen, levels, state.m, strict=True)
    ]
    return Learnt(new_m, new_u, shares)


def _counted(level: Ints, weight: Floats, levels: Levels) -> Floats:
    known = level >= 0
    size = len(levels.circumstance)
    return np.bincount(level[known], weights=weight[known], minlength=size).astype(
        np.float64
    )


def _shares_of(seen: Floats, circumstance: Ints, otherwise: Floats) -> Floats:
    """Counts as shares of their circumstance; where nothing was seen, as before."""
    totals = np.bincount(circumstance, weights=seen)[circumstance]
    return np.where(totals > 0, seen / np.maximum(totals, _SMALLEST), otherwise)


def _largest_move(before: Learnt, after: Learnt) -> float:
    moves = [
        float(np.abs(old - new).max())
        for old, new in zip(before.m, after.m, strict=True)
    ]
    moves += [
        abs(old - new) for old, new in zip(before.shares, after.shares, strict=True)
    ]
    return max(moves)
