"""People are numerous, various and written down as badly as in life."""

import datetime as dt
import itertools
import statistics
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_examples import Made

from records.dates import age_on
from records.identifiers import (
    canonical_cro,
    canonical_home_office,
    canonical_nhs,
    canonical_pnc,
    canonical_upn,
)
from records.names import plain_name
from synthetic import naming, noise, numbers
from synthetic.chance import Chance, Weighted, quotas
from synthetic.people import person


@given(st.integers(1, 10_000), st.lists(st.floats(0.01, 50), min_size=1, max_size=9))
def test_shares_sum_to_the_whole_and_are_near_their_weight(
    total: int, weights: list[float]
) -> None:
    shares = quotas(total, dict(enumerate(weights)))
    assert sum(shares.values()) == total
    for key, weight in enumerate(weights):
        assert abs(shares[key] - total * weight / sum(weights)) < 1


@given(st.integers(), st.text(), st.text())
def test_two_purposes_draw_apart_and_one_purpose_draws_alike(
    seed: int, one: str, other: str
) -> None:
    def draws(purpose: str) -> list[float]:
        chance = Chance(seed, purpose)
        return [chance.fraction() for _ in range(5)]

    assert draws(one) == draws(one)
    assert (draws(one) == draws(other)) == (one == other)


@given(st.lists(st.integers(), max_size=30), st.integers())
def test_shuffling_keeps_everything(items: list[int], seed: int) -> None:
    assert Counter(Chance(seed).shuffled(items)) == Counter(items)


def test_weights_come_out_in_the_long_run() -> None:
    chance, wheel = Chance(1), Weighted([("rare", 1), ("often", 9)])
    drawn = Counter(wheel.pick(chance) for _ in range(20_000))
    assert drawn["rare"] / 20_000 == pytest.approx(0.1, abs=0.01)


def test_nothing_to_choose_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to choose"):
        Weighted([("never", 0)])


@given(st.integers(0, 8_999_999))
def test_identifiers_pass_their_checks(serial: int) -> None:
    assert canonical_nhs(numbers.nhs_number(serial)) == numbers.nhs_number(serial)
    upn = numbers.upn("330", 2014, serial)
    assert canonical_upn(upn) == upn
    pnc = numbers.pnc_id(2004, serial)
    assert canonical_pnc(pnc) == pnc
    cro = numbers.cro_number(1998, serial)
    assert canonical_cro(cro) == cro


def test_no_nhs_number_is_given_twice_or_could_be_anybodys() -> None:
    given_out = [numbers.nhs_number(serial) for serial in range(20_000)]
    assert len(set(given_out)) == len(given_out)
    assert all(number.startswith("9") for number in given_out)


def test_every_origin_has_names_for_everybody() -> None:
    chance = Chance(1, "names")
    for origin in naming.NATIONALITY | dict.fromkeys(("british", "irish", "welsh")):
        for sex in "FM":
            who = person(chance, "P-1", dt.date(2010, 5, 5), None, origin)
            assert plain_name(naming.forename(chance, origin, sex))
            assert plain_name(who.name.surname)
            assert who.ethnicity in naming.SELF_DEFINED


def test_some_surnames_are_common_and_most_are_rare(demo: Made) -> None:
    names = Counter(
        row["surname"].casefold()
        for force in demo.spec.forces
        for row in demo.rows(force.code, "nominals.csv")
    )
    assert len(names) > 4_000
    commonest = sum(count for _, count in names.most_common(10))
    assert 0.08 < commonest / sum(names.values()) < 0.25


def test_names_carry_the_marks_that_make_them_hard(demo: Made) -> None:
    surnames = {row["pers_surname"] for row in demo.rows("330", "ssd_person.csv")}
    surnames |= {row["surname"] for row in demo.rows("E23000014", "nominals.csv")}
    assert any(name.startswith("O'") for name in surnames)
    assert any(name.startswith("Mc") for name in surnames)
    assert any("-" in name for name in surnames)
    assert any(not name.isascii() for name in surnames)


def test_looked_after_children_are_mostly_teenagers_and_all_under_18(
    demo: Made,
) -> None:
    current = {(row["placing_la"], row["child_ref"]) for row in demo.placements()}
    ages = [
        age_on(row["dob"], demo.spec.first_date)
        for row in demo.true("children")
        if (row["authority"], row["child_ref"]) in current
    ]
    assert min(ages) == 0
    assert max(ages) == 17
    assert statistics.median(ages) >= 11
    assert 0.2 < sum(age < 10 for age in ages) / len(ages) < 0.5


def test_nominals_are_mostly_adults_with_some_young_ones(demo: Made) -> None:
    ages = [
        age_on(dt.date.fromisoformat(row["dob"]), demo.spec.first_date)
        for row in demo.rows("E23000014", "nominals.csv")
        if row["dob"] > "1901"
    ]
    young = sum(age < 20 for age in ages) / len(ages)
    assert 0.05 < young < 0.35
    assert statistics.median(ages) > 25


def test_brothers_sisters_and_twins_are_there(demo: Made) -> None:
    families = defaultdict(list)
    for row in demo.true("children"):
        families[row["household"]].append(row)
    siblings = [family for family in families.values() if len(family) > 1]
    assert len(siblings) >= 20
    twins = [
        pair
        for family in siblings
        for pair in itertools.combinations(family, 2)
        if pair[0]["dob"] == pair[1]["dob"]
        and pair[0]["person_id"] != pair[1]["person_id"]
    ]
    assert twins


def test_one_person_may_be_under_two_authorities(demo: Made) -> None:
    people = Counter(row["person_id"] for row in demo.true("children"))
    assert max(people.values()) == 2


def test_unaccompanied_children_often_have_the_15th_for_a_birthday(
    demo: Made,
) -> None:
    days = [row["dob"].day for row in demo.true("children") if row["uasc"]]
    assert len(days) >= 15
    assert sum(day == 15 for day in days) / len(days) > 0.35


RATES = {
    "alias": (0.10, 0.15),
    "surname_change": (0.07, 0.09),
    "punctuation": (0.04, 0.06),
    "transposed_date": (0.007, 0.013),
    "typo": (0.025, 0.035),
    "name_order": (0.015, 0.025),
    "no_postcode": (0.12, 0.14),
}
"""The brief's noise model, with room for chance in 40,000 records."""


@pytest.mark.parametrize("kind", RATES)
def test_police_records_are_as_noisy_as_the_model_says(demo: Made, kind: str) -> None:
    rows = demo.true("nominals")
    share = sum(kind in row["noise"] for row in rows) / len(rows)
    low, high = RATES[kind]
    assert low <= share <= high


def test_one_person_has_one_to_six_nominals_in_a_force(demo: Made) -> None:
    held = Counter(
        (row["authority"], row["person_id"]) for row in demo.true("nominals")
    )
    counts = Counter(held.values())
    assert set(range(1, 7)) <= set(counts)
    assert counts[1] > counts[2] > counts[3]
    assert max(counts) <= 8  # one is known in another force, or recorded again


def test_what_noise_does_can_be_seen_in_the_record(demo: Made) -> None:
    marks = {
        (row["authority"], row["nominal_ref"]): set(row["noise"])
        for row in demo.true("nominals")
    }
    for force in demo.spec.forces:
        postcodes = defaultdict(set)
        for row in demo.rows(force.code, "addresses.csv"):
            postcodes[row["nominal_ref"]].add(row["postcode"])
        aliased = {row["nominal_ref"] for row in demo.rows(force.code, "aliases.csv")}
        for row in demo.rows(force.code, "nominals.csv"):
            ref = row["nominal_ref"]
            noise_of = marks[force.code, ref]
            assert ("no_postcode" in noise_of) == (not any(postcodes[ref]))
            if ref in aliased:
                assert "alias" in noise_of
            if "unknown_birth" in noise_of:
                assert row["dob"] in {"", "1900-01-01"}
            elif "first_january" in noise_of:
                assert row["dob"].endswith("-01-01")


@given(st.integers(), st.sampled_from(["Sam", "Jo", "Mohammed", "Anne-Marie", "Ng"]))
def test_a_typo_never_touches_the_first_letter_nor_loses_the_name(
    seed: int, name: str
) -> None:
    slipped = noise.typo(Chance(seed), name)
    assert slipped[0] == name[0]
    assert abs(len(slipped) - len(name)) <= 1


def test_placeholders_of_police_systems_occur(demo: Made) -> None:
    rows = [
        row
        for force in demo.spec.forces
        for row in demo.rows(force.code, "nominals.csv")
    ]
    names = {row["surname"].split("_")[0] for row in rows if "_" in row["surname"]}
    assert names == {"MIG", "NO", "DUPLICATE"}
    assert any(row["forename1"] == "UNKNOWN" for row in rows)
    assert any(row["dob"] == "1900-01-01" for row in rows)
    postcodes = {
        row["postcode"]
        for force in demo.spec.forces
        for row in demo.rows(force.code, "addresses.csv")
    }
    assert {"NF1 1NF", "NF1 1FA"} <= postcodes


def test_identifiers_in_extracts_are_valid_and_rarely_shared(demo: Made) -> None:
    nhs = {row["nhs_number"] for row in demo.rows("860", "identities.csv")} - {""}
    assert all(canonical_nhs(number) for number in nhs)
    rows = demo.rows("E23000014", "identifiers.csv")
    assert all(
        {"nhs": canonical_nhs, "home_office": canonical_home_office}[row["type"]](
            row["value"]
        )
        for row in rows
    )
    assert 0 < len(rows) < 30
