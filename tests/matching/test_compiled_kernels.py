"""What is compiled is kept, for one state of all its sources and for no other."""

import pytest
from person_rows import CHILDREN_MODEL, FORCE, LA, persons, record
from two_towns import DESCRIPTION, described, towns

from matching.fast import link
from matching.linkage import compiled as module
from matching.linkage.compiled import compiled
from matching.linkage.counting_kernel import (
    cells_of_anybody,
    cells_of_rule,
    hashes_of_numbers,
    hashes_of_texts,
)
from matching.linkage.encode import encode
from matching.linkage.fast import search
from matching.linkage.grouping import by_key, number_keys
from matching.linkage.joining_kernel import average_link, connected
from matching.linkage.kernel import scan
from matching.linkage.learn import learn
from matching.linkage.numbers import plan_of
from matching.linkage.warming import warm


def one_more(number):
    return number + 1


def kept(monkeypatch, sources):
    """Whether the function was found compiled, given a state of the sources."""
    monkeypatch.setattr(module, "_sources", lambda: sources)
    function = compiled(one_more)
    assert function(1) == 2
    return sum(function.stats.cache_hits.values()) > 0


def test_a_change_of_any_source_compiles_anew(monkeypatch):
    kept(monkeypatch, "as it is")
    assert kept(monkeypatch, "as it is")
    assert not kept(monkeypatch, "changed")
    assert kept(monkeypatch, "changed")


def test_every_kernel_is_kept_with_all_its_sources(monkeypatch, tmp_path):
    before = module._sources.__wrapped__()
    monkeypatch.setattr(module, "__file__", str(tmp_path / "compiled.py"))
    (tmp_path / "a_kernel.py").write_text("one")
    first = module._sources.__wrapped__()
    (tmp_path / "a_kernel.py").write_text("two")
    assert len({before, first, module._sources.__wrapped__()}) == 3


KERNELS = (
    scan, cells_of_rule, cells_of_anybody, hashes_of_texts, hashes_of_numbers,
    number_keys, by_key,
)  # fmt: skip
NAMES = ("forename", "surname")


@pytest.fixture
def ready():
    """How many forms each kernel has once all are warm."""
    warm()
    return [len(kernel.signatures) for kernel in KERNELS]


@pytest.mark.parametrize(
    "left_out", [(), NAMES[:1], NAMES[1:], NAMES, ("dob",), ("postcode",)]
)
def test_no_linkage_compiles_what_warming_did_not(ready, left_out):
    """It would take as long as half a minute, the first time that somebody links."""
    comparisons = {
        name: one
        for name, one in DESCRIPTION["comparisons"].items()
        if name not in left_out
    }
    rules = [
        rule
        for rule in DESCRIPTION["blocking"]
        if not any(name in rule for name in left_out)
    ]
    description = described(comparisons=comparisons, blocking=rules)
    left, right, _ = towns()
    for other in (right, None):
        encoded = encode(description, left, other)
        ids = (left["ref"], None if other is None else other["ref"])
        numbers = learn(description, encoded, *ids).numbers
        search(encoded, plan_of(description, numbers, encoded, 0.0))
    assert [len(kernel.signatures) for kernel in KERNELS] == ready


@pytest.mark.parametrize(
    "said",
    [
        {"dob": "2010-03-04", "postcodes": ["ZE1 1XX"], "sex": "F"},
        {"dob": "2010-03-04"}, {"sex": "F", "postcodes": ["ZE1 1XX"]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("names", [["Ann/Lee"], []])
def test_no_night_compiles_what_warming_did_not(ready, said, names):
    left, right = (
        persons(
            *(record(f"{letter}{n}", *names, authority=owner, **said) for n in "12")
        )
        for letter, owner in (("C", LA), ("N", FORCE))
    )
    link(left, right, CHILDREN_MODEL, 0.001)
    assert [len(kernel.signatures) for kernel in KERNELS] == ready


def test_warming_calls_every_kernel_that_python_calls():
    warm()
    called = (scan, cells_of_rule, cells_of_anybody, connected, average_link)
    assert all(kernel.signatures for kernel in called)
