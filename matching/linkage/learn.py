"""Learning the numbers of a linkage from its tables alone: nobody says who is who.

``u`` comes from counting (``chance``), ``m`` from expectation and maximisation over the
pairs of all rules at once (``mixture``), the number of matches from the probabilities
of the pairs that are found with them. What did not converge is refused by name.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from matching.linkage import blocks as of_rules
from matching.linkage.beliefs import DECADES_APART, belief, decades_apart
from matching.linkage.cells import Cells, Counter, counter
from matching.linkage.chance import (
    LEAST_STRANGERS,
    Agreement,
    agreements,
    chance,
    with_swapped,
)
from matching.linkage.description import Comparison, Description
from matching.linkage.encode import Encoded, slots
from matching.linkage.fast import Found, search
from matching.linkage.layout import Floats
from matching.linkage.mixture import (
    Block,
    Fitted,
    Kinds,
    State,
    begin,
    fitted,
    posterior,
)
from matching.linkage.namesakes import Namesakes, namesakes
from matching.linkage.numbers import (
    FEWEST,
    Numbers,
    Rates,
    pairs_of,
    plan_of,
    prior_bits,
    settled,
)
from matching.pooling import pooled, pools

ROUNDS = 2000
TOLERANCE = 1e-5
_PASSES = 4
_SEARCHES = 6
_MUCH_MORE = 1.0
"""When every pair gains so many bits, pairs that were too faint count as well."""
FAINT = -7.0
"""Pairs of fewer bits add next to nothing to the number of matches."""


class LearningRefused(ValueError):
    """No model can be learnt from these tables; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Report:
    """How learning went."""

    rounds: int
    """Of expectation and maximisation, in all passes."""
    searches: int
    """For pairs whose probabilities sum to the number of matches."""
    matches: float
    shares: dict[str, float]
    """By rule: of its pairs, how many are of one person."""
    merged: tuple[str, ...] = ()
    """Levels that weigh the same because the stronger would have weighed less."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Learnt:
    numbers: Numbers
    report: Report
    found: Found
    """Every pair of :data:`FAINT` bits and more, by these numbers."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that is learnt from."""

    description: Description
    order: list[Comparison]
    sizes: list[int]
    agreement: list[Agreement | None]
    random: Cells
    blocks: list[Block]
    namesakes: list[Namesakes | None]
    alone: dict[int, int]
    """Comparisons by which alone a rule goes, and that rule's block."""
    pairs: int


def learn(
    description: Description,
    encoded: Encoded,
    left_ids: pa.ChunkedArray,
    right_ids: pa.ChunkedArray | None = None,
    threads: int | None = None,
) -> Learnt:
    """The numbers of a linkage, from its two tables or from one against itself.

    The same records give the same numbers, in whatever order they stand.

    Raises:
        LearningRefused: no two records share a key, or a number did not converge.
        TableRefused: there are more comparisons and levels than can be counted.
    """
    ids = left_ids, left_ids if right_ids is None else right_ids
    seen = _seen(description, encoded, ids, threads)
    state, kinds, rounds = _fitted(seen)
    rates, merged = _rates(seen, kinds, state)
    matches = max(_matches_of(seen, state), FEWEST)
    kin = _household_share(seen, state) if description.household else 0.0
    numbers = Numbers(rates=rates, matches=matches, household_share=kin)
    numbers, searches, found = _with_matches(description, numbers, encoded, threads)
    shares = {
        block.name: _short(float(share))
        for block, share in zip(seen.blocks, state.shares[:, 0], strict=True)
    }
    report = Report(
        rounds, searches, numbers.matches, shares, merged, _warnings(seen, state)
    )
    return Learnt(numbers, report, found)


def _seen(
    description: Description,
    encoded: Encoded,
    ids: tuple[pa.ChunkedArray, pa.ChunkedArray],
    threads: int | None,
) -> _Seen:
    order = slots(description)
    sizes = [len(one.levels) for one in order]
    agreement = agreements(description, encoded)
    same_name = namesakes(description, encoded)
    first = _at_first(order, agreement, same_name)
    count = counter(description, encoded, first, ids, threads)
    with ThreadPoolExecutor(1) as pool:
        anybody = pool.submit(count.of_anybody)
        if threads == 1:
            anybody.result()
        blocks, alone = _blocks(description, encoded, count, sizes)
        random = anybody.result()
    if not blocks:
        raise LearningRefused(
            "no two records share a key of any rule, so there is nothing to learn "
            "from: add a blocking rule that proposes pairs, or name a model"
        )
    return _Seen(
        description, order, sizes, agreement, random, blocks, same_name, alone,
        pairs_of(encoded),
    )  # fmt: skip


def _at_first(
    order: list[Comparison],
    agreement: list[Agreement | None],
    same_name: list[Namesakes | None],
) -> Numbers:
    """Numbers whose ``u`` of exact agreement is counted, matches among it."""
    rates = {}
    for one, exact, those in zip(order, agreement, same_name, strict=True):
        u = np.full(len(one.levels), 1 / len(one.levels))
        if exact is not None and exact.of:
            share = min(max(exact.pairs, FEWEST) / exact.of, 0.99)
            u[:] = (1 - share) / (len(u) - 1)
            u[exact.level] = share
        given = those.rates(float(u[0])) if those else ()
        rates[one.name] = Rates(tuple(u.tolist()), tuple(u.tolist()), (), given)
    return Numbers(rates, 1.0)


def _blocks(
    description: Description, encoded: Encoded, count: Counter, sizes: list[int]
) -> tuple[list[Block], dict[int, int]]:
    found: list[Block] = []
    alone: dict[int, int] = {}
    order = slots(description)
    shows_kin = any(one.kind == "surname" for one in order)
    for rule, work, place in of_rules.works(description, encoded):
        whole, partly = of_rules.asked_for(rule, order)
        cells = count.of_rule(work, place, sorted(whole)).without(sorted(whole), sizes)
        if not len(cells.counts):
            continue
        only = of_rules.only_comparison(rule, order)
        if only is not None:
            alone[only] = len(found)
        kin = shows_kin and only is not None
        found.append(
            Block(
                rule.name,
                cells,
                tuple(c not in whole | partly for c in range(len(sizes))),
                tuple(c in partly for c in range(len(sizes))),
                kin=kin and order[only or 0].kind == "postcode",
            )
        )
    return found, alone


def _kinds(seen: _Seen, u: list[Floats]) -> Kinds:
    m = [belief(one) for one in seen.order]
    held = tuple(
        (c, place, DECADES_APART)
        for c, one in enumerate(seen.order)
        for place in decades_apart(one)
    )
    if not any(block.kin for block in seen.blocks):
        return Kinds(m, u, None, held=held)
    kin = []
    for one, strangers, of_one in zip(seen.order, u, m, strict=True):
        kin.append(of_one if one.kind in {"surname", "postcode"} else strangers)
    return Kinds(
        m, u, kin,
        as_one=tuple(c for c, one in enumerate(seen.order) if one.kind == "postcode"),
        held=held,
    )  # fmt: skip


def _fitted(seen: _Seen) -> tuple[State, Kinds, int]:
    u = chance(
        seen.random, seen.random.counts, seen.agreement,
        [one.pairs if one else None for one in seen.agreement], seen.sizes,
    )  # fmt: skip
    kinds = _kinds(seen, with_swapped(seen.order, u))
    state = begin(seen.blocks, kinds)
    rounds = 0
    for _ in range(_PASSES):
        fit = fitted(seen.blocks, kinds, state, ROUNDS, TOLERANCE)
        state, rounds = fit.state, rounds + fit.rounds
        _require_converged(seen, fit)
        u = _strangers(seen, kinds, state)
        kinds = _kinds(seen, u)
    return state, kinds, rounds


def _require_converged(seen: _Seen, fit: Fitted) -> None:
    if not fit.moved:
        return
    words = {"m": "m of", "kin": "how households agree on"}
    names = []
    for name, move in sorted(fit.moved.items(), key=lambda each: -each[1]):
        kind, _, place = name.partition(":")
        if kind == "share":
            names.append(f"the share of matches of {seen.blocks[int(place)].name}")
        else:
            names.append(f"{words[kind]} {seen.order[int(place)].name}")
        names[-1] += f" (by {move:.1g})"
    raise LearningRefused(
        f"after {fit.rounds} rounds these numbers still moved: {', '.join(names)}. "
        "There are too few matches, or nothing tells them from strangers: add a "
        "comparison or a narrower blocking rule, or name a model"
    )


def _matches_of(seen: _Seen, state: State) -> float:
    """The most matches that a rule found."""
    return max(
        float(share) * block.cells.pairs
        for block, share in zip(seen.blocks, state.shares[:, 0], strict=True)
    )


def _household_share(seen: _Seen, state: State) -> float:
    """Of all pairs that are not of one person, how many are of one household."""
    for place, block in enumerate(seen.blocks):
        if not block.kin:
            continue
        c = next(c for c, at in seen.alone.items() if at == place)
        exact = seen.agreement[c]
        stated = exact.of / seen.pairs if exact is not None else 1.0
        of_one = block.cells.pairs * float(state.shares[place, 1])
        level = exact.level if exact is not None else 0
        share = of_one / (max(float(state.kin[c][level]), 0.01) * max(stated, 0.01))
        return _short(min(share / seen.pairs, 0.5))
    return 0.0


def _strangers(seen: _Seen, kinds: Kinds, state: State) -> list[Floats]:
    """``u`` with the pairs of one person, and of one household, taken off."""
    matches = _matches_of(seen, state)
    share = min(matches / seen.pairs, 0.5)
    kin = _household_share(seen, state)
    every = tuple(True for _ in seen.sizes)
    block = Block("", seen.random, every, tuple(False for _ in seen.sizes))
    at_random = State(
        state.m, state.kin, [kinds.m], [kinds.u],
        np.array([[share, kin, 1 - share - kin]]),
    )  # fmt: skip
    strange = posterior(block, at_random, 0)[:, 2] * seen.random.counts
    agreeing: list[float | None] = []
    for c, exact in enumerate(seen.agreement):
        if exact is None:
            agreeing.append(None)
        elif c in seen.alone:
            rule = seen.alone[c]
            agreeing.append(exact.pairs * float(state.shares[rule, 2]))
        else:
            of_one = matches * float(state.m[c][exact.level]) * exact.of / seen.pairs
            agreeing.append(max(exact.pairs - of_one, LEAST_STRANGERS * exact.pairs))
    u = chance(seen.random, strange, seen.agreement, agreeing, seen.sizes)
    return with_swapped(seen.order, u)


def _rates(
    seen: _Seen, kinds: Kinds, state: State
) -> tuple[dict[str, Rates], tuple[str, ...]]:
    rates, merged = {}, []
    for c, one in enumerate(seen.order):
        u = kinds.u[c].tolist()
        m = state.m[c].tolist() if _is_seen(seen, c) else list(u)
        ordered = one.in_order()
        falling = [m[place] for place in ordered], [u[place] for place in ordered]
        for group in pools(*falling):
            if len(group) > 1:
                names = " and ".join(one.levels[ordered[at]].name for at in group)
                merged.append(f"{one.name}: {names}")
        for place, each in zip(ordered, pooled(*falling), strict=True):
            m[place] = each
        kin: tuple[float, ...] = ()
        if seen.description.household:
            kin = tuple(_short(each) for each in state.kin[c].tolist())
        given = tuple(_short(each) for each in _given(seen, state, c, u[0]))
        rates[one.name] = Rates(
            tuple(_short(each) for each in m), tuple(_short(each) for each in u), kin,
            given,
        )  # fmt: skip
    named = {one.name: rates[one.name] for one in seen.description.comparisons}
    return named, tuple(merged)


def _given(seen: _Seen, state: State, c: int, u: float) -> tuple[float, ...]:
    """How strangers who share a forename agree on a code; nothing of other kinds."""
    those = seen.namesakes[c]
    if those is None:
        return ()
    forename = next(k for k, one in enumerate(seen.order) if one.kind == "forename")
    exact = seen.agreement[c]
    stated = exact.of / seen.pairs if exact is not None else 1.0
    matched = _matches_of(seen, state) * stated * float(state.m[forename][0])
    return those.rates(u, (matched, matched * float(state.m[c][0])))


def _is_seen(seen: _Seen, c: int) -> bool:
    """Whether any pair that says something of ``m`` has a value on both sides."""
    return any(
        block.shared[c] and bool((block.cells.levels[:, c] < seen.sizes[c]).any())
        for block in seen.blocks
    )


def _with_matches(
    description: Description, numbers: Numbers, encoded: Encoded, threads: int | None
) -> tuple[Numbers, int, Found]:
    """The numbers with as many matches as their own probabilities sum to; how many
    searches that took, and what the last one found."""
    pairs = pairs_of(encoded)
    for count in range(1, _SEARCHES + 1):
        plan = plan_of(description, numbers, encoded, FAINT - _MUCH_MORE)
        found = search(encoded, plan, threads)
        before = prior_bits(numbers, pairs)
        matches = settled(found.bits - before, numbers, pairs)
        grown = matches / numbers.matches
        numbers = replace(numbers, matches=_short(matches))
        more = prior_bits(numbers, pairs) - before
        if more < _MUCH_MORE:
            return numbers, count, found.shifted(more, FAINT)
    raise LearningRefused(
        f"the number of matches did not settle (at last it grew {grown:.1f} times): "
        "too little tells matches from strangers: add a comparison, or name a model"
    )


def _warnings(seen: _Seen, state: State) -> tuple[str, ...]:
    found = []
    for c, one in enumerate(seen.order):
        if not _is_seen(seen, c):
            found.append(
                f"{one.name} weighs nothing: no pair that a rule proposes has it on "
                "both sides without the rule asking for it"
            )
    for block, share in zip(seen.blocks, state.shares[:, 0], strict=True):
        if share * block.cells.pairs < 1:
            found.append(f"rule {block.name} finds no match")
    return tuple(found)


def _short(value: float) -> float:
    return float(f"{value:.10g}")
