"""Which records of several authorities become one adult."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.people import cross_border
from records.schemas import PAIRS, conform

ACCEPT = 0.9


def pairs(*links):
    rows = []
    for left, right, probability in links:
        (one, one_ref), (other, other_ref) = left.split("/"), right.split("/")
        rows.append(
            {
                "left_authority": one,
                "left_ref": one_ref,
                "right_authority": other,
                "right_ref": other_ref,
                "weight": 0.0,
                "probability": probability,
                "left_hash": "l",
                "right_hash": "r",
                "evidence": [],
            }
        )
    return conform(rows, PAIRS)


def groups(*links, accept=ACCEPT):
    return [
        [f"{member.authority}/{member.record_ref}" for member in members]
        for members in cross_border(pairs(*links), accept)
    ]


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], []),
        ([("A/1", "B/1", 0.95)], [["A/1", "B/1"]]),
        ([("A/1", "B/1", 0.9)], [["A/1", "B/1"]]),
        ([("A/1", "B/1", 0.89)], []),
        (
            [("A/1", "B/1", 0.99), ("A/1", "C/1", 0.95), ("B/1", "C/1", 0.96)],
            [["A/1", "B/1", "C/1"]],
        ),
        # one strong link does not chain strangers together
        ([("A/1", "B/1", 0.99), ("B/1", "C/1", 0.98)], [["A/1", "B/1"]]),
        (
            [("A/1", "B/1", 0.99), ("B/1", "C/1", 0.98), ("A/1", "C/1", 0.6)],
            [["A/1", "B/1"]],
        ),
        # two records of one force share a person through another's record
        ([("A/1", "B/1", 0.99), ("A/2", "B/1", 0.95)], [["A/1", "A/2", "B/1"]]),
        (
            [("A/1", "B/1", 0.99), ("A/2", "B/2", 0.99)],
            [["A/1", "B/1"], ["A/2", "B/2"]],
        ),
        # equal links: the first by name wins, and the other can't join
        ([("A/1", "B/1", 0.95), ("B/1", "C/1", 0.95)], [["A/1", "B/1"]]),
    ],
)
def test_groups(links, expected):
    assert groups(*links) == expected


def test_a_members_probability_is_its_mean_link():
    (members,) = cross_border(
        pairs(("A/1", "B/1", 1.0), ("A/1", "C/1", 0.96), ("B/1", "C/1", 0.92)), ACCEPT
    )
    assert [member.probability for member in members] == [0.98, 0.96, 0.94]


LINKS = st.dictionaries(
    st.tuples(
        st.sampled_from(["A/1", "A/2", "A/3", "B/1", "B/2"]),
        st.sampled_from(["C/1", "C/2", "D/1", "D/2"]),
    ),
    st.sampled_from([0.2, 0.85, 0.9, 0.95, 0.99]),
    max_size=12,
)


@given(LINKS, st.randoms(use_true_random=False))
@settings(max_examples=80)
def test_groups_part_the_records_whatever_the_order_of_pairs(links, random):
    rows = [(left, right, probability) for (left, right), probability in links.items()]
    found = groups(*rows)
    members = [member for group in found for member in group]
    assert len(members) == len(set(members))
    assert all(len({member[0] for member in group}) > 1 for group in found)
    random.shuffle(rows)
    assert groups(*rows) == found
    assert sum(map(len, groups(*rows, accept=0.99))) <= len(
        {member for pair in links for member in pair}
    )
