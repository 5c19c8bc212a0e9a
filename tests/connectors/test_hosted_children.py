"""The host's two files: notices of children's homes, and its own register."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
from extract_examples import LA, NIGHT, csv_text, rows, source_file, write_files

from connectors.config import SourceConfig
from connectors.conformed import Conformed
from connectors.csvfiles import FileRefused
from connectors.extract import Extract, read_extract
from connectors.hosted import read_home_notices, read_placed_here
from connectors.picture import Arrived, Picture, complete, merge_delta
from records.schemas import CHILDREN_TABLES, conform
from records.verdicts import ExtractOutcome, FileOutcome

NOTICES = (
    "notice_ref,child_forename,child_surname,dob,placing_la,home_name,home_urn,"
    "postcode,admitted,discharged"
)
ENTRIES = (
    "entry_ref,child_forename,child_surname,dob,placing_la,placing_child_ref,postcode,"
    "start,end,external_refs"
)


def home_notices(folder: Path, *lines: str) -> Conformed:
    content = csv_text(NOTICES, *lines)
    return read_home_notices(
        source_file(folder, "home_notices.csv", content, authority=LA)
    )


def placed_here(folder: Path, *lines: str) -> Conformed:
    content = csv_text(ENTRIES, *lines)
    return read_placed_here(
        source_file(folder, "children_placed_here.csv", content, authority=LA)
    )


def test_a_homes_notice_is_read(tmp_path: Path) -> None:
    found = home_notices(
        tmp_path,
        "H1,Ann,Lee,2010-01-02,334,Elm House,SC4,cv78qz,01/11/2026,",
        "H2,Bo,,02/01/2011,Solihull,,,B1 1AA,2026-11-01,2026-11-05",
    )
    assert found.tables["home_notices"].to_pylist()[0] == {
        "authority": LA, "notice_ref": "H1", "forename": "Ann", "surname": "Lee",
        "dob": dt.date(2010, 1, 2), "placing_la": "334", "home_name": "Elm House",
        "home_urn": "SC4", "postcode": "CV7 8QZ", "admitted": dt.date(2026, 11, 1),
        "discharged": None,
    }  # fmt: skip
    assert not found.rejects


def test_an_entry_of_the_hosts_register_is_read(tmp_path: Path) -> None:
    found = placed_here(
        tmp_path, "R1,Ann,Lee,2010-01-02,334,C7,cv78qz,2026-11-01,,CB-1; M/22 ;"
    )
    row = found.tables["children_placed_here"].to_pylist()[0]
    assert row["external_refs"] == ["CB-1", "M/22"]
    assert (row["placing_child_ref"], row["end"]) == ("C7", None)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",Ann,Lee,2010-01-02,334,,,B1 1AA,2026-11-01,", "missing_ref"),
        ("1,Ann,Lee,2010-01-02,,,,B1 1AA,2026-11-01,", "missing_value"),
        ("1,Ann,Lee,,334,,,B1 1AA,2026-11-01,", "bad_date"),
        ("1,Ann,Lee,soon,334,,,B1 1AA,2026-11-01,", "bad_date"),
        ("1,,,2010-01-02,334,,,B1 1AA,2026-11-01,", "missing_value"),
        ("1,Ann,Lee,2010-01-02,334,,,B1 1AA,2026-11-09,2026-11-01", "bad_date"),
        ("0,Bo,Roe,2010-01-02,334,,,B1 1AA,2026-11-01,", "duplicate_ref"),
    ],
)
def test_a_notice_that_could_be_held_against_anybody_is_rejected_with_a_reason(
    tmp_path: Path, line: str, code: str
) -> None:
    good = "0,Ann,Lee,2010-01-02,334,,,B1 1AA,2026-11-01,"
    found = home_notices(tmp_path, good, line)
    assert [reject.code for reject in found.rejects] == [code]
    assert all("Ann" not in reject.reason for reject in found.rejects)
    assert found.tables["home_notices"].num_rows == 1
    verdict = found.verdicts[0]
    assert verdict.rows == verdict.accepted + verdict.rejected == 2


def test_an_entry_that_ends_before_it_starts_is_rejected(tmp_path: Path) -> None:
    found = placed_here(
        tmp_path,
        "R1,Ann,Lee,2010-01-02,334,,B1 1AA,2026-11-09,2026-11-01,",
        "R2,Ann,Lee,2010-01-02,334,,B1 1AA,whenever,,",
    )
    assert rows(found.tables["children_placed_here"], "entry_ref", "start") == [
        ("R2", None)
    ]
    assert [reject.code for reject in found.rejects] == ["bad_date"]
    assert "field_dropped start: 1" in found.verdicts[0].notes


@pytest.mark.parametrize("read", [read_home_notices, read_placed_here])
def test_a_file_without_its_columns_is_refused(tmp_path: Path, read) -> None:
    with pytest.raises(FileRefused, match="required columns are missing"):
        read(source_file(tmp_path, "some.csv", "surname\nLee\n"))


RETURN = {
    "header.csv": csv_text("CHILD,SEX,DOB,ETHNIC", "C1,1,02/01/2010,WBRI"),
    "identities.csv": csv_text(
        "child_id,forename,surname,dob,protected", "C1,A,B,02/01/2010,no"
    ),
    "episodes.csv": csv_text(
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,"
        "HOME_POST,PL_POST,URN",
        "C1,01/10/2026,S,C2,N1,U4,PR1,,,,B1 1AA,CV7 8QZ,XXXXXXX",
    ),
    "protected.csv": csv_text("child_id"),
}
NOTICE = csv_text(NOTICES, "H1,Ann,Lee,2010-01-02,334,,,B1 1AA,2026-11-01,")


def night(tmp_path: Path, number: int, last: Extract | None, **files: str) -> Extract:
    on = NIGHT + dt.timedelta(number)
    folder = tmp_path / LA / on.isoformat()
    write_files(folder, {**RETURN, **files})
    previous = None
    if last is not None:
        previous = Picture(last.tables, on - dt.timedelta(1))
    source = SourceConfig(kind="ssda903", expectations={"keep_absent_nights": 1})
    return read_extract(source, LA, folder, on, previous)


def test_both_files_may_stand_beside_a_return_and_may_be_left_out(
    tmp_path: Path,
) -> None:
    first = night(tmp_path, 0, None, **{"home_notices.csv": NOTICE})
    assert first.verdict.outcome is ExtractOutcome.USABLE
    assert first.tables["home_notices"].num_rows == 1
    assert first.tables["children_placed_here"].num_rows == 0
    second = night(tmp_path, 1, first)
    assert second.verdict.outcome is ExtractOutcome.USABLE
    assert second.tables["home_notices"].num_rows == 1
    third = night(tmp_path, 2, second)
    assert third.tables["home_notices"].num_rows == 0


def test_a_refused_file_keeps_what_it_said_before_and_refuses_nothing_else(
    tmp_path: Path,
) -> None:
    found = night(tmp_path, 0, None, **{"home_notices.csv": NOTICE})
    for number in (1, 2, 3):
        found = night(tmp_path, number, found, **{"home_notices.csv": "what,ever\n"})
        assert found.verdict.outcome is ExtractOutcome.USABLE
        outcomes = {one.file: one.outcome for one in found.verdict.files}
        assert outcomes["home_notices.csv"] is FileOutcome.REFUSED
        assert found.tables["home_notices"].num_rows == 1


def test_a_picture_from_before_these_files_is_still_a_picture(tmp_path: Path) -> None:
    first = night(tmp_path, 0, None)
    old = {
        name: table
        for name, table in first.tables.items()
        if name not in {"home_notices", "children_placed_here"}
    }
    found = night(
        tmp_path, 1, Extract(first.verdict, old), **{"home_notices.csv": NOTICE}
    )
    assert found.verdict.outcome is ExtractOutcome.USABLE
    assert found.tables["home_notices"].num_rows == 1


def test_a_child_to_be_deleted_takes_no_entry_of_the_same_reference_with_it() -> None:
    entries, purges = (
        CHILDREN_TABLES[name] for name in ("children_placed_here", "purges")
    )
    entry = {"authority": LA, "entry_ref": "C1", "placing_la": "334"}
    held = {"children_placed_here": conform([entry], entries)}
    purge = {"authority": LA, "child_ref": "C1", "source_ref": None}
    tonight = {"purges": conform([purge], purges)}
    merged = merge_delta(
        Picture(complete(held, police=False), NIGHT),
        Arrived(LA, NIGHT + dt.timedelta(1), complete(tonight, police=False)),
        1,
    )
    table: pa.Table = merged.tables["children_placed_here"]
    assert table.column("entry_ref").to_pylist() == ["C1"]
