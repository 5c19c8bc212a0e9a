"""Which rules a night applied to a child: of what was said, and of what was not.

Read from what was decided, after it was, so that each id here is one that something
came of. The spec tables hold every case to the rule that it is filed under.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from notifications.again import ASKED_ANEW
from notifications.documents import Notification, ObligationKind, Priority
from notifications.facts import ChildCase, State
from notifications.faults import FAR_AHEAD, STARTS_AHEAD, stands
from notifications.findings import Finding
from notifications.known import judged
from notifications.lifecycle import Night, Unsaid
from notifications.obligations import TASK_RULES
from notifications.outcome import ChildOutcome, Notice
from notifications.priority import FOR_INFORMATION
from notifications.recipients import BY_CRITERIA, PACKAGED, ROUTED, ROWS, TIGHTENED, Row
from notifications.rulebook import Rulebook
from notifications.scope import TEMPORARY_RULE, scope_rule
from notifications.wording import NOT_A_DISCHARGE, Cause
from records.authorities import AuthorityKind, kind_of

WORKING_DAYS = "clock.working-days"
_IN_DOUBT = frozenset({Row.POSSIBLE_PENDING, Row.POSSIBLE_OVERDUE})


@dataclass(frozen=True, slots=True)
class Decided:
    """A child's night, once all of it is decided."""

    case: ChildCase
    findings: tuple[Finding, ...]
    night: Night
    unsaid: tuple[Unsaid, ...]
    outcome: ChildOutcome
    back_again: bool
    """Whether a stay of several placements was read as one."""


def rules_applied(decided: Decided, rulebook: Rulebook, on: dt.date) -> tuple[str, ...]:
    """Every rule's id, each once, in order."""
    found = {one.rule.id for one in decided.unsaid}
    for finding in decided.findings:
        found.update(_of_finding(finding, decided.case, rulebook, on))
    for notice in decided.outcome.notices:
        found.update(_of_notice(notice))
    found.update(_of_shields(decided))
    found.update(_of_tasks(decided))
    if decided.outcome.reviews:
        found |= {"review.asked", "clock.review", WORKING_DAYS}
    if decided.back_again:
        found.add("life.back-again")
    if decided.night.departure is Cause.NOT_LOOKED_AFTER:
        found.add("life.adopted")
    return tuple(sorted(found))


def _of_finding(
    finding: Finding, case: ChildCase, rulebook: Rulebook, on: dt.date
) -> Iterator[str]:
    placement, policy = finding.placement, rulebook.policy
    yield from (finding.rule.id, ROWS[finding.row].id, scope_rule(placement).id)
    yield finding.priority_rule
    if finding.row is Row.CANNOT_SAY_IN_GRACE:
        yield "extract.grace"
    if policy.criteria_only:
        yield BY_CRITERIA.id
    if finding.row in policy.recipients:
        yield TIGHTENED.id
    if on < placement.start <= on + FAR_AHEAD:
        yield STARTS_AHEAD.id
    if finding.row in _IN_DOUBT:
        yield "review.held"
    if finding.rule.id == TEMPORARY_RULE and any(
        stands(one, case) and not one.temporary for one in case.placements
    ):
        yield "life.base-stands"
    yield from _of_judgements(finding, case)


def _of_judgements(finding: Finding, case: ChildCase) -> Iterator[str]:
    """What a person said of a candidate of the host force, on this evidence or on an
    earlier one."""
    asked_of = {
        (authority, ref)
        for one in case.judgements
        for authority, ref in (
            (one.left_authority, one.left_ref), (one.right_authority, one.right_ref),
        )
    }  # fmt: skip
    if not asked_of:
        return
    for pair in judged(case, finding.host.force or ""):
        if pair.word is not None:
            yield f"review.{pair.word.replace('_', '-')}"
        elif (pair.candidate.authority, pair.candidate.record_ref) in asked_of:
            yield "review.new-evidence"


def _of_notice(notice: Notice) -> Iterator[str]:
    yield notice.rule
    if notice.supersedes is not None:
        yield "life.history"
    if notice.clock_rule is not None:
        yield from (notice.clock_rule, WORKING_DAYS)
    document = notice.document
    if not isinstance(document, Notification):
        return
    if NOT_A_DISCHARGE in document.asked:
        yield "clock.no-discharge"
    if document.route is not None:
        yield ROUTED.id
    if document.fill_in:
        yield PACKAGED.id
    police = kind_of(notice.recipient) is AuthorityKind.POLICE
    if police and notice.priority is Priority.LOW:
        yield FOR_INFORMATION.id
    statutory = notice.clock_rule not in {None, "clock.protocol"}
    if statutory and str(notice.placing_la).startswith("W"):
        yield "clock.wales"


def _of_shields(decided: Decided) -> Iterator[str]:
    case = decided.case
    if decided.night.shielded:
        if case.memory.standing:
            yield "shield.holders"
        if any(one.state is not State.RESTRICTED for one in decided.findings):
            yield "shield.whole-case"
    elif decided.findings and any(
        one.last_state is State.RESTRICTED for one in case.memory.placements.values()
    ):
        yield "shield.lifted"


def _of_tasks(decided: Decided) -> Iterator[str]:
    for task in decided.outcome.obligations:
        yield task.rule.id
        if task.asked_on is not None:
            yield ASKED_ANEW.id
        if task.met_on is None:
            yield from (_clock_of(task.kind), WORKING_DAYS)
    for opened in decided.case.memory.open_obligations:
        if opened.kind in TASK_RULES:
            yield TASK_RULES[opened.kind].id


def _clock_of(kind: ObligationKind) -> str:
    return f"clock.{kind.value.replace('_', '-')}"
