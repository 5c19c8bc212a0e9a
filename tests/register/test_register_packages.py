"""What leaves or enters by hand is packed once, and meets its task when handed over."""

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
    obligation,
    resolved,
    send_all,
    waiting,
)

from notifications.documents import Kind, ObligationKind
from notifications.outcome import Hold
from register.engine import reading
from register.memory import load_matters
from register.nights import record_night
from register.outbox import counts
from register.packages import (
    Imported,
    Package,
    PackageConflictError,
    UnknownPackageError,
    hand_over,
    packages,
    record_import,
    record_package,
    waiting_exports,
)

OUT, OUT_LA = "E23000018", "885"
MANUAL = ObligationKind.MANUAL_CHANNEL_TASK
N = an_id("notice", "n")


def export(key="n", **changes):
    return notice(key, **{"recipient": OUT, "channel": "export"} | changes)


def carry(**changes):
    return obligation("carry", kind=MANUAL, **changes)


def decide(engine, number, *notices, run=1, **parts):
    return record_night(engine, night(number, run, notices=notices, **parts))


def a_package(name="x", recipient=OUT, sha256="ab", documents=1):
    return Package(name, recipient, at(1, 9), sha256, documents)


def pack(engine, *keys, **given):
    ids = [an_id("notice", key) for key in keys or "n"]
    return record_package(engine, a_package(**given), ids)


def to_pack(engine):
    with reading(engine) as connection:
        return [one.notification_id for one in waiting_exports(connection)]


def carried_by(engine, before):
    """The open tasks to carry, as a night of that date is told."""
    return [one.obligation_id for one in memory(engine, before).open_obligations]


# --- packing -----------------------------------------------------------------------


def test_what_is_to_leave_waits_to_be_packed(engine):
    told = export("a", recipient=OUT_LA), export("b"), notice("c")
    decide(engine, 1, *told, export("d", recipient="W", hold=Hold("surge", None)))
    with reading(engine) as connection:
        found = waiting_exports(connection)
    assert [(one.notification_id, one.recipient) for one in found] == [
        (an_id("notice", "a"), OUT_LA), (an_id("notice", "b"), OUT),
    ]  # fmt: skip
    assert (found[0].kind, found[0].placement_ref) == (Kind.NEW, PLACEMENT)
    assert (found[0].placing_la, found[0].created_on) == (LA, day(1))
    assert b"recording_token" in found[0].body


def test_what_is_packed_waits_no_longer(engine):
    decide(engine, 1, export())
    assert pack(engine) is True
    assert to_pack(engine) == []
    with reading(engine) as connection:
        assert packages(connection) == (a_package(),)
        assert counts(connection, destination="export") == {"delivered": 1}


def test_packing_again_changes_nothing(engine):
    decide(engine, 1, export())
    pack(engine)
    before = everything(engine)
    assert pack(engine) is False
    assert everything(engine) == before
    with pytest.raises(PackageConflictError, match="other content"):
        pack(engine, sha256="cd")


@pytest.mark.parametrize("keys", ["x", "nb"])
def test_only_what_waits_for_its_recipient_is_packed(engine, keys):
    decide(engine, 1, export(), export("b", recipient=OUT_LA))
    before = everything(engine)
    with pytest.raises(PackageConflictError, match="do not wait"):
        pack(engine, *keys)
    assert everything(engine) == before


def test_a_withdrawal_is_packed_too(engine):
    decide(engine, 1, export())
    pack(engine)
    taken_back = {"kind": Kind.RETRACTION, "supersedes": N}
    decide(engine, 2, export("b", on=2, **taken_back))
    assert to_pack(engine) == [an_id("notice", "b")]
    assert pack(engine, "b", name="y") is True


# --- handing over ------------------------------------------------------------------


def test_handing_over_meets_the_task_to_carry(engine):
    decide(engine, 1, export(), obligations=[carry()])
    send_all(engine, 1)
    pack(engine)
    assert carried_by(engine, 2) == [carry().obligation_id]
    [met] = hand_over(engine, "x", "someone", at(1, 10))
    assert (met.obligation_id, met.met_on) == (carry().obligation_id, day(1))
    assert carried_by(engine, 2) == []
    assert waiting(engine) == [str(carry().obligation_id)]
    with reading(engine) as connection:
        [one] = packages(connection)
    assert (one.handed_over_by, one.handed_over_at) == ("someone", at(1, 10))


def test_handing_over_twice_does_nothing_and_keeps_the_first_name(engine):
    decide(engine, 1, export(), obligations=[carry()])
    pack(engine)
    hand_over(engine, "x", "someone", at(1, 10))
    before = everything(engine)
    assert hand_over(engine, "x", "another", at(2, 10)) == ()
    assert everything(engine) == before


def test_an_unknown_package_is_not_handed_over(engine):
    with pytest.raises(UnknownPackageError):
        hand_over(engine, "x", "someone", at(1))


def test_the_task_is_met_when_the_last_package_is_handed_over(engine):
    both = export(), export("b", recipient=OUT_LA)
    decide(engine, 1, *both, obligations=[carry()])
    pack(engine)
    pack(engine, "b", name="y", recipient=OUT_LA)
    assert hand_over(engine, "x", "someone", at(1, 10)) == ()
    assert carried_by(engine, 2) == [carry().obligation_id]
    [met] = hand_over(engine, "y", "someone", at(2, 10))
    assert met.met_on == day(2)


def test_what_was_told_since_must_be_handed_over_too(engine):
    decide(engine, 1, export(), obligations=[carry()])
    pack(engine)
    decide(engine, 2, export("b", on=2, kind=Kind.UPDATE, supersedes=N))
    assert hand_over(engine, "x", "someone", at(2, 10)) == ()
    pack(engine, "b", name="y")
    assert len(hand_over(engine, "y", "someone", at(2, 11))) == 1


@pytest.mark.parametrize("made_on", [1, 2], ids=["made before", "made that night"])
@pytest.mark.parametrize("sent", [True, False])
def test_a_night_run_again_leaves_the_task_met(engine, made_on, sent):
    told = [[], []]
    told[made_on - 1] = [export(on=made_on)]
    owed = carry(on=made_on)
    for number in (1, 2):
        tasks = [owed] if number == made_on else []
        decide(engine, number, *told[number - 1], obligations=tasks)
    pack(engine)
    hand_over(engine, "x", "someone", at(2, 10))
    if sent:
        send_all(engine, 2)
    for run in (2, 3):
        tasks = [owed] if made_on == 2 else []
        decide(engine, 2, *told[1], run=run, obligations=tasks)
        assert carried_by(engine, 3) == []
    if made_on == 1:
        assert carried_by(engine, 2) == [owed.obligation_id], "as it was before"
    sent_now = send_all(engine, 3)
    assert sent_now.count(str(owed.obligation_id)) == (0 if sent else 1)


def test_a_new_task_needs_a_new_package(engine):
    decide(engine, 1, export(), obligations=[carry()])
    pack(engine)
    hand_over(engine, "x", "someone", at(1, 10))
    later = obligation("later", kind=MANUAL, on=2)
    moved = export("b", on=2, kind=Kind.UPDATE, supersedes=N)
    decide(engine, 2, moved, obligations=[later])
    assert carried_by(engine, 3) == [later.obligation_id]


# --- from another region -----------------------------------------------------------


def taken_in(name="theirs", recipient=FORCE, number=1):
    return Imported(name, "elsewhere", recipient, at(number))


def test_another_regions_notices_go_to_the_portal_once(engine):
    document = notice("theirs").document
    assert record_import(engine, taken_in(), [document]) == (document.notification_id,)
    assert waiting(engine) == [str(document.notification_id)]
    before = everything(engine)
    assert record_import(engine, taken_in("again", number=2), [document]) == ()
    assert everything(engine) == before


def test_a_withdrawal_follows_the_notice_that_it_takes_back(engine):
    told = notice("theirs")
    back = notice("back", kind=Kind.RETRACTION, supersedes=told.notification_id)
    record_import(engine, taken_in(), [told.document])
    made = record_import(engine, taken_in("next"), [back.document])
    assert made == (back.notification_id,)
    assert send_all(engine, 2) == [
        str(told.notification_id), str(back.notification_id),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "document"),
    [
        ("other bytes", notice("theirs", contact="new").document),
        ("a notice of this region", notice().document),
        ("to somebody else", notice("other", recipient="937").document),
    ],
)
def test_an_import_that_contradicts_is_refused_whole(engine, case, document):
    decide(engine, 1, notice())
    record_import(engine, taken_in(), [notice("theirs").document])
    before = everything(engine)
    with pytest.raises(PackageConflictError):
        record_import(engine, taken_in("y"), [notice("more").document, document])
    assert everything(engine) == before, case


# --- other matters -----------------------------------------------------------------


def matters(engine, before):
    with reading(engine) as connection:
        return load_matters(connection, day(before))


def a_matter(**changes):
    return obligation("m", placement_ref="starts-differ/home/937/330/K-1", **changes)


def test_a_matter_is_owed_until_the_night_that_met_it(engine):
    decide(engine, 1, matters=(a_matter(),))
    decide(engine, 2)
    decide(engine, 3, matters=(a_matter(met_on=day(3)),))
    [open_] = matters(engine, 3).values()
    assert open_.obligation_id == a_matter().obligation_id
    assert list(matters(engine, 3)) == [a_matter().placement_ref]
    assert open_.placement_ref == a_matter().placement_ref
    assert (matters(engine, 1), matters(engine, 4)) == ({}, {})
    assert memory(engine, 3).open_obligations == ()


def test_a_matter_of_a_date_run_again_is_taken_back_or_met(engine):
    decide(engine, 1, matters=(a_matter(),), run=1)
    decide(engine, 1, run=2)
    assert matters(engine, 2) == {}
    assert waiting(engine) == []
    decide(engine, 1, matters=(a_matter(),), run=3)
    send_all(engine, 1)
    decide(engine, 1, run=4)
    assert matters(engine, 2) == {}
    assert waiting(engine) == [str(a_matter().obligation_id)], "it was heard of"


def test_matters_and_tasks_about_placements_are_kept_apart(engine):
    decide(
        engine, 1, matters=(a_matter(),), obligations=[obligation()],
        placements=(resolved(),),
    )  # fmt: skip
    assert len(matters(engine, 2)) == 1
    assert carried_by(engine, 2) == [obligation().obligation_id]
