"""What is known of a notice on its way: the types between the register and the loop.

Told is not recorded (law 4). The register fills a :class:`Followed` from the outbox,
the portal's receipts and what police extracts showed; ``notifications.loop`` says from
it and the present moment what is due. All of it is plain, frozen data.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from notifications.documents import Kind, Notification, Obligation, ObligationKind
from notifications.outcome import HeldBy, Notice


@dataclass(frozen=True, slots=True)
class OpenFollowUp:
    """A task that chases a notice, as it was last put to its recipient."""

    obligation_id: UUID
    kind: ObligationKind
    """``ACKNOWLEDGE_TASK``, ``RECORD_TASK``, or the placing authority's
    ``DISAGREEMENT_TASK`` when the recipient says that the notice is wrong."""
    due_at: dt.datetime
    escalation: int
    opened_at: dt.datetime
    met_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """All that came of one notice to a host force or host authority, but its words."""

    kind: Kind
    recipient: str
    channel: Literal["portal", "export"]
    placing_la: str
    child_ref: str
    placement_ref: str
    facts_hash: str
    created_on: dt.date
    held_by: HeldBy | None = None
    """What holds it back still; ``None`` when it is on its way."""
    dropped: bool = False
    """It was held, and a later night did not decide it again: it is never sent."""
    refused: bool = False
    """It is a dead letter."""
    delivered_at: dt.datetime | None = None
    fetched_at: dt.datetime | None = None
    opened_at: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None
    """Of several acknowledgements the latest."""
    reference: str | None = None
    """The recipient's own; counts as proof only if no other child's notice bears it."""
    reference_repeats: bool = False
    recorded_on: dt.date | None = None
    """What the recipient said."""
    disputed_at: dt.datetime | None = None
    superseded: bool = False
    """A later notice, an end or a retraction has taken its place."""
    closed: bool = False
    """An end or a retraction has."""
    withdrawn: bool = False
    """A retraction has."""
    seen_on: dt.date | None = None
    """The latest night whose usable extract of the recipient bears the token or the
    reference, if the latest usable one does; ``None`` when that bears it no more."""
    was_seen: bool = False
    """Whether any night's extract ever bore it."""
    looked_on: dt.date | None = None
    """The latest night with a usable extract of the recipient; ``None`` when it did not
    know the acknowledgement yet, which came in later."""
    looked_as_of: dt.datetime | None = None
    """The date of that extract's data, as the end of its day."""
    known_on: dt.date | None = None
    """The latest night, when it found the child known at this placement."""
    no_longer_known_on: dt.date | None = None
    """The first night that did not, when one before it did and none has since."""
    reminders: int = 0
    """How many reminders have been made of it."""
    follow_ups: tuple[OpenFollowUp, ...] = ()
    """Met ones too: a task owed again is another task."""


@dataclass(frozen=True, slots=True)
class Followed(Progress):
    """One notice to a host force or host authority, and all that came of it."""

    notification: Notification = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Steps:
    """What one look at a notice makes due."""

    reminders: tuple[Notice, ...] = ()
    follow_ups: tuple[Obligation, ...] = ()
    """New, escalated and met ones; one that stands as it was is not repeated."""
    silent_by: str | None = None
    """The id of the rule by which an answer of the recipient changes nothing."""
