"""The rules over the real postcode directory: one outward code, several hosts."""

from dataclasses import replace

import pytest
from notification_cases import (
    FLAG,
    THRESHOLDS,
    case,
    child,
    decide,
    known,
    placement,
    usable,
)

from geography.postcodes import Geography, Outcome
from notifications.config import PolicyConfig
from notifications.facts import AuthorityEntry, Directory, PoliceAddress, State
from notifications.recipients import Row
from notifications.rulebook import Rulebook
from notifications.wording import MEND_HOST

COVENTRY, SOLIHULL, WARWICKSHIRE = "331", "334", "937"
WEST_MIDLANDS, WARWICKSHIRE_POLICE = "E23000014", "E23000017"


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    geography = Geography.load(tmp_path_factory.mktemp("postcodes"))
    members = {
        code: AuthorityEntry(code, geography.name(code), kind)
        for code, kind in (
            (COVENTRY, "children"),
            (SOLIHULL, "children"),
            (WARWICKSHIRE, "children"),
            (WEST_MIDLANDS, "police"),
            (WARWICKSHIRE_POLICE, "police"),
        )
    }
    return Rulebook(PolicyConfig(), geography, Directory("three", members), THRESHOLDS)


def of_coventry(postcode, **changes):
    return case(
        placement(postcode=postcode),
        child=child(authority=COVENTRY),
        extracts=(usable(WEST_MIDLANDS), usable(WARWICKSHIRE_POLICE)),
        **changes,
    )


@pytest.mark.parametrize(
    ("postcode", "la", "force", "cross_force"),
    [
        ("CV7 7LB", SOLIHULL, WEST_MIDLANDS, False),
        ("cv79ah", WARWICKSHIRE, WARWICKSHIRE_POLICE, True),
        ("B98 9EP", WARWICKSHIRE, WARWICKSHIRE_POLICE, True),
    ],
)
def test_a_border_postcode_tells_its_own_hosts(rules, postcode, la, force, cross_force):
    outcome = decide(of_coventry(postcode), rules)
    (row,) = outcome.decisions
    assert (row.host_la, row.host_force) == (la, force)
    assert row.cross_force is cross_force
    assert row.at_distance is False
    assert {one.recipient for one in outcome.notices} == {la, force, COVENTRY}


def test_the_same_outward_code_in_the_placing_area_has_no_row(rules):
    assert decide(of_coventry("CV7 8QZ"), rules).decisions == ()


@pytest.mark.parametrize(
    ("postcode", "outcome"),
    [
        (None, "missing"),
        ("CON", "invalid"),
        ("NF1 1NF", "no_fixed_abode"),
        ("ZZ99 3VZ", "no_fixed_abode"),
        ("EH1 1YZ", "scotland"),
        ("BT1 5GS", "northern_ireland"),
        ("JE2 3AB", "crown_dependency"),
        ("CV7 0ZZ", "unknown"),
    ],
)
def test_what_cannot_be_located_is_a_task_that_says_why(rules, postcode, outcome):
    found = decide(of_coventry(postcode), rules)
    (row,) = found.decisions
    assert row.state is State.CANNOT_SAY
    assert outcome.replace("_", " ") in row.reason
    (task,) = found.obligations
    assert task.asked.startswith(MEND_HOST[outcome])


def test_a_host_outside_the_region_is_named_from_the_reference_tables(rules):
    outcome = decide(of_coventry("WR1 2EY"), rules)
    (row,) = outcome.decisions
    assert (row.host_la, row.host_force) == ("885", "E23000016")
    assert row.reason.startswith("host.outside")
    (task,) = outcome.obligations
    assert "Worcestershire" in task.asked
    assert "West Mercia Police" in task.asked


@pytest.mark.parametrize("named", ["331", "E08000026", "Coventry", "coventry"])
def test_a_flag_may_name_the_placing_authority_in_any_of_its_ways(rules, named):
    one = of_coventry("CV7 9AH")
    seen = known(
        PoliceAddress("home", "CV7 9AH"), replace(FLAG, placing_authority=named)
    )
    found = replace(seen["candidates"][0], authority=WARWICKSHIRE_POLICE)
    record = replace(seen["nominals"][0], authority=WARWICKSHIRE_POLICE)
    one = replace(
        one,
        candidates={WARWICKSHIRE_POLICE: (found,)},
        nominals={(WARWICKSHIRE_POLICE, "N1"): record},
    )
    assert decide(one, rules).decisions[0].state.value == Row.KNOWN_AT_PLACEMENT.value


def test_every_outcome_of_geography_has_words_that_mend_it():
    assert {outcome.value for outcome in Outcome} - {"found"} == set(MEND_HOST)
