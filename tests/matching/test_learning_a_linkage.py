"""The numbers of a linkage are learnt from its tables; nobody says who is who."""

import itertools
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_towns import described, towns

from matching.linkage import learn as learning
from matching.linkage.cells import Cells
from matching.linkage.chance import agreements, chance
from matching.linkage.encode import encode, slots
from matching.linkage.fast import search
from matching.linkage.learn import LearningRefused, learn
from matching.linkage.mixture import Block, Kinds, begin, fitted, one_round
from matching.linkage.numbers import plan_of
from matching.linkage.reference import search as plain_search
from matching.linkage.tables import TableRefused

TRUE_M = [np.array([0.9, 0.06, 0.04]), np.array([0.8, 0.2]), np.array([0.95, 0.05])]
TRUE_U = [np.array([0.02, 0.08, 0.9]), np.array([0.1, 0.9]), np.array([0.3, 0.7])]


def cells_of(share, m, u, pairs=1e7):
    """Every pattern as often as it is expected."""
    patterns = np.array(list(itertools.product(*(range(len(each)) for each in m))))
    one = np.prod([each[patterns[:, c]] for c, each in enumerate(m)], axis=0)
    other = np.prod([each[patterns[:, c]] for c, each in enumerate(u)], axis=0)
    counts = pairs * (share * one + (1 - share) * other)
    return Cells(patterns, np.zeros(len(counts)), counts, int(pairs))


def block(share, m=TRUE_M, u=TRUE_U, blind=None):
    cells = cells_of(share, m, u)
    shared = tuple(c != blind for c in range(len(m)))
    if blind is not None:
        cells = cells.without([blind], [len(each) for each in m])
    return Block(f"without {blind}", cells, shared, tuple(False for _ in m))


def even(sizes=(3, 2, 2)):
    m = [np.array([0.85] + [0.15 / (size - 1)] * (size - 1)) for size in sizes]
    return Kinds(m, [each.copy() for each in TRUE_U], None)


def link(description, left, right):
    encoded = encode(description, left, right)
    ids = None if right is None else right["ref"]
    return encoded, learn(description, encoded, left["ref"], ids)


@pytest.fixture(scope="module")
def town():
    return towns()


@pytest.fixture(scope="module")
def learnt(town):
    return link(described(), town[0], town[1])[1]


def test_known_rates_are_recovered_from_the_patterns_they_make():
    blocks = [block(0.3), block(0.05, blind=0), block(0.6, blind=1)]
    kinds = even()
    fit = fitted(blocks, kinds, begin(blocks, kinds), 2000, 1e-8)
    assert not fit.moved
    for found, true in zip(fit.state.m, TRUE_M, strict=True):
        assert found == pytest.approx(true, abs=1e-3)
    assert fit.state.shares[:, 0] == pytest.approx([0.3, 0.05, 0.6], abs=0.02)


@settings(deadline=None, max_examples=10)
@given(
    counts=st.lists(st.integers(1, 1000), min_size=12, max_size=12),
    share=st.floats(0.01, 0.9),
)
def test_leaps_end_where_many_plain_rounds_end(counts, share):
    cells = cells_of(share, TRUE_M, TRUE_U)
    seen = Cells(cells.levels, cells.rarity, np.array(counts, float), 1)
    blocks = [Block("any", seen, (True,) * 3, (False,) * 3), block(0.3)]
    kinds = even()
    state = begin(blocks, kinds)
    fit = fitted(blocks, kinds, state, 10_000, 1e-10)
    for _ in range(20 * fit.rounds):
        state = one_round(blocks, kinds, state)
    assert not fit.moved
    assert fit.state.shares == pytest.approx(state.shares, abs=1e-5)
    for found, plain in zip(fit.state.m, state.m, strict=True):
        assert found == pytest.approx(plain, abs=1e-5)
        assert found.sum() == pytest.approx(1)


def test_leaps_spare_most_rounds():
    blocks = [block(0.02, blind=0), block(0.6, blind=1)]
    kinds = even()
    fit = fitted(blocks, kinds, begin(blocks, kinds), 2000, 1e-6)
    state, plain, moved = begin(blocks, kinds), 0, 1.0
    while moved > 1e-6:
        following = one_round(blocks, kinds, state)
        moved = max(
            np.abs(one - other).max()
            for one, other in zip(
                [*state.m, state.shares], [*following.m, following.shares], strict=True
            )
        )
        state, plain = following, plain + 1
    assert not fit.moved
    assert fit.rounds < plain / 2


def test_cells_blind_to_a_comparison_keep_every_pair():
    cells = cells_of(0.3, TRUE_M, TRUE_U)
    blind = cells.without([0], [3, 2, 2])
    assert blind.counts.sum() == pytest.approx(cells.counts.sum())
    assert set(blind.levels[:, 0].tolist()) == {3}
    assert len(blind.counts) == 4


@settings(deadline=None)
@given(
    counts=st.lists(st.integers(0, 1000), min_size=12, max_size=12).filter(any),
    share=st.floats(0.01, 0.9),
)
def test_a_round_leaves_probabilities_whatever_was_counted(counts, share):
    cells = cells_of(share, TRUE_M, TRUE_U)
    seen = Cells(cells.levels, cells.rarity, np.array(counts, float), 1)
    blocks = [Block("any", seen, (True,) * 3, (False,) * 3)]
    kinds = even()
    state = one_round(blocks, kinds, begin(blocks, kinds))
    for each in state.m + state.u[0]:
        assert (each > 0).all()
        assert each.sum() == pytest.approx(1)


def test_exact_agreement_among_all_pairs_is_counted_and_not_sampled(town):
    left, right, _ = town
    description = described()
    found = agreements(description, encode(description, left, right))
    by_name = {
        one.name: each
        for one, each in zip(slots(description), found, strict=True)
    }  # fmt: skip
    for name, column in (("surname", "surname"), ("dob", "dob")):
        ours, theirs = left[column].to_pylist(), right[column].to_pylist()
        assert by_name[name].pairs == sum(ours.count(value) for value in theirs)
        assert by_name[name].of == len(ours) * len(theirs)


def test_in_one_table_a_record_does_not_agree_with_itself():
    table = pa.table(
        {
            "ref": ["1", "2", "3"], "forename": ["ANNA"] * 3, "surname": ["LEY"] * 3,
            "dob": ["2011-01-01"] * 3, "sex": ["F"] * 3, "postcode": ["CV1 1AA"] * 3,
        }
    )  # fmt: skip
    description = described()
    found = agreements(description, encode(description, table, None))
    assert {each.pairs for each in found} == {3.0}


def test_a_level_that_no_stranger_reached_still_has_a_number():
    random = Cells(np.array([[1], [2]]), np.zeros(2), np.array([10.0, 90.0]), 100)
    (u,) = chance(random, random.counts, [None], [None], [3])
    assert u == pytest.approx(np.array([0.5, 10, 90]) / 100.5)


def test_the_number_of_matches_comes_close_to_the_truth(town, learnt):
    assert learnt.numbers.matches == pytest.approx(len(town[2]), rel=0.05)


def test_pairs_are_told_apart_with_what_was_learnt(town, learnt):
    left, right, truth = town
    description = described()
    encoded = encode(description, left, right)
    found = search(encoded, plan_of(description, learnt.numbers, encoded, 0.0))
    ours, theirs = left["ref"].to_pylist(), right["ref"].to_pylist()
    kept = {
        (ours[i], theirs[j]) for i, j in zip(found.left, found.right, strict=True)
    }  # fmt: skip
    assert len(kept & truth) / len(truth) > 0.95
    assert len(kept & truth) / len(kept) > 0.95


def test_stronger_agreement_never_weighs_less(learnt):
    for one in described().comparisons:
        rates = learnt.numbers.rates[one.name]
        bits = rates.weights()
        weights = [bits[place] for place in one.in_order()]
        assert all(a >= b - 2e-6 for a, b in itertools.pairwise(weights))
        assert math.fsum(rates.m) == pytest.approx(1)
        assert math.fsum(rates.u) == pytest.approx(1)


def test_the_same_records_give_the_same_numbers_in_any_order(town, learnt):
    left, right, _ = town
    rng = np.random.default_rng(7)
    shuffled = [each.take(rng.permutation(len(each))) for each in (left, right)]
    assert link(described(), *shuffled)[1].numbers == learnt.numbers


def test_members_of_a_household_are_learnt_and_cost_evidence(town):
    left, right, _ = town
    description = described(household=True)
    _, learnt = link(description, left, right)
    rates = learnt.numbers.rates
    assert 0 < learnt.numbers.household_share < 0.01
    surname = rates["surname"]
    assert surname.household[0] > 10 * surname.u[0]
    assert rates["postcode"].household == rates["postcode"].m
    assert rates["forename"].household[0] < 0.3


def test_households_are_told_from_matches_even_where_they_are_not_asked_for(learnt):
    assert learnt.numbers.household_share == 0
    assert all(not rates.household for rates in learnt.numbers.rates.values())
    assert learnt.numbers.rates["forename"].m[0] > 0.85


def test_births_ten_years_apart_are_believed_of_one_person_and_not_learnt(learnt):
    dob = learnt.numbers.rates["dob"]
    far_apart = [level.name for level in described().comparison("dob").levels].index(
        "far_apart"
    )
    assert dob.m[far_apart] <= learning.DECADES_APART
    assert dob.m[far_apart] > 0


def test_a_rare_surname_shared_in_a_household_is_scored_as_plainly_said(town):
    left, right = town[0].slice(0, 250), town[1].slice(0, 250)
    description = described(household=True)
    _, learnt = link(description, town[0], town[1])
    encoded = encode(description, left, right)
    found = search(encoded, plan_of(description, learnt.numbers, encoded, -25.0))
    plain = plain_search(description, learnt.numbers, (left, right), -25.0)
    assert [(pair.left, pair.right) for pair in plain] == list(
        zip(found.left.tolist(), found.right.tolist(), strict=True)
    )
    assert found.bits == pytest.approx([pair.bits for pair in plain], abs=1e-5)
    assert len(plain) > 10


def test_tables_without_a_shared_key_are_refused(town):
    left = town[0].slice(0, 5)
    empty = left.set_column(0, "ref", pa.array([f"R{i}" for i in range(5)]))
    for name in ("forename", "surname", "dob", "postcode"):
        place = empty.column_names.index(name)
        nothing = pa.nulls(5, empty.schema.field(name).type)
        empty = empty.set_column(place, name, nothing)
    with pytest.raises(LearningRefused, match="add a blocking rule"):
        link(described(), left, empty)


def test_what_did_not_converge_is_named(town, monkeypatch):
    monkeypatch.setattr(learning, "ROUNDS", 1)
    with pytest.raises(LearningRefused, match=r"after 1 rounds .* m of surname"):
        link(described(), town[0], town[1])


def test_too_many_comparisons_are_refused(town):
    left, right, _ = town
    many = {f"c{i}": {"kind": "forename", "column": "forename"} for i in range(1)}
    many |= {f"t{i}": {"kind": "text", "column": "surname"} for i in range(30)}
    description = described(comparisons=many, blocking=["c0"])
    with pytest.raises(TableRefused, match="leave out a comparison"):
        link(description, left, right)


def test_a_comparison_that_nothing_informs_weighs_nothing_and_is_said(town):
    left, right, _ = town
    description = described(blocking=["dob"])
    learnt = link(description, left, right)[1]
    assert set(learnt.numbers.rates["dob"].weights()) == {0.0}
    assert any("dob weighs nothing" in each for each in learnt.report.warnings)
