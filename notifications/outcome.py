"""What was decided: what the rules hand to the register and the night's tables."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from matching.evidence import Candidate
from notifications.documents import (
    Audience,
    Kind,
    Notification,
    Obligation,
    Priority,
    Stake,
    Withdrawal,
)
from notifications.facts import State

Channel = Literal["portal", "export"]
"""``export``: the recipient lies outside the region; a person carries the package."""


HeldBy = Literal["review", "surge", "baseline"]
"""What keeps a notice back: a review's deadline, the surge brake, or the schedule of
the first night."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a notice is decided and not yet sent."""

    by: HeldBy
    release_at: dt.datetime | None
    """UTC; ``None`` waits for a named person."""


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """One comparison of the pair that a state rests on: no values, only levels."""

    comparison: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True)
class Silence:
    """Who hears nothing tonight, by which rule."""

    recipient: str | None
    """``None``: nobody is concerned."""
    rule: str
    """A rule's id."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of ``decisions.parquet``, and the hash of the facts it is about."""

    placing_la: str
    child_ref: str
    placement_ref: str
    placement_start: dt.date
    host_la: str | None
    host_force: str | None
    at_distance: bool | None
    """``None`` when the host is not known; so too ``cross_force``."""
    cross_force: bool | None
    state: State
    reason: str
    """A rule id and words; no personal data."""
    as_of: dt.date
    priority: Priority
    best_nominal_ref: str | None
    match_probability: float | None
    notification_ids: tuple[UUID, ...]
    """The notices that tonight made about this placement."""
    facts_hash: str
    rule: str = ""
    """The id of the rule that gave the state; ``reason`` begins with it."""
    judgement: str | None = None
    """The event id of the person's decision that the state rests on."""
    evidence: tuple[EvidencePart, ...] = ()
    """Of the best candidate."""
    priority_rule: str = ""
    """The id of the rule that gave the priority."""
    silence: tuple[Silence, ...] = ()
    """Why whoever hears nothing tonight does not."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A row of ``notifications.parquet``, its document and how it travels."""

    notification_id: UUID
    """A retraction's own id; the original is in ``supersedes``."""
    kind: Kind
    subject: Literal["placement", "person"]
    placing_la: str | None
    """``None`` for a person, as the next two are."""
    child_ref: str | None
    placement_ref: str | None
    recipient: str
    rule: str
    rule_version: str
    priority: Priority
    due_at: dt.datetime | None
    """UTC."""
    supersedes: UUID | None
    channel: Channel
    document: Notification | Withdrawal
    facts_hash: str
    audience: Audience
    is_copy: bool
    person_id: UUID | None = None
    """Whom a pointer is about."""
    judgement: str | None = None
    """The event id of the person's decision that it rests on."""
    hold: Hold | None = None
    """``None``: it is sent at once."""
    clock_rule: str | None = None
    """The id of the rule that set its clock."""


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """A pair that a person must judge. The shell adds what the reviewer will read."""

    review_id: UUID
    """UUIDv5 of both records and content hashes: new evidence, new question."""
    placing_la: str
    child_ref: str
    placement_ref: str
    candidate: Candidate
    rivals: tuple[Candidate, ...]
    """Up to ten other candidates of the same force, best first."""
    household: tuple[str, ...]
    """nominal_refs of the candidates that share a current address with this one."""
    deadline: dt.datetime
    """UTC."""
    hangs_on_it: str
    stake: Stake
    priority: Priority
    created_on: dt.date


@dataclass(frozen=True, slots=True)
class ChildOutcome:
    decisions: tuple[Decision, ...] = ()
    notices: tuple[Notice, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    """New ones, and met ones with ``met_on``; one that still stands is not repeated."""
    reviews: tuple[ReviewRequest, ...] = ()
    shielded: bool = False
    """Whether anything about the child is: then nobody is given details."""
    child: tuple[str, str] = ("", "")
    """The placing authority and its reference of the child."""
    rules: tuple[str, ...] = ()
    """The id of every rule that this night applied to the child, those of silence and
    of clocks too."""


@dataclass(frozen=True, slots=True)
class PointerOutcome:
    notices: tuple[Notice, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    restricted: int = 0
    """Records left out because they are restricted."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What decided a night: a change of any may change many notices at once."""

    rules: str
    children_model: str
    perpetrator_model: str
    settings: Mapping[str, str] = field(default_factory=dict)
    """Of what else decides: hashes of its content. Keys of the region file, such as
    ``policy.scope``; ``children_model`` and ``perpetrator_model``: what is in them."""


@dataclass(frozen=True, slots=True)
class History:
    """What earlier nights made, for the surge brake."""

    counts: tuple[int, ...] = ()
    """Notices first made on each of the latest recorded nights, the newest last;
    without those of a baseline."""
    versions: Versions | None = None
    """Of the newest of them; ``None`` before the first night."""
