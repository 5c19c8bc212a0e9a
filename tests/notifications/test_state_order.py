"""Which state is asked first, and which placements have a row at all."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    AT_PLACEMENT,
    COVENTRY,
    FLAG,
    IN_AREA,
    IN_COVENTRY,
    IN_STOKE,
    IN_WORCESTER,
    MONDAY,
    NOWHERE,
    STAFFORDSHIRE,
    WEST_MERCIA,
    WMP,
    WORCESTERSHIRE,
    candidate,
    case,
    child,
    decide,
    judgement,
    known,
    nominal,
    not_usable,
    only_decision,
    placement,
    rulebook,
    usable,
)

from notifications.documents import Priority
from notifications.facts import (
    ChildMemory,
    PlacementMemory,
    PlacementStatus,
    Protection,
    State,
)

YESTERDAY, TOMORROW = MONDAY - dt.timedelta(days=1), MONDAY + dt.timedelta(days=1)


@pytest.mark.parametrize(
    "shield",
    [
        {"protections": (Protection(),)},
        {"protections": (Protection(MONDAY, MONDAY),)},
        {
            "candidates": (candidate(probability=0.06),),
            "nominals": (nominal(restricted=True),),
        },
        {
            "candidates": (candidate(force=WMP, probability=0.06),),
            "nominals": (nominal(force=WMP, restricted=True),),
        },
        {
            "candidates": (candidate(),),
            "nominals": (
                nominal(golden_ref="G"),
                nominal("N9", golden_ref="G", restricted=True),
            ),
        },
        {
            "candidates": (candidate(probability=0.01),),
            "nominals": (nominal(restricted=True),),
            "judgements": (judgement("same"),),
        },
    ],
)
@pytest.mark.parametrize(
    "where",
    [
        placement(),
        placement(postcode=None),
        placement(postcode=IN_STOKE),
        placement(place_code="T2"),
        placement(legal_status="V3"),
    ],
)
def test_a_shield_on_either_side_is_asked_before_everything_else(shield, where):
    decision = only_decision(case(where, **shield))
    assert decision.state is State.RESTRICTED
    assert decision.best_nominal_ref is None
    assert decision.match_probability is None


def test_a_judgement_on_one_record_does_not_lift_the_shield_of_its_golden_one():
    one = case(
        candidates=(candidate("N1"), candidate("N2", 0.6)),
        nominals=(
            nominal("N1", golden_ref="G"),
            nominal("N2", golden_ref="G", restricted=True),
        ),
        judgements=(judgement("different", "N2"),),
    )
    assert only_decision(one).state is State.RESTRICTED


@pytest.mark.parametrize("code", ["A3", "A4", "A5", "A6", " a5"])
@pytest.mark.parametrize("postcode", [IN_WORCESTER, "CON", None])
def test_an_adoptive_placement_is_restricted_wherever_it_is(code, postcode):
    where = placement(place_code=code, postcode=postcode, temporary=code == "A4")
    assert only_decision(case(where)).state is State.RESTRICTED


@pytest.mark.parametrize(
    "no_shield",
    [
        {"protections": (Protection(TOMORROW, None),)},
        {"protections": (Protection(None, YESTERDAY),)},
        {
            "candidates": (candidate(probability=0.04),),
            "nominals": (nominal(restricted=True),),
        },
        {
            "candidates": (candidate(probability=0.7),),
            "nominals": (nominal(restricted=True),),
            "judgements": (judgement("different"),),
        },
    ],
)
def test_a_shield_that_is_not_up_shields_nothing(no_shield):
    assert only_decision(case(**no_shield)).state is State.NOT_KNOWN


@pytest.mark.parametrize(
    ("where", "rule"),
    [
        (placement(legal_status="V3"), "scope.short-breaks"),
        (placement(legal_status="v4 "), "scope.short-breaks"),
        (placement(place_code="T0"), "scope.temporary"),
        (placement(place_code="T4", postcode=None), "scope.temporary"),
        (placement(temporary=True), "scope.temporary"),
        (placement(legal_status="V3", postcode=IN_STOKE), "scope.short-breaks"),
    ],
)
def test_what_is_out_of_scope_says_which_rule_says_so(where, rule):
    decision = only_decision(case(where, extracts=()))
    assert decision.state is State.OUT_OF_SCOPE
    assert decision.reason.startswith(f"{rule}: ")


@pytest.mark.parametrize(("postcode", "outcome"), NOWHERE.items())
def test_a_placement_that_cannot_be_located_is_never_taken_for_in_area(
    postcode, outcome
):
    decision = only_decision(case(placement(postcode=postcode)))
    assert decision.state is State.CANNOT_SAY
    assert outcome.replace("_", " ") in decision.reason
    assert (decision.host_la, decision.host_force) == (None, None)
    assert (decision.at_distance, decision.cross_force) == (None, None)


def test_a_listed_postcode_of_no_authority_cannot_be_located_either():
    decision = only_decision(case(placement(postcode="WR0 0XX")))
    assert decision.reason == "host.none: placement postcode unknown"


def test_a_host_outside_the_region_is_named_and_nothing_is_said_of_what_it_knows():
    one = case(
        placement(postcode=IN_STOKE),
        candidates=(candidate(force=STAFFORDSHIRE),),
        extracts=(usable(STAFFORDSHIRE),),
    )
    decision = only_decision(one)
    assert decision.state is State.CANNOT_SAY
    assert decision.reason.startswith("host.outside")
    assert (decision.host_la, decision.host_force) == ("861", STAFFORDSHIRE)
    assert decision.at_distance is True


@pytest.mark.parametrize("extracts", [(), (not_usable(reason="no extract"),)])
def test_without_a_usable_extract_nothing_is_said_even_of_a_perfect_match(extracts):
    one = case(extracts=extracts, **known(AT_PLACEMENT, FLAG))
    decision = only_decision(one)
    assert decision.state is State.CANNOT_SAY
    assert (
        decision.reason == "extract.not-usable: no extract; never decided on good data"
    )
    assert decision.best_nominal_ref is None


def test_the_reason_carries_the_last_state_and_its_date():
    memory = ChildMemory(
        placements={
            "P1": PlacementMemory(
                "P1", State.CANNOT_SAY, State.NOT_KNOWN, dt.date(2026, 11, 20)
            )
        }
    )
    decision = only_decision(case(extracts=(not_usable(),), memory=memory))
    assert decision.reason.endswith("; last not_known on 2026-11-20")


@pytest.mark.parametrize(
    ("changes", "thin"),
    [
        ({"dob": None}, True),
        ({"dob": dt.date(1900, 1, 1)}, True),
        ({"dob": TOMORROW}, True),
        ({"forename": None}, True),
        ({"forename": "BABY"}, True),
        ({"forename": None, "known_as": "Rob"}, False),
        ({"surname": None}, True),
        ({"surname": "UNKNOWN"}, True),
        ({"surname": None, "former_surname": "Before"}, False),
        ({"sex": None}, False),
    ],
)
def test_a_record_without_name_or_birth_date_is_too_thin_to_match(changes, thin):
    decision = only_decision(case(child=child(**changes), **known(AT_PLACEMENT, FLAG)))
    assert (decision.state is State.CANNOT_SAY) == thin
    assert decision.reason.startswith("record.too-thin") == thin


def test_the_row_says_where_the_placement_is():
    cross = only_decision(case())
    assert (cross.host_la, cross.host_force) == (WORCESTERSHIRE, WEST_MERCIA)
    assert (cross.cross_force, cross.at_distance) == (True, False)
    same_force = only_decision(case(placement(postcode=IN_COVENTRY)))
    assert (same_force.host_la, same_force.host_force) == (COVENTRY, WMP)
    assert same_force.cross_force is False


@pytest.mark.parametrize(
    ("used", "expected"),
    [(YESTERDAY, YESTERDAY), (MONDAY, MONDAY), (TOMORROW, MONDAY), (None, MONDAY)],
)
def test_a_row_is_as_old_as_the_older_of_the_data_behind_it(used, expected):
    assert only_decision(case(extracts=(usable(as_of=used),))).as_of == expected


def test_an_extract_that_was_not_used_does_not_age_the_row():
    old = replace(not_usable(), as_of=dt.date(2026, 1, 1))
    assert only_decision(case(extracts=(old,))).as_of == MONDAY


@pytest.mark.parametrize(
    "one",
    [
        case(placement(postcode=IN_AREA)),
        case(placement(postcode=IN_AREA, place_code="A5")),
        case(placement(status=PlacementStatus.ENDED)),
        case(placement(status=PlacementStatus.WITHDRAWN)),
        case(child=child(dob=dt.date(2008, 11, 23))),
        case(child=child(death_date=MONDAY)),
        case(
            placement(),
            placement("P0", status=PlacementStatus.ENDED, end=MONDAY, end_reason="E11"),
        ),
    ],
    ids=["in area", "adoptive in area", "ended", "withdrawn", "18", "dead", "adopted"],
)
def test_there_is_no_row_without_a_current_placement_out_of_area(one):
    assert decide(one).decisions == ()


@pytest.mark.parametrize(
    "one",
    [
        case(child=child(dob=dt.date(2008, 11, 24))),
        case(child=child(dob=dt.date(1900, 1, 1))),
        case(child=child(death_date=TOMORROW)),
        case(
            placement(start=MONDAY),
            placement(
                "P0", status=PlacementStatus.ENDED, end=YESTERDAY, end_reason="E12"
            ),
        ),
        case(
            placement(start=MONDAY),
            placement("P0", status=PlacementStatus.ENDED, end=MONDAY, end_reason="E11"),
        ),
    ],
    ids=[
        "17",
        "placeholder birth date",
        "death date to come",
        "placed after adoption",
        "placed on the day of the adoption",
    ],
)
def test_doubt_about_the_child_removes_no_row(one):
    assert len(decide(one).decisions) == 1


def test_a_temporary_placement_has_its_own_row_while_its_base_stands():
    one = case(
        placement("BASE"),
        placement("STAY", IN_COVENTRY, place_code="T1", temporary=True, start=MONDAY),
    )
    states = {row.placement_ref: row.state for row in decide(one).decisions}
    assert states == {"BASE": State.NOT_KNOWN, "STAY": State.OUT_OF_SCOPE}


def test_a_region_may_bring_a_case_into_scope():
    rules = rulebook(scope={"scope.short-breaks": "include"})
    decision = only_decision(case(placement(legal_status="V4")), rules)
    assert decision.state is State.NOT_KNOWN
    assert decision.priority is Priority.STANDARD
