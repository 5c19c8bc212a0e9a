"""The Standard Safeguarding Dataset: its files, its children and their risks."""

import datetime as dt
from pathlib import Path

import pytest
from extract_examples import rows
from ssd_examples import Night, Row, care, person, placement, sound_extract

from connectors.ssd_people import read_address
from connectors.ssd_tables import ADDS, COLUMNS, REQUIRED
from records.verdicts import FileOutcome


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return sound_extract(tmp_path)


def test_a_table_is_known_by_its_name_in_any_case(night: Night) -> None:
    night.files["SSD_Person.CSV"] = night.files.pop("ssd_person.csv")
    assert rows(night.read().tables["children"], "surname") == [("Lee",)]


def test_other_files_are_ignored(night: Night) -> None:
    night.files["ssd_early_help_episodes.csv"] = "earl_episode_id\n1\n"
    night.files["ssd_person.txt"] = "hello"
    outcomes = {v.file: v.outcome for v in night.read().verdicts}
    assert outcomes["ssd_early_help_episodes.csv"] is FileOutcome.IGNORED
    assert outcomes["ssd_person.txt"] is FileOutcome.IGNORED


@pytest.mark.parametrize("table", REQUIRED)
def test_without_a_required_table_the_extract_is_refused(
    night: Night, table: str
) -> None:
    del night.files[f"{table}.csv"]
    assert f"{table}.csv is not there" in night.read().problem


@pytest.mark.parametrize("table", REQUIRED)
def test_a_required_table_without_its_columns_is_refused(
    night: Night, table: str
) -> None:
    night.files[f"{table}.csv"] = "something_else\n1\n"
    conformed = night.read()
    assert f"{table}.csv: required columns are missing" in conformed.problem


@pytest.mark.parametrize("table", ADDS)
def test_another_table_is_reported_when_absent_and_unread_when_refused(
    night: Night, table: str
) -> None:
    conformed = night.read()
    assert conformed.problem == ""
    assert any(note.startswith(f"{table}.csv is not there") for note in conformed.notes)
    night.files[f"{table}.csv"] = "something_else\n1\n"
    conformed = night.read()
    assert conformed.problem == ""
    assert conformed.unread == ADDS[table][1]


def test_tables_with_no_rows_are_read(night: Night) -> None:
    for table in COLUMNS:
        night.table(table)
    conformed = night.read()
    assert conformed.problem == ""
    assert conformed.tables["children"].num_rows == 0


# Children


def test_only_people_in_care_are_children(night: Night) -> None:
    night.table("ssd_person", person(), person("P2"), person("P3"))
    conformed = night.read()
    assert rows(conformed.tables["children"], "child_ref") == [("P1",)]
    assert "people_not_looked_after (accepted, left out): 2" in conformed.notes
    (people,) = (v for v in conformed.verdicts if v.file == "ssd_person.csv")
    assert (people.rows, people.accepted) == (3, 3)


def test_a_child_that_ssd_person_lacks_is_kept(night: Night) -> None:
    conformed = night.care(care(), care("P9")).read()
    children = rows(conformed.tables["children"], "child_ref", "surname")
    assert children == [("P1", "Lee"), ("P9", None)]
    assert any("children_not_in_ssd_person" in note for note in conformed.notes)


def test_a_child_has_everything_the_tables_say(night: Night) -> None:
    night.table("ssd_person", person(sex="", gender="02", death_date="2026-11-01"))
    (child,) = night.read().tables["children"].to_pylist()
    assert (child["sex"], child["ethnicity"]) == ("F", "WBRI")
    assert child["dob"] == dt.date(2012, 3, 2)
    assert child["death_date"] == dt.date(2026, 11, 1)
    assert child["uasc"] is None


def test_numbers_come_from_the_person_and_the_linked_identifiers(
    night: Night,
) -> None:
    night.table("ssd_person", person(common_child_id="943 476 5919"))
    night.table(
        "ssd_linked_identifiers",
        *(
            {
                "link_person_id": "P1", "link_identifier_type": kind,
                "link_identifier_value": value,
            }
            for kind, value in (
                ("Home Office Registration", "A1234567"), ("NHS Number", "1234567890"),
                ("Case Number", "77"), ("nhs number", "9434765919"),
            )
        ),
    )  # fmt: skip
    conformed = night.read()
    assert rows(conformed.tables["identifiers"], "type", "value") == [
        ("nhs", "9434765919"),
        ("home_office", "A1234567"),
    ]
    (linked,) = (v for v in conformed.verdicts if "linked" in v.file)
    assert "identifier_type that is no evidence, left out: 1" in linked.notes
    assert "invalid_identifier link_identifier_value: 1" in linked.notes


def involvement(**changes: str) -> Row:
    return {
        "invo_person_id": "P1", "invo_professional_id": "W1",
        "invo_professional_role_id": "Allocated Case Worker",
        "invo_professional_team": "Team East",
        "invo_involvement_start_date": "2026-02-01",
        **{f"invo_{name}": value for name, value in changes.items()},
    }  # fmt: skip


PROFESSIONALS = (
    {
        "prof_professional_id": "W1",
        "prof_professional_name": "Jo Bloggs",
        "prof_professional_job_title": "Social Worker",
    },
    {
        "prof_professional_id": "W2",
        "prof_professional_name": "Sam Patel",
        "prof_professional_job_title": "Health Visitor",
    },
)

WORKERS = {
    "the allocated worker": ([involvement()], "Jo Bloggs"),
    "not one whose involvement is over": (
        [involvement(involvement_end_date="2026-03-01")],
        None,
    ),
    "nor one that has yet to begin": (
        [involvement(involvement_start_date="2026-12-24")],
        None,
    ),
    "nor a health visitor": (
        [
            involvement(),
            involvement(
                professional_id="W2",
                professional_role_id="Visitor",
                involvement_start_date="2026-06-01",
            ),
        ],
        "Jo Bloggs",
    ),
    "the one who began last": (
        [
            involvement(professional_id="W2", involvement_start_date="2026-06-01"),
            involvement(),
        ],
        "Sam Patel",
    ),
    "nobody known": ([involvement(professional_id="W9")], None),
}


@pytest.mark.parametrize(("involved", "name"), WORKERS.values(), ids=WORKERS.keys())
def test_the_social_worker_is(
    night: Night, involved: list[Row], name: str | None
) -> None:
    night.table("ssd_professionals", *PROFESSIONALS)
    night.table("ssd_involvements", *involved)
    assert rows(night.read().tables["children"], "social_worker") == [(name,)]


# Addresses


ADDRESSES = {
    "keys in quotes": (
        '{"HOUSE": "12", "STREET": "High St", "TOWN": "Hull", "UPRN": "000123"}',
        ("12 High St, Hull", "123"),
    ),
    "keys without quotes": (
        '{ FLAT: "2a", BUILDING: "The Mill", STREET: "High St", UPRN: "" }',
        ("2a, The Mill, High St", None),
    ),
    "lower case and numbers": (
        '{"house": 12, "street": "High St", "uprn": 123}',
        ("12 High St", "123"),
    ),
    "nothing in it": ('{"HOUSE": "", "TOWN": null}', (None, None)),
    "a placeholder": ('{"STREET": "High St", "UPRN": "unknown"}', ("High St", None)),
    "no address": ("12 High St", None),
    "a list": ('["12 High St"]', None),
}


@pytest.mark.parametrize(("text", "read"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_an_address_is_read_from(
    text: str, read: tuple[str | None, str | None] | None
) -> None:
    assert read_address(text) == read


def test_addresses_join_those_of_the_placements(night: Night) -> None:
    def address(kind: str, postcode: str, end: str = "", json: str = "") -> Row:
        return {
            "addr_person_id": "P1", "addr_address_type": kind,
            "addr_address_postcode": postcode, "addr_address_end_date": end,
            "addr_address_json": json,
        }  # fmt: skip

    night.table(
        "ssd_address",
        address("Home", "B11BB"),
        address("Primary Address", "B22BB", end="2025-01-01"),
        address("Placement", "CV78QZ", json='{"HOUSE":"1","STREET":"A St"}'),
        {**address("Home", "B33BB"), "addr_person_id": "P9"},
    )
    found = rows(night.read().tables["child_addresses"], "kind", "postcode", "line")
    assert found == [
        ("home", "B1 1BB", None),
        ("former", "B2 2BB", None),
        ("placement", "CV7 8QZ", "1 A St"),
    ]


# Risks


def spell(**changes: str) -> Row:
    return {
        "miss_person_id": "P1", "miss_missing_episode_start_date": "2026-06-05",
        "miss_missing_episode_type": "M", "miss_missing_rhi_offered": "Y",
        **{f"miss_missing_{name}": value for name, value in changes.items()},
    }  # fmt: skip


def test_time_missing_is_kept_and_answers_the_risk(night: Night) -> None:
    night.table(
        "ssd_missing",
        spell(rhi_accepted="N"),
        spell(episode_type="Away without authorisation", rhi_offered=""),
        spell(episode_start_date="?"),
        {**spell(), "miss_person_id": "P9"},
    )
    conformed = night.read()
    spells = rows(
        conformed.tables["missing_episodes"],
        "kind", "start", "interview_offered", "interview_accepted",
    )  # fmt: skip
    start = dt.date(2026, 6, 5)
    assert spells == [("M", start, True, False), ("A", start, None, None)]
    assert [(r.code, r.line) for r in conformed.rejects] == [("bad_date", 4)]
    risks = rows(conformed.tables["risks"], "child_ref", "indicator", "answer", "since")
    assert risks == [("P1", "missing", True, start)]


def test_factors_of_assessments_answer_risks(night: Night) -> None:
    night.table(
        "ssd_cin_assessments",
        {"cina_assessment_id": "A1", "cina_person_id": "P1",
         "cina_assessment_start_date": "2025-05-01"},
        {"cina_assessment_id": "A2", "cina_person_id": "P1"},
    )  # fmt: skip
    night.table(
        "ssd_assessment_factors",
        {"cinf_assessment_id": "A1", "cinf_assessment_factors_json": '["1A","11A"]'},
        {"cinf_assessment_id": "A2",
         "cinf_assessment_factors_json": '{"11A": "No", "13A": "No", "24A": "Yes"}'},
        {"cinf_assessment_id": "A9", "cinf_assessment_factors_json": '["12A"]'},
    )  # fmt: skip
    conformed = night.read()
    assert [r.code for r in conformed.rejects] == ["orphan"]
    risks = rows(conformed.tables["risks"], "indicator", "answer", "since")
    assert risks == [
        ("cse_at_risk", True, dt.date(2025, 5, 1)),
        ("gang", False, None),
        ("cce", True, None),
    ]


@pytest.mark.parametrize(
    ("status", "end", "unaccompanied"),
    [
        ("Unaccompanied Asylum Seeking Child", "", True),
        ("UASC", "2027-01-01", True),
        ("UASC", "2026-01-01", False),
        ("Refugee Status", "", None),
    ],
)
def test_unaccompanied_by_immigration_status(
    night: Night, status: str, end: str, unaccompanied: bool | None
) -> None:
    night.table(
        "ssd_immigration_status",
        {"immi_person_id": "P1", "immi_immigration_status": status,
         "immi_immigration_status_end_date": end},
    )  # fmt: skip
    assert rows(night.read().tables["children"], "uasc") == [(unaccompanied,)]


def test_no_name_or_value_gets_into_notes_and_reasons(night: Night) -> None:
    canary = "ZEBEDEE"
    night.table("ssd_person", person(forename=canary, dob=canary, sex=canary))
    night.placed(placement(cla_placement_type=canary, cla_placement_end_date=canary))
    night.table("ssd_missing", spell(episode_start_date=canary))
    conformed = night.read()
    assert canary not in repr((conformed.verdicts, conformed.notes, conformed.rejects))
