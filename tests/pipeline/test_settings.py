"""What of a region's file and models decides its notices: a change of any is seen."""

import json
import os
import shutil
import subprocess
import sys

import pytest
import yaml
from night_world import DEMO, NIGHT_1, NIGHT_2, NIGHT_3, REPOSITORY, World

from pipeline.region import load_region
from pipeline.run import MODELS
from pipeline.settings import TELLS_NOBODY, settings_of


def region_of(tmp_path, *sections, models=MODELS):
    """The settings of the demo region with other keys in some of its sections."""
    content = yaml.safe_load(DEMO.read_text())
    for section, keys in sections:
        content[section] = {**content.get(section, {}), **keys}
    path = tmp_path / "region.yaml"
    path.write_text(yaml.safe_dump(content))
    return settings_of(load_region(path), models)


def changed(before, after):
    assert before.keys() == after.keys()
    return {key for key in before if before[key] != after[key]}


@pytest.mark.parametrize(
    ("section", "keys", "seen"),
    [
        ("policy", {"scope": {"scope.secure": "include"}}, {"policy.scope"}),
        ("policy", {"criteria": ["cse_victim", "cce"]}, {"policy.criteria"}),
        ("policy", {"criteria_only": True}, {"policy.criteria_only"}),
        ("policy", {"priorities": {"high_from_age": 15}}, {"policy.priorities"}),
        (
            "policy",
            {"recipients": {"known_at_address_no_flag": "new"}},
            {"policy.recipients"},
        ),
        ("policy", {"grace_nights": 9}, {"policy.grace_nights"}),
        ("policy", {"clocks": {"emergency": 4}}, {"policy.clocks"}),
        (
            "matching",
            {"costs": {"missed_child": 1000, "needless_notice": 15, "review": 1}},
            {"matching.costs"},
        ),
        ("matching", {"candidate_floor": 0.002}, {"matching.candidate_floor"}),
        ("policy", {"surge": {"factor": 9}}, set()),
        ("policy", {"baseline": {"per_working_day": 5}}, set()),
        ("policy", {"reconciliation": {"settle_days": 9}}, set()),
        ("retention", {"extracts_days": 20}, set()),
    ],
)
def test_each_key_that_decides_notices_is_seen_by_itself(tmp_path, section, keys, seen):
    before = region_of(tmp_path)
    assert changed(before, region_of(tmp_path, (section, keys))) == seen


def test_every_section_of_the_policy_is_looked_at_or_left_out_by_name(tmp_path):
    policy = load_region(DEMO).policy
    looked_at = {
        key.removeprefix("policy.") for key in region_of(tmp_path) if "policy." in key
    }
    assert looked_at | TELLS_NOBODY == type(policy).model_fields.keys()


def test_order_comments_and_defaults_written_out_change_nothing(tmp_path):
    before = region_of(tmp_path)
    content = yaml.safe_load(DEMO.read_text())
    policy = load_region(DEMO).policy.model_dump(mode="json")
    content["policy"] = {
        key: policy[key][::-1] if key == "criteria" else policy[key]
        for key in sorted(policy, reverse=True)
    }
    turned = dict(reversed(content.items()))
    path = tmp_path / "turned.yaml"
    path.write_text("# another order\n" + yaml.safe_dump(turned, sort_keys=False))
    assert settings_of(load_region(path), MODELS) == before


def test_costs_in_another_unit_change_nothing(tmp_path):
    costs = load_region(DEMO).matching.costs.model_dump()
    tenfold = {name: 7 * cost for name, cost in costs.items()}
    before = region_of(tmp_path)
    assert region_of(tmp_path, ("matching", {"costs": tenfold})) == before


def test_a_models_content_counts_and_not_how_it_is_written(tmp_path):
    before = region_of(tmp_path)
    shutil.copytree(MODELS, tmp_path / "models")
    file = tmp_path / "models" / load_region(DEMO).matching.model
    content = json.loads(file.read_text())
    file.write_text(json.dumps(dict(reversed(content.items())), indent=7))
    assert region_of(tmp_path, models=tmp_path / "models") == before
    file.write_text(json.dumps({**content, "tampered": True}))
    after = region_of(tmp_path, models=tmp_path / "models")
    assert changed(before, after) == {"children_model"}


def test_two_processes_say_the_same_of_one_file():
    """A set has another order in each process."""
    asked = (
        "from pathlib import Path; from pipeline.region import load_region; "
        "from pipeline.run import MODELS; from pipeline.settings import settings_of; "
        f"print(settings_of(load_region(Path({str(DEMO)!r})), MODELS))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", asked],
            check=True, capture_output=True, cwd=REPOSITORY,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(said) == 1


def test_a_change_of_the_region_file_waits_for_a_person_for_one_night(world: World):
    world.run(NIGHT_1, "--no-publish")
    content = yaml.safe_load(world.region.read_text())
    policy = {
        **content.get("policy", {}),
        "criteria": ["cse_victim"],
        "grace_nights": 4,
    }
    world.configure(policy=policy)
    second = world.run(NIGHT_2, "--no-publish")
    gripped = [one for one in second.summary["problems"] if "brake holds" in one]
    assert len(gripped) == 1
    assert (
        "because policy.criteria and policy.grace_nights of the region file changed "
        "since the last night"
    ) in gripped[0]
    assert second.summary["held"]["surge"] > 0
    world.region.write_text("# the same\n" + world.region.read_text())
    third = world.run(NIGHT_3, "--no-publish")
    assert not any("brake holds" in one for one in third.summary["problems"])
    assert any("brake still holds" in one for one in third.summary["problems"])
    code, said = world.command(
        "release", str(world.region), "--by", "Head of service", "--workspace",
        str(world.workspace),
    )  # fmt: skip
    assert (code, "released by Head of service" in said) == (0, True)
