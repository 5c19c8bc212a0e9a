"""What is to be delivered is sent in order, at least once, and by one publisher."""

import datetime as dt
import threading
from itertools import count

import pytest
from register_examples import (
    an_id,
    at,
    day,
    night,
    notice,
    obligation,
    review,
    send_all,
    waiting,
)
from sqlalchemy import select
from sqlalchemy import update as update_rows

from notifications.documents import CrossBorderPerson, Kind, Priority, body
from notifications.reports import DeadLetter, RunSummary, SupplierVerdict
from register.calls import outgoing
from register.engine import reading, writing
from register.nights import record_night
from register.outbox import (
    LEASE,
    FrozenDocumentError,
    UnknownDeliveryError,
    counts,
    dead_letters,
    delivered,
    enqueue,
    failed,
    given_up,
    pending,
    refused,
    take,
)
from register.replays import Replayed, replay
from register.tables import outbox

RUN = RunSummary(
    run_id="r-1", region="r", business_date=day(1), outcome="good", problems=(),
    counts={}, seconds={},
)  # fmt: skip


def call(document):
    return outgoing(document, day(1))


def pair():
    """A notice and an update that supersedes it."""
    first = notice("a").document
    return call(first), call(
        notice("b", kind=Kind.UPDATE, supersedes=first.notification_id).document
    )


# --- calls -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "method", "path"),
    [
        (notice("a").document, "PUT", "/v1/notifications/{notice}"),
        (
            notice(
                "w", kind=Kind.RETRACTION, supersedes=an_id("notice", "a")
            ).document,
            "POST",
            "/v1/notifications/{notice}/withdrawal",
        ),
        (obligation(), "PUT", "/v1/obligations/{obligation}"),
        (review(), "PUT", "/v1/reviews/{review}"),
        (
            CrossBorderPerson(
                person_id=an_id("p"), kind="child", holders=(), created_on=day(1)
            ),
            "PUT",
            "/v1/people/{person}",
        ),
        (RUN, "PUT", "/v1/runs/r-1"),
        (
            SupplierVerdict(
                verdict_id=an_id("v"), authority="330", business_date=day(1),
                outcome="usable", reason="", files=(), rejects_by_code={},
            ),
            "PUT",
            "/v1/verdicts/{verdict}",
        ),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_each_document_has_its_call(document, method, path):
    made = call(document)
    assert made.method == method
    assert made.path == path.format(
        notice=an_id("notice", "a"),
        obligation=an_id("obligation", "o"),
        review=an_id("review", "r"),
        person=an_id("p"),
        verdict=an_id("v"),
    )
    assert made.body == body(document)
    assert made.destination == "portal"


def test_a_withdrawal_and_an_update_follow_what_they_are_about():
    original = an_id("notice", "a")
    withdrawal = notice("w", kind=Kind.RETRACTION, supersedes=original)
    assert call(withdrawal.document).follows == str(original)
    assert call(withdrawal.document).document_id == str(withdrawal.notification_id)
    first, update = pair()
    assert update.follows == first.document_id
    assert first.follows is None


# --- in line -----------------------------------------------------------------------


def test_a_nights_documents_go_the_urgent_notices_first(engine):
    record_night(
        engine,
        night(
            1,
            notices=[notice("a"), notice("b", recipient="937", priority=Priority.HIGH)],
            obligations=[obligation()],
            reviews=(review(),),
            documents=(RUN,),
        ),
    )
    assert send_all(engine, 1) == [
        str(an_id("notice", "b")),
        str(an_id("notice", "a")),
        str(an_id("obligation", "o")),
        str(an_id("review", "r")),
        "r-1",
    ]
    with reading(engine) as connection:
        assert counts(connection) == {"delivered": 5}


def test_an_export_goes_to_the_person_who_carries_it(engine):
    record_night(engine, night(1, notices=[notice("a"), notice("b", channel="export")]))
    with reading(engine) as connection:
        [carried] = pending(connection, at(1), 10, destination="export")
    assert carried.document_id == str(an_id("notice", "b"))
    assert waiting(engine) == [str(an_id("notice", "a"))]


def test_the_same_bytes_stand_in_line_once(engine, write):
    first, update = pair()
    assert write(enqueue, [first, update, first], at(1)) == 2
    assert write(enqueue, [first, update], at(1)) == 0
    send_all(engine, 1)
    assert write(enqueue, [first], at(2)) == 0


def test_other_bytes_of_a_notice_are_refused(engine, write):
    write(enqueue, [call(notice("a").document)], at(1))
    with pytest.raises(FrozenDocumentError, match="decided before"):
        write(enqueue, [call(notice("a", contact="01").document)], at(1))


def test_a_newer_version_of_a_run_goes_instead_of_the_one_that_waits(engine, write):
    newer = RUN.model_copy(update={"outcome": "degraded"})
    write(enqueue, [call(RUN), call(obligation())], at(1))
    assert write(enqueue, [call(newer)], at(1)) == 1
    with reading(engine) as connection:
        line = pending(connection, at(1), 10)
        assert counts(connection) == {"dropped": 1, "waiting": 2}
    assert [one.body for one in line] == [body(obligation()), body(newer)]


def test_a_newer_version_of_a_delivered_document_is_delivered_too(engine, write):
    newer = RUN.model_copy(update={"outcome": "degraded"})
    write(enqueue, [call(RUN)], at(1))
    send_all(engine, 1)
    write(enqueue, [call(newer)], at(1))
    write(enqueue, [call(RUN)], at(1))
    assert write(take, at(1), 10)[0].body == body(RUN), "the last word goes"


# --- delivery ----------------------------------------------------------------------


def test_what_is_taken_is_left_to_its_taker_for_a_while(engine, write):
    write(enqueue, [call(RUN)], at(1))
    [taken] = write(take, at(1), 10)
    assert taken.attempts == 1
    assert write(take, at(1), 10) == ()
    [again] = write(take, at(1) + LEASE, 10)
    assert again.outbox_id == taken.outbox_id
    assert again.attempts == 2


def test_a_failure_is_tried_again_when_it_is_due(engine, write):
    write(enqueue, [call(RUN)], at(1))
    [taken] = write(take, at(1), 10)
    later = at(1) + dt.timedelta(hours=2)
    write(failed, taken.outbox_id, "503, busy", later)
    assert write(take, later - dt.timedelta(seconds=1), 10) == ()
    [again] = write(take, later, 10)
    assert (again.attempts, again.last_problem) == (2, "503, busy")
    write(delivered, again.outbox_id, later)
    with reading(engine) as connection:
        assert counts(connection) == {"delivered": 1}


def test_an_update_waits_for_what_it_supersedes(engine, write):
    first, update = pair()
    write(enqueue, [first, update, call(RUN)], at(1))
    taken = write(take, at(1), 10)
    assert [one.document_id for one in taken] == [first.document_id, "r-1"]
    write(failed, taken[0].outbox_id, "timeout", at(1, 9))
    write(delivered, taken[1].outbox_id, at(1))
    assert write(take, at(1, 8), 10) == ()
    [first_again] = write(take, at(1, 9), 10)
    write(delivered, first_again.outbox_id, at(1, 9))
    [then] = write(take, at(1, 9), 10)
    assert then.document_id == update.document_id


def test_an_update_does_not_wait_for_a_dead_letter(engine, write):
    first, update = pair()
    write(enqueue, [first, update], at(1))
    [taken] = write(take, at(1), 10)
    write(refused, taken.outbox_id, "422, unreadable", at(1))
    [then, letter] = write(take, at(1), 10)
    assert then.document_id == update.document_id
    assert letter.kind == "dead_letter"


def test_a_dead_letter_is_kept_until_somebody_replays_it(engine, write):
    write(enqueue, [call(RUN)], at(1))
    [taken] = write(take, at(1), 10)
    write(refused, taken.outbox_id, "404, no agency", at(1))
    assert [one.kind for one in write(take, at(9), 10)] == ["dead_letter"]
    with reading(engine) as connection:
        [dead] = dead_letters(connection)
    assert dead.last_problem == "404, no agency"
    letter = str(dead.outbox_id)
    assert write(replay, [letter, "77"], at(9)) == Replayed((letter,), (), ("77",))
    assert write(replay, [letter], at(9)) == Replayed((), (), (letter,))
    assert write(replay, None, at(9)) == Replayed((), (), ())
    assert "r-1" in [one.document_id for one in write(take, at(9), 10)]


def told_of_letters(engine):
    """What the dashboard was last told of each dead letter."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(outbox.c.body)
            .where(outbox.c.kind == "dead_letter", outbox.c.state != "dropped")
            .order_by(outbox.c.outbox_id)
        )
        letters = [DeadLetter.model_validate_json(row.body) for row in rows]
    return {one.letter_id: one for one in letters}


def test_the_dashboard_hears_of_a_dead_letter_and_of_what_becomes_of_it(engine, write):
    write(enqueue, [call(RUN)], at(1))
    [taken] = write(take, at(1), 1)
    write(refused, taken.outbox_id, "404, no agency", at(1))
    letter = str(taken.outbox_id)
    assert told_of_letters(engine) == {
        letter: DeadLetter(
            letter_id=letter, destination="portal", kind="run", document_id="r-1",
            reason="404, no agency", attempts=1, created_on=day(1), settled="waits",
        )
    }  # fmt: skip
    write(replay, [letter], at(2))
    assert told_of_letters(engine)[letter].settled == "replayed"
    [again] = [one for one in write(take, at(2), 9) if one.document_id == "r-1"]
    write(refused, again.outbox_id, "404, no agency", at(2))
    last = told_of_letters(engine)[letter]
    assert (last.settled, last.attempts) == ("waits", 2)
    write(replay, None, at(3))
    [again] = [one for one in write(take, at(3), 9) if one.document_id == "r-1"]
    write(delivered, again.outbox_id, at(3))
    assert told_of_letters(engine)[letter].settled == "delivered"


def test_a_dead_letter_about_a_dead_letter_makes_no_other(engine, write):
    write(enqueue, [call(RUN)], at(1))
    for _ in range(3):
        for one in write(take, at(1), 9):
            write(refused, one.outbox_id, "404, no such path", at(1))
    with reading(engine) as connection:
        assert counts(connection) == {"dead": 2}
    write(replay, None, at(1))
    for one in write(take, at(1), 9):
        write(refused, one.outbox_id, "404, no such path", at(1))
    assert list(told_of_letters(engine)) == ["1"]


def test_a_newer_version_goes_instead_of_a_dead_letter(engine, write):
    newer = RUN.model_copy(update={"outcome": "degraded"})
    write(enqueue, [call(RUN)], at(1))
    [taken] = write(take, at(1), 1)
    write(refused, taken.outbox_id, "422", at(1))
    write(enqueue, [call(newer)], at(1))
    with reading(engine) as connection:
        assert dead_letters(connection) == ()
    assert told_of_letters(engine)[str(taken.outbox_id)].settled == "replayed"


def test_a_replay_never_puts_an_older_version_in_a_newer_ones_place(engine, write):
    newer = RUN.model_copy(update={"outcome": "degraded"})
    write(enqueue, [call(newer), call(obligation())], at(1))
    write(enqueue, [call(RUN)], at(1))
    send_all(engine, 1)
    with writing(engine) as connection:
        old = connection.scalar(
            select(outbox.c.outbox_id).where(outbox.c.state == "dropped")
        )
        connection.execute(
            update_rows(outbox).where(outbox.c.outbox_id == old).values(state="dead")
        )
    assert write(replay, None, at(2)).replaced == (str(old),)
    with reading(engine) as connection:
        assert dead_letters(connection) == ()


def test_the_dashboard_hears_that_a_dead_letter_is_no_longer_decided(engine, write):
    record_night(engine, night(1, notices=[notice("a")]))
    [taken] = write(take, at(1), 1)
    write(refused, taken.outbox_id, "422", at(1))
    record_night(engine, night(1, run=2))
    told = told_of_letters(engine)[str(taken.outbox_id)]
    assert told.settled == "replayed"
    assert "no longer decided" in told.reason


def test_a_newer_version_does_not_overtake_one_on_its_way(engine, write):
    newer = RUN.model_copy(update={"outcome": "degraded"})
    write(enqueue, [call(RUN)], at(1))
    [on_its_way] = write(take, at(1), 1)
    write(enqueue, [call(newer)], at(1))
    assert write(take, at(1), 9) == ()
    write(delivered, on_its_way.outbox_id, at(1))
    [then] = write(take, at(1) + LEASE, 9)
    assert then.body == body(newer)


def test_what_was_tried_least_is_what_a_destination_is_tried_with(engine, write):
    runs = [RUN.model_copy(update={"run_id": f"r-{number}"}) for number in range(3)]
    write(enqueue, [call(one) for one in runs], at(1))
    [first] = write(take, at(1), 1)
    write(failed, first.outbox_id, "500", at(1))
    [fresh] = write(take, at(1), 1, fresh_first=True)
    assert fresh.document_id == "r-1"
    [oldest] = write(take, at(1), 1)
    assert oldest.document_id == "r-0"


def test_a_nudge_that_came_to_nothing_is_no_dead_letter(engine, write):
    write(enqueue, [call(RUN)], at(1))
    [taken] = write(take, at(1), 1)
    write(given_up, taken.outbox_id, "given up", at(1))
    with reading(engine) as connection:
        assert counts(connection) == {"dropped": 1}
        assert dead_letters(connection) == ()


def test_the_second_word_about_a_delivery_changes_nothing(engine, write):
    """Two publishers, one slower than its lease."""
    write(enqueue, [call(RUN)], at(1))
    [taken] = write(take, at(1), 10)
    write(delivered, taken.outbox_id, at(1))
    write(failed, taken.outbox_id, "timeout", at(2))
    write(refused, taken.outbox_id, "409", at(2))
    with reading(engine) as connection:
        assert counts(connection) == {"delivered": 1}


def test_a_delivery_that_does_not_exist_is_an_error(engine, write):
    with pytest.raises(UnknownDeliveryError, match="no row 7"):
        write(delivered, 7, at(1))


def test_two_publishers_never_take_the_same(engine, write):
    runs = [RUN.model_copy(update={"run_id": f"r-{number}"}) for number in range(60)]
    write(enqueue, [call(one) for one in runs], at(1))
    together, taken = threading.Barrier(3), []

    def publish():
        together.wait()
        for _ in count():
            with writing(engine) as connection:
                mine = take(connection, at(1), 5)
            if not mine:
                return
            taken.extend(one.document_id for one in mine)

    threads = [threading.Thread(target=publish) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(one.run_id for one in runs)
