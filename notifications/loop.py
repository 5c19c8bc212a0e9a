"""What is due about a notice on its way: reminders, tasks, and when they are met.

Asked every 15 minutes and after every night; the answer follows from the stored facts
and the present moment alone, so a pass that is run again, or late, answers right.

* Nothing is chased before it was delivered. Acknowledgement is due so many working
  days after the later of the days on which it was decided and delivered; what a
  force's notice says of its clock holds unless it was delivered later.
* A reminder goes at a share of the working time until then, another when it is
  overdue, and one with each step of the escalation: at most one in a pass, so an
  outage is followed by the step that is due now and not by a flood.
* Nothing closes by itself. Acknowledgement ends the first chase; a dispute hands it to
  the placing authority; known at placement ends all chasing of a force; so does
  whatever takes the notice's place.
* What was acknowledged must be seen in the recipient's extract. Only a usable one of a
  day after the time was up can show that it is missing: doubt accuses nobody, and
  settles nothing either. What was seen and is no longer seen is owed again.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from notifications.chasing import Chase, met, opened, reminder, stands
from notifications.clocks import close_of, due_in, working_days_after
from notifications.config import Clocks
from notifications.documents import Obligation, ObligationKind
from notifications.following import Followed, OpenFollowUp, Progress, Steps
from notifications.loop_page import loop_diagram
from notifications.loop_states import (
    CHASED,
    CLOSED_RULE,
    FOLLOWS,
    RECORDABLE,
    TRANSITIONS,
    Happening,
    LoopState,
    is_answered_closed,
    is_disputed,
    is_known,
    looked_since,
    reaches,
    state_of,
    to_force,
)
from notifications.outcome import Notice
from notifications.rulebook import Rulebook
from notifications.working_time import (
    after_working_time,
    london_date,
    working_time,
)

__all__ = [
    "FOLLOWS", "TRANSITIONS", "Happening", "LoopState", "acknowledgement_due", "follow",
    "is_at_rest", "loop_diagram", "state_of",
]  # fmt: skip

_STANDS = frozenset(LoopState) - {
    LoopState.HELD, LoopState.DROPPED,
    LoopState.SUPERSEDED, LoopState.ENDED, LoopState.WITHDRAWN,
}  # fmt: skip


class _Say(Enum):
    """What the facts say of one kind of task."""

    OWED = auto()
    SETTLED = auto()
    NOTHING = auto()
    """They don't tell: what is open stays open, and nothing is opened."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is owed of one kind, by when, and up to which moment the facts reach."""

    kind: ObligationKind
    say: _Say
    due_at: dt.datetime | None = None
    known_until: dt.datetime | None = None
    at_once: bool = False
    """Opened with its clock running, and not only when it is overdue."""
    rule: str | None = None
    """Of the reminder that goes with each step; ``None``: none goes."""


def follow(followed: Followed, rulebook: Rulebook, now: dt.datetime) -> Steps:
    """What is due of one notice at this moment, and was not said before."""
    chase = Chase(followed, rulebook, now)
    reminders: list[Notice] = []
    tasks: list[Obligation] = []
    for claim in (_acknowledgement(chase), _record(chase), _dispute(chase)):
        task = _task(chase, claim)
        if task is not None:
            tasks.append(task)
        rule = _reminded_by(chase, claim, task)
        if rule is not None and claim.due_at is not None:
            reminders.append(reminder(chase, rule, claim.due_at))
    closed = CLOSED_RULE.id if is_answered_closed(followed) else None
    return Steps(tuple(reminders), tuple(tasks), closed)


def is_at_rest(progress: Progress) -> bool:
    """Whether nothing is due of a notice, and nothing will be by the clock alone.

    Then :func:`follow` says nothing at any moment, whatever the notice's words and the
    region's clocks. A receipt, a look, a night or a release may end its rest: it is
    asked afresh of the facts at every pass, and never kept.
    """
    if any(task.met_at is None for task in progress.follow_ups):
        return False
    if progress.held_by is not None:
        return True
    if is_disputed(progress):
        return False
    if progress.acknowledged_at is None:
        return is_known(progress)
    return (
        progress.kind not in RECORDABLE
        or is_known(progress)
        or progress.seen_on is not None
        or not looked_since(progress, progress.acknowledged_at)
    )


def acknowledgement_due(followed: Followed, clocks: Clocks) -> dt.datetime | None:
    """By when the recipient is asked to acknowledge; ``None`` if it is not chased or
    has not been delivered."""
    if not _is_chased(followed) or followed.delivered_at is None:
        return None
    task = _open(followed, ObligationKind.ACKNOWLEDGE_TASK)
    if task is not None:
        return task.due_at
    available = _available(followed, followed.delivered_at)
    days = clocks.acknowledge.of(followed.notification.priority)
    due = _due(max(followed.created_on, london_date(available)), days, available)
    clock = followed.notification.clock
    return max(due, clock.due_at) if clock and to_force(followed) else due


def _is_chased(followed: Followed) -> bool:
    """Whether anybody is ever pressed about this notice.

    Not about copies, pointers, packages carried by hand, or agreed test records.
    """
    return (
        followed.kind in CHASED
        and followed.channel == "portal"
        and followed.recipient != followed.placing_la
        and not followed.notification.is_copy
        and not followed.notification.test_record
    )


def _stands(followed: Followed) -> bool:
    return _is_chased(followed) and state_of(followed) in _STANDS


# --- what the facts say of each kind of task ----------------------------------------


def _acknowledgement(chase: Chase) -> _Claim:
    kind, followed = ObligationKind.ACKNOWLEDGE_TASK, chase.followed
    ended = followed.acknowledged_at is not None or followed.disputed_at is not None
    if ended or is_known(followed) or not _stands(followed):
        return _Claim(kind, _Say.SETTLED)
    due = acknowledgement_due(followed, chase.rulebook.policy.clocks)
    if due is None:
        return _Claim(kind, _Say.NOTHING)
    return _Claim(kind, _Say.OWED, due, chase.now, rule="loop.overdue")


def _record(chase: Chase) -> _Claim:
    kind, followed = ObligationKind.RECORD_TASK, chase.followed
    acknowledged = followed.acknowledged_at
    if (
        acknowledged is None
        or followed.kind not in RECORDABLE
        or is_disputed(followed)
        or is_known(followed)
        or not _stands(followed)
    ):
        return _Claim(kind, _Say.SETTLED)
    if followed.seen_on is not None:
        return _Claim(kind, _Say.SETTLED)
    reached = reaches(followed)
    if reached is None or not looked_since(followed, acknowledged):
        return _Claim(kind, _Say.NOTHING)
    return _Claim(
        kind, _Say.OWED, _record_due(chase, acknowledged),
        min(chase.now, reached),
        at_once=followed.was_seen, rule="loop.not-recorded",
    )  # fmt: skip


def _record_due(chase: Chase, acknowledged: dt.datetime) -> dt.datetime:
    """Counted from the acknowledgement; once it has been seen, from when it is found
    missing."""
    followed = chase.followed
    task = _open(followed, ObligationKind.RECORD_TASK)
    if task is not None:
        return task.due_at
    begin = chase.now if followed.was_seen else acknowledged
    day = max(london_date(begin), followed.no_longer_known_on or dt.date.min)
    return _due(day, chase.rulebook.policy.clocks.record, begin)


def _dispute(chase: Chase) -> _Claim:
    kind, followed = ObligationKind.DISAGREEMENT_TASK, chase.followed
    at = followed.disputed_at
    if at is None or not is_disputed(followed) or not _stands(followed):
        return _Claim(kind, _Say.SETTLED)
    task = _open(followed, kind)
    days = chase.rulebook.policy.clocks.disagreement_task
    due = task.due_at if task else _due(london_date(at), days, at)
    return _Claim(kind, _Say.OWED, due, chase.now, at_once=True)


# --- what follows from it -----------------------------------------------------------


def _task(chase: Chase, claim: _Claim) -> Obligation | None:
    """The task as it changes: opened, escalated or met; ``None`` if it does not."""
    task = _open(chase.followed, claim.kind)
    if claim.say is _Say.SETTLED:
        return met(chase, task) if task else None
    if claim.due_at is None or claim.known_until is None:
        return None
    overdue = claim.due_at < claim.known_until
    escalation = escalation_at(
        claim.due_at, chase.rulebook.policy.clocks.escalate, claim.known_until
    )
    if task is None:
        if not (overdue or claim.at_once):
            return None
        return opened(chase, claim.kind, claim.due_at, escalation)
    if escalation > task.escalation:
        return stands(chase, task, escalation)
    return None


def _reminded_by(chase: Chase, claim: _Claim, task: Obligation | None) -> str | None:
    """The rule of the reminder that is due with this, if one is."""
    due, until = claim.due_at, claim.known_until
    if claim.rule is None or due is None or until is None:
        return None
    if task is not None:
        return claim.rule if due < until else None
    followed = chase.followed
    if claim.kind is not ObligationKind.ACKNOWLEDGE_TASK or followed.reminders:
        return None
    if followed.delivered_at is None:
        return None
    share = chase.rulebook.policy.clocks.remind_at
    available = _available(followed, followed.delivered_at)
    at = after_working_time(available, share * working_time(available, due))
    return "loop.remind" if at <= chase.now else None


def escalation_at(due_at: dt.datetime, steps: Iterable[int], at: dt.datetime) -> int:
    """How many steps have been reached: each is so many working days overdue."""
    day = london_date(due_at)
    return sum(close_of(working_days_after(day, days)) < at for days in steps)


def _open(followed: Followed, kind: ObligationKind) -> OpenFollowUp | None:
    still = (
        one for one in followed.follow_ups if one.kind is kind and one.met_at is None
    )
    return max(still, key=lambda one: one.opened_at, default=None)


def _available(followed: Followed, delivered: dt.datetime) -> dt.datetime:
    """Since when its recipient could be pressed: from delivery, or from when the
    chase began afresh."""
    begun = [delivered]
    if followed.no_longer_known_on is not None:
        begun.append(close_of(followed.no_longer_known_on))
    begun += [
        one.met_at
        for one in followed.follow_ups
        if one.kind is ObligationKind.ACKNOWLEDGE_TASK and one.met_at is not None
    ]
    return max(begun)


def _due(day: dt.date, working_days: int, begin: dt.datetime) -> dt.datetime:
    """The close of the working day so many after ``day``, but never before ``begin``:
    with no days given, what comes in the evening is due the next working day."""
    due = due_in(day, working_days)
    return due if due > begin else due_in(day, max(working_days, 1))
