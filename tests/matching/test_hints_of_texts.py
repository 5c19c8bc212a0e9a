"""A row's hint at a name never promises less than the name turns out to weigh."""

import numpy as np
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st
from jellyfish import jaro_winkler_similarity

from matching.linkage.description import description_of, steps
from matching.linkage.foreseeing_kernel import _hope_of
from matching.linkage.hints import hint_numbers, hints_of, hopes_of
from matching.linkage.layout import HOPE, NAME_FORMS, NAME_TELLS
from matching.linkage.values import texts_of

LEVELS = ["exact", "known_form", "jaro_winkler 0.92", "jaro_winkler 0.8", "different"]
NAMES = st.text("ABKQSZEN", min_size=1, max_size=17)


def described(levels=LEVELS, rules=1):
    return description_of(
        {
            "id": "id",
            "comparisons": {
                "name": {"kind": "surname", "column": "name", "levels": levels},
                "number": {"kind": "identifier", "column": "number"},
            },
            "blocking": [["name", "number"][place % 2] for place in range(rules)],
        }
    )


def level_of(levels, one, other):
    """The level of two different names of one word, by another library."""
    for place, level in enumerate(levels):
        if level.startswith("jaro_winkler"):
            alike = jaro_winkler_similarity(one, other)
            if alike >= float(level.split()[1]):
                return place
    return len(levels) - 1


@given(NAMES, NAMES, st.lists(st.floats(-9, 9), min_size=5, max_size=5))
@example("KATE", "QATE", [9, 0, 3, 2, -9])
@example("ANNE", "NANE", [9, 0, 3, 2, -9])
def test_two_names_weigh_no_more_than_their_hints_allow(one, other, weights):
    weight = np.array(weights)
    name = described().comparison("name")
    card = texts_of(pa.array([one, other])).card
    first, second = (int(each) for each in hint_numbers(name, card))

    if one == other or (first & second) >> NAME_FORMS & 3 != 2:
        return
    hope = hopes_of(steps(name), weight)[_hope_of(first, second)]

    assert hope / HOPE >= weight[level_of(LEVELS, one, other)]


def test_names_of_two_words_of_other_letters_or_too_long_tell_nothing():
    names = ["ANNE", "ANNE MARIE", "ĀNNE", "A", "ABCDEFGHIJKLMNOP"]
    numbers = hint_numbers(
        described().comparison("name"), texts_of(pa.array(names)).card
    )

    assert [bool(each >> NAME_TELLS & 1) for each in numbers] == [
        True, False, False, False, False,
    ]  # fmt: skip


def test_a_row_without_room_hints_at_identifiers_first():
    description = described(rules=13)
    order = [description.comparison(name) for name in ("name", "number")]

    assert hints_of(order, description) == {"number": 15}
    assert hints_of(order, described(rules=14)) == {}
    assert hints_of(order, described(rules=2)) == {"number": 4, "name": 5}
