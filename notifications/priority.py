"""How urgent a placement is: the criteria of ADCS and the College of Policing.

The police trigger names seven: victim of sexual exploitation; at risk of it; suspected
of it; missing or absent episodes; gang involvement; trafficked; unaccompanied. Child
criminal exploitation and an outstanding return interview are counted with them by
default.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from notifications.config import PolicyConfig
from notifications.documents import Priority, RiskIndicator
from notifications.facts import ChildCase, MissingEpisode, Placement
from notifications.rule_entry import RuleEntry, version_of
from records.dates import age_on, plausible_birth_date
from records.risks import RISK_INDICATORS

EPISODES_SOURCE = "missing episodes"
CHILD_SOURCE = "child's record"

INTERVIEW_TOLD_FOR = dt.timedelta(days=28)
"""How long after a child's return an interview that was not held is told of. It is due
within 72 hours; what is older is the placing authority's to account for."""

_ADCS = "ADCS and College of Policing, notification of children placed out of area"
_MISSING = (
    "Statutory guidance on children who run away or go missing from home or care "
    "(January 2014)"
)
_PROTOCOL = "The region's protocol"


def _rule(name: str, words: str, source: str = _ADCS) -> RuleEntry:
    rule = f"priority.{name}"
    return RuleEntry(rule, version_of(rule), "priority", words, source)


CRITERIA: Mapping[str, RuleEntry] = {
    "cse_victim": _rule("cse-victim", "a victim of sexual exploitation: high"),
    "cse_at_risk": _rule("cse-at-risk", "at risk of sexual exploitation: high"),
    "cse_perpetrator": _rule(
        "cse-perpetrator", "suspected of sexually exploiting others: high"
    ),
    "missing": _rule("missing", "any missing or absent episode, ended or not: high"),
    "gang": _rule("gang", "involved in or associated with gangs: high"),
    "trafficked": _rule("trafficked", "trafficked: high"),
    "uasc": _rule("uasc", "an unaccompanied asylum-seeking child: high"),
    "cce": _rule("cce", "criminal exploitation: high", _PROTOCOL),
    "return_interview_outstanding": _rule(
        "return-interview",
        "back from a missing episode in the last 28 days, the record says something of "
        "the return interview due within 72 hours, and not that the child accepted or "
        "declined it: high",
        _MISSING,
    ),
}
"""By risk indicator; a region file may leave some out of its criteria."""

MISSING_NOW = _rule(
    "missing-now", "missing tonight, whatever the region's criteria: high", _MISSING
)
SUPPORTED = _rule(
    "supported",
    "supported or independent accommodation at 16 and 17, or at no known age: high",
    _PROTOCOL,
)
WITH_PARENTS = _rule("with-parents", "placed with parents: low", _PROTOCOL)
FOR_INFORMATION = _rule(
    "for-information",
    "a secure home or custody: the police notice is for information, at low priority",
    _PROTOCOL,
)
ORDINARY = _rule("standard", "none of the others: standard", _PROTOCOL)

PRIORITY_RULES: Sequence[RuleEntry] = (
    *CRITERIA.values(), MISSING_NOW, SUPPORTED, WITH_PARENTS, FOR_INFORMATION, ORDINARY,
)  # fmt: skip


def risk_indicators(case: ChildCase, on: dt.date) -> tuple[RiskIndicator, ...]:
    """Every indicator with its answer; what nobody supplied says so.

    Where sources differ, *yes* holds.
    """
    return tuple(_indicator(case, name, on) for name in RISK_INDICATORS)


def _indicator(case: ChildCase, name: str, on: dt.date) -> RiskIndicator:
    said = [risk for risk in case.risks if risk.indicator == name]
    said.sort(key=lambda risk: (not risk.answer, risk.source, str(risk.since)))
    if said and said[0].answer:
        return RiskIndicator(
            indicator=name, answer="yes", source=said[0].source, since=said[0].since
        )
    if name == "return_interview_outstanding":
        return _return_interview(case.missing, on)
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


def _return_interview(episodes: Iterable[MissingEpisode], on: dt.date) -> RiskIndicator:
    """Whether the interview after a recent return is still owed.

    A feed that says nothing of interviews makes none outstanding: most can't say.
    """
    returns = [
        (one.end, _interview_owed(one))
        for one in episodes
        if one.end is not None and one.end <= on <= one.end + INTERVIEW_TOLD_FOR
    ]
    owed = [end for end, is_owed in returns if is_owed]
    name = "return_interview_outstanding"
    if owed:
        return RiskIndicator(
            indicator=name, answer="yes", source=EPISODES_SOURCE, since=max(owed)
        )
    if returns and all(is_owed is False for _, is_owed in returns):
        return RiskIndicator(
            indicator=name, answer="no", source=EPISODES_SOURCE, since=None
        )
    return RiskIndicator(indicator=name, answer="not supplied", source=None, since=None)


def _interview_owed(episode: MissingEpisode) -> bool | None:
    """``None``: nobody supplied anything of it. Offered and not accepted is declined;
    offered, with no word of the answer, is still owed."""
    offered, accepted = episode.interview_offered, episode.interview_accepted
    if offered is None and accepted is None:
        return None
    if accepted:
        return False
    return not (offered and accepted is False)


def criteria_met(case: ChildCase, policy: PolicyConfig, on: dt.date) -> frozenset[str]:
    """The region's criteria that a child meets, by indicator."""
    answers: Mapping[str, str] = {
        indicator.indicator: indicator.answer for indicator in risk_indicators(case, on)
    }
    return frozenset(name for name in policy.criteria if answers[name] == "yes")


def priority_of(
    case: ChildCase, placement: Placement, policy: PolicyConfig, on: dt.date
) -> Priority:
    """High for any criterion, a child missing now, or supported accommodation at 16
    and 17 (or at no known age); low with parents; else standard."""
    return priority_rule(case, placement, policy, on)[0]


def priority_rule(
    case: ChildCase, placement: Placement, policy: PolicyConfig, on: dt.date
) -> tuple[Priority, RuleEntry]:
    """The priority, and the first rule of the table that gives it."""
    rules = policy.priorities
    code = (placement.place_code or "").strip().upper()
    dob = plausible_birth_date(case.child.dob, on=on)
    met = criteria_met(case, policy, on)
    if met:
        return Priority.HIGH, next(CRITERIA[name] for name in CRITERIA if name in met)
    if any(episode.end is None for episode in case.missing):
        return Priority.HIGH, MISSING_NOW
    if code in rules.high_place_codes and (
        dob is None or age_on(dob, on) >= rules.high_from_age
    ):
        return Priority.HIGH, SUPPORTED
    if code in rules.low_place_codes:
        return Priority.LOW, WITH_PARENTS
    return Priority.STANDARD, ORDINARY
