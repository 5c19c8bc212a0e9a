"""The register remembers whom authorities shield for as long as a night may ask."""

import datetime as dt
from dataclasses import replace

from register_examples import LA, REGION, day, everything, night

from notifications.facts import Child
from notifications.shields import Shield, ShieldMemory
from register.engine import reading
from register.nights import record_night
from register.shields import load_shields

ROBIN = Shield(
    Child(LA, "S1", forename="Robin", surname="Example", dob=dt.date(2014, 5, 6)),
    until=dt.date(2027, 1, 1),
    identifiers=frozenset({("nhs", "9434765919"), ("upn", "A123456789012")}),
    since=day(1),
)
ALEX = Shield(Child("860", "S2", known_as="Alex", former_surname="Other"), since=day(1))
NOBODY = ShieldMemory()
BOTH = ShieldMemory((ROBIN, ALEX), {(LA, "NEW"): (ROBIN.key, ALEX.key)})


def record(engine, number, shields, run=1, **parts):
    record_night(engine, night(number, run, shields=shields, **parts))


def recall(engine, before, region=REGION):
    with reading(engine) as connection:
        return load_shields(connection, region, day(before))


def rows(engine):
    found = everything(engine)
    return len(found["shield"]), len(found["second_record"])


def test_a_night_knows_the_shields_of_the_night_before_as_they_were(engine):
    record(engine, 1, BOTH)
    assert recall(engine, 1) == NOBODY
    assert recall(engine, 2) == BOTH


def test_the_order_of_shields_does_not_matter(engine):
    record(engine, 1, ShieldMemory((ALEX, ROBIN), {(LA, "NEW"): (ALEX.key, ROBIN.key)}))
    assert recall(engine, 2) == BOTH


def test_recording_the_same_again_changes_nothing(engine):
    record(engine, 1, BOTH)
    first = everything(engine)
    record(engine, 1, BOTH)
    assert everything(engine) == first
    record(engine, 1, BOTH, run=2)
    record(engine, 2, BOTH)
    assert rows(engine) == (2, 2)
    assert recall(engine, 3) == BOTH


def test_a_date_run_again_finds_what_its_first_run_found(engine):
    record(engine, 1, BOTH)
    renamed = replace(ROBIN, child=replace(ROBIN.child, surname="Another"))
    other = ShieldMemory((renamed,), {})
    record(engine, 2, other)
    assert recall(engine, 2) == BOTH
    assert recall(engine, 3) == other
    record(engine, 2, BOTH, run=2)
    assert recall(engine, 2) == recall(engine, 3) == BOTH


def test_a_shield_may_come_back_on_the_night_that_forgot_it_or_later(engine):
    for number, shields in enumerate((BOTH, NOBODY, BOTH, NOBODY, BOTH), 1):
        record(engine, number, shields)
        assert recall(engine, number + 1) == shields


def test_no_name_is_kept_that_no_night_can_ask_for(engine):
    record(engine, 1, BOTH)
    record(engine, 2, NOBODY)
    assert recall(engine, 2) == BOTH, "night 2 may be run again"
    record(engine, 3, NOBODY)
    assert rows(engine) == (0, 0)
    assert not any("Robin" in row for row in everything(engine)["shield"])


def test_a_former_name_goes_the_same_way(engine):
    record(engine, 1, BOTH)
    renamed = replace(ROBIN, child=replace(ROBIN.child, forename="Robyn"))
    for number in (2, 3):
        record(engine, number, replace(BOTH, shields=(renamed, ALEX)))
    assert rows(engine) == (2, 2)
    assert not any("Robin" in row for row in everything(engine)["shield"])


def test_a_region_keeps_and_forgets_its_own_alone(engine):
    north = {"region": "north", "placements": ()}
    record(engine, 1, BOTH)
    record(engine, 1, NOBODY, run_id="north-1", **north)
    record(engine, 3, NOBODY, run_id="north-3", **north)
    assert recall(engine, 2) == BOTH
    assert recall(engine, 9, region="north") == NOBODY
