"""Every reminder and every task of the loop at its hour, by a calendar kept by hand.

What should have come of each notice is worked out from the passes that were made, what
people had said by each of them, and what the extracts bore; then it is held against
what came. A notice whose force showed the child at the placement itself, or showed the
token and lost it again, is left to other tests: there the chase begins afresh.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from beliefs import BrokenLaw, Ledger, Told
from calendar_by_hand import after, close_of_day, due, half_way, in_utc, london_day
from little_facts import Tonight
from little_places import FORCES
from model import Model
from seen import ACKNOWLEDGE, DAYS, RECORD, RECORD_DAYS, STEPS, Pass, Seen
from told_clocks import clocks_of


@dataclass
class Due:
    """What should have come of one notice by now."""

    reminders: list[Pass] = field(default_factory=list)
    """The pass that made each."""
    levels: dict[str, int] = field(default_factory=dict)
    """By kind of task, how far it has been escalated."""
    due_at: dict[str, dt.datetime] = field(default_factory=dict)
    met_on: dict[str, dt.date] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """When the recipient acknowledged or disputed, by place in the feed."""

    acknowledged: tuple[tuple[int, dt.datetime, str], ...]
    disputed: tuple[tuple[int, dt.datetime], ...]

    @property
    def simple(self) -> bool:
        """Whether it was answered once at most."""
        return len(self.acknowledged) + len(self.disputed) <= 1


def check_clocks(seen: Seen) -> int:
    """Hold every notice to the calendar; how many there were.

    Raises:
        BrokenLaw: a reminder or a task came early, late, twice or not at all.
    """
    model, ledger, passes = seen.model, seen.ledger, seen.passes
    answers = answers_of(seen.feed)
    tasks = _tasks(ledger)
    broken: list[str] = []
    checked = 0
    for told in ledger.told.values():
        said = answers.get(told.notification_id, Said((), ()))
        if not _is_chased(told) or not said.simple or _was_shown(model, told, passes):
            continue
        proofs = proofs_of(told, ledger, answers)
        if _comes_and_goes(model, told, proofs, passes[-1].date):
            continue
        checked += 1
        gone = ledger.gone_on.get(told.notification_id)
        limit = _acknowledge_by(seen, told)
        expected = _expected(model, told, said, (gone, proofs, passes, limit))
        mine = tasks.get(told.notification_id, {})
        broken += _differences(told, expected, ledger, mine)
    if broken:
        raise BrokenLaw("\n".join(broken[:20]))
    return checked


def _is_chased(told: Told) -> bool:
    return told.recipient != told.fact.la and not told.document["is_copy"]


def _was_shown(model: Model, told: Told, passes: Sequence[Pass]) -> bool:
    return told.recipient in FORCES and any(
        model.shows(told.fact.child, told.fact.postcode, date)
        for date in {one.date for one in passes}
        if date >= told.created_on
    )


def _expected(
    model: Model,
    told: Told,
    said: Said,
    seen: tuple[dt.date | None, set[str], Sequence[Pass], dt.datetime],
) -> Due:
    gone, proofs, passes, limit = seen
    expected = Due()
    expected.due_at[ACKNOWLEDGE] = limit
    for one in passes:
        if one.at < told.arrived_at or (one.at == told.arrived_at and one.well):
            continue
        open_ = gone is None or one.date < gone
        answered = any(place < one.heard for place, *_ in said.acknowledged)
        disputed = any(place < one.heard for place, *_ in said.disputed)
        if open_ and not answered and not disputed:
            _chase(expected, ACKNOWLEDGE, (limit, one.at), one)
            halved = half_way(told.arrived_at, limit)
            if not expected.reminders and halved <= one.at <= limit:
                expected.reminders.append(one)
        elif ACKNOWLEDGE in expected.levels:
            expected.met_on.setdefault(ACKNOWLEDGE, london_day(one.at))
        if open_ and answered and told.kind != "end":
            _record(model, told, said, (expected, one, proofs))
        elif RECORD in expected.levels:
            expected.met_on.setdefault(RECORD, london_day(one.at))
    return expected


def _acknowledge_by(seen: Seen, told: Told) -> dt.datetime:
    """Counted from when it came; what a force's notice says of its clock holds if that
    is later, and it says what the calendar says."""
    day = max(told.created_on, london_day(told.arrived_at))
    limit = due(day, DAYS[told.document["priority"]])
    if told.recipient not in FORCES:
        return limit
    (clock,) = clocks_of(seen, told) & {
        dt.datetime.fromisoformat(told.document["clock"]["due_at"])
    }
    return max(limit, clock)


def _chase(
    expected: Due, kind: str, clock: tuple[dt.datetime, dt.datetime], now: Pass
) -> None:
    """The task grows a step, and a reminder goes with it."""
    limit, until = clock
    day = london_day(limit)
    level = sum(close_of_day(after(day, days)) < until for days in STEPS)
    if level > expected.levels.get(kind, 0):
        expected.levels[kind] = level
        expected.reminders.append(now)


def _record(
    model: Model, told: Told, said: Said, now: tuple[Due, Pass, set[str]]
) -> None:
    """What was acknowledged must show in an extract of a day after the time is up."""
    expected, one, proofs = now
    _, at, _ = said.acknowledged[0]
    looked = looked_at(model, told, one.date)
    if not looked:
        return
    latest = looked[-1]
    if bears(latest, told, proofs):
        if RECORD in expected.levels:
            expected.met_on.setdefault(RECORD, london_day(one.at))
        return
    reached = in_utc(latest.date, 0)
    if reached <= at:
        return
    expected.due_at[RECORD] = due(london_day(at), RECORD_DAYS)
    until = min(one.at, reached)
    _chase(expected, RECORD, (expected.due_at[RECORD], until), one)


def looked_at(model: Model, told: Told, until: dt.date) -> list[Tonight]:
    """The nights that searched a usable extract of the recipient for the notice. Local
    authorities of the little region send no register that could be searched."""
    return [
        night
        for date, night in sorted(model.nights.items())
        if told.created_on < date <= until
        and told.recipient in FORCES
        and night.forces[told.recipient].usable
    ]


def bears(night: Tonight, told: Told, proofs: set[str]) -> bool:
    written = {
        text
        for nominal in night.forces[told.recipient].nominals
        for text in nominal.written
    }
    return bool(written & proofs)


def _comes_and_goes(model: Model, told: Told, proofs: set[str], until: dt.date) -> bool:
    """Whether an extract bore the token or reference and a later one did not."""
    bore = [bears(night, told, proofs) for night in looked_at(model, told, until)]
    return sorted(bore) != bore


def proofs_of(told: Told, ledger: Ledger, answers: Mapping[str, Said]) -> set[str]:
    """Every token and reference that shows it recorded: its own, and those of whatever
    the recipient was told of the placement before, unless it was taken back."""
    placement = told.document["placement"]["placement_ref"]
    found = set()
    for one in ledger.told.values():
        about = one.document["placement"]["placement_ref"]
        if (one.recipient, about) != (told.recipient, placement):
            continue
        if one.created_on > told.created_on:
            continue
        gone = ledger.gone_on.get(one.notification_id, dt.date.max)
        if one.notification_id in ledger.retracted and gone <= told.created_on:
            continue
        found.add(one.document["recording_token"])
        said = answers.get(one.notification_id, Said((), ()))
        found |= {reference for _, _, reference in said.acknowledged}
    return found


# --- what came ---------------------------------------------------------------------


def _differences(
    told: Told, expected: Due, ledger: Ledger, tasks: Mapping[str, dict]
) -> Iterator[str]:
    name = f"{told.recipient} {told.kind} of {told.created_on} ({told.fact})"
    came = sorted(
        ledger.reminders.get(told.notification_id, []),
        key=lambda one: one.document["created_on"],  # an outage may mix them
    )
    days = [dt.date.fromisoformat(one.document["created_on"]) for one in came]
    wanted = [london_day(one.at) for one in expected.reminders]
    if days != wanted:
        yield f"{name}: reminded on {_days(days)}, not on {_days(wanted)}"
    for arrival, one in zip(came, expected.reminders, strict=False):
        if arrival.at < one.at or (one.well and arrival.at != one.at):
            yield f"{name}: reminder came at {arrival.at}, and was due at {one.at}"
    for kind in (ACKNOWLEDGE, RECORD):
        level, task = expected.levels.get(kind), tasks.get(kind)
        if level is None or task is None:
            if (level is None) != (task is None):
                yield f"{name}: {kind} {'came' if task else 'never came'}"
            continue
        due_at = dt.datetime.fromisoformat(task["due_at"])
        if due_at != expected.due_at[kind]:
            yield f"{name}: {kind} due at {due_at}, not {expected.due_at[kind]}"
        if task["escalation"] != level:
            yield f"{name}: {kind} at step {task['escalation']}, not {level}"
        met = task["met_on"] and dt.date.fromisoformat(task["met_on"])
        if met != expected.met_on.get(kind):
            yield f"{name}: {kind} met on {met}, not {expected.met_on.get(kind)}"


def _days(days: list[dt.date]) -> str:
    return ", ".join(map(str, days)) or "no day"


def answers_of(feed: Sequence[dict]) -> dict[str, Said]:
    said: dict[str, Said] = {}
    for place, one in enumerate(feed):
        was = said.get(one["subject"], Said((), ()))
        at = dt.datetime.fromisoformat(one["time"])
        if one["type"] == "receipt.acknowledged":
            given = (place, at, one["data"]["reference"])
            was = Said((*was.acknowledged, given), was.disputed)
        elif one["type"] == "receipt.disputed":
            was = Said(was.acknowledged, (*was.disputed, (place, at)))
        said[one["subject"]] = was
    return said


def _tasks(ledger: Ledger) -> dict[str, dict[str, dict]]:
    """By notice, then kind: its latest task."""
    found: dict[str, dict[str, dict]] = {}
    for one in ledger.obligations.values():
        if one["notification_id"]:
            found.setdefault(one["notification_id"], {})[one["kind"]] = one
    return found
