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

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

NOT_SUPPLIED = "not supplied"


Instant = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(dt.UTC))]
"""A moment in UTC, whatever zone it was said in. One without a zone is refused."""


class _Document(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False
    )


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


class Rule(_Document):
    """The rule that caused a document: an id that stays, a version that moves."""

    id: str
    version: str
    text: str
    """One sentence: why the recipient received this."""


class ChildDetails(_Document):
    child_ref: str
    """The placing authority's own id, to be quoted back to it."""
    forename: str | None
    middle_names: str | None
    surname: str | None
    known_as: str | None
    former_surname: str | None
    dob: dt.date | None
    sex: Literal["F", "M", "U"] | None


class PlacementDetails(_Document):
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


class Contact(_Document):
    """An authority's desk and, for a child, the people who know the child."""

    authority: str
    name: str
    duty_phone: str | None = None
    duty_email: str | None = None
    out_of_hours_phone: str | None = None
    social_worker: str | None = None
    social_worker_phone: str | None = None
    social_worker_email: str | None = None


class RiskIndicator(_Document):
    indicator: str
    answer: Literal["yes", "no", "not supplied"]
    source: str | None
    since: dt.date | None


class Clock(_Document):
    """By when, and under which rule. It does not discharge regulation 13(4)."""

    due_at: Instant
    basis: str
    text: str


class Pointer(_Document):
    """That another authority holds a record: which one, and whom to ask. No more."""

    authority: str
    authority_name: str
    record_ref: str
    contact: str | None


class FillIn(_Document):
    """One line of the record-ready package: what to type, and into which field."""

    section: str
    """A heading of the recipient's own record system."""
    label: str
    """The field, in that system's term."""
    value: str | None
    """``None`` is printed as *not supplied*."""


class Notification(_Document):
    """The least that its recipient needs (contracts: region ⇄ portal)."""

    notification_id: UUID
    kind: Kind
    subject: Literal["placement", "person"]
    recipient: str
    audience: Audience
    is_copy: bool
    """Whether the recipient is the placing authority, being told what others are."""
    rule: Rule
    priority: Priority
    created_on: dt.date
    """The business date of the night that decided it."""
    recording_token: str
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


class Withdrawal(_Document):
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


class Obligation(_Document):
    """What is owed, by whom, and by when. It names no child, only references."""

    obligation_id: UUID
    kind: ObligationKind
    owed_by: str
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
    met_on: dt.date | None
    """The night that found it no longer owed; null while it stands."""


class RecordView(_Document):
    """One record of a pair as a reviewer may see it."""

    authority: str
    authority_name: str
    record_ref: str
    names: tuple[str, ...]
    dobs: tuple[dt.date, ...]
    sex: str | None
    postcodes: tuple[str, ...]
    identifiers: tuple[str, ...]
    """Type and value, ``nhs 943…``."""
    content_hash: str


class StrongestLevel(_Document):
    """The strongest agreement that a comparison could have reached instead."""

    explanation: str
    weight: float


class EvidenceView(_Document):
    comparison: str
    explanation: str
    """What the comparison's level means, in words a reviewer reads."""
    left: str | None
    right: str | None
    weight: float
    """Bits; the weights of a pair sum to its own."""
    strongest: StrongestLevel | None = None
    """``None`` where nothing could be stronger, or a region does not say."""


class RivalView(_Document):
    record: RecordView
    weight: float
    probability: float


class Lines(_Document):
    """Where the region's costs put the lines, in bits."""

    accept: float
    """From here on a pair is one person without anybody being asked."""
    review: float
    """From here on a person is asked."""


Stake = Literal["waits", "told", "nothing"]
"""What the decision of a pair can change: an unconfirmed notice that waits for it; what
a recipient was told already; no notice at all."""


class Review(_Document):
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


class FoundView(_Document):
    """A record that a wider search found."""

    record: RecordView
    weight: float
    probability: float
    review_id: UUID | None
    """The review that the pair was put in, if it was."""


class SearchAnswer(_Document):
    """What a wider search brought."""

    search_id: UUID
    """The id of the ``request.search`` event that asked for it."""
    review_id: UUID
    """The pair that it was asked on."""
    outcome: Literal["searched", "shielded", "no_child", "no_records"]
    """``shielded``: named officers only. ``no_child``: the child's record is not in the
    latest night. ``no_records``: the force has sent none, or they are not kept."""
    authority: str
    authority_name: str
    as_of: dt.date | None
    """The date of the data that was searched."""
    searched: int
    """How many records were looked at; each was compared, whatever it says."""
    found: tuple[FoundView, ...]
    """The likeliest, best first, without those on the pair's own page."""
    answered_on: dt.date


class Holder(_Document):
    authority: str
    record_ref: str
    probability: float


class CrossBorderPerson(_Document):
    """A person whom two authorities hold, as pointers."""

    person_id: UUID
    kind: Literal["child", "perpetrator"]
    holders: tuple[Holder, ...]
    created_on: dt.date


class RunSummary(_Document):
    """Counts of one night for the dashboard; never a name."""

    run_id: str
    region: str
    business_date: dt.date
    outcome: Literal["good", "degraded", "failed"]
    problems: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    """Counts by stage, as in ``run.json``."""
    seconds: dict[str, float]
    """Time by stage."""
    held: dict[str, int] = {}
    """Notices that wait for release, by what holds them."""


class SupplierFile(_Document):
    name: str
    outcome: str
    rows: int
    accepted: int
    rejected: int
    problem: str
    notes: tuple[str, ...]


class SupplierVerdict(_Document):
    """What became of one authority's extract, for that authority to pick up."""

    verdict_id: UUID
    authority: str
    business_date: dt.date
    outcome: str
    reason: str
    files: tuple[SupplierFile, ...]
    rejects_by_code: dict[str, int]


class TableQuality(_Document):
    """A table of an extract: its rows, and in how many a field says something."""

    table: str
    rows: int = Field(ge=0)
    filled: dict[str, int]


class QualityReport(_Document):
    """What one authority's extract of a night was like, and how it stands with what
    it is told. Counts only."""

    authority: str
    business_date: dt.date
    outcome: str
    as_of: dt.date | None
    """The date of the data in the extract."""
    rows: int = Field(ge=0)
    accepted: int = Field(ge=0)
    rejected: int = Field(ge=0)
    tables: tuple[TableQuality, ...]
    """Empty when the extract could not be used."""
    states: dict[str, int]
    """Of the children placed in a force's area or by an authority, by state."""
    loop: dict[str, int]
    """``told`` and ``recorded`` notices that stand; tasks ``open`` and ``overdue``."""


class DeadLetter(_Document):
    """A delivery that was refused for good, for the dashboard; no content of it."""

    letter_id: str
    """The outbox's own number."""
    destination: str
    kind: str
    document_id: str
    reason: str
    attempts: int
    created_on: dt.date
    settled: Literal["waits", "replayed", "delivered"]

    @property
    def cause(self) -> tuple[str, str, str]:
        """Letters of one cause are mended together."""
        return self.destination, self.kind, self.reason


Document = (
    Notification
    | Withdrawal
    | Obligation
    | Review
    | SearchAnswer
    | CrossBorderPerson
    | RunSummary
    | SupplierVerdict
    | QualityReport
    | DeadLetter
)


def body(document: Document) -> bytes:
    """The document's bytes: UTF-8 JSON, sorted keys, no spaces."""
    return json.dumps(
        document.model_dump(mode="json"),
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    ).encode()  # fmt: skip
