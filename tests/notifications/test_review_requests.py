"""Which pairs people are asked to judge, by when, and what hangs on it."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    AT_PLACEMENT,
    MONDAY,
    PLACING,
    WEST_MERCIA,
    WMP,
    Nights,
    candidate,
    case,
    decide,
    judgement,
    nominal,
    placement,
    rulebook,
    sent,
    situations,
)

from notifications.clocks import close_of, due_in
from notifications.documents import Priority
from notifications.facts import PoliceAddress, Protection, Risk


def doubtful(*probabilities, **changes):
    found = tuple(
        candidate(f"N{number}", probability)
        for number, probability in enumerate(probabilities, 1)
    )
    return case(candidates=found, **changes)


def asked(outcome):
    return [one.candidate.record_ref for one in outcome.reviews]


def test_every_pair_in_the_band_is_asked_best_first():
    outcome = decide(doubtful(0.6, 0.8, 0.4, 0.5))
    assert asked(outcome) == ["N2", "N1", "N4"]
    best = outcome.reviews[0]
    assert [one.record_ref for one in best.rivals] == ["N1", "N4", "N3"]
    assert (best.placing_la, best.child_ref, best.placement_ref) == (
        PLACING, "C1", "P1",
    )  # fmt: skip
    assert best.created_on == MONDAY


def test_nothing_is_asked_when_a_match_is_accepted_or_nothing_is_likely():
    assert asked(decide(doubtful(0.99, 0.7))) == []
    assert asked(decide(doubtful(0.4))) == []
    assert asked(decide(situations()["cannot_say"])) == []


@pytest.mark.parametrize("word", ["different", "unsure", "two_people"])
def test_a_judged_pair_is_not_asked_again_on_the_same_evidence(word):
    one = doubtful(0.8, 0.7)
    outcome = decide(replace(one, judgements=(judgement(word),)))
    assert asked(outcome) == ["N2"]
    rivals = [rival.record_ref for rival in outcome.reviews[0].rivals]
    assert rivals == ([] if word == "different" else ["N1"])


def test_new_evidence_is_a_new_question():
    first = decide(doubtful(0.7)).reviews[0]
    changed = case(candidates=(candidate("N1", 0.7, hash_="n1-changed"),))
    again = decide(replace(changed, judgements=(judgement("unsure"),))).reviews[0]
    assert first.review_id != again.review_id


def test_a_question_is_put_once():
    nights = Nights()
    assert asked(nights.pass_(doubtful(0.7))) == ["N1"]
    assert asked(nights.pass_(doubtful(0.7))) == []
    assert asked(nights.pass_(doubtful(0.7, 0.6))) == ["N2"]


def test_at_most_ten_rivals_are_shown():
    outcome = decide(doubtful(*(0.9 - number / 100 for number in range(15))))
    assert {len(one.rivals) for one in outcome.reviews} == {10}


def test_only_the_host_forces_records_are_asked_about():
    one = case(candidates=(candidate("N1", 0.7), candidate("N9", 0.8, force=WMP)))
    (review,) = decide(one).reviews
    assert review.candidate.record_ref == "N1"
    assert review.rivals == ()


def test_two_placements_in_one_area_ask_once():
    both = doubtful(0.7)
    both = replace(both, placements=(placement(), placement("P2")))
    assert asked(decide(both)) == ["N1"]


@pytest.mark.parametrize(
    ("risks", "priority", "days"),
    [
        ((), Priority.STANDARD, 3),
        ((Risk("gang", answer=True, since=None, source="t"),), Priority.HIGH, 1),
    ],
)
def test_the_deadline_is_the_regions_by_priority(risks, priority, days):
    (review,) = decide(doubtful(0.7, risks=risks)).reviews
    assert review.deadline == due_in(MONDAY, days)
    assert review.priority is priority


def test_the_deadline_counts_from_the_first_night_of_doubt():
    nights = Nights()
    nights.pass_(doubtful(0.7))
    (late,) = nights.pass_(doubtful(0.7, 0.6)).reviews
    assert late.deadline == due_in(MONDAY, 3)


def test_a_question_that_comes_up_after_the_deadline_has_a_time_of_its_own():
    nights = Nights()
    for _ in range(5):
        nights.pass_(doubtful(0.7))
    (late,) = nights.pass_(doubtful(0.7, 0.6)).reviews
    assert late.deadline == due_in(MONDAY + dt.timedelta(days=5), 3)
    assert "has been told" in late.hangs_on_it


def test_a_deadline_on_the_eve_of_a_bank_holiday_waits_for_work():
    rules = rulebook(review_deadline={"high": 1, "standard": 1, "low": 1})
    nights = Nights(rules, first=dt.date(2026, 12, 24))
    (review,) = nights.pass_(doubtful(0.7)).reviews
    assert review.deadline == close_of(dt.date(2026, 12, 29))
    told = [bool(sent(nights.pass_(doubtful(0.7)))) for _ in range(6)]
    assert told == [False] * 5 + [True]  # the night of the 30th


def test_what_hangs_on_it_is_said_in_words():
    (review,) = decide(doubtful(0.7)).reviews
    assert review.hangs_on_it == (
        "If nobody decides by 26 November 2026, 17:00, West Mercia Police gets an "
        "unconfirmed notice of this placement."
    )


def test_where_the_police_hear_by_criteria_only_nothing_may_hang_on_it():
    (review,) = decide(doubtful(0.7), rulebook(criteria_only=True)).reviews
    assert review.hangs_on_it.startswith("West Mercia Police is not told")


def test_without_any_time_to_judge_the_notice_goes_at_once():
    rules = rulebook(review_deadline={"high": 0, "standard": 0, "low": 0})
    nights = Nights(rules)
    nights.pass_(doubtful(0.7))
    nights.memory = replace(nights.memory, standing=(), asked=frozenset())
    (review,) = nights.pass_(doubtful(0.7)).reviews
    assert review.hangs_on_it.startswith("The deadline has passed")


def test_a_household_shares_a_current_address():
    home = PoliceAddress("home", "B9 9ZZ")
    left = PoliceAddress("home", "B9 9ZZ", end=MONDAY)
    nowhere = PoliceAddress("home", "NF1 1NF")
    unreadable = PoliceAddress("home", "?")
    one = doubtful(
        0.8, 0.7, 0.6, 0.55,
        nominals=(
            nominal("N1", addresses=(home, nowhere, unreadable)),
            nominal("N2", addresses=(AT_PLACEMENT, home)),
            nominal("N3", addresses=(left, nowhere, unreadable)),
        ),
    )  # fmt: skip
    review = decide(one).reviews[0]
    assert review.candidate.record_ref == "N1"
    assert review.household == ("N2",)


def test_a_shielded_case_is_put_to_nobody():
    shielded = doubtful(0.7, protections=(Protection(),))
    assert decide(shielded).reviews == ()
    beside = replace(
        doubtful(0.7),
        placements=(placement(), placement("A", "CV1 1AA", place_code="A5")),
    )
    assert decide(beside).reviews == ()


def test_a_restricted_record_is_never_shown_as_a_rival():
    one = doubtful(0.8, 0.1, nominals=(nominal("N2", restricted=True),))
    outcome = decide(one)
    assert outcome.reviews == ()
    assert outcome.decisions[0].host_force == WEST_MERCIA
