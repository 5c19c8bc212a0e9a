"""What rests on a person's decision, and what follows when it is taken back."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    ALSO_IN_WORCESTER,
    AT_PLACEMENT,
    FLAG,
    IN_COVENTRY,
    MONDAY,
    PLACING,
    WEST_MERCIA,
    WMP,
    WORCESTERSHIRE,
    Nights,
    candidate,
    case,
    child,
    decide,
    ended,
    held,
    judgement,
    known,
    nominal,
    only_decision,
    placement,
    sent,
    told,
    told_nothing,
)

from matching.evidence import EvidencePart
from notifications.clocks import close_of
from notifications.documents import Kind
from notifications.outcome import EvidencePart as Shown
from notifications.outcome import Hold

UPDATE = Kind.UPDATE


def pair(probability, *words, **changes):
    """A candidate and what people said of it, in turn."""
    return case(
        candidates=(candidate(probability=probability),),
        judgements=tuple(
            judgement(
                word,
                event_id=f"e{number}",
                made_at=dt.datetime(2026, 11, 20, number, tzinfo=dt.UTC),
            )
            for number, word in enumerate(words, 1)
        ),
        **changes,
    )


@pytest.mark.parametrize(
    ("one", "event"),
    [
        (pair(0.7), None),
        (pair(0.7, "same"), "e1"),
        (pair(0.99, "same"), None),
        (pair(0.99, "different"), "e1"),
        (pair(0.7, "different"), "e1"),
        (pair(0.3, "different"), None),
        (pair(0.7, "unsure"), None),
        (pair(0.99, "unsure"), "e1"),
        (pair(0.7, "different", "same"), "e2"),
        (pair(0.06, "different", nominals=(nominal(restricted=True),)), "e1"),
    ],
)
def test_a_state_rests_on_the_decision_without_which_it_were_another(one, event):
    assert only_decision(one).judgement == event


def test_the_police_notice_and_its_copy_rest_on_it_and_the_host_authoritys_does_not():
    resting = {one.recipient: one.judgement for one in sent(decide(pair(0.7, "same")))}
    assert resting == {WEST_MERCIA: "e1", PLACING: "e1", WORCESTERSHIRE: None}


@pytest.mark.parametrize("word", ["same", "different"])
@pytest.mark.parametrize(
    "tonight",
    [
        pair(0.7),
        pair(0.99),
        pair(0.3),
        case(**known(AT_PLACEMENT, FLAG)),
        pair(0.7, child=child(surname="Other")),
    ],
    ids=["possible", "known", "not known", "at the placement", "corrected as well"],
)
def test_an_undone_decision_is_put_right_once_whatever_the_state_is(word, tonight):
    nights = Nights()
    nights.pass_(pair(0.7, word))
    outcome = nights.pass_(tonight)
    right = {WEST_MERCIA, PLACING}
    put_right = [one for one in sent(outcome) if one.recipient in right]
    assert {one.rule for one in put_right} == {"tell.judgement-undone"}
    assert {one.recipient for one in put_right} == right
    assert all(one.kind is UPDATE and one.supersedes for one in put_right)
    assert "taken back" in put_right[0].document.rule.text
    assert told_nothing(nights.pass_(tonight))


def test_a_decision_that_stands_though_it_binds_no_longer_takes_nothing_back():
    nights = Nights()
    nights.pass_(pair(0.7, "different"))
    changed = pair(0.7, "different")
    changed = replace(
        changed,
        candidates={WEST_MERCIA: (candidate(probability=0.7, hash_="changed"),)},
    )
    assert told(nights.pass_(changed)) == {}


def test_a_shielded_child_hears_of_no_undoing_until_the_shield_is_lifted():
    nights = Nights()
    nights.pass_(pair(0.7, "different"))
    assert told(nights.pass_(pair(0.7, nominals=(nominal(restricted=True),)))) == {}
    assert told(nights.pass_(pair(0.7))) == {WEST_MERCIA: UPDATE, PLACING: UPDATE}


# --- what waits for a decision -----------------------------------------------------


def test_the_notice_that_waits_is_the_one_that_the_night_after_the_deadline_makes():
    nights = Nights()
    waiting = nights.pass_(pair(0.7))
    assert held(waiting) == {
        WEST_MERCIA: Kind.UNCONFIRMED, PLACING: Kind.UNCONFIRMED,
    }  # fmt: skip
    deadline = close_of(MONDAY + dt.timedelta(days=3))
    holds = {one.hold for one in waiting.notices if one.hold}
    assert holds == {Hold("review", deadline)}
    nights.on = MONDAY + dt.timedelta(days=4)
    late = nights.pass_(pair(0.7))
    assert told(late) == held(waiting)
    ids = {one.notification_id for one in waiting.notices if one.hold}
    assert ids == {one.notification_id for one in late.notices}
    assert {one.rule for one in waiting.notices if one.hold} == {
        one.rule for one in late.notices
    }


def test_nothing_waits_for_whoever_has_been_told(nights):
    assert nights.pass_(pair(0.7)).notices == ()


def test_what_waits_is_dropped_when_a_person_decides():
    nights = Nights()
    nights.pass_(pair(0.7))
    outcome = nights.pass_(pair(0.7, "different"))
    assert held(outcome) == {}
    assert told(outcome) == {WEST_MERCIA: Kind.NEW, PLACING: Kind.NEW}


@pytest.mark.parametrize(
    ("second", "deadline"),
    [
        ({}, MONDAY + dt.timedelta(days=3)),
        ({"postcode": ALSO_IN_WORCESTER}, MONDAY + dt.timedelta(days=3)),
        ({"start": dt.date(2026, 11, 26)}, dt.date(2026, 11, 27)),
    ],
    ids=["the same address", "another of the force's", "days after it left"],
)
def test_a_move_gives_no_more_time_to_decide(second, deadline):
    """Else a child who moves every other day would never be told of."""
    tuesday = MONDAY + dt.timedelta(days=1)
    alike = (candidate(probability=0.7),)
    nights = Nights()
    nights.pass_(case(candidates=alike))
    moved = placement("P2", **{"start": tuesday, "address": "2 High Street"} | second)
    left = ended(end=tuesday)
    outcome = nights.pass_(case(left, moved, candidates=alike))
    due = {one.hold.release_at for one in outcome.notices if one.hold}
    assert due == {close_of(deadline)}
    outcome = nights.pass_(case(left, moved, candidates=alike))
    assert {one.hold.release_at for one in outcome.notices if one.hold} == due


def test_another_force_has_its_own_time():
    tuesday = MONDAY + dt.timedelta(days=1)
    nights = Nights()
    nights.pass_(pair(0.7))
    there = candidate(probability=0.7, force=WMP)
    moved = placement("P2", IN_COVENTRY, start=tuesday)
    outcome = nights.pass_(case(ended(end=tuesday), moved, candidates=(there,)))
    holds = {one.hold.release_at for one in outcome.notices if one.hold}
    assert holds == {close_of(tuesday + dt.timedelta(days=3))}


def test_nobody_outside_the_region_is_owed_a_package_that_only_waits():
    assert decide(pair(0.7)).obligations == ()


# --- what a decision rests on ------------------------------------------------------


def test_a_row_shows_its_rule_and_the_evidence_without_any_value():
    part = EvidencePart("surname", "same", "EXAMPLE", "EXAMPLE", 7.5)
    found = replace(candidate(probability=0.7), evidence=(part,))
    row = only_decision(case(placement(), candidates=(found,)))
    assert row.rule == "known.possible"
    assert row.reason.startswith(row.rule)
    assert row.evidence == (Shown("surname", "same", 7.5),)
