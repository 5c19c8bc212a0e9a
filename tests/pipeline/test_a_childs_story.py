"""What explain says of one child: references, rules and times."""

import datetime as dt
import json
from dataclasses import replace
from uuid import UUID

import pytest
from night_world import DEMO

from notifications.documents import Kind, ObligationKind, Priority
from notifications.facts import Placement, PlacementStatus, State
from notifications.loop_states import LoopState
from notifications.outcome import EvidencePart, Silence
from pipeline.region import load_region
from pipeline.standing import STANDS, TO_BE_KNOWN, TO_BE_SAID, where_it_stands
from pipeline.story import RESTRICTED, Told, as_json, fold, in_words
from pipeline.times import span_of
from register.story_parts import (
    Story,
    StoryDelivery,
    StoryEvent,
    StoryNight,
    StoryNotice,
    StoryRecording,
    StoryReview,
    StoryTask,
)

FORCE = "E23000014"
REGION = load_region(DEMO)
PLACED = Placement("P1", "C1", start=dt.date(2026, 11, 16), place_code="U4")
NOTICE, REVIEW = UUID(int=1), UUID(int=2)


def on(day):
    return dt.date(2026, 11, day)


def at(day, hour=17):
    return dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)


def night(day, state=State.NOT_KNOWN, **changes):
    given = StoryNight(
        business_date=on(day), placement_ref="P1", state=state, rule="known.not",
        reason="known.not: no candidate above the review line", as_of=on(day),
        priority=Priority.HIGH, host_la="334", host_force=FORCE,
        best_nominal_ref="N7", match_probability=0.0123, judgement=None,
        evidence=(
            EvidencePart("dob", "one digit off", -1.5),
            EvidencePart("prior", "prior", -8.0),
        ),
        run_id=f"demo-2026-11-{day}-1", rules="r1", model="children-1",
    )  # fmt: skip
    return replace(given, **changes)


TOLD = StoryNotice(
    notification_id=NOTICE, kind=Kind.NEW, recipient=FORCE, is_copy=False,
    placement_ref="P1", rule="tell.not-known", rule_version="1", priority=Priority.HIGH,
    due_at=at(24), supersedes=None, created_on=on(22), channel="portal",
    recording_token="XB-7F3K-9Q2M-C", dropped_by=None, judgement=None,
    held_by=None, release_at=None, released_by=None, released_at=None, reminds=None,
    reminder_no=None,
)  # fmt: skip


def event(type_, day, subject=NOTICE, **changes):
    given = StoryEvent(
        event_id=f"e{day}", type=type_, subject=str(subject), time=at(day, 9),
        actor="u-12", reference=None, recorded_on=None, decision=None, right_ref=None,
        undoes=None,
    )  # fmt: skip
    return replace(given, **changes)


def task(kind=ObligationKind.ACKNOWLEDGE_TASK, **changes):
    given = StoryTask(
        obligation_id=UUID(int=9), kind=kind, owed_by=FORCE, placement_ref="P1",
        notification_id=NOTICE, rule="loop.overdue", due_at=at(24), escalation=1,
        escalated_to="Duty inspector", created_on=on(24), met_on=None,
    )  # fmt: skip
    return replace(given, **changes)


WHOLE = Story(
    authority="330", child_ref="C1", newest_night=on(27), placements=(PLACED,),
    nights=tuple(night(day) for day in range(22, 28)), notices=(TOLD,),
    deliveries={
        str(NOTICE): (
            StoryDelivery(str(NOTICE), "portal", "notification", "delivered", 2, None,
                          at(22, 3), None),
        )
    },
    events=(
        event("receipt.opened", 23),
        event("receipt.acknowledged", 25, reference="OCC/1", recorded_on="2026-11-25"),
        event("judgement.made", 23, REVIEW, decision="different", right_ref="N7"),
    ),
    recordings=(StoryRecording(NOTICE, on(26), seen=False, by=None, found_in=None),),
    looks={FORCE: on(27)},
    tasks=(task(met_on=on(25)),),
    reviews=(StoryReview(REVIEW, FORCE, "N7", at(26), on(22), None),),
)  # fmt: skip


def told(story=WHOLE, loop=LoopState.NOT_RECORDED):
    return Told(story, {NOTICE: loop}, REGION)


def text(given, night=None):
    return "\n".join(in_words(given, night))


def test_nights_that_answer_the_same_are_one_line():
    said = text(told())
    assert "22–27 Nov 2026 (6 nights)  P1  not known to the host police" in said
    assert said.count("known.not: no candidate") == 1


@pytest.mark.parametrize(
    ("change", "spans"),
    [
        ({}, [(22, 27)]),
        ({"as_of": on(20), "run_id": "other"}, [(22, 27)]),
        ({"state": State.CANNOT_SAY}, [(22, 23), (24, 24), (25, 27)]),
        ({"best_nominal_ref": "N8"}, [(22, 23), (24, 24), (25, 27)]),
        ({"priority": Priority.LOW}, [(22, 23), (24, 24), (25, 27)]),
        ({"evidence": ()}, [(22, 23), (24, 24), (25, 27)]),
        ({"rules": "r2"}, [(22, 23), (24, 24), (25, 27)]),
        ({"priority_rule": "p"}, [(22, 23), (24, 24), (25, 27)]),
        ({"silence": (Silence(FORCE, "s"),)}, [(22, 23), (24, 24), (25, 27)]),
    ],
)
def test_a_night_that_answers_otherwise_stands_alone(change, spans):
    nights = [
        replace(one, **change) if one.business_date == on(24) else one
        for one in WHOLE.nights
    ]
    assert [(one.first, one.last) for one in fold(nights)] == [
        (on(first), on(last)) for first, last in spans
    ]


def test_two_placements_are_folded_each_by_itself():
    both = [
        one
        for day in range(22, 28)
        for one in (night(day), night(day, placement_ref="P2"))
    ]
    assert [(one.answer.placement_ref, one.nights) for one in fold(both)] == [
        ("P1", 6), ("P2", 6),
    ]  # fmt: skip


def test_why_a_night_was_silent_and_its_priority_are_said_by_rule():
    quiet = night(
        22, priority_rule="priority.missing-now",
        silence=(
            Silence(FORCE, "life.told-once"), Silence("334", "life.told-once"),
            Silence("330", "tell.not-known"),
        ),
    )  # fmt: skip
    given = told(replace(WHOLE, nights=(quiet, night(23, silence=()))))
    said = text(given)
    assert "priority high by priority.missing-now" in said
    assert (
        f"nothing to {given.name(FORCE)} or {given.name('334')}: life.told-once (the "
        "same facts to the same recipient are told once"
    ) in said
    assert f"nothing to {given.name('330')}: tell.not-known (" in said
    assert said.count("nothing to") == 2
    first, second = as_json(given)["nights"]
    assert first["priority_rule"] == "priority.missing-now"
    assert first["silence"][0] == {"recipient": FORCE, "rule": "life.told-once"}
    assert (second["priority_rule"], second["silence"]) == (None, ())


def test_a_night_that_concerned_nobody_says_so():
    alone = night(22, silence=(Silence(None, "tell.out-of-scope"),))
    said = text(told(replace(WHOLE, nights=(alone,))))
    assert "nothing to anybody: tell.out-of-scope (out of scope: " in said


def test_evidence_is_levels_and_weights_with_their_sum():
    said = text(told())
    assert "best record N7, probability 0.0123, -9.5 bits" in said
    assert "-1.5  dob: one digit off" in said


def test_all_that_came_of_a_notice_is_below_it():
    said = text(told())
    for part in (
        "22 Nov 2026  new to E23000014 West Midlands Police  XB-7F3K-9Q2M-C",
        "tell.not-known version 1, high priority, due 24 Nov 2026, 17:00",
        "portal: delivered after 2 attempts, 22 Nov 2026, 03:00",
        "receipt.opened by u-12",
        "their reference OCC/1, recorded 2026-11-25",
        "26 Nov 2026  their extract bears neither token nor reference",
        "last looked on 27 Nov 2026",
        "acknowledge task of E23000014 West Midlands Police, loop.overdue, due 24 Nov "
        "2026, 17:00, escalation 1 to Duty inspector; met 25 Nov 2026",
        "is it N7 of E23000014 West Midlands Police? By 26 Nov 2026, 17:00",
        "judgement.made by u-12: different, record N7, event e23",
    ):
        assert part in said


def test_a_hold_says_by_what_until_when_and_who_released_it():
    held = replace(TOLD, held_by="baseline", release_at=at(25, 9))
    said = text(told(replace(WHOLE, notices=(held,)), LoopState.HELD))
    assert "held: baseline, until 25 Nov 2026, 09:00" in said
    assert "is held by the baseline until 25 Nov 2026, 09:00" in said
    released = replace(
        held, held_by="surge", release_at=None, released_at=at(26), released_by="DI"
    )
    said = text(told(replace(WHOLE, notices=(released,))))
    assert "held: surge; released 26 Nov 2026, 17:00 by DI" in said


def test_it_says_where_the_case_stands_and_what_would_change_it():
    said = text(told())
    assert (
        "On 27 Nov 2026 the answer for P1 was “not known to the host police” "
        "(known.not)."
    ) in said
    assert "is acknowledged but not recorded." in said
    assert "P1: a record of the host force must match well enough" in said
    assert "extract must bear the token or the reference" in said


@pytest.mark.parametrize("state", LoopState)
def test_every_state_of_a_notice_has_words(state):
    assert STANDS[state][0]
    assert where_it_stands(WHOLE, {NOTICE: state}, str).sentences


@pytest.mark.parametrize("state", State)
def test_every_state_of_a_placement_says_what_would_change_it(state):
    story = replace(WHOLE, nights=(night(27, state, rule=None, reason=None),))
    stands = where_it_stands(story, {}, str)
    assert (TO_BE_KNOWN[state] is None) is (stands.would_change == ())


@pytest.mark.parametrize("rule", sorted(TO_BE_SAID))
def test_what_cannot_be_said_names_its_mend(rule):
    from notifications.states import STATES

    assert rule in STATES
    story = replace(WHOLE, nights=(night(27, State.CANNOT_SAY, rule=rule),))
    assert where_it_stands(story, {}, str).would_change == (f"P1: {TO_BE_SAID[rule]}",)


def test_a_placement_that_was_left_needs_nothing_more():
    stands = where_it_stands(replace(WHOLE, newest_night=on(28)), {}, str)
    assert "no placement to decide about" in stands.sentences[0]
    assert stands.would_change == ()


def test_what_was_superseded_or_dropped_stands_no_more():
    later = replace(TOLD, notification_id=UUID(int=3), kind=Kind.UPDATE,
                    supersedes=NOTICE, recording_token="XB-LATER")  # fmt: skip
    dropped = replace(TOLD, notification_id=UUID(int=4), dropped_by="r",
                      recording_token="XB-DROPPED")  # fmt: skip
    story = replace(WHOLE, notices=(TOLD, later, dropped))
    said = " ".join(where_it_stands(story, {}, str).sentences)
    assert "XB-LATER" in said
    assert TOLD.recording_token not in said
    assert "XB-DROPPED" not in said


def test_one_night_alone_shows_what_that_night_decided():
    story = replace(WHOLE, nights=(*WHOLE.nights[:5], night(27, State.POSSIBLE)))
    said = text(told(story), on(27))
    assert "possible match" in said
    assert "not known to" not in said
    assert "XB-" not in said
    assert "No night decided about this child." in text(told(), on(30))


NAMED = task(
    ObligationKind.NAMED_OFFICER_TASK, notification_id=None, met_on=None,
    rule="shield.protected", escalation=0, escalated_to=None,
)  # fmt: skip


@pytest.mark.parametrize(
    "story",
    [
        replace(WHOLE, nights=(*WHOLE.nights[:5], night(27, State.RESTRICTED))),
        replace(WHOLE, tasks=(NAMED, *WHOLE.tasks)),
        replace(WHOLE, placements=(replace(PLACED, place_code="A5"),)),
    ],
    ids=["state", "task", "adoptive"],
)
def test_of_a_restricted_case_only_named_officers_tasks_are_shown(story):
    met = replace(NAMED, met_on=on(26))  # which shields nobody by itself
    story = replace(story, tasks=(*story.tasks, met))
    said = text(told(story))
    assert RESTRICTED in said
    assert "named officer task of E23000014" in said
    plain = json.dumps(as_json(told(story)), default=str)
    for part in ("N7", "XB-", "dob", "P1:", "OCC/1", "acknowledge"):
        assert part not in said
    for part in ("N7", "XB-", "dob", "OCC/1", "acknowledge"):
        assert part not in plain


def test_a_shield_of_an_ended_adoption_is_over():
    ended = replace(PLACED, place_code="A5", status=PlacementStatus.ENDED)
    assert RESTRICTED not in text(told(replace(WHOLE, placements=(ended,))))


def test_json_holds_every_night_and_the_same_standing():
    content = json.loads(json.dumps(as_json(told()), default=str))
    assert len(content["nights"]) == 6
    assert content["notices"][0]["loop"] == "not_recorded"
    assert content["now"]["would_change"]
    one = as_json(told(), on(24))
    assert [row["business_date"] for row in one["nights"]] == [on(24)]
    assert one["notices"] == []


@pytest.mark.parametrize(
    ("first", "last", "nights", "said"),
    [
        (on(22), on(22), 1, "22 Nov 2026"),
        (on(22), on(27), 6, "22–27 Nov 2026 (6 nights)"),
        (on(28), dt.date(2026, 12, 3), 6, "28 Nov – 3 Dec 2026 (6 nights)"),
        (on(30), dt.date(2027, 1, 2), 34, "30 Nov 2026 – 2 Jan 2027 (34 nights)"),
    ],
)
def test_a_span_of_nights_is_short(first, last, nights, said):
    assert span_of(first, last, nights) == said
