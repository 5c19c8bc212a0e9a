"""A night whose process is really killed: at some kinds of steps that write, and in the
campaign once at each step."""

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_a_killed_night_worked_again_ends_as_if_nothing_had_been(
    database_url, campaign
):
    rooms = (HERE, HERE.parent / "register", HERE.parents[1])
    done = subprocess.run(
        [sys.executable, HERE / "killed_nights.py", database_url, campaign.kills],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, rooms))},
        capture_output=True,
        text=True,
        check=False,
        timeout=campaign.patience,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    kills = re.findall(r"killed .* \(step \d+ of (\d+)\)", done.stdout)
    wanted = int(kills[0] if campaign.kills == "all" else campaign.kills)
    assert len(kills) == wanted > 0
