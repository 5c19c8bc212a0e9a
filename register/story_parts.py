"""The parts of one child's story, as plain data without names."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from notifications.documents import Kind, ObligationKind, Priority
from notifications.facts import Placement, State
from notifications.outcome import EvidencePart, Silence


@dataclass(frozen=True, slots=True)
class StoryNight:
    """What one night answered about one placement, and from what."""

    business_date: dt.date
    placement_ref: str
    state: State
    rule: str | None
    """Null on nights before reasons were written down; so too most of what follows."""
    reason: str | None
    as_of: dt.date | None
    priority: Priority | None
    host_la: str | None
    host_force: str | None
    best_nominal_ref: str | None
    match_probability: float | None
    judgement: str | None
    evidence: tuple[EvidencePart, ...]
    run_id: str
    rules: str | None
    """The version of the rules."""
    model: str | None
    priority_rule: str | None = None
    silence: tuple[Silence, ...] = ()
    """Who heard nothing that night, by which rule."""


@dataclass(frozen=True, slots=True)
class StoryNotice:
    notification_id: UUID
    kind: Kind
    recipient: str
    is_copy: bool
    placement_ref: str
    rule: str
    rule_version: str
    priority: Priority
    due_at: dt.datetime | None
    supersedes: UUID | None
    created_on: dt.date
    channel: str
    recording_token: str | None
    dropped_by: str | None
    judgement: str | None
    held_by: str | None
    release_at: dt.datetime | None
    released_by: str | None
    released_at: dt.datetime | None
    reminds: UUID | None
    reminder_no: int | None


@dataclass(frozen=True, slots=True)
class StoryDelivery:
    document_id: str
    destination: str
    kind: str
    state: str
    attempts: int
    next_attempt_at: dt.datetime | None
    settled_at: dt.datetime | None
    last_problem: str | None


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """A receipt or a judgement, without the free text that people may write."""

    event_id: str
    type: str
    subject: str
    time: dt.datetime
    actor: str | None
    reference: str | None
    recorded_on: str | None
    decision: str | None
    """Of a judgement: same, different or unsure; of a dispute its reason."""
    right_ref: str | None
    undoes: str | None


@dataclass(frozen=True, slots=True)
class StoryRecording:
    notification_id: UUID
    business_date: dt.date
    seen: bool
    by: str | None
    found_in: str | None


@dataclass(frozen=True, slots=True)
class StoryTask:
    """A task as it stands; ``notification_id`` where it chases a notice."""

    obligation_id: UUID
    kind: ObligationKind
    owed_by: str
    placement_ref: str | None
    notification_id: UUID | None
    rule: str
    due_at: dt.datetime
    escalation: int
    escalated_to: str | None
    created_on: dt.date
    met_on: dt.date | None


@dataclass(frozen=True, slots=True)
class StoryReview:
    review_id: UUID
    right_authority: str
    right_ref: str
    deadline: dt.datetime
    created_on: dt.date
    dropped_by: str | None


@dataclass(frozen=True, slots=True)
class Story:
    authority: str
    child_ref: str
    newest_night: dt.date | None
    placements: tuple[Placement, ...]
    nights: tuple[StoryNight, ...]
    notices: tuple[StoryNotice, ...]
    deliveries: Mapping[str, tuple[StoryDelivery, ...]]
    """By document id."""
    events: tuple[StoryEvent, ...]
    recordings: tuple[StoryRecording, ...]
    looks: Mapping[str, dt.date]
    """By recipient: the latest night whose usable extract was searched."""
    tasks: tuple[StoryTask, ...]
    reviews: tuple[StoryReview, ...]
