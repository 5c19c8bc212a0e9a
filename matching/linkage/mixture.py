"""Which kinds of pairs explain best what pairs agree on: one person, kin, strangers.

Pairs come in blocks, one for each rule. The records of one person agree alike wherever
they are found, so ``m`` is shared by all blocks, and so is how members of one household
agree; how many of each kind a block has, and how its strangers agree, is its own.
What a block's rule asks for says nothing within it. Of what it asks for in part, as
the first letters of a name, the block learns an ``m`` for itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from matching.linkage.cells import Cells
from matching.linkage.layout import Floats
from matching.linkage.mixture_kernel import counted, likelihoods

_SMALLEST = 1e-300
BELIEVED = 2.0
"""How many imagined pairs of one person have been seen before any."""
BELIEVED_KIN = 20.0
KIN_MAY_MOVE = 0.1
"""How much a relative move of what households agree on counts beside other moves."""
STRANGERS_LIKE_ALL = 0.1
"""Strangers of a block count as agreeing like any strangers, to this share of its
pairs: in a block of matches alone, those in poor shape do not become its strangers."""


@dataclass(frozen=True, slots=True)
class Block:
    """The pairs of one rule."""

    name: str
    cells: Cells
    shared: tuple[bool, ...]
    """Of which comparisons the shared ``m`` holds."""
    own: tuple[bool, ...]
    """For which it has an ``m`` for itself."""
    kin: bool = False
    """Whether it shows households: all its pairs are of one postcode."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """What is believed of the comparisons at the start."""

    m: list[Floats]
    u: list[Floats]
    kin: list[Floats] | None
    """How members of a household agree; none where they are not asked for."""
    as_one: tuple[int, ...] = ()
    """What they agree on as one person does."""
    held: tuple[tuple[int, int, float], ...] = ()
    """Comparisons and levels whose ``m`` is believed and not learnt."""


@dataclass(frozen=True, slots=True)
class State:
    m: list[Floats]
    kin: list[Floats]
    own: list[list[Floats]]
    """For each block its own ``m``, where it has one."""
    u: list[list[Floats]]
    shares: Floats
    """(blocks, 3): of one person, of one household, strangers."""


@dataclass(frozen=True, slots=True)
class Fitted:
    state: State
    rounds: int
    moved: dict[str, float] = field(default_factory=dict)
    """What still moved at the end, by name, and how far."""


def begin(blocks: Sequence[Block], kinds: Kinds) -> State:
    """Where expectation and maximisation starts from."""
    shares = np.zeros((len(blocks), 3))
    shares[:, 0] = 0.1
    if kinds.kin is not None:
        shares[:, 1] = [0.1 if block.kin else 0.01 for block in blocks]
    shares[:, 2] = 1 - shares.sum(axis=1)
    return State(
        m=list(kinds.m),
        kin=list(kinds.kin or kinds.u),
        own=[list(kinds.m) for _ in blocks],
        u=[list(kinds.u) for _ in blocks],
        shares=shares,
    )


def fitted(
    blocks: Sequence[Block], kinds: Kinds, state: State, rounds: int, tolerance: float
) -> Fitted:
    """The state after at most so many rounds, or when a round moves nothing further.

    Two rounds tell where the next ones lead: the state leaps there (SQUAREM: Varadhan
    and Roland, 2008). A leap after which rounds move more than before is taken back.
    """
    done, longest = 0, 1.0
    moved: dict[str, float] = {}
    last, last_step = state, np.inf
    while done < rounds:
        first = one_round(blocks, kinds, state)
        done += 1
        moved = _moved(blocks, state, first, tolerance)
        step = float(np.linalg.norm(_flat(first) - _flat(state)))
        if step > last_step:
            state, last_step, longest = last, np.inf, 1.0
            continue
        if not moved or done == rounds:
            state = first
            break
        last = one_round(blocks, kinds, first)
        done += 1
        state, length = _leap((state, first, last), longest)
        last_step = step
        longest = longest * 4 if length == longest else longest
    return Fitted(state, done, moved)


def _leap(states: tuple[State, State, State], longest: float) -> tuple[State, float]:
    """Where two rounds lead, and how many times as far as they went; where a share
    would not be above 0, less far."""
    start, first, second = map(_flat, states)
    step, bend = first - start, second - 2 * first + start
    size = float(np.linalg.norm(bend))
    length = min(float(np.linalg.norm(step)) / size, longest) if size else 1.0
    while length > 1:
        there = start + 2 * length * step + length**2 * bend
        if (there[start > 0] > 0).all():
            return _with(states[0], there), length
        length = (length - 1) / 2
    return states[2], 1.0


def _flat(state: State) -> Floats:
    parts = [*state.m, *state.kin, state.shares.ravel()]
    for each in (*state.own, *state.u):
        parts += each
    return np.concatenate(parts)


def _with(like: State, numbers: Floats) -> State:
    """A state of the shape of another."""
    at = 0

    def taken(each: Floats) -> Floats:
        nonlocal at
        at += each.size
        return numbers[at - each.size : at].reshape(each.shape)

    m, kin = ([taken(one) for one in each] for each in (like.m, like.kin))
    shares = taken(like.shares)
    own, u = (
        [[taken(one) for one in each] for each in every] for every in (like.own, like.u)
    )
    return State(m, kin, own, u, shares)


def one_round(blocks: Sequence[Block], kinds: Kinds, state: State) -> State:
    """What the pairs say, each counted as one person, kin or strangers by its odds."""
    m_seen = [each * BELIEVED for each in kinds.m]
    kin_seen = [each * BELIEVED_KIN for each in kinds.kin or kinds.u]
    shares, own, u = [], [], []
    for place, block in enumerate(blocks):
        kind = posterior(block, state, place)
        totals = block.cells.counts @ kind
        shares.append(totals / max(totals.sum(), _SMALLEST))
        like_all = STRANGERS_LIKE_ALL * float(block.cells.counts.sum())
        block_own, block_u = list(state.own[place]), list(state.u[place])
        width = max(map(len, kinds.m)) + 1
        seen = counted(block.cells.levels, kind, block.cells.counts, width)
        for c in _asked(block):
            same, kin, strange = seen[c, : len(kinds.m[c])].T
            if block.shared[c]:
                m_seen[c] += same
            else:
                block_own[c] = _shares_of(same + kinds.m[c] * BELIEVED)
            if not block.kin:
                block_u[c] = _shares_of(strange + kinds.u[c] * like_all)
            elif block.shared[c]:
                kin_seen[c] += kin
        own.append(block_own)
        u.append(block_u)
    m = [_shares_of(seen) for seen in m_seen]
    for c, held, share in kinds.held:
        m[c] = _with_share(m[c], held, share)
    kin_m = [_shares_of(seen) for seen in kin_seen]
    for c in kinds.as_one:
        kin_m[c] = m[c]
    return State(m, kin_m, own, u, np.clip(np.array(shares), 0.0, 1.0))


def _asked(block: Block) -> list[int]:
    """The comparisons that say anything in a block."""
    return [
        c for c, any_m in enumerate(zip(block.shared, block.own, strict=True))
        if any(any_m)
    ]  # fmt: skip


def posterior(block: Block, state: State, place: int) -> Floats:
    """(cells, 3): for each cell how likely its pairs are of each kind."""
    cells = block.cells
    logs = np.zeros((len(state.m), 1 + max(map(len, state.m)), 3))
    for c in _asked(block):
        size, shared = len(state.m[c]), block.shared[c]
        one = state.m[c] if shared else state.own[place][c]
        kin = state.kin[c] if shared else one
        each = np.column_stack([one, kin, state.u[place][c]])
        logs[c, :size] = np.log(np.maximum(each, _SMALLEST))
    with np.errstate(divide="ignore"):
        shares = np.log(state.shares[place])
    rarity = cells.rarity * np.log(2)
    return np.asarray(likelihoods(cells.levels, rarity, logs, shares))


def _shares_of(seen: Floats) -> Floats:
    return np.asarray(seen / max(seen.sum(), _SMALLEST))


def _with_share(shares: Floats, level: int, share: float) -> Floats:
    others = shares.copy()
    others[level] = 0.0
    others *= (1 - share) / max(others.sum(), _SMALLEST)
    others[level] = share
    return others


def _moved(
    blocks: Sequence[Block], before: State, after: State, tolerance: float
) -> dict[str, float]:
    """What moved by more than the tolerance, by what it is.

    Of households counts how they and strangers agree together: few kin who agree often
    and many who agree seldom are hard to tell apart, and score alike.
    """
    moves = {
        f"m:{c}": float(np.abs(old - new).max())
        for c, (old, new) in enumerate(zip(before.m, after.m, strict=True))
    }
    for place, block in enumerate(blocks):
        moves[f"share:{place}"] = abs(
            float(before.shares[place, 0] - after.shares[place, 0])
        )
        if block.kin:
            for c in np.flatnonzero(block.shared).tolist():
                old, new = _of_two(before, place, c), _of_two(after, place, c)
                move = float(np.abs(new / old - 1).max())
                moves[f"kin:{c}"] = move * KIN_MAY_MOVE
    return {name: move for name, move in moves.items() if move > tolerance}


def _of_two(state: State, place: int, c: int) -> Floats:
    """How those of a block agree who are not one person, kin or strangers."""
    shares = state.shares[place]
    both = shares[1] * state.kin[c] + shares[2] * state.u[place][c]
    return np.asarray(np.maximum(both, 1e-9))
