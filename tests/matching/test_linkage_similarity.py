"""How alike two texts are: the compiled figures are the library's."""

import re

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from jellyfish import damerau_levenshtein_distance, jaro_winkler_similarity
from numba import njit

from matching.linkage.alike import jaro_winkler, most_alike, one_edit
from matching.linkage.layout import (
    DISTRICT_BITS,
    HEAD,
    LENGTH,
    LONGEST,
    MASK,
    SECTOR_BITS,
    TAIL,
)
from matching.linkage.pointers import bits
from matching.linkage.tests import by_letters
from matching.linkage.values import postcodes_of, texts_of
from records.postcodes import district, sector

ANY_LETTERS = st.text(
    st.characters(exclude_categories=("Z", "Cs", "Cc", "Cf")), min_size=1
)
FEW_LETTERS = st.text("ABÅل😀", min_size=1, max_size=80)
"""Few, so that texts share many."""
LETTERS = st.one_of(ANY_LETTERS, FEW_LETTERS)


@st.composite
def two_texts(draw):
    """Two different texts; the second often the first with a slip."""
    one = draw(LETTERS)
    other = draw(LETTERS)
    if draw(st.booleans()):
        place = draw(st.integers(0, len(one) - 1))
        other = one[:place] + draw(st.sampled_from(["", "B", "ل"])) + one[place + 1 :]
    if draw(st.integers(0, 9)) == 0:
        one, other = one + "A" * LONGEST, other + "A" * (LONGEST - 1)
    return (one, other) if other and one != other else (one, one + "B")


def cards(one, other):
    texts = texts_of(pa.array([one, other], pa.string()))
    return texts.card, texts.card.ravel(), texts.letters


@settings(max_examples=settings.default.max_examples * 3)
@given(two_texts())
def test_jaro_winkler_is_the_librarys(two):
    _, card, letters = cards(*two)
    first, second = sorted(text[:LONGEST] for text in two)
    expected = jaro_winkler_similarity(*by_letters(first, second))
    assert abs(jaro_winkler(card, letters, 0, 1) - expected) < 1e-12
    assert jaro_winkler(card, letters, 1, 0) == jaro_winkler(card, letters, 0, 1)


def test_letters_that_a_script_writes_as_one_count_each():
    one, other = "\u1100\u1161\u11a8", "\u1100\u1161\u11ab"  # Hangul in its parts
    assert jaro_winkler_similarity(one, other) == 0
    _, card, letters = cards(one, other)
    assert round(jaro_winkler(card, letters, 0, 1), 3) == 0.822


@settings(max_examples=settings.default.max_examples * 3)
@given(two_texts())
def test_what_a_card_promises_is_never_less_than_the_similarity(two):
    rows, card, letters = cards(*two)
    one, other = rows.astype(np.int64)
    for a, b in ((one, other), (other, one)):
        bound = most_alike(
            a[MASK], b[MASK], a[LENGTH], b[LENGTH], a[HEAD] ^ b[HEAD], a[TAIL] ^ b[TAIL]
        )
        assert bound >= jaro_winkler(card, letters, 0, 1)


@settings(max_examples=settings.default.max_examples * 3)
@given(two_texts())
def test_one_edit_is_a_distance_of_one(two):
    _, card, letters = cards(*two)
    expected = damerau_levenshtein_distance(*by_letters(*two)) <= 1
    assert one_edit(card, letters, 0, 1) == expected


AREAS = st.sampled_from(["B", "C", "CV", "CB", "W"])
POSTCODES = st.builds(
    "{}{}{} {}{}".format,
    AREAS, st.sampled_from("019"), st.sampled_from(["", "0", "9", "A", "Z"]),
    st.sampled_from("09"), st.sampled_from(["AA", "QZ"]),
)  # fmt: skip


@given(POSTCODES, POSTCODES)
def test_a_postcodes_number_says_how_far_apart_two_are(one, other):
    first, second = postcodes_of(pa.array([one, other])).tolist()
    apart = first ^ second
    assert (apart == 0) == (sector(one) == sector(other))
    assert (apart < 1 << SECTOR_BITS) == (district(one) == district(other))
    assert (apart < 1 << DISTRICT_BITS) == (area(one) == area(other))


def area(postcode):
    return re.match("[A-Z]+", postcode)[0]


@given(st.integers(0, 2**32 - 1))
def test_set_bits_are_counted(number):
    assert bits_of(number) == bin(number).count("1")


@njit
def bits_of(number):
    return bits(number)
