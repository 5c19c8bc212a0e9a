"""The engine and a plain-Python Fellegi-Sunter agree pair by pair, level by level.

Random small tables of people who resemble each other; every blocked pair is compared,
so that a pair that blocking lost or pruning dropped is seen too.
"""

from collections import Counter

import numpy as np
import pytest
from person_rows import CHILDREN_MODEL, FORCE, RELEASED, persons, record
from plain_oracle import Oracle

from matching.comparisons import COMPARISONS
from matching.priors import PERPETRATORS, prior_model
from matching.reference import link

FORENAMES = [
    "JACK", "JAKE", "JACOB", "JACK JAMES", "JAMES", "J", "MOHAMMED", "MUHAMMAD",
    "MOHAMMED ALI", "MUHAMMAD ALI", "ALI", "STEPHEN", "STEPEHN", "SARA", "SARAH",
    "SMITH", "", "KHANA",
    "DANIEL", "DANIELLE", "MARIE ANN", "MARIEANN", "DARIEL",
]  # fmt: skip
SURNAMES = [
    "SMITH", "SMYTH", "SMITH JONES", "JONES", "KHAN", "KHANN", "JACK", "VAN DYKE",
    "VAN HALEN", "MC DONALD", "MCDONALD", "", "ALI", "DANIELS",
]  # fmt: skip
DATES = [
    "2010-03-12", "2010-12-03", "2010-03-13", "2010-11-12", "2010-01-01", "2011-01-01",
    "2009-08-15", "2010-08-15", "1985-03-12", "2013-07-25", "1990-01-01",
]  # fmt: skip
POSTCODES = ["CV7 8QZ", "CV7 8AA", "CV7 9AA", "CV1 8QZ", "LS1 4AP"]


def some(rng, choices, most):
    size = int(rng.integers(0, most + 1))
    chosen = rng.choice(len(choices), size=size, replace=False)
    return [choices[each] for each in sorted(chosen)]


def random_record(rng, ref, authority):
    names = {
        f"{rng.choice(FORENAMES)}/{rng.choice(SURNAMES)}": None
        for _ in range(int(rng.integers(1, 4)))
    }
    numbers = {
        kind: f"{kind}{int(rng.integers(3))}"
        for kind in some(rng, ["nhs", "upn", "pnc", "cro", "home_office"], 2)
    }
    return record(
        ref,
        *(name for name in names if name != "/"),
        authority=authority,
        dobs=some(rng, DATES, 2),
        weak=bool(rng.random() < 0.2),
        sex=[None, "F", "M"][int(rng.integers(3))],
        postcodes=some(rng, POSTCODES, 2),
        identifiers=numbers if rng.random() < 0.3 else {},
    )


def tables(seed):
    rng = np.random.default_rng(seed)
    lefts = [random_record(rng, f"c{number:02}", "330") for number in range(25)]
    rights = [random_record(rng, f"n{number:02}", FORCE) for number in range(60)]
    return lefts, rights


@pytest.mark.parametrize(
    "model",
    [CHILDREN_MODEL, prior_model(PERPETRATORS, RELEASED)],
    ids=lambda model: model.family,
)
@pytest.mark.parametrize("seed", range(3))
def test_both_find_the_same_pairs_with_the_same_weights(seed, model):
    lefts, rights = tables(seed)
    pairs = link(persons(*lefts), persons(*rights), model, 1e-40)
    engine = {
        (pair["left_ref"], pair["right_ref"]): (
            pair["weight"],
            [(part["comparison"], part["level"]) for part in pair["evidence"]],
        )
        for pair in pairs.to_pylist()
    }
    oracle = Oracle(lefts, rights, model).pairs()
    assert engine.keys() == oracle.keys()
    assert len(engine) > 300
    for key, (weight, levels) in oracle.items():
        assert engine[key][0] == pytest.approx(weight, abs=2e-6), key
        assert engine[key][1] == levels, key


@pytest.mark.parametrize("floor", [0.001, 0.5])
def test_stopping_early_loses_no_pair(floor):
    lefts, rights = tables(11)
    left, right = persons(*lefts), persons(*rights)
    everything = link(left, right, CHILDREN_MODEL, 1e-40).to_pylist()
    assert link(left, right, CHILDREN_MODEL, floor).to_pylist() == [
        pair for pair in everything if pair["probability"] >= floor
    ]


def test_the_random_people_reach_every_level():
    reached = Counter()
    for seed in range(3):
        lefts, rights = tables(seed)
        for _, levels in Oracle(lefts, rights, CHILDREN_MODEL).pairs().values():
            reached.update(levels)
    wanted = {
        (name, rule.name) for name, rules in COMPARISONS.items() for rule in rules
    }
    assert wanted <= reached.keys()
