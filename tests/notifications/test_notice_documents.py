"""What a notice says, and what it keeps to itself."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    AT_PLACEMENT,
    DIRECTORY,
    MONDAY,
    PLACING,
    WEST_MERCIA,
    WORCESTERSHIRE,
    Nights,
    candidate,
    case,
    child,
    decide,
    known,
    placement,
    rulebook,
    situations,
)

from notifications.documents import NOT_SUPPLIED, FillIn, Kind, body
from notifications.facts import PlacementStatus, Risk, TemplateLine
from notifications.recipients import Role, Row
from notifications.wording import (
    LEGAL_STATUSES,
    PLACE_TYPES,
    Cause,
    asked,
    legal_status,
    place_type,
    why,
)
from records.tokens import canonical_token


def documents(one, nights=None):
    outcome = nights.pass_(one) if nights else decide(one)
    return {notice.recipient: notice.document for notice in outcome.notices}


def test_a_notice_carries_what_its_recipient_needs():
    risk = Risk("gang", answer=True, since=MONDAY, source="assessment")
    found = documents(case(risks=(risk,)))[WEST_MERCIA]
    assert (found.kind, found.subject) == (Kind.NEW, "placement")
    assert (found.child.forename, found.child.dob) == ("Robin", dt.date(2014, 5, 6))
    assert found.placement.address == "1 High Street"
    assert found.placement.postcode == "WR1 1AA"
    assert found.placement.host_la_name == "Worcestershire"
    assert found.placement.place_type == "foster placement, long term"
    assert found.placement.legal_status == "C2, full care order"
    assert found.placement.carer_or_home == "The Carers"
    assert found.placing_authority.authority == PLACING
    assert found.placing_authority.name == "Birmingham"
    assert found.placing_authority.out_of_hours_phone == "0200 330"
    assert found.placing_authority.social_worker == "Sam Worker"
    assert found.created_on == MONDAY
    assert found.rule.id == "tell.not-known"
    assert found.rule.text == "Your records hold no match for this child."
    answers = {risk.indicator: risk.answer for risk in found.risk_indicators}
    assert answers["gang"] == "yes"
    assert answers["trafficked"] == NOT_SUPPLIED


def test_its_token_is_of_its_own_id_and_can_be_typed():
    for notice in decide(case()).notices:
        token = notice.document.recording_token
        assert canonical_token(token.lower()) == token


def test_what_nobody_supplied_is_null_and_never_blank():
    bare = placement(
        address=None, carer_or_home=None, carer_phone=None, iro=None, place_code=None,
        legal_status=None, expected_end=None,
    )  # fmt: skip
    found = documents(case(bare, child=child(sex="?", social_worker=None)))[WEST_MERCIA]
    shown = found.placement
    assert shown.place_type == NOT_SUPPLIED
    for value in (
        shown.address, shown.carer_or_home, shown.carer_phone, shown.iro,
        shown.legal_status, shown.expected_end, shown.place_code,
        found.child.sex, found.child.middle_names,
        found.placing_authority.social_worker,
    ):  # fmt: skip
        assert value is None


def test_the_force_is_pointed_to_its_own_accepted_records_and_nobody_else_is():
    one = case(
        candidates=(candidate("N1"), candidate("N2", 0.97), candidate("N3", 0.7)),
        nominals=(),
    )
    found = documents(one)
    assert found[WEST_MERCIA].your_records == ("N1", "N2")
    assert found[WORCESTERSHIRE].your_records == ()
    assert found[PLACING].your_records == ()


def test_no_candidate_that_nobody_accepted_is_ever_named():
    nights = Nights()
    possible = situations()["possible"]
    for _ in range(4):
        nights.pass_(possible)
    found = documents(possible, nights)[WEST_MERCIA]
    assert found.kind is Kind.UNCONFIRMED
    assert found.your_records == ()
    assert "N1" not in found.model_dump_json()


def test_no_notice_carries_a_score():
    for document in documents(case(**known(AT_PLACEMENT))).values():
        assert "probability" not in document.model_dump_json()


def test_an_end_says_the_least():
    nights = Nights()
    nights.pass_(case())
    over = placement(
        status=PlacementStatus.ENDED, end=dt.date(2026, 11, 24), end_reason="E4A"
    )
    found = documents(case(over), nights)
    for document in found.values():
        assert document.risk_indicators == ()
        assert document.placement.carer_or_home is None
        assert document.placement.carer_phone is None
        assert document.placement.iro is None
        assert document.placement.legal_status is None
        assert document.placement.end == dt.date(2026, 11, 24)
        assert document.placement.address == "1 High Street"  # they have it already
    assert found[WORCESTERSHIRE].clock.due_at.date() == dt.date(2026, 11, 24)
    assert found[WEST_MERCIA].clock.basis == "the region's protocol"
    assert found[PLACING].clock is None


def test_an_end_without_a_date_has_no_statutory_clock():
    nights = Nights()
    nights.pass_(case())
    found = documents(case(child=child(death_date=MONDAY)), nights)
    assert found[WORCESTERSHIRE].clock is None


def test_an_end_of_a_placement_that_is_no_longer_held_says_whose_it_was():
    nights = Nights()
    nights.pass_(case())
    grown = case(child=child(dob=dt.date(2008, 1, 1)))
    unseen = case(placement("P9"), child=grown.child)
    found = documents(unseen, nights)
    assert set(found) == {WEST_MERCIA, WORCESTERSHIRE, PLACING}
    for document in found.values():
        assert document.kind is Kind.END
        assert document.placement is None
        assert document.child.child_ref == "C1"
        assert document.priority == "standard"


def test_the_same_case_gives_the_same_bytes():
    first = [body(one.document) for one in decide(case()).notices]
    again = [body(one.document) for one in decide(case()).notices]
    assert first == again


ROLES_BY_CAUSE = [
    (cause, role)
    for cause in Cause
    for role in Role
    if not (cause is Cause.DECIDED and role is Role.HOST_LA)
]


@pytest.mark.parametrize(("cause", "role"), ROLES_BY_CAUSE)
def test_every_cause_has_a_sentence_for_every_role(cause, role):
    sentence = why(cause, Row.NOT_KNOWN, role)
    assert sentence.rstrip("”").endswith(".")


@pytest.mark.parametrize(
    "row", sorted(set(Row) - {Row.NO_HOST, Row.RESTRICTED, Row.OUT_OF_SCOPE})
)
def test_every_row_that_tells_has_a_sentence_for_the_force(row):
    assert why(Cause.STATE, row, Role.HOST_FORCE).endswith(".")


def test_without_a_row_the_reason_is_that_the_child_is_there():
    assert "placed in your area" in why(Cause.STATE, None, Role.HOST_FORCE)


@pytest.mark.parametrize("kind", [Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.END])
@pytest.mark.parametrize("role", Role)
def test_every_notice_asks_for_something(kind, role):
    words = asked(kind, role)
    assert ("acknowledge" in words) == (role is not Role.PLACING_LA)


def test_codes_are_put_in_words_and_unknown_ones_shown():
    assert place_type("k2") == PLACE_TYPES["K2"]
    assert place_type("ZZ") == "code ZZ"
    assert legal_status("c1") == f"C1, {LEGAL_STATUSES['C1']}"
    assert legal_status("ZZ") == "ZZ"
    assert legal_status(None) is None


def test_a_notice_bears_the_forces_desk_and_what_to_type_into_its_record():
    template = (TemplateLine("Person", "Surname", "child.surname"),)
    force = replace(
        DIRECTORY.authorities[WEST_MERCIA],
        routes={WORCESTERSHIRE: "mash.worcestershire@force.example"},
        record_template=template,
    )
    members = {**DIRECTORY.authorities, WEST_MERCIA: force}
    outcome = decide(
        case(), rulebook(directory=replace(DIRECTORY, authorities=members))
    )
    found = {one.recipient: one.document for one in outcome.notices}
    told = found[WEST_MERCIA]
    assert told.route == "mash.worcestershire@force.example"
    assert told.fill_in == (FillIn(section="Person", label="Surname", value="Example"),)
    assert found[WORCESTERSHIRE].route is None
    assert found[WORCESTERSHIRE].fill_in  # its own default
    assert (found[PLACING].route, found[PLACING].fill_in) == (None, ())
