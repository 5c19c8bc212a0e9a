"""A night that carries on from the last finds what a search of everything finds."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from noisy_people import ON, town
from person_rows import CHILDREN_MODEL, FORCE, LA, persons, record
from test_against_the_plain_oracle import random_record

from matching import fast, onward
from matching.calibration import Calibration
from matching.onward import indexed, link_onward
from matching.standardise import child_persons, nominal_persons
from records.schemas import PERSONS, empty

RESTLESS = replace(CHILDREN_MODEL, frequency_strength=3.0)
"""Frequencies weigh so much that a single record moves the weights of others."""


def hashed(row):
    content = {name: value for name, value in row.items() if name != "content_hash"}
    text = json.dumps(content, sort_keys=True, default=str)
    return {**row, "content_hash": hashlib.sha256(text.encode()).hexdigest()}


def drawn(rng, prefix, number, authority):
    return hashed(random_record(rng, f"{prefix}{number:03}", authority))


def table(rows):
    return persons(*rows.values()) if rows else empty(PERSONS)


def changed(rng, rows, prefix, authority, share):
    """Some records anew, some gone, some new; in another order."""
    keys = list(rows)
    now = dict(rows)
    for key in keys:
        chance = rng.random()
        if chance < share / 2:
            now[key] = drawn(rng, prefix, key, authority)
        elif chance < share:
            del now[key]
    for number in range(int(rng.binomial(len(keys), share / 2))):
        key = max(keys, default=0) + 1 + number
        now[key] = drawn(rng, prefix, key, authority)
    order = rng.permutation(len(now))
    items = list(now.items())
    return dict(items[place] for place in order)


def night(left, right, before, model, floor):
    """The night's pairs; what it leaves; how many were searched for."""
    now = indexed(right, before and before[0])
    found = link_onward(left, now, model, floor, before and before[1])
    return found.pairs, (now.index, found.carried), found.searched_for


@pytest.mark.parametrize("margin", [0.05, onward.MARGIN])
@pytest.mark.parametrize("floor", [1e-9, 0.001, 0.5])
@pytest.mark.parametrize("seed", range(3))
def test_every_night_of_a_history_is_as_a_search_of_everything(
    seed, floor, margin, monkeypatch
):
    """With a narrow margin, frequencies lift pairs that were not kept every night."""
    monkeypatch.setattr(onward, "MARGIN", margin)
    rng = np.random.default_rng(seed)
    left = {number: drawn(rng, "c", number, LA) for number in range(25)}
    right = {number: drawn(rng, "n", number, FORCE) for number in range(60)}
    before, searched, lefts = None, 0, 0
    for _ in range(8):
        pairs, before, again = night(table(left), table(right), before, RESTLESS, floor)
        assert pairs.equals(fast.link(table(left), table(right), RESTLESS, floor))
        searched, lefts = searched + again, lefts + len(left)
        share = rng.choice([0, 0.03, 0.1, 0.5])
        left = changed(rng, left, "c", LA, share / 2)
        right = changed(rng, right, "n", FORCE, share)
    assert searched < lefts, "nothing was ever carried"


def test_a_record_is_searched_for_again_when_its_terms_have_become_rare():
    """Two records that share a common name and little else, until the name is rare."""
    child = hashed(
        record("c", "Zebedee/Quill", authority=LA, dob="2010-03-12", sex="M")
    )
    other = hashed(
        record("n", "Zebedee/Quill", authority=FORCE, dob="2010-12-25", sex="M")
    )
    crowd = [
        hashed(record(f"x{n:03}", "Zebedee/Quill", authority=FORCE, dob="1950-01-02"))
        for n in range(200)
    ]
    strangers = [
        hashed(record(f"y{n:03}", "Ann/Smith", authority=FORCE, dob="1950-01-02"))
        for n in range(200)
    ]
    left = persons(child)
    crowded, rare = persons(other, *crowd), persons(other, *strangers)
    pairs, before, _ = night(left, crowded, None, RESTLESS, 0.01)
    assert pairs.num_rows == 0
    pairs, _, again = night(left, rare, before, RESTLESS, 0.01)
    assert again == 1
    assert pairs.column("right_ref").to_pylist() == ["n"]
    assert pairs.equals(fast.link(left, rare, RESTLESS, 0.01))


def test_a_quiet_night_searches_for_nobody():
    written = town(5, children=60, nominals=1500)
    left = child_persons(written.children, ON)
    right = nominal_persons(written.police, ON)
    first, before, searched = night(left, right, None, CHILDREN_MODEL, 0.001)
    assert searched == left.num_rows
    again, _, searched = night(left, right, before, CHILDREN_MODEL, 0.001)
    assert searched == 0
    assert again.equals(first)
    assert first.num_rows > 50


def test_a_changed_nominal_meets_all_children_and_no_other_does():
    written = town(6, children=60, nominals=1500)
    left = child_persons(written.children, ON)
    right = nominal_persons(written.police, ON)
    _, before, _ = night(left, right.slice(5), None, CHILDREN_MODEL, 0.001)
    pairs, _, searched = night(left, right, before, CHILDREN_MODEL, 0.001)
    assert searched <= 3, "only those whose terms have become rarer"
    assert pairs.equals(fast.link(left, right, CHILDREN_MODEL, 0.001))


def test_an_index_carried_on_is_one_made_anew():
    rng = np.random.default_rng(1)
    right = {number: drawn(rng, "n", number, FORCE) for number in range(60)}
    index = indexed(table(right)).index
    for _ in range(5):
        right = changed(rng, right, "n", FORCE, 0.3)
        index, anew = indexed(table(right), index).index, indexed(table(right)).index
        entries, others = (
            sorted(
                (print_, *sorted(keys.tolist()))
                for print_, keys in zip(
                    one.prints.tolist(),
                    np.split(one.keys, np.cumsum(one.counts)[:-1]),
                    strict=True,
                )
            )
            for one in (index, anew)
        )
        assert entries == others


def test_a_calibrated_model_carries_on_too():
    rng = np.random.default_rng(8)
    model = replace(RESTLESS, calibration=Calibration(0.6, 2.0))
    left = {number: drawn(rng, "c", number, LA) for number in range(25)}
    right = {number: drawn(rng, "n", number, FORCE) for number in range(60)}
    before = None
    for _ in range(4):
        pairs, before, _ = night(table(left), table(right), before, model, 0.01)
        assert pairs.equals(fast.link(table(left), table(right), model, 0.01))
        right = changed(rng, right, "n", FORCE, 0.2)


@pytest.mark.parametrize("sides", [(0, 3), (3, 0), (0, 0)])
def test_empty_sides_find_nothing_and_go_on(sides):
    rng = np.random.default_rng(2)
    left, right = (
        table({n: drawn(rng, prefix, n, authority) for n in range(size)})
        for size, prefix, authority in zip(sides, "cn", (LA, FORCE), strict=True)
    )
    pairs, before, _ = night(left, right, None, RESTLESS, 0.001)
    assert pairs.num_rows == 0
    full_left = table({n: drawn(rng, "c", n, LA) for n in range(5)})
    full_right = table({n: drawn(rng, "n", n, FORCE) for n in range(5)})
    pairs, _, _ = night(full_left, full_right, before, RESTLESS, 0.001)
    assert pairs.equals(fast.link(full_left, full_right, RESTLESS, 0.001))


def test_hashes_that_collide_let_no_stranger_in(monkeypatch):
    """Keys are kept as hashes: where all are one, everybody meets, and only pairs that
    share a key are compared."""
    monkeypatch.setattr(onward, "hashes_of", lambda ids: np.zeros(len(ids), np.uint64))
    rng = np.random.default_rng(3)
    left = table({n: drawn(rng, "c", n, LA) for n in range(10)})
    right = table({n: drawn(rng, "n", n, FORCE) for n in range(30)})
    pairs, _, _ = night(left, right, None, RESTLESS, 1e-9)
    assert pairs.equals(fast.link(left, right, RESTLESS, 1e-9))


def test_a_record_that_stands_there_twice_is_refused():
    one = hashed(record("c", "Ann/Smith", authority=LA))
    other = persons(hashed(record("n", "Ann/Smith", authority=FORCE)))
    twice = persons(one, one)
    with pytest.raises(ValueError, match="record c of 330 stands in PERSONS twice"):
        indexed(twice)
    with pytest.raises(ValueError, match="record c of 330 stands in PERSONS twice"):
        link_onward(twice, indexed(other), RESTLESS, 0.01)


def test_a_floor_must_be_a_probability():
    right = empty(PERSONS)
    with pytest.raises(ValueError, match="between 0 and 1, not 0"):
        link_onward(right, indexed(right), RESTLESS, 0)
