"""A held notice waits: it is not sent, does not stand, and is decided every night."""

import pytest
from register_examples import (
    FORCE,
    LA,
    PLACEMENT,
    an_id,
    at,
    day,
    everything,
    memory,
    night,
    notice,
    send_all,
    waiting,
)
from sqlalchemy import select

from notifications.documents import Clock, Kind, Notification
from notifications.outcome import Hold
from register.engine import reading
from register.holds import (
    DroppedNoticeError,
    UnknownNoticeError,
    held_counts,
    held_notices,
    release,
)
from register.nights import record_night
from register.notices import NoticeConflictError
from register.tables import notification, outbox
from register.waiting import made_before

SURGE = Hold("surge", None)
LATE = Hold("baseline", at(9))
SOON = Hold("baseline", at(5))
N = an_id("notice", "n")


def held(engine):
    with reading(engine) as connection:
        return {
            one.notification_id: (one.held_by, one.release_at)
            for one in held_notices(connection)
        }


def row_of(engine, key="n"):
    with reading(engine) as connection:
        return connection.execute(
            select(notification).where(
                notification.c.notification_id == an_id("notice", key)
            )
        ).one()


def decide(engine, number, *notices, run=1):
    return record_night(engine, night(number, run, notices=notices))


def with_clock(document):
    clock = Clock(due_at=at(30), basis="a protocol", text="By then.")
    return document.model_copy(update={"clock": clock})


def let(engine, *keys, number=1, by="someone"):
    ids = [an_id("notice", key) for key in keys or "n"]
    return release(engine, ids, by=by, at=at(number, 12), reclock=with_clock)


def standing(engine, before):
    return [one.notification_id for one in memory(engine, before).standing]


def made_earlier(engine, before):
    with reading(engine) as connection:
        return made_before(connection, day(before))


# --- waiting -----------------------------------------------------------------------


def test_a_held_notice_is_written_down_and_goes_nowhere(engine):
    made = decide(engine, 1, notice(hold=SURGE))
    assert (made.new, made.held, made.enqueued) == ((N,), (N,), 0)
    assert waiting(engine) == []
    assert held(engine) == {N: ("surge", None)}
    assert standing(engine, 2) == []
    assert memory(engine, 2).made == frozenset()


def test_what_waits_is_shown_with_what_a_person_needs_to_judge_it(engine):
    decide(engine, 1, notice("a", hold=LATE), notice("b", hold=SOON, recipient="937"))
    with reading(engine) as connection:
        [first, second] = held_notices(connection)
        assert held_counts(connection) == {"baseline": 2}
    assert (first.notification_id, second.notification_id) == (
        an_id("notice", "b"), an_id("notice", "a"),
    )  # fmt: skip
    assert (first.recipient, first.placing_la, first.placement_ref) == (
        "937", LA, PLACEMENT,
    )  # fmt: skip
    assert (first.kind, first.created_on) == (Kind.NEW, day(1))
    assert first.run_id == night(1).run_id
    assert isinstance(first.document, Notification)


def test_decided_again_it_keeps_its_date_and_is_brought_up_to_date(engine):
    decide(engine, 1, notice(hold=SURGE, contact="old"))
    made = decide(engine, 2, notice(on=2, hold=SURGE, contact="new"))
    assert (made.new, made.held, made.let_go, made.enqueued) == ((), (N,), (), 0)
    row = row_of(engine)
    document = Notification.model_validate_json(row.body)
    assert (row.created_on, document.created_on) == (day(1), day(1))
    assert document.placing_authority.duty_phone == "new"
    assert row.run_id == night(2).run_id


@pytest.mark.parametrize(
    ("case", "first", "second", "kept"),
    [
        ("an earlier time wins", LATE, SOON, SOON),
        ("a later time does not", SOON, LATE, SOON),
        ("a time comes before a person's release", SURGE, SOON, SOON),
        ("and stays", SOON, SURGE, SOON),
        ("the same", SURGE, SURGE, SURGE),
    ],
)
def test_which_hold_counts(engine, case, first, second, kept):
    decide(engine, 1, notice(hold=first))
    decide(engine, 2, notice(on=2, hold=second))
    assert held(engine) == {N: (kept.by, kept.release_at)}, case


def test_another_notice_in_its_place_inherits_the_schedule(engine):
    decide(engine, 1, notice("a", hold=SOON), notice("c", hold=SOON, recipient="937"))
    made = decide(
        engine, 2,
        notice("b", on=2, hold=LATE, facts_hash="f2"),
        notice("d", on=2, hold=SURGE, recipient="937", facts_hash="f2"),
    )  # fmt: skip
    assert made.let_go == tuple(sorted((an_id("notice", "a"), an_id("notice", "c"))))
    assert held(engine) == {
        an_id("notice", "b"): ("baseline", SOON.release_at),
        an_id("notice", "d"): ("surge", None),
    }, "of the same holder only"


# --- no longer decided -------------------------------------------------------------


def test_what_a_night_does_not_decide_again_is_dropped(engine):
    decide(engine, 1, notice(hold=SURGE))
    made = decide(engine, 2)
    assert (made.let_go, made.dropped) == ((N,), ())
    assert held(engine) == {}
    assert row_of(engine).dropped_by == night(2).run_id
    with pytest.raises(DroppedNoticeError, match="no longer decided"):
        let(engine)
    assert waiting(engine) == []


def test_nothing_takes_back_what_was_only_held(engine):
    """Its id is free, and it stands for nobody: no end or retraction can follow."""
    decide(engine, 1, notice(hold=SURGE))
    decide(engine, 2)
    assert memory(engine, 3).standing == ()
    assert memory(engine, 3).made == frozenset()
    decide(engine, 3, notice(on=3))
    assert waiting(engine) == [str(N)]
    assert (row_of(engine).created_on, row_of(engine).stands_after) == (day(3), day(3))
    assert standing(engine, 4) == [N]


def test_dropped_on_one_night_its_next_hold_is_a_new_one(engine):
    decide(engine, 1, notice(hold=SOON))
    decide(engine, 2)
    decide(engine, 3, notice(on=3, hold=LATE))
    assert held(engine) == {N: ("baseline", LATE.release_at)}
    assert row_of(engine).created_on == day(3)


def test_dropped_by_a_run_and_taken_up_by_the_next_it_keeps_its_hold(engine):
    decide(engine, 1, notice(hold=SOON))
    decide(engine, 2, run=1)
    decide(engine, 2, notice(on=2, hold=LATE), run=2)
    assert held(engine) == {N: ("baseline", SOON.release_at)}
    assert row_of(engine).created_on == day(1)


def test_a_date_run_again_drops_what_it_alone_held(engine):
    decide(engine, 1, notice("a", hold=SURGE), notice("b", recipient="937"))
    made = decide(engine, 1, notice("b", recipient="937"), run=2)
    assert made.let_go == (an_id("notice", "a"),)
    assert waiting(engine) == [str(an_id("notice", "b"))]


def test_the_same_date_run_again_changes_nothing_of_what_waits(engine):
    decide(engine, 1, notice(hold=SOON))
    decide(engine, 2, notice(on=2, hold=LATE), run=1)
    before = held(engine), row_of(engine).body
    made = decide(engine, 2, notice(on=2, hold=LATE), run=2)
    assert (held(engine), row_of(engine).body) == before
    assert (made.new, made.held, made.let_go) == ((), (N,), ())


def test_another_region_lets_go_of_nothing(engine):
    decide(engine, 1, notice(hold=SURGE))
    record_night(engine, night(2, run_id="other-2026-11-21-1", region="other"))
    assert held(engine) == {N: ("surge", None)}


# --- released ----------------------------------------------------------------------


def test_released_it_stands_from_the_newest_night_on_with_its_own_clock(engine):
    decide(engine, 1, notice(hold=SURGE))
    decide(engine, 2, notice(on=2, hold=SURGE))
    assert let(engine, number=2) == (N,)
    row = row_of(engine)
    assert (row.created_on, row.stands_after) == (day(1), day(2))
    assert (row.released_by, row.released_at) == ("someone", at(2, 12))
    assert (row.held_by, row.due_at) == ("surge", at(30))
    assert Notification.model_validate_json(row.body).clock.due_at == at(30)
    assert (standing(engine, 2), standing(engine, 3)) == ([], [N])
    assert held(engine) == {}
    with reading(engine) as connection:
        line = connection.execute(select(outbox)).one()
    assert (line.document_id, line.body, line.state) == (str(N), row.body, "waiting")


def test_releasing_twice_does_nothing(engine):
    decide(engine, 1, notice(hold=SURGE))
    let(engine)
    before = everything(engine)
    assert let(engine, number=2, by="another") == ()
    assert everything(engine) == before


def test_releasing_what_was_never_made_is_refused_and_nothing_goes(engine):
    decide(engine, 1, notice(hold=SURGE))
    with pytest.raises(UnknownNoticeError):
        let(engine, "n", "x")
    assert held(engine) == {N: ("surge", None)}
    assert let(engine, number=1) == (N,)
    assert release(engine, [], by="x", at=at(1), reclock=with_clock) == ()


def test_an_ordinary_notice_needs_no_release(engine):
    decide(engine, 1, notice())
    before = everything(engine)
    assert let(engine) == ()
    assert everything(engine) == before


def test_decided_without_a_hold_it_goes_at_once(engine):
    decide(engine, 1, notice(hold=SURGE, contact="old"))
    decide(engine, 2, notice(on=2, contact="new"))
    row = row_of(engine)
    assert waiting(engine) == [str(N)]
    assert (row.stands_after, row.released_by) == (day(2), night(2).run_id)
    document = Notification.model_validate_json(row.body)
    assert document.placing_authority.duty_phone == "new"
    assert standing(engine, 3) == [N]
    made = decide(engine, 2, notice(on=2, contact="newer"), run=2)
    assert made.frozen == (N,), "it went with its first bytes"
    assert row_of(engine).body == row.body


def test_released_and_the_date_run_again_it_stays_as_it_went(engine):
    decide(engine, 1, notice(hold=SURGE))
    decide(engine, 2, notice(on=2, hold=SURGE), run=1)
    let(engine, number=2)
    went = row_of(engine).body
    send_all(engine, 2)
    made = decide(engine, 2, notice(on=2, hold=SURGE), run=2)
    assert (made.new, made.held, made.enqueued) == ((), (), 0)
    assert (row_of(engine).body, row_of(engine).stands_after) == (went, day(2))
    assert standing(engine, 2) == [], "that night decided without it"


def test_released_sent_and_no_longer_decided_it_stands_for_the_next_night(engine):
    decide(engine, 1, notice(hold=SURGE))
    let(engine)
    send_all(engine, 1)
    made = decide(engine, 1, run=2)
    assert (made.left_standing, made.let_go) == ((N,), ())
    assert standing(engine, 2) == [N]


def test_released_unsent_and_no_longer_decided_it_never_goes(engine):
    decide(engine, 1, notice(hold=SURGE))
    let(engine)
    made = decide(engine, 1, run=2)
    assert made.dropped == (N,)
    assert waiting(engine) == []
    assert standing(engine, 2) == []
    decide(engine, 1, notice(), run=3)
    assert waiting(engine) == [str(N)]


def test_released_while_a_night_was_deciding_it_is_told_once(engine):
    """The night read its memory before the release, and says the same again."""
    decide(engine, 1, notice(hold=SURGE))
    let(engine)
    made = decide(engine, 2, notice(on=2, hold=SURGE))
    assert (made.new, made.held, made.enqueued) == ((), (), 0)
    assert waiting(engine) == [str(N)]
    assert row_of(engine).stands_after == day(1)


def test_an_id_that_stands_is_not_made_again_by_holding_it(engine):
    decide(engine, 1, notice())
    with pytest.raises(NoticeConflictError, match="earlier night"):
        decide(engine, 2, notice(on=2, hold=SURGE))


def test_a_held_update_leaves_what_it_would_replace_standing(engine):
    decide(engine, 1, notice("a"))
    update = {"kind": Kind.UPDATE, "supersedes": an_id("notice", "a")}
    decide(engine, 2, notice("b", on=2, hold=SURGE, **update))
    assert standing(engine, 3) == [an_id("notice", "a")]
    let(engine, "b", number=2)
    assert standing(engine, 3) == [an_id("notice", "b")]


def test_a_released_notice_comes_after_what_its_night_told(engine):
    decide(engine, 1, notice("a", hold=SURGE))
    decide(engine, 2, notice("a", on=2, hold=SURGE), notice("b", on=2))
    let(engine, "a", number=2)
    [latest] = memory(engine, 3).standing
    assert (latest.notification_id, latest.recipient) == (an_id("notice", "a"), FORCE)
    assert latest.created_on == day(1)


# --- made on an earlier night -------------------------------------------------------


@pytest.mark.parametrize("hold", [SURGE, LATE])
def test_what_is_held_was_made_on_its_first_night(engine, hold):
    for number in (1, 2, 3):
        decide(engine, number, notice(on=number, hold=hold))
        assert made_earlier(engine, number) == (frozenset() if number == 1 else {N})


def test_what_a_review_holds_is_not_made_yet(engine):
    decide(engine, 1, notice(hold=Hold("review", at(9))))
    assert made_earlier(engine, 2) == frozenset()


@pytest.mark.parametrize("then", ["released", "decided without a hold", "dropped"])
def test_a_date_run_again_finds_that_it_was_made_before(engine, then):
    decide(engine, 1, notice(hold=SURGE))
    if then == "released":
        decide(engine, 2, notice(on=2, hold=SURGE))
        let(engine, number=2)
    elif then == "dropped":
        decide(engine, 2)
    else:
        decide(engine, 2, notice(on=2))
    assert made_earlier(engine, 2) == {N}
    assert made_earlier(engine, 3) == frozenset()


def test_dropped_on_one_night_it_is_made_anew_on_another(engine):
    decide(engine, 1, notice(hold=SURGE))
    decide(engine, 2)
    decide(engine, 3, notice(on=3, hold=SURGE))
    assert made_earlier(engine, 3) == frozenset()
    assert made_earlier(engine, 4) == {N}
