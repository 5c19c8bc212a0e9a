"""A table that can't be linked is refused in words; one that can never is."""

import datetime as dt
import decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from linkage_world import (
    LONG,
    as_codes,
    assert_the_same,
    by_the_fast_engine,
    by_the_reference,
    numbers_for,
)

from matching.linkage.description import DescriptionRefused, description_of
from matching.linkage.encode import encode
from matching.linkage.oversize import blocks, oversize
from matching.linkage.tables import TableRefused
from matching.linkage.values import _SPELLED, plain_texts

COMPARISONS = {
    "name": {"kind": "text", "column": "name"},
    "born": {"kind": "date", "column": "born"},
    "number": {"kind": "identifier", "column": "number"},
}


def description(*rules, **comparisons):
    return description_of(
        {
            "id": "id",
            "comparisons": COMPARISONS | comparisons,
            "blocking": list(rules) or ["name", "born", "number"],
        }
    )


def table(ids=("a", "b"), **columns):
    whole = {
        "id": pa.array(ids),
        "name": pa.nulls(len(ids), pa.string()),
        "born": pa.nulls(len(ids), pa.date32()),
        "number": pa.nulls(len(ids), pa.string()),
    }
    return pa.table(whole | columns)


def found(left, right=None, *rules):
    """Pairs that share a key, whatever they weigh, by both engines."""
    what = description(*rules)
    numbers = numbers_for(what, 1)
    quick = by_the_fast_engine(what, numbers, (left, right), -1000.0)
    assert_the_same(quick, by_the_reference(what, numbers, (left, right), -1000.0))
    return quick


def levels(left, right, *rules):
    return {pair: level for pair, (_, level) in found(left, right, *rules).items()}


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(TableRefused, match=r"right table has no column 'born'.*name"):
        encode(description(), table(), table().drop_columns("born"))


def test_a_column_that_stands_there_twice_is_refused():
    twice = table().append_column("name", pa.array(["A", "B"]))
    with pytest.raises(TableRefused, match="two columns 'name'"):
        encode(description(), twice, None)


def test_records_without_an_id_are_counted():
    with pytest.raises(TableRefused, match="1 records of the input table have no id"):
        encode(description(), table(["a", None]), None)


@pytest.mark.parametrize(
    "ids",
    [
        pa.array(["a", "b", "a"]),
        pa.array(["a", "b", "a"]).dictionary_encode(),
        pa.array(["a", "b", "a"], pa.string_view()),
    ],
)
def test_an_id_that_names_two_records_is_named(ids):
    with pytest.raises(TableRefused, match="more than once, 'a' among them"):
        encode(description(), table(ids), None)


@pytest.mark.parametrize("ids", [[1.0, 2.0], [dt.date(2011, 2, 3)], [True]])
def test_an_id_is_a_text_or_a_whole_number(ids):
    with pytest.raises(TableRefused, match="ids as texts or as whole numbers"):
        encode(description(), table(pa.array(ids)), None)


@pytest.mark.parametrize(
    "values", [[[1], [2]], [b"a", b"b"], [dt.time(1), None], [dt.date(2011, 2, 3)] * 2]
)
def test_a_column_of_no_texts_is_refused_for_a_text(values):
    with pytest.raises(TableRefused, match="column name holds"):
        encode(description(), table(name=pa.array(values)), None)


def test_tables_without_records_have_no_pairs():
    for left, right in (
        (table([]), table()), (table(), table([])), (table([]), table([])),
        (table([]), None), (table(["a"]), None),
        (table(pa.array([], pa.null())), table()),
    ):  # fmt: skip
        assert found(left, right) == {}


def test_records_that_say_nothing_meet_nobody():
    assert found(table(), table()) == {}
    empty = table(name=pa.array(["", " "]), number=pa.array(["-", "."]))
    assert found(empty, empty) == {}


def test_what_can_not_be_read_is_counted_and_nothing_else_is():
    born = pa.array(["2011-02-03", "2011-02-30", "", None, "1500-01-01"])
    encoded = encode(description(), table(list("abcde"), born=born), None)
    assert encoded.unreadable == {"born": 2}


@pytest.mark.parametrize(
    "other",
    [
        pa.array([dt.date(2011, 2, 3)], pa.date64()),
        pa.array([dt.datetime(2011, 2, 3, 23, 59)], pa.timestamp("ns")),  # noqa: DTZ001
        pa.array([dt.datetime(2011, 2, 3)], pa.timestamp("s")),  # noqa: DTZ001
        pa.array([dt.datetime(2011, 2, 3, tzinfo=dt.UTC)], pa.timestamp("us", "UTC")),
        pa.array(["2011-02-03"], pa.large_string()),
        pa.array(["2011-02-03"]).dictionary_encode(),
        pa.array([20110203], pa.int64()),
        pa.array([20110203.0], pa.float64()),
    ],
    ids=lambda column: str(column.type),
)
def test_a_date_is_a_date_however_it_is_kept(other):
    left = table(["a"], born=pa.array([dt.date(2011, 2, 3)]))
    ((_, found_levels),) = levels(left, table(["a"], born=other), "born").items()
    assert found_levels["born"] == "exact"


def test_dates_beyond_any_calendar_are_nobodys():
    days = pa.array([2**31 - 1, -(2**31)], pa.int32()).cast(pa.date32())
    years = pa.array(["20110203", "99990203"])
    assert found(table(born=days), table(born=days)) == {}
    assert found(table(born=days), table(born=years)) == {}
    seconds = pa.array([2**62, 0], pa.int64()).cast(pa.timestamp("s"))
    assert encode(description(), table(born=seconds), None).unreadable == {"born": 1}
    assert len(found(table(born=seconds), table(born=seconds), "born")) == 1


@pytest.mark.parametrize(
    "kept",
    [
        pa.array([4857773456.0]),
        pa.array([4857773456]),
        pa.array([decimal.Decimal("4857773456")]),
        pa.array(["485 777 3456"]),
    ],
    ids=lambda column: str(column.type),
)
def test_a_number_is_one_number_however_it_is_kept(kept):
    left = table(["a"], number=pa.array(["4857773456"]))
    ((_, found_levels),) = levels(left, table(["a"], number=kept), "number").items()
    assert found_levels["number"] == "same"


def test_texts_as_codes_are_the_texts_that_they_stand_for():
    plain = pa.array(["ALMA ROAD", None, "ELM ROAD", "ALMA ROAD"])
    ids = ["a", "b", "c", "d"]
    as_texts = found(table(ids, name=plain), table(ids, name=plain), "name")
    assert len(as_texts) == 5
    codes = table(ids, name=as_codes(plain))
    assert found(codes, codes, "name") == as_texts
    assert found(codes, table(ids, name=plain), "name") == as_texts
    assert found(pa.concat_tables([codes[:1], codes[1:]]), codes, "name") == as_texts


@pytest.mark.parametrize("kind", ["forename", "surname", "text", "identifier", "code"])
@given(st.lists(st.text("ABUNKOWé.'’- _5", max_size=9), unique=True))
@example(
    ["O'REILLY", "AL-AMIN", "UNKNOWN-ABBOT", "A-B", "ABBOT-", "NO_SHOW", "-", "NK"]
)
def test_many_texts_are_spelt_as_each_is_by_itself(kind, texts):
    spell = _SPELLED[kind][0]
    found = plain_texts(pa.array(texts, pa.string()), kind)
    assert found.to_pylist() == [spell(text) for text in texts]


def test_a_fraction_that_is_not_a_number_is_missing():
    nan = pa.array([float("nan"), 1.5])
    assert len(found(table(number=nan), table(number=nan), "number")) == 1


def test_texts_of_many_letters_and_of_every_script_are_compared():
    names = ["محمد", "张伟", "Zoë 😀", "Ολυμπία", LONG, "A" * 3000, "A" * 2999 + "B"]
    both = table(
        [str(place) for place in range(len(names))],
        name=pa.array(names), number=pa.array(["1"] * len(names)),
    )  # fmt: skip
    outcome = levels(both, both, "number")
    for place in range(len(names)):
        assert outcome[place, place]["name"] == "exact"
    assert outcome[5, 6]["name"] == "jaro_winkler 0.92"
    assert outcome[0, 1]["name"] == "different"


def test_a_key_of_many_terms_is_never_taken_for_another():
    rng = np.random.default_rng(5)
    size = 300
    ids = list(range(size))
    columns = {
        "name": pa.array([f"N{one}" for one in rng.permutation(size)]),
        "born": pa.array(rng.integers(0, 20_000, size).astype(np.int32)).cast(
            pa.date32()
        ),
        "number": pa.array([str(one) for one in rng.permutation(size)]),
    }
    one = table(ids, **columns)
    rule = "born + name + number + born + name + number + swapped(born)"
    again = one.take(pa.array(ids[::-1]))
    outcome = found(one, again, rule, rule.rsplit(" + ", 1)[0])
    assert outcome.keys() == {(place, size - 1 - place) for place in range(size)}


def test_a_giant_block_is_refused_before_it_is_compared_with_a_record_of_it():
    name = pa.array(["UNKNOWN PERSON"] * 40 + [f"N{place}" for place in range(10)])
    ids = [f"r{place}" for place in range(50)]
    giant = table(ids, name=name)
    what = description("name")
    made = blocks(what, encode(what, giant, giant).work)
    assert [(one.pairs, one.keys, one.largest) for one in made] == [(1610, 11, 1600)]
    (fault,) = oversize(made, 1000, giant["id"].combine_chunks())
    assert "name makes 1,610 pairs, more than 1,000" in fault
    assert "40 left and 40 right records, record r0 among them" in fault
    alone = blocks(what, encode(what, giant, None).work)
    assert [one.pairs for one in alone] == [780]
    (fault,) = oversize(alone, 100, giant["id"].combine_chunks())
    assert "shared by 40 records" in fault
    assert oversize(made, 2e9, giant["id"].combine_chunks()) == []


def test_a_rule_that_no_records_share_makes_no_pairs():
    what = description("name", "born")
    made = blocks(what, encode(what, table(), table()).work)
    assert [(one.pairs, one.example) for one in made] == [(0, -1), (0, -1)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"blocking": [{"left": "name", "right": "born"}]}, "a date meets a date only"),
        ({"blocking": [{"left": "name", "right": "name + born"}]}, "not as many terms"),
        ({"blocking": ["surname"]}, "'surname' is no term"),
        ({"blocking": ["year(name)"]}, "year does not suit name"),
        ({"blocking": []}, "at least one rule"),
        ({"household": True}, "needs a comparison of kind surname"),
        ({"household": "yes"}, "true or false"),
        ({"threshold": 1.5}, "between 0 and 1"),
        ({"id": 7}, "name the column"),
        ({"titel": "x"}, "'titel' is no key"),
    ],
)
def test_a_mistake_in_a_description_is_said_where_it_stands(change, said):
    raw = {"id": "id", "comparisons": COMPARISONS, "blocking": ["name"]}
    with pytest.raises(DescriptionRefused, match=said):
        description_of(raw | change)


@pytest.mark.parametrize(
    ("levels_", "said"),
    [
        (["jaro_winkler 0.9", "exact", "different"], "must stand first"),
        (["exact", "same", "different"], "stands there twice"),
        (["exact", "jaro_winkler 92", "different"], "between 0 and 1"),
        (["exact", "sector", "different"], "no level 'sector' for kind text"),
        (["exact"], "at least two"),
        (["exact", "one_edit"], "must hold different"),
    ],
)
def test_levels_that_make_no_sense_are_refused(levels_, said):
    with pytest.raises(DescriptionRefused, match=said):
        description(name={"kind": "text", "column": "name", "levels": levels_})


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("2011-01-01", "2011-07-19", "first_of_january"),
        ("2011-07-19", "2011-01-01", "first_of_january"),
        ("2011-01-01", "2011-01-02", "first_of_january"),
        ("2011-01-01", "2011-01-01", "exact"),
        ("2012-01-01", "2011-07-19", "different"),
        ("2011-01-02", "2011-07-19", "different"),
    ],
)
def test_a_date_of_which_only_the_year_was_known_fits_any_of_that_year(
    one, other, level
):
    number = pa.array(["1"])
    outcome = levels(
        table(["a"], born=pa.array([one]), number=number),
        table(["a"], born=pa.array([other]), number=number),
        "number",
    )
    assert outcome[0, 0]["born"] == level
