"""The fast engine finds what the plain one finds, whatever the tables hold."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from linkage_world import (
    ONCE,
    assert_the_same,
    by_the_fast_engine,
    by_the_reference,
    descriptions,
    numbers_for,
    tables,
)

LINES = st.sampled_from([-40.0, 0.0, 5.0])
SEEDS = st.integers(0, 50)
EXAMPLES = settings.default.max_examples // 2
"""Each is worked three times, once by the slow engine."""


@settings(max_examples=EXAMPLES)
@given(descriptions(), tables("L"), tables("R"), LINES, SEEDS, ONCE)
def test_two_tables_have_the_same_pairs_levels_and_weights(
    description, left, right, line, seed, once
):
    description = replace(description, deduplicated=once)
    numbers = numbers_for(description, seed)
    plain = by_the_reference(description, numbers, (left, right), line)
    for pruned in (True, False):
        quick = by_the_fast_engine(
            description, numbers, (left, right), line, pruned=pruned
        )
        assert_the_same(quick, plain)


@settings(max_examples=EXAMPLES)
@given(descriptions(), tables("T", 16), LINES, SEEDS)
def test_one_table_has_the_same_pairs_levels_and_weights(
    description, table, line, seed
):
    numbers = numbers_for(description, seed)
    plain = by_the_reference(description, numbers, (table, None), line)
    for pruned in (True, False):
        quick = by_the_fast_engine(
            description, numbers, (table, None), line, pruned=pruned
        )
        assert_the_same(quick, plain)
