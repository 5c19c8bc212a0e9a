"""What each force and authority has to reconcile, and the file that it gets."""

import datetime as dt
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from notifications.facts import ChildMemory, Protection, Risk, Standing
from notifications.outcome import Hold
from pipeline.spreadsheet import Recipient, write_workbook
from pipeline.workbook import WORKBOOK, workbook_table

# The rules' own made-up cases.
sys.path.append(str(Path(__file__).parents[1] / "notifications"))

from notification_cases import (
    AT_PLACEMENT,
    DIRECTORY,
    FLAG,
    IN_STOKE,
    MONDAY,
    PLACING,
    WEST_MERCIA,
    WORCESTERSHIRE,
    candidate,
    case,
    child,
    decide,
    known,
    nominal,
    not_usable,
    placement,
    rulebook,
    situations,
)

FORCE = Recipient(WEST_MERCIA, "West Mercia Police", "host_force")
AUTHORITY = Recipient(WORCESTERSHIRE, "Worcestershire", "host_la")


def rows_of(*cases, rules=None, outcomes=None):
    rules = rules or rulebook()
    outcomes = outcomes or [decide(one, rules) for one in cases]
    table = workbook_table(cases, outcomes, rules, MONDAY)
    assert table.schema == WORKBOOK
    return table.to_pylist()


def of(recipient, rows):
    return [row for row in rows if row["recipient"] == recipient.code]


def test_both_hosts_have_a_row_and_only_the_force_reads_of_its_records():
    (force,) = of(FORCE, rows_of(case(**known())))
    (authority,) = of(AUTHORITY, rows_of(case(**known())))
    assert force["state"] == "known_not_at_address"
    assert force["own_records"] == "N1"
    assert force["kind"] == "update"
    assert authority["kind"] == "new"
    assert [authority[name] for name in ("state", "reason", "own_records")] == [
        None
    ] * 3
    for row in (force, authority):
        assert row["surname"] == "Example"
        assert row["placing_name"] == "Birmingham"
        assert row["social_worker"] == "Sam Worker"
        assert row["told_on"] == MONDAY
        assert row["recording_token"].startswith("XB-")


def test_both_hosts_read_which_risks_somebody_reported():
    said = tuple(
        Risk(name, answer=answer, since=None, source="t")
        for name, answer in (("gang", True), ("cce", False))
    )
    rows = rows_of(case(risks=said, missing=()))
    assert {row["risks"] for row in rows} == {"Gangs"}
    assert {row["risks"] for row in rows_of(case(risks=(), missing=()))} == {None}


@pytest.mark.parametrize(
    ("situation", "hosts"),
    [
        ("not_known", 2),
        ("known_at_address_no_flag", 2),
        ("known_at_placement", 2),
        ("possible", 2),
        ("cannot_say", 2),
        ("no_host", 0),
        ("outside", 2),
        ("out_of_scope", 0),
    ],
)
def test_every_placement_in_scope_has_a_row_for_each_host(situation, hosts):
    assert len(rows_of(situations()[situation])) == hosts


def test_a_host_outside_the_region_is_marked():
    assert {row["member"] for row in rows_of(case(placement(postcode=IN_STOKE)))} == {
        False
    }


@pytest.mark.parametrize(
    "shielded",
    [
        case(protections=(Protection(),)),
        case(placement(place_code="A5")),
        case(candidates=(candidate(),), nominals=(nominal(restricted=True),)),
        # One placement alone is shielded; the other one would name the child.
        case(placement(), placement("P2", "B1 1AA", place_code="A5")),
    ],
)
def test_a_shielded_case_counts_and_says_nothing(shielded):
    rows = rows_of(shielded)
    assert len(rows) >= 2
    for row in rows:
        told = {name: value for name, value in row.items() if value is not None}
        assert set(told) == {
            "recipient", "recipient_name", "member", "role", "restricted",
        }  # fmt: skip
        assert row["restricted"] is True


def test_police_that_hear_by_criteria_only_have_no_row_of_another_child():
    rows = rows_of(case(), rules=rulebook(criteria_only=True))
    assert [row["recipient"] for row in rows] == [WORCESTERSHIRE]


def test_an_agreed_test_record_is_marked():
    sentinels = replace(DIRECTORY, sentinels=frozenset({(PLACING, "C1")}))
    rows = rows_of(case(), rules=rulebook(directory=sentinels))
    assert {row["test_record"] for row in rows} == {True}


def test_what_is_held_says_when_it_will_be_sent():
    one = case()
    outcome = decide(one)
    at = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
    held = replace(
        outcome,
        notices=tuple(
            replace(notice, hold=Hold("baseline", at)) for notice in outcome.notices
        ),
    )
    for row in rows_of(one, outcomes=[held]):
        assert (row["told_on"], row["held_by"], row["release_at"]) == (
            None, "baseline", at,
        )  # fmt: skip


def test_what_was_told_before_is_shown_again():
    told = decide(case()).notices
    memory = ChildMemory(
        standing=tuple(
            Standing(
                one.notification_id, one.kind, one.recipient, one.audience, one.is_copy,
                one.placement_ref, one.facts_hash, dt.date(2026, 11, 20),
            )
            for one in told
        )
    )  # fmt: skip
    rows = rows_of(replace(case(), memory=memory))
    ids = {one.recipient: str(one.notification_id) for one in told}
    for row in rows:
        assert row["notification_id"] == ids[row["recipient"]]
        assert row["told_on"] == dt.date(2026, 11, 20)


# --- the file ----------------------------------------------------------------------


def in_place(ref, postcode="WR1 1AA", **changes):
    """A child of its own in a placement of its own."""
    given = {"place_code": changes.pop("place_code", "U4")}
    one = placement(ref, postcode, child_ref=ref, **given)
    return case(one, child=child(child_ref=ref, **changes.pop("names", {})), **changes)


@pytest.fixture
def sheets(tmp_path):
    """By sheet: the rows of West Mercia Police's workbook, as text."""
    rows = rows_of(
        in_place("P1", names={"surname": '=HYPERLINK("http://x.example")'}),
        in_place("P2", place_code="K3", names={"dob": dt.date(2010, 1, 2)}),
        in_place("P3", **known(AT_PLACEMENT)),
        in_place("P4", **known(AT_PLACEMENT, FLAG)),
        in_place("P5", extracts=(not_usable(),), names={"forename": "+44\x07"}),
        in_place("P6", protections=(Protection(),)),
    )
    path = write_workbook(tmp_path, FORCE, of(FORCE, rows), MONDAY, "Test region")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.name == f"{WEST_MERCIA}-2026-11-23.xlsx"
    return load_workbook(path)


def column(sheet, heading):
    headings = [cell.value for cell in sheet[1]]
    place = headings.index(heading) + 1
    return [sheet.cell(number, place) for number in range(2, sheet.max_row + 1)]


def test_each_sheet_asks_for_one_thing_the_urgent_first(sheets):
    assert sheets.sheetnames == [
        "Read me", "To reconcile", "Known, no flag", "Known at placement",
    ]  # fmt: skip
    refs = [
        cell.value for cell in column(sheets["To reconcile"], "Its child reference")
    ]
    assert refs == ["P2", "P1", "P5"]
    for name, ref in (("Known, no flag", "P3"), ("Known at placement", "P4")):
        (cell,) = column(sheets[name], "Its child reference")
        assert cell.value == ref
    said = {
        row[0].value: row[1].value
        for row in sheets["Read me"]
        if row[1].value is not None
    }
    assert said["To reconcile"] == 3
    assert said["Known at placement"] == 1
    assert said["Restricted cases, with your named officer"] == 1
    assert said["Night of"].date() == MONDAY


def test_no_text_is_a_formula_and_dates_are_dates(sheets):
    every = [cell for sheet in sheets for row in sheet for cell in row]
    assert all(cell.data_type != "f" for cell in every)
    surname = next(
        cell
        for cell in column(sheets["To reconcile"], "Surname")
        if "HYPER" in cell.value
    )
    assert (surname.data_type, surname.number_format) == ("s", "@")
    assert surname.quotePrefix
    (plus,) = [
        cell
        for cell in column(sheets["To reconcile"], "Forename")
        if cell.value.startswith("+")
    ]
    assert (plus.value, plus.quotePrefix) == ("+44", True)
    born = column(sheets["To reconcile"], "Date of birth")[0]
    assert (born.value.date(), born.number_format) == (
        dt.date(2010, 1, 2),
        "dd/mm/yyyy",
    )


def test_headings_stay_in_sight(sheets):
    for sheet in sheets.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.column_dimensions["E"].width > 10


def test_an_authority_reads_nothing_of_police_records(tmp_path):
    rows = rows_of(in_place("P1", **known()), in_place("P2"))
    path = write_workbook(tmp_path, AUTHORITY, of(AUTHORITY, rows), MONDAY, "Test")
    book = load_workbook(path)
    assert book.sheetnames == ["Read me", "Placed in your area"]
    shown = {str(c.value) for sheet in book for row in sheet for c in row if c.value}
    assert not {text for text in shown if "N1" in text or "not known" in text}
    assert "Your records say" not in shown
    assert column(book["Placed in your area"], "Placing authority")[0].value == (
        "Birmingham"
    )
    assert PLACING not in {row["recipient"] for row in rows}
