"""The rule book's cases of what waits, and of what is overdue."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
from loop_cases import STAFFED, at, followed, pass_, rules
from notification_cases import (
    NAMES,
    WEST_MERCIA,
    case,
    decide,
    placement,
    rulebook,
)
from spec_decisions import names

from notifications.brake import (
    Waiting,
    brake,
    keep_waiting,
    reclocked,
    schedule_baseline,
)
from notifications.clocks import LONDON
from notifications.config import Clocks, PolicyConfig, Surge
from notifications.documents import Kind, Priority
from notifications.outcome import History, Hold, Versions
from notifications.overdue import escalated
from notifications.wording import in_words
from pipeline.rule_book import spec_tables

NOW = Versions("1", "children-1", "perpetrators-1", {"policy.scope": "1"})
(MODEL,) = [one for one in decide(case()).notices if one.recipient == WEST_MERCIA]


def rows(*people):
    return [
        pytest.param(row, id=f"{row.rule} {number}")
        for table in spec_tables()
        if table.people == people and table.family in {"holds", "clocks"}
        for number, row in enumerate(table.rows)
    ]


def several(count, **changes):
    """So many notices of different placements to West Mercia Police."""
    return tuple(
        replace(
            MODEL, notification_id=UUID(int=number + 1), placement_ref=f"P{number}",
            **changes,
        )
        for number in range(count)
    )  # fmt: skip


OTHERS = {
    "": {},
    "of high priority": {"priority": Priority.HIGH},
    "retractions": {"kind": Kind.RETRACTION},
    "carried by hand": {"channel": "export"},
    "of an agreed test record": {
        "document": MODEL.document.model_copy(update={"test_record": True})
    },
}


def notices(words):
    """``31 notices and 2 of high priority``."""
    found = ()
    for number, part in enumerate(words.split(" and ")):
        count, _, what = part.partition(" ")
        changes = {} if what in {"notices", "notice"} else OTHERS[what]
        found += tuple(
            replace(
                one,
                notification_id=UUID(int=one.notification_id.int + 1000 * number),
                placement_ref=f"{one.placement_ref}/{number}",
            )
            for one in several(int(count), **changes)
        )
    return found


def history(words):
    """``28 nights of 10``."""
    if words == "none":
        return History()
    nights, _, versions = words.partition(", the last by ")
    count, _, each = nights.partition(" nights of ")
    before = {
        "": NOW,
        "other rules": replace(NOW, rules="0"),
        "another model": replace(NOW, children_model="children-0"),
        "another scope": replace(NOW, settings={"policy.scope": "0"}),
    }[versions]
    return History((int(each),) * int(count), before)


@pytest.mark.parametrize("row", rows("tonight", "before"))
def test_a_night_in_what_waits_out(row):
    tonight = notices(row.people["tonight"])
    braked = brake(tonight, history(row.people["before"]), NOW, Surge())
    waits = sum(one.hold == Hold("surge", None) for one in braked.notices)
    assert {"waits": str(waits), "goes": str(len(tonight) - waits)} == row.decisions
    assert names(row, set(braked.rules))


ITS_DAY = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
WAITS_FOR = {
    "a named person": Hold("surge", None),
    "its day in the baseline": Hold("baseline", ITS_DAY),
}
TONIGHT = {
    "as it was": {},
    "corrected": {"notification_id": UUID(int=7), "facts_hash": "others"},
    "of high priority": {"priority": Priority.HIGH},
    "a retraction": {"kind": Kind.RETRACTION},
}


@pytest.mark.parametrize("row", rows("waits for", "tonight it is"))
def test_what_waited_in_whether_it_goes_out(row):
    (notice,) = several(1)
    hold = WAITS_FOR[row.people["waits for"]]
    before = Waiting(notice.notification_id, WEST_MERCIA, notice.placement_ref, hold)
    tonight = replace(notice, **TONIGHT[row.people["tonight it is"]])
    (found,) = keep_waiting((tonight,), [before])
    assert found.hold in {None, hold}
    assert row.decisions["then"] == ("waits" if found.hold else "goes")
    assert row.rule == "hold.waits-on"


FIRST_NIGHT = dt.date(2026, 12, 18)


@pytest.mark.parametrize("row", rows("stock"))
def test_a_stock_in_the_days_on_which_it_goes_out(row):
    words, _, last = row.people["stock"].partition(", the last decided ")
    count, _, recipient = words.partition(" notices to ")
    assert recipient == NAMES[WEST_MERCIA]
    stock = several(int(count))
    watched = stock
    if last:
        watched = (replace(stock[-1], **OTHERS[last]),)
        stock = (*stock[:-1], *watched)
    asked = {one.notification_id for one in watched}
    found = schedule_baseline(stock, PolicyConfig(), FIRST_NIGHT)
    goes = sorted(
        one.hold.release_at.astimezone(LONDON)
        for one in found
        if one.notification_id in asked
    )
    assert {one.time() for one in goes} == {dt.time(9)}
    assert [in_words(one.date()) for one in (goes[0], goes[-1])] == [
        row.decisions["first"], row.decisions["last"],
    ]  # fmt: skip
    assert row.rule == "hold.baseline"


@pytest.mark.parametrize("row", rows("notice to"))
def test_a_notice_that_waited_in_its_clock_out(row):
    (notice,) = [
        one
        for one in decide(case()).notices
        if NAMES[one.recipient] == row.people["notice to"]
    ]
    gone = reclocked(notice.document, dt.date(2026, 12, 2), Clocks())
    assert in_words(gone.clock.due_at.date()) == row.decisions["clock"]
    assert row.rule == "hold.reclocked"


# --- what is overdue -----------------------------------------------------------------


def task_of_a_night(now, made="2026-11-23 03:00"):
    """A data task due on Wednesday 25 November, looked at every hour until then."""
    (task,) = decide(case(placement(postcode=None))).obligations
    written = moment = at(made)
    while moment <= now:
        task = escalated(task, rulebook(directory=STAFFED), written, moment) or task
        moment += dt.timedelta(hours=1)
    return task


def unacknowledged(now):
    """A notice of high priority, to be acknowledged by Tuesday 24 November."""
    one, moment, task = followed(), at("2026-11-23 12:00"), None
    while moment <= now:
        steps, one = pass_(one, moment, rules())
        task = next(iter(steps.follow_ups), task)
        moment += dt.timedelta(hours=1)
    return task


OVERDUE = {
    "a record to be mended by 25 November": task_of_a_night,
    "the same, of a night worked on 30 November": lambda now: task_of_a_night(
        now, "2026-11-30 03:00"
    ),
    "a notice to be acknowledged by 24 November": unacknowledged,
}


@pytest.mark.parametrize("row", rows("what is overdue", "on"))
def test_something_overdue_in_whom_it_names_out(row):
    day = dt.datetime.strptime(row.people["on"], "%d %B at %H:%M").replace(
        year=2026, tzinfo=dt.UTC
    )
    task = OVERDUE[row.people["what is overdue"]](day)
    step = task.escalation if task else 0
    named = task.escalated_to if task else None
    assert {"step": str(step), "names": named or "nobody"} == row.decisions
    assert names(row, {"clock.escalation"} if step else set())
