"""What every command of ``crossborder`` shares: its log, its faults, its exit codes.

Linking tables and working a night have little in common: only the half that was asked
for is loaded.
"""

import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matching.absent import leave_pandas_out
from pipeline.errors import ConfigurationError, CrossborderError, ExitCode
from records.verdicts import BalanceError

LINKAGE = frozenset({"link", "dedupe", "fit", "calibrate", "why"})
"""Commands that know nothing of a region."""


def start() -> None:
    """The process that is ``crossborder``: nothing was loaded before, or is after."""
    leave_pandas_out()
    if not LINKAGE.intersection(sys.argv[1:2]):
        main()
        return
    try:
        main()
    except SystemExit as end:
        _end_at_once(end)


def _end_at_once(end: SystemExit) -> None:
    """Ends the process as it stands: to take a gigabyte of tables to pieces first takes
    half a second."""
    if not isinstance(end.code, int | None):
        raise end
    for stream in filter(None, (sys.stdout, sys.stderr)):  # a scheduler may close them
        stream.flush()
    os._exit(end.code or 0)


def main() -> None:
    """Runs a command; a known error is one clear line a fault and its exit code."""
    if LINKAGE.intersection(sys.argv[1:2]):
        from pipeline.commands.linkage import app
    else:
        from pipeline.cli import app
    with _our_log(os.environ.get("CROSSBORDER_LOG", "WARNING")):
        run(app)


@contextmanager
def _our_log(level: str) -> Iterator[None]:
    """Shows our own log lines; a library's may quote what it works on."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    ours = logging.getLogger("crossborder")
    known = level.upper() in logging.getLevelNamesMapping()
    before = ours.level, ours.propagate
    ours.addHandler(handler)
    ours.setLevel(level.upper() if known else "WARNING")
    ours.propagate = False
    try:
        yield
    finally:
        ours.removeHandler(handler)
        ours.setLevel(before[0])
        ours.propagate = before[1]


def run(app: Callable[[], None]) -> None:
    """Runs a command; a known error is one clear line a fault and its exit code."""
    try:
        app()
    except ConfigurationError as error:
        _end(error.faults, error.exit_code)
    except CrossborderError as error:
        _end([f"Failed: {error}"], error.exit_code)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else error
        _end([f"Failed: {what}"], ExitCode.FAILED)
    except BalanceError as error:
        _end([f"Failed, and nothing was decided: {error}"], ExitCode.FAILED)
    except Exception as error:  # noqa: BLE001 - a traceback may quote a person
        _end([_place_of(error)], ExitCode.FAILED)


def _end(faults: list[str], code: ExitCode) -> None:
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    sys.exit(code)


def _place_of(error: Exception) -> str:
    """Where a fault of ours is, without the message, which may quote a value."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"Failed: {type(error).__name__} at {Path(frame.filename).name}:"
        f"{frame.lineno} in {frame.name}; this is a fault of crossborder: report this "
        "line"
    )
