"""From a step to the notice that is sent: minimised, worded, with its clock.

What nobody supplied is ``None``, which every reader prints as *not supplied*. An end
says the least: no risks, no carer, and an address only to whoever has it already.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from notifications.clocks import (
    ending_clock,
    placement_clock,
    placement_rule,
    protocol_clock,
)
from notifications.documents import (
    Audience,
    ChildDetails,
    Clock,
    Contact,
    Kind,
    Notification,
    PlacementDetails,
    Priority,
    Rule,
    Withdrawal,
)
from notifications.facts import AuthorityEntry, Child, ChildCase, Placement
from notifications.faults import ends_before_start
from notifications.fill_in import fill_in, form_of
from notifications.findings import Finding, informational
from notifications.identity import unused_notice_id
from notifications.lifecycle import CAUSES, Step
from notifications.outcome import Channel, Notice
from notifications.priority import priority_of, risk_indicators
from notifications.recipients import IN_YOUR_AREA, ROWS, Role, Row
from notifications.rulebook import Rulebook
from notifications.whereabouts import locate
from notifications.wording import Cause, asked, legal_status, place_type, why
from records.authorities import AuthorityKind, kind_of
from records.tokens import recording_token

_SEXES: dict[str, Literal["F", "M", "U"]] = {"F": "F", "M": "M", "U": "U"}


@dataclass(frozen=True, slots=True)
class Subject:
    """One step's surroundings: the case, its placement and tonight."""

    case: ChildCase
    placement: Placement | None
    """``None`` when the register handed in no such placement."""
    finding: Finding | None
    """Of a current placement out of area."""
    rulebook: Rulebook
    on: dt.date


def notice(step: Step, subject: Subject, used: Collection[UUID]) -> Notice:
    """The notice of a step, with an id that is not among ``used``."""
    case = subject.case
    placing = case.child.authority
    role = step.role or role_of(step.recipient, placing)
    identity = unused_notice_id(
        (placing, step.placement_ref), step.recipient, step.kind, step.facts_hash, used
    )
    priority = _priority(subject, role)
    rule = _rule(step, subject, role)
    supersedes = step.standing.notification_id if step.standing else None
    document: Notification | Withdrawal
    clock, clock_rule = None, None
    if step.kind is Kind.RETRACTION and supersedes is not None:
        document = Withdrawal(
            notification_id=supersedes,
            retraction_id=identity,
            reason=rule.text,
            created_on=subject.on,
        )
    else:
        clock, clock_rule = _clock(step, subject, role, priority)
        document = _notification(
            step, subject, (identity, role, priority, rule, clock, supersedes)
        )
    return Notice(
        notification_id=identity,
        kind=step.kind,
        subject="placement",
        placing_la=placing,
        child_ref=case.child.child_ref,
        placement_ref=step.placement_ref,
        recipient=step.recipient,
        rule=rule.id,
        rule_version=rule.version,
        priority=priority,
        due_at=clock.due_at if clock else None,
        supersedes=supersedes,
        channel=channel(step.recipient, subject.rulebook),
        document=document,
        facts_hash=step.facts_hash,
        audience=Audience.DUTY,
        is_copy=role is Role.PLACING_LA,
        judgement=step.judgement,
        hold=step.hold,
        clock_rule=clock_rule,
    )


def channel(recipient: str, rulebook: Rulebook) -> Channel:
    """The portal reaches members; for others a person carries an export package."""
    return "portal" if rulebook.directory.has(recipient) else "export"


def role_of(recipient: str, placing_la: str) -> Role:
    """The role of someone who was told, from who it is."""
    if recipient == placing_la:
        return Role.PLACING_LA
    if kind_of(recipient) is AuthorityKind.POLICE:
        return Role.HOST_FORCE
    return Role.HOST_LA


def contact(code: str, rulebook: Rulebook, child: Child | None = None) -> Contact:
    """An authority's desk and, given a child, its social worker."""
    entry = rulebook.directory.authorities.get(code)
    return Contact(
        authority=code,
        name=rulebook.name(code),
        duty_phone=entry.duty_phone if entry else None,
        duty_email=entry.duty_email if entry else None,
        out_of_hours_phone=entry.out_of_hours_phone if entry else None,
        social_worker=child.social_worker if child else None,
        social_worker_phone=child.social_worker_phone if child else None,
        social_worker_email=child.social_worker_email if child else None,
    )


_Head = tuple[UUID, Role, Priority, Rule, Clock | None, UUID | None]


def _notification(step: Step, subject: Subject, head: _Head) -> Notification:
    identity, role, priority, rule, clock, supersedes = head
    case, finding = subject.case, subject.finding
    ending = step.kind is Kind.END
    accepted = finding.match.accepted if finding and finding.match else ()
    entry = subject.rulebook.directory.authorities.get(step.recipient)
    document = Notification(
        notification_id=identity,
        kind=step.kind,
        subject="placement",
        recipient=step.recipient,
        audience=Audience.DUTY,
        is_copy=role is Role.PLACING_LA,
        rule=rule,
        priority=priority,
        created_on=subject.on,
        recording_token=recording_token(identity),
        supersedes=supersedes,
        asked=asked(step.kind, role),
        child=child_details(case.child),
        placement=_placement_details(step, subject, role),
        placing_authority=contact(case.child.authority, subject.rulebook, case.child),
        risk_indicators=() if ending else risk_indicators(case, subject.on),
        clock=clock,
        your_records=accepted if role is Role.HOST_FORCE and not ending else (),
        pointers=(),
        route=_route(subject, role, entry),
        test_record=(case.child.authority, case.child.child_ref)
        in subject.rulebook.directory.sentinels,
    )
    package = fill_in(form_of(entry, step.kind), document)
    return document.model_copy(update={"fill_in": package})


def _route(subject: Subject, role: Role, entry: AuthorityEntry | None) -> str | None:
    """The force's own desk for the host local authority."""
    if role is not Role.HOST_FORCE or entry is None or subject.placement is None:
        return None
    host = locate(subject.case, subject.placement, subject.rulebook)
    return entry.routes.get(host.la or "")


def child_details(child: Child) -> ChildDetails:
    """The child's names, date of birth and sex; a sex outside the code is null."""
    return ChildDetails(
        child_ref=child.child_ref,
        forename=child.forename,
        middle_names=child.middle_names,
        surname=child.surname,
        known_as=child.known_as,
        former_surname=child.former_surname,
        dob=child.dob,
        sex=_SEXES.get((child.sex or "").strip().upper()),
    )


def _placement_details(
    step: Step, subject: Subject, role: Role
) -> PlacementDetails | None:
    placement, rulebook = subject.placement, subject.rulebook
    if placement is None:
        return None
    host = locate(subject.case, placement, rulebook)
    ending = step.kind is Kind.END
    theirs = role is Role.PLACING_LA or step.recipient in {host.la, host.force}
    shown = theirs or not ending
    return PlacementDetails(
        placement_ref=placement.placement_ref,
        address=placement.address if shown else None,
        postcode=host.postcode if shown else None,
        host_la=host.la if shown else None,
        host_la_name=rulebook.name(host.la) if shown and host.la else None,
        place_code=placement.place_code,
        place_type=place_type(placement.place_code),
        start=placement.start,
        end=None if ends_before_start(placement) else placement.end,
        expected_end=None if ending else placement.expected_end,
        carer_or_home=None if ending else placement.carer_or_home,
        carer_phone=None if ending else placement.carer_phone,
        legal_status=None if ending else legal_status(placement.legal_status),
        iro=None if ending else placement.iro,
    )


def _priority(subject: Subject, role: Role) -> Priority:
    """The placement's; for the police, low where it is only for information."""
    placement = subject.placement
    if placement is None:
        return Priority.STANDARD
    if role is Role.HOST_FORCE and informational(placement, subject.rulebook):
        return Priority.LOW
    return priority_of(subject.case, placement, subject.rulebook.policy, subject.on)


def _rule(step: Step, subject: Subject, role: Role) -> Rule:
    row: Row | None = subject.finding.row if subject.finding else None
    if step.hold is not None:
        row = Row.POSSIBLE_OVERDUE
    if step.cause is not Cause.STATE:
        rule = CAUSES[step.cause]
    elif role is Role.HOST_LA or row is None:
        rule = IN_YOUR_AREA
    else:
        rule = ROWS[row]
    return Rule(id=rule.id, version=rule.version, text=why(step.cause, row, role))


def _clock(
    step: Step, subject: Subject, role: Role, priority: Priority
) -> tuple[Clock | None, str | None]:
    """A protocol clock for the police, a statutory one for the host authority; and the
    id of the rule that sets it."""
    clocks = subject.rulebook.policy.clocks
    placement = subject.placement
    if role is Role.HOST_FORCE:
        return protocol_clock(subject.on, priority, clocks), "clock.protocol"
    if role is Role.PLACING_LA or placement is None:
        return None, None
    welsh = subject.case.child.authority.startswith("W")
    if step.kind is not Kind.END:
        clock = placement_clock(
            placement.start, planned=placement.planned, welsh=welsh, clocks=clocks
        )
        return clock, placement_rule(planned=placement.planned).id
    if placement.end is None or ends_before_start(placement):
        return None, None
    return ending_clock(placement.end, welsh=welsh, clocks=clocks), "clock.ending"
