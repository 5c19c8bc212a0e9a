"""What is put to a portal: each document as the recipient's side will read it.

The pipeline writes these, a portal checks them; both sides read the shape here, and
the OpenAPI document of the shipped portal is made from them. Unknown keys are errors.
A body is frozen when it is first decided: :func:`body` gives its bytes, the same for
the same document.
"""

import datetime as dt
import json
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from notifications.reports import (
    AuthorityCode,
    DeadLetter,
    QualityReport,
    RunSummary,
    SupplierVerdict,
    WireDocument,
)

NOT_SUPPLIED = "not supplied"


def _in_utc(at: dt.datetime) -> dt.datetime:
    try:
        return at.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("in UTC it lies outside the years 1 to 9999") from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment in UTC, whatever zone it was said in. One without a zone is refused."""


class Kind(StrEnum):
    """What a notification is (contracts: region ⇄ portal)."""

    NEW = "new"
    UPDATE = "update"
    UNCONFIRMED = "unconfirmed"
    END = "end"
    RETRACTION = "retraction"
    REMINDER = "reminder"
    POINTER = "pointer"


class Audience(StrEnum):
    """Who inside the recipient may open it."""

    DUTY = "duty"
    NAMED_OFFICER = "named_officer"


class Priority(StrEnum):
    HIGH = "high"
    STANDARD = "standard"
    LOW = "low"


class Rule(WireDocument):
    """The rule that caused a document: an id that stays, a version that moves."""

    id: str
    version: str
    text: str
    """One sentence: why the recipient received this."""


class ChildDetails(WireDocument):
    child_ref: str
    """The placing authority's own id, to be quoted back to it."""
    forename: str | None
    middle_names: str | None
    surname: str | None
    known_as: str | None
    former_surname: str | None
    dob: dt.date | None
    sex: Literal["F", "M", "U"] | None


class PlacementDetails(WireDocument):
    placement_ref: str
    address: str | None
    postcode: str | None
    host_la: str | None
    host_la_name: str | None
    place_code: str | None
    place_type: str
    """The code in words."""
    start: dt.date
    end: dt.date | None
    expected_end: dt.date | None
    carer_or_home: str | None
    carer_phone: str | None
    legal_status: str | None
    iro: str | None


class Contact(WireDocument):
    """An authority's desk and, for a child, the people who know the child."""

    authority: AuthorityCode
    name: str
    duty_phone: str | None = None
    duty_email: str | None = None
    out_of_hours_phone: str | None = None
    social_worker: str | None = None
    social_worker_phone: str | None = None
    social_worker_email: str | None = None


class RiskIndicator(WireDocument):
    indicator: str
    answer: Literal["yes", "no", "not supplied"]
    source: str | None
    since: dt.date | None


class Clock(WireDocument):
    """By when, and under which rule. It does not discharge regulation 13(4)."""

    due_at: Instant
    basis: str
    text: str


class Pointer(WireDocument):
    """That another authority holds a record: which one, and whom to ask. No more."""

    authority: AuthorityCode
    authority_name: str
    record_ref: str
    contact: str | None


class FillIn(WireDocument):
    """One line of the record-ready package: what to type, and into which field."""

    section: str
    """A heading of the recipient's own record system."""
    label: str
    """The field, in that system's term."""
    value: str | None
    """``None`` is printed as *not supplied*."""


class Notification(WireDocument):
    """The least that its recipient needs (contracts: region ⇄ portal)."""

    notification_id: UUID
    kind: Kind
    subject: Literal["placement", "person"]
    recipient: AuthorityCode
    audience: Audience
    is_copy: bool
    """Whether the recipient is the placing authority, being told what others are."""
    rule: Rule
    priority: Priority
    created_on: dt.date
    """The business date of the night that decided it."""
    recording_token: Annotated[str, Field(max_length=20)]
    supersedes: UUID | None
    asked: str
    """What the recipient is asked to do."""
    child: ChildDetails | None
    placement: PlacementDetails | None
    placing_authority: Contact | None
    risk_indicators: tuple[RiskIndicator, ...]
    clock: Clock | None
    your_records: tuple[str, ...]
    """The recipient's own records that this is about, where there are any."""
    pointers: tuple[Pointer, ...]
    route: str | None = None
    """The recipient's own desk or mailbox for this host area."""
    fill_in: tuple[FillIn, ...] = ()
    """The record-ready package, in the order and terms of the recipient's system."""
    reminds: UUID | None = None
    """Of a reminder: the notice that still waits. A reminder repeats no details."""
    test_record: bool = False
    """An agreed synthetic child, planted to prove the path: nobody is to be visited."""


class Withdrawal(WireDocument):
    """Takes a notification back: what it said should not have been said."""

    notification_id: UUID
    """The original."""
    retraction_id: UUID
    reason: str
    created_on: dt.date


class ObligationKind(StrEnum):
    DATA_TASK = "data_task"
    """The placing authority must mend a record that can't be placed or decided."""
    NAMED_OFFICER_TASK = "named_officer_task"
    """A shielded case: two named officers speak; the system carries no details."""
    MANUAL_CHANNEL_TASK = "manual_channel_task"
    """The host lies outside the region and must be told another way."""
    ACKNOWLEDGE_TASK = "acknowledge_task"
    """A notice that its recipient has not acknowledged in time."""
    RECORD_TASK = "record_task"
    """Acknowledged but not recorded: the recipient's extract does not show it."""
    DISAGREEMENT_TASK = "disagreement_task"
    """Two sources say different things of where a child is placed."""


class Obligation(WireDocument):
    """What is owed, by whom, and by when. It names no child, only references."""

    obligation_id: UUID
    kind: ObligationKind
    owed_by: AuthorityCode
    audience: Audience
    rule: Rule
    placing_authority: Contact
    child_ref: str
    """The placing authority's own id. Empty for a shielded child."""
    placement_ref: str
    asked: str
    due_at: Instant
    escalation: int = Field(ge=0, le=99)
    """0 at first; each step names a more senior role."""
    escalated_to: str | None = None
    """The post that it has been escalated to."""
    notification_id: UUID | None = None
    """The notice that it is about, if it is about one."""
    created_on: dt.date
    asked_on: dt.date | None = None
    """The night since which it asks this, if it asked something else before."""
    met_on: dt.date | None
    """The night that found it no longer owed; null while it stands."""


class RecordView(WireDocument):
    """One record of a pair as a reviewer may see it."""

    authority: AuthorityCode
    authority_name: str
    record_ref: str
    names: tuple[str, ...]
    dobs: tuple[dt.date, ...]
    sex: str | None
    postcodes: tuple[str, ...]
    identifiers: tuple[str, ...]
    """Type and value, ``nhs 943…``."""
    content_hash: str


class StrongestLevel(WireDocument):
    """The strongest agreement that a comparison could have reached instead."""

    explanation: str
    weight: float


class EvidenceView(WireDocument):
    comparison: str
    explanation: str
    """What the comparison's level means, in words a reviewer reads."""
    left: str | None
    right: str | None
    weight: float
    """Bits; the weights of a pair sum to its own."""
    strongest: StrongestLevel | None = None
    """``None`` where nothing could be stronger, or a region does not say."""


class RivalView(WireDocument):
    record: RecordView
    weight: float
    probability: float


class Lines(WireDocument):
    """Where the region's costs put the lines, in bits."""

    accept: float
    """From here on a pair is one person without anybody being asked."""
    review: float
    """From here on a person is asked."""


Stake = Literal["waits", "told", "nothing"]
"""What the decision of a pair can change: an unconfirmed notice that waits for it; what
a recipient was told already; no notice at all."""


class Review(WireDocument):
    """A pair put to a person: is this child that nominal?"""

    review_id: UUID
    """UUIDv5 of both records and content hashes: new evidence, new question."""
    left: RecordView
    right: RecordView
    weight: float
    probability: float
    evidence: tuple[EvidenceView, ...]
    rivals: tuple[RivalView, ...]
    """Up to ten other candidates for the same child, best first."""
    household: tuple[RecordView, ...]
    """Other candidates at the same address: brothers and sisters, a parent."""
    hangs_on_it: str
    """What will be sent, and to whom, if nobody decides by the deadline."""
    deadline: Instant
    priority: Priority
    created_on: dt.date
    stake: Stake | None = None
    lines: Lines | None = None
    asked_by: UUID | None = None
    """The search that found the pair; ``None`` where a night did."""


class Holder(WireDocument):
    authority: AuthorityCode
    record_ref: str
    probability: float


class CrossBorderPerson(WireDocument):
    """A person whom two authorities hold, as pointers."""

    person_id: UUID
    kind: Literal["child", "perpetrator"]
    holders: tuple[Holder, ...]
    created_on: dt.date


Document = (
    Notification
    | Withdrawal
    | Obligation
    | Review
    | CrossBorderPerson
    | RunSummary
    | SupplierVerdict
    | QualityReport
    | DeadLetter
)


def body(document: WireDocument) -> bytes:
    """The document's bytes: UTF-8 JSON, sorted keys, no spaces."""
    return json.dumps(
        document.model_dump(mode="json"),
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    ).encode()  # fmt: skip
