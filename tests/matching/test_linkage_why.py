"""Why two records are linked, or not: parts that sum to the whole."""

import math
from dataclasses import replace

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from linkage_world import (
    ONCE,
    by_the_fast_engine,
    descriptions,
    numbers_for,
    tables,
)

from matching.linkage.description import description_of
from matching.linkage.encode import encode
from matching.linkage.numbers import Numbers, Rates
from matching.linkage.why import in_words, why


def people(*rows):
    names = ("id", "name", "born", "code")
    return pa.table(
        {name: [row[place] for row in rows] for place, name in enumerate(names)}
    )


DESCRIPTION = description_of(
    {
        "id": "id",
        "comparisons": {
            "name": {
                "kind": "text", "column": "name",
                "levels": ["exact", "jaro_winkler 0.9", "different"],
            },
            "born": {
                "kind": "date", "column": "born", "levels": ["exact", "different"],
            },
            "code": {"kind": "code", "column": "code"},
        },
        "blocking": ["name", "born"],
    }
)  # fmt: skip
NUMBERS = Numbers(
    {
        "name": Rates((0.8, 0.15, 0.05), (0.01, 0.02, 0.97)),
        "born": Rates((0.95, 0.05), (0.001, 0.999)),
        "code": Rates((0.98, 0.02), (0.5, 0.5)),
    },
    matches=2,
)
LEFT = people(("a", "SMITH", "2011-02-03", "F"), ("b", "JONES", "2012-02-03", None))
RIGHT = people(*((f"r{n}", "KHAN", "1990-01-01", "M") for n in range(98)),
               ("s", "SMITH", "2011-02-03", "F"),
               ("t", "SMITHE", "2011-02-04", "F"))  # fmt: skip
ENCODED = encode(DESCRIPTION, LEFT, RIGHT)


def test_a_linked_pair_says_what_it_weighs_and_under_which_rules_it_was_met():
    told = why(DESCRIPTION, NUMBERS, ENCODED, (0, 98))
    assert [part.level for part in told.parts] == ["exact", "exact", "same"]
    assert [rule.name for rule in told.rules] == ["name", "born"]
    assert told.bits > told.line
    assert all(part.enough is None for part in told.parts)


def test_a_pair_that_no_rule_proposes_says_so():
    told = why(DESCRIPTION, NUMBERS, ENCODED, (1, 0))
    assert told.rules == ()
    assert told.parts[2].level == "missing"
    assert "No rule gives both one key" in " ".join(in_words(told, DESCRIPTION))


def test_a_pair_below_the_line_says_which_level_would_have_been_enough():
    told = why(DESCRIPTION, NUMBERS, ENCODED, (0, 99))
    by_name = {part.name: part for part in told.parts}
    assert told.bits < told.line
    assert by_name["born"].enough == "exact"
    assert by_name["code"].enough is None
    lacking = told.line - told.bits
    gain = math.log2(0.95 / 0.001) - math.log2(0.05 / 0.999)
    assert gain >= lacking
    assert "born exact" in " ".join(in_words(told, DESCRIPTION))


def test_no_value_of_a_record_stands_in_the_words():
    said = " ".join(in_words(why(DESCRIPTION, NUMBERS, ENCODED, (0, 98)), DESCRIPTION))
    assert "SMITH" not in said
    assert "2011" not in said


@settings(max_examples=settings.default.max_examples // 4)
@given(
    descriptions(), tables("L", 5), tables("R", 5), st.integers(0, 50), st.booleans(),
    ONCE,
)  # fmt: skip
def test_the_parts_sum_to_what_the_search_found(
    description, left, right, seed, alone, once
):
    sides = (left, None if alone else right)
    description = replace(description, deduplicated=() if alone else once)
    numbers = numbers_for(description, seed)
    encoded = encode(description, *sides)
    found = by_the_fast_engine(description, numbers, sides, -100.0)
    for pair, (bits, levels) in found.items():
        told = why(description, numbers, encoded, pair)
        of_parts = [part.bits for part in told.parts]
        parts = [told.prior, *of_parts, told.household, told.rivals]
        assert abs(math.fsum(parts) - bits) < 1e-5
        assert abs(told.bits - bits) < 1e-9
        assert {part.name: part.level for part in told.parts} == levels
        assert told.rules
