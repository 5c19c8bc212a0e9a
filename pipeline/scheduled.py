"""A run as the scheduler starts it: date, id and places come from its context."""

import datetime as dt
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.clock import business_date
from pipeline.errors import ConfigurationError
from pipeline.run import Run, open_pass, open_run

log = logging.getLogger("crossborder.alert")


def scheduled_run(
    region_file: Path, context: Mapping[str, Any], environment: Mapping[str, str]
) -> Run:
    """The run of a task: the same for every task and every try of one DAG run.

    The business date is the Europe/London date of ``data_interval_end``, unless the
    run was started with ``business_date``.

    Raises:
        ConfigurationError: CROSSBORDER_INBOX or CROSSBORDER_WORKSPACE is not set.
    """
    _require(environment, "CROSSBORDER_INBOX", "CROSSBORDER_WORKSPACE")
    return open_run(
        region_file,
        _night_of(context),
        run_id_of(context["dag_run"].run_id),
        inbox=Path(environment["CROSSBORDER_INBOX"]),
        root=Path(environment["CROSSBORDER_WORKSPACE"]),
        environment=environment,
    )


def scheduled_pass(region_file: Path, environment: Mapping[str, str]) -> Run:
    """A pass between nights, as the scheduler starts it.

    Raises:
        ConfigurationError: CROSSBORDER_WORKSPACE is not set.
    """
    _require(environment, "CROSSBORDER_WORKSPACE")
    return open_pass(
        region_file,
        root=Path(environment["CROSSBORDER_WORKSPACE"]),
        environment=environment,
    )


def _require(environment: Mapping[str, str], *names: str) -> None:
    faults = [
        f"environment: {name} is not set; it names a folder that every worker reaches"
        for name in names
        if not environment.get(name)
    ]
    if faults:
        raise ConfigurationError(faults)


def _night_of(context: Mapping[str, Any]) -> dt.date:
    asked = (context.get("params") or {}).get("business_date")
    if asked:
        return dt.date.fromisoformat(asked)
    end = context.get("data_interval_end") or context["dag_run"].run_after
    return business_date(end)


def run_id_of(dag_run_id: str) -> str:
    """The scheduler's own run id, in letters that a folder may have."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", dag_run_id)


def alert_of_failure(context: Mapping[str, Any]) -> None:
    """Says which stage of which run failed; the reason is in the stage's own report."""
    instance = context["task_instance"]
    log.error(
        "stage failed: dag=%s run=%s stage=%s map_index=%s try=%s",
        instance.dag_id, instance.run_id, instance.task_id, instance.map_index,
        instance.try_number,
    )  # fmt: skip
