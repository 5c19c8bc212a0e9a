"""One child, one night: states, notices, tasks and questions. Pure; never raises for
odd data; the same case gives the same bytes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from notifications.applied import Decided, rules_applied
from notifications.build import Subject, notice
from notifications.clocks import close_of
from notifications.documents import Kind
from notifications.facts import (
    ChildCase,
    Placement,
    PlacementStatus,
    State,
)
from notifications.faults import left_care, stands
from notifications.findings import Finding, adoptive, find, protected, review_deadline
from notifications.known import meets_restricted_nominal
from notifications.lifecycle import Cell, Fate, Night, Step, Unsaid, steps_and_unsaid
from notifications.obligations import Circumstances, obligations
from notifications.outcome import (
    ChildOutcome,
    Decision,
    EvidencePart,
    Hold,
    Notice,
)
from notifications.recipients import (
    KNOWN_THERE,
    TELLS_HOSTS,
    Cells,
    Role,
    Row,
    cells_of,
)
from notifications.reviews import review_requests
from notifications.rulebook import Rulebook
from notifications.shields import unsettled_twin
from notifications.silence import Before, silences
from notifications.squash import carried, waits
from notifications.states import SHIELDED_BY_A_NOMINAL
from notifications.whereabouts import current_placements, departure, locate

LEFT_FOR_ANOTHER_AUTHORITY = "E3"


def decide_child(
    case: ChildCase, rulebook: Rulebook, business_date: dt.date
) -> ChildOutcome:
    """Everything that one night decides about one child.

    A row for each current placement that is out of area or can't be located; the
    notices that follow from it and from what stands; the tasks; the reviews.
    """
    on = business_date
    supplied, case = case, carried(case, rulebook)
    current = current_placements(case, on)
    findings = tuple(
        find(case, placement, rulebook, on)
        for placement in current
        if not locate(case, placement, rulebook).in_area
    )
    night = Night(
        fates=_fates(case, current, findings, (rulebook, on)),
        departure=departure(case, on),
        shielded=_shielded(case, findings, rulebook, on),
        judgements=frozenset(one.event_id for one in case.judgements),
        told_again=case.memory.told_again,
    )
    cells = _cells(case, findings, (rulebook, on))
    taken, unsaid = steps_and_unsaid(case.memory.standing, cells, night)
    before = _before(supplied, case, unsaid, shielded=night.shielded)
    notices = _notices(case, taken, findings, (rulebook, on))
    outcome = ChildOutcome(
        decisions=tuple(
            replace(
                _decision(case, one, notices),
                silence=silences(one, cells, taken, before),
            )
            for one in findings
        ),
        notices=notices,
        obligations=obligations(
            case, Circumstances(findings, taken, night.shielded), rulebook, on
        ),
        reviews=() if night.shielded else review_requests(case, findings, rulebook, on),
        shielded=night.shielded,
        child=(case.child.authority, case.child.child_ref),
    )
    decided = Decided(
        case, findings, night, unsaid, outcome, back_again=case is not supplied
    )
    return replace(outcome, rules=rules_applied(decided, rulebook, on))


def _before(
    supplied: ChildCase, case: ChildCase, unsaid: Sequence[Unsaid], *, shielded: bool
) -> Before:
    standing = case.memory.standing
    told_of = {
        one.notification_id: one.placement_ref for one in supplied.memory.standing
    }
    return Before(
        standing=standing,
        unsaid={(one.recipient, one.placement_ref): one.rule.id for one in unsaid},
        carried=frozenset(
            one.notification_id
            for one in standing
            if one.placement_ref != told_of[one.notification_id]
        ),
        shielded=shielded,
    )


def rows_due(
    case: ChildCase, rulebook: Rulebook, business_date: dt.date
) -> tuple[tuple[str, str], ...]:
    """The ``(placing LA, placement_ref)`` that must each have one decision tonight."""
    return tuple(
        (case.child.authority, placement.placement_ref)
        for placement in current_placements(case, business_date)
        if not locate(case, placement, rulebook).in_area
    )


def _shielded(
    case: ChildCase, findings: tuple[Finding, ...], rulebook: Rulebook, on: dt.date
) -> bool:
    """Whether anything about the child is shielded: then nobody is sent details.

    An adoptive placement in the placing area shields too, though it has no row; so
    does a restricted nominal of a child that is on its way out.
    """
    return (
        protected(case, on)
        or unsettled_twin(case)
        or meets_restricted_nominal(case, rulebook.thresholds.floor)
        or any(one.state is State.RESTRICTED for one in findings)
        or any(adoptive(one, rulebook) for one in current_placements(case, on))
        or (not findings and _left_under_a_nominals_shield(case))
    )


def _left_under_a_nominals_shield(case: ChildCase) -> bool:
    """Whether a placement that somebody holds to stand was last decided under the
    shield of a police record, and tonight can't say that it need not be: the child's
    record is gone, or a force's extract can't be used."""
    looked_for = case.child_hash and all(one.usable for one in case.extracts.values())
    if looked_for:
        return False
    told_of = {one.placement_ref for one in case.memory.standing}
    return any(
        one.last_rule in SHIELDED_BY_A_NOMINAL
        for ref, one in case.memory.placements.items()
        if ref in told_of
    )


def _fates(
    case: ChildCase, current: tuple[Placement, ...], findings: tuple[Finding, ...],
    night: tuple[Rulebook, dt.date],
) -> dict[str, Fate]:  # fmt: skip
    rows = {one.placement.placement_ref: one for one in findings}
    fates = {}
    for placement in case.placements:
        row = rows.get(placement.placement_ref)
        if row is not None:
            fate = Fate.HOSTED if row.row in TELLS_HOSTS else Fate.HELD
        elif placement.status is PlacementStatus.WITHDRAWN:
            fate = Fate.WITHDRAWN
        elif stands(placement, case) or (current and not rows):
            fate = Fate.IN_AREA
        else:
            fate = _ended(placement, night, alone=not current)
        fates[placement.placement_ref] = fate
    return fates


def _ended(
    placement: Placement, night: tuple[Rulebook, dt.date], *, alone: bool
) -> Fate:
    reason = (placement.end_reason or "").strip().upper()
    if alone and left_care(placement) and reason != LEFT_FOR_ANOTHER_AUTHORITY:
        return Fate.LEFT_CARE
    return Fate.WAITS if alone and waits(placement, *night) else Fate.ENDED


def _cells(
    case: ChildCase, findings: tuple[Finding, ...], night: tuple[Rulebook, dt.date]
) -> tuple[Cell, ...]:
    found = []
    for finding in findings:
        if finding.row not in TELLS_HOSTS:
            continue
        recipients = {
            Role.HOST_FORCE: finding.host.force,
            Role.HOST_LA: finding.host.la,
            Role.PLACING_LA: case.child.authority,
        }
        cells = _row_cells(finding.row, finding, night[0])
        waiting = _waiting(case, finding, night)
        there = finding.row in KNOWN_THERE
        judged_known = finding.judgement is not None and there
        found += [
            Cell(
                recipient=recipient,
                role=role,
                placement_ref=finding.placement.placement_ref,
                facts_hash=finding.facts_hash,
                kind=cells.kind_for(role),
                judgement=None if role is Role.HOST_LA else finding.judgement,
                waiting=waiting.get(role),
                judged_known=judged_known and role is not Role.HOST_LA,
                known_there=there and role is not Role.HOST_LA,
            )
            for role, recipient in recipients.items()
            if recipient is not None
        ]
    return tuple(found)


def _row_cells(row: Row, finding: Finding, rulebook: Rulebook) -> Cells:
    tightened = rulebook.policy.recipients.get(row)
    return cells_of(row, tightened, police=finding.police)


def _waiting(
    case: ChildCase, finding: Finding, night: tuple[Rulebook, dt.date]
) -> dict[Role, tuple[Kind, Hold]]:
    """What a possible match will have said when its deadline has passed unjudged."""
    if finding.row is not Row.POSSIBLE_PENDING:
        return {}
    rulebook, on = night
    hold = Hold(
        "review", close_of(review_deadline(case, finding.placement, rulebook, on))
    )
    cells = _row_cells(Row.POSSIBLE_OVERDUE, finding, rulebook)
    return {
        role: (kind, hold)
        for role in Role
        if (kind := cells.kind_for(role)) is not None
    }


def _notices(
    case: ChildCase, taken: tuple[Step, ...], findings: tuple[Finding, ...],
    night: tuple[Rulebook, dt.date],
) -> tuple[Notice, ...]:  # fmt: skip
    placements = {one.placement_ref: one for one in case.placements}
    rows = {one.placement.placement_ref: one for one in findings}
    made: list[Notice] = []
    used = set(case.memory.made)
    for step in taken:
        closing = step.kind in {Kind.END, Kind.RETRACTION}
        subject = Subject(
            case,
            placements.get(step.placement_ref),
            None if closing else rows[step.placement_ref],
            *night,
        )
        made.append(notice(step, subject, used))
        used.add(made[-1].notification_id)
    return tuple(made)


def _decision(
    case: ChildCase, finding: Finding, notices: tuple[Notice, ...]
) -> Decision:
    placement, host = finding.placement, finding.host
    best = finding.match.best if finding.match else None
    return Decision(
        placing_la=case.child.authority,
        child_ref=case.child.child_ref,
        placement_ref=placement.placement_ref,
        placement_start=placement.start,
        host_la=host.la,
        host_force=host.force,
        at_distance=host.at_distance,
        cross_force=host.cross_force,
        state=finding.state,
        reason=finding.reason,
        as_of=finding.as_of,
        priority=finding.priority,
        best_nominal_ref=best.record_ref if best else None,
        match_probability=best.probability if best else None,
        notification_ids=tuple(
            one.notification_id
            for one in notices
            if one.placement_ref == placement.placement_ref and one.hold is None
        ),
        facts_hash=finding.facts_hash,
        rule=finding.rule.id,
        priority_rule=finding.priority_rule,
        judgement=finding.judgement,
        evidence=tuple(
            EvidencePart(part.comparison, part.level, part.weight)
            for part in (best.evidence if best else ())
        ),
    )
