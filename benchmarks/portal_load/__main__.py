"""``make load``: the portal with years in it, twenty people at it, and its own times.

Prints, for each page, how often it was asked for and the server's own milliseconds:
median, 95th percentile and longest, from the portal's log. Exits with 1 when a request
failed or a page's 95th percentile is past the target.
"""

import argparse
import datetime as dt
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles

import httpx

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from packaged_postgres import serving  # noqa: E402

from benchmarks.portal_load.region import PASSWORD, Size, fill  # noqa: E402
from portal import clock  # noqa: E402
from portal.permissions import OPERATOR  # noqa: E402
from portal.row_rules import grant  # noqa: E402
from portal.sealing import seal_waiting  # noqa: E402
from portal.store import migrate, open_store  # noqa: E402

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
    folder = Path(tempfile.mkdtemp(prefix="portal-load-"))
    with serving(folder, **_SERVER) as server:
        with closing(server.connect()) as connection:
            connection.execute("CREATE DATABASE portal")
            connection.execute("CREATE ROLE serving LOGIN")
        url = server.url("portal")
        size = Size(asked.notices, asked.audit_rows)
        begun = time.monotonic()
        store = open_store(url)
        migrate(store)
        fill(store, size, dt.datetime.now(dt.UTC))
        with store.writing(OPERATOR) as connection:
            grant(connection, "serving")
        print(f"Filled in {time.monotonic() - begun:.0f} s: {size}")
        begun = time.monotonic()
        sealed = seal_waiting(store, clock.now)
        print(f"{sealed:,} audit rows sealed in {time.monotonic() - begun:.0f} s")
        store.close()
        log = folder / "portal.log"
        with _portal(url.replace("postgres@", "serving@"), log):
            failed = _people(asked.seconds)
        return _report(log.read_text(), size, asked, failed=failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--notices", type=int, default=100_000)
    parser.add_argument("--audit-rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    return parser.parse_args()


@contextmanager
def _portal(url: str, log: Path) -> Iterator[None]:
    environment = {
        **os.environ,
        "CROSSBORDER_PORTAL_DATABASE": url,
        "CROSSBORDER_PORTAL_SECRET": secrets.token_urlsafe(32),
    }
    command = ["serve", "--plain-http", "--port", str(_PORT)]
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
            yield
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


def _people(seconds: int) -> bool:
    """Twenty people for so long; whether a request failed."""
    done = subprocess.run(  # noqa: S603 - a program of the environment
        [sys.executable, "-m", "locust", "--headless", "--only-summary",
         "-f", str(HERE / "users.py"), "--host", f"http://127.0.0.1:{_PORT}",
         "--users", "20", "--spawn-rate", "2", "--run-time", f"{seconds}s"],
        env={**os.environ, "PORTAL_LOAD_PASSWORD": PASSWORD}, cwd=ROOT, check=False,
    )  # fmt: skip
    return done.returncode != 0


def _report(log: str, size: Size, asked: argparse.Namespace, *, failed: bool) -> int:
    times = defaultdict(list)
    for method, path, _status, spent in _LINE.findall(log):
        times[f"{method} {_UUID.sub('{id}', path)}"].append(float(spent))
    rows = {}
    for name, spent in sorted(times.items()):
        if name.startswith(("GET /static", "GET /health")):
            continue
        cuts = quantiles(spent, n=20) if len(spent) > 1 else spent * 19
        rows[name] = {"requests": len(spent), "median": cuts[9], "p95": cuts[18],
                      "longest": max(spent)}  # fmt: skip
    print(f"{'page':<52}{'requests':>9}{'median':>9}{'p95':>9}{'longest':>9}   (ms)")
    for name, row in rows.items():
        over = " over" if row["p95"] > TARGET else ""
        print(f"{name:<52}" + "".join(f"{v:>9.0f}" for v in row.values()) + over)
    if asked.out:
        asked.out.write_text(
            json.dumps({"size": vars_of(size), "pages": rows}, indent=1)
        )
    slow = [name for name, row in rows.items() if row["p95"] > TARGET]
    slow = [name for name in slow if name != "POST /sign-in"]  # slow on purpose
    print("A request failed." if failed else "No request failed.")
    print(f"Past {TARGET:.0f} ms: {', '.join(slow) or 'none'}")
    return 1 if failed or slow else 0


def vars_of(size: Size) -> dict[str, int]:
    """The size as plain values."""
    return {name: getattr(size, name) for name in size.__slots__}


if __name__ == "__main__":
    sys.exit(main())
