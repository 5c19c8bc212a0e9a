"""Whatever a pair's evidence can say, a reviewer can read."""

import subprocess
import sys

import pytest
from person_rows import CHILDREN_MODEL, FORCE, persons, record, strangers

from matching.blocking import EVERYBODY
from matching.comparisons import COMPARISONS, MISSING
from matching.evidence import EvidencePart
from matching.explain import UnknownEvidence, candidates, explanation, strongest
from matching.guards import GUARDS
from matching.reference import link

EVERYTHING = [
    ("prior", "prior"),
    *((name, rule.name) for name, rules in COMPARISONS.items() for rule in rules),
    *((name, MISSING) for name in COMPARISONS),
    *(("guard", guard.name) for guard in GUARDS),
]


@pytest.mark.parametrize(("comparison", "level"), EVERYTHING)
def test_every_level_and_guard_is_explained_in_a_sentence(comparison, level):
    words = explanation(comparison, level)
    assert len(words) > 20
    assert words[0].isupper()
    assert words.endswith(".")


def test_no_two_levels_of_a_comparison_say_the_same():
    for rules in [*COMPARISONS.values(), GUARDS]:
        assert len({rule.words for rule in rules}) == len(rules)
        assert len({rule.name for rule in rules}) == len(rules)


@pytest.mark.parametrize(
    ("comparison", "level"),
    [("forename", "telepathic"), ("shoe_size", "exact"), ("guard", "missing")],
)
def test_evidence_of_another_release_is_refused(comparison, level):
    with pytest.raises(UnknownEvidence, match="match again"):
        explanation(comparison, level)


def test_candidates_stand_best_first_and_ties_by_reference():
    child = record("c1", "JACK/BROWN", dob="2010-03-12", sex="M")
    rows = [
        record(ref, name, authority=FORCE, dob=dob, sex="M")
        for ref, name, dob in [
            ("n4", "JACK/BROWN", "2010-12-03"),
            ("n3", "JACK/BROWN", "2010-03-12"),
            ("n2", "JACK/BROWNE", "2010-03-12"),
            ("n1", "JACK/BROWN", "2010-03-12"),
        ]
    ]
    pairs = link(persons(child), persons(*rows, *strangers(500)), CHILDREN_MODEL, 1e-6)
    found = candidates(pairs)
    assert list(found) == [("330", "c1")]
    assert [each.record_ref for each in found["330", "c1"]][:3] == ["n1", "n3", "n2"]
    best = found["330", "c1"][0]
    assert (best.authority, best.left_hash, best.right_hash) == (
        FORCE,
        "hash of c1",
        "hash of n1",
    )
    assert sum(part.weight for part in best.evidence) == pytest.approx(best.weight)


def test_reading_evidence_loads_no_table_library():
    program = (
        "import sys, matching.evidence, matching.config, matching.explain, "
        "matching.people, matching.model; "
        "print([m for m in ('pandas', 'numpy', 'pyarrow', 'recordlinkage') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("comparison", "level", "best"),
    [
        ("forename", "different", "exact"),
        ("forename", "missing", "exact"),
        ("surname", "close", "exact"),
        ("dob", "one_digit", "exact"),
        ("dob", "other_year", "same_year"),
        ("postcode", "different", "same"),
        ("identifier", "nhs_different", "nhs_same"),
        ("identifier", "missing", None),
        ("forename", "reordered", None),
        ("surname", "reordered", None),
        ("sex", "same", None),
        ("prior", "prior", None),
        ("guard", "twins", None),
    ],
)
def test_the_strongest_agreement_is_of_the_same_circumstance(comparison, level, best):
    found = strongest(CHILDREN_MODEL, EvidencePart(comparison, level, None, None, -3.0))

    if best is None:
        assert found is None
    else:
        weights = {
            one.name: one.weight for one in CHILDREN_MODEL.comparison(comparison).levels
        }
        assert found == (best, weights[best])
        assert explanation(comparison, best)


def test_what_weighs_more_than_the_strongest_level_in_the_mean_has_nothing_above_it():
    rare = EvidencePart("surname", "part", None, None, 30.0)

    assert strongest(CHILDREN_MODEL, rare) is None


def test_a_search_without_rules_compares_what_no_rule_brings_together():
    child = persons(record("c1", "JACK/BROWN", dob="2010-03-12", sex="M"))
    other = record("n1", "JAK/WILLIAMS", authority=FORCE, dob="2014-07-01", sex="M")
    register = persons(other, *strangers(50))

    nightly = link(child, register, CHILDREN_MODEL, 1e-9)
    wide = link(child, register, CHILDREN_MODEL, 1e-9, EVERYBODY)

    assert "n1" not in nightly.column("right_ref").to_pylist()
    assert "n1" in wide.column("right_ref").to_pylist()
    assert wide.num_rows > nightly.num_rows
