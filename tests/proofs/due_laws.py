"""Every clock and every due date that anybody was told, by the calendar kept by hand.

Where a chase began afresh several days are possible: then it must be one of those.

* A notice bears the clock of ``told_clocks``, a reminder the time of what it presses.
* A night's task: its kind's working days after the night that made it, which is the
  night whose pass put it; its step follows from the passes since.
* A question: its priority's working days after the first night of doubt.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from beliefs import BrokenLaw, Told
from calendar_by_hand import after, close_of_day, due, in_utc, london_day
from clock_laws import answers_of, bears, looked_at, proofs_of
from little_places import FORCE_OF, FORCES, POSTCODES
from model import Model
from seen import (
    ACKNOWLEDGE,
    DAYS,
    DISPUTE,
    DISPUTE_DAYS,
    RECORD,
    RECORD_DAYS,
    STEPS,
    TASK_DAYS,
    Seen,
)
from told_clocks import clocks_of, limit_of, review_days


@dataclass(frozen=True)
class Held:
    """How much was held to the calendar."""

    clocks: int
    """Of notices, copies without one too, and of reminders."""
    tasks: int
    questions: int


def check_due_dates(seen: Seen) -> Held:
    """Hold everything that has a date to the calendar.

    Raises:
        BrokenLaw: something was said to be due at another hour than it is.
    """
    ledger = seen.ledger
    broken: list[str] = []
    for told in ledger.told.values():
        broken += _wrong(f"{_name(told)}: clock", _clock(told), clocks_of(seen, told))
    reminders = [(key, one) for key, all_ in ledger.reminders.items() for one in all_]
    for key, one in reminders:
        told = ledger.told[key]
        kinds = {"loop.remind": ACKNOWLEDGE, "loop.overdue": ACKNOWLEDGE}
        kind = kinds.get(one.document["rule"]["id"], RECORD)
        may = _chase_due(seen, told, kind, one.document["created_on"])
        broken += _wrong(f"{_name(told)}: reminder of {kind}", _clock(one), may)
    for task in ledger.obligations.values():
        broken += _task(seen, task)
    for arrival in ledger.reviews.values():
        review = arrival.document
        at = dt.datetime.fromisoformat(review["deadline"])
        name = f"question of {review['created_on']} on {review['left']['record_ref']}"
        broken += _wrong(name, at, _deadlines(seen.model, review))
    if broken:
        raise BrokenLaw("\n".join(broken[:20]))
    return Held(
        len(ledger.told) + len(reminders), len(ledger.obligations), len(ledger.reviews)
    )


def _wrong(
    name: str, said: dt.datetime | None, may: set[dt.datetime | None]
) -> Iterator[str]:
    if said not in may:
        days = " or ".join(sorted(map(str, may))) or "never"
        yield f"{name} due at {said}, not {days}"


def _name(told: Told) -> str:
    return f"{told.recipient} {told.kind} of {told.created_on} ({told.fact})"


def _clock(one) -> dt.datetime | None:
    clock = one.document["clock"]
    return dt.datetime.fromisoformat(clock["due_at"]) if clock else None


# --- questions ----------------------------------------------------------------------


def _deadlines(model: Model, review: dict) -> set[dt.datetime | None]:
    """Until when a reviewer may decide: a day of its own where the placement's time was
    up before the pair came up."""
    key = (review["left"]["authority"], review["left"]["record_ref"])
    date = dt.date.fromisoformat(review["created_on"])
    force = review["right"]["authority"]
    facts = model.child(key, date)
    assert facts is not None
    found: set[dt.datetime | None] = set()
    for stay in model.stays(key, date):
        host = POSTCODES.get(stay.postcode or "")
        if host in {None, key[0]} or FORCE_OF[host] != force:
            continue
        if model.standing_with(key, stay, date) == "doubtful":
            limit = limit_of(model, key, stay, date)
            late = limit < in_utc(date, 0)
            found.add(due(date, review_days(facts)) if late else limit)
    return found


# --- tasks --------------------------------------------------------------------------


def _task(seen: Seen, task: dict) -> Iterator[str]:
    at = dt.datetime.fromisoformat(task["due_at"])
    name = f"{task['kind']} of {task['owed_by']}, {task['created_on']}"
    told = seen.ledger.told.get(task["notification_id"] or "")
    if task["kind"] in TASK_DAYS:
        made = dt.date.fromisoformat(task["created_on"])
        yield from _wrong(name, at, {due(made, TASK_DAYS[task["kind"]])})
        yield from _made_then(seen, task, made)
        yield from _stands_as_high(seen, task, at)
    elif told is None:
        yield f"{name}: about no notice that ever came"
    else:
        may = _chase_due(seen, told, task["kind"], task["created_on"])
        yield from _wrong(name, at, may)


def _made_then(seen: Seen, task: dict, made: dt.date) -> Iterator[str]:
    """It came with the pass of its night, or later where the portal was not well."""
    came = seen.ledger.first_put[task["obligation_id"]].at
    night = next((one for one in seen.passes if one.date == made), None)
    if night is None or came < night.at or (night.well and came != night.at):
        yield f"{task['kind']} of {made} came at {came}, its night at {night}"


def _stands_as_high(seen: Seen, task: dict, at: dt.datetime) -> Iterator[str]:
    """Each pass names the posts whose time has come, until a night meets the task."""
    met = task["met_on"] and dt.date.fromisoformat(task["met_on"])
    until = max(one.at for one in seen.passes if not met or one.date < met)
    day = london_day(at)
    level = sum(close_of_day(after(day, days)) < until for days in STEPS)
    if task["escalation"] != level:
        yield (
            f"{task['kind']} of {task['owed_by']}, due at {at}: at step "
            f"{task['escalation']}, not {level}"
        )


def _chase_due(
    seen: Seen, told: Told, kind: str, said_on: str
) -> set[dt.datetime | None]:
    """When something is due of a notice: counted from every day on which its chase may
    have begun, up to the day on which this was said."""
    until = dt.date.fromisoformat(said_on)
    if kind == DISPUTE:
        return {
            due(london_day(at), DISPUTE_DAYS)
            for at in _said(seen, told, "receipt.disputed")
        }
    if kind == RECORD:
        said = _said(seen, told, "receipt.acknowledged")
        days = {london_day(at) for at in said}
        days |= _lost_sight(seen, told, until) | _lost_the_token(seen, told, until)
        return {due(day, RECORD_DAYS) for day in days}
    days = {max(told.created_on, london_day(told.arrived_at))}
    first = {
        max(due(day, DAYS[told.document["priority"]]), clock or in_utc(day, 0))
        for day in days
        for clock in (clocks_of(seen, told) if told.recipient in FORCES else {None})
    }
    afresh = _lost_sight(seen, told, until) | _answered_before(seen, told, until)
    return first | {due(day, DAYS[told.document["priority"]]) for day in afresh}


def _said(seen: Seen, told: Told, kind: str) -> list[dt.datetime]:
    return [
        dt.datetime.fromisoformat(one["time"])
        for one in seen.feed
        if one["type"] == kind and one["subject"] == told.notification_id
    ]


def _lost_sight(seen: Seen, told: Told, until: dt.date) -> set[dt.date]:
    """Nights on which a force's records no longer showed what they showed before."""
    if told.recipient not in FORCES:
        return set()
    model, was, lost = seen.model, False, set()
    for date, night in sorted(model.nights.items()):
        if (
            not told.created_on <= date <= until
            or not night.forces[told.recipient].usable
        ):
            continue
        shown = model.shows(told.fact.child, told.fact.postcode, date)
        if was and not shown:
            lost.add(date)
        was = shown
    return lost


def _lost_the_token(seen: Seen, told: Told, until: dt.date) -> set[dt.date]:
    """Nights on which an extract no longer bore the token or reference that it bore."""
    proofs = proofs_of(told, seen.ledger, answers_of(seen.feed))
    bore = [
        (night.date, bears(night, told, proofs))
        for night in looked_at(seen.model, told, until)
    ]
    return {date for (_, was), (date, shown) in pairwise(bore) if was and not shown}


def _answered_before(seen: Seen, told: Told, until: dt.date) -> set[dt.date]:
    """Earlier days on which an earlier task to acknowledge the same notice was met."""
    return {
        dt.date.fromisoformat(one["met_on"])
        for one in seen.ledger.obligations.values()
        if one["notification_id"] == told.notification_id
        and one["kind"] == ACKNOWLEDGE
        and one["met_on"]
        and dt.date.fromisoformat(one["met_on"]) < until
    }
