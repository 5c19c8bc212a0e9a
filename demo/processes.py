"""What the demo starts it can stop: each process by the id it was started with."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


def start_in_background(
    command: Sequence[str], environment: Mapping[str, str], log: Path, pid_file: Path
) -> subprocess.Popen[bytes]:
    """The command goes on after this process ends; its id is in ``pid_file``."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    pid_file.write_text(f"{process.pid} {_started_at(process.pid)}")
    return process


def stop_started(pid_file: Path, patience: float = 10) -> bool:
    """Ends the process of a pid file, politely at first; whether there was one.

    The file also keeps when the process started, so that an id which the system has
    given to another process since is left alone.
    """
    try:
        pid_text, started = pid_file.read_text().split()
    except (FileNotFoundError, ValueError):
        return False
    pid = int(pid_text)
    pid_file.unlink()
    if _started_at(pid) != started:
        return False
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, sign)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if _started_at(pid) != started:
                return True
            time.sleep(0.1)
    return True


def _started_at(pid: int) -> str:
    """When a process started, in kernel ticks; empty when there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return _started_by_ps(pid)
    return "" if fields[0] == "Z" else fields[19]


def _started_by_ps(pid: int) -> str:
    """The same where there is no /proc (macOS)."""
    if Path("/proc/self/stat").exists():
        return ""
    done = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "-".join(done.stdout.split())
