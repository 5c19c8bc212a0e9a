"""Evaluation says what a plain count says, and refuses what can't be counted."""

import math
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matching.evaluation import (
    SEVERAL,
    UNSAID,
    best,
    by_threshold,
    calibration,
    curve,
    groups_of,
    reached,
    reached_by_keys,
    recall_by_group,
    wilson,
)
from matching.truth import MOST_PAIRS, EvaluationError, judge, true_pairs


def pair_table(*pairs):
    return pa.table(
        {
            "left_id": pa.array([left for left, _ in pairs], pa.string()),
            "right_id": pa.array([right for _, right in pairs], pa.string()),
        }
    )


def scored(weights):
    """Pairs with their weights as an engine writes them."""
    values = np.array(list(weights.values()), dtype=np.float64)
    return (
        pair_table(*weights)
        .append_column("weight", pa.array(values))
        .append_column("probability", pa.array(1 / (1 + 2.0**-values)))
    )


def clusters(**named):
    return pa.table(
        {
            "id": pa.array(list(named), pa.string()),
            "cluster": pa.array(list(named.values()), pa.string()),
        }
    )


def linked(weights, truth):
    return judge(scored(weights), true_pairs(pair_table(*truth), one_table=False))


def faults_of(what, *args, **kwargs):
    with pytest.raises(EvaluationError) as caught:
        what(*args, **kwargs)
    return " ".join(caught.value.faults)


LEFT = st.sampled_from([f"l{n}" for n in range(5)])
RIGHT = st.sampled_from([f"r{n}" for n in range(5)])
WEIGHTS = st.dictionaries(
    st.tuples(LEFT, RIGHT), st.integers(-24, 24).map(lambda n: n / 3), max_size=16
)
TRUTH = st.sets(st.tuples(LEFT, RIGHT), min_size=1, max_size=12)
ONE = st.sampled_from([f"t{n}" for n in range(7)])
UNORDERED = st.tuples(ONE, ONE).filter(lambda pair: pair[0] != pair[1])


def speaks_of_the_same(weights, truth):
    lefts = {left for left, _ in weights} & {left for left, _ in truth}
    rights = {right for _, right in weights} & {right for _, right in truth}
    return not weights or lefts or rights


@given(WEIGHTS, TRUTH, st.floats(0, 1))
def test_figures_at_a_threshold_are_those_of_a_plain_count(weights, truth, threshold):
    assume(speaks_of_the_same(weights, truth))
    kept = {pair for pair, w in weights.items() if 1 / (1 + 2.0**-w) >= threshold}
    line = by_threshold(linked(weights, truth), (threshold,))[0]
    right = len(kept & truth)
    assert (line.pairs, line.right, line.of) == (len(kept), right, len(truth))
    assert line.recall == right / len(truth)
    assert line.precision == (right / len(kept) if kept else None)
    if right:
        precision, recall = right / len(kept), right / len(truth)
        harmonic = 2 * precision * recall / (precision + recall)
        assert line.f1 == pytest.approx(harmonic)
    else:
        assert line.f1 == 0


@given(WEIGHTS, TRUTH)
def test_no_line_on_weights_is_better_than_the_best(weights, truth):
    assume(speaks_of_the_same(weights, truth))
    found = best(linked(weights, truth))
    if not weights:
        assert found is None
        return
    plain = {
        line: 2
        * len({pair for pair, w in weights.items() if w >= line} & truth)
        / (sum(w >= line for w in weights.values()) + len(truth))
        for line in weights.values()
    }
    assert found.f1 == pytest.approx(max(plain.values()))
    assert found.weight == max(
        one for one in plain if plain[one] == plain[found.weight]
    )
    assert found.threshold == pytest.approx(1 / (1 + 2.0**-found.weight))


@given(WEIGHTS, TRUTH)
def test_the_curve_runs_from_the_strongest_pair_to_all_of_them(weights, truth):
    assume(weights and speaks_of_the_same(weights, truth))
    lines = curve(linked(weights, truth), points=1000)
    assert [line.weight for line in lines] == sorted(
        set(weights.values()), reverse=True
    )
    assert lines[-1].pairs == len(weights)
    assert [line.recall for line in lines] == sorted(line.recall for line in lines)


@given(
    st.dictionaries(UNORDERED, st.integers(-9, 9).map(float), min_size=1, max_size=12),
    st.dictionaries(ONE, st.sampled_from("abc"), min_size=7, max_size=7),
)
def test_clusters_are_the_truth_of_every_pair_within_them(weights, named):
    weights = {pair: w for pair, w in weights.items() if pair[::-1] not in weights}
    truth = {
        frozenset(pair)
        for pair in combinations(named, 2)
        if named[pair[0]] == named[pair[1]]
    }
    assume(truth and weights)
    expanded = true_pairs(clusters(**named), one_table=True)
    pairs = zip(expanded.left.to_pylist(), expanded.right.to_pylist(), strict=True)
    assert sorted(map(sorted, pairs)) == sorted(map(sorted, truth))
    judged = judge(scored(weights), expanded)
    assert judged.is_true.tolist() == [frozenset(pair) in truth for pair in weights]


@given(
    st.dictionaries(UNORDERED, st.integers(-9, 9).map(float), min_size=1, max_size=9),
    st.sets(UNORDERED, min_size=1),
    st.data(),
)
def test_pairs_of_one_table_have_no_order(weights, truth, data):
    weights = {pair: w for pair, w in weights.items() if pair[::-1] not in weights}
    assume({i for p in weights for i in p} & {i for p in truth for i in p})
    turned = {
        pair[::-1] if data.draw(st.booleans()) else pair: w
        for pair, w in weights.items()
    }
    told = true_pairs(pair_table(*truth), one_table=True)
    assert len(told) == len({frozenset(pair) for pair in truth})
    one, other = judge(scored(weights), told), judge(scored(turned), told)
    assert one.is_true.tolist() == other.is_true.tolist()
    assert one.found_in.tolist() == other.found_in.tolist()


@given(WEIGHTS, TRUTH)
def test_bands_hold_every_pair_once_and_promise_their_mean(weights, truth):
    assume(weights and speaks_of_the_same(weights, truth))
    judged = linked(weights, truth)
    edges = (0.0, 0.25, 0.5, 0.9, 1.0)
    told = calibration(judged, edges)
    bands = {}
    for pair, w in weights.items():
        p = 1 / (1 + 2.0**-w)
        index = sum(p >= edge for edge in edges[1:-1])
        bands.setdefault(index, []).append((p, pair in truth))
    assert [band.low for band in told.bands] == [edges[one] for one in sorted(bands)]
    error = 0.0
    for band, index in zip(told.bands, sorted(bands), strict=True):
        inside = bands[index]
        right = sum(true for _, true in inside)
        promised = sum(p for p, _ in inside) / len(inside)
        assert (band.observed.found, band.observed.of) == (right, len(inside))
        assert band.promised == pytest.approx(promised)
        error += abs(promised - right / len(inside)) * len(inside)
    assert told.error == pytest.approx(error / len(weights))
    squares = [(p - true) ** 2 for inside in bands.values() for p, true in inside]
    assert told.brier == pytest.approx(sum(squares) / len(squares))


@given(WEIGHTS, TRUTH, st.data())
def test_recall_by_group_counts_every_true_pair_once(weights, truth, data):
    assume(speaks_of_the_same(weights, truth))
    named = {f"l{n}": data.draw(st.sampled_from(["a", "b", None])) for n in range(4)}
    table = pa.table({"id": list(named), "origin": list(named.values())})
    told = true_pairs(pair_table(*truth), one_table=False)
    assume({left for left, _ in truth} & named.keys())
    labels = groups_of(told, table, "id", "origin")
    groups = recall_by_group(judge(scored(weights), told), labels, 0.5)
    plain = {}
    for left, right in truth:
        found, of = plain.get(named.get(left) or UNSAID, (0, 0))
        kept = weights.get((left, right), -1) >= 0
        plain[named.get(left) or UNSAID] = found + kept, of + 1
    assert {one.name: (one.recall.found, one.recall.of) for one in groups} == plain
    shares = [one.recall.value for one in groups]
    assert shares == sorted(shares)


@given(st.integers(1, 400), st.data())
def test_wilsons_interval_holds_the_share_and_solves_its_equation(of, data):
    found = data.draw(st.integers(0, of))
    share = wilson(found, of)
    assert 0 <= share.low <= share.value <= share.high <= 1
    for end in {share.low, share.high} - {0.0, 1.0}:
        distance = abs(end - share.value) / math.sqrt(end * (1 - end) / of)
        assert distance == pytest.approx(1.959964, rel=1e-5)


def test_nothing_of_nothing_is_no_share_and_may_be_anything():
    share = wilson(0, 0)
    assert (share.value, share.low, share.high) == (None, 0, 1)


@given(TRUTH, TRUTH)
def test_the_ceiling_is_the_true_pairs_among_the_candidates(truth, compared):
    assume(speaks_of_the_same(dict.fromkeys(compared, 0), truth))
    told = true_pairs(pair_table(*truth), one_table=False)
    assert reached(told, pair_table(*compared)).sum() == len(truth & compared)


def test_the_ceiling_by_keys_looks_only_at_true_pairs():
    left = pa.table({"ref": ["l1", "l2", "l3"], "dob": [1, 2, 3]})
    right = pa.table({"ref": ["r1", "r2", "r3"], "dob": [9, 2, 3]})
    told = true_pairs(pair_table(("l3", "r3"), ("l1", "r1")), one_table=False)
    asked = []

    def same_birth(ones, others):
        asked.append((ones["ref"].to_pylist(), others["ref"].to_pylist()))
        return np.equal(ones["dob"].to_numpy(), others["dob"].to_numpy())

    flags = reached_by_keys(told, (left, right), "ref", same_birth)
    assert flags.tolist() == [True, False]
    assert asked == [(["l3", "l1"], ["r3", "r1"])]


def test_no_pairs_at_all_find_nothing_and_promise_nothing():
    judged = linked({}, {("l1", "r1")})
    line = by_threshold(judged, (0.5,))[0]
    assert (line.pairs, line.precision, line.recall, line.f1) == (0, None, 0, 0)
    assert best(judged) is None
    assert curve(judged) == ()
    assert calibration(judged).error is None


def test_pairs_without_rows_may_be_without_types_too():
    told = true_pairs(pair_table(("l1", "r1")), one_table=False)
    names = ("left_id", "right_id", "weight", "probability")
    untyped = pa.table({name: [] for name in names})
    assert not len(judge(untyped, told).weight)


def test_a_truth_may_say_a_pair_twice():
    told = true_pairs(pair_table(("a", "b"), ("b", "a"), ("a", "b")), one_table=True)
    assert len(told) == 1


def test_a_pair_of_one_table_in_two_groups_is_in_neither():
    told = true_pairs(clusters(a="1", b="1", c="2", d="2"), one_table=True)
    table = pa.table({"id": ["a", "b", "c", "d"], "origin": ["x", "y", "x", "x"]})
    assert groups_of(told, table, "id", "origin") == [SEVERAL, "x"]


def test_ids_may_be_text_of_any_kind_or_whole_numbers():
    told = true_pairs(pair_table(("l1", "r1")), one_table=False)
    pairs = scored({("l1", "r1"): 3.0})
    for kind in (pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        cast = pairs.set_column(0, "left_id", pairs["left_id"].cast(kind))
        assert judge(cast, told).is_true.tolist() == [True]
    numbers = {"left_id": pa.array([7], pa.int32()), "right_id": [8]}
    told = true_pairs(pa.table(numbers), one_table=False)
    pairs = pa.table(numbers | {"weight": [1], "probability": [0.5]})
    assert judge(pairs, told).is_true.tolist() == [True]


@pytest.mark.parametrize(
    ("probability", "weight"),
    [
        (1.01, 1.0),
        (-0.1, 1.0),
        (math.nan, 1.0),
        (None, 1.0),
        (0.5, math.inf),
        (0.5, None),
    ],
)
def test_a_score_that_can_not_be_one_is_refused_with_the_pairs_ids(probability, weight):
    pairs = pair_table(("l1", "r1")).append_column(
        "probability", pa.array([probability], pa.float64())
    )
    pairs = pairs.append_column("weight", pa.array([weight], pa.float64()))
    told = true_pairs(pair_table(("l1", "r1")), one_table=False)
    said = faults_of(judge, pairs, told)
    assert "l1 and r1" in said
    assert "score them again" in said


@pytest.mark.parametrize("column", ["left_id", "right_id", "weight", "probability"])
def test_pairs_without_a_column_are_refused_by_its_name(column):
    told = true_pairs(pair_table(("l1", "r1")), one_table=False)
    pairs = scored({("l1", "r1"): 3.0}).drop_columns([column])
    assert f"no column {column}" in faults_of(judge, pairs, told)


def test_a_pair_that_comes_twice_is_refused():
    told = true_pairs(pair_table(("a", "b")), one_table=True)
    said = faults_of(judge, scored({("a", "b"): 1.0, ("b", "a"): 2.0}), told)
    assert "1 pairs come more than once, first b and a" in said


def test_a_record_paired_with_itself_is_refused():
    told = true_pairs(pair_table(("a", "b")), one_table=True)
    said = faults_of(judge, scored({("a", "a"): 1.0}), told)
    assert "record a is paired with itself" in said
    said = faults_of(true_pairs, pair_table(("a", "a")), one_table=True)
    assert "record a is paired with itself" in said


def test_tables_the_other_way_round_are_told_apart_from_a_bad_match():
    said = faults_of(linked, {("r1", "l1"): 1.0}, {("l1", "r1")})
    assert "1 of its pairs are in the truth the other way round; swap" in said
    assert not linked({("l1", "r2"): 1.0}, {("l1", "r1")}).is_true.any()


def test_pairs_of_one_table_without_an_order_are_not_half_lost_in_silence():
    truth = {(f"a{n}", f"b{n}") for n in range(10)}
    mixed = {pair if n % 2 else pair[::-1]: 1.0 for n, pair in enumerate(truth)}
    assert "say --one-table" in faults_of(linked, mixed, truth)


def test_two_tables_that_number_their_records_alike_may_have_turned_pairs():
    truth = {(str(n), str(n + 100)) for n in range(100)} | {("500", "1"), ("9", "8")}
    weights = dict.fromkeys(sorted(truth - {("9", "8")}), 1.0) | {("8", "9"): 1.0}
    assert linked(weights, truth).is_true.sum() == 101


def test_a_truth_of_other_records_is_refused():
    said = faults_of(linked, {("x1", "y1"): 1.0}, {("l1", "r1")})
    assert "not one of its records is in the truth" in said


def test_ids_of_two_types_are_refused():
    told = true_pairs(pa.table({"left_id": [1], "right_id": [2]}), one_table=False)
    said = faults_of(judge, scored({("1", "2"): 1.0}), told)
    assert "ids are text, those of the truth whole numbers" in said


@pytest.mark.parametrize(
    ("truth", "said"),
    [
        (pa.table({"id": ["a"], "group": ["1"]}), "but id, group; rename its columns"),
        (pair_table(), "at least one true pair"),
        (clusters(a="1", b="2"), "at least one true pair"),
        (pa.table({"id": ["a", "a"], "cluster": [1, 2]}), "record a comes more than"),
        (pa.table({"id": ["a", "b"], "cluster": [1, None]}), "cluster is empty in 1"),
        (pa.table({"id": [1.5, 2.5], "cluster": [1, 1]}), "text or whole numbers"),
    ],
)
def test_a_truth_that_says_nothing_usable_is_refused(truth, said):
    assert said in faults_of(true_pairs, truth, one_table=True)


def test_clusters_are_no_truth_of_two_tables():
    said = faults_of(true_pairs, clusters(a="1", b="1"), one_table=False)
    assert "the truth of one table" in said


def test_a_cluster_that_is_surely_the_mark_of_none_is_not_expanded():
    size = int(math.sqrt(2 * MOST_PAIRS)) + 2
    table = pa.table({"id": np.arange(size), "cluster": np.zeros(size, dtype=np.int64)})
    assert f"{size:,} records" in faults_of(true_pairs, table, one_table=True)


def test_a_record_of_the_truth_that_no_table_has_is_named():
    told = true_pairs(pair_table(("l1", "r1"), ("l2", "r9")), one_table=False)
    tables = pa.table({"id": ["l1", "l2"]}), pa.table({"id": ["r1"]})
    said = faults_of(reached_by_keys, told, tables, "id", lambda *_: [])
    assert "1 of its records are not in the right table, first r9" in said
    twice = pa.table({"id": ["l1", "l1"]}), pa.table({"id": ["r1"]})
    said = faults_of(reached_by_keys, told, twice, "id", lambda *_: [])
    assert "record l1 comes more than once" in said


def test_a_record_without_a_cluster_is_not_taken_for_a_lone_one():
    told = true_pairs(clusters(a="1", b="1", c="2"), one_table=True)
    assert not judge(scored({("a", "c"): 1.0}), told).is_true.any()
    said = faults_of(judge, scored({("a", "d"): 1.0}), told)
    assert "1 of their records have no cluster in the truth, first d" in said


def test_groups_of_other_records_are_refused():
    told = true_pairs(pair_table(("l1", "r1")), one_table=False)
    table = pa.table({"id": ["x"], "origin": ["a"]})
    assert "none of the truth's left records" in faults_of(
        groups_of, told, table, "id", "origin"
    )
    assert "no column sort, but id, origin" in faults_of(
        groups_of, told, table, "id", "sort"
    )
