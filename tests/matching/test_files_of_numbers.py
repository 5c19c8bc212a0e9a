"""A linkage's numbers are released as a file that never changes, or not at all."""

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_towns import DESCRIPTION, described

from matching.linkage.number_files import (
    NumbersRefused,
    load_numbers,
    save_numbers,
)
from matching.linkage.numbers import Numbers, Rates
from matching.pooling import pooled

RELEASED = dt.date(2026, 11, 28)
TOLD = "600 records searched for among 1500, no labels"


def rates(size, household=()):
    u = [0.001 * 2**place for place in range(size - 1)]
    m = [0.8 / 2**place for place in range(size - 1)]
    total = sum(m) + 0.001
    m = [each / total for each in m]
    return Rates((*m, 1 - sum(m)), (*u, 1 - sum(u)), household)


def numbers(description=None):
    of = {
        one.name: rates(len(one.levels))
        for one in (description or described()).comparisons
    }
    return Numbers(of, matches=400.0)


def with_rates(name, found):
    one = numbers()
    return replace(one, rates=one.rates | {name: found})


def saved(found, folder):
    return save_numbers(described(), found, TOLD, RELEASED, folder)


def test_saved_numbers_come_back_the_same(tmp_path):
    path = saved(numbers(), tmp_path)
    assert path.name.startswith("linkage-2026-11-28-")
    assert load_numbers(path, described()) == numbers()
    assert saved(numbers(), tmp_path) == path


def test_households_come_back_as_well(tmp_path):
    found = replace(
        with_rates("sex", rates(2, household=(0.4, 0.6))), household_share=1e-5
    )
    assert load_numbers(saved(found, tmp_path), described()) == found


def test_how_namesakes_agree_comes_back_as_well(tmp_path):
    found = with_rates("sex", replace(rates(2), namesakes=(0.97, 0.03)))
    assert load_numbers(saved(found, tmp_path), described()) == found
    wrong = with_rates("sex", replace(rates(2), namesakes=(0.97, 0.04)))
    with pytest.raises(NumbersRefused, match=r"sex: namesakes sums to 1\.01"):
        saved(wrong, tmp_path)


def test_swapped_names_may_weigh_more_than_a_forename_that_is_the_same(tmp_path):
    forename = described().comparison("forename")
    others = len(forename.levels) - 1
    m, u = [0.7 / others] * (others + 1), [0.1] * (others + 1)
    m[forename.swapped], u[forename.swapped] = 0.3, 1e-6
    u[-1] = 1 - 0.1 * (others - 1) - 1e-6
    found = with_rates("forename", Rates(tuple(m), tuple(u)))
    assert load_numbers(saved(found, tmp_path), described()) == found


def test_a_changed_number_is_noticed(tmp_path):
    path = saved(numbers(), tmp_path)
    path.write_text(path.read_text().replace("400.0", "401.0"))
    with pytest.raises(NumbersRefused, match="not what was released"):
        load_numbers(path, described())


def test_a_missing_file_says_where_to_find_one(tmp_path):
    with pytest.raises(NumbersRefused, match="--save-model wrote"):
        load_numbers(tmp_path / "linkage-2026-11-28-000000000000.json", described())


def test_numbers_for_other_comparisons_are_refused(tmp_path):
    path = saved(numbers(), tmp_path)
    fewer = {
        name: one for name, one in DESCRIPTION["comparisons"].items() if name != "sex"
    }
    with pytest.raises(NumbersRefused, match=r"made for the comparisons .*sex"):
        load_numbers(path, described(comparisons=fewer))


def test_numbers_for_other_levels_are_refused(tmp_path):
    path = saved(numbers(), tmp_path)
    other = DESCRIPTION["comparisons"] | {
        "dob": {"kind": "date", "column": "dob", "levels": ["exact", "different"]}
    }
    with pytest.raises(NumbersRefused, match="of dob, not exact, different"):
        load_numbers(path, described(comparisons=other))


def test_a_stronger_agreement_that_weighs_less_is_not_released(tmp_path):
    wrong = with_rates("sex", Rates((0.1, 0.9), (0.5, 0.5)))
    with pytest.raises(NumbersRefused, match="sex: same weighs less than different"):
        saved(wrong, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Rates((1.0, 0.0), (0.5, 0.5)), "m must have a number between 0 and 1"),
        (Rates((0.9, 0.1), (0.5,)), "u must have a number .* 2 levels"),
        (Rates((0.9, 0.2), (0.5, 0.5)), "m sums to 1.1"),
    ],
)
def test_what_is_no_probability_is_not_released(found, words, tmp_path):
    with pytest.raises(NumbersRefused, match=f"sex: {words}"):
        saved(with_rates("sex", found), tmp_path)


def test_no_matches_are_not_released(tmp_path):
    with pytest.raises(NumbersRefused, match="must exceed 0"):
        saved(replace(numbers(), matches=0.0), tmp_path)


def test_a_family_is_a_plain_word(tmp_path):
    with pytest.raises(NumbersRefused, match="small letters"):
        save_numbers(described(), numbers(), TOLD, RELEASED, tmp_path, "a-b/c")


def test_a_file_without_a_models_shape_is_refused(tmp_path):
    from matching.released import hash_of

    path = tmp_path / f"linkage-2026-11-28-{hash_of(b'{}')}.json"
    path.write_bytes(b"{}")
    with pytest.raises(NumbersRefused, match="learn it again"):
        load_numbers(path, described())


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(1e-6, 1), st.floats(1e-6, 1)), min_size=2, max_size=8)
)
def test_pooled_levels_can_always_be_released(pairs):
    totals = sum(m for m, _ in pairs), sum(u for _, u in pairs)
    m = [one / totals[0] for one, _ in pairs]
    u = [other / totals[1] for _, other in pairs]
    found = pooled(m, u)
    assert sum(found) == pytest.approx(1)
    weights = Rates(tuple(found), tuple(u)).weights()
    assert all(more >= less - 2e-6 for more, less in itertools.pairwise(weights))
