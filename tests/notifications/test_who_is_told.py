"""Every cell of the contracts' matrix, on the first night of a placement."""

import pytest
from notification_cases import (
    AT_PLACEMENT,
    COVENTRY,
    DIRECTORY,
    FLAG,
    IN_COVENTRY,
    PLACING,
    STAFFORDSHIRE,
    STOKE,
    WEST_MERCIA,
    WMP,
    WORCESTERSHIRE,
    Nights,
    case,
    decide,
    known,
    placement,
    rulebook,
    situations,
    told,
    usable,
)
from pydantic import ValidationError

from notifications.config import PolicyConfig
from notifications.documents import Audience, Kind, ObligationKind, Priority
from notifications.facts import Directory, Risk, State
from notifications.recipients import MATRIX, Role, Row, cells_of

NEW, UPDATE, UNCONFIRMED = Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED

FIRST_NIGHT = {
    "not_known": {WEST_MERCIA: NEW, WORCESTERSHIRE: NEW, PLACING: NEW},
    "known_not_at_address": {WEST_MERCIA: UPDATE, WORCESTERSHIRE: NEW, PLACING: UPDATE},
    "known_at_address_no_flag": {WORCESTERSHIRE: NEW},
    "known_at_placement": {WORCESTERSHIRE: NEW},
    "possible": {WORCESTERSHIRE: NEW},
    "cannot_say": {
        WEST_MERCIA: UNCONFIRMED, WORCESTERSHIRE: NEW, PLACING: UNCONFIRMED,
    },
    "no_host": {},
    "outside": {STAFFORDSHIRE: UNCONFIRMED, STOKE: NEW, PLACING: UNCONFIRMED},
    "restricted": {},
    "out_of_scope": {},
}  # fmt: skip


@pytest.mark.parametrize("situation", FIRST_NIGHT)
def test_the_matrix_says_who_is_told_what(situation):
    assert told(decide(situations()[situation])) == FIRST_NIGHT[situation]


def test_every_state_has_its_line_in_these_tests():
    states = {decide(one).decisions[0].state for one in situations().values()}
    assert states == set(State)


def test_every_state_has_its_row_of_the_matrix():
    assert {row.value for row in MATRIX} == {row.value for row in Row}
    states = {state.value for state in State} - {State.POSSIBLE.value}
    assert states <= {row.value for row in Row}


def test_a_possible_match_is_told_as_unconfirmed_when_its_deadline_has_passed():
    nights = Nights()  # Monday; three working days are left to judge
    quiet = [nights.pass_(situations()["possible"]) for _ in range(4)]
    assert [told(one) for one in quiet] == [{WORCESTERSHIRE: NEW}, {}, {}, {}]
    friday = nights.pass_(situations()["possible"])
    assert told(friday) == {WEST_MERCIA: UNCONFIRMED, PLACING: UNCONFIRMED}
    assert friday.decisions[0].reason.endswith("deadline passed")


def test_another_authority_of_the_same_force_and_that_force_are_both_told():
    outcome = decide(case(placement(postcode=IN_COVENTRY)))
    assert told(outcome) == {WMP: NEW, COVENTRY: NEW, PLACING: NEW}


def test_the_placing_authority_gets_a_copy_and_only_it():
    outcome = decide(situations()["not_known"])
    copies = {one.recipient: one.is_copy for one in outcome.notices}
    assert copies == {WEST_MERCIA: False, WORCESTERSHIRE: False, PLACING: True}
    for notice in outcome.notices:
        assert notice.document.is_copy == notice.is_copy


def test_hosts_outside_the_region_are_told_by_export_and_the_copy_by_portal():
    outcome = decide(situations()["outside"])
    channels = {one.recipient: one.channel for one in outcome.notices}
    assert channels == {STAFFORDSHIRE: "export", STOKE: "export", PLACING: "portal"}


def test_an_authority_that_is_no_member_is_told_by_export_though_its_force_is_one():
    members = {
        code: entry for code, entry in DIRECTORY.authorities.items() if code != COVENTRY
    }
    rules = rulebook(directory=Directory("smaller", members))
    outcome = decide(case(placement(postcode=IN_COVENTRY)), rules)
    channels = {one.recipient: one.channel for one in outcome.notices}
    assert channels == {WMP: "portal", COVENTRY: "export", PLACING: "portal"}
    assert outcome.decisions[0].state is State.NOT_KNOWN
    (task,) = outcome.obligations
    assert task.kind is ObligationKind.MANUAL_CHANNEL_TASK
    assert "Coventry" in task.asked
    assert "West Midlands Police" not in task.asked


TASKS = {
    "no_host": {(ObligationKind.DATA_TASK, PLACING)},
    "outside": {(ObligationKind.MANUAL_CHANNEL_TASK, PLACING)},
    "restricted": {
        (ObligationKind.NAMED_OFFICER_TASK, code)
        for code in (WEST_MERCIA, WORCESTERSHIRE, PLACING)
    },
}


@pytest.mark.parametrize("situation", FIRST_NIGHT)
def test_the_matrix_says_which_tasks_arise(situation):
    outcome = decide(situations()[situation])
    found = {(one.kind, one.owed_by) for one in outcome.obligations}
    assert found == TASKS.get(situation, set())


def test_a_restricted_task_goes_to_named_officers_and_a_data_task_to_the_duty_desk():
    shielded = decide(situations()["restricted"]).obligations
    assert {one.audience for one in shielded} == {Audience.NAMED_OFFICER}
    (task,) = decide(situations()["no_host"]).obligations
    assert task.audience is Audience.DUTY


@pytest.mark.parametrize("code", ["K1", "R5"])
def test_secure_places_are_told_to_the_police_for_information_only(code):
    risk = Risk("gang", answer=True, since=None, source="test")
    outcome = decide(case(placement(place_code=code), risks=(risk,)))
    priorities = {one.recipient: one.priority for one in outcome.notices}
    assert priorities[WEST_MERCIA] is Priority.LOW
    assert priorities[WORCESTERSHIRE] is Priority.HIGH
    assert outcome.decisions[0].priority is Priority.HIGH


@pytest.mark.parametrize(
    ("row", "addresses"),
    [
        ("known_at_address_no_flag", (AT_PLACEMENT,)),
        ("known_at_placement", (AT_PLACEMENT, FLAG)),
    ],
)
@pytest.mark.parametrize("kind", ["new", "update", "unconfirmed"])
def test_a_region_may_tell_the_police_where_the_matrix_does_not(row, addresses, kind):
    rules = rulebook(recipients={row: kind})
    outcome = decide(case(**known(*addresses)), rules)
    assert told(outcome) == {WEST_MERCIA: kind, WORCESTERSHIRE: NEW, PLACING: kind}


@pytest.mark.parametrize(
    "row", ["not_known", "restricted", "out_of_scope", "no_host", "outside_region"]
)
def test_a_region_may_change_no_other_row(row):
    with pytest.raises(ValidationError, match=f"{row} can't be changed"):
        PolicyConfig(recipients={row: "update"})


def test_a_region_may_silence_nobody():
    with pytest.raises(ValidationError):
        PolicyConfig(recipients={"known_at_placement": None})


def test_by_criteria_only_the_police_hear_of_some_and_local_authorities_of_all():
    rules = rulebook(criteria_only=True)
    assert told(decide(case(), rules)) == {WORCESTERSHIRE: NEW}
    risk = Risk("trafficked", answer=True, since=None, source="test")
    everybody = {WEST_MERCIA: NEW, WORCESTERSHIRE: NEW, PLACING: NEW}
    assert told(decide(case(risks=(risk,)), rules)) == everybody


@pytest.mark.parametrize("row", MATRIX)
def test_a_copy_follows_what_the_host_force_is_told(row):
    cells = MATRIX[row]
    copied = cells.kind_for(Role.PLACING_LA)
    assert copied == cells.kind_for(Role.HOST_FORCE)
    assert (cells.copy == "copy") == (cells.host_force is not None)
    silent = cells_of(row, None, police=False)
    assert silent.kind_for(Role.HOST_FORCE) is None
    assert silent.kind_for(Role.PLACING_LA) is None
    assert silent.kind_for(Role.HOST_LA) == cells.host_la


def test_one_notice_is_enough_for_two_forces_extracts():
    one = case(extracts=(usable(), usable(WMP)))
    assert told(decide(one)) == FIRST_NIGHT["not_known"]
