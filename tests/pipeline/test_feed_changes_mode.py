"""A feed that told everything tells changes only from tonight on: that is said once."""

import json

import yaml
from http_portal import http_portal
from night_world import NIGHT_1, NIGHT_2, World, hour_of

LA = "860"


def now_tells(world: World, mode: str) -> None:
    content = yaml.safe_load(world.region.read_text())
    content["authorities"][LA]["source"]["mode"] = mode
    world.region.write_text(yaml.safe_dump(content))


def test_the_night_and_the_supplier_read_that_a_feed_changed_its_mode(world: World):
    before = yaml.safe_load(world.region.read_text())["authorities"][LA]["source"]
    assert before.get("mode", "snapshot") == "snapshot"
    with http_portal(lambda: hour_of(NIGHT_1)) as portal:
        world.speaks_to(portal.url, portal.key)
        first = world.run(NIGHT_1)
        now_tells(world, "delta")
        second = world.run(NIGHT_2)
    assert {one["changed"] for one in first.summary["extracts"].values()} == {""}
    changed = {
        code: one["changed"]
        for code, one in second.summary["extracts"].items()
        if one["changed"]
    }
    assert changed.keys() == {LA}
    words = "the feed changed from snapshot to delta tonight"
    assert changed[LA].startswith(words)
    assert f"Staffordshire ({LA}): {words}" in " ".join(second.output.split())
    told = {
        one["business_date"]: one["reason"]
        for one in portal.documents("verdicts").values()
        if one["authority"] == LA
    }
    assert words not in told[NIGHT_1]
    assert words in told[NIGHT_2]
    kept = json.loads((second.folder / "verdicts" / f"{LA}.json").read_text())
    assert kept["outcome"] == "usable"
