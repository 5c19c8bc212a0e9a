import datetime as dt
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pytest
from extract_examples import FORCE, LA, NIGHT, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.picture import (
    Arrived,
    Picture,
    complete,
    merge_delta,
    merge_snapshot,
)
from connectors.shielding import with_new_shields
from records.schemas import CHILDREN_TABLES, POLICE_TABLES, conform

START = dt.date(2026, 1, 1)
Rows = Sequence[Mapping[str, object]]


def tables(authority: str = LA, **given: Rows) -> dict[str, pa.Table]:
    police = authority == FORCE
    schemas = POLICE_TABLES if police else CHILDREN_TABLES
    made = {
        name: conform([{"authority": authority, **row} for row in some], schemas[name])
        for name, some in given.items()
    }
    return complete(made, police=police)


def child(ref: str, **more: object) -> dict[str, object]:
    return {"child_ref": ref, **more}


def placed(ref: str, **more: object) -> dict[str, object]:
    return {"child_ref": ref, "start": START, "temporary": False, **more}


def night(number: int) -> dt.date:
    return NIGHT + dt.timedelta(days=number)


def arrived(number: int, authority: str = LA, **given: Rows) -> Arrived:
    return Arrived(authority, night(number), tables(authority, **given))


def refs(picture: Picture, table: str, column: str = "child_ref") -> list[object]:
    return picture.tables[table].column(column).to_pylist()


def absences(picture: Picture) -> set[tuple[object, ...]]:
    return set(rows(picture.tables["absences"], "table", "record_ref", "nights"))


def test_the_first_snapshot_is_the_picture() -> None:
    tonight = arrived(0, children=[child("A")], placements=[placed("A")])
    picture = merge_snapshot(None, tonight, 3)
    assert picture.as_of == night(0)
    assert picture.tables == tonight.tables


def test_a_child_that_a_snapshot_lacks_stands_some_nights_and_then_leaves() -> None:
    first = arrived(
        0,
        children=[child("A"), child("B")],
        placements=[placed("A"), placed("B", source_ref="p1")],
        protected=[child("B")],
    )
    picture = merge_snapshot(None, first, 2)
    told = []
    for number in range(1, 5):
        lacking = arrived(number, children=[child("A")], placements=[placed("A")])
        picture = merge_snapshot(picture, lacking, 2)
        told.append(
            (
                refs(picture, "placements"),
                absences(picture),
                rows(picture.tables["purges"], "child_ref", "source_ref"),
            )
        )
    assert told == [
        (["A", "B"], {("children", "B", 1)}, []),
        (["A", "B"], {("children", "B", 2)}, []),
        (["A"], set(), [("B", None)]),
        (["A"], set(), []),
    ]
    assert refs(picture, "protected") == []


def test_a_child_that_comes_back_is_absent_no_more() -> None:
    both = [child("A"), child("B")]
    picture = merge_snapshot(None, arrived(0, children=both), 2)
    for number in (1, 2):
        picture = merge_snapshot(picture, arrived(number, children=[child("A")]), 2)
    picture = merge_snapshot(picture, arrived(3, children=both), 2)
    assert absences(picture) == set()
    picture = merge_snapshot(picture, arrived(4, children=[child("A")]), 2)
    assert absences(picture) == {("children", "B", 1)}


def test_nothing_is_kept_where_the_region_keeps_nothing() -> None:
    picture = merge_snapshot(None, arrived(0, children=[child("A"), child("B")]), 0)
    picture = merge_snapshot(picture, arrived(1, children=[child("A")]), 0)
    assert refs(picture, "children") == ["A"]
    assert refs(picture, "purges") == ["B"]


def test_tonights_rows_replace_those_held_of_a_child() -> None:
    first = arrived(
        0, children=[child("A", surname="Lee")], placements=[placed("A", postcode="X")]
    )
    second = arrived(
        1,
        children=[child("A", surname="Roe")],
        placements=[placed("A", start=dt.date(2026, 1, 2))],
    )
    picture = merge_snapshot(merge_snapshot(None, first, 3), second, 3)
    assert refs(picture, "children", "surname") == ["Roe"]
    assert refs(picture, "placements", "start") == [dt.date(2026, 1, 2)]


@pytest.mark.parametrize(
    ("held", "stands"),
    [
        pytest.param([placed("A", source_ref="p1")], True, id="an open placement"),
        pytest.param([placed("A", end=START)], False, id="an ended one"),
        pytest.param([placed("A", temporary=True)], False, id="a temporary one"),
        pytest.param(
            [placed("A", end=START), placed("A", source_ref="p1")], True, id="both"
        ),
    ],
)
def test_a_child_whose_open_placement_vanished_is_asked_about_first(
    held: Rows, stands: bool
) -> None:
    picture = merge_snapshot(
        None, arrived(0, children=[child("A")], placements=held), 1
    )
    picture = merge_snapshot(picture, arrived(1, children=[child("A")]), 1)
    expected = {("placements", "A", 1)} if stands else set()
    assert absences(picture) == expected
    assert len(refs(picture, "placements")) == (len(held) if stands else 0)
    picture = merge_snapshot(picture, arrived(2, children=[child("A")]), 1)
    assert refs(picture, "placements") == []
    purged = rows(picture.tables["purges"], "child_ref", "source_ref")
    assert purged == ([("A", "p1")] if stands else [])
    assert refs(picture, "children") == ["A"]


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("protected", child("A"), "child_ref"),
        ("placement_details", child("A", start=START, address="1"), "child_ref"),
        (
            "persons_of_concern",
            {"person_ref": "A", "concern": "cse_suspect"},
            "person_ref",
        ),
        ("home_notices", {"notice_ref": "A", "placing_la": "334"}, "notice_ref"),
        ("children_placed_here", {"entry_ref": "A", "placing_la": "334"}, "entry_ref"),
    ],
)
def test_a_companions_rows_stand_some_nights_too(
    table: str, row: dict[str, object], column: str
) -> None:
    picture = merge_snapshot(
        None, arrived(0, children=[child("A")], **{table: [row]}), 1
    )
    picture = merge_snapshot(picture, arrived(1, children=[child("A")]), 1)
    assert refs(picture, table, column) == ["A"]
    assert absences(picture) == {(table, "A", 1)}
    picture = merge_snapshot(picture, arrived(2, children=[child("A")]), 1)
    assert refs(picture, table, column) == []
    assert refs(picture, "purges") == []


def test_names_stand_some_nights_with_all_that_came_with_them() -> None:
    full = child("A", surname="Lee", dob=START, social_worker="Sam")
    number = {"record_ref": "A", "type": "nhs", "value": "9434765919"}
    first = arrived(0, children=[full], identifiers=[number])
    picture = merge_snapshot(None, first, 1)
    thin = {"children": [child("A", uasc=True)]}
    picture = merge_snapshot(picture, arrived(1, **thin), 1)
    assert absences(picture) == {("names", "A", 1)}
    assert rows(picture.tables["children"], "surname", "social_worker", "uasc") == [
        ("Lee", "Sam", True)
    ]
    assert refs(picture, "identifiers", "value") == ["9434765919"]
    picture = merge_snapshot(picture, arrived(2, **thin), 1)
    assert rows(picture.tables["children"], "surname", "uasc") == [(None, True)]
    assert refs(picture, "identifiers", "value") == []
    assert refs(picture, "purges") == []


def test_a_person_and_a_child_of_one_reference_are_two_records() -> None:
    person = {"person_ref": "7", "concern": "cse_suspect"}
    first = arrived(0, children=[child("7"), child("8")], persons_of_concern=[person])
    picture = merge_snapshot(None, first, 1)
    both_gone = arrived(1, children=[child("8")])
    picture = merge_snapshot(picture, both_gone, 1)
    assert absences(picture) == {("children", "7", 1), ("persons_of_concern", "7", 1)}
    person_back = arrived(2, children=[child("8")], persons_of_concern=[person])
    picture = merge_snapshot(picture, person_back, 1)
    assert refs(picture, "children") == ["8"]
    assert refs(picture, "persons_of_concern", "person_ref") == ["7"]


def test_a_table_whose_file_was_refused_stays_as_it_was() -> None:
    first = arrived(
        0,
        children=[child("A"), child("B")],
        protected=[child("A"), child("B")],
        missing_episodes=[child("A", start=START), child("B", start=START)],
    )
    picture = merge_snapshot(None, first, 0)
    unread = frozenset({"protected", "missing_episodes"})
    second = Arrived(LA, night(1), tables(children=[child("A")]), unread)
    picture = merge_snapshot(picture, second, 0)
    assert refs(picture, "protected") == ["A"]
    assert refs(picture, "missing_episodes") == ["A"]
    assert absences(picture) == set()


def test_nominals_leave_with_all_that_is_said_of_them() -> None:
    nominals = [
        {"nominal_ref": ref, "restricted": False, "surname": "Lee"} for ref in "AB"
    ]
    flags = [{"nominal_ref": ref, "code": "gang"} for ref in "AB"]
    picture = merge_snapshot(None, arrived(0, FORCE, nominals=nominals, flags=flags), 1)
    lacking = {"nominals": nominals[:1], "flags": flags[:1]}
    picture = merge_snapshot(picture, arrived(1, FORCE, **lacking), 1)
    assert refs(picture, "flags", "nominal_ref") == ["A", "B"]
    picture = merge_snapshot(picture, arrived(2, FORCE, **lacking), 1)
    assert refs(picture, "nominals", "nominal_ref") == ["A"]
    assert refs(picture, "flags", "nominal_ref") == ["A"]


def test_a_delta_replaces_purges_and_leaves_the_rest() -> None:
    first = arrived(
        0,
        children=[child(ref) for ref in "ABCD"],
        placements=[
            placed("A", source_ref="a"),
            placed("B", source_ref="b"),
            placed("C", source_ref="c"),
            placed("D", source_ref="d1"),
            placed("D", source_ref="d2"),
        ],
        risks=[child(ref, indicator="gang", answer=True, source="x") for ref in "ABCD"],
        protected=[child("A"), child("C")],
    )
    change = arrived(
        1,
        children=[child("B", surname="Roe")],
        placements=[placed("B", source_ref="b2")],
        purges=[child("C"), child("D", source_ref="d1")],
    )
    picture = merge_delta(merge_delta(None, first, 3), change, 3)
    assert sorted(refs(picture, "children")) == ["A", "B", "D"]
    assert sorted(refs(picture, "placements", "source_ref")) == ["a", "b2", "d2"]
    assert sorted(refs(picture, "risks")) == ["A", "D"]
    assert refs(picture, "protected") == ["A"]
    assert rows(picture.tables["purges"], "child_ref", "source_ref") == [
        ("C", None),
        ("D", "d1"),
    ]
    assert absences(picture) == set()


def test_a_child_purged_and_sent_again_is_there_afresh() -> None:
    first = arrived(0, children=[child("A")], placements=[placed("A", source_ref="a")])
    again = arrived(1, children=[child("A")], purges=[child("A")])
    picture = merge_delta(merge_delta(None, first, 3), again, 3)
    assert refs(picture, "children") == ["A"]
    assert refs(picture, "placements") == []


def test_companions_of_a_delta_are_snapshots_when_they_are_sent() -> None:
    first = arrived(0, children=[child("A"), child("B")], protected=[child("A")])
    picture = merge_delta(None, first, 1)
    for number in (1, 2):
        sent = Arrived(LA, night(number), tables(), sent=frozenset({"protected"}))
        picture = merge_delta(picture, sent, 1)
        assert absences(picture) == ({("protected", "A", 1)} if number == 1 else set())
    assert refs(picture, "protected") == []
    unsent = Arrived(LA, night(1), tables())
    assert refs(merge_delta(merge_delta(None, first, 1), unsent, 1), "protected") == [
        "A"
    ]


def test_a_feed_that_shields_in_a_delta_speaks_for_its_children_only() -> None:
    first = arrived(
        0,
        children=[child("A"), child("B")],
        protected=[child("A"), child("B")],
    )
    change = arrived(1, children=[child("A"), child("C")], protected=[child("C")])
    picture = merge_delta(merge_delta(None, first, 1), change, 1)
    assert sorted(refs(picture, "protected")) == ["B", "C"]


def test_an_extract_that_is_not_usable_still_shields() -> None:
    held = [{"nominal_ref": ref, "restricted": False, "surname": ref} for ref in "AB"]
    flags = [{"nominal_ref": ref, "code": "gang"} for ref in "AB"]
    picture = merge_snapshot(None, arrived(0, FORCE, nominals=held, flags=flags), 1)
    doubtful = arrived(
        1,
        FORCE,
        nominals=[
            {"nominal_ref": "B", "restricted": True},
            {"nominal_ref": "C", "restricted": True},
            {"nominal_ref": "D", "restricted": False},
        ],
        flags=[{"nominal_ref": "C", "code": "nrm"}],
    )
    after = with_new_shields(picture, doubtful)
    assert after.as_of == night(0)
    assert dict(rows(after.tables["nominals"], "nominal_ref", "restricted")) == {
        "A": False,
        "B": True,
        "C": True,
    }
    assert set(rows(after.tables["flags"], "nominal_ref", "code")) == {
        ("A", "gang"),
        ("C", "nrm"),
    }
    first = with_new_shields(None, doubtful)
    assert refs(first, "nominals", "nominal_ref") == ["B", "C"]


def test_a_childs_protection_counts_even_when_its_extract_does_not() -> None:
    first = arrived(0, children=[child("A")], protected=[child("A")])
    picture = merge_snapshot(None, first, 1)
    after = with_new_shields(
        picture, arrived(1, children=[child("B")], protected=[child("A"), child("B")])
    )
    assert refs(after, "protected") == ["A", "B"]
    assert refs(after, "children") == ["A"]


REFS = st.sampled_from("ABCDE")


@st.composite
def extracts(draw: st.DrawFn) -> dict[str, Rows]:
    present = draw(st.lists(REFS, unique=True))
    some = st.sampled_from(present) if present else st.nothing()
    pick = st.lists(some, unique=True) if present else st.just([])
    return {
        "children": [
            child(ref, surname=draw(st.sampled_from(["Lee", None]))) for ref in present
        ],
        "placements": [placed(ref, source_ref=ref.lower()) for ref in draw(pick)],
        "protected": [child(ref) for ref in draw(st.lists(REFS, unique=True))],
        "risks": [
            child(ref, indicator="gang", answer=True, source="x") for ref in draw(pick)
        ],
    }


NIGHTS = st.lists(extracts(), min_size=1, max_size=5)


def same(one: Picture, other: Picture) -> bool:
    return one.as_of == other.as_of and all(
        sorted(map(str, one.tables[name].to_pylist()))
        == sorted(map(str, other.tables[name].to_pylist()))
        for name in one.tables
    )


@settings(max_examples=40)
@given(NIGHTS, st.integers(0, 3))
def test_merging_a_night_again_changes_nothing(
    nights: list[dict[str, Rows]], keep: int
) -> None:
    picture = None
    for number, extract in enumerate(nights):
        tonight = arrived(number, **extract)
        picture = merge_snapshot(picture, tonight, keep)
        assert same(merge_snapshot(picture, tonight, keep), picture)


@settings(max_examples=40)
@given(NIGHTS, st.integers(0, 3))
def test_nobody_vanishes_without_an_absence_or_a_purge(
    nights: list[dict[str, Rows]], keep: int
) -> None:
    picture = merge_snapshot(None, arrived(0, **nights[0]), keep)
    for number, extract in enumerate(nights[1:], 1):
        before = picture
        picture = merge_snapshot(before, arrived(number, **extract), keep)
        sent = {row["child_ref"] for row in extract["children"]}
        held = set(refs(picture, "children"))
        absent = {ref for table, ref, _ in absences(picture) if table == "children"}
        purged = set(refs(picture, "purges"))
        assert held == sent | absent
        assert set(refs(before, "children")) <= held | purged
        assert all(1 <= n <= keep for _, _, n in absences(picture))
        kept = {ref for table, ref, _ in absences(picture) if table == "placements"}
        placements = {row["child_ref"] for row in extract["placements"]}
        assert set(refs(before, "placements")) <= (placements | kept | absent | purged)


@settings(max_examples=40)
@given(NIGHTS)
def test_a_delta_loses_nobody_whom_it_was_not_told_to_delete(
    nights: list[dict[str, Rows]],
) -> None:
    picture = None
    known: set[object] = set()
    for number, extract in enumerate(nights):
        tonight = arrived(number, **extract)
        picture = merge_delta(picture, tonight, 1)
        assert same(merge_delta(picture, tonight, 1), picture)
        known |= {row["child_ref"] for row in extract["children"]}
        assert set(refs(picture, "children")) == known
        assert len(refs(picture, "children")) == len(known)
