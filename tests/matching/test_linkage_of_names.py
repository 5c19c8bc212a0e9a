"""Names in each other's column, and codes that go with a forename."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linkage_world import (
    assert_the_same,
    by_the_fast_engine,
    by_the_reference,
    numbers_for,
)
from two_towns import described, towns

from matching.linkage.cells import counter
from matching.linkage.description import DescriptionRefused, description_of
from matching.linkage.encode import encode, slots
from matching.linkage.learn import learn
from matching.linkage.namesakes import Namesakes, namesakes
from matching.linkage.numbers import Numbers, Rates
from matching.linkage.pairs import pairs_table
from matching.linkage.why import in_words, why

NAMES = {
    "forename": {"kind": "forename", "column": "f"},
    "surname": {"kind": "surname", "column": "s"},
    "sex": {"kind": "code", "column": "x"},
    "born": {"kind": "date", "column": "d"},
}
RULES = ["x", "d", {"left": "f + s", "right": "s + f"}, "f"]


def describing(rules=("sex", "born"), **other):
    return description_of(
        {"id": "id", "comparisons": NAMES, "blocking": list(rules)} | other
    )


def people(*rows, prefix=""):
    columns = {
        name: pa.array([row[place] for row in rows], pa.string())
        for place, name in enumerate(("f", "s", "x", "d"))
    }
    return pa.table({"id": [f"{prefix}{n}" for n in range(len(rows))], **columns})


def levels_of(one, other):
    description = describing()
    sides = (
        people((*one, "F", "2011-02-03"), prefix="l"),
        people((*other, "F", "2011-02-03"), prefix="r"),
    )
    found = by_the_fast_engine(description, numbers_for(description, 1), sides, -1e3)
    return {name: level for name, level in found[0, 0][1].items() if "name" in name}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("AMAR", "SINGH"), ("SINGH", "AMAR")),
        (("Anna Maria", "de Vries"), ("De-Vries", "AnnaMaria")),
        (("HANNAH", "THOMPSON"), ("THOMPSN", "HANNAH")),
        (("HANNAH", "THOMPSON"), ("THOMPSON", "HANAH")),
    ],
)
def test_names_in_each_others_column_are_swapped(one, other):
    swapped = {"forename": "swapped", "surname": "swapped"}
    assert levels_of(one, other) == levels_of(other, one) == swapped


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("THOMAS", "THOMAS"), ("THOMAS", "THOMAS")),
        (("JAMES", "THOMAS"), ("JAMES", "THOMAS")),
        (("JAMES", "THOMAS"), ("THOMAS", None)),
        (("JAMES", None), (None, "JAMES")),
        (("HANNAH", "THOMPSON"), ("THOMPSN", "HANAH")),
        (("SMITH", "SMYTHE"), ("SMYTH", "SMYTHE")),
        (("SMITH", "OKAFOR"), ("SMYTH", "SMITH")),
    ],
)
def test_names_that_are_the_same_or_missing_or_other_names_are_not_swapped(one, other):
    for outcome in (levels_of(one, other), levels_of(other, one)):
        assert not {"swapped", "half_swapped"} & set(outcome.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("JAMES", "THOMAS"), ("THOMAS", "OKAFOR")),
        (("GRACE", "CARDALE"), ("WESTHURST", "GRACE")),
        (("LIAM", "MORGAN"), ("MORGAN", "WILLIAM")),
    ],
)
def test_one_name_in_the_others_column_is_half_swapped_where_the_rest_differs(
    one, other
):
    half = {"forename": "half_swapped", "surname": "swapped"}
    assert levels_of(one, other) == levels_of(other, one) == half


def test_half_swapped_names_weigh_more_where_the_name_that_both_have_is_rare():
    description = describing(["born"])
    numbers = numbers_for(description, 3)
    born = "F", "2011-02-03"
    ours = people(("GRACE", "CARDALE", *born), ("KIM", "OKAFOR", *born))
    others = [("KIM", "LEE"), ("ANN", "KIM")] * 20
    theirs = people(
        ("WESTHURST", "GRACE", *born), ("AMAR", "KIM", *born),
        *((*name, *born) for name in others),
    )  # fmt: skip
    found = by_the_fast_engine(description, numbers, (ours, theirs), -1e3)
    rare, common = found[0, 0], found[1, 1]
    assert rare[1]["forename"] == common[1]["forename"] == "half_swapped"
    assert rare[0] > common[0] + 3


FEW = st.sampled_from(
    ["AMAR", "SINGH", "SINGHE", "HANNAH", "HANAH", "THOMPSON", "THOMPSN", "LIZ",
     "ELIZABETH", "A", "VAN DYKE", "VANDYKE", "THOMAS", None]
)  # fmt: skip
RECORDS = st.lists(
    st.tuples(FEW, FEW, st.sampled_from(["F", "M", None]), st.just("2011-02-03")),
    max_size=8,
)
NAMED = {**NAMES, "sex": {"kind": "code", "column": "x", "frequencies": True}}
SOME_RULES = st.lists(
    st.sampled_from(
        ["born", "sex", "forename", {"left": "forename + surname",
                                     "right": "surname + forename"}]
    ),
    min_size=1, max_size=3,
)  # fmt: skip


@given(
    st.booleans(), st.booleans(), SOME_RULES, RECORDS, RECORDS,
    st.sampled_from([-1e3, -5.0, 0.0, 8.0]), st.integers(0, 20), st.booleans(),
)  # fmt: skip
def test_both_engines_agree_on_names_in_each_others_column(
    frequencies, kin, rules, ours, theirs, line, seed, alone
):
    comparisons = {
        name: one | {"frequencies": frequencies} if "name" in name else one
        for name, one in NAMED.items()
    }
    comparisons["postcode"] = {"kind": "postcode", "column": "s"}
    description = describing(rules, comparisons=comparisons, household=kin)
    numbers = numbers_for(description, seed)
    sides = people(*ours), None if alone else people(*theirs)
    plain = by_the_reference(description, numbers, sides, line)
    for pruned in (True, False):
        quick = by_the_fast_engine(description, numbers, sides, line, pruned=pruned)
        assert_the_same(quick, plain)
    encoded = encode(description, *sides)
    for pair, (bits, levels) in plain.items():
        told = why(description, numbers, encoded, pair)
        parts = [told.prior, *(part.bits for part in told.parts), told.household]
        assert abs(math.fsum(parts) - bits) < 1e-5
        assert {part.name: part.level for part in told.parts} == levels


@settings(max_examples=settings.default.max_examples // 4)
@given(FEW, FEW, FEW, FEW, st.integers(0, 20))
def test_a_pair_weighs_the_same_whichever_of_its_records_stands_first(f, s, g, t, seed):
    description = describing(["born"])
    numbers = numbers_for(description, seed)
    rows = [(f, s, "F", "2011-02-03"), (g, t, "F", "2011-02-03")]
    found = [
        by_the_fast_engine(description, numbers, (people(*order), None), -1e3)[0, 1]
        for order in (rows, rows[::-1])
    ]
    assert found[0][1] == found[1][1]
    assert abs(found[0][0] - found[1][0]) < 1e-9


def test_swapped_names_that_are_rare_where_they_stand_weigh_more():
    description = describing(["born"])
    numbers = numbers_for(description, 3)
    born = "F", "2011-02-03"
    ours = people(("AMAR", "SINGH", *born), ("JAMES", "THOMAS", *born))
    either_way = [("JAMES", "LEE"), ("KIM", "THOMAS"), ("THOMAS", "LEE"),
                  ("KIM", "JAMES")]  # fmt: skip
    usual = [("AMAR", "LEE"), ("KIM", "SINGH"), ("AMAR", "LEE"), ("KIM", "SINGH")]
    theirs = people(
        ("SINGH", "AMAR", *born), ("THOMAS", "JAMES", *born),
        *((*name, *born) for name in (either_way + usual) * 20),
    )  # fmt: skip
    found = by_the_fast_engine(description, numbers, (ours, theirs), -1e3)
    assert found[0, 0][1]["forename"] == found[1, 1][1]["forename"] == "swapped"
    assert found[0, 0][0] > found[1, 1][0] + 3


def test_the_explanation_of_swapped_names_weighs_them_once():
    description = describing(["born"])
    numbers = numbers_for(description, 2)
    sides = (
        people(("AMAR", "SINGH", "M", "2011-02-03")),
        people(("SINGH", "AMAR", "M", "1960-09-09")),
    )
    told = why(description, numbers, encode(description, *sides), (0, 0))
    forename, surname, *_ = told.parts
    assert (forename.level, surname.level) == ("swapped", "swapped")
    assert surname.bits == 0
    assert forename.enough is None
    assert surname.enough is None
    said = " ".join(in_words(told, description))
    assert "forename: swapped. Forename and surname stand in each other's" in said
    assert "surname: swapped. What the forename weighs is for both." in said


def test_a_forename_by_itself_can_not_be_swapped():
    alone = {name: one for name, one in NAMES.items() if name != "surname"}
    description = describing(comparisons=alone)
    assert description.comparison("forename").swapped is None
    alone["forename"] = NAMES["forename"] | {
        "levels": ["exact", "swapped", "different"]
    }
    with pytest.raises(DescriptionRefused, match="swapped needs a comparison of kind"):
        describing(comparisons=alone)


def test_half_swapped_stands_beside_swapped_only():
    by_itself = NAMES["forename"] | {"levels": ["exact", "half_swapped", "different"]}
    with pytest.raises(DescriptionRefused, match="half_swapped stands beside swapped"):
        describing(comparisons=NAMES | {"forename": by_itself})


def test_how_often_names_are_swapped_is_learnt():
    left, right, truth = towns(left=1500, right=3000, both=1200)
    rng = np.random.default_rng(5)
    turned = rng.random(right.num_rows) < 0.06
    names = [right[name].to_numpy(zero_copy_only=False) for name in NAMES_OF_TOWNS]
    for place, name in enumerate(NAMES_OF_TOWNS):
        mixed = np.where(turned, names[1 - place], names[place])
        at = right.column_names.index(name)
        right = right.set_column(at, name, pa.array(mixed, pa.string()))
    description = described()
    encoded = encode(description, left, right)
    learnt = learn(description, encoded, left["ref"], right["ref"])
    forename = description.comparison("forename")
    rates = learnt.numbers.rates["forename"]
    assert rates.m[forename.swapped] == pytest.approx(0.06, abs=0.03)
    surname = learnt.numbers.rates["surname"]
    assert rates.u[forename.swapped] == pytest.approx(
        rates.u[0] * surname.u[0], rel=0.05
    )
    table = pairs_table(
        description, learnt.found.reaching(0.0), left["ref"], right["ref"]
    )
    pairs = zip(
        table["left_id"].to_pylist(), table["right_id"].to_pylist(),
        table["forename_level"].to_pylist(), table["surname_level"].to_pylist(),
        strict=True,
    )  # fmt: skip
    swapped = [pair[:2] for pair in pairs if pair[2:] == ("swapped", "swapped")]
    assert len(set(swapped) & truth) > 40
    assert len(set(swapped) - truth) < 5


NAMES_OF_TOWNS = ("forename", "surname")


def test_pairs_with_one_forename_are_counted_with_their_codes():
    rows = [("ANN", "A", "F", "2011-02-03"), ("ANN", "B", "F", "2011-02-03"),
            ("KIM", "C", "F", "2011-02-03"), ("KIM", "D", "M", "2011-02-03"),
            ("KIM", "E", None, "2011-02-03"),
            (None, "F", "F", "2011-02-03")]  # fmt: skip
    description = describing(
        ["born"],
        comparisons={**NAMES, "postcode": {"kind": "postcode", "column": "s"}},
        household=True,
    )
    encoded = encode(description, people(*rows), people(*rows))
    assert namesakes(description, encoded)[0] == Namesakes(pairs=8, same=6)
    encoded = encode(description, people(*rows), None)
    assert namesakes(description, encoded)[0] == Namesakes(pairs=2, same=1)
    assert set(namesakes(describing(["born"]), encoded)) == {None}


def test_names_that_can_not_be_read_are_nobodys_namesakes():
    rows = ("UNKNOWN", "?", "F", "2011-02-03"), (None, None, "F", "2011-02-03")
    description = describing(
        ["born"],
        comparisons={**NAMES, "postcode": {"kind": "postcode", "column": "s"}},
        household=True,
    )
    encoded = encode(description, people(*rows), None)
    assert namesakes(description, encoded)[0] == Namesakes(pairs=0, same=0)


def test_pairs_of_one_person_are_no_strangers_with_one_forename():
    share, other = Namesakes(pairs=10_000, same=9_000).rates(0.5, (4_000, 3_900))
    assert share == pytest.approx((5_100 + 50) / 6_100)
    assert share + other == 1
    assert Namesakes(pairs=10, same=10).rates(0.5, (20, 15))[0] == 0.5
    assert Namesakes(pairs=1e13, same=1e13).rates(0.5)[1] == pytest.approx(1e-6)


def nearly_all_namesakes_share_the_sex(description):
    """Numbers that say so, and that nothing else weighs anything."""
    alike = {
        one.name: tuple(np.full(len(one.levels), 1 / len(one.levels)).tolist())
        for one in description.comparisons
    }
    rates = {name: Rates(each, each) for name, each in alike.items()}
    rates["sex"] = Rates((0.99, 0.01), (0.5, 0.5), (), (0.99, 0.01))
    return Numbers(rates, matches=1)


def test_a_code_that_goes_with_the_forename_says_no_more_than_that():
    description = describing(["born"])
    numbers = nearly_all_namesakes_share_the_sex(description)
    rows = ("ANN", "BERG", "F", "2011-02-03"), ("ANN", "BERG", "M", "2011-02-03")
    encoded = encode(description, people(rows[0], ("JO", *rows[0][1:])), people(*rows))
    told = why(description, numbers, encoded, (0, 0))
    by_name = {part.name: part for part in told.parts}
    assert by_name["sex"].bits == pytest.approx(0, abs=1e-5)
    assert by_name["sex"].given == pytest.approx(-math.log2(0.99 / 0.5), abs=1e-5)
    said = " ".join(in_words(told, description))
    assert "of that -0.99 because the forename is the same" in said
    told = why(description, numbers, encoded, (0, 1))
    assert {part.name: part for part in told.parts}["sex"].bits == pytest.approx(0)
    told = why(description, numbers, encoded, (1, 0))
    assert {part.name: part for part in told.parts}["sex"].given == 0


@pytest.mark.parametrize(
    ("rule", "bits"), [("forename + surname", 0.0), ("born", -1.0)]
)
def test_how_namesakes_agree_is_told_once_where_a_rule_asks_for_the_forename(
    rule, bits
):
    """Its own strangers are all namesakes, and learning sees how they agree."""
    description = describing([rule])
    numbers = nearly_all_namesakes_share_the_sex(description)
    table = people(("ANN", "BERG", "F", "2011-02-03"))
    encoded = encode(description, table, table)
    count = counter(description, encoded, numbers, (table["id"], table["id"]))
    names = [one.name for one in slots(description)]
    asked = [names.index(name) for name in rule.split(" + ")]
    cells = count.of_rule(encoded.work, 0, sorted({*asked, names.index("surname")}))
    assert cells.rarity.tolist() == [bits]  # of 0.99, in half bits


def test_the_sex_that_a_forename_tells_is_learnt_as_saying_nothing():
    left, right, _ = towns(left=1500, right=3000, both=1200)
    sides = []
    for table in (left, right):
        sexes = ["FM"[len(name) % 2] for name in table["forename"].to_pylist()]
        at = table.column_names.index("sex")
        sides.append(table.set_column(at, "sex", pa.array(sexes)))
    description = described(household=True)
    encoded = encode(description, *sides)
    learnt = learn(description, encoded, left["ref"], right["ref"])
    rates = learnt.numbers.rates["sex"]
    assert rates.namesakes[0] > 0.98
    assert learnt.numbers.rates["dob"].namesakes == ()
