"""Agreed synthetic children: what makes a night good, and what they count in."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest
import yaml
from night_world import DEMO

from notifications.documents import Audience, Kind, Priority
from notifications.facts import ChildMemory, Standing, State
from notifications.outcome import ChildOutcome, Decision, Hold, Notice
from pipeline.errors import ConfigurationError
from pipeline.region import RegionConfig, SentinelConfig, load_region
from pipeline.sentinels import (
    NOTHING_SENT,
    apart,
    check_arrivals,
    check_sentinels,
    first,
)
from register.undelivered import Undelivered

DAY = dt.date(2026, 11, 22)
FORCE, PLACING, HOST = "E23000015", "330", "860"
KEY = (PLACING, "SEN-1")


def region(state=State.NOT_KNOWN, **told: bool) -> RegionConfig:
    sentinel = SentinelConfig(
        authority=PLACING,
        child_ref="SEN-1",
        state=state,
        told={code.removeprefix("la"): wanted for code, wanted in told.items()},
    )
    return load_region(DEMO).model_copy(update={"sentinels": (sentinel,)})


def decision(state=State.NOT_KNOWN, child_ref="SEN-1") -> Decision:
    return Decision(
        placing_la=PLACING, child_ref=child_ref, placement_ref="P1",
        placement_start=DAY, host_la=HOST, host_force=FORCE, at_distance=False,
        cross_force=True, state=state, reason="", as_of=DAY,
        priority=Priority.STANDARD, best_nominal_ref=None, match_probability=None,
        notification_ids=(), facts_hash="",
    )  # fmt: skip


def notice(kind=Kind.NEW, recipient=FORCE, placement_ref="P1", **changes) -> Notice:
    made = Notice(
        notification_id=uuid4(), kind=kind, subject="placement", placing_la=PLACING,
        child_ref="SEN-1", placement_ref=placement_ref, recipient=recipient, rule="",
        rule_version="1", priority=Priority.STANDARD, due_at=None, supersedes=None,
        channel="portal", document=None, facts_hash="", audience=Audience.DUTY,
        is_copy=False,
    )  # fmt: skip
    return replace(made, **changes)


def standing(recipient=FORCE, placement_ref="P1") -> ChildMemory:
    one = Standing(
        uuid4(), Kind.NEW, recipient, Audience.DUTY, False, placement_ref, "", DAY
    )  # fmt: skip
    return ChildMemory(standing=(one,))


def problems(config, *outcomes, memory=None):
    return check_sentinels(config, outcomes, {KEY: memory} if memory else {})


def outcome(*notices, state=State.NOT_KNOWN):
    return ChildOutcome(decisions=(decision(state),), notices=notices)


TOLD = {FORCE: True, "la860": True, "E23000014": False}


def test_a_sentinel_that_came_through_says_nothing():
    told = outcome(notice(), notice(recipient=HOST))
    assert problems(region(**TOLD), told) == ()


def test_a_sentinel_may_have_been_told_of_on_an_earlier_night():
    quiet = outcome(notice(recipient=HOST))
    assert problems(region(**TOLD), quiet, memory=standing()) == ()


@pytest.mark.parametrize(
    ("outcomes", "memory", "words"),
    [
        pytest.param([], None, "was not decided tonight", id="no row"),
        pytest.param(
            [ChildOutcome(decisions=(decision(child_ref="C1"),))], None,
            "was not decided tonight", id="another child's row",
        ),
        pytest.param(
            [outcome(notice(), notice(recipient=HOST), state=State.CANNOT_SAY)], None,
            "is cannot_say, not not_known", id="another state",
        ),
        pytest.param(
            [outcome(notice(recipient=HOST))], None,
            "Staffordshire Police (E23000015) holds no notice", id="nobody told",
        ),
        pytest.param(
            [outcome(notice(), notice(recipient=HOST),
                     notice(recipient="E23000014"))], None,
            "West Midlands Police (E23000014) holds a notice of it and must not",
            id="told too many",
        ),
        pytest.param(
            [outcome(notice(hold=Hold("surge", None)), notice(recipient=HOST))], None,
            "(E23000015) holds no notice", id="held",
        ),
        pytest.param(
            [outcome(notice(Kind.END), notice(recipient=HOST))], standing(),
            "(E23000015) holds no notice", id="ended tonight",
        ),
    ],
)  # fmt: skip
def test_each_way_of_not_coming_through_is_one_line(outcomes, memory, words):
    (line,) = problems(region(**TOLD), *outcomes, memory=memory)
    assert words in line
    assert line.startswith("Sentinel SEN-1 of Birmingham (330)")


def on_its_way(where="waiting", recipient=FORCE, problem=None) -> Undelivered:
    return Undelivered(
        PLACING, "SEN-1", uuid4(), Kind.NEW, recipient, where, 1, problem
    )


@pytest.mark.parametrize(
    ("where", "mend"),
    [
        ("waiting", "see that the portal answers"),
        ("refused", "crossborder replay"),
        ("to_pack", "crossborder exports packs it"),
        ("packed", "crossborder handed-over"),
    ],
)
def test_each_notice_that_has_not_arrived_is_one_line_with_its_mend(where, mend):
    (line,) = check_arrivals(
        region(**TOLD), [on_its_way(where, problem="no answer")], published=True
    )
    assert line.startswith(
        "Sentinel SEN-1 of Birmingham (330): the new to Staffordshire Police "
        "(E23000015) has not reached it (no answer); "
    )
    assert mend in line


def test_who_lies_outside_the_region_goes_by_its_code():
    (line,) = check_arrivals(
        region(), [on_its_way("to_pack", "E23000018")], published=True
    )
    assert "the new to E23000018 has not reached it; a person must carry it" in line


def test_a_night_that_sends_nothing_says_that_alone():
    sent_nothing = check_arrivals(region(), [on_its_way()], published=False)
    assert sent_nothing == (NOTHING_SENT,)
    assert first(["an extract is missing", NOTHING_SENT])[0] == NOTHING_SENT
    none = region().model_copy(update={"sentinels": ()})
    assert check_arrivals(none, [], published=False) == ()


def test_what_has_arrived_says_nothing():
    assert check_arrivals(region(**TOLD), [], published=True) == ()


def test_an_end_of_the_old_placement_leaves_the_notice_of_the_new_one():
    moved = outcome(
        notice(placement_ref="P2"), notice(Kind.END), notice(recipient=HOST)
    )
    assert problems(region(**TOLD), moved, memory=standing()) == ()


def test_notices_of_sentinels_are_told_from_those_of_children():
    other = notice(child_ref="C1")
    pointer = notice(Kind.POINTER, placing_la=None, child_ref=None)
    real, test = apart([notice(), other, pointer], {KEY})
    assert (len(test), real) == (1, [other, pointer])


def test_a_sentinels_problem_comes_before_all_others():
    lines = first(["the portal is away", "Sentinel A of B", "an extract is missing"])
    assert lines == ["Sentinel A of B", "the portal is away", "an extract is missing"]


@pytest.mark.parametrize(
    ("sentinel", "stranger"),
    [
        ({"authority": 873, "child_ref": 1, "state": "not_known"}, "873"),
        ({"authority": FORCE, "child_ref": "1", "state": "not_known"}, FORCE),
        (
            {"authority": 330, "child_ref": 1, "state": "not_known",
             "told": {334: True, 999: False}},
            "999",
        ),
    ],
)  # fmt: skip
def test_a_sentinel_names_members_only(tmp_path, sentinel, stranger):
    path = tmp_path / "region.yaml"
    content = {**yaml.safe_load(DEMO.read_text()), "sentinels": [sentinel]}
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigurationError) as caught:
        load_region(path)
    assert any(f"sentinels: {stranger}: not of" in one for one in caught.value.faults)
