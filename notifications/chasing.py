"""What a chase sends: reminders and tasks, in plain words and without personal data.

A reminder is to be read beside the notice that it reminds of: it bears that notice's
token and repeats none of its details.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from notifications.build import contact
from notifications.documents import (
    Clock,
    Kind,
    Notification,
    Obligation,
    ObligationKind,
    Rule,
)
from notifications.following import Followed, OpenFollowUp
from notifications.identity import notice_id, obligation_id
from notifications.outcome import Notice
from notifications.rule_entry import version_of
from notifications.rulebook import Rulebook
from notifications.wording import NO_LONGER_OWED, NOT_A_DISCHARGE, in_words
from notifications.working_time import london_date

PROTOCOL = "the region's protocol"

RULES: Mapping[str, str] = {
    "loop.remind": "You were sent a notice and have not acknowledged it yet.",
    "loop.overdue": "You were sent a notice and did not acknowledge it in time.",
    "loop.not-recorded": "You acknowledged a notice, and your records, as they reach "
    "this system, do not show it.",
    "loop.disputed": "A recipient of a notice about a child of yours says that it is "
    "wrong.",
}
"""Why a reminder or task arises, by rule id."""

ASKED: Mapping[str, str] = {
    "loop.remind": "Do what the notice asks, then acknowledge it with your own "
    "reference and the date you recorded it.",
    "loop.overdue": "Do what the notice asks at once, then acknowledge it with your "
    "own reference and the date you recorded it.",
    "loop.not-recorded": "Check your record, and write the notice's recording token "
    "into it.",
    "loop.disputed": "Check your record of this placement. If it is wrong, correct "
    "it: the next extract puts it right with everybody who was told. If it is right, "
    "settle it with the recipient, who can still acknowledge.",
}
REFERENCE_REPEATS = (
    "The reference you gave stands on a notice about another child too, so only the "
    "token can show that this one is recorded."
)

_POSTS = (
    ("supervisor", "the supervisor"),
    ("named_officer", "the named officer"),
    ("strategic_lead", "the strategic lead"),
)
"""Whom each step names: the field of the region file, and the words without it."""

_RULE_OF = {
    ObligationKind.ACKNOWLEDGE_TASK: "loop.overdue",
    ObligationKind.RECORD_TASK: "loop.not-recorded",
    ObligationKind.DISAGREEMENT_TASK: "loop.disputed",
}


@dataclass(frozen=True, slots=True)
class Chase:
    """One notice being chased: what every reminder and task of it begins from."""

    followed: Followed
    rulebook: Rulebook
    now: dt.datetime


def reminder(chase: Chase, rule: str, due_at: dt.datetime) -> Notice:
    """The next reminder of the notice."""
    followed = chase.followed
    told = followed.notification
    about = (followed.placing_la, followed.placement_ref)
    # The original's id stands among the facts: two notices that tell the same must
    # not be reminded of under one id.
    identity = notice_id(
        about, followed.recipient, Kind.REMINDER,
        f"{followed.facts_hash}/{told.notification_id}",
        ordinal=followed.reminders + 1,
    )  # fmt: skip
    document = Notification(
        notification_id=identity,
        kind=Kind.REMINDER,
        subject="placement",
        recipient=followed.recipient,
        audience=told.audience,
        is_copy=False,
        rule=Rule(id=rule, version=version_of(rule), text=RULES[rule]),
        priority=told.priority,
        created_on=london_date(chase.now),
        recording_token=told.recording_token,
        supersedes=None,
        asked=_asked(chase, rule),
        child=None,
        placement=None,
        placing_authority=contact(followed.placing_la, chase.rulebook),
        risk_indicators=(),
        clock=_clock(rule, due_at),
        your_records=(),
        pointers=(),
        route=told.route,
        reminds=told.notification_id,
        test_record=told.test_record,
    )
    return Notice(
        notification_id=identity,
        kind=Kind.REMINDER,
        subject="placement",
        placing_la=followed.placing_la,
        child_ref=followed.child_ref,
        placement_ref=followed.placement_ref,
        recipient=followed.recipient,
        rule=rule,
        rule_version=version_of(rule),
        priority=told.priority,
        due_at=due_at,
        supersedes=None,
        channel=followed.channel,
        document=document,
        facts_hash=followed.facts_hash,
        audience=told.audience,
        is_copy=False,
    )


def opened(
    chase: Chase, kind: ObligationKind, due_at: dt.datetime, escalation: int
) -> Obligation:
    """A task owed from now on. One owed again after it was met is another task."""
    followed = chase.followed
    earlier = sum(one.kind is kind for one in followed.follow_ups)
    about = str(followed.notification.notification_id)
    task = OpenFollowUp(
        obligation_id=obligation_id(
            kind, _owed_by(kind, followed), f"{about}/{earlier}" if earlier else about,
            london_date(due_at),
        ),
        kind=kind,
        due_at=due_at,
        escalation=escalation,
        opened_at=chase.now,
    )  # fmt: skip
    return stands(chase, task, escalation)


def stands(chase: Chase, task: OpenFollowUp, escalation: int) -> Obligation:
    """A task as it is put now, escalated so far."""
    return _document(
        chase, task, escalation, asked=_asked(chase, _RULE_OF[task.kind]), met_on=None
    )


def met(chase: Chase, task: OpenFollowUp) -> Obligation:
    """A task that is no longer owed."""
    return _document(
        chase,
        task,
        task.escalation,
        asked=NO_LONGER_OWED,
        met_on=london_date(chase.now),
    )


def post(rulebook: Rulebook, authority: str, escalation: int) -> str | None:
    """The post that a step names; past the last one the last, before the first none."""
    if escalation < 1:
        return None
    name, words = _POSTS[min(escalation, len(_POSTS)) - 1]
    entry = rulebook.directory.authorities.get(authority)
    given: str | None = getattr(entry, name, None)
    return given or words


def _owed_by(kind: ObligationKind, followed: Followed) -> str:
    if kind is ObligationKind.DISAGREEMENT_TASK:
        return followed.placing_la
    return followed.recipient


def _asked(chase: Chase, rule: str) -> str:
    asked = ASKED[rule]
    if rule == "loop.not-recorded" and chase.followed.reference_repeats:
        asked = f"{asked} {REFERENCE_REPEATS}"
    return f"{asked} {NOT_A_DISCHARGE}"


def _clock(rule: str, due_at: dt.datetime) -> Clock:
    deed = "Your records were" if rule == "loop.not-recorded" else "Acknowledgement was"
    shown = " to show it" if rule == "loop.not-recorded" else ""
    if rule == "loop.remind":
        deed = "Acknowledgement is"
    return Clock(
        due_at=due_at,
        basis=PROTOCOL,
        text=f"{deed} due{shown} by {in_words(london_date(due_at))}, 17:00. No law "
        "sets this time.",
    )


def _document(
    chase: Chase, task: OpenFollowUp, escalation: int,
    *, asked: str, met_on: dt.date | None,
) -> Obligation:  # fmt: skip
    followed, rulebook = chase.followed, chase.rulebook
    rule, owed_by = _RULE_OF[task.kind], _owed_by(task.kind, followed)
    return Obligation(
        obligation_id=task.obligation_id,
        kind=task.kind,
        owed_by=owed_by,
        audience=followed.notification.audience,
        rule=Rule(id=rule, version=version_of(rule), text=RULES[rule]),
        placing_authority=contact(followed.placing_la, rulebook),
        child_ref=followed.child_ref,
        placement_ref=followed.placement_ref,
        asked=asked,
        due_at=task.due_at,
        escalation=escalation,
        escalated_to=post(rulebook, owed_by, escalation),
        notification_id=followed.notification.notification_id,
        created_on=london_date(task.opened_at),
        met_on=met_on,
    )
