"""A small made-up region, cases in it, and a memory that nights add to."""

import datetime as dt
from dataclasses import dataclass, replace

from matching.evidence import Candidate, Thresholds
from notifications.config import PolicyConfig
from notifications.decide import decide_child
from notifications.documents import Kind
from notifications.facts import (
    GOOD_STATES,
    AuthorityEntry,
    Child,
    ChildCase,
    ChildMemory,
    Directory,
    HostExtract,
    Judgement,
    Nominal,
    Placement,
    PlacementMemory,
    PlacementStatus,
    PoliceAddress,
    PoliceFlag,
    Standing,
    State,
)
from notifications.outcome import ChildOutcome
from notifications.owing import OpenObligation
from notifications.rulebook import Rulebook

MONDAY = dt.date(2026, 11, 23)
PLACING, COVENTRY, WORCESTERSHIRE, STOKE = "330", "331", "885", "861"
WMP, WEST_MERCIA, STAFFORDSHIRE = "E23000014", "E23000016", "E23000015"

CARDIFF, SOUTH_WALES = "W06000015", "W15000003"

IN_AREA = "B1 1AA"
IN_COVENTRY = "CV1 1AA"
"""Another authority, the placing authority's own force."""
IN_WORCESTER = "WR1 1AA"
ALSO_IN_WORCESTER = "WR2 2BB"
IN_STOKE = "ST1 1AA"
IN_CARDIFF = "CF1 1AA"
"""Outside the region, both: neither authority nor force is a member."""
TERMINATED = "WR9 9ZZ"

_PLACES = {
    IN_AREA: (PLACING, WMP),
    IN_COVENTRY: (COVENTRY, WMP),
    IN_WORCESTER: (WORCESTERSHIRE, WEST_MERCIA),
    ALSO_IN_WORCESTER: (WORCESTERSHIRE, WEST_MERCIA),
    IN_STOKE: (STOKE, STAFFORDSHIRE),
    IN_CARDIFF: (CARDIFF, SOUTH_WALES),
}
NAMES = {
    PLACING: "Birmingham",
    COVENTRY: "Coventry",
    WORCESTERSHIRE: "Worcestershire",
    STOKE: "Stoke-on-Trent",
    WMP: "West Midlands Police",
    WEST_MERCIA: "West Mercia Police",
    STAFFORDSHIRE: "Staffordshire Police",
    CARDIFF: "Cardiff",
    SOUTH_WALES: "South Wales Police",
}
NOWHERE = {
    None: "missing",
    "CON": "invalid",
    "NF1 1NF": "no_fixed_abode",
    "ZZ1 1ZZ": "unknown",
    TERMINATED: "terminated",
    "JE1 1AA": "crown_dependency",
    "G1 1AA": "scotland",
    "BT1 1AA": "northern_ireland",
}


@dataclass(frozen=True)
class FakePlace:
    outcome: str
    postcode: str | None = None
    la: str | None = None
    force: str | None = None


class FakeGeography:
    """The methods of ``geography.Geography`` that the rules ask, over a few places."""

    def place(self, postcode):
        if postcode in _PLACES:
            return FakePlace("found", postcode, *_PLACES[postcode])
        if postcode == TERMINATED:  # its last known area comes with it
            return FakePlace("terminated", postcode, WORCESTERSHIRE, WEST_MERCIA)
        if postcode == "WR0 0XX":  # listed, but in no authority
            return FakePlace("found", postcode)
        return FakePlace(NOWHERE.get(postcode, "unknown"))

    def force_of(self, la):
        return {
            PLACING: WMP,
            COVENTRY: WMP,
            WORCESTERSHIRE: WEST_MERCIA,
            STOKE: STAFFORDSHIRE,
            CARDIFF: SOUTH_WALES,
        }[la]

    def at_distance(self, placing_la, host_la):
        return {placing_la, host_la} == {PLACING, STOKE}

    def authority(self, code):
        return {"330": "330", "E08000025": "330", "331": "331"}[code]

    def name(self, code):
        return NAMES[code]


def entry(code, kind="children"):
    return AuthorityEntry(
        code=code,
        name=NAMES[code],
        kind=kind,
        duty_phone=f"0100 {code}",
        duty_email=f"duty@{code}.example",
        out_of_hours_phone=f"0200 {code}",
        named_officer="Head of Safeguarding" if code != COVENTRY else None,
    )


DIRECTORY = Directory(
    "test-region",
    {
        PLACING: entry(PLACING),
        COVENTRY: entry(COVENTRY),
        WORCESTERSHIRE: entry(WORCESTERSHIRE),
        WMP: entry(WMP, "police"),
        WEST_MERCIA: entry(WEST_MERCIA, "police"),
    },
)
THRESHOLDS = Thresholds(accept=0.95, review=0.5, floor=0.05)


def rulebook(*, directory=DIRECTORY, **policy):
    return Rulebook(
        PolicyConfig.model_validate(policy), FakeGeography(), directory, THRESHOLDS
    )


def child(**changes):
    given = {
        "authority": PLACING,
        "child_ref": "C1",
        "forename": "Robin",
        "surname": "Example",
        "dob": dt.date(2014, 5, 6),
        "sex": "F",
        "social_worker": "Sam Worker",
        "social_worker_phone": "0300 1",
    }
    return Child(**{**given, **changes})


def placement(ref="P1", postcode=IN_WORCESTER, **changes):
    given = {
        "placement_ref": ref,
        "child_ref": "C1",
        "start": dt.date(2026, 11, 16),
        "place_code": "U4",
        "legal_status": "C2",
        "postcode": postcode,
        "address": "1 High Street",
        "uprn": "100012345",
        "carer_or_home": "The Carers",
        "carer_phone": "0400 1",
        "iro": "Ira Officer",
        "expected_end": dt.date(2027, 3, 1),
    }
    return Placement(**{**given, **changes})


def candidate(ref="N1", probability=0.99, force=WEST_MERCIA, hash_="n1"):
    return Candidate(
        authority=force,
        record_ref=ref,
        weight=round(100 * probability, 6),
        probability=probability,
        left_hash="child",
        right_hash=hash_,
        evidence=(),
    )


AT_PLACEMENT = PoliceAddress("home", IN_WORCESTER, start=dt.date(2026, 11, 17))
FLAG = PoliceFlag("looked_after_out_of_area", dt.date(2026, 11, 17), None, PLACING)


def nominal(ref="N1", force=WEST_MERCIA, **changes):
    return Nominal(force, ref, **changes)


def judgement(decision, ref="N1", force=WEST_MERCIA, **changes):
    given = {
        "event_id": "e1",
        "decision": decision,
        "left_authority": PLACING,
        "left_ref": "C1",
        "left_hash": "child",
        "right_authority": force,
        "right_ref": ref,
        "right_hash": "n1",
        "made_at": dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC),
        "actor": "u1",
    }
    return Judgement(**{**given, **changes})


def usable(force=WEST_MERCIA, as_of=MONDAY):
    return HostExtract(force, usable=True, as_of=as_of)


def case(*placements, nominals=(), candidates=(), extracts=None, **changes):
    """A child in care at the placements (one in Worcester unless given), as matched."""
    by_force = {}
    for one in candidates:
        by_force.setdefault(one.authority, []).append(one)
    given = {
        "child": child(),
        "placements": placements or (placement(),),
        "protections": (),
        "risks": (),
        "missing": (),
        "data_as_of": MONDAY,
        "candidates": {force: tuple(found) for force, found in by_force.items()},
        "nominals": {(one.authority, one.nominal_ref): one for one in nominals},
        "extracts": {force: usable(force) for force in (WMP, WEST_MERCIA)}
        if extracts is None
        else {one.force: one for one in extracts},
        "judgements": (),
        "child_hash": "child",
    }
    return ChildCase(**{**given, **changes})


def not_usable(force=WEST_MERCIA, reason="the extract is missing"):
    return HostExtract(force, usable=False, reason=reason)


KNOWN = {"candidates": (candidate(),)}
"""An accepted match; give the nominal what the force is to know."""


def known(*addresses_and_flags):
    """What to hand to :func:`case` for an accepted nominal with these."""
    return {
        "candidates": (candidate(),),
        "nominals": (
            nominal(
                addresses=tuple(
                    one for one in addresses_and_flags if isinstance(one, PoliceAddress)
                ),
                flags=tuple(
                    one for one in addresses_and_flags if isinstance(one, PoliceFlag)
                ),
            ),
        ),
    }


def situations():
    """A case for every state of the contracts, by state, and by row where it splits."""
    return {
        "not_known": case(),
        "known_not_at_address": case(**known()),
        "known_at_address_no_flag": case(**known(AT_PLACEMENT)),
        "known_at_placement": case(**known(AT_PLACEMENT, FLAG)),
        "possible": case(candidates=(candidate(probability=0.7),)),
        "cannot_say": case(extracts=(not_usable(),)),
        "no_host": case(placement(postcode=None)),
        "outside": case(placement(postcode=IN_STOKE)),
        "restricted": case(placement(place_code="A5")),
        "out_of_scope": case(placement(legal_status="V4")),
    }


def decide(one, rules=None, on=MONDAY):
    return decide_child(one, rules or rulebook(), on)


def only_decision(one, rules=None, on=MONDAY):
    (decision,) = decide(one, rules, on).decisions
    return decision


def sent(outcome):
    """The notices that go out tonight; a held one waits."""
    return tuple(one for one in outcome.notices if one.hold is None)


def held(outcome):
    """``{recipient: kind}`` of the notices that wait."""
    return {one.recipient: one.kind for one in outcome.notices if one.hold}


def told(outcome):
    """Who was sent what: ``{recipient: kind}``; nobody twice."""
    found = {one.recipient: one.kind for one in sent(outcome)}
    assert len(found) == len(sent(outcome))
    return found


def as_open(task):
    """The task as the next night is told of it."""
    return OpenObligation(
        task.obligation_id, task.kind, task.owed_by, task.placement_ref, task.due_at,
        task.created_on, task.asked, task.rule.id, task.escalation,
    )  # fmt: skip


def remember(memory, outcome: ChildOutcome, on):
    """The memory as a register would hand it to the next night."""
    standing = {one.notification_id: one for one in memory.standing}
    for notice in sent(outcome):
        standing.pop(notice.supersedes, None)
        if notice.kind not in {Kind.END, Kind.RETRACTION}:
            standing[notice.notification_id] = Standing(
                notice.notification_id, notice.kind, notice.recipient, notice.audience,
                notice.is_copy, notice.placement_ref, notice.facts_hash, on,
                notice.judgement,
            )  # fmt: skip
    placements = dict(memory.placements)
    for decision in outcome.decisions:
        ref = decision.placement_ref
        before = placements.get(ref, PlacementMemory(ref))
        placements[ref] = _next_memory(before, decision, on)
    open_ = {one.obligation_id: one for one in memory.open_obligations}
    for one in outcome.obligations:
        open_[one.obligation_id] = as_open(one)
        if one.met_on is not None:
            del open_[one.obligation_id]
    return ChildMemory(
        standing=tuple(standing.values()),
        placements=placements,
        open_obligations=tuple(open_.values()),
        made=memory.made | {one.notification_id for one in sent(outcome)},
        asked=memory.asked | {one.review_id for one in outcome.reviews},
    )


def _next_memory(before, decision, on):
    since = before.possible_since
    if decision.state is State.POSSIBLE:
        since = since or on
    elif decision.state is not State.CANNOT_SAY:
        since = None
    after = replace(
        before,
        last_state=decision.state,
        last_rule=decision.rule,
        possible_since=since,
    )
    if decision.state not in GOOD_STATES:
        return after
    return replace(
        after,
        last_good_state=decision.state,
        last_good_on=on,
        last_good_facts_hash=decision.facts_hash,
    )


class Nights:
    """One child followed from night to night; every night is also run a second time."""

    def __init__(self, rules=None, first=MONDAY):
        self.rules = rules or rulebook()
        self.on = first
        self.memory = ChildMemory()

    def pass_(self, one, *, days=1):
        """Tonight with this case; then ``days`` go by."""
        tonight = replace(one, memory=self.memory)
        outcome = decide_child(tonight, self.rules, self.on)
        assert decide_child(tonight, self.rules, self.on) == outcome
        self.memory = remember(self.memory, outcome, self.on)
        self.on += dt.timedelta(days=days)
        return outcome


ENDED = PlacementStatus.ENDED
EVERYBODY = {WEST_MERCIA, WORCESTERSHIRE, PLACING}
"""Whoever is told of the placement in Worcester, when the force does not know it."""


def to_all(kind):
    return dict.fromkeys(EVERYBODY, kind)


def told_nothing(outcome):
    return not (sent(outcome) or outcome.obligations or outcome.reviews)


def ended(**changes):
    """The placement in Worcester, ended some days ago; another one follows."""
    given = {"status": ENDED, "end": dt.date(2026, 11, 20), "end_reason": "X1"}
    return placement(**{**given, **changes})
