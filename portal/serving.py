"""One serving process, or several that share a port, made ready before the first call.

What a process keeps to itself: its connections, the counts of calls (``throttle``),
what identity providers publish of themselves, compiled pages. What must be one for all
is in the database: sessions, sign-in attempts, tokens taken once, the trail and its
seals. Each process seals; they take turns by the sealer's lock.
"""

import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors.multiprocess import Multiprocess

from portal.app import create_app
from portal.pages.rendering import build_templates, compile_all
from portal.settings import PortalSettings

_TURN = 0.001
"""Seconds that a thread computes before another may. A page waits for the database a
dozen times; the usual 5 ms, each time, would be most of what it takes when others
render theirs."""
_PATIENCE = 60
"""Seconds in which a process must answer that it is alive; starting counts."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    port: int


def serve(settings: PortalSettings, address: Address, workers: int) -> None:
    """Serves until it is told to end."""
    app = partial(_ready, settings)
    how: dict[str, Any] = {
        "factory": True, "host": address.host, "port": address.port,
        "access_log": False, "server_header": False, "log_config": None,
    }  # fmt: skip
    if workers == 1:
        uvicorn.run(app, **how)
        return
    log_plainly()
    config = uvicorn.Config(
        app, workers=workers, timeout_worker_healthcheck=_PATIENCE, **how
    )
    listener = config.bind_socket()
    try:
        Multiprocess(config, sockets=[listener]).run()
    finally:
        listener.close()


def log_plainly() -> None:
    """Lines of text on standard error; nothing that names a person."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # they tell which characters a sheet's fonts lack: parts of a name
    for drawing in ("fontTools", "fpdf"):
        logging.getLogger(drawing).setLevel(logging.ERROR)


def _ready(settings: PortalSettings) -> FastAPI:
    """The portal of this process, with nothing left to be made by who asks first."""
    log_plainly()
    _end_with_parent()
    app = create_app(settings)
    compile_all(build_templates())
    sys.setswitchinterval(_TURN)
    # what is here now stays: it need not be gone through, 0.1 s each time, for garbage
    gc.collect()
    gc.freeze()
    return app


def _end_with_parent() -> None:
    """A process of several is not left behind when the one that began it was killed."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()
