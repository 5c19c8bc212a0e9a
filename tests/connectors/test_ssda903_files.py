"""Which file of a return is what, and of which collection year."""

from pathlib import Path

import pytest
from extract_examples import csv_of, rows
from return_examples import (
    Night,
    episode,
    header,
    identity,
    noted,
    sound_return,
    verdict,
)

from connectors.ssda903_schema import MODULES, recognised, spoken, years_of
from records.verdicts import FileOutcome


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return sound_return(tmp_path)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_known_by_its_columns_whatever_their_order_and_case(
    name: str,
) -> None:
    columns = [column.lower() for column in reversed(MODULES[name].columns)]
    assert recognised(columns) == MODULES[name]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_with_a_column_more_is_still_that_module(name: str) -> None:
    assert recognised([*MODULES[name].columns, "LOCAL_ID"]) == MODULES[name]


@pytest.mark.parametrize(
    "columns",
    [["CHILD", "DOB"], ["CHILD", "DOB", "SHOE_SIZE"], ["child_id", "DECOM"], []],
)
def test_other_columns_are_no_module(columns: list[str]) -> None:
    assert recognised(columns) is None


def test_names_of_files_do_not_matter_and_others_are_ignored(night: Night) -> None:
    night.module("episodes", episode(), file="q4 final (2).csv")
    night.files["shoes.csv"] = "CHILD,SHOE_SIZE\nC1,4\n"
    night.files["readme.txt"] = "hello"
    conformed = night.read()
    assert rows(conformed.tables["placements"], "child_ref") == [("C1",)]
    assert verdict(conformed, "shoes.csv").outcome is FileOutcome.IGNORED
    assert verdict(conformed, "readme.txt").outcome is FileOutcome.IGNORED


def test_an_episodes_file_that_lost_a_column_is_refused_not_ignored(
    night: Night,
) -> None:
    columns = [c for c in MODULES["episodes"].columns if c != "PL_POST"]
    night.files["episodes.csv"] = csv_of(columns, [{"CHILD": "C1"}])
    conformed = night.read()
    assert verdict(conformed, "episodes.csv").outcome is FileOutcome.REFUSED
    assert "PL_POST" in conformed.problem


@pytest.mark.parametrize(
    ("lacking", "problem"),
    [("episodes.csv", "episodes module"), ("identities.csv", "no names")],
)
def test_without_episodes_or_identities_the_return_is_refused(
    night: Night, lacking: str, problem: str
) -> None:
    night.module("episodes", episode())
    del night.files[lacking]
    assert problem in night.read().problem


def test_without_a_module_that_only_adds_the_return_is_read(night: Night) -> None:
    conformed = night.module("episodes", episode()).read()
    assert conformed.problem == ""
    assert "missing_episodes" not in conformed.tables
    assert "risks" not in conformed.tables
    assert any("module missing is not there" in note for note in conformed.notes)


def test_a_refused_module_that_only_adds_leaves_its_tables_unread(
    night: Night,
) -> None:
    night.module("episodes", episode())
    night.files["missing.csv"] = "CHILD,MISSING,MIS_START\nC1,M,01/01/2026\n"
    conformed = night.read()
    assert conformed.problem == ""
    assert conformed.unread == {"risks", "missing_episodes"}


def test_modules_not_used_are_counted_and_accepted(night: Night) -> None:
    night.module("episodes", episode())
    night.module(
        "reviews", {"CHILD": "C1", "REVIEW": "no date"}, {"REVIEW_CODE": "PN1"}
    )
    reviews = verdict(night.read(), "reviews.csv")
    assert (reviews.rows, reviews.accepted) == (2, 2)
    assert "module reviews, not used" in reviews.notes


def test_bom_crlf_and_spaces_are_read(night: Night) -> None:
    text = csv_of(MODULES["episodes"].columns, [episode(PL_POST=" cv78qz ")])
    night.files["episodes.csv"] = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    placements = night.read().tables["placements"]
    assert rows(placements, "postcode") == [("CV7 8QZ",)]


# Collection years


@pytest.mark.parametrize(
    ("module", "values", "years"),
    [
        ("header", {"SEX": ["1", "2"]}, "2016-17 to 2023-24"),
        ("header", {"SEX": ["M", "F", "U"]}, "2024-25 to 2026-27"),
        ("header", {"SEX": ["1", "F"]}, None),
        ("episodes", {"PLACE": ["H5", "P2"]}, "2016-17 to 2023-24"),
        ("episodes", {"PLACE": ["K3", "Z1"]}, "2024-25"),
        ("episodes", {"PLACE": ["Z11", "Z12", "Z13", "Z14"]}, "2025-26 to 2026-27"),
        ("episodes", {"REC": ["E43"]}, "2016-17 to 2017-18"),
        ("episodes", {"REC": ["E45", "E48"], "PLACE": ["H5"]}, "2018-19 to 2023-24"),
        ("episodes", {"REASON_PLACE_CHANGE": ["CUSTOD"]}, "2018-19 to 2026-27"),
        ("oc3", {"ACTIV": ["F3"]}, "2016-17 to 2020-21"),
        ("oc3", {"ACTIV": ["P5"]}, "2021-22 to 2026-27"),
        ("social_worker", {}, "2023-24 to 2026-27"),
        ("DoLo", {}, "2026-27"),
        ("episodes", {"PLACE": ["U4"]}, "2016-17 to 2026-27"),
    ],
)
def test_codes_tell_the_collection_years(
    module: str, values: dict[str, list[str]], years: str | None
) -> None:
    found = years_of(MODULES[module], values)
    assert (spoken(found) if found else None) == years


def test_a_file_says_which_years_it_is_consistent_with(night: Night) -> None:
    night.module("header", header(SEX="1"))
    night.module("episodes", episode(PLACE="Z11"))
    conformed = night.read()
    assert "collection_year 2016-17 to 2023-24" in noted(conformed, "header.csv")
    assert "collection_year 2025-26 to 2026-27" in noted(conformed, "episodes.csv")
    assert any("collection_years_differ" in note for note in conformed.notes)


@pytest.mark.parametrize(
    ("code", "sex"), [("1", "M"), ("2", "F"), ("M", "M"), ("F", "F"), ("U", "U")]
)
def test_every_years_code_of_sex_is_read(tmp_path: Path, code: str, sex: str) -> None:
    night = Night(tmp_path).identities(identity(sex=""))
    night.module("header", header(SEX=code)).module("episodes", episode())
    assert rows(night.read().tables["children"], "sex") == [(sex,)]


@pytest.mark.parametrize("place", ["H5", "P2", "Z1", "K3", "Z11", "Z14", "Q9"])
def test_every_years_place_is_kept_and_an_unknown_one_too(
    night: Night, place: str
) -> None:
    conformed = night.module("episodes", episode(PLACE=place.lower())).read()
    assert rows(conformed.tables["placements"], "place_code") == [(place,)]
    unknown = "unknown_code PLACE: 1" in noted(conformed, "episodes.csv")
    assert unknown == (place == "Q9")
