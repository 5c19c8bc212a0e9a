"""The rules decide the same on the register's memory as on the one they are tested
with, night after night, and recipients end up with what the register says stands."""

import datetime as dt
import json
from dataclasses import replace
from random import Random

import pytest
from notification_cases import (
    ALSO_IN_WORCESTER,
    IN_AREA,
    IN_COVENTRY,
    MONDAY,
    Nights,
    case,
    child,
    ended,
    placement,
    rulebook,
    situations,
)
from register_examples import resolved, review
from sqlalchemy import select

from notifications.decide import decide_child
from notifications.facts import ChildMemory, PlacementStatus
from register.engine import reading, writing
from register.memory import load_memory
from register.nights import NightRecord, record_night
from register.outbox import delivered, take
from register.tables import notification

CHILD = ("330", "C1")
SECOND = placement("P2", IN_COVENTRY, start=dt.date(2026, 11, 20))
CASES = situations() | {
    "corrected": case(placement(address="2 High Street")),
    "renamed": case(child=child(surname="Other")),
    "elsewhere": case(placement(postcode=ALSO_IN_WORCESTER)),
    "moved": case(ended(), SECOND),
    "both": case(placement(), SECOND),
    "in_area": case(placement(postcode=IN_AREA)),
    "left": case(ended(end_reason="E8")),
    "withdrawn": case(placement(status=PlacementStatus.WITHDRAWN)),
}
RULES = rulebook()


def instant(date):
    return dt.datetime.combine(date, dt.time(3), dt.UTC)


def record(engine, one, outcome, date, run=1):
    asked = tuple(
        review(
            "", review_id=each.review_id, deadline=each.deadline,
            priority=each.priority, created_on=date,
        )
        for each in outcome.reviews
    )  # fmt: skip
    return record_night(
        engine,
        NightRecord(
            run_id=f"{date}-{run}",
            region="r",
            business_date=date,
            outcome="good",
            recorded_at=instant(date),
            pictures=(),
            placements=tuple(
                resolved(
                    each.placement_ref, status=each.status, start=each.start,
                    end=each.end, postcode=each.postcode,
                )
                for each in one.placements
            ),
            outcomes=(outcome,),
            reviews=asked,
        ),
    )  # fmt: skip


def recall(engine, before):
    with reading(engine) as connection:
        return load_memory(connection, before).get(CHILD, ChildMemory())


def written_down(engine):
    """Every notice there is a row of: some only wait, or are no longer decided."""
    with reading(engine) as connection:
        return set(connection.scalars(select(notification.c.notification_id)))


def in_order(memory):
    return replace(
        memory,
        standing=tuple(sorted(memory.standing, key=lambda one: one.notification_id)),
        placements=dict(memory.placements),
        open_obligations=tuple(
            sorted(memory.open_obligations, key=lambda one: one.obligation_id)
        ),
    )


def deliver(engine, inboxes, date):
    """Everything in line reaches its recipient, who files it as its kind says."""
    while True:
        with writing(engine) as connection:
            taken = [
                *take(connection, instant(date), 50),
                *take(connection, instant(date), 50, destination="export"),
            ]
            for one in taken:
                delivered(connection, one.outbox_id, instant(date))
        if not taken:
            return
        for one in taken:
            said = json.loads(one.body)
            if one.kind == "withdrawal":
                inboxes.pop(said["notification_id"])
            elif one.kind == "notification":
                inboxes.pop(said["supersedes"], None)
                assert said["notification_id"] not in inboxes
                if said["kind"] != "end":
                    inboxes[said["notification_id"]] = said["recipient"]


@pytest.mark.parametrize("seed", [1, 2])
def test_rules_decide_on_the_register_as_on_their_own_memory(engine, seed):
    random = Random(seed)  # noqa: S311  (a walk through cases, not a secret)
    walk = random.sample(sorted(CASES), len(CASES)) + random.choices(
        sorted(CASES), k=22
    )
    nights, inboxes = Nights(RULES), {}
    for name in walk:
        one, date = CASES[name], nights.on
        remembered = recall(engine, date)
        assert in_order(remembered) == in_order(nights.memory), (name, walk)
        expected = nights.pass_(one)
        outcome = decide_child(replace(one, memory=remembered), RULES, date)
        assert outcome == expected, (name, walk)
        decided = {each.notification_id for each in outcome.notices}
        known = written_down(engine)
        if outcome.shielded:  # what is in line still would be stopped
            deliver(engine, inboxes, date)
        made = record(engine, one, outcome, date)
        assert set(made.new) == decided - known
        assert set(made.held) == {
            each.notification_id for each in outcome.notices if each.hold is not None
        }
        again = decide_child(replace(one, memory=recall(engine, date)), RULES, date)
        assert record(engine, one, again, date, run=2).new == ()
        if random.random() < 0.5:
            deliver(engine, inboxes, date)
    deliver(engine, inboxes, nights.on)
    assert inboxes == {
        str(each.notification_id): each.recipient
        for each in recall(engine, nights.on).standing
    }


def test_a_first_run_that_was_wrong_and_not_yet_sent_leaves_no_trace_in_inboxes(engine):
    random, inboxes, date = Random(3), {}, MONDAY  # noqa: S311
    for _ in range(20):
        wrong, right = (CASES[name] for name in random.sample(sorted(CASES), 2))
        for run, one in enumerate((wrong, right), 1):
            known = replace(one, memory=recall(engine, date))
            record(engine, one, decide_child(known, RULES, date), date, run)
        deliver(engine, inboxes, date)
        date += dt.timedelta(days=1)
        assert inboxes == {
            str(each.notification_id): each.recipient
            for each in recall(engine, date).standing
        }
