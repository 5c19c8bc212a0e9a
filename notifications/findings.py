"""One placement, one finding: its state, why, and the row of the matrix.

States are asked in the contracts' order (§5): restricted, out of scope, no usable host,
unusable extract, too thin, then the match. The first that holds is the state.
"""

import datetime as dt
from dataclasses import dataclass, replace

from notifications.clocks import working_days_after
from notifications.documents import Priority
from notifications.facts import (
    KNOWN_STATES,
    ChildCase,
    HostExtract,
    Judgement,
    Placement,
    PlacementMemory,
    PlacementStatus,
    State,
)
from notifications.identity import facts_hash
from notifications.known import (
    Match,
    Question,
    match,
    meets_restricted_nominal,
    too_thin,
)
from notifications.priority import criteria_met, priority_of, priority_rule
from notifications.recipients import Row
from notifications.rule_entry import RuleEntry
from notifications.rulebook import Rulebook
from notifications.scope import ScopeRule, Verdict, scope_rule, verdict
from notifications.shields import holds, unsettled_twin
from notifications.states import SHIELDS, STATES
from notifications.whereabouts import Host, locate

_A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """All that is decided of a placement before anybody is told."""

    placement: Placement
    host: Host
    state: State
    row: Row
    rule: RuleEntry | ScopeRule
    """What gave the state."""
    reason: str
    as_of: dt.date
    priority: Priority
    priority_rule: str
    """The id of the rule that gave the priority."""
    facts_hash: str
    police: bool
    """False where the region tells the police only by criteria and none is met."""
    thin: bool
    """Whether the child's record is too thin, whatever was asked before it."""
    match: Match | None = None
    judgement: str | None = None
    """The event id of the person's decision without which the state were another."""


@dataclass(frozen=True, slots=True)
class _Answer:
    state: State
    row: Row
    rule: RuleEntry | ScopeRule
    words: str | None = None
    """The rule's own unless given."""
    match: Match | None = None

    @property
    def reason(self) -> str:
        return f"{self.rule.id}: {self.words or self.rule.words}"


def find(
    case: ChildCase, placement: Placement, rulebook: Rulebook, on: dt.date
) -> Finding:
    """The finding of a current placement that is not in the placing area."""
    host = locate(case, placement, rulebook)
    policy = rulebook.policy
    night = (rulebook, on)
    answer = _answer(case, placement, host, night)
    priority, ruled = priority_rule(case, placement, policy, on)
    return Finding(
        placement=placement,
        host=host,
        state=answer.state,
        row=answer.row,
        rule=answer.rule,
        reason=answer.reason,
        as_of=_as_of(case, host, answer),
        priority=priority,
        priority_rule=ruled.id,
        facts_hash=facts_hash(case.child, placement, host.postcode),
        police=not policy.criteria_only or bool(criteria_met(case, policy, on)),
        thin=too_thin(case, on),
        match=answer.match,
        judgement=_rests_on(case, placement, host, night),
    )


def _answer(
    case: ChildCase, placement: Placement, host: Host, night: tuple[Rulebook, dt.date]
) -> _Answer:
    rulebook, on = night
    return (
        _shielded(case, placement, rulebook, on)
        or _unreachable(placement, host, rulebook)
        or _undecidable(case, placement, host, night)
        or _matched(case, placement, host, night)
    )


def _rests_on(
    case: ChildCase, placement: Placement, host: Host, night: tuple[Rulebook, dt.date]
) -> str | None:
    """The person's decision that the state rests on: without it, it were another.

    Of several that do only together, the first by time.
    """

    def state(judgements: tuple[Judgement, ...]) -> State:
        asked = replace(case, judgements=judgements)
        return _answer(asked, placement, host, night).state

    every = tuple(sorted(case.judgements, key=lambda one: (one.made_at, one.event_id)))
    if not every or state(()) is (found := state(every)):
        return None
    for one in every:
        if state(tuple(other for other in every if other is not one)) is not found:
            return one.event_id
    return every[0].event_id


def protected(case: ChildCase, on: dt.date) -> bool:
    """Whether the placing authority shields the child tonight."""
    return any(holds(one, on) for one in case.protections)


def _ruling(placement: Placement, rulebook: Rulebook) -> Verdict:
    return verdict(scope_rule(placement), rulebook.policy.scope)


def adoptive(placement: Placement, rulebook: Rulebook) -> bool:
    """Whether the scope table shields the placement itself."""
    return _ruling(placement, rulebook) is Verdict.RESTRICTED


def informational(placement: Placement, rulebook: Rulebook) -> bool:
    """Whether the police notice of the placement is only for information."""
    return _ruling(placement, rulebook) is Verdict.INFORMATIONAL


def _shielded(
    case: ChildCase, placement: Placement, rulebook: Rulebook, on: dt.date
) -> _Answer | None:
    rule: RuleEntry | ScopeRule
    if protected(case, on):
        rule = SHIELDS["shield.protected"]
    elif adoptive(placement, rulebook):
        rule = scope_rule(placement)
    elif unsettled_twin(case):
        rule = SHIELDS["shield.twin"]
    elif meets_restricted_nominal(case, rulebook.thresholds.floor):
        rule = SHIELDS["shield.nominal"]
    elif _was_shielded(case, rulebook) and not all(
        one.usable for one in case.extracts.values()
    ):
        rule = SHIELDS["shield.remembered"]
    else:
        return None
    return _Answer(State.RESTRICTED, Row.RESTRICTED, rule)


def _was_shielded(case: ChildCase, rulebook: Rulebook) -> bool:
    """By something that an extract may have said: an adoptive placement says it itself,
    every night."""
    adoptives = {
        one.placement_ref for one in case.placements if adoptive(one, rulebook)
    }
    return any(
        one.last_state is State.RESTRICTED
        for ref, one in case.memory.placements.items()
        if ref not in adoptives
    )


def _unreachable(
    placement: Placement, host: Host, rulebook: Rulebook
) -> _Answer | None:
    if _ruling(placement, rulebook) is Verdict.OUT_OF_SCOPE:
        return _Answer(State.OUT_OF_SCOPE, Row.OUT_OF_SCOPE, scope_rule(placement))
    if host.force is None:
        words = host.outcome.replace("_", " ")
        return _Answer(
            State.CANNOT_SAY,
            Row.NO_HOST,
            STATES["host.none"],
            f"placement postcode {words}",
        )
    if not rulebook.directory.has(host.force):
        return _Answer(
            State.CANNOT_SAY,
            Row.OUTSIDE_REGION,
            STATES["host.outside"],
            f"force {host.force} is not a member of the region",
        )
    return None


def _undecidable(
    case: ChildCase, placement: Placement, host: Host, night: tuple[Rulebook, dt.date]
) -> _Answer | None:
    rulebook, on = night
    memory = _memory(case, placement)
    graced = _in_grace(memory, rulebook.policy.grace_nights, on)
    extract = _extract(case, host)
    if not extract.usable:
        same = facts_hash(case.child, placement, host.postcode)
        quiet = graced and memory.last_good_facts_hash in {None, same}
        return _Answer(
            State.CANNOT_SAY,
            Row.CANNOT_SAY_IN_GRACE if quiet else Row.CANNOT_SAY,
            STATES["extract.not-usable"],
            f"{extract.reason}; {_last_decided(memory)}",
        )
    if too_thin(case, on):
        return _Answer(
            State.CANNOT_SAY,
            Row.CANNOT_SAY_IN_GRACE if graced else Row.TOO_THIN,
            STATES["record.too-thin"],
            f"{STATES['record.too-thin'].words}; {_last_decided(memory)}",
        )
    return None


def _memory(case: ChildCase, placement: Placement) -> PlacementMemory:
    ref = placement.placement_ref
    return case.memory.placements.get(ref) or PlacementMemory(ref)


def _extract(case: ChildCase, host: Host) -> HostExtract:
    force = host.force or ""
    return case.extracts.get(force) or HostExtract(
        force, usable=False, reason="no extract"
    )


def _in_grace(memory: PlacementMemory, nights: int, on: dt.date) -> bool:
    if memory.last_good_state not in KNOWN_STATES or memory.last_good_on is None:
        return False
    return (on - memory.last_good_on).days <= nights


def _last_decided(memory: PlacementMemory) -> str:
    if memory.last_good_state is None or memory.last_good_on is None:
        return "never decided on good data"
    return f"last {memory.last_good_state} on {memory.last_good_on.isoformat()}"


_MATCH_RULES = {
    State.KNOWN_AT_PLACEMENT: STATES["known.at-placement"],
    State.KNOWN_AT_ADDRESS_NO_FLAG: STATES["known.no-flag"],
    State.KNOWN_NOT_AT_ADDRESS: STATES["known.elsewhere"],
    State.NOT_KNOWN: STATES["known.not"],
}


def _matched(
    case: ChildCase, placement: Placement, host: Host, night: tuple[Rulebook, dt.date]
) -> _Answer:
    rulebook, on = night
    found = match(
        Question(case, placement, host.postcode or "", host.force or "", on, rulebook)
    )
    if found.state is not State.POSSIBLE:
        rule = _MATCH_RULES[found.state]
        return _Answer(found.state, Row(found.state.value), rule, match=found)
    deadline = review_deadline(case, placement, rulebook, on)
    overdue = on > deadline
    since = _in_doubt_since(case, placement, rulebook, on)
    return _Answer(
        State.POSSIBLE,
        Row.POSSIBLE_OVERDUE if overdue else Row.POSSIBLE_PENDING,
        STATES["known.possible"],
        f"in the review band since {since.isoformat()}, "
        + ("deadline passed" if overdue else "to be judged"),
        found,
    )


def review_deadline(
    case: ChildCase, placement: Placement, rulebook: Rulebook, on: dt.date
) -> dt.date:
    """The last working day to judge a possible match; the night after it tells.

    Counted from the first night of the present run of ``possible``.
    """
    policy = rulebook.policy
    since = _in_doubt_since(case, placement, rulebook, on)
    days = policy.review_deadline.of(priority_of(case, placement, policy, on))
    return working_days_after(since, days)


def _in_doubt_since(
    case: ChildCase, placement: Placement, rulebook: Rulebook, on: dt.date
) -> dt.date:
    """A move begins no new doubt while the same force is asked: whoever moves every
    other day would never be told of."""
    since = _memory(case, placement).possible_since or on
    force = locate(case, placement, rulebook).force
    before = _left_in_doubt(case, placement)
    while before is not None and locate(case, before, rulebook).force == force:
        since = min(since, _memory(case, before).possible_since or since)
        before = _left_in_doubt(case, before)
    return since


def _left_in_doubt(case: ChildCase, here: Placement) -> Placement | None:
    """The placement that the child left in doubt for this one."""
    left = (
        one
        for one in case.placements
        if one.status is PlacementStatus.ENDED
        and one.end is not None
        and (one.start, one.placement_ref) < (here.start, here.placement_ref)
        and dt.timedelta(0) <= here.start - one.end <= _A_DAY
        and _memory(case, one).possible_since is not None
    )
    return max(left, key=lambda one: (one.start, one.placement_ref), default=None)


def _as_of(case: ChildCase, host: Host, answer: _Answer) -> dt.date:
    """The older of the placing authority's data and the extract, where it was used."""
    if answer.match is None:
        return case.data_as_of
    return min(case.data_as_of, _extract(case, host).as_of or case.data_as_of)
