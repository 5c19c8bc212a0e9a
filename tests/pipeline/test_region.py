"""A region file is right, or each fault is one line with file, key and mend."""

import copy
from pathlib import Path

import pytest
import yaml

from pipeline.errors import ConfigurationError
from pipeline.region import load_region

REGIONS = Path(__file__).parents[2] / "config" / "regions"


@pytest.fixture
def demo():
    return yaml.safe_load((REGIONS / "demo.yaml").read_text())


def faults_of(tmp_path, content):
    path = tmp_path / "region.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    with pytest.raises(ConfigurationError) as caught:
        load_region(path)
    assert all(fault.startswith(str(path)) for fault in caught.value.faults)
    return "\n".join(fault.removeprefix(str(path)) for fault in caught.value.faults)


@pytest.mark.parametrize("path", sorted(REGIONS.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_region_file_of_the_repository_is_good(path):
    assert load_region(path).region == path.stem


def test_the_west_midlands_has_fourteen_local_authorities_and_four_forces():
    region = load_region(REGIONS / "west-midlands.yaml")
    assert len(region.of_kind("children")) == 14
    assert region.of_kind("police") == (
        "E23000014", "E23000015", "E23000016", "E23000017",
    )  # fmt: skip


def test_an_unquoted_authority_number_is_still_its_code(tmp_path, demo):
    text = (REGIONS / "demo.yaml").read_text().replace('"330":', "330:")
    path = tmp_path / "demo.yaml"
    path.write_text(text)
    assert "330" in load_region(path).authorities


def change(content, *keys, to):
    content = copy.deepcopy(content)
    place = content
    for key in keys[:-1]:
        place = place[key]
    if to is None:
        del place[keys[-1]]
    else:
        place[keys[-1]] = to
    return content


@pytest.mark.parametrize(
    ("keys", "to", "says"),
    [
        (("region",), None, "region: is required; add it"),
        (("tittle",), "x", "tittle: is not a key of this section"),
        (("schedule",), "at night", "schedule: five fields are needed"),
        (("authorities", "330", "kind"), "police", "authorities.330.kind"),
        (
            ("authorities", "330", "source", "kind"),
            "ssd",
            "authorities.330.source.kind",
        ),
        (
            ("authorities", "330", "source", "kind"),
            "police-pole",
            "authorities.330.source.kind: police-pole can't come from a children",
        ),
        (("authorities", "33"), {}, "authorities.33"),
        (("portal", "key_env"), "hunter2", "never write a secret here"),
        (("environment",), "production", "register: production needs PostgreSQL"),
        (("environment",), "production", "encryption: production keeps personal data"),
        (("environment",), "production", "portal.url: production speaks HTTPS only"),
        (
            ["authorities", "E23000014", "routes"],
            {"999": "A desk"},
            "E23000014.routes.999: not in this force's area; use one of 330, 331",
        ),
        (
            ["authorities", "330", "routes"],
            {"330": "A desk"},
            "authorities.330.routes: only a force has desks; remove them",
        ),
    ],
)
def test_a_fault_names_its_key_and_the_mend(tmp_path, demo, keys, to, says):
    assert says in faults_of(tmp_path, change(demo, *keys, to=to))


def test_several_faults_are_several_lines(tmp_path, demo):
    content = change(change(demo, "region", to=None), "tittle", to="x")
    assert len(faults_of(tmp_path, content).splitlines()) == 2


def test_a_region_needs_police_and_local_authorities(tmp_path, demo):
    demo["authorities"] = {
        code: entry
        for code, entry in demo["authorities"].items()
        if entry["kind"] == "children"
    }
    assert "no authority of kind police" in faults_of(tmp_path, demo)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("region: [", "line 1"),
        ("- a\n- b\n", "a region file is a mapping"),
        ("", "a region file is a mapping"),
    ],
)
def test_what_is_no_region_file_says_so(tmp_path, text, says):
    assert says in faults_of(tmp_path, text)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(ConfigurationError, match="no such file"):
        load_region(tmp_path / "nowhere.yaml")
