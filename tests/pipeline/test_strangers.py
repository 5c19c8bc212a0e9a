"""A host's rows that name no placing authority are named to the host."""

import csv
import json

from night_world import NIGHT_1, World

from synthetic import damage

HOST, FILE = "330", "children_placed_here.csv"


def test_rows_that_name_no_authority_are_counted_and_named_in_the_files_verdict(
    world: World,
):
    folder = world.inbox / HOST / NIGHT_1
    with (folder / FILE).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["placing_la"] = "Somewhere Borough"
    rows[1]["placing_la"] = "Staffordshire"
    with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    damage.vouch_again(folder)
    run = (
        str(world.region), "--date", NIGHT_1, "--inbox", str(world.inbox),
        "--workspace", str(world.workspace), "--run-id", "one", "--authority", HOST,
        "--no-publish",
    )  # fmt: skip
    exit_code, output = world.command("stage", "extract", *run)
    assert exit_code == 0, output
    verdicts = world.workspace / "demo" / NIGHT_1 / "one" / "verdicts" / f"{HOST}.json"
    files = {one["file"]: one for one in json.loads(verdicts.read_text())["files"]}
    (note,) = [one for one in files[FILE]["notes"] if "placing_la" in one]
    assert note.endswith(f": 1 ({rows[0]['entry_ref']})")
    assert "Somewhere" not in verdicts.read_text()
    assert not any("placing_la" in one for one in files["home_notices.csv"]["notes"])
    assert files[FILE]["outcome"] == "accepted"
