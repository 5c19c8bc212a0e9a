"""What is chased, when and how far; what ends a chase and what does not."""

import datetime as dt
from dataclasses import replace

import pytest
from loop_cases import (
    ACK,
    ACKNOWLEDGED,
    LATER,
    QUIET,
    astuple,
    at,
    followed,
    pass_,
    rules,
    said,
)
from notification_cases import MONDAY, PLACING, WEST_MERCIA, WORCESTERSHIRE

from notifications.clocks import protocol_clock
from notifications.config import Clocks
from notifications.documents import Kind, Priority
from notifications.loop import acknowledgement_due, follow


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23 10:15", QUIET),
        ("2026-11-24 09:29", QUIET),
        ("2026-11-24 09:30", (["loop.remind"], [])),  # 7½ of 15 working hours
        ("2026-11-24 17:00", (["loop.remind"], [])),
        ("2026-11-24 17:01", (["loop.overdue"], [(ACK, 1, False)])),
        ("2026-11-25 17:00", (["loop.overdue"], [(ACK, 1, False)])),
        ("2026-11-25 17:01", (["loop.overdue"], [(ACK, 2, False)])),
        ("2026-11-27 17:01", (["loop.overdue"], [(ACK, 3, False)])),
        ("2027-11-27 17:01", (["loop.overdue"], [(ACK, 3, False)])),
    ],
)
def test_a_first_look_finds_the_step_that_is_due_however_late_it_is(now, expected):
    assert said(pass_(followed(), at(now))[0]) == expected


def test_a_quarter_of_an_hours_passes_make_each_step_once():
    now, one, made = at("2026-11-23 10:00"), followed(), []
    while now < at("2026-12-05 10:00"):
        steps, one = pass_(one, now)
        if any(astuple(steps)):
            made.append((f"{now:%a %H:%M}", *said(steps)))
        now += dt.timedelta(minutes=15)
    assert made == [
        ("Tue 09:30", ["loop.remind"], []),
        ("Tue 17:15", ["loop.overdue"], [(ACK, 1, False)]),
        ("Wed 17:15", ["loop.overdue"], [(ACK, 2, False)]),
        ("Fri 17:15", ["loop.overdue"], [(ACK, 3, False)]),
    ]
    assert one.reminders == 4
    assert len(one.follow_ups) == 1


def test_each_step_names_a_more_senior_post_and_its_words_where_none_is_given():
    days = ("2026-11-24 17:01", "2026-11-25 17:01", "2026-11-27 17:01")
    for recipient, posts in (
        (
            WEST_MERCIA,
            ["Duty Inspector", "Head of Safeguarding", "Assistant Chief Constable"],
        ),
        (
            WORCESTERSHIRE,
            ["the supervisor", "Head of Safeguarding", "the strategic lead"],
        ),
    ):
        found = [
            follow(followed(recipient=recipient), rules(), at(day)).follow_ups[0]
            for day in days
        ]
        assert [one.escalated_to for one in found] == posts
        assert {one.owed_by for one in found} == {recipient}


def test_a_region_that_waits_with_its_first_step_reminds_before_it():
    rulebook, one, made = rules(escalate=(1, 2)), followed(), []
    for day in ("24", "25", "26", "30"):
        steps, one = pass_(one, at(f"2026-11-{day} 17:01"), rulebook)
        made.append((said(steps), [task.escalated_to for task in steps.follow_ups]))
    assert made == [
        ((["loop.overdue"], [(ACK, 0, False)]), [None]),
        ((["loop.overdue"], [(ACK, 1, False)]), ["Duty Inspector"]),
        ((["loop.overdue"], [(ACK, 2, False)]), ["Head of Safeguarding"]),
        (QUIET, []),
    ]


def test_a_region_that_grows_patient_takes_no_step_back():
    _, one = pass_(followed(), at("2026-11-26 12:00"))
    assert said(pass_(one, at("2026-11-26 12:15"), rules(escalate=(5,)))[0]) == QUIET


NOT_CHASED = {
    "held": {"held_by": "surge"},
    "dropped": {"held_by": "surge", "dropped": True},
    "not delivered": {"delivered_at": None},
    "a dead letter": {"delivered_at": None, "refused": True},
    "a package carried by hand": {"channel": "export"},
    "superseded": {"superseded": True},
    "ended": {"superseded": True, "closed": True},
    "withdrawn": {"superseded": True, "closed": True, "withdrawn": True},
    "acknowledged": ACKNOWLEDGED,
    "known at placement": {"known_on": MONDAY},
    "a copy": {"recipient": PLACING, "told": {"is_copy": True}},
    "a pointer": {"kind": Kind.POINTER},
    "a reminder": {"kind": Kind.REMINDER},
    "a retraction": {"kind": Kind.RETRACTION},
    "a test record": {"told": {"test_record": True}},
}


@pytest.mark.parametrize("why", NOT_CHASED)
def test_nobody_is_chased_about(why):
    assert said(follow(followed(**NOT_CHASED[why]), rules(), LATER)) == QUIET


@pytest.mark.parametrize("kind", [Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.END])
@pytest.mark.parametrize("recipient", [WEST_MERCIA, WORCESTERSHIRE])
def test_both_hosts_are_chased_for_what_tells_them_something(kind, recipient):
    steps = follow(followed(kind, recipient), rules(), LATER)
    assert said(steps) == (["loop.overdue"], [(ACK, 3, False)])


def test_fetched_and_opened_end_no_chase():
    for receipt in ("fetched_at", "opened_at"):
        one = followed(**{receipt: at("2026-11-23 10:05")})
        assert said(follow(one, rules(), LATER)) == said(
            follow(followed(), rules(), LATER)
        )


SETTLES = {
    "acknowledged": (ACKNOWLEDGED, ACK),
    "known at placement": ({"known_on": MONDAY}, ACK),
    "superseded": ({"superseded": True}, ACK),
    "withdrawn": ({"superseded": True, "closed": True, "withdrawn": True}, ACK),
}


@pytest.mark.parametrize("why", SETTLES)
def test_an_open_task_is_met_once_by_what_ends_the_chase(why):
    opened, one = pass_(followed(), at("2026-11-24 17:01"))
    change, kind = SETTLES[why]
    steps, _ = pass_(replace(one, **change), at("2026-11-25 12:00"))
    assert said(steps) == ([], [(kind, 1, True)])
    assert steps.follow_ups[0].obligation_id == opened.follow_ups[0].obligation_id
    assert steps.follow_ups[0].met_on == dt.date(2026, 11, 25)


@pytest.mark.parametrize(
    ("delivered", "priority", "due"),
    [
        ("2026-11-23 10:00", Priority.HIGH, "2026-11-24 17:00"),
        ("2026-11-23 23:59", Priority.HIGH, "2026-11-24 17:00"),
        ("2026-11-24 00:01", Priority.HIGH, "2026-11-25 17:00"),
        ("2026-11-23 10:00", Priority.STANDARD, "2026-11-30 17:00"),
        ("2026-12-24 18:00", Priority.HIGH, "2026-12-29 17:00"),  # over Christmas
        ("2026-12-24 18:00", Priority.LOW, "2027-01-05 17:00"),  # and the New Year
        ("2027-03-25 18:00", Priority.HIGH, "2027-03-30 16:00"),  # Easter, and BST
        ("2027-03-27 12:00", Priority.HIGH, "2027-03-30 16:00"),  # from a Saturday
        ("2026-08-28 22:30", Priority.HIGH, "2026-09-01 16:00"),  # 23:30 in London
        ("2026-08-27 23:30", Priority.HIGH, "2026-09-01 16:00"),  # 00:30 on Friday
        ("2026-10-23 12:00", Priority.HIGH, "2026-10-26 17:00"),  # the clocks go back
    ],
)
@pytest.mark.parametrize("recipient", [WEST_MERCIA, WORCESTERSHIRE])
def test_the_clock_runs_from_the_later_of_decision_and_delivery(
    delivered, priority, due, recipient
):
    moment = at(delivered)
    one = followed(
        recipient=recipient,
        told={"priority": priority, "created_on": min(MONDAY, moment.date())},
        delivered_at=moment,
    )
    assert acknowledgement_due(one, Clocks()) == at(due)


def test_a_clock_that_a_force_was_told_holds_unless_delivery_was_later():
    promised = protocol_clock(MONDAY, Priority.STANDARD, Clocks())
    told = {"priority": Priority.STANDARD, "clock": promised}
    shorter = Clocks.model_validate(
        {"acknowledge": {"high": 1, "standard": 1, "low": 1}}
    )
    force, la = followed(told=told), followed(recipient=WORCESTERSHIRE, told=told)
    assert acknowledgement_due(force, shorter) == promised.due_at
    assert acknowledgement_due(la, shorter) == at("2026-11-24 17:00")
    late = replace(force, delivered_at=at("2026-12-01 09:00"))
    assert acknowledgement_due(late, shorter) == at("2026-12-02 17:00")


def test_what_comes_in_the_evening_is_never_due_before_it_came():
    none = {"high": 0, "standard": 0, "low": 0}
    one = followed(delivered_at=at("2026-11-27 20:00"), recipient=WORCESTERSHIRE)
    assert acknowledgement_due(one, rules(acknowledge=none).policy.clocks) == at(
        "2026-11-30 17:00"
    )


def test_before_delivery_there_is_no_due_time_and_after_opening_it_stays():
    assert acknowledgement_due(followed(delivered_at=None), Clocks()) is None
    _, one = pass_(followed(), at("2026-11-24 17:01"))
    longer = Clocks.model_validate(
        {"acknowledge": {"high": 9, "standard": 9, "low": 9}}
    )
    assert acknowledgement_due(one, longer) == at("2026-11-24 17:00")
