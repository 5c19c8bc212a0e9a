"""A whole return in the public format is read, and every current placement is found.

The sample is Data to Insight's (``samples/ssda903-2025``, MIT): 2,675 children and
5,050 episodes with the faults of a random generator. What is expected of it is worked
out here by following each child's rows backwards from its last open one.
"""

import csv
import datetime as dt
from collections import defaultdict
from pathlib import Path

import pytest
from extract_examples import LA, csv_of, rows, source_file

from connectors import ssda903
from connectors.conformed import Conformed
from records.verdicts import FileOutcome

SAMPLE = Path(__file__).parent / "samples" / "ssda903-2025"
NIGHT = dt.date(2018, 4, 1)
"""The day after the sample's collection year."""

EXPECTED_ROWS = {
    "DoLo.csv": 1, "ad1.csv": 29, "episodes.csv": 5050, "header.csv": 2675,
    "missing.csv": 43, "oc2.csv": 2675, "oc3.csv": 53, "placed_for_adoption.csv": 29,
    "placed_for_adoption_errors.csv": 30, "previous_permanence.csv": 2675,
    "reviews.csv": 12582, "sw_episodes.csv": 1, "uasc.csv": 132,
}  # fmt: skip

Row = dict[str, str]


def sample_rows(name: str) -> list[Row]:
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def conformed(tmp_path_factory: pytest.TempPathFactory) -> Conformed:
    """The sample with an identity for every second child."""
    folder = tmp_path_factory.mktemp("return")
    sources = [
        source_file(folder, name, (SAMPLE / name).read_bytes(), authority=LA)
        for name in EXPECTED_ROWS
    ]
    columns = ("child_id", "forename", "surname", "dob", "sex", "protected")
    names: list[Row] = [
        {"child_id": row["CHILD"], "forename": "Ann", "surname": f"Lee{number}"}
        for number, row in enumerate(sample_rows("header.csv"))
        if number % 2
    ]
    text = csv_of(columns, names)
    sources.append(source_file(folder, "identities.csv", text, authority=LA))
    return ssda903.conform(LA, sources, NIGHT)


def test_every_row_of_every_file_is_accounted_for(conformed: Conformed) -> None:
    counts = {v.file: v.rows for v in conformed.verdicts if v.file in EXPECTED_ROWS}
    assert counts == EXPECTED_ROWS
    assert {v.outcome for v in conformed.verdicts} == {FileOutcome.ACCEPTED}
    assert conformed.rejects == []
    assert conformed.problem == ""


def test_every_child_is_there_once(conformed: Conformed) -> None:
    refs = [ref for (ref,) in rows(conformed.tables["children"], "child_ref")]
    assert refs[:3] == ["566910", "384923", "709901"]
    assert sorted(refs) == sorted(row["CHILD"] for row in sample_rows("header.csv"))


def test_the_years_of_the_sample_are_told(conformed: Conformed) -> None:
    (episodes,) = (v for v in conformed.verdicts if v.file == "episodes.csv")
    assert "collection_year 2018-19 to 2023-24" in episodes.notes


def test_unaccompanied_and_missing_children_are_told(conformed: Conformed) -> None:
    uasc = {
        row["CHILD"]: not row["DUC"] or day(row["DUC"]) > NIGHT
        for row in sample_rows("uasc.csv")
    }
    children = rows(conformed.tables["children"], "child_ref", "uasc")
    assert {child: flag for child, flag in children if flag is not None} == uasc
    missing = {row["CHILD"] for row in sample_rows("missing.csv")}
    risks = rows(conformed.tables["risks"], "child_ref", "indicator", "answer")
    assert {c for c, what, yes in risks if what == "missing" and yes} == missing


def day(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 (a date only)


Current = tuple[str, dt.date, str, str, bool]
"""Child, start, type, postcode, temporary."""


def same_place(one: Row, other: Row) -> bool:
    keys = ("PLACE", "PL_POST", "URN")
    return all(not one[k] or not other[k] or one[k] == other[k] for k in keys)


def first_of_run(history: list[Row], place: int) -> int:
    """Where the placement of a row began: back over legal changes only."""
    while history[place]["RNE"] == "L":
        now = history[place]
        touching = [
            earlier
            for earlier in range(place)
            if same_place(history[earlier], now)
            and (
                not history[earlier]["DEC"]
                or day(history[earlier]["DEC"]) >= day(now["DECOM"])
            )
        ]
        if not touching:
            break
        place = touching[-1]
    return place


def is_temporary(row: Row) -> bool:
    return row["PLACE"].startswith("T")


def base_of(history: list[Row], absence: int) -> int | None:
    """The last row of the placement that an absence interrupts, if any."""
    place = absence
    while place >= 0 and is_temporary(history[place]):
        is_start = history[place]["RNE"] == "S"
        before = history[place - 1] if place else None
        left_care = before and before["DEC"] and before["REC"] not in ("", "X1")
        if is_start or before is None or left_care:
            return None
        place -= 1
    return place


def start_of(history: list[Row], last: int) -> dt.date:
    """When the placement of a row began, before all absences it came back from."""
    first = first_of_run(history, last)
    row = history[first]
    if first and is_temporary(history[first - 1]) and row["RNE"] != "S":
        base = base_of(history, first - 1)
        if base is not None and all(
            history[base][k] == row[k] for k in ("PLACE", "PL_POST")
        ):
            return start_of(history, base)
    return day(row["DECOM"])


def currently(child: str, history: list[Row]) -> set[Current]:
    """A child's current placements, found from its last open row backwards."""
    history = sorted(history, key=lambda r: (day(r["DECOM"]), not r["DEC"]))
    is_open = [place for place, row in enumerate(history) if not row["DEC"]]
    found: set[Current] = set()

    def add(last: int) -> None:
        row = history[last]
        where = (row["PLACE"], row["PL_POST"])
        first = (
            day(history[first_of_run(history, last)]["DECOM"])
            if is_temporary(row)
            else start_of(history, last)
        )
        found.add((child, first, *where, is_temporary(row)))

    last = len(history) - 1
    if is_open:
        add(is_open[-1])
    if is_open and is_temporary(history[is_open[-1]]):
        base = base_of(history, is_open[-1])
    elif not is_open and is_temporary(history[last]) and history[last]["REC"] == "X1":
        base = base_of(history, last)
    else:
        base = None
    if base is not None:
        add(base)
    return found


def test_every_current_placement_is_found_and_no_other(conformed: Conformed) -> None:
    histories: dict[str, list[Row]] = defaultdict(list)
    for row in sample_rows("episodes.csv"):
        histories[row["CHILD"]].append(row)
    expected = {c for child, h in histories.items() for c in currently(child, h)}
    table = conformed.tables["placements"]
    found = {
        (child, start, place, postcode or "", temporary)
        for child, start, end, place, postcode, temporary in rows(
            table, "child_ref", "start", "end", "place_code", "postcode", "temporary"
        )
        if end is None
    }
    assert found == expected
    assert len(expected) == 1591
    assert sum(not temporary for *_, temporary in expected) == 1324


def test_every_child_with_an_open_row_has_a_current_placement(
    conformed: Conformed,
) -> None:
    open_rows = {r["CHILD"] for r in sample_rows("episodes.csv") if not r["DEC"]}
    current = {
        child
        for child, end in rows(conformed.tables["placements"], "child_ref", "end")
        if end is None
    }
    assert open_rows <= current
    assert len(open_rows) == 1408
