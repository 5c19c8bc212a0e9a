"""What four sources say of one placement, and the tasks that come of it."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notification_cases import (
    MONDAY,
    PLACING,
    WEST_MERCIA,
    WORCESTERSHIRE,
    as_open,
    rulebook,
)

from notifications.config import Reconciliation
from notifications.documents import Obligation, ObligationKind
from notifications.hosted import (
    Placed,
    PlacedChild,
    Said,
    Voice,
    attributed,
    tokens,
)
from notifications.matters import WORDS, matters
from notifications.owing import OpenObligation
from notifications.reconcile import (
    Accounts,
    Difference,
    Flagged,
    Sources,
    could_look,
    reconcile,
)

HOST = WORCESTERSHIRE
LONG_AGO = dt.date(2026, 9, 1)
BORN = dt.date(2011, 5, 6)
HERE, THERE = "WR1 1AA", "WR2 2BB"
POLICY = Reconciliation()
HOME, REGISTER = Voice.HOME, Voice.REGISTER
SPEAKING = frozenset({(HOME, HOST), (REGISTER, HOST), (Voice.POLICE, WEST_MERCIA)})
ALL = Sources(SPEAKING, frozenset(), frozenset({PLACING, "331"}), frozenset(
    {PLACING, "331", HOST, WEST_MERCIA}
))  # fmt: skip


def ago(days):
    return MONDAY - dt.timedelta(days)


def placed(ref="P1", **changes):
    given_ = Placed(ref, LONG_AGO, None, HERE, HOST, "K2", told_on=LONG_AGO)
    return replace(given_, **changes)


def child(*placements, **changes):
    given_ = PlacedChild(
        PLACING, "C1", BORN, tokens("Ann", "Annie"), tokens("Lee"),
        placements or (placed(),),
    )  # fmt: skip
    return replace(given_, **changes)


def said(voice=HOME, ref="H1", *, name=("Ann", "Lee"), **changes):
    given_ = Said(
        voice, HOST, ref, PLACING, BORN, tokens(name[0]), tokens(name[1]), HERE,
        LONG_AGO, None,
    )  # fmt: skip
    return replace(given_, **changes)


BOTH = (said(), said(REGISTER, "R1"))


def found(children, rows=(), flagged=(), sources=ALL, on=MONDAY):
    accounts = Accounts(children, attributed(rows, children), flagged)
    return reconcile(accounts, sources, POLICY, on)


def differences(*given_, **more):
    return [(one.difference.value, one.owner) for one in found(*given_, **more)]


def test_sources_that_agree_make_no_disagreement():
    assert differences([child()], BOTH) == []


ENDED = placed(end=ago(20))

SPEC = [
    ("the home admitted, nobody placed", [], [said()],
     [("home-admitted-not-placed", PLACING)]),
    ("on the register, nobody placed", [], [said(REGISTER)],
     [("on-register-not-placed", PLACING)]),
    ("nobody placed, but it may be on its way", [], [said(start=ago(5))], []),
    ("a stay that is over need not be placed", [], [said(end=ago(40))], []),
    ("in a home, no notice, not registered", [child()], [],
     [("home-notice-not-seen", HOST), ("not-on-register", HOST)]),
    ("with a foster carer no home owes a notice",
     [child(placed(place_code="U4", told_on=None))], [], []),
    ("placed five days ago", [child(placed(start=ago(5), told_on=ago(4)))], [], []),
    ("placed six days ago, told today",
     [child(placed(start=ago(6), told_on=MONDAY))], [],
     [("home-notice-not-seen", HOST)]),
    ("the placement ended, both still show it", [child(ENDED)], BOTH,
     [("home-stay-ended", HOST), ("on-register-ended", HOST)]),
    ("it ended only now", [child(placed(end=ago(3)))], BOTH, []),
    ("it ended a year ago and is still open", [child(placed(
        start=dt.date(2025, 1, 1), end=dt.date(2025, 11, 1)))],
     [said(REGISTER, start=dt.date(2025, 1, 1))], [("on-register-ended", HOST)]),
    ("the home says that the child left", [child()],
     [said(end=ago(20)), BOTH[1]], [("end-not-told", PLACING)]),
    ("left and came back", [child()],
     [said(end=ago(20)), said(ref="H2", start=ago(19)), BOTH[1]], []),
    ("the starts differ by four days", [child()],
     [said(start=LONG_AGO + dt.timedelta(4)), BOTH[1]], [("starts-differ", HOST)]),
    ("the starts differ by three days", [child()],
     [said(start=LONG_AGO + dt.timedelta(3)), BOTH[1]], []),
    ("the ends differ", [child(ENDED)], [said(end=ago(10))], [("ends-differ", HOST)]),
    ("the ends differed long ago",
     [child(placed(start=dt.date(2025, 1, 1), end=dt.date(2025, 6, 1)))],
     [said(start=dt.date(2025, 1, 1), end=dt.date(2025, 7, 1))], []),
    ("two postcodes in one area", [child()],
     [replace(BOTH[0], postcode=THERE), BOTH[1]], [("addresses-differ", PLACING)]),
    ("moved on to another area", [child(placed(host_la="331", postcode="CV1 1AA"))],
     [said(REGISTER)], [("on-register-not-placed", PLACING)]),
    ("a placement that nobody can locate may be the one",
     [child(placed(host_la=None, postcode=None, told_on=None))], BOTH, []),
    ("a short break is compared with nothing",
     [child(placed(in_scope=False, end=ago(20)))], BOTH, []),
    ("the host's own child", [child(placed(host_la=PLACING, told_on=None))],
     [said(host_la=PLACING)], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("children", "rows", "expected"),
    [pytest.param(*rest, id=name) for name, *rest in SPEC],
)
def test_what_two_sources_disagree_about_and_who_owns_it(children, rows, expected):
    assert differences(children, rows) == expected


def twin(ref, name):
    return child(placed(f"P-{ref}"), child_ref=ref, forenames=tokens(name))


AMBIGUOUS = [("ambiguous", HOST)]
WHO = [
    ("names the wrong way round", [child()], said(name=("Lee", "Ann")), []),
    ("accents, case and hyphens", [child()], said(name=("ánn", "LEE-ROE")), []),
    ("known as", [child()], said(name=("Annie", "Lee")), []),
    ("the forename is missing", [child()], said(name=(None, "Lee")), []),
    ("a nickname at the same postcode", [child()], said(name=("Nan", "Lee")), []),
    ("a nickname elsewhere", [child()], said(name=("Nan", "Lee"), postcode=THERE),
     AMBIGUOUS),
    ("another date of birth", [child()], said(dob=ago(6000)), AMBIGUOUS),
    ("the right reference, another name", [child()],
     said(name=("Nan", "Roe"), placing_child_ref="C1"), []),
    ("a twin by name", [twin("C1", "Ann"), twin("C2", "Bea")], said(), []),
    ("either twin", [twin("C1", "Ann"), twin("C2", "Bea")], said(name=(None, "Lee")),
     AMBIGUOUS),
    ("another authority's child", [child(authority="331")], said(), AMBIGUOUS),
    ("nobody's", [child()], said(name=("Zed", "Poe"), dob=ago(5000)),
     [("home-admitted-not-placed", PLACING)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("children", "row", "expected"),
    [pytest.param(*rest, id=name) for name, *rest in WHO],
)
def test_whose_a_row_is_and_what_is_not_guessed(children, row, expected):
    quiet = [replace(one, placements=tuple(
        replace(place, place_code="U4", told_on=None) for place in one.placements
    )) for one in children]  # fmt: skip
    assert differences(quiet, [row]) == expected


def test_a_child_that_a_row_may_be_is_not_missed_as_well():
    row = said(name=("Nan", "Lee"), postcode=THERE)
    assert differences([child(placed(told_on=None))], [row]) == AMBIGUOUS


def test_a_row_that_is_not_in_tonights_file_accuses_nobody_and_is_not_missed():
    rows = [replace(row, absent=True) for row in BOTH]
    assert differences([], rows) == []
    assert differences([child(ENDED)], rows) == []
    assert differences([child()], rows) == []


def test_a_child_that_has_its_own_row_is_not_taken_for_its_twin():
    rows = [said(), said(ref="H2", name=("Bea", "Lee"))]
    quiet = child(placed(told_on=None))
    assert differences([quiet], rows) == [("home-admitted-not-placed", PLACING)]


SILENT = [
    (
        "the host sends no such file",
        frozenset({(Voice.POLICE, WEST_MERCIA)}),
        ALL.placing,
    ),
    ("the placing authority's data is old", SPEAKING, frozenset({"331"})),
]


@pytest.mark.parametrize(
    ("speaking", "placing"), [pytest.param(*rest, id=name) for name, *rest in SILENT]
)
def test_nothing_follows_from_silence(speaking, placing):
    sources = replace(ALL, speaking=speaking, placing=placing)
    assert differences([child()], sources=sources) == []
    assert differences([], BOTH, sources=sources) == []


SHIELDED = child(shielded=True)
MAYBE_SHIELDED = [
    ("its own row", said()),
    ("by reference", said(name=("X", "Y"), dob=ago(5000), placing_child_ref="C1")),
    ("by date of birth", said(name=("X", "Y"), postcode=THERE)),
    ("by address", said(name=("X", "Y"), dob=ago(5000))),
    ("by name", said(dob=ago(5000), postcode=THERE)),
    ("by name and birth under another authority",
     said(placing_la="331", postcode=THERE)),
]  # fmt: skip


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=name) for name, row in MAYBE_SHIELDED]
)
@pytest.mark.parametrize("ended", [None, ago(20)])
def test_a_row_that_may_be_a_shielded_childs_gives_nothing(row, ended):
    shielded = replace(SHIELDED, placements=(placed(end=ended),))
    assert differences([shielded], [row, replace(row, voice=REGISTER)]) == []


def test_a_shielded_placement_that_nobody_names_gives_nothing():
    assert differences([SHIELDED]) == []


def test_a_row_set_aside_still_names_the_child_it_may_be():
    sibling = child(
        placed("P2", told_on=None), child_ref="C2", forenames=tokens("Bea"),
    )  # fmt: skip
    shielded = replace(SHIELDED, forenames=tokens("Ann"))
    assert differences([shielded, sibling], [said(name=(None, "Lee"))]) == []


def flag(*postcodes, placing=PLACING):
    return Flagged(WEST_MERCIA, "N1", placing, frozenset(postcodes))


FLAGS = [
    ("where the child is", flag(HERE), []),
    ("where nobody is", flag(THERE), [("flag-where-nobody-is", WEST_MERCIA)]),
    ("one address of two", flag(THERE, HERE), []),
    ("of an authority outside the region", flag(THERE, placing="873"), []),
]


@pytest.mark.parametrize(
    ("flagged", "expected"), [pytest.param(*rest, id=name) for name, *rest in FLAGS]
)
def test_a_flag_at_an_address_where_nobody_is_placed(flagged, expected):
    assert differences([child()], BOTH, [flagged]) == expected


def test_a_flag_where_somebody_shielded_is_or_a_child_just_was_is_let_be():
    assert differences([SHIELDED], flagged=[flag(HERE)]) == []
    assert differences([child(placed(end=ago(5)))], flagged=[flag(HERE)]) == []


# --- tasks -------------------------------------------------------------------------

RULES = rulebook()
ONE = [said(REGISTER, "R7")]


def made(rows=ONE, open_=None, sources=ALL, on=MONDAY):
    return matters(
        found([], rows, sources=sources, on=on), open_ or {}, sources, RULES, on
    )


def by_matter(task: Obligation) -> dict[str, OpenObligation]:
    return {task.placement_ref: as_open(task)}


def test_a_disagreement_is_a_task_with_one_owner_and_a_clock():
    (task,) = made()
    assert task.kind is ObligationKind.DISAGREEMENT_TASK
    assert (task.owed_by, task.rule.id) == (
        PLACING, "disagreement.on-register-not-placed",
    )  # fmt: skip
    assert task.due_at.date() == dt.date(2026, 11, 26)
    assert "R7" in task.asked


def test_a_task_names_nobody():
    (task,) = made()
    text = task.model_dump_json()
    assert "Ann" not in text
    assert "Lee" not in text
    assert BORN.isoformat() not in text


def test_a_task_is_made_once_and_met_when_the_disagreement_is_no_more():
    (task,) = made()
    open_ = by_matter(task)
    later = MONDAY + dt.timedelta(1)
    assert made(open_=open_, on=later) == ()
    (met,) = made([], open_, on=later)
    assert (met.obligation_id, met.met_on) == (task.obligation_id, later)
    (again,) = made(on=later)
    assert again.obligation_id != task.obligation_id


def test_a_task_stays_as_high_when_it_is_put_in_other_words_or_met():
    (task,) = made()
    risen = {
        key: replace(one, escalation=1, asked="Other words.")
        for key, one in by_matter(task).items()
    }
    later = MONDAY + dt.timedelta(1)
    (again,), (met,) = made(open_=risen, on=later), made([], risen, on=later)
    assert (again.asked, again.asked_on) == (task.asked, later)
    for one in (again, met):
        assert (one.obligation_id, one.due_at) == (task.obligation_id, task.due_at)
        assert one.escalation == 1


@pytest.mark.parametrize(
    "sources",
    [
        replace(ALL, speaking=frozenset(), waiting=frozenset({(REGISTER, HOST)})),
        replace(ALL, placing=frozenset()),
    ],
)
def test_a_night_that_could_not_look_meets_no_task(sources):
    open_ = by_matter(made()[0])
    assert made([], open_, sources) == ()


def test_a_task_is_met_when_its_source_has_left_for_good():
    open_ = by_matter(made()[0])
    (met,) = made([], open_, replace(ALL, speaking=frozenset()))
    assert met.met_on == MONDAY


def test_every_difference_has_words():
    assert set(WORDS) == set(Difference)


DAYS = st.integers(-30, 120).map(ago)
ROWS = st.builds(
    said,
    st.sampled_from([HOME, REGISTER]),
    st.sampled_from(["A", "B", "C"]),
    name=st.tuples(*[st.sampled_from([None, "Ann", "Bea", "Lee", "Roe"])] * 2),
    placing_la=st.sampled_from([PLACING, "331", HOST, None]),
    dob=st.sampled_from([BORN, ago(5000)]),
    postcode=st.sampled_from([HERE, THERE, None]),
    start=DAYS | st.none(),
    end=DAYS | st.none(),
)
CHILDREN = st.builds(
    lambda number, ref, **changes: child(
        placed(f"P{number}", start=changes.pop("start"), end=changes.pop("end")),
        child_ref=ref,
        **changes,
    ),
    st.integers(1, 9),
    st.sampled_from(["C1", "C2", "C3"]),
    start=DAYS,
    end=DAYS | st.none(),
    authority=st.sampled_from([PLACING, "331"]),
    forenames=st.sampled_from([tokens("Ann"), tokens("Bea"), tokens()]),
    shielded=st.booleans(),
)


@given(st.lists(CHILDREN, max_size=4), st.lists(ROWS, max_size=5), st.randoms())
def test_the_order_of_what_is_said_changes_nothing(children, rows, random):
    before = found(children, rows)
    random.shuffle(rows)
    assert {one.key for one in found(children, rows)} == {one.key for one in before}
    assert all(could_look(one.key, ALL) for one in before)


@given(st.lists(CHILDREN, max_size=4), st.lists(ROWS, max_size=5))
def test_no_shielded_placement_is_ever_quoted(children, rows):
    shielded = {(one.authority, one.child_ref) for one in children if one.shielded} - {
        (one.authority, one.child_ref) for one in children if not one.shielded
    }
    for one in found(children, rows):
        assert (one.placing_la, one.child_ref) not in shielded
