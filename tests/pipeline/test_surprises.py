"""What nobody foresaw in one authority's part stops that part and nothing else."""

import pytest
from night_world import NIGHT_1, NIGHT_2, World

import connectors.extract

DEGRADED = 3
READ = connectors.extract.read_extract


def test_a_surprise_in_one_extract_leaves_the_others_their_night(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    world.run(NIGHT_1, "--no-publish")

    def read(source, authority, *rest):
        if authority == "860":
            raise KeyError("Zebediah")
        return READ(source, authority, *rest)

    monkeypatch.setattr(connectors.extract, "read_extract", read)
    night = world.run(NIGHT_2, "--no-publish")
    assert night.exit_code == DEGRADED
    (problem,) = [one for one in night.summary["problems"] if "KeyError" in one]
    assert problem.startswith("extract of 860 stopped")
    assert {row["placing_la"] for row in night.rows("decisions")} > {"860"}
    assert "Zebediah" not in night.output + caplog.text
    assert "Zebediah" not in (night.folder / "run.json").read_text()


def test_an_optional_file_that_says_nothing_is_named_with_its_mend(world: World):
    (world.inbox / "860" / NIGHT_1 / "home_notices.csv").write_bytes(b"")
    (world.inbox / "860" / NIGHT_1 / "manifest.json").unlink()

    night = world.run(NIGHT_1, "--no-publish")

    (said,) = night.summary["extracts"]["860"]["not_read"]
    assert said.startswith("home_notices.csv was not read: the file is empty: send")
    assert f"Staffordshire (860): {said}" in night.output
    assert night.summary["extracts"]["330"]["not_read"] == []
