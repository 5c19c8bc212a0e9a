"""What each force and authority has to reconcile, as a table that every night leaves.

A row for each placement out of area and recipient: the host force, which learns what
its own records say of the child, and the host authority, which learns nothing of them.
A shielded case is one row without a child: it counts, and no more.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from notifications.build import child_details, contact
from notifications.documents import Kind, Notification
from notifications.facts import ChildCase, Placement, State
from notifications.outcome import ChildOutcome, Decision, Notice
from notifications.priority import criteria_met, risk_indicators
from notifications.recipients import Role
from notifications.rulebook import Rulebook
from notifications.squash import carried
from notifications.whereabouts import locate
from notifications.wording import RISKS, legal_status, place_type
from records.schemas import conform
from records.tokens import recording_token

_text, _day, _instant = pa.string(), pa.date32(), pa.timestamp("us", tz="UTC")

WORKBOOK = pa.schema(
    [
        pa.field("recipient", _text, nullable=False),
        pa.field("recipient_name", _text, nullable=False),
        pa.field("member", pa.bool_(), nullable=False),
        pa.field("role", _text, nullable=False),
        pa.field("restricted", pa.bool_(), nullable=False),
        pa.field("test_record", pa.bool_()),
        *(
            pa.field(name, _text)
            for name in (
                "state", "reason", "priority", "risks", "own_records", "forename",
                "middle_names", "surname", "known_as", "former_surname",
            )
        ),
        pa.field("dob", _day),
        *(
            pa.field(name, _text)
            for name in ("sex", "address", "postcode", "place_type", "legal_status")
        ),
        pa.field("start", _day),
        pa.field("expected_end", _day),
        *(
            pa.field(name, _text)
            for name in (
                "carer_or_home", "carer_phone", "host_la", "host_la_name",
                "placing_la", "placing_name", "child_ref", "placement_ref",
                "duty_phone", "duty_email", "out_of_hours_phone", "social_worker",
                "social_worker_phone", "social_worker_email", "notification_id",
                "kind", "recording_token",
            )
        ),
        pa.field("told_on", _day),
        pa.field("held_by", _text),
        pa.field("release_at", _instant),
        pa.field("due_at", _instant),
    ]
)  # fmt: skip
"""``state``, ``reason`` and ``own_records`` are the force's alone. ``risks`` names what
somebody said *yes* to; of the others nothing is known."""


@dataclass(frozen=True, slots=True)
class _Child:
    case: ChildCase
    outcome: ChildOutcome
    rulebook: Rulebook
    on: dt.date


def workbook_table(
    cases: Iterable[ChildCase], outcomes: Iterable[ChildOutcome], rulebook: Rulebook,
    on: dt.date,
) -> pa.Table:  # fmt: skip
    """The night's ``workbook``: a case and its outcome at the same place.

    The outcomes are those with every hold set, so that a row says what will be told.
    """
    rows: list[dict[str, Any]] = []
    for case, outcome in zip(cases, outcomes, strict=True):
        child = _Child(carried(case, rulebook), outcome, rulebook, on)
        for decision in outcome.decisions:
            if decision.state is State.OUT_OF_SCOPE:
                continue
            for role, recipient in _recipients(decision):
                rows += _rows(child, decision, role, recipient)
    return conform(sorted(rows, key=_order), WORKBOOK)


def _order(row: dict[str, Any]) -> tuple[str, str]:
    return (row["recipient"], row.get("placement_ref") or "")


def _recipients(decision: Decision) -> list[tuple[Role, str]]:
    hosts = [(Role.HOST_FORCE, decision.host_force), (Role.HOST_LA, decision.host_la)]
    return [(role, code) for role, code in hosts if code is not None]


def _rows(
    child: _Child, decision: Decision, role: Role, recipient: str
) -> list[dict[str, Any]]:
    police = role is Role.HOST_FORCE
    rulebook = child.rulebook
    head = {
        "recipient": recipient,
        "recipient_name": rulebook.name(recipient),
        "member": rulebook.directory.has(recipient),
        "role": role.value,
        "restricted": child.outcome.shielded,
    }
    if child.outcome.shielded:
        return [head]
    if (
        police
        and rulebook.policy.criteria_only
        and not criteria_met(child.case, rulebook.policy, child.on)
    ):
        return []
    placements = {one.placement_ref: one for one in child.case.placements}
    return [
        {
            **head,
            **_about_child(child),
            **_about_placement(child, placements[decision.placement_ref]),
            **_told(child, decision.placement_ref, recipient),
            **(_known(child, decision) if police else {}),
            "priority": decision.priority.value,
        }
    ]


def _about_child(child: _Child) -> dict[str, Any]:
    authority = child.case.child.authority
    desk = contact(authority, child.rulebook, child.case.child).model_dump()
    return {
        **child_details(child.case.child).model_dump(),
        **{name: desk[name] for name in desk if name not in {"authority", "name"}},
        "placing_la": authority,
        "placing_name": desk["name"],
        "risks": "; ".join(
            RISKS[one.indicator]
            for one in risk_indicators(child.case, child.on)
            if one.answer == "yes"
        )
        or None,
        "test_record": (authority, child.case.child.child_ref)
        in child.rulebook.directory.sentinels,
    }


def _about_placement(child: _Child, placement: Placement) -> dict[str, Any]:
    host = locate(child.case, placement, child.rulebook)
    return {
        "placement_ref": placement.placement_ref,
        "address": placement.address,
        "postcode": host.postcode,
        "place_type": place_type(placement.place_code),
        "legal_status": legal_status(placement.legal_status),
        "start": placement.start,
        "expected_end": placement.expected_end,
        "carer_or_home": placement.carer_or_home,
        "carer_phone": placement.carer_phone,
        "host_la": host.la,
        "host_la_name": child.rulebook.name(host.la) if host.la else None,
    }


def _known(child: _Child, decision: Decision) -> dict[str, Any]:
    """What the force's own records say."""
    theirs: Sequence[str] = ()
    for one in _notices(child, decision.placement_ref, decision.host_force or ""):
        if isinstance(one.document, Notification):
            theirs = one.document.your_records
    best = decision.best_nominal_ref
    return {
        "state": decision.state.value,
        "reason": decision.reason,
        "own_records": ", ".join(theirs) or best,
    }


def _told(child: _Child, placement_ref: str, recipient: str) -> dict[str, Any]:
    """The notice of the placement that the recipient holds or will be sent."""
    for one in _notices(child, placement_ref, recipient):
        return {
            "notification_id": str(one.notification_id),
            "kind": one.kind.value,
            "recording_token": recording_token(one.notification_id),
            "told_on": None if one.hold else child.on,
            "held_by": one.hold.by if one.hold else None,
            "release_at": one.hold.release_at if one.hold else None,
            "due_at": one.due_at,
        }
    for standing in child.case.memory.standing:
        if (standing.recipient, standing.placement_ref) == (recipient, placement_ref):
            return {
                "notification_id": str(standing.notification_id),
                "kind": standing.kind.value,
                "recording_token": recording_token(standing.notification_id),
                "told_on": standing.created_on,
            }
    return {}


def _notices(child: _Child, placement_ref: str, recipient: str) -> list[Notice]:
    return [
        one
        for one in child.outcome.notices
        if (one.recipient, one.placement_ref) == (recipient, placement_ref)
        and one.kind not in {Kind.END, Kind.RETRACTION}
    ]
