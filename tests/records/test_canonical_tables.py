"""The canonical tables: what every format becomes and everything after reads."""

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import schemas
from records.schemas import (
    CHILDREN_TABLES,
    PAIRS,
    PERSONS,
    POLICE_TABLES,
    RECORD_KEY,
    conform,
    empty,
)

TABLES = {**CHILDREN_TABLES, **POLICE_TABLES}
CANARY = "Zebedee-Canary"


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_who_sent_the_row_and_which_record_it_is_of(name):
    schema = TABLES[name]
    assert schema.names[0] == "authority"
    for column in ("authority", RECORD_KEY[name]):
        assert not schema.field(column).nullable


def test_every_table_and_no_other_has_a_record_key():
    assert set(RECORD_KEY) == set(TABLES)


@pytest.mark.parametrize("schema", [*TABLES.values(), PERSONS, PAIRS])
def test_an_empty_table_has_its_columns(schema):
    assert empty(schema).schema.equals(schema)
    assert conform([], schema).schema.equals(schema)


def test_a_missing_key_is_null_and_the_columns_stand_in_order():
    rows = [{"child_ref": "C1", "authority": "330"}]
    table = conform(rows, schemas.CHILDREN)
    assert table.schema.equals(schemas.CHILDREN)
    assert table.to_pylist()[0]["dob"] is None


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"child_ref": "C1"}, "column authority must be filled"),
        ({"authority": "330"}, "column child_ref must be filled"),
        ({"authority": "330", "child_ref": "C1", "name": CANARY}, "not columns.*name"),
        ({"authority": "330", "child_ref": "C1", "dob": CANARY}, "column dob holds"),
        ({"authority": "330", "child_ref": "C1", "uasc": CANARY}, "column uasc holds"),
        ({"authority": "330", "child_ref": 7}, "column child_ref holds"),
        ({"authority": "330", "child_ref": f"{CANARY}\ud800"}, "column child_ref"),
    ],
)
def test_a_wrong_row_is_refused_by_its_column_and_never_quoted(row, problem):
    with pytest.raises(ValueError, match=problem) as raised:
        conform([row], schemas.CHILDREN)
    assert CANARY not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@given(
    st.lists(
        st.fixed_dictionaries(
            {"authority": st.text(max_size=4), "child_ref": st.text(max_size=4)},
            optional={
                "dob": st.none() | st.dates(dt.date(1901, 1, 1)),
                "uasc": st.none() | st.booleans(),
                "surname": st.none() | st.text(),
            },
        )
    )
)
def test_what_goes_in_comes_out(rows):
    table = conform(rows, schemas.CHILDREN)
    assert table.num_rows == len(rows)
    for given_row, row in zip(rows, table.to_pylist(), strict=True):
        assert {**dict.fromkeys(schemas.CHILDREN.names), **given_row} == row


def test_a_required_column_must_exist():
    with pytest.raises(ValueError, match=r"not a column: \['nme'\]"):
        schemas._table(("name", pa.string()), required="nme")


def test_lists_and_evidence_go_in_as_they_are_written():
    part = {"comparison": "prior", "level": "", "left": None, "right": None}
    pair = {
        "left_authority": "330", "left_ref": "C1", "right_authority": "E23000014",
        "right_ref": "N1", "weight": -3.5, "probability": 0.1, "left_hash": "a",
        "right_hash": "b", "evidence": [{**part, "weight": -3.5}],
    }  # fmt: skip
    assert conform([pair], PAIRS).to_pylist() == [pair]
