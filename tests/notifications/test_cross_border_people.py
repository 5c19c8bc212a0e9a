"""Pointers: that another holds a record, whom to ask, and nothing else."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
from notification_cases import (
    COVENTRY,
    DIRECTORY,
    MONDAY,
    STAFFORDSHIRE,
    WEST_MERCIA,
    WMP,
    as_open,
    rulebook,
)

from notifications.clocks import due_in
from notifications.documents import Audience, Kind, ObligationKind, Withdrawal, body
from notifications.facts import (
    Directory,
    PersonGroup,
    PersonMember,
    PersonMemory,
    Standing,
)
from notifications.identity import person_id
from notifications.people import decide_pointers, in_scope_for_pointers

PERSON = UUID("00000000-0000-5000-8000-000000000001")


def group(*members, kind="perpetrator"):
    return PersonGroup(PERSON, kind, members)


def member(authority, ref, **changes):
    return PersonMember(authority, ref, 0.98, **changes)


TWO_FORCES = group(member(WMP, "W1"), member(WEST_MERCIA, "M1"))


class People:
    """One person followed from night to night."""

    def __init__(self, rules=None):
        self.rules, self.on, self.memory = rules or rulebook(), MONDAY, PersonMemory()

    def pass_(self, *groups):
        known = {PERSON: self.memory}
        outcome = decide_pointers(groups, known, self.rules, self.on)
        assert decide_pointers(groups, known, self.rules, self.on) == outcome
        standing = dict(self.memory.standing)
        open_ = {one.owed_by: one for one in self.memory.open_obligations}
        for one in outcome.notices:
            standing.pop(one.recipient, None)
            if one.kind is Kind.POINTER:
                standing[one.recipient] = Standing(
                    one.notification_id, one.kind, one.recipient, one.audience,
                    one.is_copy, str(PERSON), one.facts_hash, self.on,
                )  # fmt: skip
        for one in outcome.obligations:
            open_[one.owed_by] = as_open(one)
            if one.met_on:
                del open_[one.owed_by]
        self.memory = PersonMemory(
            standing,
            self.memory.made | {one.notification_id for one in outcome.notices},
            tuple(open_.values()),
        )
        self.on += dt.timedelta(days=1)
        return outcome


def told(outcome):
    return {one.recipient: one.kind for one in outcome.notices}


@pytest.mark.parametrize(
    ("roles", "flags", "expected"),
    [
        (["suspect"], ["cse_perpetrator"], True),
        (["Offender", "witness"], ["shpo"], True),
        (["suspect"], ["SRO"], True),
        (["offender"], ["cawn"], True),
        (["suspect"], [], False),
        ([], ["shpo"], False),
        (["witness", "associate"], ["cse_perpetrator"], False),
        (["victim"], ["cse_perpetrator"], False),
        (["suspect"], ["cse_victim", "cce_at_risk", "nrm", "trafficked"], False),
        (["suspect"], ["gang", "mappa"], False),
    ],
)
def test_only_suspects_under_an_exploitation_flag_or_order_are_in_scope(
    roles, flags, expected
):
    assert in_scope_for_pointers(roles, flags) is expected


def test_each_force_is_pointed_to_the_others_record_and_its_desk():
    outcome = People().pass_(TWO_FORCES)
    assert told(outcome) == {WMP: Kind.POINTER, WEST_MERCIA: Kind.POINTER}
    notice = next(one for one in outcome.notices if one.recipient == WMP)
    document = notice.document
    assert document.your_records == ("W1",)
    (pointer,) = document.pointers
    assert (pointer.authority, pointer.record_ref) == (WEST_MERCIA, "M1")
    assert pointer.authority_name == "West Mercia Police"
    assert pointer.contact == f"0100 {WEST_MERCIA}, duty@{WEST_MERCIA}.example"
    assert (notice.subject, notice.person_id) == ("person", PERSON)
    assert (notice.placing_la, notice.child_ref, notice.placement_ref) == (None,) * 3
    assert notice.due_at == due_in(MONDAY, 5)


def test_a_pointer_carries_no_child_no_risk_and_no_probability():
    for notice in People().pass_(TWO_FORCES).notices:
        document = notice.document
        assert (document.child, document.placement) == (None, None)
        assert document.risk_indicators == ()
        assert document.placing_authority is None
        assert "0.98" not in body(document).decode()


def test_nothing_is_said_twice_and_absence_takes_nothing_back():
    people = People()
    people.pass_(TWO_FORCES)
    assert told(people.pass_(TWO_FORCES)) == {}
    assert told(people.pass_()) == {}
    assert told(people.pass_(TWO_FORCES)) == {}


def test_another_record_is_a_pointer_that_supersedes():
    people = People()
    first = people.pass_(TWO_FORCES)
    more = replace(TWO_FORCES, members=(*TWO_FORCES.members, member(WMP, "W2")))
    outcome = people.pass_(more)
    assert told(outcome) == {WMP: Kind.POINTER, WEST_MERCIA: Kind.POINTER}
    before = {one.recipient: one.notification_id for one in first.notices}
    assert {one.recipient: one.supersedes for one in outcome.notices} == before
    back = people.pass_(TWO_FORCES)
    made = [one.notification_id for one in (*first.notices, *back.notices)]
    assert len(set(made)) == 4


def test_records_that_fell_apart_are_taken_back():
    people = People()
    first = people.pass_(TWO_FORCES)
    outcome = people.pass_(group(member(WMP, "W1")))
    assert told(outcome) == {WMP: Kind.RETRACTION, WEST_MERCIA: Kind.RETRACTION}
    for notice in outcome.notices:
        assert isinstance(notice.document, Withdrawal)
        assert notice.document.notification_id in {
            one.notification_id for one in first.notices
        }
    assert told(people.pass_(group(member(WMP, "W1")))) == {}


def test_one_authoritys_records_alone_cross_no_border():
    outcome = People().pass_(group(member(WMP, "W1"), member(WMP, "W2")))
    assert (outcome.notices, outcome.obligations) == ((), ())


def test_children_are_not_pointed_at():
    child = group(member(COVENTRY, "C1"), member(WMP, "W1"), kind="child")
    assert told(People().pass_(child)) == {}


def test_every_holder_is_told_but_a_region_may_keep_local_authorities_blind():
    people = group(member(COVENTRY, "PC1"), member(WMP, "W1"))
    assert set(told(People().pass_(people))) == {COVENTRY, WMP}
    blind = rulebook(pointers_to_local_authorities=False)
    outcome = People(blind).pass_(people)
    assert told(outcome) == {WMP: Kind.POINTER}
    assert outcome.notices[0].document.pointers[0].authority == COVENTRY


def test_a_restricted_record_is_never_pointed_at_and_its_officer_gets_a_task():
    people = People()
    outcome = people.pass_(
        group(member(WMP, "W1"), member(WEST_MERCIA, "M9", restricted=True))
    )
    assert outcome.notices == ()
    assert outcome.restricted == 1
    (task,) = outcome.obligations
    assert (task.kind, task.owed_by) == (
        ObligationKind.NAMED_OFFICER_TASK, WEST_MERCIA,
    )  # fmt: skip
    assert task.audience is Audience.NAMED_OFFICER
    assert "M9" in task.asked
    assert "West Midlands Police" in task.asked
    assert "W1" not in body(task).decode()
    assert task.due_at == due_in(MONDAY, 1)


def test_such_a_task_is_made_once_and_met_when_the_shield_is_lifted():
    people = People()
    shielded = group(member(WMP, "W1"), member(WEST_MERCIA, "M9", restricted=True))
    (made,) = people.pass_(shielded).obligations
    assert people.pass_(shielded).obligations == ()
    outcome = people.pass_(group(member(WMP, "W1"), member(WEST_MERCIA, "M9")))
    (met,) = outcome.obligations
    assert met.obligation_id == made.obligation_id
    assert met.met_on == MONDAY + dt.timedelta(days=2)
    assert set(told(outcome)) == {WMP, WEST_MERCIA}


def test_whom_to_speak_with_is_said_again_when_another_holder_comes_in():
    people = People()
    mine = member(WEST_MERCIA, "M9", restricted=True)
    (first,) = people.pass_(group(member(WMP, "W1"), mine)).obligations
    three = group(member(WMP, "W1"), member(STAFFORDSHIRE, "S1"), mine)
    (again,) = people.pass_(three).obligations
    assert again.asked.endswith("of West Midlands Police and Staffordshire Police.")
    assert (again.obligation_id, again.due_at) == (first.obligation_id, first.due_at)
    assert people.pass_(three).obligations == ()


def test_a_task_is_met_too_when_the_records_fell_apart():
    people = People()
    people.pass_(group(member(WMP, "W1"), member(WEST_MERCIA, "M9", restricted=True)))
    (met,) = people.pass_(group(member(WEST_MERCIA, "M9", restricted=True))).obligations
    assert met.met_on is not None
    assert met.placing_authority.authority == WEST_MERCIA


def test_a_record_that_becomes_restricted_is_taken_back():
    people = People()
    people.pass_(TWO_FORCES)
    outcome = people.pass_(
        group(member(WMP, "W1"), member(WEST_MERCIA, "M1", restricted=True))
    )
    assert told(outcome) == {WMP: Kind.RETRACTION, WEST_MERCIA: Kind.RETRACTION}


def test_a_holder_beside_its_own_restricted_record_keeps_its_open_ones():
    outcome = People().pass_(
        group(
            member(WMP, "W1"),
            member(WEST_MERCIA, "M1"),
            member(WEST_MERCIA, "M9", restricted=True),
        )
    )
    assert set(told(outcome)) == {WMP, WEST_MERCIA}
    text = "".join(body(one.document).decode() for one in outcome.notices)
    assert "M9" not in text


def test_a_holder_whose_desk_is_not_known_is_named_without_a_contact():
    fewer = {WMP: DIRECTORY.authorities[WMP]}
    rules = rulebook(directory=Directory("small", fewer))
    outcome = People(rules).pass_(group(member(WMP, "W1"), member(STAFFORDSHIRE, "S1")))
    by_recipient = {one.recipient: one for one in outcome.notices}
    assert by_recipient[WMP].document.pointers[0].contact is None
    assert by_recipient[STAFFORDSHIRE].channel == "export"


def test_a_persons_first_id_is_of_its_first_record():
    members = (member(WMP, "W1"), member(WEST_MERCIA, "M1"))
    assert person_id("perpetrator", members) == person_id("perpetrator", members[::-1])
    assert person_id("child", members) != person_id("perpetrator", members)
