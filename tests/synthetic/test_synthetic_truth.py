"""The truth is what the files say to whoever knows which records are of one person."""

from collections import Counter, defaultdict
from typing import Any

import pytest
from synthetic_examples import Made

from geography.postcodes import Geography
from records.dates import age_on
from synthetic.states import State

Row = dict[str, Any]


def decided(made: Made, night: int = 0) -> list[Row]:
    return [row for row in made.placements(night) if row["expected_state"]]


def child_of(row: Row) -> tuple[str, str]:
    return row["placing_la"], row["child_ref"]


def test_every_state_occurs_at_demonstration_scale(demo: Made) -> None:
    for night in range(demo.spec.nights):
        states = Counter(row["expected_state"] for row in decided(demo, night))
        assert set(states) == set(State)
        assert states["not_known"] >= 20
        assert states["known_at_placement"] >= 20
        assert states["known_not_at_address"] >= 20


def test_every_state_occurs_in_a_small_region_too(small: Made) -> None:
    assert {row["expected_state"] for row in decided(small)} == set(State)


def test_about_45_in_a_hundred_children_are_placed_out_of_area(demo: Made) -> None:
    base = [row for row in demo.placements() if not row["temporary"]]
    away = sum(row["out_of_area"] is not False for row in base) / len(base)
    assert 0.40 < away < 0.50


def test_every_child_has_one_placement_beside_temporary_ones(demo: Made) -> None:
    for night in range(demo.spec.nights):
        base = Counter(
            child_of(row) for row in demo.placements(night) if not row["temporary"]
        )
        assert set(base.values()) == {1}
        away = {child_of(row) for row in demo.placements(night) if row["temporary"]}
        assert away <= set(base)
        assert away


def test_what_is_decided_is_out_of_area_or_lost_and_all_of_that_is(demo: Made) -> None:
    for row in demo.placements():
        assert (row["expected_state"] is not None) == (row["out_of_area"] is not False)
        assert (row["lost"] is not None) == (row["out_of_area"] is None)
        assert (row["host_la"] is None) == (row["lost"] is not None)


def test_nobody_of_18_is_in_the_table(small: Made) -> None:
    born = {
        (row["authority"], row["child_ref"]): row["dob"]
        for row in small.true("children")
    }
    for row in small.true("placements"):
        assert age_on(born[child_of(row)], row["night"]) < 18


def test_the_geography_finds_each_placement_where_the_truth_has_it(
    demo: Made, geography: Geography
) -> None:
    outcomes = set()
    for row in demo.placements():
        place = geography.place(row["postcode"])
        if row["lost"]:
            outcomes.add(row["lost"])
            assert place.outcome == row["lost"]
            continue
        assert (place.la, place.force) == (row["host_la"], row["host_force"])
        own = geography.force_of(row["placing_la"])
        assert row["cross_force"] == (place.force != own)
        assert row["at_distance"] == geography.at_distance(
            row["placing_la"], row["host_la"]
        )
    assert {"missing", "invalid", "unknown", "scotland", "crown_dependency"} <= outcomes


def test_placements_cross_every_kind_of_border(demo: Made) -> None:
    forces = {force.code for force in demo.spec.forces}
    las = {la.code for la in demo.spec.las}
    hosts = [row for row in demo.placements() if row["out_of_area"]]
    assert any(row["host_la"] in las and not row["cross_force"] for row in hosts)
    assert any(row["host_la"] in las and row["cross_force"] for row in hosts)
    outside = [row for row in hosts if row["host_force"] not in forces]
    assert {row["host_la"][0] == "W" for row in outside} == {True, False}
    assert {row["expected_state"] for row in outside} <= {
        "cannot_say",
        "restricted",
    }


class Police:
    """A force's files of one night, by nominal."""

    def __init__(self, made: Made, force: str, night: int) -> None:
        self.date = made.spec.dates[night].isoformat()
        self.held: dict[str, dict[str, list[dict[str, str]]]] = {
            table: defaultdict(list) for table in ("nominals", "addresses", "flags")
        }
        for table, by_ref in self.held.items():
            for row in made.rows(force, f"{table}.csv", night):
                by_ref[row["nominal_ref"]].append(row)

    def current(self, table: str, ref: str) -> list[dict[str, str]]:
        return [
            row
            for row in self.held[table][ref]
            if row["start_date"] <= self.date
            and (not row["end_date"] or row["end_date"] > self.date)
        ]

    def state(self, refs: list[str], postcode: str, placing_la: str) -> str:
        """The state by contracts §5, for someone who is told which nominals match."""
        here = [
            ref
            for ref in refs
            if any(
                row["postcode"] == postcode
                and row["address_type"] not in {"bail", "custody"}
                for row in self.current("addresses", ref)
            )
        ]
        flagged = [
            ref
            for ref in here
            if any(
                row["code"] == "looked_after_out_of_area"
                and row["placing_authority"] == placing_la
                for row in self.current("flags", ref)
            )
        ]
        if flagged:
            return "known_at_placement"
        if here:
            return "known_at_address_no_flag"
        return "known_not_at_address" if refs else "not_known"


@pytest.mark.parametrize("night", [0, 1])
def test_the_forces_files_bear_the_expected_states(demo: Made, night: int) -> None:
    people: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in demo.true("nominals"):
        if row["first_night"] <= demo.spec.dates[night]:
            people[row["authority"], row["person_id"]].append(row)
    police = {force.code: Police(demo, force.code, night) for force in demo.spec.forces}
    matched = {
        "known_at_placement",
        "known_at_address_no_flag",
        "known_not_at_address",
        "not_known",
    }
    asked = 0
    for row in decided(demo, night):
        if row["true_state"] not in matched:
            continue
        force = row["host_force"]
        own = people[force, row["person_id"]]
        refs = [nominal["nominal_ref"] for nominal in own]
        assert sorted(row["nominal_refs"]) == sorted(
            nominal["nominal_ref"] for nominal in own if not nominal["ambiguous"]
        )
        found = police[force].state(refs, row["postcode"], row["placing_la"])
        assert found == row["true_state"]
        assert not any(nominal["restricted"] for nominal in own)
        asked += 1
    assert asked > 80


def test_only_the_host_force_makes_a_child_known(demo: Made) -> None:
    held = {(row["authority"], row["person_id"]) for row in demo.true("nominals")}
    forces = {force.code for force in demo.spec.forces}
    elsewhere = [
        row
        for row in decided(demo)
        if row["true_state"] == "not_known"
        and any((force, row["person_id"]) in held for force in forces)
    ]
    assert elsewhere
    assert all(not row["nominal_refs"] for row in elsewhere)


def test_ambiguous_records_are_of_the_child_as_often_as_not(demo: Made) -> None:
    possible = [row for row in decided(demo) if row["expected_state"] == "possible"]
    resolved = {row["true_state"] for row in possible}
    assert resolved <= {"known_not_at_address", "not_known"}
    alike = [row for row in demo.true("nominals") if row["ambiguous"]]
    assert len(alike) >= len(possible)
    assert {row["resembles"] == row["person_id"] for row in alike} == {True, False}


def test_shielded_children_are_restricted_whatever_is_known(demo: Made) -> None:
    nominals = {
        (row["authority"], row["nominal_ref"])
        for row in demo.true("nominals")
        if row["restricted"]
    }
    reasons = Counter()
    protected = {
        (la.code, row["child_id"])
        for la in demo.spec.las
        for row in demo.rows(la.code, "protected.csv")
    }
    for row in decided(demo):
        held = any((row["host_force"], ref) in nominals for ref in row["nominal_refs"])
        shields = {
            "protected": child_of(row) in protected,
            "adoptive": row["place_code"] in {"A3", "A4", "A5", "A6"},
            "nominal": held,
        }
        reasons.update(name for name, holds in shields.items() if holds)
        assert (row["expected_state"] == "restricted") == any(shields.values())
    assert set(reasons) == {"protected", "adoptive", "nominal"}


def test_short_breaks_and_temporary_placements_are_out_of_scope(demo: Made) -> None:
    for row in decided(demo):
        brief = row["temporary"] or row["legal_status"] in {"V3", "V4"}
        if row["expected_state"] == "out_of_scope":
            assert brief
        elif brief:
            assert row["expected_state"] == "restricted"
    kinds = {
        row["temporary"]
        for row in decided(demo)
        if row["expected_state"] == "out_of_scope"
    }
    assert kinds == {True, False}


def test_perpetrators_are_held_on_both_sides_of_a_border(demo: Made) -> None:
    rows = demo.true("perpetrators")
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["cross_border"]:
            groups[row["person_id"]].append(row)
    assert len(groups) >= 6
    for group in groups.values():
        assert len({row["authority"] for row in group}) > 1
    kinds = {tuple(sorted(row["record_kind"] for row in g)) for g in groups.values()}
    assert kinds == {("nominal", "nominal"), ("nominal", "person_of_concern")}
    decoys = {row["decoy"] for row in rows if row["decoy"]}
    assert decoys == {
        "flag_without_role",
        "role_without_flag",
        "victim_flag",
        "namesake",
    }
    assert not any(row["cross_border"] for row in rows if row["decoy"])


def test_records_in_scope_are_suspects_with_an_exploitation_flag_or_order(
    demo: Made,
) -> None:
    truth = {
        (row["authority"], row["record_ref"])
        for row in demo.true("perpetrators")
        if row["in_scope"] and row["record_kind"] == "nominal"
    }
    last = demo.spec.nights - 1
    found = set()
    for force in demo.spec.forces:
        suspects = {
            row["nominal_ref"]
            for row in demo.rows(force.code, "roles.csv", last)
            if row["role"] in {"suspect", "offender"}
        }
        found |= {
            (force.code, row["nominal_ref"])
            for row in demo.rows(force.code, "flags.csv", last)
            if row["code"] in {"cse_perpetrator", "shpo", "sro", "cawn"}
            and row["nominal_ref"] in suspects
        }
    assert found == truth
