"""Each night a few things happen, each to another child, and nothing else does."""

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

import pytest
from synthetic_examples import Made

from synthetic.changes import Change

Row = dict[str, Any]


def child_of(row: Row) -> tuple[str, str]:
    return row["placing_la"], row["child_ref"]


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
    "away_for_a_night": {"placement_start", "source_ref"},
    "corrected_to_other_force": {"postcode", "host_la"},
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
    "change", ["returned_home", "turned_18", "purged_child", "closed_at_18", "adopted"]
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


def test_a_corrected_postcode_may_move_the_host_force(small: Made) -> None:
    for night in range(1, small.spec.nights):
        for before, now in rows_of(small, night, "corrected_to_other_force"):
            assert one(before)["host_force"] != one(now)["host_force"]
            assert one(before)["placement_start"] == one(now)["placement_start"]


def test_an_adopted_child_comes_back_as_somebody_else(demo: Made) -> None:
    (adopted,) = [row for row in demo.changes(1) if row["change"] == "adopted"]
    (again,) = [
        row for row in demo.changes(1) if row["change"] == "new_record_after_adoption"
    ]
    people = {child_of({**row, "placing_la": row["authority"]}): row
              for row in demo.true("children")}  # fmt: skip
    old, new = people[child_of(adopted)], people[child_of(again)]
    assert old["dob"] == new["dob"]
    assert old["child_ref"] != new["child_ref"]
    assert old["person_id"] != new["person_id"]
    assert [row for row in demo.placements(1) if child_of(row) == child_of(again)]


def test_a_child_away_for_a_night_is_back_at_the_same_address(small: Made) -> None:
    for night in range(1, small.spec.nights):
        for before, now in rows_of(small, night, "away_for_a_night"):
            assert one(before)["postcode"] == one(now)["postcode"]
            yesterday = small.spec.dates[night] - dt.timedelta(1)
            assert one(now)["placement_start"] == yesterday
