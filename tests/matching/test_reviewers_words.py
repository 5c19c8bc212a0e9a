"""Whatever a pair's evidence can say, a reviewer can read."""

import subprocess
import sys

import pytest
from person_rows import CHILDREN_MODEL, FORCE, persons, record, strangers

from matching.comparisons import COMPARISONS, MISSING
from matching.explain import UnknownEvidence, candidates, explanation
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
