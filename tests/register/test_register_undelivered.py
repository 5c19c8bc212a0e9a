"""Which notices have not arrived, by what the outbox and the packages say of them."""

import pytest
from register_examples import CHILD, LA, an_id, at, night, notice, send_all

from notifications.outcome import Hold
from register.engine import reading
from register.nights import record_night
from register.outbox import delivered, failed, refused, take
from register.packages import Package, hand_over, record_package
from register.undelivered import undelivered

PROBLEM = "PUT /v1/x: refused with 422, Odd"


def found(engine, *children):
    with reading(engine) as connection:
        return [
            (one.recipient, one.where, one.attempts, one.problem)
            for one in undelivered(connection, children or [(LA, CHILD)])
        ]


def taken(write):
    [item] = write(take, at(1), 1)
    return item.outbox_id


def untouched(write, engine):
    """Nobody has tried."""


def backs_off(write, engine):
    write(failed, taken(write), "no answer", at(2))


def is_refused(write, engine):
    write(refused, taken(write), PROBLEM, at(1))


def arrives(write, engine):
    write(delivered, taken(write), at(1))


@pytest.mark.parametrize(
    ("what", "where"),
    [
        (untouched, [("E23000014", "waiting", 0, None)]),
        (backs_off, [("E23000014", "waiting", 1, "no answer")]),
        (is_refused, [("E23000014", "refused", 1, PROBLEM)]),
        (arrives, []),
    ],
)
def test_a_notice_has_arrived_once_the_portal_took_it(engine, write, what, where):
    record_night(engine, night(1, notices=[notice()]))
    what(write, engine)
    assert found(engine) == where
    record_night(engine, night(2))
    assert found(engine) == where, "a later night asks it of earlier ones"
    assert found(engine, (LA, "another")) == []


def test_what_a_person_carries_has_arrived_once_it_was_handed_over(engine):
    by_hand = notice(recipient="E23000018", channel="export")
    record_night(engine, night(1, notices=[by_hand]))
    assert found(engine) == [("E23000018", "to_pack", 0, None)]
    package = Package("x", "E23000018", at(1, 9), "0" * 64, 1)
    record_package(engine, package, [an_id("notice", "n")])
    assert found(engine) == [("E23000018", "packed", 0, None)]
    hand_over(engine, "x", "someone", at(1, 10))
    assert found(engine) == []


def test_what_is_held_or_no_longer_decided_is_on_no_way(engine):
    held = notice("held", hold=Hold("review", at(4)), recipient="937")
    record_night(engine, night(1, notices=[notice(), held]))
    assert [one[0] for one in found(engine)] == ["E23000014"]
    record_night(engine, night(1, 2, notices=[held]))
    assert found(engine) == []
    assert send_all(engine, 2) == []
