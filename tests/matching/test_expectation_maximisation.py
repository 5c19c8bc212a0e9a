"""Our expectation and maximisation against recordlinkage's, and against the truth."""

import itertools

import numpy as np
import pandas as pd
import pytest
import recordlinkage
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.em import Block, Levels, learn, posterior
from matching.pooling import pooled

ROUNDS = 7
FIELDS = 4


def binary_levels():
    """The starting point of recordlinkage's method ``jaro``; level 0 is agreement."""
    nothing = np.zeros(2)
    return Levels(
        circumstance=np.zeros(2, dtype=np.int64),
        m=np.array([0.9, 0.1]),
        u=np.array([0.1, 0.9]),
        m_seen=nothing,
        u_seen=nothing,
    )


def agreements(seed, size=4000, share=0.2):
    rng = np.random.default_rng(seed)
    m, u = rng.uniform(0.7, 0.98, FIELDS), rng.uniform(0.02, 0.4, FIELDS)
    same = rng.random(size) < share
    return (rng.random((size, FIELDS)) < np.where(same[:, None], m, u)).astype(int)


def block_of(agreement, informs=None):
    patterns, counts = np.unique(1 - agreement, axis=0, return_counts=True)
    return Block(
        patterns.astype(np.int64),
        counts.astype(np.float64),
        informs or (True,) * agreement.shape[1],
    )


@pytest.mark.parametrize("seed", range(5))
def test_one_block_of_two_levels_is_the_ecm_classifier(seed):
    agreement = agreements(seed)
    oracle = recordlinkage.ECMClassifier(init="jaro", max_iter=ROUNDS, atol=0)
    frame = pd.DataFrame(agreement, columns=list("abcd"))
    frame.index = pd.MultiIndex.from_arrays([range(len(frame)), range(len(frame))])
    oracle.fit(frame)

    block = block_of(agreement)
    found = learn(
        [block], [binary_levels()] * FIELDS, share=0.1, rounds=ROUNDS, tolerance=0
    )

    assert found.shares[0] == pytest.approx(oracle.p, abs=1e-9)
    for field, m, u in zip("abcd", found.m, found.u[0], strict=True):
        assert m[0] == pytest.approx(oracle.m_probs[field][1], abs=1e-9)
        assert u[0] == pytest.approx(oracle.u_probs[field][1], abs=1e-9)

    ours = posterior(block, found.m, found.u[0], found.shares[0])
    theirs = oracle.prob(frame).to_numpy()
    by_pattern = {
        tuple(pattern): probability
        for pattern, probability in zip(block.patterns.tolist(), ours, strict=True)
    }
    expected = [by_pattern[tuple(row)] for row in (1 - agreement).tolist()]
    assert np.abs(theirs - expected).max() < 1e-9


def several_levels(seed, size=60_000):
    """Two blocks of pairs with five fields of three levels, and their truth."""
    rng = np.random.default_rng(seed)
    shapes = [[0.8, 0.15, 0.05], [0.7, 0.1, 0.2], [0.9, 0.06, 0.04]]
    m = [np.array(shapes[field % 3]) for field in range(5)]
    blocks = []
    for blocked, share in ((0, 0.1), (2, 0.4)):
        u = [rng.dirichlet([1, 3, 12]) for _ in m]
        same = rng.random(size) < share
        level = np.stack(
            [
                np.where(
                    same,
                    rng.choice(3, size, p=m[field]),
                    rng.choice(3, size, p=u[field]),
                )
                for field in range(5)
            ],
            axis=1,
        )
        level[:, blocked] = 0
        level[rng.random((size, 5)) < 0.1] = -1
        patterns, counts = np.unique(level, axis=0, return_counts=True)
        informs = tuple(field != blocked for field in range(5))
        blocks.append(Block(patterns, counts.astype(float), informs))
    return blocks, m


def test_known_parameters_are_recovered():
    blocks, truth = several_levels(4)
    start = Levels(
        circumstance=np.zeros(3, dtype=np.int64),
        m=np.array([0.6, 0.2, 0.2]),
        u=np.array([0.1, 0.2, 0.7]),
        m_seen=np.zeros(3),
        u_seen=np.zeros(3),
    )
    found = learn(blocks, [start] * 5, rounds=3000, tolerance=1e-9)
    assert found.shares == pytest.approx([0.1, 0.4], abs=0.03)
    for m, expected in zip(found.m, truth, strict=True):
        assert m == pytest.approx(expected, abs=0.03)


def test_a_belief_holds_where_nothing_is_seen():
    belief = Levels(
        circumstance=np.array([0, 0, 1, 1]),
        m=np.array([0.9, 0.1, 0.7, 0.3]),
        u=np.array([0.2, 0.8, 0.4, 0.6]),
        m_seen=np.array([0.0, 0.0, 0.0, 0.0]),
        u_seen=np.zeros(4),
    )
    block = Block(np.array([[0], [1]]), np.array([30.0, 70.0]), (True,))
    found = learn([block], [belief])
    assert found.m[0][2:] == pytest.approx([0.7, 0.3])
    assert found.m[0][:2].sum() == pytest.approx(1)


RATIOS = st.lists(
    st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)), min_size=1, max_size=8
)


@given(RATIOS)
@settings(max_examples=150)
def test_pooling_makes_ratios_fall_and_keeps_the_sum(levels):
    m, u = zip(*levels, strict=True)
    found = pooled(m, u)
    ratios = [one / other for one, other in zip(found, u, strict=True)]
    assert all(a >= b * (1 - 1e-9) for a, b in itertools.pairwise(ratios))
    assert sum(found) == pytest.approx(sum(m))


def test_pooling_leaves_alone_what_falls_already():
    assert pooled([0.9, 0.09, 0.01], [0.1, 0.2, 0.7]) == pytest.approx(
        [0.9, 0.09, 0.01]
    )
