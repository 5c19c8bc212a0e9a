"""One child, one night: states, notices, tasks and questions. Pure; never raises for
odd data; the same case gives the same bytes."""

import datetime as dt

from notifications.build import Subject, notice
from notifications.documents import Kind
from notifications.facts import (
    ChildCase,
    Placement,
    PlacementStatus,
    State,
)
from notifications.findings import Finding, adoptive, find, protected
from notifications.lifecycle import Cell, Fate, Night, Step, steps
from notifications.obligations import Circumstances, obligations
from notifications.outcome import ChildOutcome, Decision, Notice
from notifications.recipients import TELLS_HOSTS, Role, cells_of
from notifications.reviews import review_requests
from notifications.rulebook import Rulebook
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
    current = current_placements(case, on)
    findings = tuple(
        find(case, placement, rulebook, on)
        for placement in current
        if not locate(case, placement, rulebook).in_area
    )
    night = Night(
        fates=_fates(case, current, findings),
        departure=departure(case, on),
        shielded=_shielded(case, findings, rulebook, on),
    )
    taken = steps(case.memory.standing, _cells(case, findings, rulebook), night)
    notices = _notices(case, taken, findings, (rulebook, on))
    return ChildOutcome(
        decisions=tuple(_decision(case, one, notices) for one in findings),
        notices=notices,
        obligations=obligations(
            case, Circumstances(findings, taken, night.shielded), rulebook, on
        ),
        reviews=() if night.shielded else review_requests(case, findings, rulebook, on),
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

    An adoptive placement in the placing area shields too, though it has no row.
    """
    return (
        protected(case, on)
        or any(one.state is State.RESTRICTED for one in findings)
        or any(adoptive(one, rulebook) for one in current_placements(case, on))
    )


def _fates(
    case: ChildCase, current: tuple[Placement, ...], findings: tuple[Finding, ...]
) -> dict[str, Fate]:
    rows = {one.placement.placement_ref: one for one in findings}
    back = bool(current) and not rows
    return {
        placement.placement_ref: _fate(
            placement, rows.get(placement.placement_ref), back=back, alone=not current
        )
        for placement in case.placements
    }


def _fate(
    placement: Placement, finding: Finding | None, *, back: bool, alone: bool
) -> Fate:
    if placement.status is PlacementStatus.WITHDRAWN:
        return Fate.WITHDRAWN
    if finding is not None:
        return Fate.HOSTED if finding.row in TELLS_HOSTS else Fate.HELD
    if placement.status is PlacementStatus.CURRENT or back:
        return Fate.IN_AREA
    reason = (placement.end_reason or "").strip().upper()
    if alone and reason.startswith("E") and reason != LEFT_FOR_ANOTHER_AUTHORITY:
        return Fate.LEFT_CARE
    return Fate.ENDED


def _cells(
    case: ChildCase, findings: tuple[Finding, ...], rulebook: Rulebook
) -> tuple[Cell, ...]:
    found = []
    for finding in findings:
        if finding.row not in TELLS_HOSTS:
            continue
        cells = cells_of(
            finding.row,
            rulebook.policy.recipients.get(finding.row),
            police=finding.police,
        )
        recipients = {
            Role.HOST_FORCE: finding.host.force,
            Role.HOST_LA: finding.host.la,
            Role.PLACING_LA: case.child.authority,
        }
        found += [
            Cell(
                recipient=recipient,
                role=role,
                placement_ref=finding.placement.placement_ref,
                facts_hash=finding.facts_hash,
                kind=cells.kind_for(role),
            )
            for role, recipient in recipients.items()
            if recipient is not None
        ]
    return tuple(found)


def _notices(
    case: ChildCase, taken: tuple[Step, ...], findings: tuple[Finding, ...],
    night: tuple[Rulebook, dt.date],
) -> tuple[Notice, ...]:  # fmt: skip
    placements = {one.placement_ref: one for one in case.placements}
    rows = {one.placement.placement_ref: one for one in findings}
    made: list[Notice] = []
    for step in taken:
        closing = step.kind in {Kind.END, Kind.RETRACTION}
        subject = Subject(
            case,
            placements.get(step.placement_ref),
            None if closing else rows[step.placement_ref],
            *night,
        )
        made.append(notice(step, subject, case.memory.made))
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
            if one.placement_ref == placement.placement_ref
        ),
        facts_hash=finding.facts_hash,
    )
