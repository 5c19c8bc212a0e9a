"""One authority has one code, one force and its neighbours."""

import pickle
import shutil
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geography.areas import REFERENCE, read_areas
from geography.errors import ReferenceMismatch, SplitAuthority, UnknownAuthority
from records.authorities import AuthorityKind, kind_of

AREAS = read_areas()
LAS = sorted(AREAS.force_by_la)


@pytest.mark.parametrize(
    ("code", "la"),
    [
        ("330", "330"),
        (330, "330"),
        (" 330 ", "330"),
        ("E08000025", "330"),
        ("e08000025", "330"),
        ("E10000028", "860"),  # a county
        ("E07000193", "860"),  # its district
        ("W06000023", "W06000023"),
        ("E08000016", "370"),  # Barnsley before 2025
        ("E08000038", "370"),
        ("E07000026", "942"),  # Allerdale
        ("E07000190", "933"),  # Taunton Deane, replaced twice
        ("E10000023", "815"),  # North Yorkshire, one county and one successor
        ("E06000028", "839"),  # Bournemouth
        ("837", "839"),
        ("E07000048", "839"),  # Christchurch
        ("E09000001", "201"),  # City of London
        ("E06000053", "420"),  # Isles of Scilly
    ],
)
def test_every_way_of_naming_an_authority_gives_its_one_code(code, la):
    assert AREAS.authority(code) == la


@pytest.mark.parametrize(
    ("code", "successors"),
    [
        ("E10000006", ("942", "943")),  # Cumbria
        ("909", ("942", "943")),
        ("E10000021", ("940", "941")),  # Northamptonshire
        ("928", ("940", "941")),
        ("E10000009", ("838", "839")),  # Dorset, which lost Christchurch
        ("835", ("838", "839")),
    ],
)
def test_the_code_of_a_divided_county_cannot_say_which_part(code, successors):
    with pytest.raises(SplitAuthority, match="divided between") as raised:
        AREAS.authority(code)
    assert raised.value.successors == successors
    assert all(successor in AREAS.force_by_la for successor in successors)


@pytest.mark.parametrize(
    "code",
    ["", "999", "660", "681", "E23000014", "S12000036", "Birmingham", None, "330.0"],
)
def test_what_names_no_authority_is_an_error_with_the_mend(code):
    with pytest.raises(UnknownAuthority, match="use the DfE number"):
        AREAS.authority(code)


def test_no_welsh_number_is_guessed():
    for number in range(660, 682):
        with pytest.raises(UnknownAuthority):
            AREAS.authority(str(number))


@given(st.text())
def test_any_text_is_an_authority_or_an_error(text):
    known = text.strip().upper() in AREAS.spellings
    with nullcontext() if known else pytest.raises(UnknownAuthority):
        assert AREAS.authority(text) in AREAS.force_by_la


@pytest.mark.parametrize(
    "error",
    [UnknownAuthority("x", "mend"), SplitAuthority("909", "Cumbria", ("942", "943"))],
)
def test_errors_cross_processes(error):
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(copy), str(copy), vars(copy)) == (
        type(error),
        str(error),
        vars(error),
    )


def test_153_english_and_22_welsh_authorities_have_43_forces():
    assert sum(code.startswith("W") for code in LAS) == 22
    assert len(LAS) == 175
    forces = set(AREAS.force_by_la.values())
    assert len(forces) == 43
    assert sum(force.startswith("W") for force in forces) == 4


def test_forces_divide_the_authorities_between_them():
    forces = sorted(set(AREAS.force_by_la.values()))
    policed = [la for force in forces for la in AREAS.las_of(force)]
    assert sorted(policed) == LAS


@pytest.mark.parametrize("la", LAS)
def test_an_authority_has_a_code_a_name_and_its_own_code_as_its_authority(la):
    assert kind_of(la) is AuthorityKind.CHILDREN
    assert kind_of(AREAS.force_of(la)) is AuthorityKind.POLICE
    assert AREAS.name(la)
    assert AREAS.authority(la) == la


@pytest.mark.parametrize("ask", [AREAS.force_of, AREAS.adjoining, AREAS.name])
def test_an_unknown_authority_is_never_passed_over(ask):
    with pytest.raises(UnknownAuthority):
        ask("E08000025")  # a code, but not the one: ask for its authority first


def test_an_unknown_force_is_never_passed_over():
    with pytest.raises(UnknownAuthority, match="E23"):
        AREAS.las_of("330")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("330", "Birmingham"),
        ("W06000016", "Rhondda Cynon Taf"),
        ("E23000014", "West Midlands Police"),
        ("E23000001", "Metropolitan Police"),
        ("E23000034", "City of London Police"),
        ("W15000004", "Dyfed-Powys Police"),
    ],
)
def test_names(code, name):
    assert AREAS.name(code) == name


def test_the_regions_of_the_brief_are_policed_as_it_says():
    assert AREAS.las_of("E23000014") == (
        "330", "331", "332", "333", "334", "335", "336",
    )  # fmt: skip
    assert AREAS.las_of("E23000016") == ("884", "885", "893", "894")
    assert AREAS.las_of("E23000005") == tuple(str(code) for code in range(350, 360))
    assert AREAS.las_of("E23000006") == ("876", "877", "895", "896")  # Halton too


def test_adjoining_goes_both_ways_and_never_to_oneself():
    for la in LAS:
        assert la not in AREAS.adjoining(la)
        for other in AREAS.adjoining(la):
            assert la in AREAS.adjoining(other)


@pytest.mark.parametrize(
    ("one", "other", "adjoin"),
    [
        ("330", "334", True),
        ("330", "331", False),  # Solihull lies between Birmingham and Coventry
        ("884", "W06000023", True),  # Herefordshire and Powys
        ("341", "344", True),  # Liverpool and Wirral, by tunnel
        ("883", "886", True),  # Thurrock and Kent, Dartford Crossing
        ("879", "908", True),  # Plymouth and Cornwall, Tamar Bridge
        ("803", "W06000021", True),  # South Gloucestershire and Monmouthshire
        ("W06000001", "W06000002", True),  # Anglesey and Gwynedd
        ("420", "908", False),  # Scilly and Cornwall: open sea
        ("921", "850", False),  # Isle of Wight and Hampshire
    ],
)
def test_who_adjoins_whom(one, other, adjoin):
    assert (other in AREAS.adjoining(one)) is adjoin


@pytest.mark.parametrize(
    ("placing", "host", "at_distance"),
    [
        ("330", "330", False),
        ("330", "334", False),
        ("330", "331", True),
        ("884", "W06000023", False),
        ("330", "420", True),
        ("420", "908", True),
    ],
)
def test_at_a_distance_is_neither_within_nor_next_door(
    geography, placing, host, at_distance
):
    assert geography.at_distance(placing, host) is at_distance


@pytest.mark.parametrize(("placing", "host"), [("330", "x"), ("x", "330"), ("x", "x")])
def test_distance_to_an_unknown_authority_is_an_error(geography, placing, host):
    with pytest.raises(UnknownAuthority):
        geography.at_distance(placing, host)


def test_the_faces_of_geography_answer_as_its_areas(geography):
    assert geography.authority("E08000025") == "330"
    assert geography.force_of("330") == "E23000014"
    assert geography.adjoining("330") == AREAS.adjoining("330")
    assert geography.las_of("E23000014") == AREAS.las_of("E23000014")
    assert geography.name("330") == "Birmingham"


def spoilt(tmp_path, name, old, new):
    shutil.copytree(REFERENCE, tmp_path / "reference")
    file = tmp_path / "reference" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path / "reference"


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        (
            "lad_to_utla_to_pfa_2025.csv",
            "West Midlands,E23000014",
            "West Midlands,E23000015",
            "policed by E23000015 in one table",
        ),
        ("utla_to_police_force_2025.csv", "MD,331,", "MD,330,", "stands twice"),
        ("gss_code_history.csv", "CBD,E06000063", "CBD,E06999999", "nothing followed"),
    ],
)
def test_tables_that_contradict_each_other_are_refused(
    tmp_path, name, old, new, problem
):
    with pytest.raises(ReferenceMismatch, match=problem):
        read_areas(spoilt(tmp_path, name, old, new))


def test_an_override_can_also_part_two_authorities(tmp_path):
    reference = spoilt(
        tmp_path,
        "utla_adjacency_overrides.csv",
        "E08000012,Liverpool,E08000015,Wirral,yes",
        "E08000025,Birmingham,E08000029,Solihull,no",
    )
    areas = read_areas(reference)
    assert "334" not in areas.adjoining("330")
    assert "330" not in areas.adjoining("334")
    assert "344" not in areas.adjoining("341")
