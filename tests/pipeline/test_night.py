"""Whole nights of a synthetic region, by the command line, with a small portal or
none."""

import json
import shutil
import sqlite3
from collections import Counter

import pyarrow.parquet as pq
import pytest
from http_portal import http_portal
from night_world import NIGHT_1, NIGHT_2, POLICE, World, copy_of, hour_of

from notifications.tables import DECISIONS, NOTIFICATIONS, PEOPLE
from pipeline.assess import assess
from synthetic import damage

GOOD, FAILED, BAD_CONFIGURATION, DEGRADED = 0, 1, 2, 3


pytestmark = pytest.mark.usefixtures("early")


@pytest.fixture(scope="module")
def two_nights(early, region_template, tmp_path_factory):
    """A world after its first night, its second, and its second once more."""
    world = copy_of(region_template, tmp_path_factory.mktemp("two"))
    with http_portal(lambda: hour_of(NIGHT_1)) as portal:
        world.speaks_to(portal.url, portal.key)
        nights = [world.run(date) for date in (NIGHT_1, NIGHT_2, NIGHT_2)]
    return world, nights


def ids(night):
    return {row["notification_id"] for row in night.rows("notifications")}


def test_a_night_of_good_extracts_is_good(two_nights):
    _, nights = two_nights
    assert [night.exit_code for night in nights] == [GOOD] * 3
    assert nights[0].summary["problems"] == []
    assert "GOOD: every extract arrived and counts. 3 sentinels came through." in (
        " ".join(nights[0].output.split())
    )


def test_the_tables_are_exactly_those_of_the_contract(two_nights):
    _, (night, *_) = two_nights
    for name, schema in (
        ("decisions", DECISIONS), ("notifications", NOTIFICATIONS), ("people", PEOPLE),
    ):  # fmt: skip
        assert night.table(name).schema.equals(schema), name


def test_placements_are_the_sum_of_their_states(two_nights):
    _, nights = two_nights
    for night in nights:
        states = Counter(row["state"] for row in night.rows("decisions"))
        assert states == night.summary["states"]
        assert sum(states.values()) == night.summary["placements"]


def test_rows_in_are_accepted_plus_rejected(two_nights):
    _, nights = two_nights
    for night in nights:
        for code, extract in night.summary["extracts"].items():
            assert extract["rows"] == extract["accepted"] + extract["rejected"], code
            rejects = (night.folder / "rejects" / f"{code}.csv").read_text()
            assert len(rejects.splitlines()) - 1 == extract["rejected"]


def test_nobody_who_should_hear_is_silenced(two_nights):
    world, nights = two_nights
    for night in nights:
        found = assess(night.folder, world.folder / "truth")
        assert found.silenced == 0, found.differing
        assert found.matched_rightly == found.matched


def test_the_second_night_tells_only_what_changed(two_nights):
    world, (first, second, _) = two_nights
    assert ids(first).isdisjoint(ids(second))
    assert 0 < len(ids(second)) < len(ids(first)) / 3
    told = {
        (row["placing_la"], row["child_ref"])
        for row in second.rows("notifications")
        if row["subject"] == "placement"
    }
    changed = {
        (row["placing_la"], row["child_ref"])
        for row in pq.read_table(world.folder / "truth" / "changes.parquet").to_pylist()
    }
    assert told <= changed


def test_the_same_night_again_tells_nobody_twice(two_nights):
    _, (_, second, again) = two_nights
    assert ids(again) == ids(second)
    assert again.summary["first_made"] == 0
    for name in ("decisions", "notifications", "people"):
        assert again.table(name).equals(second.table(name)), name


def test_a_legal_change_alone_tells_nobody(two_nights):
    world, (_, second, _) = two_nights
    changes = pq.read_table(world.folder / "truth" / "changes.parquet").to_pylist()
    legal = {
        (row["placing_la"], row["child_ref"])
        for row in changes
        if row["change"] == "legal_status_only"
    }
    assert legal
    told = {(r["placing_la"], r["child_ref"]) for r in second.rows("notifications")}
    assert legal.isdisjoint(told)


def test_every_recipient_is_an_authority_and_never_the_public(two_nights):
    _, (night, *_) = two_nights
    for row in night.rows("notifications"):
        assert row["recipient"][:3].isalnum()
        assert row["rule"]
        assert row["rule_version"]


def test_run_json_lists_inputs_with_hashes_and_versions(two_nights):
    _, (night, *_) = two_nights
    summary = night.summary
    for files in summary["inputs"].values():
        assert files
        assert all(len(file["sha256"]) == 64 for file in files)
    assert set(summary["versions"]) == {
        "crossborder", "rules", "children_model", "perpetrator_model", "settings",
        "postcodes",
    }  # fmt: skip
    assert summary["seconds"]["total"] > 0


def test_a_night_before_the_newest_is_read_only(world: World):
    world.run(NIGHT_2, "--no-publish")
    night = world.run(NIGHT_1, "--no-publish")
    assert night.exit_code == FAILED
    assert "is closed" in night.output


# --- bad input ---------------------------------------------------------------------


def hosted_by(night, force):
    return [row for row in night.rows("decisions") if row["host_force"] == force]


def no_surname(folder, name):
    damage.without_column(folder, name, "surname")
    damage.vouch_again(folder)


def encoded_wrongly(folder, name):
    damage.wrong_encoding(folder, name)
    damage.vouch_again(folder)


def without_rows(folder, name):
    damage.header_only(folder, name)
    damage.vouch_again(folder)


def stale(folder, _name):
    damage.stale(folder)


@pytest.mark.parametrize(
    "harm",
    [
        damage.truncate, damage.wrong_hash, damage.empty, encoded_wrongly,
        no_surname, without_rows, stale,
    ],
)  # fmt: skip
def test_a_damaged_police_file_never_reassures(world: World, harm):
    force = POLICE[0]
    sound = world.run(NIGHT_1, "--no-publish")
    harm(world.inbox / force / NIGHT_2, "nominals.csv")
    night = world.run(NIGHT_2, "--no-publish")
    assert night.exit_code == DEGRADED
    assert night.output.index("DEGRADED") < night.output.index("Extracts")
    assert force in night.output
    decided = hosted_by(night, force)
    assert len(decided) >= len(hosted_by(sound, force)) * 0.8
    assert {row["state"] for row in decided} <= {
        "cannot_say", "restricted", "out_of_scope",
    }  # fmt: skip
    others = Counter(row["state"] for row in hosted_by(night, POLICE[1]))
    assert others["known_at_placement"] > 0
    here = {row["placement_ref"] for row in decided}
    assert (shielded(sound, force) & here) <= shielded(night, force)


def shielded(night, force):
    return {
        row["placement_ref"]
        for row in hosted_by(night, force)
        if row["state"] == "restricted"
    }


def test_a_force_without_usable_data_tonight_still_shields_by_its_last(world: World):
    """A child whom only a restricted nominal shields, first placed on the bad night."""
    sound = world.run(NIGHT_1, "--no-publish")
    force, other = POLICE
    by_nominal = [
        row
        for row in hosted_by(sound, force)
        if row["reason"].startswith("shield.nominal")
    ]
    assert by_nominal
    for code in (force, other):
        shutil.rmtree(world.inbox / code / NIGHT_2)
    with sqlite3.connect(world.workspace / "demo" / "register.db") as register:
        register.execute("UPDATE decision SET state = 'cannot_say'")
    night = world.run(NIGHT_2, "--no-publish")
    after = {row["placement_ref"]: row for row in night.rows("decisions")}
    for row in by_nominal:
        if row["placement_ref"] in after:
            again = after[row["placement_ref"]]
            assert again["state"] == "restricted"
            assert again["reason"].startswith("shield.nominal")


def test_a_force_that_sends_nothing_is_named_first_and_the_others_are_worked(
    world: World,
):
    shutil.rmtree(world.inbox / POLICE[1] / NIGHT_1)
    night = world.run(NIGHT_1, "--no-publish")
    assert night.exit_code == DEGRADED
    assert night.summary["extracts"][POLICE[1]]["outcome"] == "missing"
    assert night.summary["outcome"] == "degraded"
    assert any(POLICE[1] in problem for problem in night.summary["problems"])
    assert {row["state"] for row in hosted_by(night, POLICE[1])} <= {
        "cannot_say", "restricted", "out_of_scope",
    }  # fmt: skip


def test_a_local_authority_that_sends_nothing_keeps_its_last_picture(world: World):
    first = world.run(NIGHT_1, "--no-publish")
    shutil.rmtree(world.inbox / "860" / NIGHT_2)
    second = world.run(NIGHT_2, "--no-publish")
    assert second.exit_code == DEGRADED
    before = {
        r["placement_ref"] for r in first.rows("decisions") if r["placing_la"] == "860"
    }
    after = {
        r["placement_ref"] for r in second.rows("decisions") if r["placing_la"] == "860"
    }
    turned_18 = before - after
    assert after <= before
    assert len(turned_18) <= 2
    assert {
        row["as_of"].isoformat()
        for row in second.rows("decisions")
        if row["placing_la"] == "860"
    } == {NIGHT_1}
    ended = [
        row
        for row in second.rows("notifications")
        if row["placing_la"] == "860" and row["kind"] in ("end", "retraction")
    ]
    assert len(ended) <= 3 * len(turned_18)
    assert "its data of 2026-11-22 stands" in second.output


def test_a_corrected_extract_of_the_same_date_can_be_run_again(world: World):
    force = POLICE[0]
    manifest = world.inbox / force / NIGHT_1 / "manifest.json"
    sound = manifest.read_text()
    content = json.loads(sound)
    content["complete"] = False
    manifest.write_text(json.dumps(content))
    with http_portal(lambda: hour_of(NIGHT_1)) as portal:
        world.speaks_to(portal.url, portal.key)
        first = world.run(NIGHT_1)
        assert first.exit_code == DEGRADED
        manifest.write_text(sound)
        second = world.run(NIGHT_1)
    assert second.exit_code == GOOD
    assert {row["state"] for row in hosted_by(second, force)} > {"known_at_placement"}


# --- bad configuration -------------------------------------------------------------


def test_a_bad_region_file_starts_nothing(world: World):
    world.configure(tittle="x")
    night = world.run(NIGHT_1)
    assert night.exit_code == BAD_CONFIGURATION
    assert "tittle: is not a key" in night.output
    assert not (world.workspace / "demo").exists()


def test_a_missing_key_is_said_before_anything_starts(world: World):
    night = world.run(NIGHT_1)
    assert night.exit_code == BAD_CONFIGURATION
    assert "CROSSBORDER_PORTAL_KEY is not set" in night.output
    assert not (world.workspace / "demo").exists()


def test_a_date_that_is_none_is_bad_configuration(world: World):
    exit_code, output = world.command("run", str(world.region), "--date", "tonight")
    assert (exit_code, "write YYYY-MM-DD" in output) == (BAD_CONFIGURATION, True)


def test_a_stage_by_itself_says_what_must_come_before(world: World):
    exit_code, output = world.command(
        "stage", "match", str(world.region), "--date", NIGHT_1, "--run-id", "r1",
        "--workspace", str(world.workspace), "--no-publish",
    )  # fmt: skip
    assert exit_code == FAILED
    assert "run that stage first" in output


def test_an_unknown_stage_names_the_known_ones(world: World):
    exit_code, output = world.command(
        "stage", "guess", str(world.region), "--date", NIGHT_1, "--run-id", "r1",
        "--workspace", str(world.workspace), "--no-publish",
    )  # fmt: skip
    assert exit_code == BAD_CONFIGURATION
    assert "collect, extract, standardise" in output


def test_stages_one_by_one_make_the_night_that_run_makes(world: World, two_nights):
    _, (night, *_) = two_nights
    for name in (
        "collect", "extract", "standardise", "match", "decide", "publish", "report",
    ):  # fmt: skip
        codes = sorted(night.summary["extracts"]) if name == "extract" else [""]
        for code in codes:
            exit_code, output = world.command(
                "stage", name, str(world.region), "--date", NIGHT_1, "--run-id", "r1",
                "--inbox", str(world.inbox), "--workspace", str(world.workspace),
                "--no-publish", *(["--authority", code] if code else []),
            )  # fmt: skip
            assert exit_code == GOOD, output
    folder = world.workspace / "demo" / NIGHT_1 / "r1"
    for name in ("decisions", "notifications", "people"):
        made = pq.read_table(folder / f"{name}.parquet", partitioning=None)
        assert made.equals(night.table(name)), name
