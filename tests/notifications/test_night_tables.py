"""The tables that a run leaves, exactly as the contracts list their columns."""

import datetime as dt
from uuid import UUID

import pyarrow as pa
import pytest
from notification_cases import (
    AT_PLACEMENT,
    COVENTRY,
    FLAG,
    MONDAY,
    WEST_MERCIA,
    WMP,
    Nights,
    case,
    decide,
    known,
    placement,
    rulebook,
    sent,
    situations,
)

from notifications.balance import check_balance
from notifications.decide import rows_due
from notifications.facts import PersonGroup, PersonMember, PlacementStatus
from notifications.people import decide_pointers
from notifications.tables import decisions_table, notifications_table, people_table
from records.verdicts import BalanceError

PERSON = UUID("00000000-0000-5000-8000-000000000001")


def test_decisions_have_the_columns_of_the_contract():
    table = decisions_table(decide(case(**known(AT_PLACEMENT, FLAG))).decisions)
    assert table.column_names == [
        "placing_la", "child_ref", "placement_ref", "placement_start", "host_la",
        "host_force", "at_distance", "cross_force", "state", "reason", "as_of",
        "priority", "best_nominal_ref", "match_probability", "notification_ids",
    ]  # fmt: skip
    (row,) = table.to_pylist()
    assert row["state"] == "known_at_placement"
    assert row["as_of"] == MONDAY
    assert row["best_nominal_ref"] == "N1"
    assert len(row["notification_ids"]) == 1  # the host authority hears of it


@pytest.mark.parametrize("situation", situations())
def test_every_state_fits_its_row(situation):
    outcome = decide(situations()[situation])
    (row,) = decisions_table(outcome.decisions).to_pylist()
    assert row["notification_ids"] == [
        str(one.notification_id) for one in sent(outcome)
    ]
    table = notifications_table(outcome.notices)
    assert sorted(row["notification_ids"]) == table["notification_id"].to_pylist()


def test_notifications_have_the_columns_of_the_contract():
    nights = Nights()
    nights.pass_(case())
    outcome = nights.pass_(case(placement(status=PlacementStatus.WITHDRAWN)))
    table = notifications_table(outcome.notices)
    assert table.column_names == [
        "notification_id", "kind", "subject", "placing_la", "child_ref",
        "placement_ref", "recipient", "rule", "rule_version", "priority", "due_at",
        "supersedes",
    ]  # fmt: skip
    assert {row["kind"] for row in table.to_pylist()} == {"retraction"}
    assert all(row["supersedes"] for row in table.to_pylist())


def test_times_are_in_utc_and_rows_in_a_stable_order():
    notices = decide(case()).notices
    table = notifications_table(notices)
    assert table.schema.field("due_at").type == pa.timestamp("us", tz="UTC")
    assert table.equals(notifications_table(notices[::-1]))
    assert dt.datetime(2026, 11, 30, 17, tzinfo=dt.UTC) in {
        row["due_at"] for row in table.to_pylist()
    }


def test_a_pointer_is_a_row_without_a_child():
    person = PersonGroup(
        PERSON,
        "perpetrator",
        (PersonMember(WMP, "W1", 0.9), PersonMember(WEST_MERCIA, "M1", 0.8)),
    )
    outcome = decide_pointers((person,), {}, rulebook(), MONDAY)
    for row in notifications_table(outcome.notices).to_pylist():
        assert row["subject"] == "person"
        assert (row["placing_la"], row["child_ref"]) == (None, None)


def test_people_are_listed_by_record_without_restricted_ones():
    people = (
        PersonGroup(
            PERSON,
            "child",
            (
                PersonMember(WMP, "W1", 0.9),
                PersonMember(COVENTRY, "C1", 1.0),
                PersonMember(WMP, "W9", 0.9, restricted=True),
            ),
        ),
        PersonGroup(
            UUID(int=2),
            "perpetrator",
            (
                PersonMember(WMP, "W2", 0.9),
                PersonMember(WEST_MERCIA, "M2", 0.9, restricted=True),
            ),
        ),
    )
    table = people_table(people)
    assert table.column_names == [
        "person_id", "kind", "authority", "record_ref", "probability",
    ]  # fmt: skip
    rows = [(row["authority"], row["record_ref"]) for row in table.to_pylist()]
    assert rows == [(COVENTRY, "C1"), (WMP, "W1")]


def test_nobody_leaves_empty_tables_with_the_same_columns():
    for make, other in (
        (decisions_table, decide(case()).decisions),
        (notifications_table, decide(case()).notices),
    ):
        assert make(()).schema == make(other).schema
    assert people_table(()).num_rows == 0


@pytest.mark.parametrize("situation", situations())
def test_the_sum_of_states_is_the_sum_of_placements(situation):
    one = situations()[situation]
    due = rows_due(one, rulebook(), MONDAY)
    assert due == (("330", "P1"),)
    check_balance(decide(one).decisions, due)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda rows: rows[:1], "without one: 1 [('330', 'P2')]"),
        (lambda rows: (*rows, rows[0]), "too many or not due: 1 [('330', 'P1')]"),
        (lambda rows: (), "without one: 2"),
    ],
)
def test_a_lost_or_a_doubled_placement_stops_the_night(wrong, says):
    one = case(placement(), placement("P2", "CV1 1AA"))
    rows = decide(one).decisions
    check_balance(rows, rows_due(one, rulebook(), MONDAY))
    with pytest.raises(BalanceError) as raised:
        check_balance(wrong(rows), rows_due(one, rulebook(), MONDAY))
    assert says in str(raised.value)
