"""A restricted record shields a child whichever force holds it (law 6)."""

import csv
from pathlib import Path

import pytest
from night_world import NIGHT_1, NIGHT_2, POLICE, World

from synthetic import damage

PLACING = "330"


def persons_of(folder: Path) -> dict[str, dict[str, str]]:
    """The children's own records, by reference."""
    with (folder / "ssd_person.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["pers_person_id"]: row for row in csv.DictReader(file)}


def somebody(world: World, rules: dict[str, str]) -> tuple[str, dict[str, str]]:
    """A child whom nothing shields, and its record of the second night."""
    records = persons_of(world.inbox / PLACING / NIGHT_2)
    child = min(
        ref
        for ref, rule in rules.items()
        if ref in records and not rule.startswith("shield.")
    )
    return child, records[child]


def hold(folder: Path, child: dict[str, str], level: str) -> None:
    """The force has a record of the child from now on."""
    path = folder / "nominals.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows.append(
        dict.fromkeys(rows[0], "")
        | {
            "nominal_ref": "ELSEWHERE", "forename1": child["pers_forename"],
            "surname": child["pers_surname"], "dob": child["pers_dob"],
            "sex": child["pers_sex"], "protect_level": level,
            "updated_at": rows[0]["updated_at"],
        }
    )  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    damage.vouch_again(folder)


def placed(night, host):
    """By child of one placing authority: the rule that decided it, of those hosted in
    a force's area, or beyond the region."""
    return {
        row["child_ref"]: row["reason"].partition(":")[0]
        for row in night.rows("decisions")
        if row["placing_la"] == PLACING and host(row["host_force"])
    }


@pytest.mark.parametrize(
    ("host", "holder"),
    [
        (lambda force: force == POLICE[0], POLICE[1]),
        (lambda force: force not in POLICE, POLICE[0]),
    ],
    ids=["hosted by another force", "hosted outside the region"],
)
def test_a_record_that_another_force_restricts_shields(world: World, host, holder):
    first = placed(world.run(NIGHT_1, "--no-publish"), host)
    child, own = somebody(world, first)
    hold(world.inbox / holder / NIGHT_2, own, "restricted")
    second = world.run(NIGHT_2, "--no-publish")
    assert placed(second, host)[child] == "shield.nominal"
    told = [row for row in second.rows("notifications") if row["child_ref"] == child]
    assert all(row["audience"] == "named_officer" for row in told), told


def test_a_record_that_nobody_restricts_says_nothing_elsewhere(world: World):
    def host(force):
        return force == POLICE[0]

    first = placed(world.run(NIGHT_1, "--no-publish"), host)
    child, own = somebody(world, first)
    hold(world.inbox / POLICE[1] / NIGHT_2, own, "none")
    second = world.run(NIGHT_2, "--no-publish")
    assert not placed(second, host)[child].startswith("shield.")
    met = second.table("match/children/" + POLICE[1]).column("right_ref").to_pylist()
    assert "ELSEWHERE" not in met
