"""Tasks with a clock, for what a notice can't do: who owes what, and when it is met.

A task is made once, on the night that finds it owed. It is given again, with
``met_on``, on the first night that finds it no longer owed. In between it is silent,
unless something else is asked by then (``notifications.again``).
Only a package to be carried by hand is never found met: no extract shows that somebody
outside the region was told, not even when the placement has ended since.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from notifications.again import as_it_stands, asked_anew
from notifications.build import channel, contact
from notifications.clocks import due_in
from notifications.documents import Audience, Obligation, ObligationKind, Rule
from notifications.facts import ChildCase, Standing
from notifications.faults import faults, temporary_faults
from notifications.findings import Finding
from notifications.identity import obligation_id
from notifications.lifecycle import Step
from notifications.owing import OpenObligation
from notifications.recipients import MATRIX, Row
from notifications.rule_entry import RuleEntry, version_of
from notifications.rulebook import Rulebook
from notifications.scope import TEMPORARY_RULE
from notifications.wording import (
    MEND_ANY,
    MEND_HOST,
    MEND_THIN,
    MEND_TWO,
    NO_LONGER_OWED,
    NOT_A_DISCHARGE,
    SHIELDED_HOLDER,
    TASKS,
)

TASK_RULES: Mapping[ObligationKind, RuleEntry] = {
    kind: RuleEntry(rule, version_of(rule), "tasks", words, source)
    for kind, words, source in (
        (ObligationKind.DATA_TASK,
         "the placing authority mends a record that can't be placed, matched or "
         "believed",
         "The region's contract; decision record 2: tasks are obligations"),
        (ObligationKind.NAMED_OFFICER_TASK,
         "of a shielded child named officers speak with each other; the task carries "
         "no details, not even a reference",
         "The region's design, law 6"),
        (ObligationKind.MANUAL_CHANNEL_TASK,
         "whoever lies outside the region is told by the placing authority, with a "
         "package to pass on; only a person can say that it was done",
         "The region's contract, hosts outside the region"),
    )
    for rule in [f"task.{kind.value.replace('_', '-')}"]
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owed:
    """A task that tonight finds owed."""

    kind: ObligationKind
    owed_by: str
    placement_ref: str
    asked: str
    fault: RuleEntry | None = None
    """Of a task to mend contradictory dates: the rule that found them."""

    @property
    def key(self) -> tuple[ObligationKind, str, str]:
        return (self.kind, self.owed_by, self.placement_ref)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What tonight's tasks follow from."""

    findings: tuple[Finding, ...]
    steps: tuple[Step, ...]
    shielded: bool


def obligations(
    case: ChildCase, tonight: Circumstances, rulebook: Rulebook, on: dt.date
) -> tuple[Obligation, ...]:
    """New tasks, those put in other words, and those met since the last night."""
    open_ = {
        (one.kind, one.owed_by, one.placement_ref): one
        for one in case.memory.open_obligations
    }
    owed = {
        one.key: _made(one, case, rulebook, on)
        for one in _owed(case, tonight, rulebook, on)
    }
    made = [one for key, one in owed.items() if key not in open_]
    anew = [
        asked_anew(one, owed[key], rulebook, on)
        for key, one in open_.items()
        if key in owed
    ]
    met = [
        _met(one, case, rulebook, on)
        for key, one in open_.items()
        if key not in owed and one.kind is not ObligationKind.MANUAL_CHANNEL_TASK
    ]
    said = (*made, *filter(None, anew), *met)
    return tuple(sorted(said, key=lambda one: str(one.obligation_id)))


def _owed(
    case: ChildCase, tonight: Circumstances, rulebook: Rulebook, on: dt.date
) -> Iterable[Owed]:
    placing = case.child.authority
    seen: set[str] = set()
    for finding in tonight.findings:
        ref = finding.placement.placement_ref
        untold = finding.row is Row.OUT_OF_SCOPE
        if untold and (tonight.shielded or finding.rule.id != TEMPORARY_RULE):
            continue
        if tonight.shielded:
            yield from _named_officers(case, finding, rulebook)
            continue
        if untold:
            wrong = tuple(temporary_faults(finding.placement, case, on))
        else:
            wrong = tuple(faults(finding.placement, case, on, seen))
            seen.add(ref)
        asked = [fault.asked for fault in wrong]
        if MATRIX[finding.row].task is ObligationKind.DATA_TASK or _thin(finding):
            asked.insert(0, _mend(finding))
        if _holds_two(case):
            asked.append(MEND_TWO)
        if asked:
            rule = wrong[0].rule if len(asked) == len(wrong) else None
            yield Owed(
                ObligationKind.DATA_TASK, placing, ref, " ".join(asked), fault=rule
            )
    if tonight.shielded:
        yield from _holders(case, case.memory.standing, rulebook)
    yield from _by_hand(case, tonight.steps, rulebook)


def _thin(finding: Finding) -> bool:
    """Whether the record is to be completed, though the extract was asked first."""
    return finding.thin and finding.row in {Row.CANNOT_SAY, Row.CANNOT_SAY_IN_GRACE}


def _holds_two(case: ChildCase) -> bool:
    """Whether a reviewer said, of the child's record as it is, that it holds two."""
    record = (case.child.authority, case.child.child_ref, case.child_hash)
    return any(
        record
        == (
            (one.left_authority, one.left_ref, one.left_hash)
            if one.split == "left"
            else (one.right_authority, one.right_ref, one.right_hash)
        )
        for one in case.judgements
        if one.split is not None
    )


def _mend(finding: Finding) -> str:
    if finding.row is Row.NO_HOST:
        return MEND_HOST.get(finding.host.outcome, MEND_ANY)
    return MEND_THIN


def _named_officers(
    case: ChildCase, finding: Finding, rulebook: Rulebook
) -> Iterable[Owed]:
    """A task for each member concerned; hosts speak with the placing authority."""
    placing, host = case.child.authority, finding.host
    hosts = [code for code in (host.force, host.la) if code is not None]
    members = [code for code in hosts if rulebook.directory.has(code)]
    ref = finding.placement.placement_ref
    for code in members:
        yield Owed(
            ObligationKind.NAMED_OFFICER_TASK, code, ref,
            f"Speak with {_named_officer(placing, rulebook)} about the case that they "
            "will name to you.",
        )  # fmt: skip
    whom = " and ".join(_named_officer(code, rulebook) for code in hosts)
    yield Owed(
        ObligationKind.NAMED_OFFICER_TASK, placing, ref,
        f"Speak with {whom} about this placement, if they are to know of it."
        if whom
        else "Settle who is to know of this placement, and speak with them.",
    )  # fmt: skip


def _holders(
    case: ChildCase, standing: Sequence[Standing], rulebook: Rulebook
) -> Iterable[Owed]:
    """Whoever was told before the case was shielded can't be sent an end."""
    placing = case.child.authority
    for one in standing:
        if one.recipient != placing and rulebook.directory.has(one.recipient):
            yield Owed(
                ObligationKind.NAMED_OFFICER_TASK, one.recipient, one.placement_ref,
                f"{SHIELDED_HOLDER} It is {_named_officer(placing, rulebook)}.",
            )  # fmt: skip


def _named_officer(code: str, rulebook: Rulebook) -> str:
    """The post that receives shielded cases, in words."""
    entry = rulebook.directory.authorities.get(code)
    post = f" ({entry.named_officer})" if entry and entry.named_officer else ""
    return f"the named officer of {rulebook.name(code)}{post}"


def _by_hand(
    case: ChildCase, steps: Sequence[Step], rulebook: Rulebook
) -> Iterable[Owed]:
    """A task for each placement of which somebody outside the region is to hear. While
    it stands whoever comes in is added, since nobody's package is settled by another.
    """
    kind = ObligationKind.MANUAL_CHANNEL_TASK
    whom = {
        one.placement_ref: one.asked.partition(_BY_HAND)[0].removeprefix(_PASS_ON)
        for one in case.memory.open_obligations
        if one.kind is kind
    }
    tonight = set()
    for step in steps:
        if step.hold is not None or channel(step.recipient, rulebook) != "export":
            continue
        ref, name = step.placement_ref, rulebook.name(step.recipient)
        tonight.add(ref)
        named = whom.setdefault(ref, name)
        if f"{_AND}{name}{_AND}" not in f"{_AND}{named}{_AND}":
            whom[ref] = f"{named}{_AND}{name}"
    for ref in sorted(tonight):
        asked = f"{_PASS_ON}{whom[ref]}{_BY_HAND}"
        yield Owed(kind, case.child.authority, ref, asked)


_PASS_ON, _AND = "Pass the export package to ", " and "
_BY_HAND = " by another secure channel."


def _made(owed: Owed, case: ChildCase, rulebook: Rulebook, on: dt.date) -> Obligation:
    shielded = owed.kind is ObligationKind.NAMED_OFFICER_TASK
    rule, child = owed.fault or TASK_RULES[owed.kind], case.child
    return Obligation(
        obligation_id=obligation_id(owed.kind, owed.owed_by, owed.placement_ref, on),
        kind=owed.kind,
        owed_by=owed.owed_by,
        audience=Audience.NAMED_OFFICER if shielded else Audience.DUTY,
        rule=Rule(id=rule.id, version=rule.version, text=TASKS[owed.kind]),
        placing_authority=contact(
            child.authority, rulebook, None if shielded else child
        ),
        child_ref="" if shielded else child.child_ref,
        placement_ref=owed.placement_ref,
        asked=f"{owed.asked} {NOT_A_DISCHARGE}",
        due_at=due_in(on, rulebook.policy.clocks.of_task(owed.kind)),
        escalation=0,
        created_on=on,
        met_on=None,
    )


def _met(
    opened: OpenObligation, case: ChildCase, rulebook: Rulebook, on: dt.date
) -> Obligation:
    owed = Owed(opened.kind, opened.owed_by, opened.placement_ref, NO_LONGER_OWED)
    return as_it_stands(_made(owed, case, rulebook, on), opened, rulebook).model_copy(
        update={"asked": NO_LONGER_OWED, "met_on": on}
    )
