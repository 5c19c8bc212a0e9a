"""The demo, step by step, under an ignored ``.demo/`` that each start wipes."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pyarrow.parquet as pq
from rich.console import Console

from demo.portal import SignIn, prepare
from demo.processes import start_in_background, stop_started
from pipeline.region import load_region
from pipeline.summary import Watch, read_outcome_of, show

REPOSITORY = Path(__file__).parents[1]
HOME = REPOSITORY / ".demo"
REGION = REPOSITORY / "config" / "regions" / "demo.yaml"
NIGHTS = ("2026-11-22", "2026-11-23")
CHILDREN, NOMINALS, SEED = 400, 40_000, 20261122
PORTAL_PORT = 8400
PORTAL_PID = HOME / "portal.pid"
AIRFLOW_PID = HOME / "airflow.pid"
BIN = Path(sys.executable).parent

console = Console(highlight=False, soft_wrap=True)


class DemoFailed(Exception):
    """A step failed; the message names its log."""


def start() -> int:
    """A first night from nothing: region, portal, Airflow, one night, a summary."""
    begun = time.monotonic()
    stop(quiet=True)
    shutil.rmtree(HOME, ignore_errors=True)
    (HOME / "logs").mkdir(parents=True)
    environment = _environment(secrets.token_urlsafe(32))
    with ThreadPoolExecutor() as pool:
        airflow = pool.submit(
            _step, "Airflow's database", _airflow("db", "migrate"), environment
        )
        region = pool.submit(_step, "a synthetic region", _synthesise(), environment)
        portal = pool.submit(_open_portal, environment)
        sign_ins = portal.result()
        region.result()
        airflow.result()
    _save_environment(environment)
    _night(NIGHTS[0], environment)
    _show_outcome(NIGHTS[0])
    _show_sign_ins(sign_ins)
    console.print(
        f"\nDone in {time.monotonic() - begun:.0f} s. Next: make demo-next (a second "
        "night, which publishes only what changed), make demo-stop."
    )
    return 0


def next_night() -> int:
    """The second night of the running demo; running it again tells nobody twice."""
    environment = _saved_environment()
    if not _has_run(NIGHTS[1]):
        _step("what diligent recipients recorded", _recipients(), environment)
    _night(NIGHTS[1], environment)
    _show_outcome(NIGHTS[1])
    _show_what_else()
    return 0


def _show_what_else() -> None:
    """One child that was told of on the first night and is known on the second."""
    before, after = (_states(date) for date in NIGHTS)
    told = sorted(
        child
        for child, state in after.items()
        if state == "known_at_placement" and before.get(child) == "not_known"
    )
    workspace = (HOME / "workspace").relative_to(REPOSITORY)
    region = REGION.relative_to(REPOSITORY)
    console.print(
        "\nMost of what the forces were told is in their records now, with its token."
    )
    console.print("One child's story, without a name:\n  . .venv/bin/activate")
    for child in told[:1]:
        console.print(f"  crossborder explain {region} {child} --workspace {workspace}")


def _states(date: str) -> dict[str, str]:
    newest = max(
        _night_folder(date).glob("*/decisions.parquet"),
        key=lambda path: path.stat().st_mtime,
    )
    rows = pq.read_table(newest, partitioning=None).to_pylist()
    return {f"{row['placing_la']}/{row['child_ref']}": row["state"] for row in rows}


def _has_run(date: str) -> bool:
    return any(_night_folder(date).glob("*/run.json"))


def stop(*, quiet: bool = False) -> int:
    """Ends what the demo started, and nothing else."""
    stopped = [
        name
        for name, pid_file in (("Airflow", AIRFLOW_PID), ("the portal", PORTAL_PID))
        if stop_started(pid_file)
    ]
    if not quiet:
        console.print(
            f"Stopped {' and '.join(stopped)}." if stopped else "Nothing was running."
        )
    return 0


def _environment(portal_key_secret: str) -> dict[str, str]:
    """What every process of the demo is given; nothing of the caller's Airflow."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "CROSSBORDER"))
    }
    return {
        **kept,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        "AIRFLOW_HOME": str(HOME / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "CROSSBORDER_INBOX": str(HOME / "inbox"),
        "CROSSBORDER_WORKSPACE": str(HOME / "workspace"),
        "CROSSBORDER_PORTAL_DATABASE": f"sqlite:///{HOME / 'portal.db'}",
        "CROSSBORDER_PORTAL_SECRET": portal_key_secret,
    }


def _step(what: str, command: list[str], environment: Mapping[str, str]) -> str:
    """Runs a command to its end, saying when it begins and ends; gives its output."""
    log = HOME / "logs" / f"{what.rsplit(maxsplit=1)[-1]}.log"
    console.print(f"  … {what}")
    begun = time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own commands
        command, env=dict(environment), cwd=REPOSITORY, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    with log.open("a") as file:
        file.write(done.stdout + done.stderr)
    if done.returncode:
        raise DemoFailed(f"{what} failed; see {log.relative_to(REPOSITORY)}")
    console.print(f"  ✓ {what} ({time.monotonic() - begun:.0f} s)")
    return done.stdout


def _airflow(*words: str) -> list[str]:
    return [str(BIN / "airflow"), *words]


def _synthesise() -> list[str]:
    return [
        str(BIN / "crossborder"), "synthesise", "--out", str(HOME),
        "--seed", str(SEED), "--children", str(CHILDREN),
        "--nominals", str(NOMINALS), "--nights", str(len(NIGHTS)),
        "--first-date", NIGHTS[0], "--region", str(REGION),
    ]  # fmt: skip


def _recipients() -> list[str]:
    return [
        str(BIN / "crossborder"), "play-recipients", str(REGION),
        "--date", NIGHTS[1], "--inbox", str(HOME / "inbox"),
        "--workspace", str(HOME / "workspace"),
    ]  # fmt: skip


def _open_portal(environment: dict[str, str]) -> list[SignIn]:
    """The portal is serving and knows the region; gives its sign-ins."""
    if _answers():
        raise DemoFailed(
            f"something else answers on port {PORTAL_PORT}; stop it and try again"
        )
    sign_ins, key = prepare(load_region(REGION), environment)
    environment["CROSSBORDER_PORTAL_KEY"] = key
    start_in_background(
        [
            str(BIN / "crossborder-portal"),
            "serve",
            "--port",
            str(PORTAL_PORT),
            "--plain-http",
        ],
        environment,
        HOME / "logs" / "portal-serve.log",
        PORTAL_PID,
    )
    deadline = time.monotonic() + 30
    while not _answers():
        if time.monotonic() > deadline:
            raise DemoFailed("the portal did not start; see .demo/logs")
        time.sleep(0.2)
    console.print(f"  ✓ the portal serves on {_portal_url()}")
    return sign_ins


def _portal_url() -> str:
    return f"http://127.0.0.1:{PORTAL_PORT}"


def _answers() -> bool:
    try:
        answer = httpx.get(f"{_portal_url()}/health", timeout=1, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.is_success


def _night(date: str, environment: Mapping[str, str]) -> None:
    """One night of the DAG under Airflow, each stage shown as it is done."""
    region = load_region(REGION)
    console.print(f"\n  One night of the DAG {region.region}__night under Airflow")
    folder = _night_folder(date)
    watch = Watch(console, region, folder)
    log = HOME / "logs" / f"night-{date}.log"
    begun = time.monotonic()
    with log.open("ab") as output:
        airflow = subprocess.Popen(  # noqa: S603 - our own command
            _airflow("dags", "test", f"{region.region}__night", date),
            env=dict(environment),
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        while airflow.poll() is None:
            watch.look()
            time.sleep(0.3)
    watch.look()
    if airflow.returncode:
        raise DemoFailed(f"the night failed; see {log.relative_to(REPOSITORY)}")
    console.print(f"  ✓ the night is done ({time.monotonic() - begun:.0f} s)")


def _night_folder(date: str) -> Path:
    return HOME / "workspace" / "demo" / date


def _show_outcome(date: str) -> None:
    runs = sorted(
        _night_folder(date).glob("*/run.json"), key=lambda path: path.stat().st_mtime
    )
    if not runs:
        raise DemoFailed(f"the night of {date} left no run.json; see .demo/logs")
    show(console, read_outcome_of(runs[-1].parent))


def _save_environment(environment: Mapping[str, str]) -> None:
    """Keeps what the next night needs, for this user only."""
    path = HOME / "environment.json"
    path.touch(mode=0o600)
    kept = {
        name: value
        for name, value in environment.items()
        if name.startswith(("AIRFLOW", "CROSSBORDER"))
    }
    path.write_text(json.dumps(kept))


def _saved_environment() -> dict[str, str]:
    try:
        kept = json.loads((HOME / "environment.json").read_text())
    except FileNotFoundError:
        raise DemoFailed("no demo is set up; run make demo first") from None
    if not _answers():
        raise DemoFailed("the portal is not running; run make demo first")
    return {**_environment(""), **kept}


def _show_sign_ins(sign_ins: list[SignIn]) -> None:
    console.print(f"The portal: {_portal_url()}")
    console.print(f"Everybody's password in this demo: {sign_ins[0].password}")
    for one in sign_ins:
        console.print(f"  {one.user:<28} {one.words}")
