"""Runs one command and writes what it used: ``launch.py USED.json COMMAND …``.

A process that has not yet become its command counts the memory of the one that it comes
from as its own. A benchmark that has just made its tables is large; this is not.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    """Runs the command; its standard streams are ours."""
    begun = time.monotonic()
    process = subprocess.Popen(sys.argv[2:])  # noqa: S603 - the engines of the benchmark
    _, status, used = os.wait4(process.pid, 0)
    said = {
        "wall": time.monotonic() - begun,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss * 1024,
        "code": os.waitstatus_to_exitcode(status),
    }
    Path(sys.argv[1]).write_text(json.dumps(said))


if __name__ == "__main__":
    main()
