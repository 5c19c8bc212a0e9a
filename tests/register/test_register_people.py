"""A person keeps one id while records come and go; no two persons share one."""

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from register_examples import day, everything, night

from notifications.facts import PersonMember
from register.engine import reading
from register.nights import record_night
from register.people import (
    NOBODY,
    KnownMember,
    KnownPeople,
    SharedRecordError,
    assign,
    known_people,
)

LOW, HIGH = UUID(int=1), UUID(int=2)


def member(name, probability=0.9, *, restricted=False):
    """``a1`` is record 1 of force a."""
    return PersonMember(name[0], name[1:], probability, restricted)


def group(*names):
    return [member(name) for name in names]


def known(**ids):
    """``a1=LOW``: record 1 of force a belongs to that person."""
    return KnownPeople(
        members={
            (name[0], name[1:]): KnownMember(person_id, 0.9, False, True)
            for name, person_id in ids.items()
        },
        created_on={person_id: day(1) for person_id in ids.values()},
    )


def ids(groups):
    return {
        "+".join(one.authority + one.record_ref for one in found.members): (
            found.person_id
        )
        for found in groups
    }


@pytest.mark.parametrize(
    ("case", "before", "tonight", "expected"),
    [
        ("the same", known(a1=LOW, b1=LOW), [group("a1", "b1")], {"a1+b1": LOW}),
        ("one more", known(a1=LOW, b1=LOW), [group("a1", "b1", "c1")],
         {"a1+b1+c1": LOW}),
        ("one less", known(a1=LOW, b1=LOW, c1=LOW), [group("b1", "c1")],
         {"b1+c1": LOW}),
        ("merged: the majority's", known(a1=LOW, b1=HIGH, c1=HIGH),
         [group("a1", "b1", "c1")], {"a1+b1+c1": HIGH}),
        ("merged, a tie: the smallest id", known(a1=HIGH, b1=LOW),
         [group("a1", "b1")], {"a1+b1": LOW}),
        ("split: the larger part keeps it",
         known(a1=LOW, b1=LOW, c1=LOW),
         [group("a1", "d1"), group("b1", "c1")], {"a1+d1": None, "b1+c1": LOW}),
        ("split in halves: the one with the smallest member",
         known(a1=LOW, b1=LOW), [group("b1", "d1"), group("a1", "c1")],
         {"a1+c1": LOW, "b1+d1": None}),
        ("members swap partners", known(a1=LOW, b1=LOW, c1=HIGH, d1=HIGH),
         [group("a1", "c1"), group("b1", "d1")], {"a1+c1": LOW, "b1+d1": HIGH}),
        ("what is left of it alone", known(a1=LOW, b1=LOW), [group("a1")],
         {"a1": LOW}),
    ],
)  # fmt: skip
def test_whose_id_a_group_has(case, before, tonight, expected):
    got = ids(assign("perpetrator", tonight, before))
    assert got.keys() == expected.keys(), case
    for name, person_id in expected.items():
        if person_id is None:
            assert got[name] not in {LOW, HIGH}, case
        else:
            assert got[name] == person_id, case


def test_a_new_person_has_an_id_that_is_the_same_everywhere():
    [one] = assign("perpetrator", [group("b1", "a1")], NOBODY)
    assert str(one.person_id) == "4d6f57ee-1062-5384-a188-0b78e02d6203"
    assert [member.authority for member in one.members] == ["a", "b"]


def test_children_and_perpetrators_have_ids_of_their_own():
    [child] = assign("child", [group("a1", "b1")], NOBODY)
    [perpetrator] = assign("perpetrator", [group("a1", "b1")], NOBODY)
    assert child.person_id != perpetrator.person_id


def test_a_record_is_in_one_group():
    with pytest.raises(SharedRecordError, match="record 1 of a"):
        assign("child", [group("a1", "b1"), group("a1", "c1")], NOBODY)


# --- laws --------------------------------------------------------------------------

names = [f"{force}{number}" for force in "abc" for number in (1, 2)]
partitions = st.lists(st.integers(0, 4), min_size=6, max_size=6).map(
    lambda places: [
        group(*(name for name, mine in zip(names, places, strict=True) if mine == at))
        for at in range(1, 5)
        if at in places
    ]
)
"""Every record is in one of four groups, or in none."""


def live(history):
    """Night after night, each on what was known by the end of the one before."""
    members, created = {}, {}
    for number, groups in enumerate(history, 1):
        found = assign("child", groups, KnownPeople(dict(members), dict(created)))
        yield groups, found, dict(members)
        for one in found:
            created.setdefault(one.person_id, day(number))
            for mine in one.members:
                members[mine.authority, mine.record_ref] = KnownMember(
                    one.person_id, 0.9, False, True
                )


@given(st.lists(partitions, min_size=1, max_size=5))
def test_each_group_has_one_id_and_no_two_the_same(history):
    for groups, found, _ in live(history):
        assert len(found) == len(groups)
        assert len({one.person_id for one in found}) == len(found)


@given(st.lists(partitions, min_size=1, max_size=5))
def test_an_id_stays_with_somebody_who_had_it(history):
    """An id that was given before is only ever worn by a former member's group."""
    ever = set()
    for _, found, before in live(history):
        for one in found:
            if one.person_id in ever:
                mine = {(each.authority, each.record_ref) for each in one.members}
                assert one.person_id in {
                    before[record].person_id for record in mine & before.keys()
                }
        ever |= {one.person_id for one in found}


@given(partitions)
def test_an_unchanged_night_changes_no_id(groups):
    for (_, first, _), (_, second, _) in pairwise(live([groups, groups])):
        assert first == second


@given(st.lists(partitions, min_size=1, max_size=3), st.randoms())
def test_the_order_of_groups_and_members_does_not_matter(history, random):
    *_, (groups, _, members) = live(history)
    created = {one.person_id: day(1) for one in members.values()}
    stirred = [random.sample(one, len(one)) for one in groups]
    random.shuffle(stirred)
    known_then = KnownPeople(members, created)
    assert assign("child", stirred, known_then) == assign("child", groups, known_then)


# --- through the register ----------------------------------------------------------


def recall(engine, before, kind="child"):
    with reading(engine) as connection:
        return known_people(connection, kind, day(before))


def record(engine, number, *groups, run=1):
    found = assign("child", groups, recall(engine, number))
    record_night(engine, night(number, run, people=found))
    return ids(found)


def test_a_person_is_remembered_with_its_records(engine):
    restricted = [member("a1", 0.75, restricted=True), member("b1")]
    [person_id] = record(engine, 1, restricted).values()
    assert recall(engine, 1) == NOBODY
    assert recall(engine, 2) == KnownPeople(
        members={
            ("a", "1"): KnownMember(person_id, 0.75, True, True),
            ("b", "1"): KnownMember(person_id, 0.9, False, True),
        },
        created_on={person_id: day(1)},
    )
    assert recall(engine, 2, "perpetrator") == NOBODY


def test_a_record_that_falls_away_and_comes_back_is_the_same_person(engine):
    first = record(engine, 1, group("a1", "b1"))
    record(engine, 2)
    gone = recall(engine, 3)
    assert {one.present for one in gone.members.values()} == {False}
    assert record(engine, 3, group("a1", "b1")) == first
    assert len(everything(engine)["person"]) == 1
    assert {one.present for one in recall(engine, 4).members.values()} == {True}


def test_an_unchanged_person_takes_no_more_rows(engine):
    for number in (1, 2, 3):
        record(engine, number, group("a1", "b1"))
    assert len(everything(engine)["person_member"]) == 2


def test_a_date_run_again_leaves_the_last_runs_people(engine):
    record(engine, 1, group("a1", "b1"))
    record(engine, 2, group("a1", "c1"), group("b1", "d1"))
    before = recall(engine, 2)
    record(engine, 2, group("a1", "b1"), run=2)
    assert recall(engine, 2) == before
    assert recall(engine, 3) == before
    assert len(everything(engine)["person"]) == 1
