"""How far readers agree is told of enough readings only; labels hold no names."""

import csv
import io
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from portal_samples import made
from portal_under_test import ON_SQLITE
from test_portal_reviews import judge, offer
from test_portal_second_readers import everything_twice, read_again  # noqa: F401

from portal.agreement import Reader, Twice, agreement, each_two, kappa, sample_of
from portal.bars import day_bars
from portal.permissions import Role

YES, NO = "same", "different"


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([], None),
        ([(YES, YES)] * 9, None),
        ([(YES, YES)] * 5 + [(NO, NO)] * 5, 1.0),
        ([(YES, NO)] * 5 + [(NO, YES)] * 5, -1.0),
        # Cohen's own kind of table: 20 and 15 agree of 50, 5 and 10 do not
        ([(YES, YES)] * 20 + [(NO, NO)] * 15 + [(YES, NO)] * 5 + [(NO, YES)] * 10, 0.4),
        ([(YES, YES)] * 25 + [(YES, NO)] * 25 + [(NO, YES)] * 25 + [(NO, NO)] * 25, 0),
    ],
)
def test_kappa_is_agreement_beyond_chance(readings, expected):
    found = kappa(readings)

    assert found == (expected if expected is None else pytest.approx(expected))


def test_agreement_of_fewer_than_five_is_not_told():
    few = agreement("two", [(YES, YES), (NO, NO), (YES, NO), (NO, YES)])
    enough = agreement("two", [(YES, YES), (NO, NO), (YES, NO), (NO, YES), (YES, YES)])

    assert (few.told, few.same, few.kappa) == (False, 0, None)
    assert (enough.told, enough.same) == (True, 3)
    assert enough.kappa is not None


ANN, BOB = Reader("Ann", made("ann")), Reader("Bob", made("bob"))
OTHER_ANN = Reader("Ann", made("another ann"))


def read_in_turn(one, other, words):
    """The words of both, where every other pair has the other one read it first."""
    return [
        Twice(one, said, other, again) if turn % 2 else Twice(other, again, one, said)
        for turn, (said, again) in enumerate(words)
    ]


def test_kappa_goes_by_who_said_it_and_not_by_who_was_first():
    (told,) = each_two(read_in_turn(ANN, BOB, [(YES, NO)] * 10))

    assert (told.who, told.n, told.same) == ("Ann and Bob", 10, 0)
    assert told.kappa == 0, "one always says one thing: chance explains it"


def test_two_of_one_name_are_two():
    told = each_two([
        *read_in_turn(ANN, BOB, [(YES, YES), (NO, NO)] * 3),
        *read_in_turn(OTHER_ANN, BOB, [(YES, NO), (NO, YES)] * 3),
        *read_in_turn(ANN, OTHER_ANN, [(YES, YES)] * 5),
    ])  # fmt: skip

    ann, bob, other = (str(one.user_id)[:8] for one in (ANN, BOB, OTHER_ANN))
    assert {one.who: one.kappa for one in told} == {
        f"Ann ({ann}) and Bob ({bob})": 1,
        f"Ann ({other}) and Bob ({bob})": -1,
        "Ann and Ann": None,
    }


def kappa_by_a_table(words) -> Fraction | None:
    """Cohen (1960), from the table of both persons' words: another way to the same."""
    total, kinds = len(words), sorted({word for both in words for word in both})
    table = [[words.count((row, column)) for column in kinds] for row in kinds]
    both = range(len(kinds))
    observed = sum(Fraction(table[k][k], total) for k in both)
    chance = sum(
        Fraction(sum(table[k]), total)
        * Fraction(sum(table[row][k] for row in both), total)
        for k in both
    )
    return None if chance == 1 else 1 - (1 - observed) / (1 - chance)


@given(
    st.lists(
        st.tuples(
            st.sampled_from((YES, NO, "unsure")), st.sampled_from((YES, NO, "unsure")),
            st.booleans(),
        ),
        min_size=5, max_size=60,
    )
)  # fmt: skip
def test_each_twos_kappa_is_cohens_whoever_read_first(readings):
    read = [
        Twice(ANN, one, BOB, other) if ann_first else Twice(BOB, other, ANN, one)
        for one, other, ann_first in readings
    ]

    (told,) = each_two(read)

    expected = kappa_by_a_table([(one, other) for one, other, _ in readings])
    assert told.kappa == (expected if expected is None else pytest.approx(expected))
    assert told.same == sum(one == other for one, other, _ in readings)


@pytest.mark.parametrize("turns", [(0, 1), (1, 0)])
def test_the_page_tells_each_two_as_they_judged(everything_twice, turns):  # noqa: F811
    """One always says same and the other different; each is the first half the time."""
    portal, machine, _, (one, other, _) = everything_twice
    desks = [(one, YES), (other, NO)]
    for number in range(6):
        path = offer(machine, f"n{number}", 5)
        first, second = (desks[turns[(number + turn) % 2]] for turn in (0, 1))
        judge(first[0], path, first[1])
        read_again(second[0], path, second[1])

    page = portal.reviewer().read("/agreement")

    assert (
        "Test reviewer and Test reviewer Readings 6 Said the same 0 Kappa 0.00" in page
    )
    assert "All readers Readings 6 Said the same 0 Kappa -1.00" in page


def test_the_page_tells_of_all_and_of_each_two_readers(everything_twice):  # noqa: F811
    portal, machine, _, (first, second, _) = everything_twice
    for number in range(6):
        path = offer(machine, f"n{number}", 5)
        first.post(f"{path}/claim")
        portal.hands.pass_by(minutes=2)
        judge(first, path, YES if number < 4 else NO)
        read_again(second, path, NO if number == 0 else YES if number < 4 else NO)

    page = first.read("/agreement")

    assert "All readers Readings 6 Said the same Said the same" not in page
    assert "All readers Readings 6 Said the same 5 Kappa 0.67" in page
    assert "Test reviewer and Test reviewer Readings 6" in page
    assert "2.0 minutes in the median, of 6" in page
    assert "2 pairs wait" in page, "the fixture's own, and the one in dispute"
    assert "22 November 2026: 12" in page
    assert "100.0 in 100 decided pairs" in page


def labels(desk):
    answer = desk.get("/agreement/labels.csv")
    assert answer.status_code == 200
    return answer.text, list(csv.DictReader(io.StringIO(answer.text)))


def test_labels_are_hashes_and_words_of_what_is_settled(everything_twice):  # noqa: F811
    portal, machine, path, (first, second, third) = everything_twice
    settled, unsure, disputed = (offer(machine, name) for name in "abc")
    judge(first, path, YES)
    for one, word in ((settled, NO), (unsure, "unsure"), (disputed, YES)):
        judge(first, one, word)
    read_again(second, settled, NO)
    read_again(second, unsure, "unsure")
    read_again(second, disputed, NO)
    judge(third, disputed, "two_people.right", version=3)

    text, rows = labels(portal.desk(Role.DATA_TEAM))

    assert [(row["decision"], row["split"], row["readers"]) for row in rows] in (
        [(NO, "", "2"), ("two_people", "right", "3")],
        [("two_people", "right", "3"), (NO, "", "2")],
    )
    assert set(rows[0]) == {
        "left_hash", "right_hash", "decision", "split", "readers", "sample",
    }  # fmt: skip
    for personal in ("Quill", "Zeb", "C-10342", "N/00", "B91", "Born in"):
        assert personal not in text
    assert ("region", "labels.exported") in portal.trail("agency", "action")


def test_what_is_for_evaluation_is_so_for_ever_and_a_share_of_all():
    samples = [sample_of(made(f"pair {number}"), 0.2) for number in range(3000)]

    assert samples[0] == sample_of(made("pair 0"), 0.2)
    assert 500 < samples.count("evaluation") < 700
    assert {sample_of(made(f"pair {number}"), 0.0) for number in range(50)} == {
        "training"
    }


@pytest.mark.parametrize(
    ("role", "agency", "status"),
    [
        (Role.REVIEWER, None, 200), (Role.DATA_TEAM, None, 200),
        (Role.IG_LEAD, None, 403), (Role.OFFICER, "E23000014", 403),
        (Role.SUPPLIER, "330", 403),
    ],
)  # fmt: skip
@ON_SQLITE
def test_who_sees_agreement(portal, role, agency, status):
    desk = portal.desk(role, agency)

    for path in ("/agreement", "/agreement/labels.csv"):
        assert desk.get(path).status_code == status


def test_a_day_without_work_has_no_bar_and_the_busiest_the_highest():
    import datetime as dt

    first = dt.date(2026, 11, 20)
    days = [(first + dt.timedelta(n), count) for n, count in enumerate((0, 4, 2))]

    drawn = day_bars(days)

    assert [bar.height for bar in drawn.bars] == [0, 104, 52]
    assert [bar.label for bar in drawn.bars] == ["", "4", "2"]
    assert drawn.description == "21 November 2026: 4; 22 November 2026: 2"
    assert day_bars([(first, 0)]).description.startswith("Nothing was read")
