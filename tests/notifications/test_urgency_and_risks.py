"""The criteria, what raises and lowers a placement, and what is said of risks."""

import datetime as dt

import pytest
from notification_cases import MONDAY, case, child, only_decision, placement, rulebook

from notifications.config import PolicyConfig
from notifications.documents import Priority
from notifications.facts import MissingEpisode, Risk
from notifications.priority import CRITERIA, criteria_met, risk_indicators
from records.risks import RISK_INDICATORS

HIGH, STANDARD, LOW = Priority.HIGH, Priority.STANDARD, Priority.LOW


def yes(indicator, source="assessment", since=None):
    return Risk(indicator, answer=True, since=since, source=source)


def no(indicator, source="assessment"):
    return Risk(indicator, answer=False, since=None, source=source)


def priority(one, **policy):
    return only_decision(one, rulebook(**policy)).priority


@pytest.mark.parametrize("indicator", RISK_INDICATORS)
def test_any_criterion_makes_a_placement_urgent_and_a_no_does_not(indicator):
    assert priority(case(risks=(yes(indicator),))) is HIGH
    assert priority(case(risks=(no(indicator),))) is STANDARD


def test_a_criterion_outweighs_a_placement_with_parents():
    assert priority(case(placement(place_code="P1"))) is LOW
    assert priority(case(placement(place_code="P1"), risks=(yes("gang"),))) is HIGH


@pytest.mark.parametrize("kind", ["M", "A", None])
@pytest.mark.parametrize("end", [None, dt.date(2024, 1, 2)])
def test_a_missing_or_absent_episode_is_a_criterion_ended_or_not(kind, end):
    episode = MissingEpisode(kind, dt.date(2024, 1, 1), end)
    assert priority(case(missing=(episode,))) is HIGH


def test_a_child_missing_now_is_urgent_even_where_missing_is_no_criterion():
    criteria = ["gang"]
    open_ = MissingEpisode("M", dt.date(2026, 11, 22))
    over = MissingEpisode("M", dt.date(2026, 11, 20), dt.date(2026, 11, 21))
    assert priority(case(missing=(open_,)), criteria=criteria) is HIGH
    assert priority(case(missing=(over,)), criteria=criteria) is STANDARD


def test_an_unaccompanied_child_meets_a_criterion():
    assert priority(case(child=child(uasc=True))) is HIGH
    assert priority(case(child=child(uasc=False))) is STANDARD


@pytest.mark.parametrize("code", ["K3", "H5", "P2", " k3"])
@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (dt.date(2010, 11, 24), STANDARD),  # 15 until tomorrow
        (dt.date(2010, 11, 23), HIGH),  # 16 today
        (dt.date(2008, 11, 24), HIGH),  # 17 until tomorrow
        (None, HIGH),
    ],
)
def test_supported_accommodation_is_urgent_at_sixteen_and_seventeen(
    code, born, expected
):
    one = case(placement(place_code=code), child=child(dob=born))
    assert priority(one) is expected


def test_a_region_sets_its_own_criteria_and_codes():
    one = case(placement(place_code="S1"), risks=(yes("cce"),))
    assert priority(one, criteria=["gang"]) is STANDARD
    codes = {"low_place_codes": ["S1"]}
    assert priority(one, criteria=["gang"], priorities=codes) is LOW


def answers(one):
    return {
        found.indicator: (found.answer, found.source)
        for found in risk_indicators(one, MONDAY)
    }


def test_every_risk_is_answered_yes_no_or_not_supplied():
    found = answers(case(risks=(yes("gang"), no("trafficked"))))
    assert tuple(found) == RISK_INDICATORS
    assert found["gang"] == ("yes", "assessment")
    assert found["trafficked"] == ("no", "assessment")
    others = set(RISK_INDICATORS) - {"gang", "trafficked"}
    assert {found[name] for name in others} == {("not supplied", None)}


def test_where_sources_differ_yes_holds():
    for risks in ((yes("gang", "b"), no("gang", "a")), (no("gang", "a"), yes("gang"))):
        assert answers(case(risks=risks))["gang"][0] == "yes"


def test_what_the_record_shows_outweighs_a_no():
    episode = MissingEpisode("M", dt.date(2024, 1, 1), dt.date(2024, 1, 2))
    later = MissingEpisode("A", dt.date(2025, 1, 1), dt.date(2025, 1, 2))
    one = case(
        child=child(uasc=True),
        missing=(later, episode),
        risks=(no("missing"), no("uasc")),
    )
    assert answers(one)["missing"] == ("yes", "missing episodes")
    assert answers(one)["uasc"] == ("yes", "child's record")
    (missing,) = [
        one for one in risk_indicators(one, MONDAY) if one.indicator == "missing"
    ]
    assert missing.since == later.start


def test_not_unaccompanied_is_an_answer_too():
    assert answers(case(child=child(uasc=False)))["uasc"] == ("no", "child's record")
    assert answers(case(child=child(uasc=None)))["uasc"] == ("not supplied", None)


def test_the_criteria_that_are_met_are_named():
    one = case(risks=(yes("gang"), no("cce")), child=child(uasc=True))
    assert criteria_met(one, PolicyConfig(), MONDAY) == {"gang", "uasc"}


def test_a_future_birth_date_is_no_age_at_all():
    one = case(
        placement(place_code="K3"), child=child(dob=MONDAY + dt.timedelta(days=1))
    )
    assert priority(one) is HIGH


OFFERED, ACCEPTED = "interview_offered", "interview_accepted"


def returned(days, **interview):
    """Back so many days before tonight."""
    back = MONDAY - dt.timedelta(days=days)
    return case(missing=(MissingEpisode("M", dt.date(2026, 9, 1), back, **interview),))


@pytest.mark.parametrize(
    ("episode", "answer"),
    [
        (returned(1, interview_offered=False), "yes"),
        (returned(0, interview_offered=False), "yes"),
        (returned(28, interview_offered=False), "yes"),
        (returned(29, interview_offered=False), "not supplied"),
        (returned(-1, interview_offered=False), "not supplied"),
        (returned(1, interview_offered=True), "yes"),
        (returned(1, interview_offered=True, interview_accepted=True), "no"),
        (returned(1, interview_offered=True, interview_accepted=False), "no"),
        (returned(1, interview_accepted=True), "no"),
        (returned(1, interview_accepted=False), "yes"),
        (returned(1), "not supplied"),
        (case(missing=(MissingEpisode("M", MONDAY),)), "not supplied"),
        (case(), "not supplied"),
    ],
)
def test_a_return_interview_is_outstanding_until_it_was_accepted_or_declined(
    episode, answer
):
    assert answers(episode)["return_interview_outstanding"][0] == answer


def test_one_interview_held_does_not_hide_another_that_is_owed():
    held, owed = (
        returned(day, **interview).missing[0]
        for day, interview in (
            (1, {OFFERED: True, ACCEPTED: True}), (5, {OFFERED: False})
        )
    )  # fmt: skip
    (found,) = [
        one
        for one in risk_indicators(case(missing=(held, owed)), MONDAY)
        if one.indicator == "return_interview_outstanding"
    ]
    assert (found.answer, found.since) == ("yes", owed.end)


def test_an_outstanding_interview_is_urgent_even_where_missing_is_no_criterion():
    criteria = ["return_interview_outstanding"]
    assert priority(returned(2, interview_offered=False), criteria=criteria) is HIGH
    assert priority(returned(2), criteria=criteria) is STANDARD


def test_every_criterion_is_a_rule():
    assert set(CRITERIA) == set(RISK_INDICATORS)
