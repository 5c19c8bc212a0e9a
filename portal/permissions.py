"""Who may see and do what. Every page asks here; nothing else decides it.

``can_…`` asks, ``check_…`` raises with the reason. What the *state* of a document
allows (a withdrawn notice can't be acknowledged) is not asked here but where the
document is kept: permission is about the person.

============  =========================================================
role          may
============  =========================================================
officer       read and acknowledge the own agency's notices and tasks, take them
              and pass them on within the agency
named_officer the same, and those for named officers only
reviewer      judge pairs, see the runs
data_team     see the runs and the suppliers' verdicts; no names; release what is held
              and replay what was refused
supplier      read the verdicts on the own agency's extracts; no names
ig_lead       read the audit trail and what each document is about; no records
============  =========================================================
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Never
from uuid import UUID

from notifications.documents import Audience


class Role(StrEnum):
    """What a person is here. Stored: changing a value is a migration."""

    OFFICER = "officer"
    NAMED_OFFICER = "named_officer"
    REVIEWER = "reviewer"
    DATA_TEAM = "data_team"
    SUPPLIER = "supplier"
    IG_LEAD = "ig_lead"


class MachineRole(StrEnum):
    """What a program with a key is here."""

    PIPELINE = "pipeline"
    AGENCY = "agency"
    """An agency's own system. It may do what a person there of the role that it acts
    as may do, and no more."""


NOTICE_ROLES = frozenset({Role.OFFICER, Role.NAMED_OFFICER})
"""Roles that notices and tasks are for."""

AGENCY_ROLES = NOTICE_ROLES | {Role.SUPPLIER}
"""Roles that belong to one agency. The others belong to the region."""

REGION = "region"
"""Stands for the agency of those who have none, in the audit trail."""


class Denied(Exception):
    """Somebody asked for what is not theirs. ``what`` is for the audit trail."""

    def __init__(self, what: str, subject: str = "") -> None:
        super().__init__(f"denied: {what}")
        self.what = what
        self.subject = subject


class NotForRole(Denied):
    """The role does not reach this part of the portal at all: answered with 403."""


class NotYours(Denied):
    """It exists, for others: answered as if it did not (404), so nothing is told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """In whose name a transaction is: what the database's own rules for rows ask."""

    role: str
    agency: str | None = None


DOOR = Standing("door")
"""Nobody is signed in yet: accounts, sessions and keys are looked up."""
PIPELINE = Standing("pipeline")
"""The region's pipeline, by its key."""
OPERATOR = Standing("operator")
"""The command line of the machine that the portal runs on."""
SEALER = Standing("sealer")
"""What seals the audit trail while the portal serves."""
COUNTS = Standing("counts")
"""Counts and ages over all agencies, for pages that show nothing else."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who is signed in."""

    user_id: UUID
    name: str
    role: Role
    agency: str | None
    """The agency's code; ``None`` for the region's own roles."""
    agency_name: str

    @property
    def standing(self) -> Standing:
        return Standing(self.role, self.agency)


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that a person of an agency may see: each query is narrowed by it."""

    agency: str
    audiences: frozenset[Audience]

    def holds(self, agency: str, audience: str) -> bool:
        return agency == self.agency and audience in self.audiences


def can_read_notices(viewer: Viewer) -> bool:
    """Notices and tasks are for the agencies they are addressed to, nobody else."""
    return viewer.role in NOTICE_ROLES and viewer.agency is not None


def check_notices(viewer: Viewer) -> Scope:
    """The scope in which the viewer reads notices and tasks.

    Raises:
        NotForRole: the viewer has no agency.
    """
    if viewer.agency is None or viewer.role not in NOTICE_ROLES:
        _refuse_role(viewer, "notices")
    audiences = {Audience.DUTY}
    if viewer.role is Role.NAMED_OFFICER:
        audiences.add(Audience.NAMED_OFFICER)
    return Scope(viewer.agency, frozenset(audiences))


def check_notice(viewer: Viewer, recipient: str, audience: str, subject: str) -> None:
    """The viewer may open and acknowledge a notice to this recipient and audience.

    Raises:
        NotForRole: the viewer has no agency.
        NotYours: it is another agency's, or for its named officers only.
    """
    if not check_notices(viewer).holds(recipient, audience):
        raise NotYours("notice", subject)


def can_hold(role: Role, audience: str) -> bool:
    """Whether a person of the recipient's with this role may have such a notice."""
    return role is Role.NAMED_OFFICER or (
        role is Role.OFFICER and audience == Audience.DUTY
    )


def check_hold(role: Role, agency: str | None, recipient: str, audience: str) -> None:
    """A person of this role and agency may be given a notice of the recipient's.

    Raises:
        NotYours: of another agency, or not of those whom the notice is for.
    """
    if agency != recipient or not can_hold(role, audience):
        raise NotYours("colleague")


def can_review(viewer: Viewer) -> bool:
    """Pairs hold two authorities' records: only the region's reviewers see them."""
    return viewer.role is Role.REVIEWER


def check_review(viewer: Viewer) -> None:
    """The viewer may see and judge pairs.

    Raises:
        NotForRole: the viewer is no reviewer.
    """
    if not can_review(viewer):
        _refuse_role(viewer, "reviews")


def can_see_agreement(viewer: Viewer) -> bool:
    """How far reviewers agree, and the labels they leave: no records, no names of
    children. For reviewers and for the team that fits the models."""
    return viewer.role in {Role.REVIEWER, Role.DATA_TEAM}


def check_agreement(viewer: Viewer) -> None:
    """The viewer may see agreement and throughput, and take the labels.

    Raises:
        NotForRole: the viewer is neither a reviewer nor of the data team.
    """
    if not can_see_agreement(viewer):
        _refuse_role(viewer, "agreement")


def can_see_runs(viewer: Viewer) -> bool:
    """Runs and verdicts hold counts only; they are the region's business."""
    return viewer.role in {Role.REVIEWER, Role.DATA_TEAM}


def check_runs(viewer: Viewer) -> None:
    """The viewer may see runs and verdicts.

    Raises:
        NotForRole: the viewer is an agency's officer.
    """
    if not can_see_runs(viewer):
        _refuse_role(viewer, "runs")


def can_read_supply(viewer: Viewer, authority: str) -> bool:
    """Verdicts and quality of an authority's extracts: the region's, and its own
    supplier's."""
    own = viewer.role is Role.SUPPLIER and viewer.agency == authority
    return own or can_see_runs(viewer)


def check_supply(viewer: Viewer, authority: str) -> None:
    """The viewer may see what became of this authority's extracts.

    Raises:
        NotForRole: the viewer neither supplies extracts nor sees the runs.
        NotYours: it is another authority's.
    """
    if viewer.role is not Role.SUPPLIER:
        check_runs(viewer)
    elif not can_read_supply(viewer, authority):
        raise NotYours("supply", authority)


def check_supplier(viewer: Viewer) -> str:
    """The agency whose verdicts the viewer picks up.

    Raises:
        NotForRole: the viewer is no agency's supplier.
    """
    if viewer.role is not Role.SUPPLIER or viewer.agency is None:
        _refuse_role(viewer, "verdicts")
    return viewer.agency


def can_operate(viewer: Viewer) -> bool:
    """What is held is released, and what was refused replayed, by the data team."""
    return viewer.role is Role.DATA_TEAM


def check_operate(viewer: Viewer) -> None:
    """The viewer may release and replay.

    Raises:
        NotForRole: the viewer is not of the data team.
    """
    if not can_operate(viewer):
        _refuse_role(viewer, "operations")


def can_audit(viewer: Viewer) -> bool:
    """The audit trail is the information-governance lead's, and nobody else's."""
    return viewer.role is Role.IG_LEAD


def check_audit(viewer: Viewer) -> None:
    """The viewer may read the audit trail.

    Raises:
        NotForRole: the viewer is no information-governance lead.
    """
    if not can_audit(viewer):
        _refuse_role(viewer, "the audit trail")


def check_machine(role: str, needed: MachineRole) -> None:
    """A key of this role may make the call.

    Raises:
        NotForRole: it is for another role.
    """
    if role != needed:
        raise NotForRole(f"machine calls of {needed}")


def _refuse_role(viewer: Viewer, what: str) -> Never:
    raise NotForRole(f"{what} as {viewer.role}")
