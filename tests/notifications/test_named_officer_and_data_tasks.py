"""Tasks: made once, silent while they stand, met when they are no longer owed."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    COVENTRY,
    DIRECTORY,
    IN_CARDIFF,
    IN_COVENTRY,
    IN_STOKE,
    MONDAY,
    NOWHERE,
    PLACING,
    WEST_MERCIA,
    WMP,
    WORCESTERSHIRE,
    Nights,
    candidate,
    case,
    child,
    decide,
    judgement,
    not_usable,
    placement,
    rulebook,
    situations,
)

from notifications.clocks import due_in
from notifications.documents import ObligationKind, body
from notifications.facts import Directory, PlacementStatus, Protection
from notifications.wording import MEND_HOST

DAY = dt.timedelta(days=1)
MET = MONDAY + DAY


@pytest.mark.parametrize("situation", ["no_host", "restricted"])
def test_a_task_keeps_its_id_and_its_time_until_it_is_met(situation):
    nights = Nights()
    made = nights.pass_(situations()[situation]).obligations
    assert made
    assert all(one.met_on is None and one.created_on == MONDAY for one in made)
    assert nights.pass_(situations()[situation], days=0).obligations == ()
    met = nights.pass_(situations()["not_known"]).obligations
    assert [(one.obligation_id, one.due_at, one.met_on) for one in met] == [
        (one.obligation_id, one.due_at, MET) for one in made
    ]
    assert nights.pass_(situations()["not_known"]).obligations == ()


def test_a_task_owed_again_is_another_task():
    nights = Nights()
    (first,) = nights.pass_(situations()["no_host"]).obligations
    nights.pass_(situations()["not_known"])
    (second,) = nights.pass_(situations()["no_host"]).obligations
    assert second.obligation_id != first.obligation_id
    assert second.created_on == MONDAY + dt.timedelta(days=2)


@pytest.mark.parametrize(
    "gone",
    [
        case(placement(postcode=None, status=PlacementStatus.ENDED)),
        case(placement(postcode=None), child=child(death_date=MONDAY)),
    ],
)
def test_a_task_is_met_when_its_placement_is_over(gone):
    nights = Nights()
    (made,) = nights.pass_(situations()["no_host"]).obligations
    (met,) = nights.pass_(gone).obligations
    assert (met.obligation_id, met.met_on) == (made.obligation_id, MET)


@pytest.mark.parametrize(("postcode", "outcome"), NOWHERE.items())
def test_a_data_task_says_what_mends_the_record(postcode, outcome):
    (task,) = decide(case(placement(postcode=postcode))).obligations
    assert task.kind is ObligationKind.DATA_TASK
    assert task.asked.startswith(MEND_HOST[outcome])
    assert task.child_ref == "C1"
    assert task.due_at == due_in(MONDAY, 2)
    assert task.placing_authority.social_worker == "Sam Worker"


def test_a_record_too_thin_to_match_is_a_data_task_and_is_told_as_unconfirmed():
    outcome = decide(case(child=child(dob=None)))
    (task,) = outcome.obligations
    assert "date of birth" in task.asked
    assert {one.kind for one in outcome.notices} == {"new", "unconfirmed"}


def test_a_childs_record_that_holds_two_people_is_its_owners_to_split():
    alike = case(candidates=(candidate("N1", 0.7),))
    left = judgement("two_people", split="left")
    nights = Nights()
    (task,) = nights.pass_(replace(alike, judgements=(left,))).obligations
    assert (task.kind, task.owed_by) == (ObligationKind.DATA_TASK, PLACING)
    assert "may be of two people" in task.asked
    assert nights.pass_(replace(alike, judgements=(left,))).obligations == ()
    (met,) = nights.pass_(alike).obligations
    assert (met.obligation_id, met.met_on) == (task.obligation_id, MET + DAY)


@pytest.mark.parametrize(
    "said",
    [
        judgement("two_people", split="right"),
        judgement("two_people", split="left", left_hash="before it was split"),
        judgement("unsure"),
    ],
)
def test_no_other_word_makes_that_task(said):
    alike = case(candidates=(candidate("N1", 0.7),), judgements=(said,))
    assert decide(alike).obligations == ()


def test_it_stays_owed_while_the_extract_cannot_be_used():
    nights = Nights()
    thin = case(child=child(surname=None))
    assert len(nights.pass_(thin).obligations) == 1
    assert nights.pass_(replace(thin, extracts={})).obligations == ()
    assert decide(replace(thin, extracts={WEST_MERCIA: not_usable()})).obligations


def test_a_shielded_task_names_nobody_but_posts():
    shielded = case(protections=(Protection(),))
    outcome = decide(shielded)
    for task in outcome.obligations:
        text = body(task).decode()
        assert task.child_ref == ""
        assert task.placing_authority.social_worker is None
        for secret in ("Robin", "Example", "C1", "High Street", "WR1", "2014", "Sam"):
            assert secret not in text


def test_named_officers_are_told_whom_to_speak_with():
    asked = {
        one.owed_by: one.asked
        for one in decide(
            case(placement(postcode=IN_COVENTRY, place_code="A3"))
        ).obligations
    }
    assert "named officer of Birmingham (Head of Safeguarding)" in asked[WMP]
    assert "named officer of Birmingham" in asked[COVENTRY]
    assert "the named officer of Coventry about" in asked[PLACING]


def test_only_members_of_the_region_get_a_named_officer_task():
    members = {
        code: entry for code, entry in DIRECTORY.authorities.items() if code != COVENTRY
    }
    outcome = decide(
        case(placement(postcode=IN_COVENTRY, place_code="A3")),
        rulebook(directory=Directory("smaller", members)),
    )
    assert {one.owed_by for one in outcome.obligations} == {WMP, PLACING}


@pytest.mark.parametrize("postcode", ["CON", None])
def test_a_confidential_adoptive_address_is_a_task_of_the_placing_authority(postcode):
    (task,) = decide(case(placement(postcode=postcode, place_code="A6"))).obligations
    assert task.owed_by == PLACING
    assert task.kind is ObligationKind.NAMED_OFFICER_TASK
    assert task.asked.startswith("Settle who is to know")


def test_a_protected_child_in_its_own_area_is_nobodys_task():
    outcome = decide(case(placement(postcode="B1 1AA"), protections=(Protection(),)))
    assert outcome.obligations == ()


def test_a_placement_beside_a_shielded_one_goes_to_named_officers_as_well():
    both = case(placement(), placement("A", IN_COVENTRY, place_code="A4"))
    outcome = decide(both)
    owing = {(one.owed_by, one.placement_ref) for one in outcome.obligations}
    assert owing == {
        (WEST_MERCIA, "P1"), (WORCESTERSHIRE, "P1"), (PLACING, "P1"),
        (WMP, "A"), (COVENTRY, "A"), (PLACING, "A"),
    }  # fmt: skip
    assert outcome.notices == ()


def test_but_not_one_that_nobody_is_to_be_told_of():
    both = case(
        placement(place_code="T1"), placement("A", IN_COVENTRY, place_code="A4")
    )
    assert {one.placement_ref for one in decide(both).obligations} == {"A"}


def test_beside_a_shielded_placement_even_a_postcode_is_mended_by_named_officers():
    nowhere = case(
        placement(postcode=None), placement("A", IN_COVENTRY, place_code="A4")
    )
    kinds = {one.kind for one in decide(nowhere).obligations}
    assert kinds == {ObligationKind.NAMED_OFFICER_TASK}


# --- when something else is asked ---------------------------------------------------


def wrong(**changes):
    return case(placement(**changes))


NO_POSTCODE = wrong(postcode=None)
BACKWARDS = wrong(end=dt.date(2026, 11, 10), status=PlacementStatus.ENDED)


def test_what_is_asked_instead_is_put_under_the_same_id_and_the_same_clock():
    nights = Nights()
    (first,) = nights.pass_(NO_POSTCODE).obligations
    (again,) = nights.pass_(BACKWARDS).obligations
    assert again.asked.startswith("The placement ends before it starts.")
    assert again.rule.id == "data.ends-before-start"
    kept = ("obligation_id", "due_at", "created_on", "escalation", "met_on")
    assert all(getattr(again, name) == getattr(first, name) for name in kept)
    assert (first.asked_on, again.asked_on) == (None, MET)
    assert nights.pass_(BACKWARDS).obligations == ()


def test_words_that_come_back_are_told_apart_from_an_old_retry_of_theirs():
    nights = Nights()
    (first,) = nights.pass_(NO_POSTCODE).obligations
    nights.pass_(BACKWARDS)
    (back,) = nights.pass_(NO_POSTCODE).obligations
    assert (back.asked, back.obligation_id) == (first.asked, first.obligation_id)
    assert body(back) != body(first)
    assert back.asked_on == MET + DAY


def escalated_to_step_2(nights):
    (task,) = nights.memory.open_obligations
    nights.memory = replace(
        nights.memory, open_obligations=(replace(task, escalation=2),)
    )


@pytest.mark.parametrize("tonight", [BACKWARDS, case()])
def test_an_escalation_stays_in_other_words_and_when_it_is_met(tonight):
    nights = Nights()
    nights.pass_(NO_POSTCODE)
    escalated_to_step_2(nights)
    (task,) = nights.pass_(tonight).obligations
    assert (task.escalation, task.escalated_to) == (2, "Head of Safeguarding")


def test_a_hosts_change_is_said_to_the_placing_authoritys_named_officer():
    nights = Nights()
    shielded = case(protections=(Protection(),))
    nights.pass_(shielded)
    moved = replace(shielded, placements=(placement(postcode=IN_COVENTRY),))
    said = {one.owed_by: one for one in nights.pass_(moved).obligations}
    assert "officer of Coventry about this placement" in said[PLACING].asked
    assert "Worcestershire" not in said[PLACING].asked
    assert {code for code, one in said.items() if one.met_on} == {
        WEST_MERCIA, WORCESTERSHIRE,
    }  # fmt: skip
    assert said[COVENTRY].due_at == due_in(MET, 1)
    assert nights.pass_(moved).obligations == ()


def test_whoever_comes_in_is_added_to_a_package_that_is_to_be_carried():
    nights = Nights()
    (first,) = nights.pass_(wrong(postcode=IN_STOKE)).obligations
    assert "package to Stoke-on-Trent and Staffordshire Police by" in first.asked
    other = wrong(postcode=IN_STOKE, address="2 High Street")
    assert nights.pass_(other).obligations == (), "the same two, with another package"
    (again,) = nights.pass_(wrong(postcode=IN_CARDIFF)).obligations
    assert again.obligation_id == first.obligation_id
    assert (
        "Stoke-on-Trent and Staffordshire Police and Cardiff and South Wales Police by"
        in again.asked
    )
