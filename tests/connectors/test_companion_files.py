import datetime as dt
from pathlib import Path

import pytest
from extract_examples import LA, csv_text, rows, source_file

from connectors.companions import (
    read_persons_of_concern,
    read_placement_details,
    read_protected,
)
from connectors.conformed import Conformed
from connectors.csvfiles import FileRefused
from connectors.identities import read_identities

DAY = dt.date(2026, 11, 22)


def codes(found: Conformed) -> list[str]:
    return [reject.code for reject in found.rejects]


def notes(found: Conformed) -> tuple[str, ...]:
    return found.verdicts[0].notes


def test_protections_are_read(tmp_path: Path) -> None:
    found = read_protected(
        source_file(
            tmp_path,
            "protected.csv",
            csv_text(
                "child_id,from,until,reason,contact",
                "C1,2026-01-01,22/11/2026,adoption,Duty desk",
                "C2,,,,",
                "C2,,,,",
                ",2026-01-01,,,",
            ),
            authority=LA,
        )
    )
    assert found.tables["protected"].to_pylist() == [
        {
            "authority": LA, "child_ref": "C1", "from": dt.date(2026, 1, 1),
            "until": DAY, "reason": "adoption", "contact": "Duty desk",
        },
        {
            "authority": LA, "child_ref": "C2", "from": None, "until": None,
            "reason": None, "contact": None,
        },
    ]  # fmt: skip
    assert codes(found) == ["missing_ref"]
    assert found.verdicts[0].accepted == 3


def test_a_protection_with_bad_dates_never_ends(tmp_path: Path) -> None:
    content = csv_text("child_id,from,until", "C1,soon,later")
    found = read_protected(source_file(tmp_path, "protected.csv", content))
    assert rows(found.tables["protected"], "child_ref", "from", "until") == [
        ("C1", None, None)
    ]
    assert "field_dropped until: 1" in notes(found)


def test_what_a_notice_says_of_a_placement_is_read(tmp_path: Path) -> None:
    found = read_placement_details(
        source_file(
            tmp_path,
            "placements.csv",
            csv_text(
                "child_id,start_date,address,planned,expected_end,iro",
                'C1,2026-10-01,"1 High St, Rugby",Y,01/12/2026,Iris',
                "C2,2026-10-01,2 Low Rd,maybe,soon,",
                "C1,2026-10-01,Elsewhere,N,,",
                "C3,,3 Mid Way,Y,,",
                "C3,tomorrow,3 Mid Way,Y,,",
            ),
        )
    )
    details = found.tables["placement_details"]
    assert rows(details, "child_ref", "address", "planned", "expected_end", "iro") == [
        ("C1", "1 High St, Rugby", True, dt.date(2026, 12, 1), "Iris"),
        ("C2", "2 Low Rd", None, None, None),
    ]
    assert sorted(codes(found)) == ["bad_date", "duplicate_ref", "missing_value"]
    assert {"field_dropped planned: 1", "field_dropped expected_end: 1"} <= set(
        notes(found)
    )


def test_persons_of_concern_are_read(tmp_path: Path) -> None:
    found = read_persons_of_concern(
        source_file(
            tmp_path,
            "persons_of_concern.csv",
            csv_text(
                "person_ref,forename,surname,concern,aliases,dob,sex,postcode,"
                "linked_child_ids",
                "P1,Max,Roe,CSE_Suspect,Max Lee;M Roe,1980-05-06,m,cv78qz,C1; C2",
                "P1,Max,Roe,cce_suspect,,,,,",
                "P2,Jo,Doe,burglary,,,,,",
                ",Jo,Doe,cse_suspect,,,,,",
            ),
        )
    )
    table = found.tables["persons_of_concern"]
    assert rows(table, "person_ref", "concern") == [
        ("P1", "cse_suspect"),
        ("P1", "cce_suspect"),
    ]
    first = table.to_pylist()[0]
    assert first["aliases"] == ["Max Lee", "M Roe"]
    assert first["linked_child_refs"] == ["C1", "C2"]
    assert (first["sex"], first["postcode"]) == ("M", "CV7 8QZ")
    assert sorted(codes(found)) == ["bad_code", "missing_ref"]


def test_identities_give_a_return_its_names(tmp_path: Path) -> None:
    found = read_identities(
        source_file(
            tmp_path,
            "identities.csv",
            csv_text(
                "child_id,forename,middle_names,surname,known_as,dob,sex,nhs_number,"
                "postcode,social_worker",
                "C1,Ann,May,Lee,Annie,02/01/2010,female,943 476 5919,cv78qz,Sam",
                "C2,,,,,,,123,,",
            ),
        )
    )
    children = found.tables["children"]
    assert rows(children, "child_ref", "forename", "known_as", "dob", "sex") == [
        ("C1", "Ann", "Annie", dt.date(2010, 1, 2), "F"),
        ("C2", None, None, None, None),
    ]
    assert rows(found.tables["child_addresses"], "child_ref", "kind", "postcode") == [
        ("C1", "home", "CV7 8QZ")
    ]
    assert rows(found.tables["identifiers"], "record_ref", "type", "value") == [
        ("C1", "nhs", "9434765919")
    ]
    assert "invalid_identifier nhs_number: 1" in notes(found)
    assert "protected" not in found.tables


HEADER = "child_id,forename,surname,dob,protected"


@pytest.mark.parametrize(
    ("lines", "shielded"),
    [
        pytest.param(["C1,A,B,,true", "C2,A,B,,false"], ["C1"], id="yes and no"),
        pytest.param(["C1,A,B,,false", "C2,A,B,,no"], [], id="nobody"),
        pytest.param(["C1,A,B,,true", "C2,A,B,,"], ["C1"], id="blank means no"),
        pytest.param(["C1,A,B,,ask me", "C2,A,B,,N"], ["C1"], id="doubt shields"),
        pytest.param(["C1,A,B,,no", "C1,X,B,,yes"], ["C1"], id="either row shields"),
    ],
)
def test_identities_may_say_who_is_shielded(
    tmp_path: Path, lines: list[str], shielded: list[str]
) -> None:
    content = csv_text(HEADER, *lines)
    found = read_identities(source_file(tmp_path, "identities.csv", content))
    assert rows(found.tables["protected"], "child_ref") == [(one,) for one in shielded]


def test_a_column_that_is_blank_for_all_says_nothing_of_shielding(
    tmp_path: Path,
) -> None:
    content = csv_text(HEADER, "C1,A,B,,", "C2,A,B,,")
    found = read_identities(source_file(tmp_path, "identities.csv", content))
    assert "protected" not in found.tables


def test_the_first_of_two_differing_identities_stands(tmp_path: Path) -> None:
    content = csv_text(HEADER, "C1,A,B,,no", "C1,X,B,,no", "C1,A,B,,no", ",Y,B,,no")
    found = read_identities(source_file(tmp_path, "identities.csv", content))
    assert rows(found.tables["children"], "child_ref", "forename") == [("C1", "A")]
    assert [(r.line, r.code) for r in found.rejects] == [
        (5, "missing_ref"),
        (3, "duplicate_ref"),
    ]
    assert found.verdicts[0].accepted == 2


@pytest.mark.parametrize(
    "read",
    [
        read_protected, read_placement_details, read_persons_of_concern,
        read_identities,
    ],
)  # fmt: skip
def test_a_companion_without_its_columns_is_refused(tmp_path: Path, read) -> None:
    with pytest.raises(FileRefused, match="required columns are missing"):
        read(source_file(tmp_path, "some.csv", "surname\nLee\n"))
