import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest
from extract_examples import (
    FORCE,
    LA,
    NIGHT,
    csv_text,
    manifest_of,
    police_files,
    rows,
    write_files,
    write_police,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from return_examples import episode, sound_return

from connectors.answers import check_balance
from connectors.config import Mode, SourceConfig
from connectors.conformed import Conformed
from connectors.extract import Extract, read_extract
from connectors.inbox import TransportError, renames
from connectors.picture import Picture
from records.schemas import CHILDREN_TABLES, POLICE_TABLES
from records.verdicts import (
    BalanceError,
    ExtractOutcome,
    FileOutcome,
    FileVerdict,
    Reject,
)

POLICE = SourceConfig(kind="police-pole")
CHILDREN = SourceConfig(kind="ssd-csv")
YESTERDAY = NIGHT - dt.timedelta(days=1)


def of_force(
    folder: Path,
    previous: Extract | None = None,
    source: SourceConfig = POLICE,
    night: dt.date = NIGHT,
) -> Extract:
    return read_extract(source, FORCE, folder, night, as_held(previous))


def of_la(
    folder: Path,
    previous: Extract | None = None,
    source: SourceConfig = CHILDREN,
    night: dt.date = NIGHT,
) -> Extract:
    return read_extract(source, LA, folder, night, as_held(previous))


def as_held(previous: Extract | None) -> Picture | None:
    return Picture(previous.tables, YESTERDAY) if previous else None


def la_files(children: int = 4) -> dict[str, str | bytes]:
    """A small authority: children C0 …, each placed, and one of them shielded."""
    some = range(children)
    return {
        "ssd_person.csv": csv_text(
            "pers_person_id,pers_forename,pers_surname,pers_sex,pers_dob",
            *(f"C{n},Ann,Lee{n},F,2012-01-02" for n in some),
        ),
        "ssd_cla_episodes.csv": csv_text(
            "clae_cla_episode_id,clae_person_id,clae_cla_placement_id,"
            "clae_cla_episode_start_date,clae_cla_episode_start_reason,"
            "clae_cla_episode_ceased_date,clae_cla_episode_ceased_reason",
            *(f"E{n},C{n},P{n},2026-01-01,S,," for n in some),
        ),
        "ssd_cla_placement.csv": csv_text(
            "clap_cla_placement_id,clap_person_id,clap_cla_placement_start_date,"
            "clap_cla_placement_type,clap_cla_placement_postcode,"
            "clap_cla_placement_end_date",
            *(f"P{n},C{n},2026-01-01,U4,CV78QZ," for n in some),
        ),
        "protected.csv": csv_text("child_id", "C0"),
    }


def verdict(extract: Extract, file: str) -> FileVerdict:
    return next(one for one in extract.verdict.files if one.file == file)


def test_a_good_police_extract_is_usable(tmp_path: Path) -> None:
    write_police(tmp_path)
    extract = of_force(tmp_path)
    assert extract.verdict.outcome is ExtractOutcome.USABLE
    assert (extract.verdict.as_of, extract.verdict.reason) == (NIGHT, "")
    assert [one.file for one in extract.verdict.files] == [
        "nominals.csv", "addresses.csv", "flags.csv",
    ]  # fmt: skip
    assert extract.tables.keys() == POLICE_TABLES.keys()
    assert extract.tables["nominal_addresses"].num_rows == 4
    assert extract.rejects == ()


def test_a_good_childrens_extract_is_usable(tmp_path: Path) -> None:
    write_files(tmp_path, la_files())
    extract = of_la(tmp_path)
    assert extract.verdict.outcome is ExtractOutcome.USABLE, extract.verdict.reason
    assert extract.tables.keys() == CHILDREN_TABLES.keys()
    assert rows(extract.tables["protected"], "child_ref") == [("C0",)]
    assert extract.tables["placements"].num_rows == 4
    for name, table in extract.tables.items():
        assert table.schema == CHILDREN_TABLES[name], name


@pytest.mark.parametrize("made", [False, True])
def test_nothing_arrived_is_missing(tmp_path: Path, made: bool) -> None:
    folder = tmp_path / "2026-11-22"
    if made:
        folder.mkdir()
    extract = of_force(folder)
    assert extract.verdict.outcome is ExtractOutcome.MISSING
    assert FORCE in extract.verdict.reason
    assert extract.verdict.as_of is None
    assert extract.tables.keys() == POLICE_TABLES.keys()


NOT_VOUCHED = [
    ({"authority": "E23000001"}, ExtractOutcome.REFUSED, "own folder"),
    ({"business_date": "2026-11-21"}, ExtractOutcome.REFUSED, "night's folder"),
    ({"files": ...}, ExtractOutcome.REFUSED, "files is missing"),
    ({"complete": False}, ExtractOutcome.NOT_USABLE, "not complete"),
    ({"complete": ...}, ExtractOutcome.NOT_USABLE, "does not say complete"),
    ({"latest_event_at": ...}, ExtractOutcome.NOT_USABLE, "does not say latest"),
    (
        {"latest_event_at": "2026-11-21T11:00:00Z"},
        ExtractOutcome.NOT_USABLE,
        "37 hours older",
    ),
    (
        {"latest_event_at": "2026-12-01T00:00:00Z"},
        ExtractOutcome.NOT_USABLE,
        "lies after the business date",
    ),
]


@pytest.mark.parametrize(("changes", "outcome", "reason"), NOT_VOUCHED)
def test_a_police_extract_is_only_as_good_as_its_manifest(
    tmp_path: Path, changes: dict[str, object], outcome: ExtractOutcome, reason: str
) -> None:
    write_police(tmp_path, **changes)
    extract = of_force(tmp_path)
    assert extract.verdict.outcome is outcome
    assert reason in extract.verdict.reason
    assert extract.tables["nominals"].num_rows == 0


def test_a_police_extract_without_a_manifest_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path, police_files())
    extract = of_force(tmp_path)
    assert extract.verdict.outcome is ExtractOutcome.REFUSED
    assert "manifest.json is not there" in extract.verdict.reason


def test_a_file_that_changed_on_its_way_is_refused_whole(tmp_path: Path) -> None:
    sent = police_files()
    write_police(tmp_path, sent)
    content = str(sent["nominals.csv"])
    (tmp_path / "nominals.csv").write_text(content[: len(content) // 2])
    extract = of_force(tmp_path)
    assert extract.verdict.outcome is ExtractOutcome.REFUSED
    assert "SHA-256" in verdict(extract, "nominals.csv").problem
    assert all(one.rows == 0 for one in extract.verdict.files)


@pytest.mark.parametrize(
    ("file", "outcome"),
    [
        ("nominals.csv", ExtractOutcome.REFUSED),
        ("addresses.csv", ExtractOutcome.NOT_USABLE),
        ("flags.csv", ExtractOutcome.NOT_USABLE),
    ],
)
def test_a_row_count_that_differs_refuses_the_file(
    tmp_path: Path, file: str, outcome: ExtractOutcome
) -> None:
    sent = police_files()
    true = manifest_of(sent)
    write_files(tmp_path, sent)
    count = str(sent[file]).count("\n") - 1
    (tmp_path / "manifest.json").write_text(
        true.replace(f'"{file}", "rows": {count}', f'"{file}", "rows": 99')
    )
    extract = of_force(tmp_path)
    assert extract.verdict.outcome is outcome
    assert "manifest.json says 99" in verdict(extract, file).problem
    assert "fell from" not in extract.verdict.reason


def test_a_file_cut_off_is_refused_without_any_manifest(tmp_path: Path) -> None:
    sent = la_files()
    content = str(sent["ssd_cla_placement.csv"])
    write_files(tmp_path, {**sent, "ssd_cla_placement.csv": content[:-20]})
    extract = of_la(tmp_path)
    assert extract.verdict.outcome is ExtractOutcome.REFUSED
    assert "cut off" in verdict(extract, "ssd_cla_placement.csv").problem


@pytest.mark.parametrize(
    "sent",
    [{}, {"readme.txt": "hello"}, {"ssd_person.csv": la_files()["ssd_person.csv"]}],
)
def test_a_folder_without_the_required_files_is_refused(
    tmp_path: Path, sent: Mapping[str, str | bytes]
) -> None:
    write_files(tmp_path, {**sent, "protected.csv": "child_id\n"})
    extract = of_la(tmp_path)
    assert extract.verdict.outcome is ExtractOutcome.REFUSED
    assert {one.file for one in extract.verdict.files} == {*sent, "protected.csv"}


def test_a_file_that_the_manifest_names_and_nobody_sent(tmp_path: Path) -> None:
    sent = police_files()
    write_police(tmp_path, sent)
    (tmp_path / "flags.csv").unlink()
    extract = of_force(tmp_path)
    assert extract.verdict.outcome is ExtractOutcome.NOT_USABLE
    assert verdict(extract, "flags.csv").outcome is FileOutcome.REFUSED
    assert "flags.csv is refused: manifest.json names it" in extract.verdict.reason


def test_a_police_file_that_the_manifest_does_not_name_is_not_trusted(
    tmp_path: Path,
) -> None:
    write_police(tmp_path)
    (tmp_path / "aliases.csv").write_text("nominal_ref,surname\nN0,Roe\n")
    extract = of_force(tmp_path)
    assert extract.verdict.outcome is ExtractOutcome.NOT_USABLE
    assert "nobody vouches" in verdict(extract, "aliases.csv").problem


def test_a_childrens_file_that_the_manifest_does_not_name_is_read_and_noted(
    tmp_path: Path,
) -> None:
    sent = la_files()
    companion = {"protected.csv": sent.pop("protected.csv")}
    manifest = manifest_of(sent, authority=LA, latest_event_at=...)
    write_files(tmp_path, {**sent, **companion, "manifest.json": manifest})
    extract = of_la(tmp_path)
    assert extract.verdict.usable, extract.verdict.reason
    assert "not_in_manifest" in verdict(extract, "protected.csv").notes
    assert extract.tables["protected"].num_rows == 1


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


def test_a_manifest_vouches_for_a_last_line_without_end(tmp_path: Path) -> None:
    sent = la_files() | {"protected.csv": "child_id\nC0"}
    manifest = manifest_of(sent, authority=LA).replace('"rows": 0', '"rows": 1')
    write_files(tmp_path, {**sent, "manifest.json": manifest})
    extract = of_la(tmp_path)
    assert extract.verdict.usable, extract.verdict.reason
    assert verdict(extract, "protected.csv").notes == ()


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


def test_an_extract_that_is_not_usable_leaves_the_last_picture_and_shields_more(
    tmp_path: Path,
) -> None:
    write_files(tmp_path / "1", la_files(8))
    first = of_la(tmp_path / "1")
    shrunk = la_files(2) | {"protected.csv": csv_text("child_id", "C1")}
    write_files(tmp_path / "2", shrunk)
    second = of_la(tmp_path / "2", first)
    assert second.verdict.outcome is ExtractOutcome.NOT_USABLE
    assert second.tables["children"].num_rows == 8
    assert rows(second.tables["protected"], "child_ref") == [("C0",), ("C1",)]


def test_a_missing_extract_leaves_the_last_picture_with_its_date(
    tmp_path: Path,
) -> None:
    write_files(tmp_path / "1", la_files())
    first = of_la(tmp_path / "1")
    second = of_la(tmp_path / "2", first)
    assert second.verdict.outcome is ExtractOutcome.MISSING
    assert second.verdict.as_of == YESTERDAY
    assert second.tables["children"].num_rows == 4


def test_who_is_absent_stands_and_is_told(tmp_path: Path) -> None:
    write_files(tmp_path / "1", la_files(4))
    write_files(tmp_path / "2", la_files(3))
    second = of_la(tmp_path / "2", of_la(tmp_path / "1"))
    assert second.verdict.usable
    assert second.tables["children"].num_rows == 4
    assert rows(second.tables["absences"], "table", "record_ref", "nights") == [
        ("children", "C3", 1)
    ]
    assert "children absent, standing: 1" in second.verdict.notes
    third = read_extract(
        SourceConfig.model_validate(
            {"kind": "ssd-csv", "expectations": {"keep_absent_nights": 1}}
        ),
        LA, tmp_path / "2", NIGHT + dt.timedelta(days=1),
        Picture(second.tables, NIGHT),
    )  # fmt: skip
    assert "children withdrawn or purged: 1" in third.verdict.notes
    assert rows(third.tables["purges"], "child_ref") == [("C3",)]


def test_a_delta_adds_to_the_picture(tmp_path: Path) -> None:
    delta = SourceConfig(kind="ssd-csv", mode="delta")
    write_files(tmp_path / "1", la_files(4))
    first = of_la(tmp_path / "1", source=delta)
    assert "the first delta: what it does not hold is not known" in first.verdict.notes
    write_files(tmp_path / "2", la_files(0))
    quiet = of_la(tmp_path / "2", first, delta)
    assert quiet.verdict.usable, quiet.verdict.reason
    assert quiet.tables["children"].num_rows == 4
    late = NIGHT + dt.timedelta(days=3)
    after = read_extract(delta, LA, tmp_path / "2", late, Picture(first.tables, NIGHT))
    assert f"no delta was read since {NIGHT}: ask for what is gone" in (
        after.verdict.notes
    )


@pytest.mark.parametrize(
    ("before", "tonight", "words"),
    [
        ("snapshot", "delta", "from snapshot to delta tonight: records and placements"),
        ("delta", "snapshot", "from delta to snapshot tonight: records and placements"),
        ("snapshot", "snapshot", ""),
        ("delta", "delta", ""),
        (None, "delta", ""),
        (None, "snapshot", ""),
    ],
)
def test_a_feed_that_begins_to_mean_another_thing_by_absence_is_said(
    tmp_path: Path, before: Mode | None, tonight: Mode, words: str
) -> None:
    write_files(tmp_path / "1", la_files(4))
    first = of_la(tmp_path / "1", night=YESTERDAY)
    assert first.verdict.changed == ""
    write_files(tmp_path / "2", la_files(3))
    found = read_extract(
        SourceConfig(kind="ssd-csv", mode=tonight), LA, tmp_path / "2", NIGHT,
        Picture(first.tables, YESTERDAY, before),
    )  # fmt: skip
    assert found.verdict.usable, found.verdict.reason
    assert words in found.verdict.changed
    assert bool(words) is bool(found.verdict.changed)
    assert found.tables["children"].num_rows == 4


def test_a_feed_that_can_not_be_used_has_changed_nothing_yet(tmp_path: Path) -> None:
    write_files(tmp_path / "1", la_files(4))
    first = of_la(tmp_path / "1", night=YESTERDAY)
    found = read_extract(
        SourceConfig(kind="ssd-csv", mode="delta"), LA, tmp_path / "nothing", NIGHT,
        Picture(first.tables, YESTERDAY, "snapshot"),
    )  # fmt: skip
    assert found.verdict.changed == ""


def test_a_first_delta_that_knows_nobody_is_not_believed(tmp_path: Path) -> None:
    write_files(tmp_path, la_files(0))
    extract = of_la(tmp_path, source=SourceConfig(kind="ssd-csv", mode="delta"))
    assert extract.verdict.outcome is ExtractOutcome.NOT_USABLE


def test_running_a_night_again_gives_the_same_picture(tmp_path: Path) -> None:
    write_files(tmp_path / "1", la_files(4))
    write_files(tmp_path / "2", la_files(3))
    first = of_la(tmp_path / "1")
    second = of_la(tmp_path / "2", first)
    again = read_extract(
        CHILDREN, LA, tmp_path / "2", NIGHT, Picture(second.tables, NIGHT)
    )
    assert again.tables == second.tables
    assert of_la(tmp_path / "2", first) == second


def test_the_suppliers_names_of_columns_come_from_the_region_file(
    tmp_path: Path,
) -> None:
    sent = police_files()
    sent["nominals.csv"] = str(sent["nominals.csv"]).replace("nominal_ref", "Person No")
    write_police(tmp_path, sent)
    source = SourceConfig(
        kind="police-pole",
        mapping={"nominals": {"person no": "nominal_ref"}, "gone.csv": {"a": "b"}},
    )
    extract = of_force(tmp_path, source=source)
    assert extract.verdict.usable, extract.verdict.reason
    assert "mapping names no file that came: gone.csv" in extract.verdict.notes


def test_an_exact_mapping_beats_a_pattern() -> None:
    mapping = {
        "Episodes.csv": {"a": "exact"},
        "*": {"a": "any", "b": "any"},
        "other": {"c": "x"},
    }
    assert renames(mapping, "episodes.CSV") == {"a": "exact", "b": "any"}


def test_other_things_in_the_folder_are_passed_over_and_told(tmp_path: Path) -> None:
    write_police(tmp_path)
    (tmp_path / ".nominals.csv.part").write_text("x")
    (tmp_path / "old").mkdir()
    extract = of_force(tmp_path)
    assert extract.verdict.usable
    assert {"passed over: .nominals.csv.part", "passed over: old"} <= set(
        extract.verdict.notes
    )


def test_names_that_agree_but_for_case_are_not_both_read(tmp_path: Path) -> None:
    write_files(
        tmp_path / "la", la_files() | {"PROTECTED.CSV": csv_text("child_id", "C1")}
    )
    extract = of_la(tmp_path / "la")
    assert not extract.verdict.usable
    assert "but for its case" in verdict(extract, "protected.csv").problem
    sent = police_files()
    write_police(tmp_path / "force", {**sent, "NOMINALS.csv": sent["nominals.csv"]})
    (tmp_path / "force" / "manifest.json").write_text(manifest_of(sent))
    assert of_force(tmp_path / "force").verdict.outcome is ExtractOutcome.NOT_USABLE


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


def test_trouble_with_the_disk_is_worth_trying_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(TransportError, match=FORCE):
        of_force(loop)
    write_police(tmp_path / "good")

    def broken(_: Path) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", broken)
    with pytest.raises(TransportError, match="Input/output error"):
        of_force(tmp_path / "good")


def test_a_file_still_being_written_is_not_read_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, la_files())
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"x,y\n")
    extract = of_la(tmp_path)
    assert extract.verdict.outcome is ExtractOutcome.REFUSED
    assert "changed while it was being read" in extract.verdict.reason


def test_a_picture_of_a_later_night_is_a_mistake(tmp_path: Path) -> None:
    write_police(tmp_path)
    later = Picture({}, NIGHT + dt.timedelta(days=1))
    with pytest.raises(ValueError, match="pass the one before"):
        read_extract(POLICE, FORCE, tmp_path, NIGHT, later)


def test_a_conformer_that_loses_a_file_or_a_row_stops_the_run(tmp_path: Path) -> None:
    write_police(tmp_path)
    good = FileVerdict(FORCE, "a.csv", FileOutcome.PARTLY_ACCEPTED, 2, 1, 1)
    reject = Reject(FORCE, "a.csv", 2, "N1", "orphan", "…")
    check_balance(FORCE, [], Conformed())
    for verdicts, rejects in ([], []), ([good, good], [reject]), ([good], []):
        with pytest.raises(BalanceError):
            check_balance(
                FORCE,
                [_File("a.csv")],  # type: ignore[list-item]
                Conformed(verdicts=verdicts, rejects=rejects),
            )


class _File:
    def __init__(self, name: str) -> None:
        self.name = name


def test_no_value_of_a_record_is_in_a_verdict_or_reject(tmp_path: Path) -> None:
    sent = police_files()
    sent["nominals.csv"] = str(sent["nominals.csv"]) + (
        "N0,Zebedee,Canary,1999-09-09,F,none\n,Zebedee,Canary,1999-09-09,F,none\n"
        "N9,Zebedee,Canary,Canary,Zebedee,Canary\nN8,Zebedee Canary\n"
    )
    sent["addresses.csv"] = str(sent["addresses.csv"]) + "N0,home,Canary,,Zebedee,\n"
    write_police(tmp_path, sent)
    extract = of_force(tmp_path)
    assert len(extract.rejects) == 4
    told = f"{extract.verdict} {extract.rejects}".casefold()
    assert "canary" not in told
    assert "zebedee" not in told


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=40,
)
@given(st.data())
def test_damage_anywhere_is_answered_and_never_raised(
    tmp_path: Path, data: st.DataObject
) -> None:
    sent = la_files(2) | {"manifest.json": manifest_of(la_files(2), authority=LA)}
    name = data.draw(st.sampled_from(sorted(sent)))
    content = str(sent[name]).encode()
    at = data.draw(st.integers(0, len(content)))
    junk = data.draw(st.binary(max_size=3) | st.sampled_from([b'"', b"\n", b","]))
    cut = data.draw(st.integers(0, 5))
    write_files(tmp_path, sent | {name: content[:at] + junk + content[at + cut :]})
    if data.draw(st.booleans()):
        (tmp_path / "manifest.json").unlink()
    extract = of_la(tmp_path)
    assert extract.tables.keys() == CHILDREN_TABLES.keys()
    for one in extract.verdict.files:
        assert one.rows == one.accepted + one.rejected
