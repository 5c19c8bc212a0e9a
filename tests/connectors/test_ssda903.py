"""The SSDA903 return: which rows count, and what they become."""

import datetime as dt
from pathlib import Path

import pytest
from extract_examples import rows
from return_examples import (
    Night,
    Row,
    episode,
    header,
    identity,
    noted,
    sound_return,
    valid_upn,
)


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return sound_return(tmp_path)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"CHILD": ""}, "missing_ref"),
        ({"DECOM": ""}, "missing_value"),
        ({"DECOM": "31/02/2026"}, "bad_date"),
        ({"DECOM": "soon"}, "bad_date"),
    ],
)
def test_an_episode_without_child_or_start_is_rejected_with_its_line(
    night: Night, change: Row, code: str
) -> None:
    conformed = night.module("episodes", episode(CHILD="C2"), episode(**change)).read()
    (reject,) = conformed.rejects
    assert (reject.code, reject.line, reject.file) == (code, 3, "episodes.csv")
    assert reject.record_ref == ("" if code == "missing_ref" else "C1")
    assert "soon" not in reject.reason


@pytest.mark.parametrize(
    "change",
    [
        {"PL_POST": ""}, {"PL_POST": "CON"}, {"DEC": "never"}, {"PLACE": ""},
        {"RNE": "?"}, {"LS": "XX"}, {"REC": "E99"}, {"URN": ""},
    ],
)  # fmt: skip
def test_no_other_fault_costs_a_child_their_placement(
    night: Night, change: Row
) -> None:
    conformed = night.module("episodes", episode(**change)).read()
    assert conformed.rejects == []
    assert rows(conformed.tables["placements"], "child_ref", "end") == [("C1", None)]


def test_a_child_whose_open_episode_is_rejected_stays_where_it_was(
    night: Night,
) -> None:
    night.module(
        "episodes",
        episode(DEC="01/03/2026", REC="X1"),
        episode(DECOM="01/13/2026", RNE="P", PL_POST="B1 1BB"),
    )
    conformed = night.read()
    placements = rows(conformed.tables["placements"], "postcode", "end")
    assert placements == [("CV7 8QZ", None)]
    assert any("open_episode_was_rejected" in note for note in conformed.notes)


def test_episodes_that_contradict_each_other_are_noted_with_their_lines(
    night: Night,
) -> None:
    night.module("episodes", episode(), episode(DECOM="01/03/2026", RNE="P", URN=""))
    notes = noted(night.read(), "episodes.csv")
    assert "never_ended: has no end although a later episode is open" in notes
    assert "1 (lines 2)" in notes


def test_a_child_is_a_child_with_nothing_but_a_rejected_episode(
    tmp_path: Path,
) -> None:
    night = Night(tmp_path).identities(identity())
    conformed = night.module("episodes", episode(DECOM="")).read()
    assert rows(conformed.tables["children"], "child_ref") == [("C1",)]


def test_two_headers_of_one_child_are_told_apart(night: Night) -> None:
    night.module("episodes", episode())
    night.module("header", header(), header(), header(SEX="M"))
    conformed = night.read()
    assert [(r.code, r.line) for r in conformed.rejects] == [("duplicate_ref", 4)]


# What the return says of a child


def test_a_placement_has_everything_its_episodes_say(night: Night) -> None:
    night.module(
        "episodes",
        episode(DEC="01/03/2026", REC="X1", LS="C1"),
        episode(DECOM="01/03/2026", RNE="L", LS="E1", DEC="05/06/2026", REC="E12"),
    )
    (placement,) = night.read().tables["placements"].to_pylist()
    assert placement == {
        "authority": "330", "child_ref": "C1", "source_ref": None,
        "start": dt.date(2026, 1, 10), "end": dt.date(2026, 6, 5), "place_code": "U4",
        "provider_code": "PR1", "urn": "SC123456", "postcode": "CV7 8QZ",
        "legal_status": "E1", "start_reason": "S", "end_reason": "E12",
        "temporary": False, "contradiction": None,
    }  # fmt: skip


def test_identities_name_the_children_of_the_return(night: Night) -> None:
    night.identities(identity(social_worker="Jo Bloggs", known_as="Annie"))
    night.module("episodes", episode())
    (child,) = night.read().tables["children"].to_pylist()
    assert (child["forename"], child["known_as"]) == ("Ann", "Annie")
    assert (child["dob"], child["sex"]) == (dt.date(2012, 3, 2), "F")
    assert (child["ethnicity"], child["social_worker"]) == ("WBRI", "Jo Bloggs")


def test_a_child_without_identity_is_kept_and_an_identity_without_child_is_not(
    night: Night,
) -> None:
    night.identities(
        identity(child_id="C9", nhs_number="9434765919", postcode="B1 1BB")
    )
    conformed = night.module("episodes", episode()).read()
    children = rows(conformed.tables["children"], "child_ref", "forename", "dob")
    assert children == [("C1", None, dt.date(2012, 3, 2))]
    assert "C9" not in rows(conformed.tables["identifiers"], "record_ref")
    told = "\n".join(conformed.notes)
    assert "children_without_identity (kept, too thin to match): 1" in told
    assert "identities_without_child (not looked after, left out): 1" in told


def test_dates_of_birth_that_differ_are_noted_and_identities_hold(
    night: Night,
) -> None:
    night.module("header", header(DOB="03/02/2012")).module("episodes", episode())
    conformed = night.read()
    assert rows(conformed.tables["children"], "dob") == [(dt.date(2012, 3, 2),)]
    assert any("dob_differs" in note for note in conformed.notes)


def test_only_valid_pupil_numbers_are_identifiers(night: Night) -> None:
    night.module("episodes", episode())
    night.module(
        "header",
        header(),
        header(CHILD="C2", UPN="UN3"),
        header(CHILD="C3", UPN="B123456789012"),
    )
    conformed = night.read()
    numbers = rows(conformed.tables["identifiers"], "record_ref", "type", "value")
    assert numbers == [("C1", "upn", valid_upn(1))]
    notes = noted(conformed, "header.csv")
    assert "upn_unknown (UN1 to UN5): 1" in notes
    assert "invalid_identifier UPN: 1" in notes


def test_a_number_of_two_children_is_evidence_of_neither(night: Night) -> None:
    night.module("episodes", episode())
    night.module("header", header(), header(CHILD="C2"))
    conformed = night.read()
    assert conformed.tables["identifiers"].num_rows == 0
    assert any("identifiers_of_two_children" in note for note in conformed.notes)


def test_addresses_are_home_the_placement_and_former_ones(night: Night) -> None:
    night.identities(identity(postcode="B2 2BB"))
    night.module(
        "episodes",
        episode(DEC="01/03/2026", REC="X1"),
        episode(DECOM="01/03/2026", RNE="P", PL_POST="WS1 1AA", HOME_POST="B3 3BB"),
    )
    found = rows(night.read().tables["child_addresses"], "kind", "postcode", "end")
    assert found == [
        ("home", "B2 2BB", None),
        ("home", "B3 3BB", None),
        ("former", "CV7 8QZ", dt.date(2026, 3, 1)),
        ("placement", "WS1 1AA", None),
    ]


def test_the_date_of_death_is_the_end_of_an_episode_that_ended_so(
    night: Night,
) -> None:
    night.module("episodes", episode(DEC="01/03/2026", REC="E2"))
    children = night.read().tables["children"]
    assert rows(children, "death_date") == [(dt.date(2026, 3, 1),)]


@pytest.mark.parametrize(
    ("duc", "unaccompanied"),
    [("", True), ("24/12/2026", True), ("22/11/2026", False), ("??", True)],
    ids=["no end", "ends ahead", "ended", "unreadable"],
)
def test_unaccompanied_until_the_date_the_status_ceases(
    night: Night, duc: str, unaccompanied: bool
) -> None:
    night.module("episodes", episode(HOME_POST=""), episode(CHILD="C2"))
    night.module("uasc", {"CHILD": "C1", "SEX": "F", "DUC": duc})
    conformed = night.read()
    children = dict(rows(conformed.tables["children"], "child_ref", "uasc"))
    assert children == {"C1": unaccompanied, "C2": None}
    risks = rows(conformed.tables["risks"], "child_ref", "indicator", "answer")
    assert risks == [("C1", "uasc", unaccompanied)]


def test_an_unaccompanied_child_has_no_home_address(night: Night) -> None:
    night.module("episodes", episode()).module("uasc", {"CHILD": "C1"})
    addresses = night.read().tables["child_addresses"]
    assert rows(addresses, "kind") == [("placement",)]


def test_time_missing_is_kept_and_answers_the_risk(night: Night) -> None:
    night.module("episodes", episode())
    night.module(
        "missing",
        {
            "CHILD": "C1",
            "MISSING": "M",
            "MIS_START": "05/06/2026",
            "MIS_END": "06/06/2026",
        },
        {"CHILD": "C1", "MISSING": "a", "MIS_START": "01/02/2026"},
    )
    conformed = night.read()
    spells = rows(conformed.tables["missing_episodes"], "kind", "start", "end")
    assert spells == [
        ("M", dt.date(2026, 6, 5), dt.date(2026, 6, 6)),
        ("A", dt.date(2026, 2, 1), None),
    ]
    risks = rows(conformed.tables["risks"], "indicator", "answer", "since", "source")
    assert risks == [("missing", True, dt.date(2026, 2, 1), "ssda903 missing")]


def test_a_spell_without_a_start_is_rejected_but_the_child_has_been_missing(
    night: Night,
) -> None:
    night.module("episodes", episode())
    night.module("missing", {"CHILD": "C1", "MISSING": "M", "MIS_START": "?"})
    conformed = night.read()
    assert [r.code for r in conformed.rejects] == ["bad_date"]
    assert conformed.tables["missing_episodes"].num_rows == 0
    assert rows(conformed.tables["risks"], "indicator", "answer") == [("missing", True)]


def test_a_child_placed_for_adoption_is_shielded_whatever_its_episodes_say(
    night: Night,
) -> None:
    night.module("episodes", episode())
    night.module(
        "placed_adoption",
        {"CHILD": "C1", "DATE_PLACED": "01/02/2026"},
        {"CHILD": "C2", "DATE_PLACED": "?", "DATE_PLACED_CEASED": "01/03/2026"},
    )
    conformed = night.read()
    assert conformed.shielded is not None
    assert rows(conformed.shielded, "child_ref", "from", "until") == [
        ("C1", dt.date(2026, 2, 1), None),
        ("C2", None, dt.date(2026, 3, 1)),
    ]
    assert "protected" not in conformed.tables


def test_a_protected_identity_is_protected(night: Night) -> None:
    night.module("episodes", episode())
    night.identities(identity(protected="true"))
    assert rows(night.read().tables["protected"], "child_ref") == [("C1",)]


def test_no_name_or_value_gets_into_notes_and_reasons(night: Night) -> None:
    canary = "ZEBEDEE"
    night.identities(identity(forename=canary, dob=canary))
    night.module("header", header(DOB=canary, ETHNIC=canary, UPN=canary, SEX=canary))
    night.module("missing", {"CHILD": "C1", "MISSING": canary, "MIS_START": canary})
    night.module(
        "episodes",
        episode(PLACE=canary, DEC=canary, LS=canary),
        episode(CHILD="C2", DECOM=canary),
    )
    conformed = night.read()
    assert canary not in repr((conformed.verdicts, conformed.notes, conformed.rejects))
