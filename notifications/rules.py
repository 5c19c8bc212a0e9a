"""Every rule that can decide something, in one list.

Each stands in the table beside the code that applies it; here they are only gathered.
"""

import hashlib
from collections.abc import Iterable, Mapping

from notifications import chasing
from notifications.again import ASKED_ANEW
from notifications.brake import HOLD_RULES
from notifications.clocks import CLOCK_RULES
from notifications.faults import DATA_RULES
from notifications.lifecycle import CAUSES, QUIET
from notifications.loop_states import CLOSED_RULE
from notifications.matters import WORDS
from notifications.obligations import TASK_RULES
from notifications.people import POINTER_RULES
from notifications.priority import PRIORITY_RULES
from notifications.recipients import (
    BY_CRITERIA,
    IN_YOUR_AREA,
    PACKAGED,
    ROUTED,
    ROWS,
    TIGHTENED,
)
from notifications.recordings import PROOF_RULES
from notifications.rule_entry import RuleEntry, version_of
from notifications.scope import SCOPE_RULES
from notifications.states import REVIEWS, SHIELDS, STATES
from notifications.wording_rules import WORDING_RULES

__all__ = ["RULES", "RULES_VERSION", "RuleEntry", "rules_version"]


def _gathered() -> Iterable[RuleEntry]:
    for rule in SCOPE_RULES:
        yield RuleEntry(rule.id, rule.version, rule.family, rule.words, rule.source)
    yield from SHIELDS.values()
    yield from STATES.values()
    yield from PRIORITY_RULES
    yield from ROWS.values()
    yield from (IN_YOUR_AREA, ROUTED, PACKAGED, BY_CRITERIA, TIGHTENED)
    yield from CAUSES.values()
    yield from QUIET.values()
    yield from CLOCK_RULES.values()
    yield from HOLD_RULES
    yield from TASK_RULES.values()
    yield ASKED_ANEW
    yield from REVIEWS.values()
    yield from DATA_RULES.values()
    yield from POINTER_RULES
    for name, words in chasing.RULES.items():
        yield RuleEntry(
            name,
            version_of(name),
            "loop",
            f"who is to act reads: “{words.rstrip('.')}”",
            "The region's protocol; the region's design, law 4: told is not recorded",
        )
    yield CLOSED_RULE
    yield from PROOF_RULES
    for difference, (why, _) in WORDS.items():
        yield RuleEntry(
            difference.rule,
            version_of(difference.rule),
            "disagreements",
            f"who is to settle it reads: “{_said(why)}”",
            "Children's Homes (England) Regulations 2015, regulation 41; statutory "
            "guidance, volume 2: the host authority's register",
        )
    yield from WORDING_RULES.values()


def _said(why: str) -> str:
    said = why.format(source="the host authority").rstrip(".")
    return said[0].upper() + said[1:]


def rules_version(rules: Iterable[RuleEntry]) -> str:
    """A short hash of all ids and versions: another one, and other notices may come."""
    lines = sorted(f"{rule.id} {rule.version}" for rule in rules)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


RULES: Mapping[str, RuleEntry] = {rule.id: rule for rule in _gathered()}
"""By id, in the order in which a night asks them."""

RULES_VERSION = rules_version(RULES.values())
