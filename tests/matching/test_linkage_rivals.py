"""In a table that has each person once, a record's pairs exclude each other."""

import numpy as np
import pytest

from matching.linkage.description import DescriptionRefused, description_of
from matching.linkage.fast import Found
from matching.linkage.pairs import line_of, probabilities
from matching.linkage.rivals import LEAST_RIVAL, against_rivals

RAW = {
    "id": "id",
    "comparisons": {"name": {"kind": "text", "column": "name"}},
    "blocking": ["name"],
}
RIGHT_ONCE = description_of(RAW | {"deduplicated": ["right"]})
LEFT_ONCE = description_of(RAW | {"deduplicated": ["left"]})
BOTH_ONCE = description_of(RAW | {"deduplicated": ["left", "right"]})


def found(*pairs):
    """Pairs of a left and a right record and their bits."""
    left, right, bits = (np.array(each) for each in zip(*pairs, strict=True))
    levels = np.zeros((len(pairs), 1), np.int8)
    return Found(left, right, bits.astype(float), levels, len(pairs))


def shares(description, *pairs):
    return probabilities(against_rivals(description, found(*pairs)).bits).tolist()


def test_a_pair_without_rivals_keeps_its_bits():
    alone = found((0, 0, 3.0), (1, 1, -4.0))
    assert against_rivals(BOTH_ONCE, alone).bits.tolist() == [3.0, -4.0]


def test_of_two_records_that_are_as_likely_neither_is_above_a_half():
    told = shares(RIGHT_ONCE, (0, 0, 30.0), (0, 1, 30.0))
    assert told == pytest.approx([0.5, 0.5])


def test_rivals_and_nobody_share_what_there_is():
    told = shares(RIGHT_ONCE, (0, 0, 1.0), (0, 1, 0.0))
    assert told == pytest.approx([2 / 4, 1 / 4])


def test_a_rival_that_is_much_less_likely_takes_next_to_nothing_even_beside_many_bits():
    told = against_rivals(RIGHT_ONCE, found((0, 0, 90.0), (0, 1, 1.0)))
    assert told.bits.tolist() == pytest.approx([90 - np.log2(3), -89])


def test_only_where_the_other_table_has_each_person_once_do_pairs_of_a_record_compete():
    of_one_left = (0, 0, 5.0), (0, 1, 5.0)
    of_one_right = (0, 0, 5.0), (1, 0, 5.0)
    alone = probabilities(np.array([5.0, 5.0])).tolist()
    assert shares(LEFT_ONCE, *of_one_left) == alone
    assert shares(RIGHT_ONCE, *of_one_right) == alone
    assert shares(LEFT_ONCE, *of_one_right) == shares(RIGHT_ONCE, *of_one_left)
    assert max(shares(RIGHT_ONCE, *of_one_left)) < 0.5


def test_where_both_have_each_person_once_rivals_of_either_side_count():
    told = against_rivals(BOTH_ONCE, found((0, 0, 5.0), (0, 1, 0.0), (1, 0, 1.0)))
    assert told.bits[0] == pytest.approx(5 - np.log2(1 + 1 + 2))


def test_faint_rivals_count_for_nothing_so_that_no_line_changes_the_others():
    faint = LEAST_RIVAL - 0.1
    told = against_rivals(RIGHT_ONCE, found((0, 0, 2.0), (0, 1, faint)))
    assert told.bits[0] == 2.0
    assert told.bits[1] < faint


def test_nothing_found_has_no_rivals():
    none = found((0, 0, 1.0)).reaching(line_of(0.9))
    assert not len(against_rivals(BOTH_ONCE, none).bits)


@pytest.mark.parametrize("wrong", ["left", ["both"], True, [["left"]]])
def test_what_is_no_side_can_have_no_person_once(wrong):
    with pytest.raises(DescriptionRefused, match="deduplicated: a list of left"):
        description_of(RAW | {"deduplicated": wrong})
