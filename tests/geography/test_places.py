"""Every kind of postcode has its own outcome, and a found one its authority."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geography.directory import INWARDS, inward_text
from geography.postcodes import Geography, Outcome
from records.authorities import AuthorityKind, kind_of
from records.postcodes import canonical_postcode

BORDER = list(
    csv.DictReader(
        (Path(__file__).parent / "data" / "border_postcodes.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
)


@pytest.mark.parametrize(
    ("supplied", "outcome"),
    [
        ("CV7 8QZ", Outcome.FOUND),
        (" cv78qz ", Outcome.FOUND),
        ("HR3 5NP", Outcome.FOUND),  # Powys: Wales is a host like any other
        (None, Outcome.MISSING),
        ("", Outcome.MISSING),
        (" \t\u00a0", Outcome.MISSING),
        ("CON", Outcome.INVALID),
        ("CV7", Outcome.INVALID),
        ("CV7 8QZ CV7 8QZ", Outcome.INVALID),
        ("nf1 1nf", Outcome.NO_FIXED_ABODE),
        ("NF1 1FA", Outcome.NO_FIXED_ABODE),
        ("ZZ99 3VZ", Outcome.NO_FIXED_ABODE),
        ("ZZ1 1ZZ", Outcome.UNKNOWN),  # no such outward code
        ("CV7 0ZZ", Outcome.UNKNOWN),  # no such inward code
        ("M35 5AP", Outcome.UNKNOWN),  # listed, not yet placed
        ("SE1P 6UB", Outcome.UNKNOWN),  # listed, a PO box
        ("E1W 1UU", Outcome.TERMINATED),
        ("NPT 0AD", Outcome.TERMINATED),
        ("gir0aa", Outcome.TERMINATED),
        ("NPT 0ZZ", Outcome.INVALID),  # of a form abolished, and never listed
        ("JE1 1AA", Outcome.CROWN_DEPENDENCY),
        ("GY1 1AA", Outcome.CROWN_DEPENDENCY),
        ("IM1 1AA", Outcome.CROWN_DEPENDENCY),
        ("EH99 1SP", Outcome.SCOTLAND),
        ("BT1 1AA", Outcome.NORTHERN_IRELAND),
        ("BT1 9BT", Outcome.NORTHERN_IRELAND),  # listed without a district
    ],
)
def test_each_has_its_own_outcome(geography, supplied, outcome):
    assert geography.place(supplied).outcome is outcome


def test_all_outcomes_are_tried_above():
    rows = test_each_has_its_own_outcome.pytestmark[0].args[1]
    assert {outcome for _, outcome in rows} == set(Outcome)


@pytest.mark.parametrize("row", BORDER, ids=[row["postcode"] for row in BORDER])
def test_a_postcode_at_a_border_lies_on_its_own_side(geography, row):
    place = geography.place(row["postcode"])
    assert place.outcome is Outcome.FOUND
    assert place.lad == row["lad_gss"]
    assert place.la == geography.authority(row["utla_gss"])
    assert geography.name(place.la) == row["utla_name"]
    assert place.force == row["pfa_gss"]
    assert geography.name(place.force).startswith(row["pfa_name"])
    assert [place.easting, place.northing] == [
        int(row["easting"]),
        int(row["northing"]),
    ]


def test_there_are_29_postcodes_at_borders():
    assert len(BORDER) == 29
    assert any(" " not in row["postcode"] for row in BORDER)


@pytest.mark.parametrize(
    ("postcode", "la", "force"),
    [
        ("EC2V 5AE", "201", "E23000034"),  # City of London has a force of its own
        ("E1 6AN", "201", "E23000034"),  # and some of E1
        ("E1 1BB", "211", "E23000001"),
        ("TR21 0LW", "420", "E23000035"),  # Isles of Scilly
        ("S70 2TA", "370", "E23000011"),  # Barnsley, re-coded in 2025
        ("CA3 8QG", "942", "E23000002"),  # Cumberland, once Cumbria
        ("NN1 1ED", "941", "E23000022"),  # West Northamptonshire
    ],
)
def test_some_areas_that_go_wrong_easily(geography, postcode, la, force):
    place = geography.place(postcode)
    assert (place.la, place.force) == (la, force)


def test_scotland_has_a_district_and_no_authority_of_ours(geography):
    place = geography.place("EH99 1SP")
    assert (place.lad, place.la, place.force) == ("S12000036", None, None)
    assert (place.easting, place.northing) == (326751, 673849)


def test_northern_ireland_has_no_place_on_the_british_grid(geography):
    place = geography.place("BT1 1AA")
    assert place.lad == "N09000003"
    assert (place.easting, place.northing) == (None, None)


def test_a_crown_dependency_has_no_district(geography):
    assert geography.place("IM1 1AA").lad is None


@pytest.mark.parametrize(
    ("postcode", "words"),
    [
        ("ZZ1 1ZZ", "not in the directory"),
        ("M35 5AP", "without a place"),
        ("NW1 8TQ", "probably ended before 2001"),
        ("NPT 0AD", "abolished"),
        ("E1W 1UU", "ended in 2015-02"),
        ("SO23 7SP", "ended, according to"),
        ("CV7 8QZ", ""),
    ],
)
def test_what_the_outcome_does_not_say_is_said_in_words(geography, postcode, words):
    reason = geography.place(postcode).reason
    assert words in reason
    assert bool(reason) is bool(words)
    assert postcode not in reason


def test_a_long_ended_postcode_still_says_who_must_be_told(geography):
    place = geography.place("NW1 8TQ")
    assert (place.outcome, place.la) == (Outcome.FOUND, "202")


def test_a_reported_end_keeps_the_last_known_place(geography):
    place = geography.place("E1W 1UU")
    assert (place.la, place.force, place.easting) == ("211", "E23000001", 533779)


@pytest.mark.parametrize(
    ("on", "outcome"),
    [
        (dt.date(2015, 1, 31), Outcome.FOUND),
        (dt.date(2015, 2, 28), Outcome.FOUND),
        (dt.date(2015, 3, 1), Outcome.TERMINATED),
        (None, Outcome.TERMINATED),
    ],
)
def test_a_postcode_is_ended_after_its_month(built, on, outcome):
    assert Geography.load(built.cache, on).place("E1W 1UU").outcome is outcome


def test_reported_ends_are_of_listed_postcodes_in_their_one_spelling(geography):
    assert geography._ended
    for postcode, month in geography._ended.items():
        assert canonical_postcode(postcode) == postcode
        assert geography._directory.find(postcode)
        assert month == "" or dt.date.fromisoformat(f"{month}-01")


def listed_postcode(geography: Geography, at: int) -> str:
    outward, inward = divmod(int(geography._directory.key[at]), INWARDS)
    return f"{list(geography._directory.outwards)[outward]} {inward_text(inward)}"


@given(data=st.data())
def test_every_placed_postcode_has_one_authority_in_exactly_one_force(geography, data):
    at = data.draw(st.integers(0, len(geography._directory) - 1))
    postcode = listed_postcode(geography, at)
    place = geography.place(postcode.replace(" ", data.draw(st.sampled_from(" \t"))))
    assert place.postcode == postcode
    if place.outcome is Outcome.FOUND:
        assert kind_of(place.la) is AuthorityKind.CHILDREN
        assert kind_of(place.force) is AuthorityKind.POLICE
        assert geography.authority(place.lad) == place.la
        assert geography.force_of(place.la) == place.force
        assert place.la in geography.las_of(place.force)
        assert None not in (place.easting, place.northing)
    elif place.outcome is not Outcome.TERMINATED:
        assert (place.la, place.force) == (None, None)


@given(text=st.text() | st.from_regex(r"\A[A-Z]{1,2}[0-9]{1,2} ?[0-9][A-Z]{2}\Z"))
def test_any_text_has_an_outcome(geography, text):
    place = geography.place(text)
    assert (place.outcome is Outcome.FOUND) <= (place.force is not None)
    assert (place.la is None) == (place.force is None)


def test_every_district_of_the_directory_is_somewhere(geography):
    areas = geography._areas
    for code in geography._directory.districts[1:]:
        assert (code in areas.of_district) is code.startswith(("E", "W"))


def test_an_authoritys_postcodes_are_its_own_and_not_thought_ended(geography):
    postcodes = geography.postcodes_of("334")
    assert list(postcodes) == sorted(set(postcodes))
    assert len(postcodes) > 5_000
    for postcode in postcodes[::50]:
        place = geography.place(postcode)
        assert (place.outcome, place.la, place.reason) == (Outcome.FOUND, "334", "")


@pytest.mark.parametrize("la", ["880", "W06000022", "201", "420"])
def test_no_ended_or_abolished_postcode_is_among_them(geography, la):
    postcodes = geography.postcodes_of(la)
    assert postcodes
    assert not {"E1W 1UU", "SO23 7SP", "NW1 8TQ"} & set(postcodes)
    assert all(canonical_postcode(postcode) == postcode for postcode in postcodes)


@pytest.mark.parametrize(
    ("one", "other", "miles"),
    [
        ("B1 1AA", "B1 1AA", 0.0),
        ("B1 1AA", "CV7 8QZ", 15.4),
        ("CV7 8QZ", "B1 1AA", 15.4),
        ("B1 1AA", "EH99 1SP", 245.7),
        ("B1 1AA", "BT1 1AA", None),  # another grid
        ("B1 1AA", "JE1 1AA", None),
        ("B1 1AA", None, None),
        ("ZZ1 1ZZ", "B1 1AA", None),
    ],
)
def test_miles_are_reckoned_as_in_the_return(geography, one, other, miles):
    assert geography.miles(geography.place(one), geography.place(other)) == miles
