"""Small tables of records in, one state out (contracts: what every run leaves)."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    ALSO_IN_WORCESTER,
    AT_PLACEMENT,
    FLAG,
    IN_WORCESTER,
    MONDAY,
    PLACING,
    WEST_MERCIA,
    WMP,
    candidate,
    case,
    judgement,
    known,
    nominal,
    only_decision,
    placement,
)

from notifications.facts import (
    PoliceAddress,
    PoliceFlag,
    State,
)

YESTERDAY, TOMORROW = MONDAY - dt.timedelta(days=1), MONDAY + dt.timedelta(days=1)


def address(postcode=IN_WORCESTER, kind="home", **changes):
    return PoliceAddress(kind, postcode, **changes)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ((), State.KNOWN_NOT_AT_ADDRESS),
        ((FLAG,), State.KNOWN_NOT_AT_ADDRESS),
        ((AT_PLACEMENT,), State.KNOWN_AT_ADDRESS_NO_FLAG),
        ((AT_PLACEMENT, FLAG), State.KNOWN_AT_PLACEMENT),
        ((address(ALSO_IN_WORCESTER), FLAG), State.KNOWN_NOT_AT_ADDRESS),
    ],
)
def test_an_accepted_match_is_known_by_its_address_and_its_flag(found, state):
    assert only_decision(case(**known(*found))).state is state


@pytest.mark.parametrize(
    ("found", "current"),
    [
        (address(), True),
        (address("wr11aa"), True),
        (address(None, uprn="100012345"), True),
        (address(None, uprn=" 000100012345"), True),
        (address(start=MONDAY), True),
        (address(start=TOMORROW), False),
        (address(end=TOMORROW), True),
        (address(end=MONDAY), False),
        (address(end=YESTERDAY), False),
        (address(kind="placement"), True),
        (address(kind=None), True),
        (address(kind="bail"), False),
        (address(kind="Custody"), False),
        (address(None), False),
        (address(None, uprn="7"), False),
        (address("NF1 1NF"), False),
    ],
)
def test_a_current_address_has_started_has_not_ended_and_is_the_placement(
    found, current
):
    state = only_decision(case(**known(found))).state
    assert (state is State.KNOWN_AT_ADDRESS_NO_FLAG) == current


def test_two_addresses_without_uprn_do_not_agree_on_it():
    home = placement(uprn=None)
    assert (
        only_decision(case(home, **known(address(None)))).state
        is State.KNOWN_NOT_AT_ADDRESS
    )


@pytest.mark.parametrize(
    ("flag", "names_us"),
    [
        (FLAG, True),
        (replace(FLAG, code="Looked_After_Out_Of_Area"), True),
        (replace(FLAG, placing_authority="E08000025"), True),
        (replace(FLAG, placing_authority=" birmingham "), True),
        (replace(FLAG, placing_authority="331"), False),
        (replace(FLAG, placing_authority="Coventry"), False),
        (replace(FLAG, placing_authority=None), False),
        (replace(FLAG, placing_authority=" "), False),
        (replace(FLAG, start=TOMORROW), False),
        (replace(FLAG, start=None), True),
        (replace(FLAG, end=MONDAY), False),
        (PoliceFlag("missing_plan", None, None, PLACING), False),
    ],
)
def test_a_flag_counts_when_it_is_current_and_names_the_placing_authority(
    flag, names_us
):
    state = only_decision(case(**known(AT_PLACEMENT, flag))).state
    assert (state is State.KNOWN_AT_PLACEMENT) == names_us


def two_records(first, second):
    return case(
        candidates=(candidate("N1", 0.97), candidate("N2", 0.99)),
        nominals=(first, second),
    )


def test_an_address_and_a_flag_on_two_unconnected_records_do_not_add_up():
    here = nominal("N1", addresses=(AT_PLACEMENT,))
    flagged = nominal("N2", flags=(FLAG,))
    decision = only_decision(two_records(here, flagged))
    assert decision.state is State.KNOWN_AT_ADDRESS_NO_FLAG
    assert decision.best_nominal_ref == "N1"


@pytest.mark.parametrize(("one", "other"), [("G", "G"), ("N2", None), (None, "N1")])
def test_they_add_up_when_the_force_holds_the_records_to_be_one_person(one, other):
    here = nominal("N1", golden_ref=one, addresses=(AT_PLACEMENT,))
    flagged = nominal("N2", golden_ref=other, flags=(FLAG,))
    assert only_decision(two_records(here, flagged)).state is State.KNOWN_AT_PLACEMENT


def test_a_record_of_the_same_golden_one_counts_without_being_a_candidate():
    one = case(
        candidates=(candidate("N1"),),
        nominals=(
            nominal("N1", golden_ref="G", flags=(FLAG,)),
            nominal("N2", golden_ref="G", addresses=(AT_PLACEMENT,)),
        ),
    )
    assert only_decision(one).state is State.KNOWN_AT_PLACEMENT


def test_but_not_one_that_a_person_judged_to_be_somebody_else():
    one = case(
        candidates=(candidate("N1"), candidate("N2", 0.6)),
        nominals=(
            nominal("N1", golden_ref="G", flags=(FLAG,)),
            nominal("N2", golden_ref="G", addresses=(AT_PLACEMENT,)),
        ),
        judgements=(judgement("different", "N2"),),
    )
    assert only_decision(one).state is State.KNOWN_NOT_AT_ADDRESS


def test_any_accepted_record_makes_a_child_known_and_the_best_is_named():
    here = nominal("N1", addresses=(AT_PLACEMENT,), flags=(FLAG,))
    decision = only_decision(two_records(here, nominal("N2")))
    assert decision.state is State.KNOWN_AT_PLACEMENT
    assert (decision.best_nominal_ref, decision.match_probability) == ("N1", 0.97)


def test_of_equally_likely_records_the_first_by_reference_is_named():
    pair = (candidate("N2"), candidate("N1"))
    for found in (pair, pair[::-1]):
        assert only_decision(case(candidates=found)).best_nominal_ref == "N1"


def test_of_equally_telling_records_the_one_with_most_weight_is_named():
    assert (
        only_decision(two_records(nominal("N1"), nominal("N2"))).best_nominal_ref
        == "N2"
    )


def test_a_candidate_without_its_police_record_shows_nothing():
    one = case(candidates=(candidate(),), nominals=())
    assert only_decision(one).state is State.KNOWN_NOT_AT_ADDRESS


@pytest.mark.parametrize(
    ("probability", "said", "state"),
    [
        (0.99, None, State.KNOWN_NOT_AT_ADDRESS),
        (0.95, None, State.KNOWN_NOT_AT_ADDRESS),
        (0.94, None, State.POSSIBLE),
        (0.50, None, State.POSSIBLE),
        (0.49, None, State.NOT_KNOWN),
        (0.01, None, State.NOT_KNOWN),
        (0.99, "different", State.NOT_KNOWN),
        (0.70, "different", State.NOT_KNOWN),
        (0.70, "same", State.KNOWN_NOT_AT_ADDRESS),
        (0.10, "same", State.KNOWN_NOT_AT_ADDRESS),
        (0.01, "same", State.KNOWN_NOT_AT_ADDRESS),
        (0.70, "unsure", State.POSSIBLE),
        (0.99, "unsure", State.POSSIBLE),
        (0.10, "unsure", State.NOT_KNOWN),
        (0.70, "two_people", State.POSSIBLE),
        (0.99, "two_people", State.POSSIBLE),
        (0.10, "two_people", State.NOT_KNOWN),
    ],
)
def test_a_judgement_outweighs_the_score_and_unsure_decides_nothing(
    probability, said, state
):
    judged = (judgement(said),) if said else ()
    one = case(candidates=(candidate(probability=probability),), judgements=judged)
    assert only_decision(one).state is state


@pytest.mark.parametrize(
    "changes",
    [
        {"left_hash": "other"},
        {"right_hash": "other"},
        {"right_ref": "N2"},
        {"left_ref": "C2"},
        {"right_authority": WMP},
    ],
)
def test_a_judgement_binds_only_on_the_same_records_and_evidence(changes):
    one = case(
        candidates=(candidate(probability=0.7),),
        judgements=(judgement("different", **changes),),
    )
    assert only_decision(one).state is State.POSSIBLE


def test_a_judgement_binds_whichever_record_stood_on_the_left():
    turned = judgement(
        "different",
        left_authority=WEST_MERCIA, left_ref="N1", left_hash="n1",
        right_authority=PLACING, right_ref="C1", right_hash="child",
    )  # fmt: skip
    one = case(candidates=(candidate(probability=0.7),), judgements=(turned,))
    assert only_decision(one).state is State.NOT_KNOWN


@pytest.mark.parametrize("last", ["same", "different"])
def test_of_several_judgements_the_latest_holds(last):
    first = "different" if last == "same" else "same"
    later = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    both = (
        judgement(last, made_at=later, event_id="e0"),
        judgement(first),
    )
    one = case(candidates=(candidate(probability=0.7),), judgements=both)
    known_now = only_decision(one).state is State.KNOWN_NOT_AT_ADDRESS
    assert known_now == (last == "same")


def test_another_forces_record_is_not_known_to_the_host():
    one = case(
        candidates=(candidate(force=WMP),),
        nominals=(nominal(force=WMP, addresses=(AT_PLACEMENT,), flags=(FLAG,)),),
    )
    assert only_decision(one).state is State.NOT_KNOWN


def test_a_force_that_sends_no_addresses_never_knows_a_child_at_its_placement():
    assert only_decision(case(**known(FLAG))).state is State.KNOWN_NOT_AT_ADDRESS
