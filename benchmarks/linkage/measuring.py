"""One command in a process of its own: wall, processor time, memory at its highest."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.05
_LAUNCH = Path(__file__).with_name("launch.py")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Measured:
    """What a command took, its children included."""

    wall: float
    """Seconds from its start to its end, its own start-up in it."""
    cpu: float
    """Seconds of processor, user and system."""
    peak_mb: float
    """Resident memory of the whole tree when it was highest, sampled, and never less
    than the largest process's own high-water mark."""
    code: int
    said: str
    """The last lines of what it printed as errors."""
    load: float
    """The machine's load average over a minute when it started."""


def measure(command: Sequence[str], folder: Path, timeout: float = 3600) -> Measured:
    """Runs the command in ``folder`` to its end, or until it is past its time."""
    load = os.getloadavg()[0]
    errors, used = folder / "errors.txt", folder / "used.json"
    with errors.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - the engines of this benchmark
            [sys.executable, "-I", "-S", str(_LAUNCH), str(used.resolve()), *command],
            stdout=subprocess.DEVNULL, stderr=sink, cwd=folder, start_new_session=True,
        )  # fmt: skip
        watch = _Watch(process.pid, time.monotonic() + timeout)
        watch.start()
        try:
            process.wait()
        except KeyboardInterrupt:
            os.killpg(process.pid, 15)
            raise
    watch.end()
    lines = errors.read_text(errors="replace").strip().splitlines()
    if watch.stopped:
        late = "was stopped: it was past its time"
        return Measured(timeout, 0.0, watch.peak / 1e6, -15, late, load)
    found = json.loads(used.read_text())
    return Measured(
        wall=found["wall"],
        cpu=found["cpu"],
        peak_mb=max(found["peak"], watch.peak) / 1e6,
        code=found["code"],
        said="\n".join(lines[-3:]),
        load=load,
    )


class _Watch(threading.Thread):
    """Adds up the resident memory of a process's descendants, again and again."""

    def __init__(self, pid: int, deadline: float) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.stopped = False
        self._pid, self._deadline = pid, deadline
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_EVERY):
            self.peak = max(self.peak, sum(map(_resident, _tree(self._pid)[1:])))
            if time.monotonic() > self._deadline and not self.stopped:
                self.stopped = True
                os.killpg(self._pid, 15)

    def end(self) -> None:
        self._over.set()
        self.join()


def _tree(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except OSError:
                continue
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0
