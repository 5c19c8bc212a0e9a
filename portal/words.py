"""How the pages say things: dates as people write them, codes in words."""

import datetime as dt

from notifications.documents import (
    NOT_SUPPLIED,
    Clock,
    Kind,
    ObligationKind,
    Priority,
)
from notifications.wording import RISKS, counted
from portal.clock import LONDON, london_date
from portal.permissions import Role
from portal.reveals import Purpose
from portal.standings import State
from records.dates import age_on

KINDS = {
    Kind.NEW: "New placement in your area",
    Kind.UPDATE: "Update",
    Kind.UNCONFIRMED: "Unconfirmed",
    Kind.END: "Placement ended",
    Kind.RETRACTION: "Retraction",
    Kind.REMINDER: "Reminder",
    Kind.POINTER: "Held elsewhere too",
}

KIND_TAGS = {
    Kind.NEW: "New",
    Kind.UPDATE: "Update",
    Kind.UNCONFIRMED: "Unconfirmed",
    Kind.END: "Ended",
    Kind.RETRACTION: "Retraction",
    Kind.REMINDER: "Reminder",
    Kind.POINTER: "Pointer",
}

PRIORITIES = {
    Priority.HIGH: "High priority",
    Priority.STANDARD: "Standard priority",
    Priority.LOW: "Low priority",
}

OBLIGATIONS = {
    ObligationKind.DATA_TASK: "Mend a record",
    ObligationKind.NAMED_OFFICER_TASK: "Named officers speak to each other",
    ObligationKind.MANUAL_CHANNEL_TASK: "Tell an authority outside the region",
    ObligationKind.ACKNOWLEDGE_TASK: "Acknowledge a notice",
    ObligationKind.RECORD_TASK: "Record what you acknowledged",
    ObligationKind.DISAGREEMENT_TASK: "Settle a disagreement",
}

ROLES = {
    Role.OFFICER: "officer",
    Role.NAMED_OFFICER: "named officer",
    Role.REVIEWER: "reviewer",
    Role.DATA_TEAM: "data team",
    Role.SUPPLIER: "data supplier",
    Role.IG_LEAD: "information-governance lead",
}

OUTCOMES = {
    "usable": "Usable",
    "not_usable": "Not usable",
    "refused": "Refused",
    "missing": "Missing",
}
"""What became of an extract."""

PLACEMENT_STATES = {
    "not_known": "not known to the host police",
    "known_not_at_address": "known, but not at the placement",
    "known_at_address_no_flag": "known at the address, no flag",
    "known_at_placement": "known at the placement",
    "possible": "possible match, for review",
    "cannot_say": "cannot say",
    "restricted": "restricted, named officers only",
    "out_of_scope": "out of scope",
}
"""Placements by what is known of them, the most pressing first."""
REVEAL_PURPOSES = {
    Purpose.RECORD: "To record the child in our own system",
    Purpose.PROTECT: "To keep the child safe now",
    Purpose.CHECK: "To check whether we know the child",
    Purpose.SPEAK: "To speak with the other named officer",
    Purpose.ANSWER: "To answer a request of the child, the family or a court",
}
"""What the details of a shielded child are revealed for."""

DISPUTES = {
    "not_ours": "It is not ours",
    "duplicate": "It is a duplicate",
    "wrong_facts": "Its facts are wrong",
}

STATES = {
    State.UNREAD: "Not opened",
    State.OPENED: "Opened",
    State.READ: "Read",
    State.ACKNOWLEDGED: "Acknowledged",
    State.DISPUTED: "Disputed",
    State.SUPERSEDED: "Superseded",
    State.WITHDRAWN: "Withdrawn",
}

HELD = {"me": "Me", "nobody": "Nobody (on the desk)", "others": "A colleague"}
"""Who has a notice, seen from the reader."""

DUES = {
    "overdue": "Overdue",
    "day": "Due within 24 hours",
    "later": "Due later",
    "none": "Nothing due",
}
"""Of what still waits; what was answered, and what has no time of your own, is due no
more or never was."""

EXPORT_PURPOSES = {
    "shift": "To hand over a shift",
    "records": "To check them against our own records",
    "supervision": "For a supervisor's check",
    "inspection": "For an audit or inspection",
}
"""What a list is taken away for."""

DEEDS = {
    "fetched": "First listed, by",
    "opened": "First opened, by",
    "acknowledged": "Acknowledged, by",
    "corrected": "Acknowledgement corrected, by",
    "disputed": "Said to be wrong, by",
    "seen": "Its withdrawal was read, by",
    "taken": "Taken, by",
    "given": "Passed on, by",
    "given_back": "Given back to the desk, by",
}
"""What an agency did with a notice, before the name of who did it."""

DISPUTE_HINTS = {
    "not_ours": "The address is not in our area, or the child is not ours to record",
    "duplicate": "We were told of this placement in another notice",
    "wrong_facts": "The child, the address or the dates are not right",
}

GONE_OUT = (
    "The deadline has passed, so what hung on it goes out as unconfirmed. A decision "
    "still counts: the next night acts on it, and who was told is told again."
)
"""Of a pair that nobody judged in time."""

HOLDERS = {
    "surge": "by the surge brake, until somebody lets go what it holds",
    "baseline": "by the first night's schedule, until the day it gives",
    "review": "until the deadline of a review",
}
"""What keeps notices back, after a number of them."""

DECISIONS = {
    "same": "Same person",
    "different": "Different people",
    "unsure": "Not sure",
    "two_people": "One record holds two people",
}

SIDES = {"left": "the child's record", "right": "the police record"}

NOT_SEARCHED = {
    "shielded": "the child is shielded, so only named officers speak of it.",
    "no_child": "the child’s record is not in the region’s latest night.",
    "no_records": "the region has no records of the force to look through.",
}
"""Why a wider search could not be done."""

KEYS = {
    "s": "Same person",
    "d": "Different people",
    "u": "Not sure",
    "c": "The child’s record holds two people",
    "p": "The police record holds two people",
    "r": "Go to the reason",
    "n": "Take the next pair",
    "k": "Take this pair, or keep it 10 minutes more",
    "x": "Skip it for today",
    "?": "Go to this list",
}
"""The single keys of a pair's page, as ``shortcuts.js`` has them."""

COMPARISONS = {"dob": "Date of birth"}
"""What a model's comparisons are called, where their own names will not do."""

SEXES = {"F": "Female", "M": "Male", "U": "Unknown or not stated"}


def in_a_hundred(part: float) -> str:
    """A share: ``97 %``; what is not quite all or nothing is never rounded to it."""
    percent = 100 * part
    if 0 < percent < 1:
        return "< 1 %"
    if 99 < percent < 100:
        return "> 99 %"
    return f"{percent:.0f} %"


def decision(said: str, split: str | None = None) -> str:
    """What a reviewer said, with the record that holds two people if one does."""
    words = DECISIONS[said]
    return words if split is None else f"{words}: {SIDES[split]}"


def day(date: dt.date | None) -> str:
    """``7 November 2026``, or that it was not supplied."""
    return NOT_SUPPLIED if date is None else f"{date.day} {date:%B %Y}"


def moment(at: dt.datetime) -> str:
    """``7 November 2026, 3:41pm``, in London's time."""
    here = at.astimezone(LONDON)
    hour = here.hour % 12 or 12
    half = "am" if here.hour < 12 else "pm"
    return f"{day(here.date())}, {hour}:{here:%M}{half}"


def supplied(text: str | None) -> str:
    """The text, or that it was not supplied: a blank must not read as *none*."""
    return text or NOT_SUPPLIED


def due(at: dt.datetime, now: dt.datetime) -> str:
    """How far off a due time is: ``due in 2 hours``, ``due tomorrow``, ``due in 3
    days``, ``overdue by 25 minutes``, ``overdue by 1 day``.

    Within a day it is told in hours or minutes, beyond that in days: those to come are
    calendar days in London, those gone by are whole ones.
    """
    if at < now:
        return (
            f"overdue by {_within_a_day(now - at) or counted((now - at).days, 'day')}"
        )
    soon = _within_a_day(at - now)
    if soon:
        return f"due in {soon}"
    days = (london_date(at) - london_date(now)).days
    return "due tomorrow" if days <= 1 else f"due in {counted(days, 'day')}"


def _within_a_day(span: dt.timedelta) -> str:
    """The span in hours or minutes; empty when it is a day or more."""
    minutes = int(span.total_seconds()) // 60
    if minutes >= 24 * 60:
        return ""
    if minutes >= 60:
        return counted(minutes // 60, "hour")
    return counted(minutes, "minute") if minutes else "less than a minute"


def is_placing_authoritys(clock: Clock) -> bool:
    """Whether a law's clock: it runs for the placing authority's own written notice,
    so the reader of this one is not late when it has run out."""
    return "regulation" in clock.basis


def risk(indicator: str) -> str:
    """A risk indicator in words; one that this release does not know, as it came."""
    return RISKS.get(indicator) or sentence(indicator.replace("_", " "))


def comparison(name: str) -> str:
    """A model's comparison as reviewers call it."""
    return COMPARISONS.get(name) or sentence(name.replace("_", " "))


def age(birth: dt.date | None, on: dt.date) -> str:
    """``14 years``, to stand beside a date of birth; empty when there is none."""
    if birth is None or birth > on:
        return ""
    return counted(age_on(birth, on), "year")


def child_name(*parts: str | None) -> str:
    """The parts of a name that were supplied, in one line."""
    return " ".join(part for part in parts if part) or "Name not supplied"


def sentence(text: str) -> str:
    """The text with a capital at its beginning; the rest as it is."""
    return text[:1].upper() + text[1:]


def readable(text: str) -> str:
    """A date inside data as people write dates; any other text as it is."""
    try:
        return day(dt.date.fromisoformat(text)) if len(text) == 10 else text
    except ValueError:
        return text
