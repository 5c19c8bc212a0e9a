"""The rules are told what earlier nights left, as it was before a business date."""

from uuid import UUID

import pytest
from register_examples import (
    CHILD,
    FORCE,
    LA,
    PLACEMENT,
    an_id,
    at,
    day,
    decision,
    memory,
    night,
    notice,
    obligation,
    resolved,
    review,
)

from notifications.documents import Audience, Kind, ObligationKind
from notifications.facts import (
    ChildMemory,
    PersonGroup,
    PersonMember,
    PersonMemory,
    PlacementMemory,
    Standing,
    State,
)
from notifications.outcome import PointerOutcome
from notifications.owing import OpenObligation
from register.engine import reading
from register.memory import load_memory, load_person_memory
from register.nights import record_night

OTHER = "P-BBBBBBBBBBBBBBBB"
TWO_PLACEMENTS = (resolved(), resolved(OTHER, start=day(1), source_ref="78"))


def told(engine, before):
    """Which notices stand, by the key they were made with."""
    keys = {an_id("notice", key): key for key in "abcdefn"}
    return {keys[one.notification_id] for one in memory(engine, before).standing}


def test_a_register_without_nights_remembers_nobody(engine):
    with reading(engine) as connection:
        assert load_memory(connection, day(1)) == {}
        assert load_person_memory(connection, day(1)) == {}


def test_a_night_is_remembered_from_the_next_on(engine):
    record_night(
        engine,
        night(
            1,
            decisions=[decision(State.POSSIBLE)],
            notices=[
                notice(is_copy=True, audience=Audience.NAMED_OFFICER, judgement="e-1")
            ],
            obligations=[obligation(child_ref="")],
            reviews=(review(),),
        ),
    )
    assert memory(engine, 1) == ChildMemory()
    assert memory(engine, 2) == ChildMemory(
        standing=(
            Standing(
                notification_id=an_id("notice", "n"),
                kind=Kind.NEW,
                recipient=FORCE,
                audience=Audience.NAMED_OFFICER,
                is_copy=True,
                placement_ref=PLACEMENT,
                facts_hash="f1",
                created_on=day(1),
                judgement="e-1",
            ),
        ),
        placements={
            PLACEMENT: PlacementMemory(
                placement_ref=PLACEMENT,
                last_state=State.POSSIBLE,
                last_good_state=State.POSSIBLE,
                last_good_on=day(1),
                possible_since=day(1),
                last_good_facts_hash="f1",
            )
        },
        open_obligations=(
            OpenObligation(
                obligation_id=an_id("obligation", "o"),
                kind=ObligationKind.DATA_TASK,
                owed_by=LA,
                placement_ref=PLACEMENT,
                due_at=at(6),
                created_on=day(1),
                asked="Mend the postcode.",
                rule="told",
            ),
        ),
        made=frozenset({an_id("notice", "n")}),
        asked=frozenset({an_id("review", "r")}),
    )


@pytest.mark.parametrize(
    ("case", "nights", "standing"),
    [
        ("a notice stands", [[("a", {})]], "a"),
        (
            "an update takes the place of what it supersedes",
            [[("a", {})], [("b", {"kind": Kind.UPDATE, "supersedes": "a"})]],
            "b",
        ),
        (
            "an end leaves nothing",
            [[("a", {})], [("b", {"kind": Kind.END, "supersedes": "a"})]],
            "",
        ),
        (
            "a retraction leaves nothing",
            [[("a", {})], [("b", {"kind": Kind.RETRACTION, "supersedes": "a"})]],
            "",
        ),
        (
            "an unconfirmed notice stands",
            [[("a", {"kind": Kind.UNCONFIRMED})]],
            "a",
        ),
        (
            "each recipient has its own",
            [[("a", {}), ("b", {"recipient": "937"}),
              ("c", {"recipient": LA, "is_copy": True})]],
            "abc",
        ),
        (
            "what ends for one stands for the other",
            [[("a", {}), ("b", {"recipient": "937"})],
             [("c", {"kind": Kind.END, "supersedes": "a"})]],
            "b",
        ),
        (
            "each open placement has its own",
            [[("a", {})], [("b", {"placement_ref": OTHER})]],
            "ab",
        ),
        (
            "a move takes the place of the old placement's notice",
            [[("a", {})],
             [("b", {"kind": Kind.UPDATE, "supersedes": "a",
                     "placement_ref": OTHER})]],
            "b",
        ),
        (
            "on one night one placement's is withdrawn and another's made",
            [[("a", {})],
             [("b", {"kind": Kind.RETRACTION, "supersedes": "a"}),
              ("c", {"placement_ref": OTHER})]],
            "c",
        ),
        (
            "what was superseded does not stand again after the end",
            [[("a", {})], [("b", {"kind": Kind.UPDATE, "supersedes": "a"})],
             [("c", {"kind": Kind.END, "supersedes": "b"})]],
            "",
        ),
        (
            "after an end a new notice stands",
            [[("a", {})], [("b", {"kind": Kind.END, "supersedes": "a"})],
             [("c", {})]],
            "c",
        ),
    ],
)  # fmt: skip
def test_what_stands(engine, case, nights, standing):
    for number, notices in enumerate(nights, 1):
        made = [
            notice(key, on=number, **refer_to_ids(changes)) for key, changes in notices
        ]
        record_night(engine, night(number, placements=TWO_PLACEMENTS, notices=made))
    last = len(nights) + 1
    assert told(engine, last) == set(standing), case
    assert len(memory(engine, last).made) == sum(map(len, nights)), case
    assert memory(engine, last).told_again == ()
    if len(nights) == 2:
        first_night = {key for key, _ in nights[0]}
        assert told(engine, 2) == first_night, "as it was before the second night"


def refer_to_ids(changes):
    if "supersedes" not in changes:
        return changes
    return changes | {"supersedes": an_id("notice", changes["supersedes"])}


# --- decisions ---------------------------------------------------------------------

KNOWN, NOT_KNOWN = State.KNOWN_AT_PLACEMENT, State.NOT_KNOWN
POSSIBLE, CANNOT_SAY = State.POSSIBLE, State.CANNOT_SAY
RESTRICTED, OUT = State.RESTRICTED, State.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("states", "last_good", "good_on", "possible_since"),
    [
        ([KNOWN], KNOWN, 1, None),
        ([KNOWN, CANNOT_SAY], KNOWN, 1, None),
        ([KNOWN, KNOWN, CANNOT_SAY], KNOWN, 2, None),
        ([KNOWN, RESTRICTED, CANNOT_SAY], KNOWN, 1, None),
        ([KNOWN, NOT_KNOWN], NOT_KNOWN, 2, None),
        ([CANNOT_SAY], None, None, None),
        ([OUT], None, None, None),
        ([POSSIBLE], POSSIBLE, 1, 1),
        ([POSSIBLE, POSSIBLE], POSSIBLE, 2, 1),
        ([POSSIBLE, CANNOT_SAY], POSSIBLE, 1, 1),
        ([POSSIBLE, CANNOT_SAY, POSSIBLE], POSSIBLE, 3, 1),
        ([POSSIBLE, None, POSSIBLE], POSSIBLE, 3, 1),
        ([POSSIBLE, NOT_KNOWN], NOT_KNOWN, 2, None),
        ([POSSIBLE, NOT_KNOWN, POSSIBLE], POSSIBLE, 3, 3),
        ([POSSIBLE, OUT, POSSIBLE], POSSIBLE, 3, 3),
    ],
    ids=lambda value: (
        "-".join(str(one) for one in value) if isinstance(value, list) else None
    ),
)
def test_what_decisions_leave(engine, states, last_good, good_on, possible_since):
    for number, state in enumerate(states, 1):
        made = [] if state is None else [decision(state, facts_hash=f"f{number}")]
        record_night(engine, night(number, decisions=made))
    left = memory(engine, len(states) + 1).placements[PLACEMENT]
    assert left.last_state is states[-1]
    assert left.last_good_state is last_good
    assert left.last_good_on == (day(good_on) if good_on else None)
    assert left.last_good_facts_hash == (f"f{good_on}" if good_on else None)
    assert left.possible_since == (day(possible_since) if possible_since else None)


def test_a_date_run_again_is_decided_on_the_same_memory(engine):
    for number, state in enumerate([POSSIBLE, KNOWN, CANNOT_SAY], 1):
        record_night(engine, night(number, decisions=[decision(state)]))
    before = memory(engine, 3)
    record_night(engine, night(3, run=2, decisions=[decision(NOT_KNOWN)]))
    assert memory(engine, 3) == before
    assert memory(engine, 4).placements[PLACEMENT].last_state is NOT_KNOWN
    record_night(engine, night(3, run=3))
    assert memory(engine, 4).placements == before.placements


def test_an_obligation_is_open_until_the_night_that_met_it(engine):
    record_night(engine, night(1, obligations=[obligation()]))
    record_night(engine, night(2))
    record_night(engine, night(3, obligations=[obligation(met_on=day(3))]))
    record_night(engine, night(4))
    assert [len(memory(engine, n).open_obligations) for n in (1, 2, 3, 4, 5)] == [
        0, 1, 1, 0, 0,
    ]  # fmt: skip


def test_children_of_the_same_reference_are_kept_apart(engine):
    twin = resolved(OTHER, authority="331")
    record_night(
        engine,
        night(
            1,
            placements=(resolved(), twin),
            notices=[
                notice("a"),
                notice("b", placing_la="331", placement_ref=OTHER),
            ],
            obligations=[obligation("b", placement_ref=OTHER)],
        ),
    )
    with reading(engine) as connection:
        found = load_memory(connection, day(2))
    assert list(found) == [(LA, CHILD), ("331", CHILD)]
    assert found[LA, CHILD].made == {an_id("notice", "a")}
    assert found["331", CHILD].made == {an_id("notice", "b")}
    assert found[LA, CHILD].open_obligations == ()
    assert len(found["331", CHILD].open_obligations) == 1


# --- people ------------------------------------------------------------------------

PERSON = UUID("7b0f2c52-7f4e-5b8a-8f86-0d6d7f2a3c11")
GROUP = PersonGroup(
    PERSON,
    "perpetrator",
    (PersonMember(FORCE, "N1", 0.9), PersonMember("E23000020", "N7", 0.8)),
)


def pointer(key, **changes):
    given = {
        "kind": Kind.POINTER, "subject": "person", "placing_la": None,
        "child_ref": None, "placement_ref": None, "person_id": PERSON,
    }  # fmt: skip
    return notice(key, **(given | changes))


def test_what_was_told_about_a_person_is_remembered(engine):
    task = obligation(
        "p", kind=ObligationKind.NAMED_OFFICER_TASK, placement_ref=str(PERSON),
        child_ref="",
    )  # fmt: skip
    made = PointerOutcome(
        notices=(pointer("a"), pointer("b", recipient="E23000020")),
        obligations=(task,),
    )
    record_night(engine, night(1, people=(GROUP,), pointers=made))
    taken_back = pointer(
        "c", on=2, kind=Kind.RETRACTION, supersedes=an_id("notice", "a")
    )
    record_night(
        engine, night(2, people=(GROUP,), pointers=PointerOutcome((taken_back,)))
    )
    with reading(engine) as connection:
        assert load_memory(connection, day(3)) == {}
        first = load_person_memory(connection, day(2))[PERSON]
        second = load_person_memory(connection, day(3))[PERSON]
    assert isinstance(first, PersonMemory)
    assert set(first.standing) == {FORCE, "E23000020"}
    assert first.standing[FORCE].placement_ref == str(PERSON)
    assert first.open_obligations[0].placement_ref == str(PERSON)
    assert set(second.standing) == {"E23000020"}
    assert len(second.made) == 3
