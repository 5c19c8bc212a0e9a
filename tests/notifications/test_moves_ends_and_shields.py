"""One child, several nights: moves, ends, retractions and shields."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    ALSO_IN_WORCESTER,
    AT_PLACEMENT,
    COVENTRY,
    ENDED,
    EVERYBODY,
    FLAG,
    IN_AREA,
    IN_COVENTRY,
    IN_STOKE,
    MONDAY,
    PLACING,
    STAFFORDSHIRE,
    STOKE,
    WEST_MERCIA,
    WMP,
    WORCESTERSHIRE,
    Nights,
    candidate,
    case,
    child,
    ended,
    known,
    nominal,
    not_usable,
    placement,
    rulebook,
    situations,
    to_all,
    told,
    told_nothing,
)

from notifications.documents import Kind, ObligationKind, Withdrawal
from notifications.facts import PlacementStatus, Protection, State

NEW, UPDATE, UNCONFIRMED = Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED
END, RETRACTION = Kind.END, Kind.RETRACTION


def test_a_move_within_the_same_area_is_an_update_that_supersedes(nights):
    outcome = nights.pass_(case(ended(), placement("P2", ALSO_IN_WORCESTER)))
    assert told(outcome) == to_all(UPDATE)
    assert {one.placement_ref for one in outcome.notices} == {"P2"}
    assert told(nights.pass_(case(ended(), placement("P2", ALSO_IN_WORCESTER)))) == {}


def test_a_move_within_the_area_is_told_even_where_the_force_knows_already(nights):
    there = replace(AT_PLACEMENT, postcode=ALSO_IN_WORCESTER)
    moved = case(ended(), placement("P2", ALSO_IN_WORCESTER), **known(there, FLAG))
    assert told(nights.pass_(moved)) == to_all(UPDATE)


def test_a_move_elsewhere_is_an_end_to_some_and_new_to_others(nights):
    outcome = nights.pass_(case(ended(), placement("P2", IN_COVENTRY)))
    assert told(outcome) == {
        WEST_MERCIA: END, WORCESTERSHIRE: END, WMP: NEW, COVENTRY: NEW, PLACING: UPDATE,
    }  # fmt: skip
    ends = [one for one in outcome.notices if one.kind is END]
    assert {one.placement_ref for one in ends} == {"P1"}
    assert {one.recipient for one in nights.memory.standing} == {WMP, COVENTRY, PLACING}


def test_a_correction_to_another_area_ends_it_there_and_shows_no_new_address(nights):
    outcome = nights.pass_(case(placement(postcode=IN_COVENTRY)))
    assert told(outcome) == {
        WEST_MERCIA: END, WORCESTERSHIRE: END, WMP: NEW, COVENTRY: NEW, PLACING: UPDATE,
    }  # fmt: skip
    for notice in outcome.notices:
        if notice.kind is END:
            assert notice.rule == "tell.not-here"
            assert notice.document.placement.postcode is None
            assert notice.document.placement.address is None
            assert notice.document.placement.host_la is None


@pytest.mark.parametrize(
    ("gone", "rule"),
    [
        (case(ended()), "tell.placement-ended"),
        (case(ended(end_reason=None)), "tell.placement-ended"),
        (case(ended(end_reason="E3")), "tell.placement-ended"),
        (case(ended(end_reason="E4A")), "tell.not-looked-after"),
        (case(ended(end_reason="e11")), "tell.not-looked-after"),
        (case(ended(end_reason="E12")), "tell.not-looked-after"),
        (case(child=child(dob=MONDAY.replace(year=2008))), "tell.adult"),
        (case(child=child(death_date=MONDAY)), "tell.died"),
        (case(ended(), placement("P2", IN_AREA)), "tell.in-area"),
        (case(placement(postcode=IN_AREA)), "tell.in-area"),
        (case(ended(), placement("P2", None)), "tell.placement-ended"),
    ],
)
def test_an_end_goes_to_whoever_was_told_and_says_why(nights, gone, rule):
    outcome = nights.pass_(gone)
    assert told(outcome) == to_all(END)
    assert {one.rule for one in outcome.notices} == {rule}
    assert all(one.supersedes for one in outcome.notices)
    assert nights.memory.standing == ()
    assert told(nights.pass_(gone)) == {}


def test_adoption_is_never_said_in_words(nights):
    for notice in nights.pass_(case(ended(end_reason="E11"))).notices:
        assert "adopt" not in notice.document.model_dump_json().casefold()


def test_an_open_placement_is_over_when_the_child_was_adopted_after_it_began(nights):
    outcome = nights.pass_(
        case(placement(), ended(placement_ref="P0", end_reason="E12"))
    )
    assert outcome.decisions == ()
    assert told(outcome) == to_all(END)


def test_a_withdrawn_placement_is_retracted_to_whoever_was_told(nights):
    withdrawn = case(placement(status=PlacementStatus.WITHDRAWN))
    told_of = {one.recipient: one.notification_id for one in nights.memory.standing}
    outcome = nights.pass_(withdrawn)
    assert told(outcome) == to_all(RETRACTION)
    for notice in outcome.notices:
        assert isinstance(notice.document, Withdrawal)
        assert notice.document.notification_id == told_of[notice.recipient]
        assert notice.supersedes == told_of[notice.recipient]
        assert notice.document.retraction_id == notice.notification_id
        assert notice.due_at is None
    assert told(nights.pass_(withdrawn)) == {}


def test_a_withdrawn_placement_is_retracted_of_a_young_adult_too(nights):
    outcome = nights.pass_(
        case(
            placement(status=PlacementStatus.WITHDRAWN),
            child=child(dob=MONDAY.replace(year=2008)),
        )
    )
    assert told(outcome) == to_all(RETRACTION)


def test_another_record_in_place_of_a_withdrawn_one_is_told_as_new(nights):
    outcome = nights.pass_(
        case(placement(status=PlacementStatus.WITHDRAWN), placement("P2"))
    )
    kinds = sorted((one.recipient, one.kind) for one in outcome.notices)
    assert kinds == sorted(
        (recipient, kind) for recipient in EVERYBODY for kind in (NEW, RETRACTION)
    )


@pytest.mark.parametrize(
    "doubt",
    [
        case(placement(postcode=None)),
        case(placement(postcode="ZZ1 1ZZ")),
        case(placement(legal_status="V4")),
        case(child=child(dob=None), extracts=()),
        replace(case(), placements=()),
        case(placement("P9", postcode=None)),
    ],
)
def test_doubt_ends_nothing(nights, doubt):
    outcome = nights.pass_(doubt)
    assert END not in told(outcome).values()
    assert RETRACTION not in told(outcome).values()
    assert {one.recipient for one in nights.memory.standing} == EVERYBODY


def test_a_temporary_stay_elsewhere_and_the_return_tell_nobody(nights):
    stay = placement("T", IN_COVENTRY, place_code="T4", temporary=True)
    assert told(nights.pass_(case(placement(), stay))) == {}
    assert told(nights.pass_(case(placement(), replace(stay, status=ENDED)))) == {}


def test_two_open_placements_in_one_area_are_each_told_once(nights):
    both = case(placement(), placement("P2", ALSO_IN_WORCESTER))
    outcome = nights.pass_(both)
    assert told(outcome) == to_all(NEW)
    assert told(nights.pass_(both)) == {}
    left = case(ended(), placement("P2", ALSO_IN_WORCESTER))
    assert told(nights.pass_(left)) == to_all(END)
    assert told(nights.pass_(left)) == {}


def test_two_placements_that_end_in_a_move_leave_one_notice_standing(nights):
    nights.pass_(case(placement(), placement("P2", ALSO_IN_WORCESTER)))
    outcome = nights.pass_(
        case(
            ended(),
            replace(placement("P2", ALSO_IN_WORCESTER), status=ENDED, end=MONDAY),
            placement("P3"),
        )
    )
    kinds = sorted(one.kind for one in outcome.notices)
    assert kinds == [END] * 3 + [UPDATE] * 3
    assert len(nights.memory.standing) == 3


def test_a_child_who_left_for_one_of_two_new_placements_supersedes_once(nights):
    two = case(ended(), placement("P2"), placement("P3", ALSO_IN_WORCESTER))
    outcome = nights.pass_(two)
    kinds = sorted((one.placement_ref, one.kind) for one in outcome.notices)
    assert kinds == [("P2", UPDATE)] * 3 + [("P3", NEW)] * 3
    assert len({one.supersedes for one in outcome.notices if one.supersedes}) == 3
    assert told_nothing(nights.pass_(two))


def test_a_placement_found_to_be_in_area_beside_another_is_a_move_too(nights):
    outcome = nights.pass_(case(placement(postcode=IN_AREA), placement("P2")))
    assert told(outcome) == to_all(UPDATE)
    assert {one.placement_ref for one in outcome.notices} == {"P2"}


SHIELDS = {
    "protected": lambda one: replace(one, protections=(Protection(),)),
    "adoptive elsewhere": lambda one: replace(
        one, placements=(*one.placements, placement("A", IN_COVENTRY, place_code="A5"))
    ),
    "adoptive in area": lambda one: replace(
        one, placements=(*one.placements, placement("A", IN_AREA, place_code="A3"))
    ),
    "restricted nominal": lambda one: replace(
        one,
        candidates={WEST_MERCIA: (candidate(),)},
        nominals={(WEST_MERCIA, "N1"): nominal(restricted=True)},
    ),
}


@pytest.mark.parametrize("shield", SHIELDS)
@pytest.mark.parametrize(
    "news",
    [
        case(),
        case(placement(address="2 High Street")),
        case(placement(postcode=IN_COVENTRY)),
        case(ended(), placement("P2", IN_COVENTRY)),
    ],
)
def test_nothing_of_a_shielded_case_is_sent_and_holders_get_tasks(nights, news, shield):
    outcome = nights.pass_(SHIELDS[shield](news))
    assert (outcome.notices, outcome.reviews) == ((), ())
    owing = {one.owed_by for one in outcome.obligations}
    assert {WEST_MERCIA, WORCESTERSHIRE} <= owing
    assert {one.kind for one in outcome.obligations} == {
        ObligationKind.NAMED_OFFICER_TASK
    }


def test_a_shielded_record_that_is_withdrawn_is_still_retracted(nights):
    shielded = SHIELDS["protected"](case(placement(status=PlacementStatus.WITHDRAWN)))
    assert told(nights.pass_(shielded)) == to_all(RETRACTION)


def test_when_the_shield_is_lifted_notices_go_on_and_tasks_are_met(nights):
    made = nights.pass_(SHIELDS["protected"](case())).obligations
    outcome = nights.pass_(case(placement(address="2 High Street")))
    assert told(outcome) == to_all(UPDATE)
    assert {one.obligation_id for one in outcome.obligations} == {
        one.obligation_id for one in made
    }
    assert {one.met_on for one in outcome.obligations} == {
        nights.on - dt.timedelta(days=1)
    }


def test_data_that_flaps_tells_each_change_with_an_id_of_its_own(nights):
    here, there = case(), case(placement(address="2 High Street"))
    ids = []
    for _ in range(3):
        for one in (there, here):
            outcome = nights.pass_(one)
            assert told(outcome) == to_all(UPDATE)
            ids += [notice.notification_id for notice in outcome.notices]
    assert len(set(ids)) == len(ids)


def test_a_child_who_leaves_and_comes_back_is_told_as_new_again(nights):
    assert told(nights.pass_(case(placement(postcode=IN_AREA)))) == to_all(END)
    first_ids = set(nights.memory.made)
    back = nights.pass_(case())
    assert told(back) == to_all(NEW)
    assert first_ids.isdisjoint(one.notification_id for one in back.notices)


def test_by_criteria_only_what_stands_is_corrected_and_ended_all_the_same(nights):
    nights.rules = rulebook(criteria_only=True)
    assert told(nights.pass_(case(placement(address="2 High Street")))) == to_all(
        UPDATE
    )
    assert told(nights.pass_(case(ended()))) == to_all(END)


def test_a_move_out_of_the_region_and_its_end_go_by_export(nights):
    outcome = nights.pass_(case(ended(), placement("P2", IN_STOKE, start=MONDAY)))
    assert told(outcome) == {
        WEST_MERCIA: END, WORCESTERSHIRE: END,
        STAFFORDSHIRE: UNCONFIRMED, STOKE: NEW, PLACING: UPDATE,
    }  # fmt: skip
    (task,) = outcome.obligations
    assert task.kind is ObligationKind.MANUAL_CHANNEL_TASK
    over = case(
        ended(),
        replace(placement("P2", IN_STOKE, start=MONDAY), status=ENDED, end=MONDAY),
    )
    outcome = nights.pass_(over)
    assert told(outcome) == {STAFFORDSHIRE: END, STOKE: END, PLACING: END}
    assert outcome.obligations == ()  # the first stands until a person has told them
    assert nights.pass_(over).obligations == ()


def test_the_end_of_an_export_long_acknowledged_is_a_task_of_its_own(nights):
    outside = case(ended(), placement("P2", IN_STOKE, start=MONDAY))
    nights.pass_(outside)
    nights.memory = replace(nights.memory, open_obligations=())
    over = case(
        ended(),
        replace(placement("P2", IN_STOKE, start=MONDAY), status=ENDED, end=MONDAY),
    )
    (task,) = nights.pass_(over).obligations
    assert task.kind is ObligationKind.MANUAL_CHANNEL_TASK
    assert "Stoke-on-Trent and Staffordshire Police" in task.asked


def test_a_package_already_carried_is_not_asked_for_again(nights):
    outside = case(ended(), placement("P2", IN_STOKE, start=MONDAY))
    nights.pass_(outside)
    nights.memory = replace(nights.memory, open_obligations=())
    assert nights.pass_(outside).obligations == ()


def test_the_row_lists_the_notices_that_tonight_made_about_it(nights):
    outcome = nights.pass_(case(placement(address="2 High Street")))
    (row,) = outcome.decisions
    assert set(row.notification_ids) == {one.notification_id for one in outcome.notices}
    (row,) = nights.pass_(case(placement(address="2 High Street"))).decisions
    assert row.notification_ids == ()


def test_possible_keeps_its_first_night_through_nights_that_cannot_say():
    nights = Nights()
    possible, cannot = situations()["possible"], situations()["cannot_say"]
    nights.pass_(possible)
    assert WEST_MERCIA in told(nights.pass_(cannot))
    (row,) = nights.pass_(possible).decisions
    assert "since 2026-11-23" in row.reason
    assert row.state is State.POSSIBLE


def test_an_adoptive_placement_beside_a_temporary_one_says_the_same_in_an_outage():
    nights = Nights()
    beside = case(
        placement("T", IN_COVENTRY, place_code="T4", temporary=True),
        placement("A", IN_COVENTRY, place_code="A3"),
        extracts=(),
    )
    nights.pass_(beside)
    dark = replace(beside, extracts={WMP: not_usable(WMP)})
    assert told_nothing(nights.pass_(dark))
