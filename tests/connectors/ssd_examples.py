"""Small Standard Safeguarding Datasets, written to disk as they would be sent."""

from pathlib import Path

from extract_examples import LA, NIGHT, csv_of, rows, source_file

from connectors import ssd
from connectors.conformed import Conformed
from connectors.ssd_tables import COLUMNS

Row = dict[str, str]


def person(ref: str = "P1", **changes: str) -> Row:
    return {
        "pers_person_id": ref, "pers_forename": "Ann", "pers_surname": "Lee",
        "pers_sex": "F", "pers_ethnicity": "WBRI", "pers_dob": "2012-03-02",
        **{f"pers_{name}": value for name, value in changes.items()},
    }  # fmt: skip


def care(ref: str = "P1", **changes: str) -> Row:
    return {
        "clae_cla_episode_id": "E1", "clae_person_id": ref,
        "clae_cla_placement_id": "L1", "clae_cla_episode_start_date": "2026-01-10",
        "clae_cla_episode_start_reason": "S",
        **{f"clae_{name}": value for name, value in changes.items()},
    }  # fmt: skip


def placement(ref: str = "P1", **changes: str) -> Row:
    return {
        "clap_cla_placement_id": "L1", "clap_person_id": ref,
        "clap_cla_placement_start_date": "2026-01-10", "clap_cla_placement_type": "U4",
        "clap_cla_placement_postcode": "CV78QZ",
        **{f"clap_{name}": value for name, value in changes.items()},
    }  # fmt: skip


class Night:
    """The tables of one extract, written and read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, str] = {}

    def table(self, name: str, *given: Row) -> "Night":
        self.files[f"{name}.csv"] = csv_of(COLUMNS[name].names, given)
        return self

    def care(self, *given: Row) -> "Night":
        return self.table("ssd_cla_episodes", *given)

    def placed(self, *given: Row) -> "Night":
        return self.table("ssd_cla_placement", *given)

    def read(self) -> Conformed:
        sources = [
            source_file(self.folder, name, content, authority=LA)
            for name, content in sorted(self.files.items())
        ]
        conformed = ssd.conform(LA, sources, NIGHT)
        assert sorted(v.file for v in conformed.verdicts) == sorted(self.files)
        for verdict in conformed.verdicts:
            rejects = [r for r in conformed.rejects if r.file == verdict.file]
            assert len(rejects) == verdict.rejected
        return conformed

    def placements(self, *columns: str) -> list[tuple[object, ...]]:
        return rows(self.read().tables["placements"], *columns)


def sound_extract(folder: Path) -> Night:
    """One child in one placement."""
    start = Night(folder).table("ssd_person", person())
    return start.care(care()).placed(placement())
