"""What is known of a child tonight: the types between register, pipeline and rules.

The pipeline fills a :class:`ChildCase` from tonight's tables and from the register's
memory, :func:`notifications.decide.decide_child` answers with the types of
``notifications.outcome``, the register writes that down. All of it is plain, frozen
data: no clock, no database.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal
from uuid import UUID

from matching.evidence import Candidate
from notifications.documents import Audience, Kind
from notifications.feed import Decision, Side
from notifications.owing import OpenObligation


class State(StrEnum):
    """What the host force knows of a child at its placement (contracts: every run).

    Exactly one for each current placement that is out of area or can't be located.
    The values are stored: to change one takes a migration.
    """

    KNOWN_AT_PLACEMENT = "known_at_placement"
    KNOWN_AT_ADDRESS_NO_FLAG = "known_at_address_no_flag"
    KNOWN_NOT_AT_ADDRESS = "known_not_at_address"
    POSSIBLE = "possible"
    NOT_KNOWN = "not_known"
    CANNOT_SAY = "cannot_say"
    RESTRICTED = "restricted"
    OUT_OF_SCOPE = "out_of_scope"


KNOWN_STATES = frozenset(
    {
        State.KNOWN_AT_PLACEMENT,
        State.KNOWN_AT_ADDRESS_NO_FLAG,
        State.KNOWN_NOT_AT_ADDRESS,
    }
)
GOOD_STATES = KNOWN_STATES | {State.POSSIBLE, State.NOT_KNOWN}
"""States that were decided on a usable police extract."""


# --- the child, as its placing authority supplied it -------------------------------


@dataclass(frozen=True, slots=True)
class Child:
    """A looked-after child; ``None`` is *not supplied* throughout."""

    authority: str
    """The placing authority's code."""
    child_ref: str
    forename: str | None = None
    middle_names: str | None = None
    surname: str | None = None
    known_as: str | None = None
    former_surname: str | None = None
    dob: dt.date | None = None
    sex: str | None = None
    """F, M or U."""
    death_date: dt.date | None = None
    uasc: bool | None = None
    """Whether an unaccompanied asylum-seeking child."""
    social_worker: str | None = None
    social_worker_phone: str | None = None
    social_worker_email: str | None = None


class PlacementStatus(StrEnum):
    CURRENT = "current"
    """Stands tonight; also the base placement that a temporary one interrupts."""
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    """The source took the record back: it should never have been told."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A placement that the register knows, as it is tonight."""

    placement_ref: str
    """Assigned by the register; kept when start, postcode or feed is corrected."""
    child_ref: str
    start: dt.date
    end: dt.date | None = None
    place_code: str | None = None
    """DfE placement type: U4, K2, P1 …"""
    legal_status: str | None = None
    postcode: str | None = None
    """As supplied; geography reads it."""
    start_reason: str | None = None
    end_reason: str | None = None
    """REC of the last episode."""
    temporary: bool = False
    contradiction: Literal["ends_before_start", "two_open"] | None = None
    """What the feed's own dates say that can't be, settled when they were read: an end
    before the start, or no end although a later placement is open."""
    status: PlacementStatus = PlacementStatus.CURRENT
    address: str | None = None
    uprn: str | None = None
    carer_or_home: str | None = None
    carer_phone: str | None = None
    planned: bool | None = None
    """Whether planned or an emergency; ``None`` is not supplied."""
    expected_end: dt.date | None = None
    iro: str | None = None


@dataclass(frozen=True, slots=True)
class Protection:
    """Shielded from ``start`` to ``until``, both included; ``None`` is no bound."""

    start: dt.date | None = None
    until: dt.date | None = None
    reason: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    indicator: str
    """One of ``records.risks.RISK_INDICATORS``."""
    answer: bool
    since: dt.date | None
    source: str


@dataclass(frozen=True, slots=True)
class MissingEpisode:
    kind: str | None
    """M missing, A away without authorisation."""
    start: dt.date
    end: dt.date | None = None
    """``None``: still missing."""
    interview_offered: bool | None = None
    interview_accepted: bool | None = None


# --- the police side ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PoliceAddress:
    address_type: str | None
    """home, placement, custody, bail or nfa."""
    postcode: str | None
    uprn: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PoliceFlag:
    code: str
    start: dt.date | None = None
    end: dt.date | None = None
    placing_authority: str | None = None
    """As the force wrote it: DfE number, GSS code or the authority's name."""


@dataclass(frozen=True, slots=True)
class Nominal:
    """A police record of a person, with what the rules ask of it."""

    authority: str
    """The force's code."""
    nominal_ref: str
    golden_ref: str | None = None
    """The force's own key of all records that it holds to be one person."""
    restricted: bool = False
    addresses: tuple[PoliceAddress, ...] = ()
    flags: tuple[PoliceFlag, ...] = ()


@dataclass(frozen=True, slots=True)
class HostExtract:
    """Tonight's verdict on a force's extract."""

    force: str
    usable: bool
    reason: str = ""
    """Why not usable; it goes into decisions, so it holds no personal data."""
    as_of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's decision on a pair. It binds while both content hashes are the same.

    An undone judgement is not handed in. Of several on the same pair and hashes the
    latest holds.
    """

    event_id: str
    decision: Decision
    left_authority: str
    left_ref: str
    left_hash: str
    right_authority: str
    right_ref: str
    right_hash: str
    made_at: dt.datetime
    actor: str
    split: Side | None = None
    """Of ``two_people``: which record holds them."""


# --- what the region remembers -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice that its recipient holds to be true: made before tonight, since then
    neither superseded nor retracted, and not itself an end or a retraction.

    At most one for each recipient and placement of a child: so one for each recipient,
    but for a child with two open placements at once.
    """

    notification_id: UUID
    kind: Kind
    recipient: str
    audience: Audience
    is_copy: bool
    placement_ref: str
    facts_hash: str
    created_on: dt.date
    judgement: str | None = None
    """The event id of the decision that it rests on: undone, a correction is due."""


@dataclass(frozen=True, slots=True)
class PlacementMemory:
    """What earlier nights decided about a placement."""

    placement_ref: str
    last_state: State | None = None
    last_good_state: State | None = None
    """The latest of ``GOOD_STATES``."""
    last_good_on: dt.date | None = None
    """The business date of the night that decided it."""
    possible_since: dt.date | None = None
    """The first business date of the present run of ``possible``; nights of
    ``cannot_say`` and nights without a row do not break a run. ``None`` when any
    other state was the last."""
    last_good_facts_hash: str | None = None
    """``outcome.Decision.facts_hash`` of the night of ``last_good_on``."""
    last_rule: str | None = None
    """The id of the rule that gave the last state."""


@dataclass(frozen=True, slots=True)
class ChildMemory:
    """Everything the register holds of a child from before tonight's business date."""

    standing: tuple[Standing, ...] = ()
    told_again: tuple[Standing, ...] = ()
    """Earlier notices of what is ``standing`` that nothing took the place of."""
    placements: Mapping[str, PlacementMemory] = field(default_factory=dict)
    """By placement_ref."""
    open_obligations: tuple[OpenObligation, ...] = ()
    made: frozenset[UUID] = frozenset()
    """The id of every notice ever made about the child before tonight's business
    date, ends and retractions too. When data flaps from A to B and back to A, the
    second telling of A gets an id of its own, by an ordinal."""
    asked: frozenset[UUID] = frozenset()
    """The id of every review put to people before tonight's business date: the same
    question is not asked again."""


@dataclass(frozen=True, slots=True)
class ChildCase:
    """All that deciding about one child takes."""

    child: Child
    placements: tuple[Placement, ...]
    """Every placement the register knows of the child, ended and withdrawn ones too."""
    protections: tuple[Protection, ...]
    risks: tuple[Risk, ...]
    missing: tuple[MissingEpisode, ...]
    data_as_of: dt.date
    """The date of the placing authority's data."""
    candidates: Mapping[str, tuple[Candidate, ...]]
    """By force code, of every force: each pair at or above the floor, and every pair
    judged *same* whatever its weight. The child is on the left."""
    nominals: Mapping[tuple[str, str], Nominal]
    """By force and nominal_ref: each candidate, and the rest of its golden record."""
    extracts: Mapping[str, HostExtract]
    """By force code. A force without an entry sent nothing."""
    judgements: tuple[Judgement, ...]
    child_hash: str
    """Content hash of the child's record as matched tonight."""
    memory: ChildMemory = field(default_factory=ChildMemory)
    twins_of_shielded: tuple[tuple[str, str], ...] = ()
    """Authority and child_ref of each shielded child, under another reference, whose
    name and birth date this one bears (``notifications.shields``)."""


# --- who is in the region ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A field of a recipient's record system, and what goes into it."""

    section: str
    label: str
    value: str
    """A name of ``notifications.fill_in.SOURCES``, or a text in quotes to be typed as
    it stands."""


@dataclass(frozen=True, slots=True)
class AuthorityEntry:
    code: str
    name: str
    kind: str
    """children or police."""
    duty_phone: str | None = None
    duty_email: str | None = None
    out_of_hours_phone: str | None = None
    named_officer: str | None = None
    """The post that receives shielded cases."""
    supervisor: str | None = None
    strategic_lead: str | None = None
    """The posts that are named first and last when something is overdue."""
    routes: Mapping[str, str] = field(default_factory=dict)
    """Of a force: its desk or mailbox by host local authority."""
    record_template: tuple[TemplateLine, ...] = ()
    closing_template: tuple[TemplateLine, ...] = ()
    """The fields of its own record system, in order: to make an entry, to close it."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The members of the region. Whoever is not here can't be reached by the portal."""

    region: str
    authorities: Mapping[str, AuthorityEntry]
    sentinels: frozenset[tuple[str, str]] = frozenset()
    """Authority and child_ref of each agreed synthetic child. What is sent about one is
    marked as a test record; it counts in no brake and no statistic."""

    def has(self, code: str | None) -> bool:
        return code in self.authorities


# --- cross-border people -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonMember:
    authority: str
    record_ref: str
    probability: float
    """Of belonging to the person."""
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class PersonGroup:
    """Records of several authorities that are one person.

    Members of an authority whose extract is not usable tonight stay as last known:
    absence is not evidence that the records fell apart.
    """

    person_id: UUID
    """Kept between nights by the register."""
    kind: Literal["child", "perpetrator"]
    members: tuple[PersonMember, ...]


@dataclass(frozen=True, slots=True)
class PersonMemory:
    """What was told about a person before tonight's business date."""

    standing: Mapping[str, Standing] = field(default_factory=dict)
    """By recipient; ``placement_ref`` holds the person's id as text."""
    made: frozenset[UUID] = frozenset()
    open_obligations: tuple[OpenObligation, ...] = ()
    """``placement_ref`` holds the person's id as text."""
