"""Whoever hears nothing tonight: each is named with the rule that is silent."""

import datetime as dt

import pytest
from notification_cases import (
    AT_PLACEMENT,
    EVERYBODY,
    FLAG,
    MONDAY,
    PLACING,
    WEST_MERCIA,
    WORCESTERSHIRE,
    Nights,
    candidate,
    case,
    decide,
    ended,
    known,
    not_usable,
    placement,
    rulebook,
    situations,
    to_all,
    told,
)

from notifications.documents import Kind, Priority
from notifications.facts import Protection
from notifications.priority import PRIORITY_RULES
from notifications.rules import RULES

FORCE_AND_COPY = (WEST_MERCIA, PLACING)
TUESDAY = MONDAY + dt.timedelta(days=1)
THIN = placement(postcode=None)
A_DAY_LATER = (ended(end=MONDAY), placement("P2", start=TUESDAY))


def silent(outcome, ref=None):
    """``{recipient: rule}`` of the one placement decided, or of a named one."""
    (decision,) = [one for one in outcome.decisions if ref in {None, one.placement_ref}]
    return {one.recipient: one.rule for one in decision.silence}


def all_of(rule, recipients=EVERYBODY):
    return dict.fromkeys(recipients, rule)


def test_where_everybody_is_told_nobody_is_silent():
    outcome = decide(case())
    assert told(outcome) == to_all(Kind.NEW)
    assert silent(outcome) == {}


@pytest.mark.parametrize(
    ("tonight", "rules", "quiet"),
    [
        (
            case(**known(AT_PLACEMENT, FLAG)), {},
            all_of("tell.known-at-placement", FORCE_AND_COPY),
        ),
        (
            case(**known(AT_PLACEMENT)), {},
            all_of("tell.known-at-address-no-flag", FORCE_AND_COPY),
        ),
        (
            case(risks=(), missing=()), {"criteria_only": True},
            all_of("tell.criteria-only", FORCE_AND_COPY),
        ),
        (case(THIN), {}, {None: "tell.no-host"}),
        (case(placement(legal_status="V3")), {}, {None: "tell.out-of-scope"}),
        (case(protections=(Protection(),)), {}, {None: "tell.restricted"}),
    ],
)  # fmt: skip
def test_on_a_first_night_the_matrix_says_who_hears_nothing(tonight, rules, quiet):
    assert silent(decide(tonight, rulebook(**rules))) == quiet


@pytest.mark.parametrize(
    ("first", "second", "quiet"),
    [
        (case(), case(), all_of("life.told-once")),
        (case(), case(placement(legal_status="E1")), all_of("life.told-once")),
        (case(), case(extracts=(not_usable(),)), all_of("life.told-once")),
        (
            case(extracts=(not_usable(),)), case(**known(AT_PLACEMENT, FLAG)),
            {
                **all_of("life.now-known", FORCE_AND_COPY),
                WORCESTERSHIRE: "life.told-once",
            },
        ),
        (case(), case(*A_DAY_LATER), all_of("life.back-again")),
        (case(), case(THIN), all_of("life.doubt")),
        (case(), case(placement(legal_status="V3")), all_of("tell.out-of-scope")),
        (case(), case(protections=(Protection(),)), all_of("shield.holders")),
    ],
)  # fmt: skip
def test_whoever_holds_a_notice_hears_nothing_by_a_rule(first, second, quiet):
    nights = Nights()
    nights.pass_(first)
    outcome = nights.pass_(second)
    assert told(outcome) == {}
    assert silent(outcome) == quiet


def test_one_who_is_told_is_not_silent_though_others_are():
    nights = Nights()
    nights.pass_(case(**known(AT_PLACEMENT)))
    outcome = nights.pass_(case())
    assert told(outcome) == {WEST_MERCIA: Kind.NEW, PLACING: Kind.NEW}
    assert silent(outcome) == {WORCESTERSHIRE: "life.told-once"}


def test_a_held_notice_is_no_silence():
    outcome = decide(case(candidates=(candidate(probability=0.7),)))
    (decision,) = outcome.decisions
    assert decision.silence == ()
    assert {one.recipient for one in outcome.notices} == EVERYBODY


@pytest.mark.parametrize("situation", sorted(situations()))
def test_every_decision_names_known_rules_and_nobody_twice(situation):
    nights = Nights()
    for _ in range(3):
        outcome = nights.pass_(situations()[situation])
        for decision in outcome.decisions:
            heard = {
                one.recipient
                for one in outcome.notices
                if one.placement_ref == decision.placement_ref
            }
            quiet = [one.recipient for one in decision.silence]
            assert heard.isdisjoint(quiet)
            assert len(set(quiet)) == len(quiet)
            assert heard or quiet
            assert {one.rule for one in decision.silence} <= RULES.keys()


def test_a_decision_names_the_rule_of_its_priority():
    known_rules = {one.id for one in PRIORITY_RULES}
    for one in (case(), case(risks=(), missing=()), case(placement(place_code="P1"))):
        (decision,) = decide(one).decisions
        assert decision.priority_rule in known_rules
    (decision,) = decide(
        case(placement(place_code="P1"), risks=(), missing=())
    ).decisions
    assert decision.priority is Priority.LOW
    assert RULES[decision.priority_rule].words == next(
        one.words for one in PRIORITY_RULES if one.id == decision.priority_rule
    )
