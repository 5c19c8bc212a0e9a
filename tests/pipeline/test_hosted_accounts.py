"""The night's tables, read as what four sources say of each placement."""

import datetime as dt
from types import SimpleNamespace
from uuid import uuid4

import pyarrow as pa
import pytest
from night_world import DEMO

from geography.postcodes import Geography
from matching.evidence import Candidate
from notifications.documents import Audience, Kind
from notifications.facts import (
    Child,
    ChildMemory,
    Nominal,
    Protection,
    Standing,
    State,
)
from notifications.hosted import Voice
from notifications.shields import Shield
from pipeline import hosted
from pipeline.region import load_region
from pipeline.stages.standardise import RESOLVED
from pipeline.written import written_of
from records.schemas import CHILDREN_TABLES, POLICE_TABLES, conform, empty

ON = dt.date(2026, 11, 22)
PLACING, HOST, FORCE = "330", "860", "E23000015"
KEY = (PLACING, "C1")
STAFFORD = "ST16 2LH"


@pytest.fixture(scope="module")
def rulebook(region_template):
    region = load_region(DEMO)
    from notifications.rulebook import Rulebook

    return Rulebook(
        policy=region.policy,
        geography=Geography.load(region_template / "workspace" / "reference"),
        directory=region.directory(),
        thresholds=region.matching.thresholds(),
    )


def placement(**changes):
    return {
        "authority": PLACING, "child_ref": "C1", "placement_ref": "P1",
        "status": "current", "start": dt.date(2026, 9, 1), "postcode": STAFFORD,
        "place_code": "U4", "temporary": False, "host_la": HOST, **changes,
    }  # fmt: skip


def facts(**changes):
    given = {
        "about": {}, "memory": {}, "candidates": {}, "nominals": {}, "golden": {},
    }  # fmt: skip
    return SimpleNamespace(**{**given, **changes})


def accounts(rulebook, *placements, outcomes=(), shields=(), tables=None, **known):
    child = {"authority": PLACING, "child_ref": "C1", "forename": "Ann"}
    held = {name: empty(schema) for name, schema in CHILDREN_TABLES.items()}
    held["children"] = conform([child], CHILDREN_TABLES["children"])
    held["placements"] = conform(list(placements), RESOLVED)
    return hosted.NightAccounts(
        {**held, **(tables or {})}, facts(**known), outcomes, rulebook, ON, shields
    )


def only(night):
    (child,) = hosted.placed_children(night)
    return child


def nominal(ref="N1", **changes):
    return Nominal(FORCE, ref, **changes)


def restricted_match(golden=("N1",)):
    found = {(FORCE, ref): nominal(ref, restricted=ref != "N1") for ref in golden}
    if golden == ("N1",):
        found = {(FORCE, "N1"): nominal(restricted=True)}
    family = tuple(found)
    one = Candidate(FORCE, "N1", 0.0, 0.01, "", "", ())
    return {
        "candidates": {FORCE: {KEY: (one,)}},
        "nominals": found,
        "golden": dict.fromkeys(family, family),
    }


def about(*protections):
    return {"about": {KEY: SimpleNamespace(protections=list(protections))}}


TOMORROW, YESTERDAY = ON + dt.timedelta(1), ON - dt.timedelta(1)
SHIELDED = [
    ("protected", {}, about(Protection()), True),
    ("protected from tomorrow", {}, about(Protection(start=TOMORROW)), True),
    ("no longer protected", {}, about(Protection(until=YESTERDAY)), False),
    ("placed for adoption", {"place_code": "A4"}, {}, True),
    ("adopted", {"status": "ended", "end": YESTERDAY, "end_reason": "E11"}, {}, True),
    ("may be a restricted nominal", {}, restricted_match(), True),
    ("a record of its golden nominal is", {}, restricted_match(("N1", "N2")), True),
    ("shielded when last heard of", {}, {"shields": (
        Shield(Child(PLACING, "C1", forename="Ann")),)}, True),
    ("nothing of this", {}, {}, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "known", "shielded"),
    [pytest.param(*rest, id=name) for name, *rest in SHIELDED],
)
def test_who_takes_no_part(rulebook, row, known, shielded):
    assert only(accounts(rulebook, placement(**row), **known)).shielded == shielded


def test_a_state_of_restricted_shields(rulebook):
    decision = SimpleNamespace(placement_ref="P1", state=State.RESTRICTED)
    outcome = SimpleNamespace(decisions=(decision,))
    assert only(accounts(rulebook, placement(), outcomes=(outcome,))).shielded


def test_a_shield_outlives_the_childs_record(rulebook):
    gone = Shield(Child(PLACING, "C9", forename="Bea"))
    found = {one.child_ref: one for one in hosted.placed_children(
        accounts(rulebook, placement(), shields=(gone,)))}  # fmt: skip
    assert found["C9"].shielded
    assert found["C9"].forenames == {"BEA"}


def test_a_placement_that_a_temporary_one_interrupts_stands(rulebook):
    (placed,) = only(accounts(rulebook, placement(end=YESTERDAY))).placements
    assert placed.stands(ON)


def standing():
    one = Standing(
        uuid4(), Kind.NEW, HOST, Audience.DUTY, False, "P1", "", dt.date(2026, 11, 2)
    )
    return {"memory": {KEY: ChildMemory(standing=(one,))}}


def test_the_host_was_told_when_its_notice_was_made(rulebook):
    (placed,) = only(accounts(rulebook, placement(), **standing())).placements
    assert placed.told_on == dt.date(2026, 11, 2)


def test_what_is_taken_back_tonight_has_ended_and_later_never_was(rulebook):
    row = placement(status="withdrawn")
    (placed,) = only(accounts(rulebook, row, **standing())).placements
    assert placed.end == ON
    assert only(accounts(rulebook, row)).placements == ()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("330", "330"), (" birmingham ", "330"), ("E08000025", "330"),
        ("Staffordshire", "860"), ("873", "873"), ("the council", None), (None, None),
    ],
)  # fmt: skip
def test_an_authority_is_read_as_people_write_it(rulebook, written, code):
    assert hosted.authority_reader(rulebook)(written) == code


def test_rows_of_hosts_say_whether_tonights_file_has_them(rulebook):
    notices = [
        {"authority": HOST, "notice_ref": ref, "placing_la": "Birmingham",
         "forename": "Ann", "dob": ON, "postcode": STAFFORD}
        for ref in ("H1", "H2")
    ]  # fmt: skip
    gone = {"authority": HOST, "table": "home_notices", "record_ref": "H2", "nights": 1}
    tables = {
        "home_notices": conform(notices, CHILDREN_TABLES["home_notices"]),
        "absences": conform([gone], CHILDREN_TABLES["absences"]),
    }
    found = hosted.said_by_hosts(accounts(rulebook, tables=tables))
    assert [(one.voice, one.placing_la, one.absent) for one in found] == [
        (Voice.HOME, PLACING, False), (Voice.HOME, PLACING, True),
    ]  # fmt: skip


def police(nominals=None, addresses=None, flags=None):
    held = {name: empty(schema) for name, schema in POLICE_TABLES.items()}
    one = {"authority": FORCE, "nominal_ref": "N1", "restricted": False}
    there = {**one, "address_type": "home", "postcode": STAFFORD}
    there.pop("restricted")
    flag = {"authority": FORCE, "nominal_ref": "N1", "placing_authority": "Birmingham",
            "code": "looked_after_out_of_area"}  # fmt: skip
    given = {
        "nominals": [{**one, **(nominals or {})}],
        "nominal_addresses": [{**there, **(addresses or {})}],
        "flags": [{**flag, **(flags or {})}],
    }
    return {**held, **{
        name: conform(rows, POLICE_TABLES[name]) for name, rows in given.items()
    }}  # fmt: skip


FLAGS = [
    ("flagged at an address", {}, {}, 1),
    ("restricted", {"nominals": {"restricted": True}}, {}, 0),
    ("the flag has ended", {"flags": {"end": ON}}, {}, 0),
    ("another flag", {"flags": {"code": "cse_victim"}}, {}, 0),
    ("the flag names nobody", {"flags": {"placing_authority": "?"}}, {}, 0),
    ("in custody", {"addresses": {"address_type": "custody"}}, {}, 0),
    ("moved on", {"addresses": {"end": YESTERDAY}}, {}, 0),
    ("may be a shielded child",
     {}, {**restricted_match(), "placement": placement()}, 0),
    ("may be a child whom nobody can locate", {}, {
        "candidates": restricted_match()["candidates"],
        "placement": placement(host_la=None, postcode=None)}, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tables", "known", "count"),
    [pytest.param(*rest, id=name) for name, *rest in FLAGS],
)
def test_which_flags_are_asked_about(rulebook, tables, known, count):
    known = dict(known)
    row = known.pop("placement", placement())
    night = accounts(rulebook, row, **known)
    found = hosted.flagged_nominals(
        night, FORCE, police(**tables), hosted.placed_children(night)
    )
    assert len(found) == count


def test_what_an_extract_bears_is_every_reference_of_it():
    tables = police({"external_refs": ["XB-1", "M/2"], "golden_nominal_ref": "N7"})
    written = written_of(tables)
    assert written["external_refs"] == {"XB-1", "M/2"}
    assert written["nominal_ref"] == {"N1"}
    assert written["golden_nominal_ref"] == {"N7"}


def test_a_host_without_a_register_can_not_be_asked():
    schema = CHILDREN_TABLES["children_placed_here"]
    assert written_of({"children_placed_here": empty(schema)}) is None
    entry = {"authority": HOST, "entry_ref": "R1", "placing_la": PLACING,
             "external_refs": ["XB-1"]}  # fmt: skip
    table: pa.Table = conform([entry], schema)
    assert written_of({"children_placed_here": table}) == {
        "external_refs": {"XB-1"}, "entry_ref": {"R1"},
    }  # fmt: skip
