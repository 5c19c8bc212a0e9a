"""The Standard Safeguarding Dataset: tables that refer to each other, as children."""

import datetime as dt
from pathlib import Path

import pytest
from extract_examples import LA, NIGHT, csv_of, rows, source_file

from connectors import ssd
from connectors.conformed import Conformed
from connectors.ssd_care import code, letter
from connectors.ssd_people import read_address
from connectors.ssd_tables import ADDS, COLUMNS, REQUIRED
from records.verdicts import FileOutcome

Row = dict[str, str]


def person(ref: str = "P1", **changes: str) -> Row:
    return {
        "pers_person_id": ref, "pers_forename": "Ann", "pers_surname": "Lee",
        "pers_sex": "F", "pers_ethnicity": "WBRI", "pers_dob": "2012-03-02",
        **{f"pers_{name}": value for name, value in changes.items()},
    }  # fmt: skip


def care(ref: str = "P1", **changes: str) -> Row:
    return {
        "clae_cla_episode_id": "E1", "clae_person_id": ref,
        "clae_cla_placement_id": "L1", "clae_cla_episode_start_date": "2026-01-10",
        "clae_cla_episode_start_reason": "S",
        **{f"clae_{name}": value for name, value in changes.items()},
    }  # fmt: skip


def placement(ref: str = "P1", **changes: str) -> Row:
    return {
        "clap_cla_placement_id": "L1", "clap_person_id": ref,
        "clap_cla_placement_start_date": "2026-01-10", "clap_cla_placement_type": "U4",
        "clap_cla_placement_postcode": "CV78QZ",
        **{f"clap_{name}": value for name, value in changes.items()},
    }  # fmt: skip


class Night:
    """The tables of one extract, written and read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, str] = {}

    def table(self, name: str, *given: Row) -> "Night":
        self.files[f"{name}.csv"] = csv_of(COLUMNS[name].names, given)
        return self

    def care(self, *given: Row) -> "Night":
        return self.table("ssd_cla_episodes", *given)

    def placed(self, *given: Row) -> "Night":
        return self.table("ssd_cla_placement", *given)

    def read(self) -> Conformed:
        sources = [
            source_file(self.folder, name, content, authority=LA)
            for name, content in sorted(self.files.items())
        ]
        conformed = ssd.conform(LA, sources, NIGHT)
        assert sorted(v.file for v in conformed.verdicts) == sorted(self.files)
        for verdict in conformed.verdicts:
            rejects = [r for r in conformed.rejects if r.file == verdict.file]
            assert len(rejects) == verdict.rejected
        return conformed

    def placements(self, *columns: str) -> list[tuple[object, ...]]:
        return rows(self.read().tables["placements"], *columns)


@pytest.fixture
def night(tmp_path: Path) -> Night:
    start = Night(tmp_path).table("ssd_person", person())
    return start.care(care()).placed(placement())


# Files


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


# Placements


def test_a_placement_is_told_by_three_tables(night: Night) -> None:
    night.table(
        "ssd_legal_status",
        {"lega_person_id": "P1", "lega_legal_status": "C2 - Full care order",
         "lega_legal_status_start_date": "2026-01-10"},
    )  # fmt: skip
    night.placed(
        placement(
            cla_placement_urn="SC123456",
            cla_placement_provider="PR4 - Private",
            cla_placement_start_date="10/01/2026",
        )
    )
    (found,) = night.read().tables["placements"].to_pylist()
    assert found == {
        "authority": "330", "child_ref": "P1", "source_ref": "L1",
        "start": dt.date(2026, 1, 10), "end": None, "place_code": "U4",
        "provider_code": "PR4", "urn": "SC123456", "postcode": "CV7 8QZ",
        "legal_status": "C2", "start_reason": "S", "end_reason": None,
        "temporary": False,
    }  # fmt: skip


def test_placements_that_differ_by_a_legal_change_are_one(night: Night) -> None:
    night.care(
        care(cla_episode_ceased_date="2026-03-01", cla_episode_ceased_reason="X1"),
        care(
            cla_placement_id="L2",
            cla_episode_start_date="2026-03-01",
            cla_episode_start_reason="L - Change of legal status only",
        ),
    )
    night.placed(
        placement(cla_placement_end_date="2026-03-01"),
        placement(cla_placement_id="L2", cla_placement_start_date="2026-03-01"),
    )
    assert night.placements("source_ref", "start", "end") == [
        ("L1", dt.date(2026, 1, 10), None)
    ]


def test_a_placement_that_holds_several_episodes_has_the_first_and_last_reason(
    night: Night,
) -> None:
    night.care(
        care(cla_episode_ceased_date="2026-03-01", cla_episode_ceased_reason="X1"),
        care(
            cla_episode_start_date="2026-03-01", cla_episode_start_reason="L",
            cla_episode_ceased_date="2026-06-05", cla_episode_ceased_reason="E4A",
        ),
    )  # fmt: skip
    night.placed(placement(cla_placement_end_date="2026-06-05"))
    assert night.placements("start_reason", "end_reason") == [("S", "E4A")]


def test_reasons_are_found_by_date_when_no_episode_names_the_placement(
    night: Night,
) -> None:
    night.care(
        care(
            cla_placement_id="", cla_episode_ceased_date="2026-03-01",
            cla_episode_ceased_reason="E3",
        )
    )  # fmt: skip
    night.placed(placement(cla_placement_end_date="2026-03-01"))
    assert night.placements("start_reason", "end_reason") == [("S", "E3")]


def test_a_temporary_placement_leaves_its_base_standing(night: Night) -> None:
    night.care(
        care(cla_episode_ceased_date="2026-11-20", cla_episode_ceased_reason="X1"),
        care(
            cla_placement_id="L2",
            cla_episode_start_date="2026-11-20",
            cla_episode_start_reason="P",
        ),
    )
    night.placed(
        placement(cla_placement_end_date="2026-11-20"),
        placement(
            cla_placement_id="L2",
            cla_placement_start_date="2026-11-20",
            cla_placement_type="T1",
        ),
    )
    found = night.placements("source_ref", "end", "temporary")
    assert found == [("L1", None, False), ("L2", None, True)]


def test_a_placement_is_its_episodes_when_it_names_no_person(night: Night) -> None:
    night.placed(placement(""))
    assert night.placements("child_ref") == [("P1",)]
    night.care(care(cla_placement_id="", cla_id="A1"))
    night.placed(placement("", cla_id="A1"))
    assert night.placements("child_ref") == [("P1",)]


def test_a_placement_of_nobody_is_rejected(night: Night) -> None:
    night.placed(placement(), placement("", cla_placement_id="L9"))
    (reject,) = night.read().rejects
    assert (reject.code, reject.line, reject.record_ref) == ("orphan", 3, "L9")


def test_a_start_that_cant_be_read_is_taken_from_the_episode(night: Night) -> None:
    night.placed(placement(cla_placement_start_date="soon"))
    assert night.placements("start", "end") == [(dt.date(2026, 1, 10), None)]


def test_a_placement_without_any_start_is_rejected_and_the_child_stays_in_view(
    night: Night,
) -> None:
    night.care(care(cla_placement_id="L7"))
    night.placed(placement(cla_placement_start_date=""))
    conformed = night.read()
    assert [r.code for r in conformed.rejects] == ["bad_date"]
    placements = conformed.tables["placements"]
    assert rows(placements, "start", "end", "postcode") == [
        (dt.date(2026, 1, 10), None, None)
    ]


def test_care_without_an_open_placement_is_kept_without_a_postcode(
    night: Night,
) -> None:
    night.placed(placement(cla_placement_end_date="2026-10-01"))
    conformed = night.read()
    assert rows(conformed.tables["placements"], "start", "end", "postcode") == [
        (dt.date(2026, 1, 10), dt.date(2026, 10, 1), "CV7 8QZ"),
        (dt.date(2026, 10, 1), None, None),
    ]
    (verdict,) = (v for v in conformed.verdicts if "placement" in v.file)
    assert any("open_care_without_open_placement" in note for note in verdict.notes)


def test_an_open_placement_ends_with_care(night: Night) -> None:
    night.care(
        care(cla_episode_ceased_date="2026-10-01", cla_episode_ceased_reason="E11")
    )
    assert night.placements("end", "end_reason") == [(dt.date(2026, 10, 1), "E11")]


def test_an_open_placement_stands_while_any_care_goes_on(night: Night) -> None:
    night.care(
        care(cla_episode_ceased_date="2026-10-01", cla_episode_ceased_reason="E4A"),
        care(cla_episode_start_date="2026-10-20"),
    )
    assert night.placements("end") == [(None,)]


def status(code: str, start: str, end: str = "") -> Row:
    return {
        "lega_person_id": "P1", "lega_legal_status": code,
        "lega_legal_status_start_date": start, "lega_legal_status_end_date": end,
    }  # fmt: skip


LEGAL = {
    "the one that holds": ([status("C1", "2026-01-10")], "C1"),
    "the last to begin of those that hold": (
        [status("C2", "2026-03-01"), status("C1", "2026-01-10")],
        "C2",
    ),
    "not one that is over": (
        [status("C2", "2026-03-01", "2026-04-01"), status("C1", "2026-01-10")],
        "C1",
    ),
    "not one that lies ahead": (
        [status("C1", "2026-01-10"), status("C2", "2026-12-24")],
        "C1",
    ),
    "not one that says nothing of care": (
        [status("C1", "2026-01-10"), status("SGO", "2026-05-01")],
        "C1",
    ),
    "none": ([], None),
}


@pytest.mark.parametrize(("statuses", "held"), LEGAL.values(), ids=LEGAL.keys())
def test_the_legal_status_is(
    night: Night, statuses: list[Row], held: str | None
) -> None:
    night.table("ssd_legal_status", *statuses)
    assert night.placements("legal_status") == [(held,)]


def test_a_past_placement_has_the_status_of_its_last_day(night: Night) -> None:
    night.table(
        "ssd_legal_status",
        status("V2", "2026-01-10", "2026-03-01"),
        status("C2", "2026-03-02"),
    )
    night.care(
        care(cla_episode_ceased_date="2026-03-01", cla_episode_ceased_reason="E4A")
    )
    night.placed(placement(cla_placement_end_date="2026-03-01"))
    assert night.placements("legal_status") == [("V2",)]


@pytest.mark.parametrize(
    ("text", "found"),
    [("U4", "U4"), ("u4 - Foster", "U4"), ("Z11", "Z11"), ("E4A", "E4A"),
     ("PR4", "PR4"), ("Foster carer", "Foster carer"), (None, None)],
)  # fmt: skip
def test_codes_are_read_from_their_labels(text: str | None, found: str | None) -> None:
    assert code(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("P", "P"), ("p - Change", "P"), ("L: legal", "L"), ("Change", "Change")],
)
def test_reasons_are_read_from_their_labels(text: str, found: str) -> None:
    assert letter(text) == found


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
