"""How urgent a placement is: the criteria of ADCS and the College of Policing.

The police trigger names seven: victim of sexual exploitation; at risk of it; suspected
of it; missing or absent episodes; gang involvement; trafficked; unaccompanied. Child
criminal exploitation is counted with them by default.
"""

import datetime as dt
from collections.abc import Mapping

from notifications.config import PolicyConfig
from notifications.documents import Priority, RiskIndicator
from notifications.facts import ChildCase, Placement
from records.dates import age_on, plausible_birth_date
from records.risks import RISK_INDICATORS

EPISODES_SOURCE = "missing episodes"
CHILD_SOURCE = "child's record"


def risk_indicators(case: ChildCase) -> tuple[RiskIndicator, ...]:
    """Every indicator with its answer; what nobody supplied says so.

    Where sources differ, *yes* holds.
    """
    return tuple(_indicator(case, name) for name in RISK_INDICATORS)


def _indicator(case: ChildCase, name: str) -> RiskIndicator:
    said = [risk for risk in case.risks if risk.indicator == name]
    said.sort(key=lambda risk: (not risk.answer, risk.source, str(risk.since)))
    if said and said[0].answer:
        return RiskIndicator(
            indicator=name, answer="yes", source=said[0].source, since=said[0].since
        )
    if name == "missing" and case.missing:
        latest = max(episode.start for episode in case.missing)
        return RiskIndicator(
            indicator=name, answer="yes", source=EPISODES_SOURCE, since=latest
        )
    if name == "uasc" and case.child.uasc:
        return RiskIndicator(
            indicator=name, answer="yes", source=CHILD_SOURCE, since=None
        )
    if said or (name == "uasc" and case.child.uasc is False):
        source = said[0].source if said else CHILD_SOURCE
        return RiskIndicator(indicator=name, answer="no", source=source, since=None)
    return RiskIndicator(indicator=name, answer="not supplied", source=None, since=None)


def criteria_met(case: ChildCase, policy: PolicyConfig) -> frozenset[str]:
    """The region's criteria that a child meets, by indicator."""
    answers: Mapping[str, str] = {
        indicator.indicator: indicator.answer for indicator in risk_indicators(case)
    }
    return frozenset(name for name in policy.criteria if answers[name] == "yes")


def priority_of(
    case: ChildCase, placement: Placement, policy: PolicyConfig, on: dt.date
) -> Priority:
    """High for any criterion, a child missing now, or supported accommodation at 16
    and 17 (or at no known age); low with parents; else standard."""
    rules = policy.priorities
    code = (placement.place_code or "").strip().upper()
    dob = plausible_birth_date(case.child.dob, on=on)
    missing_now = any(episode.end is None for episode in case.missing)
    if criteria_met(case, policy) or missing_now:
        return Priority.HIGH
    if code in rules.high_place_codes and (
        dob is None or age_on(dob, on) >= rules.high_from_age
    ):
        return Priority.HIGH
    if code in rules.low_place_codes:
        return Priority.LOW
    return Priority.STANDARD
