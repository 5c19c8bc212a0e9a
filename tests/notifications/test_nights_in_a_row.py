"""One child, several nights: who hears what when something changes."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    ALSO_IN_WORCESTER,
    AT_PLACEMENT,
    EVERYBODY,
    FLAG,
    PLACING,
    WEST_MERCIA,
    WORCESTERSHIRE,
    Nights,
    candidate,
    case,
    child,
    judgement,
    known,
    nominal,
    not_usable,
    placement,
    rulebook,
    sent,
    situations,
    to_all,
    told,
    told_nothing,
)

from notifications.documents import Kind, ObligationKind

NEW, UPDATE, UNCONFIRMED = Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED
END, RETRACTION = Kind.END, Kind.RETRACTION


@pytest.mark.parametrize("situation", situations())
def test_the_same_night_again_tells_nobody_anything(situation):
    nights = Nights()
    one = situations()[situation]
    nights.pass_(one, days=0)
    again = nights.pass_(one, days=0)
    assert told_nothing(again)


@pytest.mark.parametrize("situation", situations())
def test_a_week_without_news_is_silent_but_for_the_deadline(situation):
    nights = Nights()
    one = situations()[situation]
    nights.pass_(one)
    week = [nights.pass_(one) for _ in range(7)]
    assert sum(len(sent(night)) for night in week) == 2 * (situation == "possible")
    assert not any(night.obligations or night.reviews for night in week)


@pytest.mark.parametrize(
    "news",
    [
        {"forename": "Robyn"},
        {"middle_names": "Ann"},
        {"surname": "Other"},
        {"known_as": "Bobbie"},
        {"former_surname": "Before"},
        {"dob": dt.date(2014, 6, 5)},
        {"sex": "M"},
    ],
)
def test_a_corrected_child_is_an_update_to_whoever_was_told(nights, news):
    outcome = nights.pass_(case(child=child(**news)))
    assert told(outcome) == to_all(UPDATE)
    assert all(one.supersedes for one in outcome.notices)


@pytest.mark.parametrize(
    "news",
    [
        {"start": dt.date(2026, 11, 15)},
        {"address": "2 High Street"},
        {"postcode": ALSO_IN_WORCESTER},
        {"place_code": "U6"},
    ],
)
def test_a_corrected_placement_is_an_update_too(nights, news):
    assert told(nights.pass_(case(placement(**news)))) == to_all(UPDATE)


@pytest.mark.parametrize(
    "no_news",
    [
        {"child": child(surname=" EXAMPLE ")},
        {"child": child(social_worker="Somebody Else")},
        {"placements": (placement(legal_status="E1"),)},
        {"placements": (placement(carer_phone="0400 2", iro="Other"),)},
        {"placements": (placement(expected_end=None, uprn=None),)},
        {"placements": (placement(address="1  high street"),)},
    ],
)
def test_contacts_spelling_and_legal_status_re_tell_nobody(nights, no_news):
    one = replace(case(), **no_news)
    assert told(nights.pass_(one)) == {}


def test_what_stands_stays_when_the_force_comes_to_know(nights):
    assert told(nights.pass_(case(**known(AT_PLACEMENT, FLAG)))) == {}
    assert {one.recipient for one in nights.memory.standing} == EVERYBODY


def test_whoever_was_told_hears_of_a_correction_though_the_force_knows_now(nights):
    outcome = nights.pass_(
        case(placement(address="2 High Street"), **known(AT_PLACEMENT, FLAG))
    )
    assert told(outcome) == to_all(UPDATE)


def test_unconfirmed_becomes_an_update_once_it_is_decided():
    nights = Nights()
    first = nights.pass_(situations()["cannot_say"])
    decided = nights.pass_(situations()["not_known"])
    assert told(decided) == {WEST_MERCIA: UPDATE, PLACING: UPDATE}
    before = {one.recipient: one.notification_id for one in first.notices}
    for notice in decided.notices:
        assert notice.supersedes == before[notice.recipient]
    assert told(nights.pass_(situations()["cannot_say"])) == {}


def test_unconfirmed_stays_as_it_is_when_the_child_turns_out_to_be_known():
    nights = Nights()
    nights.pass_(situations()["cannot_say"])
    assert told(nights.pass_(situations()["known_at_placement"])) == {}


def test_a_new_notice_is_never_followed_by_an_unconfirmed_one(nights):
    for _ in range(9):
        assert told(nights.pass_(situations()["cannot_say"])) == {}
    for _ in range(9):
        assert told(nights.pass_(situations()["possible"])) == {}


def test_a_force_that_lost_a_child_it_knew_is_told():
    nights = Nights()
    nights.pass_(situations()["known_at_placement"])
    outcome = nights.pass_(situations()["known_not_at_address"])
    assert told(outcome) == {WEST_MERCIA: UPDATE, PLACING: UPDATE}
    assert [one.supersedes for one in outcome.notices] == [None, None]


@pytest.mark.parametrize("grace", [0, 1, 3])
def test_a_child_once_known_stays_quiet_for_the_nights_of_grace_and_no_longer(grace):
    nights = Nights(rulebook(grace_nights=grace))
    nights.pass_(situations()["known_at_placement"])
    cannot = case(extracts=(not_usable(),))
    for _ in range(grace):
        assert told(nights.pass_(cannot)) == {}
    outcome = nights.pass_(cannot)
    assert told(outcome) == {WEST_MERCIA: UNCONFIRMED, PLACING: UNCONFIRMED}


def test_grace_is_counted_from_good_data_and_begins_anew_with_it():
    nights = Nights(rulebook(grace_nights=1))
    for _ in range(3):
        assert WEST_MERCIA not in told(nights.pass_(situations()["known_at_placement"]))
        assert told(nights.pass_(case(extracts=(not_usable(),)))) == {}


def test_there_is_no_grace_for_a_placement_that_changed_meanwhile():
    nights = Nights()
    nights.pass_(situations()["known_at_placement"])
    moved = case(placement(postcode=ALSO_IN_WORCESTER), extracts=(not_usable(),))
    assert told(nights.pass_(moved)) == {
        WEST_MERCIA: UNCONFIRMED, PLACING: UNCONFIRMED, WORCESTERSHIRE: UPDATE,
    }  # fmt: skip


def test_there_is_no_grace_for_a_child_never_known():
    nights = Nights()
    nights.pass_(situations()["possible"])
    outcome = nights.pass_(case(extracts=(not_usable(),)))
    assert told(outcome) == {WEST_MERCIA: UNCONFIRMED, PLACING: UNCONFIRMED}


def test_a_record_that_lost_its_birth_date_has_grace_and_a_task():
    nights = Nights(rulebook(grace_nights=1))
    nights.pass_(situations()["known_at_placement"])
    thin = case(child=child(dob=None))
    outcome = nights.pass_(thin)
    assert told(outcome) == {WORCESTERSHIRE: UPDATE}
    assert [one.kind for one in outcome.obligations] == [ObligationKind.DATA_TASK]
    assert WEST_MERCIA in told(nights.pass_(thin))


def test_a_possible_match_judged_before_its_deadline_is_told_as_decided():
    nights = Nights()
    doubtful = case(candidates=(candidate(probability=0.7),))
    nights.pass_(doubtful)
    different = replace(doubtful, judgements=(judgement("different"),))
    assert told(nights.pass_(different)) == {WEST_MERCIA: NEW, PLACING: NEW}


def test_a_possible_match_judged_after_its_deadline_is_an_update():
    nights = Nights()
    doubtful = case(candidates=(candidate(probability=0.7),), nominals=(nominal(),))
    for _ in range(5):
        last = nights.pass_(doubtful)
    assert told(last) == {WEST_MERCIA: UNCONFIRMED, PLACING: UNCONFIRMED}
    same = replace(doubtful, judgements=(judgement("same"),))
    assert told(nights.pass_(same)) == {WEST_MERCIA: UPDATE, PLACING: UPDATE}


def test_a_recipient_who_was_told_hears_of_changes_before_a_match_is_judged(nights):
    doubtful = case(
        placement(address="2 High Street"), candidates=(candidate(probability=0.7),)
    )
    assert told(nights.pass_(doubtful)) == to_all(UPDATE)


def test_a_shield_stands_while_a_force_that_may_hold_it_is_silent():
    nights = Nights()
    shielded = case(candidates=(candidate(),), nominals=(nominal(restricted=True),))
    nights.pass_(shielded)
    silent = case(extracts=(not_usable(),))
    night = nights.pass_(silent)
    assert [one.state for one in night.decisions] == ["restricted"]
    assert night.decisions[0].reason.startswith("shield.remembered")
    assert night.notices == ()
    heard = nights.pass_(case())
    assert [one.state for one in heard.decisions] == ["not_known"]


def test_a_silent_force_shields_nobody_who_was_not_shielded():
    nights = Nights()
    nights.pass_(case())
    night = nights.pass_(case(extracts=(not_usable(),)))
    assert [one.state for one in night.decisions] == ["cannot_say"]
