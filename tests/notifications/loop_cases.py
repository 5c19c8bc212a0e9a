"""A notice on its way, what befalls it, and a register that remembers what was made."""

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid5

from notification_cases import (
    DIRECTORY,
    MONDAY,
    PLACING,
    WEST_MERCIA,
    WORCESTERSHIRE,
    rulebook,
)

from notifications.clocks import protocol_clock
from notifications.config import Clocks
from notifications.documents import (
    Audience,
    ChildDetails,
    Contact,
    Kind,
    Notification,
    PlacementDetails,
    Priority,
    Rule,
)
from notifications.facts import Directory
from notifications.following import Followed, OpenFollowUp
from notifications.loop import follow
from records.tokens import recording_token

A_NOTICE = UUID("00000000-0000-4000-8000-000000000001")
POSTS = {
    "supervisor": "Duty Inspector",
    "named_officer": "Head of Safeguarding",
    "strategic_lead": "Assistant Chief Constable",
}
STAFFED = Directory(
    "test-region",
    {
        code: replace(entry, **(POSTS if code == WEST_MERCIA else {}))
        for code, entry in DIRECTORY.authorities.items()
    },
)
PERSONAL = ("Zebedee", "Quillfeather", "2014", "17 Hidden Lane", "WR1 1AA", "Mx Carer")
"""What a notice says of a child, and nothing that chases it may say."""


def at(text):
    """An instant, from London's date and hour in winter: ``2026-11-23 10:00``."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def rules(**clocks):
    return rulebook(directory=STAFFED, clocks=clocks)


def document(kind=Kind.NEW, recipient=WEST_MERCIA, **changes):
    created_on = changes.pop("created_on", MONDAY)
    priority = changes.get("priority", Priority.HIGH)
    police = recipient == WEST_MERCIA
    given = {
        "notification_id": A_NOTICE,
        "kind": kind,
        "subject": "placement",
        "recipient": recipient,
        "audience": Audience.DUTY,
        "is_copy": False,
        "rule": Rule(id="tell.not-known", version="1", text="Why."),
        "priority": priority,
        "created_on": created_on,
        "recording_token": recording_token(A_NOTICE),
        "supersedes": None,
        "asked": "Record it.",
        "child": ChildDetails(
            child_ref="C1", forename=PERSONAL[0], middle_names=None,
            surname=PERSONAL[1], known_as=None, former_surname=None,
            dob=dt.date(2014, 5, 6), sex="F",
        ),
        "placement": PlacementDetails(
            placement_ref="P1", address=PERSONAL[3], postcode=PERSONAL[4],
            host_la=WORCESTERSHIRE, host_la_name="Worcestershire", place_code="U4",
            place_type="foster", start=dt.date(2026, 11, 16), end=None,
            expected_end=None, carer_or_home=PERSONAL[5], carer_phone=None,
            legal_status=None, iro=None,
        ),
        "placing_authority": Contact(authority=PLACING, name="Birmingham"),
        "risk_indicators": (),
        "clock": protocol_clock(created_on, priority, Clocks()) if police else None,
        "your_records": ("N1",),
        "pointers": (),
        "route": "desk@force.example",
    }  # fmt: skip
    return Notification(**{**given, **changes})


def followed(kind=Kind.NEW, recipient=WEST_MERCIA, *, told=None, **changes):
    """A notice decided on Monday and delivered at ten; ``told`` changes its body."""
    told = document(kind, recipient, **(told or {}))
    given = {
        "notification": told,
        "kind": kind,
        "recipient": recipient,
        "channel": "portal",
        "placing_la": PLACING,
        "child_ref": "C1",
        "placement_ref": "P1",
        "facts_hash": "facts",
        "created_on": told.created_on,
        "delivered_at": at("2026-11-23 10:00"),
    }
    return Followed(**{**given, **changes})


ACK, RECORD, DISPUTE = "acknowledge_task", "record_task", "disagreement_task"
QUIET = ([], [])
LATER = at("2027-02-01 12:00")
ACKNOWLEDGED = {"acknowledged_at": at("2026-11-24 11:00"), "reference": "WM/1"}


def looked(day, *, seen=False):
    """A night's look at a usable extract of that day."""
    day = dt.date.fromisoformat(day)
    end = dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC)
    return {
        "looked_on": day,
        "looked_as_of": end,
        "seen_on": day if seen else None,
        **({"was_seen": True} if seen else {}),
    }


def remembered(one, steps, now):
    """The notice as the register hands it out after it has written the steps down."""
    tasks = {task.obligation_id: task for task in one.follow_ups}
    for made in steps.follow_ups:
        before = tasks.get(made.obligation_id)
        tasks[made.obligation_id] = OpenFollowUp(
            made.obligation_id, made.kind, made.due_at, made.escalation,
            before.opened_at if before else now, now if made.met_on else None,
        )  # fmt: skip
    return replace(
        one,
        reminders=one.reminders + len(steps.reminders),
        follow_ups=tuple(tasks.values()),
    )


def pass_(one, now, rulebook=None):
    """One pass: what it makes, and the notice after it. Run again it makes nothing."""
    rulebook = rulebook or rules()
    steps = follow(one, rulebook, now)
    assert follow(one, rulebook, now) == steps
    after = remembered(one, steps, now)
    assert not any(astuple(follow(after, rulebook, now)))
    return steps, after


def astuple(steps):
    return (steps.reminders, steps.follow_ups)


def said(steps):
    """Steps in short: reminders by rule, tasks as (kind, escalation, met)."""
    return (
        [one.rule for one in steps.reminders],
        [
            (one.kind.value, one.escalation, one.met_on is not None)
            for one in steps.follow_ups
        ],
    )


def another(number):
    return uuid5(A_NOTICE, str(number))
