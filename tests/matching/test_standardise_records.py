"""From canonical rows to the one form in which records are compared."""

import datetime as dt
import hashlib
import json

import pytest

from matching.standardise import child_persons, concern_persons, nominal_persons
from records.schemas import CHILDREN_TABLES, PERSONS, POLICE_TABLES, conform

ON = dt.date(2026, 11, 22)
CHILD = {"authority": "330", "child_ref": "c1"}
NOMINAL = {"authority": "E23000014", "nominal_ref": "n1"}


def tables_of(schemas, **rows):
    return {
        name: conform(rows.get(name, []), schema) for name, schema in schemas.items()
    }


def child(others=None, **said):
    tables = tables_of(CHILDREN_TABLES, children=[CHILD | said], **(others or {}))
    (row,) = child_persons(tables, ON).to_pylist()
    return row


def nominal(others=None, **said):
    rows = [{"restricted": False} | NOMINAL | said]
    tables = tables_of(POLICE_TABLES, nominals=rows, **(others or {}))
    (row,) = nominal_persons(tables, ON).to_pylist()
    return row


def concern(*rows):
    rows = [
        {"authority": "330", "person_ref": "p1", "concern": "cse_suspect"} | row
        for row in rows
    ]
    tables = tables_of(CHILDREN_TABLES, persons_of_concern=rows)
    return concern_persons(tables, ON).to_pylist()


def names(row):
    return [f"{n['forename'] or ''}/{n['surname'] or ''}" for n in row["names"]]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"forename": "Zoë", "surname": "O’Brien"}, ["ZOE/OBRIEN"]),
        (
            {"forename": "Alexandra", "surname": "Smith", "known_as": "Lexi"},
            ["ALEXANDRA/SMITH", "LEXI/SMITH"],
        ),
        (
            {"forename": "Alexandra", "surname": "Smith", "known_as": "Lexi Smith"},
            ["ALEXANDRA/SMITH", "LEXI/SMITH"],
        ),
        (
            {"forename": "Ali", "surname": "Khan", "former_surname": "Shah; Mir-Shah"},
            ["ALI/KHAN", "ALI/MIR SHAH", "ALI/SHAH"],
        ),
        (
            {"forename": "A", "surname": "B", "known_as": "C", "former_surname": "D"},
            ["A/B", "A/D", "C/B", "C/D"],
        ),
        (
            {"forename": "Mohammed", "surname": "Khan", "middle_names": "Ali"},
            ["MOHAMMED/KHAN", "MOHAMMED ALI/KHAN"],
        ),
        ({"forename": "Baby", "surname": "Smith"}, ["/SMITH"]),
        ({"forename": "UNKNOWN", "surname": "DUPLICATE_123"}, []),
        ({"known_as": "Lexi", "surname": "Smith"}, ["/SMITH", "LEXI/SMITH"]),
        ({}, []),
    ],
)
def test_names_of_a_child(said, expected):
    assert names(child(**said)) == expected


@pytest.mark.parametrize(
    ("said", "aliases", "expected"),
    [
        ({"forename1": "Jack", "surname": "Brown"}, [], ["JACK/BROWN"]),
        (
            {"forename1": "Jack", "forename2": "Lee", "surname": "Brown"},
            [],
            ["JACK/BROWN", "JACK LEE/BROWN"],
        ),
        (
            {"forename1": "Anna", "surname": "Brown"},
            [{"surname": "Green"}, {"forename": "Annie"}, {"forename": "MIG_ERROR_1"}],
            ["ANNA/BROWN", "ANNA/GREEN", "ANNIE/BROWN"],
        ),
        (
            {"forename1": "NO_SHOW", "surname": "Brown"},
            [{"forename": "Jay", "surname": "Black"}],
            ["/BROWN", "JAY/BLACK"],
        ),
    ],
)
def test_names_of_a_nominal(said, aliases, expected):
    rows = [NOMINAL | alias for alias in aliases]
    assert names(nominal({"nominal_aliases": rows}, **said)) == expected


def test_a_nominals_own_date_of_birth_comes_before_its_aliases():
    aliases = [
        NOMINAL | {"dob": dob}
        for dob in (dt.date(2011, 5, 5), dt.date(2009, 5, 5), dt.date(1900, 1, 1))
    ]
    row = nominal({"nominal_aliases": aliases}, dob=dt.date(2010, 3, 12))
    assert row["dobs"] == [
        dt.date(2010, 3, 12),
        dt.date(2009, 5, 5),
        dt.date(2011, 5, 5),
    ]


@pytest.mark.parametrize(
    "dob", [dt.date(1900, 1, 1), dt.date(1850, 6, 6), dt.date(2027, 1, 9), None]
)
def test_a_placeholder_date_of_birth_is_none(dob):
    assert child(dob=dob)["dobs"] == []
    assert child(dob=dob)["weak_day_and_month"] is False
    assert nominal(dob=dob, dob_estimated=True)["dobs"] == []


@pytest.mark.parametrize(
    ("day", "uasc", "weak"),
    [
        (dt.date(2010, 1, 1), None, True),
        (dt.date(2010, 3, 15), True, True),
        (dt.date(2010, 3, 15), False, False),
        (dt.date(2010, 3, 15), None, False),
        (dt.date(2010, 3, 14), True, False),
    ],
)
def test_a_childs_day_and_month_by_convention_are_weak(day, uasc, weak):
    assert child(dob=day, uasc=uasc)["weak_day_and_month"] is weak


def test_an_estimated_date_of_birth_is_weak():
    day = dt.date(2010, 6, 7)
    assert nominal(dob=day, dob_estimated=True)["weak_day_and_month"] is True
    assert nominal(dob=day, dob_estimated=False)["weak_day_and_month"] is False
    assert nominal(dob=day)["weak_day_and_month"] is False


@pytest.mark.parametrize(
    ("said", "expected"),
    [("F", "F"), ("M", "M"), ("U", None), ("N", None), (None, None)],
)
def test_an_unknown_sex_is_none(said, expected):
    assert child(sex=said)["sex"] == nominal(sex=said)["sex"] == expected


def test_postcodes_of_all_addresses_and_placements_count_without_placeholders():
    others = {
        "child_addresses": [
            CHILD | {"kind": "home", "postcode": "CV7 8QZ"},
            CHILD | {"kind": "former", "postcode": "NF1 1NF"},
            CHILD | {"kind": "former", "postcode": "somewhere"},
        ],
        "placements": [
            CHILD | {"start": ON, "temporary": False, "postcode": "B1 1AA"},
            CHILD | {"start": ON, "temporary": False, "postcode": "CV7 8QZ"},
            CHILD | {"start": ON, "temporary": False},
        ],
    }
    assert child(others)["postcodes"] == ["B1 1AA", "CV7 8QZ"]
    addresses = [NOMINAL | {"postcode": code} for code in ("B1 1AA", "NF1 1FA", None)]
    assert nominal({"nominal_addresses": addresses})["postcodes"] == ["B1 1AA"]


def test_only_identifiers_that_are_evidence_are_kept():
    held = [
        {"authority": authority, "record_ref": ref, "type": kind, "value": value}
        for authority, ref in (("330", "c1"), ("E23000014", "n1"))
        for kind, value in [("upn", "b"), ("nhs", "a"), ("other", "c"), ("nhs", "a")]
    ]
    expected = [{"type": "nhs", "value": "a"}, {"type": "upn", "value": "b"}]
    assert child({"identifiers": held})["identifiers"] == expected
    assert nominal({"identifiers": held})["identifiers"] == expected


def test_a_reference_of_another_authority_lends_nothing():
    other = {
        "authority": "331",
        "child_ref": "c1",
        "kind": "home",
        "postcode": "B1 1AA",
    }
    assert child({"child_addresses": [other]})["postcodes"] == []


def test_names_of_a_person_of_concern():
    (row,) = concern(
        {
            "forename": "Lee",
            "surname": "Black",
            "aliases": ["Le Roy White", "Spider", "UNKNOWN"],
        }
    )
    assert names(row) == ["LEE/BLACK", "LE ROY/WHITE", "SPIDER/BLACK"]


def test_several_concerns_are_one_record():
    (row,) = concern(
        {"forename": "Lee", "surname": "Black", "dob": dt.date(1990, 5, 5)},
        {
            "forename": "Lee",
            "surname": "Black",
            "concern": "trafficking_suspect",
            "sex": "M",
            "postcode": "B1 1AA",
        },
    )
    assert (row["sex"], row["postcodes"]) == ("M", ["B1 1AA"])


def test_the_content_hash_is_of_all_the_rest():
    row = child(forename="Jack", surname="Brown", dob=dt.date(2010, 3, 12), sex="M")
    rest = {name: value for name, value in row.items() if name != "content_hash"}
    canonical = json.dumps(
        rest, sort_keys=True, separators=(",", ":"), default=dt.date.isoformat
    )
    assert row["content_hash"] == hashlib.sha256(canonical.encode()).hexdigest()
    assert (
        child(forename="Jack", surname="Brown")["content_hash"] != row["content_hash"]
    )


def test_the_order_of_rows_changes_nothing():
    aliases = [
        NOMINAL | {"forename": name, "dob": dt.date(2000 + place, 5, 5)}
        for place, name in enumerate("ZYX")
    ]
    addresses = [NOMINAL | {"postcode": code} for code in ("CV7 8QZ", "B1 1AA")]
    said = {"forename1": "Jack", "surname": "Brown", "dob": dt.date(2010, 3, 12)}
    there = {"nominal_aliases": aliases, "nominal_addresses": addresses}
    back = {name: rows[::-1] for name, rows in there.items()}
    assert nominal(there, **said) == nominal(back, **said)


def test_persons_have_exactly_the_shared_shape_in_order_of_their_keys():
    rows = [CHILD | {"child_ref": ref} for ref in ("c2", "c10", "c1")]
    tables = tables_of(CHILDREN_TABLES, children=rows)
    table = child_persons(tables, ON)
    assert table.schema == PERSONS
    assert table.column("record_ref").to_pylist() == ["c1", "c10", "c2"]
    assert child_persons(tables_of(CHILDREN_TABLES), ON).schema == PERSONS
