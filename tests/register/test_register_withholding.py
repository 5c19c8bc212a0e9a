"""What waits to be sent about a child is not sent once the child is shielded."""

import pytest
from register_examples import (
    CHILD,
    LA,
    an_id,
    at,
    day,
    memory,
    night,
    notice,
    obligation,
    review,
    send_all,
)

from notifications.documents import Kind
from notifications.outcome import ChildOutcome
from notifications.search_answers import FoundView, SearchAnswer
from register.calls import outgoing
from register.engine import reading, writing
from register.memory import load_memory
from register.nights import record_night
from register.outbox import delivered, enqueue, pending, refused, take


def sendable(engine):
    with reading(engine) as connection:
        return {one.document_id for one in pending(connection, at(30), 100)}


def an_outcome(*, shielded):
    return ChildOutcome(child=(LA, CHILD), shielded=shielded)


def shielded_night(number):
    record = night(number)
    return type(record)(
        **{
            **{name: getattr(record, name) for name in record.__dataclass_fields__},
            "outcomes": (an_outcome(shielded=True),),
        }
    )


def test_notices_and_reviews_in_line_are_stopped_and_tasks_go(engine):
    record_night(
        engine,
        night(
            1, notices=[notice("a")], obligations=[obligation("t")],
            reviews=(review("r"),),
        ),
    )  # fmt: skip
    record_night(engine, shielded_night(2))
    left = sendable(engine)
    assert str(an_id("notice", "a")) not in left
    assert str(an_id("review", "r")) not in left
    assert str(an_id("obligation", "t")) in left


def test_a_dead_letter_of_a_shielded_child_can_not_be_replayed(engine):
    record_night(engine, night(1, notices=[notice("a")]))
    with writing(engine) as connection:
        (one,) = take(connection, at(1), 1)
        refused(connection, one.outbox_id, "no such agency", at(1))
    record_night(engine, shielded_night(2))
    with writing(engine) as connection:
        from register.replays import replay

        replay(connection, None, at(2))
    assert str(an_id("notice", "a")) not in sendable(engine)


def test_what_follows_a_notice_that_was_dropped_leaves_the_one_before_told_again(
    engine, write
):
    """The middle one is refused and the child shielded: it is never offered again."""
    record_night(engine, night(1, notices=[notice("a")]))
    send_all(engine, 1)
    second = {"kind": Kind.UPDATE, "supersedes": an_id("notice", "a")}
    record_night(engine, night(2, notices=[notice("b", on=2, **second)]))
    for one in write(take, at(2), 10):
        write(refused, one.outbox_id, "no such agency", at(2))
    third = {"kind": Kind.UPDATE, "supersedes": an_id("notice", "b")}
    record_night(engine, night(3, notices=[notice("c", on=3, **third)]))
    send_all(engine, 3)
    assert memory(engine, 4).told_again == (), "the letter may yet be replayed"

    record_night(engine, shielded_night(4))
    assert ids_of(memory(engine, 5).standing) == {an_id("notice", "c")}
    assert ids_of(memory(engine, 5).told_again) == {an_id("notice", "a")}


def ids_of(notices):
    return {one.notification_id for one in notices}


@pytest.mark.parametrize("refuse", [False, True])
def test_what_a_search_found_and_has_not_arrived_arrives_as_shielded(engine, refuse):
    record_night(engine, night(1, reviews=(review("r"), review("other"))))
    found = found_of("r", "mine")
    with writing(engine) as connection:
        calls = [outgoing(one, day(1)) for one in (found, found_of("x", "another's"))]
        enqueue(connection, calls, at(1))
        if refuse:
            for one in take(connection, at(1), 9):
                if one.kind == "search":
                    refused(connection, one.outbox_id, "no", at(1))

    record_night(engine, shielded_night(2))

    with reading(engine) as connection:
        waiting = [
            SearchAnswer.model_validate_json(one.body)
            for one in pending(connection, at(30), 100)
            if one.kind == "search"
        ]
    said = {one.search_id: (one.outcome, one.found) for one in waiting}
    assert said.pop(found.search_id) == ("shielded", ())
    assert [outcome for outcome, _ in said.values()] == ([] if refuse else ["searched"])


def found_of(key, name):
    """What a search on a review found."""
    seen = FoundView(record=review().right, weight=1.0, probability=0.5, review_id=None)
    return SearchAnswer(
        search_id=an_id("search", name), review_id=an_id("review", key),
        outcome="searched", authority=review().right.authority, authority_name="A",
        as_of=day(1), searched=9, found=(seen,), answered_on=day(1),
    )  # fmt: skip


def test_what_was_stopped_does_not_stand_and_what_arrived_does(engine):
    record_night(engine, night(1, notices=[notice("a"), notice("b", recipient=LA)]))
    with writing(engine) as connection:
        for one in take(connection, at(1), 10):
            if one.document_id == str(an_id("notice", "b")):
                delivered(connection, one.outbox_id, at(1))
    record_night(engine, shielded_night(2))
    with reading(engine) as connection:
        memory = load_memory(connection, day(3))[LA, CHILD]
    assert {one.notification_id for one in memory.standing} == {an_id("notice", "b")}


def test_when_the_shield_is_lifted_the_same_notice_goes_again(engine):
    record_night(engine, night(1, notices=[notice("a")]))
    record_night(engine, shielded_night(2))
    record_night(engine, night(3, notices=[notice("a", on=3)]))
    assert str(an_id("notice", "a")) in sendable(engine)
