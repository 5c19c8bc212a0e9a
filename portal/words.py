"""How the pages say things: dates as people write them, codes in words."""

import datetime as dt

from notifications.documents import (
    NOT_SUPPLIED,
    Clock,
    Kind,
    ObligationKind,
    Priority,
)
from notifications.wording import RISKS
from portal.clock import LONDON, london_date
from portal.permissions import Role
from portal.reveals import Purpose
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

STATES = {
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
PURPOSES = {
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
    "surge": "by the surge brake, until somebody releases them",
    "baseline": "by the first night's schedule, until their day",
    "review": "until the deadline of a review",
}
"""What keeps notices back, after a number of them."""

DECISIONS = {
    "same": "Same person",
    "different": "Different people",
    "unsure": "Not sure",
}

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
    """How far off a due time is: ``due today``, ``due in 3 days``, ``2 days overdue``.

    Days are calendar days in London; what is late by less than one says so too.
    """
    days = (london_date(at) - london_date(now)).days
    if at < now:
        return "overdue since today" if days == 0 else f"{_count(-days)} overdue"
    if days == 0:
        return "due today"
    return "due tomorrow" if days == 1 else f"due in {_count(days)}"


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
    years = age_on(birth, on)
    return f"{years} year{'' if years == 1 else 's'}"


def _count(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"


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
