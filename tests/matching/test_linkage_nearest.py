"""Who else a record may be: the likeliest of those that a search finds for it."""

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from linkage_world import by_the_fast_engine, descriptions, numbers_for, tables

from matching.linkage.encode import encode
from matching.linkage.nearest import MOST, in_words, nearest_rivals


def likeliest(found, *, of, but, one_table):
    """The others that a whole search finds for a record, as places and bits."""
    side, place = of
    others = [
        (round(-bits, 6), pair[1 - at])
        for pair, (bits, _) in found.items()
        for at in ((0, 1) if one_table else (side,))
        if pair[at] == place and pair[1 - at] != but
    ]
    return [(other, -bits) for bits, other in sorted(others)[:MOST]]


@patch("matching.linkage.nearest.LEAST_RIVAL", -100.0)
@settings(max_examples=settings.default.max_examples // 4)
@given(
    descriptions(), tables("L", 8), tables("R", 8), st.integers(0, 50), st.booleans()
)
def test_rivals_are_the_likeliest_others_that_a_search_finds(
    description, left, right, seed, alone
):
    sides = (left, None if alone else right)
    numbers = numbers_for(description, seed)
    encoded = encode(description, *sides)
    found = by_the_fast_engine(description, numbers, sides, -100.0)
    last = (left if alone else right).num_rows - 1
    for pair in {(0, last), *list(found)[:3]}:
        if min(pair) < 0 or not left.num_rows or (alone and pair[0] == pair[1]):
            continue
        told = nearest_rivals(description, numbers, encoded, pair)
        for side, those in enumerate(told):
            expected = likeliest(
                found, of=(side, pair[side]), but=pair[1 - side], one_table=alone
            )
            assert [round(one.bits, 6) for one in those] == [
                bits for _, bits in expected
            ]
            assert [one.place for one in those] == [place for place, _ in expected]


def test_a_record_without_a_rival_is_told_so():
    assert in_words("a", "b", [], None) == "Nobody but b comes near a (-7.00 or more)."
