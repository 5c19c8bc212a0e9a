"""A night is recorded whole, once; a date run again replaces what it found."""

import traceback
from dataclasses import replace

import pytest
from register_examples import (
    CHILD,
    LA,
    PLACEMENT,
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
    review,
    send_all,
    waiting,
)

from notifications.documents import Kind
from notifications.facts import PlacementStatus, State
from notifications.reports import RunSummary
from register.engine import InvariantError, reading
from register.nights import NightIsClosedError, RunConflictError, record_night
from register.notices import NoticeConflictError
from register.outbox import counts, dead_letters, refused, take
from register.pictures import PictureRef, last_good
from register.placements import load_known
from register.runs import newest_night, next_run_id, runs

FULL = {
    "decisions": [decision(State.NOT_KNOWN)],
    "notices": [notice()],
    "obligations": [obligation()],
    "reviews": (review(),),
}


def test_recording_a_night_again_changes_nothing(engine):
    record_night(engine, night(1, **FULL))
    first = everything(engine)
    again = record_night(engine, night(1, **FULL))
    assert everything(engine) == first
    assert again.new == again.frozen == again.dropped == again.left_standing == ()
    assert again.enqueued == 0


def test_a_rerun_with_the_same_input_makes_and_sends_nothing_more(engine):
    made = record_night(engine, night(1, **FULL))
    send_all(engine, 1)
    again = record_night(engine, night(1, run=2, **FULL))
    assert made.new == (an_id("notice", "n"),)
    assert made.enqueued == 3
    assert again.new == again.dropped == again.left_standing == ()
    assert waiting(engine) == []
    assert memory(engine, 2) == memory_after_a_single_run(engine)


def memory_after_a_single_run(engine):
    """The rerun is recorded once more, alone: what it left must be the same."""
    record_night(engine, night(1, run=2, **FULL))
    return memory(engine, 2)


def test_a_night_older_than_the_newest_is_closed(engine):
    record_night(engine, night(2))
    before = everything(engine)
    with pytest.raises(NightIsClosedError, match="2026-11-20 is closed"):
        record_night(engine, night(1, **FULL))
    assert everything(engine) == before


def test_another_region_has_nights_of_its_own(engine):
    record_night(engine, night(2, **FULL))
    north = {"region": "north", "run_id": "north-1", "placements": ()}
    record_night(engine, night(1, **north))
    record_night(engine, night(2, **north | {"run_id": "north-2"}))
    assert memory(engine, 3).placements[PLACEMENT].last_state is State.NOT_KNOWN
    with reading(engine) as connection:
        assert newest_night(connection, "north") == day(2)
        assert newest_night(connection, "south") is None


def test_the_id_of_a_run_belongs_to_one_night(engine):
    record_night(engine, night(1))
    with pytest.raises(RunConflictError, match="west-midlands-2026-11-20-1"):
        record_night(engine, night(2, run_id=night(1).run_id))


def test_runs_of_a_date_are_numbered(engine):
    region = night(1).region
    with reading(engine) as connection:
        assert next_run_id(connection, region, day(1)) == f"{region}-2026-11-20-1"
    record_night(engine, night(1))
    record_night(engine, night(1, run=2, outcome="degraded"))
    with reading(engine) as connection:
        assert next_run_id(connection, region, day(1)) == f"{region}-2026-11-20-3"
        assert next_run_id(connection, region, day(2)) == f"{region}-2026-11-21-1"
        recorded = runs(connection, region)
    assert [(one.ordinal, one.outcome) for one in recorded] == [
        (1, "good"),
        (2, "degraded"),
    ]
    assert recorded[0].recorded_at == at(1)


# --- what the rerun no longer decides ----------------------------------------------


def test_what_a_rerun_no_longer_decides_is_dropped_before_it_is_sent(engine):
    record_night(engine, night(1, **FULL))
    result = record_night(engine, night(1, run=2, notices=[notice("other")]))
    assert set(result.dropped) == {
        an_id("notice", "n"),
        an_id("obligation", "o"),
        an_id("review", "r"),
    }
    assert result.left_standing == ()
    assert waiting(engine) == [str(an_id("notice", "other"))]
    left = memory(engine, 2)
    assert [one.notification_id for one in left.standing] == [an_id("notice", "other")]
    assert left.open_obligations == ()
    assert left.asked == frozenset()
    assert left.placements == {}


def test_a_notice_that_was_sent_stands_though_the_rerun_does_not_decide_it(engine):
    record_night(engine, night(1, **FULL))
    send_all(engine, 1)
    result = record_night(engine, night(1, run=2))
    assert result.dropped == ()
    assert result.left_standing == (an_id("notice", "n"),)
    assert [one.notification_id for one in memory(engine, 2).standing] == [
        an_id("notice", "n")
    ]


def test_a_notice_that_was_tried_may_have_arrived_and_stands(engine, write):
    record_night(engine, night(1, notices=[notice()]))
    write(take, at(1), 10)
    result = record_night(engine, night(1, run=2))
    assert result.left_standing == (an_id("notice", "n"),)
    assert waiting(engine) == [str(an_id("notice", "n"))]


def test_a_notice_that_the_portal_refused_was_heard_by_nobody(engine, write):
    record_night(engine, night(1, notices=[notice()]))
    [taken] = write(take, at(1), 10)
    write(refused, taken.outbox_id, "no such agency", at(1))
    result = record_night(engine, night(1, run=2))
    assert result.dropped == (an_id("notice", "n"),)
    with reading(engine) as connection:
        assert dead_letters(connection) == ()


def test_what_was_dropped_and_is_decided_again_is_sent(engine):
    first = record_night(engine, night(1, **FULL))
    record_night(engine, night(1, run=2))
    assert waiting(engine) == []
    again = record_night(engine, night(1, run=3, **FULL))
    assert again.new == ()
    assert again.enqueued == first.enqueued == len(waiting(engine)) == 3
    left = memory(engine, 2)
    assert len(left.standing) == len(left.open_obligations) == len(left.asked) == 1


def test_of_two_notices_left_by_reruns_the_later_stands(engine):
    record_night(engine, night(1, notices=[notice("a", facts_hash="f1")]))
    send_all(engine, 1)
    record_night(engine, night(1, run=2, notices=[notice("b", facts_hash="f2")]))
    left = memory(engine, 2)
    assert [one.facts_hash for one in left.standing] == ["f2"]
    assert left.made == {an_id("notice", "a"), an_id("notice", "b")}


def test_the_summary_of_a_run_is_sent_though_the_date_is_run_again(engine):
    def summary(run):
        return RunSummary(
            run_id=f"run-{run}", region="r", business_date=day(1), outcome="good",
            problems=(), counts={}, seconds={},
        )  # fmt: skip

    record_night(engine, night(1, documents=(summary(1),)))
    record_night(engine, night(1, run=2, documents=(summary(2),)))
    assert waiting(engine) == ["run-1", "run-2"]


def test_placements_that_only_the_first_run_saw_leave_no_name(engine):
    other = resolved("P-BBBBBBBBBBBBBBBB", start=day(1))
    record_night(engine, night(1, placements=(resolved(), other)))
    record_night(engine, night(1, run=2, placements=(resolved(),)))
    assert not any("P-BBBB" in row for row in everything(engine)["placement"])
    with reading(engine) as connection:
        [known] = load_known(connection, LA, day(2))[CHILD]
    assert known.placement_ref == PLACEMENT


def test_pictures_are_those_of_the_last_run_of_a_date(engine):
    def picture(number, run, authority=LA):
        run_id = night(number, run).run_id
        return PictureRef(authority, day(number), f"/{run_id}", day(number), run_id)

    record_night(engine, night(1, pictures=(picture(1, 1), picture(1, 1, "331"))))
    record_night(engine, night(2, pictures=(picture(2, 1),)))
    record_night(engine, night(2, run=2, pictures=()))
    record_night(engine, night(3, pictures=(picture(3, 1),)))
    with reading(engine) as connection:
        assert last_good(connection, LA, day(1)) is None
        assert last_good(connection, LA, day(2)) == picture(1, 1)
        assert last_good(connection, LA, day(3)) == picture(1, 1)
        assert last_good(connection, LA, day(4)) == picture(3, 1)
        assert last_good(connection, "331", day(4)) == picture(1, 1, "331")


# --- frozen bodies -----------------------------------------------------------------


def test_a_rerun_keeps_the_bytes_that_were_first_decided(engine):
    record_night(engine, night(1, notices=[notice(contact="01")], reviews=(review(),)))
    before = everything(engine)
    other = {"notices": [notice(contact="02")], "reviews": (review(weight=4.0),)}
    result = record_night(engine, night(1, run=2, **other))
    assert set(result.frozen) == {an_id("notice", "n"), an_id("review", "r")}
    after = everything(engine)
    assert after["notification"] == before["notification"]
    assert after["review"] == before["review"]
    assert after["outbox"] == before["outbox"]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"recipient": "E23000020"}, "recipient"),
        ({"facts_hash": "f2"}, "facts_hash"),
        ({"kind": Kind.UNCONFIRMED}, "kind"),
        ({"child_ref": "C2"}, "child_ref"),
    ],
)
def test_one_id_never_stands_for_two_notices(engine, changes, what):
    record_night(engine, night(1, notices=[notice()]))
    with pytest.raises(NoticeConflictError, match=what):
        record_night(engine, night(1, run=2, notices=[notice(**changes)]))


def test_an_id_of_an_earlier_night_is_not_used_again(engine):
    record_night(engine, night(1, notices=[notice()]))
    with pytest.raises(NoticeConflictError, match="on an earlier night"):
        record_night(engine, night(2, notices=[notice()]))


def test_a_night_has_one_notice_of_an_id(engine):
    with pytest.raises(NoticeConflictError, match="1 notices"):
        record_night(engine, night(1, notices=[notice(), notice(recipient="331")]))


def test_a_notice_about_an_unknown_placement_is_refused(engine):
    strange = notice(placement_ref="P-ZZZZZZZZZZZZZZZZ")
    with pytest.raises(InvariantError, match=r"(?i)foreign key"):
        record_night(engine, night(1, notices=[strange]))


def test_an_end_without_its_original_is_refused(engine):
    with pytest.raises(InvariantError, match="ck_notification_original"):
        record_night(engine, night(1, notices=[notice(kind=Kind.END)]))


def test_a_refused_row_is_not_shown(engine):
    wrong = resolved(postcode="SE1 7PB", absent_nights=-1)
    with pytest.raises(InvariantError, match="absent_nights") as refused:
        record_night(engine, night(1, placements=(wrong,)))
    shown = "".join(traceback.format_exception(refused.value))
    assert "SE1" not in shown
    assert "CV7" not in shown


# --- obligations through reruns ----------------------------------------------------


def test_an_obligation_that_was_heard_of_is_met_when_the_rerun_owes_nothing(engine):
    record_night(engine, night(1, obligations=[obligation()]))
    send_all(engine, 1)
    record_night(engine, night(1, run=2))
    assert waiting(engine) == [str(an_id("obligation", "o"))]
    assert memory(engine, 2).open_obligations == ()
    met = obligation(met_on=day(1))
    assert f'"met_on":"{met.met_on}"' in str(everything(engine)["outbox"])


def test_an_unheard_meeting_is_undone_by_the_rerun(engine):
    record_night(engine, night(1, obligations=[obligation()]))
    send_all(engine, 1)
    record_night(engine, night(2, obligations=[obligation(met_on=day(2))]))
    assert memory(engine, 3) == replace(memory(engine, 2), open_obligations=())
    record_night(engine, night(2, run=2))
    assert len(memory(engine, 3).open_obligations) == 1
    assert waiting(engine) == []


def test_an_obligation_never_sent_goes_out_as_it_was_before_the_rerun(engine):
    record_night(engine, night(1, obligations=[obligation()]))
    record_night(engine, night(2, obligations=[obligation(met_on=day(2))]))
    record_night(engine, night(2, run=2))
    assert waiting(engine) == [str(an_id("obligation", "o"))]
    with reading(engine) as connection:
        assert counts(connection) == {"dropped": 2, "waiting": 1}


def test_a_meeting_that_was_heard_of_stays(engine):
    record_night(engine, night(1, obligations=[obligation()]))
    record_night(engine, night(2, obligations=[obligation(met_on=day(2))]))
    send_all(engine, 2)
    record_night(engine, night(2, run=2))
    assert memory(engine, 3).open_obligations == ()


# --- placements --------------------------------------------------------------------


def test_a_placement_has_a_row_for_each_night_on_which_it_changed(engine):
    def known(before):
        with reading(engine) as connection:
            return load_known(connection, LA, day(before)).get(CHILD, ())

    moved = resolved(start=day(1), absent_nights=1)
    ended = resolved(start=day(1), end=day(3), status=PlacementStatus.ENDED)
    for number, placement in enumerate([resolved(), resolved(), moved, ended], 1):
        record_night(engine, night(number, placements=(placement,)))
    assert known(1) == ()
    for before, expected in ((2, resolved()), (3, resolved()), (4, moved), (5, ended)):
        [one] = known(before)
        assert one.last_seen == expected.last_seen
        assert one.status is expected.status
        assert one.absent_nights == expected.absent_nights
    assert len(everything(engine)["placement_observation"]) == 3
    record_night(engine, night(4, run=2, placements=(moved,)))
    assert known(5)[0].last_seen == moved.last_seen
    assert len(everything(engine)["placement_observation"]) == 2
