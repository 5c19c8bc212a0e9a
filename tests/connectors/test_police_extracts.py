import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest
from extract_examples import FORCE, NIGHT, csv_of, rows, source_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.conformed import Conformed
from connectors.police_details import DETAILS
from connectors.police_pole import COLUMNS, conform
from records.identifiers import pnc_check_letter
from records.verdicts import FileOutcome, FileVerdict

SERIAL = "0000001"
PNC = f"2015/{SERIAL}{pnc_check_letter('15', SERIAL)}"
GOOD: Mapping[str, str] = {
    "nominal_ref": "N1", "forename1": "Ann", "surname": "Lee", "dob": "2010-01-02",
    "sex": "F", "protect_level": "none", "updated_at": "2026-01-01T00:00:00Z",
}  # fmt: skip


class Force:
    """Reads what a test sends, and tells what came of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, **files: list[Mapping[str, str]]) -> Conformed:
        columns = {"nominals": COLUMNS.names}
        columns |= {stem: detail.columns.names for stem, detail in DETAILS.items()}
        sent = [
            source_file(self.folder, f"{stem}.csv", csv_of(columns[stem], content))
            for stem, content in files.items()
        ]
        return conform(FORCE, sent, NIGHT)


@pytest.fixture
def force(tmp_path: Path) -> Force:
    return Force(tmp_path)


def verdict(found: Conformed, file: str) -> FileVerdict:
    return next(one for one in found.verdicts if one.file == file)


def test_a_nominal_arrives_with_all_that_is_said_of_it(force: Force) -> None:
    found = force.read(
        nominals=[
            {
                **GOOD, "golden_nominal_ref": "G1", "pnc_id": PNC, "title": "Ms",
                "forename2": "May", "dob_estimated": "true", "ethnicity": "W1",
                "nationality": "GBR", "deceased": "false",
                "protect_level": "restricted", "external_refs": "XB-1; R2",
                "created_at": "2020-01-01T10:00:00+01:00",
            }
        ]
    )  # fmt: skip
    assert found.tables["nominals"].to_pylist() == [
        {
            "authority": FORCE, "nominal_ref": "N1", "golden_nominal_ref": "G1",
            "forename1": "Ann", "forename2": "May", "surname": "Lee",
            "dob": dt.date(2010, 1, 2), "dob_estimated": True, "sex": "F",
            "ethnicity": "W1", "nationality": "GBR", "deceased": False,
            "restricted": True, "external_refs": ["XB-1", "R2"],
            "created_at": dt.datetime(2020, 1, 1, 9, tzinfo=dt.UTC),
            "updated_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        }
    ]  # fmt: skip
    assert rows(found.tables["identifiers"], "record_ref", "type", "value") == [
        ("N1", "pnc", PNC)
    ]
    assert verdict(found, "nominals.csv").outcome is FileOutcome.ACCEPTED


def test_the_details_of_a_nominal_arrive(force: Force) -> None:
    found = force.read(
        nominals=[GOOD],
        aliases=[{"nominal_ref": "N1", "alias_type": "AKA", "surname": "Roe"}],
        addresses=[
            {
                "nominal_ref": "N1", "address_type": "Home", "house": "Flat 2",
                "street": "High St", "town": "Coventry", "postcode": "cv78qz",
                "uprn": "100", "start_date": "2024-01-01T00:00:00",
            },
            {"nominal_ref": "N1", "address_type": "nfa"},
        ],
        roles=[
            {"nominal_ref": "N1", "event_ref": "E1", "event_type": "Missing",
             "role": "missing", "event_date": "2026-10-01"}
        ],
        identifiers=[{"nominal_ref": "N1", "type": "PNC", "value": PNC.lower()}],
        flags=[
            {"nominal_ref": "N1", "code": "LOOKED_AFTER_OUT_OF_AREA",
             "start_date": "2026-01-01", "placing_authority": "330"}
        ],
    )  # fmt: skip
    assert not found.rejects
    assert rows(found.tables["nominal_aliases"], "alias_type", "surname") == [
        ("aka", "Roe")
    ]
    home, nowhere = found.tables["nominal_addresses"].to_pylist()
    assert home["line"] == "Flat 2, High St, Coventry"
    assert home["postcode"] == "CV7 8QZ"
    assert (home["start"], home["end"]) == (dt.date(2024, 1, 1), None)
    assert (nowhere["address_type"], nowhere["line"]) == ("nfa", None)
    assert rows(found.tables["roles"], "event_type", "event_date") == [
        ("missing", dt.date(2026, 10, 1))
    ]
    assert rows(found.tables["identifiers"], "type", "value") == [("pnc", PNC)]
    assert rows(found.tables["flags"], "code", "placing_authority") == [
        ("looked_after_out_of_area", "330")
    ]


@pytest.mark.parametrize(
    ("fault", "value", "note"),
    [
        ("dob", "2010-02-30", "field_dropped dob: 1"),
        ("dob", "02/01/2010", "field_dropped dob: 1"),
        ("sex", "X", "field_dropped sex: 1"),
        ("deceased", "perhaps", "field_dropped deceased: 1"),
        ("dob_estimated", "?", "field_dropped dob_estimated: 1"),
        ("updated_at", "last week", "field_dropped updated_at: 1"),
        ("pnc_id", "2015/0000001Q", "invalid_identifier pnc_id: 1"),
        ("cro_no", "nonsense", "invalid_identifier cro_no: 1"),
    ],
)
def test_a_nominal_with_a_bad_value_is_still_a_person(
    force: Force, fault: str, value: str, note: str
) -> None:
    others = [{**GOOD, "nominal_ref": f"N{n}"} for n in range(2, 5)]
    found = force.read(nominals=[{**GOOD, fault: value}, *others])
    assert found.tables["nominals"].num_rows == 4
    assert not found.rejects
    assert note in verdict(found, "nominals.csv").notes


@pytest.mark.parametrize("field", ["forename1", "surname", "dob", "sex"])
def test_a_nominal_needs_nothing_but_its_reference(force: Force, field: str) -> None:
    found = force.read(nominals=[{**GOOD, field: ""}])
    assert found.tables["nominals"].column(field).to_pylist() == [None]
    assert not found.rejects


def test_placeholders_are_kept_as_supplied(force: Force) -> None:
    unknown = {**GOOD, "forename1": "UNKNOWN", "dob": "1900-01-01"}
    found = force.read(
        nominals=[unknown],
        addresses=[{"nominal_ref": "N1", "postcode": "NF1 1NF"}],
    )
    assert rows(found.tables["nominals"], "forename1", "dob") == [
        ("UNKNOWN", dt.date(1900, 1, 1))
    ]
    assert rows(found.tables["nominal_addresses"], "postcode") == [("NF1 1NF",)]


@pytest.mark.parametrize(
    ("level", "restricted"),
    [
        ("none", False),
        ("", False),
        ("restricted", True),
        ("Restricted", True),
        ("level 2", True),
    ],
)
def test_doubt_about_protection_restricts(
    force: Force, level: str, restricted: bool
) -> None:
    found = force.read(
        nominals=[
            {**GOOD, "protect_level": level},
            {**GOOD, "nominal_ref": "N2"},
            {**GOOD, "nominal_ref": "N3"},
        ]
    )
    assert found.tables["nominals"].column("restricted").to_pylist() == [
        restricted, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "row", "code"),
    [
        ("aliases", {"surname": "Roe"}, "missing_ref"),
        ("aliases", {"nominal_ref": "N9", "surname": "Roe"}, "orphan"),
        ("aliases", {"nominal_ref": "N1", "alias_type": "aka"}, "no_value"),
        ("aliases", {"nominal_ref": "N1", "dob": "1 May"}, "no_value"),
        ("addresses", {"nominal_ref": "N9", "postcode": "CV7 8QZ"}, "orphan"),
        ("addresses", {"nominal_ref": "N1", "address_type": "home"}, "no_value"),
        (
            "addresses",
            {"nominal_ref": "N1", "postcode": "CV7 8QZ", "end_date": "31/12/2020"},
            "bad_date",
        ),
        (
            "addresses",
            {"nominal_ref": "N1", "postcode": "CV7 8QZ", "start_date": "soon"},
            "bad_date",
        ),
        ("roles", {"nominal_ref": "N9"}, "orphan"),
        ("identifiers", {"nominal_ref": "N1", "value": PNC}, "missing_value"),
        ("identifiers", {"nominal_ref": "N1", "type": "pnc"}, "missing_value"),
        ("flags", {"nominal_ref": "N1", "start_date": "2026-01-01"}, "missing_value"),
        ("flags", {"nominal_ref": "N1", "code": "gang", "end_date": "x"}, "bad_date"),
    ],
)
def test_a_detail_is_rejected_with_its_line_and_reason(
    force: Force, file: str, row: dict[str, str], code: str
) -> None:
    found = force.read(nominals=[GOOD], **{file: [row]})
    assert found.tables[DETAILS[file].table].num_rows == 0
    (reject,) = found.rejects
    assert (reject.file, reject.line, reject.code) == (f"{file}.csv", 2, code)
    assert reject.record_ref == row.get("nominal_ref", "")
    assert reject.reason
    assert verdict(found, f"{file}.csv").rejected == 1


def test_a_nominal_without_a_reference_is_rejected(force: Force) -> None:
    found = force.read(nominals=[GOOD, {**GOOD, "nominal_ref": " "}])
    assert [reject.code for reject in found.rejects] == ["missing_ref"]
    assert found.tables["nominals"].num_rows == 1


@pytest.mark.parametrize(
    ("file", "row", "note"),
    [
        ("flags", {"code": "new_code"}, "unknown_code code: 1"),
        ("roles", {"role": "owner"}, "unknown_code role: 1"),
        ("roles", {"event_type": "rumour"}, "unknown_code event_type: 1"),
        ("roles", {"event_date": "x"}, "field_dropped event_date: 1"),
        (
            "aliases",
            {"alias_type": "pen", "surname": "R"},
            "unknown_code alias_type: 1",
        ),
        (
            "addresses",
            {"address_type": "barge", "postcode": "X"},
            "unknown_code address_type: 1",
        ),
    ],
)
def test_a_code_that_nobody_knows_is_kept_and_counted(
    force: Force, file: str, row: dict[str, str], note: str
) -> None:
    found = force.read(nominals=[GOOD], **{file: [{"nominal_ref": "N1", **row}]})
    assert found.tables[DETAILS[file].table].num_rows == 1
    assert note in verdict(found, f"{file}.csv").notes


@pytest.mark.parametrize(
    ("kind", "value", "note"),
    [
        ("other", "abc", "identifier_type other, left out: 1"),
        ("passport", "abc", "identifier_type unknown, left out: 1"),
        ("nhs", "1234567890", "invalid_identifier nhs: 1"),
    ],
)
def test_what_is_no_evidence_is_accepted_and_left_out(
    force: Force, kind: str, value: str, note: str
) -> None:
    found = force.read(
        nominals=[GOOD],
        identifiers=[{"nominal_ref": "N1", "type": kind, "value": value}],
    )
    said = verdict(found, "identifiers.csv")
    assert (said.accepted, said.rejected) == (1, 0)
    assert note in said.notes
    assert found.tables["identifiers"].num_rows == 0


def test_one_identifier_said_twice_is_one(force: Force) -> None:
    found = force.read(
        nominals=[{**GOOD, "pnc_id": PNC}],
        identifiers=[{"nominal_ref": "N1", "type": "pnc", "value": PNC}] * 2,
    )
    assert found.tables["identifiers"].num_rows == 1


def test_equal_rows_are_one_nominal(force: Force) -> None:
    found = force.read(nominals=[GOOD, GOOD, GOOD])
    assert found.tables["nominals"].num_rows == 1
    assert not found.rejects
    assert "identical_rows_merged: 2" in verdict(found, "nominals.csv").notes


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "Roe"),
        ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "Lee"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "Roe"),
        ("", "", "Roe"),
        ("2026-01-01T00:00:00Z", "", "Lee"),
    ],
)
def test_of_two_rows_that_differ_the_one_updated_last_stands(
    force: Force, first: str, second: str, stands: str
) -> None:
    found = force.read(
        nominals=[
            {**GOOD, "updated_at": first},
            {**GOOD, "updated_at": second, "surname": "Roe"},
        ]
    )
    assert rows(found.tables["nominals"], "surname") == [(stands,)]
    assert [reject.code for reject in found.rejects] == ["duplicate_ref"]


def test_restricted_stays_restricted_whichever_row_says_so(force: Force) -> None:
    older = {**GOOD, "protect_level": "restricted", "updated_at": ""}
    for sent in ([older, GOOD], [GOOD, older]):
        found = force.read(nominals=sent)
        assert rows(found.tables["nominals"], "restricted") == [(True,)]


def test_a_column_written_in_another_form_refuses_the_file(force: Force) -> None:
    british = [{**GOOD, "nominal_ref": f"N{n}", "dob": "02/01/2010"} for n in range(3)]
    found = force.read(nominals=british)
    assert "3 of the 3 values of dob can't be read" in found.problem
    assert "nominals" not in found.tables


def test_without_nominals_nothing_else_can_be_judged(force: Force) -> None:
    found = force.read(flags=[{"nominal_ref": "N1", "code": "gang"}])
    assert "nominals.csv is not there" in found.problem
    assert verdict(found, "flags.csv").outcome is FileOutcome.REFUSED


def test_a_refused_detail_is_told_apart_from_one_not_sent(tmp_path: Path) -> None:
    found = conform(
        FORCE,
        [
            source_file(tmp_path, "nominals.csv", csv_of(COLUMNS.names, [GOOD])),
            source_file(tmp_path, "flags.csv", "nominal_ref\nN1\n"),
            source_file(tmp_path, "readme.txt", "hello"),
        ],
        NIGHT,
    )
    assert found.unread == {"flags"}
    assert found.notes == [
        "not sent: aliases.csv, addresses.csv, roles.csv, identifiers.csv"
    ]
    assert verdict(found, "readme.txt").outcome is FileOutcome.IGNORED


def test_a_force_that_says_nothing_of_protection_is_told_so(tmp_path: Path) -> None:
    content = "nominal_ref,forename1,surname,dob,sex\nN1,A,B,2010-01-01,F\n"
    found = conform(FORCE, [source_file(tmp_path, "nominals.csv", content)], NIGHT)
    assert rows(found.tables["nominals"], "restricted") == [(False,)]
    assert (
        "protect_level is not supplied: nobody is restricted"
        in verdict(found, "nominals.csv").notes
    )


CELL = st.sampled_from(
    ["", "N1", "N2", "N3", "2010-01-01", "x", "restricted", "pnc", PNC, '"', "a,b"]
)


def any_rows(*columns: str) -> st.SearchStrategy[list[dict[str, str]]]:
    return st.lists(st.fixed_dictionaries(dict.fromkeys(columns, CELL)), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    nominals=any_rows("nominal_ref", "surname", "dob", "protect_level"),
    addresses=any_rows("nominal_ref", "postcode", "start_date"),
    flags=any_rows("nominal_ref", "code", "end_date"),
)
def test_whatever_is_sent_no_row_is_lost_and_no_detail_is_an_orphan(
    force: Force,
    nominals: list[Mapping[str, str]],
    addresses: list[Mapping[str, str]],
    flags: list[Mapping[str, str]],
) -> None:
    found = force.read(nominals=nominals, addresses=addresses, flags=flags)
    sent = {"nominals": nominals, "addresses": addresses, "flags": flags}
    for stem, content in sent.items():
        said = verdict(found, f"{stem}.csv")
        if said.outcome is FileOutcome.REFUSED:
            continue
        assert said.rows == sum(1 for row in content if any(row.values()))
        rejected = [one for one in found.rejects if one.file == said.file]
        assert said.rejected == len(rejected)
    if found.problem:
        return
    known = found.tables["nominals"].column("nominal_ref").to_pylist()
    assert sorted(known) == sorted({r["nominal_ref"] for r in nominals} - {""})
    for table in ("nominal_addresses", "flags"):
        assert set(found.tables[table].column("nominal_ref").to_pylist()) <= set(known)
