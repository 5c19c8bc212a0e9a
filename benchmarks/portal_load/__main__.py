"""``make load``: the portal with years in it, twenty people at it, and its own times.

Twenty people sign in and read pages, a few seconds each; then twenty who hurry, about a
second each. Prints, for each pace and page, how often it was asked for and the server's
own milliseconds: median, 95th percentile and longest, from the portal's log; and who
took how much of the processors, so that a generator that starves the portal shows.
Exits with 1 when a request failed or a page's 95th percentile is past the target.
"""

import argparse
import datetime as dt
import json
import os
import re
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles

import httpx
import psutil

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from packaged_postgres import PostgresServer, serving  # noqa: E402

from benchmarks.portal_load.region import PASSWORD, Size, at_rest, fill  # noqa: E402
from portal import clock  # noqa: E402
from portal.permissions import OPERATOR  # noqa: E402
from portal.row_rules import grant  # noqa: E402
from portal.sealing import seal_waiting  # noqa: E402
from portal.store import migrate, open_store  # noqa: E402

PACES = {"reading": (2, 8), "busy": (0.5, 1.5)}
"""Seconds that a person stays at a page, evenly spread: pages are read; or everybody
hurries at once. ``users.py``, which is no part of this process, is told them."""

TARGET = 100.0
"""Milliseconds of server time at the 95th percentile of each page."""
_PORT = 8497
_LINE = re.compile(r" portal \S+ (GET|POST) (\S+) (\d{3}) (\d+)ms")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SERVER = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
    "shared_buffers": "512MB", "autovacuum": "on",
}  # fmt: skip


def main() -> int:
    """Fill, serve, load, measure."""
    asked = _arguments()
    size = Size(asked.notices, asked.audit_rows)
    with (
        tempfile.TemporaryDirectory(prefix="portal-load-") as name,
        serving(Path(name), **_SERVER) as server,
    ):
        url = _filled(server, size)
        log = Path(name) / "portal.log"
        paces = {}
        with _portal(url.replace("postgres@", "serving@"), log, asked.workers) as pid:
            for pace in PACES:
                paces[pace] = _measured(pace, asked.seconds, log, (pid, server.pid))
    if asked.out:
        found = {name: asdict(one) for name, one in paces.items()}
        asked.out.write_text(json.dumps({"size": asdict(size)} | found, indent=1))
    return 1 if any(one.failed or one.slow for one in paces.values()) else 0


def _filled(server: PostgresServer, size: Size) -> str:
    """A database of the server's holds so much; gives its address."""
    with closing(server.connect()) as connection:
        connection.execute("CREATE DATABASE portal")
        connection.execute("CREATE ROLE serving LOGIN")
    url = server.url("portal")
    begun = time.monotonic()
    store = open_store(url)
    migrate(store)
    fill(store, size, dt.datetime.now(dt.UTC))
    with store.writing(OPERATOR) as connection:
        grant(connection, "serving")
    print(f"Filled in {time.monotonic() - begun:.0f} s: {size}", flush=True)
    begun = time.monotonic()
    sealed = seal_waiting(store, clock.now)
    spent = time.monotonic() - begun
    print(f"{sealed:,} audit rows sealed in {spent:.0f} s", flush=True)
    at_rest(store)
    store.close()
    return url


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--notices", type=int, default=100_000)
    parser.add_argument("--audit-rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=120, help="of each pace")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    return parser.parse_args()


@contextmanager
def _portal(url: str, log: Path, workers: int) -> Iterator[int]:
    environment = {
        **os.environ,
        "CROSSBORDER_PORTAL_DATABASE": url,
        "CROSSBORDER_PORTAL_SECRET": secrets.token_urlsafe(32),
    }
    command = ["serve", "--plain-http", "--port", str(_PORT), "--workers", str(workers)]
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [Path(sys.executable).with_name("crossborder-portal"), *command],
            env=environment,
            cwd=ROOT,
            stdout=out,
            stderr=out,
        )
        try:
            _wait_until_up(process, log)
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)


def _wait_until_up(process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"http://127.0.0.1:{_PORT}/health").is_success:
                return
        except httpx.TransportError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the portal did not start:\n{log.read_text()[-2000:]}")


@dataclass(slots=True)
class Measured:
    """What twenty people of one pace met with."""

    failed: bool
    pages: dict[str, dict[str, float]]
    slow: list[str]
    """Pages whose 95th percentile is past the target."""
    processors: dict[str, float]
    """Seconds of them that each took."""


def _measured(pace: str, seconds: int, log: Path, pids: tuple[int, int]) -> Measured:
    before, from_line = [_spent(pid) for pid in pids], len(log.read_text())
    generator = _own_children()
    failed = _people(pace, seconds)
    spent = [_spent(pid) - was for pid, was in zip(pids, before, strict=True)]
    processors = dict(zip(("portal", "PostgreSQL"), spent, strict=True))
    processors["load generator"] = _own_children() - generator
    pages = _pages(log.read_text()[from_line:])
    slow = [name for name, row in pages.items() if row["p95"] > TARGET]
    slow = [name for name in slow if name != "POST /sign-in"]  # slow on purpose
    found = Measured(failed, pages, slow, processors)
    _print(pace, seconds, found)
    return found


def _people(pace: str, seconds: int) -> bool:
    """Twenty people for so long; whether a request failed."""
    done = subprocess.run(  # noqa: S603 - a program of the environment
        [sys.executable, "-m", "locust", "--headless", "--only-summary",
         "-f", str(HERE / "users.py"), "--host", f"http://127.0.0.1:{_PORT}",
         "--users", "20", "--spawn-rate", "2", "--run-time", f"{seconds}s"],
        env={**os.environ, "PORTAL_LOAD_PASSWORD": PASSWORD,
             "PORTAL_LOAD_PACE": json.dumps(PACES[pace])},
        cwd=ROOT, check=False,
    )  # fmt: skip
    return done.returncode != 0


def _spent(pid: int) -> float:
    """Seconds of the processors that a process and those it began have taken."""
    first = psutil.Process(pid)
    total = 0.0
    for process in (first, *first.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
            if process.pid == pid:  # of those that have ended
                total += times.children_user + times.children_system
    return total


def _own_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _pages(log: str) -> dict[str, dict[str, float]]:
    times = defaultdict(list)
    for method, path, _status, spent in _LINE.findall(log):
        times[f"{method} {_UUID.sub('{id}', path)}"].append(float(spent))
    rows = {}
    for name, spent in sorted(times.items()):
        if name.startswith(("GET /static", "GET /health")):
            continue
        cuts = (
            quantiles(spent, n=20, method="inclusive") if len(spent) > 1 else spent * 19
        )
        rows[name] = {"requests": len(spent), "median": cuts[9], "p95": cuts[18],
                      "longest": max(spent)}  # fmt: skip
    return rows


def _print(pace: str, seconds: int, found: Measured) -> None:
    low, high = PACES[pace]
    print(f"\n{pace}: twenty people, {low} to {high} seconds at each page")
    print(f"{'page':<52}{'requests':>9}{'median':>9}{'p95':>9}{'longest':>9}   (ms)")
    for name, row in found.pages.items():
        over = " over" if row["p95"] > TARGET else ""
        print(f"{name:<52}" + "".join(f"{v:>9.0f}" for v in row.values()) + over)
    print("A request failed." if found.failed else "No request failed.")
    print(f"Past {TARGET:.0f} ms: {', '.join(found.slow) or 'none'}")
    whole = seconds * (os.cpu_count() or 1)
    print(
        f"Of {whole} s of processors: "
        + ", ".join(f"{who} {spent:.0f} s" for who, spent in found.processors.items())
    )


if __name__ == "__main__":
    sys.exit(main())
