"""One table, one reading of the facts: they must agree over any legal history."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loop_cases import ACKNOWLEDGED, at, followed, looked
from notification_cases import MONDAY, WEST_MERCIA, WORCESTERSHIRE

from notifications.documents import Audience, Kind
from notifications.facts import Standing
from notifications.lifecycle import Cell, Fate, Night, steps
from notifications.loop import (
    FOLLOWS,
    TRANSITIONS,
    Happening,
    LoopState,
    loop_diagram,
    state_of,
)
from notifications.loop_page import _ENTRY, _WITHIN, _edges
from notifications.loop_states import CHANGES, OPEN, STARTS
from notifications.recipients import Role
from notifications.wording import Cause

PAGE = Path(__file__).parents[2] / "docs" / "lifecycle.md"
QUEUED = followed(delivered_at=None)


def befall(one, happening, day):
    """The facts as the register holds them after a happening of that day at noon."""
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    looked_at = looked(day.isoformat())
    changes = {
        Happening.RELEASED: {"held_by": None},
        Happening.DROPPED: {"dropped": True},
        Happening.DELIVERED: {"delivered_at": one.delivered_at or noon},
        Happening.REFUSED: {"refused": True},
        Happening.REPLAYED: {"refused": False},
        Happening.FETCHED: {"fetched_at": noon},
        Happening.OPENED: {"opened_at": noon},
        Happening.ACKNOWLEDGED: {"acknowledged_at": noon, "reference": "WM/1"},
        Happening.DISPUTED: {"disputed_at": noon},
        Happening.SUPERSEDED: {"superseded": True},
        Happening.ENDED: {"superseded": True, "closed": True},
        Happening.WITHDRAWN: {"superseded": True, "closed": True, "withdrawn": True},
        Happening.KNOWN: {"known_on": day, "no_longer_known_on": None},
        Happening.NO_LONGER_KNOWN: {"known_on": None, "no_longer_known_on": day},
        Happening.SEEN: {
            "known_on": None, **looked_at, "seen_on": day, "was_seen": True
        },
        Happening.NOT_SEEN: {"known_on": None, **looked_at},
    }  # fmt: skip
    return replace(one, **changes[happening])


@given(st.data())
def test_the_facts_tell_the_state_that_the_table_gives(data):
    state = data.draw(st.sampled_from(sorted(STARTS)))
    one = replace(QUEUED, held_by="surge" if state is LoopState.HELD else None)
    day = MONDAY
    assert state_of(one) is state
    for _ in range(data.draw(st.integers(1, 12))):
        legal = sorted(
            happening for before, happening in TRANSITIONS if before == state
        )
        if not legal:
            assert state is LoopState.DROPPED
            break
        happening = data.draw(st.sampled_from(legal))
        day += dt.timedelta(days=data.draw(st.integers(1, 4)))
        one, state = befall(one, happening, day), TRANSITIONS[state, happening]
        assert state_of(one) is state, happening


def test_every_state_can_be_reached_and_none_but_the_closed_is_final():
    reached = set(STARTS)
    while True:
        further = {
            after for (before, _), after in TRANSITIONS.items() if before in reached
        }
        if further <= reached:
            break
        reached |= further
    assert reached == set(LoopState)
    left = {before for (before, _), after in TRANSITIONS.items() if before is not after}
    assert set(LoopState) - left == {
        LoopState.DROPPED, LoopState.SUPERSEDED, LoopState.ENDED, LoopState.WITHDRAWN,
    }  # fmt: skip


def test_no_row_of_the_table_contradicts_another():
    for change in CHANGES:
        for before in change.before:
            assert TRANSITIONS[before, change.happening] is change.after
    rows = [(before, one.happening) for one in CHANGES for before in one.before]
    assert len(rows) == len(set(rows))


def test_only_a_reference_and_a_date_make_a_notice_acknowledged():
    proved = {
        LoopState.ACKNOWLEDGED, LoopState.RECORDED,
        LoopState.NOT_RECORDED, LoopState.KNOWN_AT_PLACEMENT,
    }  # fmt: skip
    into = {
        happening
        for (before, happening), after in TRANSITIONS.items()
        if after in proved and before not in proved
    }
    assert into == {Happening.ACKNOWLEDGED}


@pytest.mark.parametrize("state", OPEN)
def test_an_open_notice_can_always_be_superseded_ended_and_taken_back(state):
    for happening in ("superseded", "ended", "withdrawn"):
        assert TRANSITIONS[state, Happening(happening)] == happening


STATES = [
    ("a held notice", {"held_by": "review", "delivered_at": None}, "held"),
    (
        "an answer that got lost",
        {"delivered_at": None, "fetched_at": at("2026-11-23 11:00")},
        "fetched",
    ),
    ("opened without being fetched", {"opened_at": at("2026-11-23 11:00")}, "opened"),
    ("refused", {"delivered_at": None, "refused": True}, "dead_letter"),
    ("refused again after it came", {"refused": True}, "delivered"),
    ("known before anybody acknowledged", {"known_on": MONDAY}, "known_unacknowledged"),
    ("seen before anybody acknowledged", looked("2026-11-24", seen=True), "delivered"),
    (
        "opened before it was lost from sight",
        {
            "opened_at": at("2026-11-24 11:00"),
            "no_longer_known_on": dt.date(2026, 11, 24),
        },
        "delivered",
    ),
    ("acknowledged", ACKNOWLEDGED, "acknowledged"),
    (
        "seen by an earlier extract only",
        {**ACKNOWLEDGED, **looked("2026-11-24", seen=True)},
        "acknowledged",
    ),
    (
        "not in an extract of the same day",
        {**ACKNOWLEDGED, **looked("2026-11-24")},
        "acknowledged",
    ),
    ("not in the next", {**ACKNOWLEDGED, **looked("2026-11-25")}, "not_recorded"),
    ("in the next", {**ACKNOWLEDGED, **looked("2026-11-25", seen=True)}, "recorded"),
    (
        "known by the next",
        {
            **ACKNOWLEDGED,
            **looked("2026-11-25", seen=True),
            "known_on": dt.date(2026, 11, 25),
        },
        "known_at_placement",
    ),
    (
        "disputed after it",
        {**ACKNOWLEDGED, "disputed_at": at("2026-11-25 09:00")},
        "disputed",
    ),
    (
        "acknowledged after a dispute",
        {**ACKNOWLEDGED, "disputed_at": at("2026-11-23 11:00")},
        "acknowledged",
    ),
    (
        "a late receipt of what was taken back",
        {**ACKNOWLEDGED, "withdrawn": True},
        "withdrawn",
    ),
]


@pytest.mark.parametrize(
    ("facts", "expected"), [one[1:] for one in STATES], ids=[one[0] for one in STATES]
)
def test_the_state_of(facts, expected):
    assert state_of(followed(**facts)) == expected


def test_an_end_is_never_looked_for_and_a_force_does_not_speak_for_an_authority():
    facts = {**ACKNOWLEDGED, **looked("2026-11-25"), "known_on": dt.date(2026, 11, 25)}
    assert state_of(followed(Kind.END, **facts)) == "acknowledged"
    assert state_of(followed(recipient=WORCESTERSHIRE, **facts)) == "not_recorded"


KINDS = st.sampled_from([Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED])


@given(
    standing=st.none() | KINDS, cell=st.none() | KINDS, same=st.booleans(),
    place=st.sampled_from(["P1", "P2"]), fate=st.sampled_from(list(Fate)),
    departure=st.none() | st.sampled_from([Cause.ADULT, Cause.DIED]),
)  # fmt: skip
def test_what_a_night_lets_follow_is_in_the_table(
    standing, cell, same, place, fate, departure
):
    stands = (
        Standing(
            UUID(int=1), standing, WEST_MERCIA, Audience.DUTY, False, "P1", "a", MONDAY
        ),
    )
    cells = (Cell(WEST_MERCIA, Role.HOST_FORCE, place, "a" if same else "b", cell),)
    night = Night({"P1": fate, "P2": Fate.HOSTED}, departure, False)
    for step in steps(stands if standing else (), cells, night):
        before = step.standing.kind if step.standing else None
        assert step.kind in FOLLOWS[before]


def test_the_page_is_the_one_that_the_tables_give():
    assert PAGE.read_text(encoding="utf-8") == loop_diagram()


def test_the_first_diagram_draws_every_change_of_the_table():
    page = loop_diagram().split("```mermaid")[1].split("```")[0]
    drawn = [line.strip() for line in page.splitlines() if "-->" in line]
    for change in CHANGES:
        label = change.happening.value.replace("_", " ")
        edges = [line for line in drawn if line.endswith(f": {label}")]
        sources = {line.split(" --> ")[0] for line in edges}
        members = {
            state
            for source in sources
            for state in _WITHIN.get(source, (source,))
        }  # fmt: skip
        assert set(change.before) - {change.after} <= members
    for box, entry in _ENTRY.items():
        assert entry in _WITHIN or entry in _WITHIN[box]
        assert f"[*] --> {entry}" in drawn


def test_an_edge_into_a_box_means_its_first_state():
    for change in CHANGES:
        for _, line in _edges(change):
            target = line.split(" --> ")[1].split(" : ")[0]
            while target in _ENTRY:
                target = _ENTRY[target]
            assert target == change.after
