"""Which placements are told of at all: a table, first match wins.

Sources are in each rule's words. A code that no rule names is included: an unknown
code is no reason for silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from notifications.facts import Placement
from notifications.rule_entry import version_of


class Verdict(StrEnum):
    INCLUDE = "include"
    INFORMATIONAL = "informational"
    """Included; the police notice is for information, at low priority."""
    OUT_OF_SCOPE = "out_of_scope"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class ScopeRule:
    id: str
    version: str
    place_codes: frozenset[str]
    legal_statuses: frozenset[str]
    verdict: Verdict
    words: str
    source: str
    family: str = "scope"

    def holds(self, place_code: str, legal_status: str) -> bool:
        everything = not self.place_codes and not self.legal_statuses
        return (
            everything
            or place_code in self.place_codes
            or legal_status in self.legal_statuses
        )


_REGULATIONS = "Care Planning, Placement and Case Review (England) Regulations 2010"


def _rule(
    name: str, verdict: Verdict, words: str, source: str,
    *, place: str = "", status: str = "",
) -> ScopeRule:  # fmt: skip
    return ScopeRule(
        f"scope.{name}",
        version_of(f"scope.{name}"),
        frozenset(place.split()),
        frozenset(status.split()),
        verdict,
        words,
        source,
    )


ADOPTIVE_CODES = frozenset({"A3", "A4", "A5", "A6"})
TEMPORARY_CODES = frozenset({"T0", "T1", "T2", "T3", "T4"})
TEMPORARY_RULE = "scope.temporary"

SCOPE_RULES = (
    _rule(
        "adoptive", Verdict.RESTRICTED, place="A3 A4 A5 A6",
        words="placed for adoption: the adopters' address is shielded",
        source="The region's design, law 6; ContactPoint (2009)",
    ),
    _rule(
        "short-breaks", Verdict.OUT_OF_SCOPE, status="V3 V4",
        words="a series of short breaks: regulation 13 does not apply (regulation 48)",
        source=f"{_REGULATIONS}, regulation 48",
    ),
    _rule(
        "temporary", Verdict.OUT_OF_SCOPE, place="T0 T1 T2 T3 T4",
        words="a temporary move: the placement that it interrupts stands",
        source="SSDA903 validation rule 383: a temporary move returns to its base",
    ),
    _rule(
        "secure", Verdict.INFORMATIONAL, place="K1 R5",
        words="secure home or custody: the police notice is for information",
        source="The region's protocol: the police know of custody",
    ),
    _rule(
        "with-parents", Verdict.INCLUDE, place="P1",
        words="placed with parents: still looked after, regulation 13 applies",
        source=f"{_REGULATIONS}, regulation 13",
    ),
    _rule(
        "supported", Verdict.INCLUDE, place="K3 H5 P2",
        words="supported or independent accommodation",
        source=f"{_REGULATIONS}, regulation 13",
    ),
    _rule(
        "residential", Verdict.INCLUDE, place="R1 R2 S1",
        words="care home, hospital or residential school",
        source=f"{_REGULATIONS}, regulation 13; Children Act 1989, sections 85 and 86",
    ),
    _rule(
        "remand-or-protection", Verdict.INCLUDE, status="J1 J2 J3 L1 L2",
        words="remand, police protection or emergency order: no extract says which "
        "force acted, so nothing is held back for it",
        source="The region's design, law 2: doubt never reassures",
    ),
    _rule(
        "looked-after", Verdict.INCLUDE, words="a looked-after child's placement",
        source=f"{_REGULATIONS}, regulation 13",
    ),
)  # fmt: skip


def scope_rule(placement: Placement) -> ScopeRule:
    """The first rule that holds for a placement; the last one always does."""
    code = (placement.place_code or "").strip().upper()
    if placement.temporary and code not in ADOPTIVE_CODES:
        code = "T0"
    status = (placement.legal_status or "").strip().upper()
    return next(rule for rule in SCOPE_RULES if rule.holds(code, status))


def verdict(rule: ScopeRule, overrides: Mapping[str, Verdict]) -> Verdict:
    """The rule's verdict in a region with its own overrides."""
    return overrides.get(rule.id, rule.verdict)
