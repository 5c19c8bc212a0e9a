"""The truth is what the files say to whoever knows which records are of one person."""

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

import pytest
from synthetic_examples import Made

from geography.postcodes import Geography
from records.dates import age_on
from synthetic.changes import Change
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
        for row in small.truth.children.to_pylist()
    }
    for row in small.truth.placements.to_pylist():
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
    for row in demo.truth.nominals.to_pylist():
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
    held = {
        (row["authority"], row["person_id"]) for row in demo.truth.nominals.to_pylist()
    }
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
    alike = [row for row in demo.truth.nominals.to_pylist() if row["ambiguous"]]
    assert len(alike) >= len(possible)
    assert {row["resembles"] == row["person_id"] for row in alike} == {True, False}


def test_shielded_children_are_restricted_whatever_is_known(demo: Made) -> None:
    nominals = {
        (row["authority"], row["nominal_ref"])
        for row in demo.truth.nominals.to_pylist()
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
    rows = demo.truth.perpetrators.to_pylist()
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
        for row in demo.truth.perpetrators.to_pylist()
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


def test_every_change_happens_on_the_second_night_or_follows_on_the_third(
    demo: Made, small: Made
) -> None:
    later = {Change.CLOSED_AT_18, Change.BACK_IN_SNAPSHOT}
    assert {change["change"] for change in demo.changes(1)} == set(Change) - later
    assert later <= {change["change"] for change in small.changes(2)}


def test_nothing_happens_twice_to_one_child_in_a_night(small: Made) -> None:
    for night in range(1, small.spec.nights):
        told = Counter(
            (row["placing_la"], row["child_ref"]) for row in small.changes(night)
        )
        assert max(told.values()) == 1


def test_nothing_is_different_about_children_to_whom_nothing_happened(
    small: Made,
) -> None:
    def facts(night: int) -> dict[tuple[str, str], list[Row]]:
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in small.placements(night):
            found[child_of(row)].append({**row, "night": None})
        return found

    for night in range(1, small.spec.nights):
        before, now = facts(night - 1), facts(night)
        touched = {child_of(row) for row in small.changes(night)}
        people = {
            row["person_id"]
            for key in touched
            for row in [*before.get(key, []), *now.get(key, [])]
        }
        for key in (before.keys() | now.keys()) - touched:
            if not people & {row["person_id"] for row in before[key] + now[key]}:
                assert before[key] == now[key]


def rows_of(made: Made, night: int, change: str) -> list[tuple[list[Row], list[Row]]]:
    """The placement rows before and after, of each child with that change."""
    return [
        (
            [row for row in made.placements(night - 1) if child_of(row) == key],
            [row for row in made.placements(night) if child_of(row) == key],
        )
        for row in made.changes(night)
        if row["change"] == change
        for key in [(row["placing_la"], row["child_ref"])]
    ]


def one(rows: list[Row]) -> Row:
    assert len(rows) == 1
    return rows[0]


def changed(before: Row, now: Row) -> set[str]:
    derived = {
        "night", "expected_state", "true_state", "nominal_refs", "at_distance",
        "cross_force", "host_force", "lost", "out_of_area",
    }  # fmt: skip
    return {name for name in now if now[name] != before[name]} - derived


EFFECTS: dict[str, set[str]] = {
    "corrected_start": {"placement_start"},
    "corrected_postcode": {"postcode"},
    "postcode_supplied": {"postcode", "host_la"},
    "legal_status_only": {"legal_status"},
    "absent_from_snapshot": {"in_extract"},
    "back_in_snapshot": {"in_extract"},
    "name_changed": set(),
    "protected": set(),
    "resent_unchanged": set(),
    "police_recorded": set(),
    "police_address_only": set(),
}


@pytest.mark.parametrize("change", EFFECTS)
def test_a_change_changes_what_it_says_and_nothing_else(
    small: Made, change: str
) -> None:
    seen = [
        pair
        for night in range(1, small.spec.nights)
        for pair in rows_of(small, night, change)
    ]
    assert seen
    for before, now in seen:
        assert changed(one(before), one(now)) == EFFECTS[change]


@pytest.mark.parametrize(
    "change", ["returned_home", "turned_18", "purged_child", "closed_at_18"]
)
def test_some_changes_take_the_child_out_of_the_table(small: Made, change: str) -> None:
    seen = [
        pair
        for night in range(1, small.spec.nights)
        for pair in rows_of(small, night, change)
    ]
    assert seen
    assert not any(now for _, now in seen)
    assert all(before for before, _ in seen) == (change != "closed_at_18")


def test_moves_go_where_they_say(demo: Made) -> None:
    for before, now in rows_of(demo, 1, "moved_within_la"):
        assert one(before)["host_la"] == one(now)["host_la"]
        assert one(now)["out_of_area"]
    for before, now in rows_of(demo, 1, "moved_to_other_la"):
        assert one(before)["host_la"] != one(now)["host_la"]
        assert one(now)["out_of_area"]
    for before, now in rows_of(demo, 1, "moved_back_in_area"):
        assert one(before)["out_of_area"]
        assert one(now)["out_of_area"] is False
    for _, now in rows_of(demo, 1, "new_placement"):
        assert one(now)["placement_start"] == demo.spec.dates[1] - dt.timedelta(1)


def test_a_temporary_placement_leaves_the_one_it_interrupts_standing(
    demo: Made,
) -> None:
    for before, now in rows_of(demo, 1, "temporary_started"):
        base = one([row for row in now if not row["temporary"]])
        assert changed(one(before), base) == set()
        assert one([row for row in now if row["temporary"]])
    for before, now in rows_of(demo, 1, "returned_from_temporary"):
        base = one([row for row in before if not row["temporary"]])
        assert changed(base, one(now)) <= {"source_ref"}


def test_the_police_record_some_of_those_they_were_told_of(demo: Made) -> None:
    for before, now in rows_of(demo, 1, "police_recorded"):
        assert one(before)["expected_state"] in {
            "not_known", "known_not_at_address", "known_at_address_no_flag",
        }  # fmt: skip
        assert one(now)["expected_state"] == "known_at_placement"
    for _, now in rows_of(demo, 1, "police_address_only"):
        assert one(now)["expected_state"] == "known_at_address_no_flag"


def test_forces_add_a_few_nominals_every_night(demo: Made) -> None:
    for force in demo.spec.forces:
        before = {row["nominal_ref"] for row in demo.rows(force.code, "nominals.csv")}
        now = {row["nominal_ref"] for row in demo.rows(force.code, "nominals.csv", 1)}
        assert before < now
        assert 3 <= len(now - before) < 100
