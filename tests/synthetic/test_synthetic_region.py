"""A synthetic region is the same for ever, whole, and in every authority's format."""

import datetime as dt
import hashlib
import itertools
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from synthetic_examples import Made

from geography.postcodes import Geography
from synthetic import canary, companions, format_police, format_ssd, format_ssda903
from synthetic.region import AuthoritySpec, RegionSpec, demo_region, synthesise
from synthetic.spec import SpecError

SMALL = demo_region(seed=3, children=60, nominals=1_500, nights=2)


def bytes_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_specification_gives_the_same_bytes(
    geography: Geography, tmp_path: Path
) -> None:
    synthesise(SMALL, tmp_path / "one", geography)
    synthesise(SMALL, tmp_path / "other", geography)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "other")


def test_another_seed_gives_other_people(geography: Geography, tmp_path: Path) -> None:
    synthesise(SMALL, tmp_path / "one", geography)
    synthesise(replace(SMALL, seed=4), tmp_path / "other", geography)
    one, other = bytes_of(tmp_path / "one"), bytes_of(tmp_path / "other")
    assert one.keys() == other.keys()
    people = "inbox/330/2026-11-22/ssd_person.csv"
    assert one[people] != other[people]


def test_more_nights_leave_the_nights_before_them_as_they_were(
    geography: Geography, tmp_path: Path
) -> None:
    synthesise(SMALL, tmp_path / "two", geography)
    synthesise(replace(SMALL, nights=4), tmp_path / "four", geography)
    two, four = bytes_of(tmp_path / "two/inbox"), bytes_of(tmp_path / "four/inbox")
    assert set(two.items()) < set(four.items())


def test_every_night_of_every_authority_has_a_folder(small: Made) -> None:
    for authority in small.spec.authorities:
        for night in range(small.spec.nights):
            assert (small.folder(authority.code, night) / "manifest.json").is_file()


def test_every_manifest_vouches_for_every_file(demo: Made) -> None:
    for authority in demo.spec.authorities:
        for night, date in enumerate(demo.spec.dates):
            folder = demo.folder(authority.code, night)
            manifest = json.loads((folder / "manifest.json").read_text())
            assert manifest["authority"] == authority.code
            assert manifest["business_date"] == date.isoformat()
            assert manifest["complete"] is True
            latest = dt.datetime.fromisoformat(manifest["latest_event_at"])
            assert latest.date() == date - dt.timedelta(1)
            assert {entry["name"] for entry in manifest["files"]} == {
                path.name for path in folder.iterdir() if path.name != "manifest.json"
            }
            for entry in manifest["files"]:
                body = (folder / entry["name"]).read_bytes()
                assert hashlib.sha256(body).hexdigest() == entry["sha256"]
                assert rows_of(folder / entry["name"], demo) == entry["rows"]


def rows_of(path: Path, made: Made) -> int:
    if path.suffix == ".json":
        return len(json.loads(path.read_bytes()))
    night = made.spec.dates.index(dt.date.fromisoformat(path.parent.name))
    return len(made.rows(path.parent.parent.name, path.name, night))


REQUIRED = {
    "ssd-csv": {f"{name}.csv": columns for name, columns in format_ssd.TABLES.items()},
    "ssda903": {
        "header.csv": format_ssda903.HEADER,
        "episodes.csv": format_ssda903.EPISODES,
        "uasc.csv": format_ssda903.UASC,
        "missing.csv": format_ssda903.MISSING,
        "identities.csv": format_ssda903.IDENTITIES,
    },
    "csc-api-json": {},
    "police-pole": {
        f"{name}.csv": columns for name, columns in format_police.COLUMNS.items()
    },
}
COMPANIONS = {
    "protected.csv": companions.PROTECTED,
    "placements.csv": companions.PLACEMENTS,
    "persons_of_concern.csv": companions.PERSONS_OF_CONCERN,
}


def test_every_file_has_its_columns_and_rows_under_them(demo: Made) -> None:
    for authority in demo.spec.authorities:
        own = REQUIRED[authority.format]
        beside = COMPANIONS if authority.kind == "children" else {}
        for name, columns in (own | beside).items():
            assert demo.header(authority.code, name) == tuple(columns)
        for name in own:
            assert demo.rows(authority.code, name), f"{authority.code}/{name} is empty"


def test_the_payload_sends_everybody_first_and_then_only_what_changed(
    demo: Made,
) -> None:
    def documents(night: int) -> list[dict[str, object]]:
        return json.loads((demo.folder("334", night) / "children.json").read_bytes())

    children = [row for row in demo.true("children") if row["authority"] == "334"]
    first = [row for row in children if row["first_night"] == demo.spec.first_date]
    assert len(documents(0)) == len(first)
    assert all(document["la_code"] == 334 for document in documents(0))
    told = {
        change["child_ref"]
        for change in demo.changes(1)
        if change["authority"] == "334"
    }
    sent = [document["Children"]["la_child_id"] for document in documents(1)]
    assert len(sent) == len(set(sent))
    assert set(sent) == told - {
        change["child_ref"]
        for change in demo.changes(1)
        if change["change"] == "turned_18"
    }
    purged = [d for d in documents(1) if d["Children"]["purge"]]
    assert [set(d["Children"]) for d in purged] == [
        {"la_child_id", "mis_child_id", "purge"}
    ]


def test_an_older_collection_year_has_its_own_codes(demo: Made) -> None:
    new, old = demo.rows("860", "header.csv"), demo.rows("861", "header.csv")
    assert {row["SEX"] for row in new} == {"M", "F"}
    assert {row["SEX"] for row in old} == {"1", "2"}
    assert {"K3"} < {row["PLACE"] for row in demo.rows("860", "episodes.csv")}
    places = {row["PLACE"] for row in demo.rows("861", "episodes.csv")}
    assert "K3" not in places
    assert "H5" in places
    assert (demo.folder("860") / "social_workers.csv").exists()
    assert not (demo.folder("861") / "social_workers.csv").exists()


def test_episodes_are_contiguous_and_none_ends_on_the_day_it_starts(
    small: Made,
) -> None:
    def day(text: str) -> dt.date:
        return dt.datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007

    for night in range(small.spec.nights):
        rows = small.rows("860", "episodes.csv", night)
        for before, after in itertools.pairwise(rows):
            if before["DEC"]:
                assert day(before["DECOM"]) < day(before["DEC"])
                assert before["REC"]
            if before["CHILD"] == after["CHILD"] and before["REC"] == "X1":
                assert before["DEC"] == after["DECOM"]
                assert after["RNE"] != "S"
            else:
                assert after["RNE"] == "S"


def test_the_region_is_as_big_as_asked(demo: Made) -> None:
    looked_after = {(row["placing_la"], row["child_ref"]) for row in demo.placements()}
    assert len(looked_after) == demo.spec.children
    first = [
        row["authority"]
        for row in demo.true("nominals")
        if row["first_night"] == demo.spec.first_date
    ]
    assert len(first) == demo.spec.nominals
    held = Counter(first)
    for force in demo.spec.forces:
        assert held[force.code] == len(demo.rows(force.code, "nominals.csv"))


def test_references_collide_between_authorities_as_they_do_in_life(demo: Made) -> None:
    refs = [row["child_ref"] for row in demo.true("children")]
    assert len(set(refs)) < len(refs)
    nominals = [row["nominal_ref"] for row in demo.true("nominals")]
    assert len(set(nominals)) < len(nominals)


def test_the_canary_is_placed_out_of_area_and_not_known(demo: Made) -> None:
    bird = [row for row in demo.true("children") if row["canary"]]
    assert len(bird) == 1
    key = (bird[0]["authority"], bird[0]["child_ref"])
    placed = [
        row for row in demo.placements() if (row["placing_la"], row["child_ref"]) == key
    ]
    assert [row["expected_state"] for row in placed] == ["not_known"]
    assert placed[0]["cross_force"]


OF_HOSTS = {"home_notices.csv", "children_placed_here.csv"}
"""A host may hold the canary too."""


def test_the_canary_is_found_only_where_it_was_put(demo: Made) -> None:
    truth = {row["authority"] for row in demo.true("children") if row["canary"]}
    child_words, nominal_words = canary.WORDS[:6], canary.WORDS[6:]
    for authority in demo.spec.authorities:
        text = "".join(
            path.read_text(encoding="utf-8-sig").casefold()
            for path in sorted(demo.folder(authority.code).glob("*.*"))
            if path.name not in OF_HOSTS
        )
        surname = canary.SURNAME.casefold() in text
        assert surname == (authority.code in truth)
        other = nominal_words if authority.kind == "children" else child_words
        assert not any(word.casefold() in text for word in other)


def test_the_truth_on_disk_is_the_truth_returned(small: Made) -> None:
    for name in (
        "children", "nominals", "placements", "perpetrators", "changes",
        "disagreements",
    ):  # fmt: skip
        stored = pq.read_table(small.out / "truth" / f"{name}.parquet")
        assert stored.equals(getattr(small.truth, name))


FORCE = AuthoritySpec("E23000014", "West Midlands Police", "police", "police-pole")
ONE = AuthoritySpec("330", "Birmingham", "children", "ssd-csv")
TWO = AuthoritySpec("334", "Solihull", "children", "ssda903")


@pytest.mark.parametrize(
    ("authorities", "children", "nominals", "says"),
    [
        ((ONE, ONE, FORCE), 40, 1000, "twice"),
        ((ONE, TWO), 40, 1000, "two local authorities and a force"),
        ((ONE, FORCE), 40, 1000, "two local authorities and a force"),
        ((ONE, TWO, FORCE), 5, 1000, "10 children"),
        ((ONE, TWO, FORCE), 40, 100, "10 nominals for each child"),
        ((ONE, TWO, replace(FORCE, format="ssda903")), 40, 1000, "can't send"),
        ((ONE, TWO, replace(FORCE, code="330")), 40, 1000, "twice"),
        ((ONE, replace(TWO, code="E23000015"), FORCE), 40, 1000, "no code of kind"),
    ],
)
def test_a_region_that_cannot_be_is_refused(
    authorities: tuple[AuthoritySpec, ...], children: int, nominals: int, says: str
) -> None:
    with pytest.raises(SpecError, match=says):
        RegionSpec(authorities, 1, children, nominals, 1, dt.date(2026, 11, 22))


def test_an_authority_without_its_force_is_refused(
    geography: Geography, tmp_path: Path
) -> None:
    away = AuthoritySpec("860", "Staffordshire", "children", "ssda903")
    spec = RegionSpec((ONE, away, FORCE), 1, 40, 1000, 1, dt.date(2026, 11, 22))
    with pytest.raises(SpecError, match="860"):
        synthesise(spec, tmp_path, geography)


def test_one_force_alone_makes_a_region_too(
    geography: Geography, tmp_path: Path
) -> None:
    spec = RegionSpec((ONE, TWO, FORCE), 1, 60, 1_200, 2, dt.date(2026, 11, 22))
    truth = synthesise(spec, tmp_path, geography)
    rows = truth.placements.to_pylist()
    assert not any(
        row["cross_force"] for row in rows if row["host_la"] in {"330", "334"}
    )
