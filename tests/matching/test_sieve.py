"""What is asked of eight pairs at once loses none, however many share a key."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linkage_world import (
    COMPARISONS,
    DATES,
    FORENAMES,
    POSTCODES,
    SURNAMES,
    assert_the_same,
    by_the_fast_engine,
    numbers_for,
)

from matching.linkage.cells import counter
from matching.linkage.description import description_of
from matching.linkage.encode import encode
from matching.linkage.fast import search
from matching.linkage.numbers import plan_of
from matching.linkage.tile_kernel import TILE

CROSSWISE = [
    "exact", "swapped", "half_swapped", "known_form", "jaro_winkler 0.92",
    "jaro_winkler 0.8", "different",
]  # fmt: skip
AROUND_A_TILE = [1, 7, 8, 9, TILE - 1, TILE, TILE + 1, 2 * TILE + 5]


def described(*rules, household=False):
    comparisons = COMPARISONS | {
        "f": {"kind": "forename", "column": "f", "levels": CROSSWISE},
        "x": COMPARISONS["x"] | {"frequencies": True},
    }
    return description_of(
        {
            "id": "id", "comparisons": comparisons, "blocking": list(rules),
            "household": household,
        }
    )  # fmt: skip


def crowd(size, seed, letter="L"):
    """So many records of few values, so that many share a key."""
    rng = np.random.default_rng(seed)

    def some(values):
        picked = rng.integers(-1, len(values), size)
        return [values[place] if place >= 0 else None for place in picked]

    # dates near each other, and some far away
    dates = [*DATES[:10], *(dt.date(2011, 2, 1) + dt.timedelta(n) for n in range(40))]
    return pa.table(
        {
            "id": [f"{letter}{place}" for place in range(size)],
            "f": pa.array(some(FORENAMES), pa.string()),
            "s": pa.array(some(SURNAMES), pa.string()),
            "d": pa.array(some(dates), pa.date32()),
            "p": pa.array(some(POSTCODES), pa.string()),
            "n": pa.array(
                some([str(number) for number in range(90, 130)]), pa.string()
            ),
            "x": pa.array(some(["F", "M"]), pa.string()),
        }
    )


def shares(one, other, columns):
    return all(
        a is not None and a == b for a, b in ((one[c], other[c]) for c in columns)
    )


@pytest.mark.parametrize("left", [1, 40])
@pytest.mark.parametrize("right", AROUND_A_TILE)
def test_every_pair_that_shares_a_key_is_met_once(left, right):
    description = described("x", "n", "x + n")
    sides = crowd(left, 1), crowd(right, 2, "R")
    plan_numbers = numbers_for(description, 1)
    encoded = encode(description, *sides)

    met = search(encoded, plan_of(description, plan_numbers, encoded, -1e3)).compared

    ours, theirs = (side.to_pylist() for side in sides)
    assert met == sum(
        shares(one, other, ["x"]) or shares(one, other, ["n"])
        for one in ours
        for other in theirs
    )


@pytest.mark.parametrize("size", AROUND_A_TILE)
def test_every_pair_of_one_table_is_met_once(size):
    description = described("x", "n")
    table = crowd(size, 3)
    numbers = numbers_for(description, 1)
    encoded = encode(description, table, None)

    met = search(encoded, plan_of(description, numbers, encoded, -1e3)).compared

    records = table.to_pylist()
    assert met == sum(
        shares(one, other, ["x"]) or shares(one, other, ["n"])
        for place, one in enumerate(records)
        for other in records[:place]
    )


@pytest.mark.parametrize("size", AROUND_A_TILE)
@pytest.mark.parametrize("mirrored_first", [True, False])
def test_a_rule_that_compares_two_columns_meets_a_pair_of_one_table_once(
    size, mirrored_first
):
    rules = ["x", {"left": "f", "right": "s"}]
    description = described(*(rules if mirrored_first else rules[::-1]))
    table = crowd(size, 4)
    rng = np.random.default_rng(5)
    for place, name in ((1, "f"), (2, "s")):
        names = rng.choice(["ANN", "LEE", "KIM", "ROSE", "GRACE"], size).tolist()
        table = table.set_column(place, name, pa.array(names, pa.string()))
    encoded = encode(description, table, None)
    plan = plan_of(description, numbers_for(description, 1), encoded, 3.0)

    met = search(encoded, plan).compared

    records = table.to_pylist()
    assert met == sum(
        shares(one, other, ["x"]) or one["f"] == other["s"] or other["f"] == one["s"]
        for place, one in enumerate(records)
        for other in records[:place]
    )


@settings(max_examples=settings.default.max_examples // 4)
@given(
    st.integers(1, 60), st.integers(1, 2 * TILE), st.integers(0, 200),
    st.sampled_from([-30.0, -5.0, 0.0, 4.0, 9.0, 15.0]), st.booleans(), st.booleans(),
)  # fmt: skip
def test_no_pair_is_left_that_would_reach_the_line(
    left, right, seed, line, alone, household
):
    description = described("x", "d", "s", household=household)
    numbers = numbers_for(description, seed)
    sides = crowd(left, seed), None if alone else crowd(right, seed + 1, "R")

    quick = by_the_fast_engine(description, numbers, sides, line)

    whole = by_the_fast_engine(description, numbers, sides, line, pruned=False)
    assert_the_same(quick, whole)


@settings(max_examples=max(4, settings.default.max_examples // 10))
@pytest.mark.parametrize("kinds", ["d", "p", "n", "t", "fs"])
@given(seed=st.integers(0, 10_000))
def test_a_pair_that_just_reaches_the_line_is_found(kinds, seed):
    """By few comparisons, so that what one is bounded by is not made up by another."""
    whole = described("x")
    description = replace(
        whole,
        comparisons=tuple(one for one in whole.comparisons if one.name in f"x{kinds}"),
    )
    numbers = numbers_for(description, seed)
    sides = crowd(20, seed), crowd(60, seed + 1, "R")
    every = by_the_fast_engine(description, numbers, sides, -1e3, pruned=False)
    weights = sorted({bits for bits, _ in every.values()})

    for line in weights[:: max(1, len(weights) // 12)]:
        found = by_the_fast_engine(description, numbers, sides, line)
        assert_the_same(
            found, {pair: told for pair, told in every.items() if told[0] >= line}
        )


def test_a_sieve_leaves_most_strangers():
    """Otherwise all the tests of what it may not leave would pass with none."""
    description = described("x")
    sides = crowd(200, 5), crowd(400, 6, "R")
    numbers = numbers_for(description, 2)
    encoded = encode(description, *sides)
    plan = plan_of(description, numbers, encoded, 20.0)
    found = search(encoded, plan)
    assert found.compared > 10_000
    assert len(found.left) < found.compared / 20


@pytest.mark.parametrize("right", AROUND_A_TILE)
def test_learning_sees_every_pair_when_it_takes_all(right):
    description = described("x", "n")
    sides = crowd(30, 7), crowd(right, 8, "R")
    encoded = encode(description, *sides)
    count = counter(
        description, encoded, numbers_for(description, 1), tuple(s["id"] for s in sides)
    )

    for rule, columns in enumerate((["x"], ["n"])):
        cells = count.of_rule(encoded.work, rule, [])
        ours, theirs = (side.to_pylist() for side in sides)
        there = sum(shares(a, b, columns) for a in ours for b in theirs)
        assert cells.counts.sum() == cells.pairs == there


def test_learning_takes_about_as_many_pairs_as_it_wants(monkeypatch):
    monkeypatch.setattr("matching.linkage.cells.PAIRS_OF_A_RULE", 5_000)
    description = described("x")
    sides = crowd(300, 9), crowd(400, 10, "R")
    encoded = encode(description, *sides)
    numbers = numbers_for(description, 1)
    ids = tuple(side["id"] for side in sides)

    cells = counter(description, encoded, numbers, ids).of_rule(encoded.work, 0, [])

    assert cells.pairs > 25_000
    assert cells.counts.sum() == pytest.approx(5_000, rel=0.06)


@pytest.mark.parametrize("seed", range(8))
def test_any_two_dates_lie_within_more_days_than_a_number_holds(seed):
    days = ["exact", "within 3000000000 days", "different"]
    comparisons = COMPARISONS | {"d": COMPARISONS["d"] | {"levels": days}}
    description = description_of(
        {"id": "id", "comparisons": comparisons, "blocking": ["x"]}
    )
    numbers = numbers_for(description, seed)
    sides = crowd(20, seed), crowd(40, seed + 1, "R")
    for line in (-5.0, 0.0, 5.0):
        quick = by_the_fast_engine(description, numbers, sides, line)
        whole = by_the_fast_engine(description, numbers, sides, line, pruned=False)
        assert_the_same(quick, whole)
