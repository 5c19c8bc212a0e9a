"""What holds of every case, however odd: totality, silence, sameness, shielding."""

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from notification_cases import (
    ALSO_IN_WORCESTER,
    DIRECTORY,
    IN_AREA,
    IN_COVENTRY,
    IN_STOKE,
    IN_WORCESTER,
    MONDAY,
    NOWHERE,
    PLACING,
    WEST_MERCIA,
    WMP,
    Nights,
    candidate,
    child,
    judgement,
    nominal,
    placement,
    remember,
    rulebook,
    sent,
    told_nothing,
)

from notifications.balance import check_balance
from notifications.decide import decide_child, rows_due
from notifications.documents import Kind, Withdrawal, body
from notifications.facts import (
    ChildCase,
    ChildMemory,
    HostExtract,
    MissingEpisode,
    PlacementStatus,
    PoliceAddress,
    PoliceFlag,
    Protection,
    Risk,
    State,
)
from notifications.outcome import ChildOutcome
from notifications.recipients import Row
from notifications.tables import decisions_table, notifications_table
from records.risks import RISK_INDICATORS

POSTCODES = [
    IN_AREA, IN_COVENTRY, IN_WORCESTER, ALSO_IN_WORCESTER, IN_STOKE, *NOWHERE,
    "WR0 0XX", "", " ",
]  # fmt: skip
FORCES = [WMP, WEST_MERCIA]
words = st.sampled_from(["Robin", "Zoë", "BABY", "", "UNKNOWN", "o'Neil"])
names = st.one_of(st.none(), words)
days = st.dates(dt.date(2026, 11, 1), dt.date(2026, 12, 31))
maybe_days = st.one_of(st.none(), days)
births = st.one_of(
    st.none(),
    st.sampled_from([dt.date(1900, 1, 1), dt.date(2030, 1, 1), dt.date(2008, 2, 29)]),
    st.dates(dt.date(2006, 1, 1), dt.date(2026, 11, 23)),
)

children = st.builds(
    child,
    forename=names, surname=names, known_as=names, dob=births,
    sex=st.sampled_from(["F", "M", "U", "N", None]),
    uasc=st.sampled_from([True, False, None]),
    death_date=st.sampled_from([None, None, None, MONDAY, dt.date(2027, 1, 1)]),
)  # fmt: skip
codes = st.sampled_from(["U4", "K1", "K3", "P1", "A3", "T0", "T4", "ZZ", None])
placements = st.builds(
    placement,
    postcode=st.sampled_from(POSTCODES),
    place_code=codes,
    legal_status=st.sampled_from(["C2", "V3", "J1", "ZZ", None]),
    start=days, end=maybe_days,
    status=st.sampled_from(PlacementStatus),
    end_reason=st.sampled_from(["X1", "E11", "E3", "E4A", None]),
    temporary=st.booleans(),
    planned=st.sampled_from([True, False, None]),
    uprn=st.sampled_from(["1", "0", None]),
    address=names,
)  # fmt: skip
addresses = st.builds(
    PoliceAddress,
    address_type=st.sampled_from(["home", "bail", None]),
    postcode=st.sampled_from([IN_WORCESTER, IN_COVENTRY, "NF1 1NF", None]),
    uprn=st.sampled_from(["1", None]),
    start=maybe_days, end=maybe_days,
)  # fmt: skip
flags = st.builds(
    PoliceFlag,
    code=st.sampled_from(["looked_after_out_of_area", "gang"]),
    start=maybe_days, end=maybe_days,
    placing_authority=st.sampled_from(["330", "331", "nonsense", "", None]),
)  # fmt: skip
nominals = st.builds(
    nominal,
    ref=st.sampled_from(["N1", "N2", "N3"]),
    force=st.sampled_from(FORCES),
    golden_ref=st.sampled_from([None, "N1", "G"]),
    restricted=st.sampled_from([False, False, False, True]),
    addresses=st.lists(addresses, max_size=2).map(tuple),
    flags=st.lists(flags, max_size=2).map(tuple),
)
candidates = st.builds(
    candidate,
    ref=st.sampled_from(["N1", "N2", "N3"]),
    force=st.sampled_from(FORCES),
    probability=st.sampled_from([0.01, 0.2, 0.5, 0.7, 0.95, 0.999]),
)
judgements = st.builds(
    judgement,
    decision=st.sampled_from(["same", "different", "unsure", "two_people"]),
    ref=st.sampled_from(["N1", "N2"]),
    force=st.sampled_from(FORCES),
    right_hash=st.sampled_from(["n1", "old"]),
    event_id=st.sampled_from(["e1", "e2"]),
)
extracts = st.builds(
    HostExtract,
    force=st.sampled_from(FORCES),
    usable=st.booleans(),
    reason=st.just("it was late"),
    as_of=maybe_days,
)
risks = st.builds(
    Risk,
    indicator=st.sampled_from([*RISK_INDICATORS, "something else"]),
    answer=st.booleans(), since=maybe_days, source=st.just("test"),
)  # fmt: skip


@st.composite
def cases(draw):
    found = draw(st.lists(placements, max_size=3))
    pairs = {
        (one.authority, one.record_ref): one
        for one in draw(st.lists(candidates, max_size=4))
    }
    return ChildCase(
        child=draw(children),
        placements=tuple(
            replace(one, placement_ref=f"P{number}") for number, one in enumerate(found)
        ),
        protections=draw(
            st.sampled_from([(), (), (), (Protection(),), (Protection(until=MONDAY),)])
        ),
        risks=tuple(draw(st.lists(risks, max_size=2))),
        missing=draw(st.sampled_from([(), (MissingEpisode("M", MONDAY),)])),
        data_as_of=draw(days),
        candidates={
            force: tuple(one for one in pairs.values() if one.authority == force)
            for force in FORCES
        },
        nominals={
            (one.authority, one.nominal_ref): one
            for one in draw(st.lists(nominals, max_size=3))
        },
        extracts={one.force: one for one in draw(st.lists(extracts, max_size=3))},
        judgements=tuple(draw(st.lists(judgements, max_size=2))),
        child_hash="child",
    )


policies = st.fixed_dictionaries(
    {
        "criteria_only": st.booleans(),
        "grace_nights": st.integers(0, 3),
        "recipients": st.sampled_from(
            [{}, {Row.KNOWN_AT_ADDRESS_NO_FLAG.value: "update"}]
        ),
        "review_deadline": st.sampled_from(
            [{"high": n, "standard": n, "low": n} for n in (0, 1)]
        ),
    }
)
sequences = st.lists(cases(), min_size=1, max_size=4)


@given(case=cases(), policy=policies)
def test_every_placement_due_a_row_ends_in_exactly_one_state(case, policy):
    rules = rulebook(**policy)
    outcome = decide_child(case, rules, MONDAY)
    check_balance(outcome.decisions, rows_due(case, rules, MONDAY))
    assert all(isinstance(one.state, State) and one.reason for one in outcome.decisions)
    decisions_table(outcome.decisions)
    notifications_table(outcome.notices)


def whole(outcome: ChildOutcome) -> bytes:
    parts = [body(one.document) for one in outcome.notices]
    parts += [body(one) for one in outcome.obligations]
    return b"\n".join([*parts, repr(outcome).encode()])


def shuffled(case: ChildCase) -> ChildCase:
    """The same facts in another order."""
    return replace(
        case,
        placements=case.placements[::-1],
        risks=case.risks[::-1],
        judgements=case.judgements[::-1],
        candidates={
            force: case.candidates[force][::-1] for force in reversed(case.candidates)
        },
        nominals=dict(reversed(case.nominals.items())),
        memory=replace(case.memory, standing=case.memory.standing[::-1]),
    )


@given(sequence=sequences, policy=policies)
@settings(max_examples=max(60, settings.default.max_examples // 2))
def test_the_same_facts_in_any_order_give_the_same_bytes(sequence, policy):
    rules, memory = rulebook(**policy), ChildMemory()
    for number, one in enumerate(sequence):
        on = MONDAY + dt.timedelta(days=number)
        tonight = replace(one, memory=memory)
        outcome = decide_child(tonight, rules, on)
        assert whole(outcome) == whole(decide_child(tonight, rules, on))
        assert whole(outcome) == whole(decide_child(shuffled(tonight), rules, on))
        memory = remember(memory, outcome, on)


@given(sequence=sequences, policy=policies)
@settings(max_examples=max(60, settings.default.max_examples // 2))
def test_once_told_the_same_facts_tell_nobody_anything(sequence, policy):
    nights = Nights(rulebook(**policy))
    for one in sequence:
        nights.pass_(one)
        nights.on -= dt.timedelta(days=1)
        again = nights.pass_(one)
        assert told_nothing(again)


@given(sequence=sequences)
@settings(max_examples=max(60, settings.default.max_examples // 2))
def test_nobody_is_told_twice_and_every_id_is_used_once(sequence):
    """But a task that asks another thing by now is the same task, put again."""
    nights, ids = Nights(), []
    for one in sequence:
        outcome = nights.pass_(one)
        ids += [notice.notification_id for notice in sent(outcome)]
        open_ = [task for task in outcome.obligations if not task.met_on]
        assert {one.obligation_id for one in open_ if one.asked_on} <= set(ids)
        ids += [one.obligation_id for one in open_ if not one.asked_on]
        held = [(one.recipient, one.placement_ref) for one in nights.memory.standing]
        assert len(held) == len(set(held))
    assert len(ids) == len(set(ids))


@given(sequence=sequences)
@settings(max_examples=max(60, settings.default.max_examples // 2))
def test_whoever_was_told_hears_the_end_or_still_has_a_placement_to_hear_of(sequence):
    nights = Nights()
    for one in sequence:
        nights.pass_(one)
    last = sequence[-1]
    gone = replace(
        last,
        protections=(),
        placements=tuple(
            replace(
                found,
                status=PlacementStatus.ENDED,
                end=MONDAY,
                end_reason="E4A",
                place_code="U4",
            )
            for found in (
                *last.placements,
                *(
                    placement(ref.placement_ref)
                    for ref in nights.memory.standing
                    if ref.placement_ref
                    not in {held.placement_ref for held in last.placements}
                ),
            )
        ),
    )
    standing = {(one.recipient, one.placement_ref) for one in nights.memory.standing}
    outcome = nights.pass_(gone)
    closed = {(one.recipient, one.placement_ref) for one in sent(outcome)}
    assert closed == standing
    assert nights.memory.standing == ()


@given(sequence=sequences)
@settings(max_examples=max(60, settings.default.max_examples // 2))
def test_no_document_says_anything_of_a_shielded_case(sequence):
    nights = Nights()
    for one in sequence:
        shielded = replace(one, protections=(Protection(),))
        outcome = nights.pass_(shielded)
        assert {row.state for row in outcome.decisions} <= {State.RESTRICTED}
        assert all(
            isinstance(notice.document, Withdrawal) for notice in outcome.notices
        )
        assert all(task.child_ref == "" for task in outcome.obligations)
        assert outcome.reviews == ()


@given(case=cases())
def test_known_is_never_said_without_a_usable_extract(case):
    for row in decide_child(case, rulebook(), MONDAY).decisions:
        if row.state in {
            State.KNOWN_AT_PLACEMENT, State.KNOWN_AT_ADDRESS_NO_FLAG,
            State.KNOWN_NOT_AT_ADDRESS, State.NOT_KNOWN, State.POSSIBLE,
        }:  # fmt: skip
            assert case.extracts[row.host_force].usable
            assert DIRECTORY.has(row.host_force)


@given(case=cases())
def test_a_first_telling_is_new_and_nothing_is_ended_before_it_was_told(case):
    outcome = decide_child(case, rulebook(), MONDAY)
    for notice in outcome.notices:
        assert notice.supersedes is None
        assert notice.kind in {Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED}
        assert notice.recipient != PLACING or notice.is_copy
