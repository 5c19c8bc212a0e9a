"""Pointers keep away from whom a force shields, whatever else its data is worth."""

import csv
import json
import sqlite3
from itertools import chain

from night_world import NIGHT_1, NIGHT_2, POLICE, World

from synthetic import damage

DEGRADED = 3


def restrict(folder, refs):
    """The nominals are restricted from now on."""
    path = folder / "nominals.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["nominal_ref"] in refs:
            row["protect_level"] = "restricted"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    damage.vouch_again(folder)


def test_a_nominal_restricted_in_a_stale_extract_is_pointed_at_no_more(world: World):
    first = world.run(NIGHT_1, "--no-publish")
    held = [row for row in first.rows("people") if row["kind"] == "perpetrator"]
    refs = {row["record_ref"] for row in held if row["authority"] == POLICE[0]}
    persons = {row["person_id"] for row in held if row["record_ref"] in refs}
    assert persons
    folder = world.inbox / POLICE[0] / NIGHT_2
    restrict(folder, refs)
    damage.stale(folder)
    second = world.run(NIGHT_2, "--no-publish")
    assert second.exit_code == DEGRADED
    assert second.summary["extracts"][POLICE[0]]["outcome"] == "not_usable"
    shown = {
        row["record_ref"]
        for row in second.rows("people")
        if row["kind"] == "perpetrator" and row["authority"] == POLICE[0]
    }
    assert not shown & refs
    taken_back = {
        row["supersedes"]
        for row in second.rows("notifications")
        if row["subject"] == "person" and row["kind"] == "retraction"
    }
    told = {
        row["notification_id"]
        for row in first.rows("notifications")
        if row["kind"] == "pointer" and row["recipient"] == POLICE[0]
    }
    assert told
    assert told <= taken_back
    with sqlite3.connect(world.workspace / "demo" / "register.db") as register:
        bodies = register.execute(
            "SELECT body FROM outbox WHERE kind = 'person' ORDER BY outbox_id"
        ).fetchall()
    latest = {one["person_id"]: one for one in map(json.loads, chain(*bodies))}
    assert all(not latest[person]["holders"] for person in persons)
