"""An extract as it comes: its manifest, its files, damage, and trouble on the way."""

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
from extract_readings import (
    la_files,
    of_force,
    of_la,
    verdict,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.answers import check_balance
from connectors.config import SourceConfig
from connectors.conformed import Conformed
from connectors.inbox import TransportError, renames
from records.schemas import CHILDREN_TABLES, POLICE_TABLES
from records.verdicts import (
    BalanceError,
    ExtractOutcome,
    FileOutcome,
    FileVerdict,
    Reject,
)


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


def test_a_manifest_vouches_for_a_last_line_without_end(tmp_path: Path) -> None:
    sent = la_files() | {"protected.csv": "child_id\nC0"}
    manifest = manifest_of(sent, authority=LA).replace('"rows": 0', '"rows": 1')
    write_files(tmp_path, {**sent, "manifest.json": manifest})
    extract = of_la(tmp_path)
    assert extract.verdict.usable, extract.verdict.reason
    assert verdict(extract, "protected.csv").notes == ()


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
