"""The benchmark's people: seeded, as many as asked, and wrong as often as published."""

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from benchmarks.linkage.errors import RATES, nhs_numbers, with_typos
from benchmarks.linkage.generator import Size, generate
from benchmarks.linkage.population import TWIN, population, postcode_texts
from benchmarks.linkage.vocabulary import ORIGINS, vocabulary
from records.identifiers import canonical_nhs
from records.postcodes import canonical_postcode

SIZE = Size(6_000, 9_000, 4_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("people")
    generate(SIZE, 7, made)
    return made


@pytest.fixture(scope="module")
def both(folder):
    """The two records of each true pair, as columns."""
    truth = pq.read_table(folder / "truth.parquet")
    sides = {}
    for side in ("left", "right"):
        table = pq.read_table(folder / f"{side}.parquet")
        rows = pc.index_in(truth[f"{side}_id"], table["rec_id"])
        assert rows.null_count == 0
        sides[side] = table.take(rows)
    return sides["left"], sides["right"]


def differing(both, column):
    """Share of true pairs with two values that are not the same."""
    said = pc.drop_null(pc.not_equal(both[0][column], both[1][column]))
    return pc.mean(said).as_py()


def test_the_tables_have_the_size_that_was_asked(folder):
    sizes = {
        name: pq.read_metadata(folder / f"{name}.parquet").num_rows
        for name in ("left", "right", "truth", "origins")
    }
    assert sizes == {"left": 6_000, "right": 9_000, "truth": 4_000, "origins": 6_000}


def test_the_same_seed_makes_the_same_bytes_and_another_other_people(folder, tmp_path):
    generate(SIZE, 7, tmp_path / "again")
    generate(SIZE, 8, tmp_path / "other")

    def content(root: Path) -> list[bytes]:
        return [path.read_bytes() for path in sorted(root.glob("*.parquet"))]

    assert content(folder) == content(tmp_path / "again")
    assert content(folder) != content(tmp_path / "other")


def test_a_record_is_in_one_true_pair_at_most(folder):
    truth = pq.read_table(folder / "truth.parquet")
    for column in ("left_id", "right_id"):
        assert len(pc.unique(truth[column])) == len(truth)


@pytest.mark.parametrize("column", ["postcode", "sex", "dob", "nhs", "given_name"])
def test_values_are_missing_as_often_as_published(folder, column):
    what = {"dob": "birth", "given_name": "forename"}.get(column, column)
    for side in ("left", "right"):
        table = pq.read_table(folder / f"{side}.parquet")
        share = table[column].null_count / len(table)
        rate = getattr(RATES[f"no_{what}"], side)
        assert abs(share - rate) < 4 * (rate * (1 - rate) / len(table)) ** 0.5 + 1e-3


def test_true_pairs_differ_about_as_often_as_the_rates_say(both):
    moved = RATES["moved"].left + RATES["moved"].right
    assert moved * 0.8 < differing(both, "postcode") < moved + 0.05
    assert 0.02 < differing(both, "dob") < 0.08
    assert 0.10 < differing(both, "surname") < 0.25
    assert 0.04 < differing(both, "given_name") < 0.12
    assert differing(both, "sex") < 0.01


def test_day_and_month_change_places_in_one_date_of_a_hundred(both):
    left, right = (table["dob"] for table in both)
    turned = pc.and_(
        pc.equal(pc.day(left), pc.month(right)), pc.equal(pc.month(left), pc.day(right))
    )
    share = pc.mean(pc.and_(turned, pc.not_equal(left, right))).as_py()
    rate = RATES["day_and_month"]
    assert 0.4 * (rate.left + rate.right) < share < 2 * (rate.left + rate.right)


def test_households_share_a_surname_and_an_address_and_twins_a_birthday():
    people = population(np.random.default_rng(3), vocabulary(), 30_000)
    same_house = people.household[1:] == people.household[:-1]
    assert (people.postcode[1:] == people.postcode[:-1])[same_house].all()
    assert (people.surname[1:] == people.surname[:-1])[same_house].mean() > 0.7
    twins = same_house & (people.birth[1:] == people.birth[:-1])
    assert 0.1 * TWIN < twins.mean() < TWIN
    assert people.birth.max() <= 20_779


def test_common_names_are_common_and_most_names_are_rare():
    people = population(np.random.default_rng(3), vocabulary(), 200_000)
    counts = np.sort(np.bincount(people.surname))[::-1] / len(people.surname)
    assert 0.008 < counts[0] < 0.02
    assert counts[2_000:].sum() > 0.2
    assert set(np.unique(people.origin)) == set(range(len(ORIGINS)))


def test_identifiers_and_postcodes_are_of_the_right_form():
    people = np.arange(5_000)
    numbers = nhs_numbers(people)
    assert len(np.unique(numbers)) == len(people)
    assert all(canonical_nhs(str(number)) == str(number) for number in numbers)
    codes = postcode_texts(np.arange(0, 250_000, 97))
    assert len(set(codes)) == len(codes)
    assert all(canonical_postcode(code) == code for code in codes)


@given(st.lists(st.text("ABCDEFGHIJ", min_size=1, max_size=12), min_size=1), st.data())
def test_a_typo_is_one_or_two_edits_and_spares_short_names(names, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    spoilt = with_typos(rng, np.array(names, dtype=bytes)).astype(str)
    for name, other in zip(names, spoilt.tolist(), strict=True):
        assert OSA.distance(name, other) <= (2 if len(name) > 2 else 0)


def test_a_pair_needs_a_record_on_each_side():
    with pytest.raises(ValueError, match="each side"):
        Size(10, 5, 6)
