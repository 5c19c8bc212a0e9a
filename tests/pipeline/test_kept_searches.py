"""What a night's searches leave for the next: time saved, and nothing else."""

import hashlib
import json
import shutil
from types import SimpleNamespace

import pytest
from night_world import NIGHT_1, NIGHT_2, NIGHT_3, World

from matching.model import Model
from pipeline import kept
from pipeline.kept import Kept, Searches
from pipeline.run import MODELS
from pipeline.vault import Vault
from records.schemas import PERSONS, conform

MODEL = Model.load(max(MODELS.glob("children-*.json")))
FLOOR = 0.001
RARE = "CANARYWOOD"


def counts(night):
    return json.loads((night.folder / "stages" / "match.json").read_text())["counts"]


def matches(night):
    files = sorted((night.folder / "match").glob("**/*.parquet"))
    return {
        file.name: Vault(None).read(file) for file in files if "kept" not in file.parts
    }


def test_a_night_carries_on_from_the_last_and_finds_what_it_would_find_alone(world):
    first = world.run(NIGHT_1, "--no-publish")
    second = world.run(NIGHT_2, "--no-publish")
    assert counts(second)["searched_for_anew"] < counts(first)["searched_for_anew"] / 3
    new = counts(second)["records_new_or_changed"]
    assert 0 < new < counts(first)["records_new_or_changed"] / 3
    for folder in world.workspace.glob("demo/*/*/match/kept"):
        shutil.rmtree(folder)
    alone = world.run(NIGHT_2, "--no-publish")
    assert counts(alone)["records_new_or_changed"] > new
    assert matches(alone).keys() == matches(second).keys()
    for name, table in matches(alone).items():
        assert table.equals(matches(second)[name]), name


def test_what_other_code_made_is_not_carried_on(world: World, monkeypatch):
    first = world.run(NIGHT_1, "--no-publish")
    monkeypatch.setattr(kept, "_code", lambda: "another release")
    second = world.run(NIGHT_2, "--no-publish")
    new = counts(second)["records_new_or_changed"]
    assert new > counts(first)["records_new_or_changed"] / 2


def test_what_searches_left_goes_after_two_nights(world: World):
    nights = [world.run(date, "--no-publish") for date in (NIGHT_1, NIGHT_2, NIGHT_3)]
    held = [(night.folder / "match" / "kept").exists() for night in nights]
    assert held == [False, True, True]
    assert (nights[0].folder / "match" / "children").exists()


def persons(authority, *said):
    rows = []
    for ref, forename, surname in said:
        text = f"{authority} {ref} {forename} {surname}"
        rows.append(
            {
                "authority": authority, "record_ref": ref,
                "names": [{"forename": forename, "surname": surname}], "dobs": [],
                "weak_day_and_month": False, "sex": "F",
                "postcodes": ["CV7 8QZ"], "identifiers": [],
                "content_hash": hashlib.sha256(text.encode()).hexdigest(),
            }
        )  # fmt: skip
    return conform(rows, PERSONS)


def night(left, right, before, made):
    """One search from one folder to another, by the files alone."""
    searches = Searches(before, made, FLOOR)
    pairs = searches.link("c", left, searches.index("n", right), MODEL)
    made.wait()
    return SimpleNamespace(
        pairs=pairs, searched_for=searches.counts["searched_for_anew"]
    )


@pytest.fixture
def folders(tmp_path):
    return [Kept(tmp_path / name, Vault(None), {}) for name in ("none", "one", "two")]


def held(kept_there):
    """All that the files say, in words and numbers; but for the bits that lines
    have come to."""
    said: list[object] = []
    for file in sorted(kept_there.folder.glob("*.parquet")):
        for column in Vault(None).read(file).columns:
            said += [one for one in column.to_pylist() if not isinstance(one, float)]
    return sorted(said, key=str)


CHILDREN = (("c1", "ANN", RARE), ("c2", "BEA", "SMITH"))
NOMINALS = (("n1", "ANN", RARE), ("n2", "BEA", "SMITH"), ("n3", "CLEO", "JONES"))


def test_a_search_read_back_carries_on(folders):
    none, one, two = folders
    left, right = persons("330", *CHILDREN), persons("E23000014", *NOMINALS)
    first = night(left, right, none, one)
    again = night(left, right, one, two)
    assert (first.searched_for, again.searched_for) == (2, 0)
    assert again.pairs.equals(first.pairs)
    assert first.pairs.num_rows > 0


def test_nothing_stays_of_who_is_no_longer_supplied(folders, tmp_path):
    """A canary: not her name, nor a key that she had, nor a pair of hers."""
    none, one, two = folders
    left, right = persons("330", *CHILDREN), persons("E23000014", *NOMINALS)
    night(left, right, none, one)
    assert RARE in held(one)
    night(left.slice(1), right.slice(1), one, two)
    assert RARE not in held(two)
    never = Kept(tmp_path / "never", Vault(None), {})
    night(left.slice(1), right.slice(1), none, never)
    assert held(two) == held(never)


def test_with_another_key_everybody_is_searched_for(tmp_path, caplog):
    left, right = persons("330", *CHILDREN), persons("E23000014", *NOMINALS)
    one = Kept(tmp_path / "one", Vault(bytes(32)), {})
    first = night(left, right, Kept(tmp_path / "none", Vault(None), {}), one)
    assert not [
        file for file in one.folder.iterdir() if RARE in file.read_text("latin")
    ]
    other = Kept(one.folder, Vault(bytes([1] * 32)), one.made_by)
    again = night(left, right, other, Kept(tmp_path / "two", Vault(None), {}))
    assert again.searched_for == 2
    assert again.pairs.equals(first.pairs)
    assert "searching for everybody in n:" in caplog.text


@pytest.mark.parametrize("part", ["n.keys", "c.pairs", "c.terms"])
def test_a_damaged_file_costs_time_only(folders, part, caplog):
    none, one, two = folders
    left, right = persons("330", *CHILDREN), persons("E23000014", *NOMINALS)
    first = night(left, right, none, one)
    (one.folder / f"{part}.parquet").write_bytes(b"PAR1 no more")
    again = night(left, right, one, two)
    assert again.searched_for == 2
    assert again.pairs.equals(first.pairs)
    assert "searching for everybody" in caplog.text


def test_another_model_or_floor_searches_for_everybody(folders):
    none, one, _ = folders
    left, right = persons("330", *CHILDREN), persons("E23000014", *NOMINALS)
    night(left, right, none, one)
    adults = Model.load(max(MODELS.glob("perpetrators-*.json")))
    assert one.search("c", MODEL, FLOOR) is not None
    assert one.search("c", MODEL, 0.01) is None
    assert one.search("c", adults, FLOOR) is None
