"""Records of one table become people by average link, under what people decided."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.linkage import clusters as of
from matching.linkage.clusters import Decisions, DecisionsContradict, clusters

NAT = 1 / math.log(2)


def pairs_of(*pairs):
    return (
        np.array([one for one, _ in pairs], np.int64),
        np.array([other for _, other in pairs], np.int64),
    )


def found(records, weighed, line=0.0, decisions=of.NO_DECISIONS):
    bits = np.array(list(weighed.values()), np.float64)
    return clusters(records, pairs_of(*weighed), bits, line, decisions)


def groups(records, weighed, line=0.0, decisions=of.NO_DECISIONS):
    first = found(records, weighed, line, decisions).first
    return {tuple(np.flatnonzero(first == one).tolist()) for one in set(first.tolist())}


def plainly(records, weighed, line, decisions):
    """The same by looking at every two groups again and again."""
    same = [frozenset(pair) for pair in zip(*decisions.same, strict=True)]
    apart = {frozenset(pair) for pair in zip(*decisions.different, strict=True)}
    edges = {frozenset(pair): bits for pair, bits in weighed.items()}

    def mean(one, other):
        every = [frozenset((i, j)) for i in one for j in other]
        if apart & set(every):
            return -math.inf
        missing = min(-NAT, line - NAT)
        return sum(edges.get(pair, missing) for pair in every) / len(every)

    people = [frozenset({record}) for record in range(records)]
    for pair in same:
        one, other = (next(g for g in people if record in g) for record in sorted(pair))
        people = [g for g in people if g not in (one, other)] + [one | other]
    while len(people) > 1:
        best = max(combinations(people, 2), key=lambda two: mean(*two))
        if mean(*best) < line:
            break
        people = [g for g in people if g not in best] + [best[0] | best[1]]
    return {tuple(sorted(group)) for group in people}


@st.composite
def worlds(draw):
    records = draw(st.integers(1, 9))
    every = list(combinations(range(records), 2))
    chosen = draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    bits = draw(
        st.lists(
            st.floats(0, 20, width=32), min_size=len(chosen), max_size=len(chosen),
            unique=True,
        )
    )  # fmt: skip
    judged = draw(st.dictionaries(st.sampled_from(every), st.booleans(), max_size=3)
                  if every else st.just({}))  # fmt: skip
    # made a little uneven, so that no two means are the same by chance
    weighed = {
        pair: float(one) + 1e-3 * math.sqrt(place + 2)
        for place, (pair, one) in enumerate(zip(chosen, bits, strict=True))
    }
    decisions = Decisions(
        pairs_of(*(pair for pair, same in judged.items() if same)),
        pairs_of(*(pair for pair, same in judged.items() if not same)),
    )
    return records, weighed, decisions


@settings(max_examples=150)
@given(worlds())
def test_clusters_are_those_of_the_plain_procedure(world):
    records, weighed, decisions = world
    try:
        people = groups(records, weighed, 0.0, decisions)
    except DecisionsContradict:
        return
    assert people == plainly(records, weighed, 0.0, decisions)


@settings(max_examples=50)
@given(worlds(), st.randoms())
def test_the_order_of_pairs_changes_nothing(world, random):
    records, weighed, decisions = world
    other = list(weighed.items())
    random.shuffle(other)
    turned = {(pair[::-1] if random.random() < 0.5 else pair): w for pair, w in other}
    try:
        people = groups(records, weighed, 0.0, decisions)
    except DecisionsContradict:
        return
    assert people == groups(records, turned, 0.0, decisions)


def test_a_cluster_is_named_after_its_lowest_record():
    assert found(5, {(4, 1): 9.0, (1, 3): 9.0, (3, 4): 9.0}).first.tolist() == [
        0, 1, 2, 1, 1,
    ]  # fmt: skip


def test_one_weak_link_does_not_chain_two_families_together():
    families = {pair: 10.0 for three in ((0, 1, 2), (3, 4, 5))
                for pair in combinations(three, 2)}  # fmt: skip
    assert groups(6, families | {(2, 3): 2.0}) == {(0, 1, 2), (3, 4, 5)}


def test_records_judged_different_stay_apart_whatever_they_weigh():
    decisions = Decisions(different=pairs_of((0, 1)))
    weighed = {(0, 1): 40.0, (1, 2): 3.0}
    assert groups(3, weighed, decisions=decisions) == {(0,), (1, 2)}


def test_records_judged_the_same_are_together_without_any_weight():
    decisions = Decisions(same=pairs_of((0, 2)))
    assert groups(3, {}, decisions=decisions) == {(0, 2), (1,)}


def test_decisions_that_contradict_are_told_with_the_path_between_them():
    decisions = Decisions(pairs_of((3, 1), (1, 2), (0, 5)), pairs_of((2, 3)))
    with pytest.raises(DecisionsContradict) as caught:
        groups(6, {}, decisions=decisions)
    assert caught.value.paths == [[2, 1, 3]]


def test_a_pair_judged_both_ways_is_a_contradiction():
    decisions = Decisions(pairs_of((0, 1)), pairs_of((1, 0)))
    with pytest.raises(DecisionsContradict) as caught:
        groups(2, {}, decisions=decisions)
    assert caught.value.paths == [[0, 1]]


def test_a_very_large_set_is_parted_at_its_weakest_pairs_and_told(monkeypatch):
    monkeypatch.setattr(of, "LARGEST", 3)
    weighed = {(0, 1): 9.0, (1, 2): 8.0, (2, 3): 1.0, (3, 4): 9.5, (0, 2): 8.5}
    result = found(6, weighed)
    assert result.first.tolist() == [0, 0, 0, 3, 3, 5]
    assert result.parted == ((0, 5),)


def test_no_records_make_no_clusters():
    assert groups(0, {}) == set()
    assert groups(1, {}) == {(0,)}
