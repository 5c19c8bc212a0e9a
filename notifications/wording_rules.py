"""What recipients read, each sentence a rule with an id and a version of its own.

The sentences stand where they are used; here they are only gathered. Clocks, dates that
contradict each other and the words of reminders are in the cases of their own rules.
"""

from collections.abc import Iterator, Mapping

from notifications import chasing, wording
from notifications.matters import WORDS
from notifications.rule_entry import RuleEntry, version_of

FAMILY = "wording"


def _sentences() -> Iterator[tuple[str, str, str]]:
    """Id, sentence, and who reads it."""
    for row, text in wording.STATE_TO_FORCE.items():
        yield f"why.{row}", text, "a host force, why it is told"
    yield "why.placed-in-your-area", wording.PLACED_IN_YOUR_AREA, "a host authority"
    yield "why.copy", wording.COPY, "a placing authority, before what its host reads"
    for cause, text in wording.CAUSES_READ.items():
        yield f"why.{cause}", text, "whoever was told before"
    for rule, text in wording.ENDED_BECAUSE.items():
        yield f"ended.{rule.removeprefix('tell.')}", text, "whoever closes an entry"
    for kind, text in wording.ASKED_OF_FORCE.items():
        yield f"asked.force-{kind}", text, "a host force"
    for kind, text in wording.ASKED_OF_LA.items():
        yield f"asked.authority-{kind}", text, "a host authority"
    yield "asked.placing", wording.ASKED_OF_PLACING, "a placing authority, in its copy"
    yield "asked.acknowledge", wording.ACKNOWLEDGE, "a host force or host authority"
    yield "asked.no-discharge", wording.NOT_A_DISCHARGE, "everybody"
    yield from _of_tasks()
    yield "pointer.why", wording.POINTER_WHY, "a holder of a record"
    yield "pointer.asked", wording.POINTER_ASKED, "a holder of a record"
    yield "pointer.restricted", wording.POINTER_RESTRICTED, "a named officer"
    yield "pointer.withdrawn", wording.POINTER_WITHDRAWN, "a holder who was told"


def _of_tasks() -> Iterator[tuple[str, str, str]]:
    for kind, text in wording.TASKS.items():
        yield f"task.{kind}", text, "whoever has the task"
    yield "task.shielded-holder", wording.SHIELDED_HOLDER, "a named officer"
    for outcome, text in wording.MEND_HOST.items():
        yield f"mend.{outcome}", text, "a placing authority"
    yield "mend.too-thin", wording.MEND_THIN, "a placing authority"
    yield "mend.two-people", wording.MEND_TWO, "a placing authority"
    yield "mend.other", wording.MEND_ANY, "a placing authority"
    for rule, text in chasing.ASKED.items():
        yield f"chase.{rule.removeprefix('loop.')}", text, "whoever is to act"
    yield "chase.reference-repeats", chasing.REFERENCE_REPEATS, "whoever is to act"
    yield "chase.met", wording.NO_LONGER_OWED, "whoever had the task"
    for difference, (_, text) in WORDS.items():
        yield f"settle.{difference}", text, "whoever is to settle it"


def _rule(name: str, text: str, reader: str) -> RuleEntry:
    rule = f"say.{name.replace('_', '-')}"
    return RuleEntry(rule, version_of(rule), FAMILY, text, f"Read by {reader}")


WORDING_RULES: Mapping[str, RuleEntry] = {
    rule.id: rule for rule in (_rule(*one) for one in _sentences())
}
"""By id; ``words`` is the sentence itself."""
