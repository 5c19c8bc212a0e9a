"""Extracts of tests, read as a night reads them."""

import datetime as dt
from pathlib import Path

from extract_examples import FORCE, LA, NIGHT, csv_text

from connectors.config import SourceConfig
from connectors.extract import Extract, read_extract
from connectors.picture import Picture
from records.verdicts import FileVerdict

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
