"""How pages say dates, differences and weights."""

import datetime as dt

import portal_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from portal_under_test import put

from notifications.documents import Clock, EvidenceView, Kind, ObligationKind, Priority
from notifications.reports import RunSummary
from notifications.wording import RISKS, counted
from portal import words
from portal.differences import Agreement, differences
from portal.paging import LENGTH, Paging
from portal.permissions import Role
from portal.reviews import Decision
from portal.runs import in_order
from portal.waterfall import leaning, signed, waterfall
from records.risks import RISK_INDICATORS

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (dt.datetime(2026, 11, 7, 15, 41, tzinfo=dt.UTC), "7 November 2026, 3:41pm"),
        (dt.datetime(2026, 7, 1, 23, 5, tzinfo=dt.UTC), "2 July 2026, 12:05am"),
        (dt.datetime(2026, 1, 1, 12, 0, tzinfo=dt.UTC), "1 January 2026, 12:00pm"),
        (dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC), "29 March 2026, 2:30am"),
    ],
)
def test_a_moment_is_said_in_londons_time(at, said):
    assert words.moment(at) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (-0.001, "overdue by less than a minute"), (-0.5, "overdue by 30 minutes"),
        (-1, "overdue by 1 hour"), (-13, "overdue by 13 hours"),
        (-24, "overdue by 1 day"), (-49, "overdue by 2 days"),
        (0, "due in less than a minute"), (1 / 60, "due in 1 minute"),
        (2.9, "due in 2 hours"), (13, "due in 13 hours"), (24, "due tomorrow"),
        (35.9, "due tomorrow"), (36, "due in 2 days"), (24 * 7, "due in 7 days"),
        (24 * 1500, "due in 1,500 days"),
    ],
)  # fmt: skip
def test_a_clock_says_how_far_off_it_is(hours, said):
    assert words.due(NOON + dt.timedelta(hours=hours), NOON) == said


@given(st.integers(-10_000, 10_000))
def test_what_is_late_never_reads_as_due(minutes):
    said = words.due(NOON + dt.timedelta(minutes=minutes), NOON)

    assert said.startswith("due") == (minutes >= 0)
    assert ("overdue" in said) == (minutes < 0)


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 tasks"), (1, "1 task"), (2, "2 tasks"),
                         (1204, "1,204 tasks")],
)  # fmt: skip
def test_one_is_not_many(number, said):
    assert counted(number, "task") == said


def test_some_words_have_a_plural_of_their_own():
    assert counted(2, "authority", "authorities") == "2 authorities"


def test_a_leap_child_is_a_year_older_on_the_first_of_march():
    born = dt.date(2012, 2, 29)

    assert words.age(born, dt.date(2026, 2, 28)) == "13 years"
    assert words.age(born, dt.date(2026, 3, 1)) == "14 years"
    assert words.age(dt.date(2025, 11, 1), dt.date(2026, 11, 22)) == "1 year"
    assert words.age(None, NOON.date()) == words.age(NOON.date(), born) == ""


def test_what_nobody_supplied_is_never_blank():
    assert words.supplied("") == words.supplied(None) == "not supplied"
    assert words.day(None) == "not supplied"
    assert words.child_name(None, None) == "Name not supplied"


def test_every_code_has_its_words():
    assert set(words.KINDS) == set(words.KIND_TAGS) == set(Kind)
    assert set(words.PRIORITIES) == set(Priority)
    assert set(words.OBLIGATIONS) == set(ObligationKind)
    assert set(RISKS) == set(RISK_INDICATORS)
    assert words.risk("new_kind") == "New kind"
    assert set(words.ROLES) == set(Role)
    assert set(words.DECISIONS) == set(Decision.__args__)


def test_only_a_whole_date_reads_as_one():
    assert words.readable("2012-02-29") == "29 February 2012"
    assert words.readable("2012-02-30") == "2012-02-30"
    assert words.readable("CV7 9ZZ, B1") == "CV7 9ZZ, B1"


def sides(**both):
    """A pair of records; each field is given as (left, right)."""
    blank = {"names": (), "dobs": (), "sex": None, "postcodes": (), "identifiers": ()}
    left, right = (
        samples.record(side, **(blank | {k: v[i] for k, v in both.items()}))
        for i, side in enumerate(("left", "right"))
    )
    return differences(left, right)


D = dt.date
COMPARED = {
    "accents and case": ({"names": (("Zoë O'Neil-Test",), ("ZOE ONEIL TEST",))},
                         Agreement.SAME, "Same"),
    "one name of many": ({"names": (("Ada Test",), ("Bo Test", "Ada Test"))},
                         Agreement.SAME, "Same"),
    "a shared part": ({"names": (("Ada Lark-Test",), ("Eve Lark",))},
                      Agreement.PARTLY, "Partly the same: LARK"),
    "other names": ({"names": (("Ada Lark",), ("Eve Wren",))},
                    Agreement.DIFFERENT, "Different"),
    "another script": ({"names": (("Оля",), ("Оля",))}, Agreement.SAME, "Same"),
    "a placeholder": ({"names": (("UNKNOWN",), ("BABY",))},
                      Agreement.DIFFERENT, "Different"),
    "one side only": ({"names": (("Ada Lark",), ())},
                      Agreement.ONE_SIDED, "Only one record has it"),
    "the same day": ({"dobs": ((D(2012, 5, 3),), (D(2012, 5, 3), D(2011, 1, 1)))},
                     Agreement.SAME, "Same"),
    "swapped": ({"dobs": ((D(2012, 5, 3),), (D(2012, 3, 5),))},
                Agreement.PARTLY, "Day and month are swapped"),
    "another day": ({"dobs": ((D(2012, 5, 3),), (D(2012, 5, 9),))},
                    Agreement.PARTLY, "Only the day differs"),
    "another year": ({"dobs": ((D(2012, 5, 3),), (D(2011, 5, 3),))},
                     Agreement.PARTLY, "Only the year differs"),
    "the year alone": ({"dobs": ((D(2012, 5, 3),), (D(2012, 1, 1),))},
                       Agreement.PARTLY, "Only the year is the same"),
    "nothing of it": ({"dobs": ((D(2012, 5, 3),), (D(2001, 1, 1),))},
                      Agreement.DIFFERENT, "Different"),
    "the best of two": ({"dobs": ((D(2012, 5, 3),), (D(2001, 1, 1), D(2012, 5, 4)))},
                            Agreement.PARTLY, "Only the day differs"),
    "sex": ({"sex": ("F", "M")}, Agreement.DIFFERENT, "Different"),
    "spaces in postcodes": ({"postcodes": (("B91 9ZZ",), ("B919ZZ",))},
                            Agreement.SAME, "Same"),
    "a district": ({"postcodes": (("B91 9ZZ",), ("B91 1AA",))},
                   Agreement.PARTLY, "Different, but the same district"),
    "a neighbour district": ({"postcodes": (("B91 9ZZ",), ("B9 1ZZ",))},
                             Agreement.DIFFERENT, "Different"),
    "no postcodes at all": ({"postcodes": (("abroad",), ("unknown",))},
                            Agreement.DIFFERENT, "Different"),
    "a number": ({"identifiers": (("nhs 9434765919",), ("nhs 9434765919",))},
                 Agreement.SAME, "Same"),
    "conflicting numbers": ({"identifiers": (("nhs 9434765919",), ("nhs 9434765870",))},
                            Agreement.DIFFERENT, "Conflict: nhs"),
    "other kinds": ({"identifiers": (("nhs 9434765919",), ("pnc 2020/0000001X",))},
                    Agreement.ONE_SIDED, "Different kinds, so nothing to compare"),
}  # fmt: skip


@pytest.mark.parametrize("case", COMPARED)
def test_a_field_says_in_words_how_two_records_agree(case):
    both, agreement, said = COMPARED[case]

    (found,) = sides(**both)

    assert (found.agreement, found.words) == (agreement, said)


@pytest.mark.parametrize("case", COMPARED)
def test_sides_can_be_changed_over(case):
    both, agreement, said = COMPARED[case]

    (found,) = sides(**{name: (right, left) for name, (left, right) in both.items()})

    assert (found.agreement, found.words) == (agreement, said)


def test_values_that_both_have_are_marked():
    (found,) = sides(names=(("Ada Lark", "Bo Lark"), ("ada lark",)))

    assert [value.shared for value in found.left] == [True, False]
    assert [value.shared for value in found.right] == [True]


WEIGHTS = st.lists(st.floats(-30, 30).map(lambda w: round(w, 2)), max_size=12)


@given(WEIGHTS)
def test_each_bar_begins_where_the_one_before_ended(weights):
    parts = [
        EvidenceView(comparison="c", explanation="", left=None, right=None, weight=w)
        for w in weights
    ]

    chart = waterfall(parts, sum(weights))

    *bars, total = chart.bars
    level = chart.zero
    for bar, weight in zip(bars, weights, strict=True):
        start, finish = (
            (bar.x, bar.x + bar.width) if weight >= 0 else (bar.x + bar.width, bar.x)
        )
        assert start == pytest.approx(level, abs=2.3)
        assert bar.kind == ("for" if weight >= 0 else "against")
        level = finish
    assert total.kind == "total"
    assert all(bar.x >= 0 and bar.x + bar.width <= chart.width for bar in chart.bars)
    assert chart.height >= max(bar.y for bar in chart.bars) + 20


@pytest.mark.parametrize(
    ("weight", "said"), [(3.24, "+3.2"), (-0.4, "−0.4"), (0.0, "+0.0"), (-0.01, "+0.0")]
)
def test_a_weight_has_its_sign(weight, said):
    assert signed(weight) == said


@pytest.mark.parametrize(
    ("weight", "said"), [(0.1, "for"), (-0.1, "against"), (-0.04, "neither")]
)
def test_a_weight_leans_as_it_is_shown(weight, said):
    assert leaning(weight) == said


@given(st.integers(0, 1000), st.integers(-5, 1000))
def test_a_page_is_one_that_there_is(total, wanted):
    paging = Paging.of(total, wanted)

    assert 1 <= paging.page <= paging.pages
    assert (paging.pages - 1) * LENGTH <= total <= paging.pages * LENGTH
    assert paging.offset <= max(total, 0)


def test_stages_stand_in_the_order_of_the_night():
    counts = {name: {} for name in ("publish", "zzz", "decide", "collect", "aaa")}
    run = RunSummary.model_validate(samples.run().model_dump() | {"counts": counts})

    names = [name for name, _ in in_order(run)]

    assert names == ["collect", "decide", "publish", "aaa", "zzz"]


def test_a_laws_clock_makes_no_reader_late(portal):
    """It runs for the placing authority; what the reader owes is another."""
    clock = Clock(
        due_at=NOON - dt.timedelta(days=22), text="If planned, before it started.",
        basis="Care Planning Regulations 2010, regulation 13(4)",
    )  # fmt: skip
    told = samples.notification("late", clock=clock)
    put(portal.machine(), "notifications", told)
    desk = portal.desk(Role.OFFICER, told.recipient)

    assert "22 days" not in desk.read("/inbox")
    page = desk.read(f"/notifications/{told.notification_id}")
    assert "The placing authority's own notice: due by 31 October 2026" in page
    assert "overdue" not in page
