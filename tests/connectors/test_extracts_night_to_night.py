"""What an extract makes of the picture of the night before."""

import datetime as dt
from pathlib import Path

import pytest
from extract_examples import (
    FORCE,
    LA,
    NIGHT,
    csv_text,
    rows,
    write_files,
    write_police,
)
from extract_readings import (
    CHILDREN,
    POLICE,
    YESTERDAY,
    la_files,
    of_la,
)

from connectors.config import Mode, SourceConfig
from connectors.extract import read_extract
from connectors.picture import Picture
from records.verdicts import (
    ExtractOutcome,
)


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


def test_a_picture_of_a_later_night_is_a_mistake(tmp_path: Path) -> None:
    write_police(tmp_path)
    later = Picture({}, NIGHT + dt.timedelta(days=1))
    with pytest.raises(ValueError, match="pass the one before"):
        read_extract(POLICE, FORCE, tmp_path, NIGHT, later)
