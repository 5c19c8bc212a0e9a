"""Nights run again: what they rest on is still there, and stays as it was."""

import shutil

from night_world import NIGHT_1, NIGHT_2, World

FAILED = 1
WEEKS_LATER = "2026-12-20"


def test_a_night_run_again_still_has_the_picture_it_began_from(world: World):
    first = world.run(NIGHT_1, "--no-publish")
    before = first.folder / "extract" / "860"
    shutil.copytree(world.inbox / "860" / NIGHT_1, world.inbox / "860" / WEEKS_LATER)
    (world.inbox / "860" / WEEKS_LATER / "manifest.json").unlink()
    late = world.run(WEEKS_LATER, "--no-publish")
    assert late.summary["extracts"]["860"]["outcome"] == "usable", late.output
    assert before.exists()
    again = world.run(WEEKS_LATER, "--no-publish")
    for name in ("decisions", "notifications", "people"):
        assert again.table(name).equals(late.table(name)), name


def contents(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_closed_night_done_again_leaves_what_newer_nights_rest_on(world: World):
    """As a scheduler's cleared task would: under the old run's own id."""
    first = world.run(NIGHT_1, "--no-publish")
    world.run(NIGHT_2, "--no-publish")
    before = contents(first.folder)
    shutil.rmtree(world.inbox / "860" / NIGHT_1)
    for words in (["extract", "--authority", "860"], ["report"]):
        name, *options = words
        exit_code, output = world.command(
            "stage", name, str(world.region), "--date", NIGHT_1, "--run-id",
            first.folder.name, "--inbox", str(world.inbox), "--workspace",
            str(world.workspace), "--no-publish", *options,
        )  # fmt: skip
        assert (exit_code, "is closed" in output) == (FAILED, True), output
    assert contents(first.folder) == before


def test_a_pass_that_lost_its_extract_leaves_the_registered_picture_alone(world):
    """The night's extract was good; a cleared task finds its inbox empty."""
    night = world.run(NIGHT_1, "--no-publish")
    picture = night.folder / "extract" / "334"
    kept = {path.name: path.read_bytes() for path in picture.iterdir()}
    shutil.rmtree(world.inbox / "334" / NIGHT_1)
    exit_code, output = world.command(
        "stage", "extract", str(world.region), "--date", NIGHT_1, "--run-id",
        night.folder.name, "--authority", "334", "--inbox", str(world.inbox),
        "--workspace", str(world.workspace), "--no-publish",
    )  # fmt: skip
    assert exit_code == 1
    assert "missing" in output
    assert {path.name: path.read_bytes() for path in picture.iterdir()} == kept
    said = {path.name for path in (night.folder / "stages").iterdir()}
    assert "extract.334.json" in said
    assert "decide.json" not in said
