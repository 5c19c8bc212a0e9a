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
