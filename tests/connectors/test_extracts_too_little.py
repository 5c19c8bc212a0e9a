"""How much of an extract must be there before anybody is decided on by it."""

from pathlib import Path

import pytest
from extract_examples import (
    LA,
    csv_text,
    manifest_of,
    police_files,
    rows,
    write_files,
    write_police,
)
from extract_readings import (
    YESTERDAY,
    la_files,
    of_force,
    of_la,
    verdict,
)
from return_examples import episode, sound_return

from connectors.config import SourceConfig
from records.verdicts import (
    ExtractOutcome,
    FileOutcome,
)


def test_most_rows_rejected_is_no_extract_to_decide_on(tmp_path: Path) -> None:
    strangers = csv_text("nominal_ref,postcode", *(f"0N{n},CV7 8QZ" for n in range(3)))
    write_police(tmp_path, {**police_files(), "addresses.csv": strangers})
    extract = of_force(tmp_path)
    assert extract.verdict.outcome is ExtractOutcome.NOT_USABLE
    assert "addresses.csv: 3 of 3 rows were rejected" in extract.verdict.reason
    assert [(one.line, one.code) for one in extract.rejects] == [
        (2, "orphan"), (3, "orphan"), (4, "orphan"),
    ]  # fmt: skip


def test_an_extract_that_knows_nobody_is_not_believed(tmp_path: Path) -> None:
    empty = {"nominals.csv": csv_text("nominal_ref,forename1,surname,dob,sex")}
    write_police(tmp_path / "force", empty)
    extract = of_force(tmp_path / "force")
    assert extract.verdict.outcome is ExtractOutcome.NOT_USABLE
    assert "no nominals" in extract.verdict.reason
    write_files(tmp_path / "la", la_files(0))
    extract = of_la(tmp_path / "la")
    assert extract.verdict.outcome is ExtractOutcome.NOT_USABLE
    assert "no children" in extract.verdict.reason


@pytest.mark.parametrize(
    ("before", "now", "max_drop", "usable"),
    [
        (8, 4, 0.5, True),
        (8, 3, 0.5, False),
        (8, 3, None, True),
        (8, 7, 0.0, False),
        (8, 9, 0.0, True),
    ],
)
def test_a_snapshot_that_shrank_too_far_decides_nothing(
    tmp_path: Path, before: int, now: int, max_drop: float | None, usable: bool
) -> None:
    source = SourceConfig.model_validate(
        {"kind": "police-pole", "expectations": {"max_drop": max_drop}}
    )
    write_police(tmp_path / "1", police_files(before))
    first = of_force(tmp_path / "1", source=source)
    write_police(tmp_path / "2", police_files(now))
    second = of_force(tmp_path / "2", first, source)
    assert second.verdict.usable is usable
    assert second.tables["nominals"].num_rows == max(before, now)
    if not usable:
        assert f"nominals fell from {before} rows" in second.verdict.reason
        assert second.verdict.as_of == YESTERDAY


def test_fewer_rows_than_the_region_expects_decide_nothing(tmp_path: Path) -> None:
    source = SourceConfig.model_validate(
        {"kind": "police-pole", "expectations": {"min_rows": {"flags": 2}}}
    )
    write_police(tmp_path)
    extract = of_force(tmp_path, source=source)
    assert "flags has 1 rows and at least 2" in extract.verdict.reason
    assert not extract.verdict.usable


@pytest.mark.parametrize(
    ("protected", "waived", "usable", "reason"),
    [
        pytest.param("child_id\n", False, True, "", id="nobody shielded"),
        pytest.param(None, False, False, "nothing says who", id="not sent"),
        pytest.param(None, True, True, "", id="waived"),
        pytest.param("child_id\nC0", False, False, "may be cut off", id="cut off?"),
        pytest.param("child_id", False, False, "may be cut off", id="cut off header?"),
        pytest.param("name\nAnn\n", False, False, "is refused", id="unreadable"),
        pytest.param("name\nAnn\n", True, False, "is refused", id="waived, unreadable"),
        pytest.param(
            "child_id,reason\nC0,x\n,adoption\n", True, False, "1 rows can't be read",
            id="a row without a child",
        ),
    ],
)  # fmt: skip
def test_nobody_is_decided_on_unless_it_is_known_whom_to_shield(
    tmp_path: Path, protected: str | None, waived: bool, usable: bool, reason: str
) -> None:
    sent = la_files()
    sent.pop("protected.csv")
    write_files(tmp_path, sent | ({"protected.csv": protected} if protected else {}))
    source = SourceConfig(kind="ssd-csv", protected="waived" if waived else "required")
    extract = of_la(tmp_path, source=source)
    assert extract.verdict.usable is usable
    assert reason in extract.verdict.reason
    if protected is None:
        assert "nobody said tonight who is to be shielded" in extract.verdict.notes


def test_a_local_authoritys_other_tables_may_shrink_and_are_told(
    tmp_path: Path,
) -> None:
    header = "miss_person_id,miss_missing_episode_start_date"
    missing = csv_text(header, *(f"C0,2026-10-{n:02d}" for n in range(1, 25)))
    write_files(tmp_path / "1", la_files() | {"ssd_missing.csv": missing})
    write_files(tmp_path / "2", la_files() | {"ssd_missing.csv": csv_text(header)})
    second = of_la(tmp_path / "2", of_la(tmp_path / "1"))
    assert second.verdict.usable
    assert "missing_episodes fell from 24 rows to 0" in second.verdict.notes


def test_a_waived_file_that_stops_coming_unshields_nobody(tmp_path: Path) -> None:
    source = SourceConfig.model_validate(
        {
            "kind": "ssd-csv", "protected": "waived",
            "expectations": {"keep_absent_nights": 0},
        }
    )  # fmt: skip
    write_files(tmp_path / "1", la_files())
    first = of_la(tmp_path / "1", source=source)
    sent = la_files()
    sent.pop("protected.csv")
    write_files(tmp_path / "2", sent)
    second = of_la(tmp_path / "2", first, source)
    assert second.verdict.usable
    assert rows(second.tables["protected"], "child_ref") == [("C0",)]


def test_a_first_delta_that_knows_nobody_is_not_believed(tmp_path: Path) -> None:
    write_files(tmp_path, la_files(0))
    extract = of_la(tmp_path, source=SourceConfig(kind="ssd-csv", mode="delta"))
    assert extract.verdict.outcome is ExtractOutcome.NOT_USABLE


@pytest.mark.parametrize("file", ["ssd_missing.csv", "protected.csv"])
def test_a_file_named_and_not_sent_is_like_one_that_cannot_be_read(
    tmp_path: Path, file: str
) -> None:
    sent = la_files() | {
        "ssd_missing.csv": csv_text(
            "miss_person_id,miss_missing_episode_start_date", "C0,2026-10-01"
        )
    }
    write_files(tmp_path / "1", sent)
    first = of_la(tmp_path / "1")
    manifest = manifest_of(sent, authority=LA, latest_event_at=...)
    write_files(tmp_path / "2", {**sent, "manifest.json": manifest})
    (tmp_path / "2" / file).unlink()
    second = of_la(tmp_path / "2", first)
    assert "manifest.json names it" in verdict(second, file).problem
    assert second.verdict.usable is (file != "protected.csv")
    assert second.tables["missing_episodes"].num_rows == 1
    assert rows(second.tables["protected"], "child_ref") == [("C0",)]


def test_a_return_file_that_cannot_be_read_empties_no_table(tmp_path: Path) -> None:
    night = sound_return(tmp_path).module("episodes", episode())
    absence = {"CHILD": "C1", "MIS_START": "01/10/2026", "MISSING": "M"}
    sent = night.module("missing", absence).files | {"protected.csv": "child_id\n"}
    write_files(tmp_path / "1", sent)
    source = SourceConfig(kind="ssda903")
    first = of_la(tmp_path / "1", source=source)
    assert first.tables["missing_episodes"].num_rows == 1
    damaged = str(sent["missing.csv"]).encode("utf-16")
    write_files(tmp_path / "2", sent | {"missing.csv": damaged})
    second = of_la(tmp_path / "2", first, source)
    assert second.verdict.usable, second.verdict.reason
    assert verdict(second, "missing.csv").outcome is FileOutcome.REFUSED
    assert second.tables["missing_episodes"].num_rows == 1


def test_most_children_without_a_name_are_no_extract_to_decide_on(
    tmp_path: Path,
) -> None:
    sent = la_files(4)
    header, *people = str(sent["ssd_person.csv"]).splitlines()
    sent["ssd_person.csv"] = csv_text(header, people[0])
    write_files(tmp_path / "2", sent)
    assert "3 of 4 children have no name" in of_la(tmp_path / "2").verdict.reason
    write_files(tmp_path / "1", la_files(4))
    second = of_la(tmp_path / "2", of_la(tmp_path / "1"))
    assert not second.verdict.usable
    assert "children with a name fell from 4" in second.verdict.reason


def test_a_child_whose_name_was_not_sent_keeps_it_some_nights(tmp_path: Path) -> None:
    write_files(tmp_path / "1", la_files(4))
    sent = la_files(4)
    sent["ssd_person.csv"] = str(sent["ssd_person.csv"]).replace(
        "C3,Ann,Lee3,F,2012-01-02\n", ""
    )
    write_files(tmp_path / "2", sent)
    second = of_la(tmp_path / "2", of_la(tmp_path / "1"))
    assert second.verdict.usable
    surnames = dict(rows(second.tables["children"], "child_ref", "surname"))
    assert surnames["C3"] == "Lee3"
    assert "names absent, standing: 1" in second.verdict.notes


def test_a_forces_details_may_shrink_only_while_they_are_few(tmp_path: Path) -> None:
    for few, usable in ((19, True), (20, False)):
        sent = police_files(few)
        sent["flags.csv"] = csv_text(
            "nominal_ref,code", *(f"N{n},gang" for n in range(few))
        )
        write_police(tmp_path / f"{few}", sent)
        write_police(tmp_path / f"{few}b", police_files(few))
        second = of_force(tmp_path / f"{few}b", of_force(tmp_path / f"{few}"))
        assert second.verdict.usable is usable
        if not usable:
            assert "flags fell from 20 rows" in second.verdict.reason
