"""One command in a process of its own: wall, processor time, memory at its highest."""

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.05
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
    errors = folder / "errors.txt"
    with errors.open("wb") as sink:
        begun = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - the engines of this benchmark
            list(command), stdout=subprocess.DEVNULL, stderr=sink, cwd=folder
        )
        watch = _Watch(process.pid, begun + timeout)
        watch.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    watch.end()
    lines = errors.read_text(errors="replace").strip().splitlines()
    late = ["was stopped: it was past its time"] if watch.stopped else []
    return Measured(
        wall=wall,
        cpu=used.ru_utime + used.ru_stime,
        peak_mb=max(used.ru_maxrss * 1024, watch.peak) / 1e6,
        code=process.returncode,
        said="\n".join(lines[-3:] + late),
        load=load,
    )


class _Watch(threading.Thread):
    """Adds up the resident memory of a process and its descendants, again and again."""

    def __init__(self, pid: int, deadline: float) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.stopped = False
        self._pid, self._deadline = pid, deadline
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_EVERY):
            self.peak = max(self.peak, sum(map(_resident, _tree(self._pid))))
            if time.monotonic() > self._deadline and not self.stopped:
                self.stopped = True
                os.kill(self._pid, 15)

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
