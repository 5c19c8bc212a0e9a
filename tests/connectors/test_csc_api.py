"""The CSC API payload: documents, children and their placements."""

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from extract_examples import LA, NIGHT, rows, source_file
from payload_examples import (
    ONE,
    TWO,
    UPN,
    Document,
    child,
    placement,
    read_documents,
    refs,
)

from connectors import csc_api
from connectors.conformed import Conformed
from records.verdicts import FileOutcome

SAMPLE = Path(__file__).parent / "samples" / "csc-api"

Read = Callable[..., Conformed]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return lambda *documents: read_documents(tmp_path, documents)


FORMS: dict[str, tuple[object, list[str]]] = {
    "one child": (ONE, ["C1"]),
    "an array": ([ONE, TWO], ["C1", "C2"]),
    "an envelope of one": ({"la_code": 330, "Children": ONE}, ["C1"]),
    "an envelope of many": ({"la_code": "330", "children": [ONE, TWO]}, ["C1", "C2"]),
    "an array of envelopes": (
        [{"la_code": 330, "Children": ONE}, {"la_code": 330, "Children": [TWO]}],
        ["C1", "C2"],
    ),
    "a child with its own la_code": ({**ONE, "la_code": 330}, ["C1"]),
    "an envelope of nobody": ({"la_code": 330, "Children": None}, []),
    "nobody": ([], []),
}


@pytest.mark.parametrize(("document", "found"), FORMS.values(), ids=FORMS.keys())
def test_children_come_as(read: Read, document: object, found: list[str]) -> None:
    conformed = read(document)
    assert refs(conformed) == found
    assert conformed.verdicts[0].rows == len(found)
    assert conformed.problem == ""


def test_every_file_adds_its_children(read: Read) -> None:
    assert refs(read(ONE, [TWO])) == ["C1", "C2"]


def test_the_published_structure_is_read(read: Read) -> None:
    """The document of the specification, its types replaced by values."""
    text = (SAMPLE / "json_payload_structure.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```json\n(.*?)\n```", text, re.DOTALL)
    given = block.replace("Integer e.g. 20", "20").replace("123,", "330,")
    conformed = read(given.replace("YYYY-MM-DD", "2026-01-10"))
    assert conformed.rejects == []
    (found,) = conformed.tables["placements"].to_pylist()
    assert found["start"] == dt.date(2026, 1, 10)
    assert found["source_ref"] == "string"
    assert conformed.verdicts[0].accepted == 1


REFUSED = {
    "not JSON": ("{", "not JSON"),
    "a number": ("3", "neither an object nor an array"),
    "NaN": ('{"la_child_id": NaN}', "NaN is no JSON number"),
    "another authority's": (
        json.dumps({"la_code": 331, "Children": ONE}),
        "another authority's",
    ),
    "partly another authority's": (
        json.dumps([ONE, {**TWO, "la_code": 331}]),
        r"$[1].la_code",
    ),
    "nested without end": ("[" * 100_000, "nested"),
}


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_is_refused_that_is(read: Read, text: str, why: str) -> None:
    conformed = read(text)
    (verdict,) = conformed.verdicts
    assert verdict.outcome is FileOutcome.REFUSED
    assert why in verdict.problem
    assert why in conformed.problem
    assert refs(conformed) == []


def test_one_refused_document_does_not_spoil_the_others(read: Read) -> None:
    conformed = read(ONE, "{")
    assert refs(conformed) == ["C1"]
    assert conformed.problem == ""


def test_other_files_are_ignored(tmp_path: Path) -> None:
    file = source_file(tmp_path, "notes.txt", "hello", authority=LA)
    conformed = csc_api.conform(LA, [file], NIGHT)
    assert conformed.verdicts[0].outcome is FileOutcome.IGNORED


# Children that can't be read


MALFORMED = {
    "no object": ("C1", "bad_type", "$[1]"),
    "without reference": ({"la_child_id": " "}, "missing_ref", "$[1].la_child_id"),
    "with placements that are no array": (
        child(episode={"child_looked_after_placements": {"a": 1}}),
        "bad_type",
        "$[1].social_care_episodes[0].child_looked_after_placements",
    ),
    "with an episode that is no object": (
        child(placement(), social_care_episodes=["x"]),
        "bad_type",
        "$[1].social_care_episodes[0]",
    ),
    "with details that are no object": (
        {**ONE, "child_details": "Ann"},
        "bad_type",
        "$[1].child_details",
    ),
    "with a placement without start": (
        child(placement(), placement(start_date="soon")),
        "bad_date",
        "$[1].social_care_episodes[0].child_looked_after_placements[1].start_date",
    ),
    "with a purge that is neither true nor false": (
        child(placement(purge="perhaps")),
        "bad_value",
        "child_looked_after_placements[0].purge",
    ),
    "with a nameless placement to purge": (
        child(placement(child_looked_after_placement_id=None, purge=True)),
        "missing_ref",
        "child_looked_after_placements[0].child_looked_after_placement_id",
    ),
}


@pytest.mark.parametrize(
    ("document", "code", "path"), MALFORMED.values(), ids=MALFORMED.keys()
)
def test_a_child_is_rejected_whole_with_the_path(
    read: Read, document: object, code: str, path: str
) -> None:
    conformed = read([TWO, document])
    (reject,) = conformed.rejects
    assert (reject.code, reject.line) == (code, 2)
    assert path in reject.reason
    assert refs(conformed) == ["C2"]
    (verdict,) = conformed.verdicts
    assert (verdict.rows, verdict.accepted, verdict.rejected) == (2, 1, 1)


@pytest.mark.parametrize(
    "details",
    [
        {"date_of_birth": "02/03/2012"}, {"sex": "X"}, {"first_name": {"a": 1}},
        {"uasc_flag": "perhaps"}, {"unique_pupil_number": "nonsense"},
    ],
)  # fmt: skip
def test_other_faults_cost_a_value_and_no_child(read: Read, details: Document) -> None:
    conformed = read(child(placement(), details=details))
    assert refs(conformed) == ["C1"]
    assert conformed.rejects == []


def test_a_child_twice_is_one_or_a_contradiction(read: Read) -> None:
    changed = child(placement(), details={"surname": "Leigh"})
    conformed = read([ONE, ONE, changed])
    assert [(r.code, r.line, r.record_ref) for r in conformed.rejects] == [
        ("duplicate_ref", 3, "C1")
    ]
    assert rows(conformed.tables["children"], "surname") == [("Lee",)]


def test_no_value_gets_into_reasons_or_notes(read: Read) -> None:
    canary = "ZEBEDEE"
    faulty = child(
        placement(end_date=canary),
        details={"date_of_birth": canary, "unique_pupil_number": canary},
    )
    hopeless = child(placement(start_date=canary), ref="C3")
    conformed = read([faulty, hopeless])
    assert canary not in repr((conformed.verdicts, conformed.notes, conformed.rejects))


# What a document says


def test_a_child_and_its_placement(read: Read) -> None:
    conformed = read(
        child(
            placement(end_date="2026-06-05", end_reason="E11"),
            details={
                "unique_pupil_number": UPN, "former_unique_pupil_number": UPN,
                "postcode": "b1 1bb",
            },
        )
    )  # fmt: skip
    (found,) = conformed.tables["children"].to_pylist()
    assert (found["forename"], found["surname"], found["sex"]) == ("Ann", "Lee", "F")
    assert (found["dob"], found["ethnicity"]) == (dt.date(2012, 3, 2), "WBRI")
    (placed,) = conformed.tables["placements"].to_pylist()
    assert placed == {
        "authority": "330", "child_ref": "C1", "source_ref": "L1",
        "start": dt.date(2026, 1, 10), "end": dt.date(2026, 6, 5), "place_code": "U4",
        "provider_code": None, "urn": None, "postcode": "CV7 8QZ",
        "legal_status": None, "start_reason": "S", "end_reason": "E11",
        "temporary": False, "contradiction": None,
    }  # fmt: skip
    assert rows(conformed.tables["identifiers"], "type", "value") == [("upn", UPN)]
    addresses = rows(conformed.tables["child_addresses"], "kind", "postcode")
    assert addresses == [("home", "B1 1BB"), ("former", "CV7 8QZ")]


def test_placements_that_differ_by_a_legal_change_are_one(read: Read) -> None:
    conformed = read(
        child(
            placement(end_date="2026-03-01", end_reason="X1"),
            placement(
                child_looked_after_placement_id="L2", start_date="2026-03-01",
                start_reason="L",
            ),
        )
    )  # fmt: skip
    found = rows(conformed.tables["placements"], "source_ref", "start", "end")
    assert found == [("L1", dt.date(2026, 1, 10), None)]


def test_placements_of_all_social_care_episodes_are_one_history(read: Read) -> None:
    episodes = [
        {"child_looked_after_placements": [placement(end_date="2026-03-01",
                                                     end_reason="X1")]},
        {"child_looked_after_placements": [placement(start_date="2026-03-01",
                                                     start_reason="P",
                                                     placement_type="T1")]},
    ]  # fmt: skip
    conformed = read(child(social_care_episodes=episodes))
    found = rows(conformed.tables["placements"], "place_code", "end", "temporary")
    assert found == [("U4", None, False), ("T1", None, True)]


def test_children_without_placements_are_accepted_and_left_out(read: Read) -> None:
    conformed = read([child(), {"la_child_id": "C5"}, TWO])
    assert refs(conformed) == ["C2"]
    assert conformed.verdicts[0].accepted == 3
    assert conformed.notes == ["children_without_placements (accepted, left out): 2"]


@pytest.mark.parametrize(
    ("details", "unaccompanied"),
    [
        ({"uasc_flag": True}, True),
        ({"uasc_flag": True, "uasc_end_date": "2027-01-01"}, True),
        ({"uasc_flag": True, "uasc_end_date": "2026-01-01"}, False),
        ({"uasc_flag": False}, False),
        ({}, None),
    ],
)
def test_unaccompanied_by_flag_and_end(
    read: Read, details: Document, unaccompanied: bool | None
) -> None:
    conformed = read(child(placement(), details={**details, "postcode": "B1 1BB"}))
    assert rows(conformed.tables["children"], "uasc") == [(unaccompanied,)]
    kinds = rows(conformed.tables["child_addresses"], "kind")
    assert (("home",) in kinds) == (not unaccompanied)


def test_factors_answer_risks_unless_purged(read: Read) -> None:
    conformed = read(
        child(
            placement(),
            episode={
                "child_and_family_assessments": [
                    {"start_date": "2025-05-01", "factors": ["11A", "1A"]},
                    {"start_date": "2025-06-01", "factors": ["13A"], "purge": True},
                ]
            },
        )
    )
    risks = rows(conformed.tables["risks"], "indicator", "answer", "since")
    assert risks == [("cse_at_risk", True, dt.date(2025, 5, 1))]


@pytest.mark.parametrize(("purge", "count"), [(False, 1), (True, 0)])
def test_a_child_placed_for_adoption_is_shielded_unless_purged(
    read: Read, purge: bool, count: int
) -> None:
    adoption = {"placed_date": "2026-07-01", "purge": purge}
    conformed = read(child(placement(), episode={"adoption": adoption}))
    shielded = conformed.shielded
    assert (0 if shielded is None else shielded.num_rows) == count
