"""What is known of a notice on its way, and what its chase leaves behind."""

import datetime as dt
from uuid import uuid4

import pytest
from register_examples import (
    CHILD,
    FORCE,
    LA,
    PLACEMENT,
    REGION,
    an_id,
    at,
    day,
    decision,
    everything,
    memory,
    night,
    notice,
    obligation,
    resolved,
    send_all,
    waiting,
)

from notifications.documents import Audience, Kind, ObligationKind
from notifications.facts import State
from notifications.feed import EventType
from notifications.following import OpenFollowUp, Steps
from notifications.loop_states import LoopState, state_of
from notifications.outcome import Hold
from notifications.recordings import Recording
from register.engine import reading, writing
from register.events import Event, record_events
from register.following import load_followed, record_steps
from register.nights import record_night
from register.outbox import refused, take
from register.steps import NotAReminderError

OTHER = "P-BBBBBBBBBBBBBBBB"
N = an_id("notice", "n")
KNOWN, NOT_KNOWN, CANNOT_SAY = (
    State.KNOWN_AT_PLACEMENT, State.NOT_KNOWN, State.CANNOT_SAY,
)  # fmt: skip


def followed(engine):
    with reading(engine) as connection:
        return load_followed(connection)


def keys(engine):
    named = {an_id("notice", key): key for key in "abcdn"}
    return "".join(named[one.notification.notification_id] for one in followed(engine))


def decide(engine, number, *notices, **parts):
    parts.setdefault("placements", (resolved(), resolved(OTHER, source_ref="78")))
    return record_night(engine, night(number, notices=notices, **parts))


def receipt(kind, hour, key="n", **data):
    subject = str(an_id("notice", key))
    return Event(f"{kind}-{key}-{hour}", kind, subject, at(1, hour), data)


def acknowledged(hour, reference="CR/1", key="n"):
    return receipt(
        EventType.ACKNOWLEDGED, hour, key, agency=FORCE, actor="x",
        reference=reference, recorded_on="2026-11-20",
    )  # fmt: skip


def reminder(number=1, *, of="n"):
    made = notice((of, number), kind=Kind.REMINDER)
    told = {"reminds": an_id("notice", of)}
    return type(made)(
        **{name: getattr(made, name) for name in made.__slots__ if name != "document"},
        document=made.document.model_copy(update=told),
    )


def task(escalation=0, *, kind=ObligationKind.ACKNOWLEDGE_TASK, of="n", **changes):
    return obligation(
        (kind, of), kind=kind, owed_by=FORCE, escalation=escalation,
        notification_id=an_id("notice", of), **changes,
    )  # fmt: skip


# --- what is followed --------------------------------------------------------------


def test_nothing_is_followed_in_an_empty_register(engine):
    assert followed(engine) == ()


@pytest.mark.parametrize(
    ("case", "nights", "loaded"),
    [
        ("a notice", [[("a", {})]], "a"),
        ("an end", [[("a", {})], [("b", {"kind": Kind.END, "supersedes": "a"})]], "b"),
        ("what an update replaced is done",
         [[("a", {})], [("b", {"kind": Kind.UPDATE, "supersedes": "a"})]], "b"),
        ("what was withdrawn is done, and a withdrawal is not chased",
         [[("a", {})], [("b", {"kind": Kind.RETRACTION, "supersedes": "a"})]], ""),
        ("a copy is not chased", [[("a", {"is_copy": True, "recipient": LA})]], ""),
        ("nor is what is carried by hand", [[("a", {"channel": "export"})]], ""),
        ("told twice of one placement: the later", [[("a", {})], [("b", {})]], "b"),
        ("each recipient and each placement",
         [[("a", {}), ("b", {"recipient": "937"}), ("c", {"placement_ref": OTHER})]],
         "abc"),
        ("after an end, told anew",
         [[("a", {})], [("b", {"kind": Kind.END, "supersedes": "a"})], [("c", {})]],
         "c"),
        ("a held update replaces nothing yet",
         [[("a", {})],
          [("b", {"kind": Kind.UPDATE, "supersedes": "a",
                  "hold": Hold("surge", None)})]], "ab"),
    ],
)  # fmt: skip
def test_which_notices_are_followed(engine, case, nights, loaded):
    for number, made in enumerate(nights, 1):
        decide(
            engine, number,
            *(
                notice(key, on=number, **changes | refer(changes))
                for key, changes in made
            ),
        )  # fmt: skip
    assert "".join(sorted(keys(engine))) == loaded, case


def refer(changes):
    if "supersedes" not in changes:
        return {}
    return {"supersedes": an_id("notice", changes["supersedes"])}


def test_what_is_done_but_chased_is_followed_until_the_task_is_met(engine):
    decide(engine, 1, notice("a"))
    record_steps(engine, [Steps(follow_ups=(task(of="a"),))], at(1))
    end = {"kind": Kind.RETRACTION, "supersedes": an_id("notice", "a")}
    decide(engine, 2, notice("b", on=2, **end))
    [one] = followed(engine)
    assert (one.superseded, one.closed, one.withdrawn) == (True, True, True)
    record_steps(engine, [Steps(follow_ups=(task(of="a", met_on=day(2)),))], at(2))
    assert followed(engine) == ()


def test_what_a_followed_notice_begins_with(engine):
    decide(engine, 1, notice(audience=Audience.NAMED_OFFICER))
    [one] = followed(engine)
    assert one.notification.notification_id == N
    assert (one.kind, one.recipient, one.channel) == (Kind.NEW, FORCE, "portal")
    assert (one.placing_la, one.child_ref, one.placement_ref) == (LA, CHILD, PLACEMENT)
    assert (one.facts_hash, one.created_on) == ("f1", day(1))
    assert (one.held_by, one.refused, one.delivered_at) == (None, False, None)
    assert (one.superseded, one.closed, one.withdrawn) == (False, False, False)


def test_a_held_notice_says_what_holds_it(engine):
    decide(engine, 1, notice(hold=Hold("review", at(4))))
    [one] = followed(engine)
    assert one.held_by == "review"


def test_it_is_delivered_when_the_portal_has_it(engine):
    decide(engine, 1, notice())
    send_all(engine, 1)
    [one] = followed(engine)
    assert (one.delivered_at, one.refused) == (at(1, 4), False)


def test_a_refused_one_is_a_dead_letter(engine):
    decide(engine, 1, notice())
    with writing(engine) as connection:
        [taken] = take(connection, at(1, 4), 1)
        refused(connection, taken.outbox_id, "no", at(1, 4))
    [one] = followed(engine)
    assert (one.delivered_at, one.refused) == (None, True)


def test_receipts_are_its_recipients_deeds(engine):
    decide(engine, 1, notice())
    record_events(
        engine,
        [receipt(EventType.FETCHED, 9), receipt(EventType.OPENED, 10),
         acknowledged(11), receipt(EventType.DISPUTED, 12)],
        REGION,
    )  # fmt: skip
    [one] = followed(engine)
    assert (one.fetched_at, one.opened_at) == (at(1, 9), at(1, 10))
    assert (one.acknowledged_at, one.disputed_at) == (at(1, 11), at(1, 12))
    assert (one.reference, one.recorded_on) == ("CR/1", dt.date(2026, 11, 20))
    assert not one.reference_repeats


@pytest.mark.parametrize(
    ("case", "reference", "child", "recipient", "repeats"),
    [
        ("another child's", "cr/1 ", "C2", FORCE, True),
        ("the same child's", "CR/1", CHILD, FORCE, False),
        ("another one", "CR/2", "C2", FORCE, False),
        ("in another authority's records", "CR/1", "C2", "937", False),
    ],
)
def test_a_reference_that_repeats(engine, case, reference, child, recipient, repeats):
    second = {"child_ref": child, "placement_ref": OTHER, "recipient": recipient}
    decide(engine, 1, notice("a"), notice("b", **second))
    events = [acknowledged(9, key="a"), acknowledged(10, reference, key="b")]
    record_events(engine, events, REGION)
    assert {one.reference_repeats for one in followed(engine)} == {repeats}, case


# --- what extracts showed ----------------------------------------------------------


def saw(*, seen=True, key="n"):
    by, column = ("token", "external_refs") if seen else (None, None)
    return Recording(an_id("notice", key), seen, by, column)


@pytest.mark.parametrize(
    ("case", "looks", "seen_on", "was_seen", "looked_on"),
    [
        ("nobody looked", [None], None, False, None),
        ("not seen", [False], None, False, 2),
        ("seen", [True], 2, True, 2),
        ("seen twice", [True, True], 3, True, 3),
        ("seen no more", [True, False], None, True, 3),
        ("seen, then no usable extract", [True, None], 2, True, 2),
        ("seen at last", [False, False, True], 4, True, 4),
        ("seen again", [True, False, True], 4, True, 4),
    ],
)
def test_what_looks_leave(engine, case, looks, seen_on, was_seen, looked_on):
    decide(engine, 1, notice())
    for number, seen in enumerate(looks, 2):
        found = () if seen is None else (saw(seen=seen),)
        looked = {} if seen is None else {FORCE: day(number - 1)}
        decide(engine, number, recordings=found, looked=looked)
    [one] = followed(engine)
    assert one.seen_on == (day(seen_on) if seen_on else None), case
    assert one.was_seen is was_seen, case
    assert one.looked_on == (day(looked_on) if looked_on else None), case
    if looked_on:
        assert one.looked_as_of == at(looked_on, 0), "the end of the day before"


@pytest.mark.parametrize(("night_of_look", "accuses"), [(2, False), (3, True)])
def test_a_look_that_did_not_know_the_reference_says_nothing(
    engine, night_of_look, accuses
):
    """The portal was out of reach, and an acknowledgement came in after the look."""
    decide(engine, 1, notice())
    decide(engine, 2, looked={FORCE: day(2)} if night_of_look == 2 else {})
    record_events(engine, [acknowledged(9)], REGION)
    if night_of_look == 3:
        decide(engine, 3, looked={FORCE: day(2)})
    [one] = followed(engine)
    assert one.acknowledged_at == at(1, 9)
    assert (state_of(one) is LoopState.NOT_RECORDED) is accuses


def test_one_of_several_tokens_is_enough(engine):
    decide(engine, 1, notice())
    for order in (1, -1):
        looks = (saw(seen=False), saw(), saw(seen=False))[::order]
        decide(
            engine, 2, recordings=looks, looked={FORCE: day(1)},
            run_id=f"{REGION}-2-{order}",
        )  # fmt: skip
        [one] = followed(engine)
        assert one.seen_on == day(2)


def test_a_date_run_again_takes_its_look_back(engine):
    decide(engine, 1, notice())
    decide(engine, 2, recordings=(saw(),), looked={FORCE: day(1)})
    before = everything(engine)["recording"], everything(engine)["recording_look"]
    looked = {FORCE: day(2)}
    decide(engine, 3, recordings=(saw(seen=False),), looked=looked)
    decide(engine, 3, run_id="again")
    now = everything(engine)["recording"], everything(engine)["recording_look"]
    assert now == before


@pytest.mark.parametrize(
    ("case", "states", "known_on", "no_longer"),
    [
        ("never", [NOT_KNOWN], None, None),
        ("known", [NOT_KNOWN, KNOWN], 2, None),
        ("still known", [KNOWN, KNOWN], 2, None),
        ("doubt takes nothing away", [KNOWN, CANNOT_SAY], 1, None),
        ("no longer", [KNOWN, NOT_KNOWN, NOT_KNOWN], None, 2),
        ("no longer, found after doubt", [KNOWN, CANNOT_SAY, NOT_KNOWN], None, 3),
        ("no longer, then doubt", [KNOWN, NOT_KNOWN, CANNOT_SAY], None, 2),
        ("known again", [KNOWN, NOT_KNOWN, KNOWN], 3, None),
        ("lost twice", [KNOWN, NOT_KNOWN, KNOWN, NOT_KNOWN], None, 4),
        ("only doubt", [CANNOT_SAY], None, None),
    ],
)
def test_what_decisions_say_of_knowing(engine, case, states, known_on, no_longer):
    for number, state in enumerate(states, 1):
        told = [notice(), notice("b", recipient="937")] if number == 1 else []
        decide(engine, number, *told, decisions=[decision(state)])
    force, host_la = sorted(followed(engine), key=lambda one: one.recipient != FORCE)
    assert force.known_on == (day(known_on) if known_on else None), case
    assert force.no_longer_known_on == (day(no_longer) if no_longer else None), case
    assert (host_la.known_on, host_la.no_longer_known_on) == (None, None)


@pytest.mark.parametrize(
    ("case", "first", "second", "known_on", "no_longer"),
    [
        ("known in the second part", [NOT_KNOWN], [KNOWN], 2, None),
        ("known on", [KNOWN], [KNOWN], 2, None),
        ("known no longer", [KNOWN], [NOT_KNOWN, NOT_KNOWN], None, 2),
        ("found so after doubt", [KNOWN], [CANNOT_SAY, NOT_KNOWN], None, 3),
        ("doubt takes nothing away", [KNOWN], [CANNOT_SAY], 1, None),
        ("lost before", [KNOWN, NOT_KNOWN], [NOT_KNOWN], None, 2),
        ("lost in the second part", [NOT_KNOWN], [KNOWN, NOT_KNOWN], None, 3),
        ("never", [NOT_KNOWN], [NOT_KNOWN], None, None),
    ],
)
def test_a_stay_written_as_two_placements_is_known_as_one(
    engine, case, first, second, known_on, no_longer
):
    """Nobody heard of the second part, and the notice of the first still stands."""
    stay = [(PLACEMENT, state) for state in first] + [(OTHER, one) for one in second]
    for number, (ref, state) in enumerate(stay, 1):
        told = [notice()] if number == 1 else []
        decide(engine, number, *told, decisions=[decision(state, ref)])
    [one] = followed(engine)
    assert one.known_on == (day(known_on) if known_on else None), case
    assert one.no_longer_known_on == (day(no_longer) if no_longer else None), case


def test_two_placements_at_once_are_known_each_by_itself(engine):
    told = [notice("a"), notice("b", placement_ref=OTHER)]
    known = [decision(KNOWN), decision(NOT_KNOWN, OTHER)]
    decide(engine, 1, *told, decisions=known)
    decide(engine, 2, decisions=known)
    found = {one.placement_ref: one.known_on for one in followed(engine)}
    assert found == {PLACEMENT: day(2), OTHER: None}


# --- what becomes due --------------------------------------------------------------


def test_reminders_are_made_once_and_stand_for_nothing(engine):
    decide(engine, 1, notice())
    send_all(engine, 1)
    made = record_steps(engine, [Steps(reminders=(reminder(),))], at(2))
    assert (made.reminders, made.enqueued) == (1, 1)
    before = everything(engine)
    again = record_steps(engine, [Steps(reminders=(reminder(),))], at(3))
    assert (again.reminders, again.enqueued) == (0, 0)
    assert everything(engine) == before
    assert followed(engine)[0].reminders == 1
    assert record_steps(engine, [Steps(reminders=(reminder(2),))], at(3)).reminders == 1
    assert [one.reminders for one in followed(engine)] == [2]
    left = memory(engine, 2)
    assert [one.notification_id for one in left.standing] == [N]
    assert left.made == {N}
    decide(engine, 1, notice(), run_id="again")
    assert len(waiting(engine)) == 2, "a night run again leaves reminders alone"


def test_only_reminders_are_made_between_nights(engine):
    decide(engine, 1, notice())
    with pytest.raises(NotAReminderError):
        record_steps(engine, [Steps(reminders=(notice("b"),))], at(2))


def test_a_task_is_opened_escalated_and_met(engine):
    decide(engine, 1, notice())
    send_all(engine, 1)
    walk = [
        (task(), (1, 0, 0)), (task(), (0, 0, 0)), (task(2), (0, 1, 0)),
        (task(1), (0, 0, 0)), (task(2, met_on=day(3)), (0, 0, 1)),
        (task(3), (0, 0, 0)), (task(2, met_on=day(4)), (0, 0, 0)),
    ]  # fmt: skip
    for hour, (one, expected) in enumerate(walk, 8):
        made = record_steps(engine, [Steps(follow_ups=(one,))], at(2, hour))
        assert (made.opened, made.escalated, made.met) == expected, hour
        assert made.enqueued == sum(expected)
    assert followed(engine)[0].follow_ups == (
        OpenFollowUp(
            obligation_id=task().obligation_id,
            kind=ObligationKind.ACKNOWLEDGE_TASK,
            due_at=task().due_at,
            escalation=2,
            opened_at=at(2, 8),
            met_at=at(2, 12),
        ),
    )
    assert waiting(engine) == [str(task().obligation_id)]


def test_a_task_that_never_was_is_not_met(engine):
    decide(engine, 1, notice())
    made = record_steps(engine, [Steps(follow_ups=(task(met_on=day(1)),))], at(2))
    assert (made.opened, made.met, made.enqueued) == (0, 0, 0)


def test_steps_are_written_down_whole_or_not_at_all(engine):
    decide(engine, 1, notice())
    before = everything(engine)
    orphan = obligation("x", kind=ObligationKind.RECORD_TASK, notification_id=uuid4())
    with pytest.raises(Exception, match="kept nothing"):
        record_steps(
            engine, [Steps((reminder(),), (task(),)), Steps((), (orphan,))], at(2)
        )
    assert everything(engine) == before


def test_a_night_leaves_what_the_clock_made(engine):
    decide(engine, 1, notice())
    send_all(engine, 1)
    record_steps(engine, [Steps((reminder(),), (task(),))], at(2))
    decide(engine, 1, run_id="again")
    decide(engine, 2)
    [one] = followed(engine)
    assert (one.reminders, len(one.follow_ups)) == (1, 1)
